"""What was looked up about people and is remembered for a moment: who a secret belongs to, who is in which study.

Every request asks for these, and between two of them they have seldom changed.  What this process changes is known to it at
once; what another process changes (a second server, a command) after :data:`BOUND` at the latest.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Hashable
from typing import Any

#: How long something is believed that another process may have changed meanwhile.
BOUND = datetime.timedelta(seconds=2)

#: The most that is remembered; then it is all forgotten.
_MOST = 10_000


class Remembered:
    """Answers by question.  ``stamp`` is another object after each change that this process made, ``now`` the time."""

    def __init__(self, stamp: Callable[[], object], now: Callable[[], datetime.datetime]) -> None:
        self._stamp = stamp
        self._now = now
        self._lock = threading.Lock()
        self._held: dict[Hashable, tuple[object, datetime.datetime, Any]] = {}

    def at_hand(self, question: Hashable) -> Any | None:
        """The answer, when it is remembered and to be believed still."""
        found = self._held.get(question)
        if found is None:
            return None
        stamp, asked, answer = found
        fresh = stamp is self._stamp() and datetime.timedelta(0) <= self._now() - asked < BOUND
        return answer if fresh else None

    def answer(self, question: Hashable, look_up: Callable[[], Any | None]) -> Any | None:
        """The answer as it is remembered, or else as it is looked up; that there is none is not remembered."""
        known = self.at_hand(question)
        if known is not None:
            return known
        # both are noted before it is looked up: a change that comes in between makes it old
        stamp, asked = self._stamp(), self._now()
        found = look_up()
        if found is not None:
            with self._lock:
                if len(self._held) >= _MOST:
                    self._held.clear()
                self._held[question] = (stamp, asked, found)
        return found
