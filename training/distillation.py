"""The loss by which the small reader learns what the teacher thinks of each token (Hinton et al., 2015).

The labels say where the answer is.  The teacher says also how sure that is, which other span would nearly
have done, and how close a passage without an answer comes to having one; of questions whose label is wrong
or incomplete it says what it makes of them.

But: no model here; what the logits are of, `train_reader` knows.
"""

from __future__ import annotations

import torch
from torch import Tensor

TEMPERATURE = 2.0
"""Flattens both distributions, so that the less probable places count."""


def divergence(logits: Tensor, taught: Tensor, allowed: Tensor) -> Tensor:
    """The mean divergence (Kullback and Leibler) of the teacher's distributions from the reader's, a scalar.

    `logits` and `taught`, [n, length, 2]: the reader's and the teacher's start and end.  `allowed`, bool
    [n, length]: the tokens of the passage; beside them stands [CLS], which is "not here".  Multiplied by the
    square of the temperature, so that the gradients do not shrink with it.
    """
    places = allowed.clone()
    places[:, 0] = True
    hidden = ~places.unsqueeze(-1)
    own, told = (
        torch.log_softmax((each.float() / TEMPERATURE).masked_fill(hidden, -torch.inf), dim=1)
        for each in (logits, taught)
    )
    # Where nothing is allowed both are -inf, and their difference is not a number.
    gap = (told - own).masked_fill(hidden, 0.0)
    total = (told.exp() * gap).sum(dim=1).mean()
    return TEMPERATURE**2 * total
