"""The checkpoint's own figure: PyTorch and transformers, sharing nothing with the runtime.

    python -m training.compare_checkpoint CHECKPOINT FILE [--limit N]

Windows are made by transformers' tokenizer (384 tokens, consecutive windows 128 apart), spans searched with
a full start x end matrix, float32 throughout.  The answerable rows of FILE are scored as `quoth eval squad
--answerable` does; the two figures belong side by side.

But: one window at a time, and slow.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from transformers import BertForQuestionAnswering, BertTokenizerFast

from qa_engine import squad

SIZE, STRIDE, QUESTION, ANSWER = 384, 128, 64, 30


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("file", type=Path)
    parser.add_argument("--limit", type=int)
    arguments = parser.parse_args()
    model = BertForQuestionAnswering.from_pretrained(arguments.checkpoint).float().eval()
    tokenizer = BertTokenizerFast(str(arguments.checkpoint / "vocab.txt"), do_lower_case=True)
    rows = [row for row in squad.read_rows(arguments.file) if row.answerable][: arguments.limit]
    answers = []
    for number, row in enumerate(rows, 1):
        answers.append((answer(model, tokenizer, row.question, row.context), 0.0))
        if number % 500 == 0:
            print(f"{number}/{len(rows)}", flush=True)
    result = squad.evaluate(rows, answers)
    print(f"{result.answerable} rows: EM {100 * (result.exact or 0):.2f}, F1 {100 * (result.f1 or 0):.2f}")


def answer(model: BertForQuestionAnswering, tokenizer: BertTokenizerFast, question: str, context: str) -> str:
    """The best span over all windows, by its logit less that of the window's [CLS]."""
    asked = tokenizer.decode(tokenizer(question, add_special_tokens=False)["input_ids"][:QUESTION])
    room = SIZE - 3 - len(tokenizer(asked, add_special_tokens=False)["input_ids"])
    encoded = tokenizer(
        asked, context, truncation="only_second", max_length=SIZE,
        stride=max(0, room - STRIDE),  # transformers counts the overlap, SQuAD the step
        return_overflowing_tokens=True, return_offsets_mapping=True,
    )  # fmt: skip
    best, text = -np.inf, ""
    for number, ids in enumerate(encoded["input_ids"]):
        types = torch.tensor([encoded["token_type_ids"][number]])
        with torch.no_grad():
            output = model(input_ids=torch.tensor([ids]), token_type_ids=types)
        start, end = output.start_logits[0].numpy(), output.end_logits[0].numpy()
        inside = np.array([part == 1 for part in encoded.sequence_ids(number)])
        table = start[:, None] + end[None, :] - start[0] - end[0]
        allowed = np.triu(np.ones_like(table, bool)) & ~np.triu(np.ones_like(table, bool), ANSWER)
        table[~(allowed & inside[:, None] & inside[None, :])] = -np.inf
        first, last = np.unravel_index(table.argmax(), table.shape)
        if table[first, last] > best:
            best = table[first, last]
            offsets = encoded["offset_mapping"][number]
            text = context[offsets[first][0] : offsets[last][1]]
    return text


if __name__ == "__main__":
    main()
