"""The mean of two checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from training.average import WEIGHTS, averaged, main


def test_weights_are_averaged_and_whole_numbers_are_not() -> None:
    """A fifth of the old ones, in the type that they had."""
    new: dict[str, NDArray[Any]] = {"weight": np.array([1.0, 2.0], np.float32), "positions": np.arange(3)}
    old: dict[str, NDArray[Any]] = {
        "weight": np.array([6.0, -3.0], np.float32),
        "positions": np.zeros(3, int),
    }
    mean = averaged(new, old, 0.2)
    assert mean["weight"].tolist() == [2.0, 1.0]
    assert mean["weight"].dtype == np.float32
    assert mean["positions"].tolist() == [0, 1, 2]


def test_different_checkpoints_have_no_mean() -> None:
    """By name or by shape."""
    one, other = {"weight": np.zeros(2)}, {"weight": np.zeros(3)}
    with pytest.raises(ValueError, match="different tensors"):
        averaged(one, other, 0.5)
    with pytest.raises(ValueError, match="different tensors"):
        averaged(one, {"bias": np.zeros(2)}, 0.5)


def test_a_folder_with_all_that_a_checkpoint_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The weights' mean, and the new one's config and vocabulary."""
    safetensors = pytest.importorskip("safetensors.numpy", reason="safetensors is for training only")
    for name, value in (("new", 1.0), ("old", 2.0)):
        (tmp_path / name).mkdir()
        safetensors.save_file({"weight": np.full(2, value)}, tmp_path / name / WEIGHTS)
        for file in ("config.json", "vocab.txt"):
            (tmp_path / name / file).write_text(name)
    folders = [str(tmp_path / name) for name in ("new", "old", "mean")]
    monkeypatch.setattr("sys.argv", ["average", *folders, "--share", "0.5"])
    main()
    assert safetensors.load_file(tmp_path / "mean" / WEIGHTS)["weight"].tolist() == [1.5, 1.5]
    assert {file.name for file in (tmp_path / "mean").iterdir()} == {WEIGHTS, "config.json", "vocab.txt"}
    assert (tmp_path / "mean" / "vocab.txt").read_text() == "new"
