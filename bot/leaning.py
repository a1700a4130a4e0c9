"""Whether a question leans on the one before it: "And for contractors?", "Why?", "Does that hold for us?"

What counts is how much it says of its own: a whole question may begin with "And" or "So" as well.

But: which question came before is `conversation.py`'s business, how both are read `rephrasing.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from bot.courtesies import FAREWELL
from bot.question_forms import words_to_be_whole
from retrieval.terms import STOP_WORDS, all_words

_BARE = STOP_WORDS | {"far", "late", "long", "often", "old", "since", "soon"}
_BARE |= {"apply", "applies", "get", "happen", "happens", "hold", "holds", "know", "mean", "need", "needs"}
_BARE |= {"take", "takes", "want", "day", "days", "hours", "months", "time", "weeks", "year", "years"}
"""Words that say nothing of what is asked about."""

PREPOSITIONS = (
    "above|after|as|at|before|below|by|during|for|from|in|near|on|over|since|to|under|until|"
    "with|within|without"
)
_JOIN = r"(?:and|or|but|so|then|also)\b"
_NODS = rf"\W*(?:(?:{FAREWELL})(?:\s*[,.;:!]+\s*|\s+(?={_JOIN})))*"
_JOINS = re.compile(rf"{_NODS}(?:{_JOIN}\W*)+", re.I)
_ABOUT = re.compile(r"\W*(?:what|how) about\b", re.I)
_SAME = rf"(?:is (?:it|that) )?(?:the )?same(?= (?:{PREPOSITIONS})\b)"
_OPENING = re.compile(rf"{_NODS}(?:{_JOIN}\W*)*(?:{_ABOUT.pattern}\W*|{_SAME}\W*)?", re.I)
_BEGUN = re.compile(rf"(?:{PREPOSITIONS})\s", re.I)
_PHRASE = re.compile(rf"{_BEGUN.pattern}(?!(?:how|what|which|whom|whose)\b)[^,.;:!?]+\W*", re.I)
_CLAUSES = re.compile(r"[,.;:!?\u2013\u2014]+(?=\s|$)")
_FRAGMENT = re.compile(
    r"(?:(?:for|in|at|on|with|without|until|after|before)\b(?! (?:how|what|which|whom|whose)\b)|"
    r"(?:as|because|if|what if|when (?:i|we|you|they)|while)\b)",
    re.I,
)
_STATEMENT = re.compile(
    r"(?:.* )?(?:i|we|you)\b|(?:my|our|the) (?:\w+ ){1,3}(?:is|are|was|were|has|have|needs?|wants?)\b", re.I
)
_POINTS = re.compile(
    r"\b(?:he|her|him|his|its?|she|such|that|their|them|there|these|they|this|those|(?:the|which) one)\b",
    re.I,
)
# "Is there a budget for this: books", "How long does it take to" and "the form that I need" point at nothing.
_EMPTY = re.compile(
    r"\b(?:is|are|was|were|be)(?:n't)? there\b|\b(?:this|these)(?=\s*:)|"
    r"\bthat(?= (?:i|i'm|my|our|the|we|you)\b)|"
    r"\bit(?= (?:allowed|cost|fine|okay|ok|possible|take|true)(?: \w+)? (?:before|if|that|to|until)\b)",
    re.I,
)
_DONE_TO = re.compile(rf".*\b(?:it|them|that)(?: (?:{PREPOSITIONS}|back|off|out|up))?\W*", re.I)
_SAID_OF = re.compile(
    r"\W*(?:(?:how|what|when|where|why|which|who)\b(?: \w+){0,2}? )?"
    r"(?:is|are|was|were|do|does|did|can|could|may|must|should|will|would|has|have) "
    r"(?:(?P<it>it|this)|that|they|those|these|he|she)\b",
    re.I,
)

FRAGMENT_WORDS, STATEMENT_WORDS, POINTING_WORDS = 3, 3, 3
"""How many own words make whole what begins as a fragment, what only states, what points at what was said."""


def leans(question: str) -> bool:
    """Whether a question says too little alone.

    It has no word of its own, or asks of "it" and says hardly more, or goes on ("And", "What about") without
    being a whole question, as "And where is the warehouse?" is; "And where is it?", "And in Germany?" lean.
    """
    if not own_words(question) or _is_about(question):
        return True
    joined = _JOINS.match(question)
    if joined is None:
        return _is_said_of_another(question) or _is_a_phrase(question)
    return not _is_whole(question[joined.end() :])


def is_a_topic(question: str) -> bool:
    """Whether it only names something, "What about the dress code?", which may be asked for its own sake."""
    return _is_about(question) and bool(own_words(question)) and not _BEGUN.match(without_opening(question))


def without_opening(question: str) -> str:
    """What it says after "Thanks, and", "What about" and "The same"."""
    opening = _OPENING.match(question)
    return question[opening.end() :] if opening is not None else question


def own_words(*clauses: str) -> list[str]:
    """The words that say what it is about; a compound is one."""
    return [word for clause in clauses for word in clause.split() if not _BARE.issuperset(all_words(word))]


def goes_on(question: str) -> bool:
    """Whether it begins as what goes on does: "And", "But", "What about"."""
    return _JOINS.match(question) is not None or _is_about(question)


def _is_about(question: str) -> bool:
    """Whether it goes on with no more than "What about"."""
    joined = _JOINS.match(question)
    return _ABOUT.match(question, joined.end() if joined is not None else 0) is not None


def _is_said_of_another(question: str) -> bool:
    """Whether what it is about was named before, and not enough besides.

    "Does that hold for interns?" has it for its subject, "Where do I send it?" for its object.
    """
    pointing = _EMPTY.sub("is", question)
    own = len(own_words(question))
    said_of = _SAID_OF.match(pointing)
    if said_of is not None and own <= (1 if said_of["it"] else 2):
        return True
    return own <= 1 and words_to_be_whole(question) is not None and _DONE_TO.fullmatch(pointing) is not None


def _is_a_phrase(question: str) -> bool:
    """Whether it is no more than "in Porto" or "the same for contractors"."""
    opening = without_opening(question)
    most = 1 if opening == question else FRAGMENT_WORDS - 1
    return _PHRASE.fullmatch(opening) is not None and len(own_words(question)) <= most


def _is_whole(question: str) -> bool:
    """Whether somebody who hears nothing else knows what is asked.

    What points ("it", "there") may point at what the question itself said in a clause before: "When is the
    all-hands, and who has to be there?"
    """
    clauses = [each.strip() for each in _CLAUSES.split(_EMPTY.sub("is", question)) if each.strip()]
    free = list(takewhile(lambda clause: not _POINTS.search(clause), clauses))
    enough = _enough(free)
    if enough is not None and len(own_words(*free)) >= enough:
        return True
    return _enough(clauses) is not None and len(own_words(*clauses)) >= POINTING_WORDS


def _enough(clauses: Sequence[str]) -> int | None:
    """With how many own words these clauses are whole; None: they neither ask nor state anything."""
    needed = [words for clause in clauses if (words := words_to_be_whole(clause)) is not None]
    if needed:
        return FRAGMENT_WORDS if _FRAGMENT.match(clauses[0]) else min(needed)
    stated = any(_STATEMENT.match(clause) and not _FRAGMENT.match(clause) for clause in clauses)
    return STATEMENT_WORDS if stated else None
