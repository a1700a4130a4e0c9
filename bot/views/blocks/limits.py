"""Slack's limits on what is sent, looked at before it is sent.

slack_sdk checks single objects when they become JSON; here stand the limits of whole messages and views,
and of the rich text that slack_sdk lets through.

But: nothing is cut here; the views are made so that they fit, and this is how a mistake in them shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.views.blocks.parts import Message

MOST_BLOCKS = 50
MOST_VIEW_BLOCKS = 100
MOST_CHARACTERS = 13_000  # of a whole message; Slack ends at about 13,200
MOST_TEXT = 4_000  # of the notification
MOST_URL = 3_000


def message_problems(message: Message) -> list[str]:
    """What Slack would refuse a message for; nothing if it fits."""
    found = list(_blocks(message.blocks, MOST_BLOCKS))
    if not 0 < len(message.text) <= MOST_TEXT:
        found.append(f"a text of {len(message.text)} characters")
    return found


def view_problems(view: View) -> list[str]:
    """What Slack would refuse a view for; nothing if it fits."""
    try:
        view.to_dict()
    except SlackObjectFormationError as error:
        return [str(error)]
    return list(_blocks([block for block in view.blocks or [] if isinstance(block, Block)], MOST_VIEW_BLOCKS))


def _blocks(blocks: Sequence[Block], most: int) -> Iterator[str]:
    if not 0 < len(blocks) <= most:
        yield f"{len(blocks)} blocks"
    characters = 0
    for block in blocks:
        try:
            record: Mapping[str, Any] = block.to_dict()
        except SlackObjectFormationError as error:
            yield str(error)
            continue
        for name, text in _texts(record):
            characters += len(text) if name == "text" else 0
            if not text:
                yield f"an empty {name}"
            if name == "url" and len(text) > MOST_URL:
                yield f"a url of {len(text)} characters"
    if most == MOST_BLOCKS and characters > MOST_CHARACTERS:
        yield f"{characters} characters"


def _texts(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Every string below a key `text` or `url`."""
    if isinstance(value, str):
        if name in ("text", "url"):
            yield name, value
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _texts(entry, key)
    elif isinstance(value, Sequence):
        for entry in value:
            yield from _texts(entry, name)
