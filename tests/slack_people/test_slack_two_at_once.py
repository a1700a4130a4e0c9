"""Two questions in one message are looked for as one: whoever asks is told to ask each by itself."""

from __future__ import annotations

from bot import messages
from retrieval.pins import NewPin
from tests.passing_on import QUESTION, settle
from tests.slack_bot import Bot
from tests.slack_stand_in import Channel, Person, Slack

TWO = "When are laptops replaced? And who signs contracts?"


def test_two_questions_at_once(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """In a channel, in a direct message and by /ask; not where there is one, or a person has answered both."""
    in_a_channel = ann.reply(ann.says(general, f"@quoth {TWO}"))
    directly = ann.reply(ann.says(ann.dm, TWO))
    ann.asks(general, TWO)
    alone = ann.told(general)
    for answer in (in_a_channel, directly, alone):
        assert answer.words.startswith((messages.NO_ANSWER["not sure"], messages.ASKED))
        assert messages.SEVERAL in answer.words
        assert messages.WHY in answer.buttons
    assert messages.SEVERAL not in ann.reply(ann.says(general, f"@quoth I leave. {QUESTION}")).words
    pinned = NewPin(question=TWO, answer="After four years. Ada does.", author="Ada", collection="staff")
    bot.work.pins.add(pinned, bot.work.encoder)
    assert messages.SEVERAL not in ann.reply(ann.says(general, f"@quoth {TWO}")).words
    settle(bot, slack)
