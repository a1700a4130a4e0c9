"""Whether two documents may be versions of one another, by what they are called.

Pages about Germany and about France share most of their words, and pages of a site its menu; versions of a
document are also called the same, but for dates, numbers of versions, and words such as "draft".  A bare
number tells documents apart as a word does ("grade 1", "grade 2").  So do words that a document may be about
("Backup policy", "Archive policy"), but for where a copy has them: at the end, in brackets, before "of".  Who
cannot tell keeps both: an old rule beside the new one does less harm than a rule that nobody finds.

But: what they share of their text is for `near_duplicates.py`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

_NUMBER_OF_AN_EXPORT = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_OF_VERSIONS = """
    ver vers version versions rev revision revised ed edition edited final new newer newest latest current old
    older previous prev last archived bak superseded obsolete outdated deprecated signed approved updated
"""
_MAY_SAY_MORE = "archive archives backup backups copy copies draft drafts release releases update updates"
_TELL_VERSIONS, _DOUBTFUL = frozenset(_OF_VERSIONS.split()), frozenset(_MAY_SAY_MORE.split())
_COME_FIRST, _BEFORE_OF = frozenset(("draft", "drafts")), frozenset(("backup", "copy", "update"))
_SAY_NOTHING = frozenset(("of", "the"))
_TELLING = 3  # so many words in common are no accident

_BRACKETED = re.compile(rf"\(({'|'.join(sorted(_DOUBTFUL))})\)")
_BEGINS, _ENDS = r"(?<![^\W_])", r"(?![^\W_])"  # a word or a number; underscores are blanks
_BLANKS, _DAY, _YEAR = r"[\s._-]{0,3}", r"\d{1,2}(?:st|nd|rd|th)?", r"(?:19|20)\d\d"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![^\W\d_])"
)
_LEADS = r"(?:as|at|by|dated|effective|for|from|in|of|on|since|the|to|until|valid|year)[\s._,-]{1,3}"
_DATES = (
    rf"(?<!\d){_YEAR}(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?|[-._/]\d\d(?:[-._/]\d\d)?)?(?!\d)",
    rf"(?<!\d)\d{{1,2}}[-._/]\d{{1,2}}[-._/](?:{_YEAR}|\d\d)(?!\d)",  # 1.5.24
    rf"(?<![^\W\d_])(?:(?<!\d){_DAY}{_BLANKS}(?:of )?)?{_MONTH}(?:{_BLANKS}{_DAY}{_ENDS})?",  # 1st May, Jun24
    rf"{_BEGINS}(?:q(?:uarter )?[1-4]|[1-4]q|h[12]|fy{_BLANKS}\d{{2,4}}){_ENDS}",
)
_NUMBERS = (
    rf"{_BEGINS}(?:v|vers?|version|r|rev|revision|ed|edition|draft|final|copy){_BLANKS}\d+(?:[._-]\d+)*{_ENDS}",
    rf"{_BEGINS}{_DAY}{_BLANKS}(?:edition|ed|revision|version|draft){_ENDS}",
    r"\(\d{1,3}\)",
)
_TELLS_VERSIONS = re.compile(
    "|".join([rf"(?:{_BEGINS}(?:{_LEADS}){{1,4}})?(?:{'|'.join(_DATES)})", *_NUMBERS])
)


@dataclass(frozen=True, slots=True)
class Called:
    """What is left of a document's title, file name and folder without what tells its versions apart.

    `doubtful`: the words that were left out and may be what a document is about.
    """

    title: frozenset[str]
    name: frozenset[str]
    folder: frozenset[str]
    doubtful: frozenset[str]


def called(title: str, source: str) -> Called:
    """`source`: what the document is known by, a path or an address."""
    path = PurePosixPath(source)
    of_title, of_name, *of_folders = map(_words, (title, path.stem, *path.parent.parts))
    folders = [each.telling for each in of_folders if not each.telling <= _DOUBTFUL]
    return Called(
        title=of_title.telling,
        name=of_name.telling,
        folder=frozenset[str]().union(*folders),
        doubtful=frozenset[str]().union(*(each.doubtful for each in (of_title, of_name, *of_folders))),
    )


def are_alike(one: Called, other: Called) -> bool:
    """Titles agree and names do not contradict, or names agree and say much; in one folder.

    Not where each is called by a word that may be what it is about, nor where no word is left to agree in.
    """
    if one.folder != other.folder or (one.doubtful - other.doubtful and other.doubtful - one.doubtful):
        return False
    if one.name == other.name:
        return (one.title == other.title and bool(one.title | one.name)) or len(one.name) >= _TELLING
    fewer, more = sorted((one.name, other.name), key=len)
    return one.title == other.title and fewer < more and len(fewer) >= _TELLING


@dataclass(frozen=True, slots=True)
class _Words:
    """The words that tell a text from others, and those left out that may do so, too."""

    telling: frozenset[str]
    doubtful: frozenset[str]


def _words(text: str) -> _Words:
    """Doubtful words are left out at the end, in brackets and before "of", while another one is left."""
    lowered = _NUMBER_OF_AN_EXPORT.sub(" ", unicodedata.normalize("NFKC", text).lower())
    doubtful = _BRACKETED.findall(lowered)
    rest = _TELLS_VERSIONS.sub(" ", _BRACKETED.sub(" ", lowered))
    words = [word for word in _WORD.findall(rest) if word not in _TELL_VERSIONS]
    if len(words) > 1 and (words[0] in _COME_FIRST or (words[0] in _BEFORE_OF and words[1] == "of")):
        doubtful.append(words.pop(0))
    words = [word for word in words if word not in _SAY_NOTHING]
    while len(words) > 1 and words[-1] in _DOUBTFUL:
        doubtful.append(words.pop())
    return _Words(frozenset(words), frozenset(doubtful))
