"""Words that mean the same here: what a company calls its things, given by its admins.

A question that holds one of them is asked with the others behind it, so that words, meaning and reader all
know what is meant:

    "Who looks after Falcon?"  ->  "Who looks after Falcon? (billing service)"

They are compared as terms are, so that "time sheets" finds "time-sheet".  A phrase that would be nothing but
stop words (IT, WHO), or that is two or three capitals of a common small word (US), counts only as it is
written.

But: everybody's questions know all of them: no secrets belong here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from retrieval.database import Database
from retrieval.terms import STOP_WORDS, terms

_CAPITALS = re.compile("[A-Z]{2,3}")
_SMALL = """
    act add aid aim air art ask bad big bit buy car cat day due eat end far few fit fix fun get go got gun hit
    hot job key law lot low man map men net new no non not now old one pay per put ran red rid run sad see set
    sit six ten tip top try two us use way win yet
"""
_SMALL_WORDS = frozenset(_SMALL.split())

Group = tuple[str, ...]
"""Phrases that mean the same, in the order in which they were given."""


class Synonyms:
    """The synonyms of a store; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Group]:
        """All groups, the oldest first."""
        with self._database.reading() as db:
            return groups_of(db.execute(SELECT).fetchall())

    def add(self, phrases: Iterable[str]) -> Group:
        """Let some phrases mean the same, and what each of them meant already; the whole group.

        Raises ValueError for a phrase without a word, and for fewer than two that differ.
        """
        wanted = [" ".join(phrase.split()) for phrase in phrases]
        for phrase in wanted:
            if not terms(phrase):
                raise ValueError(f"there is no word in {phrase!r}")
        with self._database.writing() as db:
            old = groups_of(db.execute(SELECT).fetchall())
            joined = [group for group in old if any(_same(a, b) for a in group for b in wanted)]
            whole = _distinct([*(phrase for group in joined for phrase in group), *wanted])
            if len(whole) < 2:
                raise ValueError("it takes two phrases that differ")
            db.executemany(
                "DELETE FROM synonyms WHERE phrase = ?", [(each,) for group in joined for each in group]
            )
            number = db.execute("SELECT coalesce(max(number), 0) + 1 FROM synonyms").fetchone()[0]
            db.executemany(
                "INSERT INTO synonyms (number, place, phrase) VALUES (?, ?, ?)",
                [(number, place, phrase) for place, phrase in enumerate(whole)],
            )
        return whole

    def remove(self, phrase: str) -> Group | None:
        """Let a phrase mean nothing but itself; what it meant, or None if that was nothing.

        The last one of a group goes with it.
        """
        with self._database.writing() as db:
            for group in groups_of(db.execute(SELECT).fetchall()):
                if any(_same(phrase, each) for each in group):
                    left = [each for each in group if not _same(phrase, each)]
                    gone = group if len(left) < 2 else [each for each in group if each not in left]
                    db.executemany("DELETE FROM synonyms WHERE phrase = ?", [(each,) for each in gone])
                    return group
        return None


SELECT = "SELECT number, phrase FROM synonyms ORDER BY number, place"


def groups_of(rows: Iterable[tuple[int, str]]) -> list[Group]:
    """The groups in the rows of `SELECT`."""
    found: dict[int, list[str]] = {}
    for number, phrase in rows:
        found.setdefault(number, []).append(phrase)
    return [tuple(group) for group in found.values()]


def spelled_out(question: str, groups: Sequence[Group]) -> str:
    """The question with what its words mean behind it; spelled out already, it stays as it is."""
    asked = terms(question) if groups else []
    missing = [
        phrase
        for group in groups
        if any(_holds(question, asked, phrase) for phrase in group)
        for phrase in group
        if not _holds(question, asked, phrase)
    ]
    return f"{question} ({', '.join(_distinct(missing))})" if missing else question


def _holds(question: str, asked: Sequence[str], phrase: str) -> bool:
    if _is_a_small_word(phrase):
        return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", question) is not None
    wanted = terms(phrase)
    n = len(wanted)
    return any(asked[start : start + n] == wanted for start in range(len(asked) - n + 1))


def _is_a_small_word(phrase: str) -> bool:
    """Whether a phrase in small letters is said in passing, and means nothing of what it stands for."""
    if all(word in STOP_WORDS for word in phrase.casefold().split()):
        return True
    return _CAPITALS.fullmatch(phrase) is not None and phrase.lower() in _SMALL_WORDS


def _same(a: str, b: str) -> bool:
    return terms(a) == terms(b)


def _distinct(phrases: Iterable[str]) -> Group:
    """The first of each that are the same."""
    found: dict[tuple[str, ...], str] = {}
    for phrase in phrases:
        found.setdefault(tuple(terms(phrase)), phrase)
    return tuple(found.values())
