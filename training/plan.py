"""How a run goes: its learning rate over time, and which groups are read in one step.

But: what is done in a step is in `train_reader.py`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from training.groups import Group, Groups

SEED = 11
_LAYER = re.compile(r"\.layer\.(\d+)\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Settings of a run."""

    tokens: int
    cooldown: float
    rate: float
    warmup: int = 100  # steps
    step_tokens: int = 8192
    decay: float = 0.01
    average: float = 0.998
    shared: float = 0.5
    taught: float = 0.7  # the part of the loss that is the teacher's, where there is one
    dropout: float = 0.1
    old: float = 1.0  # the part of the rate with which old layers learn, where there are new ones
    seed: int = SEED

    def rate_at(self, step: int, tokens: int) -> float:
        """The learning rate: warm-up by steps, then by the share of the tokens that is left."""
        left = max(0.0, 1 - tokens / self.tokens)
        falling = min(1.0, left / self.cooldown) if self.cooldown else 1.0
        return self.rate * min(1.0, (step + 1) / self.warmup) * falling

    def share_of(self, parameter: str, new_layers: Collection[int]) -> float:
        """The part of the rate with which a parameter learns.

        What new layers begin with means little, and what the others know is soon forgotten.
        """
        layer = _LAYER.search(parameter)
        is_new = layer is not None and int(layer[1]) in new_layers
        return 1.0 if is_new or not new_layers else self.old


def batches(
    groups: Groups, at: tuple[int, int], tokens: int
) -> Iterator[tuple[tuple[int, int], list[Group]]]:
    """Batches of groups of about `tokens` tokens, and where the group after each lies."""
    batch: list[Group] = []
    size = 0
    for number, place, group in groups.from_(*at):
        batch.append(group)
        size += sum(len(window.ids) for window in group)
        if size >= tokens:
            yield (number, place + 1), batch
            batch, size = [], 0
