"""The one place that names concrete classes and joins retrieval with the question answering engine.

But: nothing is opened until it is asked for, and what was opened is closed by `close`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from types import MappingProxyType, TracebackType

from bot import __version__, own_calibration
from bot.citations import Citation, cite
from bot.right_of_way import RightOfWay
from bot.settings import Settings
from qa_engine.answerer import PASSAGES_READ, SURE, Answerer
from qa_engine.answers import Outcome
from qa_engine.calibration import Calibration
from qa_engine.encoder import Encoder, identity, load_encoder
from qa_engine.loading import LoadedModel, load
from qa_engine.models import ENCODER, InstalledModel, read_manifest, resolve
from qa_engine.reader import Reader
from qa_engine.sources import Found
from qa_engine.tokens import Tokenizer
from retrieval.collections import Collections
from retrieval.ingest import ingest
from retrieval.intake import Belonging, PassageSettings
from retrieval.live_index import LiveIndex, TermContribution
from retrieval.pins import Pinned, Pins
from retrieval.readers.pool import ReaderPool
from retrieval.reindex import Reindexed, reindex
from retrieval.report import Progress, Report
from retrieval.store import Store
from retrieval.stored import StoredPassage
from retrieval.synonyms import Synonyms
from retrieval.vectors import Float32s
from retrieval.web.fetch import Manners
from retrieval.web.start import Start

_DEEPER = 4  # times as many passages are looked at where older versions crowd the newest


class StoredLibrary:
    """The store and its index, as the engine wants to see them."""

    def __init__(self, store: Store, index: LiveIndex) -> None:
        self._store = store
        self._index = index

    def spelled_out(self, question: str) -> str:
        return self._index.spelled_out(question)

    def is_strange(self, question: str, *, collections: Collection[str] | None = None) -> bool:
        return self._index.is_strange(question, collections=collections)

    def search(
        self, question: str, k: int, *, collections: Collection[str] | None = None
    ) -> Sequence[Found[StoredPassage]]:
        found = self._ranked(question, k, collections)
        kept = self._newest(found)
        if len(kept) < len(found):  # older versions took places that others may have now
            kept = self._newest(self._ranked(question, _DEEPER * k, collections))[:k]
        return kept

    def _ranked(
        self, question: str, k: int, collections: Collection[str] | None
    ) -> list[Found[StoredPassage]]:
        hits = {hit.passage_id: hit for hit in self._index.find(question, k, collections=collections)}
        passages = self._store.passages(list(hits), collections=collections)
        return [Found(each, hits[each.id].score, hits[each.id].bm25) for each in passages]

    def _newest(self, found: Sequence[Found[StoredPassage]]) -> list[Found[StoredPassage]]:
        """Without passages of older versions where the newest one has something to say, too."""
        present = {each.passage.document_id for each in found}
        newest = self._store.superseded(present)
        return [each for each in found if newest.get(each.passage.document_id) not in present]

    def text(self, document_id: int, start: int, end: int) -> str | None:
        return self._store.text(document_id, start, end)


class OwnEncoder:
    """The encoder that ships with Quoth, opened when a text is first encoded.

    What it is called can be had without: a store without vectors never needs it.
    """

    def __init__(
        self, *, threads: int | None, cache: Path | None, before_each: Callable[[], None] | None = None
    ) -> None:
        """`before_each`: called before each inference.  Raises ModelNotFound and ModelCorrupt."""
        self._model = read_manifest(ENCODER)
        self._threads, self._cache, self._before_each = threads, cache, before_each
        self._lock = Lock()

    @property
    def id(self) -> str:
        return identity(self._model)

    def encode(self, texts: Sequence[str]) -> Float32s:
        with self._lock:
            encoder = self.loaded
        return encoder.encode(texts)

    @cached_property
    def loaded(self) -> Encoder:
        return load_encoder(
            self._model, threads=self._threads, cache=self._cache, before_each=self._before_each
        )


class Workplace:
    """Everything that belongs to one home, each part made when it is first needed.

    `gives_way`: what it encodes can wait for answers that anybody gives from this home.  `vectors=False`:
    passages are found by their words alone, whatever the store holds.
    """

    def __init__(self, settings: Settings, *, gives_way: bool = False, vectors: bool = True) -> None:
        self.settings = settings
        self._gives_way = gives_way
        self._vectors = vectors

    def __enter__(self) -> Workplace:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close what was opened."""
        if "store" in self.__dict__:
            self.store.close()

    @cached_property
    def store(self) -> Store:
        return Store(self.settings.store)

    @cached_property
    def collections(self) -> Collections:
        return Collections(self.store.database)

    @cached_property
    def pins(self) -> Pins:
        return Pins(self.store.database)

    @cached_property
    def synonyms(self) -> Synonyms:
        return Synonyms(self.store.database)

    @cached_property
    def index(self) -> LiveIndex:
        encoder = self.encoder if self._vectors else None
        return LiveIndex(self.store, encoder=encoder, is_word=self.tokenizer.is_word)

    @cached_property
    def encoder(self) -> OwnEncoder:
        before_each = self.right_of_way.wait if self._gives_way else None
        return OwnEncoder(threads=self.settings.threads, cache=self.cache, before_each=before_each)

    @cached_property
    def library(self) -> StoredLibrary:
        return StoredLibrary(self.store, self.index)

    @cached_property
    def installed_model(self) -> InstalledModel:
        return resolve(self.settings.model, models_folder=self.settings.models)

    @cached_property
    def passage_settings(self) -> PassageSettings:
        """How documents are cut: sizes in tokens of the reader, whose vocabulary all zoo models share."""
        return PassageSettings(measure=self.tokenizer.count)

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The reader's, without the reader."""
        return Tokenizer(self.installed_model.vocab)

    @cached_property
    def model(self) -> LoadedModel:
        return load(self.installed_model, threads=self.settings.threads, cache=self.cache)

    @cached_property
    def calibration(self) -> Calibration:
        """The one fitted here to the documents of this home, else the one that came with the reader."""
        own = own_calibration.read(self.settings.calibrations, self.installed_model)
        return own or self.model.calibration

    @cached_property
    def answerer(self) -> Answerer[StoredPassage]:
        reader = self.model.reader  # first, since it checks the files that the library also needs
        return Answerer(self.library, reader, self.calibration, confirmer=self.confirmer)

    @cached_property
    def confirmer(self) -> Reader | None:
        """The thorough reader that reads the best passages again, if one is wished for."""
        if self.settings.answers.confirm is None:
            return None
        model = resolve(self.settings.answers.confirm, models_folder=self.settings.models)
        return load(model, threads=self.settings.threads, cache=self.cache).reader

    @cached_property
    def right_of_way(self) -> RightOfWay:
        return RightOfWay(None if self.cache is None else self.cache / "answering")

    @property
    def cache(self) -> Path | None:
        """The folder for compiled models; None where none can be had, which only costs time."""
        folder = self.settings.cache
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return None
        return folder if os.access(folder, os.W_OK) else None

    def ask(
        self,
        question: str,
        *,
        collections: Collection[str] | None = None,
        passages: int = PASSAGES_READ,
        threshold: float | None = None,
        sure: float = SURE,
        seconds: float | None = None,
    ) -> Outcome[StoredPassage]:
        """Answer a question from the stored documents; what is None is as the settings say."""
        with self.right_of_way.answering():
            return self.answerer.ask(
                question,
                collections=collections,
                passages=passages,
                threshold=self.threshold if threshold is None else threshold,
                sure=sure,
                seconds=self.settings.answers.seconds if seconds is None else seconds,
            )

    def pinned(
        self,
        question: str,
        *,
        collections: Collection[str] | None = None,
        keys: Collection[str] | None = None,
    ) -> Pinned | None:
        """What a person answered to this question, of what some collections or keys open (None: all).

        It is looked for as it was asked and with what its words mean, since either may be more like a pin's.
        """
        with self.right_of_way.answering():
            readings = dict.fromkeys((question, self.index.spelled_out(question)))
            found = [
                self.pins.find(
                    each, self.encoder, collections=collections, open_to=keys, reads=self.sure_of_answer
                )
                for each in readings
            ]
        return max(filter(None, found), key=lambda pinned: pinned.likeness, default=None)

    def sure_of_answer(self, question: str, heading: str, passage: str) -> float | None:
        """The log-odds that a passage answers a question; None of a reader that was not trained to tell."""
        reader = self.answerer.reader
        if not reader.headings:
            return None
        found = reader.read(question, [passage], headings=[heading]).candidates
        return found[0].answerable if found else None

    @property
    def threshold(self) -> float:
        """The confidence below which nobody gets an answer: as wished for, else the reader's own."""
        wished = self.settings.answers
        if wished.max_wrong is not None:
            return self.calibration.threshold_for(wished.max_wrong)
        return self.calibration.threshold if wished.threshold is None else wished.threshold

    def cite(self, passage: StoredPassage, start: int | None = None) -> Citation:
        """Where a passage stands, or the character at `start` of its document."""
        document, offset = passage.document_id, passage.start if start is None else start
        return cite(passage, self.store.line_at(document, offset), self.store.place_at(document, offset))

    def explain(
        self, question: str, passage: StoredPassage, *, collections: Collection[str] | None
    ) -> list[TermContribution]:
        """What each term of the question did for a passage's score by BM25, asked of some collections.

        They decide what is mended (None: all do): a word of hidden pages only is taken for a slip.
        """
        return self.index.explain(question, passage.id, collections=collections)

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        pages: Sequence[Start] = (),
        given: Mapping[str, bytes] = MappingProxyType({}),
        collection: str,
        base_url: str | None = None,
        prune: bool = False,
        dry_run: bool = False,
        force: bool = False,
        vectors: bool = True,
        elsewhere: Belonging = lambda _: None,
        progress: Progress | None = None,
    ) -> Report:
        """Bring a collection up to date with files, web pages, and bytes that have a name.

        Without `vectors` they are found by their words alone.  `elsewhere`: what another source reads.
        """
        with ReaderPool() as reader:
            return ingest(
                paths,
                pages=pages,
                given=given,
                manners=Manners(agent=f"Quoth/{__version__}"),
                store=self.store,
                reader=reader,
                settings=self.passage_settings,
                encoder=self.encoder if vectors else None,
                collection=collection,
                base_url=base_url,
                prune=prune,
                dry_run=dry_run,
                force=force,
                elsewhere=elsewhere,
                progress=progress,
            )

    def reindex(
        self, *, everything: bool = False, progress: Callable[[int, int], None] | None = None
    ) -> Reindexed:
        """Give vectors to the passages that have none of this encoder's, or to all."""
        only = [document.id for document in self.store.documents()] if everything else None
        return reindex(self.store, self.encoder, only=only, progress=progress)

    def encode_anew(
        self, stopped: Callable[[], bool], progress: Callable[[int, int], None] | None = None
    ) -> Reindexed:
        """Give vectors to the passages that have another encoder's, on one core: people wait for answers."""
        encoder = OwnEncoder(threads=1, cache=self.cache, before_each=self.right_of_way.wait)
        only = self.store.encoded_otherwise(encoder.id)
        return reindex(self.store, encoder, only=only, progress=progress, stopped=stopped)

    def without_vectors(self) -> int:
        """How many passages are found by their words alone."""
        encoded, stored = self.store.vector_counts(self.encoder.id)
        return stored - encoded
