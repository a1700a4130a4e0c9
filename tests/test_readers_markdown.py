"""Markdown: blocks, lines, anchors and titles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents import Document
from retrieval.errors import ReadError
from retrieval.readers import registry
from retrieval.readers.markdown import read

HANDBOOK = Path(__file__).parents[1] / "data" / "handbook"


def _read(text: str, name: str = "a-page.md") -> Document:
    return read(text.encode(), name)


def _blocks(document: Document) -> list[tuple[str, int | None, str]]:
    return [(block.kind, block.line, document.text[block.start : block.end]) for block in document.blocks]


def test_a_page_becomes_blocks_with_their_source_lines() -> None:
    """Every block has its kind, the line on which it begins, and text without markup."""
    page = """---
title: Leave
---

Intro *em* `code` [link](x "t")[^1]
![alt](i.png) <b>bold</b> ~~gone~~.

## Kinds

- [x] one

  more
  - nested
1. first
   ```py
   if x:
       y
   ```

> quote
> on

<!-- no -->
[[toc]]

[^1]: The note.
"""
    assert _blocks(_read(page)) == [
        ("paragraph", 5, "Intro em code link alt bold ."),
        ("heading", 8, "Kinds"),
        ("item", 10, "one"),
        ("item", 12, "more"),
        ("item", 13, "nested"),
        ("item", 14, "first"),
        ("code", 16, "if x:\n    y"),
        ("paragraph", 20, "quote on"),
        ("paragraph", 26, "The note."),
    ]


def test_table_rows_are_sentences() -> None:
    """A row can be quoted by itself: headers with values, empty cells left out, no stop doubled."""
    page = "| Kind | Days |\n|---|---|\n| Annual | 25. |\n| | 3 <br> 4 |\n\n| | |\n|-|-|\n| a | b |\n\n| lonely |\n|-|\n"
    assert _blocks(_read(page)) == [
        ("row", 3, "Kind: Annual. Days: 25."),
        ("row", 4, "Days: 3; 4."),
        ("row", 8, "a: b."),
        ("row", 10, "lonely."),
    ]


def test_a_line_that_heads_a_group_is_said_in_its_rows() -> None:
    """As in sheets and pages; a row that nobody filled in heads nothing."""
    page = "| Grade | Days | Notice |\n|-|-|-|\n| Lead | 30 | 1 month |\n| **Contractors** | | |\n| Senior | 10 | 1 week |\n"
    assert _blocks(_read(page)) == [
        ("row", 3, "Grade: Lead. Days: 30. Notice: 1 month."),
        ("paragraph", 4, "Contractors"),
        ("row", 5, "Contractors. Grade: Senior. Days: 10. Notice: 1 week."),
    ]
    open_ones = "| Task | Owner | Due |\n|-|-|-|\n| Desks | | |\n| Lamps | | |\n| Move | Bo | June |\n"
    assert [text for _, _, text in _blocks(_read(open_ones))] == [
        "Task: Desks.", "Task: Lamps.", "Task: Move. Owner: Bo. Due: June.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Up to ~25 euro~ 30 euro.", "Up to 30 euro."),
        ("**~a *b*\nc~** d [~e~ f](g)", "d f"),
        ("In ~5 minutes, ~6 at most.", "In ~5 minutes, ~6 at most."),
        ("From ~5 to 10~15, C:\\PROGRA~1\\MICROS~1", "From ~5 to 10~15, C:\\PROGRA~1\\MICROS~1"),
        ("See ~/notes~ and ~/path or `~a~`.", "See ~/notes~ and ~/path or ~a~."),
        ("~~a~ b and ~~~c d~~ e", "~~a~ b and ~ e"),
    ],
)
def test_one_tilde_crosses_out_as_on_github(source: str, text: str) -> None:
    """Around whole words; as a sign for "about" and in paths it stays."""
    assert " ".join(_read(source).text.split()) == text


def test_an_expression_of_githubs_workflows_is_kept() -> None:
    """In prose, too, where a site's own variables go."""
    assert _read("Set ${{ secrets.TOKEN }} first, {{ site.x }}then go.").text == (
        "Set ${{ secrets.TOKEN }} first, then go."
    )


def test_what_is_crossed_out_leaves_a_blank_and_keeps_the_lines() -> None:
    """A figure that was withdrawn is not quoted, nor does it make another of the one that holds."""
    page = """Up to ~~20~~25 days, <del>20</del>26, <s>a
b</s> c ~~d ![alt](e.png)
f~~g

- ~~gone~~
- [x] ~~gone~~
- kept

| A | B |
|---|---|
| ~~1~~2 | <s>3</s>4 |
| ~~1~~ | <strike>3</strike> |

## ~~Old~~

~~Old
and~~
new. List<S> is a type, ~~ is about.

<table>
<tr><td><del>Room 1</del></td></tr>
<tr><td>Room 1</td></tr>
</table>
"""
    assert _blocks(_read(page)) == [
        ("paragraph", 1, "Up to 25 days, 26, c g"),
        ("item", 7, "kept"),
        ("row", 11, "A: 2. B: 4."),
        ("paragraph", 18, "new. List is a type, ~~ is about."),
        ("row", 22, "Room 1."),
    ]


