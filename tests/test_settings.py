"""Settings: flag before environment before .env before TOML; nothing unknown, and no secret in a message."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bot.__main__ import quoth
from bot.configuration import read_dotenv
from bot.errors import UsageError
from bot.settings import VARIABLES, Settings, read_settings
from bot.slack_settings import SLACK_API, SlackSettings

TOKEN = "xoxb-1234567890-secret"


@pytest.fixture
def dotenv(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def read(tmp_path: Path, dotenv: Path, environment: dict[str, str] | None = None, **flags: str) -> Settings:
    return read_settings(
        home=tmp_path,
        environment=environment or {},
        dotenv=dotenv,
        flags={f"QUOTH_SLACK_{name.upper()}": value for name, value in flags.items()},
    )


def test_the_order(tmp_path: Path, dotenv: Path) -> None:
    """Each source is overridden by the one above it."""
    assert read(tmp_path, dotenv).slack.port == 3000
    (tmp_path / "quoth.toml").write_text('model = "m"\nthreads = 3\n[slack]\nport = 1\nworkers = 5\n')
    assert read(tmp_path, dotenv).slack.port == 1
    dotenv.write_text("QUOTH_SLACK_PORT=2\nOTHER_TOOL=x\n")
    assert read(tmp_path, dotenv).slack.port == 2
    assert read(tmp_path, dotenv, {"QUOTH_SLACK_PORT": "4"}).slack.port == 4
    assert read(tmp_path, dotenv, {"QUOTH_SLACK_PORT": "4"}, port="5").slack.port == 5
    settings = read(tmp_path, dotenv)
    assert (settings.model, settings.threads, settings.slack.workers) == ("m", 3, 5)
    assert read_settings(home=tmp_path, model="n", threads=2, environment={}, dotenv=dotenv).model == "n"


@pytest.mark.parametrize("by_flag", [True, False])
def test_a_home_below_that_of_a_user(
    tmp_path: Path, dotenv: Path, monkeypatch: pytest.MonkeyPatch, by_flag: bool
) -> None:
    """`--home=~/x` reaches us as it is written; nobody's is wrong usage."""

    def home(written: str) -> Path:
        flag, environment = (Path(written), {}) if by_flag else (None, {"QUOTH_HOME": written})
        return read_settings(home=flag, environment=environment, dotenv=dotenv).home

    monkeypatch.setenv("HOME", str(tmp_path))
    assert home("~/quoth") == tmp_path / "quoth"
    with pytest.raises(UsageError, match="~nobody-at-all/quoth: there is no such user here"):
        home("~nobody-at-all/quoth")
    with pytest.raises(UsageError, match="NUL"):
        home("/quoth\0")


def test_values_of_every_kind(tmp_path: Path, dotenv: Path) -> None:
    """Lists, words and numbers, from TOML and from the environment alike."""
    (tmp_path / "quoth.toml").write_text(
        '[slack]\ncollections = ["hr", "it"]\nshared_channels = true\ncontact = "C0123456789"\n'
        'api_url = "https://slack-gov.example/api"\n'
    )
    slack = read(tmp_path, dotenv).slack
    assert (slack.collections, slack.shared_channels, slack.contact) == (("hr", "it"), True, "C0123456789")
    assert slack.api_url == "https://slack-gov.example/api/"
    environment = {"QUOTH_SLACK_COLLECTIONS": " hr ,it,", "QUOTH_SLACK_SHARED_CHANNELS": "no"}
    slack = read(tmp_path, dotenv, environment).slack
    assert (slack.collections, slack.shared_channels) == (("hr", "it"), False)
    assert SlackSettings().api_url == SLACK_API


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("colour = 1", "colour is no setting"),
        (
            "[slack]\nbot_tokn = 'xoxb-1-secret'",
            "[slack] bot_tokn is no setting. Did you mean [slack] bot_token?",
        ),
        ("thread = 2", "thread is no setting. Did you mean threads?"),
        ("home = '/x'", "home cannot be set in a file of the home; set QUOTH_HOME"),
        ("[slak]\nport = 1", "[slak] port is no setting. Did you mean [slack] port?"),
        ("[slack\nport = 1", "is not TOML (at line 1"),
        ("bot_token = xoxb-1-secret", "is not TOML (at line 1"),
    ],
)
def test_a_toml_file_that_is_wrong(tmp_path: Path, dotenv: Path, toml: str, words: str) -> None:
    """One line with the file and the name, or the place; never the value."""
    (tmp_path / "quoth.toml").write_text(toml)
    with pytest.raises(UsageError) as caught:
        read(tmp_path, dotenv)
    message = str(caught.value)
    assert words in message
    assert str(tmp_path / "quoth.toml") in message
    assert "secret" not in message
    assert "\n" not in message


def test_names_that_are_no_settings(tmp_path: Path, dotenv: Path) -> None:
    """In the environment and in .env; those of other programs are not ours to judge."""
    with pytest.raises(UsageError, match="QUOTH_SLACK_BOT_TOKN: no such setting"):
        read(tmp_path, dotenv, {"QUOTH_SLACK_BOT_TOKN": TOKEN})
    dotenv.write_text(f"SLACK_BOT_TOKEN={TOKEN}\nQUOTH_SLACK_TOKEN={TOKEN}\n")
    with pytest.raises(UsageError, match=r"\.env: QUOTH_SLACK_TOKEN: no such setting") as caught:
        read(tmp_path, dotenv)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("name", VARIABLES)
@given(data=st.data())
def test_a_misspelt_name_is_met_by_the_one_that_was_meant(name: str, data: st.DataObject) -> None:
    """A letter left out, or what many names begin with: among the few that are offered stands the right one."""
    letter = data.draw(st.integers(len("QUOTH_"), len(name) - 1))
    for slip in {name[:letter] + name[letter + 1 :], name.replace("SLACK_", "")} - set(VARIABLES):
        with pytest.raises(UsageError, match=rf"no such setting\. Did you mean .*{name}") as caught:
            read_settings(environment={slip: TOKEN})
        assert str(caught.value).count("QUOTH_") <= 3


