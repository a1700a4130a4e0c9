"""Forms that came back: why an answer did not help, a question for a person, a reply to be pinned."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack

from bot import messages
from bot.aftermath import Aftermath
from bot.asked import says_something
from bot.passing_on import PassingOn
from bot.pinning import Pinning, SaidReply, Wish
from bot.press import Press
from bot.views.blocks.forms import written
from bot.views.blocks.modals import MOST_REASON, REASON
from bot.views.blocks.passing_on import ASK_TEXT, MOST_TEXT
from bot.views.blocks.pins import ANSWER, AUDIENCE, DAYS, MOST_ANSWER, MOST_DAYS, MOST_QUESTION, QUESTION
from retrieval.text import normalise, normalise_lines

Body = dict[str, Any]


def on_reason(ack: Ack, body: Body, *, aftermath: Aftermath) -> None:
    """What stands in it may be empty."""
    ack()
    aftermath.reason(_sent(body), _words(body, REASON, MOST_REASON))


def on_ask_form(ack: Ack, body: Body, *, passing_on: PassingOn) -> None:
    """A question for a person."""
    text = _words(body, ASK_TEXT, MOST_TEXT)
    if not says_something(text):
        ack(response_action="errors", errors={ASK_TEXT: messages.PIN_NO_WORDS})
        return
    ack()
    passing_on.send(_sent(body), text)


def on_pin_form(ack: Ack, body: Body, *, pinning: Pinning) -> None:
    """A reply to be pinned."""
    question = _words(body, QUESTION, MOST_QUESTION)
    answer = normalise_lines(written(body["view"], ANSWER))[:MOST_ANSWER]
    days = _words(body, DAYS, 10).strip()
    wrong = {
        name: messages.PIN_NO_WORDS
        for name, text in ((QUESTION, question), (ANSWER, answer))
        if not says_something(text)
    }
    if days and not (days.isdecimal() and 1 <= int(days) <= MOST_DAYS):
        wrong[DAYS] = messages.PIN_NO_DAYS.format(most=f"{MOST_DAYS:,}")
    if wrong:
        ack(response_action="errors", errors=wrong)
        return
    ack()
    reply = SaidReply.of(body["view"]["private_metadata"])
    wish = Wish(
        question=question,
        answer=answer,
        audience=written(body["view"], AUDIENCE),
        days=int(days) if days else None,
    )
    pinning.save(_sent(body), reply, wish)


def _sent(body: Body) -> Press:
    return Press.sent(body["view"]["private_metadata"], str(body["user"]["id"]))


def _words(body: Body, name: str, most: int) -> str:
    return normalise(written(body["view"], name))[:most]
