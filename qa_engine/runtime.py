"""The one module that knows OpenVINO: from windows to logits, or to vectors.

Reads any BERT SQuAD reader in IR: Open Model Zoo's (static [1, 384], three inputs or four) and our own
(dynamic), and our sentence encoder.  Names, shapes and types are checked at load.  A static model is
reshaped to a dynamic length, since most windows are far shorter than 384 tokens and all the work is in
proportion to the length; but a reshape can lie (positions folded into a constant let it pass and break at
inference), so that it is tried on a probe before it is believed, and given up if it fails.

But: no text here.  The seam for a fake is `Runtime`.  What the ports should be is known to `ports`.
"""

from __future__ import annotations

import logging
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, Literal, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from qa_engine.cpus import available_cpus
from qa_engine.errors import ModelCorrupt
from qa_engine.ports import OPTIONAL_INPUT, Ports, embedding_rows, encoder_ports, reader_ports
from qa_engine.windows import SIZE, Window

# A bare `import openvino` writes an identity into ~/intel and reports it to google-analytics.com.  Quoth
# tells nobody anything: with this entry the reporting module cannot be imported, and OpenVINO does without.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
import openvino as ov  # noqa: E402

log = logging.getLogger(__name__)

Float32s = npt.NDArray[np.float32]
Precision = Literal["auto", "f32"]
T = TypeVar("T")

GRAIN = 16  # lengths are rounded up to this: every new length costs a compilation inside oneDNN, and memory
READER_GRAIN = 32  # spares 120 MB and costs no time that could be measured; encoding took a tenth longer
STREAMS = 2  # inferences under way at once: 15% faster than one after the other on two cores
BATCH = 512  # tokens of one inference of several windows, at most: 5% faster than one window at a time
SHORTEST, LONGEST = 64, 288  # the usual lengths of a question with a passage of up to 220 tokens
ROWS = (8, 4, 2, 1)  # windows of one inference: few sizes, since a new one, too, costs a compilation


@dataclass(frozen=True, slots=True)
class Logits:
    """Start and end logits of a window's tokens, shape [len(window)] each."""

    start: Float32s = field(repr=False)
    end: Float32s = field(repr=False)


class Runtime(Protocol):
    """Whatever turns windows into logits."""

    @property
    def size(self) -> int:
        """The longest window, in tokens."""

    def infer(self, windows: Sequence[Window]) -> list[Logits]:
        """The logits of each window, in the order given."""


