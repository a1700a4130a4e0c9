"""Views for Slack: whatever is in a document, a title or a question, Slack takes it and nothing comes alive.

Judged by the stand-in's own limits, written from Slack's documentation, not by the views' own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot import messages
from bot.citations import Citation
from bot.exhibits import (
    AnswerShown,
    Exhibit,
    NoAnswerShown,
    PassageShown,
    PinShown,
    Shown,
    SourcesShown,
    WhyShown,
)
from bot.records.posted import Mark
from bot.views.blocks import limits as own
from bot.views.blocks import modals, notes, stale
from bot.views.blocks.answer import MOST_NEAREST, answer_message
from bot.views.blocks.home import Board, home_view
from bot.views.blocks.parts import Message, cut, cut_front, escaped, shown
from bot.views.blocks.passing_on import ask_form, request_message
from bot.views.blocks.pins import pin_form, pinned_message
from bot.workspace import limits
from retrieval.lists import REACH, Item, ListAround

TODAY = date(2026, 3, 1)
MARKS: tuple[Mark, ...] = get_args(Mark)

HOSTILE = (
    "<!channel>", "<!here|here>", "<@U0OTHER>", "<!subteam^S1>", "<http://evil.example|bank.com>", "<#C1>", "&lt;!channel&gt;",
    "`code`", "```", "*bold*", "_it_", "~no~", "> quote", "\u202e", "\u200b", "\u2066", "\x00", "\x1b[31m", "\ud800", "\ufeff",
    "@channel", "@here", "http://evil.example/", "mailto:a@b.example", "javascript:alert(1)", ":tada:", "\n\n", "\t", "\u2028",
    "\U0001f469\u200d\U0001f467", "日本語", "\u200f\u05e2\u05d1", "x" * 4_000, "word " * 3_000,
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30)), max_size=6).map("".join)
URLS = st.one_of(
    st.none(),
    st.sampled_from(
        ["https://wiki.example/a#b", "http://wiki.example/ü?x=1&y=2", "javascript:alert(1)", "https://a b", "https://",
         "https://a/<!channel>", "https://a/|evil", "ftp://a/", "https://a/" + "x" * 3_000, "https://a/\u202e", ""]
    ),
)  # fmt: skip
CITATIONS = st.builds(
    Citation,
    title=TEXTS,
    section=TEXTS,
    location=TEXTS,
    url=URLS,
    changed=st.one_of(st.none(), st.dates(date(1970, 1, 1), date(2100, 1, 1))),
)
EXHIBITS = st.builds(
    Exhibit,
    before=TEXTS,
    span=TEXTS,
    after=TEXTS,
    confidence=st.floats(0, 1),
    citation=CITATIONS,
    around=st.builds(
        ListAround,
        introductions=st.lists(TEXTS, max_size=3).map(tuple),
        items=st.lists(st.builds(Item, TEXTS, st.integers(0, 9)), max_size=8).map(tuple),
        left=st.integers(0, 99),
    ),
)
FEW = st.lists(EXHIBITS, max_size=4).map(tuple)
HURRIED = st.one_of(st.none(), st.just((4, 20)))
SHOWN: st.SearchStrategy[Shown] = st.one_of(
    st.builds(AnswerShown, best=EXHIBITS, same=FEW, others=FEW, hurried=HURRIED),
    st.builds(
        NoAnswerShown,
        reason=st.sampled_from(["no question", "nothing found", "not sure", "said before"]),
        nearest=st.lists(EXHIBITS, max_size=3).map(tuple),
        others=FEW,
        hurried=HURRIED,
    ),
)
WORDY = TEXTS.map(lambda text: f"a {text}")
PINS = st.builds(
    PinShown,
    question=WORDY,
    answer=WORDY,
    author=WORDY,
    day=st.dates(date(1970, 1, 1), date(2100, 1, 1)),
    url=URLS,
)
WHYS = st.builds(
    WhyShown,
    passages=st.lists(
        st.builds(PassageShown, place=TEXTS, url=URLS, bm25=st.floats(0, 99), probability=st.floats(0, 1),
                  words=st.lists(TEXTS, max_size=5).map(tuple)),
        max_size=6,
    ).map(tuple),
    read=st.integers(0, 99),
    unread=st.integers(0, 99),
    stopped=st.sampled_from([None, "sure", "time"]),
    confirmed=st.integers(0, 9),
    windows=st.integers(0, 99),
    threshold=st.floats(0, 1),
    nothing=st.floats(0, 1),
    confidence=st.one_of(st.none(), st.floats(0, 1)),
    margin=st.one_of(st.none(), st.floats(0, 1)),
    milliseconds=st.integers(0, 10_000),
)  # fmt: skip


def records(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    return [block.to_dict() for block in blocks]


def links_of(*exhibits: Exhibit) -> set[str]:
    return {exhibit.citation.url for exhibit in exhibits if exhibit.citation.url}


def all_of(what: Shown) -> list[Exhibit]:
    first = [what.best, *what.same] if isinstance(what, AnswerShown) else list(what.nearest)
    return [*first, *what.others]


def assert_harmless(text: str, blocks: Sequence[Block], links: set[str]) -> None:
    """Slack takes it; nobody is pinged; links go nowhere but where the citations do, by http(s)."""
    assert limits.message_problems(text, records(blocks)) == []
    assert limits.live_mentions(text, records(blocks)) == []
    found = set(limits.live_links(text, records(blocks)))
    assert found <= links
    assert all(link.startswith(("https://", "http://")) for link in found)
    for _, string in limits._strings(records(blocks)):
        assert not any(
            (unicodedata.category(c) in ("Cc", "Cs") and c != "\n") or c in "\u202e\u2066\u200b\ufeff"
            for c in string
        )


@given(
    what=SHOWN,
    question=TEXTS,
    private=st.booleans(),
    shareable=st.booleans(),
    contact=st.one_of(st.none(), TEXTS, st.just("C0123456789")),
    pin=st.one_of(st.none(), PINS),
)
def test_answers_are_harmless(
    *, what: Shown, question: str, private: bool, shareable: bool, contact: str | None, pin: PinShown | None
) -> None:
    """An answer or none, a person's or none, in all their forms; and our own check agrees."""
    message = answer_message(
        2**40, question, what, today=TODAY, private=private, shareable=shareable, contact=contact, pin=pin,
        askable=shareable,
    )  # fmt: skip
    links = links_of(*all_of(what)) | ({pin.url} if pin is not None and pin.url else set())
    assert_harmless(message.text, message.blocks, links)
    assert own.message_problems(message) == []


