"""The passages of the inverted index: a table of flat columns, a passage a row, numbered by *slot*.

Slots are given in the order of coming.  A removed passage is only marked; `compact` gives the slots of the
others anew, in the same order.

But: no terms and no scores; and no lock, as in `inverted_index.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.segments import Ids

MAX_COLLECTION = 2**16 - 1
_COLUMN = np.dtype(
    [("passage", "<i8"), ("document", "<i8"), ("length", "<f8"), ("collection", "<u2"), ("alive", "?")]
)


class Slots:
    """`used` slots of which `live` are not removed, and the `total_length` of these."""

    def __init__(self) -> None:
        self._columns = {name: np.empty(0, _COLUMN[name]) for name in _COLUMN.fields or ()}
        self.used = 0
        self.live = 0
        self.total_length = 0.0
        self._largest_id = -1

    @property
    def nbytes(self) -> int:
        """Bytes in arrays: about 35 a passage."""
        return sum(column.nbytes for column in self._columns.values())

    def column(self, name: str) -> NDArray[Any]:
        """A column, dead slots included: "passage", "document", "length", "collection" or "alive"."""
        return self._columns[name][: self.used]

    def check_new(self, ids: Ids) -> None:
        """Raises ValueError if a passage comes twice, or is here already."""
        distinct, times = np.unique(ids, return_counts=True)
        twice = distinct[times > 1]
        if not len(twice) and len(ids) and ids.min() <= self._largest_id:  # ids mostly grow: no need to look
            passages = self.column("passage")[self.column("alive")]
            twice = passages[np.isin(passages, ids)]
        if len(twice):
            raise ValueError(f"passage {twice[0]} is already in the index; remove it first")

    def add(self, *, passages: Ids, documents: Ids, lengths: NDArray[Any], collections: Ids) -> None:
        """Give the next slots to some passages (at least one), each array of shape [n]."""
        start, self.used = self.used, self.used + len(passages)
        new: dict[str, Any] = {
            "passage": passages,
            "document": documents,
            "length": lengths,
            "collection": collections,
            "alive": True,
        }
        for name, values in new.items():
            self._columns[name] = grown(self._columns[name], self.used)
            self._columns[name][start : self.used] = values
        self.live += len(passages)
        self.total_length += float(lengths.sum())
        self._largest_id = max(self._largest_id, int(passages.max()))

    def remove(self, slots: Ids) -> None:
        """Mark live slots as removed."""
        self._columns["alive"][slots] = False
        self.live -= len(slots)
        self.total_length -= float(self._columns["length"][slots].sum())

    def compact(self) -> None:
        """Drop the removed ones; the others move together."""
        alive = self.column("alive")
        self._columns = {name: self.column(name)[alive] for name in self._columns}
        self.used = self.live
        self.total_length = float(self._columns["length"].sum())

    def of_document(self, document_id: int) -> Ids:
        """The live slots of a document."""
        return self._where("document", document_id)

    def of_passage(self, passage_id: int) -> int:
        """The slot of a passage.  Raises ValueError if it is not here."""
        slots = self._where("passage", passage_id)
        if not len(slots):
            raise ValueError(f"passage {passage_id} is not in the index")
        return int(slots[0])

    def of_passages(self, passage_ids: Iterable[int]) -> Ids:
        """The slots of those of some passages that are here, in the order of their coming."""
        wanted = np.fromiter(passage_ids, np.int64)
        return np.flatnonzero(np.isin(self.column("passage"), wanted) & self.column("alive"))

    def shown(self, slots: NDArray[np.intp], collections: Collection[int] | None) -> NDArray[np.bool_] | None:
        """Which of `slots` are alive and in one of `collections` (None: any); None for all of them."""
        alive = None if self.live == self.used else self._columns["alive"][slots]
        if collections is None:
            return alive
        seen: NDArray[np.bool_] = allowed(collections)[self._columns["collection"][slots]]
        return seen if alive is None else seen & alive

    def _where(self, name: str, value: int) -> Ids:
        # A scan: 0.05 ms at 100,000 passages, and no dictionary of a hundred bytes an entry.
        return np.flatnonzero((self.column(name) == value) & self.column("alive"))


def allowed(collections: Collection[int]) -> NDArray[np.bool_]:
    """Which codes are among `collections`, by code; bool[MAX_COLLECTION + 1]."""
    codes = np.zeros(MAX_COLLECTION + 1, bool)
    codes[[code for code in collections if 0 <= code <= MAX_COLLECTION]] = True
    return codes


def grown(array: NDArray[Any], size: int) -> NDArray[Any]:
    """`array`, or a copy of it with zeros behind and room to spare, at least `size` long."""
    if size <= len(array):
        return array
    longer = np.zeros(max(size, len(array) * 3 // 2), array.dtype)
    longer[: len(array)] = array
    return longer
