"""A question that is passed on while Slack is silent, or just before a crash: it stands with the owner once."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from bot import messages
from bot.audience import channel_key, person_key
from bot.workspace.state import TEAM
from retrieval.errors import StoreBusy
from tests.passing_on import QUESTION, last_alone, passes_on, settle
from tests.slack_bot import TOKENIZER, Bot, Gate
from tests.slack_stand_in import Channel, Fault, Message, Person, Slack, error_after, reset, server_error


@pytest.fixture(scope="module")
def gate() -> Gate:
    """The documents do not say."""
    return Gate(TOKENIZER, {"four years": -3.0})


@pytest.fixture
def ada(slack: Slack) -> Person:
    return slack.person("Ada", admin=True)


@pytest.fixture
def helpers(slack: Slack, ada: Person) -> Channel:
    """A channel of its own for each test."""
    number = len(slack.workspace.channels)
    return slack.channel(f"helpers-{number}", ada)


def no_answer(slack: Slack, bot: Bot, ann: Person, owner: str) -> Message:
    """To a question of Ann's, once somebody owns the documents: with the button."""
    bot.work.collections.give("default", owner)
    found = ann.reply(ann.says(slack.channel("general", ann), f"@quoth {QUESTION}"))
    settle(bot, slack)
    return found


def standing(slack: Slack, channel: Channel) -> list[str]:
    """The timestamps of the questions that stand in a channel."""
    found = slack.workspace.visible(channel.id)
    return [message.ts for message in found if messages.REQUEST in message.words]


def noted(bot: Bot) -> list[tuple[str, str]]:
    """Where the records say that the question was posted."""
    number = bot.service.desk.records.since(0.0)[-1].id
    return [(each.channel, each.ts) for each in bot.service.desk.requests.of_question(number)]


FAULTS: dict[str, list[Fault]] = {
    "reset after it was done": [reset(after=True)],
    "reset before it was done": [reset(after=False)],
    "500 after it was done, and 500": [error_after(), server_error()],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_channel_is_asked_once(slack: Slack, bot: Bot, ann: Person, helpers: Channel, fault: str) -> None:
    """It is looked up there before it is posted again."""
    found = no_answer(slack, bot, ann, channel_key(TEAM, helpers.id))
    slack.misbehave("chat.postMessage", *FAULTS[fault])
    passes_on(slack, bot, ann, found)
    assert last_alone(ann) == messages.PASSED_ON
    (ts,) = standing(slack, helpers)
    assert noted(bot) == [(helpers.id, ts)]


def test_a_channel_is_asked_once_after_a_crash(
    slack: Slack, bot: Bot, ann: Person, ada: Person, helpers: Channel
) -> None:
    """What was posted without a note of that is found, below whatever was said since, whoever asks then."""
    found = no_answer(slack, bot, ann, channel_key(TEAM, helpers.id))
    with patch.object(bot.service.desk.requests, "add", side_effect=StoreBusy("as if killed")):
        passes_on(slack, bot, ann, found)
        assert last_alone(ann) == messages.BROKEN
    for _ in range(210):
        slack.workspace.add(Message(helpers, slack.workspace.next_ts(), ada.id, "A talk among people."))
    passes_on(slack, bot, slack.person("Ben"), found)
    (ts,) = standing(slack, helpers)
    assert noted(bot) == [(helpers.id, ts)]
    passes_on(slack, bot, ann, found)
    assert noted(bot) == [(helpers.id, ts)] * 2


def test_a_person_is_asked_once_more_and_sees_it_once(
    slack: Slack, bot: Bot, ann: Person, ada: Person
) -> None:
    """Where the direct messages are, Slack tells with the second one only; then that is taken out again."""
    found = no_answer(slack, bot, ann, person_key(TEAM, ada.id))
    before = len(standing(slack, ada.dm))
    slack.misbehave("chat.postMessage", reset(after=True))
    passes_on(slack, bot, ann, found)
    assert last_alone(ann) == messages.PASSED_ON
    (ts,) = standing(slack, ada.dm)[before:]
    assert noted(bot) == [(ada.dm.id, ts)]
    first, second = [m for m in slack.workspace.messages if m.channel is ada.dm][-2:]
    assert (first.ts, first.deleted, second.deleted) == (ts, False, True)


def test_a_person_while_slack_is_silent(slack: Slack, bot: Bot, ann: Person, ada: Person) -> None:
    """Posted twice without a reply: the asker is told so, and the next attempt leaves the first one alone."""
    found = no_answer(slack, bot, ann, person_key(TEAM, ada.id))
    before = len(standing(slack, ada.dm))
    slack.misbehave("chat.postMessage", error_after(), reset(after=True))
    passes_on(slack, bot, ann, found)
    assert last_alone(ann) == messages.NOT_PASSED_ON
    first, _ = standing(slack, ada.dm)[before:]
    passes_on(slack, bot, ann, found)
    assert last_alone(ann) == messages.PASSED_ON
    assert standing(slack, ada.dm)[before:] == [first]
    assert noted(bot) == [(ada.dm.id, first)]


def test_what_cannot_be_taken_out_stays(slack: Slack, bot: Bot, ann: Person, ada: Person) -> None:
    """Twice at most, and the later one is noted, of which Slack told."""
    found = no_answer(slack, bot, ann, person_key(TEAM, ada.id))
    before = len(standing(slack, ada.dm))
    slack.misbehave("chat.postMessage", reset(after=True))
    slack.misbehave("conversations.history", *[server_error()] * 8)
    passes_on(slack, bot, ann, found)
    assert last_alone(ann) == messages.PASSED_ON
    _, second = standing(slack, ada.dm)[before:]
    assert noted(bot) == [(ada.dm.id, second)]
