"""Bolt's app, put together: whose token, which executor, which listeners.

But: how events reach it (Socket Mode, HTTP) is told elsewhere, and so is what the listeners do.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

from slack_bolt import App
from slack_bolt.oauth import OAuthFlow
from slack_sdk import WebClient

LISTENER_THREADS = 10
"""Listeners only write to SQLite and hand over; Bolt's own five would do, too."""


class SlackApp:
    """A Bolt app with an executor that can be closed."""

    def __init__(self, client: WebClient, flow: OAuthFlow | None = None) -> None:
        """One workspace, by the token of `client`; with `flow`, those that installed the app."""
        self._executor = ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="listener")
        self.bolt = App(
            logger=logging.getLogger("slack_bolt.quoth"),
            client=client,
            name="quoth",
            oauth_flow=flow,
            listener_executor=self._executor,
            # Requests over HTTP are verified by `http_entry.py`, before anything of them is read.
            request_verification_enabled=False,
            # Asks auth.test now; without it, the first request would wait for that.
            token_verification_enabled=flow is None,
        )
        if flow is not None:
            self.bolt.enable_token_revocation_listeners()

    def close(self) -> None:
        """Wait for the listeners that run, and end their threads."""
        self._executor.shutdown(wait=True)
