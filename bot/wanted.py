"""What a question word asks for, and whether words give it: a time for "Until when?", figures for "How much?"

But: it tells only what kind of thing is said, not that it is the right one.
"""

from __future__ import annotations

import re
from typing import Literal

Wanted = Literal["amount", "reason", "time"]

_TIME = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|weekends?|christmas|easter|today|tomorrow|tonight|"
    r"mornings?|afternoons?|evenings?|nights?|noon|midnight|spring|summer|autumn|winter|"
    r"january|february|march|april|may|june|july|august|september|october|november|december|"
    r"(?:minute|hour|day|week|fortnight|month|quarter|year)s?|(?:19|20)\d\d|\d{1,2}(?::\d\d| ?[ap]m))\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"\d|\b(?:half|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty|hundred|"
    r"thousand|all|nothing|none)\b",
    re.IGNORECASE,
)
_REASON = re.compile(r"\b(?:because|due to|in order|reasons?|since|so that)\b", re.IGNORECASE)
_GIVEN: dict[Wanted, re.Pattern[str]] = {"amount": _AMOUNT, "reason": _REASON, "time": _TIME}
_ASKED: dict[Wanted, re.Pattern[str]] = {
    "reason": re.compile(r"\b(?:why|what for|how come)\b", re.IGNORECASE),
    "time": re.compile(
        r"\b(?:when|how (?:late|long|often|soon)|(?:what|which) (?:time|day|month|year))\b", re.IGNORECASE
    ),
    "amount": re.compile(r"\bhow (?:big|far|few|high|large|many|much|old)\b", re.IGNORECASE),
}


def wanted(question: str) -> Wanted | None:
    """What a question asks for by its question word; None: something of which words do not tell the kind."""
    return next((kind for kind, asked in _ASKED.items() if asked.search(question)), None)


def gives(text: str, kind: Wanted) -> bool:
    """Whether words say something of that kind."""
    return _GIVEN[kind].search(text) is not None


def names_a_time(text: str) -> bool:
    """Whether words name a day, an hour or a stretch of time."""
    return gives(text, "time")
