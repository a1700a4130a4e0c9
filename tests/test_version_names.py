"""Documents that may be versions of one another are called alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        (("Handbook", "handbook 2023-05-01.md"), ("Handbook", "handbook_1.6.24.md")),
        (("Handbook", "handbook (1).md"), ("Handbook, 2nd edition", "Draft of handbook, rev 3.md")),
        (("Handbook 2023/24", "handbook24.05.24.md"), ("Handbook (Q3)", "handbook FY24.md")),
        (("Handbook", "v1/handbook.md"), ("Handbook", "drafts/v2/handbook backup.md")),
        (("Handbook", "handbook/v1.md"), ("Handbook", "handbook/v2.md")),
        (("Backup", "backup.md"), ("Backup copy", "backup (copy 2).md")),
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
        (("Allowance of grade 1", "grade-1-allowance.md"), ("Allowance of grade 2", "grade-2-allowance.md")),
        (("Rules", "rules-for-grade-1.md"), ("Rules", "rules-for-grade-2.md")),
        (("Kitchen", "floor-1/x.md"), ("Kitchen", "floor-2/x.md")),
        (("Backup policy", "backup-policy.md"), ("Archive policy", "archive-policy.md")),
        (("Data backup", "data-backup.md"), ("Data archive", "data-archive.md")),
        (("Backup", "backup.md"), ("Archive", "archive.md")),
        (("Update guide", "update-guide.md"), ("Guide", "guide.md")),
        (("Travel to London", "to-london.md"), ("Travel from London", "from-london.md")),
        (("1st floor", "1st-floor.md"), ("2nd floor", "2nd-floor.md")),
        (("2023", "2023.md"), ("2024", "2024.md")),
    ],
)
def test_others_are_not(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Whatever else they have in common."""
    assert not _are_alike(one, other)
    assert not _are_alike(other, one)


@given(
    st.integers(1, 1800),
    st.integers(1, 1800),
    st.sampled_from(["Grade {}", "Room {} of the house", "{} days"]),
)
def test_a_bare_number_is_a_name(one: int, other: int, title: str) -> None:
    """Two that differ in it are two documents; two that do not are called alike."""
    first, second = ((title.format(number), f"{number}/page.md") for number in (one, other))
    assert _are_alike(first, second) == (one == other)


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_who_is_first_makes_no_difference(
    title: str, source: str, other_title: str, other_source: str
) -> None:
    """Whatever they are called; a name is like itself if a word of it is left."""
    one, other = (title, source), (other_title, other_source)
    assert _are_alike(one, other) == _are_alike(other, one)
    assert _are_alike((f"{title} handbook", source), (f"{title} handbook", source))


def test_a_long_name_takes_no_time() -> None:
    """Titles come from strangers."""
    for word in ("of ", "valid from ", "1", "1.", "(", "may ", "v", "of the draft "):
        called(word * 20_000, "a.md")


def _are_alike(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return are_alike(*(called(title, f"/docs/{source}") for title, source in (one, other)))
