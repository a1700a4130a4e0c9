"""Work that can wait gives way to a bot that answers on the same machine.

But: what is measured of it is in `benchmarks/live_ingest.py`.
"""

from __future__ import annotations

import os
from contextlib import suppress

LATER = 5  # steps of niceness: of a processor that both want, such work gets a quarter


def give_way() -> None:
    """Let others go first, from now on, with all threads and processes that are still to be started."""
    with suppress(AttributeError, OSError):  # not every system knows it or allows it
        os.setpriority(os.PRIO_PROCESS, 0, max(LATER, os.getpriority(os.PRIO_PROCESS, 0)))
