"""Windows in the local workspace: what a bot may do with them, told by a real Bolt app over Socket Mode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.manifest import manifest
from bot.slack.socket_mode import SocketConnection
from tests.slack_stand_in import Person, Slack, running


def form(title: str) -> dict[str, Any]:
    return {
        "type": "modal", "callback_id": "form", "title": {"type": "plain_text", "text": title},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [{
            "type": "input", "block_id": "what", "label": {"type": "plain_text", "text": "What to do"},
            "element": {"type": "plain_text_input", "action_id": "what"},
        }],
    }  # fmt: skip


ANSWERS: dict[str, dict[str, Any]] = {
    "errors": {"response_action": "errors", "errors": {"what": "Not that."}},
    "update": {"response_action": "update", "view": form("Updated")},
    "push": {"response_action": "push", "view": form("Pushed")},
    "clear": {"response_action": "clear"},
    "close": {},
}


@pytest.fixture(scope="module")
def slack() -> Iterator[Slack]:
    with running(manifest("socket")) as workspace:
        client = WebClient(workspace.bot_token, base_url=workspace.api_url)
        app = App(client=client, request_verification_enabled=False)

        @app.view("form")
        def on_form(ack: Any, view: dict[str, Any]) -> None:
            ack(**ANSWERS[view["state"]["values"]["what"]["what"]["value"]])

        connection = SocketConnection(app, workspace.app_token, client)
        connection.open()
        try:
            yield workspace
        finally:
            connection.stop_intake()
            connection.close()
            app.listener_runner.listener_executor.shutdown()
    assert workspace.complaints == []


@pytest.fixture
def client(slack: Slack) -> WebClient:
    return WebClient(slack.bot_token, base_url=slack.api_url)


@pytest.fixture
def ann(slack: Slack, client: WebClient) -> Person:
    """Somebody in front of whom a form is open."""
    ann = slack.person("Ann")
    client.views_open(trigger_id=slack.trigger(ann.id), view=form("First"))
    return ann


def titles(slack: Slack, person: Person) -> list[str]:
    """The windows in front of somebody, the top one first."""
    top = slack.workspace.windows.get(person.id)
    views = ([] if top is None else [top]) + list(reversed(slack.workspace.below.get(person.id, [])))
    return [view["title"]["text"] for view in views]


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("errors", ["First"]),
        ("update", ["Updated"]),
        ("push", ["Pushed", "First"]),
        ("clear", []),
        ("close", []),
    ],
)
def test_what_becomes_of_a_form(slack: Slack, ann: Person, written: str, left: list[str]) -> None:
    """As the bot answers: it stays with its errors, changes, gets another on top, or goes."""
    ann.fills_in(written)
    assert titles(slack, ann) == left
    assert slack.workspace.form_errors.get(ann.id, {}) == (
        {"what": "Not that."} if written == "errors" else {}
    )


def test_windows_on_top_of_windows(slack: Slack, client: WebClient, ann: Person) -> None:
    """Three at most; what is closed uncovers the one below; a trigger serves once."""
    trigger = slack.trigger(ann.id)
    client.views_push(trigger_id=trigger, view=form("Second"))
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        client.views_push(trigger_id=trigger, view=form("Third"))
    client.views_push(trigger_id=slack.trigger(ann.id), view=form("Third"))
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        client.views_push(trigger_id=slack.trigger(ann.id), view=form("Fourth"))
    assert titles(slack, ann) == ["Third", "Second", "First"]
    client.views_update(view_id=ann.window["id"], view=form("Other"))
    assert titles(slack, ann) == ["Other", "Second", "First"]
    slack.close_window(ann.id)
    assert titles(slack, ann) == ["Second", "First"]
    ann.fills_in("clear")
    assert titles(slack, ann) == []
    with pytest.raises(SlackApiError, match="not_found"):
        client.views_update(view_id="V1", view=form("Gone"))
