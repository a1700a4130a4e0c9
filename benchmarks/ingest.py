"""Large work for the ingest: `python -m benchmarks.ingest`.

A PDF of 600 pages, read by a child within its limits: seconds and the child's greatest memory.  Then a folder
that comes to some 10,000 passages is ingested by another process while this one answers questions, one after
the other: the times of answers before and during it, and that each comes from the old state or the new one.

But: the reader and the ingest share the processor here, as they do on a small machine.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from benchmarks.machine import describe
from bot.commands.demo import DATA, sample_questions
from bot.commands.options import open_workplace
from bot.composition import Workplace
from qa_engine.answers import Answer
from retrieval.readers.pool import ReaderPool

PAGES = 600
LINES = 45
PASSAGES = 10_000
SECTIONS = 20  # of a made document; each becomes a passage


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--passages", type=int, default=PASSAGES)
    arguments = parser.parse_args()
    print(describe())
    words = [word for path in (DATA / "handbook").rglob("*.md") for word in path.read_text().split()]
    large_pdf(words)
    answers_beside_an_ingest(words, arguments.passages)


def large_pdf(words: list[str]) -> None:
    """Read 600 pages of text and tell what that cost."""
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


def answers_beside_an_ingest(words: list[str], passages: int) -> None:
    """Times of answers with nothing else to do, and while another process ingests."""
    with tempfile.TemporaryDirectory() as folder:
        home, docs = Path(folder, "home"), Path(folder, "docs")
        docs.mkdir()
        rng = random.Random(2)
        for number in range(passages // SECTIONS):
            sections = (
                f"## Part {part}\n\n{' '.join(rng.choices(words, k=90))}." for part in range(SECTIONS)
            )
            (docs / f"{number}.md").write_text(f"# Document {number}\n\n" + "\n\n".join(sections))
        with open_workplace(home) as work:
            work.ingest([DATA / "handbook"], collection="handbook")
            questions = [sample.question for sample in sample_questions() if sample.answer][:20]
            ask(work, questions[0])
            report("idle", [ask(work, question) for question in questions * 2])
            command = [sys.executable, "-m", "bot", "ingest", str(docs), "-c", "made"]
            begins = time.perf_counter()
            ingest = subprocess.Popen(
                command, env={**os.environ, "QUOTH_HOME": str(home)}, stdout=subprocess.DEVNULL
            )
            busy = list[float]()
            while ingest.poll() is None:
                busy.append(ask(work, questions[len(busy) % len(questions)]))
            report("during the ingest", busy)
            stored = sum(record.passages for record in work.store.documents(["made"]))
            print(
                f"{stored:,} passages ingested in {time.perf_counter() - begins:.0f} s beside the questions"
            )


def ask(work: Workplace, question: str) -> float:
    """Seconds of an answer from the handbook, which must stand in the store when it is given."""
    begins = time.perf_counter()
    outcome = work.ask(question, collections=["handbook"])
    seconds = time.perf_counter() - begins
    if isinstance(outcome, Answer):
        quote = outcome.quote
        assert work.store.text(quote.passage.document_id, quote.start, quote.end) == quote.text
    return seconds


def report(when: str, seconds: list[float]) -> None:
    p50, p95 = np.percentile(seconds, [50, 95])
    print(f"answers {when}: {len(seconds)}, p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms")


if __name__ == "__main__":
    main()
