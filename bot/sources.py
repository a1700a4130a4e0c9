"""The sources that a home follows: folders, files and sites, each with its collection.

They lie in `sources.toml`, which a person may edit.

But: nothing is read from a source here; `quoth sync` ingests them.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.configuration import in_full, read_toml
from bot.errors import UsageError
from retrieval.intake import DEFAULT_COLLECTION
from retrieval.web.addresses import canonical
from retrieval.web.start import MOST_PAGES, Start

_HEAD = "# The sources of `quoth sync`; `quoth source add|ls|rm` edits this file, and so may you.\n"
_ENTRY = re.compile(r"^(?:[ \t]*#.*\n)*[ \t]*\[\[[ \t]*source[ \t]*\]\]", re.MULTILINE)
"""Where an entry begins: with the comments right above it."""
_TEXTS = ("path", "url", "collection", "base_url")
_NUMBERS = ("depth", "limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedSource:
    """A folder or file (a path), or a site, to keep in step with.

    `base_url`: where the pages of files can be seen, as for ingest.
    """

    place: Path | Start
    collection: str = DEFAULT_COLLECTION
    base_url: str | None = None

    @property
    def name(self) -> str:
        """The path or address."""
        return self.place.url if isinstance(self.place, Start) else str(self.place)

    def record(self) -> dict[str, Any]:
        """As it stands in the file."""
        if isinstance(self.place, Path):
            return {"path": self.name, "collection": self.collection, "base_url": self.base_url}
        start = {"depth": self.place.depth, "limit": self.place.limit}
        return {"url": self.name, "collection": self.collection, **start}


def read_sources(file: Path) -> list[FollowedSource]:
    """The sources in their order; none where there is no file.  Raises UsageError for a bad entry."""
    return _sources(str(file), read_toml(file))


def _sources(where: str, content: Mapping[str, Any]) -> list[FollowedSource]:
    entries = content.get("source", [])
    if not isinstance(entries, list):
        raise UsageError(f"{where}: source is no list of [[source]] entries.")
    return [_source(f"{where}: [[source]] {number}", entry) for number, entry in enumerate(entries, 1)]


def write_sources(file: Path, sources: Sequence[FollowedSource]) -> None:
    """Write all of them in place of the file, whole or not at all.

    What a person wrote stays: the entries of those that were there, and the comments above and in these.
    """
    try:
        text = _edited(file.read_text(encoding="utf-8") if file.exists() else _HEAD, sources)
        understood = _sources(str(file), tomllib.loads(text)) == list(sources)
    except (tomllib.TOMLDecodeError, UsageError):
        understood = False
    if not understood:  # TOML knows other ways to write a list
        text = _edited(_HEAD, sources)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(file.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


def _edited(text: str, sources: Sequence[FollowedSource]) -> str:
    """A file's text with these sources in place of its own."""
    begins = [found.start() for found in _ENTRY.finditer(text)]
    as_written, comments = dict[FollowedSource, str](), dict[str, str]()
    for begin, end in pairwise([*begins, len(text)]):
        entry = text[begin:end]
        for source in _sources("", tomllib.loads(entry)):
            as_written[source] = entry
            comments[source.name] = entry[: entry.index("[[")]
    new = (comments.get(source.name, "") + _entry(source) for source in sources)
    parts = [as_written.get(source, entry) for source, entry in zip(sources, new, strict=True)]
    head = text[: begins[0]] if begins else text
    return "\n\n".join(part.strip("\n") for part in (head, *parts) if part.strip("\n")) + "\n"


def _entry(source: FollowedSource) -> str:
    values = {name: value for name, value in source.record().items() if value is not None}
    return "[[source]]\n" + "".join(f"{name} = {_toml(value)}\n" for name, value in values.items())


def _toml(value: object) -> str:
    """A JSON string or number is one of TOML, but for the character DEL, which TOML wants escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _source(where: str, entry: object) -> FollowedSource:
    if not isinstance(entry, dict) or ("path" in entry) == ("url" in entry):
        raise UsageError(f"{where} needs a path or a url.")
    texts = all(isinstance(entry[name], str) for name in _TEXTS if name in entry)
    numbers = all(type(entry[name]) is int and entry[name] >= 0 for name in _NUMBERS if name in entry)
    if set(entry) - {*_TEXTS, *_NUMBERS} or not texts or not numbers:
        raise UsageError(
            f"{where} may have {', '.join(_TEXTS)}, all text, and {' and '.join(_NUMBERS)}, numbers."
        )
    return FollowedSource(
        place=_path(where, entry["path"]) if "path" in entry else _start(where, entry),
        collection=entry.get("collection", DEFAULT_COLLECTION),
        base_url=entry.get("base_url"),
    )


def _path(where: str, path: str) -> Path:
    try:
        return in_full(Path(path))
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None


def _start(where: str, entry: Mapping[str, Any]) -> Start:
    url = canonical(entry["url"])
    if url is None:
        raise UsageError(f"{where}: url is no address; expected one like https://host/path.")
    return Start(url=url, depth=entry.get("depth", 0), limit=entry.get("limit", MOST_PAGES))
