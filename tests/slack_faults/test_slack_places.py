"""Places where the bot may not speak, or not to all; and who is answered nowhere.

The reader knows one phrase, and can be held at a gate; everything else is real.
"""

from __future__ import annotations

import logging
from typing import Any

import pytest

from bot import messages
from tests.slack_bot import Bot, Gate
from tests.slack_stand_in import Channel, Fault, Person, Slack, error_after, refused, reset

QUESTION = "When are laptops replaced?"
ASK = f"@quoth {QUESTION}"


@pytest.mark.parametrize("code", ["channel_not_found", "not_in_channel", "is_archived", "restricted_action"])
def test_where_it_may_not_post(
    slack: Slack, bot: Bot, ann: Person, general: Channel, caplog: pytest.LogCaptureFixture, *, code: str
) -> None:
    """Logged once, without words of anybody's; the next question is answered."""
    slack.misbehave("chat.postMessage", refused(code))
    ann.says(general, ASK)
    assert bot.service.desk.questions.wait_idle(20)
    slack.workspace.wait(
        lambda: bot.service.desk.questions.wait_idle(0) and not slack.faults["chat.postMessage"]
    )
    assert bot.service.desk.questions.wait_idle(20)
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == [
        f"Slack refuses chat.postMessage: {code}."
    ]
    assert "four years" in ann.reply(ann.says(general, ASK)).words


@pytest.mark.parametrize("code", ["token_revoked", "invalid_auth", "account_inactive"])
def test_a_token_that_is_taken_away(
    slack: Slack, bot: Bot, ann: Person, general: Channel, caplog: pytest.LogCaptureFixture, *, code: str
) -> None:
    """Said once, not for each question; not ready."""
    assert bot.service.ready
    slack.misbehave("chat.postMessage", refused(code), refused(code))
    for _ in range(2):
        ann.says(general, ASK)
    slack.workspace.wait(lambda: not slack.faults["chat.postMessage"])
    assert bot.service.desk.questions.wait_idle(20)
    errors = [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]
    assert len([e for e in errors if "run quoth doctor" in e]) == 1
    assert not bot.service.ready


def test_a_channel_that_is_shared(slack: Slack, ann: Person) -> None:
    """Fail closed: no quote, no title, and a sentence that says why; asked in any way."""
    shared = slack.channel("partners", ann, shared=True)
    said = [ann.reply(ann.says(shared, ASK))]
    ann.asks(shared, QUESTION)
    said.append(ann.told(shared))
    ann.commands(shared, "sources")
    said.append(ann.told(shared, 2))
    for message in said:
        assert message.words.startswith("This channel is shared with another company")
        assert message.buttons == []


def test_a_channel_that_slack_does_not_tell_about(slack: Slack, ann: Person, general: Channel) -> None:
    """Fail closed: unknown is refused."""
    slack.misbehave("conversations.info", refused("internal_error"))
    ann.asks(general, QUESTION)
    assert ann.told(general).words.startswith("I can't find out who is in this channel")


def test_a_channel_that_the_bot_cannot_see(slack: Slack, ann: Person) -> None:
    """A private answer goes to the person alone, so it may; nothing can be shared there."""
    private = slack.channel("secret", ann, bot=False, private=True)
    ann.asks(private, QUESTION)
    answer = ann.told(private)
    assert "four years" in answer.words
    ann.presses(answer, "Share to channel")
    assert ann.told(private, 2).words == messages.CANNOT_SHARE


@pytest.mark.parametrize("fault", [reset(after=False), error_after()], ids=["before", "after"])
def test_a_direct_message_without_a_reply(
    slack: Slack, bot: Bot, gate: Gate, ann: Person, fault: Fault
) -> None:
    """The last way to a person is tried again, too, where nothing can be looked up: twice at most, never none."""
    elsewhere = slack.channel("elsewhere", ann, bot=False)
    before = len(list(slack.workspace.visible(ann.dm.id)))
    gate.open.clear()
    ann.asks(elsewhere, QUESTION)
    slack.expire_response_urls()
    slack.misbehave("chat.postMessage", fault)
    gate.open.set()
    assert bot.service.desk.questions.wait_idle(20)
    found = list(slack.workspace.visible(ann.dm.id))[before:]
    assert ["four years" in message.words for message in found] in ([True], [True, True])


def test_shared_once(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """However late the button is pressed again."""
    ann.asks(general, QUESTION)
    answer = ann.told(general)
    for count in (2, 3):
        ann.presses(answer, "Share to channel")
        assert ann.told(general, count).words == "Shared to the channel."
        with bot.service.desk.records.database.writing() as db:
            db.execute("DELETE FROM seen")  # as after a quarter of an hour
    assert [m.words.count("four years") for m in slack.workspace.visible(general.id)] == [1]


def test_a_button_from_elsewhere(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """A number of another channel's question opens nothing."""
    other = slack.channel("other", ann)
    answer = ann.reply(ann.says(general, ASK))
    answer.channel = other
    for count, label in enumerate(("Why this answer", "Helpful", "Not helpful"), 1):
        ann.presses(answer, label)
        assert ann.told(other, count).words.startswith("I can't show that here")


def test_other_bots_and_joins_are_ignored(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """Its own messages, other bots', joins, topics, edits of others: no answer, no trouble."""
    mention = f"<@{'U0QUOTH'}> {QUESTION}"
    base: dict[str, Any] = {
        "type": "message",
        "channel": general.id,
        "channel_type": "channel",
        "text": mention,
    }
    before = bot.service.desk.records.counts().questions
    ignored: tuple[dict[str, Any], ...] = (
        {"user": "U0OTHER", "bot_id": "B0OTHER"},
        {"user": "U0QUOTH", "bot_id": "B0QUOTH"},
        {"subtype": "bot_message", "bot_id": "B0OTHER"},
        {"user": ann.id, "subtype": "channel_join"},
        {"user": ann.id, "subtype": "channel_topic"},
        {"user": ann.id, "subtype": "me_message"},
        {
            "subtype": "message_changed",
            "message": {"user": "U0X", "bot_id": "B1", "text": mention, "ts": "1.1"},
        },
        {"subtype": "message_deleted", "deleted_ts": "9.9"},
        {"subtype": "message_changed"},
        {},
    )
    for number, more in enumerate(ignored):
        delivery = slack.event({**base, "ts": f"17.{number}", **more}, general)
        assert delivery.acked.wait(3)
    slack.event({"type": "reaction_added", "user": ann.id, "item": {}}, general)
    assert "four years" in ann.reply(ann.says(general, ASK)).words
    assert bot.service.desk.records.counts().questions == before + 1
