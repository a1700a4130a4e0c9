"""Sources within sources, and documents in two collections: what was closed does not stay open elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import messages
from retrieval.store import Store
from tests.command_line import call
from tests.model_server import redirect
from tests.web_site import site


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    (folder / "pay").mkdir(parents=True)
    (folder / "leave.md").write_text("# Leave\n\n25 days.")
    (folder / "pay" / "pay.md").write_text("# Pay\n\nThe salary of level C is 90,000 euros.")
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a collection that is open to nobody."""
    call("collection", "add", "pay", "--closed", home=tmp_path / "home")
    return tmp_path / "home"


def stored(home: Path) -> set[tuple[str, str]]:
    """The name of each document's file or page, with its collection."""
    with Store(home / "store.db") as store:
        return {(Path(each.source).name, each.collection) for each in store.documents()}


CLOSED = {("leave.md", "default"), ("pay.md", "pay")}


@pytest.mark.parametrize("inner_first", [True, False])
def test_a_file_belongs_to_the_deepest_source(docs: Path, home: Path, *, inner_first: bool) -> None:
    """Whichever was named first, and again in the next round, with nothing read twice."""
    outer, inner = (docs,), (docs / "pay", "-c", "pay")
    for source in (inner, outer) if inner_first else (outer, inner):
        call("source", "add", *source, home=home)
    assert call("sync", "--json", home=home).json["counts"]["added"] == 2
    assert stored(home) == CLOSED
    counts = call("sync", "--json", home=home).json["counts"]
    assert {status: count for status, count in counts.items() if count} == {"unchanged": 2}


def test_what_was_open_is_closed_as_soon_as_it_is_said(docs: Path, home: Path) -> None:
    """At `source add`, not only at the sync to come; so it is if a person says it in the file."""
    call("source", "add", docs, home=home)
    call("sync", home=home)
    written = (home / "sources.toml").read_text()
    said = call("source", "add", docs / "pay", "-c", "pay", home=home)
    assert "removed 1 document from default; quoth sync reads them into pay" in said.err
    assert stored(home) == {("leave.md", "default")}
    call("source", "rm", docs / "pay", home=home)
    call("sync", home=home)
    assert stored(home) == {("leave.md", "default"), ("pay.md", "default")}
    (home / "sources.toml").write_text(
        f'{written}\n[[source]]\npath = "{docs / "pay"}"\ncollection = "pay"\n'
    )
    assert "1 removed" in call("sync", "--dry-run", home=home).out
    said = call("sync", home=home)
    assert f"removed  pay/pay.md: belongs to {docs / 'pay'}, which is followed into pay" in said.out
    assert stored(home) == CLOSED


def test_a_source_that_is_away_is_not_opened_by_the_one_around_it(docs: Path, home: Path) -> None:
    """Its documents stay where they are, of the same collection, too; what it left open elsewhere goes."""
    call("source", "add", docs, home=home)
    call("sync", home=home)
    for collection in ("pay", "default"):
        call("source", "add", docs / "pay", "-c", collection, home=home)
        call("sync", home=home)
        (docs / "pay").rename(docs.parent / "away")
        call("sync", home=home)
        (docs / "pay").mkdir()
        call("sync", home=home)
        assert stored(home) == {("leave.md", "default"), ("pay.md", collection)}
        (docs / "pay").rmdir()
        (docs.parent / "away").rename(docs / "pay")


def test_what_is_followed_into_a_closed_collection_opens_with_no_removal(docs: Path, home: Path) -> None:
    """Also removed twice, it stays closed while something would be read into it; then it goes."""
    call("source", "add", docs / "pay", "-c", "pay", home=home)
    for _ in range(2):
        call("sync", home=home)
        for _ in range(2):
            said = call("collection", "rm", "pay", home=home)
            assert messages.COLLECTION_CLOSED in said.err
            assert f"quoth source rm {docs / 'pay'}" in said.err
    call("sync", home=home)
    (record,) = call("collection", "ls", "--json", home=home).json
    assert (record["documents"], record["grantees"]) == (1, [])
    call("source", "rm", docs / "pay", home=home)
    for _ in range(2):
        said = call("collection", "rm", "pay", home=home)
    assert said.complaint == "removed  pay (0 documents)"


