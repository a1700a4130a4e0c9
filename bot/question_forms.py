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
    (r"did(?:n't)?", _PERSON),
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
_ASKING = re.compile(
    r"(who|whom|whose|what|when|where|why|which|how|can|could|may|must|should|shall|do|does|did|is|are|was|"
    r"were|will|would|has|have)\b",
    re.IGNORECASE,
)


def is_built_like_a_question(text: str) -> bool:
    """Whether it begins with a word of questions and goes on as questions do; a question mark counts not."""
    return _BUILT.match(text.replace("\u2019", "'")) is not None


def begins_like_a_question(text: str) -> bool:
    """Whether its first word is one that questions begin with."""
    return _ASKING.match(text) is not None
