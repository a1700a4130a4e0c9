"""How an answer came about, for whoever looks behind it: passages, heat on the text, confidence, time.

The passages and figures are those of the records.  The heat is not kept: the reader reads the best few
passages once more for it, with the question as it was read: behind the one on which it leans, spelled out.

But: nothing is answered here, and nobody's audience asked: the page is for the one who runs the demo.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot import messages
from bot.composition import Workplace
from bot.exhibits import Exhibition
from bot.records.outcomes import outcome_from_json
from bot.records.questions import Question
from qa_engine.answers import Answer, Outcome, PassageEvidence
from qa_engine.heat import WarmWindow, warm_windows
from retrieval.stored import StoredPassage

WARM = 3  # passages that are shown with heat on them
Piece = tuple[str, float]


def insight(work: Workplace, question: Question) -> dict[str, Any]:
    """What is known of a question's answer, as JSON."""
    record: dict[str, Any] = {
        "number": question.id,
        "revision": question.revision,
        "question": question.as_read or question.asked.text,
        "state": messages.STATES.get(question.state, question.state),
        "outcome": None,
    }
    if question.outcome is None:
        return record
    outcome = outcome_from_json(question.outcome, work.store.passages)
    if outcome is None:
        return record | {"state": messages.CHANGED_SINCE}
    return record | {"outcome": _outcome(work, question, outcome)}


def _outcome(work: Workplace, question: Question, outcome: Outcome[StoredPassage]) -> dict[str, Any]:
    why = Exhibition(work).why(question.as_read, outcome, collections=question.asked_of)
    seconds = outcome.evidence.seconds
    stopped = "" if why.stopped is None else messages.WHY_STOPPED[why.stopped]
    return {
        "answer": outcome.quote.text if isinstance(outcome, Answer) else None,
        "sentence": None if isinstance(outcome, Answer) else messages.NO_ANSWER[outcome.reason],
        "confidence": why.confidence, "margin": why.margin, "threshold": why.threshold,
        "nothing": why.nothing, "read": why.read, "stopped": stopped.format(left=why.unread),
        "windows": why.windows, "confirmed": why.confirmed,
        "stages": [{"name": name, "milliseconds": 1000 * spent} for name, spent in seconds.items()],
        "passages": [
            {
                "place": shown.place, "url": shown.url, "bm25": shown.bm25,
                "probability": shown.probability, "words": list(shown.words),
            }
            for shown in why.passages
        ],
        "warm": _warm(work, question.as_read, outcome.evidence.passages[: why.read]),
    }  # fmt: skip


def _warm(
    work: Workplace, question: str, rows: Sequence[PassageEvidence[StoredPassage]]
) -> list[dict[str, Any]]:
    """The windows of the most probable passages, with heat on their text; none where words are not kept."""
    if not question:
        return []
    best = [row.passage for row in sorted(rows, key=lambda row: -row.probability)[:WARM]]
    texts = [passage.text for passage in best]
    read = work.library.spelled_out(question)
    windows = warm_windows(work.model.reader, read, texts, [passage.heading for passage in best])
    return [
        {"place": work.cite(best[window.passage]).place, "pieces": pieces(texts[window.passage], window)}
        for window in windows
    ]


def pieces(text: str, window: WarmWindow) -> list[Piece]:
    """A window's text cut where its heat changes; put together, they are the text."""
    found: list[Piece] = []
    if not len(window.offsets):
        return found
    at = int(window.offsets[0, 0])
    for (start, end), heat in zip(window.offsets.astype(int).tolist(), window.heat.tolist(), strict=True):
        warmth = round(heat, 2)
        if found and found[-1][1] == warmth:
            found[-1] = (found[-1][0] + text[at:end], warmth)
        else:
            if start > at:
                found.append((text[at:start], 0.0 if not found else min(found[-1][1], warmth)))
            found.append((text[start:end], warmth))
        at = end
    return found
