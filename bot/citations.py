"""Citations: where a quote stands, in words and as a link.

But: no view here; `title > section, file:line` is put together from the parts by each view.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from qa_engine.answers import Answer, Quote
from retrieval.documents import Place
from retrieval.stored import StoredPassage


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where something stands.

    `location` is `file, page 7`, `file, sheet Costs, row 12`, `file:line`, `file#anchor` or `file`, by what
    the format knows.  `changed`: the day on which the document was last changed, as far as it is known.
    """

    title: str
    section: str
    location: str
    url: str | None
    changed: date | None = None

    @property
    def place(self) -> str:
        """Title and section."""
        return f"{self.title} > {self.section}" if self.section else self.title


def cite(passage: StoredPassage, line: int | None, place: Place | None = None) -> Citation:
    """The citation of a passage, or of the line and place in it that a quote begins on."""
    if place is not None:
        row = f", row {line}" if place.kind == "sheet" and line is not None else ""
        location = f"{passage.path}, {place.label}{row}"
    elif line is not None:
        location = f"{passage.path}:{line}"
    else:
        location = f"{passage.path}#{passage.anchor}" if passage.anchor else passage.path
    return Citation(
        title=passage.title,
        section=" > ".join(passage.heading_path),
        location=location,
        url=_link(passage.url, passage.anchor if place is None else place.fragment),
        changed=passage.changed,
    )


Cite = Callable[[StoredPassage, int | None], Citation]
"""Where a passage stands, or the character at an offset of its document."""


def elsewhere(answer: Answer[StoredPassage], cite: Cite) -> Iterator[tuple[Quote[StoredPassage], Citation]]:
    """What says the same in other places than the answer's, each place once: two spans of a line are one."""
    seen = {cite(answer.quote.passage, answer.quote.start)}
    for each in answer.also:
        citation = cite(each.passage, each.start)
        if citation not in seen:
            seen.add(citation)
            yield each, citation


def _link(url: str | None, anchor: str | None) -> str | None:
    if url is None or not url.startswith(("https://", "http://")):
        return None
    return f"{url}#{quote(anchor, safe='=')}" if anchor and "#" not in url else url
