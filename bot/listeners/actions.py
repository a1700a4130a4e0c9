"""The buttons below an answer."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack

from bot.aftermath import Aftermath
from bot.listeners.reading import place_of
from bot.passing_on import PassingOn
from bot.press import Press


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


def on_ask(ack: Ack, body: dict[str, Any], *, passing_on: PassingOn) -> None:
    ack()
    if (press := _press(body)) is not None:
        passing_on.offer(press)


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
