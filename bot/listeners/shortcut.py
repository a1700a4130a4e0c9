"""The shortcut in a message's menu, "Ask Quoth about this": the message's words are the question."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack

from bot import messages
from bot.asked import Asked, words
from bot.delivery import whisper
from bot.desk import Desk
from bot.listeners.reading import place_of, sharing_of_command
from bot.views.blocks.notes import MOST_ECHO, note
from bot.views.blocks.parts import cut


def on_shortcut(ack: Ack, body: dict[str, Any], *, desk: Desk) -> None:
    """Answered to the person who chose it only."""
    ack()
    place = place_of(body)
    if place is None:
        return
    asked = Asked(
        place=place,
        person=str(body["user"]["id"]),
        text=words(str((body.get("message") or {}).get("text") or "")),
        via="shortcut",
        response_url=body.get("response_url"),
        sharing=sharing_of_command((body.get("channel") or {}).get("name")),
    )
    receipt = desk.take(asked, f"shortcut {body.get('trigger_id')}")
    if receipt is None:
        return
    sentence = receipt.refusal
    if sentence is None and receipt.ahead:  # else the answer comes as soon as this would
        sentence = messages.LOOKING_QUEUED.format(question=cut(asked.text, MOST_ECHO), ahead=receipt.ahead)
    if sentence is not None:
        at_once = note(sentence)
        desk.errand(lambda: whisper(desk.lines.to(place), asked, at_once, mark="at once"))
