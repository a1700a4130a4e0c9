"""Mutated files against the readers: `python -m benchmarks.fuzz_readers --files 2000`.

Sound files of every format are cut, flipped, doubled, spliced, and those that are archives also mutated
inside.  Each must end as a document or as one line of reason, within its limits; anything else ends the run
with exit code 1 and leaves the file behind.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.machine import describe
from bot.commands.demo import DATA
from retrieval.errors import ReaderKilled, ReadError
from retrieval.readers.pool import Limits, ReaderPool
from tests import made_files, made_workbooks

LIMITS = Limits(wall_seconds=5.0, cpu_seconds=5)
MEMBERS = 4
"""Files of an archive that are read."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(describe())
    ends = Counter[str]()
    slowest = 0.0
    start = time.perf_counter()
    with ReaderPool(limits=LIMITS) as pool:
        for name, data in mutants(arguments.files, random.Random(arguments.seed)):
            begins = time.perf_counter()
            try:
                ends[f"{Path(name).suffix} {end_of(pool, name, data)}"] += 1
            except Exception as error:
                left = Path(f"fuzz-{arguments.seed}{Path(name).suffix}")
                left.write_bytes(data)
                print(f"{type(error).__name__}: {error}; the file is {left}")
                sys.exit(1)
            slowest = max(slowest, time.perf_counter() - begins)
    for end, count in sorted(ends.items()):
        print(f"{count:6,} {end}")
    print(f"{arguments.files:,} files in {time.perf_counter() - start:.0f} s, the slowest {slowest:.1f} s")


def end_of(pool: ReaderPool, name: str, data: bytes) -> str:
    """How a file ends: read, refused, or killed with its reason."""
    try:
        if name.endswith(".zip"):
            for member in pool.members(data, name)[:MEMBERS]:
                pool.read_member(data, name, member.name)
        elif name.endswith(".xml"):
            pool.addresses(data, name)
        else:
            pool.read(data, name)
    except ReaderKilled as error:
        return f"killed: {error}"
    except ReadError as error:
        if not str(error) or "\n" in str(error):
            raise ValueError(f"no clear line: {error!r}") from error
        return "refused"
    return "read"


def mutants(count: int, rng: random.Random) -> Iterator[tuple[str, bytes]]:
    """Mutated files with their names."""
    sound = list(seeds().items())
    for _ in range(count):
        name, data = rng.choice(sound)
        if data.startswith(b"PK") and rng.random() < 0.6:
            yield name, _inside(data, rng)
        else:
            yield name, _mutated(data, rng, rng.choice(sound)[1])


def seeds() -> dict[str, bytes]:
    """A sound file of each format."""
    rows = [["Plan", "Price", "Seats"], ["Free", "0", "3"], ["Pro", "12", "50"]]
    page = next((DATA / "handbook").rglob("*.md")).read_bytes()
    table = b"<table><tr><th>A<th>B<tr><td>1<td>2</table>"
    html = b"<!doctype html><title>T</title><main><h1 id=a>H</h1>" + table + b"<p>x</main>"
    mail = b"Subject: s\nContent-Type: multipart/mixed; boundary=q\n\n--q\n\nhello\n--q--\n"
    book = made_files.zipped(
        {
            "META-INF/container.xml": '<c><rootfile full-path="b.opf"/></c>',
            "b.opf": '<p><item id="a" href="a.xhtml"/><itemref idref="a"/></p>',
            "a.xhtml": "<h1>One</h1><p>Text.</p>",
        }
    )
    exported = {
        "users.json": '[{"id": "U1", "name": "ann"}]',
        "channels.json": "[]",
        "general/2024-03-04.json": '[{"type": "message", "user": "U1", "text": "See <http://a.example|a>"}]',
    }
    confluence = (
        b"<div id=breadcrumb-section><ol id=breadcrumbs><li class=first>Space</ol></div><h1 id=title-heading>"
        b"<span id=title-text>Space : Page</span></h1><div id=content><div class=page-metadata>Created by "
        b"Ann, last modified on Mar 04, 2024</div><div id=main-content class=wiki-content><p>Text."
        + table
        + b"</div>"
    )
    sitemap = b"<urlset><url><loc>https://a.example/b</loc></url></urlset>"
    return {
        "a.pdf": made_files.pdf(made_files.STORY),
        "table.pdf": made_files.pdf_table(rows),
        "a.docx": made_files.docx(made_files.STORY, made_files.word_table(rows)),
        "a.pptx": made_files.pptx([("One", ["a", "b"]), ("Two", ["c"])]),
        "a.xlsx": made_workbooks.xlsx({"Plans": rows}),
        "a.csv": "\n".join(";".join(row) for row in rows).encode(),
        "a.md": page,
        "a.html": html,
        "confluence.html": confluence,
        "sitemap.xml": sitemap,
        "slack.zip": made_files.zipped(exported),
        "a.txt": b"Title\n=====\n\nText.\n",
        "a.eml": mail,
        "a.epub": book,
        "a.zip": made_files.zipped({"a.md": page, "b.html": html}),
    }


def _mutated(data: bytes, rng: random.Random, other: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        at = rng.randrange(len(changed) + 1)
        to = min(len(changed), at + rng.choice((1, 4, 64, 1024)))
        what = rng.randrange(6)
        if what == 0:
            del changed[at:to]
        elif what == 1:
            changed[at:at] = changed[at:to] * rng.choice((1, 2, 50))
        elif what == 2:
            changed[at:to] = rng.randbytes(to - at)
        elif what == 3:
            changed[at:at] = rng.choice((b"<div>", b"(", b"[", b"\x00", b"\xff" * 4, b"9" * 30))
        elif what == 4 and other:
            cut = rng.randrange(len(other))
            changed[at:to] = other[cut : cut + 512]
        elif what == 5 and changed:
            changed[at % len(changed)] ^= 1 << rng.randrange(8)
    return bytes(changed[: rng.choice((len(changed), len(changed), rng.randrange(len(changed) + 1)))])


def _inside(data: bytes, rng: random.Random) -> bytes:
    """An archive with one member mutated and all else sound."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice(list(members))
    members[name] = _mutated(bytes(members[name]), rng, b"")  # type: ignore[arg-type]
    return made_files.zipped(members)


if __name__ == "__main__":
    main()
