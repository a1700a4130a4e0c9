"""Errands: what Slack must be asked for outside the listeners, beside the answers: a status, a window.

But: answers have a queue of their own, which is the desk's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from bot.errors import SlackRefuses, SlackTrouble
from bot.slack.posting import SIGNED_OUT
from bot.work_queue import WorkQueue

log = logging.getLogger(__name__)

WORKERS = 4
ROOM = 1_000

Errand = Callable[[], object]


class Errands(WorkQueue[Errand]):
    """The queue of errands; what Slack does not do of them is in the log."""

    def __init__(self, *, many_workspaces: bool) -> None:
        self.signed_out = False  # Slack does not take the token of the one workspace any more
        self._many_workspaces = many_workspaces
        super().__init__("errand", self._go, workers=WORKERS, room=ROOM)

    def send(self, errand: Errand) -> None:
        """Do it soon."""
        if self.offer(errand) is None:
            log.error("too many errands: one is left undone")

    def note_trouble(self, error: SlackTrouble) -> None:
        """Log what Slack did not do; that it has signed the bot out, once.

        Of many workspaces one may do so: the others are heard and answered.
        """
        if isinstance(error, SlackRefuses) and error.code in SIGNED_OUT and not self._many_workspaces:
            with self._change:
                known, self.signed_out = self.signed_out, True
            if not known:
                log.error("Slack does not take our token any more (%s); run quoth doctor", error.code)
            return
        log.error("%s", error)

    def _go(self, errand: Errand) -> None:
        try:
            errand()
        except SlackTrouble as error:
            self.note_trouble(error)
