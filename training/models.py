"""The models that `train_reader` trains: the reader that ships, and the teacher.

Both take ids, token types and a mask, [windows, length] each, and return the logits of start and end,
[windows, length, 2].

But: which of the two is meant, the checkpoint says.
"""

from __future__ import annotations

import json
from pathlib import Path

from torch import Tensor, nn, stack
from transformers import BertForQuestionAnswering

from training.attention import register as register_attention
from training.data import QA_DATA
from training.dropout import with_byte_dropout
from training.teacher import MODEL_TYPE, Teacher

NEW_LAYERS = "new_layers"
"""Where a checkpoint's config.json names them."""
FROM_NOTHING = QA_DATA.parent / "models" / "minilm_l6_start"


class Student(BertForQuestionAnswering):  # type: ignore[misc]  # transformers is not typed here
    """The reader that ships: BERT's layers, the word embeddings frozen."""

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        """Logits, [windows, length, 2]."""
        output = super().forward(input_ids=ids, token_type_ids=types, attention_mask=mask)
        return stack((output.start_logits, output.end_logits), dim=-1)


def load_model(checkpoint: Path, *, dropout: float, fused: bool) -> nn.Module:
    """The checkpoint's model in float32.

    `fused`: with PyTorch's own attention, for cards and where bfloat16 is slow.
    """
    if is_teacher(checkpoint):
        return Teacher(checkpoint, dropout=dropout, fused=fused).float()
    model = Student.from_pretrained(
        checkpoint,
        attn_implementation="sdpa" if fused else register_attention(),
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=0.0,
    )
    model.bert.embeddings.word_embeddings.weight.requires_grad_(False)
    return with_byte_dropout(model.float())


def is_teacher(checkpoint: Path) -> bool:
    """Whether the folder holds the large model's weights."""
    found: str = json.loads((checkpoint / "config.json").read_text())["model_type"]
    return found == MODEL_TYPE


def new_layers(checkpoint: Path) -> frozenset[int]:
    """The layers, from 0, that `training.deepen` has put in; of most checkpoints none."""
    return frozenset(json.loads((checkpoint / "config.json").read_text()).get(NEW_LAYERS, ()))


def vocabulary(checkpoint: Path) -> Path:
    """The vocabulary that windows are cut with; the teacher's is the reader's, moved."""
    return (FROM_NOTHING if is_teacher(checkpoint) else checkpoint) / "vocab.txt"
