"""Courtesies: what people say to a bot without asking anything of its documents.

Thanks, greetings, "help", a thumb up: only a whole message is one of them.  What merely begins with a
greeting is a question.

But: what is said to them is for the caller to know.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from bot.asked import says_something, without_emoji
from bot.question_forms import is_built_like_a_question

Courtesy = Literal["emoji", "farewell", "help"]
"""Only emoji; thanks, consent or a goodbye, after which nothing is wanted; a greeting or a call for help."""

MOST_WORDS = 12

_HELPED = (
    r"(?: a lot| so much| very much| again| for (?:that|this|(?:your|the|all your) (?:help|answer|reply)))?"
)
FAREWELL = (
    rf"thanks{_HELPED}|thank you{_HELPED}|many thanks|thx|cheers|"
    r"ok|okay|alright|all right|all good|great|perfect|nice|cool|super|excellent|awesome|wonderful|good|fine|"
    r"got it|i see|understood|noted|will do|good to know|(?:that's |that is )?(?:very )?helpful|that helps|"
    r"yes|no|yep|nope|no problem|never mind|nevermind|sorry|please|oh|ah|wow|"
    r"bye|bye bye|goodbye|see you(?: later| soon| tomorrow)?|good night|have a (?:nice|good|great) \w+"
)
"""After these nothing is wanted, or what is wanted follows: "Thanks, and in Porto?"."""
_GREETING = r"hi|hello|hey|greetings|good (?:morning|afternoon|evening|day)"
_HELP = (
    rf"{_GREETING}|how are you(?: doing)?(?: today)?|how's it going|how is it going|nice to meet you|"
    r"who are you|what are you|what's your name|what is your name|what can you do(?: for me)?|what do you do|"
    r"how do you work|how can you help(?: me)?|what can i ask(?: you)?|(?:(?:can|could) you )?help(?: me)?"
)
_WHOM = r"quoth|all|again|everybody|everyone|folks|team|there"
_UNREADABLE = "\ufffd"  # what stands for bytes that are no text; by its category a picture
_WORDS = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_NAMES = re.compile(rf"(?:(?:{_WHOM})(?: |$))+")
_FAREWELLS = re.compile(rf"(?:(?:(?:and )?(?:{FAREWELL})|{_WHOM})(?: |$))+")
_ALL = re.compile(rf"(?:(?:(?:and )?(?:{FAREWELL})|{_HELP}|{_WHOM})(?: |$))+")
_GREETED = re.compile(rf"\W*(?:{_GREETING})\b(?:\s+(?:{_WHOM})\b)*(\W*)(?=\w)", re.IGNORECASE)


def courtesy(text: str) -> Courtesy | None:
    """Which courtesy a message is, if it is nothing else; None for everything else.

    "Thanks!" and "Hi Quoth" are; "Thanks to whom?" and "Hi, when do we close?" are not.
    """
    if _is_emoji(text):
        return "emoji"
    said = bare(text)
    if said.count(" ") >= MOST_WORDS or _NAMES.fullmatch(said):
        return None
    if _FAREWELLS.fullmatch(said):
        return "farewell"
    return "help" if _ALL.fullmatch(said) else None


def without_courtesies(text: str) -> str:
    """A question without the greeting in front of it and without emoji; what is nothing else stays."""
    question = " ".join(without_emoji(text).split())
    if not says_something(question) or courtesy(text) is not None:
        return text
    greeted = _GREETED.match(question)
    if greeted is None:
        return question
    rest = question[greeted.end() :]
    return rest if greeted[1].strip() or is_built_like_a_question(rest) else question


def bare(text: str) -> str:
    """Its words alone: without emoji, punctuation and capitals."""
    return " ".join(_WORDS.findall(without_emoji(text).replace("\u2019", "'").casefold()))


def _is_emoji(text: str) -> bool:
    """Whether it is emoji and nothing else, as codes or as themselves."""
    rest = without_emoji(text).strip(" !")
    return bool(text.strip(" !")) and all(
        unicodedata.category(each) in ("So", "Sk", "Mn", "Zs") and each != _UNREADABLE for each in rest
    )
