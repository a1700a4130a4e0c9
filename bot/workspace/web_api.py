"""The Web API's methods: arguments, scopes and limits as Slack has them, acting on the workspace.

But: what is refused stands in `web_rules.py`; how a request arrives, and how it can go wrong on the way, is
the server's business.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.workspace.state import APP, BOT_ID, BOT_USER, TEAM, Message
from bot.workspace.web_rules import (
    ApiError,
    Arguments,
    check_message,
    check_view,
    in_time,
    need,
    own_message,
    readable,
    record,
    spend_trigger,
    writable,
)

if TYPE_CHECKING:
    from bot.workspace.slack import Slack

MODALS = 3


def call(slack: Slack, method: str, arguments: Arguments, token: str) -> dict[str, Any]:
    """Do what a method does.  Raises ApiError."""
    if method not in METHODS:
        slack.complain(f"{method} is no method that the stand-in knows")
        raise ApiError("unknown_method")
    scopes, function = METHODS[method]
    if method == "apps.connections.open":
        if token != slack.app_token:
            raise ApiError("invalid_auth")
    elif method == "oauth.v2.access":
        pass  # its credentials are the app's, see there
    elif token not in slack.bot_tokens:
        raise ApiError("invalid_auth" if token else "not_authed")
    elif slack.revoked:
        raise ApiError("token_revoked")
    elif scopes and not set(scopes) & slack.scopes:
        slack.complain(f"{method} needs one of {scopes}")
        raise ApiError("missing_scope", needed=",".join(scopes), provided=",".join(sorted(slack.scopes)))
    return {"ok": True, **function(slack, arguments)}


def auth_test(_slack: Slack, _: Arguments) -> dict[str, Any]:
    return {
        "team": "Skerryvane",
        "team_id": TEAM,
        "user": "quoth",
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "url": "https://skerryvane.example/",
        "is_enterprise_install": False,
    }


def oauth_access(slack: Slack, given: Arguments) -> dict[str, Any]:
    """A token for a code, or a fresh one for a refresh token, whose old one then ends."""
    if (given.get("client_id"), given.get("client_secret")) != (slack.client_id, slack.client_secret):
        raise ApiError("bad_client_secret")
    if given.get("grant_type") == "refresh_token":
        old = slack.refresh_tokens.pop(str(given.get("refresh_token")), None)
        if old is None:
            raise ApiError("invalid_refresh_token")
        slack.bot_tokens.discard(old)
    elif str(given.get("code")) in slack.codes:
        slack.codes.discard(str(given["code"]))
    else:
        raise ApiError("invalid_code")
    return {
        "app_id": APP, "token_type": "bot", "scope": ",".join(sorted(slack.scopes)), "bot_user_id": BOT_USER,
        "team": {"id": TEAM, "name": "Skerryvane"}, "enterprise": None, "is_enterprise_install": False,
        "authed_user": {"id": "U0ADMIN"}, **slack.new_token(),
    }  # fmt: skip


def bots_info(_slack: Slack, _: Arguments) -> dict[str, Any]:
    return {"bot": {"id": BOT_ID, "app_id": APP, "name": "quoth", "user_id": BOT_USER}}


def connections_open(slack: Slack, _: Arguments) -> dict[str, Any]:
    return {"url": slack.socket_url()}


def post_message(slack: Slack, given: Arguments) -> dict[str, Any]:
    channel = writable(slack, given.get("channel"))
    check_message(slack, "chat.postMessage", given)
    thread = given.get("thread_ts")
    message = Message(
        channel,
        slack.workspace.next_ts(),
        BOT_USER,
        str(given.get("text") or ""),
        list(given.get("blocks") or []),
        thread=thread,
    )
    slack.workspace.add(message)
    if thread is not None:
        slack.end_status(channel.id, thread)
    slack.tell_of_message(message)
    return {"channel": channel.id, "ts": message.ts, "message": {"text": message.text}}


def post_ephemeral(slack: Slack, given: Arguments) -> dict[str, Any]:
    """In a thread in which nobody has replied, it looks fine and nobody sees it."""
    channel = writable(slack, given.get("channel"))
    if given.get("user") not in channel.members:
        raise ApiError("user_not_in_channel")
    check_message(slack, "chat.postEphemeral", given)
    ts, thread = slack.workspace.next_ts(), given.get("thread_ts")
    if thread is None or any(m.thread == thread for m in slack.workspace.visible(channel.id, thread=thread)):
        slack.workspace.add(
            Message(
                channel,
                ts,
                BOT_USER,
                str(given.get("text") or ""),
                list(given.get("blocks") or []),
                thread=thread,
                only_for=given["user"],
            )
        )
    return {"message_ts": ts}


def update(slack: Slack, given: Arguments) -> dict[str, Any]:
    message = own_message(slack, given, "cant_update_message")
    check_message(slack, "chat.update", given)
    message.text, message.blocks = str(given.get("text") or ""), list(given.get("blocks") or [])
    message.edits += 1
    slack.workspace.changed()
    return {"channel": message.channel.id, "ts": message.ts}


def delete(slack: Slack, given: Arguments) -> dict[str, Any]:
    message = own_message(slack, given, "cant_delete_message")
    message.deleted = True
    slack.workspace.changed()
    return {"channel": message.channel.id, "ts": message.ts}


def permalink(slack: Slack, given: Arguments) -> dict[str, Any]:
    channel = readable(slack, given.get("channel"))
    ts = str(given.get("message_ts"))
    if slack.workspace.find(channel.id, ts) is None:
        raise ApiError("message_not_found")
    return {
        "channel": channel.id,
        "permalink": f"https://skerryvane.example/archives/{channel.id}/p{ts.replace('.', '')}",
    }


def replies(slack: Slack, given: Arguments) -> dict[str, Any]:
    channel = readable(slack, given.get("channel"))
    thread = str(given.get("ts"))
    found = list(slack.workspace.visible(channel.id, thread=thread))
    if not found:
        raise ApiError("thread_not_found")
    found = [message for message in found if message.ts == thread or in_time(message, given)]
    return page(found, given, usual=1_000)


def history(slack: Slack, given: Arguments) -> dict[str, Any]:
    channel = readable(slack, given.get("channel"))
    found = [m for m in slack.workspace.visible(channel.id) if m.thread is None and in_time(m, given)]
    return page(found[::-1], given, usual=100)


def page(found: list[Message], given: Arguments, *, usual: int) -> dict[str, Any]:
    """As many of the messages as are asked for, and where the rest begins."""
    first, most = int(given.get("cursor") or 0), int(given.get("limit") or usual)
    more = first + most < len(found)
    return {
        "messages": [record(message) for message in found[first : first + most]],
        "has_more": more,
        "response_metadata": {"next_cursor": str(first + most) if more else ""},
    }


def info(slack: Slack, given: Arguments) -> dict[str, Any]:
    channel = slack.workspace.channels.get(str(given.get("channel")))
    if channel is None or channel.direct or (channel.private and BOT_USER not in channel.members):
        raise ApiError("channel_not_found")
    need(slack, "conversations.info", "groups:read" if channel.private else "channels:read")
    return {
        "channel": {
            "id": channel.id,
            "name": channel.name,
            "is_private": channel.private,
            "is_ext_shared": channel.shared,
            "is_shared": channel.shared,
            "is_org_shared": False,
            "is_archived": channel.archived,
        }
    }


def users_info(slack: Slack, given: Arguments) -> dict[str, Any]:
    user = slack.profiles.get(str(given.get("user")))
    if user is None:
        raise ApiError("user_not_found")
    return {"user": dict(user)}


def set_status(slack: Slack, given: Arguments) -> dict[str, Any]:
    if not given.get("thread_ts"):
        raise ApiError("invalid_thread_ts")
    channel = readable(slack, given.get("channel_id"))
    slack.workspace.statuses.append((channel.id, str(given["thread_ts"]), str(given.get("status") or "")))
    slack.workspace.changed()
    return {}


def set_prompts(slack: Slack, given: Arguments) -> dict[str, Any]:
    """With a thread_ts it looks fine and shows nothing, as in an agent's app."""
    prompts = given.get("prompts") or []
    if not 0 < len(prompts) <= 4 or any(not p.get("title") or not p.get("message") for p in prompts):
        raise ApiError("invalid_arguments")
    if not given.get("thread_ts"):
        slack.workspace.prompts[str(given["channel_id"])] = list(prompts)
        slack.workspace.changed()
    return {}


