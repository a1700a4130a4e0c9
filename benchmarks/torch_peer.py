"""The reader as Hugging Face transformers runs it: its question-answering pipeline on PyTorch, in float32.

Needs the extra `bench`.  transformers 5 has no such pipeline any more.

But: the pipeline is asked as its documentation does, with its own defaults, so that its time holds
tokenising and searching spans, which OpenVINO's and ONNX Runtime's variants are not charged for.
"""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path

import torch
import transformers
from transformers import BertConfig, BertForQuestionAnswering, BertTokenizerFast, QuestionAnsweringPipeline

from benchmarks.turns import Variant
from qa_engine.runtime import Logits
from qa_engine.windows import Window
from training.bert_ir import BertShape, Weights

VERSIONS = f"PyTorch {torch.__version__}, transformers {transformers.__version__}"
OPSET = 17

transformers.logging.set_verbosity_error()


def write_checkpoint(folder: Path, shape: BertShape, weights: Weights, vocabulary: Path) -> None:
    """A checkpoint of these weights as transformers writes it."""
    model = BertForQuestionAnswering(
        BertConfig(
            vocab_size=shape.vocabulary,
            hidden_size=shape.hidden,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            intermediate_size=shape.intermediate,
            max_position_embeddings=shape.positions,
            layer_norm_eps=shape.epsilon,
        )
    )
    model.load_state_dict({name: torch.from_numpy(weights(name)) for name in model.state_dict()})
    model.save_pretrained(folder)
    shutil.copyfile(vocabulary, folder / "vocab.txt")


def pipeline(checkpoint: Path, question: str, texts: Sequence[str], *, threads: int) -> Variant:
    """All passages in one call of the pipeline, which reads them one by one at their own lengths."""
    model = BertForQuestionAnswering.from_pretrained(checkpoint, dtype=torch.float32).eval()
    tokenizer = BertTokenizerFast(str(checkpoint / "vocab.txt"), do_lower_case=True)
    answer = QuestionAnsweringPipeline(model=model, tokenizer=tokenizer, device="cpu")

    def run() -> object:
        torch.set_num_threads(threads)
        return answer(question=[question] * len(texts), context=list(texts))

    return run


def logits(checkpoint: Path, windows: Sequence[Window]) -> list[Logits]:
    """What the model itself says of the windows, to compare with the others."""
    model = BertForQuestionAnswering.from_pretrained(checkpoint, dtype=torch.float32).eval()
    found = []
    with torch.inference_mode():
        for window in windows:
            ids, types = (torch.from_numpy(row).long()[None] for row in (window.ids, window.types))
            output = model(input_ids=ids, token_type_ids=types)
            found.append(Logits(output.start_logits[0].numpy(), output.end_logits[0].numpy()))
    return found


def export_onnx(checkpoint: Path, file: Path) -> None:
    """The same model as ONNX, batch and length dynamic.

    By the tracing exporter and with plain attention: ONNX Runtime's optimiser knows that graph's patterns.
    """
    model = BertForQuestionAnswering.from_pretrained(
        checkpoint, dtype=torch.float32, attn_implementation="eager"
    )
    inputs = {name: torch.ones((1, 32), dtype=torch.long) for name in _INPUTS}
    names = [*_INPUTS, *_OUTPUTS]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the tracer, about constants that are meant to be ones
        torch.onnx.export(
            _Bare(model.eval()),
            tuple(inputs.values()),
            str(file),
            dynamo=False,
            input_names=list(_INPUTS),
            output_names=list(_OUTPUTS),
            dynamic_axes={name: {0: "batch", 1: "length"} for name in names},
            opset_version=OPSET,
        )


_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_OUTPUTS = ("output_s", "output_e")


class _Bare(torch.nn.Module):  # type: ignore[misc]
    """The model with its inputs in order and a plain tuple as output."""

    def __init__(self, model: BertForQuestionAnswering) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        output = self.model(input_ids=ids, attention_mask=mask, token_type_ids=types)
        return output.start_logits, output.end_logits
