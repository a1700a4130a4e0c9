"""What a figure was measured on, and how figures are summed up."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path

import numpy as np


def describe() -> str:
    """One line: CPU model, cores this process may use, Python and numpy."""
    return (
        f"{_cpu_model()}, {len(os.sched_getaffinity(0))} cores, {platform.system()}, "
        f"Python {platform.python_version()}, numpy {np.__version__}"
    )


def p50_p99(values: Sequence[float]) -> tuple[float, float]:
    """The median and the 99th percentile (linear interpolation; of few values nearly their maximum)."""
    return float(np.percentile(values, 50)), float(np.percentile(values, 99))


def resident_bytes() -> int:
    """Memory that this process holds now (resident set size)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
