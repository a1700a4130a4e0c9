"""The shortcuts in a message's menu: its words are a question, or they are an answer to be pinned."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack

from bot import messages
from bot.asked import Asked, words
from bot.courtesies import without_courtesies
from bot.delivery import whisper
from bot.desk import Desk
from bot.listeners.reading import place_of, sharing_of_command, thread_of
from bot.pinning import Pinning, SaidReply
from bot.press import Press
from bot.views.blocks.notes import MOST_ECHO, note
from bot.views.blocks.parts import cut


def on_shortcut(ack: Ack, body: dict[str, Any], *, desk: Desk) -> None:
    """Answered to the person who chose it only, in the thread of the message."""
    ack()
    place = place_of(body)
    if place is None:
        return
    asked = Asked(
        place=place,
        person=str(body["user"]["id"]),
        text=without_courtesies(words(str((body.get("message") or {}).get("text") or ""))),
        via="shortcut",
        thread=thread_of(body),
        response_url=body.get("response_url"),
        sharing=sharing_of_command((body.get("channel") or {}).get("name")),
    )
    receipt = desk.take(asked, f"shortcut {body.get('trigger_id')}")
    if receipt is None:
        return
    at_once = receipt.refusal
    if at_once is None and receipt.ahead:  # else the answer comes as soon as this would
        question = cut(asked.text, MOST_ECHO)
        at_once = note(messages.LOOKING_QUEUED.format(question=question, ahead=receipt.ahead))
    if at_once is not None:
        desk.errand(lambda: whisper(desk.lines.to(place), asked, at_once, mark="at once"))


def on_pin(ack: Ack, body: dict[str, Any], *, pinning: Pinning) -> None:
    """A reply that a person wrote in a thread."""
    ack()
    place, message = place_of(body), body.get("message") or {}
    if place is None:
        return
    author, thread = message.get("user"), thread_of(body)
    by_a_person = isinstance(author, str) and not message.get("bot_id")
    reply = None
    if by_a_person and thread is not None:
        reply = SaidReply(person=str(author), channel=place.channel, thread=thread, ts=str(message.get("ts")))
    press = Press(
        place=place,
        person=str(body["user"]["id"]),
        number=0,
        trigger_id=str(body.get("trigger_id") or ""),
        response_url=body.get("response_url"),
        thread=thread,
    )
    pinning.offer(press, reply, str(message.get("text") or ""))
