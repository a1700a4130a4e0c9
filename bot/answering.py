"""Answering: a question of the records becomes a message, under the audience that it has at this moment.

But: taking in, order, and bringing the message to Slack are the desk's business, how it looks the views'.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from bot import messages
from bot.admission import Admission
from bot.asked import Asked
from bot.audience import Audience, Refused
from bot.composition import Workplace
from bot.conversation import Conversations, conversation_of
from bot.exhibits import AnswerShown, Exhibition
from bot.records.records import Question
from bot.slack_settings import SlackSettings
from bot.views.blocks.answer import answer_message
from bot.views.blocks.limits import message_problems
from bot.views.blocks.notes import note
from bot.views.blocks.parts import Message
from qa_engine.answers import Outcome
from qa_engine.errors import EngineError
from retrieval.errors import RetrievalError
from retrieval.store import StoredPassage

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """The message for a question, and its outcome where there is one."""

    message: Message
    outcome: Outcome[StoredPassage] | None = None


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

    def reply(self, question: Question) -> Reply:
        """What to say to a question, whatever happens."""
        try:
            allowed = self.allowed(question.asked)
            if isinstance(allowed, Refused):
                return Reply(note(messages.REFUSED[allowed.why]))
            if not self._has_documents(allowed):
                return Reply(note(messages.NO_DOCUMENTS))
            text = self.conversations.in_context(
                conversation_of(question.asked), question.id, question.asked.text
            )
            outcome = self.work.ask(text, collections=allowed.collections)
            return Reply(self.compose(question, outcome), outcome)
        except (EngineError, RetrievalError) as error:
            log.error("a question failed: %s", error)
        except Exception:
            log.exception("a question failed")
        return Reply(note(messages.BROKEN))

    def compose(self, question: Question, outcome: Outcome[StoredPassage]) -> Message:
        """An outcome as a message."""
        asked = question.asked
        shown = self.exhibition.shown(outcome)
        message = answer_message(
            question.id,
            asked.text,
            shown,
            today=datetime.now(UTC).date(),
            private=asked.private,
            shareable=asked.private and not asked.place.channel.startswith("D"),
            contact=self._settings.contact,
            shared_by=asked.person if asked.via == "share" else None,
        )
        problems = message_problems(message)
        if problems:
            log.error("an answer that Slack would refuse: %s", "; ".join(problems))
            return note(messages.TOO_LONG) if isinstance(shown, AnswerShown) else note(messages.BROKEN)
        return message

    def _has_documents(self, allowed: Audience) -> bool:
        """Whether there is anything that may be quoted; what may not be is as if it were not there."""
        return not self.work.store.collections().keys().isdisjoint(allowed.collections)