@given(text=WORDY, question=TEXTS, names=st.lists(WORDY, max_size=5, unique=True), pin=PINS)
def test_what_people_are_asked_and_told_is_harmless(
    text: str, question: str, names: list[str], pin: PinShown
) -> None:
    """Forms that Slack takes, whatever stands in them; a question passed on pings nobody but names the asker."""
    options = [(str(number), name) for number, name in enumerate(names)] or [("0", "all")]
    for view in (
        pin_form("{}", question=question, answer=text, audiences=options),
        ask_form("{}", question=question),
    ):
        assert limits.view_problems(view.to_dict()) == own.view_problems(view) == []
    told = pinned_message(question, pin)
    assert_harmless(told.text, told.blocks, {pin.url} if pin.url else set())
    request = request_message(text, asker="U0ANN", channel="C0123456789", url="https://a.example/b")
    assert limits.message_problems(request.text, records(request.blocks)) == []
    assert limits.live_mentions(request.text, records(request.blocks)) == ["U0ANN"]
    assert limits.live_links(request.text, records(request.blocks)) == ["https://a.example/b"]


@given(
    what=SHOWN,
    question=TEXTS,
    shared=st.booleans(),
    marks=st.lists(st.sampled_from(MARKS), min_size=1, max_size=3),
)
def test_marks_are_harmless(what: Shown, question: str, shared: bool, marks: list[Mark]) -> None:
    """What an answer shows stays under each mark, the last mark alone is on it, and its only button asks again."""
    message = answer_message(7, question, what, today=TODAY, shared_by="U0ANN" if shared else None)
    shown_now = before = records(message.blocks)
    for mark in marks:
        message = stale.marked(shown_now, 7, mark, answer=isinstance(what, AnswerShown))
        shown_now = records(message.blocks)
        assert stale.mark_in(shown_now) == mark
        assert shown_now[1:-1] == [block for block in before if block["type"] != "actions"]
        assert [button["action_id"] for button in shown_now[-1]["elements"]] == [stale.AGAIN]
        assert limits.message_problems(message.text, shown_now) == []
        assert len(shown_now) == len({block.get("block_id", id(block)) for block in shown_now})
    gone = stale.withdrawn(7, question if shared else None, "U0ANN" if shared else None, "gone")
    assert own.message_problems(gone) == limits.message_problems(gone.text, records(gone.blocks)) == []
    assert limits.live_links(gone.text, records(gone.blocks)) == []


