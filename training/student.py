"""The reader that ships, as it is trained: BERT's layers (Devlin et al., 2019), the word embeddings frozen.

The parameters are those of transformers' model, under its names; how they are applied is written here, over
the tokens of all windows behind one another (`packing.py`), which reads a quarter more of them a second.
Matrix products are in `precision`, what is added up from layer to layer stays in float32.

But: only for windows that start with their tokens; what fills them up has logits of 0.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, linear, pad
from transformers import BertForQuestionAnswering

from training.attention import HIDDEN, attend
from training.packing import STEP, Packing


class Student(BertForQuestionAnswering):  # type: ignore[misc]  # transformers is not typed here
    """Start and end logits of windows."""

    precision: torch.dtype = torch.float32
    fused = True

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        """Logits, [windows, width, 2] in float32, of ids, types and mask, each [windows, width]."""
        packing = Packing(mask, STEP[self.precision])
        places = torch.arange(ids.shape[1], device=ids.device).expand_as(ids)
        embeddings = self.bert.embeddings
        hidden = embeddings.dropout(
            embeddings.LayerNorm(
                embeddings.word_embeddings(packing.pack(ids))
                + embeddings.position_embeddings(packing.pack(places))
                + embeddings.token_type_embeddings(packing.pack(types))
            )
        )
        for layer in self.bert.encoder.layer:
            attention, output = layer.attention.output, layer.output
            added = self._linear(self._attended(layer.attention.self, hidden, packing), attention.dense)
            hidden = attention.LayerNorm(hidden + attention.dropout(added))
            added = self._linear(gelu(self._linear(hidden, layer.intermediate.dense)), output.dense)
            hidden = output.LayerNorm(hidden + output.dropout(added))
        return packing.unpack(self.qa_outputs(hidden))

    def _attended(self, part: nn.Module, hidden: Tensor, packing: Packing) -> Tensor:
        """What each token takes from those of its own window, [places, hidden size]."""
        heads, width = part.num_attention_heads, part.attention_head_size
        three = self._linear(hidden, part.query, part.key, part.value)
        found = []
        for bucket in packing.buckets:
            shape = bucket.windows, bucket.length, 3, heads, width
            query, key, value = bucket.apart(three).view(shape).permute(2, 0, 3, 1, 4)
            bias = torch.where(bucket.held, 0.0, HIDDEN)[:, None, None]
            found.append(bucket.together(attend(query, key, value, bias, fused=self.fused)))
        return pad(torch.cat(found), (0, 0, 0, packing.empty))

    def _linear(self, hidden: Tensor, *parts: nn.Linear) -> Tensor:
        """What the parts make of the same tokens, side by side, by one product of matrices."""
        weight, bias = (torch.cat(each) for each in zip(*((p.weight, p.bias) for p in parts), strict=True))
        return linear(hidden.to(self.precision), weight.to(self.precision), bias.to(self.precision))
