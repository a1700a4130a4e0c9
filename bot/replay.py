"""Replay: questions asked again, and what would change.

A question is asked of the collections that it was asked of then, so that what was granted and revoked since
is no difference.  Answers are compared by the sentence that is quoted and the stretch of it, which survive a
page that is read in anew, and else by their words.  A pinned answer comes first, as it does when people ask;
those for a workspace count for whoever asked there.

But: what the documents say below a pinned answer is not compared; nothing is recorded, nobody is told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from bot import messages
from bot.audience import workspace_key
from bot.composition import Workplace
from bot.conversation import InContext
from bot.looking import look
from bot.records.questions import Question
from qa_engine.agreement import same_answer
from qa_engine.answers import Answer, Outcome
from retrieval.pins import Pin, Pinned
from retrieval.stored import StoredPassage

Change = Literal["gained", "lost", "different", "same"]
CHANGES: tuple[Change, ...] = ("gained", "lost", "different", "same")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What came of a question.  `text`: the answer, None: there was none, "": its words are gone since.

    `mark`: which stretch of which sentence that was, without their words.
    """

    text: str | None = field(repr=False)
    mark: str | None = None
    place: str | None = None
    confidence: float | None = None


NOTHING = Said(text=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question to be asked again, of some collections (None: of all).  `before` None: not known.

    `question`: as it was read; `in_context`: with the one on which it leans, where it is known to lean.
    `count`: how often it was asked.  `team`: in which workspace; None: in any.
    """

    question: str = field(repr=False)
    in_context: InContext | None = field(default=None, repr=False)
    collections: tuple[str, ...] | None = None
    before: Said | None = None
    count: int = 1
    team: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A question, what was said to it before, and what would be said now."""

    case: Case
    now: Said

    @property
    def change(self) -> Change:
        """What would change; "same" where it is not known what was said before."""
        before, now = self.case.before, self.now
        if before is None or (before.text is None and now.text is None):
            return "same"
        if before.text is None or now.text is None:
            return "gained" if before.text is None else "lost"
        same_words = bool(now.text) and same_answer(before.text) == same_answer(now.text)
        return "same" if same_words or (now.mark is not None and before.mark == now.mark) else "different"


def recorded_cases(work: Workplace, questions: Iterable[Question]) -> list[Case]:
    """The questions of the records that have words and were looked up, as the latest in a workspace ended."""
    latest: dict[tuple[str, tuple[str, ...] | None, str], tuple[Question, int]] = {}
    for each in questions:
        if each.as_read and each.outcome is not None:
            key = (each.as_read, each.asked_of, each.asked.place.team)
            _, count = latest.pop(key, (each, 0))
            latest[key] = (each, count + 1)
    pins = {pin.id: pin for pin in work.pins.all()}
    return [
        Case(
            question=text,
            in_context=each.in_context,
            collections=asked_of,
            before=_recorded(work, each.outcome or "") if each.pin is None else _pinned(pins.get(each.pin)),
            count=count,
            team=team,
        )
        for (text, asked_of, team), (each, count) in latest.items()
    ]


def replay(
    work: Workplace,
    cases: Sequence[Case],
    *,
    passages: int,
    threshold: float | None = None,
    progress: Progress | None = None,
) -> list[Replayed]:
    """Ask them all.  No time limit is kept: what is read must not depend on how busy the machine is."""
    found = []
    for number, case in enumerate(cases, 1):
        found.append(Replayed(case=case, now=_asked(work, case, passages, threshold)))
        if progress is not None:
            progress(number, len(cases))
    return found


def against(cases: Sequence[Case], earlier: Sequence[Replayed]) -> list[Case]:
    """The same questions, with what an earlier replay found as what was said before."""
    known = {(each.case.question, each.case.collections, each.case.team): each.now for each in earlier}

    def before(case: Case) -> Said | None:
        there = known.get((case.question, case.collections, case.team))
        # Files that were saved before they named the workspace.
        return there or known.get((case.question, case.collections, None))

    return [replace(case, before=before(case)) for case in cases]


def saved(replayed: Sequence[Replayed]) -> str:
    """A replay as JSON, a question a line, so that two of them can be compared line by line."""
    return "".join(
        json.dumps(
            {
                "question": each.case.question,
                "collections": each.case.collections,
                "count": each.case.count,
                "team": each.case.team,
                "now": asdict(each.now),
            },
            ensure_ascii=False,
        )
        + "\n"
        for each in replayed
    )


def read_saved(text: str) -> list[Replayed]:
    """What `saved` wrote.  Raises ValueError, KeyError or TypeError for anything else."""
    return [_replayed(json.loads(line)) for line in text.split("\n") if line.strip()]


def _replayed(record: Mapping[str, Any]) -> Replayed:
    collections, now = record["collections"], Said(**record["now"])
    case = Case(
        question=record["question"],
        collections=None if collections is None else tuple(collections),
        count=record["count"],
        team=record.get("team"),
    )
    if not (
        all(isinstance(text, str) for text in (case.question, *(case.collections or ())))
        and isinstance(case.count, int)
        and all(isinstance(text, str | None) for text in (now.text, now.mark, now.place, case.team))
        and isinstance(now.confidence, int | float | None)
    ):
        raise ValueError("other values than are saved")
    return Replayed(case=case, now=now)


def _asked(work: Workplace, case: Case, passages: int, threshold: float | None) -> Said:
    def find_pin(text: str) -> Pinned | None:
        keys = None if case.team is None else [workspace_key(case.team)]
        return work.pinned(text, collections=case.collections, keys=keys)

    def ask(text: str) -> Outcome[StoredPassage]:
        return work.answerer.ask(
            text,
            collections=case.collections,
            passages=passages,
            threshold=work.threshold if threshold is None else threshold,
        )

    looked = look(work, case.in_context or InContext(case.question), ask=ask, find_pin=find_pin)
    return _said(work, looked.outcome) if looked.pinned is None else _pinned(looked.pinned.pin)


def _pinned(pin: Pin | None) -> Said:
    """A person's answer; None: it was removed since."""
    if pin is None:
        return Said(text="", place=messages.REPLAY_PIN_GONE)
    digest = hashlib.sha256(pin.answer.encode()).hexdigest()
    place = messages.REPLAY_PIN.format(author=pin.author)
    return Said(text=pin.answer, mark=f"pin {digest[:16]}", place=place)


def _said(work: Workplace, outcome: Outcome[StoredPassage]) -> Said:
    if not isinstance(outcome, Answer):
        return NOTHING
    quote = outcome.quote
    digest = hashlib.sha256(quote.sentence.encode()).hexdigest()
    return Said(
        text=quote.text,
        mark=_mark(digest, (quote.start, quote.end), quote.sentence_start),
        place=str(work.cite(quote.passage, quote.start).place),
        confidence=round(quote.confidence, 3),
    )


def _recorded(work: Workplace, outcome: str) -> Said:
    """What was said, as far as its words still stand where they stood."""
    record = json.loads(outcome)
    if not record["answer"]:
        return NOTHING
    first = record["first"][0]
    (start, end), (begins, ends) = first["span"], first["sentence"]
    mark = _mark(first["sha256"], (start, end), begins)
    gone = Said(text="", mark=mark, confidence=round(first["confidence"], 3))
    passages = work.store.passages([first["passage"]])
    if not passages:
        return gone
    (passage,) = passages
    sentence = passage.text[begins - passage.start : ends - passage.start]
    if hashlib.sha256(sentence.encode()).hexdigest() != first["sha256"]:
        return gone
    return Said(
        text=passage.text[start - passage.start : end - passage.start],
        mark=mark,
        place=str(work.cite(passage, start).place),
        confidence=gone.confidence,
    )


def _mark(digest: str, span: tuple[int, int], begins: int) -> str:
    return f"{digest[:16]} {span[0] - begins}-{span[1] - begins}"
