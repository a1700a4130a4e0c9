"""How much processor time `quoth stats` takes over many recorded questions: python -m benchmarks.stats

The questions are made up of words of the sample handbook, a third of them answered.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from pathlib import Path

from bot.asked import Asked, Place
from bot.commands.demo import DATA
from bot.composition import Workplace
from bot.records.questions import Found
from bot.records.records import Records
from bot.settings import Settings
from bot.stats import stats

QUESTIONS, RUNS = 30_000, 5


def main() -> None:
    """Print the median of some runs, in seconds of one processor."""
    chosen = random.Random(7)
    with tempfile.TemporaryDirectory() as folder, Workplace(Settings(home=Path(folder))) as work:
        work.ingest([DATA / "handbook"], collection="handbook")
        passages = [found.passage for found in work.library.search("leave laptop travel office", 100)]
        words = sorted({word for passage in passages for word in passage.text.split() if len(word) > 3})
        records = Records(work.settings.records)
        with records.database.writing():
            for number in range(QUESTIONS):
                first = [{"passage": chosen.choice(passages).id}]
                outcome = {
                    "answer": number % 3 == 0, "first": first, "seconds": {"read": chosen.random()},
                    "passages": [[passage.id, 1.0, 1.0, 0.1] for passage in passages[:20]],
                }  # fmt: skip
                text = " ".join(chosen.choices(words, k=7))
                asked = Asked(place=Place(team="T1", channel="C1"), person="U1", text=text, via="mention")
                records.add_answered(asked, Found(outcome=json.dumps(outcome)))
        times = []
        for _ in range(RUNS):
            begun = time.process_time()
            found = stats(work, records, since=0.0)
            times.append(time.process_time() - begun)
        records.close()
    print(f"{QUESTIONS:,} questions, {len(found.wanted):,} groups: {sorted(times)[RUNS // 2]:.2f} s")


if __name__ == "__main__":
    main()
