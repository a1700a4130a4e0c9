"""Socket Mode: a WebSocket to Slack that comes back within seconds, whatever happens to it.

slack_sdk's own client looks after its connection once in a ping interval and takes several of these to
believe that it is gone.  The watchdog here looks four times a second: a receiver that has ended, a socket
that is closed or a pong that does not come means a new connection at once.

But: what arrives is handled by Bolt as over HTTP.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

log = logging.getLogger(__name__)

WATCHDOG = "socket-watchdog"  # the name of its thread
PING_SECONDS = 2.0
STALE_SECONDS = 5.0  # without a pong for so long, the connection is taken for dead
WATCH_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 30.0  # between attempts while Slack cannot be reached
RECEIVE_BYTES = 65_536  # slack_sdk's 1,024 end in a RecursionError on a frame of a megabyte
CONCURRENCY = 10
ACK_SECONDS = 3.0  # at the end, for what is just being taken in; later Slack gives up, too


class SocketConnection:
    """A connection of one Bolt app."""

    def __init__(self, app: App, app_token: str, client: WebClient) -> None:
        self._app = app
        quiet = logging.getLogger("slack_sdk.socket_mode.quoth")
        quiet.setLevel(logging.CRITICAL)  # it logs tracebacks and frames; the watchdog says it in a line
        self._client = SocketModeClient(
            app_token=app_token,
            logger=quiet,
            web_client=client,
            ping_interval=PING_SECONDS,
            receive_buffer_size=RECEIVE_BYTES,
            concurrency=CONCURRENCY,
        )
        self._client.socket_mode_request_listeners.append(self._handle)
        self._stop = threading.Event()
        self._idle = threading.Condition()
        self._handling = 0
        self._watchdog = threading.Thread(target=self._watch, name=WATCHDOG, daemon=True)
        self.reconnects = 0

    @property
    def connected(self) -> bool:
        """Whether events can arrive."""
        session = self._client.current_session
        return session is not None and session.is_active() and not self._stop.is_set()

    def open(self) -> None:
        """Connect, and stay connected.  Raises slack_sdk's errors if the first attempt fails."""
        self._client.connect()
        self._watchdog.start()

    def stop_intake(self) -> None:
        """Hear nothing more; Slack delivers what comes from now on later, or to another connection."""
        self._stop.set()
        if self._watchdog.is_alive():
            self._watchdog.join()
        self._client.auto_reconnect_enabled = False
        with self._idle:  # what has arrived is acknowledged, or it would come again after the restart
            self._idle.wait_for(
                lambda: not self._handling and self._client.message_queue.empty(), timeout=ACK_SECONDS
            )
        self._client.disconnect()

    def close(self) -> None:
        """End everything."""
        self.stop_intake()
        self._client.close()

    def _handle(self, client: Any, request: SocketModeRequest) -> None:
        with self._idle:
            self._handling += 1
        try:
            begun = time.time()
            response = run_bolt_app(self._app, request)
            send_response(client, request, response, begun)
        except SlackClientError:
            log.info("an acknowledgement came too late: the connection is gone")
        except Exception:  # slack_sdk would log what was sent with it
            log.exception("an event could not be handled")
        finally:
            with self._idle:
                self._handling -= 1
                self._idle.notify_all()

    def _watch(self) -> None:
        failures = 0
        pause = WATCH_SECONDS
        while not self._stop.wait(pause):
            pause = WATCH_SECONDS
            try:
                why = self._why_dead()
                if why is not None:
                    log.warning("the connection to Slack is gone (%s); connecting anew", why)
                    self._client.connect_to_new_endpoint(force=True)
                    self.reconnects += 1
            except Exception as error:  # whatever it is, the watch goes on
                failures += 1
                pause = min(2.0 ** (failures - 1), LONGEST_PAUSE_SECONDS)
                log.warning("Slack cannot be reached (%s); trying again soon", type(error).__name__)
            else:
                failures = 0

    def _why_dead(self) -> str | None:
        session = self._client.current_session
        if session is None or not session.is_active():
            return "closed"
        if self._client.current_session_state.terminated:
            return "ended"
        heard = session.last_ping_pong_time
        since = heard if heard is not None else session._first_ping_time
        if since is not None and time.time() - since > STALE_SECONDS:
            return "silent"
        return None
