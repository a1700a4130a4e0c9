"""Vectors of passages, searched by cosine: one byte a number, in flat arrays, changed while they are in use.

A vector is kept in int8, stretched until its largest number is 127; its length is divided away, so that no
scale need be kept.  A search has two steps: the signs of all vectors are compared with the question's
(Hamming distance, 48 bytes a passage; Charikar, "Similarity estimation techniques from rounding algorithms",
2002), and the nearest `RESCORED`, or one in `ONE_IN`, are ranked by their exact cosines.  Among no more
passages than that the result is exact; how much of it larger stores keep is measured by
`benchmarks/vectors.py`.

But: no text and no model here, no file, no lock (one change at a time, and no search during it, is the
caller's care).  What makes vectors of texts is an `Encoder`, which `qa_engine` has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrieval.bm25 import Hit
from retrieval.slots import allowed

Float32s: TypeAlias = NDArray[np.float32]
Int8s: TypeAlias = NDArray[np.int8]
Rows: TypeAlias = NDArray[np.intp]

RESCORED = 4_096
"""How many of the nearest by sign get their exact cosine at least: a millisecond's work."""
ONE_IN = 64
"""And how many of a large store's: those that are nearest in truth lie among a share of it, not a number."""
GROWTH = 9 / 8  # of the arrays when they are full: little is wasted at a hundred thousand passages
_WORD = 64  # signs compared at once


class Encoder(Protocol):
    """Whatever turns texts into vectors of length 1, float32[n, width]; `id` says whose vectors they are."""

    @property
    def id(self) -> str: ...
    def encode(self, texts: Sequence[str]) -> Float32s: ...


@dataclass(frozen=True, slots=True)
class Encoded:
    """The vectors of a document's passages, int8[n, width], and the id of the encoder that made them."""

    encoder: str
    vectors: Int8s = field(repr=False)


def passage_text(title: str, heading_path: Sequence[str], text: str) -> str:
    """What an encoder reads of a passage: what it is about in front, then what it says."""
    about = " > ".join(part for part in (title, *heading_path) if part)
    return f"{about}: {text}" if about else text


def encoded(texts: Sequence[str], encoder: Encoder) -> Encoded:
    """The vectors of some texts as they are kept."""
    return Encoded(encoder.id, as_int8(encoder.encode(texts)))


def as_int8(vectors: Float32s) -> Int8s:
    """Each row stretched until its largest number is 127; a row of zeros stays one."""
    largest = np.abs(vectors).max(axis=1, initial=0.0, keepdims=True)
    stretched: Int8s = np.round(vectors * (127 / np.maximum(largest, 1e-9))).astype(np.int8)
    return stretched


