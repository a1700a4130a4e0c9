"""Saying things in Slack: each thing once, and with our own errors where it fails.

A message that got no usable reply may have been posted or not.  So it carries a mark (the id of its first
block, which Slack gives back with it), and before it is posted again the thread is searched for that mark: a
reset costs neither a second answer nor the only one.  With a person that cannot be searched before something
was posted, so there it is posted once more, and what was said twice is taken out again.

But: what is said, and what happens when it cannot be said, is decided by the desk.
"""

from __future__ import annotations

import http.client
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from slack_sdk.errors import SlackClientError
from slack_sdk.models.views import View
from slack_sdk.webhook import WebhookClient

from bot.errors import SlackRefuses, SlackSilent, SlackTrouble
from bot.slack.calls import called
from bot.slack.clients import TIMEOUT_SECONDS, TRIES, Clients, patience
from bot.slack.marks import all_marked, is_person, marked, page_of
from bot.views.blocks.parts import Message

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5  # before a second try; doubled for each further one
SIGNED_OUT = frozenset({"invalid_auth", "account_inactive", "token_revoked", "token_expired", "not_authed"})


class Posting:
    """One workspace, as the bot speaks to it; safe to share between threads."""

    def __init__(self, clients: Clients, *, pause: Callable[[float], None] = time.sleep) -> None:
        self._clients = clients
        self._pause = pause

    def say(
        self,
        channel: str,
        message: Message,
        *,
        thread: str | None,
        mark: str,
        perhaps_said: bool = False,
        since: float | None = None,
    ) -> str:
        """Post a message; the timestamp it got.  `mark` tells it from all others in its thread.

        `perhaps_said`: it may be there already, from before a crash.  `since`: but not from before that, in
        seconds since 1970; None: only the latest of a channel are searched.
        """
        if perhaps_said:
            posted = marked(self._clients.again, channel, thread, mark, since)
            if posted is not None:
                return posted
        for attempt in range(TRIES):
            try:
                response = called(
                    self._clients.once.chat_postMessage,
                    channel=channel,
                    thread_ts=thread,
                    **_content(message, mark),
                )
                return str(response["ts"])
            except SlackSilent:
                log.warning("a message got no usable reply, attempt %d", attempt + 1)
                self._pause(PAUSE_SECONDS * 2**attempt)
                posted = marked(self._clients.again, channel, thread, mark, since)
                if posted is not None:
                    return posted
        raise SlackSilent(f"Slack gave no usable reply to chat.postMessage in {TRIES} attempts.")

    def tell(self, whom: str, message: Message, *, mark: str, since: float) -> tuple[str, str]:
        """Show a message to a channel or, by their ID, to a person, once; its channel and its timestamp.

        `mark` tells it from all others there; it may be there already, but not from before `since`.  A person
        may hear of it once more, since Slack tells with a post only which channel their direct messages are.
        """
        if not is_person(whom):
            said = self.say(whom, message, thread=None, mark=mark, perhaps_said=True, since=since)
            return whom, said
        content = _content(message, mark)
        try:
            response = called(self._clients.once.chat_postMessage, channel=whom, **content)
        except SlackSilent:
            self._pause(PAUSE_SECONDS)
            response = called(self._clients.once.chat_postMessage, channel=whom, **content)
        channel = str(response["channel"])
        return channel, self._only_one(channel, str(response["ts"]), mark, since)

    def link(self, channel: str, ts: str) -> str | None:
        """The address of a message; None where Slack does not tell."""
        try:
            return str(
                called(self._clients.now.chat_getPermalink, channel=channel, message_ts=ts)["permalink"]
            )
        except SlackTrouble:
            return None

    def first_words(self, channel: str, thread: str) -> str:
        """The text of the message that begins a thread; empty where Slack does not tell."""
        try:
            response = called(self._clients.now.conversations_replies, channel=channel, ts=thread, limit=1)
        except SlackTrouble:
            return ""
        return str((response.get("messages") or [{}])[0].get("text") or "")

    def update(self, channel: str, ts: str, message: Message) -> None:
        """Put other words into a message of the bot's."""
        called(self._clients.again.chat_update, channel=channel, ts=ts, **_content(message))

    def delete(self, channel: str, ts: str) -> None:
        """Remove a message of the bot's; fine if it is gone already."""
        try:
            called(self._clients.again.chat_delete, channel=channel, ts=ts)
        except SlackRefuses as error:
            if error.code != "message_not_found":
                raise

    def shown(self, channel: str, ts: str, *, thread: str | None) -> list[dict[str, Any]] | None:
        """The blocks of a message as they stand in Slack; None if it is not there any more."""
        try:
            client = self._clients.again
            page = page_of(client, channel, thread, oldest=ts, latest=ts, inclusive=True, limit=2)
        except SlackRefuses as error:
            if error.code != "thread_not_found":
                raise
            return None
        return next((each.get("blocks") or [] for each in page["messages"] if each.get("ts") == ts), None)

    def whisper(self, channel: str, person: str, message: Message, *, thread: str | None = None) -> None:
        """Show a message to one person only."""
        called(
            self._clients.once.chat_postEphemeral,
            channel=channel,
            user=person,
            thread_ts=thread,
            **_content(message),
        )

    def respond(self, response_url: str, message: Message) -> None:
        """Answer a command or a button's press to that person only.

        Raises SlackRefuses where the address is used up or too old, SlackSilent without a reply.
        """
        client = WebhookClient(response_url, timeout=TIMEOUT_SECONDS, retry_handlers=patience())
        try:
            response = client.send(
                text=message.text,
                blocks=list(message.blocks),
                response_type="ephemeral",
                replace_original=False,
                unfurl_links=False,
                unfurl_media=False,
            )
        except (OSError, http.client.HTTPException, SlackClientError) as error:
            raise SlackSilent("Slack gave no usable reply to a response_url.") from error
        if response.status_code >= 500:
            raise SlackSilent("Slack gave no usable reply to a response_url.")
        if response.status_code != 200:
            raise SlackRefuses("response_url", f"status {response.status_code}")

    def status(self, channel: str, thread: str, text: str) -> None:
        """Show in a thread what the bot is doing; gone with its next message there."""
        called(
            self._clients.now.assistant_threads_setStatus,
            channel_id=channel,
            thread_ts=thread,
            status=text,
        )

    def prompts(self, channel: str, prompts: Sequence[Mapping[str, str]], *, title: str) -> None:
        """Suggest questions in the agent view; without thread_ts, with which they silently fail there."""
        called(
            self._clients.again.assistant_threads_setSuggestedPrompts,
            channel_id=channel,
            title=title,
            prompts=[dict(each) for each in prompts],
        )

    def open(self, trigger_id: str, view: View) -> None:
        """Open a window for the person who pressed a button, within three seconds of that."""
        called(self._clients.now.views_open, trigger_id=trigger_id, view=view)

    def home(self, person: str, view: View) -> None:
        """Show a person's App Home."""
        called(self._clients.again.views_publish, user_id=person, view=view)

    def channel(self, channel: str) -> Mapping[str, Any]:
        """What Slack says of a channel."""
        response = called(self._clients.again.conversations_info, channel=channel)
        found: Mapping[str, Any] = response["channel"]
        return found

    def team(self) -> str:
        """The ID of the workspace."""
        return str(called(self._clients.again.auth_test)["team_id"])

    def person(self, person: str) -> Mapping[str, Any]:
        """What Slack says of a person."""
        response = called(self._clients.again.users_info, user=person)
        found: Mapping[str, Any] = response["user"]
        return found

    def _only_one(self, channel: str, posted: str, mark: str, since: float) -> str:
        """Remove all with a mark but the first; its timestamp, that of the one just posted in doubt."""
        try:
            found = all_marked(self._clients.again, channel, None, mark, since)
            first, *others = sorted({*found, posted}, key=float)
            for ts in others:
                self.delete(channel, ts)
        except SlackTrouble as error:
            log.warning("what was perhaps said twice could not be taken out: %s", error)
            return posted
        return first


def _content(message: Message, mark: str | None = None) -> dict[str, Any]:
    """Nothing in it unfolds, and the notification's text is not formatted."""
    blocks = [block.to_dict() for block in message.blocks]
    if mark is not None:
        blocks[0]["block_id"] = mark
    return {
        "text": message.text,
        "blocks": blocks,
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }
