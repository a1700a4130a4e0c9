"""The reader beside the way of Open Model Zoo's demo: every window padded to 384, one after the other.

    python -m benchmarks.reader [--rounds 7] [--large FOLDER]

Twenty passages of the sample handbook, of 60 to 250 tokens, and one question, the same for all variants,
which take turns in one process; figures are medians over the rounds.  Processor time is what counts,
since the machine may be busy.

Variants of the embedded reader's dimensions:
  float, padded     the demo's way: float weights, synchronous, [1, 384]
  int8, padded      the same way with our int8 file: what the smaller numbers alone bring
  int8, ours        as a question is read

`--large FOLDER`: a reader of BERT-large's dimensions as `python -m training.random_reader FOLDER` makes it;
the same float file is then run padded and our way.

But: nothing about accuracy here; a padded and an exact window differ by rounding only (see the tests).
`benchmarks.peers` compares with other programs.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.machine import describe, resident_bytes
from benchmarks.sample import PASSAGES, sample_windows
from benchmarks.turns import Variant, take_turns
from qa_engine.models import EMBEDDED, InstalledModel, open_model
from qa_engine.runtime import OpenVinoRuntime
from qa_engine.windows import SIZE, Window
from training.bert_ir import SMALL
from training.random_reader import make


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--large", type=Path, help="a reader of BERT-large's dimensions")
    arguments = parser.parse_args()
    print(describe())
    asked = sample_windows()
    lengths = [len(window) for window in asked]
    print(
        f"{PASSAGES} windows of {min(lengths)}-{max(lengths)} tokens, mean {statistics.mean(lengths):.0f}\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), SMALL, length=SIZE)
        embedded = open_model(EMBEDDED)
        variants = {
            "float, padded": padded(open_model(Path(folder)), asked),
            "int8, padded": padded(embedded, asked),
            "int8, ours": ours(embedded, asked),
        }
        compare(f"Embedded reader ({SMALL.layers} layers, {SMALL.hidden} wide)", variants, arguments.rounds)
    if arguments.large:
        measure_large(open_model(arguments.large), asked, max(3, arguments.rounds // 2))


def measure_large(model: InstalledModel, asked: Sequence[Window], rounds: int) -> None:
    """Load time, memory and the two ways for a model of the real size."""
    before, begun = resident_bytes(), time.perf_counter()
    runtime = OpenVinoRuntime(model.xml)
    print(
        f"\n{model.name}: loaded in {time.perf_counter() - begun:.1f} s, "
        f"{(resident_bytes() - before) / 1e9:.2f} GB resident, "
        f"{'any length' if runtime.fixed_length is None else f'{runtime.fixed_length} tokens a window'}"
    )
    some = asked[::4]
    variants = {"float, padded": padded(model, some), "float, ours": lambda: runtime.infer(some)}
    compare(f"{model.name}, {len(some)} of the windows", variants, rounds)


def padded(model: InstalledModel, asked: Sequence[Window]) -> Variant:
    """One synchronous inference of 384 tokens after the other, all cores on each."""
    runtime = OpenVinoRuntime(model.xml, streams=1)
    filled = [
        Window(
            np.pad(window.ids, (0, SIZE - len(window))), np.pad(window.types, (0, SIZE - len(window))),
            window.passage, window.lead, 0, window.count,
        )
        for window in asked
    ]  # fmt: skip
    return lambda: [runtime.infer([window]) for window in filled]


def ours(model: InstalledModel, asked: Sequence[Window]) -> Variant:
    """As a question is read."""
    runtime = OpenVinoRuntime(model.xml)
    return lambda: runtime.infer(asked)


def compare(title: str, variants: dict[str, Variant], rounds: int) -> None:
    """Let the variants take turns and print the medians and the ratios to the last one."""
    times = take_turns(variants, rounds)
    reference = times[list(variants)[-1]].cpu.median
    print(f"{title}, median of {rounds} rounds")
    print(f"{'':16} {'wall ms':>9} {'cpu ms':>9} {'cpu ratio':>10}")
    for name, took in times.items():
        print(
            f"{name:16} {took.wall.median * 1e3:9.0f} {took.cpu.median * 1e3:9.0f} "
            f"{took.cpu.median / reference:9.1f}x"
        )


if __name__ == "__main__":
    main()