@given(what=SHOWN, why=WHYS)
def test_windows_are_harmless(what: Shown, why: WhyShown) -> None:
    """Show more and Why, as windows and as the messages that take their place."""
    links = links_of(*all_of(what)) | {passage.url for passage in why.passages if passage.url}
    for title, blocks in (
        (messages.MORE_TITLE, modals.more_blocks(what)),
        (messages.WHY_TITLE, modals.why_blocks(why)),
    ):
        view = modals.modal(title, blocks)
        assert limits.view_problems(view.to_dict()) == own.view_problems(view) == []
        message = modals.as_message(title, blocks)
        assert_harmless(message.text, message.blocks, links)


@given(
    titles=st.lists(TEXTS, max_size=30).map(tuple),
    recent=st.lists(st.tuples(TEXTS, st.sampled_from(sorted(messages.STATES))), max_size=5),
    changed=st.one_of(st.none(), st.dates()),
    sentence=TEXTS.filter(lambda text: bool(shown(text).strip())),
)
def test_home_sources_and_notes_are_harmless(
    titles: tuple[str, ...], recent: list[tuple[str, str]], changed: date | None, sentence: str
) -> None:
    """App Home, /ask sources, and a sentence with something of somebody's in it."""
    sources = SourcesShown(documents=len(titles) + 7, changed=changed, titles=titles)
    wanted = [(question, len(question), question or None) for question, _ in recent]
    board = Board(days=30, questions=len(recent), answered=0, helpful=1, not_helpful=2, wanted=wanted)
    home = home_view(notes.knows_sentence(sources), recent, board=board)
    assert limits.view_problems(home.to_dict()) == own.view_problems(home) == []
    blocks = [block for block in home.blocks or [] if isinstance(block, Block)]
    assert_harmless("", blocks, set())
    for message in (notes.sources_message(sources), notes.note(sentence), notes.help_message()):
        assert_harmless(message.text, message.blocks, set())


@given(text=TEXTS, most=st.integers(2, 500))
def test_cutting(text: str, most: int) -> None:
    """Never longer than was asked for; what is short enough stays; the ends that count are kept."""
    whole = shown(text)
    head, tail = cut(text, most), cut_front(text, most)
    assert len(head) <= most
    assert len(tail) <= most
    if len(whole) <= most:
        assert head == tail == whole
    else:
        assert whole.startswith(head[:-1])
        assert whole.endswith(tail[1:])
    assert not re.search("[<>]", escaped(text))


def exhibit(**more: Any) -> Exhibit:
    values: dict[str, Any] = {
        "before": "We shut at ",
        "span": "five o'clock",
        "after": ".",
        "confidence": 0.63,
        "citation": Citation(
            title="Hours",
            section="Shop",
            location="hours.md:3",
            url="https://wiki.example/hours",
            changed=date(2025, 11, 12),
        ),
    }
    return Exhibit(**(values | more))


def rendered(message: Message) -> str:
    return limits.words(records(message.blocks))


def test_an_answer_reads_like_this() -> None:
    """The sentence, the place, how sure, how old; the span in bold, the place as a link."""
    message = answer_message(7, "When do you shut?", AnswerShown(best=exhibit()), today=TODAY)
    assert rendered(message) == (
        "“We shut at five o'clock.”Hours > Shop (hours.md:3)fairly sure (63%) · updated 3 months ago, on 12 November 2025"
        "HelpfulNot helpfulWhy this answer"
    )
    quote = message.blocks[0].to_dict()["elements"][0]
    assert [(part["text"], part.get("style")) for part in quote["elements"]] == [
        ("“We shut at ", None), ("five o'clock", {"bold": True}), (".”", None),
    ]  # fmt: skip
    assert message.text == "Hours &gt; Shop: We shut at five o'clock."


def test_an_item_reads_like_this() -> None:
    """Below what introduces it, above what it leads to; in one line where it is only near."""
    around = ListAround(
        introductions=("Never buy:", "Gifts, unless:"),
        items=(Item("for friends"), Item("for you", 1)),
        left=1,
    )
    shown = exhibit(before="", span="they cost", after=":", around=around)
    message = answer_message(7, "?", AnswerShown(best=shown), today=TODAY)
    assert rendered(message).startswith(
        "“Never buy: … Gifts, unless: …\nthey cost:\n• for friends\n◦ for you\n… and 1 more”Hours > Shop"
    )
    near = answer_message(7, "?", NoAnswerShown(reason="not sure", nearest=(shown,)), today=TODAY)
    assert "“Never buy: … Gifts, unless: … they cost: • for friends ◦ for you … and 1 more”" in rendered(near)


