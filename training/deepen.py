"""Gives a checkpoint more layers, which at first change nothing: `python -m training.deepen OLD FOLDER`.

A reader that has learned what its layers can hold goes on from here with more of them, and loses nothing on
the way (Wu et al., "LLaMA Pro: Progressive LLaMA with Block Expansion", 2024).  Each new layer is a copy of
the one below it whose two parts add nothing yet, since the matrices by which they add are zero.  Ours
normalise behind each addition, and so would move what passes; their scales and shifts are therefore fitted,
channel by channel, by least squares to leave hidden states as they come (`unmoving`).

`python -m training.train_reader --start FOLDER --old 0.3` then lets the others learn more slowly.

But: nearly nothing: states of one token have a little other mean and variance than another's.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from qa_engine.tokens import Tokenizer
from qa_engine.windows import Window
from training.average import WEIGHTS
from training.export_reader import calibration_windows
from training.models import NEW_LAYERS, load_model

CONFIG, VOCABULARY = "config.json", "vocab.txt"
LAYER = re.compile(r"bert\.encoder\.layer\.(\d+)\.(.+)")
NORMS = ("attention.output.LayerNorm", "output.LayerNorm")
ADDING = ("attention.output.dense", "output.dense")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("old", type=Path)
    parser.add_argument("folder", type=Path, help="where the deeper checkpoint goes")
    parser.add_argument(
        "--after", type=int, nargs="+", default=[2, 4, 6], help="layers, from 1, that get another one above"
    )
    arguments = parser.parse_args()
    windows = calibration_windows(Tokenizer(arguments.old / VOCABULARY))
    tensors = deepened(
        load_file(arguments.old / WEIGHTS), states(arguments.old, windows), sorted(arguments.after)
    )
    arguments.folder.mkdir(parents=True, exist_ok=True)
    config = json.loads((arguments.old / CONFIG).read_text())
    config["num_hidden_layers"] += len(arguments.after)
    config[NEW_LAYERS] = [layer + before for before, layer in enumerate(sorted(arguments.after))]
    (arguments.folder / CONFIG).write_text(json.dumps(config, indent=2) + "\n")
    shutil.copyfile(arguments.old / VOCABULARY, arguments.folder / VOCABULARY)
    save_file(tensors, arguments.folder / WEIGHTS)
    print(f"{config['num_hidden_layers']} layers in {arguments.folder}")


def states(checkpoint: Path, windows: Sequence[Window]) -> list[Tensor]:
    """What comes out of the embeddings and of each layer, [tokens, hidden] of all windows."""
    bert = load_model(checkpoint, dropout=0.0, fused=True).eval().bert
    seen: list[list[Tensor]] = []
    with torch.no_grad():
        for window in windows:
            ids, types = (torch.from_numpy(each).long()[None] for each in (window.ids, window.types))
            found = bert(input_ids=ids, token_type_ids=types, output_hidden_states=True).hidden_states
            seen.append([each[0] for each in found])
    return [torch.cat(of_layer) for of_layer in zip(*seen, strict=True)]


def deepened(
    tensors: Mapping[str, Tensor], seen: Sequence[Tensor], after: Sequence[int]
) -> dict[str, Tensor]:
    """The tensors of a reader with a new layer above each of the layers `after` (from 1, ascending).

    `seen`: what comes out of each layer, from the embeddings on, [tokens, hidden] each.

    Raises ValueError for a layer that there is not.
    """
    if not set(after) <= set(range(1, len(seen))):
        raise ValueError(f"there are layers 1 to {len(seen) - 1}, and not all of {after}")
    found: dict[str, Tensor] = {}
    for name, values in tensors.items():
        match = LAYER.fullmatch(name)
        if match is None:
            found[name] = values
            continue
        number, part = int(match[1]), match[2]
        moved = number + sum(each <= number for each in after)
        found[f"bert.encoder.layer.{moved}.{part}"] = values
        if number + 1 in after:
            found[f"bert.encoder.layer.{moved + 1}.{part}"] = _first(part, values, seen[number + 1])
    return found


def _first(part: str, below: Tensor, passing: Tensor) -> Tensor:
    """What a tensor of a new layer is at first; `below`: the same of the layer that it copies."""
    owner, _, name = part.rpartition(".")
    if owner in NORMS:
        return unmoving(passing)[name]
    return torch.zeros_like(below) if owner in ADDING else below.clone()


def unmoving(passing: Tensor) -> dict[str, Tensor]:
    """`weight` and `bias` of a layer norm that leaves states [tokens, hidden] most nearly as they are."""
    normal = torch.nn.functional.layer_norm(passing, passing.shape[-1:])
    mean, mean_normal = passing.mean(dim=0), normal.mean(dim=0)
    together = ((normal - mean_normal) * (passing - mean)).mean(dim=0)
    weight = together / normal.var(dim=0, unbiased=False)
    return {"weight": weight, "bias": mean - weight * mean_normal}


if __name__ == "__main__":
    main()
