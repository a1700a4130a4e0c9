"""Pulling a model: whole and checked, gone on with where it was cut, and nothing lost on the way."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import itertools
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_engine.errors import DownloadError, ModelNotFound
from qa_engine.models import (
    Checksum,
    ModelFile,
    ModelSpec,
    ModelVariant,
    Progress,
    pull,
    read_manifest,
    require_intact,
    verify,
)
from tests.model_pulls import BIN, CONTENT, Waits, bring, serving, spec_of
from tests.model_server import (
    ModelServer,
    cut,
    hang,
    other,
    running,
    status,
)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with serving() as server:
        yield server


def test_a_pull_installs_a_checked_model(server: ModelServer, tmp_path: Path) -> None:
    """The bytes are the server's, the manifest has their SHA-256, and nothing else is left but the lock."""
    seen: list[Progress] = []
    model = pull(spec_of(server), None, tmp_path / "new" / "models", progress=seen.append)
    assert {name: (model.folder / name).read_bytes() for name in CONTENT} == CONTENT
    assert {check.state for check in verify(model)} == {"ok"}
    assert {file.name: file.checksum.hex for file in model.files} == {
        name: hashlib.sha256(body).hexdigest() for name, body in CONTENT.items()
    }
    assert read_manifest(model.folder) == model
    assert (model.name, model.precision, model.licence) == ("x", "FP16", "Apache-2.0")
    assert model.source == server.url("/m")
    assert sorted(path.name for path in model.folder.parent.iterdir()) == [".x-FP16.lock", "x-FP16"]
    assert sorted(path.name for path in model.folder.iterdir()) == sorted([*CONTENT, "manifest.json"])
    total = sum(map(len, CONTENT.values()))
    assert [each.done for each in seen] == sorted(each.done for each in seen)
    assert (seen[-1].done, {each.total for each in seen}) == (total, {total})


def test_a_whole_model_is_not_fetched_again(server: ModelServer, tmp_path: Path) -> None:
    """The second pull asks for nothing, and mends a manifest that is gone or wrong."""
    model = bring(server, tmp_path)
    asked = len(server.requests)
    for content in (None, "{", (model.folder / "manifest.json").read_text().replace('"x"', '"y"')):
        (model.folder / "manifest.json").unlink()
        if content is not None:
            (model.folder / "manifest.json").write_text(content)
        assert bring(server, tmp_path) == model == read_manifest(model.folder)
    assert len(server.requests) == asked


