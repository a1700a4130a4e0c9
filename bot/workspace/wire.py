"""The wire between Slack and the app: how events reach it, and what becomes of them.

An event goes over the WebSocket, or over HTTP with a signature, and must be acknowledged within 3 seconds;
what is not is written down as a complaint, and an event of the Events API is sent again on a new connection.

But: what is worth an event is Slack's to say.
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
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from bot.workspace import limits
from bot.workspace.state import APP, BOT_USER, TEAM, Channel, Message, Workspace
from bot.workspace.traffic import Exchange, Traffic
from bot.workspace.websocket import WebSocket

ACK_SECONDS = 3.0
MOST_KEPT = 5_000
"""The latest events, and the latest calls of methods, that are kept for whoever looks."""


@dataclass(slots=True)
class Delivery:
    """An event on its way.  `response`: what the acknowledgement carried."""

    envelope: dict[str, Any]
    exchange: Exchange
    sent: float = 0.0
    acked: threading.Event = field(default_factory=threading.Event)
    seconds: float | None = None
    response: Any = None


class Wire:
    """Sends events to one app, and notes what comes back."""

    def __init__(self) -> None:
        self.workspace = Workspace()
        self.traffic = Traffic(self.workspace.changed)
        self.organisation: str | None = None  # where all of it has the app, and not just the workspace
        self.signing_secret = secrets.token_hex(16)
        self.complaints: list[str] = []
        self.deliveries: deque[Delivery] = deque(maxlen=MOST_KEPT)
        self.sockets: list[WebSocket] = []
        self.http_address: str | None = None
        self.connections = 0
        self.app_is_stopping = False  # what does not arrive then would come again later
        self._tickets: set[str] = set()
        self._guard = threading.RLock()

    def complain(self, complaint: str) -> None:
        """Write down what Slack or a person would not put up with."""
        self.complaints.append(complaint)

    # Socket Mode.

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
                d
                for d in list(self.deliveries)
                if not d.acked.is_set() and d.envelope["type"] == "events_api"
            ]
            self.workspace.changed()
        for delivery in unacked:
            delivery.envelope |= {"retry_attempt": 1, "retry_reason": "timeout"}
            self._send(delivery)
        while (text := connection.receive()) is not None:
            self._on_frame(text)
        with self.workspace.change:
            if connection in self.sockets:
                self.sockets.remove(connection)
            self.workspace.changed()

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
        delivery = Delivery(envelope, self._noted(envelope))
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
        team = TEAM if channel is None else channel.team
        authorization = {
            "enterprise_id": self.organisation, "team_id": team, "user_id": BOT_USER, "is_bot": True,
            "is_enterprise_install": self.organisation is not None,
        }  # fmt: skip
        payload = {
            "token": "unused", "team_id": team, "api_app_id": APP, "type": "event_callback", "event": event,
            "event_id": f"Ev{secrets.token_hex(6)}", "event_time": int(time.time()),
            "authorizations": [authorization],
            "is_ext_shared_channel": bool(channel and channel.shared),
        } | more  # fmt: skip
        return self.deliver("events_api", payload)

    def repeat(self, delivery: Delivery) -> Delivery:
        """Send an event once more, as Slack does when it believes that it got lost."""
        envelope = {
            **delivery.envelope,
            "envelope_id": secrets.token_hex(8),
            "retry_attempt": 1,
            "retry_reason": "timeout",
        }
        again = Delivery(envelope, self._noted(envelope))
        with self._guard:
            self.deliveries.append(again)
        if self.http_address is not None:
            self._post(again)
        else:
            self._send(again)
        return again

    def slowest_ack(self) -> float:
        """Seconds to the slowest acknowledgement; fails if one is missing."""
        for delivery in list(self.deliveries):
            assert delivery.acked.wait(ACK_SECONDS), f"not acknowledged: {delivery.envelope['type']}"
        return max((d.seconds or 0.0 for d in list(self.deliveries)), default=0.0)

    def signed(self, body: str, *, at: float | None = None) -> dict[str, str]:
        """The headers by which the app knows that a body is Slack's."""
        timestamp = str(int(time.time() if at is None else at))
        digest = hmac.new(
            self.signing_secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256
        ).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}

    def _noted(self, envelope: Mapping[str, Any]) -> Exchange:
        payload = envelope["payload"]
        what = payload.get("event", payload)
        name = what.get("type") or what.get("command") or envelope["type"]
        return self.traffic.begin("to the bot", str(name), payload)

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
        self.traffic.end(delivery.exchange, response)
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
