"""What a person sees of the workspace, as JSON: items by name, so that changes can be told.

But: how it looks is the page's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.workspace.people import Person
from bot.workspace.slack import Slack
from bot.workspace.state import BOT_USER, Channel, Message

Scene = dict[str, Any]


def scene(slack: Slack, person: Person) -> Scene:
    """Everything that somebody sees, by name."""
    workspace = slack.workspace
    with workspace.change:
        items: Scene = {
            "team": {
                "name": slack.team_name,
                "bot": BOT_USER,
                "you": person.id,
                "connected": bool(slack.sockets),
            },
            "people": dict(workspace.names),
            "app": {"commands": slack.commands, "shortcuts": slack.shortcuts},
            "traffic": slack.traffic.count,
            "window": _window(slack, person),
            "home": workspace.homes.get(person.id),
        }  # fmt: skip
        channels = [c for c in workspace.channels.values() if person.id in c.members]
        for channel in channels:
            items[f"channel {channel.id}"] = _channel(channel)
            items[f"prompts {channel.id}"] = workspace.prompts.get(channel.id, [])
        seen = {channel.id for channel in channels}
        threads = {(m.channel.id, m.thread) for m in workspace.messages if m.thread and not m.deleted}
        for message in workspace.messages:
            tombstone = message.deleted and (message.channel.id, message.ts) in threads
            if message.channel.id not in seen or message.only_for not in (None, person.id):
                continue
            if not message.deleted or tombstone:
                items[f"message {message.channel.id} {message.ts}"] = _message(message)
        for channel_id, thread, status in workspace.statuses:  # the last one counts
            if channel_id in seen:
                items[f"status {channel_id} {thread}"] = {
                    "channel": channel_id,
                    "thread": thread,
                    "text": status,
                }
    return items


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What must be set and what is gone to make one scene of another."""
    return {
        "set": {name: item for name, item in after.items() if name not in before or before[name] != item},
        "gone": [name for name in before if name not in after],
    }


def _channel(channel: Channel) -> dict[str, Any]:
    return {
        "id": channel.id, "name": channel.name, "topic": channel.topic, "private": channel.private,
        "direct": channel.direct, "members": sorted(channel.members),
    }  # fmt: skip


def _message(message: Message) -> dict[str, Any]:
    record: dict[str, Any] = {
        "channel": message.channel.id, "ts": message.ts, "user": message.user, "thread": message.thread,
        "alone": message.only_for is not None, "edited": message.edited or message.edits > 0,
        "deleted": message.deleted,
    }  # fmt: skip
    return record if message.deleted else record | {"text": message.text, "blocks": list(message.blocks)}


def _window(slack: Slack, person: Person) -> dict[str, Any] | None:
    view = slack.workspace.windows.get(person.id)
    if view is None:
        return None
    return {
        "view": view,
        "errors": slack.workspace.form_errors.get(person.id, {}),
        "below": len(slack.workspace.below.get(person.id, [])),
    }
