"""Versions of a document: found by what they share, and the newest is asked first."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import messages
from bot.composition import StoredLibrary
from retrieval import near_duplicates
from retrieval.ingest import ingest
from retrieval.intake import PassageSettings, searchable
from retrieval.live_index import LiveIndex
from retrieval.near_duplicates import families, newest_of, sketch
from retrieval.passages import estimate
from retrieval.readers.pool import ReaderPool
from retrieval.store import Store
from tests.command_line import call
from tests.stores import CUT, put, source, written

WORDS = [f"word{number}" for number in range(500)]


def text(seed: int, length: int = 1500) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=length))


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_the_shared_part_decides(seed: int, share: float) -> None:
    """Clearly more than half of the shorter one shared: a family; clearly less: none."""
    one, other = text(seed), text(seed + 1)
    cut = int(len(one) * share)
    found = families(
        {1: sketch(one), 2: sketch(one[:cut] + other[: len(one) - cut]), 3: sketch(text(seed + 2))}
    )
    if share > 0.75:
        assert found == [{1, 2}]
    elif share < 0.25:
        assert found == []


def test_versions_of_versions_are_one_family_and_short_texts_none() -> None:
    """1 and 3 share little, but each shares most with 2."""
    parts = [text(seed, 700) for seed in range(3)]
    sketches = {
        1: sketch(parts[0] + parts[1]),
        2: sketch(" ".join(parts)),
        3: sketch(parts[2]),
        4: sketch("Same."),
    }
    assert families(sketches) == [{1, 2, 3}]
    assert families({1: sketch("Same words here."), 2: sketch("Same words here."), 3: b""}) == []


class Noted(Counter[tuple[int, int]]):
    """Notes itself."""

    made: ClassVar[list[Counter[tuple[int, int]]]] = []

    def __init__(self) -> None:
        super().__init__()
        self.made.append(self)


def test_what_all_share_makes_no_pairs_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A footer on every page of a site: as much work as pages, not as pairs of pages; versions are found."""
    monkeypatch.setattr(near_duplicates, "Counter", Noted)
    pages = {number: sketch(f"{text(number, 300)} {text(0, 200)}") for number in range(1, 200)}
    assert families(pages) == []
    assert 0 < len(Noted.made[-1]) <= len(pages) * near_duplicates._NEIGHBOURS
    versions = {number: sketch(f"{text(0, 300)} {number}") for number in range(150)}
    assert families(versions) == [set(versions)]


@pytest.mark.parametrize(
    ("dated", "saved", "newest"),
    [
        ({1: "2026-01-01", 2: "2025-01-01"}, {1: 1, 2: 2}, 1),
        ({1: "2026-01-01", 2: None}, {1: 1, 2: 2}, 2),
        ({1: "2026-01-01", 2: "2026-01-01"}, {1: 2, 2: 1}, 1),
        ({1: None, 2: None}, {1: 1, 2: 1}, 2),
    ],
)
def test_which_version_is_the_newest(
    dated: dict[int, str | None], saved: dict[int, int], newest: int
) -> None:
    """By the days that they name if all do; a day against a time stamp says nothing."""
    assert newest_of({1, 2}, dated, saved) == newest


class Meanwhile(Counter[tuple[int, int]]):
    """Does something while documents are compared."""

    todo: ClassVar[list[Callable[[], object]]] = []

    def __init__(self) -> None:
        super().__init__()
        while self.todo:
            self.todo.pop()()


def test_others_write_while_versions_are_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits, and nothing is noted of what has changed or gone by then, until somebody looks again."""
    monkeypatch.setattr("retrieval.database.BUSY_SECONDS", 0.05)
    monkeypatch.setattr(near_duplicates, "Counter", Meanwhile)
    with Store(tmp_path / "store.db") as one, Store(tmp_path / "store.db") as two:
        first, gone, changed, last = ids = [put(one, f"v{number}.md", text(0)) for number in range(1, 5)]

        def change() -> None:
            other = written(text(1))
            two.put(other, replace(source("v3.md"), sha256="another"), searchable(other, CUT))

        Meanwhile.todo += [lambda: two.remove(gone), change]
        one.find_superseded()
        assert Meanwhile.todo == []
        assert one.superseded(ids) == {first: last}
        assert one.database.check() == []
        two.put(written(text(0)), source("v3.md"), searchable(written(text(0)), CUT))
        two.find_superseded()
        assert one.superseded(ids) == {first: last, changed: last}


def test_what_is_known_of_versions_is_not_written_again(tmp_path: Path) -> None:
    """Only what differs is: an index need not follow a change that is none."""
    with Store(tmp_path / "store.db") as store:
        first, second, last = ids = [put(store, f"v{number}.md", text(0)) for number in range(1, 4)]
        watching = store.database.connect()

        def version() -> object:
            return watching.execute("PRAGMA data_version").fetchone()

        store.find_superseded()
        assert store.superseded(ids) == {first: last, second: last}
        before = version()
        store.find_superseded()
        assert version() == before
        put(store, "v1.md", text(1))
        store.find_superseded()
        assert store.superseded(ids) == {second: last}


def test_a_sketch_is_made_before_the_transaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others write while it is made."""
    monkeypatch.setattr("retrieval.database.BUSY_SECONDS", 0.05)
    with Store(tmp_path / "store.db") as one, Store(tmp_path / "store.db") as two:

        def sketch_meanwhile(words: str) -> bytes:
            with two.database.writing():
                return sketch(words)

        monkeypatch.setattr("retrieval.store.sketch", sketch_meanwhile)
        put(one, "a.md", "Words.")


