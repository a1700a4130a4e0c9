"""The questions that no training asks: by a rule and not by a list, so that every run leaves out the same.

Three kinds: all about some paragraphs of SQuAD, by which a run is judged; all about some companies and
countries that do not exist (`invented.py`); and one in `ONE_IN` of the other questions of open sets, whose
paragraphs are read with other questions.  They fit the calibration: a reader is surer of what it has learned
by heart.

But: run 2 and those before it had other lists (training/RUNS.md), so that the reader which they made has been
asked most of the third kind once.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from qa_engine.squad import SquadRow
from training.data import sample
from training.invented import company, set_aside
from training.negatives import OPEN

ONE_IN = 20
QUESTIONS = 400
SEED = 11


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
