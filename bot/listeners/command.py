"""/ask QUESTION, /ask help, /ask sources, /ask here: answered to one person only."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack
from slack_sdk.models.blocks import Block

from bot import messages
from bot.asked import Asked, words
from bot.audience import Audience, Refused
from bot.courtesies import bare, courtesy, without_courtesies
from bot.delivery import whisper
from bot.desk import Desk
from bot.listeners.reading import place_of, sharing_of_command
from bot.views.blocks.notes import MOST_ECHO, MOST_TITLES, help_message, note, sources_message
from bot.views.blocks.parts import Message, cut


def on_command(ack: Ack, body: dict[str, Any], *, desk: Desk) -> None:
    """The acknowledgement is the first message: "looking", or why not."""
    text = without_courtesies(words(str(body.get("text") or "")))
    place = place_of(body)
    if place is None:
        ack()
        return
    asked = Asked(
        place=place,
        person=str(body["user_id"]),
        text=text,
        via="command",
        response_url=body.get("response_url"),
        sharing=sharing_of_command(body.get("channel_name")),
    )
    if text in ("", "?") or courtesy(text) == "help":
        _acknowledge(ack, help_message())
        return
    if bare(text) == "sources":
        ack()
        desk.errand(lambda: _show_sources(desk, asked))
        return
    if bare(text) == "here":
        ack()
        desk.errand(lambda: _show_here(desk, asked))
        return
    receipt = desk.take(asked, f"command {body.get('trigger_id')}")
    if receipt is None:
        ack()
    elif receipt.refusal is not None:
        _acknowledge(ack, receipt.refusal)
    else:
        sentence = messages.LOOKING_QUEUED if receipt.ahead else messages.LOOKING
        _acknowledge(ack, note(sentence.format(question=cut(text, MOST_ECHO), ahead=receipt.ahead)))


def _acknowledge(ack: Ack, message: Message) -> None:
    blocks: list[dict[str, Any] | Block] = list(message.blocks)
    ack(text=message.text, blocks=blocks, response_type="ephemeral")


def _show_sources(desk: Desk, asked: Asked) -> None:
    allowed = desk.answering.allowed(asked)
    if isinstance(allowed, Refused):
        message = note(messages.REFUSED[allowed.why])
    else:
        message = sources_message(desk.answering.exhibition.sources(allowed.collections, most=MOST_TITLES))
    whisper(desk.lines.to(asked.place), asked, message, mark="sources")


def _show_here(desk: Desk, asked: Asked) -> None:
    """In a sentence: what may be quoted here, aloud and to this person; not what there is besides."""
    alone = desk.answering.allowed(asked)
    aloud = desk.answering.allowed(asked, private=False)
    if isinstance(alone, Refused):
        sentence = messages.REFUSED[alone.why]
    elif asked.place.channel.startswith("D"):
        sentence = messages.HERE_ALONE.format(documents=_documents(desk, alone))
    elif isinstance(aloud, Refused):
        sentence = (
            f"{messages.REFUSED[aloud.why]} {messages.HERE_ALONE.format(documents=_documents(desk, alone))}"
        )
    else:
        sentence = messages.HERE_BOTH.format(aloud=_documents(desk, aloud), alone=_documents(desk, alone))
    whisper(desk.lines.to(asked.place), asked, note(sentence), mark="here")


def _documents(desk: Desk, allowed: Audience) -> str:
    return messages.documents(len(desk.work.store.documents(allowed.collections)))
