"""From a question to an Answer or a NoAnswer: retrieve, read, compare, verify.

Every quote is compared with the store at the moment of answering: a document that changed between the
reading and the answer is not quoted from, and the next best quote takes its place.

But: it keeps nothing between questions, and knows neither Slack nor the store's kind.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Generic

import numpy as np

from qa_engine.agreement import best_place, says, within
from qa_engine.answers import Answer, Evidence, NoAnswer, Outcome, P, PassageEvidence, Quote
from qa_engine.calibration import Calibration, Floats, pooled
from qa_engine.cascade import CONFIRMED, moved
from qa_engine.reader import Candidate, Reader, Reading
from qa_engine.sources import Found, Library, P_co
from qa_engine.squad import normalise_answer

PASSAGES_READ = 20
OTHERS = 4
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
        seconds: float | None = None,
    ) -> Outcome[P]:
        """Answer from the documents of some collections (None: of all).

        `passages`: how many are read.  `threshold`: the confidence below which there is no answer; by
        default the reader's own.  `seconds`: how long the reading may take; then the best answer so far
        is given, and the evidence says how many passages were read.
        """
        until = None if seconds is None else time.monotonic() + seconds
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
            question = self.library.spelled_out(question)  # for the reader; the search has its own way
        with clock.stage("read"):
            reading = read_found(self.reader, question, found, until=until)
        with clock.stage("compare"):
            best = best_of_windows(reading)
            retrieved = np.array([found[candidate.passage].score for candidate in best])
            scores = np.array([candidate.score for candidate in best])
            lengths = np.array([candidate.end - candidate.start for candidate in best])
            probabilities, nothing = self.calibration.probabilities(scores, retrieved, lengths)
            compared = _Compared(best, probabilities)
        confirmed = 0
        if self.confirmer is not None and best:
            with clock.stage("confirm"):
                compared, confirmed = self._confirm(self.confirmer, question, found, compared, until=until)
        evidence = Evidence(
            passages=_passage_evidence(found, compared),
            read=reading.passages,
            confirmed=confirmed,
            windows=reading.windows,
            threshold=threshold,
            nothing=nothing,
            seconds=clock.seconds,
        )
        quotes = _ranked(found, compared)
        with clock.stage("verify"):
            standing = [quote for quote in quotes if self._still_stands(quote)]
        if not standing:
            return NoAnswer(reason="nothing found", nearest=(), others=(), evidence=evidence)
        if standing[0].confidence < threshold:
            distinct = _each_sentence_once(standing)
            return NoAnswer(
                reason="not sure",
                nearest=tuple(distinct[:NEAREST]),
                others=tuple(distinct[NEAREST : NEAREST + OTHERS]),
                evidence=evidence,
            )
        quote, *rest = standing
        said = normalise_answer(quote.text)
        also: list[Quote[P]] = []
        others: list[Quote[P]] = []
        for each in rest:
            (also if says(normalise_answer(each.text), said) else others).append(each)
        return Answer(
            quote=quote,
            also=tuple(also[:OTHERS]),
            others=tuple(_each_sentence_once(others)[:OTHERS]),
            evidence=evidence,
        )

    def _confirm(
        self,
        confirmer: Reader,
        question: str,
        found: Sequence[Found[P]],
        first: _Compared,
        *,
        until: float | None,
    ) -> tuple[_Compared, int]:
        """What the thorough reader makes of the best passages, and how many it had the time to read."""
        few = _best_passages(first)
        again = read_found(confirmer, question, [found[first.best[w].passage] for w in few], until=until)
        best = list(first.best)
        read, scores = [], []
        for candidate in {c.passage: c for c in reversed(again.candidates)}.values():  # the best of each
            window = few[candidate.passage]
            best[window] = replace(best[window], start=candidate.start, end=candidate.end)
            read.append(window)
            scores.append(self.calibration.reader * candidate.score)
        return _Compared(best, moved(first.probabilities, read, np.array(scores))), again.passages

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
        self.seconds[name] = time.perf_counter() - begun


def read_found(
    reader: Reader, question: str, found: Sequence[Found[P_co]], *, until: float | None = None
) -> Reading:
    """Read passages that were found, each under its heading; `until` as in `Reader.read`."""
    return reader.read(
        question,
        [each.passage.text for each in found],
        headings=[each.passage.heading for each in found],
        until=until,
    )


@dataclass(frozen=True, slots=True)
class _Compared:
    """The best span of each window, and the probability of each that it is right."""

    best: list[Candidate]
    probabilities: Floats


def _best_passages(compared: _Compared) -> list[int]:
    """The windows that stand for the most probable passages, one each, the best first."""
    chosen: dict[int, int] = {}
    for window in np.argsort(-compared.probabilities, kind="stable").tolist():
        chosen.setdefault(compared.best[window].passage, window)
    return list(chosen.values())[:CONFIRMED]


def best_of_windows(reading: Reading) -> list[Candidate]:
    """The best span of each window, in the order of the windows."""
    best: dict[int, Candidate] = {}
    for candidate in reading.candidates:  # best first
        best.setdefault(candidate.window, candidate)
    return [best[window] for window in sorted(best)]


def _ranked(found: Sequence[Found[P]], compared: _Compared) -> list[Quote[P]]:
    """A quote of each window, the most probable answer first, of the same answer the most probable place.

    The very first is the best place for the answer that is the most probable, see `agreement.py`.
    """
    best, probabilities = compared.best, compared.probabilities
    passages = [found[candidate.passage].passage for candidate in best]
    texts = [passage.text[c.start : c.end] for passage, c in zip(passages, best, strict=True)]
    answers = [normalise_answer(text) for text in texts]
    confidence = pooled(probabilities, answers)
    order = sorted(range(len(best)), key=lambda i: (-confidence[i], -probabilities[i]))
    quotes = [_quote(passages[i], best[i], float(confidence[i])) for i in order]
    if order:
        first = order[0]
        place = best_place(first, answers, [passage.document_id for passage in passages], probabilities)
        cited = _narrowed(best[place], texts[place], texts[first])
        del quotes[order.index(place)]
        quotes.insert(0, _quote(passages[place], cited, float(confidence[first])))
    return _distinct(quotes)


def _narrowed(candidate: Candidate, text: str, answer: str) -> Candidate:
    """The part of a span, whose text is `text`, that is the answer; all of it where it has other letters."""
    start, end = within(answer, text) or (0, len(text))
    return replace(candidate, start=candidate.start + start, end=candidate.start + end)


def _quote(passage: P, candidate: Candidate, confidence: float) -> Quote[P]:
    start, end = passage.start + candidate.start, passage.start + candidate.end
    first = max((s for s, _ in passage.sentences if s <= start), default=start)
    last = min((e for _, e in passage.sentences if e >= end), default=end)
    return Quote(
        passage=passage,
        start=start,
        end=end,
        text=passage.text[candidate.start : candidate.end],
        sentence_start=first,
        sentence_end=last,
        sentence=passage.text[first - passage.start : last - passage.start],
        confidence=confidence,
    )


def _distinct(quotes: Iterable[Quote[P]]) -> list[Quote[P]]:
    """Without those that overlap a better one: neighbouring passages share a sentence."""
    kept: list[Quote[P]] = []
    for quote in quotes:
        if not any(
            quote.passage.document_id == other.passage.document_id
            and quote.start < other.end
            and other.start < quote.end
            for other in kept
        ):
            kept.append(quote)
    return kept


def _each_sentence_once(quotes: Sequence[Quote[P]]) -> list[Quote[P]]:
    """The best of those that stand in the same sentence, which versions and copies of a document share."""
    first: dict[str, Quote[P]] = {}
    for quote in quotes:
        first.setdefault(normalise_answer(quote.sentence), quote)
    return list(first.values())


def _passage_evidence(found: Sequence[Found[P]], compared: _Compared) -> tuple[PassageEvidence[P], ...]:
    """What each passage came to: the better of its windows."""
    reached: dict[int, tuple[float, float]] = {}
    for candidate, probability in zip(compared.best, compared.probabilities.tolist(), strict=True):
        pair = (candidate.score, probability)
        reached[candidate.passage] = max(reached.get(candidate.passage, pair), pair)
    rows = []
    for number, each in enumerate(found):
        score, probability = reached.get(number, (float("-inf"), 0.0))
        bm25 = each.score if each.bm25 is None else each.bm25
        rows.append(PassageEvidence(passage=each.passage, bm25=bm25, score=score, probability=probability))
    return tuple(rows)
