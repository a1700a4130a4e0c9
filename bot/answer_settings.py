"""Settings of how questions are answered: when to say "I don't know", how long to read, who reads again.

But: read from flags and environment by `settings.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace

from bot.errors import UsageError

ANSWER_VARIABLES = {
    "QUOTH_MAX_WRONG": "the share of answers that may be wrong, like 10%; sets the threshold",
    "QUOTH_THRESHOLD": "least confidence of an answer, from 0 to 1, where QUOTH_MAX_WRONG does not say",
    "QUOTH_SECONDS": "how long the reader may read for one question",
    "QUOTH_CONFIRM": "a second, thorough reader for the best passages: a name of `quoth model ls`, or a path",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSettings:
    """None: not wished for."""

    max_wrong: float | None = None
    threshold: float | None = None
    seconds: float | None = None
    confirm: str | None = None

    def over(self, others: AnswerSettings) -> AnswerSettings:
        """These, and where they say nothing, the others."""
        own = {each.name: getattr(self, each.name) for each in fields(self)}
        return replace(others, **{name: value for name, value in own.items() if value is not None})


NOTHING_WISHED = AnswerSettings()


def read_answer_settings(given: Mapping[str, str]) -> AnswerSettings:
    """The settings among `given`, names of the environment to values.  Raises UsageError for a bad value."""
    return AnswerSettings(
        max_wrong=_number(given, "QUOTH_MAX_WRONG", read_share, "a share like 10% or 0.1"),
        threshold=_number(given, "QUOTH_THRESHOLD", read_share, "a number from 0 to 1"),
        seconds=_number(given, "QUOTH_SECONDS", read_seconds, "a number of seconds above 0"),
        confirm=given.get("QUOTH_CONFIRM") or None,
    )


def read_share(text: str) -> float | None:
    """A share as a person writes it, "10%" or "0.1"; None for what is none from 0 to 1."""
    number, percent = text.strip().removesuffix("%"), text.strip().endswith("%")
    try:
        share = float(number) / 100 if percent else float(number)
    except ValueError:
        return None
    return share if 0 <= share <= 1 else None


def read_seconds(text: str) -> float | None:
    """A time above 0; None for what is none."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if seconds > 0 and math.isfinite(seconds) else None


def _number(
    given: Mapping[str, str], name: str, read: Callable[[str], float | None], expected: str
) -> float | None:
    text = given.get(name)
    if not text:
        return None
    value = read(text)
    if value is None:
        raise UsageError(f"{name} is {text[:20]!r}; expected {expected}.")
    return value
