"""What the local workspace keeps, and how long: as Slack does, or so much that it can run for weeks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.manifest import manifest
from bot.workspace import Slack
from bot.workspace.slack import RESPONSE_SECONDS, RESPONSES, TRIGGER_SECONDS
from bot.workspace.state import MOST_MESSAGES, Channel, Message, Workspace
from tests.clock import Clock

MOST = 5


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slack(clock: Clock) -> Iterator[Slack]:
    opened = Slack(manifest("socket"), clock=clock)
    yield opened
    opened.stop()


def test_a_response_url_serves_five_times_in_half_an_hour(slack: Slack, clock: Clock) -> None:
    """What is refused uses nothing up; afterwards it is as unknown as one that never was."""
    ann = slack.person("Ann")
    used, aged = (slack.response_url(ann.dm, ann.id).rpartition("/")[2] for _ in range(2))
    assert slack.use_response_url(used, {}) == 400
    assert [slack.use_response_url(used, {"text": "Yes."}) for _ in range(6)] == [200] * RESPONSES + [404]
    clock.now += RESPONSE_SECONDS - 1
    assert slack.use_response_url(aged, {"text": "Still."}) == 200
    clock.now += 1
    assert slack.use_response_url(aged, {"text": "Too late."}) == 404
    assert slack.use_response_url("made up", {"text": "No."}) == 404


def test_a_trigger_opens_one_window_within_three_seconds(slack: Slack, clock: Clock) -> None:
    """Once, and no later."""
    first, second = slack.trigger("U1"), slack.trigger("U2")
    clock.now += TRIGGER_SECONDS - 0.1
    assert [slack.spend_trigger(first), slack.spend_trigger(first)] == ["U1", None]
    clock.now += 0.1
    assert slack.spend_trigger(second) is None


def test_what_nobody_uses_is_forgotten(slack: Slack, clock: Clock) -> None:
    """A press a minute for two days: no more is kept than what could still be used."""
    ann = slack.person("Ann")
    for _ in range(2 * 24 * 60):
        clock.now += 60
        slack.response_url(ann.dm, ann.id)
        slack.trigger(ann.id)
    assert len(slack._responses) == RESPONSE_SECONDS / 60
    assert len(slack._triggers) == 1


@given(st.lists(st.tuples(st.sampled_from("AB"), st.none() | st.integers(0, 6)), max_size=40))
def test_a_channel_keeps_its_liveliest_threads(posts: list[tuple[str, int | None]]) -> None:
    """No more than its room, whole threads, the newest message always; what goes was silent for longest."""
    workspace = Workspace(most_messages=MOST)
    channels = {name: Channel(f"C{name}", name, set()) for name in "AB"}
    for name, under in posts:
        before = here(workspace, channels[name])
        elsewhere = [message for message in workspace.messages if message.channel is not channels[name]]
        roots = [message for message in before if message.thread is None]
        thread = roots[under % len(roots)].ts if under is not None and roots else None
        said = workspace.add(Message(channels[name], workspace.next_ts(), "U1", "Text.", thread=thread))
        after = here(workspace, channels[name])
        assert said in after
        assert len(after) <= MOST
        assert {message.root for message in after} <= {message.ts for message in after}
        assert [message for message in workspace.messages if message.channel is not said.channel] == elsewhere
        gone = [message for message in before if message not in after]
        assert bool(gone) == (len(before) == MOST)
        assert all(
            message.root == said.root or newest(before, message.root) < newest(after, kept.root)
            for message in gone
            for kept in after
        )


def test_there_is_room_for_a_long_visit() -> None:
    """Hundreds of questions with their answers."""
    workspace = Workspace()
    channel = Channel("C1", "general", set())
    for _ in range(MOST_MESSAGES + 10):
        workspace.add(Message(channel, workspace.next_ts(), "U1", "Text."))
    assert len(workspace.messages) == MOST_MESSAGES


def here(workspace: Workspace, channel: Channel) -> list[Message]:
    return [message for message in workspace.messages if message.channel is channel]


def newest(messages: list[Message], root: str) -> float:
    return max(float(message.ts) for message in messages if message.root == root)
