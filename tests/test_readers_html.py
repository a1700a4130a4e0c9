"""HTML: what is shown, and where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents import Document
from retrieval.readers import registry
from retrieval.readers.html import read
from tests import made_files

SOUP = """<p> </p> <div> </div> <ul> <li> </ul> <table> <tr> <td> <th> </table> <h1> </h1> <h2> </h2> <dl> <dt>
<dd> </dl> <pre> </pre> <b> </b> <a~id=x> </a> <br> text Other. <main> </main> <caption> <!-- --> &nbsp; <body>"""


def _read(html: str, name: str = "a-page.html") -> Document:
    return read(html.encode(), name)


def _blocks(html: str) -> list[tuple[str, str]]:
    document = _read(html)
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def test_only_what_a_person_reads_is_text() -> None:
    """Navigation, boilerplate, scripts and hidden elements leave nothing, not even in part."""
    page = """<!doctype html><title>T</title><body>
    <nav>menu</nav><ol id="breadcrumbs"><li>x</ol><header>banner</header><div role="navigation">menu</div>
    <p>One <b>two</b><br>three.</p>
    <p hidden>x</p><p style="color:red; DISPLAY : none">x</p><p style="visibility:hidden">x</p>
    <p aria-hidden="true">x</p><script>x</script><style>x</style><template>x</template><noscript>x</noscript>
    <!-- x --><button>Copy</button><select><option>x</select>
    <img alt="a picture" src="x"><footer>imprint</footer>"""
    assert _blocks(page) == [("paragraph", "One two three."), ("paragraph", "a picture")]


def test_a_page_of_google_docs_says_what_its_document_says() -> None:
    """No comment of a reviewer is quoted as the rule, and nothing that was crossed out."""
    page = """<html><head><style type="text/css">@import url(x);.c1{color:#000}.c2{color:#000;
    text-decoration:line-through}p.c3,.c4:hover{text-decoration:line-through}</style></head><body>
    <p class="c3"><span class="c1">You have </span><span class="c2 c1">20</span><span class="c1">25 days</span><sup><a
    href="#cmnt1" id="cmnt_ref1">[a]</a></sup><span class="c4">.</span><sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup>
    </p><hr><div><p><a href="#ftnt_ref1" id="ftnt1">[1]</a><span>&nbsp;Not on probation.</span></p></div>
    <div class="c9"><p><a href="#cmnt_ref1" id="cmnt1">[a]</a><span>Should be 30 days!</span></p><p><span>Or 31.</span>
    </p></div><div class="c9"><p><a href="#cmnt_ref2" id="cmnt2">[b]</a><span>No.</span></p></div></body></html>"""
    assert [text for _, text in _blocks(page)] == ["You have 25 days.", "Not on probation."]
    assert _read(page).notes == ("comments left out",)


TABS = '<ul role="tablist"><li role="tab"{0}>Germany</li><li role="tab"{1}>France</li></ul>'


@pytest.mark.parametrize(
    ("tabs", "first", "second"),
    [
        (TABS.format(' aria-controls="a"', ' aria-controls="b"'), 'id="a"', 'id="b" hidden'),
        (
            TABS.format(' id="x"', ' id="y"'),
            'aria-labelledby="x"',
            'aria-labelledby="y" style="display:none"',
        ),
        (TABS.format("", ""), "", 'hidden=""'),
    ],
)
def test_each_panel_of_several_tabs_is_read_below_its_tab(tabs: str, first: str, second: str) -> None:
    """Which tab was open when the page was saved says nothing; whose rule it is, does."""
    page = f"""<div>{tabs}<div role="tabpanel" {first}><p>You have 30 days.</p><p>Ask early.</p></div>
    <div role="tabpanel" {second}>{{}}</div></div><p>End.</p>"""
    for inner, blocks in {
        "<p>You have 25 days.</p>": [("paragraph", "France: You have 25 days.")],
        "<ul><li>25 days": [("paragraph", "France:"), ("item", "25 days")],
        "<table><tr><th>Grade<th>Days<tr><td>1<td>25</table>": [
            ("paragraph", "France:"),
            ("row", "Grade: 1. Days: 25."),
        ],
        "<h3>Leave</h3><p>25 days.</p>": [("heading", "France: Leave"), ("paragraph", "25 days.")],
        "": [],
    }.items():
        assert _blocks(page.format(inner)) == [
            ("item", "Germany"),
            ("item", "France"),
            ("paragraph", "Germany: You have 30 days."),
            ("paragraph", "Ask early."),
            *blocks,
            ("paragraph", "End."),
        ]


def test_tabs_of_mkdocs_are_read_below_their_labels() -> None:
    """They hide nothing, but without its label nobody knows which of them is meant."""
    page = """<div class="tabbed-set"><input type=radio><div class="tabbed-labels"><label>Germany</label>
    <label>France</label></div><div class="tabbed-content"><div class="tabbed-block"><p>30 days.</div>
    <div class="tabbed-block"><p>25 days.</div></div></div>"""
    assert _blocks(page)[1:] == [("paragraph", "Germany: 30 days."), ("paragraph", "France: 25 days.")]


def test_what_a_heading_opens_is_read_below_it() -> None:
    """The answers of an accordion, too; but no menu that a button opens."""
    page = """<h3><button aria-expanded="false" aria-controls="a">How long?</button></h3><div id="a" hidden>25 days.</div>
    <h3 id="b">Who approves?</h3><div hidden="until-found">The team lead.</div>
    <button aria-controls="c">More</button><div id="c" hidden>menu</div>"""
    assert _blocks(page) == [
        ("heading", "How long?"),
        ("paragraph", "25 days."),
        ("heading", "Who approves?"),
        ("paragraph", "The team lead."),
    ]


def test_the_main_part_is_preferred_and_keeps_its_header_and_footer() -> None:
    """A page that says which part is its content is read there; headers inside it are content."""
    page = "<p>around</p><main><header><h1>H</h1></header><p>x</p><footer>signed</footer></main>"
    assert _blocks(page) == [("heading", "H"), ("paragraph", "x"), ("paragraph", "signed")]
    assert _blocks("<main></main><p>around</p>") == [("paragraph", "around")]


def test_a_single_article_is_the_page_only_if_it_holds_it() -> None:
    """A blog's only comment and a card about other news are articles, too; the page's own text is not lost."""
    post = "<div class=post><h1>Fees</h1><p>The fee is 20 euros.</p></div>"
    comment = f"<article class=comment-body><p>Ann: {'I think that it is 50 euros. ' * 2}</p></article>"
    assert [text for _, text in _blocks(post + comment)][:2] == ["Fees", "The fee is 20 euros."]
    card = "<ul><li><article><h3>News</h3><p>Party on Friday.</p></article></ul>"
    assert ("paragraph", "We close at six.") in _blocks(f"<h1>Office</h1>{card}<p>We close at six.</p>")

    around = "<header><h1>Us</h1></header><p>More from us, of no matter here.</p>"
    assert _blocks(f"{around}<article><h1>A</h1>b</article>") == [("heading", "A"), ("paragraph", "b")]
    assert _blocks(f"{around}<article>{'Text. ' * 9}</article>") == [("paragraph", ("Text. " * 9)[:-1])]


def test_lists_terms_code_and_details() -> None:
    """Each item, definition and listing is a block of its own; a definition begins with its term."""
    page = """<ul><li>A<ul><li>B</li></ul>rest</li></ul>
    <dl><dt><p>T</p><dt>U:<dd>Def.<dd>More<dd><dt>Lone</dl>
    <dl><dd>Alone.</dl>
    <pre>
