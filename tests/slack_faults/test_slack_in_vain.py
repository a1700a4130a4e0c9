"""What was tried in vain, an answer or what a button asks for: nobody is left without a word, or with two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest

from bot import desk, messages
from bot.errors import SlackSilent
from bot.workspace.server import Handler
from qa_engine.errors import ModelCorrupt
from retrieval.errors import StoreBusy
from tests.slack_bot import Bot
from tests.slack_stand_in import Channel, Person, Slack, refused, reset, server_error

QUESTION = "When are laptops replaced?"
ASK = f"@quoth {QUESTION}"
TRIES = 15  # to post an answer: three, and three for each time that it is tried later


def state_of(bot: Bot, person: Person) -> str:
    """What became of their last question."""
    found = bot.service.desk.records.recent("T0SKERRY", person.id, 1)
    return found[0].state if found else ""


@pytest.mark.parametrize("more", [0, 3])
def test_all_tries_in_vain(
    bot: Bot, ann: Person, general: Channel, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    """Once Slack takes something again, whoever asked is told so, and told once."""
    slack = ann.slack
    assert isinstance(slack, Slack)
    monkeypatch.setattr(desk, "ENDING_SECONDS", 0.05)
    slack.misbehave("chat.postMessage", *[server_error()] * (TRIES + more))
    said = ann.says(general, ASK)
    assert ann.reply(said).words == messages.GIVEN_UP
    slack.workspace.wait(lambda: state_of(bot, ann) == "told")
    assert len(ann.replies(said)) == 1


@pytest.mark.parametrize("code", ["restricted_action_read_only_channel", "is_archived", "invalid_blocks"])
def test_an_answer_that_slack_refuses(
    slack: Slack, bot: Bot, ann: Person, general: Channel, code: str
) -> None:
    """Whoever asked is told so alone, and it is not counted as answered."""
    slack.misbehave("chat.postMessage", refused(code))
    said = ann.says(general, ASK)
    told = messages.NOT_TAKEN.format(question=QUESTION)
    slack.workspace.wait(lambda: [m.words for m in slack.workspace.messages if m.channel is ann.dm] == [told])
    slack.workspace.wait(lambda: state_of(bot, ann) == "told")
    assert ann.replies(said) == []


def test_shared_between_two_tries(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """While Slack takes nothing, the channel becomes another company's, too: then nothing is quoted there."""

    def shares(handler: Handler, work: Callable[[], Any]) -> None:
        general.shared = True
        bot.service.desk.admission.channels.forget(general.id)  # as Slack says, or after ten minutes
        server_error()(handler, work)

    slack.misbehave("chat.postMessage", *[server_error()] * 2, shares)
    assert ann.reply(ann.says(general, ASK)).words == messages.SHARED_CHANNEL


def test_no_room_for_another_try(
    slack: Slack, bot: Bot, ann: Person, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A queue that takes nothing for later, as when the bot is stopped: told at once."""
    monkeypatch.setattr(bot.service.desk.questions, "offer_later", lambda *_: False)
    slack.misbehave("chat.postMessage", *[server_error()] * 3)
    assert ann.reply(ann.says(general, ASK)).words == messages.GIVEN_UP


@pytest.mark.parametrize("label", ["Why this answer", "Share to channel"])
@pytest.mark.parametrize(
    "error",
    [StoreBusy("Another process is writing."), ModelCorrupt("Broken."), KeyError("x"), SlackSilent("!")],
)
def test_a_press_that_fails(bot: Bot, ann: Person, general: Channel, label: str, error: Exception) -> None:
    """Whatever breaks behind a button: whoever pressed it is told."""
    ann.asks(general, QUESTION)
    answer = ann.told(general)
    with patch.object(bot.work.store, "passages", side_effect=error):
        ann.presses(answer, label)
        assert ann.told(general, 2).words == messages.BROKEN


def test_a_share_that_slack_refuses(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """For a reason of its own: told, and shared as soon as Slack takes it."""
    ann.asks(general, QUESTION)
    answer = ann.told(general)
    slack.misbehave("chat.postMessage", refused("message_limit_exceeded"))
    ann.presses(answer, "Share to channel")
    assert ann.told(general, 2).words == messages.BROKEN
    ann.presses(answer, "Share to channel")
    assert ann.told(general, 3).words == messages.SHARED
    assert [m.words.count("four years") for m in slack.workspace.visible(general.id)] == [1]


def test_a_share_in_doubt(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """Posted while Slack was silent: pressed again it stands there once, and its buttons work."""
    ann.asks(general, QUESTION)
    answer = ann.told(general)
    slack.misbehave("chat.postMessage", reset(after=True))
    slack.misbehave("conversations.history", refused("internal_error"))
    ann.presses(answer, "Share to channel")
    assert ann.told(general, 2).words == messages.BROKEN
    for count in (3, 4):
        ann.presses(answer, "Share to channel")
        assert ann.told(general, count).words == messages.SHARED
    (shared,) = slack.workspace.visible(general.id)
    assert "four years" in shared.words
    ann.presses(shared, "Helpful")
    assert ann.told(general, 5).words == messages.THANKS