def test_a_damaged_model_is_replaced(server: ModelServer, tmp_path: Path) -> None:
    """The old one stays until the new one is whole; then it is gone."""
    model = bring(server, tmp_path)
    model.bin.write_bytes(b"damaged")
    server.behave(BIN, status(404))
    with pytest.raises(DownloadError):
        bring(server, tmp_path)
    (tmp_path / "x-FP16.part" / "older.xml").write_text("of an older list of files")
    assert model.bin.read_bytes() == b"damaged"
    require_intact(bring(server, tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == [".x-FP16.lock", "x-FP16"]
    assert not (model.folder / "older.xml").exists()


class Killed(BaseException):
    """A process that ends here; no handler of ours catches it."""


@pytest.mark.parametrize("fault", [OSError(errno.EIO, "Input/output error"), Killed()])
def test_a_fault_at_any_step_loses_nothing(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    """Whichever change on the disk fails first, a model is there, old or new, and the next pull is right."""
    for step in itertools.count(1):
        folder = tmp_path / str(step)
        old = bring(server, folder)
        old.bin.write_bytes(b"old")
        left = itertools.count(step, -1)
        with monkeypatch.context() as patch:
            for name in ("fsync", "rename", "replace", "unlink", "mkdir", "rmdir"):
                patch.setattr(os, name, failing(getattr(os, name), left, fault))
            with suppress(DownloadError, Killed):
                require_intact(bring(server, folder))
        if next(left) > 0:
            break
        there = [path for path in (old.folder, folder / "x-FP16.old") if path.exists()]
        assert (there[0] / "x.bin").read_bytes() in (b"old", CONTENT["x.bin"])
        assert there[0] == old.folder or isinstance(fault, Killed)
        require_intact(bring(server, folder))
        assert sorted(path.name for path in folder.iterdir()) == [".x-FP16.lock", "x-FP16"]
    assert step > 10


def failing(call: Callable[..., Any], left: Iterator[int], fault: BaseException) -> Callable[..., Any]:
    """`call`, but for the one that `left` counts down to."""

    def counted(*args: Any, **options: Any) -> Any:
        if next(left) == 1:
            raise fault
        return call(*args, **options)

    return counted


@settings(max_examples=25, deadline=None)
@given(
    first=st.integers(0, len(CONTENT["x.bin"])),
    second=st.integers(0, len(CONTENT["x.bin"])),
    reset=st.booleans(),
    etag=st.sampled_from(['"one"', 'W/"weak"', None]),
)
def test_a_resume_from_any_cut_gives_the_same_bytes(
    first: int, second: int, reset: bool, etag: str | None
) -> None:
    """Wherever the connection ends, and then ends again, the file comes out whole."""
    with running() as server, tempfile.TemporaryDirectory() as folder:
        server.files = {f"/m/{name}": content for name, content in CONTENT.items()}
        server.etag = etag
        server.behave(BIN, cut(first, reset=reset), cut(second, reset=reset))
        require_intact(bring(server, Path(folder)))
        if not reset and 0 < first < len(CONTENT["x.bin"]):
            assert server.ranges(BIN)[:2] == [None, f"bytes={first}-"]
        conditions = {headers["If-Range"] for _, headers in server.requests}
        assert conditions <= {None, '"one"'}, "a weak ETag says nothing about bytes"


@settings(max_examples=25, deadline=None)
@given(
    kept=st.binary(max_size=60)
    | st.integers(0, 54).map(lambda size: CONTENT["x.xml"][:size])
    | st.binary(min_size=1, max_size=9).map(lambda more: CONTENT["x.xml"] + more)
)
def test_whatever_a_part_holds_a_second_pull_is_right(kept: bytes) -> None:
    """A part of any content is gone on with, or found damaged and deleted; the next pull is right."""
    with running() as server, tempfile.TemporaryDirectory() as name:
        server.files = {f"/m/{file}": content for file, content in CONTENT.items()}
        part = Path(name) / "x-FP16.part" / "x.xml.part"
        part.parent.mkdir()
        part.write_bytes(kept)
        if not CONTENT["x.xml"].startswith(kept) and len(kept) <= len(CONTENT["x.xml"]):
            with pytest.raises(DownloadError, match="came damaged"):
                bring(server, Path(name))
            assert not part.exists()
        waits = Waits()
        require_intact(bring(server, Path(name), waits))
        assert waits == [], "a part that is too long needs no server to say so"


def test_a_damaged_file_is_deleted_and_told(server: ModelServer, tmp_path: Path) -> None:
    """One wrong byte on the way: nothing is installed, the part is gone, and the next pull is right."""
    damaged = bytearray(CONTENT["x.bin"])
    damaged[5000] ^= 1
    server.behave(BIN, other(bytes(damaged)))
    with pytest.raises(DownloadError, match=r"x\.bin came damaged: found sha384 .* deleted; run the same"):
        bring(server, tmp_path)
    assert [path.name for path in (tmp_path / "x-FP16.part").iterdir()] == ["x.xml"]
    require_intact(bring(server, tmp_path))
    assert [path for path, _ in server.requests].count("/m/x.xml") == 1


def test_two_pulls_at_once(server: ModelServer, tmp_path: Path) -> None:
    """The second of two processes gets one line and disturbs nothing."""
    gate = threading.Event()
    server.behave(BIN, hang(50, gate))
    first = threading.Thread(target=bring, args=(server, tmp_path))
    first.start()
    while not server.ranges(BIN):
        time.sleep(0.005)
    with pytest.raises(DownloadError, match="being pulled by another process"):
        bring(server, tmp_path)
    gate.set()
    first.join()
    require_intact(read_manifest(tmp_path / "x-FP16"))


def test_a_lock_ends_with_its_process(server: ModelServer, tmp_path: Path) -> None:
    """A killed pull leaves a lock file that locks nobody out."""
    code = "import fcntl, os, sys; f = open(sys.argv[1], 'ab'); fcntl.flock(f, fcntl.LOCK_EX); os.kill(os.getpid(), 9)"
    lock = tmp_path / ".x-FP16.lock"
    assert subprocess.run([sys.executable, "-c", code, str(lock)], check=False).returncode == -9
    assert lock.exists()
    require_intact(bring(server, tmp_path))
    with lock.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_an_interrupted_pull_is_gone_on_with(server: ModelServer, tmp_path: Path) -> None:
    """Ctrl-C leaves the part; the next pull asks for the rest only."""
    long = os.urandom(2 << 20)
    server.files[BIN] = long
    spec = spec_of(server, content=CONTENT | {"x.bin": long})

    def stop(progress: Progress) -> None:
        if progress.file == "x.bin" and progress.done > 1 << 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pull(spec, "FP16", tmp_path, progress=stop)
    kept = (tmp_path / "x-FP16.part" / "x.bin.part").stat().st_size
    assert kept > 1 << 19
    require_intact(pull(spec, "FP16", tmp_path))
    assert server.ranges(BIN) == [None, f"bytes={kept}-"]
    assert [path for path, _ in server.requests].count("/m/x.xml") == 1


def test_too_small_a_disk_is_found_before_anything_is_asked(server: ModelServer, tmp_path: Path) -> None:
    """What cannot fit is not begun."""
    file = ModelFile("x.xml", 10**18, Checksum("sha384", "0" * 96), server.url("/m/x.xml"))
    spec = ModelSpec("x", "", "", 1, 1, 1, 1, (), (), (), (ModelVariant("x", "FP16", (file,)),))
    with pytest.raises(DownloadError, match=r"needs 1,000,000,000,017 MB .* Make room"):
        pull(spec, "FP16", tmp_path)
    assert server.requests == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_disk_that_fills_up_is_told(server: ModelServer, tmp_path: Path) -> None:
    """ENOSPC in the middle becomes one line."""
    part = tmp_path / "x-FP16.part" / "x.xml.part"
    part.parent.mkdir()
    part.symlink_to("/dev/full")
    with pytest.raises(DownloadError, match="No space left on device"):
        bring(server, tmp_path)


def test_a_place_that_cannot_be_written_is_told(server: ModelServer, tmp_path: Path) -> None:
    """A file where the folder should be, or no right to write, becomes one line."""
    (tmp_path / "models").write_text("a file")
    with pytest.raises(DownloadError, match=r"x-FP16 cannot be written to .*models: File exists"):
        bring(server, tmp_path / "models")
    with pytest.raises(DownloadError, match="cannot be written to"):
        bring(server, tmp_path / "models" / "below")
    assert server.requests == []


def test_an_unknown_precision(server: ModelServer, tmp_path: Path) -> None:
    """It is refused before anything is made."""
    with pytest.raises(ModelNotFound, match="it comes in FP16"):
        pull(spec_of(server), "FP32", tmp_path / "models")
    assert not (tmp_path / "models").exists()
