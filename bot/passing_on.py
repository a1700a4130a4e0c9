"""Asking a person: a question that the documents do not answer goes to the owner of a collection; so does one
whose answer did not help whoever wants to know.

Who that is is decided when the form opens and again when it is sent, from what the asker may see then; the
owner learns the question in the asker's words, who asks and where, and nothing of what was found.

But: what is said in reply is pinned (`pinning.py`) by an admin or by the owner, which is no part of this.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot import messages
from bot.asked import Place
from bot.audience import Refused
from bot.delivery import open_form, whisper
from bot.desk import Desk
from bot.errors import SlackTrouble
from bot.owners import nearest_collections, owner_of
from bot.press import Press, heard, pressed
from bot.records.outcomes import outcome_from_json
from bot.records.questions import Question
from bot.records.requests import Request
from bot.slack.marks import is_person
from bot.views.blocks.notes import note
from bot.views.blocks.passing_on import ask_form, request_message

log = logging.getLogger(__name__)


class PassingOn:
    """Passes questions on.  Every method returns at once; Slack is spoken to in an errand."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def offer(self, press: Press) -> None:
        """Ask in which words the question should go."""
        self._do(press, lambda: self._offer(press))

    def send(self, press: Press, text: str) -> None:
        """The form came back."""
        self._do(press, lambda: self._send(press, text))

    def is_possible(self, press: Press, question: Question) -> bool:
        """Whether somebody can be asked, for whoever pressed a button of the question.  It may ask Slack."""
        return self._owner(press, question) is not None

    def _do(self, press: Press, what: Callable[[], object]) -> None:
        """In an errand; what fails is told to whoever pressed."""
        self._desk.errand(heard(what, lambda: self._say(press, messages.BROKEN)))

    def _offer(self, press: Press) -> None:
        with self._desk.alone_with(press.number) as now:
            question = pressed(press, now)
        if question is None or self._owner(press, question) is None:
            self._say(press, messages.NOBODY_TO_ASK)
            return
        form = ask_form(press.metadata(), question=question.as_read or question.asked.text)
        open_form(self._desk.lines.to(press.place), press, form)

    def _send(self, press: Press, text: str) -> None:
        with self._desk.alone_with(press.number) as now:
            question = pressed(press, now)
            owner = self._owner(press, question) if question is not None else None
            if question is None or owner is None:
                self._say(press, messages.NOBODY_TO_ASK)
                return
            self._say(press, self._pass_on(press, question, owner, text))

    def _pass_on(self, press: Press, question: Question, owner: str, text: str) -> str:
        """Post the words, and note who wants to know; the sentence for them.

        The same words stand there once as long as nobody who sent them was told of an answer.
        """
        requests = self._desk.requests
        before = [each for each in requests.of_question(question.id) if each.owner == owner]
        waiting = [each for each in before if each.text == text and not each.told]
        if any(each.person == press.person for each in waiting):
            return messages.PASSED_ON_BEFORE
        kept = text if self._desk.records.keep_text else ""
        try:
            where = _place_of(waiting) or self._post(press, question, owner, text, before)
        except SlackTrouble as error:
            log.error("a question could not be passed on: %s", error)
            where = None
        if where is None:
            return messages.NOT_PASSED_ON
        requests.add(question.id, press.person, kept, owner=owner, channel=where[0], ts=where[1])
        return messages.PASSED_ON

    def _post(
        self, press: Press, question: Question, owner: str, text: str, before: Sequence[Request]
    ) -> tuple[str, str] | None:
        """Post words below those before, else anew; which message begins their thread.  None: not there.

        They may have been posted before, without a note of that: then that message counts, whoever sent it.
        """
        asked = question.asked
        if not self._is_ours(asked.place, owner):
            log.warning("the owner of a collection is of another company, or Slack does not tell")
            return None
        posting = self._desk.lines.to(asked.place)
        aloud = not asked.private and not asked.place.channel.startswith("D")
        ts = question.answer_ts if aloud else None
        url = posting.link(asked.place.channel, ts) if ts is not None else None
        channel = asked.place.channel if aloud else None
        message = request_message(
            text, asker=press.person, channel=channel, url=url, answered=question.has_answer,
            only_admins_pin=not self._pins_themself(asked.place, owner),
        )  # fmt: skip
        mark = f"passed on.{question.id}.{len(before)}.{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        since = question.asked_at
        begins = _place_of(before)
        if begins is None:
            return posting.tell(owner, message, mark=mark, since=since)
        where, thread = begins
        posting.say(where, message, thread=thread, mark=mark, perhaps_said=True, since=since)
        return begins

    def _owner(self, press: Press, question: Question) -> str | None:
        """Who is asked, of the owners of what may be seen by this person where the question was asked."""
        asked = question.asked.later()
        allowed = self._desk.answering.allowed(replace(asked, person=press.person))
        if question.outcome is None or isinstance(allowed, Refused):
            return None
        if question.has_answer and not self._desk.records.found_no_help(question.id, press.person):
            return None
        work = self._desk.work
        outcome = outcome_from_json(
            question.outcome, lambda ids: work.store.passages(ids, collections=allowed.collections)
        )
        nearest = nearest_collections(outcome) if outcome is not None else []
        return owner_of(nearest, work.collections.all(), allowed, team=asked.place.team, asker=press.person)

    def _is_ours(self, place: Place, owner: str) -> bool:
        """Whether an owner is a member of the workspace, or a channel that no other company is in."""
        if is_person(owner):
            return self._desk.admission.people.standing(place, owner) == "member"
        return self._desk.admission.channels.sharing(replace(place, channel=owner), None) == "inside"

    def _pins_themself(self, place: Place, owner: str) -> bool:
        """Whether an owner may pin their reply: a person, or whoever was invited to a channel."""
        return is_person(owner) or self._desk.admission.channels.is_closed(replace(place, channel=owner))

    def _say(self, press: Press, sentence: str) -> None:
        whisper(
            self._desk.lines.to(press.place), press.as_asked, note(sentence), mark=f"asked.{press.number}"
        )


def _place_of(requests: Sequence[Request]) -> tuple[str, str] | None:
    """The channel and the message that begins the thread of the latest of them; None without any."""
    return (requests[-1].channel, requests[-1].ts) if requests else None
