"""What a listener could not do, told to whoever waits for it; and what nobody listens to."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

from slack_bolt import Ack, BoltResponse

from bot import messages
from bot.asked import Asked
from bot.delivery import whisper
from bot.desk import Desk
from bot.errors import SlackTrouble
from bot.listeners.reading import place_of, thread_of
from bot.views.blocks.notes import note

log = logging.getLogger(__name__)


def ignore(ack: Ack) -> None:
    """Acknowledge what nobody listens to."""
    ack()


def on_trouble(error: Exception, body: dict[str, Any], *, desk: Desk) -> BoltResponse:
    """A listener failed: a line in the log, and a sentence for the person, if there is one.

    Acknowledged all the same: Slack would only show its own error beside ours, or send it again.
    """
    _tell(error, body, desk)
    return BoltResponse(status=200, body="")


def _tell(error: Exception, body: dict[str, Any], desk: Desk) -> None:
    log.error("a listener failed: %s", type(error).__name__, exc_info=error)
    event = body.get("event") or {}
    person = body.get("user_id") or event.get("user") or (body.get("user") or {}).get("id")
    place = place_of(body)
    if not isinstance(person, str) or place is None or event.get("bot_id"):
        return
    asked = Asked(
        place=place,
        person=person,
        text="",
        via="command",
        thread=thread_of(body),
        response_url=body.get("response_url"),
    )

    def tell() -> None:
        with suppress(SlackTrouble):
            whisper(desk.lines.to(place), asked, note(messages.BROKEN), mark="trouble")

    desk.errand(tell)
