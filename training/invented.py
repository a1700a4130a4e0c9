"""Pages about companies and places that do not exist, and questions about them.

The public sets ask in whole sentences, close to the words of the paragraph.  People ask "laptop got nicked,
who do I ring".  So pages of handbooks, runbooks and price lists were written for this project, each with
questions as colleagues would type them, in other words than its own, and some that it does not answer:
`pages/*.jsonl`, one page a line.  In `pages/sections.jsonl` are plain sections whose subject stands in their
heading alone, beside others of their page with other values: what a handbook is made of; in
`pages/siblings.jsonl` such whose sibling is nearly called the same, and half the questions ask for that one.
In `pages/worlds_*.jsonl` are paragraphs of encyclopaedias of invented countries with questions as crowd
workers ask, a third of which only look as if they had an answer: the public sets are small, and a reader that
is asked the same again learns it by heart.

But: they were written knowing some of the questions about the sample handbook (`data/`), so that its
figures flatter a little; no question, sentence or fact of it was taken, and nothing else that measures us was
looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from zlib import crc32

from qa_engine.squad import Reference, SquadRow

Kind = Literal["public", "company", "country"]

PAGES = Path(__file__).with_name("pages")
SOURCE = "invented"
ASIDE = 6
"""One company in so many is kept out of the training, for the calibration."""


def invented_rows(folder: Path = PAGES) -> list[SquadRow]:
    """A row for each question; `title` is "title > section", as the bot has it for a passage."""
    return [row for path in sorted(folder.glob("*.jsonl")) for row in _rows_of(path)]


def company(row: SquadRow) -> str:
    """Whose page an invented row is about, a company's or a country's; empty for rows of other sets."""
    return row.id.split("/")[1] if row.source.startswith(SOURCE) else ""


def kind(row: SquadRow) -> Kind:
    """What the row is about."""
    if not row.source.startswith(SOURCE):
        return "public"
    return "country" if row.source.startswith(f"{SOURCE}_worlds") else "company"


def set_aside(row: SquadRow) -> bool:
    """Whether the row's company is kept out of the training, whatever others are written later."""
    return crc32(company(row).encode()) % ASIDE == 0 if company(row) else False


def _rows_of(path: Path) -> Iterator[SquadRow]:
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        page = json.loads(line)
        for asked, question in enumerate(page["questions"]):
            yield SquadRow(
                id=f"{path.stem}/{page['company'].replace('/', ' ')}/{number}/{asked}",
                title=f"{page['title']} > {page['section']}",
                context=page["text"],
                question=question["q"],
                references=_references(page["text"], question["a"], question.get("n", 1)),
                source=f"{SOURCE}_{path.stem}",
            )


def _references(text: str, answer: str | None, occurrence: int) -> tuple[Reference, ...]:
    """The answer at its n-th occurrence in the text; none for None.

    Raises ValueError where the text does not hold it so often.
    """
    if answer is None:
        return ()
    start = -1
    for _ in range(occurrence):
        start = text.index(answer, start + 1)
    return (Reference(answer, start),)
