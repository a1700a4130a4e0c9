"""Excel, its like, and CSV: rows that say their headers, and what is hidden."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from retrieval.readers.registry import read
from retrieval.readers.table_sentences import grid_rows
from tests import made_files, made_workbooks
from tests.document_parts import blocks, place_of
from tests.made_workbooks import Workbook


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


def test_a_number_has_all_of_its_digits() -> None:
    """A telephone number or an account is no power of ten, and an amount is not rounded; sums have no slips."""
    rows: list[list[str | float | bool]] = [
        ["Name", "Phone", "Budget", "Sum"],
        ["Ana", 4915112345678, 123456789.12, 0.1 + 0.2],
        ["Bo", 12345678901, -0.00125, 1.1 * 3],
    ]
    document = read(made_workbooks.xlsx({"Staff": rows}), "staff.xlsx")
    assert [text for kind, text in blocks(document) if kind == "row"] == [
        "Name: Ana. Phone: 4915112345678. Budget: 123456789.12. Sum: 0.3.",
        "Name: Bo. Phone: 12345678901. Budget: -0.00125. Sum: 3.3.",
    ]


def test_a_share_is_shown_in_percent() -> None:
    """As the sheet shows it, in whichever of the ways to say so; a sign that is quoted multiplies nothing."""
    rows: list[list[str | float | bool]] = [
        ["Name", "Match", "Rate", "Quota", "Note"],
        ["Ana", 0.05, 0.075, 1, 3],
        ["Bo", 1, 0.07, "none", 4],
    ]
    formats = {"B:B": "0%", "C:C": '0.0%;[Red]-0.0%"!"', "D:D": "0.00%", "E:E": '0"%"'}
    document = read(made_workbooks.xlsx({"Staff": rows}, formats=formats), "staff.xlsx")
    assert [text for kind, text in blocks(document) if kind == "row"] == [
        "Name: Ana. Match: 5%. Rate: 7.5%. Quota: 100%. Note: 3.",
        "Name: Bo. Match: 100%. Rate: 7%. Quota: none. Note: 4.",
    ]


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


@pytest.mark.parametrize(
    ("rows", "first"),
    [
        ([["Office", "Oslo"], ["Founded", "1998"], ["Bank", "Fjord Bank"]], "Office: Oslo."),
        ([["Kind", "Days"], ["Annual", "25"], ["Unpaid", "none"]], "Kind: Annual. Days: 25."),
        ([["Grade", "Holiday"], ["Junior", "25"], ["Senior", "30"]], "Grade: Junior. Holiday: 25."),
        ([["Term", "What it is"], ["PTO", "Paid time off"]], "Term: PTO. What it is: Paid time off."),
    ],
)
def test_a_sheet_of_facts_has_no_header(rows: list[list[str]], first: str) -> None:
    """Two columns, a name and its value: figures here and words there, so the first row is a fact, too."""
    found = [text for _, text in grid_rows(rows)]
    assert found[0] == first
    assert len(found) == len(rows) - (first != f"{rows[0][0]}: {rows[0][1]}.")


def test_a_value_that_is_merged_across_is_said_of_each_of_its_columns() -> None:
    """As in tables of HTML: not one that names its row.  Columns that are hidden are not counted."""
    table = [["Plan", "Old", "Pro", "Team"], ["Chat", "no", "yes", ""], ["Total", "", "", "9"]]
    merged = ["C2:D2", "A3:C3"]
    assert _texts_of_sheet(table, *merged) == [
        "Plan: Chat. Old: no. Pro: yes. Team: yes.",
        "Plan: Total. Team: 9.",
    ]
    book = made_workbooks.xlsx({"S": table}, merged=merged, hidden_columns=["B:B"])
    assert blocks(read(book, "a.xlsx"))[1:] == [
        ("row", "Plan: Chat. Pro: yes. Team: yes."),
        ("row", "Plan: Total. Team: 9."),
    ]


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


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["Owner", "Ana Silva"], ["Ask before booking."]], ["Owner: Ana Silva.", "Ask before booking."]),
        ([["Desk", "Lamp", "Chair"], ["All in stock."]], ["Desk. Lamp. Chair.", "All in stock."]),
    ],
)
def test_a_row_that_names_nothing_is_not_lost(rows: list[list[str]], said: list[str]) -> None:
    """It looks like a header, but no row below it is one of values that would say it."""
    assert [text for _, text in grid_rows(rows)] == said


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


def test_the_separator_that_a_csv_tells_is_taken() -> None:
    """As Excel takes it: a comma is then part of a number, and the line that tells it is no row."""
    document = read(b"sep=;\r\nName;Price\r\nDesk;1,50\r\nLamp;2,50\r\n", "prices.csv")
    assert [(block.line, document.text[block.start : block.end]) for block in document.blocks] == [
        (3, "Name: Desk. Price: 1,50."),
        (4, "Name: Lamp. Price: 2,50."),
    ]


def test_quotation_marks_inside_a_cell_of_a_csv() -> None:
    """Doubled they are one, also where a guess at the file's manner would say otherwise."""
    page = b'Question,Answer\n"A?","Yes, if you said ""please"", then wait."\n"B?", "No"\n'
    assert [line for _, line in blocks(read(page, "a.csv"))] == [
        'Question: A? Answer: Yes, if you said "please", then wait.',
        "Question: B? Answer: No.",
    ]
