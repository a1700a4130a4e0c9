"""People in Slack: they type, edit, delete, press buttons and fill in forms, and see what there is to see."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.workspace.limits import words
from bot.workspace.state import APP, BOT_ID, BOT_USER, TEAM, Channel, Message

if TYPE_CHECKING:
    from bot.workspace.slack import Slack


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a keyboard."""

    slack: Slack = field(repr=False)
    id: str
    name: str
    team: str = TEAM

    @property
    def dm(self) -> Channel:
        """Their direct messages with the bot."""
        return self.slack.direct(self.id)

    def says(
        self, channel: Channel, text: str, *, under: Message | None = None, attached: str | None = None
    ) -> Message:
        """Write a message, in the thread below another one if that is given, perhaps with a file."""
        thread = None if under is None else under.thread or under.ts
        message = Message(channel, self.slack.workspace.next_ts(), self.id, self._typed(text), thread=thread)
        self.slack.workspace.add(message)
        self.slack.tell_of_message(message, attached=attached)
        return message

    def edits(self, message: Message, text: str) -> None:
        """Write other words into one's message."""
        message.text, message.edited = self._typed(text), True
        changed = self._record(message) | {"edited": {"user": self.id, "ts": self.slack.workspace.next_ts()}}
        self._tell(message, {"subtype": "message_changed", "message": changed})

    def deletes(self, message: Message) -> None:
        """Delete one's message; where others stand below it, Slack leaves a tombstone."""
        below = any(m.thread == message.ts for m in self.slack.workspace.visible(message.channel.id))
        message.deleted = True
        if below:
            tombstone = {
                "type": "message",
                "subtype": "tombstone",
                "user": "USLACKBOT",
                "ts": message.ts,
                "thread_ts": message.ts,
            }
            self._tell(message, {"subtype": "message_changed", "message": tombstone, "hidden": True})
        else:
            self._tell(message, {"subtype": "message_deleted", "deleted_ts": message.ts, "hidden": True})
        self.slack.workspace.changed()

    def asks(self, channel: Channel, text: str) -> Message:
        """Type /ask; what one sees at once."""
        before = len(self._alone(channel, acknowledges=True))
        self.commands(channel, text)
        seen: list[Message] = self.slack.workspace.wait(
            lambda: self._alone(channel, acknowledges=True)[before:]
        )
        return seen[0]

    def commands(self, channel: Channel, text: str) -> Any:
        """Type /ask, and look at nothing."""
        payload = {
            "token": "unused", "team_id": channel.team, "team_domain": "skerryvane", "channel_id": channel.id,
            "channel_name": _name_for_commands(channel), "user_id": self.id, "user_name": self.name,
            "command": "/ask", "text": self._typed(text, names=True), "api_app_id": APP,
            "is_enterprise_install": "false", "trigger_id": self.slack.trigger(self.id),
            "response_url": self.slack.response_url(channel, self.id),
        }  # fmt: skip
        if self.slack.organisation is not None:
            payload |= {"enterprise_id": self.slack.organisation, "is_enterprise_install": "true"}
        return self.slack.deliver("slash_commands", payload)

    def chooses(self, message: Message, shortcut: str = "ask_about_message") -> None:
        """Choose a shortcut in a message's menu."""
        payload = self._interaction(message.channel) | {
            "type": "message_action", "callback_id": shortcut, "message_ts": message.ts,
            "message": self._record(message),
            "response_url": self.slack.response_url(message.channel, self.id),
        }  # fmt: skip
        self.slack.deliver("interactive", payload)

    def presses(self, message: Message, label: str, *, trigger_id: str | None = None) -> None:
        """Press a button below a message."""
        button, block = message.button(label)
        self.acts(message, {**button, "block_id": block}, trigger_id=trigger_id)

    def acts(self, message: Message, action: dict[str, Any], *, trigger_id: str | None = None) -> None:
        """Use an element of a message; `action` is the element, with its block and what was chosen."""
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel.id,
            "is_ephemeral": message.only_for is not None,
        }
        if message.thread is not None:
            container["thread_ts"] = message.thread
        payload = self._interaction(message.channel) | {
            "type": "block_actions", "container": container, "user": self._user,
            "response_url": self.slack.response_url(message.channel, self.id, message.thread),
            "actions": [{**action, "action_ts": message.ts}],
        }  # fmt: skip
        if message.only_for is None:
            payload["message"] = self._record(message)
        if trigger_id is not None:
            payload["trigger_id"] = trigger_id
        self.slack.deliver("interactive", payload)

    def fills_in(self, text: str | None = None, **more: str | None) -> None:
        """Write into the first field of the open form, and into others by their names, and send it.

        In a field of options a value is chosen; a field that is not named keeps what stands in it.
        """
        fields = [block for block in self.window["blocks"] if block["type"] == "input"]
        kept = {block["block_id"]: block["element"].get("initial_value") for block in fields}
        given = kept | ({fields[0]["block_id"]: text} if text is not None else {}) | more
        self.submits(
            {block["block_id"]: {block["element"]["action_id"]: given[block["block_id"]]} for block in fields}
        )

    def submits(self, given: Mapping[str, Mapping[str, Any]]) -> None:
        """Send the open form: what was written, by block and action.  What the bot answers happens to it."""
        view = self.window
        kinds = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
        values = {
            block: {action: _state(kinds[block], value) for action, value in entries.items()}
            for block, entries in given.items()
        }
        payload = {
            "type": "view_submission", **self.slack.origin(self.team), "user": self._user, "api_app_id": APP,
            "token": "unused", "trigger_id": self.slack.trigger(self.id),
            "view": {**view, "state": {"values": values}},
        }  # fmt: skip
        response = self.slack.deliver("interactive", payload, wait=True).response or {}
        action = response.get("response_action")
        if action == "errors":
            self.slack.workspace.form_errors[self.id] = dict(response["errors"])
            self.slack.workspace.changed()
        elif action == "update":
            self.slack.show_window(self.id, response["view"], instead_of=view)
        elif action == "push":
            self.slack.workspace.below.setdefault(self.id, []).append(view)
            self.slack.show_window(self.id, response["view"])
        elif self.slack.workspace.windows.get(self.id) is view:  # or the bot has opened another one since
            self.slack.close_window(self.id, all_of_them=action == "clear")

    def acts_in_window(self, action: dict[str, Any]) -> None:
        """Use an element of the open modal."""
        view = self.window
        payload = {
            key: value for key, value in self._interaction(self.dm).items() if key != "channel"
        } | {
            "type": "block_actions", "container": {"type": "view", "view_id": view["id"]}, "view": view,
            "actions": [{**action, "action_ts": self.slack.workspace.next_ts()}],
        }  # fmt: skip
        self.slack.deliver("interactive", payload)

    def opens_home(self, tab: str = "home") -> None:
        """Look at the bot's App Home, or at its messages."""
        event = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": self.dm.id,
            "tab": tab,
            "event_ts": "1",
        }
        self.slack.event(event, self.dm)

    @property
    def window(self) -> dict[str, Any]:
        """The window that is open in front of them."""
        view: dict[str, Any] = self.slack.workspace.wait(lambda: self.slack.workspace.windows.get(self.id))
        return view

    @property
    def home(self) -> str:
        """What stands in their App Home."""
        return words(self.slack.workspace.wait(lambda: self.slack.workspace.homes.get(self.id))["blocks"])

    def sees(self, channel: Channel) -> list[Message]:
        """The messages in a channel that only they can see, apart from what comes at once."""
        return self._alone(channel, acknowledges=False)

    def told(self, channel: Channel, number: int = 1, *, seconds: float = 20.0) -> Message:
        """The first message for them alone, or another one by its number."""
        seen: list[Message] = self.slack.workspace.wait(
            lambda: self.sees(channel)[number - 1 :], seconds=seconds
        )
        return seen[0]

    def replies(self, message: Message) -> list[Message]:
        """What the bot said in the thread of a message."""
        thread = message.thread or message.ts
        return [
            m for m in self.slack.workspace.visible(message.channel.id, thread=thread) if m.user == BOT_USER
        ]

    def reply(self, message: Message, number: int = 1, *, seconds: float = 20.0) -> Message:
        """The bot's first reply in the thread of a message, or another one by its number."""
        found: list[Message] = self.slack.workspace.wait(
            lambda: self.replies(message)[number - 1 :], seconds=seconds
        )
        return found[0]

    def _alone(self, channel: Channel, *, acknowledges: bool) -> list[Message]:
        with self.slack.workspace.change:
            return [
                message
                for message in self.slack.workspace.messages
                if message.channel is channel
                and message.only_for == self.id
                and message.acknowledges == acknowledges
            ]

    def _typed(self, text: str, *, names: bool = False) -> str:
        """As Slack passes on what was typed: its three characters as entities, names as IDs."""
        for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            text = text.replace(character, entity)
        ids = {name.lower(): user for user, name in self.slack.workspace.names.items()}

        def mention(found: re.Match[str]) -> str:
            user = ids.get(found[1].lower())
            if user is None:
                return found[0]
            return f"<@{user}|{found[1].lower()}>" if names else f"<@{user}>"

        return re.sub(r"@(\w+)", mention, text)

    def _record(self, message: Message) -> dict[str, Any]:
        record: dict[str, Any] = {
            "type": "message",
            "user": message.user,
            "text": message.text,
            "ts": message.ts,
            "team": self.team,
        }
        thread = self.slack.workspace.visible(message.channel.id, thread=message.ts)
        if message.thread is not None or any(below is not message for below in thread):
            record["thread_ts"] = message.root
        if message.user == BOT_USER:
            record |= {"bot_id": BOT_ID, "blocks": message.blocks}
        return record

    def _tell(self, message: Message, what: dict[str, Any]) -> None:
        channel = message.channel
        kind = "im" if channel.direct else "group" if channel.private else "channel"
        event = {
            "type": "message", "channel": channel.id, "channel_type": kind,
            "ts": self.slack.workspace.next_ts(), "event_ts": str(time.time()),
            "previous_message": {"user": self.id, "ts": message.ts}, **what,
        }  # fmt: skip
        if BOT_USER in channel.members:
            self.slack.event(event, channel)

    def _interaction(self, channel: Channel) -> dict[str, Any]:
        return {
            **self.slack.origin(channel.team),
            "user": {"id": self.id, "name": self.name, "team_id": self.team}, "api_app_id": APP,
            "token": "unused", "trigger_id": self.slack.trigger(self.id),
            "channel": {"id": channel.id, "name": "directmessage" if channel.direct else channel.name},
            "action_ts": secrets.token_hex(4),
        }  # fmt: skip

    @property
    def _user(self) -> dict[str, Any]:
        """What a press or a form says of them: an organisation's people are the organisation's there."""
        ours = self.slack.organisation is not None and self.team == TEAM
        return {"id": self.id, "name": self.name, "team_id": self.slack.organisation if ours else self.team}


def _state(element: Mapping[str, Any], value: str | None) -> dict[str, Any]:
    """What Slack sends back of a field."""
    if element["type"] == "static_select":
        chosen = next((each for each in element["options"] if each["value"] == value), None)
        return {"type": "static_select", "selected_option": chosen}
    return {"type": "plain_text_input", "value": value}


def _name_for_commands(channel: Channel) -> str:
    """What a command says of where it was given."""
    if channel.direct:
        return "directmessage"
    if channel.name.startswith("mpdm-"):  # a talk of several people, which Slack names after them
        return channel.name
    return "privategroup" if channel.private else channel.name
