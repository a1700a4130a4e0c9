"""Pinning a person's reply: who may, the form, and the pin.

Admins pin whatever a person wrote in a thread, for whoever may see what they may see themselves.  The owner
of a collection, or who answers in a private channel that owns it, pins their own reply to a question that was
passed on, for that collection, if the question was asked of it.  A public channel is joined by whoever wants
to speak for the collection, so that only admins pin what is said there.  Both are asked when the form opens
and again when it is sent.

But: whoever wanted to know is told by `askers.py`; how a pin is found is `retrieval/pins.py`'s, who sees it
`audience.py`'s.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace

from bot import messages
from bot.asked import Place, words, words_with_names
from bot.askers import Askers
from bot.audience import Refused, person_key, workspace_key
from bot.delivery import open_form, whisper
from bot.desk import Desk
from bot.errors import SlackTrouble
from bot.owners import owned_by
from bot.press import Press, heard
from bot.records.records import DAY
from bot.records.requests import Request
from bot.views.blocks.notes import note
from bot.views.blocks.pins import pin_form
from qa_engine.errors import EngineError
from retrieval.errors import RetrievalError
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

    def is_to(self, request: Request) -> bool:
        """Whether it stands below the message that passed a question on."""
        return (self.channel, self.thread) == (request.channel, request.ts)

    @classmethod
    def of(cls, metadata: str) -> SaidReply:
        """What went with a form."""
        return cls(**json.loads(metadata)["reply"])


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
        self._askers = Askers(desk)

    def offer(self, press: Press, reply: SaidReply | None, text: str) -> None:
        """A message of this text was chosen, in Slack's markup.

        `reply` None: it is none that a person wrote in a thread.
        """
        self._do(press, lambda: self._offer(press, reply, text))

    def save(self, press: Press, reply: SaidReply, wish: Wish) -> None:
        """The form came back."""
        self._do(press, lambda: self._save(press, reply, wish))

    def _do(self, press: Press, what: Callable[[], object]) -> None:
        """In an errand; what fails is told to whoever pressed."""
        self._desk.errand(heard(what, lambda: self._say(press, messages.BROKEN)))

    def _offer(self, press: Press, reply: SaidReply | None, text: str) -> None:
        audiences = self._audiences(press, reply)
        if reply is None or isinstance(audiences, str):
            self._say(press, audiences if isinstance(audiences, str) else messages.PIN_NO_REPLY)
            return
        metadata = press.metadata(reply=asdict(reply))
        people = self._desk.admission.people
        answer = words_with_names(text, lambda person: people.name(press.place, person))
        form = pin_form(metadata, question=self._question(press, reply), answer=answer, audiences=audiences)
        open_form(self._desk.lines.to(press.place), press, form)

    def _save(self, press: Press, reply: SaidReply, wish: Wish) -> None:
        audiences = self._audiences(press, reply)
        if isinstance(audiences, str) or wish.audience not in dict(audiences):
            self._say(press, audiences if isinstance(audiences, str) else messages.PIN_NOBODY)
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

    def _audiences(self, press: Press, reply: SaidReply | None) -> list[tuple[str, str]] | str:
        """For whom whoever pressed may pin the reply: values of the form, as they read; else why not."""
        admission = self._desk.admission
        is_admin = admission.people.is_admin(press.place, press.person)
        answered_for = frozenset() if is_admin else self._answered_for(press, reply)
        if not is_admin and not answered_for:
            return messages.PIN_WHO_MAY
        if reply is None:
            return messages.PIN_NO_REPLY
        allowed = admission.allowed(press.place, press.person, private=True)
        if isinstance(allowed, Refused):
            return messages.REFUSED[allowed.why]
        names = [name for name in allowed.collections if is_admin or name in answered_for]
        to_all = is_admin and workspace_key(press.place.team) in allowed.keys
        return [(WORKSPACE, messages.PIN_WORKSPACE)] * to_all + [
            (COLLECTION + name, messages.PIN_COLLECTION.format(name=name))
            for name in names
            if len(COLLECTION + name) <= MOST_VALUE
        ] or messages.PIN_NOBODY

    def _answered_for(self, press: Press, reply: SaidReply | None) -> frozenset[str]:
        """The collections for which a member replied themself, of those that the question was asked of."""
        team = press.place.team
        if reply is None or reply.person != press.person:
            return frozenset()
        if self._desk.admission.people.standing(press.place, press.person) != "member":
            return frozenset()
        requests = self._desk.requests.in_thread(team, reply.channel, reply.thread)
        questions = [self._desk.records.question(request.question) for request in requests]
        asked_of = [frozenset(each.asked_of or ()) for each in questions if each is not None]
        closed = self._desk.admission.channels.is_closed(replace(press.place, channel=reply.channel))
        owners = (press.person, reply.channel) if closed else (press.person,)
        owned = owned_by(owners, self._desk.work.collections.all(), team)
        return owned.intersection(*asked_of) if asked_of else frozenset()

    def _question(self, press: Press, reply: SaidReply) -> str:
        """What the thread is about: passed on or asked of the bot last, as it was read, or how it began."""
        passed_on = self._desk.requests.in_thread(press.place.team, reply.channel, reply.thread)
        known = [(each.at, each.text) for each in passed_on]
        asked = self._desk.records.latest_in_thread(press.place, reply.thread)
        if asked is not None and not any(reply.is_to(each) for each in passed_on):
            known.append((asked.asked_at, asked.as_read))
        found = next((text for _, text in sorted(known, reverse=True) if text), None)
        if found is None and not passed_on:
            found = words(self._desk.lines.to(press.place).first_words(reply.channel, reply.thread))
        return found or ""

    def _tell_askers(self, place: Place, reply: SaidReply, pin: Pin) -> int:
        """Tell those in the thread who wanted to know what was pinned; how many could be told."""
        thread = self._desk.requests.in_thread(place.team, reply.channel, reply.thread)
        only_one = len({request.text or request.question for request in thread}) == 1
        told = set[str]()
        for request in thread:
            # Whatever the pin's words are, a reply to one question is what its asker was promised.
            promised = only_one and (reply.is_to(request) or not request.text)
            try:
                wants = not request.told and (promised or self._askers.waits_for(request, place, pin))
                if wants and self._askers.tell(request, place, pin):
                    told.add(request.person)
            except (EngineError, RetrievalError, SlackTrouble) as error:  # it is pinned all the same
                log.error("somebody could not be told of a pinned answer: %s", error)
        return len(told)

    def _say(self, press: Press, sentence: str) -> None:
        whisper(self._desk.lines.to(press.place), press.as_asked, note(sentence), mark=f"pin.{press.person}")
