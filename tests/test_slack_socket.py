"""Socket Mode and its faults: whatever happens to the connection, the next question is answered soon.

Waits are for events, never for time; the bound that is promised is asserted on the clock.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import pytest

from bot.slack.manifest import manifest
from retrieval.store import Store
from tests.slack_bot import TOKENIZER, Bot, Gate, running_bot
from tests.slack_stand_in import Channel, Person, Slack, refused, running
from tests.stores import put

BACK_WITHIN = 10.0


@pytest.fixture(scope="module")
def slack() -> Iterator[Slack]:
    with running(manifest("socket")) as started:
        yield started


@pytest.fixture(scope="module")
def bot(slack: Slack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    home = tmp_path_factory.mktemp("socket")
    with Store(home / "store.db") as store:
        put(store, "laptops.md", "Laptops are replaced after four years.")
    with running_bot(home, slack, gate=Gate(TOKENIZER, {"four years": 5.0})) as started:
        yield started


@pytest.fixture
def ann(slack: Slack, bot: Bot) -> Person:
    return slack.person("Ann")


@pytest.fixture
def general(slack: Slack, ann: Person) -> Channel:
    return slack.channel("general", ann)


def answered(person: Person, channel: Channel) -> None:
    assert "four years" in person.reply(person.says(channel, "@quoth When are laptops replaced?")).words


def go_silent(slack: Slack) -> None:
    """Half-open: the connection stands, and nothing comes back over it."""
    slack.sockets[-1].deaf = True


def be_replaced(slack: Slack) -> None:
    """Slack says that it will close, and closes a little later, as it does every few hours."""
    slack.sockets[-1].send(json.dumps({"type": "disconnect", "reason": "refresh_requested"}))


FAULTS: dict[str, Callable[[Slack], None]] = {
    "reset": lambda slack: slack.sockets[-1].reset(),
    "closed": lambda slack: slack.sockets[-1].close(),
    "closed by an error": lambda slack: slack.sockets[-1].close(1011),
    "disconnect": be_replaced,
    "half-open": go_silent,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_back_within_ten_seconds(slack: Slack, bot: Bot, ann: Person, general: Channel, fault: str) -> None:
    """A new connection, and the next question is answered."""
    slack.wait_connected()
    before, begun = slack.connections, time.monotonic()
    FAULTS[fault](slack)
    slack.wait_connected(more_than=before)
    answered(ann, general)
    assert time.monotonic() - begun < BACK_WITHIN


@pytest.mark.parametrize("fault", ["reset", "half-open"])
def test_what_is_asked_meanwhile_is_answered(
    slack: Slack, bot: Bot, ann: Person, general: Channel, fault: str
) -> None:
    """An event that got lost comes again, and a retry may be the only delivery that arrives."""
    slack.wait_connected()
    before = slack.connections
    FAULTS[fault](slack)
    question = ann.says(general, "@quoth When are laptops replaced?")
    slack.wait_connected(more_than=before)
    ann.reply(question)
    answered(ann, general)
    assert len(ann.replies(question)) == 1


@pytest.mark.parametrize(
    "frame",
    ["", "{", "null", "[]", "{}", '{"type": "hello"}', '{"type": 1, "envelope_id": 2, "payload": 3}', "\u202e\x00",
     '{"type": "events_api", "envelope_id": "x", "payload": {"type": "event_callback"}}',
     '{"type": "slash_commands", "envelope_id": "x", "payload": {"command": "/ask"}}',
     '{"type": "interactive", "envelope_id": "x", "payload": {"type": "block_actions", "actions": []}}'],
)  # fmt: skip
def test_garbage_frames(slack: Slack, bot: Bot, ann: Person, general: Channel, frame: str) -> None:
    """Nonsense is passed over."""
    slack.wait_connected()
    slack.sockets[-1].send(frame)
    answered(ann, general)


@pytest.mark.parametrize("megabytes", [1, 5])
def test_oversize_frames(slack: Slack, bot: Bot, ann: Person, general: Channel, megabytes: int) -> None:
    """An event of some megabytes is read, or costs a connection; it does not end the bot."""
    slack.wait_connected()
    slack.sockets[-1].send(
        json.dumps({"type": "events_api", "envelope_id": "x", "payload": {"x": "y" * megabytes * 1_000_000}})
    )
    question = ann.says(general, "@quoth When are laptops replaced?")
    assert "four years" in ann.reply(question).words


def test_slack_cannot_be_reached_for_a_while(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """A refusal to connect is asked again."""
    slack.wait_connected()
    before = slack.connections
    slack.misbehave("apps.connections.open", refused("internal_error"), refused("fatal_error"))
    slack.sockets[-1].reset()
    slack.wait_connected(more_than=before)
    answered(ann, general)
