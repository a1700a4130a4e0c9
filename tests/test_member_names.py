"""The names of an archive's members."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.readers.member_names import formerly_known_by, known_by, parts, shown

ID = "0123456789abcdef0123456789abcdef"
OTHER = ID[::-1]
NAMES = st.lists(
    st.lists(
        st.sampled_from(["/", "//", "\\", "..", ".", "C:", "a", "b.md", f"Leave {ID}", ".md", "é"]),
        min_size=1,
    )
    .map("".join)
    .filter(parts),
    unique=True,
)


@given(NAMES)
def test_no_two_members_are_known_by_one_name_and_none_leads_out(names: list[str]) -> None:
    """Whatever an archive calls its members, each is a file of its own below the archive."""
    known = known_by(names)
    assert set(known) == set(names)
    assert len(set(known.values())) == len(names)
    archive = Path("/docs/all.zip")
    for name in known.values():
        path = archive / name
        assert ".." not in path.parts
        assert path.is_relative_to(archive)
        assert path != archive


@given(NAMES)
def test_what_a_member_is_known_by_is_no_matter_of_order(names: list[str]) -> None:
    """An archive that is packed anew has the same members."""
    assert known_by(sorted(names)) == known_by(names)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("sub/leave.md", "sub/leave.md"),
        ("//srv/x/leave.md", "srv/x/leave.md"),
        ("/etc/motd", "etc/motd"),
        ("../../slip.txt", "slip.txt"),
        ("C:\\Users\\ana\\leave.md", "Users/ana/leave.md"),
        ("C:/x/leave.md", "x/leave.md"),
        ("\\\\srv\\x\\leave.md", "srv/x/leave.md"),
        (f"Leave {ID}.md", f"Leave {ID}.md"),
    ],
)
def test_roots_are_dropped(name: str, known: str) -> None:
    """A slash, two, a drive, what leads upwards; Notion's number stays, since it tells two pages apart."""
    assert known_by([name]) == {name: known}


def test_people_see_titles_and_numbers_only_where_they_must() -> None:
    """Two pages of one title are shown with their numbers; the same title in another folder is."""
    names = [f"Leave {ID}.md", f"Leave {OTHER}.md", f"sub/Leave {ID}.md", f"Pay {ID}/Pay {ID}.csv"]
    assert list(shown(names).values()) == [names[0], names[1], "sub/Leave.md", "Pay/Pay.csv"]


def test_names_of_earlier_versions() -> None:
    """They are looked for in stores, so they stay what they were."""
    names = [f"x/Leave {ID}.md", "../a.md", "C:/a.md", "//srv/a.md", "/a.md"]
    assert [formerly_known_by(name) for name in names] == [
        "x/Leave.md",
        "a.md",
        "C:/a.md",
        "///srv/a.md",
        "a.md",
    ]
