"""Outcomes and documents as plain values for JSON.

But: field names are a promise to scripts; add to them, do not rename.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from bot.citations import Citation, Cite
from bot.exhibits import Exhibit
from qa_engine.answers import Answer, Evidence, Outcome, Quote
from retrieval.fusion import FusedHit
from retrieval.live_index import TermContribution
from retrieval.pins import Pin, Pinned
from retrieval.report import Report
from retrieval.stored import DocumentRecord, StoredPassage

Record = dict[str, Any]
Explain = Callable[[StoredPassage], list[TermContribution]]


def outcome_record(
    question: str,
    outcome: Outcome[StoredPassage],
    exhibit: Callable[[Quote[StoredPassage]], Exhibit],
    cite: Cite,
    explain: Explain | None,
    *,
    pinned: Pinned | None = None,
) -> Record:
    """An outcome; with the evidence if `explain` is given, and with a person's answer where there is one."""

    def quotes(those: Sequence[Quote[StoredPassage]]) -> list[Record]:
        return [_quote(quote, exhibit(quote)) for quote in those]

    record: Record = {"question": question, "others": quotes(outcome.others)}
    record["pinned"] = None if pinned is None else pin_record(pinned.pin) | {"likeness": pinned.likeness}
    if isinstance(outcome, Answer):
        record |= {
            "outcome": "answer",
            "answer": _quote(outcome.quote, exhibit(outcome.quote)),
            "also": quotes(outcome.also),
        }
    else:
        record |= {
            "outcome": "no answer",
            "reason": outcome.reason,
            "nearest": quotes(outcome.nearest),
        }
    if explain is not None:
        record["why"] = _evidence(outcome.evidence, cite, explain)
    return record


def pin_record(pin: Pin) -> Record:
    """A person's answer, its times as ISO 8601; `until` null: for good."""
    times = {name: _time(getattr(pin, name)) for name in ("pinned_at", "until")}
    return {**asdict(pin), **times}


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def passage_record(passage: StoredPassage, hit: FusedHit, citation: Citation) -> Record:
    """A passage that a search found."""
    return {
        "score": hit.score,
        "bm25": hit.bm25,
        "bm25_rank": hit.bm25_rank,
        "cosine": hit.cosine,
        "cosine_rank": hit.cosine_rank,
        "passage_id": passage.id,
        "document_id": passage.document_id,
        "collection": passage.collection,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "citation": _citation(citation),
    }


def document_record(document: DocumentRecord) -> Record:
    """A stored document without its text."""
    return asdict(document)


def report_record(report: Report) -> Record:
    """What became of every path of an ingest."""
    return {"counts": report.counts, "types": report.types, "rows": [asdict(row) for row in report.rows]}


def _citation(citation: Citation) -> Record:
    changed = citation.changed
    return asdict(citation) | {"changed": None if changed is None else changed.isoformat()}


def _quote(quote: Quote[StoredPassage], shown: Exhibit) -> Record:
    return {
        "text": quote.text,
        "sentence": quote.sentence,
        "confidence": quote.confidence,
        "document_id": quote.passage.document_id,
        "start": quote.start,
        "end": quote.end,
        "sentence_start": quote.sentence_start,
        "sentence_end": quote.sentence_end,
        "introductions": list(shown.around.introductions),
        "items": [asdict(item) for item in shown.around.items],
        "items_left": shown.around.left,
        "rows_left": shown.around.rows,
        "citation": _citation(shown.citation),
    }


def _evidence(evidence: Evidence[StoredPassage], cite: Cite, explain: Explain) -> Record:
    return {
        "passages_read": evidence.read,
        "stopped": evidence.stopped,
        "passages_confirmed": evidence.confirmed,
        "windows": evidence.windows,
        "threshold": evidence.threshold,
        "no_answer_probability": evidence.nothing,
        "seconds": dict(evidence.seconds),
        "passages": [
            {
                "passage_id": row.passage.id,
                "citation": _citation(cite(row.passage, None)),
                "bm25": row.bm25,
                # Not read, or without any word of the model's vocabulary: no span; JSON knows no infinity.
                "reader": row.score if row.score > float("-inf") else None,
                "probability": row.probability,
                "terms": {each.term: each.contribution.score for each in explain(row.passage)},
            }
            for row in evidence.passages
        ],
    }
