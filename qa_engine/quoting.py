"""From what was compared to quotes: sentences with a span in them, the best first, none of them twice.

But: none is shown before it was compared with the store, which is `answerer.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from qa_engine.agreement import best_place, in_context, same_answer, within
from qa_engine.answers import P, Quote
from qa_engine.comparison import Compared
from qa_engine.reader import Candidate
from qa_engine.sources import Found


def ranked(found: Sequence[Found[P]], compared: Compared) -> list[tuple[Quote[P], float]]:
    """A quote of each window, the most probable answer first, of the same answer the most probable place.

    With each the confidence of its place alone.  The very first is the best place for the answer that is
    the most probable, see `agreement.py`.
    """
    best, probabilities = compared.best, compared.probabilities
    passages = [found[candidate.passage].passage for candidate in best]
    texts, confidence = compared.texts, compared.confidence
    here = compared.confidence_here.tolist()
    order = sorted(range(len(best)), key=lambda i: (-confidence[i], -probabilities[i]))
    made = _quotes(found, compared)
    quotes = [(made[i], here[i]) for i in order]
    if order:
        first = order[0]
        answers = [answer_of(quote) for quote in made]
        place = best_place(first, answers, [passage.document_id for passage in passages], probabilities)
        cited = _narrowed(best[place], texts[place], texts[first])
        del quotes[order.index(place)]
        quotes.insert(0, (_quote(passages[place], cited, float(confidence[first])), here[place]))
    return _distinct(quotes)


def still_there(
    found: Sequence[Found[P]], compared: Compared, stands: Callable[[Quote[P]], bool]
) -> list[int]:
    """The windows whose quotes stand where they were read."""
    return [window for window, quote in enumerate(_quotes(found, compared)) if stands(quote)]


def answer_of(quote: Quote[P]) -> str:
    """What a quote answers, in its sentence."""
    return in_context(quote.text, quote.before, quote.after)


def each_sentence_once(quotes: Sequence[Quote[P]]) -> list[Quote[P]]:
    """The best of those that stand in the same sentence, which versions and copies of a document share."""
    first: dict[str, Quote[P]] = {}
    for quote in quotes:
        first.setdefault(same_answer(quote.sentence), quote)
    return list(first.values())


def _narrowed(candidate: Candidate, text: str, answer: str) -> Candidate:
    """The part of a span, whose text is `text`, that is the answer; all of it where it has other letters."""
    start, end = within(answer, text) or (0, len(text))
    return replace(candidate, start=candidate.start + start, end=candidate.start + end)


def _quotes(found: Sequence[Found[P]], compared: Compared) -> list[Quote[P]]:
    """A quote of each window."""
    pairs = zip(compared.best, compared.confidence.tolist(), strict=True)
    return [_quote(found[candidate.passage].passage, candidate, sure) for candidate, sure in pairs]


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


def _distinct(quotes: Iterable[tuple[Quote[P], float]]) -> list[tuple[Quote[P], float]]:
    """Without those that overlap a better one: neighbouring passages share a sentence."""
    kept: list[tuple[Quote[P], float]] = []
    for quote, here in quotes:
        if not any(
            quote.passage.document_id == other.passage.document_id
            and quote.start < other.end
            and other.start < quote.end
            for other, _ in kept
        ):
            kept.append((quote, here))
    return kept
