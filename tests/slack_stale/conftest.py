"""A page, a bot that quotes it and looks often whether it has changed, and somebody who asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import staleness
from tests.slack_bot import TOKENIZER, Bot, Gate, running_bot
from tests.slack_stand_in import Channel, Person, Slack
from tests.stale_pages import FOUR, Handbook


@pytest.fixture
def handbook(tmp_path: Path, handbook_home: Path) -> Handbook:
    made = Handbook(tmp_path)
    made.home.mkdir()
    (made.home / "cache").symlink_to(handbook_home / "cache")
    made.write(FOUR)
    return made


@pytest.fixture
def gate() -> Gate:
    return Gate(TOKENIZER, {"four years": 5.0, "five years": 6.0})


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody wants to wait for five seconds."""
    monkeypatch.setattr(staleness, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(staleness, "LATER_SECONDS", 0.1)


@pytest.fixture
def bot(slack: Slack, handbook: Handbook, gate: Gate) -> Iterator[Bot]:
    with running_bot(handbook.home, slack, gate=gate) as started:
        yield started


@pytest.fixture
def ann(slack: Slack) -> Person:
    return slack.person("Ann")


@pytest.fixture
def general(slack: Slack, ann: Person) -> Channel:
    return slack.channel("general", ann)
