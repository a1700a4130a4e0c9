"""The file of followed sources: what is written is read again, and what a person wrote stays."""

from __future__ import annotations

import string
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.sources import FollowedSource, read_sources, write_sources
from retrieval.web.start import Start
from tests.command_line import call

BY_HAND = """\
# Ours.  Ask Ann before you touch this.

# The handbook: the people team's.
[[source]]
path = "~/handbook"   # a checkout
collection = "hr"

# Old, goes in May.
[[source]]
path = "/wiki"

[[source]]
url = "https://docs.example/"
depth = 1
# two levels are too many
"""


def test_comments_stay(tmp_path: Path) -> None:
    """Sources come, go and change; what stands beside the others is left as it was."""
    file, guides = tmp_path / "sources.toml", tmp_path / "guides"
    guides.mkdir()
    file.write_text(BY_HAND)
    assert call("source", "add", guides, home=tmp_path).code == 0
    added = f'[[source]]\npath = "{guides}"\ncollection = "default"\n'
    assert file.read_text() == BY_HAND + "\n" + added
    assert call("source", "rm", "/wiki", home=tmp_path).code == 0
    wiki = '# Old, goes in May.\n[[source]]\npath = "/wiki"\n\n'
    assert file.read_text() == BY_HAND.replace(wiki, "") + "\n" + added
    handbook = FollowedSource(place=Path("~/handbook").expanduser(), collection="people")
    write_sources(file, [handbook, *read_sources(file)[1:]])
    assert "# The handbook: the people team's.\n[[source]]\npath" in file.read_text()
    assert read_sources(file)[0] == handbook
    assert "# two levels are too many" in file.read_text()


WORDS = st.text(string.ascii_letters + " #\"\\\n[]é\x7f'", min_size=1, max_size=9)
SOURCES = st.lists(
    st.builds(
        FollowedSource,
        place=st.builds(lambda name: Path("/") / name, WORDS)
        | st.builds(Start, url=st.just("https://docs.example/"), depth=st.integers(0, 3)),
        collection=WORDS,
    ),
    max_size=4,
)
BESIDE = st.sampled_from(
    (
        "",
        "# a remark\n",
        "x = 1",
        "[other]\n",
        BY_HAND,
        "source = []\n",
        'source = [{path = "/a"}]\n',
        '[["source"]]\npath = "/b"\n',
        'x = """\n[[source]]\npath = 1\n"""\n',
    )
)


@given(beside=BESIDE, before=SOURCES, after=SOURCES)
def test_what_is_written_is_read(
    beside: str, before: list[FollowedSource], after: list[FollowedSource]
) -> None:
    """Whatever stood there, and however it was written."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sources.toml"
        file.write_text(beside)
        for sources in (before, before + after, after):
            write_sources(file, sources)
            assert read_sources(file) == sources