def test_the_newest_version_is_found_alone_and_the_older_one_when_it_is_gone(tmp_path: Path) -> None:
    """An older version stays in the store, and speaks only where the newest has nothing to say."""
    common = "\n\n".join(f"# Part {seed}\n\n{text(seed, 200)}." for seed in range(6))
    folder = tmp_path / "docs"
    folder.mkdir()
    for number, rule in ((1, "The allowance is 40 euros."), (2, "The allowance is 42 euros.")):
        path = folder / f"v{number}.md"
        path.write_text(f"{common}\n\n# Allowance\n\n{rule}\n")
        os.utime(path, (number, number))
    (folder / "v1.md").write_text((folder / "v1.md").read_text() + "\n# Zebras\n\nZebras were allowed.\n")
    os.utime(folder / "v1.md", (1, 1))
    with Store(tmp_path / "store.db") as store, ReaderPool() as reader:
        settings = PassageSettings(measure=estimate)
        ingest([folder], store=store, reader=reader, settings=settings)
        library = StoredLibrary(store, LiveIndex(store))

        def paths(question: str) -> set[str]:
            return {
                found.passage.path for found in library.search(question, 5) if "allow" in found.passage.text
            }

        assert paths("How high is the allowance?") == {"v2.md"}
        assert paths("Were zebras allowed?") <= {"v1.md", "v2.md"}
        (folder / "v2.md").unlink()
        ingest([folder], store=store, reader=reader, settings=settings, prune=True)
        assert paths("How high is the allowance?") == {"v1.md"}


def test_pages_that_share_most_of_their_words_are_not_versions(tmp_path: Path) -> None:
    """Rules for several countries, pages of a site with its menu: each answers for itself."""
    common = "\n\n".join(f"{text(seed, 30)}." for seed in range(8))
    docs, site = tmp_path / "docs", tmp_path / "site"
    docs.mkdir()
    site.mkdir()
    for country, days in (("Germany", 30), ("France", 27), ("Spain", 22)):
        rule = f"Employees in {country} get {days} days of annual leave each year."
        (docs / f"leave-{country.lower()}.md").write_text(
            f"# Annual leave in {country}\n\n{rule}\n\n{common}\n"
        )
    for number, topic in enumerate(("Leave", "Travel", "Laptops")):
        page = f"<title>{topic}</title><div>{text(0, 150)}</div><h1>{topic}</h1><p>{text(number + 1, 30)}</p>"
        (site / f"{number}.html").write_text(page)
    with Store(tmp_path / "store.db") as store, ReaderPool() as reader:
        ingest([docs, site], store=store, reader=reader, settings=PassageSettings(measure=estimate))
        found = StoredLibrary(store, LiveIndex(store)).search("Days of annual leave in Germany", 5)
        assert found[0].passage.path == "leave-germany.md"
        assert store.superseded([each.id for each in store.documents()]) == {}
        (docs / "leave-germany (old).md").write_text((docs / "leave-germany.md").read_text())
        ingest([docs], store=store, reader=reader, settings=PassageSettings(measure=estimate))
        assert len(store.superseded([each.id for each in store.documents()])) == 1
        (docs / "leave-germany (old).md").rename(docs / "leave-italy.md")
        ingest([docs], store=store, reader=reader, settings=PassageSettings(measure=estimate))
        assert store.superseded([each.id for each in store.documents()]) == {}


def test_older_versions_are_listed_as_such(tmp_path: Path) -> None:
    """Below them, and nothing below the others."""
    with Store(tmp_path / "store.db") as store:
        for number in (1, 2):
            put(store, f"v{number}.md", text(0))
        store.find_superseded()
    lines = [line.split() for line in call("ls", home=tmp_path).out.splitlines()]
    assert [line[4] if line[0].isdigit() else line for line in lines] == [
        "v1.md", messages.OLDER_VERSION.format(path="v2.md").split(), "v2.md",
    ]  # fmt: skip
