"""Averages two checkpoints of one reader: `python -m training.average NEW OLD FOLDER --share 0.2`.

A run that goes on from a reader on other data gains there and forgets a little; a mean of the weights before
and after keeps most of both (Wortsman et al., "Robust fine-tuning of zero-shot models", 2022).

But: which share is best is measured on questions that were kept out of the training (`apart.py`).
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

WEIGHTS = "model.safetensors"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("new", type=Path)
    parser.add_argument("old", type=Path)
    parser.add_argument("folder", type=Path, help="where the mean goes")
    parser.add_argument("--share", type=float, default=0.2, help="how much of the mean is the old one's")
    arguments = parser.parse_args()
    from safetensors.numpy import (
        load_file,
        save_file,
    )  # of the extra `train`

    arguments.folder.mkdir(parents=True, exist_ok=True)
    new, old = (load_file(folder / WEIGHTS) for folder in (arguments.new, arguments.old))
    save_file(averaged(new, old, arguments.share), arguments.folder / WEIGHTS)
    for name in ("config.json", "vocab.txt"):
        shutil.copyfile(arguments.new / name, arguments.folder / name)


def averaged(
    new: Mapping[str, NDArray[Any]], old: Mapping[str, NDArray[Any]], share: float
) -> dict[str, NDArray[Any]]:
    """The weighted mean of each tensor; whole numbers (positions) are the new one's.

    Raises ValueError where the two have different tensors.
    """
    if {name: each.shape for name, each in new.items()} != {name: each.shape for name, each in old.items()}:
        raise ValueError("the two checkpoints have different tensors")
    return {
        name: ((1 - share) * each + share * old[name]).astype(each.dtype)
        if np.issubdtype(each.dtype, np.floating)
        else each
        for name, each in new.items()
    }


if __name__ == "__main__":
    main()
