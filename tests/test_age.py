"""How old a page is: from what it says itself, else from its file; and in words that hold exactly."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.age import age, updated
from retrieval.dates import day_of, last_changed
from retrieval.documents import Document
from retrieval.readers import registry
from tests.made_files import docx, pdf, pptx, with_core

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
TODAY = date(2026, 11, 25)


def later(day: date, count: int, unit: str) -> date:
    """So many units after a day; the same day of the month, or the first after it where there is none."""
    if unit in ("day", "week"):
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    months = day.month - 1 + count * (12 if unit == "year" else 1)
    first = date(day.year + months // 12, months % 12 + 1, 1)
    after = first + timedelta(days=day.day - 1)
    return after if after.month == first.month else (first + timedelta(days=31)).replace(day=1)


@given(DAYS, st.integers(2, 30_000))
def test_so_many_units_are_over_and_not_one_more(changed: date, days: int) -> None:
    """The law of the words, checked by adding units to the day; and there are always at least two."""
    today = changed + timedelta(days=days)
    match = re.fullmatch(r"(\d+) (day|week|month|year)s ago", age(changed, today) or "")
    assert match
    count, unit = int(match[1]), match[2]
    assert count >= 2
    assert later(changed, count, unit) <= today < later(changed, count + 1, unit)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (date(2026, 11, 26), "updated today"),
        (date(2026, 11, 25), "updated today"),
        (date(2026, 11, 24), "updated yesterday"),
        (date(2026, 11, 22), "updated 3 days ago"),
        (date(2026, 11, 12), "updated 13 days ago"),
        (date(2026, 11, 11), "updated 2 weeks ago"),
        (date(2026, 9, 26), "updated 8 weeks ago"),
        (date(2026, 9, 25), "updated 2 months ago, on 25 September 2026"),
        (date(2024, 11, 26), "updated 23 months ago, on 26 November 2024"),
        (date(2024, 11, 25), "updated 2 years ago, on 25 November 2024"),
        (date(2026, 11, 27), None),
        (None, None),
    ],
)
def test_it_reads_like_this(changed: date | None, words: str | None) -> None:
    """Nothing where nothing is known, or what is known cannot be."""
    assert updated(changed, TODAY) == words


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-03-01", date(2026, 3, 1)),
        ("2026-03-01T23:59:00+02:00", date(2026, 3, 1)),
        ("2026-3-1 10:00", date(2026, 3, 1)),
        ("D:20260301120000+01'00'", date(2026, 3, 1)),
        ("20260301", date(2026, 3, 1)),
        ("Sun, 01 Mar 2026 10:00:00 +0000", date(2026, 3, 1)),
        (date(2026, 3, 1), date(2026, 3, 1)),
        (datetime(2026, 3, 1, 23, tzinfo=UTC), date(2026, 3, 1)),
        ("2026-13-01", None),
        ("2026-02-30", None),
        ("1601-01-01", None),
        ("0001-01-01", None),
        ("last week", None),
        ("", None),
        (20260301, None),
        (True, None),
        (None, None),
        (["2026-03-01"], None),
    ],
)
def test_days_that_files_name(value: object, day: date | None) -> None:
    """In the forms of YAML, HTML, PDF, office files and mail; what is none is none."""
    assert day_of(value) == day


@given(st.one_of(st.text(max_size=40), st.from_regex(r"(D:)?\d{1,14}.{0,8}"), st.integers(), st.binary()))
def test_no_value_is_an_error(value: object) -> None:
    """Whatever a file names as its day."""
    found = day_of(value)
    assert found is None or found.year >= 1980


@given(st.one_of(st.none(), DAYS), st.integers(-(2**63), 2**63 - 1))
def test_its_own_day_comes_first(dated: date | None, mtime_ns: int) -> None:
    """The time stamp counts where there is no day, and 0 is none."""
    found = last_changed(None if dated is None else dated.isoformat(), mtime_ns)
    if dated is not None or mtime_ns <= 0:
        assert found == dated
    assert last_changed(None, 86_400 * 10**9) == date(1970, 1, 2)


STORY = [("h1", "Travel"), ("p", "The allowance is 42 euros.")]
DATES = {"modified": "2026-03-01T10:00:00Z", "created": "2020-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.md", b"---\ndate: 2020-01-01\nLast-Updated: 2026-03-01\n---\nText."),
        ("a.md", b"+++\nlastmod = 2026-03-01T10:00:00Z\n+++\nText."),
        ("a.html", b"<meta property=article:modified_time content=2026-03-01T10:00:00Z><p>Text."),
        ("a.html", b"<meta name=date content=2020-01-01><meta name=Last-Modified content='Sun, 01 Mar 2026 10:00:00 GMT'><p>Text."),
        ("a.eml", b"From: a@b.example\nSubject: S\nDate: Sun, 01 Mar 2026 10:00:00 +0000\n\nText."),
        ("a.docx", with_core(docx(STORY), **DATES)),
        ("a.pptx", with_core(pptx([("Travel", ["42 euros."])]), **DATES)),
    ],
)  # fmt: skip
def test_readers_find_the_day(name: str, data: bytes) -> None:
    """The one of the last change before the one of the beginning."""
    assert registry.read(data, name).dated == date(2026, 3, 1)


def test_a_pdf_knows_its_day_and_a_text_does_not() -> None:
    """A PDF is made with one."""
    made = registry.read(pdf(STORY), "a.pdf").dated
    assert made is not None
    assert abs((made - datetime.now(UTC).date()).days) <= 1
    undated: Document = registry.read(b"Text of 2026-03-01.", "a.txt")
    assert undated.dated is None
