"""Markdown: CommonMark with tables and strikethrough, as repositories and static sites keep it.

Line numbers are those of the file, front matter counted.  Emphasis, links and images leave their text
(an image its alternative text); what is crossed out, footnote marks, task boxes, kramdown's attribute
lists, a heading's `{#id}` and an admonition's marks leave nothing.  HTML in it is read as HTML.

But: every piece of raw HTML is read by itself, so a `<div hidden>` or a `<del>` around Markdown
hides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, reference
from markdown_it.rules_inline import StateInline, backtick, escape, html_inline, image, link, newline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.rules_inline.strikethrough import tokenize as strikethrough
from markdown_it.token import Token

from retrieval.documents import BlockKind, Document
from retrieval.readers.dialects import as_commonmark, marked, wiki_link
from retrieval.readers.frontmatter import date_in, split_front_matter, title_in
from retrieval.readers.html import read_fragment, read_page
from retrieval.readers.pieces import Lists, Piece, assemble, web_url
from retrieval.readers.table_sentences import Row, join_clauses, row_sentence, with_groups
from retrieval.readers.templates import without_templates
from retrieval.readers.walk import STRUCK, needs_caret
from retrieval.text import decode

_HTML_PAGE = re.compile(r"\s*(<!--(?:(?!-->).)*-->\s*)*<(!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_EXPLICIT_ID = re.compile(r"(?:^|\s+)\{(?::[^{}]*?)?\s*(?:#([\w:.-]+)|[.:][\w-])[^{}]*\}\s*$")
_ATTRIBUTE_LIST = re.compile(r"\s*\{:[^{}]*\}\s*$")
_FOOTNOTE_TEXT = re.compile(r"^\[\^[^\]\s]+\]:\s*")
_FOOTNOTE_MARK = re.compile(r"\[\^[^\[\]\s]+\]")
_JOINER = "\u2060"  # joins words and shows nothing; `normalise` drops it
_SUP = re.compile(r"<sup\b", re.IGNORECASE)
_TASK_BOX = re.compile(r"^\[[ xX]\]\s+")
_TABLE_OF_CONTENTS = re.compile(r"\s*(\[\[_?toc_?\]\]|\[toc\])\s*", re.IGNORECASE)
_HTML_ID = re.compile(r"<[a-z][^>]*\s(?:id|name)\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_HTML_ALT = re.compile(r"<img\b[^>]*\salt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_HTML_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)")
_HTML_MARKUP = re.compile(
    rf"<!--.*?(?:-->|\Z)|<({'|'.join(STRUCK)})(?=[\s>])[^<>]*>.*?(?:</\1\s*>|\Z)|<[a-zA-Z/!][^<>]*>",
    re.DOTALL | re.IGNORECASE,
)
_SINGLE_TILDE = 0x223C  # stands for one tilde among delimiters, where `~` stands for two
_UNSEEN = frozenset({"script", "style", "template"})
_PERMALINKS = ("canonical_url", "url", "permalink")


Rule = Callable[[StateInline, bool], bool]


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    for name, rule in _MAY_HOLD_NEWLINES.items():
        parser.inline.ruler.at(name, _counted(rule))
    parser.inline.ruler.at("strikethrough", _tilde)
    parser.inline.ruler2.before("strikethrough", "single_tilde", _strike_between_single_tildes)
    parser.inline.ruler.before("link", "wiki_link", wiki_link)
    parser.inline.ruler.before("link", "marked", marked)
    parser.block.ruler.at("reference", _reference_but_no_footnote, {"alt": []})
    return parser


def _reference_but_no_footnote(state: StateBlock, line: int, last: int, silent: bool) -> bool:
    """To CommonMark a footnote of one word is the address of a link, and shows nothing."""
    begins = state.bMarks[line] + state.tShift[line]
    return not state.src.startswith("[^", begins) and reference(state, line, last, silent)


def _tilde(state: StateInline, silent: bool) -> bool:
    """One tilde crosses out as two do, as GitHub has it, but around whole words only: `~25 euro~ 30 euro`.

    `~5 minutes`, `10~15` and `~/path` are no such thing.
    """
    start = state.pos
    if silent or state.src[start] != "~" or (scanned := state.scanDelims(start, True)).length != 1:
        return strikethrough(state, silent)
    before, after = state.src[max(start - 1, 0) : start], state.src[start + 1 : start + 2]
    state.push("text", "", 0).content = "~"
    state.delimiters.append(
        Delimiter(
            marker=_SINGLE_TILDE,
            length=0,
            token=len(state.tokens) - 1,
            end=-1,
            open=scanned.can_open and not before.isalnum() and after != "/",
            close=scanned.can_close and not after.isalnum(),
        )
    )
    state.pos += 1
    return True


def _strike_between_single_tildes(state: StateInline) -> None:
    inner = [meta["delimiters"] for meta in state.tokens_meta if meta and "delimiters" in meta]
    for delimiters in (state.delimiters, *inner):
        for opening in delimiters:
            if opening.marker == _SINGLE_TILDE and opening.end >= 0:
                first, last = state.tokens[opening.token], state.tokens[delimiters[opening.end].token]
                first.type, first.tag, first.nesting, first.content = "s_open", "s", 1, ""
                last.type, last.tag, last.nesting, last.content = "s_close", "s", -1, ""


def _counted(rule: Rule) -> Rule:
    """The rule, but its last token knows how many source lines of the paragraph lie before its end.

    Code spans and link destinations hold newlines that leave no token; counting tokens would lose them.
    """

    def counted(state: StateInline, silent: bool) -> bool:
        begins = state.pos
        if not rule(state, silent):
            return False
        if not silent and state.tokens and "\n" in state.src[begins : state.pos]:
            source, position, count = state.env.get("quoth", (None, 0, 0))
            if source is not state.src or position > state.pos:
                position, count = 0, 0
            count += state.src.count("\n", position, state.pos)
            state.env["quoth"] = (state.src, state.pos, count)  # so that all is counted only once
            state.tokens[-1].meta["lines"] = count
        return True

    return counted


_MAY_HOLD_NEWLINES: dict[str, Rule] = {
    "newline": newline,
    "escape": escape,  # a backslash at a line's end breaks it too
    "backticks": backtick,
    "link": link,
    "image": image,
    "html_inline": html_inline,
}
_PARSER = _parser()


def read(data: bytes, name: str) -> Document:
    """The page; its title is the front matter's, else its first `# heading`, else made of `name`."""
    text = decode(data)
    metadata, body = split_front_matter(text)
    if _HTML_PAGE.match(body):
        return read_page(text, name)
    metadata = metadata or {}
    addresses = (web_url(metadata.get(key)) for key in _PERMALINKS)
    return assemble(
        _pieces(_PARSER.parse(as_commonmark(without_templates(body)))),
        title=title_in(metadata),
        url=next(filter(None, addresses), None),
        name=name,
        slugs=True,
        dated=date_in(metadata),
    )


