"""README, "Connect it to Slack": every command in it is run, in its order, as far as that goes without Slack.

The tokens come from the stand-in; everything else is done as it is written.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.commands.demo import DATA
from bot.exhibits import AnswerShown, NoAnswerShown
from bot.settings import VARIABLES
from bot.slack.manifest import manifest
from bot.slack_settings import SLACK_VARIABLES, SlackSettings
from bot.views.blocks.answer import answer_message
from tests.command_line import ROOT, environment
from tests.slack_stand_in import Slack, running
from tests.test_slack_serve import end
from tests.test_slack_views import TODAY, exhibit

README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("## Connect it to Slack")[2].partition("\n## ")[0]


def blocks(language: str) -> list[list[str]]:
    return [block.splitlines() for block in re.findall(rf"```{language}\n(.*?)```", SECTION, re.DOTALL)]


SET_UP, OWN, START, GRANTS, PINS, HTTP, MANY = blocks("console")
SOCKET_ENV, HTTP_ENV, MANY_ENV = blocks("ini")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the reader of the README is, with a handbook in the home folder."""
    (tmp_path / "handbook").symlink_to(DATA / "handbook")
    return tmp_path


@pytest.fixture
def slack() -> Iterator[Slack]:
    with running(manifest("socket")) as started:
        yield started


def command(line: str, folder: Path) -> list[str]:
    line = line.replace("~/", f"{folder}/").replace(
        ".venv/bin/quoth", f"{shlex.quote(sys.executable)} -m bot"
    )
    return ["sh", "-c", f"exec {line}"]


def run(line: str, folder: Path) -> None:
    done = subprocess.run(
        command(line, folder),
        cwd=folder,
        env=environment(folder / "home"),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, (line, done.stdout, done.stderr)


def write_env(lines: list[str], folder: Path, slack: Slack) -> None:
    text = "\n".join(lines).replace("xoxb-...", slack.bot_token).replace("xapp-...", slack.app_token)
    for name in ("signing_secret", "client_id", "client_secret"):
        text = text.replace(f"{name.upper()}=...", f"{name.upper()}={getattr(slack, name)}")
    (folder / ".env").write_text(f"{text}\nQUOTH_SLACK_API_URL={slack.api_url}\n")


def test_socket_mode_from_the_first_line_to_the_first_answer(folder: Path, slack: Slack) -> None:
    """Set up, read, print the manifest; own the tokens; doctor; serve; /ask."""
    make, ingest, print_manifest = SET_UP
    assert make == "make .venv/.installed"  # what `make test` itself begins with
    assert re.search(r"^\$\(VENV\)/\.installed:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    run(ingest, folder)
    run(print_manifest, folder)
    assert json.loads((folder / "manifest.json").read_text()) == manifest("socket")
    write_env(SOCKET_ENV, folder, slack)
    (own,) = OWN
    run(own, folder)
    doctor, serve = START
    run(doctor, folder)
    for line in (*GRANTS, *PINS):
        run(line, folder)
    process = subprocess.Popen(
        command(serve, folder), cwd=folder, env=environment(folder / "home"),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        slack.wait_connected(seconds=60)
        ann = slack.person("Ann")
        question = re.findall(r"`/ask (.+?)`", SECTION)[0]
        ann.asks(slack.channel("any", ann, bot=False), question)
        assert "five" in ann.told(next(iter(slack.workspace.channels.values()))).words
    finally:
        said = end(process)
    assert said.code == 0
    assert slack.complaints == []


@pytest.mark.parametrize(
    ("lines", "variables"), [(HTTP[:1], HTTP_ENV), (MANY, MANY_ENV)], ids=["one", "many"]
)
def test_http_as_it_is_written(folder: Path, slack: Slack, lines: list[str], variables: list[str]) -> None:
    """The manifest with the address, and a bot that listens on a port."""
    (print_manifest,) = lines
    serve = HTTP[1]
    run(print_manifest, folder)
    made = json.loads((folder / "manifest.json").read_text())
    assert made == manifest("http", url="https://quoth.example", oauth=lines is MANY)
    write_env(variables, folder, slack)
    process = subprocess.Popen(
        command(serve.replace("--port 3000", "--port 0"), folder), cwd=folder, env=environment(folder / "home"),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    assert process.stderr.readline().startswith(b"Listening for Slack at http://127.0.0.1:")
    assert end(process).code == 0


def test_the_settings_are_those_that_there_are() -> None:
    """The table has each with its meaning and its default."""
    rows = re.findall(r"^\| `(QUOTH_\w+)` \| (.*) \| (.*) \|$", SECTION, re.MULTILINE)
    defaults = SlackSettings()

    def shown(name: str) -> str:
        value = getattr(defaults, name.removeprefix("QUOTH_SLACK_").lower())
        return (
            ""
            if value is None
            else {True: "yes", False: "no"}.get(value, str(value))
            if isinstance(value, bool)
            else str(value)
        )

    slack = [row for row in rows if row[0] in SLACK_VARIABLES]
    assert slack == [(name, text, shown(name)) for name, text in SLACK_VARIABLES.items()]
    assert {name for name, _, _ in rows} == set(VARIABLES)


def test_the_buttons_are_those_that_there_are() -> None:
    """Each is explained by its label."""
    shown = AnswerShown(best=exhibit(), others=(exhibit(),))
    unknown = NoAnswerShown(reason="not sure")
    made = (
        answer_message(1, "?", shown, today=TODAY, private=True, shareable=True),
        answer_message(1, "?", unknown, today=TODAY, askable=True),
    )
    labels = [
        element["text"]["text"]
        for message in made
        for block in message.blocks
        for element in block.to_dict()["elements"]
        if element["type"] == "button"
    ]
    assert [label for label in labels if f"*{label}*" not in SECTION] == []
