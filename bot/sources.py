"""The sources that a home follows: folders and files, each with its collection and its address.

They lie in `sources.toml`, which a person may edit.

But: nothing is read from a source here; `quoth sync` ingests them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.configuration import read_toml
from bot.errors import UsageError
from retrieval.ingest import DEFAULT_COLLECTION

_HEAD = "# The sources of `quoth sync`; `quoth source add|ls|rm` edits this file, and so may you.\n"
_NAMES = ("path", "collection", "base_url")


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedSource:
    """A folder or file to keep in step with.  `base_url`: where its pages can be seen, as for ingest."""

    path: Path
    collection: str = DEFAULT_COLLECTION
    base_url: str | None = None


def read_sources(file: Path) -> list[FollowedSource]:
    """The sources in their order; none where there is no file.  Raises UsageError for a bad entry."""
    entries = read_toml(file).get("source", [])
    if not isinstance(entries, list):
        raise UsageError(f"{file}: source is no list of [[source]] entries.")
    return [_source(file, number, entry) for number, entry in enumerate(entries, 1)]


def write_sources(file: Path, sources: Sequence[FollowedSource]) -> None:
    """Write all of them in place of the file, whole or not at all."""
    text = _HEAD
    for source in sources:
        values = {name: str(value) for name, value in asdict(source).items() if value is not None}
        # A JSON string is a TOML string.
        lines = (f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in values.items())
        text += "\n[[source]]\n" + "".join(lines)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(file.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


def _source(file: Path, number: int, entry: object) -> FollowedSource:
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
        raise UsageError(f"{file}: [[source]] {number} needs a path.")
    unknown = sorted(set(entry) - set(_NAMES))
    if unknown or not all(isinstance(value, str) for value in entry.values()):
        raise UsageError(f"{file}: [[source]] {number} may have {', '.join(_NAMES)}, all text.")
    return FollowedSource(**(entry | {"path": Path(entry["path"])}))
