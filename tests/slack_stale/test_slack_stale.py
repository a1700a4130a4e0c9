"""Answers that were posted, and what becomes of them when their documents change or go.

The documents are files in a folder, read in by another process's hand (a second opening of the same home).
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot import messages
from bot.audience import workspace_key
from bot.composition import Workplace
from bot.settings import Settings
from bot.workspace.state import TEAM
from retrieval.pins import NewPin
from tests.slack_bot import Bot
from tests.slack_stand_in import Channel, Person
from tests.stale_pages import (
    CHANGED,
    ENDED,
    FIVE,
    FOUR,
    GONE,
    LAPTOPS,
    PINNED,
    STANDS,
    Handbook,
    looked_at,
    wait,
)


def test_a_page_that_changes_beside_what_was_quoted(
    bot: Bot, handbook: Handbook, ann: Person, general: Channel
) -> None:
    """The answer stays, and above it stands that the page has changed; once, whatever changes after that."""
    answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    looked_at(bot)
    assert answer.edits == 0
    handbook.write("We love laptops.", FOUR)
    looked_at(bot)
    assert answer.words.startswith(STANDS)
    assert f"“{FOUR}”" in answer.words
    assert answer.buttons == ["Ask again"]
    handbook.write("We love laptops.", FOUR, "And tablets.")
    looked_at(bot)
    assert answer.edits == 1


def test_a_page_that_does_not_say_so_any_more(
    bot: Bot, handbook: Handbook, ann: Person, general: Channel
) -> None:
    """It says that, and whoever asks again gets the new answer in the same place, with its buttons."""
    answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    handbook.write(FIVE)
    looked_at(bot)
    assert answer.words.startswith(CHANGED)
    assert f"“{FOUR}”" in answer.words
    ben = ann.slack.person("Ben")
    general.members.add(ben.id)
    ben.presses(answer, "Ask again")
    ann.slack.workspace.wait(lambda: FIVE in answer.words)
    assert "Why this answer" in answer.buttons
    assert CHANGED not in answer.words
    assert len(ann.replies(answer)) == 1
    looked_at(bot)
    assert answer.edits == 2
    handbook.write(FOUR)
    looked_at(bot)
    assert answer.words.startswith(CHANGED)


def test_a_page_that_is_put_back(bot: Bot, handbook: Handbook, ann: Person, general: Channel) -> None:
    """What was changed and changed back says again what was quoted, and the answer says so."""
    answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    handbook.write(FIVE)
    looked_at(bot)
    assert answer.words.startswith(CHANGED)
    handbook.write(FOUR)
    looked_at(bot)
    assert answer.words.startswith(STANDS)
    assert CHANGED not in answer.words


def test_a_page_that_is_removed(bot: Bot, handbook: Handbook, ann: Person, general: Channel) -> None:
    """The quote goes with it: no word, title or link of it stays in Slack."""
    handbook.write(FIVE, page="other.md")
    in_channel = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    directly = ann.reply(ann.says(ann.dm, LAPTOPS))
    assert "five years" in in_channel.words + directly.words
    handbook.remove("other.md")
    looked_at(bot)
    for message in (in_channel, directly):
        assert message.words == f"{GONE}Ask again"
        assert "five" not in message.text
        assert "other.md" not in str(message.blocks)
    ann.presses(in_channel, "Ask again")
    ann.slack.workspace.wait(lambda: FOUR in in_channel.words)
    assert directly.edits == 1


def test_a_shared_answer(bot: Bot, handbook: Handbook, ann: Person, general: Channel) -> None:
    """It keeps the question and who shared it, also when it is asked again; the private one stays as it was."""
    ann.asks(general, LAPTOPS)
    private = ann.told(general)
    assert bot.service.desk.questions.wait_idle(20)
    ann.presses(private, "Share to channel")
    (shared,) = ann.slack.workspace.wait(lambda: list(ann.slack.workspace.visible(general.id)))
    assert bot.service.desk.errands.wait_idle(20)
    before = private.words
    handbook.remove()
    handbook.write(FIVE, page="new.md")
    looked_at(bot)
    assert "four" not in shared.words
    assert f"Question: {LAPTOPS}" in shared.words
    assert f"Shared by {ann.id}" in shared.words
    ann.presses(shared, "Ask again")
    ann.slack.workspace.wait(lambda: FIVE in shared.words)
    assert f"Question: {LAPTOPS}" in shared.words
    assert f"Shared by {ann.id}" in shared.words
    assert (private.words, private.edits) == (before, 0)


def test_no_answer_whose_nearest_pages_change(
    bot: Bot, handbook: Handbook, ann: Person, general: Channel
) -> None:
    """ "I don't know" names pages: it is marked when one changes, and forgets them when one goes."""
    handbook.write("Laptops are never blue.", page="colours.md")
    handbook.remove()
    reply = ann.reply(ann.says(general, "@quoth Which laptops are blue?"))
    assert reply.words.startswith("I don't know")
    assert "never blue" in reply.words
    handbook.write("Laptops are blue on Fridays.", page="colours.md")
    looked_at(bot)
    assert reply.words.startswith(f"{messages.STALE_NEAREST}I don't know")
    assert reply.buttons == ["Ask again"]
    handbook.write("Windows are cleaned in May.", page="windows.md")  # an empty folder may be away
    handbook.remove("colours.md")
    looked_at(bot)
    assert reply.words == f"{GONE}Ask again"


def test_read_in_again_without_a_change(bot: Bot, handbook: Handbook, ann: Person, general: Channel) -> None:
    """Read anew by --force, or given other vectors: nothing has changed, and nothing is said."""
    answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    handbook.ingest(force=True)
    looked_at(bot)
    assert answer.edits == 0


def test_closed_to_the_channel(bot: Bot, handbook: Handbook, ann: Person, general: Channel) -> None:
    """A collection that the channel may not see any more has not changed; what becomes of it is not told."""
    answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    bot.work.collections.open_to("staff", [])
    handbook.ingest(force=True)
    looked_at(bot)
    assert answer.edits == 0
    handbook.write(FIVE)
    looked_at(bot)
    assert answer.edits == 0
    bot.work.collections.open_to("staff", [workspace_key(TEAM)])
    handbook.write(FIVE, "And tablets.")
    looked_at(bot)
    assert answer.words.startswith(CHANGED)
    bot.work.collections.open_to("staff", [])
    handbook.write("Windows are cleaned in May.", page="windows.md")  # an empty folder may be away
    handbook.remove()
    looked_at(bot)
    assert answer.words == f"{GONE}Ask again"
    ann.presses(answer, "Ask again")
    ann.slack.workspace.wait(lambda: answer.edits == 3)
    assert answer.words == messages.NO_DOCUMENTS


def test_shared_with_another_company_since(
    bot: Bot, handbook: Handbook, ann: Person, general: Channel
) -> None:
    """What the channel was when it was asked does not count any more: nothing new is told or quoted there."""
    first, second = (ann.reply(ann.says(general, f"@quoth {LAPTOPS}")) for _ in range(2))
    handbook.write(FIVE)
    looked_at(bot)
    general.shared = True
    bot.service.desk.admission.channels.forget(general.id)  # as Slack says, or after ten minutes
    ann.presses(first, "Ask again")
    ann.slack.workspace.wait(lambda: first.edits == 2)
    assert first.words == messages.SHARED_CHANNEL
    handbook.write(FOUR)
    looked_at(bot)
    assert second.edits == 1


def test_whoever_asked_has_left(bot: Bot, handbook: Handbook, ann: Person, general: Channel) -> None:
    """Their answers in a channel are for its members and are marked; only asked again they are by nobody."""
    answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    alone = ann.reply(ann.says(ann.dm, LAPTOPS))
    looked_at(bot)
    ann.slack.profiles[ann.id]["deleted"] = True
    bot.service.desk.admission.people.forget(ann.id)  # as Slack says, or after a minute
    handbook.write(FIVE)
    looked_at(bot)
    assert answer.words.startswith(CHANGED)
    assert alone.edits == 0
    ben = ann.slack.person("Ben")
    general.members.add(ben.id)
    ben.presses(answer, "Ask again")
    assert ben.told(general).words == messages.NOT_YOURS
    assert bot.service.desk.questions.wait_idle(20)
    assert answer.words.startswith(CHANGED)


def pin_it(home: Path, *, until: float | None = None) -> None:
    """By another process's hand."""
    with Workplace(Settings(home=home)) as work:
        pin = NewPin(question=LAPTOPS, answer=PINNED, author="Ada", open_to=workspace_key(TEAM), until=until)
        work.pins.add(pin, work.encoder)


