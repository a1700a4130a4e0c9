"""quoth calibrate: make the confidence mean what it says, on one's own documents and questions.

But: the questions come from a file; nobody's answers in the chat are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from bot import messages, own_calibration
from bot.answer_settings import AnswerSettings
from bot.commands.ask import passages_option
from bot.commands.curve import curve_record, plot_option, write_plot
from bot.commands.figures import percent, show_figures
from bot.commands.known_questions import own_questions
from bot.commands.options import (
    chosen_collections,
    collections_option,
    home_option,
    json_option,
    max_wrong_option,
    model_option,
    note,
    open_workplace,
    print_json,
    threads_option,
)
from bot.commands.progress import progress
from bot.composition import Workplace
from bot.errors import UsageError
from qa_engine.fitting import Choice, Fitted, choice, fit, outcomes
from qa_engine.risk import RiskCoverage, calibration_error, calibration_error_by_chance, risk_coverage
from retrieval.evaluation import JudgedQuestion

LEAST_QUESTIONS = 20
LEAST_RIGHT = 5
MOST_WRONG = 0.2


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show the figures and change nothing.")
@click.option("--reset", is_flag=True, help="Go back to the calibration that came with the reader.")
@max_wrong_option
@plot_option
@passages_option
@collections_option
@model_option
@threads_option
@home_option
@json_option
def calibrate(
    file: Path | None, *, dry_run: bool, reset: bool, max_wrong: float | None, plot: Path | None,
    passages: int, collections: tuple[str, ...], model: str | None, threads: int | None,
    home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Fit confidence and threshold to your own questions in FILE.

    FILE has a JSON object on each line: {"question": "...", "answer": "..."}.  The answer is quoted from the
    documents, not told in other words; it may be a list of answers that would do, or null where the documents
    do not say.  Some such questions should be among them, as many as people ask.  At least 20 questions are
    needed; 100 make the figures worth something.

    The figures are honest: each question is judged by weights and a threshold that were found on others.
    """
    if reset and (dry_run or file is not None):
        raise UsageError(messages.CALIBRATE_RESET_ALONE)
    answers = AnswerSettings(max_wrong=max_wrong)
    with open_workplace(home, model=model, threads=threads, answers=answers) as work:
        if reset:
            there = own_calibration.remove(work.settings.calibrations, work.installed_model)
            note(messages.CALIBRATION_RESET if there else messages.CALIBRATION_WAS_NONE)
            if as_json:
                print_json({"reset": there})
            return
        if file is None:
            raise UsageError(messages.CALIBRATE_WHAT)
        asked = read_questions(file)
        choices = _ask_all(work, asked, chosen_collections(work, collections), passages)
        _refuse_without_right(asked, choices)
        before = work.model.calibration
        judged_before = outcomes(choices, before)
        wanted = work.settings.answers.max_wrong
        fitted = fit(choices, before, most_wrong=MOST_WRONG if wanted is None else wanted)
        after = fitted.calibration
        curve = risk_coverage(fitted.confidence, fitted.right)
        record = _figures(asked, fitted, curve) | {
            "calibration_error_before": round(calibration_error(*judged_before), 4),
            "area_under_risk_coverage_before": round(risk_coverage(*judged_before).area, 4),
        }
        if as_json:
            record["curve"] = curve_record(curve)
        show_figures(record, as_json)
        if plot is not None:
            given, right = fitted.given, fitted.right[fitted.given]
            at = (float(given.mean()), float(1 - right.mean())) if given.any() else None
            write_plot(plot, curve, after.threshold, at)
        if not dry_run:
            path = own_calibration.write(work.settings.calibrations, work.installed_model, after)
            note(messages.CALIBRATED.format(path=path))


def read_questions(file: Path) -> list[JudgedQuestion]:
    """The questions of a file; there must be enough."""
    found = own_questions(file, documents=False)
    if len(found) < LEAST_QUESTIONS:
        raise UsageError(f"{file} has {len(found)} questions; at least {LEAST_QUESTIONS} are needed.")
    return found


def _refuse_without_right(asked: Sequence[JudgedQuestion], choices: Sequence[Choice]) -> None:
    """A reader that learns that nothing it finds is right would say nothing any more."""
    right = sum(bool(each.right.any()) for each in choices)
    if right < LEAST_RIGHT:
        answerable = sum(bool(each.answers) for each in asked)
        raise UsageError(messages.CALIBRATE_NOTHING_RIGHT.format(right=right, answerable=answerable))


def _figures(asked: Sequence[JudgedQuestion], fitted: Fitted, curve: RiskCoverage) -> dict[str, object]:
    """What the fit says of the questions, each judged by what was found on others."""
    given = fitted.given
    return {
        "questions": len(asked),
        "without_an_answer": sum(not each.answers for each in asked),
        "best_answer_right": percent(float(fitted.right.mean())),
        "calibration_error": round(calibration_error(fitted.confidence, fitted.right), 4),
        "calibration_error_by_chance": round(calibration_error_by_chance(fitted.confidence), 4),
        "area_under_risk_coverage": round(curve.area, 4),
        "threshold": round(fitted.calibration.threshold, 4),
        "answer_rate": percent(float(given.mean())),
        "right_of_answers_given": percent(float(fitted.right[given].mean()) if given.any() else None),
    }


def _ask_all(
    work: Workplace, asked: Sequence[JudgedQuestion], collections: list[str] | None, passages: int
) -> list[Choice]:
    choices = []
    with progress("Asking") as show:
        for number, each in enumerate(asked, 1):
            found = work.library.search(each.question, passages, collections=collections)
            asked_as = work.library.spelled_out(each.question)  # as the answerer asks it
            choices.append(choice(work.model.reader, asked_as, found, each.answers))
            show(number, len(asked))
    return choices
