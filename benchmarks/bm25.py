"""How fast the BM25 index is, beside rank-bm25 in the same process: `python -m benchmarks.bm25`.

Synthetic passages of about 100 words from a Zipf vocabulary; questions of 3 to 8 words of one passage,
without the 150 most frequent words of the vocabulary, which stand for the stop words.  Both sides get
term ids, so neither is charged for making terms.  rank-bm25 is asked few questions, in turn with ours.

But: synthetic text has the frequencies of real text, not its meaning: nothing here is about quality.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from benchmarks import machine
from retrieval.bm25 import BM25Index, Hit
from retrieval.documents import DocumentBuilder
from retrieval.live_index import LiveIndex
from retrieval.passages import Passage
from retrieval.postings import POSTING, FieldWeights, Postings
from retrieval.store import Store
from retrieval.stored import PassageTerms, Source

K = 20
VOCABULARY = 200_000
STOP_RANKS = 150
PASSAGES_PER_DOCUMENT = 8
BLOCK = 10_000  # passages added at a time, as at a cold start


@dataclass(frozen=True, slots=True)
class Corpus:
    """Passage i has the term ids `words[starts[i]:starts[i + 1]]`; its postings, by `postings_at`, alike."""

    words: NDArray[np.uint32]
    starts: NDArray[np.int64]
    postings: Postings
    postings_at: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def passage(self, i: int) -> NDArray[np.uint32]:
        return self.words[self.starts[i] : self.starts[i + 1]]


def synthetic(passages: int, rng: np.random.Generator) -> Corpus:
    """Passages of 60 to 140 words; the word of rank r is drawn in proportion to 1 / (r + 1) ** 1.1."""
    lengths = rng.integers(60, 141, passages)
    shares = np.cumsum((2.0 + np.arange(VOCABULARY)) ** -1.1)
    words = np.searchsorted(shares, rng.random(lengths.sum()) * shares[-1]).astype(np.uint32)
    owners = np.repeat(np.arange(passages, dtype=np.uint64), lengths)
    keys, counts = np.unique((owners << np.uint64(32)) | words, return_counts=True)
    postings = np.zeros(len(keys), POSTING)
    postings["term"] = keys & np.uint64(0xFFFFFFFF)
    postings["body"] = counts
    owned = np.bincount((keys >> np.uint64(32)).astype(np.int64), minlength=passages)
    return Corpus(words, np.append(0, np.cumsum(lengths)), postings, np.append(0, np.cumsum(owned)))


def ask_about(corpus: Corpus, questions: int, rng: np.random.Generator) -> list[list[int]]:
    """Questions as term ids."""
    asked = list[list[int]]()
    while len(asked) < questions:
        words = corpus.passage(int(rng.integers(len(corpus))))
        telling = np.unique(words[words >= STOP_RANKS])
        if len(telling) >= 8:
            asked.append(rng.choice(telling, rng.integers(3, 9), replace=False).tolist())
    return asked


def build(corpus: Corpus) -> BM25Index:
    """The index, from postings that are ready."""
    index = BM25Index(weights=FieldWeights())
    for first in range(0, len(corpus), BLOCK):
        add(index, corpus, first, min(first + BLOCK, len(corpus)), first)
    return index


def add(index: BM25Index, corpus: Corpus, first: int, last: int, new_id: int) -> None:
    """Add the passages `first` to `last`, under ids from `new_id`, which is not in the index."""
    ids = np.arange(new_id, new_id + last - first)
    index.add(
        passage_ids=ids,
        document_ids=ids // PASSAGES_PER_DOCUMENT,
        collections=0,
        lengths=np.diff(corpus.postings_at[first : last + 1]),
        postings=corpus.postings[corpus.postings_at[first] : corpus.postings_at[last]],
    )


def rank_bm25_search(oracle: BM25Okapi, question: list[int]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """What its `get_top_n` does: all scores, all sorted."""
    scores = oracle.get_scores(question)
    return scores, np.argsort(scores)[::-1][:K]


def timed_search(index: BM25Index, question: list[int]) -> tuple[float, list[Hit]]:
    """Wall milliseconds of one search, and what it found."""
    start = time.perf_counter()
    hits = index.search(question, K)
    return (time.perf_counter() - start) * 1000, hits


def row(name: str, times: list[float]) -> None:
    p50, p99 = machine.p50_p99(times)
    print(f"{name:<46}{p50:>10.2f}{p99:>10.2f}{len(times):>8}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=500, help="asked of our index")
    parser.add_argument(
        "--oracle-questions", type=int, default=15, help="asked of rank-bm25 (0: leave it out)"
    )
    parser.add_argument("--changes", type=int, default=200, help="documents added and removed")
    options = parser.parse_args()
    rng = np.random.default_rng(1)
    corpus = synthetic(options.passages, rng)
    questions = ask_about(corpus, max(options.questions, options.oracle_questions), rng)
    print(machine.describe())
    print(
        f"{len(corpus):,} passages, {len(corpus.words):,} words, {len(corpus.postings):,} postings; k = {K}"
    )

    before = machine.resident_bytes()
    start = time.perf_counter()
    index = build(corpus)
    seconds = time.perf_counter() - start
    grown = machine.resident_bytes() - before
    print(f"build {seconds:.2f} s; arrays {index.nbytes / 1e6:.0f} MB, resident +{grown / 1e6:.0f} MB")

    print(f"\n{'milliseconds':<46}{'p50':>10}{'p99':>10}{'n':>8}")
    measure_search(index, corpus, questions, options.oracle_questions)
    measure_changes(index, corpus, questions, options.changes)
    del index
    measure_store(corpus, questions, options.changes)


def measure_search(
    index: BM25Index, corpus: Corpus, questions: list[list[int]], oracle_questions: int
) -> None:
    """Ours and rank-bm25 in turn; the scores must be equal and our hits its best."""
    oracle = BM25Okapi([corpus.passage(i).tolist() for i in range(len(corpus))]) if oracle_questions else None
    every = -(-len(questions) // max(oracle_questions, 1))
    ours, theirs, apart = list[float](), list[float](), 0.0
    for number, question in enumerate(questions):
        spent, hits = timed_search(index, question)
        ours.append(spent)
        if oracle is not None and number % every == 0:
            start = time.perf_counter()
            scores, best = rank_bm25_search(oracle, question)
            theirs.append((time.perf_counter() - start) * 1000)
            apart = max(apart, distance(index, question, hits, scores, best))
    row("search", ours)
    if oracle is not None:
        row("search, rank-bm25", theirs)
        ratio = machine.p50_p99(theirs)[0] / machine.p50_p99(ours)[0]
        verdict = "equal" if apart <= 1e-9 else "NOT EQUAL"
        print(f"  {ratio:.0f} times as fast at p50; scores {verdict}: at most {apart:.1e} apart")


def distance(
    index: BM25Index,
    question: list[int],
    hits: list[Hit],
    scores: NDArray[np.float64],
    best: NDArray[np.intp],
) -> float:
    """The largest difference between our scores and rank-bm25's, of all passages and of the best k."""
    mine = index.scores(question)[1]
    found = np.array([hit.score for hit in hits])
    return max(float(np.abs(mine - scores).max()), float(np.abs(found - scores[best[: len(found)]]).max()))


