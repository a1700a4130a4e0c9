"""A library in a list for the engine's tests, read by a fake runtime; and what came of a question.

But: nothing is ranked; every passage is found, in order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from qa_engine.answerer import Answerer
from qa_engine.answers import Answer, NoAnswer, Outcome, Quote
from qa_engine.calibration import Calibration
from qa_engine.models import EMBEDDED
from qa_engine.reader import Reader
from qa_engine.runtime import Runtime
from qa_engine.sources import Found
from qa_engine.tokens import Tokenizer
from tests.fake_runtime import ChosenRuntime

TOKENIZER = Tokenizer(EMBEDDED / "vocab.txt")
PLAIN = Calibration(reader=1.0, retrieval=0.0, nothing=0.0, threshold=0.5)
"""P is the softmax of the scores themselves: a lone window of score 0 has P = 1/2."""
HOURS = "We open at nine. We shut at five o'clock. On Sundays we rest."
LEAVE = "Everyone gets 25 days of leave. Ask your manager first."


@dataclass(frozen=True, slots=True)
class FakePassage:
    id: int
    document_id: int
    start: int
    text: str = field(repr=False)
    sentences: tuple[tuple[int, int], ...] = field(repr=False)
    heading: str = ""


def sentences(text: str, start: int) -> tuple[tuple[int, int], ...]:
    """Up to each full stop, without the blanks between."""
    found, position = [], 0
    for part in text.split(". "):
        end = min(position + len(part) + 1, len(text))
        if part.strip():
            found.append((start + position, start + end))
        position += len(part) + 2
    return tuple(found)


class FakeLibrary:
    """Documents in a list; every passage is found, in order, with BM25 scores as given.

    `changes` are made once a search is done: a document may change between reading and answering.
    """

    def __init__(self, *texts: str) -> None:
        self.documents: dict[int, str] = dict(enumerate(texts))
        self.passages = [
            FakePassage(100 + number, number, 0, text, sentences(text, 0))
            for number, text in enumerate(texts)
        ]
        self.scores: list[float] = []
        self.asked: list[tuple[str, int, Collection[str] | None]] = []
        self.changes: dict[int, str | None] = {}
        self.meanings: dict[str, str] = {}
        self.strange = frozenset[str]()

    def spelled_out(self, question: str) -> str:
        return self.meanings.get(question, question)

    def is_strange(self, question: str, *, collections: Collection[str] | None) -> bool:
        return question in self.strange

    def search(
        self, question: str, k: int, *, collections: Collection[str] | None
    ) -> Sequence[Found[FakePassage]]:
        self.asked.append((question, k, collections))
        scores = self.scores or [float(len(self.passages) - i) for i in range(len(self.passages))]
        found = [Found(passage, score) for passage, score in zip(self.passages, scores, strict=True)][:k]
        for number, text in self.changes.items():
            if text is None:
                del self.documents[number]
            else:
                self.documents[number] = text
        return found

    def text(self, document_id: int, start: int, end: int) -> str | None:
        document = self.documents.get(document_id)
        return None if document is None else document[start:end]


def answerer(
    library: FakeLibrary, runtime: Runtime | dict[str, float], calibration: Calibration = PLAIN
) -> Answerer[FakePassage]:
    if isinstance(runtime, dict):
        runtime = ChosenRuntime(TOKENIZER, runtime)
    return Answerer(library, Reader(TOKENIZER, runtime), calibration)


def answer(outcome: Outcome[FakePassage]) -> Answer[FakePassage]:
    assert isinstance(outcome, Answer)
    return outcome


def no_answer(outcome: Outcome[FakePassage]) -> NoAnswer[FakePassage]:
    assert isinstance(outcome, NoAnswer)
    return outcome


def quotes(outcome: Outcome[FakePassage]) -> list[Quote[FakePassage]]:
    """All quotes of an outcome: the answer, where else it stands, the runner-ups."""
    first = (outcome.quote, *outcome.also) if isinstance(outcome, Answer) else outcome.nearest
    return [*first, *outcome.others]
