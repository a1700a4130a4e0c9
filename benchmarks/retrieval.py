"""How to make one ranking of BM25 and cosine: `python -m benchmarks.retrieval --keep FOLDER [--dev]`.

Train questions of open sets are asked of all train contexts; the passages that either ranking has among its
first 200 are ranked again by each formula, with each k1 of BM25 that is asked for.  `--dev` asks the dev
questions of dev and train contexts instead: look at those last, and choose by the others.

But: the tables of the last runs are in `benchmarks/retrieval.md`; the product has one of the formulas only.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.commands.contexts import knowledge_base
from qa_engine.squad import SquadRow, normalise_answer
from retrieval.evaluation import DEPTHS
from retrieval.fusion import DEPTH, RANKS
from retrieval.live_index import K1, LiveIndex
from retrieval.store import Store
from training.data import dev_rows, sample, train_rows
from training.negatives import OPEN

Floats = npt.NDArray[np.float64]
SEED = 11
FAR = 10**6  # the rank of what a ranking has not found
STEPS, RATE = 300, 0.1


@dataclass(frozen=True, slots=True)
class Case:
    """The candidates of a question: n scores and ranks by words and by meaning, and which are right."""

    bm25: Floats
    cosine: Floats
    bm25_rank: Floats
    cosine_rank: Floats
    bound: float
    right: npt.NDArray[np.bool_]


Formula = Callable[[Case], Floats]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--keep", type=Path, help="where the knowledge base is kept, and was kept before")
    parser.add_argument("--questions", type=int, default=3_000)
    parser.add_argument("--dev", action="store_true")
    parser.add_argument("--k1", type=float, nargs="+", default=[K1])
    arguments = parser.parse_args()
    train = train_rows()
    asked = dev_rows() if arguments.dev else [row for row in train if row.source.startswith(OPEN)]
    asked = sample([row for row in asked if row.answerable], arguments.questions, seed=SEED)
    rows = [*dev_rows(), *train] if arguments.dev else train
    with knowledge_base(rows, keep=arguments.keep) as (work, sources):
        for k1 in arguments.k1:
            index = LiveIndex(work.store, encoder=work.encoder, is_word=work.tokenizer.is_word, k1=k1)
            found = [candidates(work.store, index, row, sources[row.context]) for row in asked]
            cases = [case for case in found if case is not None]
            print(f"\nk1 = {k1:g}, {len(cases)} questions\n")
            table(cases)


def table(cases: Sequence[Case]) -> None:
    """What each formula makes of the candidates."""
    print("| formula | " + " | ".join(f"recall@{depth}" for depth in DEPTHS) + " | MRR |")
    print("|---|" + "---:|" * (len(DEPTHS) + 1))
    for name, formula in formulas(random.Random(SEED).sample(cases, len(cases) // 2)).items():
        ranks = np.array([rank(case, formula(case)) for case in cases])
        figures = [f"{(ranks < depth).mean():.1%}" for depth in DEPTHS]
        print(f"| {name} | " + " | ".join(figures) + f" | {np.mean(1 / (1.0 + ranks)):.3f} |")


def candidates(store: Store, index: LiveIndex, row: SquadRow, source: str) -> Case | None:
    """What the two rankings find; None if that is nothing."""
    hits = index.find(row.question, 2 * DEPTH)
    passages = {each.id: each for each in store.passages([hit.passage_id for hit in hits])}
    wanted = [text for text in (normalise_answer(each.text) for each in row.references) if text]
    right = [
        passages[hit.passage_id].path == source
        and any(text in normalise_answer(passages[hit.passage_id].text) for text in wanted)
        for hit in hits
    ]
    if not hits:
        return None
    return Case(
        np.array([hit.bm25 for hit in hits]),
        np.array([hit.cosine or 0.0 for hit in hits]),
        np.array([(hit.bm25_rank or FAR) for hit in hits], np.float64),
        np.array([(hit.cosine_rank or FAR) for hit in hits], np.float64),
        index.bound(row.question),
        np.array(right),
    )


def rank(case: Case, scores: Floats) -> int:
    """Where the first right candidate stands, from 0."""
    order = np.argsort(-scores, kind="stable")
    found = np.flatnonzero(case.right[order])
    return int(found[0]) if len(found) else FAR


def formulas(fitting: Sequence[Case]) -> dict[str, Formula]:
    """The contestants; the learned ones are fitted to `fitting`."""
    found: dict[str, Formula] = {
        "BM25": lambda case: -case.bm25_rank,
        "cosine": lambda case: -case.cosine_rank,
        "reciprocal rank, k = 10": lambda case: 1 / (10 + case.bm25_rank) + 1 / (10 + case.cosine_rank),
        "reciprocal rank, k = 60": lambda case: 1 / (60 + case.bm25_rank) + 1 / (60 + case.cosine_rank),
    }
    for weight in (0.3, 0.4, 0.5, 0.6, 0.7):
        found[f"shares of the largest, cosine {weight}"] = partial(of_largest, weight)
        found[f"share of the bound, cosine {weight}"] = partial(of_bound, weight)
    for weight in (0.03, 0.06, 0.1):
        found[f"share of the bound, cosine 0.6, rank {weight}"] = partial(with_rank, weight)
    weights = fit([features(case) for case in fitting], [case.right for case in fitting])
    found[f"learned: {np.round(weights, 2).tolist()}"] = lambda case: features(case) @ weights
    return found


def of_largest(weight: float, case: Case) -> Floats:
    """BM25 and cosine, each as a share of the question's largest."""
    words, meaning = case.bm25 / max(case.bm25.max(), 1e-9), case.cosine / max(case.cosine.max(), 1e-9)
    scores: Floats = (1 - weight) * words + weight * meaning
    return scores


def of_bound(weight: float, case: Case) -> Floats:
    """BM25 as a share of what it could be at most, and the cosine: `retrieval.fusion`."""
    scores: Floats = (1 - weight) * case.bm25 / max(case.bound, 1e-9) + weight * case.cosine
    return scores


def with_rank(weight: float, case: Case) -> Floats:
    """The same with a cosine of 0.6, and the better of the two ranks: `retrieval.fusion`."""
    best = np.minimum(case.bm25_rank, case.cosine_rank)
    scores: Floats = (1 - weight) * of_bound(0.6, case) + weight * RANKS / (RANKS - 1 + best)
    return scores


def features(case: Case) -> Floats:
    """Cosine, BM25 as a share of the largest and of the bound, and reciprocal ranks: [n, 5]."""
    columns = [
        case.cosine,
        case.bm25 / max(case.bm25.max(), 1e-9),
        case.bm25 / max(case.bound, 1e-9),
        10 / (10 + case.bm25_rank),
        10 / (10 + case.cosine_rank),
    ]
    return np.stack(columns, axis=1)


def fit(tables: Sequence[Floats], right: Sequence[npt.NDArray[np.bool_]]) -> Floats:
    """The weights of a conditional logit under which the right candidates are most probable."""
    pairs = [(table, good) for table, good in zip(tables, right, strict=True) if good.any()]
    weights = np.ones(pairs[0][0].shape[1])
    for _ in range(STEPS):
        gradient = np.zeros_like(weights)
        for table, good in pairs:
            p = np.exp(table @ weights - (table @ weights).max())
            p /= p.sum()
            gradient += (p * good / (p @ good) - p) @ table
        weights += RATE * 20 * gradient / len(pairs)
    return weights


if __name__ == "__main__":
    main()
