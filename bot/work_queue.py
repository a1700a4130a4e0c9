"""A bounded queue with a fixed number of workers: what cannot be taken in is refused at once, not piled up.

But: it does not know what a job is.  A job that raises is logged by its type and does not end its worker.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

J = TypeVar("J")


class WorkQueue(Generic[J]):
    """Jobs in the order in which they came, `workers` of them under way at once."""

    def __init__(self, name: str, work: Callable[[J], None], *, workers: int, room: int) -> None:
        """`room`: how many jobs may wait beside those under way."""
        self._name, self._work, self._room = name, work, room
        self._jobs: deque[J] = deque()
        self._later: list[tuple[float, int, J]] = []  # a heap: when, a number that breaks ties, what
        self._numbers = itertools.count()
        self._busy = 0
        self._open = True
        self._change = threading.Condition()
        self._threads = [
            # Daemons: a job that hangs must not keep a stopped process alive for ever.
            threading.Thread(target=self._run, name=f"{name}-{number}", daemon=True)
            for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """Jobs that nobody works on yet."""
        with self._change:
            return len(self._jobs)

    @property
    def busy(self) -> int:
        """Jobs under way."""
        with self._change:
            return self._busy

    @property
    def closed(self) -> bool:
        """Whether nothing more is taken in, however much room there is."""
        with self._change:
            return not self._open

    def offer(self, job: J) -> int | None:
        """Take a job in; how many are before it, those under way included.  None: full, or closed."""
        with self._change:
            free = len(self._threads) - self._busy
            if not self._open or len(self._jobs) >= self._room + max(free, 0):
                return None
            self._jobs.append(job)
            self._change.notify_all()
            return len(self._jobs) - 1 + self._busy

    def offer_later(self, job: J, seconds: float) -> bool:
        """Take a job in after so many seconds; False: full, or closed."""
        with self._change:
            if not self._open or len(self._later) >= self._room:
                return False
            heapq.heappush(self._later, (time.monotonic() + seconds, next(self._numbers), job))
            self._change.notify_all()
        return True

    def wait_idle(self, seconds: float) -> bool:
        """Wait until nothing waits and nothing is under way; whether it came to that."""
        with self._change:
            return self._change.wait_for(lambda: not self._jobs and not self._busy, timeout=seconds)

    def drain(self, seconds: float) -> list[J]:
        """Take nothing more in, work on for so long, and give back the jobs that were never begun."""
        with self._change:
            self._open = False
            self._change.notify_all()
            self._change.wait_for(lambda: not self._jobs and not self._busy, timeout=seconds)
            left = [*self._jobs, *(job for *_, job in sorted(self._later, key=lambda each: each[:2]))]
            self._jobs.clear()
            self._later.clear()
            self._change.notify_all()
        return left

    def join(self, seconds: float) -> bool:
        """After `drain`: wait for the jobs under way; whether all of them came to an end."""
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0.0))
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        while True:
            with self._change:
                while self._open and not self._due():
                    self._change.wait(self._until_next())
                if not self._jobs:
                    return
                job = self._jobs.popleft()
                self._busy += 1
            try:
                self._work(job)
            except Exception:
                log.exception("%s: a job failed", self._name)
            finally:
                with self._change:
                    self._busy -= 1
                    self._change.notify_all()

    def _due(self) -> bool:
        """Whether there is a job to do; those whose time has come are among them from now on."""
        now = time.monotonic()
        while self._later and self._later[0][0] <= now:
            self._jobs.append(heapq.heappop(self._later)[2])
        return bool(self._jobs)

    def _until_next(self) -> float | None:
        return max(self._later[0][0] - time.monotonic(), 0.0) if self._later else None


class KeyedLocks:
    """A lock for each key, made when it is needed and gone when nobody holds it or waits for it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[int, tuple[threading.Lock, int]] = {}

    def __len__(self) -> int:
        with self._guard:
            return len(self._locks)

    def acquire(self, key: int) -> None:
        with self._guard:
            lock, holders = self._locks.get(key, (threading.Lock(), 0))
            self._locks[key] = (lock, holders + 1)
        lock.acquire()

    def release(self, key: int) -> None:
        with self._guard:
            lock, holders = self._locks.pop(key)
            if holders > 1:
                self._locks[key] = (lock, holders - 1)
        lock.release()
