"""Web pages kept in step with: each visit costs what has changed, and nothing is lost on a bad day."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from retrieval.ingest import ingest
from retrieval.intake import PassageSettings
from retrieval.passages import estimate
from retrieval.readers.pool import ReaderPool
from retrieval.report import Report
from retrieval.store import Store
from retrieval.stored import DocumentRecord
from retrieval.web.fetch import Manners
from retrieval.web.pages import Start
from tests.made_files import docx, pdf
from tests.model_server import endless, hang, redirect, status
from tests.web_site import Site, busy, packed, site

MANNERS = Manners(agent="Quoth/test", timeout=5, page_seconds=10, page_bytes=1 << 20, delay=0)
SETTINGS = PassageSettings(measure=estimate)
DAY = "Tue, 03 Nov 2026 10:00:00 GMT"

Visit = Callable[..., Report]


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as opened:
        yield opened


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderPool]:
    with ReaderPool() as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as opened:
        yield opened


@pytest.fixture
def visit(web: Site, store: Store, reader: ReaderPool) -> Visit:
    """Ingest from a start of the site; `prune` as `quoth sync` does."""

    def visited(path: str, *, depth: int = 0, limit: int = 500, **options: Any) -> Report:
        start = Start(url=web.url(path), depth=depth, limit=limit)
        given: dict[str, Any] = {"settings": SETTINGS, "manners": MANNERS, "prune": True} | options
        return ingest([], pages=[start], store=store, reader=reader, **given)

    return visited


def statuses(report: Report) -> dict[str, str]:
    """By path within the site."""
    return {f"/{row.path.partition('/')[2]}": row.status for row in report.rows}


def reason(report: Report) -> str:
    (row,) = report.rows
    return row.reason or ""


def only(store: Store) -> DocumentRecord:
    (record,) = store.documents()
    return record


def text(store: Store) -> str:
    content = store.content(only(store).id)
    assert content is not None
    return content.text


def test_a_page_is_known_by_its_address(web: Site, store: Store, visit: Visit) -> None:
    """The address is its source and its link; the heading's id is the link's end; the server knows its date."""
    web.put("/leave", "<title>Leave</title><h2 id=carry>Carrying over</h2><p>Five days.", modified=DAY)
    report = visit("/leave")
    assert statuses(report) == {"/leave": "added"}
    assert report.types == {"web page": {"added": 1}}
    record = only(store)
    assert (record.source, record.url, record.title) == (web.url("/leave"), web.url("/leave"), "Leave")
    assert record.mtime_ns == 1_793_700_000 * 10**9
    (passage,) = store.passages_of(record.id)
    assert passage.anchor == "carry"
    assert web.headers("/robots.txt")["User-Agent"] == "Quoth/test"


@pytest.mark.parametrize(
    "validators", [{"etag": '"1"'}, {"modified": DAY}, {"etag": 'W/"1"', "modified": DAY}]
)
def test_what_has_not_changed_is_not_sent_again(
    web: Site, store: Store, visit: Visit, validators: dict[str, str]
) -> None:
    """A second visit is a 304; then the page changes, and is read."""
    web.put("/leave", "<p>25 days.", **validators)
    visit("/leave")
    conditions = ("If-None-Match", "If-Modified-Since")
    assert [web.headers("/leave")[each] for each in conditions] == [None, None]
    before = store.database.path.stat().st_mtime_ns
    assert statuses(visit("/leave")) == {"/leave": "unchanged"}
    assert [web.headers("/leave")[each] for each in conditions] == [
        validators.get("etag"), validators.get("modified"),
    ]  # fmt: skip
    assert store.database.path.stat().st_mtime_ns == before  # nothing was written either
    web.put("/leave", "<p>26 days.", **{name: value.replace("1", "2") for name, value in validators.items()})
    if "etag" in validators:
        assert statuses(visit("/leave")) == {"/leave": "changed"}
        assert text(store) == "26 days."
    assert statuses(visit("/leave", force=True)) == {"/leave": "changed"}
    assert web.headers("/leave")["If-None-Match"] is None


def test_the_same_bytes_are_no_change(web: Site, store: Store, visit: Visit) -> None:
    """A server that knows no validators sends all, and nothing is read anew."""
    web.put("/leave", "<p>25 days.")
    visit("/leave")
    made = only(store).ingested_at
    assert statuses(visit("/leave")) == {"/leave": "unchanged"}
    assert only(store).ingested_at == made


def test_robots_txt_is_obeyed(web: Site, store: Store, visit: Visit) -> None:
    """A page that was named fails, one that was found is skipped; who is meant is read, too."""
    web.robots("User-agent: quoth", "Disallow: /private", "User-agent: *", "Disallow: /")
    web.put("/private/pay", "<p>Pay.")
    web.put("/leave", "<p>Leave.")
    web.sitemap("/sitemap.xml", "/leave", "/private/pay")
    assert statuses(visit("/private/pay")) == {"/private/pay": "failed"}
    assert statuses(visit("/sitemap.xml")) == {"/leave": "added", "/private/pay": "skipped"}
    assert "/private/pay" not in web.asked()
    web.robots("User-agent: *", "Disallow: /")
    report = visit("/leave")
    assert reason(report).startswith("robots.txt asks not to fetch it; the version of")
    assert len(store.documents()) == 1


def test_a_site_that_cannot_tell_its_rules_is_not_visited(web: Site, visit: Visit) -> None:
    """A broken robots.txt is no permission, a missing one is."""
    web.put("/leave", "<p>Leave.")
    web.behave("/robots.txt", status(500))
    assert reason(visit("/leave")) == (
        "is not fetched, since the site's robots.txt cannot be read: "
        "the server answered 500 Internal Server Error"
    )
    assert web.asked() == []
    assert statuses(visit("/leave")) == {"/leave": "added"}


def test_the_site_says_how_fast(web: Site, visit: Visit) -> None:
    """Crawl-delay holds between two requests, and so does our own; a busy server is waited for once."""
    waits = list[float]()
    manners = replace(MANNERS, delay=0.5, sleep=waits.append)
    web.robots("User-agent: *", "Crawl-delay: 7")
    for path in ("/a", "/b"):
        web.put(path, "<p>Text.")
    web.sitemap("/sitemap.xml", "/a", "/b")
    web.behave("/b", busy(9))
    assert statuses(visit("/sitemap.xml", manners=manners)) == {"/a": "added", "/b": "added"}
    assert [round(wait) for wait in waits] == [7, 7, 7, 9]
    web.behave("/a", busy(3600))
    assert reason(visit("/a", manners=manners)).startswith(
        "the server answered 503 Service Unavailable and wants to be left alone for 3,600 s; the version of"
    )
    over = replace(manners, run_seconds=3)
    assert reason(visit("/a", manners=over)).startswith(
        "the 0 minutes for this site are over; the version of"
    )


def test_redirects_stay_on_the_site(web: Site, store: Store, visit: Visit) -> None:
    """On the site they are followed; to another one, out of the web or in a circle they are told."""
    web.put("/new", "<p>Text.")
    web.behave("/old", redirect("/new"))
    assert statuses(visit("/old")) == {"/new": "added"}
    for number, (to, words) in enumerate(
        [
            (web.url("/x").replace("127.0.0.1", "localhost"), "redirects to another site, localhost:"),
            ("http://169.254.169.254/latest/meta-data", "redirects to another site, 169.254.169.254/latest"),
            ("file:///etc/passwd", "redirects to what is no web address"),
            ("/loop", "redirects more than 5 times; is it a circle?"),
        ]
    ):
        web.behave("/loop", *[redirect("/loop")] * 10)
        web.behave(f"/r{number}", redirect(to))
        assert words in reason(visit(f"/r{number}"))
    assert len(store.documents()) == 1


def test_a_page_that_moved_for_good_keeps_its_document(web: Site, store: Store, visit: Visit) -> None:
    """A permanent redirect takes the document along, one for now (to a sign-in page) changes nothing."""
    web.put("/old", "<p>Text.")
    visit("/old")
    number = only(store).id
    web.put("/login", "<p>Sign in.")
    web.behave("/old", redirect("/login", 302))
    assert reason(visit("/old")).startswith(
        f"leads to 127.0.0.1:{web.server_port}/login for now; the version"
    )
    web.put("/new", "<p>Text.")
    web.behave("/old", redirect("/new", 301))
    report = visit("/old")
    assert (report.rows[0].status, report.rows[0].path) == ("moved", f"127.0.0.1:{web.server_port}/new")
    assert (only(store).id, only(store).url) == (number, web.url("/new"))
    web.behave("/old", redirect("/new", 301))
    assert statuses(visit("/old")) == {"/new": "unchanged"}


def test_two_starts_that_lead_to_the_same_page(
    web: Site, store: Store, visit: Visit, reader: ReaderPool
) -> None:
    """It is stored once, also where a stored page moves to one that the other start has just brought."""
    web.put("/old", "<p>Text.")
    visit("/old")
    web.put("/new", "<p>Text.", etag='"1"')
    web.behave("/old", redirect("/new", 301))
    starts = [Start(url=web.url(path)) for path in ("/new", "/old", "/new")]
    report = ingest(
        [], pages=starts, store=store, reader=reader, settings=SETTINGS, manners=MANNERS, prune=True
    )
    assert [row.status for row in report.rows] == ["added", "removed", "unchanged", "unchanged"]
    assert only(store).url == web.url("/new")


def test_a_bad_day_of_the_server_costs_nothing(web: Site, store: Store, visit: Visit) -> None:
    """A 500, a silence, a sign-in, a page without end: the version that was read stays and is told of."""
    web.put("/leave", "<p>25 days.")
    visit("/leave")
    gate = threading.Event()
    impatient = replace(MANNERS, timeout=0.3)
    for behaviour, words in (
        (status(500), "the server answered 500 Internal Server Error; the version of"),
        (status(403), "the server answered 403 Forbidden; the version of"),
        (hang(2, gate), "127.0.0.1 did not answer in time; the version of"),
        (endless, "has more than 1 MB, the most that is read; the version of"),
        (packed(gzip.compress(b"\0" * (5 << 20))), "unpacks to more than 1 MB; the version of"),
    ):
        web.behave("/leave", behaviour)
        report = visit("/leave", manners=impatient)
        assert (statuses(report), report.counts["failed"]) == ({"/leave": "failed"}, 1)
        assert words in reason(report)
    gate.set()
    assert text(store) == "25 days."
    assert statuses(visit("/leave")) == {"/leave": "unchanged"}


def test_a_page_that_is_gone_is_removed(web: Site, store: Store, visit: Visit) -> None:
    """Like a removed file: told by ingest, removed by sync; not where the whole site is away."""
    for path in ("/a", "/b", "/c"):
        web.put(path, f"<p>Page {path}.")
    web.sitemap("/sitemap.xml", "/a", "/b", "/c")
    visit("/sitemap.xml")
    del web.pages["/a"]
    web.sitemap("/sitemap.xml", "/c")  # and /b is listed no more, but it is there
    told = visit("/sitemap.xml", prune=False)
    assert statuses(told) == {"/c": "unchanged", "/a": "missing", "/b": "unchanged"}
    assert told.rows[1].reason == (
        "the page is gone: the server answered 404 Not Found; --prune removes the document"
    )
    assert statuses(visit("/sitemap.xml"))["/a"] == "removed"
    assert sorted(record.path[-2:] for record in store.documents()) == ["/b", "/c"]
    web.pages.clear()
    away = visit("/sitemap.xml")
    assert statuses(away) == {"/sitemap.xml": "failed", "/b": "skipped", "/c": "skipped"}
    assert len(store.documents()) == 2
    web.put("/b", "<p>Page /b.")
    web.sitemap("/sitemap.xml", "/b")
    web.behave("/c", status(410))
    assert statuses(visit("/sitemap.xml")) == {"/b": "unchanged", "/c": "removed"}


def test_an_index_of_sitemaps(web: Site, visit: Visit) -> None:
    """Its sitemaps are read, packed or not; addresses of other sites and dead ones are told, not fetched."""
    for path in ("/a", "/b"):
        web.put(path, f"<p>Page {path}.")
    web.sitemap("/one.xml", "/a", "https://other.example/x")
    web.sitemap("/two.xml.gz", "/b", "/dead", packed=True)
    web.sitemap("/index.xml", "/one.xml", "/two.xml.gz", "/three.xml", tag="sitemapindex")
    report = visit("/index.xml")
    assert statuses(report) == {
        "/one.xml": "skipped", "/three.xml": "skipped", "/a": "added", "/b": "added", "/dead": "skipped",
    }  # fmt: skip
    assert report.rows[0].reason == "lists 1 addresses of other sites, which are not fetched"
    web.sitemap("/deep.xml", "/index.xml", tag="sitemapindex")
    assert "which none of them should be here" in reason(visit("/deep.xml"))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<rss><item/></rss>", "is XML, but no sitemap"),
        (b"<urlset><url>", "holds damaged XML"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><urlset>&a;</urlset>', "declares XML entities"),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "a">]><urlset/>'.encode("utf-16"),
         "declares XML entities"),
        (b"<urlset></urlset>", "lists no page of this site"),
        (gzip.compress(b"\0" * (5 << 20)), "unpacks to more than 1 MB"),
    ],
)  # fmt: skip
def test_a_bad_sitemap_is_one_line(web: Site, visit: Visit, body: bytes, words: str) -> None:
    """Damaged, hostile, of another kind, or empty."""
    web.put("/sitemap.xml", body, "application/xml")
    assert words in reason(visit("/sitemap.xml"))


def test_links_are_followed_below_the_start(web: Site, visit: Visit) -> None:
    """So far as was said, on the site, below its folder; also when the page with the links has not changed."""
    web.put(
        "/docs/",
        "<a href=a>A</a> <a href='/docs/b#x'>B</a> <a href=/blog>no</a> <a href=//other.example/docs/>no</a>"
        "<a href=logo.png>no</a> <a rel=nofollow href=private>no</a> <a href='mailto:x@y.example'>no</a>",
        etag='"1"',
    )
    web.put("/docs/a", "<p>A. <a href=c>C</a>", etag='"1"')
    web.put("/docs/b", "<p>B. <a href=./>up</a>")
    web.put("/docs/c", "<p>C. <a href=d>D</a>")
    assert statuses(visit("/docs/")) == {"/docs/": "added"}
    first = visit("/docs/", depth=2)
    assert statuses(first) == {
        "/docs/": "unchanged", "/docs/a": "added", "/docs/b": "added", "/docs/c": "added"
    }  # fmt: skip
    web.asked()
    web.put("/docs/c", "<p>C changed. <a href=d>D</a>")
    assert statuses(visit("/docs/", depth=2))["/docs/c"] == "changed"
    assert web.asked() == ["/docs/", "/docs/a", "/docs/b", "/docs/c"]


def test_a_start_is_bounded(web: Site, visit: Visit) -> None:
    """Not more pages than the limit, and the rest is told."""
    for number in range(5):
        web.put(f"/{number}", f"<p>Page {number}.")
    web.sitemap("/sitemap.xml", *(f"/{number}" for number in range(5)))
    report = visit("/sitemap.xml", limit=3)
    assert report.counts["added"] == 3
    assert report.rows[-1].reason == "2 pages that it leads to were not asked for: the limit is 3 pages"
    assert visit("/sitemap.xml", limit=5).counts["added"] == 2


def test_files_of_all_kinds_come_from_the_web(web: Site, store: Store, visit: Visit) -> None:
    """By the type that the server tells; where that is vague, by the address."""
    story = [("h1", "Travel"), ("p", "The allowance is 42 euros.")]
    for path, body, kind in (
        ("/p", pdf(story), "application/pdf"),
        ("/w", docx(story), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("/n.md", b"# Travel\n\nThe allowance is 42 euros.", "text/plain; charset=utf-8"),
        ("/t", b"The allowance is 42 euros.", "text/plain"),
        ("/o.pdf", pdf(story), "application/octet-stream"),
        ("/k.html", "<meta charset=utf-8><p>Привет".encode("koi8-r"), "text/html; charset=koi8-r"),
    ):
        web.put(path, body, kind)
        assert statuses(visit(path)) == {path: "added"}
    texts = {record.path[-2:]: store.content(record.id) for record in store.documents()}
    assert all(
        content and ("42 euros" in content.text or "Привет" in content.text) for content in texts.values()
    )
    refused: list[tuple[str, bytes, str | None, str]] = [
        ("/i", b"\x89PNG\r\n\x1a\n", "image/png", "is of the type image/png, which cannot be read"),
        ("/x", pdf(story), "text/html", "looks like a PDF, not like HTML"),
        ("/z", b"PK\x03\x04", "application/zip", "is of the type application/zip"),
        ("/y.zip", b"PK\x03\x04", "application/zip", "is an archive; download it and name the file"),
        ("/q", b"?", None, "is of a type that the server does not tell"),
    ]
    for path, body, no_kind, words in refused:
        web.put(path, body, no_kind)
        assert words in reason(visit(path))


def test_a_page_speaks_for_its_own_site_only(web: Site, store: Store, visit: Visit) -> None:
    """The address that it gives for itself is quoted if it is one of the same site."""
    web.put("/a", f"<link rel=canonical href={web.url('/nice')}><p>Text.")
    visit("/a")
    assert only(store).url == web.url("/nice")
    web.put("/a", "<link rel=canonical href=https://evil.example/><p>Text.")
    visit("/a")
    assert only(store).url == web.url("/a")


def test_a_dry_run_stores_nothing(web: Site, store: Store, visit: Visit) -> None:
    """It fetches and reads, and the next run begins anew."""
    web.put("/a", "<p>Text.", etag='"1"')
    assert statuses(visit("/a", dry_run=True)) == {"/a": "added"}
    assert store.documents() == []
    assert statuses(visit("/a")) == {"/a": "added"}


def test_a_file_with_the_bytes_of_a_page_is_another_document(
    web: Site, store: Store, visit: Visit, reader: ReaderPool, tmp_path: Path
) -> None:
    """A page is no file that has gone."""
    web.put("/a.md", "Text.", "text/markdown")
    visit("/a.md")
    (tmp_path / "a.md").write_text("Text.")
    report = ingest([tmp_path / "a.md"], store=store, reader=reader, settings=SETTINGS)
    assert report.rows[0].status == "added"
    assert len(store.documents()) == 2
