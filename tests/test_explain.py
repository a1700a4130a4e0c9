"""quoth explain, quoth ask --as --in, /ask here: why Quoth answers a person in a place, or does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import messages
from bot.audience import channel_key, person_key
from bot.slack.manifest import manifest
from bot.workspace.state import TEAM
from retrieval.collections import Collections
from retrieval.store import Store
from tests.command_line import call
from tests.slack_bot import TOKENIZER, Gate, running_bot
from tests.slack_stand_in import Slack, refused, running
from tests.stores import put

QUESTION = "When are laptops replaced?"


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slack]:
    with running(manifest("socket")) as started:
        monkeypatch.setenv("QUOTH_SLACK_BOT_TOKEN", started.bot_token)
        monkeypatch.setenv("QUOTH_SLACK_API_URL", started.api_url)
        yield started
        assert started.complaints == []


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Store(tmp_path / "store.db") as store:
        put(store, "staff.md", "Laptops are replaced after four years.", collection="staff")
        put(store, "board.md", "Laptops of the board are replaced after one year.", collection="board")
    return tmp_path


def test_shared_channels_that_are_answered_as_if_they_were_not(
    slack: Slack, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The setting opens to another company what is open to the workspace, and that is said."""
    ann = slack.person("Ann")
    partners = slack.channel("partners", ann, shared=True)
    monkeypatch.setenv("QUOTH_SLACK_SHARED_CHANNELS", "yes")
    said = call("explain", "--as", ann.id, "--in", partners.id, home=home).out
    assert "shared with another company (quoted as if it were not: QUOTH_SLACK_SHARED_CHANNELS=yes)" in said
    assert "quoted  staff" in said


def test_why_here(slack: Slack, home: Path) -> None:
    """Slack's word on both, the rule, and each collection with to whom it is open; an answer as they get it."""
    ann, gus = slack.person("Ann"), slack.person("Gus", guest=True)
    general = slack.channel("general", ann, gus)
    partners = slack.channel("partners", ann, shared=True)
    with Store(home / "store.db") as store:
        keys = [person_key(TEAM, ann.id), channel_key(TEAM, "C0HR")]
        Collections(store.database).open_to("board", keys)

    def said(*arguments: str) -> dict[str, bool]:
        record = call("explain", "--json", *arguments, home=home).json
        found: dict[str, bool] = record["collections"]
        return found

    assert said("--as", ann.id, "--in", general.id) == {"staff": True, "board": False}
    assert said("--as", ann.id, "--in", general.id, "--private") == {"staff": True, "board": True}
    assert said("--as", ann.id) == {"staff": True, "board": True}
    assert said("--as", gus.id, "--in", general.id) == {"staff": False, "board": False}
    assert said("--as", ann.id, "--in", partners.id) == {"staff": False, "board": False}
    text = call("explain", "--as", ann.id, "--in", general.id, QUESTION, home=home).out
    assert f"#general ({general.id}), the workspace's own" in text
    assert "@ann" in text
    assert "hidden  board" in text
    assert "An answer needs" in text
    assert "one year" not in text
    assert messages.SHARED_CHANNEL in call("explain", "--as", ann.id, "--in", partners.id, home=home).out
    slack.misbehave("users.info", refused("missing_scope"))
    assert call("ask", QUESTION, "--as", gus.id, home=home).complaint.endswith(messages.UNKNOWN_PERSON)
    assert call("ask", QUESTION, "--as", gus.id, home=home).complaint.endswith(messages.GUEST)
    alone = call(
        "ask", "When are laptops of the board replaced?", "--as", ann.id, "--json", "--why", home=home
    )
    assert len(alone.json["why"]["passages"]) == 2
    aloud = call("ask", QUESTION, "--as", ann.id, "--in", general.id, "--json", "--why", home=home)
    assert len(aloud.json["why"]["passages"]) == 1


def test_what_is_missing(home: Path) -> None:
    """A person, a token; options that mean nothing without --as."""
    assert call("explain", home=home).code == 2
    assert call("explain", "--as", "U1AB", "--team", "T1", home=home).complaint.endswith(
        messages.EXPLAIN_NEEDS_SLACK
    )
    assert "go with --as" in call("ask", QUESTION, "--in", "C123", home=home).complaint


def test_ask_here(slack: Slack, home: Path) -> None:
    """A member hears in a sentence what may be quoted, and nothing of what may not."""
    ann, gus = slack.person("Ann"), slack.person("Gus", guest=True)
    general, partners = slack.channel("general", ann, gus), slack.channel("partners", ann, shared=True)
    with running_bot(home, slack, gate=Gate(TOKENIZER, {})) as bot:
        bot.work.collections.open_to("board", [])
        ann.commands(general, "here")
        assert ann.told(general).words == messages.HERE_BOTH.format(aloud="1 document", alone="1 document")
        ann.commands(ann.dm, "here")
        assert ann.told(ann.dm).words == messages.HERE_ALONE.format(documents="1 document")
        ann.commands(partners, "here")
        assert ann.told(partners).words == messages.SHARED_CHANNEL
        gus.commands(general, "here")
        assert gus.told(general).words == messages.GUEST
