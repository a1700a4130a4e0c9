"""What a company has, read and asked about: `python -m benchmarks.company_documents FOLDER`.

FOLDER holds the four corpora that the 40 questions of `tests/corpora_questions.jsonl` are about.  Told are
the time of the first and of the second ingest, what became of each kind of file and why, and for each
question, asked of the bot in the local workspace, whether what a person sees first comes from the right
document and says the expected words.

But: the questions were written before anything was measured and nothing was fitted to them; for one, two more
pages that say the same (of details to a higher GS level) were named afterwards.  40 are few.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.corpora import contain_each_other, corpora_questions
from benchmarks.machine import describe
from bot import messages
from bot.composition import Workplace
from bot.settings import Settings
from bot.slack.manifest import manifest
from retrieval.discovery import absolute
from retrieval.report import Report
from tests.slack_bot import running_bot
from tests.slack_stand_in import Message, Slack, running

FIRST = ("18f_handbook", "github_site_policy")
_LOCATION = re.compile(r" \((.+?)(?:, (?:page|slide|sheet) .*|:\d+|#.*)?\)")
THEN = ("basecamp_policies", "iso27001_toolkit")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--list", action="store_true", help="print every question with what came of it")
    parser.add_argument("--home", type=Path, help="keep what is read here, for the next time")
    arguments = parser.parse_args()
    print(describe())
    with tempfile.TemporaryDirectory() as folder, running(manifest("socket")) as slack:
        home = arguments.home or Path(folder)
        read_all(home, arguments.folder)
        with running_bot(home, slack):
            ask(slack, arguments.folder, show=arguments.list)


def read_all(home: Path, folder: Path) -> None:
    """Read the corpora, and tell how long it took and what became of each kind of file."""
    with Workplace(Settings(home=home)) as work:
        _ = work.passage_settings  # the vocabulary is loaded before the clock runs
        for run in ("first", "second"):
            seconds, report = ingest(work, [folder / name for name in FIRST])
            print(f"{run} run over {' and '.join(FIRST)}: {seconds:.1f} s, {counts(report)}")
        seconds, report = ingest(work, [folder / name for name in THEN])
        print(f"{' and '.join(THEN)}: {seconds:.1f} s, {counts(report)}")
        for row in report.rows:
            if row.status in ("failed", "skipped"):
                print(f"  {row.status} {row.path}: {row.reason}")


def ingest(work: Workplace, folders: list[Path]) -> tuple[float, Report]:
    """Seconds of an ingest, and its report."""
    begins = time.perf_counter()
    report = work.ingest(folders, collection="documents")
    return time.perf_counter() - begins, report


def counts(report: Report) -> str:
    """Counts by kind of file, in words."""
    kinds = (
        f"{kind} {', '.join(f'{number} {status}' for status, number in statuses.items())}"
        for kind, statuses in report.types.items()
    )
    return "; ".join(kinds)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person sees first in a reply: an answer's span or the nearest sentence, and its file.

    `given`: it came as an answer, not below "I don't know".
    """

    given: bool
    words: str
    path: str


def shown_first(reply: Message) -> Shown | None:
    """The first quote of a reply and where it is said to stand; None where nothing is quoted."""
    given = not reply.words.startswith(messages.NO_ANSWER["not sure"])
    leaves = [leaf for block in reply.blocks for leaf in _leaves(block)]
    texts = [str(leaf["text"]) for leaf in leaves]
    places = [number for number, text in enumerate(texts) if _LOCATION.fullmatch(text)]
    if not places:
        return None
    first = places[0]
    found = _LOCATION.fullmatch(texts[first])
    assert found is not None
    bold = next((str(leaf["text"]) for leaf in leaves if leaf.get("style", {}).get("bold")), "")
    return Shown(given, bold if given else texts[first + 1], found[1].removeprefix("…"))


def _leaves(element: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The pieces of text of a block, in order."""
    if isinstance(element.get("text"), str):
        yield element
    for inner in element.get("elements", []):
        yield from _leaves(inner)


def ask(slack: Slack, folder: Path, *, show: bool) -> None:
    """Ask all questions in the workspace and count: right at first place, given, cited wrongly."""
    right = given = given_right = wrong_place = said_there = 0
    questions = list(corpora_questions())
    person = slack.person("Ann")
    for each in questions:
        places = {str(absolute(folder / document)) for document in each.documents}
        first = shown_first(person.reply(person.says(person.dm, each.question), seconds=60))
        if first is None:
            continue
        is_there = any(place.endswith(first.path) for place in places)
        says_it = contain_each_other(first.words, each.words)
        right += is_there and says_it
        given += first.given
        given_right += first.given and is_there and says_it
        wrong_place += first.given and not is_there
        said_there += first.given and not is_there and says_it
        if show:
            mark = ("right" if says_it else "there") if is_there else "said" if says_it else "WRONG"
            how = "answer" if first.given else "nearest"
            print(f"  {mark:5} {how:7} {each.question} -> {first.words!r}, {first.path}")
    print(
        f"{len(questions)} questions, the first quote of each reply: right {right}; "
        f"given as answers {given}, of these right {given_right}, from another document {wrong_place}, "
        f"of which {said_there} say the expected words"
    )


if __name__ == "__main__":
    main()
