"""Questions turned into ones that their passage does not answer, though every word of it looks as if.

SQuAD 2.0's authors asked people to write such questions: another name, another number, the opposite of a
word (Rajpurkar, Jia and Liang, "Know What You Don't Know", 2018, table 1).  The same is done here by rule,
with the names and numbers of the very passage, so that a reader must look whether Paris is asked for; the
opposites are those by which pinned answers are told apart.

But: now and then the passage answers the new question too; that is a few in a hundred and taken as noise.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence

from retrieval.opposites import other_sides

_NAME = re.compile(r"(?<![.?!:\"'] )(?<!^)\b[A-Z][\w-]+(?: (?:of (?:the )?)?[A-Z][\w-]+)*")
_NUMBER = re.compile(r"\b\d+(?:[.,]\d+)*\b")
_PAST = {"begin": "began", "lose": "lost", "shut": "shut", "stop": "stopped", "win": "won"}
_PRESENT = {past: present for present, past in _PAST.items() if past != present}


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
        yield place, opposites(place.group().lower())


def opposites(word: str) -> list[str]:
    """What may stand in place of a word and says something else, in the same tense."""
    present = _PRESENT.get(word) or next((each for each in _presents(word) if other_sides(each)), None)
    return list(other_sides(word)) if present is None else [_past(each) for each in other_sides(present)]


def _presents(word: str) -> list[str]:
    """What a word may be the past tense of: "increased" of "increase"."""
    return [word.removesuffix("d"), word.removesuffix("ed")] if word.endswith("ed") else []


def _past(word: str) -> str:
    return _PAST.get(word) or (f"{word}d" if word.endswith("e") else f"{word}ed")


def _alike(one: str, other: str) -> bool:
    """Whether both are names, or numbers of as many digits: a year for a year."""
    return not (one[0].isdigit() and other[0].isdigit()) or len(one) == len(other)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
