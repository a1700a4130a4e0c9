"""The page's server without a browser: who may come in, what is turned away, what is said of it."""

from __future__ import annotations

import http.client
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.demo.local import LocalWorkspace
from bot.workspace.door import Door
from bot.workspace.page import Page
from bot.workspace.traffic import masked
from tests.local_workspace import Visitor, opened


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory, handbook_home: Path) -> Iterator[LocalWorkspace]:
    with opened(tmp_path_factory.mktemp("door"), handbook_home) as workspace:
        yield workspace


@pytest.fixture
def visitor(local: LocalWorkspace) -> Visitor:
    return Visitor(local)


def test_the_key_opens_and_becomes_a_cookie(local: LocalWorkspace, visitor: Visitor) -> None:
    """With the address that was printed one is in, and the cookie that comes back is enough from then on."""
    status, page, headers = visitor.ask(f"/?key={local.page.door.key}", cookie="")
    assert status == 200
    assert "<title>Quoth" in page
    cookie, *attributes = headers["Set-Cookie"].split("; ")
    assert attributes == ["HttpOnly", "SameSite=Strict", "Path=/"]
    assert visitor.ask("/web/app.js", cookie=cookie)[0] == 200


@pytest.mark.parametrize(
    "path", ["/", "/?key=", "/?key=wrong", "/web/app.js", "/live", "/insight", "/traffic"]
)
def test_without_the_key_nobody_comes_in(visitor: Visitor, path: str) -> None:
    """Not for the page, its files, the stream or the data; and one line says what to do."""
    status, said, _ = visitor.ask(path, cookie="quoth_1=x")
    assert status == 403
    assert said == "Open the address that was printed at the start: it has a key in it."


def test_another_name_of_this_machine_is_turned_away(visitor: Visitor) -> None:
    """A site whose name points to 127.0.0.1 gets nothing, though the browser sends it here."""
    for host in ("evil.example", f"evil.example:{visitor.address.port}", "127.0.0.1", ""):
        assert visitor.ask("/", headers={"Host": host})[0] == 403
    for host in ("127.0.0.1", "localhost", "[::1]"):
        assert visitor.ask("/", headers={"Host": f"{host}:{visitor.address.port}"})[0] == 200


