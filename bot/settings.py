"""Settings: by flag, else environment, else `.env`, else `quoth.toml` in the home, else by default.

The only module that reads the environment.  A name that is no setting is refused wherever it stands, and
no message shows a value that may be a secret.

But: nothing is opened or made here, apart from the two settings files.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

import platformdirs

from bot.answer_settings import ANSWER_VARIABLES, NOTHING_WISHED, AnswerSettings, read_answer_settings
from bot.configuration import OURS, in_full, read_dotenv, read_toml
from bot.errors import UsageError
from bot.slack_settings import SLACK_VARIABLES, SlackSettings, read_slack_settings
from qa_engine.models import EMBEDDED_NAME

VARIABLES = {
    "QUOTH_HOME": "the folder that holds all that Quoth keeps",
    "QUOTH_MODEL": "the reader: a name of `quoth model ls`, or a path",
    "QUOTH_THREADS": "processor threads for the reader",
    **ANSWER_VARIABLES,
    **SLACK_VARIABLES,
}

_SLACKS_OWN = (
    *("BOT_TOKEN", "APP_TOKEN", "SIGNING_SECRET", "CLIENT_ID", "CLIENT_SECRET", "VERIFICATION_TOKEN"),
    *("SCOPES", "USER_SCOPES", "REDIRECT_URI"),
)

DOTENV = ".env"
TOML = "quoth.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings.  `threads` None: as many as the container may use."""

    home: Path
    model: str = EMBEDDED_NAME
    threads: int | None = None
    answers: AnswerSettings = NOTHING_WISHED
    slack: SlackSettings = field(default_factory=SlackSettings)

    @property
    def store(self) -> Path:
        """The store's file."""
        return self.home / "store.db"

    @property
    def occupied(self) -> Path:
        """The file that the one bot of the home holds locked while it runs."""
        return self.home / "bot.lock"

    @property
    def records(self) -> Path:
        """The file of the bot's own records."""
        return self.home / "records.db"

    @property
    def installs(self) -> Path:
        """The file of the tokens of workspaces that installed the app themselves."""
        return self.home / "installs.db"

    @property
    def models(self) -> Path:
        """The folder of the models that were pulled."""
        return self.home / "models"

    @property
    def sources(self) -> Path:
        """The file that says which folders `quoth sync` follows."""
        return self.home / "sources.toml"

    @property
    def calibrations(self) -> Path:
        """The folder of what `quoth calibrate` fitted, a file a reader."""
        return self.home / "calibrations"

    @property
    def cache(self) -> Path:
        """The folder for what can be made again: compiled models."""
        return self.home / "cache"

    def within(self, name: str) -> Settings:
        """The same settings with a home of its own below this one."""
        return replace(self, home=self.home / name)


def read_settings(
    *,
    home: Path | None = None,
    model: str | None = None,
    threads: int | None = None,
    answers: AnswerSettings = NOTHING_WISHED,
    flags: Mapping[str, str | None] = MappingProxyType({}),
    environment: Mapping[str, str] = os.environ,
    dotenv: Path = Path(DOTENV),
) -> Settings:
    """Settings from flags (None: not given), environment and files.  Raises UsageError for a bad one.

    `flags`: those that have no argument of their own here, under the names of the environment.
    """
    _refuse_unknown([name for name in environment if name.startswith("QUOTH_")], "")
    written = {name: value for name, value in read_dotenv(dotenv).items() if name.startswith(OURS)}
    _refuse_unknown(written, f"{dotenv}: ")
    given = {**written, **{name: environment[name] for name in VARIABLES if environment.get(name)}}
    if home is None:
        named = given.get("QUOTH_HOME")
        home = Path(named) if named else _users_data()
    home = in_full(home)
    given = {**_from_toml(home / TOML), **given}
    given |= {name: value for name, value in flags.items() if value is not None}
    if threads is None and given.get("QUOTH_THREADS"):
        threads = _threads(given["QUOTH_THREADS"])
    return Settings(
        home=home.absolute(),
        model=model or given.get("QUOTH_MODEL") or EMBEDDED_NAME,
        threads=threads,
        answers=answers.over(read_answer_settings(given)),
        slack=read_slack_settings(given),
    )


def has_display(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether there is a screen for a browser to open on."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def without_slacks_own_variables(environment: MutableMapping[str, str] = os.environ) -> None:
    """Take away what Bolt would read by itself: a SLACK_CLIENT_ID there makes it forget our token."""
    for name in _SLACKS_OWN:
        environment.pop(f"SLACK_{name}", None)


def _users_data() -> Path:
    try:
        return Path(platformdirs.user_data_path("quoth"))
    except RuntimeError:  # no HOME, and nobody of this number in the list of users
        raise UsageError("This user has no home folder; name a folder with --home or QUOTH_HOME.") from None


def _refuse_unknown(names: Iterable[str], where: str) -> None:
    unknown = sorted(set(names) - set(VARIABLES))
    if unknown:
        near = dict.fromkeys(each for name in unknown for each in _nearest(name))
        raise UsageError(f"{where}{', '.join(unknown)}: no such setting. {_advice(near)}")


def _nearest(name: str) -> list[str]:
    """The settings that a name of the environment may have been meant to be, the likeliest first.

    What all or many of the names begin with tells nothing, and is what people leave out.
    """
    by_name, bare = {_bare(each): each for each in VARIABLES}, _bare(name)
    near = get_close_matches(bare, by_name, n=1, cutoff=0.85) or get_close_matches(bare, by_name, n=2)
    return [by_name[each] for each in near]


def _bare(name: str) -> str:
    return name.removeprefix("QUOTH_").removeprefix("SLACK_")


def _advice(near: Iterable[str]) -> str:
    choice = " or ".join(near)
    return f"Did you mean {choice}?" if choice else "See `quoth settings` for those that there are."


def _from_toml(path: Path) -> dict[str, str]:
    """What stands in the TOML file, by the environment's names: `[slack] port` is QUOTH_SLACK_PORT."""
    values: dict[str, str] = {}
    for name, value in read_toml(path).items():
        entries = value.items() if isinstance(value, dict) else [("", value)]
        for key, entry in entries:
            variable = f"QUOTH_{name}_{key}".upper().rstrip("_")
            if variable == "QUOTH_HOME":
                raise UsageError(f"{path}: home cannot be set in a file of the home; set {variable}.")
            if variable not in VARIABLES:
                shown = f"[{name}] {key}" if key else name
                near = (_toml_name(each) for each in _nearest(variable) if each != "QUOTH_HOME")
                raise UsageError(f"{path}: {shown} is no setting. {_advice(near)}")
            values[variable] = _plain(entry)
    return values


def _plain(entry: object) -> str:
    if isinstance(entry, list):
        return ",".join(_plain(each) for each in entry)
    if isinstance(entry, bool):
        return "yes" if entry else "no"
    return str(entry)


def _toml_name(variable: str) -> str:
    """As a setting is written in the TOML file."""
    table = "[slack] " if variable in SLACK_VARIABLES else ""
    return table + variable.removeprefix("QUOTH_SLACK_" if table else "QUOTH_").lower()


def _threads(value: str) -> int:
    if not value.isdecimal() or len(value) > 4 or not 1 <= int(value) <= 1024:
        raise UsageError(f"QUOTH_THREADS is {value[:20]!r}; expected a whole number from 1 to 1024.")
    return int(value)
