"""From nothing running to the first answer, and each question after it: `python -m benchmarks.first_answer`.

A fresh process asks one question of the sample handbook, as a person at a terminal does, with the embedded
reader and its compiled form in the cache (the very first start makes it); then one process asks the sample
questions one after the other.

But: nothing here is about being right.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.machine import describe, resident_bytes
from bot.commands.demo import DATA, sample_questions
from bot.commands.options import open_workplace

QUESTION = "How many unused leave days may I carry over?"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    print(describe())
    with tempfile.TemporaryDirectory() as folder, open_workplace(Path(folder)) as work:
        work.ingest([DATA / "handbook"], collection="handbook")
        colds = [cold_start(Path(folder)) for _ in range(arguments.rounds + 1)]
        first, later = colds[0], colds[1:]
        print(f"very first start to answer   {first[0]:.2f} s (compiles the reader)")
        print(f"cold start to first answer   {min(s for s, _ in later):.2f} s, median of {len(later)}: "
              f"{statistics.median(s for s, _ in later):.2f} s")  # fmt: skip
        print(f"memory at its peak           {max(peak for _, peak in later) / 1e6:.0f} MB")
        work.model.runtime.warm()
        seconds, windows = [], []
        for sample in sample_questions():
            begun = time.perf_counter()
            outcome = work.ask(sample.question)
            seconds.append(time.perf_counter() - begun)
            windows.append(outcome.evidence.windows)
        print(f"a question, {statistics.mean(windows):.0f} windows")
        print(f"  median {statistics.median(seconds):.3f} s, slowest of {len(seconds)} {max(seconds):.3f} s")
        print(f"resident after {len(seconds)} questions  {resident_bytes() / 1e6:.0f} MB")


def cold_start(home: Path) -> tuple[float, float]:
    """Seconds and peak bytes of a process that asks one question."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "ask", QUESTION, "--home", str(home)], stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"quoth ask ended with {process.returncode}")
    return seconds, usage.ru_maxrss * 1024


if __name__ == "__main__":
    main()