def test_a_mistake_of_ours_is_in_the_log(
    local: LocalWorkspace,
    visitor: Visitor,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The browser gets nothing; whoever runs the demo reads why, and the next request is served."""

    def fail(_: str) -> None:
        raise RuntimeError("a bug")

    with monkeypatch.context() as broken:
        broken.setattr(local.page.backstage, "insight", fail)
        with pytest.raises(http.client.RemoteDisconnected):
            visitor.ask("/insight?person=U0")
    local.slack.workspace.wait(lambda: "the page could not do something" in caplog.messages)
    assert visitor.ask("/insight?person=U0")[0] == 200


def test_another_page_can_do_nothing(local: LocalWorkspace, visitor: Visitor) -> None:
    """Even with the cookie: a foreign Origin is refused, and so is what the browser says is cross-site."""
    say = {"channel": local.cast.general.id, "text": "hello"}
    path = f"/do/say?person={local.cast.ben.id}"
    before = len(local.slack.workspace.messages)
    foreign: tuple[tuple[str, str], ...] = (
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "cross-site"),
    )
    for name, value in foreign:
        assert visitor.ask(path, say, headers={name: value})[0] == 403
    assert len(local.slack.workspace.messages) == before
    assert visitor.ask(path, say, headers={"Origin": f"http://{visitor.address.netloc}"})[0] == 200


def test_everything_carries_the_policy(visitor: Visitor) -> None:
    """No script or style that is not a file of ours, no frame, no other site; also with what is refused."""
    for path in ("/", "/web/app.js", "/nothing", "/traffic"):
        headers = visitor.ask(path)[2]
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path", ["/web/../page.py", "/web/%2e%2e/page.py", "/web//etc/passwd", "/web/vendor/LICENSE.htm", "/web/"]
)
def test_only_the_files_of_the_page_are_served(visitor: Visitor, path: str) -> None:
    """Nothing beside them, whatever the path says."""
    assert visitor.ask(path)[0] == 404


@pytest.mark.parametrize(
    ("path", "given", "said"),
    [
        ("say", {"text": "x"}, "There is no such channel."),
        ("say", {"channel": "people-team", "text": "x"}, "There is no such channel."),
        ("say", {"channel": "general", "text": "  "}, "There is nothing in it."),
        ("say", {"channel": "general", "text": 7}, "There is nothing in it."),
        ("say", {"channel": "general", "text": "x" * 4001}, "That is too long: at most 4,000 characters go into a message."),
        ("say", {"channel": "general", "text": "/dance"}, "/dance is no command here. There is /ask."),
        ("say", {"channel": "general", "text": "/ask x", "thread": "1.1"}, "/ask cannot be used in a thread: Slack has no commands there."),
        ("say", {"channel": "general", "text": "x", "thread": "1.1"}, "That message is not there any more."),
        ("edit", {"channel": "general", "ts": "isla's", "text": "x"}, "Only your own messages can be changed."),
        ("delete", {"channel": "general", "ts": "isla's"}, "Only your own messages can be changed."),
        ("press", {"channel": "general", "ts": "isla's", "block": "b", "action": "a"}, "That button is not there any more."),
        ("shortcut", {"channel": "general", "ts": "isla's", "shortcut": "x"}, "There is no such shortcut."),
        ("submit", {"values": {}}, "That window is closed."),
        ("dance", {}, "There is no such thing to do."),
        ("say", [], "That is not what was expected."),
    ],
)  # fmt: skip
def test_what_cannot_be_done_gets_a_sentence(
    local: LocalWorkspace, visitor: Visitor, path: str, given: Any, said: str
) -> None:
    """One clear line, and nothing is done: not in a channel that Ben does not see, nor to Isla's words."""
    names = {"general": local.cast.general.id, "people-team": local.cast.people_team.id}
    message = local.cast.isla.says(local.cast.general, "Mine.")
    if isinstance(given, dict):
        given = given | {"channel": names.get(given.get("channel", ""), "C0")}
        given |= {"ts": message.ts} if given.get("ts") == "isla's" else {}
    status, answered, _ = visitor.ask(f"/do/{path}?person={local.cast.ben.id}", given)
    assert (status, answered) == (400, said)
    assert (message.text, message.deleted) == ("Mine.", False)


def test_bodies_that_are_none(local: LocalWorkspace, visitor: Visitor) -> None:
    """No JSON, nesting without end, nobody's name, no length, too much: refused without a trace."""
    path = f"/do/say?person={local.cast.ben.id}"
    for raw in (b"", b"{", b"[" * 100_000, b"\xff\xfe"):
        assert visitor.ask(path, raw=raw)[:2] == (400, "That is not what was expected.")
    assert visitor.ask("/do/say?person=U0QUOTH", {"text": "x"})[:2] == (400, "There is nobody of that name.")
    assert visitor.ask(path, raw=b"x", headers={"Content-Length": "99999999999"})[0] == 413
    assert visitor.ask(path, raw=b"x", headers={"Content-Length": "-1"})[0] == 413


def test_the_traffic_shows_no_token(local: LocalWorkspace, visitor: Visitor) -> None:
    """What went to and fro is shown, and what would let somebody in is not."""
    assert (
        visitor.ask(
            f"/do/say?person={local.cast.ben.id}", {"channel": local.cast.general.id, "text": "/ask help"}
        )[0]
        == 200
    )
    local.slack.workspace.wait(lambda: local.slack.traffic.latest(1)[0]["answer"])
    told = visitor.ask("/traffic")[1]
    assert "slash_commands" in told or "/ask" in told
    assert "response_url" in told
    for secret in (
        local.slack.bot_token,
        local.slack.app_token,
        local.page.door.key,
        *local.slack._responses,
    ):
        assert secret not in told


def test_masks() -> None:
    """By form, and by name."""
    assert masked({"a": ["xoxb-12-ab xapp-1-x"], "token": "abc", "n": 1}) == {
        "a": ["xoxb-… xapp-…"],
        "token": "…",
        "n": 1,
    }
    assert (
        masked("http://127.0.0.1:1/response/abc ws://x/link/?ticket=abc")
        == "http://127.0.0.1:1/response/… ws://x/link/?ticket=…"
    )


@pytest.mark.usefixtures("ipv6")
@pytest.mark.parametrize("host", ["::1", "::"])
def test_a_page_on_an_address_of_ipv6(local: LocalWorkspace, host: str) -> None:
    """The address that is printed has it in brackets, and opens the page."""
    page = Page(local.slack, local.cast.people, local.page.backstage, host=host, port=0)
    page.start()
    try:
        assert page.address.startswith(f"http://[::1]:{page.server_port}/?key=")
        with urllib.request.urlopen(page.address) as response:
            assert b"Quoth" in response.read()
    finally:
        page.stop()


def test_outside_of_loopback_any_name_will_do() -> None:
    """Whoever listens for other machines said so; the key is still needed."""
    door = Door("0.0.0.0", 80)
    assert door.why_not({"Host": "pc.example"}, door.key) is None
    assert door.why_not({"Host": "pc.example"}, None) is not None
