"""`quoth serve` as a process of its own, from its settings to its last word, and `quoth manifest`."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from bot import messages
from bot.slack.manifest import EVENTS, SCOPES, manifest
from tests.command_line import Said, call, start
from tests.slack_bot import home_like
from tests.slack_stand_in import Slack

LAPTOPS = "When are laptops replaced?"


@pytest.fixture
def home(tmp_path: Path, handbook_home: Path) -> Path:
    return home_like(tmp_path / "home", handbook_home)


def variables(slack: Slack, **more: str) -> dict[str, str]:
    return {
        "QUOTH_SLACK_BOT_TOKEN": slack.bot_token,
        "QUOTH_SLACK_APP_TOKEN": slack.app_token,
        "QUOTH_SLACK_API_URL": slack.api_url,
        "PYTHONFAULTHANDLER": "1",
    } | more


def end(process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> Said:
    process.send_signal(number)
    try:
        out, err = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)  # faulthandler tells where it hangs
        raise AssertionError(process.communicate()[1].decode()) from None
    return Said(process.returncode, out.decode(), err.decode())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopped_with_five_questions_under_way(slack: Slack, home: Path, number: int) -> None:
    """All five are answered, with the real reader, and it ends with exit code 0; a second start goes on."""
    people = [slack.person(f"P{i}") for i in range(5)]
    process = start("serve", home=home, **variables(slack, QUOTH_SLACK_WORKERS="1"))
    slack.wait_connected(seconds=60)
    slack.app_is_stopping = True  # what the bot says is told to a socket that is closed by then
    asked = [person.says(person.dm, LAPTOPS) for person in people]
    for delivery in list(slack.deliveries)[:5]:
        assert delivery.acked.wait(3)
    said = end(process, number)
    assert (said.code, said.out) == (0, "")
    assert [len(person.replies(question)) for person, question in zip(people, asked, strict=True)] == [1] * 5
    for person, question in zip(people, asked, strict=True):
        assert "after four years" in person.reply(question).words
    assert said.err.splitlines() == [
        "Connected to Slack; 40 documents to quote from. Ctrl-C stops.",
        "Stopping: answering what is under way.",
        "Stopped. 0 questions were told that they get no answer.",
    ]


def test_a_talkative_log_holds_neither_secrets_nor_questions(slack: Slack, home: Path) -> None:
    """With -v: what was done, and nothing of whom or what."""
    ann = slack.person("Ann")
    process = start("-v", "serve", home=home, **variables(slack))
    slack.wait_connected(seconds=60)
    ann.reply(ann.says(ann.dm, LAPTOPS))
    said = end(process)
    assert said.code == 0
    for secret in (slack.bot_token, slack.app_token, "ticket=", "laptops", ann.id):
        assert secret not in said.err


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_over_http(slack: Slack, home: Path, host: str, request: pytest.FixtureRequest) -> None:
    """With --http it listens where it is told, and says where; and what a setting opens to other companies."""
    if ":" in host:
        request.getfixturevalue("ipv6")
    more = variables(
        slack, QUOTH_SLACK_SIGNING_SECRET=slack.signing_secret, QUOTH_SLACK_SHARED_CHANNELS="yes"
    )
    process = start("serve", "--http", "--host", host, "--port", "0", home=home, **more)
    assert process.stderr is not None
    greeting = process.stderr.readline().decode()
    assert greeting.startswith(f"Listening for Slack at http://{messages.address(host, 0)[:-1]}")
    slack.http_address = greeting.split()[4].rstrip(";")
    assert process.stderr.readline().decode().rstrip() == messages.SERVE_SHARED
    ann = slack.person("Ann")
    assert "after four years" in ann.reply(ann.says(ann.dm, LAPTOPS)).words
    slack.app_is_stopping = True
    assert end(process).code == 0


@pytest.mark.parametrize(
    ("missing", "arguments"),
    [
        ("QUOTH_SLACK_BOT_TOKEN", []),
        ("QUOTH_SLACK_APP_TOKEN", []),
        ("QUOTH_SLACK_SIGNING_SECRET", ["--http"]),
    ],
)
def test_what_is_missing_is_named(
    slack: Slack, home: Path, missing: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line, exit code 2, where to find it."""
    for name, value in variables(slack).items():
        if name != missing:
            monkeypatch.setenv(name, value)
    said = call("serve", *arguments, home=home)
    assert (said.code, said.out) == (2, "")
    assert f"Not set: {missing} (" in said.complaint
    assert "Connect it to Slack" in said.complaint


