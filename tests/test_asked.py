"""Slack's markup as words, who is mentioned, and what reads like a question."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asked import MAX_QUESTION, Place, mentions, reads_like_a_question, words, words_with_names
from bot.errors import SlackRefuses, SlackSilent
from bot.slack.lines import Channels


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<@U0QUOTH> When?", "When?"),
        ("<@U0QUOTH|quoth>When?", "When?"),
        ("Hi <!here>, <!subteam^S1|@team>: when?", "Hi , : when?"),
        ("See <#C1|general> and <#C2>", "See general and"),
        ("What does <https://a.example/b|the page> say?", "What does the page say?"),
        ("What is <https://a.example/b>?", "What is https://a.example/b ?"),
        ("Is 1 &lt; 2 &amp;&amp; 3 &gt; 2? &amp;lt;", "Is 1 < 2 && 3 > 2? &lt;"),
        ("Two\nlines\tand\u200b more\u202e", "Two lines and more"),
        ("", ""),
    ],
)
def test_words(text: str, expected: str) -> None:
    """Mentions go, labels stay, entities are resolved once, nothing invisible is left."""
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ask <@U1> in <#C1|general>, please.", "Ask @Ann Lee in #general, please."),
        ("Ask <@U2> or <@U3|ben>.", "Ask @U2 or @ben."),
        ("See <#C2>, <#C3|>.", "See #C2, #C3."),
        ("<!here> <!subteam^S1|@helpers> <!subteam^S2>", "@here @helpers @S2"),
        ("By <!date^1700000000^{date}|14 November>", "By 14 November"),
        (
            "See <https://a.example/b?c&amp;d|the page>: 1 &lt; 2",
            "See the page (https://a.example/b?c&d): 1 < 2",
        ),
        ("At <http://a.example|a.example>, <https://a.example/b>", "At a.example , https://a.example/b"),
        ("Write to <mailto:hr@a.example|hr@a.example> ", "Write to hr@a.example"),
        ("Do this:\n\n1.  Ask.\r\n2. Wait.\n", "Do this:\n\n1. Ask.\n2. Wait."),
        ("a" * 3_000, "a" * 1_999 + "…"),
    ],
)
def test_words_with_names(text: str, expected: str) -> None:
    """Whom and what it names stays: by name where that is known, else by label, else by ID; its lines, too."""
    assert words_with_names(text, {"U1": "Ann Lee"}.get) == expected


@given(
    st.text()
    | st.lists(st.sampled_from(["<@U1>", "<", ">", "|", "<!x", "&lt;", "\ud800", "\x00", "a"])).map("".join)
)
def test_words_of_anything(text: str) -> None:
    """No error, no control character but the end of a line, no more than is read."""
    for found in (words(text), words_with_names(text, {"U1": "\x00\u202eAnn"}.get)):
        assert len(found) <= MAX_QUESTION
        assert not any(
            unicodedata.category(character) in ("Cc", "Cs") for character in found.replace("\n", "")
        )


def test_a_question_of_any_length() -> None:
    assert len(words("x" * 100_000)) == MAX_QUESTION


def test_mentions() -> None:
    """People, groups and everybody; a date is nobody."""
    assert mentions("<@U1> and <@U2|ann>, @U3, &lt;@U4&gt;") == {"U1", "U2"}
    assert mentions("<!here> <!subteam^S1|@team> <!date^1700000000^{date}|today>") == {"here", "subteam^S1"}


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("When do we close?", True), ("how do I claim", True), ("Can I?", True), ("And abroad?", True), ("Thanks!", False),
        ("Good to know.", False), ("However, I disagree", False), ("Whence", False), ("", False), ("ok", False),
        ("Here: <https://a.example/d/1?usp=sharing>", False), ("<https://a.example/d/1?x|a.example/d/1?x> says so", False),
        ("<https://a.example|How to claim>", False), ("<https://a.example> is what you want", False),
        ("What is <https://a.example/b>?", True), ("And <https://a.example/b?x=1>?", True),
    ],
)  # fmt: skip
def test_reads_like_a_question(text: str, asks: bool) -> None:
    """A question mark, or built like a question; those of a link's do not count."""
    assert reads_like_a_question(text) == asks


