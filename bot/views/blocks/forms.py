"""Forms: windows with fields to fill in, and what was written into them.

But: what a form is for is its own view's to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot import messages
from bot.views.blocks.parts import cut

MOST_OPTIONS = 100
MOST_OPTION = 75


def form(callback: str, title: str, metadata: str, blocks: Sequence[Block]) -> View:
    """A window that is sent back.  `metadata` comes back with it, and nobody can change it on the way."""
    return View(
        type="modal",
        callback_id=callback,
        private_metadata=metadata,
        title=PlainTextObject(text=title),
        submit=PlainTextObject(text=messages.SEND),
        close=PlainTextObject(text=messages.CLOSE),
        blocks=list(blocks),
    )


def text_field(
    name: str,
    label: str,
    *,
    most: int,
    initial: str = "",
    hint: str | None = None,
    multiline: bool = False,
    optional: bool = False,
) -> Block:
    """A field for words; `hint` stands in it while it is empty."""
    return InputBlock(
        block_id=name,
        optional=optional,
        label=PlainTextObject(text=label),
        element=PlainTextInputElement(
            action_id=name,
            multiline=multiline,
            max_length=most,
            initial_value=initial[:most] or None,
            placeholder=None if hint is None else PlainTextObject(text=hint),
        ),
    )


def choice_field(name: str, label: str, options: Sequence[tuple[str, str]], *, hint: str) -> Block:
    """A field for one of some options, each a value and its words; nothing is chosen at first."""
    return InputBlock(
        block_id=name,
        label=PlainTextObject(text=label),
        element=StaticSelectElement(
            action_id=name,
            placeholder=PlainTextObject(text=hint),
            options=[
                Option(value=value, text=PlainTextObject(text=cut(words, MOST_OPTION)))
                for value, words in options[:MOST_OPTIONS]
            ],
        ),
    )


def written(view: Mapping[str, Any], name: str) -> str:
    """What was written or chosen in a field; empty where it is nothing."""
    state = view["state"]["values"].get(name, {}).get(name) or {}
    value = (state.get("selected_option") or {}).get("value") or state.get("value")
    return str(value or "")
