"""What comes of a question: an Answer that quotes, or a NoAnswer on purpose, and the evidence for either.

But: how they look to a person is the views' business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeAlias, TypeVar

from qa_engine.sources import Passage

P = TypeVar("P", bound=Passage)

Reason = Literal["no question", "nothing found", "not sure", "said before"]
"""Why there is no answer.  "said before" is found by whoever knows the question before a follow-up."""
Stopped = Literal["sure", "time"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote(Generic[P]):
    """A span in its sentence: offsets in the document's text, `text` and `sentence` cut out by them.

    A span across several sentences is quoted with all of them.  `confidence` is the calibrated
    probability that its text answers the question, wherever that text was found; of another place that
    says the same it is what that place is worth alone.
    """

    passage: P
    start: int
    end: int
    text: str = field(repr=False)
    sentence_start: int
    sentence_end: int
    sentence: str = field(repr=False)
    confidence: float

    @property
    def before(self) -> str:
        """The sentence up to the span."""
        return self.sentence[: self.start - self.sentence_start]

    @property
    def after(self) -> str:
        """The sentence behind the span."""
        return self.sentence[self.end - self.sentence_start :]


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageEvidence(Generic[P]):
    """One passage that was found: its BM25 score, its best span's log-odds, and how probably this span is
    right by what this passage says; minus infinity and 0 of one that was not read, or has no window.
    """

    passage: P
    bm25: float
    score: float
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Generic[P]):
    """How an outcome came about.

    `passages`: those found, in the order of the index; the first `read` of them were read.  `stopped`: why
    not all: one answer was sure enough, or the time was over.  `confirmed`: how many a second, thorough
    reader read again.  `seconds`: wall time by stage.
    """

    passages: tuple[PassageEvidence[P], ...] = field(repr=False)
    read: int
    stopped: Stopped | None = None
    confirmed: int = 0
    windows: int
    threshold: float
    nothing: float  # how probably none of them answers
    seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[P]):
    """A quote that stood in its document when this was made.

    `also`: other places that most probably mean the same; `others`: the runner-ups, which say something else.
    """

    quote: Quote[P]
    also: tuple[Quote[P], ...] = field(default=(), repr=False)
    others: tuple[Quote[P], ...] = field(repr=False)
    evidence: Evidence[P]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer(Generic[P]):
    """Abstaining.  `nearest`: where to look, none of it sure enough; `others`: the next after these."""

    reason: Reason
    nearest: tuple[Quote[P], ...] = field(repr=False)
    others: tuple[Quote[P], ...] = field(repr=False)
    evidence: Evidence[P]


Outcome: TypeAlias = Answer[P] | NoAnswer[P]
