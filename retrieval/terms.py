"""Terms: what the BM25 index counts, made from the words of a text.

A text is folded (Unicode NFKC, no accents, casefold), cut into words, and each word is stemmed by
Snowball's English stemmer (Porter, https://snowballstem.org/algorithms/english/stemmer.html):

    "The company's e-mail policies"  ->  the compani e mail email polici

Passages and questions pass through the same function, so nothing here needs offsets: a citation is
found by the reader in the stored text, never through a term.  Passages keep their stop words, and
questions lose theirs: a search then touches short posting lists, while a question made of nothing
but stop words ("Who is who?") still finds something.

- Numbers are terms; "1,500" is "1500", and "4.2" is one term.
- A compound gives its parts and the whole: "on-call" is "on", "call" and "oncall", and "401(k)" is
  "401", "k" and "401k", so that the three usual spellings find each other.
- "not", "no" and "without" are no stop words: the exceptions of a policy are worded with them.
- Chinese, Japanese and Korean write no blanks that could be relied on: pairs of neighbouring characters.

But: other languages are matched word by word without stemming or with English stemming; Thai, Lao and
Khmer are not segmented; "C++" and "C#" are "c"; there are no synonyms and no spelling correction.
"""

from __future__ import annotations

import re
import threading
import unicodedata

import Stemmer

MAX_TERM_LENGTH = 64  # characters; longer "words" are keys, hashes and base64
MAX_QUESTION_TERMS = 64

# Words that shape a question but say nothing about its subject, compared before stemming.  "us" is not
# among them: in a handbook it is a country more often than not.
_STOP_WORDS = """
    a about after again all also am an and any anybody anyone anything are as at
    be because been before being between both but by
    can can't cannot could couldn't
    did didn't do does doesn't doing don't during
    each either else etc ever every everyone
    for from further
    had has have haven't having he he'd he'll he's her here hers herself him himself his how how's
    i i'd i'll i'm i've if in into is isn't it it'd it'll it's its itself
    just let let's like
    many may me might more most much must my myself
    of off on once one only onto or other our ours ourselves out over own
    please
    same shall she she'd she'll she's should shouldn't so some somebody someone something such
    tell than thank thanks that that's the their theirs them themselves then there there's these
    they they'd they'll they're they've this those through to too
    under until up upon
    very
    was wasn't we we'd we'll we're we've were weren't what what's when when's where where's whether
    which while who who's whom whose why why's will with won't would wouldn't
    yes you you'd you'll you're you've your yours yourself yourselves
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

# Han, kana and Hangul, as in the bigram analysers of search engines (Lucene's CJKBigramFilter).
_CJK = (
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_LETTER = rf"[^\W_{_CJK}]"
_JOINT = r"(?:['-]|(?<=\d)\.(?=\d))"
# Every character can be read in one way only (a joint is never a letter), so matching takes linear time.
_WORD = re.compile(rf"[{_CJK}]+|{_LETTER}+(?:{_JOINT}{_LETTER}+)*")
_IS_CJK = re.compile(rf"[{_CJK}]")

_ACCENTS = re.compile("[\u0300-\u036f]+")
_ONE_SPELLING = str.maketrans({"\u2019": "'", "\u02bc": "'", "\u2010": "-", "\u00ad": None})
_THOUSANDS = re.compile(r"(?<=\d),(?=\d\d\d(?!\d))")
_BRACKETED = re.compile(r"(?<=\d)\(([^\W\d_])\)")

_stemmers = threading.local()


def terms(text: str) -> list[str]:
    """The terms of `text` in reading order, repeats kept, each of 1 to `MAX_TERM_LENGTH` characters."""
    return stems(all_words(text))


def question_terms(question: str) -> list[str]:
    """The terms by which to search for `question`: the first `MAX_QUESTION_TERMS`, without stop words.

    If all words are stop words, they are kept.
    """
    return stems(question_words(question))


def question_words(question: str) -> list[str]:
    """The words that become the terms of `question`, folded."""
    words = all_words(question)
    telling = [word for word in words if word not in STOP_WORDS]
    return (telling or words)[:MAX_QUESTION_TERMS]


def all_words(text: str) -> list[str]:
    """The words of `text`, folded, stop words and repeats kept."""
    found = list[str]()
    for match in _WORD.finditer(_fold(text)):
        word = match.group()
        if _IS_CJK.match(word):
            found.extend(word[i : i + 2] for i in range(max(1, len(word) - 1)))
        elif "-" in word:
            parts = word.split("-")
            found.extend(part[:MAX_TERM_LENGTH] for part in parts)
            whole = "".join(parts)
            if not whole.isdigit():  # a date or a range is no compound
                found.append(whole[:MAX_TERM_LENGTH])
        else:
            found.append(word[:MAX_TERM_LENGTH])
    return found


def _fold(text: str) -> str:
    if not text.isascii():
        # Accents are dropped while they are apart from their letters; composing afterwards keeps
        # Hangul syllables and voiced kana whole.
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).translate(_ONE_SPELLING)
        text = unicodedata.normalize("NFKC", text)
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _BRACKETED.sub(r"-\1", _THOUSANDS.sub("", text))


def stems(words: list[str]) -> list[str]:
    """The terms of folded words, one each."""
    stemmer = getattr(_stemmers, "english", None)
    if stemmer is None:  # a Stemmer is not safe to share between threads
        stemmer = _stemmers.english = Stemmer.Stemmer("english")
    found: list[str] = stemmer.stemWords(words)
    return found
