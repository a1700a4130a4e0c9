"""The loss by which the scores of different passages become comparable.

Two terms, each for the start and the end of the answer:

- In each window alone: cross-entropy over its passage tokens and [CLS], which stands for "not here"
  (Devlin et al., BERT, 2019).  It teaches where the answer lies, and what no answer looks like.
- Over all windows of a question together (shared normalisation: Clark and Gardner, "Simple and Effective
  Multi-Paragraph Reading Comprehension", 2018): cross-entropy over the log-odds of every passage token of
  every window against its own window's [CLS], with one more entry, 0, for "none of them".  These log-odds are
  what the bot compares (`qa_engine.reader.Candidate.score`).

But: no model here, and no gradient step.
"""

from __future__ import annotations

import torch
from torch import Tensor


def loss(
    logits: Tensor, allowed: Tensor, targets: Tensor, groups: Tensor, *, shared: float
) -> tuple[Tensor, Tensor]:
    """The two terms' weighted sum and the share of windows whose best start is right; both scalars.

    `logits`, [n, length, 2]: start and end.  `allowed`, bool [n, length]: the tokens of the passage.
    `targets`, [n, 2]: first and last token of the answer, 0 ([CLS]) where it is not in the window.
    `groups`, [n]: the number of each window's question, from 0.  `shared`: the weight of the second term.
    """
    masked = logits.float().masked_fill(~allowed.unsqueeze(-1), -torch.inf)
    nothing = logits[:, :1].float()
    rows = torch.arange(len(logits))
    questions = int(groups.max()) + 1
    total = logits.new_zeros((), dtype=torch.float32)
    with_nothing = torch.cat((nothing, masked[:, 1:]), dim=1)
    for side in (0, 1):
        alone = torch.nn.functional.cross_entropy(with_nothing[:, :, side], targets[:, side])
        odds = masked[:, :, side] - nothing[:, :, side]
        mass = torch.logsumexp(odds, dim=1)
        table = mass.new_full((questions, len(rows)), -torch.inf)
        table[groups, rows] = mass
        table = torch.cat((table, table.new_zeros((questions, 1))), dim=1)  # the entry "none of them"
        whole = torch.logsumexp(table, dim=1)
        answered = targets[:, side] > 0
        gold = whole.new_zeros(questions).index_put(
            (groups[answered],), odds[rows[answered], targets[answered, side]]
        )
        total = total + alone + shared * (whole - gold).mean()
    right = (with_nothing[:, :, 0].argmax(dim=1) == targets[:, 0]).float().mean()
    return total / 2, right
