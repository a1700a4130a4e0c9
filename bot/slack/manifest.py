"""The app manifest: what Slack must know of Quoth, with the least scopes, for a company to make its own app.

But: nothing is sent; a person pastes it at api.slack.com/apps.
"""

from __future__ import annotations

from typing import Any, Literal

from bot import messages

Mode = Literal["socket", "http"]

COMMAND = "/ask"
SHORTCUT_ID, PIN_SHORTCUT_ID = "ask_about_message", "pin_reply"
EVENTS_PATH = "/slack/events"
REDIRECT_PATH = "/slack/oauth_redirect"
INSTALL_PATH = "/slack/install"

SCOPES = {
    "app_mentions:read": "to hear @quoth",
    "assistant:write": "to suggest questions in the agent view",
    "channels:history": "to hear follow-ups, edits and deletions in public channels that it was invited to",
    "channels:read": "to know whether a channel is shared with another company",
    "chat:write": "to answer",
    "commands": "for /ask and the shortcut",
    "groups:history": "to hear follow-ups, edits and deletions in private channels that it was invited to",
    "groups:read": "to know whether a private channel is shared with another company",
    "im:history": "to hear direct messages",
    "users:read": "to know who is a guest or of another company, and who is an admin",
}
OAUTH_EVENTS = ("app_uninstalled", "tokens_revoked")
EVENTS = (
    *("app_home_opened", "app_mention", "message.channels", "message.groups", "message.im"),
    *("channel_shared", "channel_unshared", "user_change"),
)


def manifest(
    mode: Mode, *, url: str | None = None, name: str = "Quoth", oauth: bool = False
) -> dict[str, Any]:
    """The manifest for a mode.  `url`: where Slack reaches Quoth over HTTP.  `oauth`: for many workspaces."""
    at = f"{url.rstrip('/')}{EVENTS_PATH}" if url is not None else None
    command: dict[str, Any] = {
        "command": COMMAND,
        "description": "Answer a question with words quoted from our documents",
        "usage_hint": "How many days of leave do I get?  |  help  |  sources  |  here",
        "should_escape": True,
    }
    settings: dict[str, Any] = {
        "event_subscriptions": {"bot_events": [*EVENTS, *(OAUTH_EVENTS if oauth else ())]},
        "interactivity": {"is_enabled": True},
        "org_deploy_enabled": oauth,
        "socket_mode_enabled": mode == "socket",
        "token_rotation_enabled": oauth,
    }
    if mode == "http":
        command["url"] = at
        settings["event_subscriptions"]["request_url"] = at
        settings["interactivity"]["request_url"] = at
    oauth_config: dict[str, Any] = {"scopes": {"bot": list(SCOPES)}}
    if oauth and url is not None:
        oauth_config["redirect_urls"] = [f"{url.rstrip('/')}{REDIRECT_PATH}"]
    return {
        "display_information": {
            "name": name,
            "description": "Answers questions with words quoted from our own documents, with their place",
            "background_color": "#1f3a5f",
        },
        "features": {
            "agent_view": {
                "agent_description": "Answers with words quoted from our documents, or says that they don't.",
            },
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name.lower(), "always_online": True},
            "shortcuts": [
                {
                    "name": messages.SHORTCUT,
                    "type": "message",
                    "callback_id": SHORTCUT_ID,
                    "description": "Look this message's question up in our documents",
                },
                {
                    "name": messages.PIN_SHORTCUT,
                    "type": "message",
                    "callback_id": PIN_SHORTCUT_ID,
                    "description": "Answer questions like this one with this reply (admins, owners)",
                },
            ],
            "slash_commands": [command],
        },
        "oauth_config": oauth_config,
        "settings": settings,
    }
