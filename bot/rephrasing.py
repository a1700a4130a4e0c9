"""A follow-up as the whole question that it stands for.

"And for Germany?" after "What is the per diem for Norway?" asks for the per diem for Germany: what it says
takes the place of the last phrase of the same kind.  Put behind the question before, it would be read with
all of that, and get that one's answer.

But: whether what is found answers it is `looking.py`'s to judge.
"""

from __future__ import annotations

import re
from typing import Literal

from bot.leaning import PREPOSITIONS, own_words, without_opening
from bot.question_forms import words_to_be_whole
from bot.wanted import names_a_time

Kind = Literal["name", "time", "other"]
"""What a phrase is of; none takes the place of another kind: whoever is "on call" is so "on Sunday", too."""

_AUXILIARIES = (
    "am|are|can|could|did|do|does|had|has|have|is|may|might|must|shall|should|was|were|will|would|cannot"
)
_ASKING = "how|what|when|where|which|who|whom|whose|why"
_PERSONS = "he|i|it|she|that|there|they|this|we|you"
_WORD = r"[^\s,.;:!?()]+(?:[.,:]\d+)*"
_ENDS = rf"(?:(?!to\b)(?:{PREPOSITIONS})|{_AUXILIARIES}|{_ASKING}|{_PERSONS}|because|if|while)"
_FIXED = (
    r"at (?:all|least|most|once)|in (?:advance|case|general|total)|for (?:example|free|instance)|"
    r"as (?:far|long|many|much|often|soon|well)"
)
"""Phrases that stand for no such thing as others do."""
_PHRASE = re.compile(
    rf"\b(?!(?:{_FIXED})\b)(?P<preposition>{PREPOSITIONS})\s+(?!(?:{_ASKING}|{_PERSONS})\b)"
    rf"(?P<object>{_WORD}(?:\s+(?!{_ENDS}\b){_WORD})*)",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(rf"\b(?:{PREPOSITIONS})\s", re.IGNORECASE)
_OF_A_NAME = re.compile(r"(?:(?!of\b|to\b)\S+\s+)*[A-Z]")
_NAME = re.compile(r"(?:the\s+)?[A-Z][\w'\u2019&-]*(?:\s+[A-Z][\w'\u2019&-]*){0,2}")
_WHO_DOES = re.compile(r"\W*(?:who|what|(?:which|whose)(?:\s+\w+){1,2})\s+$", re.IGNORECASE)
_CLOSING = re.compile(r"(?:\s*(?:[^\w\s]|\b(?:as well|instead|please|then|too)\b))*\s*$", re.IGNORECASE)


def read_behind(earlier: str, question: str) -> str:
    """A follow-up as it is read: with the question before, whose words it replaces where it can."""
    return rephrased(earlier, question) or f"{earlier} {question}"


def rephrased(earlier: str, question: str) -> str | None:
    """The question before with what the follow-up says in its place; None where nothing there is of its kind.

    "And for lunch in Porto?" replaces both; what has no counterpart is added.
    """
    said = _CLOSING.sub("", without_opening(question))
    if not own_words(said):
        return None
    phrases = _only_phrases(said)
    if not phrases:
        is_a_name = _NAME.fullmatch(said) is not None and words_to_be_whole(said) is None
        return _with_name(earlier, said) if is_a_name else None
    whole, added = earlier, list[str]()
    for phrase in phrases:
        new = _with_phrase(whole, phrase)
        if new is None:
            added.append(phrase[0])
        else:
            whole = new
    if len(added) == len(phrases):
        return None
    end = _CLOSING.search(whole)
    at = len(whole) if end is None else end.start()
    return " ".join([whole[:at], *added]) + whole[at:]


def _only_phrases(text: str) -> list[re.Match[str]]:
    """The phrases of which a text consists; none where there is anything else in it."""
    found = list(_PHRASE.finditer(text))
    return found if not _PHRASE.sub("", text).strip() else []


def _with_phrase(question: str, said: re.Match[str]) -> str | None:
    """A question with its last phrase of the same preposition and kind replaced."""
    for phrase in _phrases(question):
        if phrase["preposition"].lower() == said["preposition"].lower() and _kind(phrase) == _kind(said):
            end = phrase.end()
            if _NAME.fullmatch(said["object"]) and (name := _NAME.match(phrase["object"])):
                end = phrase.start("object") + name.end()
            return _changed(question, phrase.start("object"), end, said["object"])
    return None


def _with_name(question: str, name: str) -> str | None:
    """A question with the name in its last phrase of one replaced."""
    for phrase in _phrases(question):
        if found := _NAME.match(phrase["object"]):
            at = phrase.start("object")
            return _changed(question, at, at + found.end(), name)
    return None


def _changed(question: str, start: int, end: int, words: str) -> str | None:
    """With other words there; None where they are none."""
    return None if question[start:end] == words else f"{question[:start]}{words}{question[end:]}"


def _phrases(question: str) -> list[re.Match[str]]:
    """Its phrases, the last first, but for one that a verb may follow: "Who in sales approves it?"."""
    found = (_PHRASE.match(question, at.start()) for at in _PREPOSITION.finditer(question))
    return [each for each in found if each and not _WHO_DOES.fullmatch(question[: each.start()])][::-1]


def _kind(phrase: re.Match[str]) -> Kind:
    if names_a_time(phrase["object"]):
        return "time"
    return "name" if _OF_A_NAME.match(phrase["object"]) else "other"
