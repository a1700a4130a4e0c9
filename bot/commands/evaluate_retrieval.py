"""quoth eval retrieval: how often each retriever finds the passage with the answer.

But: whether the reader then finds the answer in it is `quoth eval open`'s question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from bot import messages
from bot.commands.figures import show_figures
from bot.commands.known_questions import KnownQuestions, known_questions
from bot.commands.options import FileToWrite, json_option, note
from bot.commands.progress import progress
from bot.composition import Workplace
from bot.errors import UsageError
from bot.views.recall import recall_svg
from qa_engine import squad
from retrieval.evaluation import DEEPEST, DEPTHS, Find, JudgedQuestion, Ranks, rank_all


@click.command("retrieval")
@known_questions
@click.option("--limit", type=click.IntRange(1), help="Only the first so many questions.")
@click.option(
    "--plot", type=FileToWrite(), metavar="FILE.svg",
    help="Draw how many passages must be looked at to find how many answers.",
)  # fmt: skip
@json_option
def eval_retrieval(known: KnownQuestions, *, limit: int | None, plot: Path | None, as_json: bool) -> None:
    """How often is the passage with the answer among the first k: by words, by meaning, and by both.

    FILE in SQuAD's form: every distinct context of it and of the --with files is ingested into one store in
    a temporary folder, without a title but for --titles; the answerable questions of FILE are asked of it.

    FILE with {"question": "...", "answer": "...", "document": "..."} on each line: the questions are asked of
    your own documents, and "document" is the path that quoth ls shows.  The right passage is the one that
    holds the answer (or one of a list), or "passage": "..." where the answer stands in others, too.
    """
    with known.opened() as (work, every):
        judged = [each for each in every if each.answers][:limit]
        if not judged:
            raise UsageError(messages.NONE_ANSWERABLE.format(file=known.file))
        found = {name: _rank(name, judged, work, find) for name, find in retrievers(work).items()}
        counts = {"documents": len(work.store.documents()), "passages": len(work.index)}
    record: dict[str, object] = {**counts, "questions": len(judged)}
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


def retrievers(work: Workplace) -> Mapping[str, Find]:
    """The ways to find passages that this store allows, by name."""
    index = work.index

    def by(search: Callable[[str, int], Any]) -> Find:
        return lambda question, k: [hit.passage_id for hit in search(question, k)]

    words = {"bm25": by(index.search)}
    if not index.vectors:
        return words
    return words | {"encoder": by(index.nearest), "fused": by(index.find)}


def figures(ranks: Ranks) -> dict[str, float]:
    """Recall at each depth, the mean reciprocal rank, and the time of one search in milliseconds."""
    shares = {f"recall@{depth}": round(ranks.recall(depth), 4) for depth in DEPTHS}
    milliseconds = 1000 * ranks.seconds / max(1, len(ranks.ranks))
    return {**shares, "mrr": round(ranks.reciprocal, 4), "milliseconds": round(milliseconds, 2)}


def _rank(name: str, judged: list[JudgedQuestion], work: Workplace, find: Find) -> Ranks:
    with progress(f"Asking {name}") as show:
        return rank_all(judged, work.store, find, normalise=squad.normalise_answer, progress=show)
