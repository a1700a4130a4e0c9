"""What a workspace is made of: channels, messages, what one person sees alone.

But: who may do what is the Web API's to decide, and what happens then is Slack's.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.workspace.limits import words

MOST_MESSAGES = 1_000
"""How many messages a channel keeps; the thread that was silent for longest goes first."""
MOST_STATUSES = 500
TEAM, BOT_USER, BOT_ID, APP = "T0SKERRY", "U0QUOTH", "B0QUOTH", "A0QUOTH"


@dataclass(slots=True)
class Channel:
    """A channel.  `members`: the people who see it; the bot is one if it was invited."""

    id: str
    name: str
    members: set[str]
    topic: str = ""
    private: bool = False
    shared: bool = False
    archived: bool = False
    team: str = TEAM

    @property
    def direct(self) -> bool:
        return self.id.startswith("D")


@dataclass(slots=True)
class Message:
    """A message.  `only_for`: the one person who sees it, where it is ephemeral."""

    channel: Channel
    ts: str
    user: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    thread: str | None = None
    only_for: str | None = None
    acknowledges: bool = False  # it came as the acknowledgement of a command
    deleted: bool = False
    edited: bool = False  # by the person who wrote it
    edits: int = 0
    posted: float = field(default_factory=time.monotonic)

    @property
    def root(self) -> str:
        """The message that begins its thread; it may be this one."""
        return self.thread or self.ts

    @property
    def words(self) -> str:
        """What a person reads of it."""
        return words(self.blocks) if self.blocks else self.text

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons."""
        return [
            element["text"]["text"]
            for block in self.blocks
            if block["type"] == "actions"
            for element in block["elements"]
        ]

    def button(self, label: str) -> tuple[dict[str, Any], str]:
        """The button with that label, and its block."""
        for block in self.blocks:
            for element in block.get("elements", []) if block["type"] == "actions" else []:
                if element["text"]["text"] == label:
                    return element, block.get("block_id", "")
        raise AssertionError(f"no button {label!r}; there are {self.buttons}")


class Workspace:
    """The state of a workspace, and a way to wait for it to change."""

    def __init__(self, *, most_messages: int = MOST_MESSAGES) -> None:
        self._most_messages = most_messages
        self.change = threading.Condition()
        self.channels: dict[str, Channel] = {}
        self.messages: list[Message] = []
        self.names: dict[str, str] = {BOT_USER: "quoth"}
        self.windows: dict[str, dict[str, Any]] = {}  # the open modal of each person
        self.below: dict[str, list[dict[str, Any]]] = {}  # the modals that it lies on
        self.form_errors: dict[str, dict[str, str]] = {}  # what the bot says is wrong in it, by block
        self.homes: dict[str, dict[str, Any]] = {}
        self.statuses: deque[tuple[str, str, str]] = deque(maxlen=MOST_STATUSES)
        self.prompts: dict[str, list[dict[str, str]]] = {}
        self._clock = 0
        self._views = 0
        self.version = 0  # grows with every change

    def next_ts(self) -> str:
        with self.change:
            self._clock = max(self._clock + 100, time.time_ns() // 1000)
            return f"{self._clock // 1_000_000}.{self._clock % 1_000_000:06d}"

    def new_view(self, view: Mapping[str, Any]) -> dict[str, Any]:
        """A view with an ID of its own."""
        with self.change:
            self._views += 1
            return {**view, "id": f"V{self._views:05d}", "team_id": TEAM}

    def add(self, message: Message) -> Message:
        with self.change:
            self.messages.append(message)
            self._forget(message)
            self.changed()
        return message

    def _forget(self, newest: Message) -> None:
        """Make room in the channel of the newest message.

        A thread goes as a whole, so that no reply is left alone; one that fills its channel loses replies.
        """
        here = [message for message in self.messages if message.channel is newest.channel]
        while len(here) > self._most_messages:
            latest = {message.root: message.ts for message in here}
            silent = min(latest, key=lambda root: float(latest[root]))
            thread = here[1:2] if silent == newest.root else [m for m in here if m.root == silent]
            gone = {message.ts for message in thread}
            here = [message for message in here if message.ts not in gone]
            self.messages = [message for message in self.messages if message.ts not in gone]

    def changed(self) -> None:
        """Something else was changed."""
        with self.change:
            self.version += 1
            self.change.notify_all()

    def is_newer(self, version: int) -> bool:
        """Whether something was changed since."""
        return self.version != version

    def find(self, channel: str, ts: str) -> Message | None:
        """The public message with that timestamp."""
        with self.change:
            for message in self.messages:
                if (message.channel.id, message.ts) == (channel, ts) and message.only_for is None:
                    return None if message.deleted else message
        return None

    def visible(self, channel: str, *, thread: str | None = None) -> Iterator[Message]:
        """The public messages of a channel (of a thread in it), the oldest first."""
        with self.change:
            found = [
                message
                for message in self.messages
                if message.channel.id == channel
                and message.only_for is None
                and not message.deleted
                and (thread is None or thread in (message.ts, message.thread))
            ]
        return iter(found)

    def wait(self, what: Callable[[], Any], *, seconds: float = 20.0) -> Any:
        """Wait until something is so; what it is.  Fails if it does not come."""
        deadline = time.monotonic() + seconds
        with self.change:
            while not (found := what()):
                assert time.monotonic() < deadline, "what was waited for did not come"
                self.change.wait(0.05)  # some things change without a word
        return found
