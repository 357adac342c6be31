"""A column of a table as an array of numbers, kept in step when some rows change: what looks through all rows compares these.

Text is numbered by its different values.  Numbers are worth making once for a table and cheap to take over into the table
that follows it (:meth:`crosscase.core.table.Table.patched`); they say nothing about the order of the values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class Numbered:
    """Each value's number (from 0), and for each row the number of its value.  A value may be one that no row has now."""

    number_of: Mapping[Any, int]
    rows: npt.NDArray[np.int64]

    @classmethod
    def of(cls, column: Sequence[Any]) -> Numbered:
        import numpy as np

        number_of = {value: number for number, value in enumerate(dict.fromkeys(column))}
        return cls(number_of, np.fromiter(map(number_of.__getitem__, column), np.int64, len(column)))

    def patched(self, column: Sequence[Any], changed: Sequence[int], gone: Sequence[int]) -> Numbered:
        """The numbers after rows at ``changed`` positions, also behind the end, got new values and then some went."""
        import numpy as np

        number_of = dict(self.number_of)
        rows = np.append(self.rows, np.zeros(len(column) - len(self.rows), np.int64))
        for at in changed:
            rows[at] = number_of.setdefault(column[at], len(number_of))
        return Numbered(number_of, np.delete(rows, gone) if gone else rows)


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """A column of whole numbers: which are known, and the values with 0 for the others."""

    known: npt.NDArray[np.bool_]
    values: npt.NDArray[np.int64]

    @classmethod
    def of(cls, column: Sequence[int | None]) -> Whole:
        import numpy as np

        if None not in column:
            return cls(np.ones(len(column), np.bool_), np.array(column, np.int64))
        return cls(
            np.array([one is not None for one in column], np.bool_), np.array([one or 0 for one in column], np.int64)
        )

    def patched(self, column: Sequence[int | None], changed: Sequence[int], gone: Sequence[int]) -> Whole:
        """As :meth:`Numbered.patched`."""
        import numpy as np

        more = len(column) - len(self.values)
        known, values = (
            np.append(self.known, np.zeros(more, np.bool_)),
            np.append(self.values, np.zeros(more, np.int64)),
        )
        for at in changed:
            known[at], values[at] = column[at] is not None, column[at] or 0
        return Whole(np.delete(known, gone), np.delete(values, gone)) if gone else Whole(known, values)
