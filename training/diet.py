"""What a run asks: each question how often, by its set and by whether an earlier run has asked it.

A reader that is asked the same again learns it by heart, and what it learns of a near miss it learns the
first time.  So a run that goes on from another one's reader is told what that one asked (`--asked`), and asks
the questions that we wrote mostly once.  Of the public sets a part is asked in each run, else it forgets how
crowd workers ask.  Where all were asked, or the lists are lost, every question counts as asked (`--again`).

But: in which order, and with which passages beside, is drawn in `groups.py`.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping

from qa_engine.squad import SquadRow

Shares = Mapping[str, float]
"""How often a question is asked in a pass, by the start of its source's name; the first that fits holds."""

ANEW: Shares = {
    "invented_sections": 0.3, "invented_siblings": 0.3, "invented_situations": 0.3, "invented_worlds": 0.2,
    "invented": 0.3,
    "squad11": 0.5, "squad_train": 0.5, "squad2_": 0.5, "squad_written": 0.5, "squadshifts_new_wiki": 0.15,
    "qed_nq": 0.1, "nq_oracle": 0.15, "cpgqa": 0.15, "sleepqa": 0.15, "tatqa": 0.15, "quoref": 0.2,
    "covid_qa": 0.05, "squadshifts": 0.03, "policyqa": 0.02, "fairytaleqa": 0.02, "friendsqa": 0.02,
    "qamr": 0.01,
}  # fmt: skip
"""For who begins with a reader that was never asked anything."""
ON: Shares = {
    "invented_sections": 1.0, "invented_siblings": 1.0, "invented_situations": 0.7, "invented_worlds": 0.12,
    "invented": 0.4,
    "squad11": 0.45, "squad_train": 0.45, "squad2_": 0.5, "squad_written_wrong_word": 0.7,
    "squad_written": 0.08, "squadshifts_new_wiki": 0.2, "qed_nq": 0.2, "nq_oracle": 0.25, "cpgqa": 0.2,
    "sleepqa": 0.2, "tatqa": 0.2, "quoref": 0.2, "covid_qa": 0.1, "squadshifts": 0.05, "policyqa": 0.05,
    "fairytaleqa": 0.05, "friendsqa": 0.05, "qamr": 0.01,
}  # fmt: skip
"""For who goes on from a reader: run 9's."""
AGAIN: Shares = {
    "invented_sections": 0.2, "invented_siblings": 0.2, "invented_situations": 0.2, "invented_worlds": 0.04,
    "invented": 0.15,
    "squad11": 0.55, "squad_train": 0.55, "squad2_": 0.7, "squad_written_wrong_word": 0.16,
    "squad_written": 0.04, "squadshifts_new_wiki": 0.1, "qed_nq": 0.1, "nq_oracle": 0.1, "cpgqa": 0.1,
    "sleepqa": 0.1, "tatqa": 0.1, "quoref": 0.1, "covid_qa": 0.02, "squadshifts": 0.03, "policyqa": 0.03,
    "fairytaleqa": 0.03, "friendsqa": 0.03, "qamr": 0.01,
}  # fmt: skip
"""Of questions that an earlier run has asked, at most: run 10's, before which all were."""


class Diet:
    """The shares of one run; `asked`: the ids of the questions that earlier runs asked."""

    def __init__(self, shares: Shares = ON, asked: Collection[str] = ()) -> None:
        self._shares, self._asked = shares, frozenset(asked)

    def after(self, asked: Collection[str]) -> Diet:
        """The same when these were asked, too."""
        return Diet(self._shares, self._asked.union(asked))

    def times(self, row: SquadRow, draw: random.Random) -> int:
        """How often a question is asked in a pass; what is left of a whole number is drawn.

        Raises ValueError for a set that has no share.
        """
        share, again = _share(self._shares, row), _share(AGAIN, row)
        if share is None or again is None:
            raise ValueError(f"how often to ask questions of {row.source} is not said in diet.py")
        if row.id in self._asked:
            share = min(share, again)
        return int(share) + (draw.random() < share % 1)


def _share(shares: Shares, row: SquadRow) -> float | None:
    return next((share for start, share in shares.items() if row.source.startswith(start)), None)
