"""HTML pages (and the HTML inside Markdown): what a person would read, in reading order.

Left out are scripts, styles, navigation, the page's header and footer, what is hidden (by attribute or
inline style, where no tab or heading opens it) or crossed out, and marks that only link to their own
heading.  A page that says which part is its content (`<main>`, a single `<article>` with the page's `<h1>`,
or most of its text) is read there only.

But: style sheets are read only for what they cross out, so what only they hide is text; there are no line
numbers, since the parser keeps none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from retrieval.documents import BlockKind, Document
from retrieval.readers.confluence import exported
from retrieval.readers.frontmatter import date_in, split_front_matter, title_in
from retrieval.readers.google_docs import as_other_pages, has_comments
from retrieval.readers.panels import open_panels, panel_name
from retrieval.readers.pieces import Lists, Piece, assemble, new_list, web_url
from retrieval.readers.table_sentences import row_sentence
from retrieval.readers.tables import table_rows
from retrieval.readers.templates import without_templates
from retrieval.readers.walk import is_dropped, is_mark, is_struck, needs_caret, text_of
from retrieval.text import decode, known_charset, normalise

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header",
    "hgroup", "hr", "html", "legend", "li", "main", "menu", "ol", "p", "pre", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul", *_HEADINGS,
})  # fmt: skip
_LISTS = frozenset({"ul", "ol", "menu", "dl"})
_GOOGLE_LIST = re.compile(r"\blst-kix_(\w+)-(\d)\b")
_BOILERPLATE = frozenset({"header", "footer"})
_WITH_HEADERS = frozenset({"main", "article", "section"})
_BOILERPLATE_ROLES = frozenset({"navigation", "banner", "contentinfo", "search"})
_BOILERPLATE_NAMES = re.compile(r"breadcrumb|\btoc-macro\b")
_CONTENT = "main, [role=main]"
_DATES = (
    *("article:modified_time", "og:updated_time", "last-modified", "dcterms.modified", "dc.date.modified"),
    *("revised", "date", "dc.date", "dcterms.date", "article:published_time"),
)
_META_CHARSET = re.compile(
    rb"<(?:meta[^>]+charset|\?xml[^>]+encoding)\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE
)
_XHTML = "http://www.w3.org/1999/xhtml"
_SELF_CLOSED = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)\b)"
    r"([a-z][\w:-]*)(\s[^<>]*)?/>",
    re.IGNORECASE,
)


def read(data: bytes, name: str) -> Document:
    """The page; its title is that of `<title>`, else the first `<h1>`, else made of the file's `name`."""
    return read_page(_decoded(data), name)


def read_page(source: str, name: str) -> Document:
    """The same for a page that is decoded; as a site generator's source if it has front matter."""
    metadata, source = split_front_matter(source)
    if metadata is not None:
        source = without_templates(source)
    page = parse(source)
    heads = page.css("head > title")
    canonical = page.css_first("head > link[rel=canonical]")
    export = exported(page)
    title = export.title if export is not None else text_of(heads[0]) if heads else None
    return assemble(
        list(_pieces(export.content, None)) if export is not None else _content(page),
        title=title_in(metadata or {}) or title,
        url=web_url(canonical.attributes.get("href")) if canonical is not None else None,
        name=name,
        slugs=False,
        dated=date_in(metadata or {}) or (_date(page) if export is None else export.dated),
        notes=export.notes if export is not None else ("comments left out",) if has_comments(page) else (),
    )


def links(data: bytes) -> list[str]:
    """Where the links of a page lead, as they stand there, each once; none that is marked nofollow."""
    page = parse(_decoded(data))
    base = page.css_first("head > base[href]")
    before = (base.attributes.get("href") or "") if base is not None else ""
    found = dict[str, None]()
    for node in page.css("a[href]"):
        if "nofollow" not in (node.attributes.get("rel") or "").lower():
            with suppress(ValueError):
                found[urljoin(before, (node.attributes.get("href") or "").strip())] = None
    return list(found)


def read_fragment(source: str, line: int | None, *, guess_headers: bool = False) -> list[Piece]:
    """The pieces of some HTML that begins on `line` of a Markdown file.

    `guess_headers`: in a table without marked headers a first row of words has them.
    """
    body = parse(source).body
    return list(_pieces(body, line, guess_headers=guess_headers)) if body is not None else []


def _date(page: LexborHTMLParser) -> str | None:
    """When the page says that it was updated, else published."""
    metas = page.css("head > meta[content]")
    said = {
        (meta.attributes.get("property") or meta.attributes.get("name") or "").lower(): meta.attributes.get(
            "content"
        )
        for meta in metas
    }
    return next((said[name] for name in _DATES if said.get(name)), None)


def _decoded(data: bytes) -> str:
    declared = _META_CHARSET.search(data[:2048])
    return decode(data, declared=known_charset(declared[1].decode("ascii")) if declared else None)


