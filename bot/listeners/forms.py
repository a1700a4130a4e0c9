"""Forms that came back: why an answer did not help, a question for a person, a reply to be pinned."""

from __future__ import annotations

import json
from typing import Any

from slack_bolt import Ack

from bot import messages
from bot.aftermath import Aftermath
from bot.asked import Place, says_something
from bot.passing_on import PassingOn
from bot.pinning import Pinning, SaidReply, Wish
from bot.press import Press
from bot.views.blocks.forms import written
from bot.views.blocks.modals import MOST_REASON, REASON
from bot.views.blocks.passing_on import ASK_TEXT, MOST_TEXT
from bot.views.blocks.pins import ANSWER, AUDIENCE, DAYS, MOST_ANSWER, MOST_DAYS, MOST_QUESTION, QUESTION
from retrieval.text import normalise

Body = dict[str, Any]


def on_reason(ack: Ack, body: Body, *, aftermath: Aftermath) -> None:
    """What stands in it may be empty."""
    ack()
    number, team = body["view"].get("private_metadata"), (body.get("team") or {}).get("id")
    if str(number).isdecimal() and isinstance(team, str):
        aftermath.reason(int(number), team, str(body["user"]["id"]), _words(body, REASON, MOST_REASON))


def on_ask_form(ack: Ack, body: Body, *, passing_on: PassingOn) -> None:
    """A question for a person."""
    text = _words(body, ASK_TEXT, MOST_TEXT)
    if not says_something(text):
        ack(response_action="errors", errors={ASK_TEXT: messages.PIN_NO_WORDS})
        return
    ack()
    asked = json.loads(body["view"]["private_metadata"])
    passing_on.send(_sent(body, asked["channel"], asked["number"]), text)


def on_pin_form(ack: Ack, body: Body, *, pinning: Pinning) -> None:
    """A reply to be pinned."""
    question, answer = _words(body, QUESTION, MOST_QUESTION), _words(body, ANSWER, MOST_ANSWER)
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
    pinning.save(_sent(body, reply.channel, 0), reply, wish)


def _sent(body: Body, channel: str, number: int) -> Press:
    """Whoever sent a form that was opened in a channel."""
    team, enterprise = body.get("team") or {}, body.get("enterprise") or {}
    place = Place(team=str(team.get("id")), channel=channel, enterprise=enterprise.get("id"))
    return Press(place=place, person=str(body["user"]["id"]), number=number)


def _words(body: Body, name: str, most: int) -> str:
    return normalise(written(body["view"], name))[:most]
