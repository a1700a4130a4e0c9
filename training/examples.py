"""Training rows as tokens: distinct passages, questions, and where the answer begins and ends.

A row is left out where its passage or question also stands in dev, and where the answer has no token.

But: no window is cut here, and no batch made (`groups.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np
import numpy.typing as npt

from qa_engine.squad import SquadRow, normalise_answer
from qa_engine.tokens import Int32s, Tokenizer

SHINGLE = 8
"""Two passages are alike if most runs of so many words of the shorter stand in the other."""

# Titles that name the subject of the passage; the others are file names and running numbers.
TITLED = (
    "squad", "qed_nq", "nq_oracle", "sleepqa", "cpgqa", "squadshifts_new_wiki", "fairytaleqa",
    "invented",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """One question.  `spans`: first and last token of each annotator's answer in passage number `passage`."""

    question: Int32s = field(repr=False)
    passage: int
    spans: tuple[tuple[int, int], ...]
    source: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """All examples, and the distinct passages that they are about.

    `tokens` and `titles`: token ids of each passage and of its title (empty where it has none);
    `texts`: the passages themselves; `rows[i]` is what `examples[i]` was made of.
    """

    examples: tuple[Example, ...] = field(repr=False)
    rows: tuple[SquadRow, ...] = field(repr=False)
    texts: tuple[str, ...] = field(repr=False)
    tokens: tuple[Int32s, ...] = field(repr=False)
    titles: tuple[Int32s, ...] = field(repr=False)

    def checksum(self) -> str:
        """Eight hexadecimal digits: what can be mined from the same rows is the same."""
        found = 0
        for example, row in zip(self.examples, self.rows, strict=True):
            found = crc32(
                f"{row.id} {example.passage} {row.question}".encode("utf-8", "surrogatepass"), found
            )
        for text in self.texts:
            found = crc32(text.encode("utf-8", "surrogatepass"), found)
        return f"{found:08x}"


def build_corpus(rows: Iterable[SquadRow], tokenizer: Tokenizer) -> Corpus:
    """Rows to examples; an answerable row none of whose answers has a token is left out."""
    rows = list(rows)
    contexts = list(dict.fromkeys(row.context for row in rows))
    read = dict(zip(contexts, tokenizer.batch(contexts), strict=True))
    questions = tokenizer.batch([row.question for row in rows])
    kept: list[SquadRow] = []
    examples: list[Example] = []
    number: dict[str, int] = {}
    title_of: dict[str, str] = {}
    for row, question in zip(rows, questions, strict=True):
        offsets = read[row.context].offsets
        spans = [
            span
            for reference in row.references
            if (span := token_span(offsets, reference.start, reference.text)) is not None
        ]
        if row.answerable and not spans:
            continue
        passage = number.setdefault(row.context, len(number))
        if row.title and row.source.startswith(TITLED):
            title_of.setdefault(row.context, row.title.replace("_", " "))
        kept.append(row)
        examples.append(Example(question.ids, passage, tuple(spans), row.source))
    titles = tokenizer.batch([title_of.get(context, "") for context in number])
    return Corpus(
        tuple(examples),
        tuple(kept),
        tuple(number),
        tuple(read[context].ids for context in number),
        tuple(tokens.ids for tokens in titles),
    )


def token_span(offsets: npt.NDArray[np.int32], start: int, text: str) -> tuple[int, int] | None:
    """First and last token of `text`, which begins at the passage's character `start`; None for no token."""
    inside = np.flatnonzero((offsets[:, 1] > start) & (offsets[:, 0] < start + len(text.rstrip())))
    return (int(inside[0]), int(inside[-1])) if len(inside) else None


def without_dev(rows: Sequence[SquadRow], dev: Sequence[SquadRow]) -> list[SquadRow]:
    """Rows that share neither a passage (or most of one) nor a question with dev."""
    questions = {normalise_answer(row.question) for row in dev}
    of_dev = [_shingles(context) for context in sorted({row.context for row in dev})]
    holders: dict[int, list[int]] = {}
    for number, shingles in enumerate(of_dev):
        for shingle in shingles:
            holders.setdefault(shingle, []).append(number)

    def alike(context: str) -> bool:
        own = _shingles(context)
        shared = Counter(number for shingle in own for number in holders.get(shingle, ()))
        return any(2 * count > min(len(own), len(of_dev[number])) for number, count in shared.items())

    contexts = dict.fromkeys(row.context for row in rows)
    verdicts = {context: alike(context) for context in contexts}
    return [
        row for row in rows if not verdicts[row.context] and normalise_answer(row.question) not in questions
    ]


def _shingles(text: str) -> set[int]:
    words = normalise_answer(text).split()
    return {hash(tuple(words[i : i + SHINGLE])) for i in range(max(1, len(words) - SHINGLE + 1))}
