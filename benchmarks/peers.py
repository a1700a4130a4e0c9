"""The embedded reader beside other ways to run a reader of its dimensions, and beside the processor's peak.

    python -m benchmarks.peers [--rounds 9] [--checkpoint FOLDER] [--large FOLDER ...] [--json]

Twenty passages of the sample handbook, of 60 to 250 tokens, and one question, the same for all.  The
variants take turns in one process; of wall and processor time the minimum and the median over the rounds
are told.

Variants, all of its dimensions:
  padded, float32       OpenVINO, every window padded to 384, one by one
  padded, bfloat16      the same as OpenVINO runs float weights by default on a processor that has bfloat16,
                        which is what Open Model Zoo's demo does
  HF pipeline           transformers' question-answering pipeline on PyTorch, float32 (text to answers)
  HF pipeline, 1 thread the same on one core: its threads wait busily for one another, which costs much
                        processor time on a busy machine
  ORT int8              ONNX Runtime, dynamic int8, own lengths, one by one, its defaults
  ORT int8, tuned       the same after its BERT optimiser, as many windows at once as there are processors
  ours, one a time      as the last line, every window in an inference of its own
  ours, text to spans   `Reader.read`: what the HF pipeline does, done by us
  ours                  `OpenVinoRuntime.infer` on the int8 file as it ships

The others run the checkpoint in `--checkpoint` (config.json, model.safetensors, vocab.txt), by default random
weights; ours always runs the embedded file.  The time depends on the dimensions, not on the weights.

Peaks are measured in the same rounds by large matrix products (`benchmarks.peak`).  `--large`: for readers
as `python -m training.random_reader FOLDER [--int8]` makes them, the share of the peak of their numbers.

But: nothing about accuracy here beyond this: all the float variants must give the same logits, and the
program says how far int8 is off.  PyTorch and ONNX Runtime come with the extra `bench`; what is not
installed is left out.
"""

from __future__ import annotations

import argparse
import json
import logging
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.contestants import OURS, SHAPE, Contestants, has_bfloat16
from benchmarks.machine import describe
from benchmarks.peak import PEAK_OPERATIONS, MatmulPeak, Number, operations
from benchmarks.sample import sample_windows
from benchmarks.turns import Times, take_turns
from qa_engine.cpus import available_cpus
from qa_engine.models import InstalledModel, open_model
from qa_engine.runtime import OpenVinoRuntime
from qa_engine.windows import SIZE, Window
from training.bert_ir import BERT_LARGE

PEAK = "peak, {}"
LARGE_STEP = 4  # every fourth window for the large readers, which take 20 times as long
LARGE_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Share:
    """What part of the peak of `number` a reader reaches, each at its least wall or processor time."""

    reader: str
    number: Number
    operations: int
    times: Times
    peak: Times

    @property
    def wall(self) -> float:
        return self.operations / self.times.wall.least / (PEAK_OPERATIONS / self.peak.wall.least)

    @property
    def cpu(self) -> float:
        return self.operations / self.times.cpu.least / (PEAK_OPERATIONS / self.peak.cpu.least)


@dataclass(slots=True)
class Result:
    """Times of the `contestants` by name, and shares; `notes` say what is not as one would think."""

    contestants: Contestants
    rounds: int
    times: dict[str, Times] = field(default_factory=dict)
    shares: list[Share] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--checkpoint", type=Path, help="the weights of the others")
    parser.add_argument("--large", type=Path, nargs="+", default=[], metavar="FOLDER")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)  # ONNX Runtime's quantiser warns through the root logger
    large = [open_model(folder) for folder in arguments.large]
    result = measure(arguments.rounds, arguments.checkpoint, large)
    print(json.dumps(as_record(result), indent=2) if arguments.json else as_text(result))


def measure(rounds: int, checkpoint: Path | None, large: Sequence[InstalledModel]) -> Result:
    """All of it."""
    numbers: tuple[Number, ...] = ("int8", "bf16" if has_bfloat16() else "f32")
    peaks = {number: MatmulPeak(number) for number in numbers}
    with tempfile.TemporaryDirectory() as folder:
        contestants = Contestants.gather(sample_windows(), Path(folder), checkpoint)
        result = Result(contestants, rounds)
        chains = {PEAK.format(number): peak.run for number, peak in peaks.items()}
        result.times = take_turns(contestants.variants | chains, rounds)
    if contestants.missing:
        missing = ", ".join(contestants.missing)
        result.notes.append(
            f"Left out for want of {missing}: pip install PyTorch's CPU build, then '.[bench]'"
        )
    for number, peak in peaks.items():
        if not peak.is_real:
            result.notes.append(f"The peak for {number} was measured with {', '.join(peak.executed)}")
    work = operations(SHAPE, map(len, contestants.asked))
    for number in numbers:
        chain = result.times[PEAK.format(number)]
        result.shares.append(Share(OURS, number, work, result.times[OURS], chain))
    for model in large:
        number = numbers[0] if "INT8" in (model.precision or "") else numbers[1]
        result.shares += large_shares(model, contestants.asked, peaks[number])
    return result


