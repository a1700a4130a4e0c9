"""Settings: by flag, else by environment, else by default.  The only module that reads the environment.

But: nothing is opened or made here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import platformdirs

from bot.answer_settings import ANSWER_VARIABLES, NOTHING_WISHED, AnswerSettings, read_answer_settings
from bot.errors import UsageError
from qa_engine.models import EMBEDDED_NAME

VARIABLES = {
    "QUOTH_HOME": "the folder that holds all that Quoth keeps",
    "QUOTH_MODEL": "the reader: a name of `quoth model ls`, or a path",
    "QUOTH_THREADS": "processor threads for the reader",
    **ANSWER_VARIABLES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings.  `threads` None: as many as the container may use."""

    home: Path
    model: str = EMBEDDED_NAME
    threads: int | None = None
    answers: AnswerSettings = NOTHING_WISHED

    @property
    def store(self) -> Path:
        """The store's file."""
        return self.home / "store.db"

    @property
    def models(self) -> Path:
        """The folder of the models that were pulled."""
        return self.home / "models"

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
    environment: Mapping[str, str] = os.environ,
) -> Settings:
    """Settings from flags (None: not given) and the environment.  Raises UsageError for a bad value."""
    unknown = [name for name in environment if name.startswith("QUOTH_") and name not in VARIABLES]
    if unknown:
        raise UsageError(f"{', '.join(sorted(unknown))}: no such setting; expected {', '.join(VARIABLES)}.")
    if home is None:
        named = environment.get("QUOTH_HOME")
        home = Path(named).expanduser() if named else Path(platformdirs.user_data_path("quoth"))
    if threads is None and environment.get("QUOTH_THREADS"):
        threads = _threads(environment["QUOTH_THREADS"])
    return Settings(
        home=home.absolute(),
        model=model or environment.get("QUOTH_MODEL") or EMBEDDED_NAME,
        threads=threads,
        answers=answers.over(read_answer_settings(environment)),
    )


def _threads(value: str) -> int:
    if not value.isdecimal() or len(value) > 4 or not 1 <= int(value) <= 1024:
        raise UsageError(f"QUOTH_THREADS is {value[:20]!r}; expected a whole number from 1 to 1024.")
    return int(value)
