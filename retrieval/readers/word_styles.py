"""A company's own heading styles in Word ("Acme Heading"): known by the outline level they have or inherit.

But: a whole sentence in such a style is a paragraph, as contracts number their clauses by outline levels, and
what stands in a table is a cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

from mammoth import documents, transforms

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WORD_S_OWN = re.compile(r"heading ([1-9])", re.IGNORECASE)
_LEVEL = re.compile(r"[0-8]")  # 9 is no heading
_LONGEST_CHAIN = 20  # styles of which one is based on the next
_LONGEST_HEADING = 120  # characters
_SENTENCE = re.compile(r"[.,;:]\s*$")
_DEEPEST = 6


def heading_levels(styles: Element) -> dict[str, int]:
    """The levels, from 1, of the styles that are headings and not Word's own, by the ids of the styles."""
    known = {style.get(f"{_W}styleId", ""): style for style in styles.iter(f"{_W}style")}
    levels = {}
    for name, style in known.items():
        if not _WORD_S_OWN.fullmatch(_name(style)) and (level := _level(style, known)):
            levels[name] = min(level, _DEEPEST)
    return levels


def with_word_s_own(document: documents.Document, levels: Mapping[str, int]) -> documents.Document:
    """The document with Word's own heading styles for such as have these levels."""
    return document.copy(children=[_with_word_s_own(each, levels) for each in document.children])


def _with_word_s_own(element: Any, levels: Mapping[str, int]) -> Any:
    level = levels.get(element.style_id) if isinstance(element, documents.Paragraph) else None
    if level is None or not _is_heading(element):
        return element
    return element.copy(style_id=f"Heading{level}", style_name=f"Heading {level}")


def _level(style: Element, known: Mapping[str, Element]) -> int:
    """The outline level of a style, from 1; 0 where it has none."""
    for _ in range(_LONGEST_CHAIN):
        said = style.find(f"{_W}pPr/{_W}outlineLvl")
        if said is not None:
            value = said.get(f"{_W}val", "")
            return int(value) + 1 if _LEVEL.fullmatch(value) else 0
        if own := _WORD_S_OWN.fullmatch(_name(style)):
            return int(own[1])
        base = style.find(f"{_W}basedOn")
        below = None if base is None else known.get(base.get(f"{_W}val", ""))
        if below is None:
            return 0
        style = below
    return 0


def _name(style: Element) -> str:
    name = style.find(f"{_W}name")
    return "" if name is None else name.get(f"{_W}val", "")


def _is_heading(paragraph: Any) -> bool:
    texts = transforms.get_descendants_of_type(paragraph, documents.Text)
    said = "".join(text.value for text in texts)
    return len(said) <= _LONGEST_HEADING and _SENTENCE.search(said) is None
