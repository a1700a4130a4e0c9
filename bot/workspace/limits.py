"""What Slack refuses in blocks and views, and what comes alive in them; an oracle of its own.

Written from Slack's documentation, not from the views that it judges.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Record = Mapping[str, Any]

ACTIONS_ELEMENTS, SECTION_TEXT, HEADER_TEXT, BUTTON_TEXT, BUTTON_VALUE, ID, URL = (
    25,
    3000,
    150,
    75,
    2000,
    255,
    3000,
)
MESSAGE_BLOCKS, VIEW_BLOCKS, MESSAGE_CHARACTERS, VIEW_TITLE, METADATA, PLACEHOLDER, LABEL = (
    50,
    100,
    13_200,
    24,
    3000,
    150,
    2000,
)

CONTEXT_ELEMENTS, FEEDBACK_ELEMENTS, OVERFLOW_OPTIONS = 10, 5, 5
FIELDS, FIELD_TEXT, MARKDOWN = 10, 2000, 12_000
SELECT_OPTIONS, OPTION_VALUE, FIELD_LENGTH = 100, 150, 3000

MESSAGE_TYPES = {
    "rich_text",
    "section",
    "actions",
    "context",
    "context_actions",
    "divider",
    "header",
    "image",
    "markdown",
}
VIEW_TYPES = (MESSAGE_TYPES | {"input"}) - {"context_actions"}
RICH_CONTAINERS = {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}
RICH_LEAVES = {
    "text": "text",
    "link": "url",
    "user": "user_id",
    "channel": "channel_id",
    "emoji": "name",
    "broadcast": "range",
    "usergroup": "usergroup_id",
}


def message_problems(text: str | None, blocks: Sequence[Record]) -> list[str]:
    """Why Slack would not take a message."""
    found = list(_blocks(blocks, MESSAGE_TYPES, MESSAGE_BLOCKS))
    if not text and not blocks:
        found.append("no_text")
    if len(text or "") > 40_000:
        found.append("msg_too_long")
    characters = sum(len(part) for name, part in _strings(list(blocks)) if name == "text")
    if characters > MESSAGE_CHARACTERS:
        found.append(f"msg_blocks_too_long: {characters}")
    return found


def view_problems(view: Record) -> list[str]:
    """Why Slack would not show a view."""
    found = list(_blocks(view.get("blocks") or [], VIEW_TYPES, VIEW_BLOCKS))
    if view.get("type") not in ("modal", "home"):
        found.append(f"a view of type {view.get('type')}")
    if view.get("type") == "modal":
        title = (view.get("title") or {}).get("text") or ""
        if not 0 < len(title) <= VIEW_TITLE:
            found.append(f"a title of {len(title)} characters")
        inputs = any(block.get("type") == "input" for block in view.get("blocks") or [])
        if inputs and not view.get("submit"):
            found.append("inputs without submit")
    if len(view.get("private_metadata") or "") > METADATA:
        found.append("private_metadata too long")
    return found


def live_mentions(text: str | None, blocks: Sequence[Record]) -> list[str]:
    """Who would be pinged: mentions in text that Slack parses, and elements that mention."""
    found = [f"<{mention}" for mention in re.findall(r"<([@!][^>]*)>?", text or "")]
    for element in _elements(list(blocks)):
        kind = element.get("type")
        if kind in ("user", "usergroup", "broadcast"):
            found.append(str(element.get("user_id") or element.get("usergroup_id") or element.get("range")))
        if kind == "mrkdwn":
            found += [f"<{mention}" for mention in re.findall(r"<([@!][^>]*)>?", str(element.get("text")))]
    return found


def live_links(text: str | None, blocks: Sequence[Record]) -> list[str]:
    """Where one could click: links of elements and in text that Slack parses."""
    found = re.findall(r"<((?:[a-z]+:)[^>|]*)[|>]", text or "")
    for element in _elements(list(blocks)):
        if element.get("type") in ("link", "button") and element.get("url"):
            found.append(str(element["url"]))
        if element.get("type") == "mrkdwn":
            found += re.findall(r"<((?:[a-z]+:)[^>|]*)[|>]", str(element.get("text")))
    return found


def words(blocks: Sequence[Record]) -> str:
    """What a person reads, without layout."""
    return "".join(text for name, text in _strings(list(blocks)) if name in ("text", "user_id", "channel_id"))


def _blocks(blocks: Sequence[Record], types: set[str], most: int) -> Iterator[str]:
    if len(blocks) > most:
        yield f"{len(blocks)} blocks"
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(set(ids)) != len(ids):
        yield "a block_id twice"
    for block in blocks:
        kind = block.get("type")
        if kind not in types:
            yield f"a block of type {kind}"
        if len(block.get("block_id") or "") > ID:
            yield "a block_id too long"
        yield from _block(block)


def _block(block: Record) -> Iterator[str]:
    kind, elements = block.get("type"), block.get("elements")
    if kind == "rich_text":
        if not elements:
            yield "rich_text without elements"
        for element in elements or []:
            yield from _rich(element, top=True)
    elif kind == "actions":
        if not 0 < len(elements or []) <= ACTIONS_ELEMENTS:
            yield f"actions with {len(elements or [])} elements"
        ids = [element.get("action_id") for element in elements or []]
        if len(set(ids)) != len(ids):
            yield "an action_id twice"
        for element in elements or []:
            yield from _control(element)
    elif kind == "header":
        yield from _text_object(block.get("text"), HEADER_TEXT, only="plain_text")
    elif kind == "section":
        yield from _section(block)
    elif kind == "context":
        if not 0 < len(elements or []) <= CONTEXT_ELEMENTS:
            yield f"context with {len(elements or [])} elements"
    elif kind == "context_actions":
        if not 0 < len(elements or []) <= FEEDBACK_ELEMENTS:
            yield f"context_actions with {len(elements or [])} elements"
        for element in elements or []:
            yield from _feedback(element)
    elif kind == "image":
        yield from _image(block)
    elif kind == "markdown":
        if not 0 < len(block.get("text") or "") <= MARKDOWN:
            yield f"markdown of {len(block.get('text') or '')} characters"
    elif kind == "input":
        yield from _text_object(block.get("label"), LABEL, only="plain_text")
        yield from _field(block.get("element") or {})


def _field(element: Record) -> Iterator[str]:
    if element.get("placeholder") is not None:
        yield from _text_object(element["placeholder"], PLACEHOLDER, only="plain_text")
    if element.get("type") == "static_select":
        options = element.get("options") or []
        if not 0 < len(options) <= SELECT_OPTIONS:
            yield f"a choice of {len(options)} options"
        for option in options:
            yield from _text_object(option.get("text"), BUTTON_TEXT, only="plain_text")
            if not 0 < len(option.get("value") or "") <= OPTION_VALUE:
                yield "an option without its value, or with one too long"
    elif len(element.get("initial_value") or "") > int(element.get("max_length") or FIELD_LENGTH):
        yield "an initial_value longer than max_length"


def _rich(element: Record, *, top: bool = False) -> Iterator[str]:
    kind = str(element.get("type"))
    if kind in RICH_CONTAINERS:
        for inner in element.get("elements") or []:
            if kind == "rich_text_list" and inner.get("type") != "rich_text_section":
                yield "a list of something else than sections"
            if kind != "rich_text_list" and inner.get("type") in RICH_CONTAINERS:
                yield f"{inner.get('type')} in {kind}"
            yield from _rich(inner)
        if kind == "rich_text_list" and not element.get("elements"):
            yield "an empty list"
        return
    if top or kind not in RICH_LEAVES:
        yield f"{kind} where it may not stand"
        return
    value = element.get(RICH_LEAVES[kind])
    if not isinstance(value, str) or not value:
        yield f"{kind} without its {RICH_LEAVES[kind]}"
    if kind == "link" and (len(str(value)) > URL or not re.fullmatch(r"[a-z]+:\S+", str(value))):
        yield "a link that is no address"


def _section(block: Record) -> Iterator[str]:
    fields, accessory = block.get("fields") or [], block.get("accessory")
    if block.get("text") is not None or not fields:
        yield from _text_object(block.get("text"), SECTION_TEXT)
    if len(fields) > FIELDS:
        yield f"a section with {len(fields)} fields"
    for each in fields:
        yield from _text_object(each, FIELD_TEXT)
    if accessory is not None:
        yield from _image(accessory) if accessory.get("type") == "image" else _control(accessory)


def _image(image: Record) -> Iterator[str]:
    if not str(image.get("image_url") or "").startswith("http") or len(image["image_url"]) > URL:
        yield "an image without its address"
    if not image.get("alt_text"):
        yield "an image without alt_text"


def _control(element: Record) -> Iterator[str]:
    """A button, or a menu of options."""
    options = element.get("options") or []
    if element.get("type") == "overflow" and not 0 < len(options) <= OVERFLOW_OPTIONS:
        yield f"overflow with {len(options)} options"
    elif element.get("type") == "overflow":
        for option in options:
            yield from _text_object(option.get("text"), BUTTON_TEXT, only="plain_text")
    else:
        yield from _button(element)


def _feedback(element: Record) -> Iterator[str]:
    if element.get("type") != "feedback_buttons":
        yield f"{element.get('type')} among the feedback"
        return
    for name in ("positive_button", "negative_button"):
        button = element.get(name) or {}
        yield from _text_object(button.get("text"), BUTTON_TEXT, only="plain_text")
        if not 0 < len(button.get("value") or "") <= BUTTON_VALUE:
            yield f"{name} without its value"


def _button(button: Record) -> Iterator[str]:
    if button.get("type") != "button":
        yield f"{button.get('type')} among the buttons"
    yield from _text_object(button.get("text"), BUTTON_TEXT, only="plain_text")
    if len(button.get("value") or "") > BUTTON_VALUE or len(button.get("action_id") or "") > ID:
        yield "a button too long"


def _text_object(text: Record | None, most: int, only: str | None = None) -> Iterator[str]:
    if not text or not 0 < len(text.get("text") or "") <= most:
        yield f"a text object of {len((text or {}).get('text') or '')} characters, at most {most}"
    elif only is not None and text.get("type") != only:
        yield f"{text.get('type')} where {only} must stand"


def _elements(value: object) -> Iterator[Record]:
    if isinstance(value, Mapping):
        yield value
        for entry in value.values():
            yield from _elements(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _elements(entry)


def _strings(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _strings(entry, key)
    elif isinstance(value, list):
        for entry in value:
            yield from _strings(entry, name)
