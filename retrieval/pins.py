"""Pinned answers: what a person said to a question, kept beside the documents and found by its meaning.

A pin has the audience of a collection, or is opened to a word as collections are.  The filter is in the SQL,
before anything is compared; what has expired is not there either.  Pins live in the file of the collections,
so that they go with these and no copy has the ones without the others.

But: what the words mean is not known here, nor how a pin looks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field, fields

import numpy as np

from retrieval.alike import NEAR, WORTH_A_LOOK, Reads, likeness, may_be_alike, wording
from retrieval.database import Database, json_list
from retrieval.errors import StoreError
from retrieval.vectors import Encoder, Float32s, as_int8

LOOKED_AT = 5
"""Of how many of the nearest pins the words are compared, one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPin:
    """An answer to be pinned; exactly one of `collection` and `open_to` is set.

    `author`: the name of whoever gave the answer; `author_key`, `pinned_by`: people, as grantees are written.
    `until`: seconds since 1970, None: for good.  `url`: where it was said.
    """

    question: str = field(repr=False)
    answer: str = field(repr=False)
    author: str
    collection: str | None = None
    open_to: str | None = None
    author_key: str | None = None
    pinned_by: str | None = None
    until: float | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin(NewPin):
    """A pinned answer."""

    id: int
    pinned_at: float


@dataclass(frozen=True, slots=True)
class Pinned:
    """A pin that answers a question; `likeness`: how probable it is that the pin's is the same."""

    pin: Pin
    likeness: float


class Pins:
    """The pinned answers of a store; safe to share between threads."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def add(self, new: NewPin, encoder: Encoder) -> Pin:
        """Pin an answer.  Raises KeyError where there is no such collection."""
        vector = as_int8(encoder.encode([new.question]))[0].tobytes()
        with self._database.writing() as db:
            collection = None
            if new.collection is not None:
                row = db.execute("SELECT id FROM collections WHERE name = ?", (new.collection,)).fetchone()
                if row is None:
                    raise KeyError(new.collection)
                collection = row[0]
            now = self._clock()
            number = db.execute(
                "INSERT INTO pins (collection_id, open_to, question, answer, author, author_key, pinned_by, "
                "pinned_at, until, url, encoder, vector) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    collection, new.open_to, new.question, new.answer, new.author, new.author_key,
                    new.pinned_by, now, new.until, new.url, encoder.id, vector,
                ),
            ).lastrowid  # fmt: skip
        return Pin(id=number or 0, pinned_at=now, **{name: getattr(new, name) for name in _GIVEN})

    def all(self) -> list[Pin]:
        """Every pin, the latest first, expired ones included."""
        with self._database.reading() as db:
            return [_pin(row) for row in db.execute(f"{_PINS} ORDER BY p.id DESC").fetchall()]

    def current(self) -> list[int]:
        """The ids of the pins that hold now, the latest first."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT id FROM pins WHERE until IS NULL OR until > ? ORDER BY id DESC", (self._clock(),)
            ).fetchall()
        return [row[0] for row in rows]

    def find(
        self,
        question: str,
        encoder: Encoder,
        *,
        collections: Collection[str] | None = None,
        open_to: Collection[str] | None = None,
        reads: Reads | None = None,
    ) -> Pinned | None:
        """The pin whose question is the one that is asked; None without one.

        Only those of some collections, and those opened to one of some words, are looked at (None: all).
        `reads`: what a reader makes of the few that come near.
        """
        with self._database.reading() as db:
            rows = db.execute(
                f"{_PINS} WHERE {_SEEN} ORDER BY p.id DESC",
                {"now": self._clock(), "collections": json_list(collections), "open_to": json_list(open_to)},
            ).fetchall()
        if not rows or not question.strip():
            return None
        rows = _latest(rows)
        pins = [_pin(row) for row in rows]
        (asked,) = encoder.encode([question])
        cosines = (_vectors(self._encoded(rows, encoder)) @ asked).tolist()
        near = sorted(zip(cosines, pins, strict=True), key=lambda each: -each[0])[:LOOKED_AT]
        best: Pinned | None = None
        for cosine, pin in near:
            if cosine >= WORTH_A_LOOK and may_be_alike(question, pin.question, answer=pin.answer):
                found = likeness(question, pin.question, encoder, answer=pin.answer, reads=reads)
                if found >= NEAR and (best is None or found > best.likeness):
                    best = Pinned(pin, found)
        return best

    def remove(self, number: int) -> bool:
        """Remove a pin; whether there was one."""
        with self._database.writing() as db:
            return db.execute("DELETE FROM pins WHERE id = ?", (number,)).rowcount == 1

    def remove_of(self, collection: str) -> None:
        """Remove the pins of a collection."""
        with self._database.writing() as db:
            db.execute(
                "DELETE FROM pins WHERE collection_id = (SELECT id FROM collections WHERE name = ?)",
                (collection,),
            )

    def forget(self, is_theirs: Callable[[str], bool]) -> int:
        """Remove what a person said, and their key from what they pinned; how many pins are gone.

        `is_theirs` tells whether a key is that person's.
        """
        pins = self.all()
        gone = [(pin.id,) for pin in pins if pin.author_key is not None and is_theirs(pin.author_key)]
        only_pinned = [(pin.id,) for pin in pins if pin.pinned_by is not None and is_theirs(pin.pinned_by)]
        with self._database.writing() as db:
            db.executemany("DELETE FROM pins WHERE id = ?", gone)
            db.executemany("UPDATE pins SET pinned_by = NULL WHERE id = ?", only_pinned)
        self._database.clear_log()
        return len(gone)

    def _encoded(self, rows: list[tuple[object, ...]], encoder: Encoder) -> list[tuple[object, ...]]:
        """The rows with this encoder's vectors; another one's are made anew, and stored."""
        strange = [row for row in rows if row[-2] != encoder.id]
        if not strange:
            return rows
        made = as_int8(encoder.encode([str(row[3]) for row in strange]))
        anew = {row[0]: vector.tobytes() for row, vector in zip(strange, made, strict=True)}
        # A store that is busy, full or read-only costs the next question the same work, and this one nothing.
        with suppress(StoreError), self._database.writing() as db:
            db.executemany(
                "UPDATE pins SET encoder = ?, vector = ? WHERE id = ? AND question = ?",
                [(encoder.id, anew[row[0]], row[0], row[3]) for row in strange],
            )
        return [(*row[:-2], encoder.id, anew.get(row[0], row[-1])) for row in rows]


