"""Words that do not stand for each other, near as they are: "borrow" and "return", "bike" and "car".

Each line of the table has two sides or more.  Two questions that each name a side of a line, and none in
common, ask for different things: "When does it open?", "When does it close?"  Where one of them names both,
as in "How do I return what I borrowed?", only what somebody wants to do is compared.

Small words stand in nearly every question, so that these count by the word behind them: "How do I get to the
airport?" is not "How do I get from the airport?", and may be "How do I get from here to the airport?".

But: everyday English of offices, a page of it.  Where a line is wrong, a question goes to the documents that
a pinned answer would have answered.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Mapping
from functools import cache
from itertools import pairwise
from typing import TypeVar

from retrieval.terms import all_words, stems, terms

LINES = """
    above / below
    accept agree allow approve permit / decline deny forbid prohibit refuse reject
    activate enable / deactivate disable
    add create / delete remove
    after / before
    afternoon / evening / morning
    april / august / december / february / january / july / june / november / october / september
    arrive / depart departure leave
    autumn / spring / summer / winter
    begin start / end finish stop
    best / worst
    bicycle bike / boat ferry / bus / car / flight fly plane / taxi / train
    bigger larger / smaller
    biggest largest / smallest
    borrow / lend
    borrow / return
    bottom / top
    breakfast / dinner / lunch
    buy purchase / sale sell
    cancel / confirm
    cat / child kid / dog
    check-in / check-out
    clock-in / clock-out
    cold / hot warm
    compulsory mandatory obligatory required / optional voluntary
    connect / disconnect
    cooling / heating
    credit / debit
    customer client / supplier vendor
    day / night
    daughter / son
    decrease lower reduce / increase raise
    deposit / withdraw
    dismiss / hire
    domestic national / foreign international
    download / upload
    dad father paternity / maternity mother mum
    earliest / latest
    early / late
    earn / spend
    east / north / south / west
    eastern / northern / southern / western
    employee / employer
    enter entrance entry / exit
    export / import
    external / internal
    fewer less / more
    fewest least / most
    first / last
    friday / monday / saturday / sunday / thursday / tuesday / wednesday
    full-time / part-time
    gross / net
    hardware / software
    highest / lowest
    husband / wife
    inbound incoming / outbound outgoing
    indoor inside / outdoor outside
    install / uninstall
    join / leave quit resign
    junior / senior
    keyboard / laptop notebook / monitor screen / mobile phone / mouse / printer / tablet
    landlord / tenant
    load / unload
    lock / unlock
    log-in sign-in / log-off log-out sign-off sign-out
    lose / win
    loss / profit
    major / minor
    male man men / female woman women
    max maximum / min minimum
    newest youngest / oldest
    offline / online
    open / close shut
    opt-in / opt-out
    pack / unpack
    paid / unpaid
    permanent / temporary
    personal private / public
    pull / push
    receive / send
    recipient / sender
    same / different
    subscribe / unsubscribe
    switch-on turn-on / switch-off turn-off
    today / tomorrow / yesterday
    downstairs / upstairs
    weekday / weekend
    with / without
"""
SMALL_LINES = """
    against / for
    from since / into onto till to until
    in into / out
    off / on
    over / under
"""
"""Lines of words that count only where they stand before the same word."""
_DETERMINERS = "a an her his its my of our that the their these this those your"
_BETWEEN = frozenset(_DETERMINERS.split())
_ALL_THE_SAME = frozenset(stems(["different", "fill"]))  # from or to, in or out
_DEED = re.compile(r"\b(?:i|we|you|one|to) (?!(?:get|have|need|want|like) to )([a-z]+)", re.IGNORECASE)

Side = tuple[int, int]
"""A line, and which of its sides."""
Key = TypeVar("Key", bound=Hashable)
"""Where sides can be compared: a line, or a line at a word."""


def exclude_each_other(one: str, other: str) -> bool:
    """Whether two questions are about things, or deeds, of which the one is not the other."""
    return (
        _differ(_named(one), _named(other))
        or _differ(_deed(one), _deed(other))
        or _differ(_turned(one), _turned(other))
    )


@cache
def other_sides(word: str) -> tuple[str, ...]:
    """The words that stand against one, all as they are written in the table; none for what is not in it."""
    found = []
    for line in LINES.strip().splitlines():
        sides = [side.split() for side in line.split("/")]
        for mine in (side for side in sides if word in side):
            found += [each for side in sides if side is not mine for each in side]
    return tuple(dict.fromkeys(found))


def _differ(mine: Mapping[Key, set[int]], theirs: Mapping[Key, set[int]]) -> bool:
    return any(mine[key].isdisjoint(theirs[key]) for key in mine.keys() & theirs.keys())


def _named(text: str) -> dict[int, set[int]]:
    """The sides that are named in a text, by line."""
    found = terms(text)
    sides = defaultdict[int, set[int]](set)
    for term in (*found, *(one + other for one, other in pairwise(found))):
        for line, side in _SIDES.get(term, ()):
            sides[line].add(side)
    return sides


def _deed(question: str) -> dict[int, set[int]]:
    """The sides that what is to be done is of: "return" in "How do I return it?"."""
    deed = _DEED.search(question)
    return _named(deed.group(1)) if deed else {}


def _turned(text: str) -> dict[tuple[int, str, str], set[int]]:
    """The sides of small words, by line and the word behind them; at the end of the text, the word before.

    Of a line of which the text has both sides nothing is said: "Can I switch it on or off?"
    """
    found = stems([word for word in all_words(text) if word not in _BETWEEN])
    sides = defaultdict[tuple[int, str, str], set[int]](set)
    for before, word, behind in zip(["", *found], found, [*found[1:], ""], strict=False):
        for line, side in _SMALL_SIDES.get(word, ()):
            if before not in _ALL_THE_SAME:
                sides[line, "" if behind else before, behind].add(side)
    named = defaultdict[int, set[int]](set)
    for (line, _, _), at in sides.items():
        named[line] |= at
    return {key: at for key, at in sides.items() if len(named[key[0]]) == 1}


def _sides(lines: str) -> dict[str, list[Side]]:
    found = defaultdict[str, list[Side]](list)
    for number, line in enumerate(lines.strip().splitlines()):
        for side, words in enumerate(line.split("/")):
            for word in words.split():
                found["".join(stems(word.split("-")))].append((number, side))
    return found


_SIDES, _SMALL_SIDES = _sides(LINES), _sides(SMALL_LINES)