class VectorIndex:
    """Vectors of passages by id, those of `width` numbers; a multiple of 8."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._words = -(-width // _WORD)
        self._used = 0
        self._columns: dict[str, NDArray[Any]] = {
            "vector": np.empty((0, width), np.int8),
            "length": np.empty(0, np.float32),
            "passage": np.empty(0, np.int64),
            "document": np.empty(0, np.int64),
            "collection": np.empty(0, np.uint16),
            **{f"signs {word}": np.empty(0, np.uint64) for word in range(self._words)},
        }
        self._rows = np.empty(0, np.int32)  # by passage id; -1 for what is not here

    def __len__(self) -> int:
        """How many passages can be found."""
        return self._used

    @property
    def nbytes(self) -> int:
        """Bytes in arrays: about 460 a passage of 384 numbers."""
        return sum(column.nbytes for column in self._columns.values()) + self._rows.nbytes

    def add(
        self, *, passage_ids: ArrayLike, document_ids: ArrayLike, collections: ArrayLike, vectors: Int8s
    ) -> None:
        """Add n passages that are not here; ids and collection codes int[n], vectors int8[n, width]."""
        ids = np.asarray(passage_ids, np.int64)
        if vectors.shape != (len(ids), self._width):
            raise ValueError(f"found {vectors.shape} vectors; expected {(len(ids), self._width)}")
        if not len(ids):
            return
        start, self._used = self._used, self._used + len(ids)
        lengths = np.linalg.norm(vectors.astype(np.float32), axis=1)
        new: dict[str, Any] = {
            "vector": vectors,
            "length": np.maximum(lengths, 1e-9),
            "passage": ids,
            "document": document_ids,
            "collection": collections,
            **{f"signs {word}": signs for word, signs in enumerate(self._signs(vectors).T)},
        }
        for name, values in new.items():
            self._columns[name] = _grown(self._columns[name], self._used, fill=0)
            self._columns[name][start : self._used] = values
        self._rows = _grown(self._rows, int(ids.max()) + 1, fill=-1)
        self._rows[ids] = np.arange(start, self._used)

    def remove_document(self, document_id: int) -> int:
        """Remove the passages of a document; returns how many there were."""
        holes = np.flatnonzero(self._column("document") == document_id)
        self._rows[self._column("passage")[holes]] = -1
        kept = self._used - len(holes)
        # The last passages move into the holes before them: no order is kept, and nothing else moves.
        tail = np.setdiff1d(np.arange(kept, self._used), holes)
        into = holes[holes < kept]
        for column in self._columns.values():
            column[into] = column[tail]
        self._rows[self._columns["passage"][into]] = into
        self._used = kept
        return len(holes)

    def search(self, vector: Float32s, k: int, *, collections: Collection[int] | None = None) -> list[Hit]:
        """The `k` passages nearest to a vector of length 1, best first, with their cosines.

        Only passages of `collections` are looked at (None: all).
        """
        rows = self._shown(collections)
        if (self._used if rows is None else len(rows)) > RESCORED:
            rows = self._nearest_by_sign(vector, rows)
        if rows is None:
            rows = np.arange(self._used)
        cosines = self._cosines(vector, rows)
        passages = self._columns["passage"][rows]
        best = np.lexsort((passages, -cosines))[:k]
        return [Hit(p, s) for p, s in zip(passages[best].tolist(), cosines[best].tolist(), strict=True)]

    def cosines(self, vector: Float32s, passage_ids: Iterable[int]) -> dict[int, float]:
        """The cosines of those of some passages that are here."""
        wanted = np.array([each for each in passage_ids if 0 <= each < len(self._rows)], np.intp)
        rows = self._rows[wanted]
        here = rows >= 0
        found = self._cosines(vector, rows[here].astype(np.intp))
        return dict(zip(wanted[here].tolist(), found.tolist(), strict=True))

    def _shown(self, collections: Collection[int] | None) -> Rows | None:
        """The rows of some collections; None for all."""
        if collections is None:
            return None
        return np.flatnonzero(allowed(collections)[self._column("collection")])

    def _nearest_by_sign(self, vector: Float32s, rows: Rows | None) -> Rows:
        """The rows (of `rows`, or of all) whose signs are most like the vector's, and equals."""
        asked = self._signs(vector[np.newaxis])[0]
        distances = np.zeros(self._used, np.uint16)
        for word, signs in enumerate(asked):
            distances += np.bitwise_count(self._column(f"signs {word}") ^ signs)
        if rows is not None:
            distances = distances[rows]
        within = np.cumsum(np.bincount(distances))  # how many lie no farther than each distance
        near = np.flatnonzero(distances <= np.searchsorted(within, max(RESCORED, len(distances) // ONE_IN)))
        return near if rows is None else rows[near]

    def _cosines(self, vector: Float32s, rows: Rows) -> Float32s:
        """Exact but for the rounding to int8."""
        found: Float32s = self._columns["vector"][rows].astype(np.float32) @ vector
        found /= self._columns["length"][rows]
        return found

    def _signs(self, vectors: NDArray[Any]) -> NDArray[np.uint64]:
        """Which numbers are positive, a bit each: uint64[n, words]."""
        packed = np.zeros((len(vectors), self._words * 8), np.uint8)
        packed[:, : -(-self._width // 8)] = np.packbits(vectors > 0, axis=1)
        return packed.view(np.uint64)

    def _column(self, name: str) -> NDArray[Any]:
        return self._columns[name][: self._used]


def _grown(array: NDArray[Any], size: int, *, fill: int) -> NDArray[Any]:
    """`array`, or a copy of it with `fill` behind and some room to spare, at least `size` long."""
    if size <= len(array):
        return array
    longer = np.full((max(size, int(len(array) * GROWTH)), *array.shape[1:]), fill, array.dtype)
    longer[: len(array)] = array
    return longer
