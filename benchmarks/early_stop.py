"""How many passages to read, and whether to stop once the answer is clear: `python -m benchmarks.early_stop`.

Train questions of open sets that no training asks are put to all train contexts, and the 50 best passages of
each are read once.  From that every way to read fewer follows: the first n, and the first 20, a few at a time
as the bot does, until an answer is as sure as a threshold among what was read so far.  Time is counted in
windows; of the questions at which it stopped early the table has how many were right, and how sure it was.

But: each question has an answer here.  Where there is none, an early stop hardly ever comes.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.commands.contexts import knowledge_base
from bot.composition import Workplace
from qa_engine import squad
from qa_engine.agreement import same_answer
from qa_engine.answerer import PASSAGES_READ
from qa_engine.calibration import Calibration, Floats, pooled
from qa_engine.comparison import best_of_windows, read_found
from qa_engine.judging import is_right
from qa_engine.reader import WINDOWS_AT_ONCE
from qa_engine.risk import Booleans
from qa_engine.squad import SquadRow
from training.apart import never_asked
from training.data import sample, train_rows
from training.negatives import OPEN

SEED = 23
COUNTS = (5, 10, PASSAGES_READ, 50)
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Read:
    """The best span of each window of a question, in the order of reading: its passage, scores, F1, and
    whether it is right."""

    passages: Floats
    scores: Floats
    found: Floats
    prominences: Floats
    answers: tuple[str, ...]
    f1: Floats
    right: Booleans


Stop = Callable[[Read], tuple[int, int]]
"""How many windows of a question are read, of how many."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--keep", type=Path, help="where the knowledge base is kept, and was kept before")
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--no-vectors", action="store_true", help="find passages by their words alone")
    arguments = parser.parse_args()
    train = train_rows()
    opened = [row for row in never_asked(train) if row.source.startswith(OPEN) and row.answerable]
    asked = sample(opened, arguments.questions, seed=SEED)
    with knowledge_base(train, keep=arguments.keep, vectors=not arguments.no_vectors) as (work, _):
        every = [read for row in asked if len((read := read_all(work, row)).scores)]
        report(every, work.calibration)


def read_all(work: Workplace, row: SquadRow) -> Read:
    """What the reader finds in the 50 best passages."""
    found = work.library.search(row.question, max(COUNTS))
    best = best_of_windows(read_found(work.model.reader, row.question, found))
    texts = [found[each.passage].passage.text[each.start : each.end] for each in best]
    references = [reference.text for reference in row.references]
    return Read(
        np.array([each.passage for each in best], np.float64),
        np.array([each.score for each in best], np.float64),
        np.array([found[each.passage].score for each in best], np.float64),
        np.array([each.end - each.start for each in best], np.float64),
        tuple(map(same_answer, texts)),
        np.array([squad.scores(text, references)[1] for text in texts]),
        np.array([is_right(text, references) for text in texts], bool),
    )


def report(every: Sequence[Read], calibration: Calibration) -> None:
    """A line for each way to read."""
    ways: dict[str, Stop] = {f"the first {count}": first(count) for count in COUNTS}
    ways |= {
        f"of 20, until sure by {threshold:.0%}": until_sure(threshold, calibration)
        for threshold in THRESHOLDS
    }
    whole = np.mean([windows_of(read, PASSAGES_READ) for read in every])
    print(f"{len(every)} questions\n")
    print("| passages | windows | of those of 20 | F1 | right | stopped early | of these right | sure |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name, stop in ways.items():
        stops = [stop(read) for read in every]
        sure, f1, right = np.array(
            [chosen(read, at, calibration) for read, at in zip(every, stops, strict=True)]
        ).T
        counts, offered = np.array(stops).T
        early = counts < offered
        cells = [f"{counts.mean():.1f}", f"{counts.mean() / whole:.0%}", f"{f1.mean():.1%}"]
        cells += [f"{right.mean():.1%}", f"{early.mean():.0%}"]
        right_and_sure = (right[early], sure[early])
        cells += [f"{each.mean():.1%}" if len(each) else "" for each in right_and_sure]
        print(f"| {name} | {' | '.join(cells)} |")


def windows_of(read: Read, passages: int) -> int:
    """How many windows the first so many passages have."""
    return int(np.searchsorted(read.passages, passages))


def first(passages: int) -> Stop:
    """All windows of the first so many passages."""
    return lambda read: (windows_of(read, passages), windows_of(read, passages))


def until_sure(threshold: float, calibration: Calibration) -> Stop:
    """Those of the first 20, a few at a time, up to an answer of at least this confidence."""

    def stop(read: Read) -> tuple[int, int]:
        whole = windows_of(read, PASSAGES_READ)
        for passages in range(WINDOWS_AT_ONCE, PASSAGES_READ - WINDOWS_AT_ONCE + 1, WINDOWS_AT_ONCE):
            at = windows_of(read, passages), whole
            if confidence(read, at, calibration).max(initial=0.0) >= threshold:
                return at
        return whole, whole

    return stop


def confidence(read: Read, at: tuple[int, int], calibration: Calibration) -> Floats:
    """Of each of the windows that are read, of so many that could be."""
    count, offered = at
    if not count:
        return np.zeros(0)
    _, unread = np.unique(read.passages[count:offered], return_index=True)
    probabilities, _ = calibration.probabilities(
        read.scores[:count], read.found[:count], read.prominences[:count], read.found[count:offered][unread]
    )
    return calibration.confidence(pooled(probabilities, read.answers[:count]))


def chosen(read: Read, at: tuple[int, int], calibration: Calibration) -> tuple[float, float, bool]:
    """The confidence and the F1 of the answer that the first windows give, and whether it is right."""
    found = confidence(read, at, calibration)
    best = int(found.argmax()) if len(found) else None
    if best is None:
        return 0.0, 0.0, False
    return float(found[best]), float(read.f1[best]), bool(read.right[best])


if __name__ == "__main__":
    main()
