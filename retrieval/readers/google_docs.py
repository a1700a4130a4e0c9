"""Pages that Google Docs exported: their comments are no text, and what its style sheet crosses out is none.

Comments stand as paragraphs at the end, each with a link back to where it was made; they go.  Crossed out is
by a class (`.c5{text-decoration:line-through}`), which becomes a style of its own, as other pages have it.

But: of a style sheet only rules for a single class are read.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from retrieval.readers.walk import CROSSED_OUT

_COMMENTS = "a[href^='#cmnt_ref']"
_FOOTNOTES = "a[href^='#ftnt_ref']"
_TOLD_OF = ("#cmnt_ref", "#ftnt_ref", "line-through")  # without these words there is nothing to do
_RULE = re.compile(r"(?:^|(?<=[};,]))\s*\.([A-Za-z][\w-]{0,60})\s*\{([^{}]{0,2000})\}")


def has_comments(page: LexborHTMLParser) -> bool:
    """Are there comments of Google Docs, which are left out?"""
    return page.css_first(_COMMENTS) is not None


def as_other_pages(page: LexborHTMLParser, source: str) -> None:
    """Hide the comments of a page, whose `source` that is, and cross out each element that its class does."""
    if not any(word in source for word in _TOLD_OF):
        return
    rules = _RULE.findall("".join(sheet.text() for sheet in page.css("style")))
    struck = {name for name, rule in rules if CROSSED_OUT.search(rule)}
    for node in page.css("[class]") if struck else ():
        if not struck.isdisjoint((node.attributes.get("class") or "").split()):
            node.attrs["style"] = f"{node.attributes.get('style') or ''};text-decoration:line-through"
    for link in page.css(_COMMENTS):
        paragraph = link.parent
        around = None if paragraph is None else paragraph.parent
        if around is not None and around.tag == "div" and len(around.css(_COMMENTS)) == 1:
            around.attrs["hidden"] = ""
        elif paragraph is not None:
            paragraph.attrs["hidden"] = ""
    for link in page.css(_FOOTNOTES):
        link.attrs["role"] = "doc-backlink"
