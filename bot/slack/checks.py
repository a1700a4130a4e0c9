"""What `quoth doctor` asks Slack: do the tokens work, are the scopes right, does the app fit its manifest.

But: nothing is changed, and no value of a token is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.check import Check
from bot.slack.clients import connect
from bot.slack.manifest import EVENTS, SCOPES, manifest
from bot.slack_settings import SlackSettings

AGAIN = "paste the output of quoth manifest into the app's manifest and install it again"


def slack_checks(settings: SlackSettings) -> Iterator[Check]:
    """All checks that the settings allow for; one line that says so where Slack is not set up."""
    if settings.bot_token is None:
        yield Check("slack", "ok", "not set up; the README says how: Connect it to Slack")
        return
    client = connect(settings.bot_token, settings.api_url).again
    yield _guarded("slack", lambda: _bot_token(client))
    if settings.app_token is not None:
        token = settings.app_token
        yield _guarded("socket", lambda: _app_token(client, token))
    elif settings.signing_secret is None:
        yield Check(
            "socket", "failed",
            "neither QUOTH_SLACK_APP_TOKEN (Socket Mode) nor QUOTH_SLACK_SIGNING_SECRET (HTTP) is set.",
        )  # fmt: skip
    if settings.config_token is not None:
        config = settings.config_token
        yield _guarded("manifest", lambda: _manifest(client, config, settings.app_token))


def _guarded(name: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except SlackApiError as error:
        return Check(name, "failed", f"Slack says {error.response.get('error', 'unknown')}.")
    except (SlackClientError, OSError) as error:
        return Check(name, "failed", f"Slack cannot be reached ({type(error).__name__}).")


def _bot_token(client: WebClient) -> Check:
    try:
        response = client.auth_test()
    except SlackApiError as error:
        code = error.response.get("error", "unknown")
        return Check(
            "slack", "failed", f"the bot's token is refused ({code}); copy it anew from OAuth & Permissions."
        )
    granted = _scopes(response.headers)
    missing = [f"{scope} ({why})" for scope, why in SCOPES.items() if scope not in granted]
    if granted and missing:
        return Check("slack", "failed", f"the app lacks {', '.join(missing)}; {AGAIN}.")
    who = f"{response.get('user')} in {response.get('team')}"
    extra = sorted(granted - set(SCOPES))
    if extra:
        return Check("slack", "warning", f"{who}; the app may do more than it needs: {', '.join(extra)}.")
    return Check("slack", "ok", f"{who}, all {len(SCOPES)} scopes")


def _app_token(client: WebClient, token: str) -> Check:
    try:
        client.apps_connections_open(app_token=token)
    except SlackApiError as error:
        code = error.response.get("error", "unknown")
        return Check(
            "socket", "failed",
            f"the app's token is refused ({code}); make one with connections:write under Basic Information.",
        )  # fmt: skip
    return Check("socket", "ok", "Socket Mode can connect")


def _manifest(client: WebClient, config_token: str, app_token: str | None) -> Check:
    """What differs between the app as it is and the manifest of this version."""
    found = re.fullmatch(r"xapp-\d+-(A[A-Z0-9]+)-.*", app_token or "")
    if found is None:
        return Check(
            "manifest", "warning", "the app's ID stands in its xapp- token; set QUOTH_SLACK_APP_TOKEN."
        )
    response = client.apps_manifest_export(token=config_token, app_id=found[1])
    differences = drift(response["manifest"])
    if differences:
        return Check("manifest", "failed", f"{'; '.join(differences)}; {AGAIN}.")
    return Check("manifest", "ok", "the app is as its manifest says")


def drift(actual: Mapping[str, Any]) -> list[str]:
    """What an app lacks of what this version of Quoth needs."""
    wanted = manifest("socket")
    settings, features = actual.get("settings") or {}, actual.get("features") or {}
    differences = []
    events = set((settings.get("event_subscriptions") or {}).get("bot_events") or [])
    if missing := sorted(set(EVENTS) - events):
        differences.append(f"events not subscribed to: {', '.join(missing)}")
    if not (settings.get("interactivity") or {}).get("is_enabled"):
        differences.append("interactivity is off")
    for name, key in (("slash_commands", "command"), ("shortcuts", "callback_id")):
        there = {entry.get(key) for entry in features.get(name) or []}
        lacking = [entry[key] for entry in wanted["features"][name] if entry[key] not in there]
        if lacking:
            differences.append(f"no {', '.join(lacking)} among its {name.replace('_', ' ')}")
    if not features.get("agent_view"):
        differences.append("no agent view")
    return differences


def _scopes(headers: Mapping[str, Any]) -> set[str]:
    for name, value in headers.items():
        if name.lower() == "x-oauth-scopes":
            text = value[0] if isinstance(value, list) else str(value)
            return {scope.strip() for scope in text.split(",") if scope.strip()}
    return set()
