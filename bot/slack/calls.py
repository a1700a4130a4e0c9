"""Calling Slack's Web API: foreign exceptions become ours here.

But: whether to try again is for the client (`clients.py`) and for the caller.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable
from typing import Any
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from bot.errors import SlackRefuses, SlackSilent

NOT_NOW = frozenset({"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable"})


def called(method: Callable[..., SlackResponse], **options: Any) -> SlackResponse:
    """Call a client's method.  Raises SlackRefuses, or SlackSilent where nobody knows what came of it."""
    name = method.__name__.replace("_", ".")
    try:
        return method(**options)
    except SlackApiError as error:
        response = error.response
        if not isinstance(response, SlackResponse) or response.status_code >= 500:
            raise SlackSilent(f"Slack gave no usable reply to {name}.") from error
        code = str(response.get("error", "unknown"))
        if " " in code or code in NOT_NOW:  # a blank: slack_sdk's own sentence about a body that is no JSON
            raise SlackSilent(f"Slack gave no usable reply to {name}.") from error
        raise SlackRefuses(name, code) from error
    except (URLError, OSError, http.client.HTTPException, SlackClientError) as error:
        raise SlackSilent(f"Slack gave no usable reply to {name}.") from error
