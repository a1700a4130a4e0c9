"""One file by HTTP, going on from where an earlier try stopped.

Reference: RFC 9110, sections 13.1.5 (If-Range) and 14 (Range).  It is the standard library's client: a
download needs none of what a larger one would add to every installation.  The system's proxy settings
hold, as urllib reads them.

What a server says is not believed: it may cut, send more or less than it declares, send a page instead
of a file, ignore the range, or redirect in a circle.  HTTPS is never left for HTTP; plain HTTP is only
for loopback.

But: no checksum here, no parallel parts, and no limit on the whole time: a slow server that still sends
is waited for.  Nothing is sent but the request.
"""

from __future__ import annotations

import http.client
import ipaddress
import logging
import os
import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from qa_engine.errors import DownloadError
from qa_engine.models.files import ModelFile

log = logging.getLogger(__name__)

BLOCK = 1 << 18
REDIRECTS = 5
ENOUGH = 1 << 20
"""A try that brought this many new bytes counts as a success: the count of failures begins again."""

STRONG_ETAG = re.compile(r'"[\x21\x23-\x7e]*"')  # If-Range may not carry a weak one
BUSY = (408, 429)  # the two 4xx that mean "later", not "no"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait.

    `timeout`: seconds without a byte.  `delays`: seconds before each further try after a cut, a timeout or
    a 5xx; after the last one it is given up.
    """

    timeout: float = 30.0
    delays: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)
    sleep: Callable[[float], None] = time.sleep


PATIENT = Patience()


class _Interrupted(Exception):
    """Another try may help."""


def fetch(file: ModelFile, part: Path, *, patience: Patience, progress: Callable[[int], None]) -> None:
    """Bring `file` into `part` until it has `file.size` bytes, beginning after those that it has.

    `progress` is told how many bytes there are.  What has come stays after a failure.  Raises
    DownloadError for the network and the server, OSError for the disk.
    """
    part.touch()
    failures, most = 0, 0
    while (have := part.stat().st_size) != file.size:
        most = max(most, have)
        try:
            _once(file, part, have, patience.timeout, progress)
        except _Interrupted as cut:
            # Measured against the most there ever was: a server that begins anew each time gains nothing.
            failures = 0 if part.stat().st_size - most >= ENOUGH else failures + 1
            if failures > len(patience.delays):
                kept = f"{part.stat().st_size:,} of {file.size:,} bytes are kept"
                raise DownloadError(
                    f"{file.name}: {cut}; given up at try {failures}. {kept}: run the same command "
                    "again to go on."
                ) from cut
            delay = patience.delays[failures - 1] if failures else 0.0
            log.info("%s: %s; next try in %g s", file.name, cut, delay)
            patience.sleep(delay)
    _tag(part).unlink(missing_ok=True)


def _once(file: ModelFile, part: Path, have: int, timeout: float, progress: Callable[[int], None]) -> None:
    """One request.  Returns with all the bytes; raises _Interrupted with some."""
    if have > file.size:
        have = 0
    tag = _tag(part)
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        if tag.exists() and STRONG_ETAG.fullmatch(etag := tag.read_text(encoding="utf-8", errors="replace")):
            headers["If-Range"] = etag
    with _open(file, headers, timeout) as response:
        offset = _accept(response, file, part, have)
        if not offset:
            tag.write_text(response.headers.get("ETag", ""), encoding="utf-8", errors="replace")
        done = offset
        with part.open("ab" if offset else "wb") as out:
            # One byte more than expected is asked for, to see that there is none.
            while chunk := _read(response, min(BLOCK, file.size + 1 - done), complete=done == file.size):
                done += len(chunk)
                if done > file.size:
                    break
                out.write(chunk)
                progress(done)
            out.flush()
            os.fsync(out.fileno())
    if done > file.size:
        _empty(part)
        raise DownloadError(f"{file.name}: the server sends more than the {file.size:,} bytes expected.")
    if done < file.size:
        raise _Interrupted(f"the connection ended after {done:,} of {file.size:,} bytes")


def _accept(response: http.client.HTTPResponse, file: ModelFile, part: Path, have: int) -> int:
    """From which byte on the response is the file; raises where it is not."""
    status, headers = response.status, response.headers
    answer = f"the server answered {status} {http.client.responses.get(status, '')}".rstrip()
    if status >= 500 or status in BUSY:
        raise _Interrupted(answer)
    if status == 416 and have:
        _empty(part)
        raise _Interrupted(f"the server has no byte {have:,}")
    if status not in (200, 206) or (status == 206 and not have):
        raise DownloadError(
            f"{file.name}: {answer} for {file.url}; expected the file. Try later, or update Quoth."
        )
    if headers.get_content_type() == "text/html":
        raise DownloadError(
            f"{file.name}: got a web page instead of the file from {file.url}. "
            "Look whether this network wants a sign-in, or a proxy."
        )
    if status == 206:
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", headers.get("Content-Range", ""))
        if found is None or int(found[1]) != have:
            _empty(part)
            raise _Interrupted(f"the server sent another range than the one from byte {have:,}")
        size = found[2]
    else:
        size = headers.get("Content-Length", "*")
    if size not in ("*", str(file.size)):
        size = size if size.isdecimal() else "an unknown number of"  # never a server's own words
        raise DownloadError(
            f"{file.name}: the server has a file of {size} bytes; expected {file.size}. It is not the "
            "file that this Quoth knows: update Quoth, or report it."
        )
    return have if status == 206 else 0


def _open(file: ModelFile, headers: Mapping[str, str], timeout: float) -> http.client.HTTPResponse:
    """The first answer that is no redirect, whatever its status."""
    url = first = file.url or ""
    opener = OpenerDirector()
    opener.addheaders = [("User-Agent", "quoth")]
    for handler in (ProxyHandler({} if _is_loopback(first) else None), HTTPHandler(), HTTPSHandler()):
        opener.add_handler(handler)
    for _ in range(REDIRECTS + 1):
        if not _is_allowed(url, first):
            raise DownloadError(
                f"{file.name}: {'the server redirects to ' if url != first else ''}{url!r} is not fetched; "
                "expected an https address."
            )
        try:
            request = Request(url, headers=dict(headers))  # noqa: S310 - the scheme was checked
            response = cast(http.client.HTTPResponse, opener.open(request, timeout=timeout))
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _failure(error, file, url) from error
        location = response.headers.get("Location")
        if response.status not in (301, 302, 303, 307, 308) or location is None:
            return response
        response.close()
        try:
            url = urljoin(url, location)
        except ValueError:
            url = location
    raise DownloadError(f"{file.name}: {first} redirects more than {REDIRECTS} times; is it a circle?")


def _read(response: http.client.HTTPResponse, size: int, *, complete: bool) -> bytes:
    """Up to `size` bytes as they come, none at the end; once it is `complete`, a failure is an end too."""
    try:
        return response.read1(size)
    except (OSError, http.client.HTTPException) as error:
        if complete:
            return b""
        if isinstance(error, TimeoutError):
            raise _Interrupted("the server went silent") from error
        raise _Interrupted(f"the connection was cut ({type(error).__name__})") from error


def _failure(error: Exception, file: ModelFile, url: str) -> Exception:
    """What a failed request means."""
    reason = error.reason if isinstance(error, URLError) else error
    host = urlsplit(url).hostname
    if isinstance(reason, ssl.SSLCertVerificationError):
        return DownloadError(
            f"{file.name}: {host} has a certificate that is not trusted ({reason.verify_message}). "
            "Look at the clock and at the proxy of this machine."
        )
    if isinstance(reason, http.client.InvalidURL | ValueError):
        return DownloadError(f"{file.name}: {url!r} is no address.")
    if isinstance(reason, socket.gaierror):
        return _Interrupted(f"the address of {host} was not found")
    if isinstance(reason, TimeoutError):
        return _Interrupted(f"{host} did not answer in time")
    return _Interrupted(f"{host} could not be reached ({type(reason).__name__})")


def _is_allowed(url: str, first: str) -> bool:
    try:
        scheme, host = urlsplit(url).scheme, urlsplit(url).hostname
    except ValueError:
        return False
    if scheme == "http":
        return _is_loopback(url) and _is_loopback(first) and urlsplit(first).scheme == "http"
    return scheme == "https" and bool(host)


def _is_loopback(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _empty(part: Path) -> None:
    part.write_bytes(b"")


def _tag(part: Path) -> Path:
    """Where the ETag of what is in `part` is kept."""
    return part.with_name(part.name + ".etag")
