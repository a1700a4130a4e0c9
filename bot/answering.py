"""Answering: a question of the records becomes a message, under the audience that it has at this moment.

But: taking in, order, and bringing the message to Slack are the desk's business, how it looks the views'.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from bot import messages
from bot.admission import Admission
from bot.asked import Asked, says_something
from bot.audience import Audience, Refused
from bot.composition import Workplace
from bot.conversation import Conversations, InContext, conversation_of, heard_in
from bot.courtesies import courtesy
from bot.exhibits import AnswerShown, Exhibition, pin_shown
from bot.looking import Looked, look, pin_for
from bot.owners import nearest_collections, owner_of
from bot.records.questions import Found, Question
from bot.several import should_be_asked_by_themselves
from bot.slack_settings import SlackSettings
from bot.views.blocks.answer import answer_message
from bot.views.blocks.limits import message_problems
from bot.views.blocks.notes import help_message, note
from bot.views.blocks.parts import Message
from qa_engine.answers import Answer, NoAnswer
from qa_engine.errors import EngineError
from retrieval.errors import RetrievalError
from retrieval.pins import Pinned
from retrieval.stored import StoredPassage

log = logging.getLogger(__name__)

MOST_NOTES = 4  # sentences about the question; with more slips than that there is more amiss


@dataclass(frozen=True, slots=True)
class Reply:
    """The message for a question, and what was found where it was looked for."""

    message: Message
    found: Found | None = None


def instead_of_an_answer(text: str) -> Message | None:
    """What is said to words that ask nothing; None for a question."""
    kind = courtesy(text)
    if kind == "help":
        return help_message()
    if kind == "farewell":
        return note(messages.ANY_TIME)
    return None if says_something(text) else note(messages.NO_ANSWER["no question"])


class Answering:
    """Answers questions from the documents that they may see; safe to share between threads."""

    def __init__(self, work: Workplace, admission: Admission, settings: SlackSettings) -> None:
        self.work = work
        self.admission = admission
        self.exhibition = Exhibition(work)
        self.conversations = Conversations()
        self._settings = settings

    def allowed(self, asked: Asked, *, private: bool | None = None) -> Audience | Refused:
        """What a question may see; `private` None: as the way in which it was asked has it."""
        private = asked.private if private is None else private
        return self.admission.allowed(asked.place, asked.person, sharing=asked.sharing, private=private)

    def look(self, question: InContext, allowed: Audience) -> Looked:
        """What the documents say and what people answered, as far as it may be seen."""
        return look(
            self.work,
            question,
            ask=lambda text: self.work.ask(text, collections=allowed.collections),
            find_pin=lambda text: self.pinned(text, allowed),
        )

    def pinned(self, question: str, allowed: Audience) -> Pinned | None:
        """What a person answered to the same question."""
        return self.work.pinned(question, collections=allowed.collections, keys=allowed.keys)

    def pinned_for(self, read: InContext, allowed: Audience) -> Pinned | None:
        """The same for a question that may lean on another one."""
        return pin_for(self.work, read, lambda text: self.pinned(text, allowed))

    def in_context(self, question: Question) -> InContext:
        """A question as it is to be asked: with the one in front on which it leans."""
        asked = question.asked
        return self.conversations.in_context(
            conversation_of(asked),
            question.id,
            asked.text,
            recorded=question.earlier,
            heard_in=heard_in(asked),
        )

    def reply(self, question: Question) -> Reply:
        """What to say to a question, whatever happens."""
        if (said_instead := instead_of_an_answer(question.asked.text)) is not None:
            return Reply(said_instead)  # edited, it asks nothing any more
        try:
            allowed = self.allowed(question.asked)
            if isinstance(allowed, Refused):
                return Reply(note(messages.REFUSED[allowed.why]))
            read = self.in_context(question)
            if question.leans_on not in (None, read.leans_on):  # alone it would be another question
                return Reply(note(messages.EARLIER_NOT_KEPT))
            looked = self.look(read, allowed)
            if looked.read.earlier is None:
                self.conversations.stood_alone(question.id, read.question)
            if looked.pinned is None and not self._has_documents(allowed):
                return Reply(note(messages.NO_DOCUMENTS))
            return Reply(self.compose(question, looked, allowed), looked.as_record(allowed))
        except (EngineError, RetrievalError) as error:
            log.error("a question failed: %s", error)
        except Exception:
            log.exception("a question failed")
        return Reply(note(messages.BROKEN))

    def compose(self, question: Question, looked: Looked, allowed: Audience) -> Message:
        """What was found as a message."""
        asked, outcome = question.asked, looked.outcome
        shown = self.exhibition.shown(outcome)
        # Whoever shares asks again in the question's own words; where these are not kept, that cannot be.
        # Nor in a talk between people, which the bot cannot be invited to; to a private channel it can.
        shareable = (
            asked.private
            and not asked.place.channel.startswith("D")
            and asked.sharing != "hidden"
            and self._settings.keep_text_days
        )
        message = answer_message(
            question.id,
            asked.text,
            shown,
            today=datetime.now(UTC).date(),
            revision=question.revision,
            private=asked.private,
            shareable=bool(shareable),
            contact=self._settings.contact,
            shared_by=asked.person if asked.via == "share" else None,
            pin=pin_shown(looked.pinned.pin) if looked.pinned is not None else None,
            askable=isinstance(outcome, NoAnswer) and self._has_owner(outcome, allowed, asked),
            notes=self._notes(asked.text, looked, allowed),
        )
        problems = message_problems(message)
        if problems:
            log.error("an answer that Slack would refuse: %s", "; ".join(problems))
            return note(messages.TOO_LONG) if isinstance(shown, AnswerShown) else note(messages.BROKEN)
        return message

    def _notes(self, text: str, looked: Looked, allowed: Audience) -> list[str]:
        """What was looked for in place of misspelled words, and that more than one thing was asked."""
        mended = self.work.index.mended(looked.read.text, collections=allowed.collections)
        notes = [messages.MENDED.format(word=word, other=other) for word, other in mended.items()]
        answered = isinstance(looked.outcome, Answer)
        if looked.pinned is None and should_be_asked_by_themselves(text, answered=answered):
            notes.append(messages.SEVERAL)
        return notes[:MOST_NOTES]

    def _has_owner(self, outcome: NoAnswer[StoredPassage], allowed: Audience, asked: Asked) -> bool:
        nearest, collections = nearest_collections(outcome), self.work.collections.all()
        owner = owner_of(nearest, collections, allowed, team=asked.place.team, asker=asked.person)
        return owner is not None

    def _has_documents(self, allowed: Audience) -> bool:
        """Whether there is anything that may be quoted; what may not be is as if it were not there."""
        return not self.work.store.collections().keys().isdisjoint(allowed.collections)
