"""The buttons below an answer, and the form that one of them opens."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack

from bot.aftermath import Aftermath, Press
from bot.listeners.reading import place_of
from bot.views.blocks.modals import MOST_REASON, REASON_BLOCK, REASON_INPUT
from retrieval.text import normalise


def on_helpful(ack: Ack, body: dict[str, Any], *, aftermath: Aftermath) -> None:
    ack()
    if (press := _press(body)) is not None:
        aftermath.helpful(press)


def on_not_helpful(ack: Ack, body: dict[str, Any], *, aftermath: Aftermath) -> None:
    ack()
    if (press := _press(body)) is not None:
        aftermath.not_helpful(press)


def on_more(ack: Ack, body: dict[str, Any], *, aftermath: Aftermath) -> None:
    ack()
    if (press := _press(body)) is not None:
        aftermath.more(press)


def on_why(ack: Ack, body: dict[str, Any], *, aftermath: Aftermath) -> None:
    ack()
    if (press := _press(body)) is not None:
        aftermath.why(press)


def on_share(ack: Ack, body: dict[str, Any], *, aftermath: Aftermath) -> None:
    ack()
    if (press := _press(body)) is not None:
        aftermath.share(press)


def on_again(ack: Ack, body: dict[str, Any], *, aftermath: Aftermath) -> None:
    ack()
    if (press := _press(body)) is not None:
        aftermath.again(press)


def on_reason(ack: Ack, body: dict[str, Any], *, aftermath: Aftermath) -> None:
    """The form came back; what stands in it may be empty."""
    ack()
    view = body["view"]
    value = view["state"]["values"].get(REASON_BLOCK, {}).get(REASON_INPUT, {}).get("value")
    number, team = view.get("private_metadata"), (body.get("team") or {}).get("id")
    if str(number).isdecimal() and isinstance(team, str):
        reason = normalise(str(value or ""))[:MOST_REASON]
        aftermath.reason(int(number), team, str(body["user"]["id"]), reason)


def _press(body: dict[str, Any]) -> Press | None:
    """Which button was pressed where; None if it is none of ours."""
    place, value = place_of(body), str(body["actions"][0].get("value") or "")
    if place is None or not value.isdecimal() or len(value) > 18:
        return None
    message, container = body.get("message") or {}, body.get("container") or {}
    return Press(
        place=place,
        person=str(body["user"]["id"]),
        number=int(value),
        trigger_id=str(body.get("trigger_id") or ""),
        response_url=body.get("response_url"),
        thread=message.get("thread_ts") or container.get("thread_ts"),
    )
