"""Outcomes for the records: references into the store and numbers, as JSON, and back.

But: no words of a document.  What comes back is read from the store again, with the audience filter, and
compared: a quote whose sentence is not what it was does not come back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from bot.records.posted import Cited
from qa_engine.answers import Answer, Evidence, NoAnswer, Outcome, PassageEvidence, Quote
from retrieval.stored import StoredPassage

Look = Callable[[Sequence[int]], Sequence[StoredPassage] | None]
"""Passages by their ids, those left out that are gone; None: the outcome may not be seen."""

_LEAST = -1e9  # JSON knows no infinity


def outcome_to_json(outcome: Outcome[StoredPassage]) -> str:
    """An outcome without any words."""
    answer = isinstance(outcome, Answer)
    first = [outcome.quote] if isinstance(outcome, Answer) else list(outcome.nearest)
    evidence = outcome.evidence
    return json.dumps(
        {
            "reason": outcome.reason if isinstance(outcome, NoAnswer) else None,
            "answer": answer,
            "first": [_quote_record(quote) for quote in first],
            "also": [_quote_record(quote) for quote in outcome.also] if isinstance(outcome, Answer) else [],
            "others": [_quote_record(quote) for quote in outcome.others],
            "read": evidence.read,
            "stopped": evidence.stopped,
            "confirmed": evidence.confirmed,
            "windows": evidence.windows,
            "threshold": evidence.threshold,
            "nothing": evidence.nothing,
            "seconds": {stage: round(seconds, 4) for stage, seconds in evidence.seconds.items()},
            "passages": [
                [row.passage.id, row.bm25, max(row.score, _LEAST), row.probability]
                for row in evidence.passages
            ],
        }
    )


def cited_in(outcome: Outcome[StoredPassage]) -> list[Cited]:
    """The documents whose words are shown for an outcome."""
    first = [outcome.quote] if isinstance(outcome, Answer) else outcome.nearest
    passages = {quote.passage.document_id: quote.passage for quote in first}
    return [Cited(document, passage.version) for document, passage in passages.items()]


def still_says(text: str, passages: Sequence[StoredPassage]) -> bool:
    """Whether the sentence that answered stands, wherever, among the passages of a document."""
    quote = json.loads(text)["first"][0]
    length = quote["sentence"][1] - quote["sentence"][0]
    return any(
        _digest(passage.text[first - passage.start : first - passage.start + length]) == quote["sha256"]
        for passage in passages
        for first, _ in passage.sentences
        if first + length in {last for _, last in passage.sentences}
    )


def outcome_from_json(text: str, look: Look) -> Outcome[StoredPassage] | None:
    """The outcome as far as it still stands; None where its answer does not."""
    record: Mapping[str, Any] = json.loads(text)
    wanted = {row[0] for row in record["passages"]}
    wanted |= {quote["passage"] for quote in (*record["first"], *record["also"], *record["others"])}
    found = look(sorted(wanted))
    if found is None:
        return None
    passages = {passage.id: passage for passage in found}
    first, also, others = (_quotes(record[name], passages) for name in ("first", "also", "others"))
    evidence = Evidence(
        passages=tuple(
            PassageEvidence(
                passage=passages[number],
                bm25=bm25,
                score=float("-inf") if score == _LEAST else score,
                probability=probability,
            )
            for number, bm25, score, probability in record["passages"]
            if number in passages
        ),
        read=sum(row[0] in passages for row in record["passages"][: record["read"]]),
        # Before there was an early stop, only the time could end a reading.
        stopped=record.get("stopped", "time" if record["read"] < len(record["passages"]) else None),
        confirmed=record["confirmed"],
        windows=record["windows"],
        threshold=record["threshold"],
        nothing=record["nothing"],
        seconds=record["seconds"],
    )
    if not record["answer"]:
        return NoAnswer(
            reason=record["reason"], nearest=tuple(first), others=tuple(others), evidence=evidence
        )
    if not first:
        return None
    return Answer(quote=first[0], also=tuple(also), others=tuple(others), evidence=evidence)


def _quote_record(quote: Quote[StoredPassage]) -> dict[str, Any]:
    return {
        "passage": quote.passage.id,
        "span": [quote.start, quote.end],
        "sentence": [quote.sentence_start, quote.sentence_end],
        "sha256": _digest(quote.sentence),
        "confidence": quote.confidence,
    }


def _quotes(
    records: Iterable[Mapping[str, Any]], passages: Mapping[int, StoredPassage]
) -> list[Quote[StoredPassage]]:
    found = []
    for record in records:
        passage = passages.get(record["passage"])
        if passage is None:
            continue
        (start, end), (first, last) = record["span"], record["sentence"]
        sentence = passage.text[first - passage.start : last - passage.start]
        if _digest(sentence) != record["sha256"]:
            continue
        found.append(
            Quote(
                passage=passage,
                start=start,
                end=end,
                text=passage.text[start - passage.start : end - passage.start],
                sentence_start=first,
                sentence_end=last,
                sentence=sentence,
                confidence=record["confidence"],
            )
        )
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
