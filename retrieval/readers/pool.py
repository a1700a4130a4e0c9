"""Reading files in child processes with limits: of time, of memory, of output.

A 2 kB file can ask for a gigabyte or for an hour, and a parser written in C can take its process with
it.  So no file is parsed in this process.  Costs: a child starts in about a quarter of a second and is
used again for many files.

But: a file that breaks a limit is not tried again.
"""

from __future__ import annotations

import json
import os
import queue
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import retrieval
from retrieval.documents import Document
from retrieval.errors import ReaderKilled, ReadError, UnsupportedFormat
from retrieval.readers.formats import announced_format, is_sitemap
from retrieval.readers.wire import LENGTH, document_from_json, frame, pack

_START_SECONDS = 30.0  # for a child to import its parsers on a slow, busy machine
_CHUNK = 1 << 16
_MB = 1 << 20
_TIMES = 1 << 63  # as many nanoseconds as the store can hold
# The package's place comes last on the path, so that it can stand in for nothing else; -P keeps the
# current directory off it.
_PROGRAM = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from retrieval.readers.worker import main; main(int(sys.argv[2]))"
)
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "2"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost; MB are 2**20 bytes."""

    wall_seconds: float = 60.0  # on a busy machine a file waits; processor time is the tighter limit
    cpu_seconds: int = 20
    memory_mb: int = 1024
    input_mb: int = 64
    output_mb: int = 64
    files_per_child: int = 500


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its name there, the one for people, its SHA-256, and when it was saved.

    `mtime_ns`: 0 where nobody knows.
    """

    name: str
    shown: str
    sha256: str
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses that a page links to or a sitemap lists, as they stand there; of an index, sitemaps."""

    found: tuple[str, ...]
    is_index: bool = False


class ReaderPool:
    """Up to `workers` children that read files; `read` may be called from several threads.

    with ReaderPool() as pool:
        document = pool.read(data, "leave.md")
    """

    def __init__(self, *, limits: Limits | None = None, workers: int = 1) -> None:
        self._limits = limits or Limits()
        self._seats: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        self._workers = workers
        self._closed = False
        for _ in range(workers):
            self._seats.put(None)  # children start when they are needed

    def __enter__(self) -> ReaderPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, data: bytes, name: str) -> Document:
        """The document in `data`, the bytes of a file called `name`.

        Raises ReadError if it cannot be read, ReaderKilled (a ReadError) if it broke a limit.
        """
        with self._child(data, name) as child:
            return child.read(data, name)

    def members(self, data: bytes, name: str) -> list[Member]:
        """What the archive in `data` holds; raises as `read`."""
        with self._child(data, name) as child:
            return child.members(data, name)

    def read_member(self, data: bytes, name: str, member: str) -> Document:
        """One member of an archive; raises as `read`.

        The child that listed the archive keeps it; a fresh one gets it again.
        """
        with self._child(data, name) as child:
            return child.read_member(data, name, member)

    def addresses(self, data: bytes, name: str) -> Addresses:
        """Where a page or a sitemap (its `name` ends with .xml) leads; raises as `read`."""
        with self._child(data, name) as child:
            return child.addresses(data, name)

    @contextmanager
    def _child(self, data: bytes, name: str) -> Iterator[_Child]:
        if not is_sitemap(name):
            announced_format(name)  # no child is started for what none can read
        if len(data) > self._limits.input_mb * _MB:
            raise ReadError(f"has {len(data) / _MB:,.0f} MB; at most {self._limits.input_mb:,} MB are read")
        child = self._seats.get()
        try:
            if self._closed:
                raise RuntimeError("the ReaderPool is closed")
            if child is not None and child.has_ended:  # while idle, so this file is not to blame
                child.stop()
                child = None
            if child is None:
                child = _Child(self._limits)
            yield child
        finally:
            if child is not None and (not child.alive or child.files >= self._limits.files_per_child):
                child.stop()
                child = None
            self._seats.put(child)

    def close(self) -> None:
        """Wait for the files being read and stop the children."""
        self._closed = True
        for _ in range(self._workers):
            child = self._seats.get()
            if child is not None:
                child.stop()
        for _ in range(self._workers):
            self._seats.put(None)


class _Child:
    """One child process; after a broken limit it is dead and must be replaced."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.files = 0
        self.archive: bytes | None = None  # the one that the process holds
        self.alive = True
        home = str(Path(retrieval.__file__).resolve().parents[1])
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _PROGRAM, home, str(limits.memory_mb * _MB)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a crash report could hold text of the document
            env=_ENVIRONMENT,
            start_new_session=True,  # Ctrl-C in the terminal is the parent's to handle
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)
        try:
            self._exchange(b"", _START_SECONDS)
        except BaseException as error:
            self.stop()
            if isinstance(error, ReaderKilled):
                raise ReaderKilled(f"the process that reads files did not start: it {error}") from None
            raise

    @property
    def has_ended(self) -> bool:
        """Has the process ended, by whatever cause?"""
        return self._process.poll() is not None

    def read(self, data: bytes, name: str) -> Document:
        """Send a file, take its document; any broken limit ends the child."""
        answer = self._ask({"name": name}, data)
        document = answer.get("document")
        return document_from_json(document if isinstance(document, dict) else {})

    def _ask(self, request: dict[str, Any], data: bytes) -> dict[str, Any]:
        self.files += 1
        head = pack(request | {"cpu_seconds": self._limits.cpu_seconds})
        try:
            answer = self._exchange(frame(head) + frame(data), self._limits.wall_seconds)
        except BaseException:  # KeyboardInterrupt too: what the child now sends would answer nobody
            self.alive = False
            raise
        if "out_of_memory" in answer:
            self.alive = False
            raise ReaderKilled(f"needed more than {self._limits.memory_mb:,} MB")
        if "error" in answer:
            kind = UnsupportedFormat if answer.get("unsupported") else ReadError
            raise kind(str(answer["error"]))
        return answer

    def members(self, data: bytes, name: str) -> list[Member]:
        """Send an archive, take its listing."""
        answer = self._ask({"name": name, "archive": True}, data)
        self.archive = data
        try:
            return [
                Member(str(name), str(shown), str(sha256), int(saved) % _TIMES)
                for name, shown, sha256, saved in answer["members"]
            ]
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ReadError("the reader process sent something that is no listing") from error

    def read_member(self, data: bytes, name: str, member: str) -> Document:
        """Read a member of an archive, which is sent only if this child does not hold it yet."""
        if self.archive is not data:
            self.members(data, name)
        answer = self._ask({"name": name, "member": member}, b"")
        document = answer.get("document")
        return document_from_json(document if isinstance(document, dict) else {})

    def addresses(self, data: bytes, name: str) -> Addresses:
        """Send a page or a sitemap, take the addresses in it."""
        answer = self._ask({"name": name, "addresses": True}, data)
        try:
            return Addresses(tuple(map(str, answer["addresses"])), bool(answer["is_index"]))
        except (KeyError, TypeError) as error:
            raise ReadError("the reader process sent something that is no list of addresses") from error

    def stop(self) -> None:
        """Kill the child, if it is not dead yet, and let go of its pipes."""
        self.alive = False
        with suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()

    def _exchange(self, request: bytes, seconds: float) -> dict[str, Any]:
        """Write a request while reading the answer, so that neither side can wait for the other."""
        deadline = time.monotonic() + seconds
        waiting = memoryview(request)
        received = bytearray()
        wanted: int | None = None
        with selectors.DefaultSelector() as selector:
            selector.register(self._from, selectors.EVENT_READ)
            if waiting:
                selector.register(self._to, selectors.EVENT_WRITE)
            while wanted is None or len(received) < wanted:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise ReaderKilled(f"took longer than {seconds:g} s")
                for key, _ in selector.select(left):
                    if key.fd == self._to:
                        waiting = waiting[self._write(waiting) :]
                        if not waiting:
                            selector.unregister(self._to)
                        continue
                    chunk = os.read(self._from, _CHUNK)
                    if not chunk:
                        raise ReaderKilled(self._obituary())
                    received += chunk
                if wanted is None and len(received) >= LENGTH.size:
                    wanted = LENGTH.size + LENGTH.unpack_from(received)[0]
                    if wanted > self._limits.output_mb * _MB:
                        raise ReaderKilled(f"gave more than {self._limits.output_mb:,} MB of text")
        try:
            answer = json.loads(bytes(received[LENGTH.size : wanted]))
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise ReaderKilled("sent something that is no answer")
        return answer

    def _write(self, data: memoryview) -> int:
        try:
            return os.write(self._to, data[:_CHUNK])
        except BlockingIOError:
            return 0
        except BrokenPipeError:
            return len(data)  # the child is dying; the end of its answers tells how

    def _obituary(self) -> str:
        code = self._process.wait()
        if code == -signal.SIGXCPU:
            return f"took longer than {self._limits.cpu_seconds:g} s of processor time"
        if code == -signal.SIGKILL:
            return "was killed from outside, probably for memory (signal 9)"
        if code == -signal.SIGABRT:  # how parsers in C and Rust end that are refused memory
            return f"crashed, probably for needing more than {self._limits.memory_mb:,} MB (signal 6)"
        return f"crashed (signal {-code})" if code < 0 else f"crashed (exit status {code})"
