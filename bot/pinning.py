"""Pinning a person's reply, by an admin: the form, the pin, and telling those who wanted to know.

Whether it is an admin, and for whom they may pin, is asked when the form opens and again when it is sent.

But: how a pin is found is `retrieval/pins.py`'s, who sees it `audience.py`'s.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass, field, replace

from bot import messages
from bot.asked import Place, words
from bot.audience import Audience, Refused, person_key, workspace_key
from bot.delivery import open_form, whisper
from bot.desk import Desk
from bot.errors import SlackTrouble
from bot.exhibits import pin_shown
from bot.press import Press
from bot.records.records import DAY
from bot.views.blocks.notes import note
from bot.views.blocks.pins import pin_form, pinned_message
from retrieval.pins import NewPin, Pin

log = logging.getLogger(__name__)

WORKSPACE, COLLECTION = "workspace", "collection "
"""Values of the form's choice: the workspace, or a collection by its name."""
MOST_VALUE = 150  # characters that Slack takes; a collection of a longer name is pinned to by `quoth pin`


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidReply:
    """A reply that is to be pinned: whose, where."""

    person: str
    channel: str
    thread: str
    ts: str

    @classmethod
    def of(cls, metadata: str) -> SaidReply:
        """What went with a form."""
        return cls(**json.loads(metadata))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the form says: words, for whom, for how many days (None: for good)."""

    question: str = field(repr=False)
    answer: str = field(repr=False)
    audience: str
    days: int | None


class Pinning:
    """Pins replies.  Every method returns at once; Slack is spoken to in an errand."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def offer(self, press: Press, reply: SaidReply | None, text: str) -> None:
        """A message of these words was chosen; `reply` None: it is none that a person wrote in a thread."""
        self._desk.errand(lambda: self._offer(press, reply, text))

    def save(self, press: Press, reply: SaidReply, wish: Wish) -> None:
        """The form came back."""
        self._desk.errand(lambda: self._save(press, reply, wish))

    def _offer(self, press: Press, reply: SaidReply | None, text: str) -> None:
        allowed = self._allowed(press)
        if isinstance(allowed, str):
            self._say(press, allowed)
            return
        audiences = _audiences(allowed, press.place.team)
        if reply is None or not audiences:
            self._say(press, messages.PIN_NO_REPLY if reply is None else messages.PIN_NOBODY)
            return
        metadata = json.dumps({name: getattr(reply, name) for name in SaidReply.__slots__})
        form = pin_form(metadata, question=self._question(press, reply), answer=text, audiences=audiences)
        open_form(self._desk.lines.to(press.place), press, form)

    def _save(self, press: Press, reply: SaidReply, wish: Wish) -> None:
        allowed = self._allowed(press)
        if isinstance(allowed, str):
            self._say(press, allowed)
            return
        if wish.audience not in dict(_audiences(allowed, press.place.team)):
            self._say(press, messages.PIN_NOBODY)
            return
        team, posting = press.place.team, self._desk.lines.to(press.place)
        to_all = wish.audience == WORKSPACE
        pin = self._desk.work.pins.add(
            NewPin(
                question=wish.question,
                answer=wish.answer,
                author=self._desk.admission.people.name(press.place, reply.person) or reply.person,
                collection=None if to_all else wish.audience.removeprefix(COLLECTION),
                open_to=workspace_key(team) if to_all else None,
                author_key=person_key(team, reply.person),
                pinned_by=person_key(team, press.person),
                until=None if wish.days is None else time.time() + wish.days * DAY,
                url=posting.link(reply.channel, reply.ts),
            ),
            self._desk.work.encoder,
        )
        told = self._tell_askers(press.place, reply, pin)
        self._say(press, messages.PIN_SAVED_TOLD.format(count=told) if told else messages.PIN_SAVED)

    def _allowed(self, press: Press) -> Audience | str:
        """What an admin may see there; else the sentence for whoever pressed."""
        if not self._desk.admission.people.is_admin(press.place, press.person):
            return messages.PIN_ADMINS
        allowed = self._desk.admission.allowed(press.place, press.person, private=True)
        return messages.REFUSED[allowed.why] if isinstance(allowed, Refused) else allowed

    def _question(self, press: Press, reply: SaidReply) -> str:
        """What the thread is about: passed on, asked of the bot, or said by whoever began it."""
        passed_on = self._desk.requests.in_thread(press.place.team, reply.channel, reply.thread)
        asked = self._desk.records.latest_in_thread(press.place, reply.thread)
        known = [request.text for request in passed_on] + ([asked.asked.text] if asked is not None else [])
        found = next((text for text in known if text), None)
        if found is None and not passed_on:
            found = words(self._desk.lines.to(press.place).first_words(reply.channel, reply.thread))
        return found or ""

    def _tell_askers(self, place: Place, reply: SaidReply, pin: Pin) -> int:
        """Tell those who wanted to know, alone, if they may see the pin; how many could be told."""
        told = 0
        for request in self._desk.requests.in_thread(place.team, reply.channel, reply.thread):
            alone = replace(place, channel=f"D{request.person[1:]}")
            allowed = self._desk.admission.allowed(alone, request.person, private=True)
            if request.told or isinstance(allowed, Refused) or not _may_see(allowed, pin):
                continue
            try:
                question = request.text or pin.question
                self._desk.lines.to(place).tell(request.person, pinned_message(question, pin_shown(pin)))
            except SlackTrouble as error:
                log.error("somebody could not be told of a pinned answer: %s", error)
                continue
            self._desk.requests.told(request.id)
            told += 1
        return told

    def _say(self, press: Press, sentence: str) -> None:
        whisper(self._desk.lines.to(press.place), press.as_asked, note(sentence), mark=f"pin.{press.person}")


def _audiences(allowed: Audience, team: str) -> list[tuple[str, str]]:
    """For whom something can be pinned: nobody but those who may see what is quoted there already."""
    found = [(WORKSPACE, messages.PIN_WORKSPACE)] if workspace_key(team) in allowed.keys else []
    names = [name for name in allowed.collections if len(COLLECTION + name) <= MOST_VALUE]
    return found + [(COLLECTION + name, messages.PIN_COLLECTION.format(name=name)) for name in names]


def _may_see(allowed: Audience, pin: Pin) -> bool:
    return pin.collection in allowed.collections or pin.open_to in allowed.keys
