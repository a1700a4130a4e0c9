"""The training and measuring rows, where they lie, and samples of them.

But: nothing of this data is part of the project; scripts that need it are told where it is.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import TypeVar

from qa_engine.squad import SquadRow, read_rows
from training.invented import invented_rows
from training.written import written_rows

T = TypeVar("T")

QA_DATA = Path(__file__).resolve().parents[2] / "shared" / "qa_data"


def train_rows(folder: Path = QA_DATA) -> list[SquadRow]:
    """All rows of all train sets, and behind them those that we wrote."""
    public = [row for path in sorted((folder / "train").glob("*.jsonl.xz")) for row in read_rows(path)]
    return public + written_rows(public) + invented_rows()


def dev_rows(folder: Path = QA_DATA) -> list[SquadRow]:
    """The rows for measuring; never for training or fitting."""
    return read_rows(folder / "dev" / "squad_dev.jsonl.xz")


def sample(rows: list[T], size: int, *, seed: int) -> list[T]:
    """`size` rows (or anything else) drawn without replacement, the same for the same seed."""
    return random.Random(seed).sample(rows, min(size, len(rows)))
