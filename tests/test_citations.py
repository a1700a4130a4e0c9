"""Citations: where else the same is said."""

from __future__ import annotations

from pathlib import Path

from bot.citations import Citation, elsewhere
from bot.composition import StoredLibrary
from qa_engine.answerer import Answerer
from qa_engine.answers import Answer
from qa_engine.reader import Reader
from retrieval.live_index import LiveIndex
from retrieval.store import Store
from retrieval.stored import StoredPassage
from tests.fake_runtime import ChosenRuntime
from tests.slack_bot import PLAIN, TOKENIZER
from tests.stores import put


def test_each_place_is_named_once(tmp_path: Path) -> None:
    """Two spans of one line are one place, and the answer's own line is no other place."""
    twice = (
        "Laptops are replaced after four years. Desktops, like laptops, are replaced after four years, too."
    )
    with Store(tmp_path / "store.db") as store:
        for name in ("a.md", "b.md", "c.md"):
            put(store, name, twice)
        reader = Reader(TOKENIZER, ChosenRuntime(TOKENIZER, {"four years": 5.0}))
        answer = Answerer(StoredLibrary(store, LiveIndex(store)), reader, PLAIN).ask(
            "When are laptops replaced?"
        )
        assert isinstance(answer, Answer)

        def by_file(passage: StoredPassage, _: int | None) -> Citation:
            return Citation(title="", section="", location=passage.path, url=None)

        found = [citation.location for _, citation in elsewhere(answer, by_file)]
    assert len(answer.also) == 4
    assert len(found) == len(set(found)) == 2
    assert answer.quote.passage.path not in found
