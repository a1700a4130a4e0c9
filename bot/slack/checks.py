"""What `quoth doctor` asks Slack: do the tokens work, are the scopes right, does the app fit its manifest.

But: nothing is changed, and no value of a token is shown.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.check import Check
from bot.errors import UsageError
from bot.slack.clients import connect
from bot.slack.manifest import EVENTS, INSTALL_PATH, SCOPES, manifest
from bot.slack_settings import Secret, SlackSettings

AGAIN = "paste the output of quoth manifest into the app's manifest and install it again"
ONE_WAY = "QUOTH_SLACK_BOT_TOKEN is for one workspace, QUOTH_SLACK_CLIENT_ID for many; set one of them."


def slack_checks(settings: SlackSettings, installs: Path | None = None) -> Iterator[Check]:
    """All checks that the settings allow for; one line that says so where no secret of Slack's is set.

    `installs`: the file of the workspaces that have installed the app; None: they are not counted.
    """
    given = (settings.bot_token, settings.app_token, settings.signing_secret, settings.config_token)
    many = settings.client_id is not None or settings.client_secret is not None
    if not many and not any(given):
        yield Check("slack", "ok", "not set up; the README says how: Connect it to Slack")
        return
    needed: tuple[Secret, ...] = ("client_id", "client_secret", "signing_secret") if many else ("bot_token",)
    try:
        settings.need(*needed)
    except UsageError as error:
        yield Check("slack", "failed", str(error))
        return
    client = connect(settings.bot_token, settings.api_url).again
    if many:
        yield _many_workspaces(settings, installs)
    else:
        yield from _one_workspace(settings, client)
    if settings.config_token is not None:
        config = settings.config_token
        yield _guarded("manifest", lambda: _manifest(client, config, settings.app_token))


def _one_workspace(settings: SlackSettings, client: WebClient) -> Iterator[Check]:
    """Its token, and the way for events to come in."""
    yield _guarded("slack", lambda: _bot_token(client))
    if settings.app_token is not None:
        token = settings.app_token
        yield _guarded("socket", lambda: _app_token(client, token))
    elif settings.signing_secret is None:
        yield Check(
            "socket", "failed",
            "neither QUOTH_SLACK_APP_TOKEN (Socket Mode) nor QUOTH_SLACK_SIGNING_SECRET (HTTP) is set.",
        )  # fmt: skip


def _many_workspaces(settings: SlackSettings, installs: Path | None) -> Check:
    """How many there are.  Their tokens are not tried: to use one that has expired is to renew it."""
    if settings.bot_token is not None:
        return Check("slack", "failed", ONE_WAY)
    if installs is None:
        return Check("slack", "ok", "workspaces install the app themselves")
    try:
        count = _installed(installs, str(settings.client_id))
    except sqlite3.Error as error:
        return Check(
            "slack", "failed",
            f"{installs} cannot be read ({error}); restore it, or move it away and install the app again.",
        )  # fmt: skip
    if count == 0:
        return Check("slack", "warning", f"no workspace has installed the app yet; open {INSTALL_PATH}.")
    workspaces = "1 workspace has" if count == 1 else f"{count:,} workspaces have"
    return Check("slack", "ok", f"{workspaces} installed the app")


def _installed(path: Path, client_id: str) -> int:
    """How many workspaces and organisations have a token in slack_sdk's file."""
    if not path.exists():
        return 0
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'slack_bots'").fetchone():
            return 0  # the bot was started, and nobody came yet
        installed = "SELECT DISTINCT enterprise_id, team_id FROM slack_bots WHERE client_id = ?"
        return len(db.execute(installed, (client_id,)).fetchall())


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
