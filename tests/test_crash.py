"""An ingest that is killed: whole documents only, whenever it happens, and the next run completes it."""

from __future__ import annotations

import random
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.commands.demo import DATA
from retrieval.postings import POSTING
from retrieval.store import Store
from tests.command_line import COMMAND, environment
from tests.stores import passage_ids, puts

KILLS = 20
HANDBOOK = DATA / "handbook"


def ingest(home: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [*COMMAND, "ingest", str(HANDBOOK), "-c", "handbook", "--force", *more]
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(command, env=environment(home), stdout=nowhere, stderr=nowhere)


def wholes(store: Store) -> dict[str, tuple[Any, ...]]:
    """All that is kept of each document, by path; terms by their names, since their numbers may differ."""
    with store.database.reading() as db:
        names = dict(db.execute("SELECT id, term FROM terms").fetchall())
        postings = dict(db.execute("SELECT id, postings FROM passages").fetchall())

    def named(posting: Any) -> tuple[str, int, int, int]:
        term, *counts = posting.tolist()
        return names[term], *counts

    found = {}
    for record in store.documents():
        passages = store.passages(passage_ids(store, [record.id]))
        found[record.path] = (
            store.content(record.id),
            record.sha256,
            [(p.start, p.end, p.sentences, p.heading_path, p.anchor) for p in passages],
            [sorted(map(named, np.frombuffer(postings[p.id], POSTING))) for p in passages],
        )
    return found


@pytest.fixture(scope="module")
def uninterrupted(handbook_home: Path) -> dict[str, tuple[Any, ...]]:
    with Store(handbook_home / "store.db") as store:
        return wholes(store)


def test_twenty_kills(uninterrupted: dict[str, tuple[Any, ...]], tmp_path: Path) -> None:
    """After every SIGKILL the file is sound and each stored document is that of an uninterrupted run.

    The moments are spread over the run; every second kill hits a fresh home, the others one in which all
    documents are being replaced; every fourth one encodes, since that takes minutes of a slow machine.
    """
    old = tmp_path / "old"
    assert ingest(old, "--no-vectors").wait() == 0
    seen = list[int]()
    for number in range(KILLS):
        home = old if number % 2 else tmp_path / f"fresh-{number}"
        goal = puts(home) + number * len(uninterrupted) // KILLS
        process = ingest(home, *["--no-vectors"] * (number % 4 > 0))
        while puts(home) < goal and process.poll() is None:
            time.sleep(0.002)
        time.sleep(random.uniform(0, 0.03))  # about as long as a document takes
        process.kill()
        process.wait()
        with Store(home / "store.db") as store:
            assert store.database.check() == []
            stored = wholes(store)
        assert stored == {path: uninterrupted[path] for path in stored}
        assert not number % 2 or len(stored) == len(uninterrupted)
        seen.append(len(stored))
    fresh = seen[::2]
    assert any(0 < one < len(uninterrupted) for one in fresh), f"no kill hit the middle of a run: {fresh}"
    for home in (old, tmp_path / f"fresh-{KILLS // 2}"):
        assert ingest(home).wait() == 0
        with Store(home / "store.db") as store:
            assert wholes(store) == uninterrupted
