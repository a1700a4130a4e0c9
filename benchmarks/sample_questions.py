"""The questions that come with the sample handbook, asked of it: `python -m benchmarks.sample_questions`.

60 that the handbook answers, half of them in other words than the page's, and 15 that it does not.  An
answer is right if it comes from the page that answers the question and its words and the expected ones
contain each other, or say the same (`qa_engine.judging`).

But: 75 questions are few: a difference of three is noise.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpora import contain_each_other
from benchmarks.machine import describe
from bot.commands.demo import DATA, SampleQuestion, sample_questions
from bot.commands.options import open_workplace
from bot.composition import Workplace
from qa_engine.answerer import PASSAGES_READ
from qa_engine.answers import Answer, Quote
from qa_engine.judging import is_right
from retrieval.stored import StoredPassage

THRESHOLDS = (0.0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a question; `right` is None where the handbook does not answer it."""

    question: str
    found: str
    confidence: float
    retrieved: bool
    right: bool | None


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--list", action="store_true", help="print every question that went wrong")
    arguments = parser.parse_args()
    print(describe())
    with (
        tempfile.TemporaryDirectory() as folder,
        open_workplace(Path(folder), model=arguments.model) as work,
    ):
        work.ingest([DATA / "handbook"], collection="handbook")
        verdicts = [judge(work, sample) for sample in sample_questions()]
        threshold = work.model.calibration.threshold
    if arguments.list:
        for verdict in verdicts:
            if verdict.right is False:
                where = "" if verdict.retrieved else "  (page not among those read)"
                print(f"  {verdict.confidence:.2f} {verdict.question} -> {verdict.found!r}{where}")
    report(verdicts, threshold)


def judge(work: Workplace, sample: SampleQuestion) -> Verdict:
    """Ask one question, whatever the confidence."""
    outcome = work.ask(sample.question, passages=PASSAGES_READ, threshold=0.0)
    rows = outcome.evidence.passages[: outcome.evidence.read]
    retrieved = any(row.passage.path == sample.document for row in rows)
    if not isinstance(outcome, Answer):
        return Verdict(sample.question, "", 0.0, retrieved, None if sample.answer is None else False)
    quote = outcome.quote
    right = None if sample.answer is None else is_expected(quote, sample.answer, sample.document)
    return Verdict(sample.question, quote.text, quote.confidence, retrieved, right)


def is_expected(quote: Quote[StoredPassage], answer: str, document: str | None) -> bool:
    """Whether a quote says what was expected, from the page that was expected."""
    return quote.passage.path == document and (
        contain_each_other(quote.text, answer) or is_right(quote.text, [answer])
    )


def report(verdicts: list[Verdict], threshold: float) -> None:
    """What each threshold would do; the reader's own is marked."""
    answerable = [verdict for verdict in verdicts if verdict.right is not None]
    others = len(verdicts) - len(answerable)
    retrieved = sum(verdict.retrieved for verdict in answerable)
    print(f"{len(answerable)} questions with an answer ({retrieved} of their pages read), {others} without")
    print(f"{'threshold':>10} {'right':>6} {'wrong':>6} {'silent':>7} {'answered without answer':>24}")
    for least in sorted({*THRESHOLDS, threshold}):
        given = [verdict for verdict in verdicts if verdict.confidence >= least]
        right = sum(verdict.right is True for verdict in given)
        wrong = sum(verdict.right is False for verdict in given)
        astray = sum(verdict.right is None for verdict in given)
        mark = "*" if least == threshold else " "
        print(f"{mark}{least:9.2f} {right:6} {wrong:6} {len(answerable) - right - wrong:7} {astray:24}")


if __name__ == "__main__":
    main()
