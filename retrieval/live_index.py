"""The index that follows the store: a change made by any process is seen by the next question.

It ranks by words (BM25), by meaning (the cosine of vectors, where there are some), and by both.  Before every
search `PRAGMA data_version` tells in microseconds whether anybody has committed since.  If so, the documents
named in the store's log of changes are taken out of the index and read in again; an index that is further
behind than the log reaches back is built anew.

A question is spelled out with the store's synonyms (`synonyms.py`), and a word of it that stands in no
passage is taken for a slip of one that does (`spelling.py`), unless `is_word` knows it.

But: one search at a time (a lock): a search takes a millisecond, a reading of windows a hundred.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from retrieval import synonyms
from retrieval.bm25 import BM25Index, Contribution, Hit
from retrieval.changes import changed_since, newest_change
from retrieval.database import json_list
from retrieval.fusion import DEPTH, FusedHit, Fusion, fuse
from retrieval.postings import POSTING, FieldWeights, Postings
from retrieval.spelling import mended, respelled
from retrieval.store import Store
from retrieval.synonyms import Group, groups_of, spelled_out
from retrieval.terms import all_words, question_terms, question_words, stems
from retrieval.vectors import Encoder, Float32s, Int8s, VectorIndex

# Chosen together with the weight of the cosine, on train questions (`benchmarks/retrieval.md`).  Passages are
# short: that a word stands there says more than how often.  b from 0.2 to 0.9 made it no better.
K1, B = 0.6, 0.75
WRITTEN_IN = 20
"""Passages in which a word is looked for as it is written: a stem may stand in thousands."""
ROWS_AT_ONCE = 20_000  # bounds the memory of a build


@dataclass(frozen=True, slots=True)
class TermContribution:
    """A term of the question, and what it did for a passage's score."""

    term: str
    contribution: Contribution


