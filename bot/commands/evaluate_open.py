"""quoth eval open: questions asked of a whole knowledge base, and what becomes of each stage.

But: the knowledge base is made of SQuAD's paragraphs; for one's own documents there is `quoth calibrate`.
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

from bot.commands.ask import passages_option, threshold_option
from bot.commands.contexts import (
    Sources,
    keep_option,
    knowledge_base,
    more_rows,
    rows_of,
    titles_of,
    titles_option,
    vectors_option,
    with_option,
)
from bot.commands.curve import curve_record, plot_option, write_plot
from bot.commands.figures import percent, show_figures
from bot.commands.options import json_option, model_option, threads_option
from bot.commands.progress import progress
from bot.composition import Workplace
from bot.errors import UsageError
from qa_engine import squad
from qa_engine.answerer import SURE
from qa_engine.answers import Answer
from qa_engine.risk import calibration_error, risk_coverage
from qa_engine.squad import SquadRow

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
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_option
@click.option("--sample", type=click.IntRange(1), help="Ask only so many, drawn at random (always the same).")
@click.option("--answerable", is_flag=True, help="Leave out the questions that have no answer.")
@plot_option
@titles_option
@keep_option
@vectors_option
@passages_option
@threshold_option
@model_option
@threads_option
@json_option
def eval_open(
    file: Path, *, others: tuple[Path, ...], sample: int | None, answerable: bool, plot: Path | None,
    titles: bool, keep: Path | None, vectors: bool, passages: int, threshold: float | None, model: str | None,
    threads: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Ask without saying which paragraph: how often is the answer right, and does Quoth know it.

    Every distinct context of FILE and of the --with files is ingested into one store in a temporary folder,
    without a title but for --titles, and the questions of FILE are asked, those without an answer, too:
    people ask them.  An answer is right if its F1 with a reference is at least 0.5, and wrong where the
    question has none.
    """
    rows = rows_of(file)
    asked = [row for row in rows if row.answerable or not answerable]
    if not asked:
        raise UsageError(f"{file} has no question that has an answer.")
    if sample is not None:
        asked = random.Random(SEED).sample(asked, min(sample, len(asked)))  # noqa: S311 - no secret
    every = [*rows, *more_rows(others)]
    named = titles_of(every) if titles else {}
    with knowledge_base(every, titles=named, model=model, threads=threads, keep=keep, vectors=vectors) as (
        work,
        sources,
    ):
        if threshold is None:
            threshold = work.threshold
        begun = time.perf_counter()
        results = _ask_all(work, asked, sources, passages=passages, threshold=threshold)
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
        "threshold": threshold,
        "answer_rate": percent(float(given.mean())),
        "right_of_answers_given": percent(float(right[given].mean()) if given.any() else None),
        "area_under_risk_coverage": round(curve.area, 4),
        "calibration_error": round(calibration_error(confidence, right), 4),
        "seconds_a_question": round(seconds / len(results), 3),
    }
    if as_json:
        record["curve"] = curve_record(curve)
    show_figures(record, as_json)


def _ask_all(
    work: Workplace, asked: Sequence[SquadRow], sources: Sources, *, passages: int, threshold: float
) -> list[Asked]:
    with progress("Asking") as show:
        results = []
        for number, row in enumerate(asked, 1):
            results.append(_ask(work, row, sources[row.context], passages, threshold))
            show(number, len(asked))
    return results


def _ask(work: Workplace, row: SquadRow, source: str, passages: int, threshold: float) -> Asked:
    """What is answered, however unsure; what is read is as with the threshold."""
    outcome = work.ask(row.question, passages=passages, threshold=0.0, sure=max(SURE, threshold))
    evidence = outcome.evidence
    references = [reference.text for reference in row.references]
    wanted = [text for text in map(squad.normalise_answer, references) if text]
    retrieved = any(
        each.passage.path == source
        and any(text in squad.normalise_answer(each.passage.text) for text in wanted)
        for each in evidence.passages[: evidence.read]
    )
    answer, confidence = "", 0.0
    if isinstance(outcome, Answer):
        answer, confidence = outcome.quote.text, outcome.quote.confidence
    exact, f1 = squad.scores(answer, references) if references else (None, None)
    return Asked(confidence, squad.is_right(answer, references), evidence.read, retrieved, exact, f1)


def _mean(values: Sequence[float]) -> float | None:
    return statistics.fmean(values) if values else None
