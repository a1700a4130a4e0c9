"""Slack says that a person or a channel is not what it was: what is known of them is looked up anew."""

from __future__ import annotations

from typing import Any

from bot.desk import Desk


def on_user_change(body: dict[str, Any], *, desk: Desk) -> None:
    """A profile changed; perhaps a member became a guest."""
    desk.admission.people.forget(str((body["event"].get("user") or {}).get("id")))


def on_sharing_change(body: dict[str, Any], *, desk: Desk) -> None:
    """A channel is shared with another company, or not any more."""
    desk.admission.channels.forget(str(body["event"].get("channel")))
