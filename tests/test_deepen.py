"""A reader with more layers says at first what it said with fewer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")
pytest.importorskip("transformers", reason="the extra `train` is not installed")

from safetensors.torch import load_file, save_file  # noqa: E402
from transformers import BertConfig, BertForQuestionAnswering  # noqa: E402

from qa_engine.windows import Window  # noqa: E402
from training.average import WEIGHTS  # noqa: E402
from training.deepen import CONFIG, VOCABULARY, deepened, states, unmoving  # noqa: E402
from training.models import NEW_LAYERS, load_model, new_layers  # noqa: E402
from training.plan import Plan  # noqa: E402

LAYERS, WORDS = 3, 40


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reader of random weights, as `training.average` and its like write one."""
    folder = tmp_path_factory.mktemp("checkpoint")
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=WORDS, hidden_size=32, num_hidden_layers=LAYERS, num_attention_heads=4,
        intermediate_size=64, initializer_range=0.3,
    )  # fmt: skip
    (folder / CONFIG).write_text(json.dumps(config.to_dict()))
    (folder / VOCABULARY).write_text("".join(f"{number}\n" for number in range(WORDS)))
    save_file(BertForQuestionAnswering(config).state_dict(), folder / WEIGHTS)
    return folder


@pytest.fixture(scope="module")
def windows() -> list[Window]:
    draw = np.random.default_rng(5)
    made = []
    for length in (7, 12, 30):
        ids = draw.integers(0, WORDS, length).astype(np.int32)
        types = (np.arange(length) > length // 3).astype(np.int32)
        made.append(Window(ids=ids, types=types, passage=0, lead=length // 3, first=0, count=1))
    return made


@pytest.mark.parametrize("after", [[1], [2, 3], [1, 2, 3]])
def test_more_layers_say_the_same(
    checkpoint: Path, windows: list[Window], after: list[int], tmp_path: Path
) -> None:
    """To the logit, where no layer's scales and shifts have been trained yet."""
    deeper = deepened(load_file(checkpoint / WEIGHTS), states(checkpoint, windows), after)
    shutil.copytree(checkpoint, tmp_path, dirs_exist_ok=True)
    config = json.loads((checkpoint / CONFIG).read_text())
    (tmp_path / CONFIG).write_text(json.dumps(config | {"num_hidden_layers": LAYERS + len(after)}))
    save_file(deeper, tmp_path / WEIGHTS)
    old, new = (load_model(folder, dropout=0.0, fused=True).eval() for folder in (checkpoint, tmp_path))
    for window in windows:
        ids, types = (torch.from_numpy(each).long()[None] for each in (window.ids, window.types))
        with torch.no_grad():
            said, says = (model(ids, types, torch.ones_like(ids)) for model in (old, new))
        torch.testing.assert_close(says, said, atol=1e-4, rtol=1e-4)


def test_the_old_layers_keep_their_order(checkpoint: Path, windows: list[Window]) -> None:
    """A new one above the second: the third is then the fourth."""
    old = load_file(checkpoint / WEIGHTS)
    new = deepened(old, states(checkpoint, windows), [2])
    part = "bert.encoder.layer.{}.attention.self.query.weight"
    for before, behind in ((0, 0), (1, 1), (1, 2), (2, 3)):
        assert torch.equal(new[part.format(behind)], old[part.format(before)])
    assert len(new) - len(old) == (len(old) - 7) // LAYERS  # seven tensors are of no layer


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.floats(0.1, 5.0))
def test_a_norm_leaves_what_is_one_scale_of_the_normal(seed: int, scale: float) -> None:
    """Any shifts that every channel has."""
    torch.manual_seed(seed)
    normal = torch.nn.functional.layer_norm(torch.randn(200, 16), (16,))
    passing = normal * scale + 0.3
    norm = unmoving(passing)
    found = torch.nn.functional.layer_norm(passing, (16,)) * norm["weight"] + norm["bias"]
    torch.testing.assert_close(found, passing, atol=1e-3, rtol=1e-3)


def test_old_layers_learn_more_slowly(checkpoint: Path, tmp_path: Path) -> None:
    """Where there are new ones; else all learn alike."""
    config = json.loads((checkpoint / CONFIG).read_text())
    (tmp_path / CONFIG).write_text(json.dumps(config | {NEW_LAYERS: [1]}))
    plan = Plan(tokens=1, cooldown=0.5, rate=1e-4, old=0.3)
    names = [f"bert.encoder.layer.{layer}.output.dense.weight" for layer in (0, 1, 11)]
    shares = [
        [plan.share_of(name, new_layers(folder)) for name in [*names, "qa_outputs.weight"]]
        for folder in (tmp_path, checkpoint)
    ]
    assert shares == [[0.3, 1.0, 0.3, 0.3], [1.0] * 4]


def test_a_layer_that_there_is_not(checkpoint: Path, windows: list[Window]) -> None:
    """From 1 to the last."""
    for after in ([0], [LAYERS + 1], [1, 9]):
        with pytest.raises(ValueError, match="layers 1 to 3"):
            deepened(load_file(checkpoint / WEIGHTS), states(checkpoint, windows), after)
