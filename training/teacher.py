"""The large reader that teaches the small one: all-mpnet-base-v2 (Song et al., "MPNet", 2020).

Its vocabulary is BERT's, moved by four, so that both readers see a window as the same tokens, and what the
one thinks of a token the other can be told.  MPNet knows no token types; where the question ends, its
separator says.

The lower layers are not learned, and nothing drops out in them: that spares a third of each step, and what
words are they know.

But: it never ships.  Of 110 million parameters, it is eight times as slow as the reader that does.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import pad

from training.attention import HIDDEN, attend
from training.dropout import ByteDropout
from training.packing import STEP, by_length

MODEL_TYPE = "mpnet"
FROZEN = 6
"""Layers, from the lowest, that are not learned."""

MOVED = 4
SPECIAL = {0: 1, 101: 0, 102: 2}
"""BERT's [PAD], [CLS] and [SEP], which are MPNet's <pad>, <s> and </s>."""
FIRST_POSITION = 2
BUCKETS, FURTHEST = 32, 128


class Teacher(nn.Module):  # type: ignore[misc]
    """Start and end logits of windows; parameters have the names that they have in MPNet's checkpoints."""

    def __init__(self, checkpoint: Path, *, dropout: float, precision: torch.dtype, fused: bool) -> None:
        super().__init__()
        self.precision = precision
        config = json.loads((checkpoint / "config.json").read_text())
        width, self.heads = config["hidden_size"], config["num_attention_heads"]
        epsilon = config["layer_norm_eps"]
        self.embeddings = nn.Module()
        self.embeddings.word_embeddings = nn.Embedding(config["vocab_size"], width)
        self.embeddings.position_embeddings = nn.Embedding(config["max_position_embeddings"], width)
        self.embeddings.LayerNorm = nn.LayerNorm(width, eps=epsilon)
        self.encoder = nn.Module()
        self.encoder.layer = nn.ModuleList(
            _Layer(
                width,
                self.heads,
                config["intermediate_size"],
                epsilon,
                dropout=0.0 if n < FROZEN else dropout,
                fused=fused,
            )
            for n in range(config["num_hidden_layers"])
        )
        self.encoder.relative_attention_bias = nn.Embedding(BUCKETS, self.heads)
        self.qa_outputs = nn.Linear(width, 2)
        nn.init.normal_(self.qa_outputs.weight, std=config["initializer_range"])
        nn.init.zeros_(self.qa_outputs.bias)
        tensors = {
            n: t for n, t in load_file(checkpoint / "model.safetensors").items() if n in self.state_dict()
        }
        missing = self.load_state_dict(tensors, strict=False).missing_keys
        if set(missing) - {"qa_outputs.weight", "qa_outputs.bias"}:
            raise ValueError(f"{checkpoint} is no MPNet: it lacks {', '.join(sorted(missing)[:3])}")
        self.register_buffer("ids_of", _ids(config["vocab_size"]), persistent=False)
        lower = [self.embeddings, self.encoder.relative_attention_bias, *self.encoder.layer[:FROZEN]]
        for part in lower:
            part.requires_grad_(False)

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:  # noqa: ARG002 as the small reader's
        """Logits, [windows, width, 2], of BERT's ids, types and mask, each [windows, width]."""
        width, order, found = ids.shape[1], [], []
        for rows, length in by_length(mask, STEP[self.precision]):
            own_ids, own_mask = (pad(each[rows], (0, length - width)) for each in (ids, mask))
            with torch.autocast(ids.device.type, self.precision, enabled=self.precision != torch.float32):
                logits = self._of_one_length(own_ids, own_mask)
            found.append(pad(logits.float(), (0, 0, 0, width - length)))
            order.append(rows)
        return torch.cat(found)[torch.cat(order).argsort()]

    def _of_one_length(self, ids: Tensor, mask: Tensor) -> Tensor:
        length = ids.shape[1]
        with torch.no_grad():
            places = torch.arange(length, device=ids.device) + FIRST_POSITION
            hidden = self.embeddings.LayerNorm(
                self.embeddings.word_embeddings(self.ids_of[ids])
                + self.embeddings.position_embeddings(places)
            )
            far = self.encoder.relative_attention_bias(relative_buckets(length).to(ids.device))  # q, k, heads
            bias = far.permute(2, 0, 1)[None] + (1.0 - mask[:, None, None].float()) * HIDDEN
            for layer in self.encoder.layer[:FROZEN]:
                hidden = layer(hidden, bias)
        for layer in self.encoder.layer[FROZEN:]:
            hidden = layer(hidden, bias)
        logits: Tensor = self.qa_outputs(hidden)
        return logits


class _Layer(nn.Module):  # type: ignore[misc]
    """One layer of the encoder, normalised behind each of its two parts."""

    def __init__(
        self, width: int, heads: int, inner: int, epsilon: float, *, dropout: float, fused: bool
    ) -> None:
        super().__init__()
        self.heads, self.fused = heads, fused
        self.attention = nn.Module()
        self.attention.attn = nn.ModuleDict({name: nn.Linear(width, width) for name in "qkvo"})
        self.attention.LayerNorm = nn.LayerNorm(width, eps=epsilon)
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(width, inner)})
        self.output = nn.ModuleDict(
            {"dense": nn.Linear(inner, width), "LayerNorm": nn.LayerNorm(width, eps=epsilon)}
        )
        self.dropout = ByteDropout(dropout)

    def forward(self, hidden: Tensor, bias: Tensor) -> Tensor:
        windows, length, _ = hidden.shape
        parts = self.attention.attn
        query, key, value = (
            parts[name](hidden).view(windows, length, self.heads, -1).transpose(1, 2) for name in "qkv"
        )
        added = parts["o"](attend(query, key, value, bias, fused=self.fused))
        hidden = self.attention.LayerNorm(hidden + self.dropout(added))
        added = self.output["dense"](nn.functional.gelu(self.intermediate["dense"](hidden)))
        normalised: Tensor = self.output["LayerNorm"](hidden + self.dropout(added))
        return normalised


def relative_buckets(length: int) -> Tensor:
    """For each pair of places the number of the bias of their distance, [length, length].

    Near distances have a bucket each, far ones share some, by their logarithm (Raffel et al., "T5", 2020).
    """
    places = torch.arange(length)
    distance = places[:, None] - places[None]
    half = BUCKETS // 2
    near = half // 2
    size = distance.abs()
    far = near + (
        torch.log(size.clamp(min=1).float() / near) / math.log(FURTHEST / near) * (half - near)
    ).long().clamp(max=half - 1 - near)
    return torch.where(distance < 0, half, 0) + torch.where(size < near, size, far)


def _ids(vocabulary: int) -> Tensor:
    """MPNet's id of each of BERT's."""
    ids = torch.arange(vocabulary - MOVED - 1) + MOVED
    for bert, mpnet in SPECIAL.items():
        ids[bert] = mpnet
    return ids