if x:
\ty<br>z
</pre><blockquote>Q</blockquote><details><summary>S</summary>D</details>"""
    assert _blocks(page) == [
        ("item", "A"),
        ("item", "B"),
        ("item", "rest"),
        ("item", "T, U: Def."),
        ("item", "T, U: More"),
        ("item", "Lone"),
        ("item", "Alone."),
        ("code", "if x:\n    y\nz"),
        ("paragraph", "Q"),
        ("paragraph", "S"),
        ("paragraph", "D"),
    ]


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("<tr><th>K<th>D<tr><td>a<td>1.<tr><td><td>2", ["K: a. D: 1.", "D: 2."]),
        ("<tr><td>k<td>v", ["k: v."]),
        ("<tr><th>k<td>v<tr><th>l<td>w", ["k: v.", "l: w."]),
        ("<caption>C</caption><tr><td>k<td>v", ["C", "k: v."]),
        (
            "<thead><tr><th>K<th colspan=2>D<tr><th><th>UK<th>US</thead><tr><td rowspan=2>a<td>1<td>2<tr><td>3",
            ["K: a. D UK: 1. D US: 2.", "K: a. D UK: 3."],
        ),
        ("<tr><td>k<td><ul><li>i<li>j.<li>k</ul>", ["k: i; j. k."]),
        ("<tr><td>outer<table><tr><th>A<th>B<tr><td>1<td>2</table>", ["outer", "A: 1. B: 2."]),
        ("<tr><th>K<th>L<tr><th>M<th>N", ["K: L.", "M: N."]),
        ("<tr hidden><td>x<td>y<tr><td>k<td>v", ["k: v."]),
        ("<tr><th colspan=2>Group<tr><td>k<td>v", ["Group", "k: v."]),
        ("<tr><td colspan=99999999999 rowspan=-1>k", ["k."]),
        (
            "<tr><th>Plan<th>Pro<th>Team<th>Free<tr><td>Chat<td colspan=2 rowspan=2>yes<td>no<tr><td>Mail<td>no",
            ["Plan: Chat. Pro: yes. Team: yes. Free: no.", "Plan: Mail. Pro: yes. Team: yes. Free: no."],
        ),
        ("<tr><th>Item<th>Number<th>Price<tr><td colspan=2>Total<td>9", ["Item: Total. Price: 9."]),
        ("<tr><th>Name<th colspan=2>Contact<tr><td>Ana<td colspan=2>Oslo", ["Name: Ana. Contact: Oslo."]),
    ],
)
def test_tables(table: str, rows: list[str]) -> None:
    """A row is a sentence with its headers; spans reach where they say; tables for layout are flattened."""
    assert [text for _, text in _blocks(f"<table>{table}</table>")] == rows


@pytest.mark.parametrize(
    ("html", "anchor"),
    [
        ("<h2 id=a><span id=b>H</span></h2>", "a"),
        ("<h2><a name=b></a>H</h2>", "b"),
        ("<section id=c><h2>H</h2></section>", "c"),
        ("<p>x</p><a id=d></a><h2>H</h2>", "d"),
        ("<p id=e>x</p><h2>H</h2>", None),
        ("<h2>H<a id=f href='#f'>¶</a></h2>", "f"),
        ("<div id='a b'><h2>H</h2></div>", None),
    ],
)
def test_anchors(html: str, anchor: str | None) -> None:
    """The anchor is the heading's id, else one inside it, else the nearest before it with no text between."""
    document = _read(html)
    assert document.sections[-1].heading_path == ("H",)
    assert document.sections[-1].anchor == anchor


