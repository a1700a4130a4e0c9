"""quoth eval: figures of reader and retriever on questions with known answers."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from bot.commands.options import (
    home_option,
    json_option,
    model_option,
    open_workplace,
    print_json,
    threads_option,
)
from bot.commands.progress import progress
from bot.composition import Workplace
from bot.errors import UsageError
from qa_engine import squad
from qa_engine.loading import load
from qa_engine.reader import Reader
from qa_engine.squad import SquadRow, read_rows
from retrieval.documents import DocumentBuilder
from retrieval.evaluation import JudgedQuestion, recall
from retrieval.ingest import searchable
from retrieval.store import Source

QUESTIONS_AT_ONCE = 64


@click.group("eval")
def evaluate() -> None:
    """Measure reader and retriever on known questions."""


@evaluate.command("squad")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--limit", type=click.IntRange(1), help="Only the first so many questions.")
@click.option("--answerable", is_flag=True, help="Leave out the questions that have no answer.")
@click.option(
    "--f32", is_flag=True, help="Compute in float32 what is not int8 (default: bfloat16 where there is)."
)
@model_option
@threads_option
@home_option
@json_option
def eval_squad(
    file: Path, *, limit: int | None, answerable: bool, f32: bool, model: str | None, threads: int | None,
    home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Give the reader the right paragraph: exact match and F1 as SQuAD defines them.

    FILE is SQuAD's own JSON (v1.1 or 2.0), or JSON lines; .xz is unpacked.
    """
    rows = [row for row in _questions(file) if row.answerable or not answerable][:limit]
    with open_workplace(home, model=model, threads=threads) as work:
        loaded = load(
            work.installed_model,
            threads=work.settings.threads,
            precision="f32" if f32 else "auto",
            cache=work.cache,
        )
        begun = time.perf_counter()
        result = squad.evaluate(rows, _read_all(loaded.reader, rows))
        seconds = time.perf_counter() - begun
    record = {
        "model": loaded.model.name,
        "precision": loaded.model.precision,
        "answerable": result.answerable,
        "exact_match": _percent(result.exact),
        "f1": _percent(result.f1),
        "unanswerable": result.unanswerable,
        "answerable_kept": _percent(result.kept),
        "unanswerable_abstained": _percent(result.abstained),
        "seconds": round(seconds, 1),
    }
    _show(record, as_json)


@evaluate.command("retrieval")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--with", "others", multiple=True, type=click.Path(exists=True, path_type=Path), metavar="FILE|FOLDER",
    help="More contexts for the knowledge base: a file, or all .jsonl.xz files of a folder.",
)  # fmt: skip
@click.option("--limit", type=click.IntRange(1), help="Only the first so many questions.")
@model_option
@json_option
def eval_retrieval(
    file: Path, *, others: tuple[Path, ...], limit: int | None, model: str | None, as_json: bool
) -> None:
    """Ask without saying which paragraph: how often is the right one among the first k passages.

    Every distinct context of FILE and of the --with files is ingested, without titles, into one store in
    a temporary folder; the answerable questions of FILE are asked.
    """
    rows = _questions(file)
    files = [path for other in others for path in _files_of(other)]
    contexts = dict.fromkeys(row.context for row in rows)
    contexts |= dict.fromkeys(row.context for path in files for row in read_rows(path))
    source = {context: f"context {number}" for number, context in enumerate(contexts)}
    judged = [
        JudgedQuestion(row.question, source[row.context], tuple(r.text for r in row.references))
        for row in rows
        if row.answerable
    ][:limit]
    with (
        tempfile.TemporaryDirectory(prefix="quoth-eval-") as folder,
        open_workplace(Path(folder), model=model) as work,
    ):
        store_contexts(work, source)
        passages = len(work.index)
        begun = time.perf_counter()
        with progress("Asking") as show:
            result = recall(judged, work.store, work.index, normalise=squad.normalise_answer, progress=show)
        seconds = time.perf_counter() - begun
    shares = {f"recall@{depth}": round(share, 4) for depth, share in result.at.items()}
    counts = {"contexts": len(contexts), "passages": passages, "questions": result.questions}
    _show({**counts, **shares, "seconds": round(seconds, 1)}, as_json)


def _questions(file: Path) -> list[SquadRow]:
    rows = read_rows(file)
    if not rows:
        raise UsageError(f"{file} has no questions.")
    return rows


def _files_of(path: Path) -> list[Path]:
    """The file, or the files of the folder; a folder without any would make the task easier unnoticed."""
    files = sorted(path.glob("*.jsonl.xz")) if path.is_dir() else [path]
    if not files:
        raise UsageError(f"--with {path}: there is no .jsonl.xz file in that folder.")
    return files


def store_contexts(work: Workplace, sources: Mapping[str, str]) -> None:
    with progress("Storing") as show:
        for number, (context, name) in enumerate(sources.items(), 1):
            builder = DocumentBuilder()
            builder.block("paragraph", [context])
            document = builder.build("")
            work.store.put(
                document,
                Source(
                    source=name, path=name, collection="eval", size=0, mtime_ns=0, sha256="", recipe="eval"
                ),
                searchable(document, work.passage_settings),
            )
            show(number, len(sources))


def _read_all(reader: Reader, rows: Sequence[SquadRow]) -> list[tuple[str, bool]]:
    """The best span of each row's context, and whether it beats the window's no-answer entry."""
    answers: list[tuple[str, bool]] = []
    with progress("Reading") as show:
        for start in range(0, len(rows), QUESTIONS_AT_ONCE):
            part = rows[start : start + QUESTIONS_AT_ONCE]
            readings = reader.read_all([(row.question, [row.context]) for row in part])
            for row, reading in zip(part, readings, strict=True):
                best = reading.candidates[0] if reading.candidates else None
                answers.append((row.context[best.start : best.end], best.score > 0) if best else ("", False))
            show(len(answers), len(rows))
    return answers


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 2)


def _show(record: Mapping[str, object], as_json: bool) -> None:
    if as_json:
        print_json(record)
        return
    for name, value in record.items():
        if value is not None:
            click.echo(f"{name.replace('_', ' '):<24} {value}")
