"""Reception: what is written down of a question as it comes in, all of it or nothing.

That a message was seen, its question, and the one on which that leans are one transaction.  Were they more,
a crash between them would lose the question: what Slack sends again would be taken for a repeat.

But: whether there is room for its answer is the desk's business.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from bot import messages
from bot.answering import Answering, instead_of_an_answer
from bot.asked import Asked
from bot.records.questions import Question
from bot.records.records import Records
from bot.token_bucket import TokenBuckets
from bot.views.blocks.notes import note
from bot.views.blocks.parts import Message
from retrieval.errors import RetrievalError

log = logging.getLogger(__name__)


class Reception:
    """Writes questions down; safe to share between threads."""

    def __init__(self, records: Records, answering: Answering, *, per_minute: int) -> None:
        self._records = records
        self._answering = answering
        self._buckets = TokenBuckets(per_minute)
        self._taking = threading.Lock()  # one question after the other, so that each follows the one before

    def take(self, asked: Asked, keys: Sequence[str]) -> Question | Message | None:
        """Write a question down: it, what is said instead of an answer, or None if it came before.

        Raises RetrievalError where not even that it was seen can be written.
        """
        with self._taking:
            try:
                return self._take(asked, keys)
            except RetrievalError:
                log.exception("the records cannot be written")
                self._records.first_sight(*keys)  # refused now: a repeat must not be told so again
                return note(messages.NOT_RECORDED)

    def reword(
        self, question: Question, text: str, keys: Sequence[str], *, edit: str | None
    ) -> Question | None:
        """Write new words down; None for an edit that was seen before or changes nothing."""
        with self._records.database.writing():
            if not self._records.first_sight(*keys):
                return None
            reworded = self._records.edited(question.id, text, edit=edit)
            if reworded is not None:
                self._put_in_its_place(reworded)
            return reworded

    def too_fast(self, team: str, person: str) -> str | None:
        """The sentence for somebody who asks faster than the settings let them; it counts as one question."""
        wait = self._buckets.take(f"{team} {person}")
        return messages.TOO_FAST.format(seconds=int(wait) + 1) if wait else None

    def _take(self, asked: Asked, keys: Sequence[str]) -> Question | Message | None:
        question = None
        try:
            with self._records.database.writing():
                if not self._records.first_sight(*keys) or self._is_settled(asked):
                    return None
                if (said_instead := self._said_instead(asked)) is not None:
                    if asked.thread is not None:  # the next question there needs no mention
                        self._records.called_into(asked.place, asked.thread)
                    return said_instead
                question = self._records.add(asked)
                self._put_in_its_place(question)
        except RetrievalError:
            if question is not None:  # its number will be another question's
                self._answering.conversations.forget(question.id)
            raise
        return question

    def _said_instead(self, asked: Asked) -> Message | None:
        """What is said to somebody whose words are not taken for a question."""
        if refusal := self.too_fast(asked.place.team, asked.person):
            return note(refusal)
        return instead_of_an_answer(asked.text)

    def _is_settled(self, asked: Asked) -> bool:
        """Whether a message asked already, as it was edited since, or was deleted before it was told of."""
        if asked.ts is None:
            return False
        records, place = self._records, asked.place
        return records.was_deleted(place, asked.ts) or records.asked_by_message(place, asked.ts) is not None

    def _put_in_its_place(self, question: Question) -> None:
        """Note on which question before it one leans; on none, nor one on it, where an edit left no question.

        Subtle: when it is taken in, since workers do not keep the order, and a restart forgets it.
        """
        if instead_of_an_answer(question.asked.text) is None:
            leans_on = self._answering.in_context(question).leans_on
        else:
            self._answering.conversations.forget(question.id)
            leans_on = None
        if leans_on != question.leans_on:
            self._records.leans(question.id, leans_on)
