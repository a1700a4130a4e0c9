"""A button's press: whose, where, for which question, whether the question may be pressed there, and that
what comes of it is never silence.

But: what a button does is for others to know.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from bot.asked import Asked, Place
from bot.errors import SlackTrouble
from bot.records.questions import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button's press, or a form that was sent because of one."""

    place: Place
    person: str
    number: int
    trigger_id: str = field(default="", repr=False)
    response_url: str | None = field(default=None, repr=False)
    thread: str | None = None

    @property
    def as_asked(self) -> Asked:
        """For what is said to the person who pressed, and to nobody else."""
        return Asked(
            place=self.place, person=self.person, text="", via="command", response_url=self.response_url
        )


def pressed(press: Press, question: Question | None) -> Question | None:
    """The question that a button belongs to, if it may be pressed there by that person; else None."""
    if question is None or question.state == "removed":
        return None
    asked = question.asked
    if asked.private and asked.person != press.person:
        return None
    here = (asked.place.team, asked.place.channel)
    return question if here == (press.place.team, press.place.channel) else None


def heard(do: Callable[[], object], tell: Callable[[], object]) -> Callable[[], None]:
    """What a press asks for, as an errand that tells whoever pressed where it fails, by whatever error.

    The error goes on to the queue of errands, which logs it.
    """

    def errand() -> None:
        try:
            do()
        except Exception:
            with suppress(SlackTrouble):  # then nothing can be told
                tell()
            raise

    return errand
