"""Questions turned into ones that their passage does not answer, though every word of it looks as if.

SQuAD 2.0's authors asked people to write such questions: another name, another number, the opposite of a
word (Rajpurkar, Jia and Liang, "Know What You Don't Know", 2018, table 1).  The same is done here by rule,
with the names and numbers of the very passage, so that a reader must look whether Paris is asked for.

But: now and then the passage answers the new question too; that is a few in a hundred and taken as noise.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence

_NAME = re.compile(r"(?<![.?!:\"'] )(?<!^)\b[A-Z][\w-]+(?: (?:of (?:the )?)?[A-Z][\w-]+)*")
_NUMBER = re.compile(r"\b\d+(?:[.,]\d+)*\b")
_OPPOSITES = (
    ("first", "last"), ("before", "after"), ("most", "least"), ("largest", "smallest"), ("highest", "lowest"),
    ("more", "less"), ("northern", "southern"), ("north", "south"), ("east", "west"), ("eastern", "western"),
    ("earliest", "latest"), ("oldest", "youngest"), ("begin", "end"), ("began", "ended"), ("start", "stop"),
    ("increase", "decrease"), ("increased", "decreased"), ("won", "lost"), ("best", "worst"),
    ("major", "minor"), ("male", "female"), ("maximum", "minimum"), ("above", "below"), ("inside", "outside"),
)  # fmt: skip
_OPPOSITE = {a: b for pair in _OPPOSITES for a, b in (pair, pair[::-1])}


def near_miss(question: str, passage: str, answers: Iterable[str], draw: random.Random) -> str | None:
    """The question with one name, number or word exchanged; None where there is nothing to exchange."""
    answered = " ".join(answers).lower()
    ways = [way for way in _ways(question, passage, answered) if way[1]]
    if not ways:
        return None
    found, instead = draw.choice(ways)
    start, end = found.span()
    return question[:start] + draw.choice(instead) + question[end:]


def _ways(question: str, passage: str, answered: str) -> Iterator[tuple[re.Match[str], Sequence[str]]]:
    """Places in the question, each with what may stand there instead."""
    asked = set(_words(question))
    small = {word for word in re.findall(r"\w+", passage) if word.islower()}
    case = re.IGNORECASE if question.islower() else re.NOFLAG
    for pattern in (_NAME, _NUMBER):
        found = {match.group() for match in pattern.finditer(passage)}
        known = sorted(each for each in found if small.isdisjoint(_words(each)))
        strangers = [
            each for each in known if each.lower() not in answered and asked.isdisjoint(_words(each))
        ]
        for each in known:
            place = re.search(rf"\b{re.escape(each)}\b", question, case)
            if place is not None:
                yield place, [stranger for stranger in strangers if _alike(stranger, each)]
    for place in re.finditer(r"\w+", question):
        opposite = _OPPOSITE.get(place.group().lower())
        if opposite is not None:
            yield place, [opposite]


def _alike(one: str, other: str) -> bool:
    """Whether both are names, or numbers of as many digits: a year for a year."""
    return not (one[0].isdigit() and other[0].isdigit()) or len(one) == len(other)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
