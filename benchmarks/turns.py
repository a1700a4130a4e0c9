"""Variants of the same work taking turns in one process, by wall and by processor time.

But: no statistics beyond minimum and median.  The minimum is what the machine can do, the median what it
did while others used it, too; processor time hardly notices them.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Variant = Callable[[], object]

REST = 0.05
"""Seconds between two variants: idle threads of OpenMP and of ONNX Runtime spin for some milliseconds after
their work, and would slow down whoever comes next."""


@dataclass(frozen=True, slots=True)
class Series:
    """Seconds, one value a round."""

    values: list[float] = field(default_factory=list, repr=False)

    @property
    def least(self) -> float:
        return min(self.values)

    @property
    def median(self) -> float:
        return statistics.median(self.values)


@dataclass(frozen=True, slots=True)
class Times:
    """What one variant took: by the clock, and of all processors together."""

    wall: Series = field(default_factory=Series)
    cpu: Series = field(default_factory=Series)


def take_turns(variants: Mapping[str, Variant], rounds: int) -> dict[str, Times]:
    """Run every variant once a round, in an order that changes.

    One more round goes before and is not counted: it pays for what is compiled or allocated at first use.
    """
    times = {name: Times() for name in variants}
    for number in range(rounds + 1):
        order = list(variants)
        random.Random(number).shuffle(order)
        for name in order:
            time.sleep(REST)
            begun, used = time.perf_counter(), time.process_time()
            variants[name]()
            ended, spent = time.perf_counter(), time.process_time()
            if number:
                times[name].wall.values.append(ended - begun)
                times[name].cpu.values.append(spent - used)
    return times
