"""App Home: what Quoth knows, how to ask, one's own latest questions.

But: nothing is looked up here.
"""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, DividerBlock, HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot import messages
from bot.views.blocks.parts import bold, bullets, cut, italic, line, plain, rich

MOST_QUESTION = 150


def home_view(knows: str, recent: Sequence[tuple[str, str]]) -> View:
    """`knows`: how much there is to ask about.  `recent`: questions, and what became of each in a word of
    `messages.STATES`."""
    blocks: list[Block] = [
        HeaderBlock(text=PlainTextObject(text=messages.HOME_TITLE)),
        rich(line(plain(knows))),
        DividerBlock(),
        rich(
            line(bold(messages.HOME_HOW)),
            bullets([line(plain(way)) for way in messages.HOW_TO_ASK]),
        ),
        DividerBlock(),
        rich(line(bold(messages.HOME_RECENT))),
    ]
    asked = [
        line(plain(cut(question, MOST_QUESTION)), italic(f" ({messages.STATES[state]})"))
        for question, state in recent
        if question.strip()
    ]
    blocks.append(rich(bullets(asked) if asked else line(plain(messages.HOME_NO_RECENT))))
    return View(type="home", blocks=blocks)
