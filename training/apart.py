"""The questions that no training asks: by a rule and not by a list, so that every run leaves out the same.

    python -m training.apart FILE

writes those about SQuAD's paragraphs, as JSON lines: `quoth eval squad DEV --threshold-from FILE`.

Three kinds: all about some paragraphs of SQuAD, by which a run is judged; all about some companies and
countries that do not exist (`invented.py`); and one in `ONE_IN` of the other questions of open sets, whose
paragraphs are read with other questions.  They fit the calibration: a reader is surer of what it has learned
by heart.

But: run 2 and those before it had other lists (training/RUNS.md), so that the reader which they made has been
asked most of the third kind once.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

from qa_engine.squad import SquadRow
from training.data import dev_rows, sample, train_rows
from training.examples import without_dev
from training.invented import company, set_aside
from training.negatives import OPEN

ONE_IN = 20
QUESTIONS = 400
SEED = 11
SQUAD = ("squad11", "squad_train", "squad2")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    file: Path = parser.parse_args().file
    chosen = [
        row for row in never_asked(without_dev(train_rows(), dev_rows())) if row.source.startswith(SQUAD)
    ]
    file.write_text("".join(f"{json.dumps(_record(row))}\n" for row in chosen))
    print(f"{len(chosen):,} questions, {sum(row.answerable for row in chosen):,} with an answer, in {file}")


def judged_by(rows: Sequence[SquadRow]) -> list[SquadRow]:
    """The questions about the paragraphs that are kept apart, and behind them those about the companies and
    countries.
    """
    own = [row for row in rows if row.source.startswith("squad11") and row.answerable]
    contexts = set(sample(sorted({row.context for row in own}), QUESTIONS // 3, seed=SEED))
    asked = [row for row in own if row.context in contexts][:QUESTIONS]
    return asked + [row for row in rows if set_aside(row)]


def never_asked(rows: Sequence[SquadRow]) -> list[SquadRow]:
    """All three kinds."""
    judged = {row.id for row in judged_by(rows)}
    return [row for row in rows if row.id in judged or _drawn(row)]


def _drawn(row: SquadRow) -> bool:
    return row.source.startswith(OPEN) and not company(row) and crc32(row.id.encode()) % ONE_IN == 0


def _record(row: SquadRow) -> dict[str, Any]:
    """What `squad.read_rows` makes the row of."""
    answers = [{"text": each.text, "answer_start": each.start} for each in row.references]
    return {
        "id": row.id, "title": row.title, "context": row.context, "question": row.question,
        "answers": answers, "source": row.source,
    }  # fmt: skip


if __name__ == "__main__":
    main()
