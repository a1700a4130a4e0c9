"""The runtime, with OpenVINO itself on a tiny reader."""

from __future__ import annotations

import itertools
import logging
import re
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import openvino as ov
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.runtime import BATCH, GRAIN, ROWS, STREAMS, Logits, OpenVinoRuntime
from qa_engine.windows import SIZE, Window
from tests.tiny_reader import WORDS, save, tiny_model, with_frozen_mask, with_mixed_rows, with_position_ids
from tests.tiny_windows import LENGTHS, TOLERANCE, WINDOWS, by_hand, distance, window


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> OpenVinoRuntime:
    return OpenVinoRuntime(save(tiny_model(), tmp_path_factory.mktemp("tiny")), precision="f32", threads=2)


VARIANTS: dict[str, tuple[Callable[[], ov.Model], int | None]] = {
    "dynamic": (tiny_model, None),
    "static": (lambda: tiny_model(length=SIZE), None),
    "frozen positions": (lambda: tiny_model(length=SIZE, frozen_positions=True), SIZE),
    "frozen mask": (lambda: with_frozen_mask(tiny_model(length=SIZE), SIZE), SIZE),
    "four inputs": (lambda: with_position_ids(tiny_model()), None),
    "four inputs, static": (lambda: with_position_ids(tiny_model(length=SIZE), SIZE), None),
}

"""Kinds of the same reader, and the length at which each must be kept."""


@pytest.mark.parametrize("kind", VARIANTS)
def test_every_kind_of_reader_gives_the_same_logits(
    kind: str, tmp_path: Path, expected: list[Logits]
) -> None:
    """Dynamic or static, three inputs or four: the oracle's logits, window by window, in the order given.

    A static model that can be reshaped is; one whose reshape is a lie keeps its length and still answers.
    """
    make, length = VARIANTS[kind]
    found = OpenVinoRuntime(save(make(), tmp_path), precision="f32")
    assert found.fixed_length == length
    assert found.size == SIZE
    assert found.vocabulary == len(WORDS)
    logits = found.infer(WINDOWS)
    assert [len(each.start) for each in logits] == list(LENGTHS)
    assert distance(logits, expected) < TOLERANCE


def test_padding_changes_nothing(tmp_path: Path, expected: list[Logits]) -> None:
    """At the exact length, rounded up to the grain, and padded to 384: the same logits in float32."""
    padded = OpenVinoRuntime(save(tiny_model(length=SIZE), tmp_path), precision="f32", dynamic=False)
    assert padded.fixed_length == SIZE
    assert distance(padded.infer(WINDOWS), expected) < TOLERANCE


def test_logits_depend_on_every_token(runtime: OpenVinoRuntime) -> None:
    """The tolerance above would not hide a wrong input: one other token moves the logits far."""
    one = window(40)
    ids = one.ids.copy()
    ids[20] = 5 + ids[20] % 50
    types = one.types.copy()
    types[20] = 1 - types[20]
    for other in (Window(ids, one.types, 0, 0, 0, 40), Window(one.ids, types, 0, 0, 0, 40)):
        assert distance(runtime.infer([one]), runtime.infer([other])) > 100 * TOLERANCE


def test_a_short_model_reads_short_windows(tmp_path: Path) -> None:
    """A model made for fewer than 384 tokens says so, and refuses more."""
    length = 250
    assert length % GRAIN
    short = OpenVinoRuntime(
        save(with_position_ids(tiny_model(length=length), length), tmp_path), precision="f32"
    )
    assert (short.size, short.fixed_length) == (length, None)
    assert distance(short.infer([window(length)]), by_hand([window(length)])) < TOLERANCE
    with pytest.raises(ValueError, match="251 tokens; this model reads at most 250"):
        short.infer([window(length + 1)])


def test_results_come_in_the_order_of_the_windows(runtime: OpenVinoRuntime, expected: list[Logits]) -> None:
    """Windows are run longest first and finish in any order; the answers stand where they were asked."""
    order = [3, 0, 6, 6, 2, 5, 4, 1]
    found = runtime.infer([WINDOWS[i] for i in order])
    assert distance(found, [expected[i] for i in order]) < TOLERANCE
    assert runtime.infer([]) == []


