"""Odd and hostile words in questions, titles and documents: each is answered, and shown as it is.

The reader knows one phrase, and can be held at a gate; everything else is real.
"""

from __future__ import annotations

from functools import partial
from operator import attrgetter

import pytest

from bot import messages
from bot.workspace.limits import live_links, live_mentions
from retrieval.intake import searchable
from tests.slack_bot import Bot, Gate
from tests.slack_stand_in import Channel, Person, Slack
from tests.stores import CUT, source, written

QUESTION = "When are laptops replaced?"
ASK = f"@quoth {QUESTION}"
ODD = {
    "very long": "When are laptops replaced? " * 400,
    "one word of 10,000 letters": "x" * 10_000,
    "SQL": "'; DROP TABLE documents; -- laptops?",
    "FTS": 'laptops* AND NEAR("x" OR y) ^z -w :col {a b}',
    "NUL and controls": "When are\x00 laptops\x07 replaced?",
    "a lone surrogate": "When are laptops \ud800 replaced?",
    "emoji": "When are 💻👩\u200d💻 laptops replaced? 🤔",
    "right to left": "\u202e?decalper spotpal era nehW \u05de\u05ea\u05d9",
    "format strings": "{question} %s {0} {ahead!r} laptops?",
}
HOSTILE = "<!channel> <@U0OTHER> <!subteam^S1> <http://evil.example|bank.com> `code` *bold* \u202eevil\u202c a\u200bb"


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_questions(slack: Slack, ann: Person, general: Channel, text: str) -> None:
    """Whatever is asked, in public or by command: one reply, no error."""
    question = ann.says(general, f"@quoth {text}")
    assert not ann.reply(question).words.startswith("Something went wrong")
    assert "Looking" in ann.asks(general, text).words
    assert not ann.told(general).words.startswith("Something went wrong")
    assert len(ann.replies(question)) == 1
    assert slack.complaints == []


def test_what_is_attached_is_not_dropped_in_silence(
    slack: Slack, gate: Gate, ann: Person, general: Channel
) -> None:
    """The words are answered; that the file was not read is said at once to whoever sent it, where they sent it."""
    gate.open.clear()
    question = ann.says(general, ASK, attached="laptops.pdf")
    assert (ann.told(general).words, ann.told(general).thread) == (messages.ATTACHED, None)
    gate.open.set()
    assert "four years" in ann.reply(question).words
    follows = ann.says(general, ASK, under=question, attached="desks.pdf")
    assert (ann.told(general, 2).words, ann.told(general, 2).thread) == (messages.ATTACHED, question.ts)
    assert "four years" in ann.reply(follows, 2).words
    ann.says(general, "Look at this.", attached="cat.png")
    assert len(ann.replies(question)) == 2


def test_edited_into_a_question(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """What was no question, and was told so, is answered once it is one; in a direct message, too."""
    for channel, mention in ((general, "@quoth "), (ann.dm, "")):
        said = ann.says(channel, f"{mention}?!")
        assert ann.reply(said).words.startswith("Ask a question in words")
        ann.edits(said, f"{mention}??")
        assert ann.reply(said, 2).words.startswith("Ask a question in words")
        ann.edits(said, f"{mention}{QUESTION}")
        assert "four years" in ann.reply(said, 3).words
        ann.edits(said, f"{mention}{QUESTION} Please.")
        answer = ann.replies(said)[-1]
        slack.workspace.wait(partial(attrgetter("edits"), answer))
        assert bot.service.desk.questions.wait_idle(20)
        assert len(ann.replies(said)) == 3


def test_hostile_words_are_shown_as_they_are(slack: Slack, bot: Bot, ann: Person, general: Channel) -> None:
    """In a document, a title and a question alike: no ping, no link, no formatting."""
    document = written(f"Tides are high {HOSTILE} at four years.", title=f"Tides {HOSTILE}")
    number = bot.work.store.put(
        document, source("tides.md", url="javascript:alert(1)"), searchable(document, CUT)
    )
    try:
        ann.asks(general, f"When are tides high {HOSTILE}?")
        message = ann.told(general)
        raw = str(message.blocks)
        for part in ("<!channel>", "<!subteam^S1>", "<http://evil.example|bank.com>", "`code`", "*bold*"):
            assert part in raw
        assert "\u202e" not in raw
        assert "\u200b" not in raw
        assert live_mentions(message.text, message.blocks) == []
        assert live_links(message.text, message.blocks) == []
        assert "&lt;!channel&gt;" in message.text
    finally:
        bot.work.store.remove(number)