def test_a_name_like_no_other_is_sent_to_the_list(tmp_path: Path, dotenv: Path) -> None:
    """And the list holds every setting."""
    with pytest.raises(UsageError, match=r"no such setting\. See `quoth settings` for"):
        read(tmp_path, dotenv, {"QUOTH_ZZZ": "1"})
    listed = CliRunner().invoke(quoth, ["settings"]).output
    assert [line.split()[0] for line in listed.splitlines()] == list(VARIABLES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_TOKEN", "xapp-1234567890-secret"), ("BOT_TOKEN", "xoxb-with blank-secret"), ("BOT_TOKEN", "xoxb-ü-secret"),
        ("APP_TOKEN", TOKEN), ("SIGNING_SECRET", "two words-secret"), ("CONTACT", "U0123456789"), ("CONTACT", "S0123456789"),
        ("WORKERS", "0"), ("WORKERS", "-1"), ("WORKERS", "1.5"), ("WORKERS", "9" * 30), ("PORT", "65536"), ("PORT", "x"),
        ("SHARED_CHANNELS", "maybe"), ("API_URL", "slack.com"), ("API_URL", "ftp://slack.com/"), ("DRAIN_SECONDS", "601"),
    ],
)  # fmt: skip
def test_bad_values(tmp_path: Path, dotenv: Path, name: str, value: str) -> None:
    """One line that says what was expected, without the value of what may be a secret."""
    with pytest.raises(UsageError) as caught:
        read(tmp_path, dotenv, {f"QUOTH_SLACK_{name}": value})
    message = str(caught.value)
    assert f"QUOTH_SLACK_{name}" in message
    assert "expected" in message
    assert "secret" not in message
    assert "\n" not in message


def test_secrets_have_no_repr(tmp_path: Path, dotenv: Path) -> None:
    """Neither in the settings' nor in what holds them."""
    settings = read(
        tmp_path, dotenv, {"QUOTH_SLACK_BOT_TOKEN": TOKEN, "QUOTH_SLACK_SIGNING_SECRET": "abc-secret"}
    )
    assert settings.slack.bot_token == TOKEN
    assert "-secret" not in repr(settings)
    with pytest.raises(UsageError) as caught:
        settings.slack.need("bot_token", "app_token")
    assert "QUOTH_SLACK_APP_TOKEN" in str(caught.value)
    assert "-secret" not in str(caught.value)


def test_dotenv(dotenv: Path) -> None:
    """Assignments, quotes, export, comments; nothing is expanded; a wrong line is named by number only."""
    dotenv.write_text(
        "\ufeff# a comment\n\nexport QUOTH_A=1\nB = 'x y'\nC=\"#no\"\nD=$A\nE=\n  F=a=b  \n", encoding="utf-8"
    )
    assert read_dotenv(dotenv) == {"QUOTH_A": "1", "B": "x y", "C": "#no", "D": "$A", "E": "", "F": "a=b"}
    dotenv.write_text("QUOTH_A=1\nxoxb-secret\n")
    with pytest.raises(UsageError, match=r"line 2: expected NAME=value\.$"):
        read_dotenv(dotenv)
    dotenv.write_bytes(b"QUOTH_A=\xff\xfe\x00")
    with pytest.raises(UsageError, match="is not UTF-8 text"):
        read_dotenv(dotenv)


@pytest.mark.parametrize(
    "content", [b"KEY='-----BEGIN\nMIIE\n-----END'\n", b"NAME=Jos\xe9\n", b"just words\n"]
)
def test_a_dotenv_of_another_program(dotenv: Path, content: bytes) -> None:
    """In whose folder somebody starts Quoth: it is none of ours, whatever is in it."""
    dotenv.write_bytes(content)
    assert read_dotenv(dotenv) == {}


def test_a_comment_behind_a_token(tmp_path: Path, dotenv: Path) -> None:
    """It is taken for a part of the token, and only blanks tell; the token itself is told to nobody."""
    for token in ("xoxb-secret # the bot", "xoxb-secret\t#"):
        dotenv.write_text(f"QUOTH_SLACK_BOT_TOKEN={token}\n")
        with pytest.raises(UsageError, match="comments on a line above") as caught:
            read_settings(home=tmp_path, environment={}, dotenv=dotenv)
        assert "secret" not in str(caught.value)


def test_a_user_without_a_home(tmp_path: Path, dotenv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container with HOME empty: one line, and none where a folder is named."""
    monkeypatch.setattr("platformdirs.user_data_path", Mock(side_effect=RuntimeError("no HOME")))
    with pytest.raises(UsageError, match="name a folder with --home or QUOTH_HOME"):
        read_settings(environment={}, dotenv=dotenv)
    assert read_settings(environment={"QUOTH_HOME": str(tmp_path)}, dotenv=dotenv).home == tmp_path


def test_every_setting_says_what_it_is() -> None:
    """And is a field of the settings."""
    assert all(text and "\n" not in text for text in VARIABLES.values())
    names = {
        name.removeprefix("QUOTH_SLACK_").lower() for name in VARIABLES if name.startswith("QUOTH_SLACK_")
    }
    assert names == set(SlackSettings.__slots__)


def test_a_home_within_keeps_everything_else(tmp_path: Path, dotenv: Path) -> None:
    settings = read(tmp_path, dotenv, {"QUOTH_SLACK_PORT": "4"})
    assert settings.within("demo").home == tmp_path / "demo"
    assert settings.within("demo").slack == settings.slack
