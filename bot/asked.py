"""A question as it came from Slack, and how Slack's markup becomes words.

But: what the question means is the engine's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.question_forms import is_built_like_a_question
from retrieval.text import normalise, normalise_lines

Via = Literal["command", "mention", "thread", "direct", "shortcut", "share"]

Sharing = Literal["inside", "shared", "hidden", "unknown"]
"""A channel is one's own, shared with another company, out of the bot's sight, or Slack would not tell."""

MAX_QUESTION = 2_000
"""Longer questions are cut; the engine reads no more either."""

# What Slack writes for what it knows: <@U1>, <@U1|ann>, <#C1|general>, <!here>, <https://a.b|label>.
_MARKUP = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
# What people choose from the list of emoji comes as its code: ":+1:", ":wave::skin-tone-2:".
_EMOJI = re.compile(r"(?<!\w):[\w+'-]+:")
_CALLED_OUT = re.compile(r"[^.!\n]*!")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in Slack something happened.  `enterprise` is set on Enterprise Grid."""

    team: str
    channel: str
    enterprise: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question: who asked it where, how, and which way the answer goes.

    `ts`: the message that asks, None for a command.  `thread`: the thread that the answer goes to.
    `sharing`: what Slack says of the channel in the very event; None where it says nothing.  `edit`: Slack's
    timestamp of the edit that brought these words, None for the first ones.
    """

    place: Place
    person: str
    text: str = field(repr=False)
    via: Via
    ts: str | None = None
    thread: str | None = None
    response_url: str | None = field(default=None, repr=False)
    sharing: Sharing | None = None
    edit: str | None = None

    @property
    def private(self) -> bool:
        """Whether only the person who asked sees the answer."""
        return self.via in ("command", "shortcut")

    def later(self) -> Asked:
        """The same at a later time: what was an own channel may have been shared since, and is looked up."""
        return replace(self, sharing=None) if self.sharing == "inside" else self


def words(text: str) -> str:
    """A message's text as plain words: mentions go, links leave their label, entities are resolved.

    Cleaned as documents are, so that nothing invisible hides in a question either.
    """
    return _without_markup(text, _spoken)


def words_with_names(text: str, name: Callable[[str], str | None]) -> str:
    """As `words`, for what is read by others than the bot: whom and which channels it names stays in it.

    So do its lines and where its links lead.  What is too long ends in an ellipsis.
    `name`: what people call a person by their ID; None where that is not known, and the ID stands for them.
    """

    def spoken(found: re.Match[str]) -> str:
        kind, target, label = found[1], found[2], found[3]
        if kind == "@":
            return f"@{name(target) or label or target}"
        if kind == "#":
            return f"#{label or target}"
        if kind == "!":
            return label or f"@{target.rpartition('^')[2]}"  # <!here>, <!subteam^S1>
        if label and not target.rstrip("/").endswith(label.rstrip("/")):
            return f"{label} ({target})"
        return _spoken(found)

    said = normalise_lines(_resolved(_MARKUP.sub(spoken, text)))
    return said if len(said) <= MAX_QUESTION else f"{said[: MAX_QUESTION - 1].rstrip()}…"


def _without_markup(text: str, spoken: Callable[[re.Match[str]], str]) -> str:
    """With other words for what is marked up, without entities and whatever is invisible."""
    return normalise(_resolved(_MARKUP.sub(spoken, text[: 4 * MAX_QUESTION])))[:MAX_QUESTION]


def _resolved(text: str) -> str:
    """Slack's three entities as their characters."""
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text


def mentions(text: str) -> set[str]:
    """Whom a message mentions: people and groups by their IDs, "here", "channel" and "everyone"."""
    return {
        found[2]
        for found in _MARKUP.finditer(text)
        if found[1] == "@" or (found[1] == "!" and not found[2].startswith("date^"))
    }


def without_emoji(text: str) -> str:
    """Without the codes of emoji, whose letters are nobody's words."""
    return _EMOJI.sub(" ", text)


def says_something(text: str) -> bool:
    """Whether there is a letter or a digit in it, other than in the code of an emoji."""
    return any(character.isalnum() for character in without_emoji(text))


def reads_like_a_question(text: str) -> bool:
    """Whether a message asks something: a question mark, or it is built as questions are.

    Only for what is said in a thread without a mention, where people may be talking to each other: "can I
    carry it over" asks, "Can confirm." and "How nice!" do not.  What stands in a link is no word of theirs:
    an address has question marks, a title may begin like a question.
    """
    said = _without_markup(text, lambda _: " _ ")
    return "?" in said or (is_built_like_a_question(said) and not _CALLED_OUT.match(said))


def _spoken(found: re.Match[str]) -> str:
    kind, target, label = found[1], found[2], found[3]
    if kind in ("@", "!"):
        return " "
    return f" {label or ('' if kind == '#' else target)} "
