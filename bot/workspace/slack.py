"""Slack itself: tokens, response_urls and triggers, and how events reach the app.

An event goes over the WebSocket, or over HTTP with a signature, and must be acknowledged within 3 seconds;
what is not is written down as a complaint, and an event of the Events API is sent again on a new connection.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from bot.workspace import limits
from bot.workspace.people import Person
from bot.workspace.server import Handler, Server
from bot.workspace.state import APP, BOT_ID, BOT_USER, TEAM, Channel, Message, Workspace
from bot.workspace.websocket import WebSocket

ACK_SECONDS = 3.0
RESPONSES = 5
TRIGGER_SECONDS = 3.0
AUTHORIZATION = {
    "enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True,
    "is_enterprise_install": False,
}  # fmt: skip


@dataclass(slots=True)
class Delivery:
    """An event on its way.  `response`: what the acknowledgement carried."""

    envelope: dict[str, Any]
    sent: float = 0.0
    acked: threading.Event = field(default_factory=threading.Event)
    seconds: float | None = None
    response: Any = None


@dataclass(slots=True)
class ResponseUrl:
    """Where an answer to a command or a press may be sent."""

    channel: Channel
    person: str
    uses: int = 0
    expired: bool = False


class Slack:
    """A workspace with one app installed; `manifest` is the app's, as it was pasted."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        self.workspace = Workspace()
        self.scopes = set(manifest["oauth_config"]["scopes"]["bot"])
        self.events = set(manifest["settings"]["event_subscriptions"]["bot_events"])
        self.bot_token = f"xoxb-{secrets.token_hex(8)}"
        self.app_token = f"xapp-{secrets.token_hex(8)}"
        self.signing_secret = secrets.token_hex(16)
        self.bot_tokens = {self.bot_token}
        self.client_id, self.client_secret = "1234.5678", secrets.token_hex(16)
        self.codes: set[str] = set()
        self.refresh_tokens: dict[str, str] = {}  # to the token that it replaces
        self.token_seconds: int | None = None  # how long a new token lives
        self.revoked = False
        self.complaints: list[str] = []
        self.calls: list[tuple[str, Any]] = []
        self.deliveries: list[Delivery] = []
        self.sockets: list[WebSocket] = []
        self.http_address: str | None = None
        self.connections = 0
        self.app_is_stopping = False  # what does not arrive then would come again later
        self._tickets: set[str] = set()
        self._responses: dict[str, ResponseUrl] = {}
        self._triggers: dict[str, tuple[str, float]] = {}
        self._guard = threading.RLock()
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
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def complain(self, complaint: str) -> None:
        """Write down what Slack or a person would not put up with."""
        self.complaints.append(complaint)

    # People and places.

    def person(self, name: str) -> Person:
        with self._guard:
            self._numbers += 1
            user = f"U{self._numbers:03d}{name.upper()}"
            self.workspace.names[user] = name
        return Person(self, user, name)

    def channel(
        self, name: str, *members: Person, bot: bool = True, private: bool = False, shared: bool = False
    ) -> Channel:
        with self._guard:
            self._numbers += 1
            identity = f"C{self._numbers:03d}{name.upper()[:8].replace('-', '')}XXXX"
        people = {member.id for member in members} | ({BOT_USER} if bot else set())
        channel = Channel(identity, name, people, private=private, shared=shared)
        self.workspace.channels[identity] = channel
        return channel

    def direct(self, user: str) -> Channel:
        """The direct messages between a person and the bot."""
        identity = f"D{user[1:]}"
        with self._guard:
            if identity not in self.workspace.channels:
                self.workspace.channels[identity] = Channel(
                    identity, "directmessage", {user, BOT_USER}, private=True
                )
        return self.workspace.channels[identity]

    # What it was asked for.

    def treat(self, handler: Handler, name: str, work: Callable[[], Any]) -> None:
        """Answer a request of a method (or of "response_url"); `work` does it, and returns the answer."""
        del name
        handler.respond(work())

    def count(self, method: str) -> int:
        """How often a method was called."""
        return sum(1 for name, _ in list(self.calls) if name == method)

    # What interactions carry.

    def response_url(self, channel: Channel, person: str) -> str:
        key = secrets.token_hex(8)
        self._responses[key] = ResponseUrl(channel, person)
        return f"http://{self.address}/response/{key}"

    def expire_response_urls(self) -> None:
        """As after 30 minutes."""
        for response in self._responses.values():
            response.expired = True

    def use_response_url(self, key: str, body: Mapping[str, Any]) -> int:
        response = self._responses.get(key)
        if response is None or response.expired or response.uses >= RESPONSES:
            return 404
        problems = limits.message_problems(body.get("text"), body.get("blocks") or [])
        if problems:
            self.complain(f"response_url: {problems}")
            return 400
        response.uses += 1
        public = body.get("response_type") == "in_channel"
        self.workspace.add(
            Message(
                response.channel, self.workspace.next_ts(), BOT_USER, str(body.get("text") or ""),
                list(body.get("blocks") or []), only_for=None if public else response.person,
            )
        )  # fmt: skip
        return 200

    def trigger(self, person: str) -> str:
        key = secrets.token_hex(8)
        self._triggers[key] = (person, time.monotonic())
        return key

    def spend_trigger(self, key: str) -> str | None:
        person, made = self._triggers.pop(key, ("", 0.0))
        return person if person and time.monotonic() - made < TRIGGER_SECONDS else None

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

    # Socket Mode.

    def socket_url(self) -> str:
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        return f"ws://{self.address}/link/?ticket={ticket}"

    def spend_ticket(self, path: str) -> bool:
        ticket = path.partition("ticket=")[2]
        with self._guard:
            if ticket not in self._tickets:
                return False
            self._tickets.discard(ticket)
        return True

    def serve_socket(self, connection: WebSocket) -> None:
        """Serve a connection to its end."""
        connection.send(
            json.dumps({"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP}})
        )
        with self.workspace.change:
            self.sockets.append(connection)
            self.connections += 1
            unacked = [
                d for d in self.deliveries if not d.acked.is_set() and d.envelope["type"] == "events_api"
            ]
            self.workspace.change.notify_all()
        for delivery in unacked:
            delivery.envelope |= {"retry_attempt": 1, "retry_reason": "timeout"}
            self._send(delivery)
        while (text := connection.receive()) is not None:
            self._on_frame(text)
        with self.workspace.change:
            if connection in self.sockets:
                self.sockets.remove(connection)
            self.workspace.change.notify_all()

    def wait_connected(self, *, seconds: float = 20.0, more_than: int = 0) -> None:
        """Wait for an open connection, the `more_than + 1`-th at least."""
        self.workspace.wait(lambda: self.sockets and self.connections > more_than, seconds=seconds)

    def _on_frame(self, text: str) -> None:
        frame = json.loads(text)
        for delivery in list(self.deliveries):
            if delivery.envelope["envelope_id"] == frame.get("envelope_id"):
                self._acked(delivery, frame.get("payload"))

    # Deliveries.

    def deliver(self, kind: str, payload: dict[str, Any], *, wait: bool = False) -> Delivery:
        """Send an event (events_api), a command (slash_commands) or an interaction (interactive)."""
        envelope: dict[str, Any] = {"type": kind, "envelope_id": secrets.token_hex(8), "payload": payload}
        envelope["accepts_response_payload"] = kind != "events_api"
        delivery = Delivery(envelope)
        with self._guard:
            self.deliveries.append(delivery)
        if self.http_address is not None:
            sender = threading.Thread(target=self._post, args=(delivery,), daemon=True)
            sender.start()
        else:
            self._send(delivery)
        if wait and not delivery.acked.wait(ACK_SECONDS):
            self.complain(f"{kind} was not acknowledged within {ACK_SECONDS:.0f} s")
        return delivery

    def event(self, event: dict[str, Any], channel: Channel | None, **more: Any) -> Delivery:
        """Send an event of the Events API."""
        payload = {
            "token": "unused", "team_id": TEAM, "api_app_id": APP, "type": "event_callback", "event": event,
            "event_id": f"Ev{secrets.token_hex(6)}", "event_time": int(time.time()),
            "authorizations": [AUTHORIZATION],
            "is_ext_shared_channel": bool(channel and channel.shared),
        } | more  # fmt: skip
        return self.deliver("events_api", payload)

    def repeat(self, delivery: Delivery) -> Delivery:
        """Send an event once more, as Slack does when it believes that it got lost."""
        again = Delivery(
            {
                **delivery.envelope,
                "envelope_id": secrets.token_hex(8),
                "retry_attempt": 1,
                "retry_reason": "timeout",
            }
        )
        with self._guard:
            self.deliveries.append(again)
        if self.http_address is not None:
            self._post(again)
        else:
            self._send(again)
        return again

    def tell_of_message(self, message: Message, *, attached: str | None = None) -> None:
        """Send the events that a message causes, to an app that is subscribed to them and may see it."""
        channel = message.channel
        if BOT_USER not in channel.members or message.only_for is not None:
            return
        event: dict[str, Any] = {
            "type": "message", "channel": channel.id, "user": message.user, "text": message.text,
            "ts": message.ts, "event_ts": message.ts, "team": TEAM,
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

    def slowest_ack(self) -> float:
        """Seconds to the slowest acknowledgement; fails if one is missing."""
        for delivery in list(self.deliveries):
            assert delivery.acked.wait(ACK_SECONDS), f"not acknowledged: {delivery.envelope['type']}"
        return max((d.seconds or 0.0 for d in self.deliveries), default=0.0)

    def signed(self, body: str, *, at: float | None = None) -> dict[str, str]:
        """The headers by which the app knows that a body is Slack's."""
        timestamp = str(int(time.time() if at is None else at))
        digest = hmac.new(
            self.signing_secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256
        ).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}

    def _send(self, delivery: Delivery) -> None:
        delivery.sent = time.monotonic()
        with self._guard:
            connection = self.sockets[-1] if self.sockets else None
        if connection is not None:
            with suppress(OSError):
                connection.send(json.dumps(delivery.envelope))

    def _post(self, delivery: Delivery) -> None:
        kind, payload = delivery.envelope["type"], delivery.envelope["payload"]
        if kind == "events_api":
            body, content = json.dumps(payload), "application/json"
        elif kind == "slash_commands":
            body, content = urlencode(payload, errors="replace"), "application/x-www-form-urlencoded"
        else:
            body, content = urlencode({"payload": json.dumps(payload)}), "application/x-www-form-urlencoded"
        headers = {**self.signed(body), "Content-Type": content}
        if "retry_attempt" in delivery.envelope:
            headers |= {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
        request = urllib.request.Request(f"{self.http_address}", body.encode(), headers)
        delivery.sent = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=ACK_SECONDS) as response:
                text = response.read().decode()
        except (urllib.error.URLError, OSError) as error:
            if not self.app_is_stopping:
                self.complain(f"{kind} over HTTP: {error}")
            return
        self._acked(delivery, json.loads(text) if text.startswith("{") else text or None)

    def _acked(self, delivery: Delivery, response: Any) -> None:
        if delivery.acked.is_set():
            self.complain("acknowledged twice")
            return
        delivery.seconds = time.monotonic() - delivery.sent
        delivery.response = response
        if delivery.seconds > ACK_SECONDS:
            self.complain(f"acknowledged after {delivery.seconds:.1f} s")
        delivery.acked.set()
        self._show_response(delivery)

    def _show_response(self, delivery: Delivery) -> None:
        """What a command is acknowledged with is shown to the person who gave it."""
        payload, response = delivery.envelope["payload"], delivery.response
        if delivery.envelope["type"] == "slash_commands" and isinstance(response, dict) and response:
            problems = limits.message_problems(response.get("text"), response.get("blocks") or [])
            if problems:
                self.complain(f"acknowledgement: {problems}")
            channel = self.workspace.channels[payload["channel_id"]]
            self.workspace.add(
                Message(
                    channel, self.workspace.next_ts(), BOT_USER, str(response.get("text") or ""),
                    list(response.get("blocks") or []), only_for=payload["user_id"], acknowledges=True,
                )
            )  # fmt: skip
        self.workspace.changed()
