"""Admonitions and tabs of Markdown's dialects: what they say stays, their marks go.

- `!!! note "Title"`, `??? question "Title"` and `=== "Tab"` (MkDocs), with the indented block below;
- `:::tip Title` and `:::tip[Title]` to `:::` (Docusaurus, VuePress, Pandoc);
- `> [!NOTE]` and `> [!tip]- Title` (GitHub, Obsidian).

A title stands before what it heads ("Title: ..."); the kind alone ("note") is a colour, which nobody would
quote.  Without this the marks would be quoted, and what is indented would be a listing.  Listings keep
theirs.  Every line stays where it was, so that line numbers hold.

But: a block that is indented by less than four blanks is no part of its admonition, as in MkDocs.
"""

from __future__ import annotations

import re

_MARKS = ("!!!", "???", '=== "', ":::", "[!")
_INDENT = 4
_FENCE = re.compile(r"[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)*(?P<ticks>`{3,}|~{3,})(?P<info>[^\n]*)")
_BLOCK = re.compile(
    r'(?P<indent> *)(?:(?:!!!|\?\?\?\+?)[ \t]*\w[\w \t-]*(?:"(?P<title>[^"\n]*)")?'
    r'|===[!+]?[ \t]*"(?P<tab>[^"\n]*)")[ \t]*'
)
_FENCED = re.compile(
    r"(?P<indent>[ \t]*):{3,}[ \t]*(?:\{[^}\n]*\}|(?P<kind>[A-Za-z][\w-]*)(?:\[(?P<label>[^\]\n]*)\])?"
    r"(?:[ \t]*\{[^}\n]*\})?(?:[ \t]+(?P<title>[^\n{]*?))?(?:[ \t]*\{[^}\n]*\})?)?[ \t]*"
)
_ALERT = re.compile(
    r"(?P<quote>[ \t]*(?:>[ \t]?)+)\[![A-Za-z][\w-]*(?:\|[^\]\n]*)?\](?P<fold>[+-]?)(?P<title>[^\n]*)"
)


def without_admonitions(text: str) -> str:
    """`text` with what admonitions say in running text, line for line."""
    if not any(mark in text for mark in _MARKS):
        return text
    shown: list[str] = []
    inside: list[int] = []  # by how much the blocks are indented whose lines these are
    fence = ""
    for line in text.split("\n"):
        indent = line[: len(line) - len(line.lstrip())].expandtabs(_INDENT)
        while inside and line.strip() and len(indent) < inside[-1] + _INDENT:
            inside.pop()
        own = indent[_INDENT * len(inside) :] + line.lstrip() if inside else line
        mark = _FENCE.match(own)
        if fence:
            if mark and mark["ticks"].startswith(fence) and not mark["info"].strip():
                fence = ""
        elif mark and "`" not in mark["info"]:
            fence = mark["ticks"]
        else:
            if _BLOCK.fullmatch(own):
                inside.append(len(indent))
            own = _without_mark(own)
        shown.append(own)
    return "\n".join(shown)


def _without_mark(line: str) -> str:
    if block := _BLOCK.fullmatch(line):
        return block["indent"] + _heading(block["title"] or block["tab"])
    if fenced := _FENCED.fullmatch(line):
        return fenced["indent"] + _heading(fenced["label"] or fenced["title"])
    if alert := _ALERT.fullmatch(line):
        return alert["quote"] + _heading(alert["title"])
    return line


def _heading(title: str | None) -> str:
    title = (title or "").strip()
    return f"{title}:" if title and title[-1].isalnum() else title
