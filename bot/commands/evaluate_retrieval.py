"""quoth eval retrieval: how often each retriever finds the passage with the answer.

But: whether the reader then finds the answer in it is `quoth eval open`'s question.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from bot.commands.contexts import (
    keep_option,
    knowledge_base,
    more_rows,
    rows_of,
    titles_of,
    titles_option,
    vectors_option,
    with_option,
)
from bot.commands.figures import show_figures
from bot.commands.options import (
    chosen_collections,
    home_option,
    json_option,
    model_option,
    note,
    open_workplace,
)
from bot.commands.progress import progress
from bot.composition import Workplace
from bot.errors import UsageError
from bot.views.recall import recall_svg
from qa_engine import squad
from retrieval.evaluation import DEEPEST, DEPTHS, Find, JudgedQuestion, Ranks, rank_all


@click.command("retrieval")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_option
@click.option("--limit", type=click.IntRange(1), help="Only the first so many questions.")
@click.option(
    "--plot", type=click.Path(dir_okay=False, writable=True, path_type=Path), metavar="FILE.svg",
    help="Draw how many passages must be looked at to find how many answers.",
)  # fmt: skip
@titles_option
@keep_option
@vectors_option
@model_option
@home_option
@json_option
def eval_retrieval(
    file: Path, *, others: tuple[Path, ...], limit: int | None, plot: Path | None, titles: bool,
    keep: Path | None, vectors: bool, model: str | None, home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """How often is the passage with the answer among the first k: by words, by meaning, and by both.

    FILE in SQuAD's form: every distinct context of it and of the --with files is ingested into one store in
    a temporary folder, without a title but for --titles; the answerable questions of FILE are asked of it.

    FILE with {"question": "...", "answer": "...", "document": "..."} on each line: the questions are asked of
    your own documents, and "document" is the path that quoth ls shows.
    """
    with ExitStack() as stack:
        own = own_questions(file)
        if own is None:
            rows = rows_of(file)
            every = [*rows, *more_rows(others)]
            named = titles_of(every) if titles else {}
            work, sources = stack.enter_context(
                knowledge_base(every, titles=named, model=model, keep=keep, vectors=vectors)
            )
            judged = [
                JudgedQuestion(row.question, sources[row.context], tuple(r.text for r in row.references))
                for row in rows
                if row.answerable
            ]
        else:
            work, judged = stack.enter_context(open_workplace(home, model=model)), own
            chosen_collections(work, ())  # there must be some
        found = {
            name: _rank(name, judged[:limit], work, find) for name, find in retrievers(work, vectors).items()
        }
        counts = {"documents": len(work.store.documents()), "passages": len(work.index)}
    record: dict[str, object] = {**counts, "questions": len(judged[:limit])}
    for name, ranks in found.items():
        record |= {f"{name}_{key}": value for key, value in figures(ranks).items()}
    if plot is not None:
        curves = {
            name: {depth: ranks.recall(depth) for depth in range(1, DEEPEST + 1)}
            for name, ranks in found.items()
        }
        plot.write_text(recall_svg(curves, DEPTHS, title="Recall"), encoding="utf-8")
        note(f"The curves are in {plot}.")
    show_figures(record, as_json)


def retrievers(work: Workplace, vectors: bool) -> Mapping[str, Find]:
    """The ways to find passages that this store allows, by name."""
    index = work.index

    def by(search: Callable[[str, int], Any]) -> Find:
        return lambda question, k: [hit.passage_id for hit in search(question, k)]

    words = {"bm25": by(index.search)}
    if not vectors or not index.vectors:
        return words
    return words | {"encoder": by(index.nearest), "fused": by(index.find)}


def figures(ranks: Ranks) -> dict[str, float]:
    """Recall at each depth, the mean reciprocal rank, and the time of one search in milliseconds."""
    shares = {f"recall@{depth}": round(ranks.recall(depth), 4) for depth in DEPTHS}
    milliseconds = 1000 * ranks.seconds / max(1, len(ranks.ranks))
    return {**shares, "mrr": round(ranks.reciprocal, 4), "milliseconds": round(milliseconds, 2)}


def own_questions(file: Path) -> list[JudgedQuestion] | None:
    """The questions of a file about one's own documents; None for a file in another form."""
    if file.suffix != ".jsonl":
        return None
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").split("\n"), 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            if number == 1 and "context" in raw:
                return None
            answers = raw["answer"] if isinstance(raw["answer"], list) else [raw["answer"]]
            if raw["answer"] is not None:
                found.append(
                    JudgedQuestion(str(raw["question"]), str(raw["document"]), tuple(map(str, answers)))
                )
        except (ValueError, KeyError, TypeError, RecursionError):
            raise UsageError(
                f'{file}, line {number}: expected {{"question": "...", "answer": "...", "document": "..."}}, '
                "or SQuAD's rows."
            ) from None
    if not found:
        raise UsageError(f"{file} has no questions that have an answer.")
    return found


def _rank(name: str, judged: list[JudgedQuestion], work: Workplace, find: Find) -> Ranks:
    with progress(f"Asking {name}") as show:
        return rank_all(judged, work.store, find, normalise=squad.normalise_answer, progress=show)
