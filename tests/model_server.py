"""A real HTTP server on loopback that serves files and can be told to misbehave.

Each request takes the next behaviour that is queued for its path, and a right one when none is left.

But: no fault is simulated on the client's side; every byte goes over a socket.
"""

from __future__ import annotations

import re
import socket
import ssl
import struct
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.serving import serving

Behaviour = Callable[["Handler", bytes], None]


class ModelServer(ThreadingHTTPServer):
    """`files`: path to content.  `requests`: (path, headers) of all that were asked for."""

    daemon_threads = True
    block_on_close = False
    files: dict[str, bytes]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = {}
        self.etag: str | None = '"one"'
        self.queue: dict[str, deque[Behaviour]] = defaultdict(deque)
        self.requests: list[tuple[str, Message]] = []

    def url(self, path: str, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.server_port}{path}"

    def behave(self, path: str, *behaviours: Behaviour) -> None:
        self.queue[path].extend(behaviours)

    def ranges(self, path: str) -> list[str | None]:
        """The Range header of each request for `path`."""
        return [headers["Range"] for asked, headers in self.requests if asked == path]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the tests."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ModelServer

    def do_GET(self) -> None:
        self.server.requests.append((self.path, self.headers))
        queue, body = self.server.queue[self.path], self.server.files.get(self.path)
        if queue:
            queue.popleft()(self, body or b"")
        elif body is None:
            status(404)(self, b"")
        else:
            serve(self, body)

    def head(self, code: int, length: int | None, **headers: str) -> None:
        self.send_response(code)
        if length is not None:
            self.send_header("Content-Length", str(length))
        if self.server.etag is not None:
            self.send_header("ETag", self.server.etag)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        pass

    def offset(self) -> int:
        """From which byte the client may go on; 0 for the whole file."""
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        known = self.headers.get("If-Range", self.server.etag) == self.server.etag
        return int(asked[1]) if asked and known else 0


def serve(handler: Handler, body: bytes) -> None:
    """What RFC 9110 asks for."""
    start = handler.offset()
    if start >= len(body) > 0:
        handler.head(416, 0, Content_Range=f"bytes */{len(body)}")
    elif start:
        handler.head(206, len(body) - start, Content_Range=f"bytes {start}-{len(body) - 1}/{len(body)}")
    else:
        handler.head(200, len(body))
    handler.wfile.write(body[start:])


def cut(at: int, *, reset: bool = False) -> Behaviour:
    """Promise all, send up to byte `at` of the file, hang up; with a TCP reset if told so."""

    def behave(handler: Handler, body: bytes) -> None:
        start = handler.offset()
        if start:
            whole = f"bytes {start}-{len(body) - 1}/{len(body)}"
            handler.head(206, len(body) - start, Content_Range=whole)
        else:
            handler.head(200, len(body))
        handler.wfile.write(body[start:at])
        handler.wfile.flush()
        if reset:
            linger = struct.pack("ii", 1, 0)
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            handler.connection.close()

    return behave


def restart(at: int) -> Behaviour:
    """Ignore the range, promise all, send up to byte `at`, hang up."""

    def behave(handler: Handler, body: bytes) -> None:
        handler.head(200, len(body))
        handler.wfile.write(body[:at])

    return behave


def status(code: int) -> Behaviour:
    def behave(handler: Handler, body: bytes) -> None:
        handler.head(code, 0)

    return behave


def redirect(to: str, code: int = 302) -> Behaviour:
    def behave(handler: Handler, body: bytes) -> None:
        handler.head(code, 0, Location=to)

    return behave


def whole(handler: Handler, body: bytes) -> None:
    """Ignore the range."""
    handler.head(200, len(body))
    handler.wfile.write(body)


def wrong_range(handler: Handler, body: bytes) -> None:
    """A 206 from another byte than was asked for."""
    handler.head(206, len(body) - 1, Content_Range=f"bytes 1-{len(body) - 1}/{len(body)}")
    handler.wfile.write(body[1:])


def declare(length: int | None) -> Behaviour:
    """Send the body under this Content-Length, or under none."""

    def behave(handler: Handler, body: bytes) -> None:
        handler.head(200, length)
        handler.wfile.write(body)

    return behave


def endless(handler: Handler, body: bytes) -> None:
    """The body, no declared length, and then more until the client hangs up."""
    handler.head(200, None)
    handler.wfile.write(body)
    while True:
        handler.wfile.write(b"\0" * 65536)


def page(handler: Handler, body: bytes) -> None:
    """A sign-in page."""
    handler.head(200, 13, Content_Type="text/html; charset=utf-8")
    handler.wfile.write(b"<html></html>")


def other(content: bytes) -> Behaviour:
    """Another file, served rightly."""

    def behave(handler: Handler, body: bytes) -> None:
        serve(handler, content)

    return behave


def hang(at: int, gate: threading.Event) -> Behaviour:
    """Stop at byte `at` until the gate opens."""

    def behave(handler: Handler, body: bytes) -> None:
        handler.head(200, len(body))
        handler.wfile.write(body[:at])
        handler.wfile.flush()
        gate.wait(10)
        handler.wfile.write(body[at:])

    return behave


def drip(pause: float) -> Behaviour:
    """One byte at a time."""

    def behave(handler: Handler, body: bytes) -> None:
        handler.head(200, len(body))
        for byte in body:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(pause)

    return behave


@contextmanager
def running(context: ssl.SSLContext | None = None) -> Iterator[ModelServer]:
    """A server in a thread of its own; over TLS with a context."""
    with ModelServer() as server, serving(server, context):
        yield server
