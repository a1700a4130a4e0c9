"""One request to a web server, within bounds; the only module that opens a connection for documents.

Reference: RFC 9110, sections 8.8 (validators), 13.1 (conditional requests) and 15 (status codes).  It is the
standard library's client: one request at a time needs none of what a larger one would add to every
installation.  The system's proxy settings hold, as urllib reads them.

What a server says is not believed: it may send for ever, byte by byte or in a gigabyte of zeros packed into a
megabyte, or have a name that leads into this machine's own network.  Each ends in a ReadError of one line.

But: no redirect is followed here, and nobody is asked whether a page may be fetched: see `visits.py`.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from types import MappingProxyType
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request, getproxies

from retrieval.errors import ReadError

_BLOCK = 1 << 16
_GZIP = 47  # zlib's word for: gzip or zlib, whichever it is
_MB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How sites are asked.  `agent`: what Quoth calls itself; its first word is its name in robots.txt.

    `timeout`: seconds without a byte; `page_seconds`: for one page; `run_seconds`: for one start and all
    that it leads to.  `page_bytes`: as sent and unpacked.  `delay`: least seconds between two requests to a
    site; robots.txt may ask for more.  `patience`: the longest wait that a busy server may ask for.
    """

    agent: str = "Quoth"
    timeout: float = 20.0
    page_seconds: float = 60.0
    run_seconds: float = 3600.0
    page_bytes: int = 64 * _MB
    redirects: int = 5
    delay: float = 0.2
    patience: float = 60.0
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)


MANNERS = Manners()


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered; `data` is whole and unpacked, and empty for any status but 200."""

    status: int
    headers: Message = field(repr=False)
    data: bytes = field(repr=False)

    @property
    def said(self) -> str:
        """The status in words; the server's own are not repeated."""
        return f"the server answered {self.status} {http.client.responses.get(self.status, '')}".rstrip()


def get(
    url: str, manners: Manners, *, inside: bool, headers: Mapping[str, str] = MappingProxyType({})
) -> Response:
    """One GET request.  `inside`: the host may be of this machine's own network.

    Raises ReadError where there is no whole answer within the bounds.
    """
    line = _Line(inside=inside)
    opener = OpenerDirector()
    for handler in (ProxyHandler(None), _Http(line), _Https(line)):
        opener.add_handler(handler)
    asked = {"User-Agent": manners.agent, "Accept-Encoding": "gzip", **headers}
    request = Request(url, headers=asked)  # noqa: S310  (addresses are http or https: `canonical`)
    with line.cut_after(manners.page_seconds):
        try:
            response = opener.open(request, timeout=manners.timeout)
            assert isinstance(response, http.client.HTTPResponse)
            with response:
                data = _body(response, manners.page_bytes) if response.status == 200 else b""
        except (OSError, http.client.HTTPException, ValueError) as error:
            if line.was_cut:
                raise ReadError(f"took longer than {manners.page_seconds:g} s") from error
            raise _explained(error, url) from error
        if line.was_cut:
            raise ReadError(f"took longer than {manners.page_seconds:g} s")
    return Response(response.status, response.headers, data)


def is_inside(url: str) -> bool:
    """Does the host of an address lie in this machine's own network, as its name is resolved now?"""
    parts = urlsplit(url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False  # behind a proxy names may be unknown here; if it is none, the request will tell
    return any(not _is_public(str(address[0])) for *_, address in found)


def unpacked(data: bytes, most: int) -> bytes:
    """What a gzip file holds.  Raises ReadError where that is damaged or more than `most` bytes."""
    return b"".join(_unpacked(iter([data]), most))


def _body(response: http.client.HTTPResponse, most: int) -> bytes:
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip", ""):
        raise ReadError("was sent in an encoding that was not asked for")
    declared = response.headers.get("Content-Length", "")
    if declared.isdecimal() and len(declared) < 19 and int(declared) > most:
        raise _too_large(most)
    chunks = _received(response, most)
    return b"".join(_unpacked(chunks, most) if "gzip" in encoding else chunks)


def _received(response: http.client.HTTPResponse, most: int) -> Iterator[bytes]:
    """The body as it comes; one byte more than allowed is asked for, to see that there is none."""
    left = most + 1
    while chunk := response.read1(min(_BLOCK, left)):
        left -= len(chunk)
        if left <= 0:
            raise _too_large(most)
        yield chunk
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)


