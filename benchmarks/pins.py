"""How many rewordings of a question find its pinned answer, and how many near misses do; 86 of our own.

Numbers were chosen on those that are not "held_out".  The held out ones were looked at while the rules were
written; the unseen ones came after them, were asked once, and nothing was changed.

    python -m benchmarks.pins [--fit]

`--fit` also finds the weights for the reader that is installed, on the questions that they may be chosen on,
by a logistic regression that keeps near the present ones.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.composition import Workplace
from bot.settings import Settings
from qa_engine.fitting import logistic
from retrieval.alike import NEAR, READ_USUALLY, USUAL, WEIGHTS, likeness, may_be_alike, traits

QUESTIONS = Path(__file__).resolve().parents[1] / "tests" / "data" / "pins.jsonl"
KINDS = ("same", "other")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--fit", action="store_true", help="find the weights for the installed reader")
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder, Workplace(Settings(home=Path(folder))) as work:
        for name, held_out in (("chosen on", False), ("held out", True), ("unseen", "unseen")):
            chosen = [row for row in rows if row.get("held_out", False) == held_out]
            for kind in KINDS:
                pairs = [(row, text) for row in chosen for text in row[kind]]
                found = [text for row, text in pairs if finds(work, row, text)]
                print(f"{name:<10} {kind:<6} {len(found):>3} of {len(pairs)} find the pin")
                if kind == "other":
                    print("".join(f"           {text}\n" for text in found), end="")
        if arguments.fit:
            fit(work, [row for row in rows if not row.get("held_out", False)])


def fit(work: Workplace, rows: Sequence[Mapping[str, Any]]) -> None:
    """Print the weights of `alike.traits` for this reader, and the mean of what it finds."""
    table, alike = [], []
    for row in rows:
        for kind in KINDS:
            for asked in row[kind]:
                found = traits(
                    asked, row["question"], work.encoder, answer=row["answer"], reads=work.sure_of_answer
                )
                if found is not None:
                    table.append([*found, 1.0])
                    alike.append(kind == "same")
    values = np.array(table)
    shift = values[:, -2].mean()
    values[:, -2] -= shift
    weights = logistic(values, np.zeros(len(values)), np.array(alike), np.array([*WEIGHTS, USUAL]))
    print(
        f"weights {weights[:-1].round(2).tolist()}, usual {weights[-1]:.2f}, read {READ_USUALLY + shift:.2f}"
    )


def finds(work: Workplace, pinned: Mapping[str, Any], asked: str) -> bool:
    """Whether a question finds what is pinned to another one."""
    question, answer = pinned["question"], pinned["answer"]
    if not may_be_alike(asked, question, answer=answer):
        return False
    return likeness(asked, question, work.encoder, answer=answer, reads=work.sure_of_answer) >= NEAR


if __name__ == "__main__":
    main()
