"""Web pages kept in step with: each visit costs what has changed, and only what is gone is removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.ingest import ingest
from retrieval.readers.pool import ReaderPool
from retrieval.store import Store
from retrieval.web.kinds import charset_in
from tests.made_files import docx, pdf
from tests.model_server import Behaviour, redirect, status
from tests.site_visits import SETTINGS, Visit, only, reason, statuses, text
from tests.stores import FailingEncoder, LetterEncoder
from tests.web_site import Site

DAY = "Tue, 03 Nov 2026 10:00:00 GMT"


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


def test_what_was_never_stored_is_not_taken_for_unchanged(web: Site, store: Store, visit: Visit) -> None:
    """An encoder that fails leaves the old version; the next visit gets the new one, not a 304."""
    web.put("/leave", "<p>25 days.", etag='"1"')
    visit("/leave", encoder=LetterEncoder())
    web.put("/leave", "<p>26 days.", etag='"2"')
    with pytest.raises(OSError, match="no space"):
        visit("/leave", encoder=FailingEncoder())
    assert text(store) == "25 days."
    assert statuses(visit("/leave", encoder=LetterEncoder())) == {"/leave": "changed"}
    assert text(store) == "26 days."


def test_the_same_bytes_are_no_change(web: Site, store: Store, visit: Visit) -> None:
    """A server that knows no validators sends all, and nothing is read anew."""
    web.put("/leave", "<p>25 days.")
    visit("/leave")
    made = only(store).ingested_at
    assert statuses(visit("/leave")) == {"/leave": "unchanged"}
    assert only(store).ingested_at == made


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


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_page_that_moved_to_one_of_the_same_round(
    web: Site, store: Store, visit: Visit, dry_run: bool
) -> None:
    """The new address was just stored, so the old document goes; told alike by a run that stores nothing."""
    web.put("/", "<p>Home. <a href=old>Old</a>")
    web.put("/old", "<p>Text.")
    visit("/", depth=1)
    web.put("/", "<p>Home. <a href=new>New</a>")
    web.put("/new", "<p>Text.")
    web.behave("/old", redirect("/new", 301))
    report = visit("/", depth=1, dry_run=dry_run)
    assert statuses(report) == {"/": "changed", "/new": "added", "/old": "removed"}
    assert [row.reason for row in report.rows if row.status == "removed"] == [
        f"leads to 127.0.0.1:{web.server_port}/new now"
    ]
    left = ["/", "/old"] if dry_run else ["/", "/new"]
    assert sorted(record.source for record in store.documents()) == [web.url(path) for path in left]


@pytest.mark.parametrize("to", ["/login", "/"])
def test_pages_that_all_move_to_one_stay(web: Site, store: Store, visit: Visit, to: str) -> None:
    """It may be one to sign in, or the home page of a site that was rebuilt; told each time, until they are back."""
    paths = ["/", "/a", "/b"]
    web.put("/", "<p>Home. <a href=a>A</a> <a href=b>B</a>")
    web.put("/login", "<p>Sign in.")
    for path in paths[1:]:
        web.put(path, f"<p>Page {path}.")
    visit("/", depth=1)
    before = {record.id: (record.source, record.sha256) for record in store.documents()}
    moved = [path for path in paths if path != to]
    for _ in range(2):
        for path in moved:
            web.behave(path, redirect(to, 301))
        report = visit("/", depth=1)
        assert {statuses(report)[path] for path in moved} == {"failed"}
        assert f"leads to 127.0.0.1:{web.server_port}{to.rstrip('/')} now, as" in (
            report.rows[-1].reason or ""
        )
        assert {record.id: (record.source, record.sha256) for record in store.documents()} == before
    assert set(statuses(visit("/", depth=1)).values()) == {"unchanged"}


def test_pages_that_lose_their_last_slash_move(web: Site, store: Store, visit: Visit) -> None:
    """Each to its own address, and two spellings of one become one."""
    for path in ("/a", "/a/", "/b/"):
        web.put(path, f"<p>Page {path[1]}.")
    web.sitemap("/sitemap.xml", "/a", "/a/", "/b/")
    visit("/sitemap.xml")
    web.put("/b", "<p>Page b.")
    for path in ("/a", "/b"):
        web.behave(f"{path}/", redirect(path, 301))
    assert statuses(visit("/sitemap.xml")) == {"/a": "unchanged", "/a/": "removed", "/b": "moved"}


def test_a_page_that_moved_to_one_that_cannot_be_read(web: Site, store: Store, visit: Visit) -> None:
    """Nothing was stored there, so the old version goes along and stays."""
    web.put("/", "<p>Home. <a href=old>Old</a>")
    web.put("/old", "<p>Text.")
    visit("/", depth=1)
    web.put("/", "<p>Home. <a href=new>New</a>")
    web.put("/new", b"\x89PNG\r\n\x1a\n", "image/png")
    web.behave("/old", redirect("/new", 301))
    visit("/", depth=1)
    texts = {record.source: store.content(record.id) for record in store.documents()}
    content = texts[web.url("/new")]
    assert content is not None
    assert (content.text, len(texts)) == ("Text.", 2)


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
    assert told.rows[-1].reason == (
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


@pytest.mark.parametrize("sitemap", ["/sitemap.xml", "/sitemap"])
@pytest.mark.parametrize("change", [redirect("/login", 302), redirect("/login", 301), None])
def test_a_sitemap_behind_a_sign_in_page_takes_nothing_with_it(
    web: Site, store: Store, visit: Visit, sitemap: str, change: Behaviour | None
) -> None:
    """The site shows strangers a page to sign in and says 404 to all else: neither is believed, also later."""
    web.sitemap(sitemap, "/a", "/b")
    for path in ("/a", "/b", "/login"):
        web.put(path, f"<p>Page {path}.")
    visit(sitemap)
    del web.pages["/a"], web.pages["/b"]
    for _ in range(2):
        web.put(sitemap, "<p>Sign in.")
        if change is not None:
            web.behave(sitemap, change)
        assert statuses(visit(sitemap)) == {sitemap: "failed", "/a": "skipped", "/b": "skipped"}
    assert sorted(record.source for record in store.documents()) == [web.url("/a"), web.url("/b")]
    web.sitemap(sitemap, "/b")
    web.put("/b", "<p>Page /b.")
    assert statuses(visit(sitemap)) == {"/b": "unchanged", "/a": "removed"}


def test_a_start_that_leads_elsewhere_for_now(web: Site, store: Store, visit: Visit) -> None:
    """As it always did: what is gone is removed.  To a page that it never led to: nothing is."""
    for path in ("/en/", "/en/b", "/login"):
        web.put(path, "<p>Words. <a href=b>B</a>")
    web.behave("/", redirect("/en/", 302))
    assert statuses(visit("/", depth=1)) == {"/en/": "added", "/en/b": "added"}
    web.behave("/", redirect("/login", 302))
    web.behave("/en/b", status(404))
    assert statuses(visit("/", depth=1)) == {"/": "failed", "/en/": "unchanged", "/en/b": "skipped"}
    web.behave("/", redirect("/en/", 302))
    web.behave("/en/b", status(404))
    assert statuses(visit("/", depth=1)) == {"/en/": "unchanged", "/en/b": "removed"}


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


@pytest.mark.parametrize(
    "parameter",
    ["charset*=a\0b''x", "charset*=x; charset*0=y", f"charset*{'9' * 5000}=x", "charset=iso-8859-99"],
)
def test_a_charset_that_is_none_is_no_hindrance(
    web: Site, store: Store, visit: Visit, parameter: str
) -> None:
    """Whatever a server writes there, the page is read."""
    web.put("/a", "<p>Grüße.".encode("cp1252"), f"text/html; {parameter}")
    assert statuses(visit("/a")) == {"/a": "added"}
    assert text(store) == "Grüße."


def test_only_known_charsets_are_decoded(web: Site, store: Store, visit: Visit) -> None:
    """Python knows one that takes minutes for a page that is allowed."""
    assert charset_in("text/html; charset=punycode") is None
    assert charset_in("text/html; charset=koi8-r-and-more") is None
    assert charset_in("text/html;Charset = 'KOI8-R'; x=y") == "KOI8-R"
    assert charset_in("text/plain; charset=UTF-16LE") == "UTF-16LE"
    web.put("/a", "<p>Grüße.".encode("cp1252"), "text/html; charset=punycode")
    visit("/a")
    assert text(store) == "Grüße."
    web.put("/a", b"<p>Open 9\x9617\x81, lunch costs \x8050.", "text/html; charset=ISO-8859-1")
    visit("/a")
    assert text(store) == "Open 9–17, lunch costs €50."


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
