"""A bot with little patience in a workspace of its own, for the tests of what goes wrong in Slack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.slack.manifest import manifest
from tests.slack_bot import TOKENIZER, Bot, Gate, come_to_rest, impatient_bot
from tests.slack_stand_in import Channel, Person, Slack, running


@pytest.fixture(scope="module")
def slack() -> Iterator[Slack]:
    with running(manifest("http", url="https://quoth.example")) as started:
        yield started


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(TOKENIZER, {"four years": 5.0, "Acme": 4.0})


@pytest.fixture(scope="module")
def bot(slack: Slack, gate: Gate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with impatient_bot(tmp_path_factory.mktemp("faults"), slack, gate) as started:
        yield started


@pytest.fixture(autouse=True)
def at_peace(slack: Slack, bot: Bot) -> Iterator[None]:
    slack.complaints.clear()
    yield
    come_to_rest(slack, bot)


@pytest.fixture
def ann(slack: Slack, bot: Bot) -> Person:
    return slack.person("Ann")


@pytest.fixture
def general(slack: Slack, ann: Person) -> Channel:
    return slack.channel("general", ann)
