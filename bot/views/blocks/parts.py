"""The pieces that all views for Slack are made of: harmless text, links, cut sentences, messages.

But: no sentence of ours stands here, and nothing is sent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from slack_sdk.models.blocks import (
    Block,
    RichTextBlock,
    RichTextElement,
    RichTextElementParts,
    RichTextListElement,
    RichTextQuoteElement,
    RichTextSectionElement,
)

MOST_URL = 2_000  # longer links are shown as words; Slack takes 3,000
MOST_LABEL = 150
MOST_FALLBACK = 600  # the text of a notification

_STYLE = RichTextElementParts.TextStyle
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_JOINERS = "\u200c\u200d"  # carry meaning inside emoji and some scripts
_USER = re.compile(r"[UW][A-Z0-9]{2,}")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{6,}")
_LINK = re.compile(r"https?://[^\s<>|\"\\^`{}\x00-\x20\x7f-\x9f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is posted: blocks, and the text of the notification, escaped."""

    text: str = field(repr=False)
    blocks: tuple[Block, ...] = field(repr=False)


def shown(text: str) -> str:
    """Text on one line without what a reader cannot see: controls, direction marks, zero widths."""
    text = re.sub(r"[\s\x1c-\x1f]+", " ", text)
    return "".join(c for c in text if c in _JOINERS or unicodedata.category(c) not in _HIDDEN)


def shown_lines(text: str) -> str:
    """The same line by line: code and list items say something else when they run together."""
    return "\n".join(map(shown, text.split("\n")))


def cut(text: str, most: int, *, clean: Callable[[str], str] = shown) -> str:
    """Text of at most so many characters, ended by an ellipsis at a word's end where it was longer."""
    text = clean(text)
    if len(text) <= most:
        return text
    head = text[: most - 1]
    at_word = head.rpartition(" ")[0]
    return (at_word if len(at_word) > most // 2 else head) + "…"


def cut_front(text: str, most: int, *, clean: Callable[[str], str] = shown) -> str:
    """The same from the other end: the last characters, after an ellipsis."""
    text = clean(text)
    if len(text) <= most:
        return text
    tail = text[len(text) - most + 1 :]
    at_word = tail.partition(" ")[2]
    return "…" + (at_word if len(at_word) > most // 2 else tail)


def plain(text: str) -> RichTextElement:
    return RichTextElementParts.Text(text=shown(text))


def bold(text: str) -> RichTextElement:
    return RichTextElementParts.Text(text=shown(text), style=_STYLE(bold=True))


def quoted(text: str, *, strong: bool = False) -> RichTextElement:
    """Words of a document, in their lines."""
    return RichTextElementParts.Text(text=shown_lines(text), style=_STYLE(bold=True) if strong else None)


def italic(text: str) -> RichTextElement:
    return RichTextElementParts.Text(text=shown(text), style=_STYLE(italic=True))


def link(label: str, url: str | None) -> RichTextElement:
    """A link under a label of ours; only words where the address is none for a browser."""
    label = cut(label, MOST_LABEL).strip() or "link"
    if url is None or len(url) > MOST_URL or not _LINK.fullmatch(url) or shown(url) != url:
        return plain(label)
    return RichTextElementParts.Link(url=url, text=label)


def person(user: str) -> RichTextElement:
    """A person by ID, as Slack itself gave it; what is no ID stays words."""
    return RichTextElementParts.User(user_id=user) if _USER.fullmatch(user) else plain(user)


def channel_or_words(text: str) -> RichTextElement:
    """A channel by ID, else words."""
    if _CHANNEL.fullmatch(text):
        return RichTextElementParts.Channel(channel_id=text)
    return plain(cut(text, 300))


def line(*parts: RichTextElement) -> RichTextElement:
    """A line of parts; empty ones, which Slack refuses, are left out."""
    return RichTextSectionElement(elements=_full(parts))


def quotation(*parts: RichTextElement) -> RichTextElement:
    return RichTextQuoteElement(elements=_full(parts))


def bullets(lines: Sequence[RichTextElement]) -> RichTextElement:
    return RichTextListElement(style="bullet", elements=list(lines))


def rich(*elements: RichTextElement) -> Block:
    return RichTextBlock(elements=list(elements))


def escaped(text: str, most: int = MOST_FALLBACK) -> str:
    """Text for a field that Slack parses: its three characters as entities, cut before they are made.

    Never empty: Slack wants something to notify with.
    """
    text = cut(text, most).strip() or "…"
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _full(parts: Iterable[RichTextElement]) -> list[RichTextElement]:
    return [part for part in parts if not isinstance(part, RichTextElementParts.Text) or part.text]
