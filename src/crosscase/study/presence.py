"""Who is in a study just now, and which source they have open: in memory, for one process, gone when they leave."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable

#: Seconds after which somebody of whom nothing was heard is taken to have left.
EXPIRES = 45.0

#: Seconds for which it is not looked again who has left without a word.
_BELIEVED = 1.0


class Presence:
    """The open pages of one study."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._pages: dict[int, tuple[str, str, float]] = {}
        self._known: tuple[float, list[tuple[str, str]]] | None = None

    def enter(self, who: str, source: str) -> int:
        """A page was opened; ``source`` is empty for one that shows no source.  Returns the number it is known by."""
        with self._lock:
            number = next(self._numbers)
            self._pages[number] = (who, source, self._clock())
            self._known = None
            return number

    def stay(self, page: int) -> None:
        """It is still open."""
        with self._lock:
            if page in self._pages:
                who, source, _ = self._pages[page]
                self._pages[page] = (who, source, self._clock())

    def leave(self, page: int) -> None:
        with self._lock:
            self._pages.pop(page, None)
            self._known = None

    def people(self) -> list[tuple[str, str]]:
        """Who is here and in which source, by name, each once."""
        with self._lock:
            now = self._clock()
            if self._known is not None and now < self._known[0]:
                return self._known[1]
            here = self._here(now - EXPIRES)
            self._known = (now + _BELIEVED, here)
            return here

    def _here(self, old: float) -> list[tuple[str, str]]:
        self._pages = {number: page for number, page in self._pages.items() if page[2] >= old}
        found = {(who, source) for who, source, _ in self._pages.values()}
        in_source = {who for who, source in found if source}
        return sorted(one for one in found if one[1] or one[0] not in in_source)
