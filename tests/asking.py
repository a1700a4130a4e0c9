"""Questions as they come from Slack, for tests of what is kept of them."""

from __future__ import annotations

from bot.asked import Asked, Place

PLACE = Place(team="T1", channel="C1")


def asked(text: str = "When?", **more: object) -> Asked:
    values: dict[str, object] = {
        "place": PLACE,
        "person": "U1",
        "text": text,
        "via": "mention",
        "ts": "1.1",
        "thread": "1.1",
    }
    return Asked(**(values | more))  # type: ignore[arg-type]
