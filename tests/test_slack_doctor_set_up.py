"""`quoth doctor` on the ways to connect Slack: half a set-up is none, and many workspaces are counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from slack_sdk.oauth.installation_store.models.bot import Bot as InstalledBot
from slack_sdk.oauth.installation_store.sqlite3 import SQLite3InstallationStore

from bot.check import Check
from bot.slack.checks import slack_checks
from bot.slack_settings import SlackSettings
from tests.command_line import call

MANY = {"client_id": "1.2", "client_secret": "s", "signing_secret": "t"}


def slack_check(given: dict[str, str], installs: Path | None = None) -> Check:
    """What is said of the only thing that can be looked at, which asks nobody."""
    settings = SlackSettings(api_url="http://127.0.0.1:9/api/", **given)  # type: ignore[arg-type]
    (found,) = slack_checks(settings, installs)
    assert found.name == "slack"
    return found


def test_nothing_is_set() -> None:
    """Then Slack is not wanted, which is all right."""
    assert slack_check({}) == Check("slack", "ok", "not set up; the README says how: Connect it to Slack")


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"app_token": "xapp-1", "signing_secret": "t"}, "BOT_TOKEN"),
        ({"config_token": "xoxe-1"}, "BOT_TOKEN"),
        *((MANY.items() - {(name, value)}, name.upper()) for name, value in MANY.items()),
    ],
)
def test_half_a_set_up(given: dict[str, str], missing: str) -> None:
    """What is missing is named."""
    found = slack_check(dict(given))
    assert found.state == "failed"
    assert found.detail.startswith(f"Not set: QUOTH_SLACK_{missing} (")


def test_half_a_set_up_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no success."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUOTH_SLACK_APP_TOKEN", "xapp-1")
    said = call("doctor", home=tmp_path)
    assert said.code == 1
    assert "Not set: QUOTH_SLACK_BOT_TOKEN" in said.out


def test_both_ways_at_once() -> None:
    """`quoth serve` refuses that, too."""
    found = slack_check({**MANY, "bot_token": "xoxb-1"})
    assert found.state == "failed"
    assert found.detail.endswith("set one of them.")


def test_many_workspaces(tmp_path: Path) -> None:
    """Each counts once, however often its token was renewed; those of another app do not; nothing is made."""
    path = tmp_path / "installs.db"
    assert slack_check(MANY, path).state == "warning"
    assert not path.exists()
    for client, team in (("1.2", "T1"), ("1.2", "T2"), ("1.2", "T1"), ("3.4", "T3")):
        SQLite3InstallationStore(database=str(path), client_id=client).save_bot(
            InstalledBot(
                app_id="A1", team_id=team, bot_token="xoxb-1", bot_id="B1", bot_user_id="U1", installed_at=1.0
            )
        )
    assert slack_check(MANY, path) == Check("slack", "ok", "2 workspaces have installed the app")


def test_a_file_of_installations_that_is_damaged(tmp_path: Path) -> None:
    """Named, with its place."""
    path = tmp_path / "installs.db"
    path.write_bytes(b"no database" * 100)
    found = slack_check(MANY, path)
    assert found.state == "failed"
    assert str(path) in found.detail