@pytest.mark.parametrize(
    "text",
    [
        "how long is parental leave", "How long for contractors", "can I carry leave over", "is there a gym",
        "when are laptops replaced", "where do we park", "Who signs contracts", "who is on call", "what happens if I lose my card",
        "what time do we open", "which form do I need", "does the office open on Sunday", "do contractors get leave",
        "What\u2019s the wifi password", "why isn't there a lift", "are dogs allowed", "may visitors park here",
        "does that hold for part-timers", "How to claim expenses", "has anyone a key for it", "am I insured abroad",
    ],
)  # fmt: skip
def test_a_question_without_its_mark(text: str) -> None:
    """People leave it out; then the words have to be built like a question."""
    assert reads_like_a_question(text)
    assert not reads_like_a_question(f"{text}!")


@pytest.mark.parametrize(
    "text",
    [
        "Will do, thanks.", "Is fine for me.", "How nice!", "What a relief.", "Would have thought it was ten.",
        "May need to ask Sue about that.", "Did that last year, worked fine.", "Should be fine then!", "Can confirm.",
        "When I was there it was ten.", "What I meant was the old one.", "Which is fine.", "Which reminds me.",
        "Has the same problem here.", "Do it now.", "Have a look.", "Where the list is, I don't know.", "How nice of you.",
        "Must go.", "Could be.", "Who knows.", "Is the same for us.", "Are always late.", "Whatever.", "What a day it is.",
        "Was a mess.", "Does not work for me.", "How is that for service!", "Can discuss.",
    ],
)  # fmt: skip
def test_people_talk(text: str) -> None:
    """What begins with a word of questions is none yet."""
    assert not reads_like_a_question(text)


def test_a_long_message_is_looked_at_at_once() -> None:
    started = time.process_time()
    for text in ("what " * 2_000, "which a" + "-a" * 4_000, "who " + "s" * 8_000):
        reads_like_a_question(text)
    assert time.process_time() - started < 1.0


class Line:
    """What conversations.info says, or fails with."""

    def __init__(self, *answers: dict[str, bool] | Exception) -> None:
        self.answers = list(answers)

    def to(self, place: Place) -> Line:
        return self

    def channel(self, channel: str) -> dict[str, bool]:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


C1, D1 = Place(team="T1", channel="C1"), Place(team="T1", channel="D1")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({}, "inside"),
        ({"is_shared": True, "is_org_shared": True}, "inside"),
        ({"is_shared": True}, "shared"),
        ({"is_ext_shared": True}, "shared"),
        ({"is_pending_ext_shared": True}, "shared"),
        (SlackRefuses("conversations.info", "channel_not_found"), "hidden"),
        (SlackRefuses("conversations.info", "missing_scope"), "unknown"),
        (SlackSilent("no reply"), "unknown"),
    ],
)
def test_what_slack_says_of_a_channel(answer: dict[str, bool] | Exception, expected: str) -> None:
    """Shared, about to be, or not told."""
    assert Channels(Line(answer)).sharing(C1, None) == expected  # type: ignore[arg-type]


def test_what_is_known_is_not_asked_again_for_a_while() -> None:
    """Ten minutes; a failure is asked again at once; an event that says "shared" counts at once."""
    now = [0.0]
    line = Line(SlackSilent("no reply"), {}, {"is_ext_shared": True})
    channels = Channels(line, clock=lambda: now[0])  # type: ignore[arg-type]
    assert [channels.sharing(C1, None) for _ in range(3)] == ["unknown", "inside", "inside"]
    assert channels.sharing(C1, "shared") == "shared"
    now[0] = 601.0
    assert channels.sharing(C1, None) == "shared"
    assert channels.sharing(C1, "inside") == "shared"


def test_direct_messages_are_not_looked_up() -> None:
    """The event says all there is to know; a command in a talk between people says nothing."""
    channels = Channels(Line())  # type: ignore[arg-type]
    assert [channels.sharing(D1, hint) for hint in ("inside", "shared", None)] == [
        "inside",
        "shared",
        "hidden",
    ]
