"""Encoding a question and searching many vectors: `python -m benchmarks.vectors [--passages 100000]`.

Vectors are made in clusters and of pure noise, the hardest case, where the questions are some of them, moved.
With `--keep`, the knowledge base of `quoth eval retrieval --keep FOLDER`, there are real ones as well: its
passages', and where more are wanted means of two of them, near the one; the questions are train questions,
encoded.  Recall@20 is against comparing with every vector.

But: a mean of two passages' vectors is no passage's, though it lies where passages lie.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from benchmarks.machine import describe
from bot.composition import Workplace
from bot.settings import Settings
from qa_engine.encoder import load_encoder
from qa_engine.models import ENCODER, read_manifest
from retrieval.vectors import Float32s, Int8s, VectorIndex, as_int8
from training.data import sample, train_rows
from training.negatives import OPEN

WIDTH, QUESTIONS, FOUND = 384, 50, 20
CLUSTER, SPREAD = 50, 1.0  # passages about the same, and how far apart they lie
BLOCK = 20_000


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="a kept knowledge base, for real vectors")
    arguments = parser.parse_args()
    print(describe())
    encoder = load_encoder(read_manifest(ENCODER))
    times = timed(lambda: encoder.encode(["How many days of unused leave may I carry over?"]))
    print(f"encoding a question: p50 {np.median(times):.1f} ms, p99 {np.quantile(times, 0.99):.1f} ms")
    for name, clustered in (("clusters", True), ("noise", False)):
        random = np.random.default_rng(1)
        blocks = [as_int8(made(random, n, clustered=clustered)) for n in block_sizes(arguments.passages)]
        report(name, blocks, moved(random, blocks))
    if arguments.keep is not None:
        random = np.random.default_rng(1)
        blocks = real(random, kept_vectors(arguments.keep), arguments.passages)
        rows = [row for row in train_rows() if row.source.startswith(OPEN)]
        report("real", blocks, encoder.encode([row.question for row in sample(rows, QUESTIONS, seed=1)]))


def report(name: str, blocks: list[Int8s], asked: Float32s) -> None:
    """Build an index of vectors, and measure it."""
    index, every = VectorIndex(WIDTH), np.concatenate(blocks)
    for start in range(0, len(every), BLOCK):
        vectors = every[start : start + BLOCK]
        ids = np.arange(start, start + len(vectors))
        index.add(passage_ids=ids, document_ids=ids // 10, collections=ids % 4, vectors=vectors)
    times, shares = [], []
    for question in asked:
        begun = time.perf_counter()
        hits = index.search(question, FOUND)
        times.append(1000 * (time.perf_counter() - begun))
        expected = exact(every, question)
        shares.append(len(expected & {hit.passage_id for hit in hits}) / FOUND)
    only = timed(lambda: index.search(asked[0], FOUND, collections=[1]))
    change = timed(lambda: replace(index, every))
    print(
        f"{name}: {len(every):,} passages, {index.nbytes / 1e6:.0f} MB; "
        f"search p50 {np.median(times):.1f} ms, p99 {np.quantile(times, 0.99):.1f} ms; "
        f"one collection of four {np.median(only):.1f} ms; recall@{FOUND} {np.mean(shares):.3f}; "
        f"a document replaced p99 {np.quantile(change, 0.99):.2f} ms"
    )


def block_sizes(passages: int) -> list[int]:
    """How many vectors are made at once."""
    return [min(BLOCK, passages - start) for start in range(0, passages, BLOCK)]


def moved(random: np.random.Generator, blocks: list[Int8s]) -> Float32s:
    """Questions: some of the vectors, moved."""
    every = np.concatenate(blocks)
    near = every[random.choice(len(every), QUESTIONS, replace=False)].astype(np.float32)
    return unit(unit(near) + 0.8 * unit(random.standard_normal(near.shape, np.float32)))


def kept_vectors(folder: Path) -> Int8s:
    """The vectors of a kept knowledge base."""
    with Workplace(Settings(home=folder)) as work, work.store.database.reading() as db:
        rows = db.execute("SELECT vector FROM vectors").fetchall()
    return np.frombuffer(b"".join(row[0] for row in rows), np.int8).reshape(-1, WIDTH)


def real(random: np.random.Generator, vectors: Int8s, passages: int) -> list[Int8s]:
    """So many of some vectors, and behind them means of two, of which the first weighs more."""
    blocks = [vectors[:passages]]
    for n in block_sizes(passages - len(blocks[0])):
        one, other = (unit(vectors[random.integers(0, len(vectors), n)].astype(np.float32)) for _ in "12")
        share = random.uniform(0.5, 0.9, (n, 1)).astype(np.float32)
        blocks.append(as_int8(unit(share * one + (1 - share) * other)))
    return blocks


def made(random: np.random.Generator, n: int, *, clustered: bool) -> Float32s:
    """Vectors of length 1, alone or around common centres."""
    noise = unit(random.standard_normal((n, WIDTH), np.float32))
    if not clustered:
        return noise
    centres = unit(random.standard_normal((-(-n // CLUSTER), WIDTH), np.float32))
    return unit(np.repeat(centres, CLUSTER, axis=0)[:n] + SPREAD * noise)


def unit(vectors: Float32s) -> Float32s:
    shortened: Float32s = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return shortened


def exact(every: Int8s, question: Float32s) -> set[int]:
    """The nearest by comparing with all."""
    cosines = np.concatenate(
        [
            unit(every[start : start + BLOCK].astype(np.float32)) @ question
            for start in range(0, len(every), BLOCK)
        ]
    )
    return set(np.argsort(-cosines)[:FOUND].tolist())


def replace(index: VectorIndex, every: Int8s) -> None:
    """Take a document out and put it in again."""
    index.remove_document(7)
    ids = np.arange(70, 80)
    index.add(passage_ids=ids, document_ids=ids // 10, collections=ids % 4, vectors=every[70:80])


def timed(call: object, times: int = 50) -> list[float]:
    """Milliseconds of each of some calls, the first few left out."""
    assert callable(call)
    found = []
    for _ in range(times + 5):
        begun = time.perf_counter()
        call()
        found.append(1000 * (time.perf_counter() - begun))
    return found[5:]


if __name__ == "__main__":
    main()
