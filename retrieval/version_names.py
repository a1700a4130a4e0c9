"""Whether two documents may be versions of one another, by what they are called.

Pages about Germany and about France share most of their words, and pages of a site its menu; versions of a
document are also called the same, but for numbers, dates and words such as "draft".  Who cannot tell keeps
both: an old rule beside the new one does less harm than a rule that nobody finds.

But: what they share of their text is for `near_duplicates.py`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

_NUMBER_OF_AN_EXPORT = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")
_WORD = re.compile(r"[^\W\d_]+")
_OF_VERSIONS = """
    v ver vers version versions r rev revision revised ed edition edited release draft drafts final
    copy copies new newer newest latest current old older previous prev last archive archived backup bak
    superseded obsolete outdated deprecated signed approved update updated
"""
_OF_DATES = """
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec q h fy year quarter st nd rd th
    as at by effective for from in of on since the to until valid
"""
_SAY_NOTHING = frozenset(_OF_VERSIONS.split() + _OF_DATES.split())
_TELLING = 3  # so many words in common are no accident


@dataclass(frozen=True, slots=True)
class Called:
    """What is left of a document's title, file name and folder without what tells its versions apart."""

    title: frozenset[str]
    name: frozenset[str]
    folder: frozenset[str]


def called(title: str, source: str) -> Called:
    """`source`: what the document is known by, a path or an address."""
    path = PurePosixPath(source)
    return Called(_words(title), _words(path.stem), _words(str(path.parent)))


def are_alike(one: Called, other: Called) -> bool:
    """Titles agree and names do not contradict, or names agree and say much; in one folder."""
    if one.folder != other.folder:
        return False
    if one.name == other.name:
        return one.title == other.title or len(one.name) >= _TELLING
    fewer, more = sorted((one.name, other.name), key=len)
    return one.title == other.title and fewer < more and len(fewer) >= _TELLING


def _words(text: str) -> frozenset[str]:
    lowered = unicodedata.normalize("NFKC", text).lower()
    return frozenset(_WORD.findall(_NUMBER_OF_AN_EXPORT.sub(" ", lowered))) - _SAY_NOTHING