class LiveIndex:
    """An index over all passages of a store; safe to share between threads.

    Without an `encoder` it knows words only; without `is_word` it takes every word as it is spelled.
    """

    def __init__(
        self,
        store: Store,
        *,
        encoder: Encoder | None = None,
        fusion: Fusion | None = None,
        weights: FieldWeights | None = None,
        is_word: Callable[[str], bool] | None = None,
        k1: float = K1,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._fusion = Fusion() if fusion is None else fusion
        self._weights = weights
        self._is_word = is_word
        self._k1 = k1
        self._lock = threading.Lock()
        self._connection = store.database.connect()
        self._index = self._empty()
        self._vectors: VectorIndex | None = None  # until there are some
        self._synonyms: list[Group] = []
        self._version: int | None = None  # PRAGMA data_version when the index was last looked after
        self._change = -1  # the newest change that the index holds; -1: never built

    def __len__(self) -> int:
        """How many passages can be found."""
        with self._lock, self._store.database.snapshot(self._connection):
            self._follow()
            return len(self._index)

    def find(self, question: str, k: int, *, collections: Collection[str] | None = None) -> list[FusedHit]:
        """The best `k` passages by words and meaning, best first, of some collections (None: all)."""
        question = self._understood(question, collections)
        asked = self._encode(question)
        depth = max(k, DEPTH)
        with self._lock, self._store.database.snapshot(self._connection):
            self._follow()
            codes = self._codes(collections)
            terms = self._terms(question)
            ids, bound = [term_id for _, term_id in terms], self._bound(question, terms)
            by_words = self._index.search(ids, depth, collections=codes)
            if asked is None or self._vectors is None:
                return fuse(by_words, [], {}, {}, bound=bound, fusion=self._fusion)[:k]
            by_meaning = self._vectors.search(asked, depth, collections=codes)
            bm25 = self._index.scores_of(ids, [hit.passage_id for hit in by_meaning])
            cosines = self._vectors.cosines(asked, [hit.passage_id for hit in by_words])
        return fuse(by_words, by_meaning, bm25, cosines, bound=bound, fusion=self._fusion)[:k]

    def nearest(self, question: str, k: int, *, collections: Collection[str] | None = None) -> list[Hit]:
        """The `k` passages whose vectors are nearest to the question's, with their cosines."""
        question = self._understood(question, collections)
        asked = self._encode(question)
        with self._lock, self._store.database.snapshot(self._connection):
            self._follow()
            if asked is None or self._vectors is None:
                return []
            return self._vectors.search(asked, k, collections=self._codes(collections))

    @property
    def vectors(self) -> int:
        """How many passages can be found by their vectors."""
        with self._lock, self._store.database.snapshot(self._connection):
            self._follow()
            return 0 if self._vectors is None else len(self._vectors)

    def search(self, question: str, k: int, *, collections: Collection[str] | None = None) -> list[Hit]:
        """The best `k` passages by BM25, best first, among those of some collections (None: all)."""
        question = self._understood(question, collections)
        with self._lock, self._store.database.snapshot(self._connection):
            self._follow()
            ids = [term_id for _, term_id in self._terms(question)]
            return self._index.search(ids, k, collections=self._codes(collections))

    def spelled_out(self, question: str) -> str:
        """The question with the synonyms of its words behind it."""
        with self._lock, self._store.database.snapshot(self._connection):
            self._follow()
            return spelled_out(question, self._synonyms)

    def mended(self, question: str, *, collections: Collection[str] | None = None) -> Mapping[str, str]:
        """What is looked for in place of words that stand in no passage of some collections."""
        if self._is_word is None:
            return {}
        words = list(dict.fromkeys(question_words(question)))
        seen = self._passages_with(words, collections)
        missing = [word for word in words if word not in seen and not self._is_word(word)]
        return mended(missing, lambda others: self._real_words(others, collections)) if missing else {}

    def is_strange(self, question: str, *, collections: Collection[str] | None = None) -> bool:
        """Whether it asks of nothing but names or abbreviations that stand in no passage of some collections.

        An ordinary word may be put in other words there; "PTO" is not, and what is near it is another one.
        """
        understood = self._understood(question, collections)
        words = question_words(understood)
        capitals = {word.casefold() for word in re.findall(r"\w+", question) if word.isupper()}
        is_word = self._is_word or (lambda _: True)  # without a vocabulary, capitals tell
        if not words or any(is_word(word) and word not in capitals for word in words):
            return False
        return not self._passages_with(words, collections)

    def bound(self, question: str) -> float:
        """What no passage's BM25 can exceed for a question."""
        with self._lock, self._store.database.snapshot(self._connection):
            self._follow()
            return self._bound(question, self._terms(question))

    def explain(
        self, question: str, passage_id: int, *, collections: Collection[str] | None = None
    ) -> list[TermContribution]:
        """Each term's part of a passage's score.  Raises ValueError if the passage is not there."""
        question = self._understood(question, collections)
        with self._lock, self._store.database.snapshot(self._connection):
            self._follow()
            terms = self._terms(question)
            names = {term_id: term for term, term_id in terms}
            parts = self._index.explain([term_id for _, term_id in terms], passage_id)
        return [TermContribution(names[part.term], part) for part in parts]

    def _understood(self, question: str, collections: Collection[str] | None) -> str:
        """What is searched for."""
        question = self.spelled_out(question)
        return respelled(question, self.mended(question, collections=collections))

    def _follow(self) -> None:
        """Bring the index up to the snapshot that the caller has opened."""
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return
        reached, self._change, self._version = self._change, -1, None  # a failure half-way: build anew
        newest = newest_change(self._connection)
        changed = changed_since(self._connection, reached) if reached >= 0 else None
        if changed is None:
            self._index, self._vectors = self._empty(), None
        else:
            for document_id in changed:
                self._index.remove_document(document_id)
                if self._vectors is not None:
                    self._vectors.remove_document(document_id)
        encoder = None if self._encoder is None else self._encoder.id
        for rows in _rows(self._connection, changed, encoder):
            self._index.add(
                passage_ids=rows.passage_ids,
                document_ids=rows.document_ids,
                collections=rows.collections,
                lengths=rows.lengths,
                postings=rows.postings,
            )
            if rows.encoded.any():
                self._add_vectors(rows)
        self._synonyms = groups_of(self._connection.execute(synonyms.SELECT))
        self._version, self._change = version, newest

    def _empty(self) -> BM25Index:
        return BM25Index(k1=self._k1, b=B, weights=self._weights)

    def _bound(self, question: str, known: Sequence[tuple[str, int]]) -> float:
        unknown = len(question_terms(question)) - len(known)
        return self._index.bound([term_id for _, term_id in known], unknown=unknown)

    def _add_vectors(self, rows: _Rows) -> None:
        vectors = rows.vectors.reshape(np.count_nonzero(rows.encoded), -1)
        if self._vectors is None:
            self._vectors = VectorIndex(vectors.shape[1])
        self._vectors.add(
            passage_ids=rows.passage_ids[rows.encoded],
            document_ids=rows.document_ids[rows.encoded],
            collections=rows.collections[rows.encoded],
            vectors=vectors,
        )

    def _encode(self, question: str) -> Float32s | None:
        """The question's vector, made while nobody waits for the lock; None with none to compare."""
        if self._encoder is None or not question.strip() or not self.vectors:
            return None
        vector: Float32s = self._encoder.encode([question])[0]
        return vector

    def _terms(self, question: str) -> list[tuple[str, int]]:
        """The question's terms that the store knows, in order, repeats kept, with their ids."""
        terms = question_terms(question)
        found = self._term_ids(terms)
        return [(term, found[term]) for term in terms if term in found]

    def _term_ids(self, terms: Collection[str]) -> dict[str, int]:
        """The numbers of those terms that the store knows."""
        found: dict[str, int] = dict(
            self._connection.execute(
                "SELECT term, id FROM terms WHERE term IN (SELECT value FROM json_each(?))",
                (json_list(terms),),
            ).fetchall()
        )
        return found

    def _passages_with(self, words: Collection[str], collections: Collection[str] | None) -> dict[str, int]:
        """In how many passages of some collections each of some words stands that stands in any."""
        terms = dict(zip(words, stems(list(words)), strict=True))  # before the lock, which others wait for
        with self._lock, self._store.database.snapshot(self._connection):
            self._follow()
            ids = self._term_ids(set(terms.values()))
            codes = self._codes(collections)
            counts = self._index.passages_with(list(ids.values()), collections=codes).tolist()
        known = {term: count for term, count in zip(ids, counts, strict=True) if count}
        return {word: known[term] for word, term in terms.items() if term in known}

    def _real_words(self, words: Collection[str], collections: Collection[str] | None) -> dict[str, int]:
        """As `_passages_with`, without what has only the stem of a word: "sicked" of "sick"."""
        found = self._passages_with(words, collections)
        return {
            word: count
            for word, count in found.items()
            if (self._is_word is not None and self._is_word(word)) or self._is_written(word, collections)
        }

    def _is_written(self, word: str, collections: Collection[str] | None) -> bool:
        """Whether a word stands as it is in the best few passages with its stem."""
        with self._lock, self._store.database.snapshot(self._connection):
            self._follow()
            ids = list(self._term_ids(stems([word])).values())
            hits = self._index.search(ids, WRITTEN_IN, collections=self._codes(collections))
        return any(
            word in all_words(text)
            for passage in self._store.passages([hit.passage_id for hit in hits])
            for text in (passage.text, passage.title, *passage.heading_path, passage.lead)
        )

    def _codes(self, collections: Collection[str] | None) -> list[int] | None:
        if collections is None:
            return None
        rows = self._connection.execute(
            "SELECT id FROM collections WHERE name IN (SELECT value FROM json_each(?))",
            (json_list(collections),),
        )
        return [row[0] for row in rows]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Passages for an index: arrays of shape [n], their postings end to end, and so the vectors of those
    that are `encoded`."""

    passage_ids: np.typing.NDArray[np.int64]
    document_ids: np.typing.NDArray[np.int64]
    collections: np.typing.NDArray[np.int64]
    lengths: np.typing.NDArray[np.int64]
    postings: Postings
    encoded: np.typing.NDArray[np.bool_]
    vectors: Int8s


def _rows(db: sqlite3.Connection, documents: Sequence[int] | None, encoder: str | None) -> Iterator[_Rows]:
    """The passages of some documents (None: of all), in the order of their ids, with an encoder's vectors."""
    cursor = db.execute(
        "SELECT p.id, p.document_id, d.collection_id, p.postings, v.vector FROM passages p "
        "JOIN documents d ON d.id = p.document_id "
        "LEFT JOIN vectors v ON v.passage_id = p.id "
        "AND v.encoder_id = (SELECT id FROM encoders WHERE name = ?) "
        + ("" if documents is None else "WHERE p.document_id IN (SELECT value FROM json_each(?)) ")
        + "ORDER BY p.id",
        (encoder,) if documents is None else (encoder, json_list(documents)),
    )
    while rows := cursor.fetchmany(ROWS_AT_ONCE):
        ids, owners, codes, blobs, vectors = zip(*rows, strict=True)
        yield _Rows(
            np.array(ids, np.int64),
            np.array(owners, np.int64),
            np.array(codes, np.int64),
            np.fromiter(map(len, blobs), np.int64, len(blobs)) // POSTING.itemsize,
            np.frombuffer(b"".join(blobs), POSTING),
            np.array([vector is not None for vector in vectors]),
            np.frombuffer(b"".join(vector for vector in vectors if vector is not None), np.int8),
        )