def _pieces(tokens: Sequence[Token]) -> Iterator[Piece]:
    lists = Lists()
    fresh_item = False  # the next inline text is the first of its list item
    position = 0
    while position < len(tokens):
        token = tokens[position]
        line = token.map[0] + 1 if token.map else None
        if token.type == "list_item_open":
            lists.begin_item()
            fresh_item = True
        elif token.type == "list_item_close":
            lists.end_item()
        elif token.type == "bullet_list_open":
            lists.begin()
        elif token.type == "ordered_list_open":
            lists.begin(first=int(token.attrGet("start") or 1))
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            lists.end()
        elif token.type == "heading_open":
            yield _heading(tokens[position + 1], int(token.tag[1:]), line)
        elif token.type == "paragraph_open":
            for piece in _paragraphs(tokens[position + 1], line, task=fresh_item):
                kind: BlockKind = "item" if lists.within_item else "paragraph"
                yield replace(piece, kind=kind, lists=lists.next_block())
            fresh_item = False
        elif token.type in {"fence", "code_block"}:
            first = line + 1 if line is not None and token.type == "fence" else line
            yield Piece(
                "code", tuple(token.content.rstrip("\n").split("\n")), first, lists=lists.next_block()
            )
        elif token.type == "html_block":
            source, position = _html_run(tokens, position)
            yield from _located(read_fragment(source, line), source)
            continue
        elif token.type == "table_open":
            end = position + 1
            while tokens[end].type != "table_close":
                end += 1
            inside = lists.next_block()
            yield from (replace(piece, lists=inside) for piece in _table(tokens[position:end]))
            position = end
        position += 1


def _heading(inline: Token, level: int, line: int | None) -> Piece:
    text = " ".join(_lines(inline))
    anchor = next((found[1] for found in map(_HTML_ID.search, _raw(inline)) if found), None)
    if explicit := _EXPLICIT_ID.search(text):
        anchor = explicit[1] or anchor
        text = text[: explicit.start()]
    return Piece("heading", (text,), line, level, anchor)


def _paragraphs(inline: Token, line: int | None, *, task: bool) -> Iterator[Piece]:
    """One, or a footnote each where their texts follow upon each other without a blank line."""
    lines = [_ATTRIBUTE_LIST.sub("", text) for text in _lines(inline)]
    starts = [0, *(number for number, text in enumerate(lines) if number and _FOOTNOTE_TEXT.match(text))]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield _paragraph(lines[start:end], line + start if line is not None else None, task=task)


def _paragraph(lines: list[str], line: int | None, *, task: bool) -> Piece:
    lines[0] = _FOOTNOTE_TEXT.sub("", lines[0])
    if task:
        lines[0] = _TASK_BOX.sub("", lines[0])
    if _TABLE_OF_CONTENTS.fullmatch(lines[0]):
        lines[0] = ""
    blank = next((number for number, text in enumerate(lines) if text.strip()), 0)
    shown = tuple(_FOOTNOTE_MARK.sub("", text) for text in lines[blank:])
    return Piece("paragraph", shown, line + blank if line is not None else None)


