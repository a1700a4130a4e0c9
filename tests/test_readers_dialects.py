"""Markdown's dialects: what they say is quoted without their marks, on the lines where it stands."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.readers.dialects import as_commonmark
from retrieval.readers.markdown import read


def _blocks(text: str) -> list[tuple[str, int | None, str]]:
    document = read(text.encode(), "a-page.md")
    return [(block.kind, block.line, document.text[block.start : block.end]) for block in document.blocks]


@pytest.mark.parametrize(
    ("page", "blocks"),
    [
        ('!!! note "Leave"\n    It is 25 days.', [("paragraph", 1, "Leave: It is 25 days.")]),
        ("!!! warning inline end\n\n    It is 25 days.", [("paragraph", 3, "It is 25 days.")]),
        ("!!! note\n\tIt is 25 days.", [("paragraph", 2, "It is 25 days.")]),
        (
            '???+ question "Who pays?"\n\n    We do.',
            [("paragraph", 1, "Who pays?"), ("paragraph", 3, "We do.")],
        ),
        (
            '=== "Mac"\n\n    Press Command.\n\n=== "Windows"\n\n    Press Control.',
            [
                ("paragraph", 1, "Mac:"),
                ("paragraph", 3, "Press Command."),
                ("paragraph", 5, "Windows:"),
                ("paragraph", 7, "Press Control."),
            ],
        ),
        (
            "!!! tip\n    ??? note\n        - one\n        - two\n\n    Below.\n\nAfter.",
            [("item", 3, "one"), ("item", 4, "two"), ("paragraph", 6, "Below."), ("paragraph", 8, "After.")],
        ),
        (
            "!!! tip\n    Run:\n\n        make run\n\n    ```sh\n    !!! no mark\n      x\n    ```",
            [("paragraph", 2, "Run:"), ("code", 4, "make run"), ("code", 7, "!!! no mark\n  x")],
        ),
        (":::tip Leave\nIt is 25 days.\n:::\n", [("paragraph", 1, "Leave: It is 25 days.")]),
        (
            "::::note[Leave]{.wide}\n\nIt is.\n\n::::",
            [("paragraph", 1, "Leave:"), ("paragraph", 3, "It is.")],
        ),
        ("::: {.callout-note}\nIt is.\n:::", [("paragraph", 2, "It is.")]),
        ("> [!NOTE]\n> It is 25 days.", [("paragraph", 2, "It is 25 days.")]),
        ("> [!tip]- Leave\n> It is 25 days.", [("paragraph", 1, "Leave: It is 25 days.")]),
        ("> [!WARNING] It ends in May.", [("paragraph", 1, "It ends in May.")]),
    ],
)
def test_what_an_admonition_says_stays(page: str, blocks: list[tuple[str, int | None, str]]) -> None:
    """With its title before it; the kind alone is nothing that one would quote."""
    assert _blocks(page) == blocks


@pytest.mark.parametrize(
    ("page", "blocks"),
    [
        ("PTO\n: Paid time off.", [("item", 2, "PTO: Paid time off.")]),
        (
            "# Words\n\nPTO:\n:   Paid time off,\n    that is.\n:   Holidays.\n\nWFH\n\n:   At home.\n\nText.",
            [
                ("heading", 1, "Words"),
                ("item", 4, "PTO: Paid time off, that is."),
                ("item", 6, "PTO: Holidays."),
                ("item", 10, "WFH: At home."),
                ("paragraph", 12, "Text."),
            ],
        ),
    ],
)
def test_a_definition_begins_with_its_term(page: str, blocks: list[tuple[str, int | None, str]]) -> None:
    """As in HTML: by itself it would say of nothing what it means."""
    assert _blocks(page) == blocks


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("See [[Leave policy|the policy]] and [[Pay#Bonus]].", "See the policy and Pay > Bonus."),
        ("Look: ![[plan.png]] here.", "Look: here."),
        ("It is ==25 **days**==, a == b.", "It is 25 days, a == b."),
        ("`[[x]]` and `==y==`", "[[x]] and ==y=="),
        ("[[1]](https://a.example) if [[ -f x ]]; a==b==c", "[1] if [[ -f x ]]; a==b==c"),
    ],
)
def test_marks_within_a_line(line: str, shown: str) -> None:
    """Links to pages and what is marked, as Obsidian shows them; code and shells have other brackets."""
    ((_, _, text),) = _blocks(line)
    assert text == shown


@pytest.mark.parametrize(
    "page",
    [
        "Wow!!! note this.",
        "A heading\n===\n",
        "```\n!!! note\n    x\n```",
        "> [a link][!b]",
        "x ::: y",
        "::: a, b",
        "```\na\n: b\n```",
        "One line.\nAnother\n: one",
        ": alone",
    ],
)
def test_what_only_looks_like_one_stays_as_it_is(page: str) -> None:
    """Marks in running text and in listings."""
    assert as_commonmark(page) == page


_LINES = st.sampled_from(
    ["!!! note", '??? a "T"', '=== "T"', "    x", "        y", "\tz", "", "text", ":::tip T", ":::", "> [!NOTE] a",
     "```", "    ```", "- i", "T", ": d", ":   d d"]
)  # fmt: skip


@given(st.lists(_LINES | st.text(max_size=9), max_size=12).map("\n".join))
def test_every_line_stays_where_it_was(text: str) -> None:
    """So that a citation's line is that of the file; what is shown stood there."""
    shown = as_commonmark(text)
    assert shown.count("\n") == text.count("\n")
    assert set(re.findall(r"\w+", shown)) <= set(re.findall(r"\w+", text))
