"""A question of the records: what it is, what was found for it, and how both lie in the table.

But: which questions are read, and what becomes of them, is `records.py`'s business.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.asked import Asked, Place
from bot.conversation import Earlier, InContext
from bot.records.posted import Cited

State = Literal["waiting", "answered", "told", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question in the records.  `answer_ts`: the message that answers it, where it is public.

    Its text is empty when its words are not kept (any more).  `pin`: the pinned answer that was shown first.
    `asked_of`: the collections that it was asked of; None: not known.  `leans_on`: the question
    that was read in front of it; it is `earlier` as long as its words are kept.
    """

    id: int
    asked: Asked
    asked_at: float
    revision: int
    state: State
    answer_ts: str | None
    outcome: str | None = field(repr=False)
    pin: int | None = None
    asked_of: tuple[str, ...] | None = None
    leans_on: int | None = None
    earlier: Earlier | None = None

    @property
    def in_context(self) -> InContext | None:
        """It with the one on which it leans; None when words of either are not kept."""
        kept = self.asked.text and (self.leans_on is None or self.earlier is not None)
        return InContext(self.asked.text, self.earlier) if kept else None

    @property
    def as_read(self) -> str:
        """Its text as it was read, with the one on which it leans; empty when words are not kept."""
        return self.in_context.text if self.in_context is not None else ""

    @property
    def is_quoted(self) -> bool:
        """Whether the documents gave an answer, rather than that there is none."""
        return self.outcome is not None and bool(json.loads(self.outcome)["answer"])

    @property
    def has_answer(self) -> bool:
        """Whether an answer was found, in the documents or of a person."""
        return self.pin is not None or self.is_quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found for a question: its outcome as JSON, the pin, and the collections it was asked of.

    `cited`: the documents whose words stand in its message.  `leans_on`: the question that was read in front.
    """

    outcome: str = field(repr=False)
    pin: int | None = None
    asked_of: Sequence[str] | None = None
    cited: Collection[Cited] = ()
    leans_on: int | None = None


_COLUMNS = (
    "id", "team", "enterprise", "channel", "person", "via", "ts", "thread", "response_url", "sharing", "text",
    "asked_at", "revision", "state", "answer_ts", "outcome", "pin", "asked_of", "leans_on",
    "edit",
)  # fmt: skip
_EARLIER = "(SELECT e.text FROM questions e WHERE e.id = questions.leans_on)"


def found_columns(found: Found | None) -> dict[str, str | int | None]:
    """What was found, as its columns in the table; nothing was: each is NULL."""
    if found is None:
        return {"outcome": None, "pin": None, "asked_of": None, "leans_on": None}
    asked_of = None if found.asked_of is None else json.dumps(list(found.asked_of))
    return {
        "outcome": found.outcome, "pin": found.pin, "asked_of": asked_of, "leans_on": found.leans_on,
    }  # fmt: skip


def questions_where(
    db: sqlite3.Connection, where: str, values: Iterable[str | float], order: str = ""
) -> list[Question]:
    """The questions that fulfil a condition, the oldest first; `order` may end the statement otherwise."""
    rows = db.execute(
        f"SELECT {', '.join(_COLUMNS)}, {_EARLIER} FROM questions WHERE {where} ORDER BY id{order}",
        tuple(values),
    )
    return [_question(dict(zip(_COLUMNS, row, strict=False)), row[-1]) for row in rows.fetchall()]


def latest_where(db: sqlite3.Connection, where: str, values: Iterable[str | float]) -> Question | None:
    """The latest of them, or None."""
    found = questions_where(db, where, values, " DESC LIMIT 1")
    return found[0] if found else None


def one_where(db: sqlite3.Connection, where: str, values: Iterable[str | float]) -> Question:
    """The one there is."""
    found = latest_where(db, where, values)
    assert found is not None
    return found


def _question(row: dict[str, Any], earlier: str | None) -> Question:
    """`earlier`: the words of the question on which it leans."""
    place = Place(team=row["team"], channel=row["channel"], enterprise=row["enterprise"])
    return Question(
        id=row["id"],
        asked=Asked(
            place=place,
            person=row["person"],
            text=row["text"],
            via=row["via"],
            ts=row["ts"],
            thread=row["thread"],
            response_url=row["response_url"],
            sharing=row["sharing"],
            edit=row["edit"],
        ),
        asked_at=row["asked_at"],
        revision=row["revision"],
        state=row["state"],
        answer_ts=row["answer_ts"],
        outcome=row["outcome"],
        pin=row["pin"],
        asked_of=None if row["asked_of"] is None else tuple(json.loads(row["asked_of"])),
        leans_on=row["leans_on"],
        earlier=Earlier(row["leans_on"], earlier) if earlier else None,
    )
