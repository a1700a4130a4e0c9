"""The models that `train_reader` trains: the reader that ships, and the teacher.

Both take ids, token types and a mask, [windows, width] each, and return the logits of start and end,
[windows, width, 2].

But: which of the two is meant, the checkpoint says.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import nn

from training.data import QA_DATA
from training.dropout import with_byte_dropout
from training.student import Student
from training.teacher import MODEL_TYPE, Teacher

NEW_LAYERS = "new_layers"
"""Where a checkpoint's config.json names them."""
FROM_NOTHING = QA_DATA.parent / "models" / "minilm_l6_start"


def load_model(
    checkpoint: Path, *, dropout: float, precision: torch.dtype = torch.float32, fused: bool = True
) -> nn.Module:
    """The checkpoint's model, its parameters in float32.

    `precision`: matrices are multiplied in it, float32 or bfloat16.  `fused`: with PyTorch's own attention,
    for cards and where bfloat16 is slow.
    """
    if is_teacher(checkpoint):
        return Teacher(checkpoint, dropout=dropout, precision=precision, fused=fused).float()
    model = Student.from_pretrained(checkpoint, hidden_dropout_prob=dropout, attention_probs_dropout_prob=0.0)
    model.precision, model.fused = precision, fused
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