@pytest.mark.parametrize(
    ("page", "title", "url"),
    [
        ("<title>T</title><h1>H</h1>", "T", None),
        ("<h1>H</h1>", "H", None),
        ("<p>x", "A page", None),
        ("<title>T</title><link rel=canonical href=https://x.org/y>", "T", "https://x.org/y"),
        ("<title>T</title><link rel=canonical href=javascript:x>", "T", None),
        ("<head><noscript><img></noscript><title>T</title></head>", "T", None),
        ("<svg><title>Icon</title></svg><p>x", "A page", None),
    ],
)
def test_title_and_address(page: str, title: str, url: str | None) -> None:
    """`<title>`, then the first h1, then the file's name; only http(s) addresses."""
    document = _read(page)
    assert (document.title, document.url) == (title, url)


def test_the_heading_that_is_the_title_is_in_no_path() -> None:
    """`Leave | Acme` and its h1 `Leave` say the same; repeating it in every citation would be noise."""
    document = _read("<title>Leave | Acme</title><h1 id=top>Leave</h1><p>x</p><h2>Kinds</h2><p>y</p>")
    assert [(section.heading_path, section.anchor) for section in document.sections] == [
        ((), None),
        ((), "top"),
        (("Kinds",), None),
    ]


def test_footnote_marks_are_no_text() -> None:
    """A footnote's number would read as part of the number before it."""
    assert _blocks("<p>In 2020<sup><a href='#fn1'>1</a></sup> <a href='#x'>here</a>.") == [
        ("paragraph", "In 2020 here.")
    ]


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("<p>$1,200<sup>1</sup> a year</p>", "$1,200^1 a year"),
        ("<p>10<sup>-2</sup> m, 4<sup>th</sup>, CO<sub>2</sub></p>", "10^-2 m, 4th, CO2"),
        (
            "<table><tr><th>Price<th>Of<tr><td>$1,200<sup>1</sup><td>2026</table>",
            "Price: $1,200^1. Of: 2026.",
        ),
    ],
)
def test_a_raised_number_is_none_of_the_number_before_it(shown: str, text: str) -> None:
    """As for the character that is raised: it would change what a number says."""
    assert [line for _, line in _blocks(shown)] == [text]


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<p>Up to <s>20</s>25 days", ["Up to 25 days"]),
        ("<p>Up to 20<del>0</del>5 days, <strike>4</strike><ins>6</ins> weeks", ["Up to 20 5 days, 6 weeks"]),
        ("<p><span style='text-decoration: line-through'>$40</span>$50", ["$50"]),
        ("<ul><li><s>Old</s><li>New</ul><del><p>Old</p></del><h2><s>Old</s></h2>", ["New"]),
        ("<pre>a<s>b</s>c</pre>", ["a c"]),
        (
            "<table><tr><th>K<th>D<th>E<tr><td>a<td><s>20</s>25<td>1<tr><td><s>b</s><td><s>1</s><td></table>",
            ["K: a. D: 25. E: 1."],
        ),
        (
            "<table><tr><th>K<th>D<th>E<tr><td>a<td style='text-decoration:line-through'>20<td>1</table>",
            ["K: a. E: 1."],
        ),
    ],
)
def test_what_is_crossed_out_is_no_text(page: str, shown: list[str]) -> None:
    """Crossing out is how a wiki withdraws a figure; it is not glued to the one that holds, either."""
    assert [text for _, text in _blocks(page)] == shown


