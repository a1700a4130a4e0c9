"""Those who asked a person, and are told when an answer is pinned, in the thread of their question or not.

A pin that was made at the terminal, or of what was said elsewhere, is compared with the questions that still
wait, as it would be with the same question asked now; who may not see it is not told.  When it ends or is
removed, its words leave what they were told.

But: where the words of questions are not kept there is nothing to compare, and only a reply that is pinned in
the thread reaches those who wait.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from bot.asked import Place
from bot.audience import Audience, Refused
from bot.conversation import InContext
from bot.delivery import OUT_OF_REACH
from bot.desk import Desk
from bot.errors import SlackRefuses, SlackTrouble
from bot.exhibits import pin_shown
from bot.records.questions import Question
from bot.records.requests import Request
from bot.views.blocks.pins import ended_message, pinned_message
from qa_engine.errors import EngineError
from retrieval.errors import RetrievalError
from retrieval.pins import Pin, Pinned

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
LATER_SECONDS = 60.0
TAKEN_OUT = 3  # messages a look: Slack takes about 50 edits a minute of a workspace's


class Askers:
    """Tells them, each once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.compared = 0  # up to which pin

    def tell(self, request: Request, place: Place, pin: Pin) -> bool:
        """Tell somebody of a pin if they may see it; whether they know now.  Raises SlackTrouble."""
        allowed = self._allowed(place, request.person)
        if isinstance(allowed, Refused) or not _may_see(allowed, pin):
            return False
        if self._desk.requests.claim(request.id):
            message = pinned_message(request.text or pin.question, pin_shown(pin))
            try:
                mark = f"pinned.{pin.id}.{request.question}"  # once, in however many words it was asked
                posting = self._desk.lines.to(place)
                channel, ts = posting.tell(request.person, message, mark=mark, since=pin.pinned_at)
            except SlackTrouble:
                self._desk.requests.release(request.id)
                raise
            self._desk.requests.told(request.id, pin=pin.id, channel=channel, ts=ts)
        return True

    def waits_for(self, request: Request, place: Place, pin: Pin) -> bool:
        """Whether a pin is of the question that somebody passed on, as far as its words are kept."""
        allowed = self._allowed(place, request.person)
        if isinstance(allowed, Refused):
            return False
        found = self._pinned_for(request, self._desk.records.question(request.question), allowed)
        return found is not None and found.pin.id == pin.id

    def look(self) -> None:
        """Compare new pins with what people wait for, take out what ended, and come back soon."""
        seconds = LOOK_SECONDS
        try:
            current = self._desk.work.pins.current()
            if not self._take_out_all_but(current):
                seconds = LATER_SECONDS
            newest = max(current, default=0)
            if newest > self.compared:
                if self._compare():
                    self.compared = newest
                else:
                    seconds = LATER_SECONDS
        except (EngineError, RetrievalError) as error:
            log.warning("pinned answers cannot be compared with what people wait for: %s", error)
            seconds = LATER_SECONDS
        finally:
            self._desk.errands.offer_later(self.look, seconds)

    def _take_out_all_but(self, current: Sequence[int]) -> bool:
        """Take answers of which somebody was told, and which hold no more, out of Slack; False: not now."""
        for told in self._desk.requests.told_of_none(current, TAKEN_OUT):
            question = self._desk.records.question(told.question)
            if question is None:
                continue
            try:
                posting = self._desk.lines.to(question.asked.place)
                posting.update(told.channel, told.ts, ended_message(told.text))
            except SlackTrouble as error:
                log.error("an answer that holds no more could not be taken out: %s", error)
                if not (isinstance(error, SlackRefuses) and error.code in OUT_OF_REACH):
                    return False
            self._desk.requests.taken_out(told.id)
        return True

    def _compare(self) -> bool:
        """Tell whoever waits for what was pinned since they asked; False: Slack did not take or tell all."""
        done = True
        for request in self._desk.requests.waiting():
            question = self._desk.records.question(request.question)
            if question is None:
                continue
            place = question.asked.place
            allowed = self._allowed(place, request.person)
            if isinstance(allowed, Refused):
                done = done and not allowed.why.startswith("unknown")
                continue
            found = self._pinned_for(request, question, allowed)
            if found is None or found.pin.pinned_at < request.at:
                continue
            try:
                self.tell(request, place, found.pin)
            except SlackTrouble as error:
                log.error("somebody could not be told of a pinned answer: %s", error)
                done = done and isinstance(error, SlackRefuses)  # it would refuse again
        return done

    def _pinned_for(self, request: Request, question: Question | None, allowed: Audience) -> Pinned | None:
        """What was pinned to what somebody wants to know; in words of their own, these lean on nothing."""
        read = question.in_context if question is not None else None
        if read is None or read.text != request.text:
            read = InContext(request.text)
        return self._desk.answering.pinned_for(read, allowed)

    def _allowed(self, place: Place, person: str) -> Audience | Refused:
        """What somebody may see alone with the bot."""
        return self._desk.admission.allowed(replace(place, channel=f"D{person[1:]}"), person, private=True)


def _may_see(allowed: Audience, pin: Pin) -> bool:
    return pin.collection in allowed.collections or pin.open_to in allowed.keys