@pytest.mark.parametrize(
    ("rows", "words"),
    [(1, "… and 1 more row"), (3, "… and 3 more rows"), (REACH, "… and 200 more rows or more")],
)
def test_rows_read_like_this(rows: int, words: str) -> None:
    """What their table has besides is counted, so that nobody takes them for all."""
    shown = exhibit(before="Value: 1. By: ", span="Ann", after=".", around=ListAround(rows=rows))
    message = answer_message(7, "?", AnswerShown(best=shown), today=TODAY)
    assert rendered(message).startswith(f"“Value: 1. By: Ann.\n{words}”")


def test_what_is_near_is_shown_however_much_introduces_it() -> None:
    """The beginning of what introduces it names what it is about, and the words that are near stay, too."""
    around = ListAround(
        introductions=("The company card must not be used for " + "this or that, " * 30 + "or:",)
    )
    shown = exhibit(before="gifts of ", span="50 euros", after=" " + "or more " * 60, around=around)
    message = rendered(
        answer_message(7, "?", NoAnswerShown(reason="not sure", nearest=(shown,)), today=TODAY)
    )
    assert "“The company card must not be used for this" in message
    assert "… gifts of 50 euros or more" in message
    assert len(message) < MOST_NEAREST + 200
    below = exhibit(before="That is so. " * 40, span="50 euros", after=" or more.")
    message = rendered(
        answer_message(7, "?", NoAnswerShown(reason="not sure", nearest=(below,)), today=TODAY)
    )
    assert "50 euros or more." in message


@pytest.mark.parametrize("changed", [None, date(2026, 3, 5)])
def test_an_unknown_age_is_not_shown(changed: date | None) -> None:
    """A page that does not tell, and one that was changed in days to come."""
    told = replace(exhibit().citation, changed=changed)
    assert "updated" not in rendered(
        answer_message(7, "?", AnswerShown(best=exhibit(citation=told)), today=TODAY)
    )


def test_the_same_elsewhere_is_counted() -> None:
    """And Show more is offered for it, or for other answers, and else not."""
    for count, words in ((1, "in one other place"), (2, "in 2 other places")):
        message = answer_message(7, "?", AnswerShown(best=exhibit(), same=(exhibit(),) * count), today=TODAY)
        assert words in rendered(message)
        assert "Show more" in rendered(message)
    assert "Show more" not in rendered(answer_message(7, "?", AnswerShown(best=exhibit()), today=TODAY))


def test_lines_stay_lines_in_a_quote_and_one_in_a_notification() -> None:
    """Code and list items say something else when they run together."""
    code = exhibit(
        before="# stop it first\n", span="sudo systemctl stop quoth\npip install quoth", after="\nquoth serve"
    )
    message = answer_message(7, "?", AnswerShown(best=code), today=TODAY)
    assert "“# stop it first\nsudo systemctl stop quoth\npip install quoth\nquoth serve”" in rendered(message)
    assert (
        message.text
        == "Hours &gt; Shop: # stop it first sudo systemctl stop quoth pip install quoth quoth serve"
    )


def test_a_very_long_sentence_keeps_its_span() -> None:
    """Cut at both ends, at words, with the span whole in the middle."""
    long = exhibit(before="before " * 500, after=" after" * 500)
    text = rendered(answer_message(7, "?", AnswerShown(best=long), today=TODAY))
    assert "before five o'clock after" in text
    assert text.startswith("“…before")
    assert "after…”" in text


def test_our_own_check_finds_what_does_not_fit() -> None:
    """So that a mistake in a view becomes a sentence instead of silence."""
    too_many = Message(text="x", blocks=notes.note("x").blocks * 51)
    assert own.message_problems(too_many) == ["51 blocks"]
    assert own.message_problems(Message(text="", blocks=())) == ["0 blocks", "a text of 0 characters"]
    long = Message(text="x", blocks=notes.note("y" * 2_000).blocks * 7)
    assert own.message_problems(long) == ["14000 characters"]
    assert own.view_problems(View(type="modal", blocks=[])) != []
