"""Bolt's app, put together: whose token, and that a listener comes before its acknowledgement.

But: how events reach it (Socket Mode, HTTP) is told elsewhere, and so is what the listeners do.
"""

from __future__ import annotations

import logging

from slack_bolt import App
from slack_bolt.oauth import OAuthFlow
from slack_sdk import WebClient


def slack_app(client: WebClient, flow: OAuthFlow | None = None) -> App:
    """An app of one workspace, by the token of `client`; with `flow`, of those that installed it."""
    app = App(
        logger=logging.getLogger("slack_bolt.quoth"),
        client=client,
        name="quoth",
        oauth_flow=flow,
        # Subtle: else Bolt acknowledges an event before its listener has written it down, and what a
        # crash takes in between, Slack never sends again.  Listeners take milliseconds.
        process_before_response=True,
        # Requests over HTTP are verified by `http_entry.py`, before anything of them is read.
        request_verification_enabled=False,
        # Asks auth.test now; without it, the first request would wait for that.
        token_verification_enabled=flow is None,
    )
    if flow is not None:
        app.enable_token_revocation_listeners()
    return app
