"""Slack tells of an edit or a deletion before it tells of the message: it is asked once, or not at all."""

from __future__ import annotations

from dataclasses import replace

from tests.passing_on import settle
from tests.slack_bot import Bot
from tests.slack_stand_in import Channel, Message, Person, Slack

LAPTOPS = "When are laptops replaced?"
UNKNOWN = "Qwertz uiopasdf?"


def says_slowly(slack: Slack, person: Person, channel: Channel, text: str) -> tuple[Message, Message]:
    """A message of which Slack has not told yet, and as it will tell of it."""
    message = Message(channel, slack.workspace.next_ts(), person.id, f"<@U0QUOTH> {text}")
    slack.workspace.add(message)
    return message, replace(message)


def answers(person: Person, message: Message) -> list[bool]:
    """Whether each answer quotes the document."""
    return ["four years" in reply.words for reply in person.replies(message)]


def test_an_edit_before_its_message(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """Answered once, in the words of the edit; the next edit and the deletion find that answer."""
    message, late = says_slowly(slack, ann, general, UNKNOWN)
    ann.edits(message, f"@quoth {LAPTOPS}")
    settle(bot, slack)
    slack.tell_of_message(late)
    settle(bot, slack)
    assert answers(ann, message) == [True]
    ann.edits(message, f"@quoth {UNKNOWN}")
    settle(bot, slack)
    assert answers(ann, message) == [False]
    ann.deletes(message)
    settle(bot, slack)
    assert answers(ann, message) == []


def test_the_last_edit_before_all_others(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """An older edit, told of later, brings its words back no more than the message itself does."""
    message, _ = says_slowly(slack, ann, general, UNKNOWN)
    first, last = (slack.workspace.next_ts() for _ in range(2))
    for edit, text in ((last, LAPTOPS), (first, UNKNOWN)):
        changed = {"user": ann.id, "ts": message.ts, "text": f"<@U0QUOTH> {text}", "edited": {"ts": edit}}
        event = {"type": "message", "subtype": "message_changed", "channel": general.id, "message": changed}
        slack.event({**event, "channel_type": "channel", "ts": slack.workspace.next_ts()}, general)
        settle(bot, slack)
    assert answers(ann, message) == [True]


def test_a_deletion_before_its_message(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """Neither the message nor an edit of it is answered any more."""
    message, late = says_slowly(slack, ann, general, LAPTOPS)
    ann.deletes(message)
    settle(bot, slack)
    slack.tell_of_message(late)
    ann.edits(message, f"@quoth {LAPTOPS} Please.")
    settle(bot, slack)
    assert answers(ann, message) == []


def test_asked_twice_by_an_earlier_version(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """Deleted, a message takes every answer with it."""
    asked = ann.says(general, f"@quoth {LAPTOPS}")
    ann.reply(asked)
    settle(bot, slack)
    other = ann.says(general, f"@quoth {LAPTOPS}")
    second = ann.reply(other)
    settle(bot, slack)
    with bot.service.desk.records.database.writing() as db:
        db.execute("UPDATE questions SET ts = ? WHERE ts = ?", (asked.ts, other.ts))
    ann.deletes(asked)
    settle(bot, slack)
    assert answers(ann, asked) == []
    assert second.deleted