def test_sections_keep_their_headings_and_crumbs_do_not_take_the_page() -> None:
    """A section's header is its own, as in a book; a page that says that it has breadcrumbs is none."""
    section = "<section><header><h2>Leave</h2></header><p>25 days.</p><footer>Since 2026.</footer></section>"
    assert _blocks(section) == [("heading", "Leave"), ("paragraph", "25 days."), ("paragraph", "Since 2026.")]
    page = "<body class='has-breadcrumbs'><p class='breadcrumbs'>Home</p><p>25 days.</p></body>"
    assert _blocks(page) == [("paragraph", "25 days.")]
    assert _blocks("<div class='with-breadcrumb'><h1>A</h1><p>b</p></div>")[1:] == [("paragraph", "b")]


def test_an_element_that_xhtml_closes_at_once_swallows_nothing() -> None:
    """To HTML `<title/>` is open until the end of the file."""
    xhtml = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="x.js"/></head>'
    page = f"{xhtml}<body><h1>One</h1><p>Text<br/>and <i/>more.</p></body></html>"
    assert _blocks(page) == [("heading", "One"), ("paragraph", "Text and more.")]
    assert _blocks("<p>a <i/>b</p>") == [("paragraph", "a b")]


def test_the_declared_charset_is_used() -> None:
    """A page that is not UTF-8 says what it is."""
    page = "<meta charset='windows-1251'><p>Привет</p>".encode("cp1251")
    assert read(page, "a.html").text == "Привет"
    page = b"<meta charset='iso-8859-1'><p>Open 9\x9617, lunch costs \x8050."
    assert read(page, "a.html").text == "Open 9–17, lunch costs €50."


def test_a_site_generators_page_is_cleaned_of_tags() -> None:
    """Front matter says that the file is a source; then its tags go, and its title counts."""
    document = _read("---\ntitle: T\n---\n<p>{{ site.x }}Read <a href=\"{% page '/a' %}\">more</a></p>")
    assert (document.title, document.text) == ("T", "Read more")


def test_a_page_deeper_than_the_stack_is_read() -> None:
    """No recursion: 5,000 nested elements are no RecursionError."""
    assert _blocks("<div>" * 5000 + "deep") == [("paragraph", "deep")]
    assert _blocks("<table><tr><td>a<td>" + "<b>" * 3000 + "deep") == [("row", "a: deep.")]


