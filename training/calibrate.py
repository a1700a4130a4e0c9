"""Fits the weights by which windows of a question compete (qa_engine/calibration.py), on train rows only.

    python -m training.calibrate [--model embedded] [--questions 3000] [--write]

All distinct train contexts go into one store; questions are asked of all of it, 20 passages are read
each, and the conditional logit is fitted by maximum likelihood.  Three in ten questions have no answer, since
people ask what the documents do not say about that often: an eighth are SQuAD 2.0's unanswerable ones, near
misses of what is said; of the others a tenth have the document with their answer taken away, and a tenth all
that comes near to them, too, as if nothing were said of their topic.

A third of the questions are about pages of companies, a third about invented countries (`invented.py`), which
have titles as the bot's documents have; a third about public paragraphs, which are stored without.  A bot
knows the pages of one company: those of all others are left out of what is found.

A reader is surer of what it has learned by heart, so only questions that no training asks are put
(`apart.py`).  Those about siblings that are nearly called the same (`pages/siblings.jsonl`) are left out:
they were written to mislead a reader, as few people's are, and would teach it to doubt what it knows.

All questions fit the weights; the printed figures and the thresholds for a share of wrong answers are of each
question under weights that were fitted to four fifths of the others.  What ships is a promise to people with
other documents: each threshold leaves room for chance, so that its share would be kept nineteen times in
twenty on other questions of this kind (`risk.py`).

But: the default threshold is the one for `--most-wrong`; whether that is what people want is not asked here.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from bot.commands.contexts import knowledge_base
from bot.composition import Workplace
from qa_engine.answerer import PASSAGES_READ
from qa_engine.calibration import Calibration
from qa_engine.fitting import Choice, Fitted, choice, fit
from qa_engine.models import write_manifest
from qa_engine.risk import calibration_error, risk_coverage
from qa_engine.squad import SquadRow
from training.apart import never_asked
from training.data import sample, train_rows
from training.invented import company, kind
from training.negatives import OPEN

SEED = 5
MISLEADING = {"invented_siblings"}
FOUND = 10 * PASSAGES_READ
"""Enough that those of other companies and those that are hidden can be left out."""

Hidden = Literal["nothing", "answer", "topic"]
"""What is taken out of a question's way: its own document, or also the passages that come nearest to it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--questions", type=int, default=3000)
    parser.add_argument("--most-wrong", type=float, default=0.2)
    parser.add_argument(
        "--sure", type=float, default=0.95, help="how probably a threshold's share holds for other questions"
    )
    parser.add_argument("--keep", type=Path, help="where the knowledge base is kept, and was kept before")
    parser.add_argument("--no-vectors", action="store_true", help="find passages by their words alone")
    parser.add_argument("--write", action="store_true", help="put the weights into the model's manifest")
    arguments = parser.parse_args()
    rows = train_rows()
    titles = {row.context: row.title for row in rows if company(row)}
    with knowledge_base(
        rows, titles=titles, model=arguments.model, keep=arguments.keep, vectors=not arguments.no_vectors
    ) as (work, sources):
        owners = {sources[row.context]: company(row) for row in rows}
        choices = []
        for row, hidden in questions(never_asked(rows), arguments.questions):
            choices.append(read(work, row, hidden, owners, sources[row.context]))
            if len(choices) % 250 == 0:
                print(f"read {len(choices)} questions", flush=True)
        fitted = fit(choices, Calibration(), most_wrong=arguments.most_wrong, sure=arguments.sure)
        report(fitted, choices)
        if arguments.write:
            write_manifest(replace(work.installed_model, calibration=fitted.calibration.to_json()))


def questions(rows: Sequence[SquadRow], size: int) -> list[tuple[SquadRow, Hidden]]:
    """Rows of open sets, each with what is to be hidden, in random order."""
    opened = [row for row in rows if row.source.startswith(OPEN) and row.source not in MISLEADING]
    answerable = _of_each_kind([row for row in opened if row.answerable], size - size // 8)
    unanswerable = _of_each_kind([row for row in opened if not row.answerable], size // 8)
    hidden: dict[int, Hidden] = {0: "answer", 5: "topic"}
    chosen = [(row, hidden.get(number % 10, "nothing")) for number, row in enumerate(answerable)]
    chosen += [(row, "nothing") for row in unanswerable]
    random.Random(SEED).shuffle(chosen)
    return chosen


def _of_each_kind(rows: Sequence[SquadRow], size: int) -> list[SquadRow]:
    """Rows drawn at random, a third of each kind; where a kind has too few, more of the next."""
    chosen: list[SquadRow] = []
    for left, wanted in zip((3, 2, 1), ("country", "company", "public"), strict=True):
        of_kind = [row for row in rows if kind(row) == wanted]
        chosen += sample(of_kind, (size - len(chosen)) // left, seed=SEED)
    return chosen


def read(work: Workplace, row: SquadRow, hidden: Hidden, owners: Mapping[str, str], own: str) -> Choice:
    """Ask for passages and read them, without those that are to be hidden and those of other companies.

    `owners`: the company that each document's source is about, empty for none.  `own`: the source of the
    row's document.
    """
    found = work.library.search(row.question, FOUND)
    found = [each for each in found if owners[each.passage.path] in ("", company(row))]
    if hidden != "nothing":
        found = [each for each in found if each.passage.path != own]
    if hidden == "topic":
        found = found[PASSAGES_READ:]
    references = [reference.text for reference in row.references]
    return choice(work.model.reader, row.question, found[:PASSAGES_READ], references)


def report(fitted: Fitted, choices: Sequence[Choice]) -> None:
    """Accuracy, calibration error and what each threshold would do."""
    confidence, right = fitted.confidence, fitted.right
    print(fitted.calibration)
    possible = sum(each.right.any() for each in choices)
    print(f"{len(choices)} questions, {possible / len(choices):.1%} with a right window among those read")
    print(f"best window right: {right.mean():.1%} of all, {right.sum() / possible:.1%} of those possible")
    print(f"expected calibration error: {calibration_error(confidence, right):.3f}")
    print(f"area under risk and coverage: {risk_coverage(confidence, right).area:.3f}")
    for threshold in (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        given = confidence >= threshold
        if given.any():
            print(
                f"at {threshold:.2f}: {given.mean():6.1%} answered, {right[given].mean():6.1%} of them right"
            )


if __name__ == "__main__":
    main()
