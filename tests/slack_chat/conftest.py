"""One bot for the conversations of a file, in both modes, which share the handbook and the people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.slack.manifest import manifest
from bot.slack.service import Mode
from tests.slack_bot import Bot, home_like, running_bot
from tests.slack_stand_in import Channel, Person, Slack, running

Chat = tuple[Slack, Bot]


@pytest.fixture(scope="module", params=["socket", "http"])
def chat(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, handbook_home: Path
) -> Iterator[Chat]:
    mode: Mode = request.param
    home = home_like(tmp_path_factory.mktemp(mode), handbook_home)
    url = "https://quoth.example" if mode == "http" else None
    with (
        running(manifest(mode, url=url)) as slack,
        running_bot(home, slack, mode, contact="the office in Bristol") as bot,
    ):
        yield slack, bot


@pytest.fixture(autouse=True)
def no_complaints(chat: Chat) -> Iterator[None]:
    """Whatever is done, Slack refuses nothing and waits for nothing."""
    yield
    slack, _ = chat
    slack.slowest_ack()
    assert slack.complaints == []


@pytest.fixture
def slack(chat: Chat) -> Slack:
    return chat[0]


@pytest.fixture
def ann(slack: Slack) -> Person:
    return slack.person("Ann")


@pytest.fixture
def ben(slack: Slack) -> Person:
    return slack.person("Ben")


@pytest.fixture
def general(slack: Slack, ann: Person, ben: Person) -> Channel:
    return slack.channel("general", ann, ben)
