"""Plain text, and which files are read as what."""

from __future__ import annotations

import gzip

import pytest

from retrieval.documents import Document
from retrieval.errors import ReadError, UnsupportedFormat
from retrieval.readers import registry
from retrieval.readers.formats import MARKDOWN, TEXT, announced_format


def _read(text: str, name: str = "travel_policy.txt") -> Document:
    return registry.read(text.encode(), name)


def test_paragraphs_items_and_underlined_headings() -> None:
    """Blank lines part paragraphs; bullets begin items; only an underlined line is a heading."""
    document = _read(
        "Travel\n\nOne\ntwo.\n\nHotels\n------\nThree:\n- a\n  b\n* c\n\nCAPITALS ARE NO HEADING\n"
    )
    assert document.title == "Travel"
    assert [
        (b.kind, b.line, document.text[b.start : b.end], document.sections[b.section].heading_path)
        for b in document.blocks
    ] == [
        ("heading", 1, "Travel", ()),
        ("paragraph", 3, "One two.", ()),
        ("heading", 6, "Hotels", ("Hotels",)),
        ("paragraph", 8, "Three:", ("Hotels",)),
        ("item", 9, "a b", ("Hotels",)),
        ("item", 11, "c", ("Hotels",)),
        ("paragraph", 13, "CAPITALS ARE NO HEADING", ("Hotels",)),
    ]
    assert document.blocks[1].line_at(document.text.index("two")) == 4


def test_items_stand_in_lists() -> None:
    """Further to the right in an inner one, over blank lines as well; what begins anew at the left is no item."""
    document = _read(
        "For:\n- travel:\n\n  - trains\n  - planes\n\n- meals\nAsk us first.\n\n- new\n", "a.txt"
    )
    assert [(b.kind, b.lists, document.text[b.start : b.end]) for b in document.blocks] == [
        ("paragraph", (), "For:"),
        ("item", (1,), "travel:"),
        ("item", (1, 2), "trains"),
        ("item", (1, 2), "planes"),
        ("item", (1,), "meals"),
        ("paragraph", (), "Ask us first."),
        ("item", (3,), "new"),
    ]
    wrapped = _read(
        "- a line that is as long as lines are where a text has been wrapped\nOslo goes on\n", "a.txt"
    )
    assert [b.kind for b in wrapped.blocks] == ["item"]


@pytest.mark.parametrize("first", ["A sentence is no title.", "x" * 81, "and:", "Two\nlines"])
def test_a_first_line_that_is_no_title_is_text(first: str) -> None:
    """Then the title is made of the file's name."""
    document = _read(first + "\n\nmore")
    assert (document.title, document.blocks[0].kind) == ("Travel policy", "paragraph")


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"", "a.txt", "the file is empty"),
        (b" \r\n\t", "a.md", "the file is empty"),
        (b"\xef\xbb\xbf", "a.md", "the file is empty"),
        (b"%PDF-1.7", "a.txt", "looks like a PDF"),
        (b"PK\x03\x04rest", "a.md", "looks like a zip archive"),
        (gzip.compress(b"x", mtime=0), "a.html", "looks like a gzip archive"),
        (b"\x89PNG\r\n\x1a\nrest", "a.txt", "looks like a PNG image"),
        (b"a\0b" * 20, "a.txt", "looks binary"),
        (b"x", "a.pages", r"\.pages is not supported; supported are \.md, "),
        (b"x", "Makefile", "a name without a suffix is not supported"),
    ],
)
def test_what_cannot_be_read_gets_one_clear_line(data: bytes, name: str, message: str) -> None:
    """The message says what was found, and it is a single line."""
    with pytest.raises(ReadError, match=message) as caught:
        registry.read(data, name)
    assert "\n" not in str(caught.value)


def test_names_without_a_suffix() -> None:
    """README and its like are text; anything else without a suffix is left alone."""
    assert announced_format("README") is TEXT
    assert announced_format("LICENSE") is TEXT
    assert announced_format("a.MD") is MARKDOWN
    for name in ("Makefile", ".md", "a"):
        with pytest.raises(UnsupportedFormat, match="a name without a suffix is not supported"):
            announced_format(name)
    assert registry.read(b"Some terms apply.", "LICENSE").title == "LICENSE"
