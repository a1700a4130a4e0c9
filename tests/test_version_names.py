"""Documents that may be versions of one another are called alike."""

from __future__ import annotations

import pytest

from retrieval.version_names import are_alike, called

DPA = "Data_Processing_Addendum"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Travel policy 2023", "Travel policy 2023.docx"), ("Travel policy 2024", "Travel policy 2024.pdf")),
        (("Handbook", "handbook.md"), ("Handbook", "handbook (copy).md")),
        (("Handbook", "handbook.md"), ("Handbook (draft)", "Copy of handbook_v2-FINAL.md")),
        (("Leave", "archive/2023/leave.md"), ("Leave", "leave.md")),
        (("Rules of June 2024", "rules-jun24.pdf"), ("Rules, valid from 1st May", "rules_20250501.pdf")),
        (("Basecamp DPA", f"Basecamp_{DPA}_v202109.pdf"), ("37signals DPA", f"Basecamp_{DPA}_v202212.pdf")),
        (("37signals DPA", f"Basecamp_{DPA}_v202212.pdf"), ("37signals DPA", f"{DPA}_current.pdf")),
        (
            ("Leave", "Export-6d0c1f6e-1f0a-4c54-9b6a-0a8f3b7d2c11.zip/Leave.md"),
            ("Leave", "Export-a1b2c3d4-0000-4c54-9b6a-0a8f3b7dffff.zip/Leave.md"),
        ),
    ],
)
def test_versions_are_called_alike(one: tuple[str, str], other: tuple[str, str]) -> None:
    """But for numbers, dates, and words of versions; a title may change below a name that says much."""
    assert _are_alike(one, other)
    assert _are_alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Leave in Germany", "leave-germany.md"), ("Leave in France", "leave-france.md")),
        (("Leave", "leave-germany.md"), ("Leave", "leave-france.md")),
        (("Leave", "leave.md"), ("Leave", "leave-france.md")),
        (("Leave", "germany/leave.md"), ("Leave", "france/leave.md")),
        (("Leave", "leave/index.html"), ("Travel", "travel/index.html")),
        (("Leave", "pages/12"), ("Travel", "pages/13")),
        (("Acme", "leave"), ("Acme", "travel")),
        (("Leave", "index.html"), ("Travel", "index.html")),
        (("Terms B2B", "terms-b2b.md"), ("Terms B2C", "terms-b2c.md")),
    ],
)
def test_others_are_not(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Whatever else they have in common."""
    assert not _are_alike(one, other)
    assert not _are_alike(other, one)


def _are_alike(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return are_alike(*(called(title, f"/docs/{source}") for title, source in (one, other)))
