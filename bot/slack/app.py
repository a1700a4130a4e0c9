"""Bolt's app, put together: whose token, which executor, which listeners.

But: how events reach it (Socket Mode, HTTP) is told elsewhere, and so is what the listeners do.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

from slack_bolt import App
from slack_sdk import WebClient

LISTENER_THREADS = 10
"""Listeners only write to SQLite and hand over; Bolt's own five would do, too."""


class SlackApp:
    """A Bolt app with an executor that can be closed."""

    def __init__(self, client: WebClient) -> None:
        """One workspace, by the token of `client`.  Raises slack_bolt's BoltError for a token that fails."""
        self._executor = ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="listener")
        self.bolt = App(
            logger=logging.getLogger("slack_bolt.quoth"),
            client=client,
            name="quoth",
            listener_executor=self._executor,
            # Requests over HTTP are verified by `http_entry.py`, before anything of them is read.
            request_verification_enabled=False,
            # auth.test is asked at the start, where a failure can be explained, and not once more here.
            token_verification_enabled=False,
        )

    def close(self) -> None:
        """Wait for the listeners that run, and end their threads."""
        self._executor.shutdown(wait=True)
