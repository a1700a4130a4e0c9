"""Documents and stores for tests: small, real, quick to make.

But: no readers here; a document is put together by hand.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from retrieval.documents import Document, DocumentBuilder
from retrieval.intake import PassageSettings, searchable
from retrieval.passages import estimate
from retrieval.store import Store
from retrieval.stored import Source
from retrieval.storing import texts_of
from retrieval.vectors import Encoder, Float32s, encoded

CUT = PassageSettings(measure=estimate, size=12, overlap=1)
"""Short passages, so that a few sentences make several."""

WORDS = ("leave", "days", "laptop", "expense", "claim", "tide", "gauge", "Bristol", "naïve", "日本", "👋")

_BLOCKS = st.one_of(
    st.tuples(
        st.just("heading"), st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), st.integers(1, 4)
    ),
    st.tuples(
        st.sampled_from(["paragraph", "item", "row", "code"]),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=20),
        st.integers(1, 4),
    ),
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Documents with headings, several kinds of blocks, lines and anchors; some have no text at all."""
    builder = DocumentBuilder()
    for number, (kind, words, level) in enumerate(draw(st.lists(_BLOCKS, max_size=6)), 1):
        line = draw(st.sampled_from([None, 10 * number]))
        if kind == "heading":
            builder.heading(level, " ".join(words), line=line, anchor=draw(st.sampled_from([None, "a-b"])))
        else:
            half = len(words) // 2
            lines = [" ".join(words[:half]), " ".join(words[half:]) + "."]
            builder.block(kind, lines, line=line)  # type: ignore[arg-type]
    return builder.build(
        draw(st.sampled_from(["", *WORDS])), draw(st.sampled_from([None, "https://a.example/b"]))
    )


def written(*paragraphs: str, title: str = "A page", url: str | None = None) -> Document:
    """A document of one section; each paragraph begins on its own line."""
    builder = DocumentBuilder()
    for number, paragraph in enumerate(paragraphs, 1):
        builder.block("paragraph", [paragraph], line=number)
    return builder.build(title, url)


def source(name: str, *, collection: str = "default", url: str | None = None) -> Source:
    """Where a document might come from."""
    return Source(
        source=f"/docs/{name}",
        path=name,
        collection=collection,
        size=len(name),
        mtime_ns=1,
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        recipe=CUT.recipe,
        url=url,
    )


def put(
    store: Store,
    name: str,
    document: Document | str,
    *,
    collection: str = "default",
    encoder: Encoder | None = None,
) -> int:
    """Store a document, or a paragraph as one, under a name; returns its id.  With an encoder, with vectors."""
    if isinstance(document, str):
        document = written(document)
    where = source(name, collection=collection, url=document.url)
    cut = searchable(document, CUT)
    vectors = None if encoder is None else encoded(texts_of(document, cut), encoder)
    return store.put(document, where, cut, vectors)


class LetterEncoder:
    """An encoder without a model: a text's letters, counted; texts of the same letters are alike."""

    def __init__(self, name: str = "letters") -> None:
        self.id = name
        self.asked: list[str] = []
        self.batches = 0

    def encode(self, texts: Sequence[str]) -> Float32s:
        self.asked += texts
        self.batches += 1
        counts = np.ones((len(texts), 32), np.float32)
        for row, text in enumerate(texts):
            for character in text.casefold():
                counts[row, ord(character) % 31] += 1
        vectors: Float32s = counts - counts.mean(axis=1, keepdims=True) + 0.01
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


class FailingEncoder(LetterEncoder):
    """It encodes `after` batches and then no more."""

    def __init__(self, after: int = 0) -> None:
        super().__init__()
        self._after = after

    def encode(self, texts: Sequence[str]) -> Float32s:
        if not self._after:
            raise OSError("no space")
        self._after -= 1
        return super().encode(texts)


def passage_ids(store: Store, documents: Sequence[int] | None = None) -> list[int]:
    """The ids of the passages of some documents (None: of all), in the order of ids."""
    with store.database.reading() as db:
        rows = db.execute("SELECT id, document_id FROM passages ORDER BY id").fetchall()
    return [row[0] for row in rows if documents is None or row[1] in documents]


def puts(home: Path) -> int:
    """How many documents have been put into a home so far, replaced ones included."""
    try:
        db = sqlite3.connect(f"file:{home / 'store.db'}?mode=ro", uri=True)
    except sqlite3.OperationalError:
        return 0
    try:
        row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'changes'").fetchone()
        return int(row[0]) if row else 0
    except sqlite3.OperationalError:  # the tables are just being made
        return 0
    finally:
        db.close()