def _unpacked(chunks: Iterator[bytes], most: int) -> Iterator[bytes]:
    left = most + 1
    unpacker = zlib.decompressobj(_GZIP)
    try:
        for chunk in chunks:
            waiting = chunk
            while waiting and not unpacker.eof:
                part = unpacker.decompress(waiting, min(_MB, left))
                waiting = unpacker.unconsumed_tail
                left -= len(part)
                if left <= 0:
                    raise ReadError(f"unpacks to more than {most / _MB:,.0f} MB")
                yield part
        yield unpacker.flush()
    except zlib.error as error:
        raise ReadError("is damaged: what was packed cannot be unpacked") from error
    if not unpacker.eof:
        raise ReadError("is damaged: what was packed ends too early")


def _too_large(most: int) -> ReadError:
    return ReadError(f"has more than {most / _MB:,.0f} MB, the most that is read")


class _Line:
    """The connection of a request: judged when it is made, cut when its time is over."""

    def __init__(self, *, inside: bool) -> None:
        self.inside = inside
        self.was_cut = False
        self._socket: socket.socket | None = None

    def take(self, connected: socket.socket, *, is_judged: bool) -> None:
        """Raises ReadError for a peer that may not be spoken to, TimeoutError where time is over already."""
        self._socket = connected
        if self.was_cut:  # subtle: after the line above, or a cut between the two would be missed
            raise TimeoutError
        if is_judged and not self.inside and not _is_public(str(connected.getpeername()[0])):
            connected.close()
            raise ReadError("its host leads into this machine's own network, where it did not lead before")

    @contextmanager
    def cut_after(self, seconds: float) -> Iterator[None]:
        """A server that sends a byte now and then keeps every timeout; this one it does not."""
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cut(self) -> None:
        self.was_cut = True
        if self._socket is not None:
            with suppress(OSError):  # subtle: of the base class, since an SSLSocket first becomes a plain one
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class _Connection(http.client.HTTPConnection):
    line: _Line
    is_direct: bool  # else it leads to a proxy, which judges for itself

    def connect(self) -> None:
        super().connect()
        self.hand_over()

    def send(self, data: Any) -> None:
        """Subtle: a proxy is asked for a tunnel while `connect` goes on, and may be slow to answer, too."""
        if self.sock is not None:
            self.hand_over()
        super().send(data)

    def hand_over(self) -> None:
        self.line.take(self.sock, is_judged=self.is_direct)


class _SecureConnection(http.client.HTTPSConnection, _Connection):
    """Subtle: by the order of its bases it is judged before anything is said, TLS included."""

    def connect(self) -> None:
        super().connect()
        self.hand_over()  # the secure socket is another one


class _Http(HTTPHandler):
    def __init__(self, line: _Line) -> None:
        super().__init__()
        self._line = line

    def http_open(self, req: Request) -> http.client.HTTPResponse:
        return self.do_open(_on_line(_Connection, self._line, req), req)


class _Https(HTTPSHandler):
    def __init__(self, line: _Line) -> None:
        super().__init__()
        self._line = line

    def https_open(self, req: Request) -> http.client.HTTPResponse:
        return self.do_open(_on_line(_SecureConnection, self._line, req), req)


def _on_line(kind: type[_Connection], line: _Line, request: Request) -> Any:
    """How urllib makes the connection of a request."""
    is_direct = request.host == urlsplit(request.full_url).netloc

    def made(host: str, **options: Any) -> _Connection:
        connection = kind(host, **options)
        connection.line, connection.is_direct = line, is_direct
        return connection

    return made


def _is_public(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    found = mapped or ip
    return found.is_global and not found.is_multicast


def _explained(error: Exception, url: str) -> ReadError:
    """What a failed request means."""
    reason = error.reason if isinstance(error, URLError) else error
    host = urlsplit(url).hostname
    through = " through the proxy" if getproxies().get(urlsplit(url).scheme) else ""
    if isinstance(reason, ReadError):
        return reason
    if isinstance(reason, ssl.SSLCertVerificationError):
        return ReadError(f"{host} has a certificate that is not trusted ({reason.verify_message})")
    if isinstance(reason, socket.gaierror):
        return ReadError(f"the address of {host} was not found")
    if isinstance(reason, TimeoutError):
        return ReadError(f"{host} did not answer in time{through}")
    if isinstance(reason, http.client.IncompleteRead):
        return ReadError("the connection was cut before all was there")
    if isinstance(reason, http.client.HTTPException | ValueError):
        return ReadError(f"{host} answered something that is not HTTP")
    return ReadError(f"{host} could not be reached{through} ({type(reason).__name__})")
