"""Slack itself: tokens, response_urls, triggers and windows, people and places, and which events there are.

But: how events reach the app is the wire's business, and what requests do the Web API's.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.workspace import limits
from bot.workspace.people import Person
from bot.workspace.server import Handler, Server
from bot.workspace.state import BOT_ID, BOT_USER, TEAM, Channel, Message
from bot.workspace.wire import MOST_KEPT, Wire

T = TypeVar("T")

RESPONSES = 5
RESPONSE_SECONDS = 30 * 60.0
TRIGGER_SECONDS = 3.0


@dataclass(slots=True)
class ResponseUrl:
    """Where an answer to a command or a press may be sent."""

    channel: Channel
    person: str
    made: float
    thread: str | None = None  # in which what was pressed stands
    uses: int = 0


class Slack(Wire):
    """A workspace with one app installed; `manifest` is the app's, as it was pasted."""

    def __init__(self, manifest: Mapping[str, Any], *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: by which response_urls and triggers age."""
        super().__init__()
        self._clock = clock
        self.scopes = set(manifest["oauth_config"]["scopes"]["bot"])
        self.events = set(manifest["settings"]["event_subscriptions"]["bot_events"])
        self.bot_token = f"xoxb-{secrets.token_hex(8)}"
        self.app_token = f"xapp-{secrets.token_hex(8)}"
        self.bot_tokens = {self.bot_token}
        self.client_id, self.client_secret = "1234.5678", secrets.token_hex(16)
        self.codes: set[str] = set()
        self.refresh_tokens: dict[str, str] = {}  # to the token that it replaces
        self.token_seconds: int | None = None  # how long a new token lives
        self.revoked = False
        self.team_name = "Skerryvane"
        self.shortcuts = list(manifest["features"]["shortcuts"])
        self.commands = list(manifest["features"]["slash_commands"])
        self.profiles: dict[str, dict[str, Any]] = {}  # what users.info says of people
        self.calls: deque[tuple[str, Any]] = deque(maxlen=MOST_KEPT)
        self._responses: dict[str, ResponseUrl] = {}
        self._triggers: dict[str, tuple[str, float]] = {}
        self._numbers = 0
        self._server = Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="slack", daemon=True
        )

    # The rim: addresses, starting, stopping.

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def api_url(self) -> str:
        return f"http://{self.address}/api/"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        for connection in list(self.sockets):
            connection.close()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    # People and places.

    def person(
        self, name: str, *, guest: bool = False, admin: bool = False, team: str = TEAM, stranger: bool = False
    ) -> Person:
        """Somebody new.  `stranger`: of another company, met in a channel that is shared with it."""
        with self._guard:
            self._numbers += 1
            user = f"U{self._numbers:03d}{name.upper()}"
            self.workspace.names[user] = name
            self.profiles[user] = {
                "id": user, "team_id": team, "name": name.lower(), "real_name": name, "deleted": False,
                "is_admin": admin, "is_owner": False, "is_bot": False,
                "is_restricted": guest, "is_ultra_restricted": False, "is_stranger": stranger,
            }  # fmt: skip
            if self.organisation is not None and team == TEAM:
                self.profiles[user]["enterprise_user"] = {"id": user, "enterprise_id": self.organisation}
        return Person(self, user, name, team)

    def channel(
        self, name: str, *members: Person, topic: str = "", bot: bool = True, private: bool = False,
        shared: bool = False, team: str = TEAM,
    ) -> Channel:  # fmt: skip
        with self._guard:
            self._numbers += 1
            identity = f"C{self._numbers:03d}{name.upper()[:8].replace('-', '')}XXXX"
        people = {member.id for member in members} | ({BOT_USER} if bot else set())
        channel = Channel(identity, name, people, topic, private=private, shared=shared, team=team)
        self.workspace.channels[identity] = channel
        return channel

    def origin(self, team: str) -> dict[str, Any]:
        """Where an interaction says it comes from: no workspace, if a whole organisation has the app."""
        whole = self.organisation is not None
        return {
            "team": None if whole else {"id": team, "domain": "skerryvane"},
            "enterprise": {"id": self.organisation, "name": self.team_name} if whole else None,
            "is_enterprise_install": whole,
        }

    def direct(self, user: str) -> Channel:
        """The direct messages between a person and the bot."""
        identity = f"D{user[1:]}"
        with self._guard:
            if identity not in self.workspace.channels:
                self.workspace.channels[identity] = Channel(
                    identity, "directmessage", {user, BOT_USER}, private=True, team=self._team(user)
                )
        return self.workspace.channels[identity]

    def _team(self, user: str) -> str:
        """Whose bot a person talks to: a stranger to that of the company that they work with."""
        profile = self.profiles.get(user, {})
        return TEAM if profile.get("is_stranger") else str(profile.get("team_id", TEAM))

    # What it was asked for.

    def treat(self, handler: Handler, name: str, work: Callable[[], Any]) -> None:
        """Answer a request of a method (or of "response_url"); `work` does it, and returns the answer."""
        del name
        handler.respond(work())

    def count(self, method: str) -> int:
        """How often a method was called."""
        return sum(1 for name, _ in list(self.calls) if name == method)

    # What interactions carry.

    def response_url(self, channel: Channel, person: str, thread: str | None = None) -> str:
        key, now = secrets.token_hex(8), self._clock()
        with self._guard:
            _forget(self._responses, lambda each: now - each.made >= RESPONSE_SECONDS)
            self._responses[key] = ResponseUrl(channel, person, now, thread)
        return f"http://{self.address}/response/{key}"

    def expire_response_urls(self) -> None:
        """As after 30 minutes."""
        self._responses.clear()

    def use_response_url(self, key: str, body: Mapping[str, Any]) -> int:
        response = self._responses.get(key)
        if response is None or self._clock() - response.made >= RESPONSE_SECONDS:
            return 404
        problems = limits.message_problems(body.get("text"), body.get("blocks") or [])
        if problems:
            self.complain(f"response_url: {problems}")
            return 400
        response.uses += 1
        if response.uses == RESPONSES:
            self._responses.pop(key, None)
        public = body.get("response_type") == "in_channel"
        if response.thread is not None and not public and BOT_USER in response.channel.members:
            self.complain(
                "response_url: what only one person sees cannot reach the thread of what was pressed"
            )
        self.workspace.add(
            Message(
                response.channel, self.workspace.next_ts(), BOT_USER, str(body.get("text") or ""),
                list(body.get("blocks") or []), only_for=None if public else response.person,
            )
        )  # fmt: skip
        return 200

    def trigger(self, person: str) -> str:
        key, now = secrets.token_hex(8), self._clock()
        with self._guard:
            _forget(self._triggers, lambda each: now - each[1] >= TRIGGER_SECONDS)
            self._triggers[key] = (person, now)
        return key

    def spend_trigger(self, key: str) -> str | None:
        person, made = self._triggers.pop(key, ("", 0.0))
        return person if person and self._clock() - made < TRIGGER_SECONDS else None

    def show_window(
        self, person: str, view: Mapping[str, Any], *, instead_of: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Open a modal in front of a person; in place of another, whose ID it then keeps."""
        shown = self.workspace.new_view(view) | ({} if instead_of is None else {"id": instead_of["id"]})
        self.workspace.windows[person] = shown
        self.workspace.form_errors.pop(person, None)
        self.workspace.changed()
        return shown

    def close_window(self, person: str, *, all_of_them: bool = False) -> None:
        """Close a person's modal; the one below it comes to light."""
        below = self.workspace.below.pop(person, [])
        self.workspace.windows.pop(person, None)
        self.workspace.form_errors.pop(person, None)
        if below and not all_of_them:
            self.workspace.windows[person] = below.pop()
            self.workspace.below[person] = below
        self.workspace.changed()

    def end_status(self, channel: str, thread: str) -> None:
        """The status of a thread ends with the bot's next message there."""
        self.workspace.statuses.append((channel, thread, ""))

    # Installation.

    def allow(self) -> str:
        """Somebody presses "Allow"; the code that Slack sends the browser back with."""
        code = secrets.token_hex(8)
        self.codes.add(code)
        return code

    def new_token(self) -> dict[str, Any]:
        token = f"xoxb-{secrets.token_hex(8)}"
        self.bot_tokens.add(token)
        if self.token_seconds is None:
            return {"access_token": token}
        refresh = f"xoxe-1-{secrets.token_hex(8)}"
        self.refresh_tokens[refresh] = token
        return {"access_token": token, "refresh_token": refresh, "expires_in": self.token_seconds}

    def socket_url(self) -> str:
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        return f"ws://{self.address}/link/?ticket={ticket}"

    def tell_of_message(self, message: Message, *, attached: str | None = None) -> None:
        """Send the events that a message causes, to an app that is subscribed to them and may see it."""
        channel = message.channel
        if BOT_USER not in channel.members or message.only_for is not None:
            return
        event: dict[str, Any] = {
            "type": "message", "channel": channel.id, "user": message.user, "text": message.text,
            "ts": message.ts, "event_ts": message.ts, "team": channel.team,
            "channel_type": "im" if channel.direct else "group" if channel.private else "channel",
        }  # fmt: skip
        if message.thread is not None:
            event["thread_ts"] = message.thread
        if attached is not None:
            event |= {"subtype": "file_share", "files": [{"id": "F1", "name": attached}]}
        if message.user == BOT_USER:
            event["bot_id"] = BOT_ID
        elif f"<@{BOT_USER}>" in message.text and not channel.direct and "app_mention" in self.events:
            self.event({**event, "type": "app_mention"}, channel)
        kind = "im" if channel.direct else "groups" if channel.private else "channels"
        if f"message.{kind}" in self.events:
            self.event(event, channel)


def _forget(aging: dict[str, T], over: Callable[[T], bool]) -> None:
    """Drop what is over, the oldest first: it was put in in the order of its making."""
    while aging and over(next(iter(aging.values()))):
        del aging[next(iter(aging))]
