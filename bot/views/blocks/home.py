"""App Home: what Quoth knows, how to ask, one's own latest questions, and for admins how well it answers.

But: nothing is looked up here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from slack_sdk.models.blocks import Block, DividerBlock, HeaderBlock, PlainTextObject, RichTextElement
from slack_sdk.models.views import View

from bot import messages
from bot.views.blocks.parts import bold, bullets, cut, italic, line, plain, rich

MOST_QUESTION = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What admins see besides, of so many days: figures, and questions without a good answer.

    `wanted`: a question, how often it or one like it was asked, and the place that came nearest.
    """

    days: int
    questions: int
    answered: int
    helpful: int
    not_helpful: int
    wanted: Sequence[tuple[str, int, str | None]] = field(repr=False)


def home_view(knows: str, recent: Sequence[tuple[str, str]], *, board: Board | None = None) -> View:
    """`knows`: how much there is to ask about.  `recent`: questions, and what became of each in a word of
    `messages.STATES`; those whose words are not kept are not shown."""
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
    none = messages.HOME_NO_WORDS if recent else messages.HOME_NO_RECENT
    blocks.append(rich(bullets(asked) if asked else line(plain(none))))
    if board is not None:
        blocks += [DividerBlock(), *_board(board)]
    return View(type="home", blocks=blocks)


def _board(board: Board) -> list[Block]:
    title = line(bold(messages.BOARD_TITLE.format(days=board.days)))
    if not board.questions:
        return [rich(title, line(plain(messages.BOARD_NONE)))]
    figures = messages.BOARD_FIGURES.format(
        questions=f"{board.questions:,}", rate=f"{board.answered / board.questions:.0%}",
        helpful=board.helpful, not_helpful=board.not_helpful,
    )  # fmt: skip
    blocks = [rich(title, line(plain(figures)))]
    if board.wanted:
        wanted = bullets([line(*_wanted(*each)) for each in board.wanted])
        blocks.append(rich(line(bold(messages.BOARD_WANTED)), wanted))
    return blocks


def _wanted(question: str, count: int, nearest: str | None) -> list[RichTextElement]:
    parts = [plain(cut(question, MOST_QUESTION) or "…")]
    if count > 1:
        parts.append(plain(messages.BOARD_COUNT.format(count=count)))
    if nearest is not None:
        parts.append(italic(f" · {messages.BOARD_NEAREST.format(place=cut(nearest, MOST_QUESTION))}"))
    return parts
