"""Questions that we wrote about the public sets' paragraphs: `questions/*.jsonl`, a paragraph a line.

Of SQuAD's train questions a quarter is to be had, and a reader that is asked them again learns them by heart.
So its paragraphs were given to us anew, to ask what nobody had asked of them: four questions with an answer,
in other words than the paragraph's, and two that only look as if they had one.  `wrong_word.jsonl` is of
another manner, that of SQuAD 2.0's crowd workers: the paragraph's own words with one of them spoiled, and
beside such questions their twins that have an answer.

But: nothing of a paragraph stands in the files.  A line names it by its checksum, and an answer by where it
begins and ends; without the public sets (`data.py`) these are no questions.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from qa_engine.squad import Reference, SquadRow

QUESTIONS = Path(__file__).with_name("questions")
SOURCE = "squad_written"


def written_rows(public: Sequence[SquadRow], folder: Path = QUESTIONS) -> list[SquadRow]:
    """A row for each question about a paragraph that `public` has; the title is that of its first row.

    The source names the file: `squad_written_wrong_word`.
    """
    first: dict[str, SquadRow] = {}
    for row in public:
        first.setdefault(checksum(row.context), row)
    lines = [
        (f"{SOURCE}_{path.stem}", line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text("utf-8").strip().split("\n")
    ]
    return list(_rows(first, lines))


def checksum(context: str) -> str:
    """By which a paragraph is named: 16 hexadecimal digits of SHA-256."""
    return hashlib.sha256(context.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _rows(first: Mapping[str, SquadRow], lines: Iterable[tuple[str, str]]) -> Iterator[SquadRow]:
    """Numbered by paragraph, which may have a line in several files."""
    asked: Counter[str] = Counter()
    for source, line in lines:
        paragraph = json.loads(line)
        context = paragraph["context"]
        about = first.get(context)
        if about is None:
            continue
        for question in paragraph["questions"]:
            yield SquadRow(
                id=f"written/{context}/{asked[context]}",
                title=about.title,
                context=about.context,
                question=question["q"],
                references=_references(about.context, question.get("at")),
                source=source,
            )
            asked[context] += 1


def _references(context: str, at: list[int] | None) -> tuple[Reference, ...]:
    return () if at is None else (Reference(context[at[0] : at[1]], at[0]),)
