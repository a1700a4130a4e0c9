"""Hard negatives: for each question the passages that BM25 finds and that do not hold the answer.

That is what the bot meets: of 20 passages read, one answers and 19 look as if they did.  A question about an
invented company (`invented.py`) is asked of that company's other pages first, as the bot would: they speak of
the same shifts and the same mate.  Another company's pages are no wrong passages, since they may well say how
long parental leave is, in their own way.

But: a passage that answers in other words than any annotator's counts as wrong; there are few.
"""

from __future__ import annotations

import sys

import numpy as np
import numpy.typing as npt

from qa_engine.squad import normalise_answer
from retrieval.bm25 import BM25Index
from retrieval.postings import count_postings
from retrieval.terms import question_terms, terms
from training.examples import Corpus
from training.invented import company

Passages = npt.NDArray[np.int32]

DEPTH = 12
MISSING = -1

# Sets whose questions can be understood without their paragraph; the others say "he" or "the company", or ask
# what every passage of the set answers in its own way.
OPEN = (
    "squad11", "squad_train", "squad2_", "squad_written", "squadshifts_new_wiki", "qed_nq", "nq_oracle",
    "sleepqa", "cpgqa", "invented",
)  # fmt: skip


def mine(corpus: Corpus) -> Passages:
    """For each example up to `DEPTH` passages, best first, shape [examples, DEPTH], `MISSING` behind.

    A question of a set that is not open has none; nor is the example's own passage one, nor any passage
    with the text of one of the references.  A company's own pages stand before all others, and another
    company's are left out.
    """
    numbers: dict[str, int] = {}
    index = BM25Index(k1=1.2)
    postings = [
        count_postings([numbers.setdefault(term, len(numbers)) for term in terms(text)])
        for text in corpus.texts
    ]
    index.add(
        passage_ids=np.arange(len(postings)),
        document_ids=np.arange(len(postings)),
        collections=0,
        lengths=[len(each) for each in postings],
        postings=np.concatenate(postings),
    )
    normal = [f" {normalise_answer(text)} " for text in corpus.texts]
    owner = {example.passage: company(row) for example, row in zip(corpus.examples, corpus.rows, strict=True)}
    pages_of: dict[str, list[int]] = {}
    for passage, name in owner.items():
        if name:
            pages_of.setdefault(name, []).append(passage)
    found = np.full((len(corpus.examples), DEPTH), MISSING, dtype=np.int32)
    for number, (example, row) in enumerate(zip(corpus.examples, corpus.rows, strict=True)):
        if not example.source.startswith(OPEN):
            continue
        asked = [numbers[term] for term in question_terms(row.question) if term in numbers]
        references = [f" {normalise_answer(reference.text)} " for reference in row.references]
        own = company(row)
        hits = [hit.passage_id for hit in index.search(asked, 3 * DEPTH)]
        wrong = [
            passage
            for passage in pages_of.get(own, []) + [each for each in hits if not owner[each]]
            if passage != example.passage
            and not any(reference in normal[passage] for reference in references)
        ][:DEPTH]
        found[number, : len(wrong)] = wrong
        if number % 20_000 == 0:
            print(f"mined {number:,} of {len(found):,}", file=sys.stderr, flush=True)
    return found
