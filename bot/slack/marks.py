"""Messages of the bot's that are in Slack already, found by their marks.

A mark is the id of a message's first block; Slack gives it back with the message.

But: what to do where it is not known whether something was posted is `posting.py`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot.slack.calls import called

MOST_PAGES = 20  # of a thread or a channel, of 200 messages each, that are searched
LATEST = 20  # messages of a channel that are searched for what was posted just now
CLOCKS_SECONDS = 3_600.0  # that Slack's clock may be behind ours


def is_person(channel: str) -> bool:
    """Whether that is the ID of a person, which stands for the direct messages with them."""
    return channel.startswith(("U", "W"))


def marked(client: WebClient, channel: str, thread: str | None, mark: str, since: float | None) -> str | None:
    """The timestamp of the message with that mark; None if it is not there.

    Raises SlackSilent where that cannot be found out: then it is better not posted again.
    """
    if is_person(channel):  # which channel that is, is not known: a second answer is better than none
        return None
    return next(all_marked(client, channel, thread, mark, since), None)


def all_marked(
    client: WebClient, channel: str, thread: str | None, mark: str, since: float | None
) -> Iterator[str]:
    """The timestamps of messages with that mark; in a thread the oldest come first, else the newest."""
    which: dict[str, Any] = {"limit": 200}
    pages = MOST_PAGES
    if since is not None:
        which["oldest"] = f"{since - CLOCKS_SECONDS:.6f}"
    elif thread is None:
        which["limit"], pages = LATEST, 1
    for _ in range(pages):
        page = page_of(client, channel, thread, **which)
        yield from _with_mark(page["messages"], mark)
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
        which["cursor"] = cursor


def page_of(client: WebClient, channel: str, thread: str | None, **which: Any) -> SlackResponse:
    """A page of the messages of a thread, or of the channel itself."""
    if thread is not None:
        return called(client.conversations_replies, channel=channel, ts=thread, **which)
    return called(client.conversations_history, channel=channel, **which)


def _with_mark(messages: Iterable[Mapping[str, Any]], mark: str) -> Iterator[str]:
    """The timestamps of those that bear a mark."""
    for message in messages:
        if any(block.get("block_id") == mark for block in message.get("blocks") or []):
            yield str(message["ts"])
