"""How a posted answer is marked whose document has changed since, and what takes its place where it went.

But: nothing is looked up here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot import messages
from bot.records.posted import Mark
from bot.views.blocks.answer import ACTIONS, asked_line
from bot.views.blocks.parts import Message, escaped, italic, line, rich

Record = dict[str, Any]

AGAIN = "ask_again"
_STALE = "stale."  # with the mark behind it the id of the block that says so


def mark_in(shown: Sequence[Record]) -> str | None:
    """What a message says already of its documents."""
    ids = [str(block.get("block_id")) for block in shown]
    return next((each.removeprefix(_STALE) for each in ids if each.startswith(_STALE)), None)


def marked(shown: Sequence[Record], number: int, mark: Mark, *, answer: bool) -> Message:
    """The message as it stands in Slack under the mark; its buttons go, since they would show nothing."""
    kept = [each for each in shown if not str(each.get("block_id")).startswith((_STALE, ACTIONS, AGAIN))]
    sentence = messages.STALE[mark] if answer else messages.STALE_NEAREST
    return _with_button(sentence, number, mark, Block.parse_all(kept))


def withdrawn(number: int, question: str | None, shared_by: str | None, mark: Mark) -> Message:
    """What stands in place of words of a document or a person that are not to stand there any more."""
    asked = [] if question is None else [asked_line(question, shared_by)]
    return _with_button(messages.STALE[mark], number, mark, asked)


def _with_button(sentence: str, number: int, mark: Mark, below: Sequence[Block]) -> Message:
    says = rich(line(italic(sentence)))
    says.block_id = f"{_STALE}{mark}"
    again = ButtonElement(text=messages.ASK_AGAIN, action_id=AGAIN, value=str(number))
    return Message(
        text=escaped(sentence), blocks=(says, *below, ActionsBlock(block_id=AGAIN, elements=[again]))
    )
