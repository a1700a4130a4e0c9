"""The live index: at every moment it answers like an index that was built from the store just now."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from retrieval import changes as changes_module
from retrieval.bm25 import BM25Index
from retrieval.errors import StoreCorrupt
from retrieval.live_index import LiveIndex
from retrieval.reindex import reindex
from retrieval.store import Store
from tests.stores import WORDS, LetterEncoder, put

NAMES = st.sampled_from(["a.md", "b.md", "c.md", "d.md"])
TEXTS = st.lists(st.sampled_from(WORDS), max_size=40).map(lambda words: " ".join(words) + ".")
COLLECTIONS = st.sampled_from(["staff", "board"])
ENCODER, OTHER = LetterEncoder(), LetterEncoder("another")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as opened:
        yield opened


def answers(
    index: LiveIndex, question: str, collections: Collection[str] | None = None
) -> list[tuple[int, float]]:
    """The hits by id, so that equal scores in another order do not matter; scores to nine digits."""
    hits = index.search(question, 1_000, collections=collections)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    return sorted((hit.passage_id, round(hit.score, 9)) for hit in hits)


def fused(index: LiveIndex, question: str, collections: Collection[str] | None) -> dict[int, list[float]]:
    """What words and meaning find together, by passage."""
    hits = index.find(question, 1_000, collections=collections)
    return {hit.passage_id: [hit.score, hit.bm25, -9 if hit.cosine is None else hit.cosine] for hit in hits}


def assert_like_new(index: LiveIndex, store: Store) -> None:
    fresh = LiveIndex(store, encoder=ENCODER)
    assert (len(index), index.vectors) == (len(fresh), fresh.vectors)
    for question in (*WORDS, " ".join(WORDS)):
        for collections in (None, ["staff"], ["board"], []):
            assert answers(index, question, collections) == answers(fresh, question, collections)
            ours, theirs = fused(index, question, collections), fused(fresh, question, collections)
            assert ours.keys() == theirs.keys()
            assert all(ours[each] == pytest.approx(theirs[each], abs=1e-5) for each in ours)


class Following(RuleBasedStateMachine):
    """One index follows a store into which another Store object writes."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "store.db"
        self.writer, self.store = Store(path), Store(path)
        self.index = LiveIndex(self.store, encoder=ENCODER)
        self.known = list[int]()

    def teardown(self) -> None:
        self.writer.close()
        self.store.close()
        self.folder.cleanup()

    @rule(name=NAMES, text=TEXTS, collection=COLLECTIONS, encoder=st.sampled_from([ENCODER, OTHER, None]))
    def put(self, name: str, text: str, collection: str, encoder: LetterEncoder | None) -> None:
        self.known.append(put(self.writer, name, text, collection=collection, encoder=encoder))

    @rule()
    def encode_what_is_not(self) -> None:
        reindex(self.writer, ENCODER)
        assert self.index.vectors == len(self.index)

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        if self.known:
            self.writer.remove(data.draw(st.sampled_from(self.known)))

    @rule(name=NAMES, texts=st.lists(TEXTS, min_size=2, max_size=3))
    def several_at_once(self, name: str, texts: list[str]) -> None:
        with self.writer.database.writing():
            for text in texts:
                put(self.writer, name, text)

    @rule(reach=st.integers(1, 3), name=NAMES, texts=st.lists(TEXTS, min_size=3, max_size=5))
    def more_than_the_log_holds(self, reach: int, name: str, texts: list[str]) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(changes_module, "KEPT_CHANGES", reach)
            for text in texts:
                put(self.writer, name, text)

    @rule(name=NAMES, text=TEXTS)
    def begin_and_give_up(self, name: str, text: str) -> None:
        try:
            with self.writer.database.writing():
                put(self.writer, name, text)
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            pass

    @invariant()
    def it_answers_like_a_new_one(self) -> None:
        assert_like_new(self.index, self.store)


TestFollowing = Following.TestCase
TestFollowing.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)