def views_open(slack: Slack, given: Arguments) -> dict[str, Any]:
    person = spend_trigger(slack, given)
    check_view(slack, "views.open", given)
    slack.workspace.below.pop(person, None)
    return {"view": slack.show_window(person, given["view"])}


def views_push(slack: Slack, given: Arguments) -> dict[str, Any]:
    """A modal on top of the one that is open; three at most."""
    person = spend_trigger(slack, given)
    check_view(slack, "views.push", given)
    open_now, below = slack.workspace.windows.get(person), slack.workspace.below.setdefault(person, [])
    if open_now is None or len(below) >= MODALS - 1:
        raise ApiError("push_limit_reached")
    below.append(open_now)
    return {"view": slack.show_window(person, given["view"])}


def views_update(slack: Slack, given: Arguments) -> dict[str, Any]:
    check_view(slack, "views.update", given)
    for person, view in slack.workspace.windows.items():
        if view["id"] == given.get("view_id"):
            return {"view": slack.show_window(person, given["view"], instead_of=view)}
    raise ApiError("not_found")


def views_publish(slack: Slack, given: Arguments) -> dict[str, Any]:
    check_view(slack, "views.publish", given)
    view = slack.workspace.homes[str(given["user_id"])] = slack.workspace.new_view(given["view"])
    slack.workspace.changed()
    return {"view": {"id": view["id"]}}


METHODS: dict[str, tuple[tuple[str, ...], Callable[[Slack, Arguments], dict[str, Any]]]] = {
    "auth.test": ((), auth_test),
    "oauth.v2.access": ((), oauth_access),
    "bots.info": (("users:read",), bots_info),
    "apps.connections.open": ((), connections_open),
    "chat.postMessage": (("chat:write",), post_message),
    "chat.postEphemeral": (("chat:write",), post_ephemeral),
    "chat.update": (("chat:write",), update),
    "chat.delete": (("chat:write",), delete),
    "chat.getPermalink": ((), permalink),
    "conversations.replies": (("channels:history", "groups:history", "im:history"), replies),
    "conversations.history": (("channels:history", "groups:history", "im:history"), history),
    "conversations.info": (("channels:read", "groups:read"), info),
    "users.info": (("users:read",), users_info),
    "assistant.threads.setStatus": (("assistant:write", "chat:write"), set_status),
    "assistant.threads.setSuggestedPrompts": (("assistant:write",), set_prompts),
    "views.open": ((), views_open),
    "views.push": ((), views_push),
    "views.update": ((), views_update),
    "views.publish": ((), views_publish),
}
