"""Fetching one file: what a server may do, from a slow line to a circle of redirects."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_engine.errors import DownloadError
from qa_engine.models import (
    Checksum,
    ModelFile,
    ModelSpec,
    ModelVariant,
    Patience,
    pull,
    require_intact,
)
from tests.model_pulls import BIN, CONTENT, Waits, bring, serving, spec_of
from tests.model_server import (
    Behaviour,
    ModelServer,
    cut,
    declare,
    drip,
    endless,
    hang,
    other,
    page,
    redirect,
    restart,
    running,
    status,
    whole,
    wrong_range,
)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with serving() as server:
        yield server


@pytest.mark.parametrize(
    ("behaviour", "asked_again"),
    [
        (whole, 0),  # the range is ignored
        (status(416), 1),
        (wrong_range, 1),
    ],
)
def test_a_refused_range_starts_anew(
    server: ModelServer, tmp_path: Path, behaviour: Behaviour, asked_again: int
) -> None:
    """200 replaces what there was; 416 and a wrong 206 drop it and ask for the whole file."""
    server.behave(BIN, cut(100), behaviour)
    require_intact(bring(server, tmp_path))
    assert server.ranges(BIN) == [None, "bytes=100-", *[None] * asked_again]


def test_a_file_that_changed_is_not_gone_on_with(server: ModelServer, tmp_path: Path) -> None:
    """If-Range carries the ETag of the first half, in another process's run as well."""
    server.behave(BIN, cut(100))
    with pytest.raises(DownloadError, match="100 of 10,240 bytes are kept: run the same command again"):
        bring(server, tmp_path, delays=())
    server.etag = '"two"'
    require_intact(bring(server, tmp_path))
    headers = server.requests[-2 if server.requests[-1][0] != BIN else -1][1]
    assert (headers["Range"], headers["If-Range"]) == ("bytes=100-", '"one"')


def test_retries_wait_longer_each_time_and_end(server: ModelServer, tmp_path: Path) -> None:
    """Each failure takes the next delay; after the last there is one line, and what has come is kept."""
    waits = Waits()
    server.behave(BIN, status(503), cut(7), status(429), status(500))
    with pytest.raises(DownloadError, match=r"500 .* given up at try 4\. 7 of 10,240 bytes are kept"):
        bring(server, tmp_path, waits)
    assert waits == [1.0, 2.0, 4.0]
    require_intact(bring(server, tmp_path))
    assert server.ranges(BIN)[-1] == "bytes=7-"


def test_a_long_file_over_a_bad_line_comes(server: ModelServer, tmp_path: Path) -> None:
    """Cuts after real progress do not count against the tries."""
    long = os.urandom(5 << 20)
    server.files[BIN] = long
    server.behave(BIN, *(cut(n << 20) for n in range(1, 5)))
    spec = spec_of(server, content=CONTENT | {"x.bin": long})
    require_intact(pull(spec, None, tmp_path, patience=Patience(5, (0.0,), Waits())))


def test_a_server_that_always_starts_anew_ends(server: ModelServer, tmp_path: Path) -> None:
    """Progress is measured against the most there ever was, or this would go on for ever."""
    long = os.urandom(5 << 20)
    server.files[BIN] = long
    server.behave(BIN, *[restart(1 << 20), restart(3 << 20)] * 9)
    spec = spec_of(server, content=CONTENT | {"x.bin": long})
    with pytest.raises(DownloadError, match="given up at try 2"):
        pull(spec, None, tmp_path, patience=Patience(5, (0.0,), Waits()))


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 451, 204, 304])
def test_a_refusal_ends_at_once(server: ModelServer, tmp_path: Path, code: int) -> None:
    """4xx and what is no file are not tried again."""
    server.behave("/m/x.xml", status(code))
    waits = Waits()
    with pytest.raises(DownloadError, match=f"answered {code} .*expected the file"):
        bring(server, tmp_path, waits)
    assert (waits, len(server.requests)) == ([], 1)


@pytest.mark.parametrize(
    ("behaviour", "line"),
    [
        (declare(5), "a file of 5 bytes; expected 10240"),
        (declare(10**9), "a file of 1000000000 bytes; expected 10240"),
        (other(CONTENT["x.bin"][:-1]), "a file of 10239 bytes"),
        (endless, "more than the 10,240 bytes expected"),
        (page, "a web page instead of the file"),
    ],
)
def test_what_is_not_the_file_is_refused_at_once(
    server: ModelServer, tmp_path: Path, behaviour: Behaviour, line: str
) -> None:
    """A length that is not the file's, a body without end, a sign-in page: one line, no retry, no file."""
    server.behave(BIN, behaviour)
    waits = Waits()
    with pytest.raises(DownloadError, match=line) as caught:
        bring(server, tmp_path, waits)
    assert "\n" not in str(caught.value)
    assert waits == []
    assert not (tmp_path / "x-FP16").exists()
    require_intact(bring(server, tmp_path))


