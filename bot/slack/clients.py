"""Clients of Slack's Web API that wait when they are told to, and try again where that is safe.

Three of them, since posting a message twice is worse than asking a question twice, and a status that comes
late is worth nothing: one tries again after a reset or a server's error, one only after "too many requests",
which says that nothing was done, and one never.

But: what to do when all tries fail is for the caller.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field

from slack_sdk import WebClient
from slack_sdk.http_retry import (
    ConnectionErrorRetryHandler,
    HttpRequest,
    HttpResponse,
    RateLimitErrorRetryHandler,
    RetryHandler,
    RetryState,
)
from slack_sdk.http_retry.builtin_handlers import ServerErrorRetryHandler

TRIES = 3
TIMEOUT_SECONDS = 15
LONGEST_WAIT_SECONDS = 60.0
"""Where Slack asks for a longer pause, it is asked again after this one."""

# At DEBUG slack_sdk logs messages, tokens' neighbours and the ticket of the WebSocket.
QUIET = ("slack_sdk", "slack_bolt")
RAISED = "slack_sdk.web.base_client"
"""It logs each request that fails, once a try, and raises it as well: whoever asked says what it means."""


@dataclass(frozen=True, slots=True)
class Clients:
    """`once` for what must not happen twice, `now` for what cannot wait, `again` for everything else."""

    once: WebClient = field(repr=False)
    again: WebClient = field(repr=False)
    now: WebClient = field(repr=False)


class CappedRateLimit(RateLimitErrorRetryHandler):
    """Waits as long as Slack asks for, up to a bound."""

    def prepare_for_next_attempt(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        assert response is not None
        state.next_attempt_requested = True
        time.sleep(min(_pause(response), LONGEST_WAIT_SECONDS))
        state.increment_current_attempt()


def connect(token: str | None, api_url: str) -> Clients:
    """The clients of a token; nothing is sent yet."""
    quieten()
    limit = CappedRateLimit(max_retry_count=TRIES)
    return Clients(
        once=_client(token, api_url, [limit]),
        again=_client(
            token,
            api_url,
            [
                limit,
                ConnectionErrorRetryHandler(max_retry_count=TRIES),
                ServerErrorRetryHandler(max_retry_count=TRIES),
            ],
        ),
        now=_client(token, api_url, []),
    )


def patience() -> list[RetryHandler]:
    """For a response_url: as `once`."""
    return [CappedRateLimit(max_retry_count=TRIES)]


def quieten() -> None:
    """Keep Slack's libraries from logging contents, whatever the level of the rest."""
    for name in QUIET:
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.getEffectiveLevel(), logging.WARNING))
    logging.getLogger(RAISED).setLevel(logging.CRITICAL)


def _client(token: str | None, api_url: str, handlers: list[RetryHandler]) -> WebClient:
    return WebClient(token=token, base_url=api_url, timeout=TIMEOUT_SECONDS, retry_handlers=handlers)


def _pause(response: HttpResponse) -> float:
    """Seconds that Slack asks to wait; 1 where it does not say."""
    for name, values in response.headers.items():
        if name.lower() == "retry-after":
            value = values[0] if isinstance(values, list) else values
            return float(value) if str(value).isdecimal() else 1.0
    return 1.0
