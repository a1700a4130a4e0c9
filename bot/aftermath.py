"""What follows an answer: Helpful, Not helpful with a reason, Show more, Why this answer, Share, Ask again.

An outcome comes back from the records as references and is read from the store again, under the audience
of the place where the button was pressed: what was removed or hidden since is not shown.

But: which button was pressed is the listeners' to find out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from slack_sdk.models.blocks import Block

from bot import messages
from bot.asked import Asked
from bot.audience import Audience, Refused
from bot.conversation import InContext
from bot.delivery import whisper
from bot.desk import Desk
from bot.errors import SlackRefuses, SlackTrouble
from bot.looking import Looked
from bot.passing_on import PassingOn
from bot.press import Press, heard, pressed
from bot.records.outcomes import Look, outcome_from_json
from bot.records.questions import Question
from bot.views.blocks.modals import as_message, modal, more_blocks, reason_form, why_blocks
from bot.views.blocks.notes import note
from bot.views.blocks.parts import Message
from bot.views.blocks.passing_on import ask_offer
from qa_engine.answers import Answer, Outcome
from retrieval.stored import StoredPassage

log = logging.getLogger(__name__)

CANNOT_POST = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action"})


@dataclass(frozen=True, slots=True)
class _Standing:
    """A question and its outcome as it still stands, for whoever pressed, and what they may see."""

    question: Question
    outcome: Outcome[StoredPassage]
    allowed: Audience


class Aftermath:
    """Does what buttons ask for.  Every method returns at once; Slack is spoken to in an errand."""

    def __init__(self, desk: Desk, passing_on: PassingOn) -> None:
        self._desk, self._passing_on = desk, passing_on

    def helpful(self, press: Press) -> None:
        if self._about(press) is None:
            self._say_later(press, note(messages.NOT_YOURS))
            return
        counts = self._count(press, helpful=True)
        self._say_later(press, note(messages.THANKS if counts else messages.ANSWERED_ANEW))

    def not_helpful(self, press: Press) -> None:
        """Counts at once; the form only asks for the reason."""
        question = self._about(press)
        if question is None:
            self._say_later(press, note(messages.NOT_YOURS))
            return
        if press.revision is None:  # the form that comes back is about what stood there now
            press = replace(press, revision=question.revision)
        if self._count(press, helpful=False):
            self._do(press, lambda: self._ask_reason(press))
        else:
            self._say_later(press, note(messages.ANSWERED_ANEW))

    def reason(self, press: Press, reason: str) -> None:
        """What somebody wrote into the form."""
        if self._about(press) is not None:
            if self._count(press, helpful=False, reason=reason):
                self._do(press, lambda: self._thank(press, messages.THANKS_REASON if reason else ""))
            elif reason:
                self._say_later(press, note(messages.ANSWERED_ANEW))

    def more(self, press: Press) -> None:
        self._do(press, lambda: self._show(press, "more"))

    def why(self, press: Press) -> None:
        self._do(press, lambda: self._show(press, "why"))

    def share(self, press: Press) -> None:
        self._do(press, lambda: self._share(press))

    def again(self, press: Press) -> None:
        self._do(press, lambda: self._ask_again(press))

    def _do(self, press: Press, what: Callable[[], object]) -> None:
        """In an errand; what fails is told to whoever pressed."""
        self._desk.errand(heard(what, lambda: self._say(press, note(messages.BROKEN))))

    def _about(self, press: Press) -> Question | None:
        """The question that a button belongs to, if it may be pressed there by that person."""
        return pressed(press, self._desk.records.question(press.number))

    def _count(self, press: Press, *, helpful: bool, reason: str = "") -> bool:
        """Write down what somebody thinks of the answer that they saw; False: another one is in its place."""
        return self._desk.records.feedback(
            press.number, press.person, helpful=helpful, reason=reason, revision=press.revision
        )

    def _standing(self, press: Press, now: Question | None) -> _Standing | Message:
        """The question and its outcome as it still stands and may be shown; else what to say instead."""
        question = pressed(press, now)
        if question is None or question.outcome is None:
            return note(messages.NOT_YOURS if question is None else messages.CHANGED_SINCE)
        allowed = self._desk.admission.allowed(
            question.asked.place, press.person, sharing=question.asked.later().sharing, private=True
        )
        if isinstance(allowed, Refused):
            return note(messages.NOT_YOURS)
        outcome = outcome_from_json(question.outcome, self._looking(allowed))
        return _Standing(question, outcome, allowed) if outcome is not None else note(messages.CHANGED_SINCE)

    def _looking(self, allowed: Audience) -> Look:
        """Reads passages again; none where some may not be seen, since the outcome's figures tell of them."""
        store = self._desk.work.store

        def look(ids: Sequence[int]) -> Sequence[StoredPassage] | None:
            passages = store.passages(ids)
            hidden = any(passage.collection not in allowed.collections for passage in passages)
            return None if hidden else passages

        return look

    def _ask_again(self, press: Press) -> None:
        refusal = messages.NOT_YOURS
        if self._about(press) is not None:
            refusal = self._desk.ask_again(press.number, press.person) or ""
        if refusal:
            self._say(press, note(refusal))

    def _show(self, press: Press, what: Literal["more", "why"]) -> None:
        with self._desk.alone_with(press.number) as now:  # the answer is seen before it is written down
            question = now
        found = self._standing(press, question)
        if isinstance(found, Message):
            self._say(press, found)
            return
        answering = self._desk.answering
        if what == "more":
            title, blocks = messages.MORE_TITLE, more_blocks(answering.exhibition.shown(found.outcome))
        else:
            title, text = messages.WHY_TITLE, found.question.as_read
            pinned = answering.pinned(text, found.allowed) if found.question.pin is not None else None
            still = pinned is not None and pinned.pin.id == found.question.pin
            why = answering.exhibition.why(text, found.outcome, collections=found.allowed.collections)
            blocks = why_blocks(why, pinned=pinned.likeness if pinned is not None and still else None)
        self._open(press, title, blocks)

    def _open(self, press: Press, title: str, blocks: tuple[Block, ...]) -> None:
        """As a window; where it is too late for one, as a message to that person."""
        try:
            self._desk.lines.to(press.place).open(press.trigger_id, modal(title, blocks))
        except SlackTrouble as error:
            log.info("a window did not open: %s", error)
            self._say(press, as_message(title, blocks))

    def _ask_reason(self, press: Press) -> None:
        try:
            self._desk.lines.to(press.place).open(press.trigger_id, reason_form(press.metadata()))
        except SlackTrouble as error:
            log.info("a window did not open: %s", error)
            self._thank(press, messages.THANKS)

    def _thank(self, press: Press, thanks: str) -> None:
        """Say thanks, if any, for a word on an answer that did not help; and that a person can be asked."""
        question = self._about(press)
        if question is not None and question.has_answer and self._passing_on.is_possible(press, question):
            sentence = f"{thanks or messages.THANKS} {messages.ASK_INSTEAD}"
            self._say(press, ask_offer(sentence, f"{press.number}.{press.revision or 0}"))
        elif thanks:
            self._say(press, note(thanks))

    def _share(self, press: Press) -> None:
        """Ask again as the channel, and post that for all if it is the same answer: once."""
        with self._desk.alone_with(press.number) as now:
            question = pressed(press, now)
            if question is not None and self._desk.records.was_shared(question):
                self._say(press, note(messages.SHARED))
                return
            found = self._standing(press, now)
            if isinstance(found, Message):
                self._say(press, found)
                return
            if not found.question.has_answer:
                self._say(press, note(messages.NOT_YOURS))
                return
            asked = replace(found.question.asked.later(), via="share", thread=press.thread, response_url=None)
            again = self._as_channel(asked, found)
            if isinstance(again, Message):
                self._say(press, again)
                return
            self._post_shared(press, asked, *again)

    def _as_channel(self, asked: Asked, private: _Standing) -> tuple[Looked, Audience] | Message:
        """The same answers from what the channel may see; a refusal where it would get none or others."""
        if not asked.text:
            return note(messages.NOT_KEPT)
        if self._desk.admission.channels.sharing(asked.place, asked.sharing) == "hidden":
            return note(messages.CANNOT_SHARE)
        allowed = self._desk.answering.allowed(asked)
        if isinstance(allowed, Refused):
            return note(messages.NOT_YOURS)
        looked = self._desk.answering.look(InContext(asked.text), allowed)
        pin = looked.pinned.pin.id if looked.pinned is not None else None
        same = _quoted(looked.outcome) == _quoted(private.outcome) and pin == private.question.pin
        return (looked, allowed) if same else note(messages.SHARE_OTHER)

    def _post_shared(self, press: Press, asked: Asked, looked: Looked, allowed: Audience) -> None:
        """Post an answer with buttons of its own, once, if the channel takes it."""
        records, posting = self._desk.records, self._desk.lines.to(press.place)
        found = looked.as_record(allowed)
        # Slack was silent, or there was a crash.  Its number is in the buttons, if that was posted.
        before = records.perhaps_shared(asked, after=press.number)
        question = before or records.add_answered(asked, found)
        message = self._desk.answering.compose(question, looked, allowed)
        try:
            ts = posting.say(
                press.place.channel, message, thread=question.asked.thread, mark=f"shared {press.number}",
                perhaps_said=before is not None, since=question.asked_at,
            )  # fmt: skip
        except SlackRefuses as error:
            records.removed(question.id)
            if error.code not in CANNOT_POST:
                raise
            self._say(press, note(messages.CANNOT_SHARE))
            return
        records.answered(question.id, 0, answer_ts=ts, found=found)
        self._say(press, note(messages.SHARED))

    def _say_later(self, press: Press, message: Message) -> None:
        self._desk.errand(lambda: self._say(press, message))

    def _say(self, press: Press, message: Message) -> None:
        """To the person who pressed."""
        posting = self._desk.lines.to(press.place)
        whisper(posting, press.as_asked, message, mark=f"pressed.{press.number}")


def _quoted(outcome: Outcome[StoredPassage]) -> str | None:
    """The words of an answer; None where there is none."""
    return outcome.quote.text if isinstance(outcome, Answer) else None
