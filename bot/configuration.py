"""Settings files: `.env` in the current folder and `quoth.toml` in the home, as plain values.

A path may begin with `~` there, too.

But: which settings there are and what they mean is `settings.py`'s to know.  A message never shows a
value: it may be a secret.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from bot.errors import UsageError

_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*")
OURS = "QUOTH_"
"""What the names of our settings begin with."""
_MOST_BYTES = 1_000_000  # a settings file is a page; anything larger is another file by mistake


def read_dotenv(path: Path) -> dict[str, str]:
    """The assignments of a `.env` file, none if there is no such file.

    `NAME=value`, `export NAME=value`, quotes around a value, `#` comments on lines of their own.  Nothing
    is expanded.  Raises UsageError for a line that is none of these, in a file that names Quoth: of another
    program that keeps its settings there nothing is asked.
    """
    values: dict[str, str] = {}
    text = _text(path, naming=OURS) or ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise UsageError(f"{path}, line {number}: expected NAME=value.")
        values[found[1]] = _unquoted(found[2])
    return values


def read_toml(path: Path) -> Mapping[str, object]:
    """The tables of a TOML file, none if there is no such file.  Raises UsageError where it is not TOML."""
    text = _text(path)
    try:
        return tomllib.loads(text or "")
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at .*\)", str(error))  # the rest of the message may hold what was found
        raise UsageError(f"{path} is not TOML {place[0] if place else ''}".rstrip() + ".") from None


def in_full(path: Path) -> Path:
    """The path with a user's home in place of `~` or `~user`.

    Raises UsageError for a user that is none, and for what no path can be.

    A shell does the same, but not behind `--home=` nor in a file.
    """
    if "\0" in str(path):
        raise UsageError("A path cannot have the character NUL in it, as one of the settings has.")
    try:
        return path.expanduser()
    except RuntimeError:
        raise UsageError(f"{path}: there is no such user here.") from None


def _text(path: Path, *, naming: str = "") -> str | None:
    """What a file says; None where there is none, or none that has `naming` in it."""
    try:
        if not path.is_file():
            return None
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{path} is too large for a file of settings.")
        content = path.read_bytes()
        return content.decode("utf-8-sig") if naming.encode() in content else None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text.") from None
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}.") from None


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value
