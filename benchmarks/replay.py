"""quoth replay of 200 questions about the sample handbook, twice: how long it takes, and what differs.

Run: python -m benchmarks.replay
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from bot.commands.demo import DATA, sample_questions
from bot.composition import Workplace
from bot.replay import Case, replay, saved
from bot.settings import Settings
from qa_engine.answerer import PASSAGES_READ

QUESTIONS = 200


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, Workplace(Settings(home=Path(folder))) as work:
        work.ingest([DATA / "handbook"], collection="handbook")
        headings = [
            f"What about {section.heading_path[-1]} in {document.title}?"
            for document in work.store.documents()
            if (content := work.store.content(document.id)) is not None
            for section in content.sections
            if section.heading_path
        ]
        texts = [sample.question for sample in sample_questions()] + headings
        cases = [Case(question=text) for text in list(dict.fromkeys(texts))[:QUESTIONS]]
        runs = []
        for _ in range(2):
            begun = time.perf_counter()
            runs.append(saved(replay(work, cases, passages=PASSAGES_READ)))
            print(f"{len(cases)} questions in {time.perf_counter() - begun:.1f} s")
        print("the same" if runs[0] == runs[1] else "NOT the same")


if __name__ == "__main__":
    main()
