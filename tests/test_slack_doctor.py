"""`quoth doctor` on Slack: each thing that can be wrong is named, with what to do, and without a secret."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.slack.checks import drift
from bot.slack.manifest import manifest
from tests.command_line import Said, call
from tests.slack_stand_in import Slack, running


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Slack]:
    monkeypatch.chdir(tmp_path)
    with running(manifest("socket")) as started:
        monkeypatch.setenv("QUOTH_SLACK_BOT_TOKEN", started.bot_token)
        monkeypatch.setenv("QUOTH_SLACK_APP_TOKEN", started.app_token)
        monkeypatch.setenv("QUOTH_SLACK_API_URL", started.api_url)
        yield started


def lines(said: Said, name: str) -> list[str]:
    return [line for line in said.out.splitlines() if line.split()[1] == name]


def test_a_sound_app(slack: Slack, tmp_path: Path) -> None:
    """Who it is and where, all scopes, and that Socket Mode can connect."""
    said = call("doctor", home=tmp_path)
    assert said.code == 0
    (bot,) = lines(said, "slack")
    assert bot.split(maxsplit=2)[2] == "quoth in Skerryvane, all 10 scopes"
    assert lines(said, "socket")[0].endswith("Socket Mode can connect")
    assert slack.bot_token not in said.out + said.err


def test_missing_scopes(slack: Slack, tmp_path: Path) -> None:
    """Named with what they are for."""
    slack.scopes -= {"channels:read", "commands"}
    said = call("doctor", home=tmp_path)
    assert said.code == 1
    (bot,) = lines(said, "slack")
    assert bot.startswith("failed")
    assert "channels:read (to know whether a channel is shared with another company)" in bot
    assert "commands (for /ask and the shortcut)" in bot
    assert "quoth manifest" in bot


def test_more_scopes_than_needed(slack: Slack, tmp_path: Path) -> None:
    """A warning: nobody should trust a bot with more than it uses."""
    slack.scopes |= {"admin"}
    said = call("doctor", home=tmp_path)
    assert said.code == 0
    assert lines(said, "slack")[0].startswith("warning")
    assert "more than it needs: admin" in said.out


def test_tokens_that_are_refused(slack: Slack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both, each with where to get another; their values are not shown."""
    monkeypatch.setenv("QUOTH_SLACK_BOT_TOKEN", "xoxb-wrong")
    monkeypatch.setenv("QUOTH_SLACK_APP_TOKEN", "xapp-wrong")
    said = call("doctor", home=tmp_path)
    assert said.code == 1
    assert "(invalid_auth); copy it anew from OAuth & Permissions" in lines(said, "slack")[0]
    assert "(invalid_auth); make one with connections:write" in lines(said, "socket")[0]
    assert "wrong" not in said.out + said.err


def test_slack_cannot_be_reached(slack: Slack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said by the checks; Slack's library has nothing to add on standard error."""
    monkeypatch.setenv("QUOTH_SLACK_API_URL", "http://127.0.0.1:9/api/")
    monkeypatch.setattr(
        "slack_sdk.http_retry.builtin_handlers.ConnectionErrorRetryHandler._can_retry", lambda *_, **__: False
    )
    said = call("doctor", home=tmp_path)
    assert said.code == 1
    assert lines(said, "slack")[0].startswith("failed")
    assert said.err == ""


def test_no_way_for_events_to_come_in(slack: Slack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither an app token nor a signing secret."""
    monkeypatch.delenv("QUOTH_SLACK_APP_TOKEN")
    said = call("doctor", home=tmp_path)
    assert said.code == 1
    assert "neither QUOTH_SLACK_APP_TOKEN" in said.out


def test_secrets_that_others_can_read(slack: Slack, tmp_path: Path) -> None:
    """A file with a token is for its owner only."""
    path = tmp_path / ".env"
    path.write_text(f"QUOTH_SLACK_BOT_TOKEN={slack.bot_token}\n")
    path.chmod(0o644)
    assert "others can read .env; type: chmod 600 .env" in call("doctor", home=tmp_path).out
    path.chmod(0o600)
    assert "others can read" not in call("doctor", home=tmp_path).out


def test_documents_that_everybody_can_read(slack: Slack, tmp_path: Path) -> None:
    """Files that an older version made; a new one makes them for their owner only, whatever the umask."""
    home = tmp_path / "new"
    before = os.umask(0)
    try:
        assert call("collection", "ls", home=home).code == 0
    finally:
        os.umask(before)
    store = home / "store.db"
    assert (stat.S_IMODE(home.stat().st_mode), stat.S_IMODE(store.stat().st_mode)) == (0o700, 0o600)
    assert "can read" not in call("doctor", home=home).out
    store.chmod(0o644)
    assert f"everybody here can read {store}; type: chmod 600 {store}" in call("doctor", home=home).out


def test_a_collection_that_nobody_filled(
    slack: Slack, handbook_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is spelled wrong would hide every answer."""
    monkeypatch.setenv("QUOTH_SLACK_COLLECTIONS", "handbook, hndbook")
    said = call("doctor", home=handbook_home)
    assert said.code == 1
    assert "QUOTH_SLACK_COLLECTIONS names hndbook; there are handbook." in said.out


def test_drift() -> None:
    """An app like its manifest has none; each thing that is missing is named."""
    assert drift(manifest("socket")) == drift(manifest("http", url="https://quoth.example")) == []
    bare = {"settings": {"event_subscriptions": {"bot_events": ["app_mention"]}}, "features": {}}
    assert drift(bare) == [
        "events not subscribed to: app_home_opened, channel_shared, channel_unshared, message.channels, "
        "message.groups, message.im, user_change",
        "interactivity is off",
        "no /ask among its slash commands",
        "no ask_about_message, pin_reply among its shortcuts",
        "no agent view",
    ]
