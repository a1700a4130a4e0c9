"""The shortcut in a message's menu, "Ask Quoth about this": the message's words are the question."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack

from bot.asked import Asked, words
from bot.delivery import whisper
from bot.desk import Desk
from bot.listeners.reading import place_of, sharing_of_command
from bot.views.blocks.notes import note


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
    if receipt is not None and receipt.refusal is not None:
        refusal = note(receipt.refusal)
        desk.errand(lambda: whisper(desk.lines.to(place), asked, refusal, mark="refusal"))
