"""How long passages should be, and what a heading counts: `python -m benchmarks.passages FOLDER`.

FOLDER holds the corpora that `tests/corpora_questions.jsonl` and `tests/data/other_words.jsonl` ask about.
Each file is read once; then a store is made anew for each length and overlap, and for each weight of headings
and titles all questions are searched for: recall is the share that has, among the first k passages, one of a
right document with the expected words in it.  `--answers` asks the reader, too: right is a first quote from a
right document that says these words, given are those above the threshold.

But: 106 questions are few, so that a difference of three is noise.  The table of the last run is in
`benchmarks/passages.md`.
"""

from __future__ import annotations

import argparse
import itertools
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.corpora import Question, contain_each_other, corpora_questions, in_other_words
from benchmarks.machine import describe
from bot.commands.options import open_workplace
from bot.composition import StoredLibrary, Workplace
from qa_engine.answerer import PASSAGES_READ, Answerer
from qa_engine.answers import Answer
from qa_engine.squad import normalise_answer
from qa_engine.tokens import Tokenizer
from retrieval.discovery import FoundFile, discover
from retrieval.documents import Document
from retrieval.errors import ReadError
from retrieval.intake import PassageSettings, searchable
from retrieval.live_index import LiveIndex
from retrieval.postings import FieldWeights
from retrieval.readers.pool import ReaderPool
from retrieval.store import Store
from retrieval.stored import Source, StoredPassage
from retrieval.storing import Storing
from retrieval.vectors import Encoder

DEPTHS = (1, 5, PASSAGES_READ)
SEED = 7


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lengths", type=int, nargs="+", default=[120, 220, 320], help="in tokens")
    parser.add_argument("--overlaps", type=int, nargs="+", default=[0, 1, 2], help="in sentences")
    parser.add_argument("--weights", type=float, nargs="+", default=[1.0, 2.0, 4.0])
    parser.add_argument("--no-vectors", action="store_true", help="find passages by their words alone")
    parser.add_argument("--questions", type=int, help="only so many, drawn at random")
    parser.add_argument("--answers", action="store_true", help="ask the reader, too")
    arguments = parser.parse_args()
    every = [*corpora_questions(), *in_other_words()]
    questions = [each for each in every if (arguments.folder / min(each.documents)).exists()]
    if arguments.questions is not None:
        questions = random.Random(SEED).sample(questions, min(arguments.questions, len(questions)))
    roots = sorted({each.partition("/")[0] for one in questions for each in one.documents})
    documents = dict(read_all(arguments.folder, roots))
    print(f"{describe()}\n{len(documents)} documents of {', '.join(roots)}; {len(questions)} questions\n")
    print("| length | overlap | heading | passages | " + " | ".join(f"recall@{k}" for k in DEPTHS), end="")
    print(" | right | given | of these right |" if arguments.answers else " |")
    print("|---:|---:|---:|---:|" + "---:|" * (len(DEPTHS) + 3 * arguments.answers))
    with tempfile.TemporaryDirectory() as home, open_workplace(Path(home)) as work:
        encoder = None if arguments.no_vectors else work.encoder
        for length, overlap in itertools.product(arguments.lengths, arguments.overlaps):
            settings = PassageSettings(
                measure=Tokenizer(work.installed_model.vocab).count, size=length, overlap=overlap
            )
            with Store(Path(home, f"{length}-{overlap}.db")) as store:
                put_all(store, documents, settings, encoder)
                for weight in arguments.weights:
                    index = LiveIndex(
                        store, encoder=encoder, weights=FieldWeights(heading=weight, title=weight)
                    )
                    library = StoredLibrary(store, index)
                    cells = [length, overlap, f"{weight:g}", f"{len(index):,}", *recall(library, questions)]
                    if arguments.answers:
                        cells += answers(work, library, questions)
                    print(f"| {' | '.join(map(str, cells))} |", flush=True)


def read_all(folder: Path, roots: Sequence[str]) -> Iterator[tuple[str, Document]]:
    """Every file that can be read, by its path below `folder`."""
    with ReaderPool() as pool:
        for found in discover([folder / root for root in roots]):
            if isinstance(found, FoundFile):
                try:
                    document = pool.read(found.path.read_bytes(), found.path.name)
                except ReadError:
                    continue  # `benchmarks.company_documents` names them
                yield found.path.relative_to(folder.absolute()).as_posix(), document


def put_all(
    store: Store, documents: dict[str, Document], settings: PassageSettings, encoder: Encoder | None
) -> None:
    with Storing(store, encoder) as storing:
        for path, document in documents.items():
            source = Source(
                source=path,
                path=path,
                collection="all",
                size=0,
                mtime_ns=0,
                sha256="",
                recipe=settings.recipe,
            )
            storing.put(document, source, searchable(document, settings))
    store.find_superseded()


def recall(library: StoredLibrary, questions: Sequence[Question]) -> list[str]:
    """The share of questions with a right passage among the first k, for each depth."""
    ranks = []
    for each in questions:
        found = library.search(each.question, max(DEPTHS))
        ranks.append(
            next((rank for rank, hit in enumerate(found) if is_right(hit.passage, each)), max(DEPTHS))
        )
    return [f"{sum(rank < k for rank in ranks) / len(ranks):.1%}" for k in DEPTHS]


def is_right(passage: StoredPassage, question: Question) -> bool:
    return passage.path in question.documents and normalise_answer(question.words) in normalise_answer(
        passage.text
    )


def answers(work: Workplace, library: StoredLibrary, questions: Sequence[Question]) -> list[str]:
    """How many first quotes are right, how many are given, and how many of these are right."""
    answerer = Answerer(library, work.model.reader, work.calibration)
    right = given = given_right = 0
    for each in questions:
        outcome = answerer.ask(each.question, threshold=0.0)
        if isinstance(outcome, Answer):
            quote = outcome.quote
            good = quote.passage.path in each.documents and contain_each_other(quote.text, each.words)
            right += good
            given += quote.confidence >= work.threshold
            given_right += good and quote.confidence >= work.threshold
    return [str(right), str(given), str(given_right)]


if __name__ == "__main__":
    main()
