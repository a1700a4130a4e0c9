"""What slips of the keyboard cost, and what mending them brings: `python -m benchmarks.slips --keep FOLDER`.

Train questions of open sets are asked of all train contexts, as they are and with one word of at least five
letters misspelled (a letter left out, put in, changed, or swapped with the next), each with and without
`retrieval.spelling`.

But: how people really slip (keys beside each other, sounds) is not modelled: all places and letters alike.
"""

from __future__ import annotations

import argparse
import random
from functools import partial
from pathlib import Path
from string import ascii_lowercase

from bot.commands.contexts import knowledge_base
from bot.commands.evaluate_retrieval import figures
from qa_engine.squad import normalise_answer
from retrieval.evaluation import JudgedQuestion, rank_all
from retrieval.live_index import LiveIndex
from training.data import sample, train_rows
from training.negatives import OPEN

SEED = 17
LONG_ENOUGH = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--keep", type=Path, help="where the knowledge base is kept, and was kept before")
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--no-vectors", action="store_true", help="find passages by their words alone")
    arguments = parser.parse_args()
    train = train_rows()
    opened = [row for row in train if row.source.startswith(OPEN) and row.answerable]
    asked = sample(opened, arguments.questions, seed=SEED)
    draw = random.Random(SEED)
    vectors = not arguments.no_vectors
    with knowledge_base(train, keep=arguments.keep, vectors=vectors) as (work, sources):
        encoder = work.encoder if vectors else None
        as_spelled = LiveIndex(work.store, encoder=encoder)
        mending = LiveIndex(work.store, encoder=encoder, is_word=work.tokenizer.is_word)
        for spelling in ("right", "one slip"):
            judged = [
                JudgedQuestion(
                    row.question if spelling == "right" else slipped(row.question, draw),
                    sources[row.context],
                    tuple(reference.text for reference in row.references),
                )
                for row in asked
            ]
            if spelling == "one slip":
                print("such as:", *(each.question for each in judged[:5]), sep="\n  ")
            for name, index in (("as spelled", as_spelled), ("mended", mending)):
                ranks = rank_all(
                    judged,
                    work.store,
                    partial(passage_ids, index),
                    normalise=normalise_answer,
                )
                print(f"{spelling}, {name}: {figures(ranks)}", flush=True)


def passage_ids(index: LiveIndex, question: str, k: int) -> list[int]:
    """What the index finds."""
    return [hit.passage_id for hit in index.find(question, k)]


def slipped(question: str, draw: random.Random) -> str:
    """The question with one slip in one of its longer words; without such a word as it is."""
    words = question.split(" ")
    chosen = [number for number, word in enumerate(words) if word.isalpha() and len(word) >= LONG_ENOUGH]
    if chosen:
        number = draw.choice(chosen)
        words[number] = _slip(words[number], draw)
    return " ".join(words)


def _slip(word: str, draw: random.Random) -> str:
    at, letter = draw.randrange(1, len(word) - 1), draw.choice(ascii_lowercase)  # the first is seldom wrong
    return draw.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
    )


if __name__ == "__main__":
    main()
