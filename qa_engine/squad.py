"""SQuAD: its rows, its normalisation, its metrics.

Exact match and F1 as defined by the official evaluation script of SQuAD v1.1 (Rajpurkar et al., 2016):
lower case, no punctuation, no articles, blanks folded; the best over all reference answers.  A question
without an answer (SQuAD 2.0, Rajpurkar et al., 2018) is scored by whether the reader abstained.

But: figures are fractions from 0 to 1 here; whoever prints them makes them per cent.
"""

from __future__ import annotations

import json
import lzma
import math
import re
import string
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from qa_engine.errors import EngineError
from qa_engine.risk import auroc

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True)
class Reference:
    """An annotator's answer: `context[start:start + len(text)] == text`."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class SquadRow:
    """One question about one paragraph; no references means that the paragraph does not answer it."""

    id: str
    title: str
    context: str = field(repr=False)
    question: str
    references: tuple[Reference, ...]
    source: str = ""

    @property
    def answerable(self) -> bool:
        return bool(self.references)


def read_rows(path: Path) -> list[SquadRow]:
    """Rows from official SQuAD JSON (v1.1 or 2.0) or from JSON lines, one question each; .xz is unpacked.

    Raises EngineError with one line where the file is neither.
    """
    try:
        data = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
        text = data.decode("utf-8-sig")
        lines = path.suffixes[-1:] == [".jsonl"] or path.suffixes[-2:] == [".jsonl", ".xz"]
        return list(_from_lines(text) if lines else _from_squad(json.loads(text)))
    except OSError as error:
        raise EngineError(f"{path} cannot be read: {error.strerror or 'input error'}.") from error
    except (lzma.LZMAError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise EngineError(
            f"{path} is not SQuAD data ({type(error).__name__}): expected SQuAD's JSON, or JSON lines with "
            "id, title, context, question, answers."
        ) from error


def normalise_answer(text: str) -> str:
    """The official script's normalisation."""
    bare = text.lower().translate(_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def exact(answer: str, reference: str) -> float:
    """1.0 where both are the same after normalisation, else 0.0."""
    return float(normalise_answer(answer) == normalise_answer(reference))


def f1(answer: str, reference: str) -> float:
    """Harmonic mean of precision and recall over the words of both; 0.0 where they share none."""
    found, expected = normalise_answer(answer).split(), normalise_answer(reference).split()
    shared = (Counter(found) & Counter(expected)).total()
    if shared == 0:
        return 0.0
    precision, recall = shared / len(found), shared / len(expected)
    return 2 * precision * recall / (precision + recall)


def scores(answer: str, references: Iterable[str]) -> tuple[float, float]:
    """Exact match and F1 of an answer, each the best over the references."""
    pairs = [(exact(answer, reference), f1(answer, reference)) for reference in references]
    return max(em for em, _ in pairs), max(overlap for _, overlap in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class SquadResult:
    """Figures of one evaluation, as fractions; None where there was nothing to measure."""

    answerable: int
    exact: float | None
    f1: float | None
    unanswerable: int = 0
    kept: float | None = None  # answerable questions that the reader would answer
    abstained: float | None = None  # unanswerable questions that it would not
    f1_all: float | None = None  # SQuAD 2.0's F1: over all questions, abstaining where it would
    auroc: float | None = None  # how probably an answerable question scores above an unanswerable one


def evaluate(
    rows: Sequence[SquadRow], answers: Sequence[tuple[str, float]], *, threshold: float = 0.0
) -> SquadResult:
    """Figures for answers in the order of the rows: the best span, and its log-odds against no answer.

    Exact match and F1 judge the best span of every answerable question, given or not, as SQuAD v1.1 does;
    the others are about answering above `threshold` only.
    """
    judged = [
        (*scores(text, (reference.text for reference in row.references)), score > threshold)
        for row, (text, score) in zip(rows, answers, strict=True)
        if row.answerable
    ]
    silent = [score <= threshold for row, (_, score) in zip(rows, answers, strict=True) if not row.answerable]
    return SquadResult(
        answerable=len(judged),
        exact=_mean([em for em, _, _ in judged]),
        f1=_mean([overlap for _, overlap, _ in judged]),
        unanswerable=len(silent),
        kept=_mean([given for _, _, given in judged]),
        abstained=_mean(silent),
        f1_all=_mean([*(overlap * given for _, overlap, given in judged), *silent]),
        auroc=auroc(
            np.array([score for _, score in answers]), np.array([row.answerable for row in rows], dtype=bool)
        ),
    )


def best_threshold(
    rows: Sequence[SquadRow], answers: Sequence[tuple[str, float]], *, answerable: float | None = None
) -> float:
    """The threshold under which `evaluate` gives the best F1 over all questions; 0 without any.

    To be looked for on other questions than those that are then judged by it.  `answerable`: the share of
    questions with an answer where it will be used; the rarer these are, the more it pays to be silent.  The
    unanswerable rows then count as much as makes their share that one.  None: as many as they are.
    """
    if answerable == 0:
        return max((score for _, score in answers), default=0.0)
    having, lacking = (sum(row.answerable is wanted for row in rows) for wanted in (True, False))
    weight = 1.0
    if answerable is not None and having and lacking:
        weight = having / lacking * (1 - answerable) / answerable
    gained = sorted(
        (score, scores(text, (r.text for r in row.references))[1] if row.answerable else -weight)
        for row, (text, score) in zip(rows, answers, strict=True)
    )
    lowest = min((score for score, _ in gained if math.isfinite(score)), default=1.0) - 1.0
    best, threshold, total = 0.0, lowest, 0.0
    for score, level in groupby(gained, key=lambda pair: pair[0]):
        total -= sum(gain for _, gain in level)  # a threshold at this score takes these answers away
        if total > best:
            best, threshold = total, max(score, lowest)  # what has no span scores -inf
    return threshold


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _from_lines(text: str) -> Iterator[SquadRow]:
    for line in text.split("\n"):  # splitlines() would also cut inside a string, at U+2028
        if line.strip():
            yield _row(json.loads(line))


def _from_squad(data: dict[str, Any]) -> Iterator[SquadRow]:
    for article in data["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                yield _row({"title": article.get("title", ""), "context": paragraph["context"], **question})


def _row(raw: dict[str, Any]) -> SquadRow:
    """Raises TypeError for what should be a text and is none."""
    row = SquadRow(
        id=str(raw["id"]),
        title=raw.get("title", ""),
        context=raw["context"],
        question=raw["question"],
        references=()
        if raw.get("is_impossible")
        else tuple(Reference(answer["text"], answer["answer_start"]) for answer in raw["answers"]),
        source=raw.get("source", ""),
    )
    texts = (row.title, row.context, row.question, row.source, *(each.text for each in row.references))
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("no text")
    return row
