"""A button's press: whose, where, for which question, whether the question may be pressed there, and that
what comes of it is never silence.

But: what a button does is for others to know.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field

from bot.asked import Asked, Place
from bot.errors import SlackTrouble
from bot.records.questions import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button's press, or a form that was sent because of one.

    `thread`: in which the message with the button stands.  `revision`: of the question whose answer the
    message shows; None: not known.
    """

    place: Place
    person: str
    number: int
    revision: int | None = None
    trigger_id: str = field(default="", repr=False)
    response_url: str | None = field(default=None, repr=False)
    thread: str | None = None

    @property
    def as_asked(self) -> Asked:
        """For what is said to the person who pressed, and to nobody else."""
        return Asked(
            place=self.place,
            person=self.person,
            text="",
            via="command",
            thread=self.thread,
            response_url=self.response_url,
        )

    def metadata(self, **more: object) -> str:
        """What goes with a form that a press opens: when it comes back, Slack says only whose it is.

        The workspace that it names then is that of whoever sent it, which may be another company's, or none.
        """
        return json.dumps(
            {
                "number": self.number,
                "revision": self.revision,
                "place": asdict(self.place),
                "thread": self.thread,
                **more,
            }
        )

    @classmethod
    def sent(cls, metadata: str, person: str) -> Press:
        """A form that came back from somebody, with what went with it."""
        carried = json.loads(metadata)
        return cls(
            place=Place(**carried["place"]),
            person=person,
            number=carried["number"],
            revision=carried.get("revision"),  # an earlier version's form has none
            thread=carried["thread"],
        )


def pressed(press: Press, question: Question | None) -> Question | None:
    """The question that a button belongs to, if it may be pressed there by that person; else None.

    What follows goes by the question's place: where a whole organisation has the app, Slack names no
    workspace with a press, and a channel in the same organisation is enough.
    """
    if question is None or question.state == "removed":
        return None
    asked = question.asked
    if asked.private and asked.person != press.person:
        return None
    here, there = press.place, asked.place
    ours = here.team == there.team or (here.enterprise is not None and here.enterprise == there.enterprise)
    return question if ours and here.channel == there.channel else None


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
