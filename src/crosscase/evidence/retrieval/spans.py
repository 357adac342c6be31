"""Which stretches touch others, for many stretches at once.

Stretches are half-open intervals of whole numbers on one long line; those that must never meet (of two sources) are put
far enough apart by the caller.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


class Line:
    """Stretches that others are held against again and again."""

    def __init__(self, starts: Numbers, ends: Numbers) -> None:
        self._order = np.argsort(ends, kind="stable")
        self._starts = starts[self._order]
        self._ends = ends[self._order]

    def touched_by(self, starts: Numbers, ends: Numbers) -> npt.NDArray[Any]:
        """The positions of the stretches that at least one of the others overlaps.

        Time: m log m + m log n + n for m others, however many of them overlap.  (A stretch is overlapped when, of the
        others that start before it ends, the one that reaches farthest reaches beyond its start.)
        """
        if not len(starts) or not len(self._starts):
            return np.empty(0, dtype=np.int64)
        order = np.argsort(starts, kind="stable")
        reach = np.maximum.accumulate(ends[order])
        # ends after starts[k] for every stretch from here on
        first = np.searchsorted(self._ends, starts[order], side="right")
        lengths = np.diff(np.append(first, len(self._ends)))
        touched = np.repeat(reach, lengths) > self._starts[first[0] :]
        return self._order[first[0] :][touched]
