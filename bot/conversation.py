"""What was asked before in the same conversation, so that "And for contractors?" can be understood.

A question that leans on another one ("Why?", "And in Germany?") is read with the last one that stood on its
own.  It is kept in memory, for a while: after a restart a new one has to be asked whole.  One that
was taken in before comes with the other one, as its record has it.

But: answers are not remembered, and what a question means is the engine's business.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock
from typing import TypeVar

from bot.asked import Asked
from bot.leaning import leans
from bot.rephrasing import read_behind, rephrased

K = TypeVar("K")
V = TypeVar("V")

SECONDS = 60 * 60.0
"""How long a question is remembered."""
ROOM = 10_000
"""Conversations that are remembered; the one that was silent for longest is forgotten first."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A question on which others may lean."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class InContext:
    """A question in its own words, and the one on which it leans."""

    question: str
    earlier: Earlier | None = None

    @property
    def text(self) -> str:
        """As it is to be asked."""
        return self.question if self.earlier is None else read_behind(self.earlier.text, self.question)

    @property
    def leans_on(self) -> int | None:
        """The number of the one on which it leans."""
        return None if self.earlier is None else self.earlier.number


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
        self,
        conversation: str | None,
        number: int,
        question: str,
        *,
        recorded: Earlier | None = None,
        heard_in: str | None = None,
    ) -> InContext:
        """A question as it is to be asked; a number that came before is that question, worded or asked anew.

        `conversation`: None for a question that belongs to none.  `recorded`: on which it leaned when it was
        asked before, perhaps before a restart.  `heard_in`: another conversation in which later ones may lean
        on it.
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
            leant = before if before is not None and _leans_on(before, question) else None
            _remember(self._before, (conversation, number), before)
            turn = _Turn(number, leant or Earlier(number, question), self._clock())
            for each in (conversation, heard_in):
                if each is not None and (each not in self._turns or number >= self._turns[each].number):
                    _remember(self._turns, each, turn)
        return InContext(question, leant)

    def stood_alone(self, number: int, question: str) -> None:
        """It leant on none, though it might have: those after it may lean on it."""
        with self._lock:
            for conversation, turn in self._turns.items():
                if turn.number == number:
                    self._turns[conversation] = replace(turn, now=Earlier(number, question))

    def forget(self, number: int) -> None:
        """A question was taken back: none leans on it any more."""
        with self._lock:
            self._turns = OrderedDict(each for each in self._turns.items() if each[1].now.number != number)
            for key, before in self._before.items():
                if before is not None and before.number == number:
                    self._before[key] = None


def _leans_on(earlier: Earlier, question: str) -> bool:
    """Whether a question does; a name alone does where it may take another one's place."""
    return leans(question) or rephrased(earlier.text, question) is not None


def _remember(memory: OrderedDict[K, V], key: K, value: V) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > ROOM:
        memory.popitem(last=False)


def conversation_of(asked: Asked) -> str | None:
    """Its thread, or all of a direct message for what was written in none of its threads.

    What only the person who asked sees belongs to none.
    """
    if asked.private:
        return None
    return _thread_of(asked) if _in_a_thread(asked) else _whole_of(asked)


def heard_in(asked: Asked) -> str | None:
    """Where else a direct message is heard: in the thread that it may begin, or outside of its thread."""
    if asked.private or not _is_direct(asked):
        return None
    return _whole_of(asked) if _in_a_thread(asked) else _thread_of(asked)


def _is_direct(asked: Asked) -> bool:
    return asked.place.channel.startswith("D")


def _in_a_thread(asked: Asked) -> bool:
    """In a channel every question is: it is answered in its thread."""
    return not _is_direct(asked) or asked.thread != asked.ts


def _thread_of(asked: Asked) -> str:
    return f"{_whole_of(asked)}{asked.thread}"


def _whole_of(asked: Asked) -> str:
    return f"{asked.place.team} {asked.place.channel} "