def test_a_token_that_slack_refuses(slack: Slack, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line with Slack's reason and without the token; exit code 1."""
    for name, value in variables(slack, QUOTH_SLACK_BOT_TOKEN="xoxb-wrong").items():
        monkeypatch.setenv(name, value)
    said = call("serve", home=home)
    assert said.code == 1
    assert said.complaint == "quoth: Slack refuses the bot's token: invalid_auth. Run quoth doctor."
    monkeypatch.setenv("QUOTH_SLACK_BOT_TOKEN", slack.bot_token)
    monkeypatch.setenv("QUOTH_SLACK_APP_TOKEN", "xapp-wrong")
    said = call("serve", home=home)
    assert said.code == 1
    assert (
        said.err.splitlines()[-1] == "quoth: Slack refuses the app's token: invalid_auth. Run quoth doctor."
    )
    assert "wrong" not in said.err


def test_slack_cannot_be_reached(slack: Slack, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, too."""
    more = {"QUOTH_SLACK_API_URL": "http://127.0.0.1:9/api/"}
    for name, value in variables(slack, **more).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(
        "slack_sdk.http_retry.builtin_handlers.ConnectionErrorRetryHandler._can_retry", lambda *_, **__: False
    )
    said = call("serve", home=home)
    assert said.code == 1
    assert said.complaint.startswith("quoth: Slack cannot be reached at http://127.0.0.1:9/api/")


def test_an_address_that_is_taken(slack: Slack, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line with what to do."""
    for name, value in variables(slack, QUOTH_SLACK_SIGNING_SECRET="x").items():
        monkeypatch.setenv(name, value)
    port = slack.address.partition(":")[2]
    said = call("serve", "--http", "--port", port, home=home)
    assert said.code == 1
    assert said.err.splitlines()[-1] == (
        f"quoth: Cannot listen on 127.0.0.1:{port}: Address already in use. Name others: --host, --port."
    )


def test_the_manifest_for_socket_mode() -> None:
    """JSON with the least scopes; each is used, and says what for."""
    said = call("manifest")
    assert (said.code, said.err) == (0, "")
    made = said.json
    assert made == manifest("socket")
    assert made["oauth_config"]["scopes"]["bot"] == sorted(SCOPES)
    assert made["settings"]["socket_mode_enabled"] is True
    assert made["settings"]["event_subscriptions"]["bot_events"] == list(EVENTS)
    assert "url" not in made["features"]["slash_commands"][0]
    assert "http" not in json.dumps(made)
    assert made["features"]["agent_view"]["agent_description"]


def test_the_manifest_for_http() -> None:
    """The address stands wherever Slack must know it."""
    made = call("manifest", "--mode", "http", "--url", "https://quoth.example/", "--name", "Ask HR").json
    address = "https://quoth.example/slack/events"
    assert made["features"]["slash_commands"][0]["url"] == address
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["interactivity"]["request_url"] == address
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["display_information"]["name"] == "Ask HR"


def test_the_manifest_keeps_slack_s_limits() -> None:
    """Lengths of names and descriptions, as Slack's reference has them."""
    made = manifest("socket", name="Q" * 35)
    assert len(made["display_information"]["name"]) <= 35
    assert len(made["display_information"]["description"]) <= 140
    assert len(made["features"]["agent_view"]["agent_description"]) <= 300
    for shortcut in made["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150


@pytest.mark.parametrize(
    "arguments",
    [["--mode", "http"], ["--mode", "http", "--url", "http://quoth.example"], ["--url", "https://quoth.example"],
     ["--name", ""], ["--name", "Q" * 36], ["--mode", "pigeon"]],
)  # fmt: skip
def test_a_manifest_that_would_not_work(arguments: list[str]) -> None:
    """One line and exit code 2."""
    said = call("manifest", *arguments)
    assert (said.code, said.out) == (2, "")
    assert said.complaint.startswith("quoth: ")
