"""Sets and their members: the calibrated table that every other part of the engine reads.

A column is *crisp* (0 and 1), *fuzzy* (between 0 and 1) or *multi-value* (0, 1, 2, …).  A case without data is never
read as absent: a missing value is refused, or the case is left out by name.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from crosscase.core.errors import InputError, NotFoundError

__all__ = ["EPSILON", "SetData", "numbers_of"]

Kind = Literal["crisp", "fuzzy", "multi-value"]
Floats = NDArray[np.float64]

#: Memberships and cut-offs closer than this are the same number (decimal fractions are not exact in binary).
EPSILON = 1e-9

MISSING = frozenset({"", "na", "nan", "n/a", "null", "none", "-", "."})


@dataclass(frozen=True, slots=True)
class SetData:
    """Cases × sets.  ``values`` has shape (cases, sets); ``levels`` is 2 for crisp and fuzzy sets."""

    cases: tuple[str, ...]
    names: tuple[str, ...]
    values: Floats
    kinds: tuple[Kind, ...]
    levels: tuple[int, ...]
    dropped: tuple[str, ...] = ()

    @classmethod
    def from_columns(
        cls,
        columns: Mapping[str, Sequence[Any]],
        *,
        sets: Iterable[str] | None = None,
        cases: Sequence[str] | None = None,
        drop_missing: bool = False,
        leave_out: Iterable[str] = (),
    ) -> SetData:
        """Read the sets from columns of numbers or texts.

        Args:
            columns: name → one value per case.
            sets: the columns to read, in this order; all when ``None``.
            cases: the names of the cases; ``1``, ``2``, … when ``None``.
            drop_missing: leave out a case with a missing value in one of the sets; otherwise it is an error.
            leave_out: names of cases to leave out.

        Raises:
            NotFoundError: a set or a case to leave out does not exist.
            InputError: a value is missing, is no number, lies outside its range, or a column mixes kinds.
        """
        wanted = list(columns) if sets is None else list(dict.fromkeys(sets))
        for name in wanted:
            if name not in columns:
                raise NotFoundError("column", name, columns)
        if not wanted:
            raise InputError("there are no sets to read", mend="name at least one column")
        length = len(columns[wanted[0]])
        labels = [str(case) for case in cases] if cases is not None else [str(i + 1) for i in range(length)]
        doubled = sorted({case for case in labels if labels.count(case) > 1}) if len(set(labels)) < len(labels) else []
        if doubled:
            raise InputError(f"the case name '{doubled[0]}' occurs more than once", mend="give every case its own name")
        table = np.empty((length, len(wanted)))
        for j, name in enumerate(wanted):
            if len(columns[name]) != length or length != len(labels):
                raise InputError(
                    f"the column '{name}' has {len(columns[name])} values for {len(labels)} cases",
                    mend="give one value per case",
                )
            table[:, j] = numbers_of(columns[name], name, labels)
        keep = np.ones(length, dtype=bool)
        for case in leave_out:
            if case not in labels:
                raise NotFoundError("case", case, labels)
            keep[labels.index(case)] = False
        missing = np.isnan(table) & keep[:, None]
        if missing.any():
            if not drop_missing:
                row, column = (int(index) for index in np.argwhere(missing)[0])
                more = f" and {int(missing.any(axis=1).sum()) - 1} more cases" if missing.any(axis=1).sum() > 1 else ""
                raise InputError(
                    f"a value is missing: case '{labels[row]}' has none in '{wanted[column]}'{more}",
                    where=f"case {labels[row]}, column {wanted[column]}",
                    mend="fill it in, or leave out the cases with missing values (--drop-missing, drop_missing=True)",
                )
            keep &= ~missing.any(axis=1)
        dropped = tuple(label for label, kept in zip(labels, keep, strict=True) if not kept)
        table = table[keep]
        if not len(table):
            raise InputError("no case is left", mend="every case has a missing value or was left out")
        names = tuple(label for label, kept in zip(labels, keep, strict=True) if kept)
        kinds, levels = zip(*(_kind(table[:, j], name, names) for j, name in enumerate(wanted)), strict=True)
        return cls(names, tuple(wanted), table, kinds, levels, dropped)

    def index(self, name: str) -> int:
        """The column of a set; raises :class:`NotFoundError` with the nearest names."""
        try:
            return self.names.index(name)
        except ValueError:
            raise NotFoundError("set", name, self.names) from None

    def column(self, name: str) -> Floats:
        return self.values[:, self.index(name)]

    def kind(self, name: str) -> Kind:
        return self.kinds[self.index(name)]

    def subset(self, rows: Sequence[int] | NDArray[np.bool_] | NDArray[np.intp]) -> SetData:
        """The same sets for some of the cases; kinds and levels stay as they are."""
        chosen = np.asarray(rows)
        index = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        return SetData(
            tuple(self.cases[int(i)] for i in index), self.names, self.values[index], self.kinds, self.levels
        )

    def replaced(self, name: str, values: Floats) -> SetData:
        """The same table with another calibration of one set."""
        j = self.index(name)
        table = self.values.copy()
        table[:, j] = values
        kind, levels = _kind(table[:, j], name, self.cases)
        kinds = (*self.kinds[:j], kind, *self.kinds[j + 1 :])
        return SetData(
            self.cases, self.names, table, kinds, (*self.levels[:j], levels, *self.levels[j + 1 :]), self.dropped
        )


def numbers_of(values: Sequence[Any], name: str, labels: Sequence[str]) -> Floats:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        pass
    numbers = []
    for label, value in zip(labels, values, strict=True):
        text = "" if value is None else str(value).strip()
        if text.casefold() in MISSING:
            numbers.append(math.nan)
            continue
        try:
            numbers.append(float(text))
        except ValueError:
            raise InputError(
                f"'{text}' is not a number",
                where=f"case {label}, column {name}",
                mend="calibrate the column first, or leave it out of the analysis",
            ) from None
    return np.array(numbers)


def _kind(column: Floats, name: str, cases: Sequence[str]) -> tuple[Kind, int]:
    def wrong(what: str, bad: NDArray[np.bool_], mend: str) -> InputError:
        i = int(np.argmax(bad))
        return InputError(f"{what}: {column[i]:g}", where=f"case {cases[i]}, column {name}", mend=mend)

    if not np.isfinite(column).all():
        raise wrong("a membership is not finite", ~np.isfinite(column), "correct the value")
    if (column < 0).any():
        raise wrong("a membership is below 0", column < 0, "calibrate the column to lie between 0 and 1")
    whole = column == np.floor(column)
    if whole.all():
        top = int(column.max())
        if top > 63:
            raise wrong("a level is above 63", column > 63, "is this raw data? Calibrate the column first")
        return ("crisp", 2) if top <= 1 else ("multi-value", top + 1)
    if (column > 1).any():
        raise wrong(
            "the column mixes fractions with values above 1",
            column > 1,
            "a fuzzy set lies between 0 and 1, a multi-value one has whole numbers; calibrate raw data first",
        )
    return "fuzzy", 2