class _CompiledModel(ABC, Generic[T]):
    """A compiled model on this machine's processors; safe to share between threads (one call at a time).

    What it makes of a window, a `T`, is its subclasses' to know.
    """

    _queue: Any
    _own_config: Mapping[str, str] = MappingProxyType({})
    _grain = GRAIN

    def __init__(
        self,
        xml: Path,
        *,
        threads: int | None = None,
        streams: int = STREAMS,
        precision: Precision = "auto",
        cache: Path | None = None,
        dynamic: bool = True,
        batch: int = BATCH,
        before_each: Callable[[], None] | None = None,
    ) -> None:
        """Load and compile `xml` and the .bin beside it.

        `threads`: by default what the container may use.  `precision`: "f32" computes everything
        outside int8 layers in float32; "auto" takes bfloat16 where the processor has it.  `cache`: a
        folder for compiled models.  `dynamic=False` keeps a static shape as it is.  `batch`: how many tokens
        may be read in one inference of several windows; 0 reads every window by itself.  `before_each` is
        called before each inference, and may wait.

        Raises ModelCorrupt where the files cannot be read, ModelMismatch where they are no such model.
        """
        threads = threads or available_cpus()
        core = ov.Core()
        if cache is not None:
            core.set_property({"CACHE_DIR": str(cache)})
        self._config: dict[str, Any] = {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": min(streams, threads),
            "ENABLE_CPU_PINNING": False,  # two processes of one thread each were both pinned to core 0
            **self._own_config,
        }
        if precision == "f32":
            self._config["INFERENCE_PRECISION_HINT"] = "f32"
        self._batch = 0
        self._before_each = before_each or (lambda: None)
        self._lock = threading.Lock()
        model = _read(core, xml)
        self._name = xml.name
        ports = self._ports(model, self._name)
        self.inputs = ports.inputs
        self.vocabulary = embedding_rows(model)
        fixed = ports.static_length
        if dynamic and fixed is not None and self._try_dynamic(core, model, fixed):
            fixed = None
        elif fixed is not None:
            self._compile(core, _read(core, xml))
        else:
            self._compile(core, model)
        self.fixed_length, self._width = fixed, ports.width
        self._size = min(SIZE, ports.static_length or SIZE)
        if ports.any_rows and batch and self._try_batch():
            self._batch = batch

    @property
    def size(self) -> int:
        return self._size

    @staticmethod
    @abstractmethod
    def _ports(model: Any, file: str) -> Ports:
        """The ports that such a model has.  Raises ModelMismatch."""

    @staticmethod
    @abstractmethod
    def _result(tables: Sequence[Any], row: int, length: int) -> T:
        """What the outputs' `row`, a window of `length` tokens, says."""

    @staticmethod
    @abstractmethod
    def _agree(one: T, other: T) -> bool:
        """Whether two results of the same window, computed in different shapes, differ by rounding only."""

    def infer(self, windows: Sequence[Window]) -> list[T]:
        """What the model makes of each window, in the order given, padding cut off.

        Raises ValueError for a window that is too long and for an id outside the vocabulary, which
        OpenVINO would read as garbage without a word; ModelCorrupt where the model fails.
        """
        for window in windows:
            if len(window) > self._size:
                raise ValueError(f"a window of {len(window)} tokens; this model reads at most {self._size}")
            if window.ids.min() < 0 or (self.vocabulary is not None and window.ids.max() >= self.vocabulary):
                raise ValueError(f"a token id outside the model's {self.vocabulary} embeddings")
        with self._lock:
            found: dict[int, T] = {}
            # A callback that knows this object would keep it and the queue alive for ever, each through the
            # other: the garbage collector does not see into the queue.
            self._queue.set_callback(
                partial(
                    _collect, result=self._result, outputs=self._output_indexes, windows=windows, found=found
                )
            )
            try:
                for numbers in self._parts([len(window) for window in windows]):
                    self._before_each()
                    self._queue.start_async(self._feed([windows[i] for i in numbers]), numbers)
                self._queue.wait_all()
            except BaseException as error:
                # Subtle: whatever it was, what still runs must not end among the next call's results.
                self._drain()
                self._queue = self._new_queue()  # the old one keeps its errors for ever
                if not isinstance(error, RuntimeError):
                    raise
                raise ModelCorrupt(
                    f"{self._name} loads and fails at work: expected a model that reads any window of up to "
                    f"{self._size} tokens. Pull or export it again."
                ) from error
        return [found[number] for number in range(len(windows))]

    def warm(self) -> None:
        """Run the usual shapes once, so that no question pays for a shape's first time."""
        usual = range(SHORTEST, LONGEST + 1, self._grain)
        for length in [self._size] if self.fixed_length else usual:
            ones = np.ones(min(length, self._size), dtype=np.int32)
            window = Window(ones, ones, 0, 0, 0, len(ones))
            rows = next(rows for rows in ROWS if self._fits(rows, len(ones)))
            self.infer([window] * (rows * self._config["NUM_STREAMS"]))

    def _parts(self, lengths: Sequence[int]) -> Iterator[list[int]]:
        """Which windows are read in one inference: at most `batch` tokens, and never so many windows that a
        stream would be left without.

        Longest first: neighbours then differ little, so that little is padded, and the last to finish is a
        short one, so that no core waits long for another.
        """
        waiting = sorted(range(len(lengths)), key=lambda i: -lengths[i])
        while waiting:
            length = self._rounded(lengths[waiting[0]])
            share = len(waiting) // self._config["NUM_STREAMS"]
            rows = next(rows for rows in ROWS if rows == 1 or (rows <= share and self._fits(rows, length)))
            yield waiting[:rows]
            del waiting[:rows]

    def _fits(self, rows: int, length: int) -> bool:
        return rows == 1 or rows * length <= self._batch

    def _rounded(self, length: int) -> int:
        return self.fixed_length or min(-(-length // self._grain) * self._grain, self._size)

    def _feed(self, windows: Sequence[Window]) -> dict[int, Any]:
        shape = (len(windows), self._rounded(max(map(len, windows))))
        columns = {name: np.zeros(shape, dtype=dtype) for name, dtype in self.inputs.items()}
        for row, window in enumerate(windows):
            columns["input_ids"][row, : len(window)] = window.ids
            columns["token_type_ids"][row, : len(window)] = window.types
            columns["attention_mask"][row, : len(window)] = 1
        if OPTIONAL_INPUT in columns:
            columns[OPTIONAL_INPUT][:] = np.arange(shape[1])
        return {self._input_indexes[name]: column for name, column in columns.items()}

    def _compile(self, core: Any, model: Any) -> None:
        ports = self._ports(model, self._name)
        self._input_indexes = ports.input_indexes
        self._output_indexes = ports.output_indexes
        try:
            self._compiled = core.compile_model(model, "CPU", self._config)
        except RuntimeError as error:
            raise ModelCorrupt(
                f"OpenVINO reads {self._name} and cannot compile it: its files are damaged, or the cache "
                "folder cannot be written. Pull or export the model again."
            ) from error
        self._queue = self._new_queue()

    def _new_queue(self) -> Any:
        return ov.AsyncInferQueue(self._compiled, self._config["NUM_STREAMS"])

    def _drain(self) -> None:
        """Wait for every request of the queue: one that still runs would write into a freed queue.

        After one request's failure `wait_all` returns at once, whatever the others do.
        """
        for request in self._queue:
            with suppress(RuntimeError):
                request.wait()

    def _try_dynamic(self, core: Any, model: Any, length: int) -> bool:
        """Whether the model really reads other lengths than `length`; compiled for them if so."""
        self.fixed_length, self._size = None, length
        try:
            model.reshape({port: ov.PartialShape([1, -1]) for port in model.inputs})
            if any(not port.get_partial_shape()[1].is_dynamic for port in model.outputs):
                return False
            self._compile(core, model)
            ids = np.arange(1, GRAIN, dtype=np.int32)
            probe = Window(ids, np.ones_like(ids), 0, 0, 0, len(ids))
            short = self.infer([probe])[0]
            self.fixed_length = length
            full = self.infer([probe])[0]
        except (RuntimeError, ModelCorrupt) as error:
            log.info("the model keeps its length of %d tokens: %s", length, type(error).__name__)
            return False
        return self._agree(short, full)

    def _try_batch(self) -> bool:
        """Whether the model reads windows of unequal lengths at once as it reads them one by one."""
        probes = []
        for length in range(GRAIN, GRAIN + 2 * self._config["NUM_STREAMS"]):  # two a stream, no two alike
            ids = np.arange(1, length + 1, dtype=np.int32)
            probes.append(Window(ids, np.ones_like(ids), 0, 0, 0, length))
        try:
            apart = self.infer(probes)
            self._batch = BATCH
            together = self.infer(probes)
        except ModelCorrupt:
            return False
        finally:
            self._batch = 0
        if not all(map(self._agree, apart, together)):
            log.info("the model reads one window at a time: several at once come out differently")
            return False
        return True


class OpenVinoRuntime(_CompiledModel[Logits]):
    """A compiled reader."""

    _grain = READER_GRAIN
    _ports = staticmethod(reader_ports)

    @staticmethod
    def _result(tables: Sequence[Any], row: int, length: int) -> Logits:
        start, end = (np.array(table[row, :length], dtype=np.float32) for table in tables)
        return Logits(start, end)

    @staticmethod
    def _agree(one: Logits, other: Logits) -> bool:
        """4e-3 was seen in bfloat16."""
        return bool(np.abs(one.start - other.start).max() < 0.1 and np.abs(one.end - other.end).max() < 0.1)


class OpenVinoEncoder(_CompiledModel[Float32s]):
    """A compiled sentence encoder: a vector of `width` numbers and length 1 for each window."""

    # Its weights are int8 and its activations are quantised as they come, in groups of so many.
    _own_config = MappingProxyType({"DYNAMIC_QUANTIZATION_GROUP_SIZE": "128"})
    _ports = staticmethod(encoder_ports)

    @property
    def width(self) -> int:
        assert self._width is not None
        return self._width

    @staticmethod
    def _result(tables: Sequence[Any], row: int, length: int) -> Float32s:  # noqa: ARG004 - no padding here
        return np.array(tables[0][row], dtype=np.float32)

    @staticmethod
    def _agree(one: Float32s, other: Float32s) -> bool:
        return bool(one @ other > 0.99)


def _collect(
    request: Any,
    numbers: Sequence[int],
    *,
    result: Callable[[Sequence[Any], int, int], T],
    outputs: Sequence[int],
    windows: Sequence[Window],
    found: dict[int, T],
) -> None:
    """Note what a request says of some windows."""
    tables = [request.get_output_tensor(index).data for index in outputs]
    for row, number in enumerate(numbers):
        found[number] = result(tables, row, len(windows[number]))


def _read(core: Any, xml: Path) -> Any:
    try:
        return core.read_model(xml)
    except RuntimeError as error:
        raise ModelCorrupt(
            f"OpenVINO cannot read {xml}: expected an IR (.xml with its .bin beside it). "
            "Pull or export the model again."
        ) from error
