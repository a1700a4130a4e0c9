"""The demo: the production bot in a workspace, what stands behind it, and the command."""

from __future__ import annotations

import os
import re
import signal
import socket
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.commands import serve as serve_command
from bot.demo import local as local_module
from bot.demo.behind import MOST_SHOWN, Behind
from bot.demo.local import LocalWorkspace
from bot.settings import Settings
from bot.slack.service import Service
from bot.slack.socket_mode import SocketConnection
from qa_engine.errors import ModelCorrupt
from retrieval.errors import StoreBusy
from retrieval.report import Report, Row, Status
from retrieval.store import Store
from tests.command_line import call, start, with_compiled_reader
from tests.local_workspace import Visitor, opened


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory, handbook_home: Path) -> Iterator[LocalWorkspace]:
    with opened(tmp_path_factory.mktemp("demo"), handbook_home) as workspace:
        yield workspace
        assert workspace.slack.complaints == []


def test_the_bot_is_the_one_of_serve(local: LocalWorkspace) -> None:
    """`quoth serve` and the page open the very same `Service`; it speaks to this Slack as to the real one,
    over Socket Mode and the Web API, and the workspace cannot reach past these: it imports none of the bot
    (a contract of import-linter)."""
    assert vars(local_module)["Service"] is vars(serve_command)["Service"] is Service
    assert type(local.service) is Service
    assert isinstance(local.service.intake, SocketConnection)
    calls = local.slack.count("chat.postMessage")
    question = local.cast.ben.says(local.cast.general, "@quoth When are laptops replaced?")
    assert "after four years" in local.cast.ben.reply(question).words
    assert local.slack.count("chat.postMessage") == calls + 1


def test_insight(local: LocalWorkspace) -> None:
    """The last question of a person, with what was read for it: the answer's place first, and warm."""
    ben, visitor = local.cast.ben, Visitor(local)
    question = ben.says(ben.dm, "When are laptops replaced?")
    ben.reply(question)
    assert local.service.desk.questions.wait_idle(20)
    found = local.page.backstage.insight(ben.id)
    assert found is not None
    assert found["question"] == "When are laptops replaced?"
    outcome = found["outcome"]
    assert outcome["answer"] == "after four years"
    assert outcome["confidence"] > outcome["threshold"]
    assert {stage["name"] for stage in outcome["stages"]} == {"retrieve", "read", "compare", "verify"}
    assert len(outcome["passages"]) == outcome["read"] > 5
    assert all(row["bm25"] > 0 for row in outcome["passages"])
    warmest = outcome["warm"][0]
    assert warmest["place"] == "Equipment > Refresh"
    assert max(warmest["pieces"], key=lambda piece: piece[1])[0].strip() in "after four years"
    assert visitor.ask(f"/insight?person={ben.id}")[0] == 200
    assert visitor.ask("/insight?person=U0")[1] == "null"


def test_insight_of_a_question_that_leans(local: LocalWorkspace) -> None:
    """It is looked into as it was read: behind the one before."""
    isla = local.cast.isla
    for text in ("How many unused leave days may I carry over?", "And until when?"):
        isla.reply(isla.says(isla.dm, text))
    assert local.service.desk.questions.wait_idle(20)
    found = local.page.backstage.insight(isla.id)
    assert found is not None
    assert found["question"] == "How many unused leave days may I carry over? And until when?"
    warmest = max(found["outcome"]["warm"][0]["pieces"], key=lambda piece: piece[1])[0]
    assert warmest.strip() in found["outcome"]["answer"]
    assert "carry" in found["outcome"]["passages"][0]["words"]


def test_only_what_was_named_is_quoted(tmp_path: Path) -> None:
    """With documents of one's own, what an earlier demo has stored is not quoted, nor listed."""
    local = LocalWorkspace()
    with closing(local):
        settings = local.settings(Settings(home=tmp_path), "yours")
        assert settings.slack.collections == ("yours", "dropped")
        assert settings.home == tmp_path


def test_what_an_earlier_demo_was_given_is_gone(tmp_path: Path, handbook_home: Path) -> None:
    """Only what is named now is asked, archives and names that are no UTF-8 among it; nowhere is refused."""
    home = tmp_path / "home"
    with_compiled_reader(home / "demo", handbook_home)
    first, second = (tmp_path / os.fsdecode(name) for name in (b"first", b"second\xff"))
    for folder in (first, second):
        folder.mkdir()
        (folder / "page.md").write_text(f"The shop of {folder.name[:6]} opens at nine.")
    with zipfile.ZipFile(second / "more.zip", "w") as archive:
        archive.writestr("deep/page.md", "The yard opens at ten.")

    def demo(*paths: Path) -> list[str]:
        assert call("demo", *paths, "--terminal", home=home).code == 0
        return [each["path"] for each in call("ls", "--json", home=home / "demo").json]

    assert demo(first, second / "more.zip") == ["more.zip/deep/page.md", "page.md"]
    assert demo(second) == ["more.zip/deep/page.md", "page.md"]
    with Store(home / "demo" / "store.db") as store:
        assert all(record.source.startswith(f"{tmp_path}/second") for record in store.documents())
    said = call("demo", tmp_path / "nowhere", "--terminal", home=home)
    assert said.code == 2
    assert "does not exist" in said.complaint


