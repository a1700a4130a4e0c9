"""The tokens of several windows behind one another, without what fills the shorter ones up.

All of a layer but its attention looks at each token alone, and is spared a fifth of its work when there are
no others than those of the windows (Krell et al., "Efficient Sequence Packing without Cross-contamination",
2021).  For attention the windows are taken apart again, those of about the same length together.

But: no layer here; windows are filled up behind their tokens, never before or between.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad

STEP = {torch.bfloat16: 64, torch.float32: 8}
"""Lengths come in steps of so many tokens, and so does what is packed, by the type that matrices are
multiplied in: in bfloat16 every new shape costs oneDNN a compilation; in float32 none does, and 8 spare most
of what is filled up."""


def by_length(mask: Tensor, step: int) -> list[tuple[Tensor, int]]:
    """The numbers of the windows whose lengths round up to the same, and to which; the shortest first.

    `mask`, [windows, width]: 1 for a window's tokens, 0 behind them.
    """
    lengths = -(-mask.sum(dim=1) // step) * step
    return [((lengths == each).nonzero()[:, 0], int(each)) for each in lengths.unique()]


@dataclass(frozen=True, slots=True)
class Bucket:
    """Windows of about the same length, and where their tokens lie among those that are packed."""

    windows: int
    length: int
    tokens: slice
    held: Tensor  # bool [windows, length]: which places have a token
    places: Tensor  # their numbers, of all windows * length

    def apart(self, packed: Tensor) -> Tensor:
        """The windows of packed values [tokens, width], filled up with 0: [windows, length, width]."""
        spread: Tensor = _Spread.apply(packed[self.tokens], self.places, self.windows * self.length)
        return spread.view(self.windows, self.length, -1)

    def together(self, values: Tensor) -> Tensor:
        """Back again: of [windows, length, width] what the tokens have, [tokens of the bucket, width]."""
        picked: Tensor = _Pick.apply(values.reshape(self.windows * self.length, -1), self.places)
        return picked


class Packing:
    """Where each token of windows lies, once they are packed."""

    def __init__(self, mask: Tensor, step: int) -> None:
        """`mask`, [windows, width]: 1 for a window's tokens, 0 behind them."""
        self.windows, self.width = mask.shape
        self.buckets: list[Bucket] = []
        places, first = [], 0
        numbers = torch.arange(mask.numel(), device=mask.device).view_as(mask)
        for rows, length in by_length(mask, step):
            own = mask[rows].bool()
            held = pad(own, (0, length - self.width))
            tokens = slice(first, first + int(own.sum()))
            self.buckets.append(Bucket(len(rows), length, tokens, held, held.flatten().nonzero()[:, 0]))
            places.append(numbers[rows][own])
            first = tokens.stop
        self.places = torch.cat(places)
        self.empty = -first % step
        """Places behind the last token, so that there are whole steps of them."""

    def pack(self, values: Tensor) -> Tensor:
        """What tokens have of values [windows, width], packed: [places], the empty ones last with 0."""
        return pad(values.flatten()[self.places], (0, self.empty))

    def unpack(self, packed: Tensor) -> Tensor:
        """The windows' values of packed ones [places, n], 0 where no token is: [windows, width, n]."""
        tokens = packed[: len(self.places)]
        spread: Tensor = _Spread.apply(tokens, self.places, self.windows * self.width)
        return spread.view(self.windows, self.width, -1)


class _Spread(torch.autograd.Function):  # type: ignore[misc]  # PyTorch is not typed here
    """Rows to their places, each to its own; PyTorch's indexing would add up where it need only copy."""

    @staticmethod
    def forward(context: Any, rows: Tensor, places: Tensor, size: int) -> Tensor:
        context.save_for_backward(places)
        return _laid(rows, places, size)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        (places,) = context.saved_tensors
        return gradient.index_select(0, places), None, None


class _Pick(torch.autograd.Function):  # type: ignore[misc]
    """Rows from their places, no place twice: what undoes `_Spread`."""

    @staticmethod
    def forward(context: Any, values: Tensor, places: Tensor) -> Tensor:
        context.save_for_backward(places)
        context.size = len(values)
        return values.index_select(0, places)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (places,) = context.saved_tensors
        return _laid(gradient, places, context.size), None


def _laid(rows: Tensor, places: Tensor, size: int) -> Tensor:
    return rows.new_zeros((size, rows.shape[1])).index_copy_(0, places, rows)
