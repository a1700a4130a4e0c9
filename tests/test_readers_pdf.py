"""PDF: the page of a citation, columns, running headers, items, tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.citations import cite
from retrieval.readers.registry import read
from retrieval.stored import StoredPassage
from tests import made_files
from tests.document_parts import blocks, place_of
from tests.made_files import STORY


def test_a_citation_of_a_pdf_opens_the_page() -> None:
    """Page label in words, number in the link."""
    document = read(made_files.pdf(STORY, page_break_before="h2"), "travel.pdf")
    assert place_of(document, "42 euros") == "page 2"
    place = document.place_at(document.text.index("Ms. Okafor"))
    passage = StoredPassage(
        id=1, document_id=1, collection="c", title="Travel policy", path="travel.pdf", url="https://x.example/travel.pdf", version="",
        heading_path=("Approval",), anchor="approval", start=0, end=1, sentences=(), text="",
    )  # fmt: skip
    citation = cite(passage, None, place)
    assert citation.location == "travel.pdf, page 3"
    assert citation.url == "https://x.example/travel.pdf#page=3"


def test_columns_of_a_pdf_are_read_one_after_the_other() -> None:
    """Also where the file draws them line by line across the page."""
    left = [
        "The left column begins here and",
        "goes on with the second line of",
        "it, then the third, and then it",
        "ends with the fourth.",
    ]
    right = [
        "The right column is another text",
        "that has nothing to do with the",
        "left one, and ends with its own",
        "fourth line.",
    ]
    lines = []
    for number, (one, other) in enumerate(zip(left, right, strict=True)):
        lines += [(60.0, 700.0 - 14 * number, one), (320.0, 700.0 - 14 * number, other)]
    document = read(made_files.pdf_lines([lines]), "a.pdf")
    assert document.text == "\n".join([" ".join(left), " ".join(right)])


def test_running_headers_and_page_numbers_of_a_pdf_are_left_out_and_told() -> None:
    """What stands on every page is said once in the notes and never in a quote."""
    texts = ["Alpha speaks first.", "Beta comes second.", "Gamma is the last."]
    pages = [
        [(72.0, 800.0, "Acme Ltd, confidential"), (72.0, 700.0, text), (290.0, 30.0, f"Page {number} of 3")]
        for number, text in enumerate(texts, 1)
    ]
    document = read(made_files.pdf_lines(pages), "a.pdf")
    assert document.text == "\n".join(texts)
    assert document.notes == ("6 running headers, footers and page numbers left out",)


def test_words_parted_at_the_end_of_a_line_are_whole_again() -> None:
    """A soft hyphen goes; that of a compound stays where the document writes it so."""
    lines = ["The imple-", "mentation of a well-", "known rule; well-known rules are good."]
    page = [(72.0, 700.0 - 13 * number, line) for number, line in enumerate(lines)]
    document = read(made_files.pdf_lines([page]), "a.pdf")
    assert document.text == "The implementation of a well-known rule; well-known rules are good."


def test_a_short_word_with_a_full_stop_is_no_number_of_an_item() -> None:
    """What begins with "No." says no; digits, a letter and roman numbers count."""
    items = [
        "1. One rule.",
        "(b) Another rule.",
        "xiv) A third rule.",
        "IX. The last rule.",
        "2.1 Not quite.",
    ]
    texts = ["No. Alcohol is never paid for.", "Mr. Okafor decides.", "Tel. 123 is free.", "Dr. Lee helps."]
    lines = [(72.0, 700.0 - 30 * number, line) for number, line in enumerate([*items, *texts])]
    assert blocks(read(made_files.pdf_lines([lines]), "a.pdf")) == [
        *(("item", text) for text in items),
        *(("paragraph", text) for text in texts),
    ]


def test_an_item_of_a_pdf_ends_where_the_list_does() -> None:
    """Text below a list is no part of its last item: it begins further left, or had room in the line before."""
    below = "All else is paid by the company, and nobody has to ask for it before."
    for mark, text in ((90, 108), (72, 90), (72, 72)):
        lines = [
            {72: "Never use the card for:"},
            {mark: "• cash"},
            {mark: "• fuel, unless the car belongs to the company, which is told by a number"},
            {text: "that begins with a seven"},
            {72: below},
        ]
        texts = [text for _, text in blocks(read(made_files.pdf_lines([_at(lines, step=13)]), "a.pdf"))]
        assert (texts[1], texts[-1], len(texts)) == ("cash", below, 4), (mark, text)
        assert texts[2].endswith("a seven"), "but its own lines are"
    numbered = [
        {108: "1. Everybody who leaves the country for their work asks the team lead"},
        {72: "Ms. Okafor before they book."},
        {72: "Nobody asks twice."},
    ]
    found = blocks(read(made_files.pdf_lines([_at(numbered, step=13)]), "a.pdf"))
    assert [kind for kind, _ in found] == ["item", "paragraph"], "the first line alone may be indented"


def test_an_item_of_a_pdf_goes_on_on_the_next_page() -> None:
    """And the list with it, so that the items there have what introduces it."""
    pages = [
        [(72.0, 700.0, "The card is never used for:"), (90.0, 687.0, "• fuel, unless the car")],
        [(108.0, 760.0, "belongs to the company"), (90.0, 747.0, "• cash")],
    ]
    document = read(made_files.pdf_lines(pages), "a.pdf")
    assert [(block.kind, block.lists[:1]) for block in document.blocks] == [
        ("paragraph", ()), ("item", (1,)), ("item", (1,)), ("item", (1,)),
    ]  # fmt: skip
    assert [len(block.lists) for block in document.blocks] == [0, 1, 2, 1], "the second in the first"


def _at(lines: Sequence[Mapping[int, str]], *, step: float = 15.0) -> list[tuple[float, float, str]]:
    """Lines of a page one below the other, each with texts by where they begin."""
    return [(x, 700.0 - step * n, text) for n, line in enumerate(lines) for x, text in line.items()]


def test_cells_of_a_pdf_that_go_on_in_the_next_line_are_whole() -> None:
    """In any column; the table does not end there, nor does it take in the text below."""
    lines = [
        {72: "Expense", 200: "Limit", 330: "Condition"},
        {72: "Hotel", 200: "150 euro a night", 330: "Breakfast is included, and"},
        {330: "A. Okafor agrees"},
        {72: "Meals with guests", 200: "60 euro", 330: "No alcohol"},
        {72: "from outside"},
        {72: "Taxi", 200: "30 euro", 330: "Only at night or with"},
        {200: "per trip", 330: "heavy luggage"},
        {},
        {72: "All else is paid by whoever buys it."},
    ]
    assert [text for _, text in blocks(read(made_files.pdf_lines([_at(lines)]), "a.pdf"))] == [
        "Expense: Hotel. Limit: 150 euro a night. Condition: Breakfast is included, and A. Okafor agrees.",
        "Expense: Meals with guests from outside. Limit: 60 euro. Condition: No alcohol.",
        "Expense: Taxi. Limit: 30 euro per trip. Condition: Only at night or with heavy luggage.",
        "All else is paid by whoever buys it.",
    ]


def test_a_table_of_a_pdf_that_is_drawn_cell_by_cell() -> None:
    """As word processors do: all lines of a cell come before the next cell."""
    rows = [
        ("Expense", "Limit", "Condition"),
        ("Meals with guests\nfrom outside", "60 euro", "No alcohol"),
        ("Taxi", "30 euro per trip\nfor each of you", "Only at night\nand with luggage"),
    ]
    heights = [700.0, 680.0, 645.0]
    lines = [
        (x, top - 13 * n, text)
        for row, top in zip(rows, heights, strict=True)
        for x, cell in zip((72.0, 200.0, 330.0), row, strict=True)
        for n, text in enumerate(cell.split("\n"))
    ]
    texts = [text for _, text in blocks(read(made_files.pdf_lines([lines]), "a.pdf"))]
    assert texts == [
        "Expense: Meals with guests from outside. Limit: 60 euro. Condition: No alcohol.",
        "Expense: Taxi. Limit: 30 euro per trip for each of you. Condition: Only at night and with luggage.",
    ]


def test_rows_of_a_pdf_whose_first_cell_is_empty_stay_rows() -> None:
    """Where it is merged with the one above, what stands beside is a row of its own."""
    lines = [
        {72: "Country", 200: "Grade", 330: "Leave"},
        {72: "Norway", 200: "Junior", 330: "25 days"},
        {200: "Senior", 330: "30 days"},
        {72: "UK", 200: "Junior", 330: "20 days"},
    ]
    rows = [text for _, text in blocks(read(made_files.pdf_lines([_at(lines)]), "a.pdf"))]
    assert rows[1] == "Grade: Senior. Leave: 30 days."
    assert len(rows) == 3
