"""From nothing running to the first answer, and each question after it: `python -m benchmarks.first_answer`.

A fresh process asks one question of the sample handbook, as a person at a terminal does, with the embedded
reader and its compiled form in the cache (the very first start makes it); then one process asks the sample
questions one after the other.  With --page, a fresh `quoth demo`, as after the installation: until it prints
the page's address, and until a question typed there is answered.

But: nothing here is about being right.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.machine import describe, resident_bytes
from bot.commands.demo import DATA, sample_questions
from bot.commands.options import open_workplace

QUESTION = "How many unused leave days may I carry over?"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--page", action="store_true", help="only quoth demo and its page")
    arguments = parser.parse_args()
    print(describe())
    if arguments.page:
        with tempfile.TemporaryDirectory() as folder:
            address, answer = first_page(Path(folder))
        print("quoth demo, the very first time")
        print(f"  the page's address         {address:.1f} s")
        print(f"  a question typed there, answered  {answer:.1f} s")
        return
    with tempfile.TemporaryDirectory() as folder, open_workplace(Path(folder)) as work:
        ingest(Path(folder))
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


def ingest(home: Path) -> None:
    """In a process of its own, whose memory is not the bot's."""
    command = [sys.executable, "-m", "bot", "ingest", str(DATA / "handbook"), "--home", str(home)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


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


def first_page(home: Path) -> tuple[float, float]:
    """Seconds from the start of `quoth demo` to the address of its page, and to an answer on it."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--no-browser", "--port", "0", "--home", str(home)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = next(line for line in process.stdout if "/?key=" in line)
        address = time.perf_counter() - begun
        place, _, key = line.split()[-1].partition("?key=")
        with urllib.request.urlopen(f"{place}live?key={key}") as live:
            first = json.loads(live.readline().removeprefix(b"data: "))["set"]
            channel = next(item["id"] for name, item in first.items() if name.startswith("channel C"))
            you, cookie = first["team"]["you"], f"quoth_{urlsplit(place).port}={key}"
            said = json.dumps({"channel": channel, "text": f"/ask {QUESTION}"}).encode()
            do = f"{place}do/say?person={you}"
            urllib.request.urlopen(urllib.request.Request(do, said, {"Cookie": cookie})).close()
            next(event for event in live if b"annual-leave.md" in event)
        return address, time.perf_counter() - begun
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
