"""How English questions are built, for telling them from what people say to each other.

"Can I", "is there" and "how long" begin questions; "can confirm", "is fine" and "how nice" do not.

But: what a question means is the engine's business.
"""

from __future__ import annotations

import re

_PERSON = r"(?:i|you|we|they|he|she|people|(?:any|some|every)(?:one|body))"
_THING = r"(?:it|this|that|there|these|those|my|our|your|the(?! same\b| best\b| one\b))"
_MANY = r"(?!always\b|perhaps\b|sometimes\b|yours\b|ours\b)\w{2,}[^\Ws]s"

# Which subjects an auxiliary takes; fewer behind "did" and "have", since people leave out whose deed
# it was: "Did that last year", "Has the same trouble", "Do it now".
_ASKED_OF = (
    (
        r"(?:can|could|must|should|shall|will|would|are|were)(?:n't)?|cannot|may",
        rf"{_PERSON}|{_THING}|{_MANY}",
    ),
    (r"(?:does|is|was)(?:n't)?", rf"{_PERSON}|{_THING}"),
    (r"(?:do|have)(?:n't)?", rf"{_PERSON}|{_MANY}"),
    (r"has(?:n't)?", rf"{_PERSON}|it"),
    (r"(?:did|had)(?:n't)?", _PERSON),
    (r"am", "i"),
)
_TURNED = "|".join(rf"(?:{auxiliary}) (?:{subject})\b" for auxiliary, subject in _ASKED_OF)
_AUXILIARY = "|".join(auxiliary for auxiliary, _ in _ASKED_OF)
_BUILT = re.compile(
    rf"{_TURNED}|(?:who|whom|what|when|where|why|how)(?:'(?:s|re|ll)| (?:{_AUXILIARY}))\b|"
    r"how (?:long|many|much|often|far|old|soon|late|early|big|large|high|fast|to)\b|(?:where|whom?) to\b|"
    rf"(?:what|which|whose)(?! an?\b| {_PERSON}\b)(?: [^\W_][\w-]*){{1,4}} (?:{_TURNED})|"
    r"(?:who|what)(?! knows\b| cares\b| matters\b| \w+ss\b) \w{2,}s\b",
    re.IGNORECASE,
)
_TURNED_TO_A_PERSON = re.compile(rf"(?:{_AUXILIARY}) (?:{_PERSON}|there)\b", re.IGNORECASE)
_BEGUN = re.compile(rf"(?:{_AUXILIARY})\b", re.IGNORECASE)
_ASKING = r"(?:(?:\w+ ){0,2}(?:how|what|when|where|which|whom|whose)|who|why)\b"
_FULL = re.compile(
    rf"(?!what if\b|when (?:{_PERSON})\b){_ASKING}(?:'(?:s|re|ll)|.* (?:{_AUXILIARY}))\b", re.IGNORECASE
)
_SOMEBODY_DOES = re.compile(
    r"who (?!about\b|at\b|else\b|for\b|from\b|in\b|of\b|on\b|to\b)\w+|"
    r"(?:what|which(?: \w+){1,3}) \w{2,}(?:s|ed)\b",
    re.IGNORECASE,
)
_ASKED_AT_ALL = re.compile(rf"(?!what if\b|when (?:{_PERSON})\b){_ASKING}", re.IGNORECASE)


def is_built_like_a_question(text: str) -> bool:
    """Whether it begins with a word of questions and goes on as questions do; a question mark counts not."""
    return _BUILT.match(text.replace("\u2019", "'")) is not None


def words_to_be_whole(clause: str) -> int | None:
    """How many words of its own make a clause a question that is understood alone; None: it asks nothing.

    "Where is the warehouse" says all with one; "may contractors" does not yet, "may contractors park" does.
    """
    clause = clause.replace("\u2019", "'")
    if _FULL.match(clause) or _TURNED_TO_A_PERSON.match(clause):
        return 1
    if _SOMEBODY_DOES.match(clause) or _BEGUN.match(clause):
        return 2
    return 3 if _ASKED_AT_ALL.match(clause) else None
