"""What was asked before in the same conversation, so that "And for contractors?" can be understood.

A question that leans on another one ("Why?", "And in Germany?") is asked with the last one that stood on its
own in front.  It is kept in memory, for a while: after a restart a new one has to be asked whole.  One that
was taken in before comes with the other one, as its record has it.

But: answers are not remembered, and what a question means is the engine's business.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from bot.asked import Asked
from bot.question_forms import begins_like_a_question
from retrieval.terms import STOP_WORDS, all_words, question_words

K = TypeVar("K")
V = TypeVar("V")

SECONDS = 60 * 60.0
"""How long a question is remembered."""
ROOM = 10_000
"""Conversations that are remembered; the one that was silent for longest is forgotten first."""

_BARE = STOP_WORDS | {"far", "late", "long", "often", "old", "since", "soon"}
_JOINS = re.compile(r"\W*(?:(?:and|or|but|so|then|also)\b\W*)+", re.I)
_POINTS = {"he", "her", "here", "him", "his", "it", "its", "one", "ones", "she"}
_POINTS |= {"such", "that", "their", "them", "there", "these", "they", "this", "those"}
_LEANS = re.compile(r"\W*(?:and|or|but|so|then|also|(?:and |or )?(?:what|how) about)\b", re.I)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A question on which others may lean."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class InContext:
    """A question as it is to be asked, and the number of the one on which it leans."""

    text: str
    leans_on: int | None = None


@dataclass(frozen=True, slots=True)
class _Turn:
    """The last question, by its number, and the one on which those after it may lean."""

    number: int
    now: Earlier
    at: float


class Conversations:
    """The questions on which others may lean; safe to share between threads."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._turns: OrderedDict[str, _Turn] = OrderedDict()
        self._before: OrderedDict[tuple[str, int], Earlier | None] = OrderedDict()  # by what may lean on it

    def in_context(
        self, conversation: str | None, number: int, question: str, *, recorded: Earlier | None = None
    ) -> InContext:
        """A question as it is to be asked; a number that came before is that question, worded or asked anew.

        `conversation`: None for a question that belongs to none.  `recorded`: on which it leaned when it was
        asked before, perhaps before a restart.
        """
        if conversation is None:
            return InContext(question)
        with self._lock:
            last = self._turns.get(conversation)
            fresh = last is not None and last.number < number and self._clock() - last.at < SECONDS
            before = recorded  # subtle: first, since what it leant on may have been worded anew
            if before is None:
                fallen_back_on = last.now if last is not None and fresh else None
                before = self._before.get((conversation, number), fallen_back_on)
            leant = before if leans(question) else None
            _remember(self._before, (conversation, number), before)
            if last is None or number >= last.number:
                now = leant or Earlier(number, question)
                _remember(self._turns, conversation, _Turn(number, now, self._clock()))
        return InContext(question) if leant is None else InContext(f"{leant.text} {question}", leant.number)

    def forget(self, number: int) -> None:
        """A question was taken back: none leans on it any more."""
        with self._lock:
            self._turns = OrderedDict(each for each in self._turns.items() if each[1].now.number != number)
            for key, before in self._before.items():
                if before is not None and before.number == number:
                    self._before[key] = None


def _remember(memory: OrderedDict[K, V], key: K, value: V) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > ROOM:
        memory.popitem(last=False)


def leans(question: str) -> bool:
    """Whether a question says too little alone: it has no word of its own, or begins as if it went on.

    "And where is the warehouse?" is whole; "And where is it?" and "And in Germany?" are not.
    """
    if set(question_words(question)) <= _BARE:
        return True
    return _LEANS.match(question) is not None and not _is_whole(_JOINS.sub("", question, count=1))


def _is_whole(question: str) -> bool:
    """Whether it asks as a question does and points at nothing that was said before."""
    if _LEANS.match(question) or not begins_like_a_question(question):
        return False
    return _POINTS.isdisjoint(word.partition("'")[0] for word in all_words(question))


def conversation_of(asked: Asked) -> str | None:
    """A thread, or all of a direct message; what only the person who asked sees belongs to none."""
    if asked.private:
        return None
    place = asked.place
    where = "" if place.channel.startswith("D") else asked.thread
    return f"{place.team} {place.channel} {where}"
