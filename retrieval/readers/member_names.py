"""The names of an archive's members: what each is known by from run to run, and what people are shown.

A member may be called `/etc/motd`, `//server/share/x`, `C:\\x` or `../../x`, and that is only a name: what
leads to a root or out of the folder is dropped, so that no member passes for a file elsewhere.

Laws: no two members are known by one name; each name is a path below the archive; a member keeps its name
whatever else comes into the archive or leaves it, except where two names differ only in what is dropped.

But: which members are read is `archive.py`'s to know.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

_NOTION_ID = re.compile(r"[ _-][0-9a-f]{32}(?=$|[./])")
_DRIVE = re.compile(r"[A-Za-z]:")
_SEPARATOR = re.compile(r"[/\\]")  # some archives made on Windows have its own
_MARK = 8  # hexadecimal digits that tell two names apart


def parts(name: str) -> list[str]:
    """The folders and the file of a name, without a drive and without what leads to a root or upwards."""
    found = [part for part in _SEPARATOR.split(name) if part not in ("", ".", "..")]
    return found[1:] if found and _DRIVE.fullmatch(found[0]) else found


def known_by(names: Iterable[str]) -> dict[str, str]:
    """What each member is known by; names that are the same without their roots are told apart by a mark."""
    known: dict[str, str] = {}
    taken = set[str]()
    for name in sorted(names, key=lambda each: (_rootless(each) != each, each)):  # plain ones come first
        own = _rootless(name)
        while own in taken:
            own += f" ({hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:_MARK]})"
        taken.add(own)
        known[name] = own
    return known


def shown(names: Sequence[str]) -> dict[str, str]:
    """What people are shown: as `for_people`; where that is the same for several, what each is known by."""
    known = known_by(names)
    often = Counter(map(for_people, names))
    return {name: for_people(name) if often[for_people(name)] == 1 else known[name] for name in names}


def for_people(name: str) -> str:
    """A name without the numbers that Notion puts behind names, and without its root."""
    return _rootless(_NOTION_ID.sub("", name))


def formerly_known_by(name: str) -> str:
    """What a member was known by when that was its name for people, and roots were not all dropped."""
    found = PurePosixPath(_NOTION_ID.sub("", name)).parts
    return "/".join(part for part in found if part not in ("..", "/", "\\"))


def _rootless(name: str) -> str:
    return "/".join(parts(name))
