"""What the reader's benchmarks read: twenty passages of the sample handbook and one question.

But: a sample for speed.  Whether the answers are right is not asked here.
"""

from __future__ import annotations

import random

from bot.commands.demo import DATA
from qa_engine.models import EMBEDDED
from qa_engine.tokens import Tokenizer, Tokens
from qa_engine.windows import Window, windows
from retrieval.intake import PassageSettings
from retrieval.passages import passages
from retrieval.readers.registry import read

QUESTION = "How many days of unused leave may I carry over into the next year?"
PASSAGES = 20
LEAST, MOST = 60, 250  # tokens of a passage, the question not counted


def sample_texts() -> list[str]:
    """The passages, the same on every run."""
    return [text for text, _ in _sample(Tokenizer(EMBEDDED / "vocab.txt"))]


def sample_windows() -> list[Window]:
    """The question with each of the passages, ready for the model."""
    tokenizer = Tokenizer(EMBEDDED / "vocab.txt")
    return windows(tokenizer(QUESTION), [tokens for _, tokens in _sample(tokenizer)], tokenizer)


def _sample(tokenizer: Tokenizer) -> list[tuple[str, Tokens]]:
    handbook = sorted(path for path in (DATA / "handbook").rglob("*") if path.is_file())
    documents = [read(path.read_bytes(), path.name) for path in handbook]
    settings = PassageSettings(measure=tokenizer.count)
    texts = [
        document.text[passage.start : passage.end]
        for document in documents
        for passage in passages(document, measure=settings.measure, size=settings.size)
    ]
    fitting = [
        (text, tokens)
        for text, tokens in zip(texts, tokenizer.batch(texts), strict=True)
        if LEAST <= len(tokens) <= MOST
    ]
    return random.Random(1).sample(fitting, PASSAGES)
