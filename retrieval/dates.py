"""The day on which a document was last changed: as it says itself, else as its file or its server does.

But: how long ago that is, and in which words, is the bot's to say.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?!\d)")
_PDF = re.compile(r"(?:D:)?(\d{4})(\d\d)(\d\d)(?!\d{1,5}$)\d*")
_FIRST = 1980  # what is older was not written on a computer, or its clock was not set


def day_of(value: object) -> date | None:
    """The day that a file names: a date, ISO 8601, a PDF's `D:20260301...`, a mail's; else None."""
    if isinstance(value, date):  # a datetime is one, too
        return _plausible(value.year, value.month, value.day)
    if not isinstance(value, str):
        return None
    text = value.strip()
    match = _ISO.match(text) or _PDF.match(text)
    if match is not None:
        return _plausible(*map(int, match.groups()))
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return _plausible(found.year, found.month, found.day)


def last_changed(dated: str | None, mtime_ns: int) -> date | None:
    """The stored day (ISO 8601), else that of the time stamp in UTC; None where neither tells (0)."""
    if dated is not None:
        return date.fromisoformat(dated)
    try:
        return datetime.fromtimestamp(mtime_ns / 1e9, UTC).date() if mtime_ns > 0 else None
    except (OverflowError, ValueError, OSError):
        return None


def _plausible(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year >= _FIRST else None
    except ValueError:
        return None
