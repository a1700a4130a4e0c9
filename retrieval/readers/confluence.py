"""Pages of Confluence's HTML export: what is the page's own, and what the export puts around it.

Around it are breadcrumbs, who made it and when, lists of attachments and comments, and "Document generated
by Confluence".  The day of the last change is taken from there, and the space's name off the title.

But: only English exports tell their day in a form that is read here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from retrieval.readers.walk import text_of
from retrieval.text import normalise

_CHANGED = re.compile(r"\bon ([A-Z][a-z]{2}) (\d\d), (\d{4})$")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAMED = 8  # attachments listed one by one in a note


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """An exported page.  `content`: where its own text is; `dated`: ISO 8601; `notes`: what is left out."""

    content: LexborNode = field(repr=False)
    title: str | None
    dated: str | None
    notes: tuple[str, ...]


def exported(page: LexborHTMLParser) -> Export | None:
    """The page as Confluence exported it; None for any other page."""
    content, title = page.css_first("#main-content.wiki-content"), page.css_first("#title-text")
    if content is None or title is None:
        return None
    metadata = page.css_first("#content > .page-metadata")
    space = page.css_first("#breadcrumbs > li.first")
    return Export(
        content=content,
        title=_without_space(normalise(text_of(title)), normalise(text_of(space)) if space else ""),
        dated=_day(normalise(text_of(metadata))) if metadata else None,
        notes=tuple(_notes(page)),
    )


def _without_space(title: str, space: str) -> str | None:
    """`HR : Leave` in the space `HR` is `Leave`."""
    return title.removeprefix(f"{space} : ") if space else title or None


def _day(metadata: str) -> str | None:
    """The day in `Created by Ana, last modified by Bo on Nov 03, 2026`."""
    match = _CHANGED.search(metadata.rstrip(" ."))
    if match is None or match[1] not in _MONTHS:
        return None
    return f"{match[3]}-{_MONTHS.index(match[1]) + 1:02}-{match[2]}"


def _notes(page: LexborHTMLParser) -> list[str]:
    notes = []
    if (heading := page.css_first(".pageSectionTitle#attachments")) is not None:
        section = heading.parent.parent if heading.parent is not None else None
        names = [normalise(text_of(link)) for link in (section.css(".greybox a[href]") if section else [])]
        more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
        if names:
            notes.append(f"attachments not read: {', '.join(names[:_NAMED])}{more}")
    if page.css_first(".pageSectionTitle#comments") is not None:
        notes.append("comments left out")
    return notes
