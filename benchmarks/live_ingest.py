"""A bot that answers while another process ingests: `python -m benchmarks.live_ingest`.

The real bot with the embedded reader sits in the local workspace, with the sample handbook and older
versions of some of the pages to come.  It is asked one question after the other, first with nothing else to
do, then while `quoth ingest` reads a folder of some 10,000 passages in its own process, then idle again.
Told are the times of the replies, and how many quoted words that stand neither in the old pages nor in the
new ones.

But: Slack, the bot and the ingest share the machine's processors.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.machine import describe
from bot.commands.demo import DATA, sample_questions
from bot.composition import Workplace
from bot.settings import Settings
from bot.slack.manifest import manifest
from tests.slack_bot import running_bot
from tests.slack_stand_in import Slack, running

PASSAGES = 10_000
SECTIONS = 20  # of a made document; each becomes a passage
EARLIER = 40  # of the made documents are known in an older version
IDLE = 60  # questions with nothing else to do, before and after
_QUOTED = re.compile("“([^”]*)”")


@dataclass(slots=True)
class Phase:
    """What was seen in a stretch of time.  `seconds`: from a question to its reply."""

    name: str
    seconds: list[float] = field(default_factory=list)
    quoted: list[list[str]] = field(default_factory=list)

    @property
    def p50_p95(self) -> tuple[float, float]:
        p50, p95 = np.percentile(self.seconds, [50, 95])
        return float(p50), float(p95)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--passages", type=int, default=PASSAGES)
    arguments = parser.parse_args()
    print(describe())
    with tempfile.TemporaryDirectory() as folder, running(manifest("socket")) as slack:
        beside(Path(folder), slack, arguments.passages)


def beside(folder: Path, slack: Slack, passages: int) -> None:
    """Ask before, during and after an ingest."""
    docs = folder / "docs"
    docs.mkdir()
    handbook = [path.read_text(encoding="utf-8") for path in (DATA / "handbook").rglob("*.md")]
    old, new = pages(handbook, 1, EARLIER), pages(handbook, 2, passages // SECTIONS)
    home = folder / "home"
    write(docs, old)
    with Workplace(Settings(home=home)) as work:
        work.ingest([DATA / "handbook", docs], collection="documents")
    with running_bot(home, slack) as bot:
        known = stored_text(bot.work)
        asking = Asking(slack, questions(len(old)))
        before = asking.phase("idle before", lambda count: count < IDLE)
        write(docs, new)
        begins = time.perf_counter()
        ingest = subprocess.Popen(
            [sys.executable, "-m", "bot", "ingest", str(docs), "-c", "documents"],
            env={**os.environ, "QUOTH_HOME": str(home)},
            stdout=subprocess.DEVNULL,
        )
        during = asking.phase("during the ingest", lambda _: ingest.poll() is None)
        took = time.perf_counter() - begins
        after = asking.phase("idle after", lambda count: count < IDLE)
        stored = sum(record.passages for record in bot.work.store.documents())
        known += stored_text(bot.work)
    print(f"ingest: exit code {ingest.returncode}, {took:.0f} s, {stored:,} passages in the store")
    for phase in (before, during, after):
        p50, p95 = phase.p50_p95
        strange = sum(any(as_shown(part) not in known for part in parts) for parts in phase.quoted)
        print(
            f"{phase.name}: {len(phase.seconds)} replies, p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, "
            f"with words from neither state: {strange}"
        )
    idle = max(before.p50_p95[1], after.p50_p95[1])
    print(f"p95 during the ingest / p95 idle: {during.p50_p95[1] / idle:.2f}")


def pages(handbook: list[str], version: int, count: int) -> list[str]:
    """Pages of words of the handbook, each with a fact of its own that differs by version."""
    words = [word for text in handbook for word in text.split()]
    rng = random.Random(version)
    found = []
    for number in range(count):
        fact = f"The gauge of station {number} is read every {version + number % 20} hours."
        parts = (f"## Part {part}\n\n{' '.join(rng.choices(words, k=90))}." for part in range(1, SECTIONS))
        found.append("\n\n".join([f"# Station {number}", fact, *parts]))
    return found


def write(folder: Path, texts: list[str]) -> None:
    for number, text in enumerate(texts):
        (folder / f"{number}.md").write_text(text, encoding="utf-8")


def questions(stations: int) -> Iterator[str]:
    """In turn about the handbook, and about a station whose page changes."""
    handbook = itertools.cycle([sample.question for sample in sample_questions() if sample.answer])
    for number in itertools.cycle(range(stations)):
        yield next(handbook)
        yield f"How often is the gauge of station {number} read?"


def stored_text(work: Workplace) -> str:
    """All that may be quoted now, as `as_shown` makes it."""
    documents = [work.store.content(record.id) for record in work.store.documents()]
    return as_shown(" ".join(document.text for document in documents if document is not None))


def as_shown(text: str) -> str:
    """Letters and digits alone: line ends and blanks are not what this is about."""
    return re.sub(r"\W+", "", text)


class Asking:
    """Somebody who asks in a channel, waits for the reply, and asks the next."""

    def __init__(self, slack: Slack, questions: Iterator[str]) -> None:
        self._questions = questions
        self._person = slack.person("Ann")
        self._channel = slack.channel("general", self._person)
        self.phase("warm", lambda count: count < 4)

    def phase(self, name: str, goes_on: Callable[[int], bool]) -> Phase:
        """Ask as long as `goes_on` with the number of replies so far."""
        found = Phase(name)
        while goes_on(len(found.seconds)):
            begins = time.monotonic()
            asked = self._person.says(self._channel, f"@quoth {next(self._questions)}")
            reply = self._person.reply(asked, seconds=120)
            found.seconds.append(reply.posted - begins)
            found.quoted.append([part for words in _QUOTED.findall(reply.words) for part in words.split("…")])
        return found


if __name__ == "__main__":
    main()
