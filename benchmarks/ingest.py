"""Large work for the ingest: `python -m benchmarks.ingest`.

A PDF of 600 pages, read by a child within its limits: seconds and the child's greatest memory.

But: what a bot does beside an ingest is `live_ingest.py`'s to measure.
"""

from __future__ import annotations

import io
import random
import resource
import time

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from benchmarks.machine import describe
from bot.commands.demo import DATA
from retrieval.readers.pool import ReaderPool

PAGES = 600
LINES = 45


def main() -> None:
    """Read 600 pages of text and tell what that cost."""
    print(describe())
    words = [word for path in (DATA / "handbook").rglob("*.md") for word in path.read_text().split()]
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    rng = random.Random(1)
    for page in range(1, PAGES + 1):
        canvas.setFont("Helvetica-Bold", 16)
        canvas.drawString(72, 780, f"Chapter {page}")
        canvas.setFont("Helvetica", 11)
        for line in range(LINES):
            canvas.drawString(72, 750 - 15 * line, " ".join(rng.choices(words, k=12))[:85])
        canvas.drawString(280, 30, str(page))
        canvas.showPage()
    canvas.save()
    begins = time.perf_counter()
    with ReaderPool() as pool:
        document = pool.read(buffer.getvalue(), "large.pdf")
    seconds = time.perf_counter() - begins
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    pages = len(document.places)
    print(
        f"PDF of {pages} pages, {len(document.text):,} characters: {seconds:.1f} s, child up to {peak:.0f} MB"
    )


if __name__ == "__main__":
    main()
