"""How long ago a page was changed, in words.

But: which day that was is found in `retrieval.dates`.
"""

from __future__ import annotations

from datetime import date

from bot import messages

_IN_DAYS, _IN_MONTHS, _IN_YEARS = 14, 2, 24  # up to so many days; from so many months; from so many months


def age(changed: date, today: date) -> str | None:
    """The greatest unit of which two are over, counted down: `13 days ago`, `8 weeks ago`, `23 months ago`.

    None for a day to come, which is no age; tomorrow is today, since time zones differ.
    """
    days = (today - changed).days
    if days < -1:
        return None
    if days < 1:
        return "today"
    if days == 1:
        return "yesterday"
    months = 12 * (today.year - changed.year) + today.month - changed.month - (today.day < changed.day)
    if days < _IN_DAYS:
        return f"{days} days ago"
    if months < _IN_MONTHS:
        return f"{days // 7} weeks ago"
    return f"{months} months ago" if months < _IN_YEARS else f"{months // 12} years ago"


def updated(changed: date | None, today: date) -> str | None:
    """As it stands beside a citation, with the day once that is long ago; None where nothing is known."""
    ago = None if changed is None else age(changed, today)
    if changed is None or ago is None:
        return None
    if not ago.endswith(("months ago", "years ago")):
        return messages.UPDATED.format(ago=ago)
    return messages.UPDATED_ON.format(ago=ago, day=f"{changed.day} {changed:%B %Y}")
