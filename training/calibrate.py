"""Fits the weights by which windows of a question compete (qa_engine/calibration.py), on train rows only.

    python -m training.calibrate [--model embedded] [--questions 1500] [--write]

All distinct train contexts go into one store; questions are asked of all of it, 20 passages are read
each, and the conditional logit is fitted by maximum likelihood.  The right entry of a question is the
window whose best span has F1 of at least 0.5 with a reference, else "no answer".  A quarter of the
questions are SQuAD 2.0's unanswerable ones, and another eighth have the passage with their answer taken
away, since a person asks what the documents do not say at least that often.

Half of the questions fit the weights; the other half gives the printed figures.

But: the threshold is chosen by hand from the printed table, with `--threshold`.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.commands.evaluate import store_contexts
from bot.commands.options import open_workplace
from bot.composition import Workplace
from qa_engine import squad
from qa_engine.answerer import PASSAGES_READ, best_of_windows
from qa_engine.calibration import Calibration, pooled
from qa_engine.models import write_manifest
from qa_engine.squad import SquadRow
from training.data import sample, train_rows

Floats = npt.NDArray[np.float64]

# Sets whose questions can be understood without their paragraph; the others say "he" or "the company".
OPEN_SOURCES = ("squad11", "squad_train", "qed_nq", "nq_oracle", "sleepqa", "cpgqa")
RIGHT_F1 = 0.5
SEED = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """One question: its windows' scores, BM25 and answers, and which windows are right; n of each."""

    scores: Floats
    bm25: Floats
    answers: tuple[str, ...]
    right: npt.NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--questions", type=int, default=1500)
    parser.add_argument("--threshold", type=float, default=Calibration().threshold)
    parser.add_argument("--write", action="store_true", help="put the weights into the model's manifest")
    arguments = parser.parse_args()

    rows = train_rows()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_workplace(Path(folder), model=arguments.model) as work,
    ):
        contexts = dict.fromkeys(row.context for row in rows)
        store_contexts(work, {context: f"context {number}" for number, context in enumerate(contexts)})
        choices = [_choose(work, row, hide) for row, hide in _questions(rows, arguments.questions)]
        fitting, measuring = choices[::2], choices[1::2]
        fitted = replace(fit(fitting), threshold=arguments.threshold)
        report(fitted, measuring)
        if arguments.write:
            write_manifest(replace(work.installed_model, calibration=asdict(fitted)))


def fit(choices: Sequence[Choice], *, steps: int = 4000, rate: float = 0.02) -> Calibration:
    """Maximum likelihood by Adam (Kingma and Ba, 2015); three weights, so that nothing finer is needed."""
    weights = np.array([0.3, 4.0, 6.0])
    mean, square = np.zeros(3), np.zeros(3)
    for step in range(1, steps + 1):
        gradient = sum((_gradient(weights, choice) for choice in choices), np.zeros(3)) / len(choices)
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        weights += rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
        if np.abs(gradient).max() < 1e-4:
            break
    reader, retrieval, nothing = (round(float(weight), 3) for weight in weights)
    return Calibration(reader=reader, retrieval=retrieval, nothing=nothing)


def _gradient(weights: Floats, choice: Choice) -> Floats:
    """Of the log-likelihood of one question: the right entries' features less the expected ones."""
    largest = choice.bm25.max(initial=0.0)
    relative = choice.bm25 / largest if largest > 0 else np.zeros_like(choice.bm25)
    windows = np.stack([choice.scores, relative, np.zeros_like(relative)], axis=1)
    features = np.vstack([windows, [0.0, 0.0, 1.0]])
    right = np.append(choice.right, not choice.right.any())
    utilities = features @ weights
    p = np.exp(utilities - utilities.max())
    among_right = p * right
    return np.asarray(features.T @ (among_right / among_right.sum() - p / p.sum()))


def report(calibration: Calibration, choices: Sequence[Choice]) -> None:
    """Accuracy, calibration error and what each threshold would do."""
    print(calibration)
    confidence, right = np.zeros(len(choices)), np.zeros(len(choices), bool)
    possible = np.array([choice.right.any() for choice in choices])
    for number, choice in enumerate(choices):
        probabilities, _ = calibration.probabilities(choice.scores, choice.bm25)
        probabilities = pooled(probabilities, choice.answers)
        if len(probabilities):
            best = int(probabilities.argmax())
            confidence[number], right[number] = probabilities[best], choice.right[best]
    print(f"{len(choices)} questions, {possible.mean():.1%} of them with a right window among those read")
    print(f"best window right: {right.mean():.1%}, of those possible {right[possible].mean():.1%}")
    edges = np.quantile(confidence, np.linspace(0, 1, 11))
    bins = np.clip(np.searchsorted(edges, confidence, side="right") - 1, 0, 9)
    gaps = [
        (bins == b).mean() * abs(confidence[bins == b].mean() - right[bins == b].mean())
        for b in range(10)
        if (bins == b).any()
    ]
    print(f"expected calibration error (10 equal bins): {sum(gaps):.3f}")
    for threshold in np.arange(0.1, 0.75, 0.05):
        given = confidence >= threshold
        wrong_when_impossible = given[~possible].mean()
        print(
            f"threshold {threshold:.2f}: answers {given.mean():6.1%}, "
            f"right of these {right[given].mean():6.1%}, "
            f"answers given where none is right {wrong_when_impossible:6.1%}"
        )


def _questions(rows: Sequence[SquadRow], size: int) -> list[tuple[SquadRow, bool]]:
    """Rows, each with whether its passage is to be hidden, in random order."""
    answerable = [row for row in rows if row.answerable and row.source.startswith(OPEN_SOURCES)]
    unanswerable = [row for row in rows if row.source.startswith("squad2_unans")]
    hidden = size // 8
    chosen = [
        (row, number < hidden) for number, row in enumerate(sample(answerable, size - size // 4, seed=SEED))
    ]
    chosen += [(row, False) for row in sample(unanswerable, size // 4, seed=SEED)]
    random.Random(SEED).shuffle(chosen)
    return chosen


def _choose(work: Workplace, row: SquadRow, hide: bool) -> Choice:
    found = work.library.search(row.question, PASSAGES_READ + 5 * hide)
    if hide:
        text = " ".join(row.context.split())[:200]
        owners = {each.passage.document_id for each in found if text[:60] in each.passage.text}
        found = [each for each in found if each.passage.document_id not in owners]
    found = found[:PASSAGES_READ]
    reading = work.model.reader.read(row.question, [each.passage.text for each in found])
    best = best_of_windows(reading)
    texts = [found[c.passage].passage.text[c.start : c.end] for c in best]
    references = [reference.text for reference in row.references]
    right = [bool(references) and squad.scores(text, references)[1] >= RIGHT_F1 for text in texts]
    return Choice(
        np.array([c.score for c in best]),
        np.array([found[c.passage].score for c in best]),
        tuple(map(squad.normalise_answer, texts)),
        np.array(right, bool),
    )


if __name__ == "__main__":
    main()
