"""The reading processes: real children, real limits, hostile files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents import DocumentBuilder
from retrieval.errors import ReaderKilled, ReadError
from retrieval.readers import formats, registry
from retrieval.readers.pool import Limits, ReaderPool
from retrieval.readers.wire import document_from_json, document_to_json

DEEP = b"<div>" * 200_000  # quadratic in the parser: minutes


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool() as opened:
        yield opened


def test_a_child_reads_what_the_reader_reads(pool: ReaderPool) -> None:
    """The process in between changes nothing: same document as in this process."""
    page = "---\ntitle: Grüße\nurl: https://x.org\n---\n# A {#b}\n\none\ntwo 👋\n\n```\ncode\n```\n".encode()
    assert pool.read(page, "a.md") == registry.read(page, "a.md")


def test_errors_of_readers_come_back_as_they_are(pool: ReaderPool) -> None:
    """The sentence is the reader's own, and the child lives on."""
    with pytest.raises(ReadError, match=r"^the file is empty$") as caught:
        pool.read(b"", "a.md")
    assert not isinstance(caught.value, ReaderKilled)
    assert pool.read(b"fine", "a.md").text == "fine"


def test_a_panic_of_a_parser_is_an_error_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rust's libraries raise what is no Exception; an interrupt is none either, and passes."""
    raised: type[BaseException] = type("PanicException", (BaseException,), {})

    def fail(*_: object) -> NoReturn:
        raise raised

    monkeypatch.setattr(registry, "READERS", {formats.TEXT: fail})
    with pytest.raises(ReadError, match=r"^could not be read as .+ \(PanicException\)$"):
        registry.read(b"text", "a.txt")
    raised = KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        registry.read(b"text", "a.txt")


def test_a_reader_that_takes_too_long_is_killed_and_replaced() -> None:
    """The clock is the parent's; the next file has a new child."""
    with ReaderPool(limits=Limits(wall_seconds=0.5)) as pool:
        with pytest.raises(ReaderKilled, match=r"^took longer than 0\.5 s$"):
            pool.read(DEEP, "a.html")
        assert pool.read(b"fine", "a.md").text == "fine"


def test_processor_time_is_limited_by_the_kernel() -> None:
    """Even without a clock a file gets no more than its processor time."""
    with ReaderPool(limits=Limits(cpu_seconds=1, wall_seconds=60)) as pool:
        assert pool.read(b"fine", "a.md").text == "fine"
        with pytest.raises(ReaderKilled, match=r"^took longer than 1 s of processor time$"):
            pool.read(DEEP, "a.html")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits address space")
def test_a_reader_that_needs_too_much_memory_is_stopped() -> None:
    """The limit is on the child's address space, so neither parser nor Python can pass it."""
    with ReaderPool(limits=Limits(memory_mb=300)) as pool:
        with pytest.raises(ReaderKilled, match=r"^needed more than 300 MB$"):
            pool.read(b"<p>a" * 4_000_000, "a.html")
        assert pool.read(b"fine", "a.md").text == "fine"


def test_input_and_output_are_bounded() -> None:
    """Neither a large file nor a large answer gets far."""
    with ReaderPool(limits=Limits(input_mb=2, output_mb=1)) as pool:
        with pytest.raises(ReaderKilled, match=r"^gave more than 1 MB of text$"):
            pool.read(b"word " * 250_000, "a.txt")
        with pytest.raises(ReadError, match=r"^has 3 MB; at most 2 MB are read$"):
            pool.read(b"word " * 600_000, "a.txt")


def _children() -> set[int]:
    with open(f"/proc/{os.getpid()}/task/{os.getpid()}/children") as listing:  # noqa: PTH123
        return set(map(int, listing.read().split()))


@pytest.mark.skipif(sys.platform != "linux", reason="looks for the child in /proc")
def test_a_crash_is_told_with_its_signal_and_leaves_nobody_behind() -> None:
    """A child that dies of a signal is one clear error; none is left running or unburied."""
    before = _children()
    with ReaderPool() as pool:
        pool.read(b"fine", "a.md")
        (child,) = _children() - before
        crash = threading.Timer(0.2, os.kill, (child, signal.SIGSEGV))
        crash.start()
        with pytest.raises(ReaderKilled, match=r"^crashed \(signal 11\)$"):
            pool.read(DEEP, "a.html")
        crash.join()
        assert pool.read(b"fine", "a.md").text == "fine"
    assert _children() == before


