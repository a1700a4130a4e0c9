"""The cascade: a quick reader reads every passage, a thorough one the best few again.

BERT-large takes some thirty times as long as the embedded reader, and all twenty passages would take it many
seconds; three take it less than one.  The thorough reader is a second expert on the windows that it read:
within what they have together, probability moves to where both find the answer (a product of experts: Hinton,
"Training products of experts by minimizing contrastive divergence", 2002):

    P'(w) = (sum of P over the few) * P(w) * exp(u(w)) / sum over the few of P * exp(u)

with u the utility of the thorough reader's own score.  Where both agree the best window gains, where they
disagree it loses, and what is left for "no answer" and for all other windows stays as it was, since the
thorough reader has not seen them.

But: which span of a window is quoted is the thorough reader's choice; see `comparison.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qa_engine.calibration import Floats

CONFIRMED = 3
"""Passages that the thorough reader reads."""


def moved(probabilities: Floats, few: Sequence[int], utilities: Floats) -> Floats:
    """The probabilities after the thorough reader's word.

    `probabilities`, [n]: of all windows.  `few`: the numbers of those that were read again, with their
    `utilities`, [len(few)].
    """
    after = probabilities.copy()
    if not len(few):
        return after
    chosen = np.asarray(few, dtype=np.intp)
    weights = probabilities[chosen] * np.exp(utilities - utilities.max())
    whole = weights.sum()
    if whole > 0:
        after[chosen] = probabilities[chosen].sum() * weights / whole
    return after
