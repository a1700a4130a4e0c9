"""What a company has, read and asked about: `python -m benchmarks.company_documents FOLDER`.

FOLDER holds the four corpora that the 40 questions of `tests/corpora_questions.jsonl` are about.  Told are
the time of the first and of the second ingest, what became of each kind of file and why, and for each
question whether the first quote comes from the right document and says the expected words.

But: the questions were written before anything was measured and nothing was fitted to them; 40 are few.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import describe
from bot.commands.options import open_workplace
from bot.composition import Workplace
from qa_engine.answers import Answer
from qa_engine.squad import normalise_answer
from retrieval.report import Report

QUESTIONS = Path(__file__).parents[1] / "tests" / "corpora_questions.jsonl"
FIRST = ("18f_handbook", "github_site_policy")
THEN = ("basecamp_policies", "iso27001_toolkit")


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the documents that answer it (paths below the folder), words of the answer."""

    question: str
    documents: list[str]
    words: str


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--list", action="store_true", help="print every question with what came of it")
    arguments = parser.parse_args()
    print(describe())
    with tempfile.TemporaryDirectory() as home, open_workplace(Path(home)) as work:
        _ = work.passage_settings  # the vocabulary is loaded before the clock runs
        for run in ("first", "second"):
            seconds, report = ingest(work, [arguments.folder / name for name in FIRST])
            print(f"{run} run over {' and '.join(FIRST)}: {seconds:.1f} s, {counts(report)}")
        seconds, report = ingest(work, [arguments.folder / name for name in THEN])
        print(f"{' and '.join(THEN)}: {seconds:.1f} s, {counts(report)}")
        for row in report.rows:
            if row.status in ("failed", "skipped"):
                print(f"  {row.status} {row.path}: {row.reason}")
        ask(work, arguments.folder, show=arguments.list)


def ingest(work: Workplace, folders: list[Path]) -> tuple[float, Report]:
    """Seconds of an ingest, and its report."""
    begins = time.perf_counter()
    report = work.ingest(folders, collection="documents")
    return time.perf_counter() - begins, report


def contain_each_other(one: str, other: str) -> bool:
    """Are the words of one those of the other, or a part of them?"""
    one, other = normalise_answer(one), normalise_answer(other)
    return bool(one) and (one in other or other in one)


def counts(report: Report) -> str:
    """Counts by kind of file, in words."""
    kinds = (
        f"{kind} {', '.join(f'{number} {status}' for status, number in statuses.items())}"
        for kind, statuses in report.types.items()
    )
    return "; ".join(kinds)


def ask(work: Workplace, folder: Path, *, show: bool) -> None:
    """Ask all questions and count: right at first place, given above the threshold, cited wrongly."""
    sources = {record.id: record.source for record in work.store.documents()}
    found = right = given = given_right = wrong_place = 0
    questions = [Question(**json.loads(line)) for line in QUESTIONS.read_text().splitlines()]
    for each in questions:
        places = {str((folder / document).absolute()) for document in each.documents}
        outcome = work.ask(each.question, threshold=0.0)
        read = {sources[row.passage.document_id] for row in outcome.evidence.passages}
        found += not places.isdisjoint(read)
        if not isinstance(outcome, Answer):
            continue
        quote = outcome.quote
        is_there = sources[quote.passage.document_id] in places
        says_it = contain_each_other(quote.text, each.words)
        is_given = quote.confidence >= work.threshold
        right += is_there and says_it
        given += is_given
        given_right += is_given and is_there and says_it
        wrong_place += is_given and not is_there
        if show:
            mark = "right" if is_there and says_it else "there" if is_there else "WRONG"
            print(
                f"  {mark:5} {quote.confidence:.2f} {each.question} -> {quote.text!r}, {quote.passage.path}"
            )
    print(
        f"{len(questions)} questions: right document among those read {found}, right at first place {right}; "
        f"given at the threshold {given}, of these right {given_right}, from another document {wrong_place}"
    )


if __name__ == "__main__":
    main()