_GIVEN = tuple(each.name for each in fields(NewPin))
_PINS = (
    "SELECT p.id, c.name, p.open_to, p.question, p.answer, p.author, p.author_key, p.pinned_by, p.pinned_at, "
    "p.until, p.url, p.encoder, p.vector FROM pins p LEFT JOIN collections c ON c.id = p.collection_id"
)
# The audience filter, as in `store.py`.
_SEEN = (
    "(p.until IS NULL OR p.until > :now) AND CASE WHEN p.open_to IS NULL "
    "THEN :collections IS NULL OR c.name IN (SELECT value FROM json_each(:collections)) "
    "ELSE :open_to IS NULL OR p.open_to IN (SELECT value FROM json_each(:open_to)) END"
)


def _pin(row: tuple[object, ...]) -> Pin:
    names = (
        "id", "collection", "open_to", "question", "answer", "author", "author_key", "pinned_by", "pinned_at",
        "until", "url",
    )  # fmt: skip
    return Pin(**dict(zip(names, row, strict=False)))  # type: ignore[arg-type]


def _latest(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Of rows, the latest first, only the first for each question.

    Else a reader may find that an answer which was corrected since fits other words of its question better.
    """
    first: dict[tuple[tuple[str, ...], ...], tuple[object, ...]] = {}
    for row in rows:
        first.setdefault(wording(str(row[3])), row)
    return list(first.values())


def _vectors(rows: list[tuple[object, ...]]) -> Float32s:
    """The vectors of pins' questions, each of length 1."""
    vectors = np.array([np.frombuffer(row[-1], np.int8) for row in rows], np.float32)  # type: ignore[call-overload]
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Float32s = vectors / np.maximum(lengths, 1e-9)
    return unit
