"""What the Web API refuses, and with which word: scopes, channels, triggers, Slack's limits.

But: what a method does is in `web_api.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.workspace import limits
from bot.workspace.state import BOT_USER, Channel, Message

if TYPE_CHECKING:
    from bot.workspace.slack import Slack

Arguments = Mapping[str, Any]


class ApiError(Exception):
    """Answered as {"ok": false, "error": code}."""

    def __init__(self, code: str, **more: str) -> None:
        super().__init__(code)
        self.record = {"ok": False, "error": code, **more}


def need(slack: Slack, method: str, scope: str) -> None:
    """Raises ApiError without a scope."""
    if scope not in slack.scopes:
        slack.complain(f"{method} needs {scope}")
        raise ApiError("missing_scope", needed=scope)


def spend_trigger(slack: Slack, given: Arguments) -> str:
    """Whose press it was.  Raises ApiError where that is too long ago."""
    person = slack.spend_trigger(str(given.get("trigger_id")))
    if person is None:
        raise ApiError("expired_trigger_id")
    return person


def writable(slack: Slack, wanted: object) -> Channel:
    """A channel that the bot may post in; a person's ID means the direct messages with them."""
    name = str(wanted or "")
    if re.fullmatch(r"[UW]\w+", name) and name in slack.workspace.names:
        return slack.direct(name)
    channel = slack.workspace.channels.get(name)
    if channel is None or (channel.private and BOT_USER not in channel.members):
        raise ApiError("channel_not_found")
    if channel.archived:
        raise ApiError("is_archived")
    if BOT_USER not in channel.members:
        raise ApiError("not_in_channel")
    return channel


def readable(slack: Slack, wanted: object) -> Channel:
    """A channel that the bot may read."""
    channel = slack.workspace.channels.get(str(wanted or ""))
    if channel is None or (channel.private and BOT_USER not in channel.members):
        raise ApiError("channel_not_found")
    if BOT_USER not in channel.members:
        raise ApiError("not_in_channel")
    return channel


def own_message(slack: Slack, given: Arguments, code: str) -> Message:
    """A message of the bot's; any other is refused with that code."""
    message = slack.workspace.find(str(given.get("channel")), str(given.get("ts")))
    if message is None:
        raise ApiError("message_not_found")
    if message.user != BOT_USER:
        raise ApiError(code)
    return message


def check_message(slack: Slack, method: str, given: Arguments) -> None:
    """Raises ApiError for a message that Slack would refuse."""
    problems = limits.message_problems(given.get("text"), given.get("blocks") or [])
    if method == "chat.postMessage" and (
        given.get("unfurl_links") is not False or given.get("unfurl_media") is not False
    ):
        slack.complain(f"{method}: links may unfold")
    if problems:
        slack.complain(f"{method}: {problems}")
        raise ApiError("invalid_blocks")


def check_view(slack: Slack, method: str, given: Arguments) -> None:
    """The same for a view."""
    problems = limits.view_problems(given.get("view") or {})
    if problems:
        slack.complain(f"{method}: {problems}")
        raise ApiError("invalid_arguments")


def in_time(message: Message, given: Arguments) -> bool:
    """Whether a message lies between `oldest` and `latest`; these belong to it if `inclusive` is said."""
    ts, oldest, latest = (
        float(each) for each in (message.ts, given.get("oldest") or 0, given.get("latest") or "inf")
    )
    inclusive = str(given.get("inclusive")).lower() in ("1", "true")
    return oldest <= ts <= latest if inclusive else oldest < ts < latest


def record(message: Message) -> dict[str, Any]:
    """A message as the Web API gives it."""
    found: dict[str, Any] = {"type": "message", "ts": message.ts, "user": message.user, "text": message.text}
    if message.thread is not None:
        found["thread_ts"] = message.thread
    if message.blocks:
        found["blocks"] = message.blocks
    return found
