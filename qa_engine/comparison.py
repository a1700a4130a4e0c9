"""What was read, compared: the best span of each window, and how probably each is right.

But: which of them is quoted, and whether any is, others decide (`quoting.py`, `answerer.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from qa_engine.agreement import same_answer
from qa_engine.calibration import Calibration, Floats, pooled
from qa_engine.cascade import CONFIRMED, moved
from qa_engine.reader import HURRIED, WINDOWS_AT_ONCE, Candidate, Reader, Reading
from qa_engine.sources import Found, P_co


def read_found(reader: Reader, question: str, found: Sequence[Found[P_co]]) -> Reading:
    """Read passages that were found, each under its heading."""
    texts, headings = [each.passage.text for each in found], [each.passage.heading for each in found]
    return reader.read(question, texts, headings=headings)


def read_on(
    reader: Reader, question: str, found: Sequence[Found[P_co]], *, hurried: bool
) -> Iterator[Reading]:
    """The same a few passages at a time, as `Reader.read_on` does; fewer where the time is limited."""
    texts, headings = [each.passage.text for each in found], [each.passage.heading for each in found]
    at_once = HURRIED if hurried else WINDOWS_AT_ONCE
    return reader.read_on(question, texts, headings=headings, at_once=at_once)


def best_of_windows(reading: Reading) -> list[Candidate]:
    """The best span of each window, in the order of the windows."""
    best: dict[int, Candidate] = {}
    for candidate in reading.candidates:  # best first
        best.setdefault(candidate.window, candidate)
    return [best[window] for window in sorted(best)]


@dataclass(frozen=True, slots=True)
class Compared:
    """The best span of each window, and the probability of each that it is right.

    These exclude one another; `left` is what is left for "none of them", and for what was not read.
    `texts`: the spans' words.
    """

    best: Sequence[Candidate] = field(repr=False)
    texts: Sequence[str] = field(repr=False)
    probabilities: Floats
    left: float
    calibration: Calibration = field(repr=False)

    @property
    def answers(self) -> list[str]:
        """The texts without what makes no difference to an answer."""
        return [same_answer(text) for text in self.texts]

    @property
    def confidence(self) -> Floats:
        """The probability that the text of each is right, wherever it stands; shape [windows]."""
        return self.calibration.confidence(pooled(self.probabilities, self.answers))

    @property
    def confidence_here(self) -> Floats:
        """The probability that each is right by what its own window says alone; shape [windows]."""
        return self.calibration.confidence(self.probabilities)

    @property
    def surest(self) -> float:
        """The confidence of the best; 0 of none."""
        return float(self.confidence.max(initial=0.0))

    @property
    def nothing(self) -> float:
        """How probably none is right, on the same scale: with the confidence of any one it is at most 1."""
        return 1.0 - float(self.calibration.confidence(np.array(1.0 - self.left)))

    def best_passages(self) -> list[int]:
        """The windows that stand for the few most probable passages, one each, the best first."""
        chosen: dict[int, int] = {}
        for window in np.argsort(-self.probabilities, kind="stable").tolist():
            chosen.setdefault(self.best[window].passage, window)
        return list(chosen.values())[:CONFIRMED]

    def only(self, windows: Sequence[int]) -> Compared:
        """Some windows, as probable as they were; what the others had goes to nobody."""
        return replace(
            self,
            best=[self.best[window] for window in windows],
            texts=[self.texts[window] for window in windows],
            probabilities=self.probabilities[list(windows)],
        )

    def confirmed(self, again: Mapping[int, Candidate], found: Sequence[Found[P_co]]) -> Compared:
        """With what a thorough reader made of some windows: its spans, and how probable they now are."""
        best = list(self.best)
        for window, candidate in again.items():
            best[window] = replace(best[window], start=candidate.start, end=candidate.end)
        utilities = np.array([self.calibration.reader * candidate.score for candidate in again.values()])
        probabilities = moved(self.probabilities, list(again), utilities)
        return replace(self, best=best, texts=_texts(best, found), probabilities=probabilities)


def compare(found: Sequence[Found[P_co]], reading: Reading, calibration: Calibration) -> Compared:
    """The best spans of a reading of the first of the passages that were found, under a calibration."""
    best = best_of_windows(reading)
    probabilities, left = calibration.probabilities(
        np.array([each.score for each in best]),
        np.array([found[each.passage].score for each in best]),
        np.array([each.prominence for each in best]),
        np.array([each.score for each in found[reading.passages :]]),
    )
    return Compared(best, _texts(best, found), probabilities, left, calibration)


def _texts(best: Sequence[Candidate], found: Sequence[Found[P_co]]) -> list[str]:
    return [found[each.passage].passage.text[each.start : each.end] for each in best]