def measure_changes(index: BM25Index, corpus: Corpus, questions: list[list[int]], changes: int) -> None:
    """One document added or removed, and the next search, which sees it."""
    added, removed = list[float](), list[float]()
    for number in range(changes):
        new_id = len(corpus) + (number + 1) * PASSAGES_PER_DOCUMENT
        first = number * PASSAGES_PER_DOCUMENT % (len(corpus) - PASSAGES_PER_DOCUMENT)
        question = questions[number % len(questions)]
        start = time.perf_counter()
        add(index, corpus, first, first + PASSAGES_PER_DOCUMENT, new_id)
        index.search(question, K)
        added.append((time.perf_counter() - start) * 1000)
    row(f"add {PASSAGES_PER_DOCUMENT} passages and search", added)
    row("search, after these", [timed_search(index, q)[0] for q in questions])
    for number in range(changes):
        question = questions[number % len(questions)]
        start = time.perf_counter()
        index.remove_document(number)
        index.search(question, K)
        removed.append((time.perf_counter() - start) * 1000)
    row(f"remove {PASSAGES_PER_DOCUMENT} passages and search", removed)


def measure_store(corpus: Corpus, questions: list[list[int]], changes: int) -> None:
    """The same passages in a real store: the cold start, and how soon a change is seen.

    A change is a committed document of another connection; timed is the next search, which sees it.
    """
    documents = len(corpus) // PASSAGES_PER_DOCUMENT
    asked = [" ".join(f"w{term}" for term in question) for question in questions]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        with Store(path) as store, store.database.writing():  # one transaction: the filling is not measured
            for number in range(documents):
                put(store, corpus, number, number)
        begun = time.perf_counter()
        with Store(path) as store:
            index = LiveIndex(store)
            index.search(asked[0], K)
            print(f"\ncold start from the store to the first hits: {time.perf_counter() - begun:.2f} s")
            row("search through the store", [timed_question(index, question) for question in asked])
            added, removed, ids = list[float](), list[float](), list[int]()
            for number in range(changes):
                ids.append(put(store, corpus, documents + number, number % documents))
                added.append(timed_question(index, asked[number % len(asked)]))
            row("search after a document was stored", added)
            for number, document_id in enumerate(ids):
                store.remove(document_id)
                removed.append(timed_question(index, asked[number % len(asked)]))
            row("search after a document was removed", removed)


def put(store: Store, corpus: Corpus, name: int, number: int) -> int:
    """Store document `number` of the corpus under the name `name`."""
    first = number * PASSAGES_PER_DOCUMENT
    texts = [
        [f"w{word}" for word in corpus.passage(i).tolist()]
        for i in range(first, first + PASSAGES_PER_DOCUMENT)
    ]
    builder = DocumentBuilder()
    for words in texts:
        builder.block("paragraph", [" ".join(words)])
    document = builder.build("")
    source = Source(
        source=f"{name}", path=f"{name}", collection="bench", size=0, mtime_ns=0, sha256="", recipe=""
    )
    passages = [
        PassageTerms(
            passage=Passage(block.start, block.end, block.section, ((block.start, block.end),)),
            body=words,
            heading=[],
            title=[],
        )
        for block, words in zip(document.blocks, texts, strict=True)
    ]
    return store.put(document, source, passages)


def timed_question(index: LiveIndex, question: str) -> float:
    """Wall milliseconds of one search."""
    start = time.perf_counter()
    index.search(question, K)
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
