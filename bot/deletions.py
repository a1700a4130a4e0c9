"""Answers to questions that were taken back leave Slack.

What is still to be deleted stands in the records until Slack has done it.  So what Slack does not take at
once is tried again within minutes, and after that now and then, also by the next start.

But: that a question was taken back, and that its words go, is the desk's and the records' business.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

from bot.delivery import OUT_OF_REACH
from bot.errands import Errands
from bot.errors import SlackRefuses, SlackTrouble
from bot.records.questions import Question
from bot.records.records import Records
from bot.slack.lines import Lines

SOON_SECONDS = (10.0, 30.0, 60.0, 120.0)
"""When a deletion is tried again that Slack did not take; it was tried three times within seconds before."""
NOW_AND_THEN_SECONDS = 300.0
"""How often all that is left is tried."""
AT_ONCE = 10
PAUSE_SECONDS = 15.0
"""So many of them, and then this pause: Slack takes about 50 a minute of a workspace's."""
IN_VAIN = OUT_OF_REACH | {"cant_delete_message", "compliance_exports_prevent_deletion"}

Alone = Callable[[int], AbstractContextManager[Question | None]]
"""A question as it stands, while nobody else answers, rewords or removes it."""


class Deletions:
    """Deletes them for a running bot; safe to share between threads."""

    def __init__(self, records: Records, lines: Lines, errands: Errands, alone_with: Alone) -> None:
        self._records, self._lines = records, lines
        self._errands, self._alone_with = errands, alone_with

    def soon(self, number: int, attempt: int = 0) -> None:
        """Delete the answer to a question now or within minutes."""
        if not self._delete(number) and attempt < len(SOON_SECONDS):
            self._errands.offer_later(partial(self.soon, number, attempt + 1), SOON_SECONDS[attempt])

    def look(self, after: int = 0) -> None:
        """Delete some of what is left, of the questions after that one, and come back for the others."""
        then, seconds = 0, NOW_AND_THEN_SECONDS
        try:
            left = self._records.to_delete(after=after, most=AT_ONCE)
            if len(left) == AT_ONCE:
                then, seconds = left[-1], PAUSE_SECONDS
            for number in left:
                self._delete(number)
        finally:
            self._errands.offer_later(partial(self.look, then), seconds)

    def _delete(self, number: int) -> bool:
        """Whether there is nothing to delete any more, or nothing that could ever be."""
        with self._alone_with(number) as question:
            if question is None or question.state != "removed" or question.answer_ts is None:
                return True
            place = question.asked.place
            try:
                self._lines.to(place).delete(place.channel, question.answer_ts)
            except SlackTrouble as error:
                self._errands.note_trouble(error)
                if not (isinstance(error, SlackRefuses) and error.code in IN_VAIN):
                    return False
            self._records.deleted(number)
            return True
