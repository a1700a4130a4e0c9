"""The child process that reads files: bytes in by stdin, documents out by stdout, limits around it.

It opens no file that it is told of, gets an empty environment, and ends when its parent's end of the
pipe closes.  One child reads many files, so that its start (a quarter of a second) is paid once.

But: it trusts nobody to stop it in time.  Memory and processor time are limits of the kernel; the
parent (`pool`) watches the clock and the size of the answer.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from contextlib import suppress
from typing import Any, BinaryIO

from retrieval.errors import ReadError, UnsupportedFormat
from retrieval.readers.wire import LENGTH, document_to_json, frame, pack

_OPEN_FILES = 64  # modules are still imported now and then


def main(memory_bytes: int) -> None:
    """Serve requests until stdin ends: a frame of JSON `{"name", "cpu_seconds"}`, then one of bytes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints must not break a frame
    _limit(resource.RLIMIT_AS, memory_bytes)
    _limit(resource.RLIMIT_CORE, 0)

    from retrieval.readers.registry import OpenArchive, addresses, read  # noqa: PLC0415  the parsers load within the limits

    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _answer(answers, {"ready": True})
    archive: OpenArchive | None = None  # kept from its listing on, for its members
    while (head := _frame(requests)) is not None and (data := _frame(requests)) is not None:
        request = json.loads(head)
        _allow_cpu(request["cpu_seconds"])
        try:
            if request.get("member") is not None and archive is not None and not data:
                answer: dict[str, Any] = {"document": document_to_json(archive.read(request["member"]))}
            elif request.get("archive"):
                archive = OpenArchive(data, request["name"])
                answer = {"members": archive.members()}
            elif request.get("addresses"):
                found, is_index = addresses(data, request["name"])
                answer = {"addresses": found, "is_index": is_index}
            else:
                answer = {"document": document_to_json(read(data, request["name"]))}
        except UnsupportedFormat as error:
            answer = {"error": str(error), "unsupported": True}
        except ReadError as error:
            answer = {"error": str(error)}
        except MemoryError:
            answer = {"out_of_memory": True}
        _answer(answers, answer)


def _answer(answers: BinaryIO, message: dict[str, Any]) -> None:
    try:
        body = pack(message)
    except MemoryError:
        body = pack({"out_of_memory": True})
    answers.write(frame(body))
    answers.flush()


def _frame(requests: BinaryIO) -> bytes | None:
    head = requests.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    body = requests.read(length)
    return body if len(body) == length else None


def _allow_cpu(seconds: int) -> None:
    """Raise the soft limit to what is used so far and `seconds` more; the kernel then sends SIGXCPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + seconds)


def _limit(what: int, soft: int) -> None:
    with suppress(ValueError, OSError):  # macOS knows no limit of address space
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
