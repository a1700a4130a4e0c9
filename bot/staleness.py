"""Answers that stand in Slack are kept true: marked when their document changes, withdrawn when it goes.

The store's log of changes tells which documents were touched, by whatever process; the records know which
answers show words of these, and which show a pinned answer: that is withdrawn when it was removed or expired.
A few are looked at every few seconds, so that a large sync does not use up what Slack lets a bot edit.  What
only one person sees cannot be edited and is left as it is.

But: an answer is not given anew; that is for whoever presses *Ask again*.
"""

from __future__ import annotations

import logging

from bot.asked import Asked
from bot.audience import Audience, Refused, Standing
from bot.composition import Workplace
from bot.delivery import OUT_OF_REACH
from bot.desk import Desk
from bot.errors import SlackRefuses, SlackTrouble
from bot.records.outcomes import still_says
from bot.records.posted import Due, Mark
from bot.records.questions import Question
from bot.views.blocks.stale import mark_in, marked, withdrawn
from retrieval.errors import RetrievalError

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
LOOKS = 3
"""Answers a look.  Slack takes about 50 edits a minute of a workspace's."""
LATER_SECONDS = 60.0


class Staleness:
    """Follows the store for a running bot."""

    def __init__(self, work: Workplace, desk: Desk) -> None:
        self._work = work
        self._desk = desk
        self._posted = desk.records.posted

    def look(self) -> None:
        """Note what has changed, see to some of the answers that this concerns, and come back soon."""
        try:
            self._follow()
            for due in self._posted.due(LOOKS):
                self._see_to(due)
        except RetrievalError as error:
            log.warning("changes cannot be followed: %s", error)
        finally:
            self._desk.errands.offer_later(self.look, LOOK_SECONDS)

    def _follow(self) -> None:
        store = self._work.store
        reached = self._posted.reached(store.identity)
        newest, documents = store.changes(reached)
        if newest != reached:
            self._posted.follow(store.identity, newest, documents)
        self._posted.pins_are(self._work.pins.current())

    def _see_to(self, due: Due) -> None:
        with self._desk.alone_with(due.number) as question:
            try:
                done = question is not None and self._bring_up_to_date(question, due)
            except SlackRefuses as error:
                if error.code in OUT_OF_REACH:
                    self._posted.drop(due.number)
                    return
                self._desk.errands.note_trouble(error)
                done = False
            except SlackTrouble as error:
                self._desk.errands.note_trouble(error)
                done = False
            except Exception:
                log.exception("an answer could not be looked at")
                done = False  # and it must not hold up the others
        if not done:
            self._posted.later(due, LATER_SECONDS)

    def _bring_up_to_date(self, question: Question, due: Due) -> bool:
        """Make the message of an answer say what became of its documents; False: not now."""
        if question.state != "answered" or question.answer_ts is None:
            return False  # it is being asked again
        store = self._work.store
        if due.pin is not None and due.pin not in self._work.pins.current():
            self._withdraw(question, "ended")
            return True
        documents = [store.document(each.document_id) for each in due.cited]
        if None in documents:
            self._withdraw(question, "gone")
            return True
        now = [document for document in documents if document is not None]
        same = [document.sha256 for document in now] == [each.version for each in due.cited]
        if same and due.mark is None:
            return self._mark(question, due, None)
        allowed = self._allowed(question.asked.later())
        if isinstance(allowed, Refused) and allowed.why.startswith("unknown"):
            return False
        seen = frozenset() if isinstance(allowed, Refused) else frozenset(allowed.collections)
        if any(document.collection not in seen for document in now):
            return self._mark(question, due, due.mark)  # of what may not be seen here, nothing is told
        assert question.outcome is not None
        stands = question.is_quoted and still_says(question.outcome, store.passages_of(now[0].id))
        return self._mark(question, due, "stands" if stands or same else "changed")

    def _allowed(self, asked: Asked) -> Audience | Refused:
        """What may be told where an answer stands: in a channel to its members, whoever asked."""
        standing: Standing | None = None if asked.place.channel.startswith("D") else "member"
        return self._desk.admission.allowed(
            asked.place, asked.person, sharing=asked.sharing, standing=standing, private=asked.private
        )

    def _mark(self, question: Question, due: Due, mark: Mark | None) -> bool:
        """Have the message say so; nothing is sent where it does already."""
        if mark is not None and mark != due.mark:
            asked, ts = question.asked, question.answer_ts
            assert ts is not None
            posting, channel = self._desk.lines.to(asked.place), asked.place.channel
            shown = posting.shown(channel, ts, thread=asked.thread)
            if shown is None:
                self._posted.drop(due.number)
                return True
            if mark_in(shown) != mark:  # else it was said just before a crash
                message = marked(shown, question.id, mark, answer=question.is_quoted)
                posting.update(channel, ts, message)
        self._posted.looked(due, mark)
        return True

    def _withdraw(self, question: Question, mark: Mark) -> None:
        """Take the words out of Slack."""
        asked, ts = question.asked, question.answer_ts
        assert ts is not None
        shared = asked.via == "share"
        message = withdrawn(
            question.id, asked.text if shared else None, asked.person if shared else None, mark
        )
        self._desk.lines.to(asked.place).update(asked.place.channel, ts, message)
        self._posted.drop(question.id)