def test_a_pinned_answer_that_is_removed(bot: Bot, handbook: Handbook, ann: Person, general: Channel) -> None:
    """It goes from the channel; what the documents say comes when it is asked again.  Others stay as they are."""
    before = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    pin_it(handbook.home)
    answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    assert PINNED in answer.words
    looked_at(bot)
    assert answer.edits == 0
    with Workplace(Settings(home=handbook.home)) as work:
        assert work.pins.remove(1)
    wait(lambda: answer.edits == 1)
    assert answer.words == f"{ENDED}Ask again"
    assert PINNED not in answer.text
    ann.presses(answer, "Ask again")
    ann.slack.workspace.wait(lambda: FOUR in answer.words)
    assert PINNED not in answer.words
    assert before.edits == 0


def test_a_pinned_answer_that_expires(
    bot: Bot, handbook: Handbook, ann: Person, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When its time is over, without anybody's doing."""
    pin_it(handbook.home, until=time.time() + 3_600)
    answer = ann.reply(ann.says(general, f"@quoth {LAPTOPS}"))
    looked_at(bot)
    assert PINNED in answer.words
    monkeypatch.setattr(bot.work.pins, "_clock", lambda: time.time() + 3_600)
    wait(lambda: answer.edits == 1)
    assert answer.words == f"{ENDED}Ask again"