def test_braces_and_patterns_are_text_where_they_are_no_marks() -> None:
    """An id or a class goes, a parameter stays; a footnote's mark goes, a pattern in code stays."""
    page = (
        "# A {#x}\n\n## GET /users/{id}\n\n## Use `${VAR}`\n\n## B {.c}\n\nNames[^1] match `[^a-z]+` only.\n\n"
        "| a | b |\n|---|---|\n| `[^x]` | c[^2] |\n"
    )
    assert [text for _, _, text in _blocks(_read(page))] == [
        *("A", "GET /users/{id}", "Use ${VAR}", "B", "Names match [^a-z]+ only.", "a: [^x]. b: c."),
    ]


def test_footnotes_below_each_other_are_each_their_own() -> None:
    """Without blank lines between, as most write them; one word is a note, too."""
    page = (
        "A.[^1] B.[^2] C.[^c] [D].\n\n[^1]: The first\nnote.\n[^2]: Second note.\n\n[^c]: Tuesdays\n\n"
        "[D]: https://d.example/\n"
    )
    assert _blocks(_read(page)) == [
        ("paragraph", 1, "A. B. C. D."),
        ("paragraph", 3, "The first note."),
        ("paragraph", 5, "Second note."),
        ("paragraph", 7, "Tuesdays"),
    ]


def test_a_raised_number_is_none_of_the_number_before_it() -> None:
    """In HTML within Markdown, too."""
    assert [text for _, _, text in _blocks(_read("10<sup>2</sup> m, the 4<sup>th</sup>\n"))] == [
        "10^2 m, the 4th"
    ]


def test_each_word_knows_its_line_even_after_newlines_inside_markup() -> None:
    """Code spans, link destinations and tags hold newlines; the words after them have right lines."""
    page = "a `b\nc` d\ne\\\nf [x](\n/u\n) g\nh ![i\nj](k) l\nm <a\nhref=x>n</a> o\np\n"
    document = _read(page)
    (block,) = document.blocks
    lines = {word: block.line_at(document.text.index(word)) for word in "adefghlmop"}
    assert lines == {"a": 1, "d": 2, "e": 3, "f": 4, "g": 6, "h": 7, "l": 8, "m": 9, "o": 10, "p": 11}


@given(
    st.lists(
        st.sampled_from(["word", "*em*", "`code`", "", "- item", "# Head", "> quote", "| a |", "<b>x</b>"]),
        max_size=25,
    )
)
def test_first_words_stand_on_the_line_that_the_block_names(lines: list[str]) -> None:
    """The line of a block that has one is a line of the file on which the block's first word stands."""
    document = _read("\n".join(lines))
    for block in document.blocks:
        assert block.line is not None
        assert document.text[block.start : block.end].split()[0] in lines[block.line - 1]


def test_html_in_markdown_is_read_as_html() -> None:
    """Tables and details survive the blank lines inside them; scripts and comments do not survive."""
    page = """<details>
<summary>More</summary>

*Inside* text.

</details>

<table>

<tr><th>Place</th>

    <td>Room 3</td></tr>
</table>

<script>
let x

let y
</script>
<div style="display:none">secret</div>
"""
    assert _blocks(_read(page)) == [
        ("paragraph", 2, "More"),
        ("paragraph", 4, "Inside text."),
        ("row", 10, "Place: Room 3."),
    ]


def test_anchors_are_githubs_and_unique() -> None:
    """Slugs are numbered when taken; an explicit id wins and leaves the heading's text."""
    document = _read(
        "## What's new?\n## What's new?\n## Own {#mine}\n## <a id='k'></a>Kept\n## What's new?\n"
    )
    assert [section.anchor for section in document.sections[1:]] == [
        "whats-new",
        "whats-new-1",
        "mine",
        "k",
        "whats-new-2",
    ]
    assert document.sections[3].heading_path == ("Own",)


def test_many_equal_headings_are_numbered_quickly() -> None:
    """20,000 equal headings are no quadratic search for a free slug."""
    document = _read("# a\n" * 20_000)
    assert document.sections[-1].anchor == "a-19999"


