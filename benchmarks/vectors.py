"""Encoding a question and searching many vectors: `python -m benchmarks.vectors [--passages 100000]`.

Vectors are made in clusters, as real ones lie, and of pure noise, the hardest case; the questions are some of
them, moved.  Recall@20 is against comparing with every vector.

But: made vectors.  What real ones lose is in the figures of `quoth eval retrieval`.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from benchmarks.machine import describe
from qa_engine.encoder import load_encoder
from qa_engine.models import ENCODER, read_manifest
from retrieval.vectors import Float32s, Int8s, VectorIndex, as_int8

WIDTH, QUESTIONS, FOUND = 384, 50, 20
CLUSTER, SPREAD = 50, 1.0  # passages about the same, and how far apart they lie
BLOCK = 20_000


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--passages", type=int, default=100_000)
    arguments = parser.parse_args()
    print(describe())
    encoder = load_encoder(read_manifest(ENCODER))
    times = timed(lambda: encoder.encode(["How many days of unused leave may I carry over?"]))
    print(f"encoding a question: p50 {np.median(times):.1f} ms, p99 {np.quantile(times, 0.99):.1f} ms")
    for name, clustered in (("clusters", True), ("noise", False)):
        report(name, arguments.passages, clustered=clustered)


def report(name: str, passages: int, *, clustered: bool) -> None:
    """Build an index of made vectors, and measure it."""
    random = np.random.default_rng(1)
    index, kept = VectorIndex(WIDTH), list[Int8s]()
    for start in range(0, passages, BLOCK):
        vectors = as_int8(made(random, min(BLOCK, passages - start), clustered=clustered))
        ids = np.arange(start, start + len(vectors))
        index.add(passage_ids=ids, document_ids=ids // 10, collections=ids % 4, vectors=vectors)
        kept.append(vectors)
    every = np.concatenate(kept)
    near = every[random.choice(passages, QUESTIONS, replace=False)].astype(np.float32)
    asked = unit(unit(near) + 0.8 * unit(random.standard_normal(near.shape, np.float32)))
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
        f"{name}: {passages:,} passages, {index.nbytes / 1e6:.0f} MB; search p50 {np.median(times):.1f} ms, "
        f"p99 {np.quantile(times, 0.99):.1f} ms; one collection of four {np.median(only):.1f} ms; "
        f"recall@{FOUND} {np.mean(shares):.3f}; a document replaced p99 {np.quantile(change, 0.99):.2f} ms"
    )


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
