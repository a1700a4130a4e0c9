"""quoth eval open: questions asked of a whole knowledge base, and what becomes of each stage.

But: nothing is fitted to the questions; that is what `quoth calibrate` does.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from bot import messages
from bot.commands.ask import passages_option
from bot.commands.curve import curve_record, plot_option, write_plot
from bot.commands.figures import percent, show_figures
from bot.commands.known_questions import KnownQuestions, known_questions
from bot.commands.options import json_option, threshold_option
from bot.commands.progress import progress
from bot.composition import Workplace
from bot.errors import UsageError
from qa_engine import squad
from qa_engine.answerer import SURE
from qa_engine.answers import Answer
from qa_engine.judging import is_right
from qa_engine.risk import calibration_error, calibration_error_by_chance, risk_coverage
from retrieval.evaluation import JudgedQuestion

SEED = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of one question: how many passages were read for it, and whether the one with the answer was.

    `exact` and `f1` are None where it has no answer.
    """

    confidence: float
    right: bool
    read: int
    retrieved: bool
    exact: float | None
    f1: float | None


@click.command("open")
@known_questions
@click.option("--sample", type=click.IntRange(1), help="Ask only so many, drawn at random (always the same).")
@click.option("--answerable", is_flag=True, help="Leave out the questions that have no answer.")
@plot_option
@passages_option
@threshold_option
@json_option
def eval_open(
    known: KnownQuestions, *, sample: int | None, answerable: bool, plot: Path | None, passages: int,
    threshold: float | None, as_json: bool,
) -> None:  # fmt: skip
    """Ask without saying which paragraph: how often is the answer right, and does Quoth know it.

    FILE in SQuAD's form: every distinct context of it and of the --with files is ingested into one store in a
    temporary folder, without a title but for --titles, and the questions of FILE are asked of it.

    FILE with {"question": "...", "answer": "...", "document": "..."} on each line: the questions are asked of
    your own documents, and "document" is the path that quoth ls shows.  "answer" may be a list of answers
    that would do, or null where the documents do not say; "passage": "..." names words of the passage that
    has the answer, where the answer stands in others, too.

    Questions without an answer are asked, too: people ask them.  An answer is right if its F1 with a
    reference is at least 0.5 and it has no other figure, date or unit, nor denies what that says; it is wrong
    where the question has none.
    """
    with known.opened() as (work, every):
        asked = [each for each in every if each.answers or not answerable]
        if not asked:
            raise UsageError(messages.NONE_ANSWERABLE.format(file=known.file))
        if sample is not None:
            asked = random.Random(SEED).sample(asked, min(sample, len(asked)))  # noqa: S311 - no secret
        if threshold is None:
            threshold = work.threshold
        _ = work.answerer  # loads the reader
        work.library.search(asked[0].question, passages)  # loads encoder and index
        begun = time.perf_counter()
        results = _ask_all(work, asked, passages=passages, threshold=threshold)
        seconds = time.perf_counter() - begun
        size = len(work.index)
    confidence = np.array([each.confidence for each in results])
    right = np.array([each.right for each in results], dtype=bool)
    given = confidence >= threshold
    curve = risk_coverage(confidence, right)
    if plot is not None:
        write_plot(plot, curve, threshold)
    with_answer = [each for each in results if each.f1 is not None]
    retrieved = [each for each in with_answer if each.retrieved]
    record: dict[str, object] = {
        "questions": len(results),
        "answerable": len(with_answer),
        "passages": size,
        "passages_read": round(statistics.fmean(each.read for each in results), 1),
        "exact_match": percent(_mean([each.exact for each in with_answer if each.exact is not None])),
        "f1": percent(_mean([each.f1 for each in with_answer if each.f1 is not None])),
        "right": percent(_mean([each.right for each in with_answer])),
        "answer_passage_read": percent(_mean([each.retrieved for each in with_answer])),
        "right_when_read": percent(_mean([each.right for each in retrieved])),
        "threshold": round(threshold, 4),
        "answer_rate": percent(float(given.mean())),
        "right_of_answers_given": percent(float(right[given].mean()) if given.any() else None),
        "area_under_risk_coverage": round(curve.area, 4),
        "calibration_error": round(calibration_error(confidence, right), 4),
        "calibration_error_by_chance": round(calibration_error_by_chance(confidence), 4),
        "seconds_a_question": round(seconds / len(results), 3),
    }
    if as_json:
        record["curve"] = curve_record(curve)
    show_figures(record, as_json)


def _ask_all(
    work: Workplace, asked: Sequence[JudgedQuestion], *, passages: int, threshold: float
) -> list[Asked]:
    with progress("Asking") as show:
        results = []
        for number, each in enumerate(asked, 1):
            results.append(_ask(work, each, passages, threshold))
            show(number, len(asked))
    return results


def _ask(work: Workplace, asked: JudgedQuestion, passages: int, threshold: float) -> Asked:
    """What is answered, however unsure; what is read is as with the threshold."""
    outcome = work.ask(asked.question, passages=passages, threshold=0.0, sure=max(SURE, threshold))
    evidence = outcome.evidence
    references = asked.answers
    retrieved = any(
        asked.is_answered_by(each.passage, squad.normalise_answer)
        for each in evidence.passages[: evidence.read]
    )
    answer, confidence = "", 0.0
    if isinstance(outcome, Answer):
        answer, confidence = outcome.quote.text, outcome.quote.confidence
    exact, f1 = squad.scores(answer, references) if references else (None, None)
    return Asked(confidence, is_right(answer, references), evidence.read, retrieved, exact, f1)


def _mean(values: Sequence[float]) -> float | None:
    return statistics.fmean(values) if values else None
