"""How often somebody may be wrong: failed tries by name and by address, in memory, forgotten after a quarter of an hour.

A name is slowed down whether there is such an account or not.  Many addresses that try one name are slowed down later than
one address is, so that others cannot keep a person out by failing for them.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from crosscase.core.errors import PermissionDenied

#: Seconds after which a failed try is forgotten.
WINDOW = 15 * 60

#: Failed tries within the window: of one name from one address, of one name from anywhere, from one address.
LIMITS = {"pair": 5, "name": 50, "address": 30}

#: How many names and addresses are remembered; the longest unused are forgotten first.
_MOST = 100_000


class TooManyTries(PermissionDenied):
    """It was tried too often; ``seconds`` is how long to wait."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__("too many tries that failed", mend=f"wait {-(-seconds // 60)} minutes, then try again")


class Tries:
    """Failed tries, for one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failed: OrderedDict[tuple[str, ...], deque[float]] = OrderedDict()

    def refuse(self, name: str, address: str) -> None:
        """TooManyTries when there were as many as are allowed."""
        with self._lock:
            now = self._clock()
            for limit, key in _keys(name, address):
                times = self._failed.get(key)
                while times and times[0] <= now - WINDOW:
                    times.popleft()
                if times and len(times) >= limit:
                    raise TooManyTries(int(times[0] + WINDOW - now) + 1)

    def failed(self, name: str, address: str) -> None:
        with self._lock:
            for limit, key in _keys(name, address):
                self._failed.setdefault(key, deque(maxlen=limit)).append(self._clock())
                self._failed.move_to_end(key)
            while len(self._failed) > _MOST:
                self._failed.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        with self._lock:
            self._failed.pop(("pair", name, address), None)


def _keys(name: str, address: str) -> list[tuple[int, tuple[str, ...]]]:
    keys = [(LIMITS["pair"], ("pair", name, address)), (LIMITS["name"], ("name", name))]
    return [*keys, (LIMITS["address"], ("address", address))] if address else keys
