"""Mentions and messages: asked in a channel, in a thread where the bot was asked before, in a direct message.

Edits and deletions come as messages, too.  What bots say, and what is no question to this one, is ignored.
"""

from __future__ import annotations

from typing import Any

from bot import messages
from bot.asked import Asked, Via, mentions, reads_like_a_question, words
from bot.courtesies import courtesy, without_courtesies
from bot.desk import Desk
from bot.listeners.reading import place_of, sharing_of_event
from bot.views.blocks.notes import note

SAID = (None, "file_share", "thread_broadcast")
"""Subtypes of messages that a person wrote; all others are joins, topics and the like."""


def on_mention(body: dict[str, Any], *, desk: Desk) -> None:
    """Somebody wrote @quoth."""
    event = body["event"]
    if not _by_a_person(event):
        return
    _take(body, event, "mention", desk)


def on_message(body: dict[str, Any], context: dict[str, Any], *, desk: Desk) -> None:
    """Any message that the bot may see."""
    event = body["event"]
    subtype = event.get("subtype")
    if subtype == "message_deleted":
        _deleted(body, str(event.get("deleted_ts") or ""), desk)
    elif subtype == "message_changed":
        _changed(body, event, str(context.get("bot_user_id")), desk)
    elif subtype in SAID and _by_a_person(event):
        via = _meant(body, event, str(context.get("bot_user_id")), desk)
        if via is not None:
            _take(body, event, via, desk)


def _meant(body: dict[str, Any], event: dict[str, Any], bot: str, desk: Desk) -> Via | None:
    """In which way a message is a question to the bot; None if it is none."""
    text = str(event.get("text") or "")
    thread, place = event.get("thread_ts"), place_of(body)
    if event.get("channel_type") == "im":
        if place is not None and thread and desk.requests.begins(place.team, place.channel, str(thread)):
            return None  # a person who was asked replies to whoever wants to know
        return "direct"
    mentioned = mentions(text)
    if bot in mentioned:
        return "mention"
    if thread is None or place is None or mentioned or not reads_like_a_question(text):
        return None
    if courtesy(words(text)) is not None:
        return None  # "How are you?": perhaps people greet each other
    return "thread" if desk.records.listens_in(place, str(thread)) else None


def _take(body: dict[str, Any], event: dict[str, Any], via: Via, desk: Desk) -> None:
    place, ts = place_of(body), event.get("ts")
    if place is None or ts is None:
        return
    text = words(str(event.get("text") or ""))
    if courtesy(text) == "emoji":
        return  # a nod, to which nobody wants an answer
    asked = Asked(
        place=place,
        person=str(event["user"]),
        text=without_courtesies(text),
        via=via,
        ts=str(ts),
        thread=str(event.get("thread_ts") or ts),
        sharing=sharing_of_event(body),
        edit=_edit(event),
    )
    keys = [f"message {place.team} {place.channel} {ts} {asked.edit or ''}".rstrip()]  # an edit is new
    if body.get("event_id"):
        keys.append(f"event {place.team} {body['event_id']}")
    if desk.take(asked, *keys) is not None and event.get("files"):
        sentence = note(messages.ATTACHED)
        thread = event.get("thread_ts")  # in one that begins here, Slack shows nobody what is for them alone
        desk.errand(
            lambda: desk.lines.to(place).whisper(place.channel, asked.person, sentence, thread=thread)
        )


def _changed(body: dict[str, Any], event: dict[str, Any], bot: str, desk: Desk) -> None:
    """An edit.  A deleted message that has answers below it comes as an edit, too: as a "tombstone"."""
    message = event.get("message") or {}
    place, ts = place_of(body), message.get("ts")
    if place is None or ts is None:
        return
    if message.get("subtype") == "tombstone":
        _deleted(body, str(ts), desk)
        return
    question = desk.records.asked_by_message(place, str(ts))
    if question is not None:
        if not question.asked.text and not message.get("edited"):
            return  # its words are not kept, and a link that unfolds says them again
        seen = f"event {place.team} {body.get('event_id')}"
        text = without_courtesies(words(str(message.get("text") or "")))
        desk.reword(question, text, seen, edit=_edit(message))
        return
    if _by_a_person(message) and message.get("edited"):  # a link that unfolds was told of before
        whole = {"channel": event.get("channel"), "channel_type": event.get("channel_type"), **message}
        via = _meant(body, whole, bot, desk)
        if via in ("mention", "direct"):
            _take(body, whole, via, desk)


def _deleted(body: dict[str, Any], ts: str, desk: Desk) -> None:
    place = place_of(body)
    if place is not None:
        desk.take_back(place, ts)


def _edit(message: dict[str, Any]) -> str | None:
    """When a message was edited last, as Slack says it; None if never."""
    return (message.get("edited") or {}).get("ts")


def _by_a_person(event: dict[str, Any]) -> bool:
    return not event.get("bot_id") and not event.get("bot_profile") and isinstance(event.get("user"), str)