@pytest.mark.parametrize(
    ("page", "title", "path"),
    [
        ("---\ntitle: T\n---\n# H\n## S\n", "T", ("H", "S")),
        ("---\ntitle: H\n---\n# H\n## S\n", "H", ("S",)),
        ("# H\n## S\n", "H", ("S",)),
        ("# H\n# S\n", "H", ("S",)),
        ("text\n## A\n# H\n", "H", ("H",)),
        ("## S\n", "A page", ("S",)),
        ("---\ntitle: [bad\n---\n## S\n", "A page", ("S",)),
        ("---js\n{title: 'x'}\n---\n## S\n", "A page", ("S",)),
        ("+++\ntitle = 'T'\n+++\n## S\n", "T", ("S",)),
        ("---\n\ntitle: 2024\n\n---\n## S\n", "2024", ("S",)),
        ("---\ntitle: Q &amp; A\n---\n## S\n", "Q & A", ("S",)),
    ],
)
def test_titles(page: str, title: str, path: tuple[str, ...]) -> None:
    """Front matter, then the first H1, then the file's name; the title is not repeated in every path."""
    document = _read(page)
    assert document.title == title
    assert document.sections[-1].heading_path == path


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("\nJust prose here.\n", ["Just prose here."]),
        (
            "\n# Leave\n\n**Owner**: HR\n\nMail: hr@x.org\n\nAll have 25 days.\n",
            ["Leave", "Owner: HR", "Mail: hr@x.org", "All have 25 days."],
        ),
        ("\n# Leave\n\nMail: hr@x.org\n", ["Leave", "Mail: hr@x.org"]),
        ("Note: all have 25 days: no more.\nAsk early.\n", ["Note: all have 25 days: no more. Ask early."]),
    ],
)
def test_text_between_two_rules_is_text(text: str, blocks: list[str]) -> None:
    """A page that begins with a rule does not lose its first section as front matter."""
    assert [text for _, _, text in _blocks(_read(f"---\n{text}\n---\n"))] == blocks


def test_long_text_between_two_rules_is_text() -> None:
    """No metadata are that long."""
    assert len(_read("---\n" + "Note: all have 25 days.\n" * 3000 + "\n---\n").text) > 60_000


def test_front_matter_with_a_slip_in_it_is_no_text() -> None:
    """A colon too many: the title is lost, but nobody is quoted what tells of the page."""
    page = "---\ntitle: Leave: who has it\ntags:\n  - hr\n\ndate: 2026-01-01\n---\nAll have 25 days.\n"
    assert [text for _, _, text in _blocks(_read(page))] == ["All have 25 days."]


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("https://x.org/a", "https://x.org/a"),
        ("/a/", None),
        ("javascript:alert(1)", None),
        ("https://a b", None),
        ("http://", None),
    ],
)
def test_only_web_addresses_become_links(address: str, url: str | None) -> None:
    """Nothing but absolute http(s) is ever linked."""
    assert _read(f"---\nurl: {address}\n---\nx").url == url


def test_a_page_without_a_body_is_a_document_without_blocks() -> None:
    """Front matter alone is no error; the ingest may tell."""
    document = _read("---\ntitle: Moved\nredirect_to: https://x.org\n---\n")
    assert (document.title, document.blocks, document.text) == ("Moved", (), "")


def test_an_html_page_named_md_is_read_as_html() -> None:
    """What a file is beats what it is called."""
    assert _blocks(_read("<!DOCTYPE html><title>T</title><p>x</p>")) == [("paragraph", None, "x")]


@given(st.text(st.sampled_from("ab \n#*_`[]()<>|-!\\{}%&;:^~\t\0\ud800é"), max_size=200))
def test_any_text_gives_a_sound_document(text: str) -> None:
    """Blocks are in order, do not overlap, are separated by one newline and are not blank; lines exist."""
    try:
        document = registry.read(text.encode("utf-8", "surrogatepass"), "a.md")
    except ReadError:
        return
    assert document.text == "\n".join(document.text[block.start : block.end] for block in document.blocks)
    for block in document.blocks:
        assert document.text[block.start : block.end].strip()
        assert all(block.start <= offset <= block.end for offset in block.breaks)
        if block.line is not None:
            assert 1 <= block.line <= text.count("\n") + 1 + text.count("\r")


@pytest.mark.parametrize("page", sorted(HANDBOOK.rglob("*.md")), ids=lambda page: page.stem)
def test_the_sample_handbook_is_read_whole(page: Path) -> None:
    """Real pages: no markup is left in the prose, and each paragraph begins on the line that it names."""
    source = page.read_text().split("\n")
    document = registry.read(page.read_bytes(), page.name)
    assert document.blocks
    for block in document.blocks:
        text = document.text[block.start : block.end]
        assert block.line is not None
        if block.kind in {"paragraph", "item"}:
            assert not {"**", "](", "<!--", "{%", "`"} & {
                text[at : at + size] for at in range(len(text)) for size in (1, 2, 4)
            }
            assert re.sub(r"\W+", "", text.split()[0]) in re.sub(r"\W+", "", source[block.line - 1])
