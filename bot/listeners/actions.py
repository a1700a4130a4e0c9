"""The buttons below an answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack

from bot.listeners.reading import place_of, thread_of
from bot.press import Press

_VALUE = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,9}))?")
"""A question's number and the revision that the message answers; an earlier version's buttons name none."""


def on_press(ack: Ack, body: dict[str, Any], *, do: Callable[[Press], None]) -> None:
    """A button of ours; `do` is what it asks for."""
    ack()
    if (press := _press(body)) is not None:
        do(press)


def _press(body: dict[str, Any]) -> Press | None:
    """Which button was pressed where; None if it is none of ours."""
    place, value = place_of(body), str(body["actions"][0].get("value") or "")
    found = _VALUE.fullmatch(value)
    if place is None or found is None:
        return None
    number, revision = found.groups()
    return Press(
        place=place,
        person=str(body["user"]["id"]),
        number=int(number),
        revision=None if revision is None else int(revision),
        trigger_id=str(body.get("trigger_id") or ""),
        response_url=body.get("response_url"),
        thread=thread_of(body),
    )