def _table(tokens: Sequence[Token]) -> Iterator[Piece]:
    headers: list[str] = []
    cells: list[str] = []
    rows: list[Row] = []
    lines: list[int | None] = []
    for token in tokens:
        if token.type == "tr_open":
            lines.append(token.map[0] + 1 if token.map else None)
            cells = []
        elif token.type == "inline":
            shown = _FOOTNOTE_MARK.sub("", " ".join(_lines(token, line_break="\0")))
            cells.append(join_clauses(shown.split("\0")))
        elif token.type == "thead_close":
            headers = cells
        elif token.type == "tr_close" and headers:
            rows.append(("row", headers, cells))
    if not rows:  # headers over nothing are text all the same
        rows, lines = [("row", [], headers)], [None, *lines]
    for (kind, names, values), line in zip(with_groups(rows), lines[1:], strict=True):
        yield Piece(kind, (row_sentence(names, values) if kind == "row" else values[0],), line)


def _html_run(tokens: Sequence[Token], position: int) -> tuple[str, int]:
    """Neighbouring pieces of raw HTML as one, and the position after them.

    A blank line ends a piece of raw HTML but not the table or list that it stands in; an indented tag
    after it would be code by the letter of CommonMark, which nobody means.
    """
    parts = [tokens[position].content]
    position += 1
    while position < len(tokens):
        token = tokens[position]
        if token.type != "html_block" and not (
            token.type == "code_block" and token.content.lstrip().startswith("<")
        ):
            break
        parts.append(token.content)
        position += 1
    return "\n".join(parts), position


def _located(pieces: Iterable[Piece], source: str) -> Iterator[Piece]:
    """The pieces with the lines on which they begin; the HTML parser knows only where all of it does.

    Looks for the first word of each piece after that of the last one, outside tags and what is crossed
    out.  An entity in it hides it; such a piece keeps the line of the one before.
    """
    source = _HTML_MARKUP.sub(lambda tag: re.sub(r"[^\n]", " ", tag[0]), source)
    position = lines = 0
    for piece in pieces:
        words = piece.lines[0].split(maxsplit=1)
        found = source.find(words[0].rstrip(".,:;"), position) if words else -1
        if found >= 0:
            lines += source.count("\n", position, found)
            position = found + 1
        yield replace(piece, line=piece.line + lines if piece.line is not None else None)


def _lines(inline: Token, *, line_break: str = " ") -> list[str]:
    """The text of some inline content, source line by source line; `line_break` stands for `<br>`."""
    lines = [""]
    unseen = 0
    children = inline.children or []
    struck, shown_from = _struck(children), 0
    for number, token in enumerate(children):
        if number in struck:
            lines[-1] += " "
            shown_from = max(shown_from, struck[number])
        if number < shown_from:
            pass  # but its newlines count
        elif token.type == "html_inline":
            tag = _HTML_TAG.match(token.content)
            if tag and tag[2].lower() in _UNSEEN:
                unseen = max(unseen + (-1 if tag[1] else 1), 0)
            lines[-1] += _shown(token.content, line_break)
            following = children[number + 1].content if number + 1 < len(children) else ""
            if _SUP.match(token.content) and needs_caret(lines[-1], following):
                lines[-1] += "^"
        elif token.type == "image":
            lines[-1] += "".join(child.content or " " for child in token.children or ())
        elif not unseen:
            shown = token.content
            if token.type == "code_inline":  # what looks like a footnote's mark there is a pattern
                shown = shown.replace("[^", f"[{_JOINER}^")
            lines[-1] += shown
        lines += [""] * (token.meta.get("lines", 0) + 1 - len(lines))
    return lines


def _struck(tokens: Sequence[Token]) -> dict[int, int]:
    """Where crossed-out text begins, and where it is over; a tag that nothing closes crosses out nothing."""
    ends: dict[int, int] = {}
    opened: dict[str, list[int]] = {}
    for number, token in enumerate(tokens):
        html = _HTML_TAG.match(token.content) if token.type == "html_inline" else None
        tag = html[2].lower() if html else token.tag
        if tag not in STRUCK:
            continue
        begun = opened.setdefault(tag, [])
        if token.nesting > 0 or (html and not html[1]):
            begun.append(number)
        elif begun:
            ends[begun.pop()] = number + 1
    return ends


def _shown(html: str, line_break: str) -> str:
    """What a single tag shows: an image its alternative text."""
    alt = _HTML_ALT.match(html)
    if alt:
        return alt[1] or alt[2] or ""
    return line_break if re.match(r"<br\b", html, re.IGNORECASE) else ""


def _raw(inline: Token) -> Iterator[str]:
    return (token.content for token in inline.children or () if token.type == "html_inline")
