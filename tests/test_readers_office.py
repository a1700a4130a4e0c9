"""PDF, Word, PowerPoint, Excel and CSV: the words in order, headings, pages, rows; and what is said of the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import permutations

import pytest

from bot.citations import cite
from retrieval.documents import Document
from retrieval.errors import ReadError
from retrieval.readers.registry import read
from retrieval.readers.table_sentences import grid_rows
from retrieval.stored import StoredPassage
from tests import made_files, made_workbooks
from tests.made_files import STORY
from tests.made_workbooks import Workbook


def blocks(document: Document) -> list[tuple[str, str]]:
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def place_of(document: Document, words: str) -> str | None:
    place = document.place_at(document.text.index(words))
    return place.label if place else None


def share_in_order(known: str, read_back: str) -> float:
    """The share of the words of `known` that `read_back` has in the same order."""
    words, found = known.split(), read_back.split()
    matches = SequenceMatcher(None, words, found, autojunk=False).get_matching_blocks()
    return sum(match.size for match in matches) / len(words)


def slides(story: made_files.Story) -> bytes:
    return made_files.pptx(
        [
            (story[0][1], [story[1][1]]),
            (story[2][1], [story[3][1], story[4][1]]),
            (story[5][1], [story[6][1]]),
        ]
    )


@pytest.mark.parametrize(
    ("name", "make"), [("a.pdf", made_files.pdf), ("a.docx", made_files.docx), ("a.pptx", slides)]
)
def test_the_words_come_back_in_order_below_their_headings(
    name: str, make: Callable[[made_files.Story], bytes]
) -> None:
    """What was put in with other libraries is read again, whole, with its headings."""
    document = read(make(STORY), name)
    assert share_in_order(" ".join(text for _, text in STORY), document.text) >= 0.99
    assert document.title == "Travel policy"
    headings = [text for kind, text in blocks(document) if kind == "heading"]
    assert headings == ["Travel policy", "Daily allowance", "Approval"]
    at = document.text.index("The team lead")
    (section,) = {block.section for block in document.blocks if block.start <= at < block.end}
    assert document.sections[section].heading_path[-1] == "Approval"


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


def test_a_bookmark_of_word_is_no_place() -> None:
    """What Word calls a heading for its table of contents is not shown to people, nor put into a link."""
    named = '<w:bookmarkStart w:id="0" w:name="_Toc179830764"/>'
    document = read(made_files.docx(STORY, before=named), "travel.docx")
    assert document.sections
    assert {section.anchor for section in document.sections} == {None}


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


def test_tables_become_sentences_that_can_be_read_alone() -> None:
    """In every format a row says its headers again."""
    rows = [["Plan", "Price", "Seats"], ["Free", "$0", "3"], ["Pro", "$12", "50"]]
    word = made_files.docx([("p", "Our plans.")], made_files.word_table(rows))
    csv = "\n".join(";".join(row) for row in rows).encode()
    made = {
        "a.pdf": made_files.pdf_table(rows),
        "a.docx": word,
        "a.csv": csv,
        "a.xlsx": made_workbooks.xlsx({"Plans": rows}),
    }
    for name, data in made.items():
        sentences = [text for kind, text in blocks(read(data, name)) if kind == "row"]
        assert sentences == ["Plan: Free. Price: $0. Seats: 3.", "Plan: Pro. Price: $12. Seats: 50."], name


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


def test_sheets_know_their_rows_and_say_what_is_hidden() -> None:
    """A citation names sheet and row; numbers look as people write them."""
    data = made_workbooks.xlsx(
        {"Costs": [["Costs of 2024"], [], ["Item", "Euro", "Paid"], ["Desk", 250.0, True], ["Lamp", 19.5, False]],
         "Secret": [["Salary", "1"]]},
        hidden=["Secret"],
    )  # fmt: skip
    document = read(data, "costs.xlsx")
    lamp = document.text.index("Item: Lamp. Euro: 19.5. Paid: no.")
    (line,) = [block.line for block in document.blocks if block.start == lamp]
    assert (line, place_of(document, "Lamp")) == (5, "sheet Costs")
    assert "Salary" not in document.text
    assert document.notes == ("hidden sheets left out: Secret",)


def test_hidden_columns_and_rows_of_a_sheet_are_left_out_and_told() -> None:
    """A salary that somebody hid is not quoted; rows keep their numbers, and nobody hears of empty columns."""
    rows: list[list[str | float | bool]] = [
        ["Name", "Role", "Salary", "Bonus", "City"],
        ["Ana", "CFO", 90_000, 1, "Oslo"],
        ["Bo", "CEO", 120_000, 2, "Bergen"],
        ["Cy", "CTO", 80_000, 3, "Bodø"],
    ]
    data = made_workbooks.xlsx({"Staff": rows}, hidden_columns=["C:D", "H:XFD"], hidden_rows=[3, 9])
    document = read(data, "staff.xlsx")
    assert [(block.line, document.text[block.start : block.end]) for block in document.blocks][1:] == [
        (2, "Name: Ana. Role: CFO. City: Oslo."),
        (4, "Name: Cy. Role: CTO. City: Bodø."),
    ]
    assert document.notes == (
        "hidden columns left out in sheet Staff: C, D",
        "hidden rows left out in sheet Staff: 3",
    )


@pytest.mark.parametrize(
    ("name", "make"),
    [("a.xls", made_workbooks.xls), ("a.xlsb", made_workbooks.xlsb), ("a.ods", made_workbooks.ods)],
)
def test_what_is_hidden_in_other_workbooks_is_left_out_and_told(
    name: str, make: Callable[[Workbook], bytes]
) -> None:
    """Sheets, columns and rows, as in XLSX; what is merged belongs to each of its rows."""
    rows = [
        ["Country", "Grade", "Salary", "Leave"],
        ["Norway", "Junior", "90000", "25 days"],
        ["", "Senior", "120000", "30 days"],
        ["Sweden", "Junior", "80000", "20 days"],
        ["", "Senior", "85000", "21 days"],
    ]
    book = Workbook(
        sheets={"Leave": rows, "Pay": [["Bonus", "5"]]}, hidden=["Pay"], hidden_columns=[2], hidden_rows=[3],
        merged={(1, 0): (2, 1), (3, 0): (2, 1)},
    )  # fmt: skip
    document = read(make(book), name)
    assert [(block.line, document.text[block.start : block.end]) for block in document.blocks][1:] == [
        (2, "Country: Norway. Grade: Junior. Leave: 25 days."),
        (3, "Country: Norway. Grade: Senior. Leave: 30 days."),
        (5, "Country: Sweden. Grade: Senior. Leave: 21 days."),
    ]
    assert document.notes == (
        "hidden sheets left out: Pay",
        "hidden columns left out in sheet Leave: C",
        "hidden rows left out in sheet Leave: 4",
    )


def test_a_merged_cell_belongs_to_each_of_its_rows() -> None:
    """Else nobody knows whose leave the second row tells of.  A title over several rows is said once."""
    table = [["Country", "Grade", "Leave"], ["Norway", "Junior", "25 days"], ["", "Senior", "30 days"]]
    sentences = [
        "Country: Norway. Grade: Junior. Leave: 25 days.",
        "Country: Norway. Grade: Senior. Leave: 30 days.",
    ]
    book = made_workbooks.xlsx({"Leave": [["Leave", "", ""], [], *table]}, merged=["A1:C2", "A4:A5"])
    assert [text for _, text in blocks(read(book, "a.xlsx"))] == ["Leave", "Leave.", *sentences]
    wide = [["Leave of 2026", "", ""], *table]
    book = made_workbooks.xlsx({"Leave": wide}, merged=["A1:C1"], hidden_columns=["A:A"])
    assert blocks(read(book, "a.xlsx"))[1] == ("row", "Leave of 2026.")
    slide = made_files.slide_table([*table[:2], [None, "Senior", "30 days"]])
    deck = made_files.pptx([("Leave", [])], extra=slide)
    assert [text for kind, text in blocks(read(deck, "a.pptx")) if kind == "row"] == sentences


def _texts_of_sheet(rows: Sequence[Sequence[str | float | bool]], *merged: str) -> list[str]:
    return [text for _, text in blocks(read(made_workbooks.xlsx({"S": rows}, merged=merged), "a.xlsx"))][1:]


def test_a_header_of_two_storeys_names_columns_by_both() -> None:
    """A merged cell of the upper one stands over the names of the lower one."""
    upper, lower = ["Plan", "Europe", "", "Asia", ""], ["", "Price", "Seats", "Price", "Seats"]
    data = ["Pro", "12 EUR", "50", "9 EUR", "40"]
    sentence = "Plan: Pro. Europe, Price: 12 EUR. Europe, Seats: 50. Asia, Price: 9 EUR. Asia, Seats: 40."
    spans = ("B{0}:C{0}", "D{0}:E{0}")
    first = [each.format(1) for each in spans]
    assert _texts_of_sheet([upper, lower, data], *first) == [sentence]
    assert _texts_of_sheet([upper, lower, data], "A1:A2", *first) == [sentence], "the first over both storeys"
    corner = [["", *upper[1:]], ["Plan", *lower[1:]], data]
    assert _texts_of_sheet(corner, *first) == [sentence], "the first in the lower one"
    titled = [["Plans of 2026", "", "", "", ""], upper, lower, data]
    found = _texts_of_sheet(titled, "A1:E1", *(each.format(2) for each in spans))
    assert found == ["Plans of 2026.", sentence]
    year = [["", "2025", ""], ["Item", "Plan", "Spent"], ["Rent", "900", "880"], ["Desks", "100", "120"]]
    assert _texts_of_sheet(year, "B1:C1")[0] == "Item: Rent. 2025, Plan: 900. 2025, Spent: 880."
    three = [["", "World", "", "", ""], ["", *upper[1:]], ["Plan", *lower[1:]], data]
    found = _texts_of_sheet(three, "B1:E1", *(each.format(2) for each in spans))
    assert found[-1].startswith("Plan: Pro. World, Europe, Price: 12 EUR.")


def test_a_merged_cell_over_values_is_no_storey() -> None:
    """Nor is a title that is merged across the table, nor a value that stands for two columns."""
    contact = [["Name", "Contact", ""], ["Ana", "a@x.example", "Oslo"], ["Bo", "b@x.example", "Bodø"]]
    assert "Contact, " not in " ".join(_texts_of_sheet(contact, "B1:C1"))
    title = [["Plans", "", ""], ["Plan", "Price", "Seats"], ["Pro", "12", "50"]]
    assert _texts_of_sheet(title, "A1:C1") == ["Plans.", "Plan: Pro. Price: 12. Seats: 50."]
    value = [
        ["Plan", "Price", "Seats"],
        ["Pro", "on demand", ""],
        ["Free", "none", "three"],
        ["Max", "9", "9"],
    ]
    assert _texts_of_sheet(value, "B2:C2")[1] == "Plan: Free. Price: none. Seats: three."


def test_the_line_that_heads_a_group_is_said_in_its_rows() -> None:
    """It may have its first cell only, or be one cell across; rows that nobody filled in head nothing."""
    table = [["Grade", "Days", "Notice"], ["Employees:", "", ""], ["Senior", "30", "1 month"],
             ["Contractors", "", ""], ["Senior", "10", "1 week"]]  # fmt: skip
    sentences = [
        "Employees:",
        "Employees. Grade: Senior. Days: 30. Notice: 1 month.",
        "Contractors.",
        "Contractors. Grade: Senior. Days: 10. Notice: 1 week.",
    ]
    for merged in ((), ["A2:C2", "A4:C4"]):
        book = made_workbooks.xlsx({"Leave": table}, merged=merged)
        assert [text for _, text in blocks(read(book, "a.xlsx"))][1:] == sentences
    tasks = [
        ["Task", "Owner", "Due"],
        ["Rent", "Ana", "May"],
        ["Desks", "", ""],
        ["Lamps", "", ""],
        ["Move", "Bo", "June"],
    ]
    assert list(grid_rows(tasks))[-1] == (4, "Task: Move. Owner: Bo. Due: June.")
    notes = [["Grade", "Days", "Notice"], ["All of it needs a form.", "", ""], ["Senior", "30", "1 month"]]
    assert list(grid_rows(notes))[-1] == (2, "Grade: Senior. Days: 30. Notice: 1 month.")


def test_slides_come_in_their_order_and_hidden_ones_are_told() -> None:
    """The order is that of the presentation, not of the files in it."""
    document = read(
        made_files.pptx([("One", ["first"]), ("Two", ["second"]), ("Three", ["x"])], hidden=[3]), "a.pptx"
    )
    assert [text for _, text in blocks(document)] == ["One", "first", "Two", "second"]
    assert place_of(document, "second") == "slide 2"
    assert document.notes == ("hidden slides left out: 3",)


def test_a_shape_s_paragraphs_are_a_list() -> None:
    """Below its first one if that leads to them; the next slide's are another list."""
    slides = [("Card", ["Never pay for:", "cash", "fuel"]), ("", ["Write tests", "Review"])]
    document = read(made_files.pptx(slides), "a.pptx")
    assert [(b.kind, b.lists) for b in document.blocks if b.kind != "heading"] == [
        ("paragraph", ()), ("item", (1,)), ("item", (1,)), ("item", (2,)), ("item", (2,)),
    ]  # fmt: skip


