"""A Slack export: a document a channel and day, each message with its author.

But: joins, bots and edits of settings are no text; files and reactions are left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from retrieval.documents import Document
from retrieval.errors import ReadError
from retrieval.readers.pieces import Piece, assemble
from retrieval.readers.zip_guard import GuardedZip

_SAID = (None, "file_share", "thread_broadcast", "me_message")  # subtypes in which somebody says something
_DAY = re.compile(r"\d{4}-\d\d-\d\d\.json")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_LINK = re.compile(r"<(?:[#!]\w+(?:\^[^|>]+)?\|)?([^<>|]+)(?:\|([^<>]+))?>")
_STRUCK = re.compile(r"(```.*?```|`[^`\n]*`)|(?<![\w~])~(?=[^\s~])[^~\n]*(?<=[^\s~])~(?![\w~])", re.DOTALL)
"""Code, in which nothing is crossed out, or what is crossed out."""
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def is_export(names: Iterable[str]) -> bool:
    """Are these the members of a Slack export?"""
    return {"users.json", "channels.json"} <= set(names)


def days(names: Iterable[str]) -> list[str]:
    """The members that hold messages."""
    return [name for name in names if "/" in name and _DAY.fullmatch(PurePosixPath(name).name)]


def people_of(archive: GuardedZip) -> dict[str, str]:
    """The names of those who write in it, by their ids."""
    return {str(user.get("id")): _name(user) for user in _objects(archive, "users.json")}


def read_day(archive: GuardedZip, member: str, people: Mapping[str, str]) -> Document:
    """The messages of a channel on a day, in the order of the file; `people`: names by ids."""
    path = PurePosixPath(member)
    title = f"#{path.parent.name}, {path.stem}"
    pieces = list(_messages(_objects(archive, member), people))
    return assemble(pieces, title=title, url=None, name=member, slugs=False, dated=path.stem)


def _objects(archive: GuardedZip, member: str) -> list[dict[str, Any]]:
    try:
        value = json.loads(archive.read(member))
    except ValueError as error:
        raise ReadError("holds damaged JSON") from error
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _messages(messages: list[dict[str, Any]], people: Mapping[str, str]) -> Iterator[Piece]:
    for message in messages:
        text = message.get("text") if message.get("subtype") in _SAID else None
        if message.get("type") != "message" or not isinstance(text, str):
            continue
        author = people.get(str(message.get("user")), "Somebody")
        plain = _STRUCK.sub(lambda struck: struck[1] or " ", text)
        plain = _MENTION.sub(lambda mention: "@" + people.get(mention[1], "somebody"), plain)
        plain = _LINK.sub(lambda link: link[2] or link[1], plain)
        for entity, sign in _ENTITIES:
            plain = plain.replace(entity, sign)
        yield Piece("paragraph", (f"{author}: {plain}",))


def _name(user: dict[str, Any]) -> str:
    profile = user.get("profile")
    named = profile.get("real_name") if isinstance(profile, dict) else None
    return str(named or user.get("real_name") or user.get("name") or "Somebody")