def test_windows_are_read_several_at_once(
    runtime: OpenVinoRuntime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In fewer inferences than windows, and with the same logits for each."""
    many = [window(length, seed) for length in (5, 16, 17, 100, 120, 250) for seed in range(5)]
    shapes: list[tuple[int, int]] = []
    feed = runtime._feed

    def spy(windows: list[Window]) -> dict[int, Any]:
        fed = feed(windows)
        shapes.append(next(iter(fed.values())).shape)
        return fed

    monkeypatch.setattr(runtime, "_feed", spy)
    found = runtime.infer(many)
    assert len(shapes) < len(many) / 2
    assert distance(found, by_hand(many)) < TOLERANCE
    alone = OpenVinoRuntime(save(tiny_model(), tmp_path), precision="f32", threads=2, batch=0)
    assert distance(found, alone.infer(many)) < TOLERANCE


@given(st.lists(st.integers(1, SIZE), max_size=60))
def test_every_window_is_in_one_inference(runtime: OpenVinoRuntime, lengths: list[int]) -> None:
    """Exactly one; several together have at most `BATCH` tokens, padding included; and while windows
    wait, none takes so many that a stream would have nothing to do."""
    parts = list(runtime._parts(lengths))
    assert sorted(number for part in parts for number in part) == list(range(len(lengths)))
    waiting = len(lengths)
    for part in parts:
        assert len(part) in ROWS
        if len(part) > 1:
            assert len(part) * max(lengths[number] for number in part) <= BATCH
            assert len(part) * STREAMS <= waiting
        waiting -= len(part)


def test_a_model_that_mixes_windows_reads_one_at_a_time(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, expected: list[Logits]
) -> None:
    """Ports may say that any number of windows can be read at once and lie; it is tried first."""
    with caplog.at_level(logging.INFO, "qa_engine.runtime"):
        mixing = OpenVinoRuntime(save(with_mixed_rows(tiny_model()), tmp_path), precision="f32")
    assert "reads one window at a time" in caplog.text
    assert distance(mixing.infer(WINDOWS), expected) < TOLERANCE


def test_threads_may_share_a_runtime(runtime: OpenVinoRuntime, expected: list[Logits]) -> None:
    """Several threads at once, each with its own windows, get what one alone gets."""
    barrier = threading.Barrier(4)
    distances: dict[int, float] = {}

    def ask(number: int) -> None:
        mine = [(number + i) % len(WINDOWS) for i in range(len(WINDOWS))]
        barrier.wait()
        for _ in range(5):
            found = runtime.infer([WINDOWS[i] for i in mine])
            away = distance(found, [expected[i] for i in mine])
            distances[number] = max(distances.get(number, 0.0), away)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(distances) == 4
    assert max(distances.values()) < TOLERANCE


def test_a_failure_in_between_leaves_nothing_behind(
    runtime: OpenVinoRuntime, expected: list[Logits], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No memory for an input while others are read: the error comes through, and the next call has its own results."""
    feed = runtime._feed
    for fails_at in range(4):
        calls = itertools.count()

        def fed(windows: Sequence[Window], calls: Iterator[int] = calls, fails_at: int = fails_at) -> Any:
            if next(calls) == fails_at:
                raise MemoryError
            return feed(windows)

        with monkeypatch.context() as short:
            short.setattr(runtime, "_feed", fed)
            with pytest.raises(MemoryError):
                runtime.infer(WINDOWS[::-1])
        assert distance(runtime.infer(WINDOWS), expected) < TOLERANCE


def test_what_the_model_would_misread_is_refused(runtime: OpenVinoRuntime) -> None:
    """Too many tokens, or an id without an embedding: an error, and the runtime works on."""
    with pytest.raises(ValueError, match="a window of 385 tokens; this model reads at most 384"):
        runtime.infer([window(385)])
    for wrong in (-1, len(WORDS)):
        bad = window(9)
        bad.ids[4] = wrong
        with pytest.raises(ValueError, match=f"outside the model's {len(WORDS)} embeddings"):
            runtime.infer([window(5), bad])
    assert len(runtime.infer([window(5)])) == 1


def test_a_runtime_that_nobody_needs_is_gone(tmp_path: Path) -> None:
    """A hundred megabytes each: where models are opened one after the other, they must not add up."""
    opened = OpenVinoRuntime(save(tiny_model(), tmp_path))
    opened.infer(WINDOWS)
    left = weakref.ref(opened)
    del opened
    assert left() is None


def test_warming_up_changes_nothing(tmp_path: Path, expected: list[Logits]) -> None:
    """Usual shapes are run once; a model of one length, once."""
    for folder, model in [("a", tiny_model()), ("b", tiny_model(length=SIZE, frozen_positions=True))]:
        warmed = OpenVinoRuntime(save(model, tmp_path / folder), precision="f32")
        warmed.warm()
        assert distance(warmed.infer(WINDOWS), expected) < TOLERANCE


def test_compiled_models_are_kept_in_the_cache(tmp_path: Path, expected: list[Logits]) -> None:
    """The folder is made, filled once, and the model that comes out of it is the same."""
    xml, cache = save(tiny_model(length=SIZE), tmp_path / "model"), tmp_path / "new" / "cache"
    OpenVinoRuntime(xml, precision="f32", cache=cache)
    kept = sorted(path.name for path in cache.iterdir())
    assert kept
    again = OpenVinoRuntime(xml, precision="f32", cache=cache)
    assert sorted(path.name for path in cache.iterdir()) == kept
    assert distance(again.infer(WINDOWS), expected) < TOLERANCE


@pytest.mark.parametrize("version", [10, 11])
def test_names_of_nodes_will_do(version: int, tmp_path: Path, expected: list[Logits]) -> None:
    """IR of version 10 has no names of tensors; its inputs and outputs are found by their nodes' names."""
    xml = save(tiny_model(length=SIZE), tmp_path)
    text = xml.read_text().replace('version="11">', f'version="{version}">', 1)
    xml.write_text(re.sub(r' names="[^"]*"', "", text))
    found = OpenVinoRuntime(xml, precision="f32")
    assert distance(found.infer(WINDOWS), expected) < TOLERANCE