def parse(source: str) -> LexborHTMLParser:
    """A page as a tree."""
    if _XHTML in source[:2048]:  # which ends an empty element at once; HTML reads on to its end tag
        source = _SELF_CLOSED.sub(r"<\1\2></\1>", source)
    # subtle: with scripting a `<noscript>` in the head cannot push the rest of the head into the body
    try:
        page = LexborHTMLParser(source, scripting=True)
    except SelectolaxError as error:  # no HTML is wrong; the parser fails only where memory ends
        raise MemoryError from error
    open_panels(page, source)
    as_other_pages(page, source)
    return page


def _content(page: LexborHTMLParser) -> list[Piece]:
    mains, articles = page.css(_CONTENT), page.css("article")
    if len(mains) == 1 and (pieces := list(_pieces(mains[0], None))):
        return pieces
    whole = list(_pieces(page.body, None)) if page.body is not None else []
    if len(mains) != 1 and len(articles) == 1 and _is_page(own := list(_pieces(articles[0], None)), whole):
        return own
    return whole


def _is_page(article: list[Piece], whole: list[Piece]) -> bool:
    """Is an article what the page is about, and not a comment on it or a card about another page?"""
    titles, own_titles = (sum(piece.level == 1 for piece in pieces) for pieces in (whole, article))
    size, own_size = (
        sum(len(line) for piece in pieces for line in piece.lines) for pieces in (whole, article)
    )
    return own_titles == titles if titles else 2 * own_size > size


class _Writer:
    """Gathers running text until a block ends, and knows which kind of block that was."""

    def __init__(self, line: int | None) -> None:
        self.line = line
        self.text: list[str] = []
        self.anchor: str | None = None  # the last id seen with no text after it
        self.anchor_is_own = False  # the anchor stands in the heading itself
        self.heading: LexborNode | None = None
        self.term = False  # inside <dt>
        self.pre = 0
        self.raised = False  # at the beginning of <sup>
        self.lists = Lists()
        self.google: dict[str, list[int]] = {}  # numbers of Google Docs' lists by level
        self.content = 0  # depth inside `_WITH_HEADERS`, whose headers and footers are content
        self.terms: list[str] = []  # that no definition has followed
        self.defined: list[str] = []  # those that the last definition was of
        self.panel = ""  # the name of the panel that has begun, as long as it has no text

    def see_id(self, node: LexborNode) -> None:
        """An id counts for a heading if it is on it, in it, or before it with no text between."""
        attributes = node.attributes
        anchor = attributes.get("id") or (attributes.get("name") if node.tag == "a" else None)
        if not anchor or self.anchor_is_own:
            return
        if self.heading is not None:
            self.anchor, self.anchor_is_own = anchor, True
        elif not any(part.strip() for part in self.text):
            self.anchor = anchor

    @property
    def runs_on(self) -> bool:
        """Do blocks inside the present element belong to one text: a heading or a term?"""
        return self.term or self.heading is not None

    def add(self, text: str) -> None:
        """Add running text."""
        if self.raised and self.text and needs_caret(self.text[-1], text):
            self.text.append("^")
        self.raised = False
        self.text.append(text)

    def flush(self) -> Iterator[Piece]:
        text, self.text = "".join(self.text), []
        if not normalise(text):
            return
        if self.pre or self.lists.within_item:
            yield from self.name_panel()
        anchor, self.anchor, self.anchor_is_own = self.anchor, None, False
        if self.heading is not None:
            level = _HEADINGS[self.heading.tag or "h6"]
            yield Piece("heading", (self._in_panel(text),), self.line, level, anchor)
        elif self.pre:
            code = tuple(text.strip("\n").split("\n"))
            yield Piece("code", code, self.line, lists=self.lists.next_block())
        else:
            if self.terms:
                text = f"{', '.join(self.terms)}: {normalise(text)}"
                self.defined, self.terms = self.terms, []
            text = self._in_panel(text)
            kind: BlockKind = "item" if self.lists.within_item else "paragraph"
            yield Piece(kind, tuple(text.strip().split("\n")), self.line, lists=self.lists.next_block())

    def begin_list(self, node: LexborNode) -> None:
        """A list begins; one of Google Docs' beside those in which it stands."""
        attributes = node.attributes
        level = _GOOGLE_LIST.search(attributes.get("class") or "")
        if level is None:
            start = attributes.get("start") or "1"
            first = int(start) if start.isdecimal() and len(start) < 9 else 1
            self.lists.begin(first=first if node.tag == "ol" else None)
            return
        numbers = self.google.setdefault(level[1], [])
        del numbers[int(level[2]) + 1 :]
        while len(numbers) <= int(level[2]):
            numbers.append(new_list())
        self.lists.begin(*numbers)

    def _in_panel(self, text: str) -> str:
        """The first text of a panel behind its name."""
        name, self.panel = self.panel, ""
        return f"{name}: {normalise(text)}" if name else text

    def name_panel(self) -> Iterator[Piece]:
        """The name of a panel that does not begin with a paragraph, where it would stand."""
        if self.panel:
            yield Piece("paragraph", (f"{self.panel}:",), self.line)
            self.panel = ""

    def begin_definition(self) -> None:
        """A `<dd>` begins; one behind another defines the same terms."""
        self.terms = self.terms or self.defined
        self.lists.begin_item()

    def end_definition(self) -> None:
        """One without words leaves no term behind that was said before."""
        if self.terms is self.defined:
            self.terms = []
        self.lists.end_item()

    def begin_term(self) -> None:
        self.term = True
        self.defined = []

    def end_term(self) -> None:
        """Keep the text of a `<dt>` for the definition to come."""
        term, self.text, self.term = normalise("".join(self.text)).rstrip(" :"), [], False
        if term:
            self.terms.append(term)

    def lonely_terms(self) -> Iterator[Piece]:
        """Terms that no definition followed."""
        if self.terms:
            yield Piece("item", (", ".join(self.terms),), self.line, lists=self.lists.path)
            self.terms = []


