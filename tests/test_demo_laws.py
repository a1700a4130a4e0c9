"""Laws of the demo's small parts, beside which no bot is at work."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.behind import plain_name
from bot.demo.insight import pieces
from qa_engine.heat import WarmWindow


@given(st.text(max_size=300))
def test_names_of_dropped_files(name: str) -> None:
    """Whatever a browser says: a plain name in one folder, never hidden, never a way out of it."""
    plain = plain_name(name)
    assert plain
    assert not re.search(r"[/\\\0\n\r]", plain)
    assert plain not in (".", "..")
    assert not plain.startswith(".")
    assert len(plain) <= 160


@given(
    st.text(alphabet="ab .\n", min_size=1, max_size=40),
    st.data(),
)
def test_the_pieces_are_the_text(text: str, data: st.DataObject) -> None:
    """However the tokens lie: put together, from the first to the last, they are the text."""
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), min_size=2, max_size=12)) | {0, len(text)})
    offsets = [(start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=False) if start < end]
    heats = data.draw(
        st.lists(st.sampled_from([0.0, 0.2, 0.9]), min_size=len(offsets), max_size=len(offsets))
    )
    window = WarmWindow(0, np.array(offsets, dtype=np.float64).reshape(-1, 2), np.array(heats))
    found = pieces(text, window)
    expected = text[offsets[0][0] : offsets[-1][1]] if offsets else ""
    assert "".join(piece for piece, _ in found) == expected
