"""One request: whatever a server does, it ends within its bounds, in a page or in one line."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from retrieval.errors import ReadError
from retrieval.web.fetch import Manners, get, is_inside, unpacked
from tests.model_server import Behaviour, Handler, cut, drip, endless, hang
from tests.web_site import Site, packed, site

MANNERS = Manners(agent="Quoth/test", timeout=5, page_seconds=5, page_bytes=100_000, delay=0)


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as opened:
        yield opened


def complaint(web: Site, manners: Manners = MANNERS, *, inside: bool = True) -> str:
    with pytest.raises(ReadError) as caught:
        get(web.url("/page"), manners, inside=inside)
    return str(caught.value)


def test_a_page_comes_whole_and_says_who_asked(web: Site) -> None:
    """With the agent's name, and unpacked if it was packed."""
    web.put("/page", b"<p>Text.", etag='"1"')
    response = get(web.url("/page"), MANNERS, inside=True)
    assert (response.status, response.data, response.headers["ETag"]) == (200, b"<p>Text.", '"1"')
    assert web.headers("/page")["User-Agent"] == "Quoth/test"
    web.behave("/page", packed(gzip.compress(b"packed" * 1000)))
    assert get(web.url("/page"), MANNERS, inside=True).data == b"packed" * 1000
    assert get(web.url("/none"), MANNERS, inside=True).said == "the server answered 404 Not Found"


def headers_without_end(handler: Handler, body: bytes) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        handler.wfile.write(b"x")
        handler.wfile.flush()
        threading.Event().wait(0.01)


def headers_that_drip(handler: Handler, body: bytes) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    for _ in range(300):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        threading.Event().wait(0.05)


def garbage(handler: Handler, body: bytes) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.0\r\n")
    handler.close_connection = True


BOMB = gzip.compress(b"\0" * (50 << 20), compresslevel=9)


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (endless, "has more than 0 MB, the most that is read"),
        (packed(BOMB), "unpacks to more than 0 MB"),
        (packed(gzip.compress(b"text", mtime=0)[:-6]), "what was packed ends too early"),
        (packed(b"no gzip at all"), "what was packed cannot be unpacked"),
        (packed(b"x", "br"), "an encoding that was not asked for"),
        (cut(4), "the connection was cut before all was there"),
        (cut(4, reset=True), "127.0.0.1 could not be reached (ConnectionResetError)"),
        (garbage, "127.0.0.1 answered something that is not HTTP"),
    ],
)  # fmt: skip
def test_a_bad_answer_is_one_line(web: Site, behaviour: Behaviour, words: str) -> None:
    """Endless, a bomb, cut, lying, no HTTP: no page of it is taken."""
    web.put("/page", b"x" * 10)
    web.behave("/page", behaviour)
    assert words in complaint(web)


@pytest.mark.parametrize("behaviour", [drip(0.05), headers_without_end])
def test_a_server_that_drips_is_left(web: Site, behaviour: Behaviour) -> None:
    """A byte now and then keeps every timeout of a socket; the page has a time of its own."""
    web.put("/page", b"x" * 10_000)
    web.behave("/page", behaviour)
    assert complaint(web, replace(MANNERS, page_seconds=0.3)) == "took longer than 0.3 s"


def test_a_silent_server_is_left(web: Site) -> None:
    """No byte within the timeout."""
    gate = threading.Event()
    web.put("/page", b"x" * 10)
    web.behave("/page", hang(4, gate))
    assert complaint(web, replace(MANNERS, timeout=0.2)) == "127.0.0.1 did not answer in time"
    gate.set()


def test_a_host_that_leads_inside_is_not_spoken_to(web: Site) -> None:
    """A name that was public when it was looked at, and is not when it is connected to: nothing is sent."""
    web.put("/page", b"secret")
    assert "this machine's own network" in complaint(web, inside=False)
    assert web.requests == []
    assert is_inside(web.url("/"))
    assert is_inside("http://192.168.1.1/")
    assert is_inside("http://[::ffff:10.0.0.1]/")
    assert not is_inside("http://1.1.1.1/")


def test_nobody_there() -> None:
    """The port is closed."""
    with site() as gone:
        url = gone.url("/page")
    with pytest.raises(ReadError, match=r"127\.0\.0\.1 could not be reached"):
        get(url, MANNERS, inside=True)


@pytest.mark.parametrize("size", [0, 1, 99_999, 100_000, 100_001])
def test_the_bound_of_unpacking_is_exact(size: int) -> None:
    """As many bytes as allowed are, one more is not."""
    data = gzip.compress(b"x" * size)
    if size > 100_000:
        with pytest.raises(ReadError, match="unpacks to more"):
            unpacked(data, 100_000)
    else:
        assert len(unpacked(data, 100_000)) == size
    assert unpacked(zlib.compress(b"text"), 100) == b"text"


def test_behind_a_proxy_the_proxy_is_asked(web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the system says; names that only it knows are no hindrance, and it judges where they lead."""
    web.put("http://docs.example/page", b"<p>Text.")
    monkeypatch.setenv("http_proxy", web.url(""))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert get("http://docs.example/page", MANNERS, inside=False).data == b"<p>Text."


def test_behind_a_proxy_a_page_has_its_time(web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then does not hold it for ever, be it of the page or of the proxy's answer to CONNECT."""
    web.put("http://docs.example/page", b"x" * 300)
    web.behave("http://docs.example/page", drip(0.05))
    web.behave("docs.example:443", headers_that_drip)
    monkeypatch.setenv("http_proxy", web.url(""))
    monkeypatch.setenv("https_proxy", web.url(""))
    for scheme in ("http", "https"):
        began = time.monotonic()
        with pytest.raises(ReadError, match=r"took longer than 0\.3 s"):
            get(f"{scheme}://docs.example/page", replace(MANNERS, page_seconds=0.3), inside=False)
        assert time.monotonic() - began < 7  # it drips for 15


def test_a_time_that_is_over_before_there_is_a_connection(web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is long in coming: nothing is sent any more."""
    found = socket.getaddrinfo

    def late(*given: Any, **options: Any) -> Any:
        threading.Event().wait(0.5)
        return found(*given, **options)

    web.put("/page", b"x")
    monkeypatch.setattr(socket, "getaddrinfo", late)
    assert complaint(web, replace(MANNERS, page_seconds=0.1)) == "took longer than 0.1 s"
    assert web.requests == []


def test_a_certificate_that_nobody_trusts(certificate: Path) -> None:
    """And to a host that leads inside, not even a handshake is made."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with site(context) as secure:
        url = secure.url("/page", "https")
        with pytest.raises(ReadError, match=r"127\.0\.0\.1 has a certificate that is not trusted"):
            get(url, MANNERS, inside=True)
        with pytest.raises(ReadError, match="this machine's own network"):
            get(url, MANNERS, inside=False)
        secure.put("/page", b"<p>Text.")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
            assert get(url, MANNERS, inside=True).data == b"<p>Text."