@pytest.mark.skipif(sys.platform != "linux", reason="looks for the child in /proc")
def test_a_child_that_died_idle_is_replaced_in_silence() -> None:
    """A death between two files is not the fault of the second."""
    before = _children()
    with ReaderPool() as pool:
        pool.read(b"fine", "a.md")
        (child,) = _children() - before
        os.kill(child, signal.SIGKILL)
        while _is_running(child):
            time.sleep(0.01)
        assert pool.read(b"fine", "a.md").text == "fine"


@pytest.mark.skipif(sys.platform != "linux", reason="looks for the child in /proc")
def test_a_child_serves_many_files_but_not_for_ever() -> None:
    """One start for many files, and a fresh one after `files_per_child`."""
    before = _children()
    with ReaderPool(limits=Limits(files_per_child=2)) as pool:
        seen = set()
        for _ in range(4):
            pool.read(b"fine", "a.md")
            seen |= _children() - before
        assert len(seen) <= 2
    assert _children() == before


def test_a_child_that_cannot_start_is_told() -> None:
    """With too little memory even to begin, the message blames the start and not the file."""
    with ReaderPool(limits=Limits(memory_mb=20)) as pool, pytest.raises(ReaderKilled, match="did not start"):
        pool.read(b"fine", "a.md")


def test_several_threads_share_a_pool() -> None:
    """Answers go to those who asked, also with fewer children than threads."""
    answers: dict[int, str] = {}

    def ask(number: int) -> None:
        answers[number] = shared.read(f"text {number}".encode(), "a.md").text

    with ReaderPool(workers=2) as shared:
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == {number: f"text {number}" for number in range(8)}
    with pytest.raises(RuntimeError, match="closed"):
        shared.read(b"late", "a.md")


@pytest.mark.skipif(sys.platform != "linux", reason="looks for the child in /proc")
def test_a_child_ends_with_its_parent() -> None:
    """A parent killed outright leaves no reader behind: the child sees the end of its pipe."""
    program = (
        "import os, pathlib, sys, time\n"
        "from retrieval.readers.pool import ReaderPool\n"
        "pool = ReaderPool(); pool.read(b'x', 'a.md'); me = os.getpid()\n"
        "print(pathlib.Path(f'/proc/{me}/task/{me}/children').read_text().split()[0], flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
        parent.wait()
    deadline = time.monotonic() + 20
    while _is_running(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _is_running(child)


def _is_running(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat") as stat:  # noqa: PTH123
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["heading", "paragraph", "item", "row", "code"]), st.text(), st.integers(1, 6)
        )
    ),
    st.text(),
)
def test_documents_survive_the_wire(parts: list[tuple[str, str, int]], title: str) -> None:
    """from_json is the inverse of to_json."""
    builder = DocumentBuilder()
    for kind, text, number in parts:
        if kind == "heading":
            builder.heading(number, text, line=number, anchor=f"a{number}")
        else:
            builder.block(kind, text.split("\n"), line=number)  # type: ignore[arg-type]
    dated = date(2026, 1, len(parts) % 28 + 1) if parts else None
    document = builder.build(title, "https://x.org" if title else None, dated=dated)
    assert document_from_json(document_to_json(document)) == document


@pytest.mark.parametrize(
    "change",
    [
        {"text": None},
        {"url": "javascript:x"},
        {"blocks": [[0, 99, "paragraph", 0, None, []]]},
        {"blocks": [[0, 1, "image", 0, None, []]]},
        {"blocks": [[0, 1, "code", 7, None, []]]},
        {"blocks": [[0, 2, "code", 0, None, []], [1, 3, "code", 0, None, []]]},
        {"blocks": [["0", 1, "code", 0, None, []]]},
        {"sections": [["a"]]},
        {"sections": 3},
        {"dated": "yesterday"},
        {"dated": 20260301},
    ],
)
def test_a_document_that_does_not_fit_is_refused(change: dict[str, object]) -> None:
    """The child has handled hostile bytes, so what it sends is checked before it is believed."""
    value = document_to_json(registry.read(b"some text", "a.md")) | change
    with pytest.raises(ReadError, match="the reader process sent"):
        document_from_json(value)
