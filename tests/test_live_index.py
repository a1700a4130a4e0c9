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

from retrieval import store as store_module
from retrieval.bm25 import BM25Index
from retrieval.errors import StoreCorrupt
from retrieval.live_index import LiveIndex
from retrieval.store import Store
from tests.stores import WORDS, put

NAMES = st.sampled_from(["a.md", "b.md", "c.md", "d.md"])
TEXTS = st.lists(st.sampled_from(WORDS), max_size=40).map(lambda words: " ".join(words) + ".")
COLLECTIONS = st.sampled_from(["staff", "board"])


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


def assert_like_new(index: LiveIndex, store: Store) -> None:
    fresh = LiveIndex(store)
    assert len(index) == len(fresh)
    for question in (*WORDS, " ".join(WORDS)):
        for collections in (None, ["staff"], ["board"], []):
            assert answers(index, question, collections) == answers(fresh, question, collections)


class Following(RuleBasedStateMachine):
    """One index follows a store into which another Store object writes."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "store.db"
        self.writer, self.store = Store(path), Store(path)
        self.index = LiveIndex(self.store)
        self.known = list[int]()

    def teardown(self) -> None:
        self.writer.close()
        self.store.close()
        self.folder.cleanup()

    @rule(name=NAMES, text=TEXTS, collection=COLLECTIONS)
    def put(self, name: str, text: str, collection: str) -> None:
        self.known.append(put(self.writer, name, text, collection=collection))

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
            patch.setattr(store_module, "KEPT_CHANGES", reach)
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
    index = LiveIndex(store)
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
    index = LiveIndex(store)
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
    index = LiveIndex(store)
    put(store, "a.md", "Laptops.")
    assert len(index) == 1
    built = index._index
    put(store, "b.md", "Laptops.")
    assert len(index) == 2
    assert index._index is built
    monkeypatch.setattr(store_module, "KEPT_CHANGES", 2)
    for name in "cdef":
        put(store, f"{name}.md", "Laptops.")
    assert_like_new(index, store)
    assert index._index is not built


def test_collections_limit_what_is_found(store: Store) -> None:
    """Of other collections nothing is found; the scores are those of the whole store."""
    index = LiveIndex(store)
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
    index = LiveIndex(store)
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
    index = LiveIndex(store)
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
    index = LiveIndex(store)
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
    index = LiveIndex(store)
    odd = ["", "?", "\0", "\udcff", "zebra", '"a" OR NEAR(b', "'; DROP TABLE documents;--"]
    assert [index.search(question, 5) for question in odd] == [[]] * len(odd)
    put(store, "a.md", "Laptops.")
    assert [index.search(question, 5) for question in odd] == [[]] * len(odd)