@pytest.mark.parametrize("order", list(permutations(range(5)))[::7])
def test_boxes_side_by_side_are_read_below_their_headings(order: Sequence[int]) -> None:
    """Whatever was drawn first, in groups, too; what stands across above them comes before both."""
    boxes: list[tuple[list[str], tuple[int, int, int, int]]] = [
        (["The card is for work."], (10, 10, 180, 20)),
        (["Do"], (10, 40, 80, 15)),
        (["ask first", "keep receipts"], (10, 60, 80, 60)),
        (["Don't"], (110, 40, 80, 15)),
        (["lend it", "buy fuel"], (110, 60, 80, 70)),
    ]
    for group in (None, (5, 5)):
        extra = "".join(made_files.slide_box(*boxes[number], group=group) for number in order)
        document = read(made_files.pptx([("Card", [])], extra=extra), "a.pptx")
        assert [text for _, text in blocks(document)][1:] == [text for texts, _ in boxes for text in texts]


def test_boxes_are_read_from_the_top_down() -> None:
    """But a grid without headings as it was drawn: it may be lines of labels, or columns."""

    def read_back(places: Mapping[str, tuple[int, int]]) -> list[str]:
        extra = "".join(made_files.slide_box([text], (*place, 40, 20)) for text, place in places.items())
        return [text for _, text in blocks(read(made_files.pptx([("Plan", [])], extra=extra), "a.pptx"))][1:]

    assert read_back({"Third.": (20, 80), "First.": (10, 10), "Second.": (0, 40)}) == [
        "First.",
        "Second.",
        "Third.",
    ]
    assert read_back({"Right.": (60, 10), "Left.": (10, 12)}) == ["Left.", "Right."]
    grid = {"May": (10, 40), "We ship.": (60, 40), "June": (10, 80), "We rest.": (60, 80)}
    for order in permutations(grid):
        assert read_back({text: grid[text] for text in order}) == list(order)


