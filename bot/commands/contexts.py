"""SQuAD's paragraphs as a knowledge base: every distinct one is a document of a temporary store.

But: how its questions are asked and judged is for the commands.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType

import click

from bot.commands.options import open_workplace
from bot.commands.progress import progress
from bot.composition import Workplace
from bot.errors import UsageError
from qa_engine.squad import SquadRow, read_rows
from retrieval.documents import DocumentBuilder
from retrieval.intake import searchable
from retrieval.stored import Source

with_option = click.option(
    "--with", "others", multiple=True, type=click.Path(exists=True, path_type=Path), metavar="FILE|FOLDER",
    help="More contexts for the knowledge base: a file, or all .jsonl.xz files of a folder.",
)  # fmt: skip

titles_option = click.option(
    "--titles", is_flag=True,
    help="Give each context the title that it has in its file, as your own documents have one.",
)  # fmt: skip
keep_option = click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
    help="Keep the knowledge base there, and use what is kept there already: encoding it takes a while.",
)  # fmt: skip
vectors_option = click.option(
    "--no-vectors", "vectors", is_flag=True, flag_value=False, default=True,
    help="Find passages by their words alone (BM25).",
)  # fmt: skip

Sources = Mapping[str, str]
"""The name of the document that each context became."""


def rows_of(file: Path) -> list[SquadRow]:
    """The rows of a file; there must be some."""
    rows = read_rows(file)
    if not rows:
        raise UsageError(f"{file} has no questions.")
    return rows


def more_rows(others: Iterable[Path]) -> list[SquadRow]:
    """The rows of files, and of all .jsonl.xz files of folders."""
    return [row for other in others for path in _files_of(other) for row in read_rows(path)]


def titles_of(rows: Iterable[SquadRow]) -> dict[str, str]:
    """The title of each context, as people write it; SQuAD's have underscores for blanks."""
    return {row.context: row.title.replace("_", " ") for row in rows if row.title}


@contextmanager
def knowledge_base(
    rows: Iterable[SquadRow],
    *,
    titles: Mapping[str, str] = MappingProxyType({}),
    model: str | None = None,
    threads: int | None = None,
    keep: Path | None = None,
    vectors: bool = True,
) -> Iterator[tuple[Workplace, Sources]]:
    """A workplace in a temporary home that holds every distinct context, without a title but for `titles`.

    `keep`: a folder in place of the temporary one, where the next call finds what this one has made.
    `vectors=False`: to be found by words alone.  Raises UsageError for a kept one that has vectors.
    """
    names = {context: _name(context, titles) for context in dict.fromkeys(row.context for row in rows)}
    with ExitStack() as stack:
        if keep is None:
            keep = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="quoth-eval-")))
        work = stack.enter_context(open_workplace(keep, model=model, threads=threads))
        if not vectors and work.store.vector_counts(work.encoder.id)[0]:  # the index would use them
            raise UsageError(f"{keep} is kept with vectors; --no-vectors wants another folder.")
        _store(work, names, titles)
        if vectors:
            with progress("Encoding") as show:
                work.reindex(progress=show)
        yield work, names


def _name(context: str, titles: Mapping[str, str]) -> str:
    """The name of a context's document: the same for the same text and title."""
    whole = f"{titles.get(context, '')}\n{context}"
    return f"context {hashlib.sha256(whole.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _store(work: Workplace, names: Sources, titles: Mapping[str, str]) -> None:
    """Bring the store to exactly these contexts."""
    recipe = work.passage_settings.recipe
    stored = {document.source: document for document in work.store.documents()}
    wanted = set(names.values())
    for source, document in stored.items():
        if source not in wanted or document.recipe != recipe:
            work.store.remove(document.id)
    kept = {source for source, document in stored.items() if document.recipe == recipe}
    with progress("Storing") as show:
        for number, (context, name) in enumerate(names.items(), 1):
            if name not in kept:
                builder = DocumentBuilder()
                builder.block("paragraph", [context])
                read = builder.build(titles.get(context, ""))
                work.store.put(
                    read,
                    Source(
                        source=name,
                        path=name,
                        collection="eval",
                        size=0,
                        mtime_ns=0,
                        sha256="",
                        recipe=recipe,
                    ),
                    searchable(read, work.passage_settings),
                )
            show(number, len(names))


def _files_of(path: Path) -> list[Path]:
    """The file, or the files of the folder; a folder without any would make the task easier unnoticed."""
    files = sorted(path.glob("*.jsonl.xz")) if path.is_dir() else [path]
    if not files:
        raise UsageError(f"--with {path}: there is no .jsonl.xz file in that folder.")
    return files