def test_who_will_see_a_source_is_said_before_it_is_read(docs: Path, home: Path) -> None:
    """A slip in the name of a closed collection makes another one, which is open."""
    said = call("source", "add", docs, "-c", "pay", home=home)
    assert said.complaint == f"added  {docs} to pay, open to nobody; quoth sync reads it"
    said = call("source", "add", docs, "-c", "pey", home=home)
    assert f"{docs} to pey, open to the workspace (nobody has said); quoth sync reads it" in said.err


def test_links_do_not_open_what_is_closed(docs: Path, home: Path, tmp_path: Path) -> None:
    """Neither one to a file of the deeper source nor one that is the deeper source, or the one around it."""
    (docs / "see.md").symlink_to("pay/pay.md")
    (tmp_path / "salaries").symlink_to(docs / "pay")
    (tmp_path / "all").symlink_to(docs)
    call("source", "add", tmp_path / "all", home=home)
    call("sync", home=home)
    call("source", "add", tmp_path / "salaries", "-c", "pay", home=home)
    said = call("sync", home=home)
    assert stored(home) == CLOSED
    assert f"skipped  see.md: a link to what belongs to {tmp_path / 'salaries'}" in said.out


def test_a_relative_path_in_the_file_is_a_place_like_any_other(
    docs: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside a full one."""
    monkeypatch.chdir(docs.parent)
    (home / "sources.toml").write_text(
        f'[[source]]\npath = "{docs}"\n[[source]]\npath = "docs/pay"\ncollection = "pay"\n'
    )
    call("sync", home=home)
    assert stored(home) == CLOSED


def test_one_folder_named_twice_belongs_to_the_last(docs: Path, home: Path) -> None:
    """A person may write so."""
    (home / "sources.toml").write_text(
        f'[[source]]\npath = "{docs}"\n[[source]]\npath = "{docs}"\ncollection = "pay"\n'
    )
    call("sync", home=home)
    assert stored(home) == {("leave.md", "pay"), ("pay.md", "pay")}


def test_a_page_belongs_to_the_deepest_source_of_another_collection(home: Path) -> None:
    """By its address, whether a link, a sitemap or a redirect leads to it, also while its own source is down."""
    with site() as web:
        web.put("/", "<p>Start. <a href=pay/c>C</a> <a href=leave>Leave</a>")
        web.put("/leave", "<p>25 days.")
        web.put("/pay/", "<p>Pay. <a href=c>C</a>")
        web.put("/pay/c", "<p>90,000 euros.")
        web.sitemap("/sitemap.xml", "/leave", "/pay/c")
        call("source", "add", web.url("/"), "--depth", "2", home=home)
        call("source", "add", web.url("/sitemap.xml"), home=home)
        call("sync", home=home)
        assert ("c", "default") in stored(home)
        said = call("source", "add", web.url("/pay/"), "--depth", "1", "-c", "pay", home=home)
        assert "removed 1 document from default" in said.err
        said = call("sync", home=home)
        assert {each for each in stored(home) if each[0] in ("c", "leave")} == {
            ("c", "pay"), ("leave", "default"),
        }  # fmt: skip
        assert "addresses left to sources of their own: 1" in said.out
        del web.pages["/pay/"]
        web.behave("/leave", redirect("/pay/c", 301), redirect("/pay/c", 301))
        said = call("sync", home=home)
        moved = f"leads to {web.url('/pay/c').partition('//')[2]} now, which belongs to {web.url('/pay/')}"
        assert f"/leave: {moved}, which is followed into pay" in said.out
        assert not {("c", "default"), ("leave", "default")} & stored(home)


def test_pages_that_lead_into_a_source_of_another_collection_for_now(home: Path) -> None:
    """Perhaps to sign in, as several do for good: what was read stays, and it is told."""
    with site() as web:
        for path in ("/a", "/b", "/c", "/pay/"):
            web.put(path, f"<p>Page {path}.")
        web.sitemap("/sitemap.xml", "/a", "/b", "/c")
        call("source", "add", web.url("/sitemap.xml"), home=home)
        call("source", "add", web.url("/pay/"), "-c", "pay", home=home)
        call("sync", home=home)
        before = stored(home)
        for path, status in (("/a", 302), ("/b", 301), ("/c", 301)):
            web.behave(path, redirect("/pay/", status))
        said = call("sync", home=home)
        assert (said.code, stored(home)) == (3, before)
        assert said.err.count("now, as 1 others do") == 2


@pytest.mark.parametrize("closed_last", [True, False])
def test_of_two_sitemaps_the_last_that_lists_a_page_has_it(home: Path, *, closed_last: bool) -> None:
    """Also when a page goes from the one to the other, whichever is the last, and not while one is down."""
    with site() as web:
        for page in "abc":
            web.put(f"/{page}", f"<p>Page {page}.")
        web.sitemap("/open.xml", "/a", "/b")
        web.sitemap("/closed.xml", "/b", "/c")
        sources = [(web.url("/open.xml"),), (web.url("/closed.xml"), "-c", "pay")]
        for source in sources if closed_last else sources[::-1]:
            call("source", "add", *source, home=home)
        last = "pay" if closed_last else "default"
        for _ in range(2):
            call("sync", home=home)
            assert stored(home) == {("a", "default"), ("b", last), ("c", "pay")}
        web.sitemap("/open.xml", "/b")
        for _ in range(2):
            call("sync", home=home)
        assert ("a", "default") in stored(home)  # nobody else lists it
        web.sitemap("/closed.xml", "/a", "/b", "/c")
        for _ in range(2):
            call("sync", home=home)
        assert stored(home) == {("a", "pay"), ("b", last), ("c", "pay")}
        for path in ("/open.xml", "/closed.xml"):
            served = web.pages.pop(path)
            call("sync", home=home)
            assert stored(home) == {("a", "pay"), ("b", last), ("c", "pay")}
            web.pages[path] = served


def test_what_is_in_two_collections_is_told(docs: Path, home: Path) -> None:
    """Where one of them is open to others than the other: how many, and how they leave the wider one."""
    assert not call("ingest", docs, home=home).err
    told = (
        "2 of these documents are also in default, open to the workspace (nobody has said); "
        "pay is open to nobody. To remove from default: quoth rm 1 2"
    )
    assert call("ingest", docs, "-c", "pay", "--dry-run", home=home).complaint == told
    assert call("ingest", docs, "-c", "pay", home=home).complaint == told
    back = call("ingest", docs / "pay", "--json", home=home)
    assert back.complaint.startswith("1 of these documents is also in pay, open to nobody; default is open")
    assert back.complaint.endswith("To remove from default: quoth rm 2")
    call("rm", "1", "2", home=home)
    assert not call("ingest", docs, "-c", "pay", home=home).err
    assert not call("ingest", docs, "-c", "staff", home=home).err.count("default")


def test_a_source_that_is_dropped_within_another_one_is_told(docs: Path, home: Path) -> None:
    """The next sync would open what it had closed."""
    call("source", "add", docs, home=home)
    call("source", "add", docs / "pay", "-c", "pay", home=home)
    said = call("source", "rm", docs / "pay", home=home)
    assert said.complaint == (
        f"{docs / 'pay'} lies in {docs}: quoth sync now reads it into default, "
        "open to the workspace (nobody has said)."
    )
    assert not call("source", "rm", docs, home=home).err
