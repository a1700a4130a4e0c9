"""Memory of a training on processors: what is freed is kept.

But: on glibc only; elsewhere nothing happens.
"""

from __future__ import annotations

import ctypes

# From glibc's malloc.h.
_M_TRIM_THRESHOLD, _M_MMAP_MAX, _M_ARENA_MAX = -1, -4, -8


def keep_memory() -> None:
    """Let glibc keep what is freed: a step's tensors are those of the last one in other words.

    Given back and asked for anew, each page costs a fault and its zeros, and a layer norm takes twelve times
    as long.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for option, value in ((_M_MMAP_MAX, 0), (_M_TRIM_THRESHOLD, 2**31 - 1), (_M_ARENA_MAX, 1)):
            mallopt(option, value)
