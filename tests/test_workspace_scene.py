"""What the page is told of a scene: only what has changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.workspace.scene import difference

scenes = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3))


@given(before=scenes, after=scenes)
def test_a_difference_makes_one_scene_of_another(before: dict[str, int], after: dict[str, int]) -> None:
    """Applied to the first it gives the second, and it says nothing that is so already."""
    news = difference(before, after)
    assert {name: item for name, item in before.items() if name not in news["gone"]} | news["set"] == after
    assert all(before.get(name) != item for name, item in news["set"].items())