def _pieces(root: LexborNode, line: int | None, *, guess_headers: bool = False) -> Iterator[Piece]:
    """Walk the tree below `root` without recursion: a hostile page is deeper than any stack."""
    writer = _Writer(line)
    node: LexborNode | None = root
    while node is not None:
        entered = False
        if node.is_text_node:
            writer.add(node.text_content or "")
        elif node.is_element_node:
            if _is_boilerplate(node, writer) or is_dropped(node) or (node.tag == "a" and is_mark(node)):
                writer.see_id(node)
                writer.text += [" "] if is_struck(node) else []
            elif node.tag == "table" and (rows := table_rows(node, guess_headers)) is not None:
                yield from writer.flush()
                yield from writer.name_panel()
                lists = writer.lists.next_block()
                for kind, headers, cells in rows:
                    text = row_sentence(headers, cells) if kind == "row" else cells[0]
                    yield Piece(kind, (text,), line, lists=lists)
            else:
                yield from _enter(node, writer)
                entered = True
        if entered and node.first_child is not None:
            node = node.first_child
            continue
        if entered:
            yield from _leave(node, writer)
        while node is not None and node.mem_id != root.mem_id and node.next is None:
            node = node.parent
            if node is not None:
                yield from _leave(node, writer)
        node = None if node is None or node.mem_id == root.mem_id else node.next
    yield from writer.flush()
    yield from writer.lonely_terms()


def _enter(node: LexborNode, writer: _Writer) -> Iterator[Piece]:
    tag = node.tag
    if tag in _BLOCKS and not writer.runs_on:
        yield from writer.flush()
        if tag in _HEADINGS:
            writer.heading = node
        if name := panel_name(node):
            writer.panel = name.rstrip(" :")
    writer.see_id(node)
    if tag == "pre":
        writer.pre += 1
    elif tag == "dt":
        writer.begin_term()
    elif tag in _LISTS:
        writer.begin_list(node)
    elif tag == "li":
        writer.lists.begin_item()
    elif tag == "dd":
        writer.begin_definition()
    elif tag in _WITH_HEADERS:
        writer.content += 1
    elif tag == "br":
        writer.text.append("\n" if writer.pre else " ")
    elif tag == "img":
        writer.text.append(node.attributes.get("alt") or "")
    elif tag == "sup":
        writer.raised = True


def _leave(node: LexborNode, writer: _Writer) -> Iterator[Piece]:
    tag = node.tag
    if writer.heading is not None and node.mem_id == writer.heading.mem_id:
        yield from writer.flush()
        writer.heading, writer.anchor_is_own = None, False
    elif tag == "dt":
        writer.end_term()
    elif tag in _BLOCKS and writer.runs_on:
        writer.text.append(" ")
    elif tag in _BLOCKS:
        yield from writer.flush()
    if tag in _LISTS:
        yield from writer.lonely_terms()
        writer.lists.end()
        writer.defined = writer.defined if tag != "dl" else []
    elif tag == "pre":
        writer.pre -= 1
    elif tag == "li":
        writer.lists.end_item()
    elif tag == "dd":
        writer.end_definition()
    elif tag in _WITH_HEADERS:
        writer.content -= 1
    if writer.panel and panel_name(node):
        writer.panel = ""


def _is_boilerplate(node: LexborNode, writer: _Writer) -> bool:
    if node.tag == "button":  # accordions have their headings in buttons
        return writer.heading is None and "aria-expanded" not in node.attributes
    attributes = node.attributes
    if attributes.get("role") in _BOILERPLATE_ROLES:
        return True
    if _BOILERPLATE_NAMES.search(f"{attributes.get('id')} {attributes.get('class')}".lower()):
        # else a page that has breadcrumbs
        return node.tag not in {"body", "main", "article"} and node.css_first("h1, h2, h3") is None
    return node.tag in _BOILERPLATE and not writer.content
