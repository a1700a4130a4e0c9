"""A person's pinned answer as a part of a message, the form that pins one, and what the asker is told.

But: nothing is looked up here.
"""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot import messages
from bot.exhibits import PinShown
from bot.views.blocks.forms import choice_field, form, text_field
from bot.views.blocks.parts import (
    Message,
    bold,
    cut,
    escaped,
    italic,
    line,
    link,
    plain,
    quotation,
    quoted,
    rich,
    shown_lines,
)

PIN_FORM = "pin"
QUESTION, ANSWER, AUDIENCE, DAYS = "pin_question", "pin_answer", "pin_audience", "pin_days"
MOST_QUESTION, MOST_ANSWER, MOST_DAYS = 300, 2_000, 3_650


def pin_block(pin: PinShown) -> Block:
    """Who answered which question when, and what they said."""
    day = f"{pin.day.day} {pin.day:%B %Y}"
    lines = [
        line(bold(messages.PINNED.format(author=cut(pin.author, 80), day=day))),
        line(italic(messages.PINNED_QUESTION), plain(cut(pin.question, MOST_QUESTION))),
        quotation(quoted(cut(pin.answer, MOST_ANSWER, clean=shown_lines))),
    ]
    if pin.url is not None:
        lines.append(line(link(messages.PINNED_SOURCE, pin.url)))
    return rich(*lines)


def pinned_message(question: str, pin: PinShown) -> Message:
    """For somebody who wanted to know: the answer that was pinned."""
    said = line(plain(messages.PINNED_FOR_YOU), plain(cut(question, MOST_QUESTION)))
    return Message(text=escaped(messages.PINNED_FOR_YOU + question), blocks=(rich(said), pin_block(pin)))


def ended_message(question: str) -> Message:
    """What stands in its place when the pin holds no more; `question`: empty where it is not kept."""
    lines = [line(italic(messages.STALE["ended"]))]
    if question:
        lines.append(line(italic(messages.ASKED), plain(cut(question, MOST_QUESTION))))
    return Message(text=escaped(messages.STALE["ended"]), blocks=(rich(*lines),))


def pin_form(metadata: str, *, question: str, answer: str, audiences: Sequence[tuple[str, str]]) -> View:
    """Asks what is to be pinned, for whom and for how long."""
    return form(
        PIN_FORM,
        messages.PIN_SHORTCUT,
        metadata,
        [
            text_field(QUESTION, messages.PIN_QUESTION, most=MOST_QUESTION, initial=question),
            text_field(ANSWER, messages.PIN_ANSWER, most=MOST_ANSWER, initial=answer, multiline=True),
            choice_field(AUDIENCE, messages.PIN_AUDIENCE, audiences, hint=messages.PIN_CHOOSE),
            text_field(DAYS, messages.PIN_DAYS, most=4, hint=messages.PIN_DAYS_HINT, optional=True),
        ],
    )