def test_a_dropped_file_is_read_and_asked_about(local: LocalWorkspace) -> None:
    """By the production ingest, in its child process; what cannot be read says why; again, it is changed."""
    visitor, isla = Visitor(local), local.cast.isla
    text = b"# Boats\n\nThe ferry to the island leaves from pier nine at noon."
    path = f"/files?person={isla.id}&name="
    assert visitor.ask(f"{path}..%2Fboats.md", raw=text)[0] == 202
    assert visitor.ask(f"{path}film.mp4", raw=b"\0\1\2" * 99)[0] == 202

    def ended() -> list[dict[str, str]]:
        uploads: list[dict[str, str]] = local.page.backstage.items()["uploads"]
        return uploads if all(each["state"] in ("done", "failed") for each in uploads) else []

    boats, film = local.slack.workspace.wait(ended)
    assert (boats["name"], boats["state"], boats["detail"]) == ("boats.md", "done", "1 passage")
    assert (film["name"], film["state"]) == ("film.mp4", "failed")
    assert film["detail"]
    for number in range(MOST_SHOWN):
        assert visitor.ask(f"{path}{number}.mp4", raw=b"\0\1\2" * 99)[0] == 202
    latest = local.slack.workspace.wait(ended)
    assert [each["name"] for each in latest] == [f"{number}.mp4" for number in range(MOST_SHOWN)]
    assert local._behind is not None
    assert len(local._behind._uploads) == MOST_SHOWN
    question = isla.says(isla.dm, "Where does the ferry to the island leave from?")
    assert "pier nine" in isla.reply(question).words
    assert any(each["path"] == "boats.md" for each in local.page.backstage.items()["documents"])


def row(status: Status, passages: int = 0, reason: str | None = None) -> Row:
    return Row(status=status, path="a", source="/a", passages=passages, reason=reason)


DROPPED: list[tuple[list[Row] | Exception, str, str]] = [
    ([row("added", 1)], "done", "1 passage"),
    ([row("failed", reason="is damaged")], "failed", "is damaged"),
    ([row("added", 2), row("skipped", reason="no")], "done", "1 of 2 files, 2 passages"),
    ([row("failed", reason="no"), row("failed", reason="no")], "failed", "nothing in it can be read: no"),
    ([], "failed", "there is nothing in it"),
    (StoreBusy("busy"), "failed", "cannot be stored; the log says why"),
    (ModelCorrupt("damaged"), "failed", "cannot be stored; the log says why"),
    (ValueError("a bug"), "failed", "cannot be stored; the log says why"),
]


def test_whatever_becomes_of_a_dropped_file_the_next_is_read(tmp_path: Path) -> None:
    """An archive has a row for each file in it, or none; and what fails fails alone."""
    outcomes = iter(outcome for outcome, *_ in DROPPED)

    def ingest(_paths: list[Path], **_: object) -> Report:
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return Report(tuple(outcome))

    store = SimpleNamespace(documents=lambda _: [])
    settings = SimpleNamespace(slack=SimpleNamespace(collections=None))
    work: Any = SimpleNamespace(ingest=ingest, store=store, settings=settings)
    nothing: Any = None
    with closing(Behind(work, nothing, folder=tmp_path, suggestions={}, changed=lambda: None)) as behind:
        for number in range(len(DROPPED)):
            behind.take(f"{number}.zip", b"")
    told = [(upload["state"], upload["detail"]) for upload in behind._uploads.values()]
    assert told == [(state, detail) for _, state, detail in DROPPED][-MOST_SHOWN:]
    assert next(outcomes, None) is None


@pytest.mark.skipif(signal.getsignal(signal.SIGINT) is signal.SIG_IGN, reason="started with SIGINT ignored")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(tmp_path: Path, handbook_home: Path, number: int) -> None:
    """Whatever standard input is: the samples, the address, the page; and exit code 0 when it is stopped."""
    with_compiled_reader(tmp_path / "demo", handbook_home)
    process = start(
        "demo", "--port", "0", home=tmp_path, PYTHONUNBUFFERED="1", DISPLAY="", WAYLAND_DISPLAY=""
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    said = ""
    while "/?key=" not in said:
        line = process.stdout.readline().decode()
        assert line, said
        said += line
    assert "after four years" in said
    (address,) = re.findall(r"http://127\.0\.0\.1:\d+/\?key=\S+", said)
    with urllib.request.urlopen(address) as response:
        assert b"Quoth" in response.read()
    process.send_signal(number)
    process.stdin = None
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert out == b""
    assert err.decode().splitlines()[-1] == "Stopped."


def test_a_busy_port(tmp_path: Path, handbook_home: Path) -> None:
    """One that was asked for and is taken: one clear line, exit code 1."""
    page = tmp_path / "page.md"
    page.write_text("Laptops are replaced after four years.")
    with_compiled_reader(tmp_path / "home" / "demo", handbook_home)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = call("demo", page, "--port", str(port), home=tmp_path / "home")
    assert said.code == 1
    assert said.err.splitlines()[-1] == (
        f"quoth: Cannot listen on 127.0.0.1:{port}: Address already in use. Name another: --port."
    )