def test_another_process_is_followed_without_a_restart(store: Store) -> None:
    """A change that a real other process commits is seen by the very next search."""
    index = LiveIndex(store, encoder=ENCODER)
    put(store, "a.md", "Laptops are new.")
    assert len(answers(index, "laptop")) == 1
    program = (
        "import sys; from pathlib import Path; from retrieval.store import Store; from tests.stores import put\n"
        "with Store(Path(sys.argv[1])) as store:\n"
        "    put(store, 'b.md', 'Tide gauges and a laptop.'); store.remove(int(sys.argv[2]))\n"
    )
    gone = store.documents()[0].id
    command = [sys.executable, "-c", program, str(store.database.path), str(gone)]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[1])
    assert [p.path for p in store.passages([hit for hit, _ in answers(index, "laptop")])] == ["b.md"]
    assert_like_new(index, store)


def test_a_search_while_another_writes_sees_old_or_new(store: Store) -> None:
    """Whatever the moment, a hit's passage belongs to one version: never a mixture, never an error."""
    index = LiveIndex(store, encoder=ENCODER)
    put(store, "a.md", "Tide gauges. Version zero.")
    done = threading.Event()

    def look() -> int:
        looks = 0
        while not done.is_set() or not looks:
            passages = store.passages([hit.passage_id for hit in index.search("tide gauge", 10)])
            assert len({p.id for p in passages}) == len(passages) <= 1
            looks += 1
        return looks

    with ThreadPoolExecutor(3) as pool, Store(store.database.path) as writer:
        lookers = [pool.submit(look) for _ in range(3)]
        for number in range(40):
            put(writer, "a.md", f"Tide gauges. Version {number}.")
        done.set()
        assert all(looker.result() for looker in lookers)
    assert_like_new(index, store)


