"""What Markdown's dialects have beside CommonMark: what it says stays, its marks go.

Blocks, put as CommonMark has them:

- `!!! note "Title"`, `??? question "Title"` and `=== "Tab"` (MkDocs), with the indented block below;
- `:::tip Title` and `:::tip[Title]` to `:::` (Docusaurus, VuePress, Pandoc);
- `> [!NOTE]` and `> [!tip]- Title` (GitHub, Obsidian);
- a term, and `: its definition` below it (MkDocs, Pandoc, Hugo), as an item that begins with the term.

A title stands before what it heads ("Title: ..."); the kind alone ("note") is a colour, which nobody would
quote.  Without this the marks would be quoted, and what is indented would be a listing.  Listings keep
theirs.  Every line stays where it was, so that line numbers hold.

Within a line: `[[Page|shown]]`, `![[picture]]` and `==marked==` (Obsidian), as rules for the parser.

But: a block that is indented by less than four blanks is no part of its admonition, as in MkDocs; of
`[[text|Page]]`, as GitHub's wikis have it, the page is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it.rules_inline.state_inline import StateInline

_LONGEST_MARK = 300  # characters of a line; a hostile one is longer
_MARKS = ("!!!", "???", '=== "', ":::", "[!", "\n:", "\n :")
_INDENT = 4
_FENCE = re.compile(r"[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)*(?P<ticks>`{3,}|~{3,})(?P<info>[^\n]*)")
_BLOCK = re.compile(
    r'(?P<indent> *)(?:(?:!!!|\?\?\?\+?)[ \t]*\w[\w \t-]*(?:"(?P<title>[^"\n]*)")?'
    r'|===[!+]?[ \t]*"(?P<tab>[^"\n]*)")[ \t]*'
)
_FENCED = re.compile(
    r"(?P<indent>[ \t]*):{3,}[ \t]*(?:\{[^}\n]*\}|[A-Za-z][\w-]*(?:\[(?P<label>[^\]\n]*)\])?"
    r"(?:[ \t]*\{[^}\n]*\})?(?:[ \t]+(?P<title>[^\n{]*?))?(?:[ \t]*\{[^}\n]*\})?)?[ \t]*"
)
_ALERT = re.compile(r"(?P<quote>[ \t]*(?:>[ \t]?)+)\[![A-Za-z][\w-]*(?:\|[^\]\n]*)?\][+-]?(?P<title>[^\n]*)")
_DEFINITION = re.compile(r" {0,3}:[ \t]+(?P<text>\S.*)")
_TERM = re.compile(r" {0,3}(?![-*+>|#:=~`]|\d+[.)])\S[^\n]{0,99}")
_WIKI = re.compile(
    r"(?P<embed>!?)\[\[(?!\s|_?toc_?\]\])(?P<page>[^\[\]|\n]+)(?:\|(?P<shown>[^\[\]\n]*))?\]\](?![(\[])",
    re.IGNORECASE,
)
_MARKED = re.compile(r"(?<![\w=])==(?=[^\s=])[^=\n]*[^\s=]==(?![\w=])")


def as_commonmark(text: str) -> str:
    """`text` with the blocks of dialects as CommonMark has them, line for line."""
    if not any(mark in text for mark in _MARKS):
        return text
    lines = list(_without_admonitions(text.split("\n")))
    return "\n".join(_with_definitions(lines))


def _without_admonitions(lines: list[str]) -> Iterator[tuple[str, bool]]:
    """The lines; and whether each is of a listing, and means what it says."""
    inside: list[int] = []  # by how much the blocks are indented whose lines these are
    fence = ""
    for line in lines:
        indent = line[: len(line) - len(line.lstrip())].expandtabs(_INDENT)
        while inside and line.strip() and len(indent) < inside[-1] + _INDENT:
            inside.pop()
        own = indent[_INDENT * len(inside) :] + line.lstrip() if inside else line
        mark = _FENCE.match(own)
        if fence:
            if mark and mark["ticks"].startswith(fence) and not mark["info"].strip():
                fence = ""
            yield own, True
        elif mark and "`" not in mark["info"]:
            fence = mark["ticks"]
            yield own, True
        elif len(own) > _LONGEST_MARK:
            yield own, False
        else:
            if _BLOCK.fullmatch(own):
                inside.append(len(indent))
            yield _without_mark(own), False


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


def _with_definitions(lines: list[tuple[str, bool]]) -> list[str]:
    shown = [line for line, _ in lines]
    term = ""  # of the definition above, until other text begins
    for number, (line, is_listing) in enumerate(lines):
        definition = None if is_listing else _DEFINITION.fullmatch(line)
        if definition is not None:
            if (above := _term_above(shown, number)) is not None:
                term, shown[above] = shown[above].strip().rstrip(" :"), ""
            if term:
                shown[number] = f"- {term}: {definition['text']}"
        elif line.strip() and not line.startswith(" "):
            term = ""
    return shown


def _term_above(lines: list[str], number: int) -> int | None:
    """The line of a term that stands by itself above a definition, perhaps with an empty line between."""
    above = number - 1 if number and lines[number - 1].strip() else number - 2
    if above < 0 or not _TERM.fullmatch(lines[above]):
        return None
    return above if above == 0 or not lines[above - 1].strip() or lines[above - 1][0] in "-#" else None


def wiki_link(state: StateInline, silent: bool) -> bool:
    """`[[Page|shown]]`: what is shown; a section as "Page > section"; of something embedded nothing."""
    if state.src[state.pos] not in "![" or not (found := _WIKI.match(state.src, state.pos)):
        return False
    if not silent and not found["embed"]:
        state.push("text", "", 0).content = found["shown"] or found["page"].replace("#", " > ").strip(" >")
    state.pos = found.end()
    return True


def marked(state: StateInline, _silent: bool) -> bool:
    """`==marked==` without its marks; "a == b" is no such thing."""
    if state.src[state.pos] != "=":
        return False
    source, marks = state.env.get("marked", (None, set[int]()))
    if source is not state.src:
        marks = {mark for found in _MARKED.finditer(state.src) for mark in (found.start(), found.end() - 2)}
        state.env["marked"] = (state.src, marks)
    if state.pos not in marks:
        return False
    state.pos += 2
    return True