@given(
    st.lists(
        st.sampled_from(SOUP.split()),
        max_size=40,
    )
)
def test_any_tag_soup_keeps_its_words(parts: list[str]) -> None:
    """However tags are nested, the document is sound and every shown word is in it, in number at least."""
    soup = "".join(parts).replace("~", " ")
    document = registry.read(b"<p>x</p>" + soup.encode(), "a.html")
    assert document.text == "\n".join(document.text[block.start : block.end] for block in document.blocks)
    if not {"<!--", "<main>"} & set(parts):
        assert document.text.count("Other") + document.text.count("text") >= parts.count(
            "Other."
        ) + parts.count("text")


def test_a_line_across_a_table_is_said_in_the_rows_below_it() -> None:
    """Whatever its cell is called; one that is a sentence is a remark."""
    head = "<table><tr><th>Grade<th>Days"
    for cell in ("td", "th"):
        group = f"<tr><{cell} colspan=2>Contractors"
        assert [text for _, text in _blocks(f"{head}{group}<tr><td>Senior<td>10")] == [
            "Contractors",
            "Contractors. Grade: Senior. Days: 10.",
        ]
    wide = "<table><tr><th>Grade<th>Days<th>Notice<tr><td>Lead<td>30<td>1 month"
    for group in ("<th>Contractors<th><th>", "<th>Contractors<td><td>", "<td>Contractors"):
        assert [text for _, text in _blocks(f"{wide}<tr>{group}<tr><td>Senior<td>10<td>1 week")][1:] == [
            "Contractors",
            "Contractors. Grade: Senior. Days: 10. Notice: 1 week.",
        ]
    remark = "<tr><td colspan=2>It is paid.<tr><td>Senior<td>10"
    assert [text for _, text in _blocks(head + remark)] == ["It is paid.", "Grade: Senior. Days: 10."]


def _table(rows: list[list[str]]) -> str:
    return "<table>" + "".join("<tr>" + "".join(f"<td>{cell}" for cell in row) for row in rows) + "</table>"


@pytest.mark.parametrize(
    "head", ["<b>{}</b>", "<p><span style='font-weight:700'>{}</span></p>", "<strong><i>{}</i></strong> "]
)
def test_a_bold_first_row_names_the_columns(head: str) -> None:
    """As Google Docs and Outlook write tables; also in a mail."""
    page = _table([[head.format("Item"), head.format("Limit")], ["Meals", "40"], ["<b>Hotel</b>", "120"]])
    rows = [("row", "Item: Meals. Limit: 40."), ("row", "Item: Hotel. Limit: 120.")]
    assert _blocks(page) == rows
    document = registry.read(made_files.mail(page, subtype="html"), "a.eml")
    assert [(each.kind, document.text[each.start : each.end]) for each in document.blocks][1:] == rows


def test_a_first_row_that_looks_like_headers_names_the_columns() -> None:
    """Three names or more above figures do; all bold, or of words as all rows are, it does not."""
    names, row = ["Grade", "Days", "Notice"], ["Senior", "30", "1 month"]
    page = _table([names, row, ["Contractors", "", ""], ["Junior", "10", "1 week"]])
    rows = [
        ("row", "Grade: Senior. Days: 30. Notice: 1 month."),
        ("paragraph", "Contractors"),
        ("row", "Contractors. Grade: Junior. Days: 10. Notice: 1 week."),
    ]
    assert _blocks(page) == rows
    captioned = page.replace("<table>", "<table><caption>Leave</caption>")
    assert _blocks(captioned) == [("paragraph", "Leave"), *rows]
    assert _blocks(_table([row, row])) == [("row", "Senior. 30. 1 month.")] * 2
    teams = [["Data", "Ana & Bo", "#c-data"], ["Ethics", "Cy", "#c-18f-ethics"]]
    assert [text for _, text in _blocks(_table(teams))] == [
        "Data. Ana & Bo. #c-data.",
        "Ethics. Cy. #c-18f-ethics.",
    ]
    assert _blocks(_table([["<b>a</b>", "<b>b</b>"]] * 2)) == [("row", "a: b.")] * 2
