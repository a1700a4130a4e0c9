"""Lists: an item is shown with what introduces it, and what ends in a colon with what it leads to.

But: how that looks in Slack and on a terminal is in `test_slack_views.py` and `test_ask_command.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.documents import Document, DocumentBuilder
from retrieval.lists import MOST_CHARACTERS, MOST_ITEMS, REACH, ListAround, list_around
from retrieval.lists import Item as Listed
from retrieval.readers import html, markdown, pdf, plaintext
from retrieval.store import Store
from tests import made_files
from tests.stores import put

CARD = """# Cards

Everybody who travels has one. The company card must not be used for:

- cash
- gifts, unless they are:
  1. for a customer
  2. under 50 euros
- parking fines

Ask Accounts about everything else.
"""


def around(document: Document, words: str) -> ListAround:
    """The list around some words of a document, by its blocks."""
    start = document.text.index(words)
    end, blocks = start + len(words), document.blocks
    return list_around(
        end,
        reversed([block for block in blocks if block.start <= start]),
        iter([block for block in blocks if block.end >= end]),
        lambda block: document.text[block.start : block.end],
    )


MUST_NOT = "The company card must not be used for:"


@pytest.mark.parametrize(
    ("words", "introductions"),
    [
        ("cash", [MUST_NOT]),
        ("parking fines", [MUST_NOT]),
        ("under 50 euros", [MUST_NOT, "gifts, unless they are:"]),
        ("Ask Accounts about everything else.", []),
        ("Everybody who travels has one.", []),
    ],
)
def test_an_item_has_what_introduces_it(words: str, introductions: list[str]) -> None:
    """A prohibition is never shown as a permission; an inner list has all that leads to it."""
    assert list(around(markdown.read(CARD.encode(), "c.md"), words).introductions) == introductions


def test_a_colon_has_what_follows() -> None:
    """The items in their order, those of inner lists too; an item leads to its own only."""
    document = markdown.read(CARD.encode(), "c.md")
    outer, inner = around(document, MUST_NOT), around(document, "gifts, unless they are:")
    assert [(item.text, item.depth) for item in outer.items] == [
        ("cash", 0), ("gifts, unless they are:", 0), ("for a customer", 1), ("under 50 euros", 1),
        ("parking fines", 0),
    ]  # fmt: skip
    assert [item.text for item in inner.items] == ["for a customer", "under 50 euros"]
    assert around(document, "The company card").items == (), "the quote does not end at the colon"


@pytest.mark.parametrize(
    ("source", "words", "introductions"),
    [
        ("Run:\n\n```\nmake\n```\n\n- later", "make", ["Run:"]),
        ("Run:\n\n```\nmake\n```\n\n- later", "later", []),
        ("Do this:\n\n1. Stop it:\n   ```\n   stop\n   ```\n2. Wait.", "stop", ["Do this:", "Stop it:"]),
        ("Do this:\n\n1. Stop it:\n   ```\n   stop\n   ```\n2. Wait.", "Wait.", ["Do this:"]),
        ("Closed on:\n\n| Day | Why |\n|-|-|\n| 1 May | Labour |\n| 2 May | Rest |", "2 May", ["Closed on:"]),
        ("We sell:\n\n## Fruit\n\n- apples", "apples", ["Fruit"]),
        ("## Not paid\n\n- wine\n- gifts:\n  - roses", "wine", ["Not paid"]),
        ("## Not paid\n\n- wine\n- gifts:\n  - roses", "roses", ["Not paid", "gifts:"]),
        ("## Not paid\n\n1. wine\n\n   Nor beer.\n2. gifts", "gifts", ["Not paid"]),
        ("## Not paid\n\n| What | Why |\n|-|-|\n| wine | law |\n| gifts | tax |", "gifts", ["Not paid"]),
        ("## Cards\n\nWe never pay:\n\n- wine", "wine", ["We never pay:"]),
        ("## Not paid\n\nIt was decided in May.\n\n- wine", "wine", []),
        ("## Not paid\n\n* wine\n\n- bread", "bread", []),
        ("## Not paid\n\nWine.", "Wine.", []),
        ("## Fruit\n\n- We sell apples.", "apples", []),
        ("## Never do this\n\n- Sell apples.", "apples", ["Never do this"]),
        ("## What we don\u2019t sell\n\n- Apples of last year.", "Apples", ["What we don\u2019t sell"]),
        ("## Fruit\n\n| What | Price |\n|-|-|\n| apples | £2 |", "apples", []),
        ("We sell fruit.\n\n- apples", "apples", []),
        ("We sell the following.\n\n- apples", "apples", ["We sell the following."]),
        ("- Never\n  - alone\n  - at night\n- Always\n  - together", "together", ["Always"]),
        ("- One. Two.\n  - three", "three", []),
        ("Never:\n\n* lend it\n\n- ask us", "ask us", []),
        ("Never:\n\n- lend it:\n\n```\nmake\n```", "make", ["Never:", "lend it:"]),
        ("Never:\n\n- lend it\n\n```\nmake\n```", "make", []),
        ("Never:\n\n1. lend\n\n```\nmake\n```\n\n2. ask", "ask", ["Never:"]),
        (
            "We pay:\n\n- Hotels\n\n  Not paid:\n  - minibar\n- Taxis",
            "minibar",
            ["We pay:", "Hotels", "Not paid:"],
        ),
        ("We pay:\n\n- Hotels\n\n  Not paid:\n  - minibar\n- Taxis", "Taxis", ["We pay:"]),
        ("- Staff: they sign.\n\n  Leave is 25 days.\n- Guests", "Leave is 25 days.", ["Staff: they sign."]),
        ("1. Travel, except for:\n  - taxis\n2. Meals", "taxis", ["Travel, except for:"]),
        ("1. Travel, except for:\n  - taxis\n2. Meals", "Meals", []),
        ("We ask:\n\n- Be human. We permit machines:\n- Be 13.", "Be 13.", ["We ask:"]),
        ("**Not paid**\n\n- wine\n\n**Paid**\n\n- bread", "bread", ["Paid"]),
        ("We sell on the 5th of the following month.\n\n- apples", "apples", []),
        ("<p>You may:</p><ul><li>go</li></ul><ol><li>A footnote.</li></ol>", "A footnote.", []),
        (
            "<p>You may pay:</p><ul><li>Trips, except:</li><ul><li>taxis</li></ul></ul>",
            "taxis",
            ["You may pay:", "Trips, except:"],
        ),
        (
            "<p>No:</p><ul class='lst-kix_a-0'><li>Trips:</li></ul><ul class='lst-kix_a-1'><li>taxis</li></ul>",
            "taxis",
            ["No:", "Trips:"],
        ),
    ],
)
def test_what_counts_as_an_introduction(source: str, words: str, introductions: list[str]) -> None:
    """A colon or "the following" right above the list, in the same section; a short item above its own.

    Where nothing does, the heading right above it.
    """
    assert list(around(markdown.read(source.encode(), "a.md"), words).introductions) == introductions


def test_a_text_that_ends_amid_its_list_has_the_rest() -> None:
    """The steps that were quoted are not said twice, and those behind are not lost."""
    steps = "Lost it? Do the following:\n\n1. Call.\n2. Wait.\n3. Pay.\n\nThat is all."
    document = markdown.read(steps.encode(), "a.md")
    assert around(document, "Do the following:\nCall.") == ListAround(items=(Listed("Wait."), Listed("Pay.")))
    assert around(document, "Do the following:\nCall.\nWait.\nPay.") == ListAround()
    assert around(document, "Do the following:\nCall.\nWait.\nPay.\nThat is all.") == ListAround()


def table(rows: int) -> Document:
    """One with so many rows, between two that are others."""
    head = "| Value | Approved by |\n|-|-|\n"
    own = "".join(f"| {number} | person {number} |\n" for number in range(1, rows + 1))
    other = f"{head}| other | nobody |\n"
    return markdown.read(f"# O\n\n{other}\nText.\n\n{head}{own}\nText.\n\n{other}".encode(), "o.md")


def test_rows_have_the_rest_of_their_table() -> None:
    """A rule in several rows is not whole without those behind; of one row only how many others there are."""
    one, two, three = (f"Value: {number}. Approved by: person {number}." for number in (1, 2, 3))
    assert around(table(3), two).rows == 2
    assert around(table(3), f"{one}\n{two}") == ListAround(items=(Listed(three),))
    assert around(table(3), f"{two}\n{three}").rows == 1
    assert around(table(1), one) == ListAround()
    assert around(table(3), "person 2").items == ()


def test_a_large_table_does_not_flood_an_answer() -> None:
    """Some rows, and the number of the others, as far as it is worth counting."""
    found = around(table(50), "person 1.\nValue: 2. Approved by: person 2.")
    assert (len(found.items), found.rows) == (MOST_ITEMS, 50 - 2 - MOST_ITEMS)
    large = around(table(1_000), "Value: 500. Approved by: person 500.")
    assert (large.items, large.rows) == ((), 2 * REACH)


def test_items_that_no_reader_told_apart() -> None:
    """In a PDF they are one list: what breaks off at a colon introduces those behind it that are marked otherwise."""
    builder = DocumentBuilder()
    builder.block("paragraph", ["It applies as follows:"])
    for text in ("4.1 Sign it.", "4.2 Never use it for:", "(a) cash;", "(b) fuel.", "4.3 Keep receipts."):
        builder.block("item", [text])
    document = builder.build("T")
    first, second = "It applies as follows:", "4.2 Never use it for:"
    for text, said in (
        ("4.1", (first,)),
        ("(a)", (first, second)),
        ("(b)", (first, second)),
        ("4.3", (first,)),
    ):
        assert (
            around(document, next(t for t in document.text.split("\n") if t.startswith(text))).introductions
            == said
        )


def test_a_long_list_is_cut_and_says_so() -> None:
    """So many items, or so many characters; the rest is counted."""
    many = "Bring:\n\n" + "\n".join(f"- thing {number}" for number in range(20))
    found = around(markdown.read(many.encode(), "a.md"), "Bring:")
    assert (len(found.items), found.left) == (MOST_ITEMS, 20 - MOST_ITEMS)
    long = "Bring:\n\n- " + "\n- ".join("word " * (MOST_CHARACTERS // 8) + str(n) for n in range(3))
    found = around(markdown.read(long.encode(), "a.md"), "Bring:")
    assert (len(found.items), found.left) == (1, 2)


@dataclass
class Item:
    """An item and its own list.  Its words are its number, and a colon if it introduces them."""

    number: int
    inner: list[Item] = field(default_factory=list)

    @property
    def words(self) -> str:
        return f"number {self.number}" + (":" if self.inner else " is the last.")


@st.composite
def lists(draw: st.DrawFn) -> list[Item]:
    """Lists in lists, their items numbered."""
    numbers = iter(range(1, 100))

    def items(depth: int) -> list[Item]:
        count = draw(st.integers(1, 3))
        return [
            Item(next(numbers), items(depth - 1) if depth and draw(st.booleans()) else [])
            for _ in range(count)
        ]

    return items(3)


def walked(items: list[Item], above: tuple[str, ...]) -> Iterator[tuple[Item, tuple[str, ...], int]]:
    """Each item, what introduces it, and its depth."""
    for item in items:
        yield item, above, len(above)
        yield from walked(item.inner, (*above, item.words))


def as_markdown(items: list[Item]) -> str:
    return "Take:\n\n" + "\n".join(
        f"{'  ' * (depth - 1)}- {item.words}" for item, _, depth in walked(items, ("Take:",))
    )


def as_text(items: list[Item]) -> str:
    return as_markdown(items).replace("\n\n", "\n")


def as_html(items: list[Item]) -> str:
    def listed(items: list[Item]) -> str:
        inner = "".join(f"<li>{item.words}{listed(item.inner) if item.inner else ''}</li>" for item in items)
        return f"<ul>{inner}</ul>"

    return f"<p>Take:</p>{listed(items)}"


@pytest.mark.parametrize(
    ("write", "reader"),
    [(as_markdown, markdown), (as_html, html), (as_text, plaintext)],
    ids=["markdown", "html", "text"],
)
@given(items=lists())
def test_lists_in_lists(write, reader, items: list[Item]) -> None:  # type: ignore[no-untyped-def]
    """However deep they stand: all that leads to an item, and all to which an item leads."""
    document = reader.read(write(items).encode(), "a")
    for item, above, _ in walked(items, ("Take:",)):
        found = around(document, item.words)
        assert found.introductions == above
        inner = [each.words for each, _, _ in walked(item.inner, ())]
        assert [each.text for each in found.items] == inner[: len(found.items)]
        assert len(found.items) + found.left == len(inner)


@settings(max_examples=60)
@given(items=lists(), data=st.data())
def test_lists_in_lists_of_a_pdf(items: list[Item], data: st.DataObject) -> None:
    """There an item stands in the one above that begins further left, also on the next page or in the next column.

    Numbers may be set to the right, so that long ones begin further left.
    """
    every = list(walked(items, ("Take:",)))
    breaks = data.draw(st.integers(1, len(every)))
    is_column = data.draw(st.booleans())
    pages = [[(60.0, 760.0, "Take:")]]
    edge, y = 60.0, 760.0
    shown = {"Take:": "Take:"}
    for number, (item, _, depth) in enumerate(every):
        if number == breaks:
            edge, y = (330.0 if is_column else 60.0), 773.0
            pages += [] if is_column else [[]]
        y -= 13
        left = edge + 40 * depth
        mark = data.draw(st.sampled_from(["•", "9.", "10.", "(viii)"]))
        pages[-1] += [(left - 4 - 4.5 * len(mark), y, mark), (left, y, item.words)]
        shown[item.words] = item.words if mark == "•" else f"{mark} {item.words}"
    pages[-1].append((edge, y - 30, "That is all of what you should take."))
    document = pdf.read(made_files.pdf_lines(pages), "a.pdf")
    for item, above, _ in every:
        assert around(document, item.words).introductions == tuple(shown[each] for each in above)


def test_the_store_says_the_same(tmp_path: Path) -> None:
    """It looks at the blocks that it needs only, and finds what all of them tell."""
    document = markdown.read(CARD.encode(), "c.md")
    with Store(tmp_path / "store.db") as store:
        number = put(store, "c.md", document)
        for block in document.blocks:
            words = document.text[block.start : block.end]
            assert store.list_around(number, block.start, block.end) == around(document, words)
