"""What a view shows of a quote: the words, where they stand, how old the page is.

But: no layout, and nothing of Slack.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from bot import messages
from bot.citations import Citation, elsewhere
from bot.composition import Workplace
from qa_engine.agreement import same_answer
from qa_engine.answers import Answer, Evidence, NoAnswer, Outcome, Quote, Reason, Stopped
from retrieval.lists import ListAround
from retrieval.pins import Pin
from retrieval.stored import StoredPassage
from retrieval.terms import terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A quote in its sentence, and the list in which that stands or to which it leads."""

    before: str = field(repr=False)
    span: str = field(repr=False)
    after: str = field(repr=False)
    confidence: float
    citation: Citation = field(repr=False)
    around: ListAround = field(default=ListAround(), repr=False)

    @property
    def lead(self) -> str:
        """What introduces the sentence, an ellipsis for what stands between, and a newline; or nothing."""
        said = self.around.introductions
        return "".join(f"{sentence} … " for sentence in said).rstrip() + "\n" if said else ""

    @property
    def rest(self) -> str:
        """What the sentence leads to, each item on a line of its own; or nothing."""
        lines = [f"{'◦' if item.depth else '•'} {item.text}" for item in self.around.items]
        if self.around.left:
            lines.append(messages.MORE_ITEMS.format(count=self.around.left))
        if self.around.rows:
            lines.append(messages.more_rows(self.around.rows))
        return "".join(f"\n{each}" for each in lines)

    @property
    def words(self) -> str:
        """All of it."""
        return f"{self.lead}{self.before}{self.span}{self.after}{self.rest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerShown:
    """An answer for a view: the best quote, the same answer elsewhere, other answers.

    `hurried`: how many passages there was the time to read, and of how many, where it was not all.
    """

    best: Exhibit
    same: tuple[Exhibit, ...] = ()
    others: tuple[Exhibit, ...] = ()
    hurried: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswerShown:
    """No answer, and where to look."""

    reason: Reason
    nearest: tuple[Exhibit, ...] = ()
    others: tuple[Exhibit, ...] = ()
    hurried: tuple[int, int] | None = None


Shown = AnswerShown | NoAnswerShown


@dataclass(frozen=True, slots=True, kw_only=True)
class PinShown:
    """A person's answer.  `url`: where it was said."""

    question: str = field(repr=False)
    answer: str = field(repr=False)
    author: str
    day: date
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageShown:
    """A passage that was read, and what it came to.  `words`: those of the question that stand in it."""

    place: str
    url: str | None
    bm25: float
    probability: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyShown:
    """How an outcome came about.  `margin`: what the best answer has over the next other one."""

    passages: tuple[PassageShown, ...]
    read: int
    unread: int
    stopped: Stopped | None
    confirmed: int
    windows: int
    threshold: float
    nothing: float
    confidence: float | None
    margin: float | None
    milliseconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesShown:
    """What there is to ask about, as far as it may be seen."""

    documents: int
    changed: date | None
    titles: tuple[str, ...]


def pin_shown(pin: Pin) -> PinShown:
    """A pin as views want it."""
    day = datetime.fromtimestamp(pin.pinned_at, UTC).date()
    return PinShown(question=pin.question, answer=pin.answer, author=pin.author, day=day, url=pin.url)


class Exhibition:
    """Looks up what views show of outcomes."""

    def __init__(self, work: Workplace) -> None:
        self._work = work

    def shown(self, outcome: Outcome[StoredPassage]) -> Shown:
        """An outcome as views want it."""
        read, found = outcome.evidence.read, len(outcome.evidence.passages)
        hurried = (read, found) if outcome.evidence.stopped == "time" else None
        if isinstance(outcome, NoAnswer):
            return NoAnswerShown(
                reason=outcome.reason,
                nearest=self._all(outcome.nearest),
                others=self._all(outcome.others),
                hurried=hurried,
            )
        return AnswerShown(
            best=self.exhibit(outcome.quote),
            same=self._all([quote for quote, _ in elsewhere(outcome, self._work.cite)]),
            others=self._all(outcome.others),
            hurried=hurried,
        )

    def exhibit(self, quote: Quote[StoredPassage]) -> Exhibit:
        """A quote with its citation."""
        return Exhibit(
            before=quote.before,
            span=quote.text,
            after=quote.after,
            confidence=quote.confidence,
            citation=self._work.cite(quote.passage, quote.start),
            around=self._work.store.list_around(
                quote.passage.document_id, quote.sentence_start, quote.sentence_end
            ),
        )

    def why(
        self, question: str, outcome: Outcome[StoredPassage], *, collections: Collection[str] | None
    ) -> WhyShown:
        """Terms, passages, windows, margin and threshold; of some collections (None: all)."""
        evidence = outcome.evidence
        confidence, margin = _margin(outcome)
        return WhyShown(
            passages=tuple(self._passages(question, evidence, collections)),
            read=evidence.read,
            unread=len(evidence.passages) - evidence.read,
            stopped=evidence.stopped,
            confirmed=evidence.confirmed,
            windows=evidence.windows,
            threshold=evidence.threshold,
            nothing=evidence.nothing,
            confidence=confidence,
            margin=margin,
            milliseconds=round(1000 * sum(evidence.seconds.values())),
        )

    def sources(self, collections: Sequence[str] | None, *, most: int) -> SourcesShown:
        """The documents of some collections (None: of all), the latest first."""
        documents = self._work.store.documents(collections)
        latest = sorted(documents, key=lambda document: document.changed or date.min, reverse=True)
        return SourcesShown(
            documents=len(documents),
            changed=latest[0].changed if latest else None,
            titles=tuple(document.title or document.path for document in latest[:most]),
        )

    def _all(self, quotes: Sequence[Quote[StoredPassage]]) -> tuple[Exhibit, ...]:
        return tuple(self.exhibit(quote) for quote in quotes)

    def _passages(
        self, question: str, evidence: Evidence[StoredPassage], collections: Collection[str] | None
    ) -> list[PassageShown]:
        rows, words = [], _words(question)
        for row in evidence.passages[: evidence.read]:
            try:
                parts = self._work.explain(question, row.passage, collections=collections)
            except ValueError:  # gone from the index since
                continue
            parts.sort(key=lambda part: -part.contribution.score)
            hits = [part.term for part in parts if part.contribution.tf]
            citation = self._work.cite(row.passage)
            rows.append(
                PassageShown(
                    place=citation.place,
                    url=citation.url,
                    bm25=row.bm25,
                    probability=row.probability,
                    words=tuple(dict.fromkeys(words.get(hit, hit) for hit in hits)),
                )
            )
        return rows


def _words(question: str) -> dict[str, str]:
    """As which word of the question each term was typed: nobody wants to read stems."""
    return {
        term: word for word in reversed(re.findall(r"\w[\w'\u2019.-]*\b", question)) for term in terms(word)
    }


def _margin(outcome: Outcome[StoredPassage]) -> tuple[float | None, float | None]:
    """The best answer's confidence, and what it has over the best that says something else."""
    if isinstance(outcome, Answer):
        quotes = [outcome.quote, *outcome.others]
    else:
        quotes = [*outcome.nearest, *outcome.others]
    if not quotes:
        return None, None
    best = same_answer(quotes[0].text)
    rivals = [quote.confidence for quote in quotes[1:] if same_answer(quote.text) != best]
    return quotes[0].confidence, quotes[0].confidence - max(rivals, default=0.0)
