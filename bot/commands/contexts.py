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

from bot.commands.options import open_workplace
from bot.commands.progress import progress
from bot.composition import Workplace
from bot.errors import UsageError
from bot.views.style import printable
from qa_engine.squad import SquadRow
from retrieval.documents import DocumentBuilder
from retrieval.intake import searchable
from retrieval.stored import Source

COLLECTION = "eval"
_PREFIX = "context "

Sources = Mapping[str, str]
"""The name of the document that each context became."""


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

    `keep`: a folder in place of the temporary one, where the next call finds what this one has made.  Raises
    UsageError where it holds documents that no such call has made: they would have to go.
    `vectors=False`: to be found by words alone, and nothing is encoded.
    """
    names = {context: _name(context, titles) for context in dict.fromkeys(row.context for row in rows)}
    with ExitStack() as stack:
        if keep is None:
            keep = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="quoth-eval-")))
        work = stack.enter_context(open_workplace(keep, model=model, threads=threads, vectors=vectors))
        _refuse_others(work, keep)
        _store(work, names, titles)
        if vectors:
            with progress("Encoding") as show:
                work.reindex(progress=show)
        yield work, names


def _name(context: str, titles: Mapping[str, str]) -> str:
    """The name of a context's document: the same for the same text and title."""
    whole = f"{titles.get(context, '')}\n{context}"
    return f"{_PREFIX}{hashlib.sha256(whole.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _refuse_others(work: Workplace, keep: Path) -> None:
    others = {each.collection for each in work.store.documents() if not each.source.startswith(_PREFIX)}
    if others:
        names = ", ".join(map(printable, sorted(others)))
        raise UsageError(f"{keep} holds documents of {names}; --keep needs a folder of its own.")


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
                        collection=COLLECTION,
                        size=0,
                        mtime_ns=0,
                        sha256="",
                        recipe=recipe,
                    ),
                    searchable(read, work.passage_settings),
                )
            show(number, len(names))
