"""The questions that were written about companies' own documents, and when words of an answer are right.

But: the documents themselves are not in the repository; a benchmark is given the folder where they lie.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qa_engine.squad import normalise_answer

TESTS = Path(__file__).parents[1] / "tests"


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the documents that answer it (paths below the folder), words of the answer."""

    question: str
    documents: frozenset[str]
    words: str


def corpora_questions() -> Iterator[Question]:
    """Those about all four corpora."""
    for line in (TESTS / "corpora_questions.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Question(row["question"], frozenset(row["documents"]), row["words"])


def in_other_words() -> Iterator[Question]:
    """Those about two handbooks that use other words than the pages."""
    for line in (TESTS / "data" / "other_words.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Question(row["question"], frozenset([row["document"]]), row["passage"])


def contain_each_other(one: str, other: str) -> bool:
    """Are the words of one those of the other, or a part of them?"""
    one, other = (f" {normalise_answer(text)} " for text in (one, other))
    return bool(one.strip()) and (one in other or other in one)