def test_a_body_without_a_declared_length_is_taken(server: ModelServer, tmp_path: Path) -> None:
    """HTTP/1.0 servers end a file by hanging up."""
    server.behave(BIN, declare(None))
    require_intact(bring(server, tmp_path))


def test_a_silent_server_times_out_and_is_asked_again(server: ModelServer, tmp_path: Path) -> None:
    """Silence is a failure like a cut; what came before it is kept."""
    gate = threading.Event()
    server.behave(BIN, hang(50, gate))
    waits = Waits()
    require_intact(bring(server, tmp_path, waits, timeout=0.2))
    gate.set()
    assert waits == [1.0]
    assert server.ranges(BIN) == [None, "bytes=50-"]


def test_a_slow_server_is_waited_for(server: ModelServer, tmp_path: Path) -> None:
    """Bytes that keep coming are no silence, however few."""
    server.behave("/m/vocab.txt", drip(0.01))
    waits = Waits()
    require_intact(bring(server, tmp_path, waits))
    assert waits == []


def test_redirects_are_followed_with_the_range(server: ModelServer, tmp_path: Path) -> None:
    """An address elsewhere on loopback, absolute or relative, also when going on."""
    server.files["/elsewhere"] = CONTENT["x.bin"]
    server.behave("/elsewhere", cut(9))
    server.behave(BIN, redirect(server.url("/elsewhere"), 307), redirect("../elsewhere", 301))
    require_intact(bring(server, tmp_path))
    assert server.ranges("/elsewhere") == [None, "bytes=9-"]


def test_a_circle_of_redirects_ends(server: ModelServer, tmp_path: Path) -> None:
    """Two addresses that point at each other are left after a few steps, without a retry."""
    server.behave("/m/x.xml", *[redirect("/b")] * 20)
    server.behave("/b", *[redirect("/m/x.xml")] * 20)
    waits = Waits()
    with pytest.raises(DownloadError, match="is it a circle"):
        bring(server, tmp_path, waits)
    assert waits == []
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    "to",
    [
        "http://example.com/x.bin",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "http://[",
        "//example.com/x",
        "data:,x",
    ],
)
def test_a_redirect_to_anything_else_is_refused(server: ModelServer, tmp_path: Path, to: str) -> None:
    """Plain HTTP is for loopback only, and no other scheme is followed."""
    server.behave(BIN, redirect(to))
    with pytest.raises(DownloadError, match=r"redirects to .* expected an https address"):
        bring(server, tmp_path)


@pytest.mark.parametrize(
    "url", ["http://example.com/x", "file:///etc/passwd", "", None, "https://", "x", "http://["]
)
def test_an_address_without_https_is_not_fetched(tmp_path: Path, url: str | None) -> None:
    """The first address is held to the same rule."""
    file = ModelFile("x.xml", 1, Checksum("sha384", "0" * 96), url)
    spec = ModelSpec("x", "", "", 1, 1, 1, 1, (), (), (), (ModelVariant("x", "FP16", (file,)),))
    with pytest.raises(DownloadError, match="expected an https address"):
        pull(spec, "FP16", tmp_path)


@pytest.fixture
def secure(certificate: Path) -> Iterator[ModelServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with running(context) as server:
        server.files = {f"/m/{name}": content for name, content in CONTENT.items()}
        yield server


def test_https_is_never_left_for_http(
    server: ModelServer,
    secure: ModelServer,
    certificate: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """https to https is followed, https to http is refused, even to loopback."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    secure.behave(BIN, redirect(server.url(BIN)))
    with pytest.raises(DownloadError, match=r"redirects to 'http://.*expected an https"):
        pull(spec_of(secure, "https"), "FP16", tmp_path)
    assert server.requests == []
    secure.files["/elsewhere"] = CONTENT["x.bin"]
    secure.behave(BIN, redirect("/elsewhere"))
    require_intact(pull(spec_of(secure, "https"), "FP16", tmp_path))


def test_an_unknown_certificate_is_refused_at_once(secure: ModelServer, tmp_path: Path) -> None:
    """Who cannot prove its name is not asked twice."""
    waits = Waits()
    with pytest.raises(DownloadError, match="certificate that is not trusted"):
        pull(spec_of(secure, "https"), "FP16", tmp_path, patience=Patience(5, (1.0,), waits))
    assert waits == []


def test_nobody_there(server: ModelServer, tmp_path: Path) -> None:
    """A refused connection is tried again and then told."""
    spec = spec_of(server)
    server.shutdown()
    server.server_close()
    waits = Waits()
    with pytest.raises(DownloadError, match=r"127\.0\.0\.1 could not be reached .* at try 3"):
        pull(spec, "FP16", tmp_path, patience=Patience(5, (1.0, 2.0), waits))
    assert waits == [1.0, 2.0]
