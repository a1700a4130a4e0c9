"""quoth collection: who may see what, said at the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import messages
from bot.slack.manifest import manifest
from retrieval.store import Store
from tests.command_line import call
from tests.slack_stand_in import running
from tests.stores import put


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Store(tmp_path / "store.db") as store:
        put(store, "pay.md", "Pay day is the last Friday.", collection="pay")
    return tmp_path


def grantees(home: Path, name: str) -> list[str] | None:
    found = {each["collection"]: each for each in call("collection", "ls", "--json", home=home).json}
    keys: list[str] | None = found[name]["grantees"]
    return keys


def test_from_open_to_closed_and_back(home: Path) -> None:
    """Each set says the whole of it; nothing said is open to the workspace."""
    assert grantees(home, "pay") is None
    assert messages.OPEN_BY_DEFAULT in call("collection", "ls", home=home).out
    said = call(
        "collection", "set", "pay", "--team", "T1", "--channel", "C123", "--person", "U1AB", home=home
    )
    assert (said.code, said.complaint) == (0, "pay: C123, U1AB")
    assert grantees(home, "pay") == ["T1/C123", "T1/U1AB"]
    call("collection", "set", "pay", "--team", "T1", "--workspace", "--shared-channel", "C9XX", home=home)
    assert grantees(home, "pay") == ["T1", "T1/C9XX", "T1/C9XX+shared"]
    call("collection", "set", "pay", "--owner", "C777", "--team", "T1", home=home)
    assert grantees(home, "pay") == ["T1", "T1/C9XX", "T1/C9XX+shared"]
    assert "asked: C777" in call("collection", "ls", home=home).out
    call("collection", "set", "pay", "--closed", home=home)
    assert grantees(home, "pay") == []
    call("collection", "set", "pay", "--everywhere", home=home)
    assert grantees(home, "pay") == ["*"]
    call("collection", "set", "pay", "--default", home=home)
    assert grantees(home, "pay") is None


def test_closed_before_there_is_anything_in_it(home: Path) -> None:
    """And removed in two steps, so that nothing is open that was not."""
    assert call("collection", "add", "board", "--closed", home=home).code == 0
    assert "There is a collection board already" in call("collection", "add", "board", home=home).complaint
    with Store(home / "store.db") as store:
        put(store, "plan.md", "The plan is secret.", collection="board")
    assert grantees(home, "board") == []
    assert messages.COLLECTION_CLOSED in call("collection", "rm", "board", home=home).err
    assert grantees(home, "board") == []
    assert call("ask", "What is the plan?", "-c", "board", home=home).code == 2
    assert call("collection", "rm", "board", home=home).code == 0
    assert [each["collection"] for each in call("collection", "ls", "--json", home=home).json] == ["pay"]


def test_names_are_shown_and_the_workspace_is_found(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the bot's token, Slack tells what IDs are called, and which workspace it is."""
    with running(manifest("socket")) as slack:
        ann = slack.person("Ann")
        general = slack.channel("general", ann)
        monkeypatch.setenv("QUOTH_SLACK_BOT_TOKEN", slack.bot_token)
        monkeypatch.setenv("QUOTH_SLACK_API_URL", slack.api_url)
        said = call("collection", "set", "pay", "--channel", general.id, "--person", ann.id, home=home)
        assert said.complaint == f"pay: #general ({general.id}), @ann ({ann.id})"
        assert grantees(home, "pay") == [f"T0SKERRY/{general.id}", f"T0SKERRY/{ann.id}"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("set", "pay"), messages.COLLECTION_WHAT),
        (("set", "pay", "--default", "--closed"), messages.COLLECTION_WHAT),
        (("set", "nothing", "--closed"), "There is no collection nothing; there are pay."),
        (("set", "pay", "--channel", "#general"), "no ID of a channel"),
        (("set", "pay", "--person", "ann"), "no ID of a person"),
        (("set", "pay", "--channel", "C123"), "Which workspace?"),
        (("set", "pay", "--closed", "--everywhere"), "--closed goes with no option that opens."),
        (("set", "pay", "--owner", "Ann"), "--owner is Ann"),
        (("add", " "), "NAME needs printable characters"),
        (("rm", "nothing"), "There is no collection nothing"),
    ],
)
def test_what_is_refused(home: Path, arguments: tuple[str, ...], complaint: str) -> None:
    """One line, exit code 2, and nothing is changed."""
    said = call("collection", *arguments, home=home)
    assert said.code == 2
    assert complaint in said.complaint
    assert grantees(home, "pay") is None
