"""Reading what Slack sends: where it happened, and whether the channel is shared.

But: nothing is looked up here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.asked import Place, Sharing

Body = Mapping[str, Any]


def place_of(body: Body) -> Place | None:
    """The workspace and the channel of an event, command or interaction; None for what has no channel.

    Where a whole organisation has the app, an interaction names no workspace but that of the person; never
    that of the message, which may be another company's.
    """
    event = body.get("event") or {}
    authorizations = body.get("authorizations") or [{}]
    person = body.get("user") or {}
    team = (
        authorizations[0].get("team_id")
        or body.get("team_id")
        or _id(body.get("team"))
        or person.get("team_id")
    )
    enterprise = (
        authorizations[0].get("enterprise_id") or body.get("enterprise_id") or _id(body.get("enterprise"))
    )
    channel = body.get("channel_id") or _id(body.get("channel")) or event.get("channel")
    if not isinstance(team, str) or not isinstance(channel, str):
        return None
    return Place(team=team, channel=channel, enterprise=enterprise or None)


def thread_of(body: Body) -> str | None:
    """The thread of a message that was pressed or chosen; None for one that begins it or stands alone."""
    message, container = body.get("message") or {}, body.get("container") or {}
    thread = message.get("thread_ts") or container.get("thread_ts")
    itself = message.get("ts") or container.get("message_ts")
    return None if thread in (None, itself) else str(thread)


def sharing_of_event(body: Body) -> Sharing | None:
    """Whether an event's channel is shared with another company, as the event itself says."""
    shared = body.get("is_ext_shared_channel")
    if shared is None:
        return None
    return "shared" if shared else "inside"


def sharing_of_command(channel_name: object) -> Sharing | None:
    """A command in a talk between people, which the bot cannot look into, has only its name to tell it."""
    if channel_name == "directmessage" or str(channel_name).startswith("mpdm-"):
        return "hidden"
    return None


def _id(value: object) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("id")
    return value if isinstance(value, str) else None