def large_shares(model: InstalledModel, asked: Sequence[Window], peak: MatmulPeak) -> list[Share]:
    """The shares of a reader of BERT-large's dimensions: some of our windows, and windows of 384 tokens."""
    runtime = OpenVinoRuntime(model.xml)
    ones = np.ones(SIZE, np.int32)
    read = {
        f"{model.name} {model.precision}": asked[::LARGE_STEP],
        f"{model.name} {model.precision}, {SIZE} tokens": [Window(ones, ones, 0, 0, 0, SIZE)] * 2,
    }
    variants = {name: partial(runtime.infer, windows) for name, windows in read.items()}
    times = take_turns({**variants, PEAK: peak.run}, LARGE_ROUNDS)
    return [
        Share(name, peak.number, operations(BERT_LARGE, map(len, windows)), times[name], times[PEAK])
        for name, windows in read.items()
    ]


def as_text(result: Result) -> str:
    """Tables, for a person."""
    contestants, ours = result.contestants, result.times[OURS]
    lengths = [len(window) for window in contestants.asked]
    width = max(map(len, [*result.times, *(share.reader for share in result.shares)])) + 1
    off = ", ".join(f"{name} {far:.2g}" for name, far in contestants.off.items())
    lines = [
        f"{describe()}, {', '.join(contestants.versions)}",
        f"{len(lengths)} windows of {min(lengths)}-{max(lengths)} tokens, "
        f"mean {statistics.mean(lengths):.0f}; {result.rounds} rounds",
        f"Logits off OpenVINO's in float32, same weights, by at most: {off}",
        *result.notes,
        "",
        f"{'':{width}}"
        + "".join(f"{title:>14}" for title in ("wall ms", "cpu ms", "wall / ours", "cpu / ours")),
        f"{'':{width}}" + "    min median" * 4,
    ]
    for name in contestants.variants:
        wall, cpu = result.times[name].wall, result.times[name].cpu
        lines.append(
            f"{name:{width}}{wall.least * 1e3:7.0f}{wall.median * 1e3:7.0f}"
            f"{cpu.least * 1e3:7.0f}{cpu.median * 1e3:7.0f}"
            f"{wall.least / ours.wall.least:7.2f}{wall.median / ours.wall.median:7.2f}"
            f"{cpu.least / ours.cpu.least:7.2f}{cpu.median / ours.cpu.median:7.2f}"
        )
    lines += [
        "",
        f"{'GFLOP/s, at the minimum':{width}}{'wall':>7}{'cpu *':>7}  share of the peak by wall, by cpu",
    ]
    for name, took in result.times.items():
        if name not in contestants.variants:
            lines.append(f"{name:{width}}{_speed(PEAK_OPERATIONS, took)}")
    for share in result.shares:
        lines.append(
            f"{share.reader:{width}}{_speed(share.operations, share.times)}  "
            f"{share.number}: {share.wall:.0%}, {share.cpu:.0%}"
        )
    lines.append(f"* a second of processor time, times {available_cpus()} processors")
    return "\n".join(lines)


def as_record(result: Result) -> dict[str, Any]:
    """The same for a program; seconds."""
    contestants, times = result.contestants, result.times
    return {
        "machine": describe(),
        "versions": contestants.versions,
        "notes": result.notes,
        "tokens": [len(window) for window in contestants.asked],
        "rounds": result.rounds,
        "off_float32": contestants.off,
        "variants": {
            name: {**_record(times[name]), "to_ours": _ratios(times[name], times[OURS])}
            for name in contestants.variants
        },
        "peaks": {
            name: {"operations": PEAK_OPERATIONS, **_record(took)}
            for name, took in times.items()
            if name not in contestants.variants
        },
        "shares": [
            {
                "reader": share.reader,
                "peak": share.number,
                "operations": share.operations,
                **_record(share.times),
                "share": {"wall": share.wall, "cpu": share.cpu},
            }
            for share in result.shares
        ],
    }


def _record(took: Times) -> dict[str, dict[str, float]]:
    return {
        clock: {"min": series.least, "median": series.median}
        for clock, series in (("wall", took.wall), ("cpu", took.cpu))
    }


def _ratios(took: Times, ours: Times) -> dict[str, dict[str, float]]:
    mine = _record(ours)
    return {
        clock: {kind: value / mine[clock][kind] for kind, value in values.items()}
        for clock, values in _record(took).items()
    }


def _speed(count: int, took: Times) -> str:
    return f"{count / took.wall.least / 1e9:7.0f}{count / took.cpu.least * available_cpus() / 1e9:7.0f}"


if __name__ == "__main__":
    main()
