"""The store with many hands at it: threads, processes, and who opens it first."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from retrieval.errors import StoreBusy
from retrieval.store import Store
from tests.stores import passage_ids, put


def test_threads_read_while_one_writes(store: Store) -> None:
    """Every thread has a connection of its own, and sees the old document or the new one, never half."""
    texts = [" ".join(f"Version {number} says {number}." for _ in range(20)) for number in range(20)]
    document_id = put(store, "a.md", texts[0])
    done = threading.Event()

    def look() -> int:
        looks = 0
        while not done.is_set() or not looks:
            content = store.content(document_id)
            assert content is not None
            assert content.text in texts
            passages = store.passages(passage_ids(store))
            assert len({p.text.split()[1] for p in passages}) <= 1
            looks += 1
        return looks

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(look) for _ in range(4)]
        for text in texts:
            put(store, "a.md", text)
        done.set()
        assert all(reader.result() for reader in readers)


def test_threads_that_write_wait_for_one_another(store: Store) -> None:
    """No put is lost and none fails, whichever thread it comes from."""
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda number: put(store, f"{number}.md", f"Page {number}."), range(24)))
    assert sorted(record.id for record in store.documents()) == sorted(ids)


def test_two_stores_on_one_file_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One writer at a time: the other waits, then says StoreBusy; reading goes on meanwhile."""
    monkeypatch.setattr("retrieval.database.BUSY_SECONDS", 0.05)
    path = tmp_path / "store.db"
    with Store(path) as one, Store(path) as two:
        put(one, "a.md", "First.")
        with one.database.writing():
            with pytest.raises(StoreBusy, match="Another process is writing"):
                put(two, "b.md", "Second.")
            assert [record.path for record in two.documents()] == ["a.md"]
        put(two, "b.md", "Second.")
        assert [record.path for record in one.documents()] == ["a.md", "b.md"]


def test_many_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    """The tables are made once, whoever comes first."""
    path = tmp_path / "new" / "store.db"

    def opened(number: int) -> int:
        with Store(path) as store:
            return put(store, f"{number}.md", "Text.")

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(opened, range(8)))) == 8


def test_a_new_file_that_another_is_writing_to_is_waited_for(tmp_path: Path) -> None:
    """SQLite refuses at once, whatever the timeout, to turn the journal of such a file to WAL."""
    path = tmp_path / "store.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.2, other.execute, ["ROLLBACK"])
    release.start()
    with Store(path) as store:
        put(store, "a.md", "Text.")
    release.join()
    other.close()


def test_two_processes_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    """The same between processes, where no lock of ours helps."""
    program = (
        "import sys; from pathlib import Path; from retrieval.store import Store\n"
        "sys.stdin.readline()\n"
        "with Store(Path(sys.argv[1])) as store: store.documents()\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "store.db")]
    several = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    for each in several:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    complaints = [each.communicate()[1] for each in several]
    assert [each.returncode for each in several] == [0, 0, 0], complaints