def test_a_log_that_is_too_short_leads_to_a_new_index(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index further behind than the log reaches back is built anew, and is right; else it is kept."""
    index = LiveIndex(store, encoder=ENCODER)
    put(store, "a.md", "Laptops.")
    assert len(index) == 1
    built = index._index
    put(store, "b.md", "Laptops.")
    assert len(index) == 2
    assert index._index is built
    monkeypatch.setattr(changes_module, "KEPT_CHANGES", 2)
    for name in "cdef":
        put(store, f"{name}.md", "Laptops.")
    assert_like_new(index, store)
    assert index._index is not built


def test_collections_limit_what_is_found(store: Store) -> None:
    """Of other collections nothing is found; the scores are those of the whole store."""
    index = LiveIndex(store, encoder=ENCODER)
    put(store, "a.md", "Laptops for all.", collection="staff")
    put(store, "b.md", "Laptops for few.", collection="board")
    everything = dict(answers(index, "laptops"))
    assert len(everything) == 2
    for name in ("staff", "board"):
        (found,) = answers(index, "laptops", [name])
        assert everything[found[0]] == found[1]
        assert [p.collection for p in store.passages([found[0]])] == [name]
    assert answers(index, "laptops", ["unknown"]) == answers(index, "laptops", []) == []
    assert dict(answers(index, "laptops", ["staff", "board", "unknown"])) == everything


def test_a_failure_half_way_is_made_good(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an error in the middle of following, whatever it left behind, the next search is right."""
    index = LiveIndex(store, encoder=ENCODER)
    untouched = put(store, "c.md", "Laptops of old.")
    put(store, "a.md", "Laptops.")
    assert len(index) == 2
    put(store, "a.md", "Laptops again.")
    put(store, "b.md", "Tide gauges.")

    def no_memory(self: BM25Index, **parts: object) -> None:
        self.remove_document(untouched)
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(BM25Index, "add", no_memory)
        with pytest.raises(MemoryError):
            index.search("laptops", 5)
    assert_like_new(index, store)


def test_damage_that_appears_later_is_a_clear_error(store: Store) -> None:
    """A file that breaks under a running bot is told in our words, whichever statement meets it first."""
    index = LiveIndex(store, encoder=ENCODER)
    for number in range(50):
        put(store, f"{number}.md", f"Laptops and page {number}. " * 20)
    assert len(index) > 50
    store.close()
    with store.database.path.open("r+b") as file:
        file.write(b"\xa5" * 40_000)
    with pytest.raises(StoreCorrupt, match="is damaged"), Store(store.database.path) as damaged:
        LiveIndex(damaged).search("laptops", 5)


def test_explain_adds_up(store: Store) -> None:
    """The parts of a score are named by the question's terms and sum up to it; a gone passage is a ValueError."""
    index = LiveIndex(store, encoder=ENCODER)
    document = put(store, "a.md", "Laptops are replaced after four years.")
    (hit,) = index.search("When are laptops replaced?", 1)
    parts = index.explain("When are laptops replaced?", hit.passage_id)
    assert sum(part.contribution.score for part in parts) == pytest.approx(hit.score)
    assert {part.term for part in parts if part.contribution.tf} == {"laptop", "replac"}
    store.remove(document)
    with pytest.raises(ValueError, match=str(hit.passage_id)):
        index.explain("When are laptops replaced?", hit.passage_id)


def test_questions_without_a_known_term_find_nothing(store: Store) -> None:
    """Neither an empty store, nor unknown words, nor odd characters are an error."""
    index = LiveIndex(store, encoder=ENCODER)
    odd = ["", "?", "\0", "\udcff", "zebra", '"a" OR NEAR(b', "'; DROP TABLE documents;--"]
    assert [index.search(question, 5) for question in odd] == [[]] * len(odd)
    put(store, "a.md", "Laptops.")
    assert [index.search(question, 5) for question in odd] == [[]] * len(odd)


def test_what_has_no_word_of_the_question_is_found_by_meaning(store: Store) -> None:
    """Both ranks are told; a passage without a vector counts by its words alone, and is not lost."""
    index = LiveIndex(store, encoder=ENCODER)
    for number in range(5):
        put(store, f"{number}.md", "Tide gauges.", collection="board", encoder=ENCODER)
    by_both = put(store, "a.md", "Laptops.", encoder=ENCODER)
    by_meaning = put(store, "b.md", "A potlap's spot.", encoder=ENCODER)
    by_words = put(store, "c.md", "Laptops without vectors.")
    found = index.find("laptops", 10, collections=["default"])
    hits = {store.passages([hit.passage_id])[0].document_id: hit for hit in found}
    assert set(hits) == {by_both, by_meaning, by_words}
    assert (hits[by_both].bm25_rank, hits[by_both].cosine_rank) == (1, 1)
    assert (hits[by_meaning].bm25, hits[by_meaning].bm25_rank, hits[by_meaning].cosine_rank) == (0, None, 2)
    assert (hits[by_words].bm25_rank, hits[by_words].cosine, hits[by_words].cosine_rank) == (2, None, None)


def test_other_collections_are_filtered_before_ranking(store: Store) -> None:
    """A hidden collection full of nearer passages leaves no trace: neither a rank nor an empty place."""
    index = LiveIndex(store, encoder=ENCODER)
    for number in range(5):
        put(store, f"{number}.md", "Laptops.", collection="board", encoder=ENCODER)
    put(store, "a.md", "Potlaps are spotless.", collection="staff", encoder=ENCODER)
    (hit,) = index.find("laptops", 1, collections=["staff"])
    assert (hit.cosine_rank, store.passages([hit.passage_id])[0].collection) == (1, "staff")
    assert index.nearest("laptops", 5, collections=["unknown"]) == []


def test_without_vectors_no_question_is_encoded(store: Store) -> None:
    """A store that has none is searched by words, in their order, and the encoder is left alone."""
    encoder = LetterEncoder()
    index = LiveIndex(store, encoder=encoder)
    texts = ("Laptops and more words.", "Laptops, laptops.", "Tide gauges.", "Bristol.", "Days.")
    for name, text in zip("abcde", texts, strict=True):
        put(store, name, text)
    found = index.find("laptops", 10)
    assert [hit.passage_id for hit in found] == [hit.passage_id for hit in index.search("laptops", 10)]
    assert 0 < found[0].score <= 1
    assert encoder.asked == []
