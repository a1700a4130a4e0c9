"""From a question to an Answer or a NoAnswer: retrieve, read, compare, verify.

Every quote is compared with the store at the moment of answering: a document that changed between the
reading and the answer is not quoted from, and the next best quote takes its place, with its own confidence.

But: it keeps nothing between questions, and knows neither Slack nor the store's kind.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Generic, TypeVar

from qa_engine.agreement import says
from qa_engine.answers import Answer, Evidence, NoAnswer, Outcome, P, PassageEvidence, Quote, Stopped
from qa_engine.calibration import Calibration
from qa_engine.comparison import Compared, compare, read_on
from qa_engine.quoting import answer_of, each_sentence_once, ranked, still_there
from qa_engine.reader import WINDOWS_AT_ONCE, Reader, Reading
from qa_engine.sources import Found, Library

T = TypeVar("T")

PASSAGES_READ = 20
SURE = 0.7
"""A confidence at which no more is read: `benchmarks/retrieval.md` shows what that spares, and costs."""
OTHERS = 4
LEAST_ELSEWHERE = 0.02
"""A place that is worth less by itself only happens to have the answer's words: another rule's 30 days."""
NEAREST = 3
MAX_QUESTION_CHARACTERS = 2_000
"""Longer questions are cut: 64 tokens of them are read, 64 terms searched for."""


class Answerer(Generic[P]):
    """Asks one library with one reader; safe to share between threads.

    `confirmer`: a slower and better reader that reads the best passages again.
    """

    def __init__(
        self,
        library: Library[P],
        reader: Reader,
        calibration: Calibration | None = None,
        *,
        confirmer: Reader | None = None,
    ) -> None:
        self.library = library
        self.reader = reader
        self.calibration = calibration or Calibration()
        self.confirmer = confirmer

    def ask(
        self,
        question: str,
        *,
        collections: Collection[str] | None = None,
        passages: int = PASSAGES_READ,
        threshold: float | None = None,
        sure: float | None = SURE,
        seconds: float | None = None,
    ) -> Outcome[P]:
        """Answer from the documents of some collections (None: of all).

        `passages`: how many are read at most.  `threshold`: the confidence below which there is no answer; by
        default the reader's own.  `sure`: a confidence at which no more is read (None: all is read, as with
        a confirmer).  `seconds`: how long the reading may take; then the best answer so far is given.  The
        evidence says how many passages were read, and why not all.
        """
        question = question[:MAX_QUESTION_CHARACTERS]
        threshold = self.calibration.threshold if threshold is None else threshold
        clock = _Clock()
        if not any(character.isalnum() for character in question):
            nothing_read: Evidence[P] = Evidence(
                passages=(), read=0, windows=0, threshold=threshold, nothing=1.0, seconds={}
            )
            return NoAnswer(reason="no question", nearest=(), others=(), evidence=nothing_read)
        with clock.stage("retrieve"):
            found = self.library.search(question, passages, collections=collections)
            is_strange = self.library.is_strange(question, collections=collections)
            question = self.library.spelled_out(question)  # for the reader; the search has its own way
        until = None if seconds is None else time.monotonic() + seconds
        enough = math.inf if sure is None or self.confirmer is not None else max(sure, threshold)
        reading, compared, stopped = self._read(question, found, clock, enough=enough, until=until)
        confirmed = 0
        if self.confirmer is not None and compared.best:
            with clock.stage("confirm"):
                compared, confirmed = self._confirm(self.confirmer, question, found, compared, until=until)
        evidence = Evidence(
            passages=_passage_evidence(found, compared),
            read=reading.passages,
            stopped=stopped,
            confirmed=confirmed,
            windows=reading.windows,
            threshold=threshold,
            nothing=compared.nothing,
            seconds=clock.seconds,
        )
        with clock.stage("verify"):  # before places are added up: one that is gone gives its part to no other
            standing = ranked(found, compared.only(still_there(found, compared, self._still_stands)))
        if not standing:
            return NoAnswer(reason="nothing found", nearest=(), others=(), evidence=evidence)
        (quote, _), *rest = standing
        if is_strange or quote.confidence < threshold:
            distinct = each_sentence_once([quote for quote, _ in standing])
            return NoAnswer(
                reason="nothing found" if is_strange else "not sure",
                nearest=tuple(distinct[:NEAREST]),
                others=tuple(distinct[NEAREST : NEAREST + OTHERS]),
                evidence=evidence,
            )
        said = answer_of(quote)
        also: list[Quote[P]] = []
        others: list[Quote[P]] = []
        for each, here in rest:
            if not says(answer_of(each), said):
                others.append(each)
            elif here >= LEAST_ELSEWHERE:
                also.append(replace(each, confidence=here))
        also.sort(key=lambda each: -each.confidence)
        return Answer(
            quote=quote,
            also=tuple(also[:OTHERS]),
            others=tuple(each_sentence_once(others)[:OTHERS]),
            evidence=evidence,
        )

    def _read(
        self,
        question: str,
        found: Sequence[Found[P]],
        clock: _Clock,
        *,
        enough: float,
        until: float | None,
    ) -> tuple[Reading, Compared, Stopped | None]:
        """Read a few passages after the other until one answer is sure enough or the time is over."""
        for reading in clock.each("read", read_on(self.reader, question, found, hurried=until is not None)):
            with clock.stage("compare"):
                compared = compare(found, reading, self.calibration)
            if reading.passages == len(found):
                break
            if compared.surest >= enough and reading.windows >= WINDOWS_AT_ONCE:
                return reading, compared, "sure"
            if _over(until):
                return reading, compared, "time"
        return reading, compared, None

    def _confirm(
        self,
        confirmer: Reader,
        question: str,
        found: Sequence[Found[P]],
        first: Compared,
        *,
        until: float | None,
    ) -> tuple[Compared, int]:
        """What the thorough reader makes of the best passages, and how many it had the time to read."""
        few = first.best_passages()
        again = [found[first.best[window].passage] for window in few]
        reading = _in_time(read_on(confirmer, question, again, hurried=until is not None), until)
        best = {few[c.passage]: c for c in reversed(reading.candidates)}  # of each passage
        return first.confirmed(best, found), reading.passages

    def _still_stands(self, quote: Quote[P]) -> bool:
        now = self.library.text(quote.passage.document_id, quote.sentence_start, quote.sentence_end)
        return now == quote.sentence


class _Clock:
    """Wall time by stage, in seconds."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun

    def each(self, name: str, steps: Iterable[T]) -> Iterator[T]:
        """The steps, with the time that each takes to come."""
        coming = iter(steps)
        while True:
            with self.stage(name):
                step = next(coming, None)
            if step is None:
                return
            yield step


def _in_time(readings: Iterable[Reading], until: float | None) -> Reading:
    """The last reading before the time is over; the first in any case."""
    for reading in readings:
        last = reading  # of growing ones the largest
        if _over(until):
            break
    return last


def _over(until: float | None) -> bool:
    return until is not None and time.monotonic() >= until


def _passage_evidence(found: Sequence[Found[P]], compared: Compared) -> tuple[PassageEvidence[P], ...]:
    """What each passage came to: the better of its windows."""
    reached: dict[int, tuple[float, float]] = {}
    for candidate, probability in zip(compared.best, compared.confidence_here.tolist(), strict=True):
        pair = (candidate.score, probability)
        reached[candidate.passage] = max(reached.get(candidate.passage, pair), pair)
    rows = []
    for number, each in enumerate(found):
        score, probability = reached.get(number, (float("-inf"), 0.0))
        bm25 = each.score if each.bm25 is None else each.bm25
        rows.append(PassageEvidence(passage=each.passage, bm25=bm25, score=score, probability=probability))
    return tuple(rows)
