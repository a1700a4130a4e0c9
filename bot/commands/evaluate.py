"""quoth eval: figures of reader and retriever on questions with known answers."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from pathlib import Path

import click

from bot import messages
from bot.commands.evaluate_open import eval_open
from bot.commands.evaluate_retrieval import eval_retrieval
from bot.commands.figures import percent, show_figures
from bot.commands.known_questions import rows_of
from bot.commands.options import home_option, json_option, model_option, open_workplace, threads_option
from bot.commands.progress import progress
from bot.errors import UsageError
from qa_engine import squad
from qa_engine.loading import load
from qa_engine.reader import Reader
from qa_engine.squad import SquadRow

QUESTIONS_AT_ONCE = 64


@click.group("eval")
def evaluate() -> None:
    """Measure reader and retriever on known questions."""


evaluate.add_command(eval_open)
evaluate.add_command(eval_retrieval)


@evaluate.command("squad")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--limit", type=click.IntRange(1), help="Only the first so many questions.")
@click.option("--answerable", is_flag=True, help="Leave out the questions that have no answer.")
@click.option(
    "--threshold-from", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="Abstain below the log-odds that give the best F1 on this other file, its unanswerable questions "
    "weighted to the share that they have in FILE.  [default: below 0]",
)  # fmt: skip
@click.option(
    "--f32", is_flag=True, help="Compute in float32 what is not int8 (default: bfloat16 where there is)."
)
@model_option
@threads_option
@home_option
@json_option
def eval_squad(
    file: Path, *, limit: int | None, answerable: bool, threshold_from: Path | None, f32: bool,
    model: str | None, threads: int | None, home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Give the reader the right paragraph: exact match and F1 as SQuAD defines them.

    With questions that have no answer, also SQuAD 2.0's F1 over all questions, and how well the reader's
    log-odds tell the two kinds apart (area under the ROC curve).

    FILE is SQuAD's own JSON (v1.1 or 2.0), or JSON lines; .xz is unpacked.
    """
    rows = [row for row in rows_of(file) if row.answerable or not answerable][:limit]
    if not rows:
        raise UsageError(messages.NONE_ANSWERABLE.format(file=file))
    with open_workplace(home, model=model, threads=threads) as work:
        loaded = load(
            work.installed_model,
            threads=work.settings.threads,
            precision="f32" if f32 else "auto",
            cache=work.cache,
        )
        threshold = 0.0
        if threshold_from is not None:
            others = rows_of(threshold_from)
            share = sum(row.answerable for row in rows) / len(rows)
            read = _read_all(loaded.reader, others)
            threshold = squad.best_threshold(others, read, answerable=share)
        begun = time.perf_counter()
        result = squad.evaluate(rows, _read_all(loaded.reader, rows), threshold=threshold)
        seconds = time.perf_counter() - begun
    record = {
        "model": loaded.model.name,
        "precision": loaded.model.precision,
        "answerable": result.answerable,
        "exact_match": percent(result.exact),
        "f1": percent(result.f1),
        "unanswerable": result.unanswerable,
        "threshold": round(threshold, 2),
        "answerable_kept": percent(result.kept),
        "unanswerable_abstained": percent(result.abstained),
        "f1_over_all": percent(result.f1_all if result.unanswerable else None),
        "auroc": None if result.auroc is None else round(result.auroc, 4),
        "seconds": round(seconds, 1),
    }
    show_figures(record, as_json)


def _read_all(reader: Reader, rows: Sequence[SquadRow]) -> list[tuple[str, float]]:
    """The best span of each row's context, and the log-odds that its window answers at all."""
    answers: list[tuple[str, float]] = []
    with progress("Reading") as show:
        for start in range(0, len(rows), QUESTIONS_AT_ONCE):
            part = rows[start : start + QUESTIONS_AT_ONCE]
            readings = reader.read_all([(row.question, [row.context]) for row in part])
            for row, reading in zip(part, readings, strict=True):
                best = reading.candidates[0] if reading.candidates else None
                text = row.context[best.start : best.end] if best else ""
                answers.append((text, best.answerable if best else -math.inf))
            show(len(answers), len(rows))
    return answers