def test_raised_numbers_are_no_part_of_the_number_before() -> None:
    """A footnote's number behind a price would make another price of it."""
    slide = read(made_files.pptx([("Prices", ["$1,200^{1} for 10^{2} seats^{3} on the 5^{th}"])]), "a.pptx")
    assert [text for _, text in blocks(slide)][1:] == ["$1,200^1 for 10^2 seats3 on the 5th"]
    marked = "$1,200<super>1</super> for 10<super>12</super> seats<super>3</super> of 2024, 4<sub>2</sub>"
    page = read(made_files.pdf_marked(marked), "a.pdf")
    assert " ".join(page.text.split()) == "$1,200^1 for 10^12 seats3 of 2024, 42"


def test_word_keeps_tracked_insertions_and_text_in_content_controls() -> None:
    """What another library loses in silence."""
    extra = (
        '<w:p><w:ins w:id="1" w:author="x"><w:r><w:t>Inserted words.</w:t></w:r></w:ins>'
        '<w:del w:id="2" w:author="x"><w:r><w:delText>Deleted.</w:delText></w:r></w:del></w:p>'
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>Controlled words.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    assert [text for _, text in blocks(read(made_files.docx([], extra), "a.docx"))] == [
        "Inserted words.",
        "Controlled words.",
    ]


def test_hidden_text_of_word_is_left_out_and_told() -> None:
    """A remark that is hidden, and what looks like one and is shown."""

    def run(text: str, look: str) -> str:
        return f"<w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r>"

    field = '<w:r><w:rPr><w:vanish/></w:rPr><w:fldChar w:fldCharType="{}"/></w:r>'
    shown = run(".", '<w:vanish w:val="0"/>')
    extra = (
        f"<w:p>{run('Up to 25 days', '')}{run(', or 40 for directors', '<w:vanish/>')}"
        f"{field.format('begin')}{field.format('end')}{shown}</w:p>"
    )
    document = read(made_files.docx([], extra), "a.docx")
    assert (document.text, document.notes) == ("Up to 25 days.", ("hidden text left out",))


def test_what_is_crossed_out_is_no_text() -> None:
    """As in a wiki: the figure that was withdrawn is not quoted.  Once or twice is the same."""
    for strike in ("strike", "dstrike"):
        extra = (
            f"<w:p><w:r><w:t>Up to </w:t></w:r><w:r><w:rPr><w:{strike}/></w:rPr><w:t>20</w:t></w:r>"
            f'<w:r><w:rPr><w:{strike} w:val="0"/></w:rPr><w:t>25 days.</w:t></w:r></w:p>'
        )
        assert read(made_files.docx([], extra), "a.docx").text == "Up to 25 days."
    slide = read(made_files.pptx([("Leave", ["Up to ~~20~~25 days."])]), "a.pptx")
    assert [text for _, text in blocks(slide)][1:] == ["Up to 25 days."]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.pdf", made_files.pdf(STORY, password="secret"), "is protected by a password"),
        ("a.pdf", made_files.pdf_picture(), "has no text layer: its 1 pages are pictures"),
        ("a.pdf", b"%PDF-1.4 and then nothing", "is damaged or no PDF"),
        ("a.pdf", b"Dear all, this is no PDF.", "is damaged or not PDF"),
        ("a.docx", made_files.docx(STORY)[:700], "is damaged or no zip archive"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is of an old format and only bears the new name"),
        ("a.pptx", made_files.zipped({"x.xml": "<a/>"}), "is no presentation"),
        ("a.xlsx", made_files.zipped({"x.xml": "<a/>"}), "is damaged or no workbook"),
        ("a.docx", made_files.zipped({"word/document.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), "declares XML entities"),
        ("a.xls", made_workbooks.xls(Workbook(sheets={"S": [["a"]]}))[:1500], "is damaged"),
        ("a.xlsx", made_files.zipped({"x.xml": b"0" * (8 << 20)}), "unpacks to more than 200 times its size"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(name: str, data: bytes, reason: str) -> None:
    """One clear line each."""
    with pytest.raises(ReadError, match=reason):
        read(data, name)


def test_a_grid_finds_its_header() -> None:
    """Titles above it, lines that head a group and repeated headers do not confuse it."""
    rows = [["Assets"], [], ["Name", "Owner", "Value"], ["PEOPLE", "", ""], ["Goodwill", "CEO", "high"],
            ["Name", "Owner", "Value"], ["", "", "0"]]  # fmt: skip
    assert list(grid_rows(rows)) == [
        (0, "Assets."),
        (3, "PEOPLE."),
        (4, "PEOPLE. Name: Goodwill. Owner: CEO. Value: high."),
    ]
    assert list(grid_rows([["a", "b"]])) == [(0, "a: b.")]


def test_each_table_of_a_sheet_has_its_own_headers() -> None:
    """Below an empty row; a title above a table and a remark below it are text of their own."""
    rows = [
        ["Leave type", "Days", "Notice"], ["Parental", "90", "3 months"], [],
        ["Equipment", "Price", "Owner"], ["Laptop", "1200", "IT"], [],
        ["Note: not for guests", "", ""],
    ]  # fmt: skip
    sentences = [
        "Leave type: Parental. Days: 90. Notice: 3 months.",
        "Equipment: Laptop. Price: 1200. Owner: IT.",
        "Note: not for guests.",
    ]
    assert [text for _, text in grid_rows(rows)] == sentences
    page = "\n".join(",".join(row) for row in rows).encode()
    assert [text for _, text in blocks(read(page, "a.csv"))] == sentences
    book = read(made_workbooks.xlsx({"All": rows}), "a.xlsx")
    assert [text for _, text in blocks(book)][1:] == sentences
    assert [block.line for block in book.blocks] == [None, 2, 5, 7]
    beside = [["Name", "Mail"], ["Ana", "a@x"], [], ["", "", "Room", "Key"], ["", "", "Blue", "Yes"]]
    assert [text for _, text in grid_rows(beside)] == ["Name: Ana. Mail: a@x.", "Room: Blue. Key: Yes."]
    short = [["Grade", "Days"], ["Senior", "30"], ["Note: not for guests", ""]]
    assert [text for _, text in grid_rows(short)] == ["Grade: Senior. Days: 30.", "Note: not for guests."]


@pytest.mark.parametrize(
    "part",
    [
        [["Sick", "n/a", "none"], ["Study", "5", "none"]],
        [["Bo", "as needed", "CEO"], ["Cy", "none", "CTO"]],
        [["Study", "5", "none"]],
    ],
)
def test_an_empty_row_within_a_table_is_no_end_of_it(part: list[list[str]]) -> None:
    """What goes on without a header of its own is read by the one above, also where a row of it is all words."""
    rows = [["Leave type", "Days", "Notice"], ["Parental", "90", "n/a"], [], *part]
    texts = [text for _, text in grid_rows(rows)][1:]
    assert texts == [f"Leave type: {name}. Days: {days}. Notice: {notice}." for name, days, notice in part]


def test_facts_above_a_table_are_no_table_with_headers() -> None:
    """They are fewer than its columns."""
    rows = [["Owner", "Ana"], ["Version", "2"], [], ["Grade", "Days", "Notice"], ["Senior", "30", "1 month"]]
    assert [text for _, text in grid_rows(rows)] == [
        "Owner: Ana.",
        "Version: 2.",
        "Grade: Senior. Days: 30. Notice: 1 month.",
    ]


def test_years_and_signs_name_columns() -> None:
    """Figures in the header are no reason to have none; a row of nothing else names nothing."""
    assert list(grid_rows([["Item", "2025", "2026"], ["Rent", "100 EUR", "120 EUR"]])) == [
        (1, "Item: Rent. 2025: 100 EUR. 2026: 120 EUR.")
    ]
    assert list(grid_rows([["#", "Name", "Mail"], ["1", "Ana", "a@x"]])) == [
        (1, "#: 1. Name: Ana. Mail: a@x.")
    ]
    assert list(grid_rows([["2025", "2026", "#"], ["1", "2", "3"]])) == [(0, "2025. 2026."), (1, "1. 2. 3.")]


def test_quotation_marks_inside_a_cell_of_a_csv() -> None:
    """Doubled they are one, also where a guess at the file's manner would say otherwise."""
    page = b'Question,Answer\n"A?","Yes, if you said ""please"", then wait."\n"B?", "No"\n'
    assert [line for _, line in blocks(read(page, "a.csv"))] == [
        'Question: A? Answer: Yes, if you said "please", then wait.',
        "Question: B? Answer: No.",
    ]
