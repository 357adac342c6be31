"""From columns to the arrays of each group, with everything that can be wrong with a data set said before estimation.

A data set is a mapping of names to columns (a ``dict`` of sequences or a data frame).  Missing is ``NaN`` or ``None``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscase.core.errors import InputError, NotFoundError

__all__ = ["GroupData", "Patterns", "column", "split_groups"]

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Patterns:
    """Which variables are observed together.  ``observed`` (patterns, p); ``members`` holds the cases of each pattern."""

    observed: Array
    members: tuple[Array, ...]

    @property
    def counts(self) -> Array:
        return np.array([len(member) for member in self.members])


@dataclass(frozen=True, slots=True)
class GroupData:
    """The cases of one group: values (n, p) in the order of the model's variables, and where they stood in the data."""

    label: str
    values: Array
    cases: Array
    clusters: Array | None = None
    weights: Array | None = None

    @property
    def n(self) -> int:
        return int(self.values.shape[0])

    @property
    def complete(self) -> bool:
        return not np.isnan(self.values).any()


def column(data: Mapping[str, Any], name: str) -> Array:
    """One column as floats, ``NaN`` where missing.

    Raises:
        NotFoundError: there is no such column.
        InputError: the column holds something that is not a number.
    """
    if name not in data:
        names = [str(key) for key in data.keys()]  # noqa: SIM118 - a data frame iterates over its columns only by keys()
        if ":" in name:
            parts = [column(data, part) for part in name.split(":")]
            return np.asarray(np.prod(parts, axis=0))
        raise NotFoundError("variable", name, names, where="data")
    raw = np.asarray(data[name])
    if raw.ndim != 1:
        raise InputError(f"the column '{name}' has {raw.ndim} dimensions", where="data", mend="give one value per case")
    if raw.dtype.kind in "fiub":
        return raw.astype(float)
    if raw.dtype.kind == "c":
        raise InputError(f"the column '{name}' holds complex numbers", where="data")
    try:
        return np.array([np.nan if _absent(value) else float(value) for value in raw.tolist()])
    except (TypeError, ValueError):
        for row, value in enumerate(raw.tolist(), start=1):
            try:
                float("nan" if _absent(value) else value)
            except (TypeError, ValueError):
                raise InputError(
                    f"the value {value!r} is not a number", where=f"data, row {row}, column {name}",
                    mend="write a number, or leave the cell empty if the value is missing",
                ) from None  # fmt: skip
        raise


def _absent(value: Any) -> bool:
    """``None``, ``NaN`` and blank text."""
    return value is None or value != value or (isinstance(value, str) and not value.strip())


def split_groups(
    data: Mapping[str, Any],
    names: Sequence[str],
    *,
    group: str | None,
    missing: str,
    exogenous: Sequence[str] = (),
    cluster: str | None = None,
    weights: str | None = None,
) -> tuple[list[GroupData], list[str]]:
    """The groups in order of appearance, and warnings.

    Args:
        names: the model's observed variables.
        group: the column that tells the groups apart.
        missing: ``listwise`` drops incomplete cases; ``fiml`` keeps those with at least one value (and all of ``exogenous``).
        exogenous: variables whose moments are fixed; FIML cannot use a case where one of them is missing.

    Raises:
        InputError: no cases, columns of unequal length, a constant, duplicated or empty column, a group of one case.
        NotFoundError: a name is not in the data.
    """
    if not names:
        raise InputError("the model names no observed variable")
    columns = [column(data, name) for name in names]
    lengths = {len(values) for values in columns}
    if len(lengths) > 1:
        raise InputError(
            "the columns have unequal lengths", where="data", mend="give one value per case in every column"
        )
    table = np.column_stack(columns)
    _say_infinite(table, names)
    warnings = _missing_codes(table, names)
    labels = _group_labels(data, group, len(table))
    cluster_ids = None if cluster is None else _codes(data, cluster)
    weight_values = None if weights is None else _weights(data, weights)
    present = ~np.isnan(table)
    _say_empty(present, names)
    if missing == "listwise":
        keep = present.all(axis=1)
    else:
        keep = present.any(axis=1)
        fixed = [names.index(name) for name in exogenous]
        if fixed and not present[:, fixed].all():
            dropped = keep & ~present[:, fixed].all(axis=1)
            keep &= present[:, fixed].all(axis=1)
            warnings.append(f"{int(dropped.sum())} cases with a missing exogenous variable were left out")
    if not keep.any():
        raise InputError(
            "no case is complete",
            where="data",
            mend="use missing='fiml' (--missing fiml) to work with incomplete cases",
        )
    lost = int((~keep).sum())
    if lost and missing == "listwise":
        warnings.append(f"{lost} incomplete case{'s were' if lost > 1 else ' was'} left out (listwise)")
    for name, known in ((group, labels != _NOWHERE), (cluster, None if cluster_ids is None else cluster_ids >= 0)):
        if name is not None and known is not None and not known.all():
            lost = int((~known).sum())
            warnings.append(f"{lost} case{'s' if lost > 1 else ''} without a value of '{name}' left out")
            keep &= known
    if missing == "fiml" and not present.any(axis=1).all():
        warnings.append(f"{int((~present.any(axis=1)).sum())} cases have no value at all and were left out")
    groups: list[GroupData] = []
    for label in dict.fromkeys(label for label in labels if label != _NOWHERE):
        chosen = np.flatnonzero(keep & (labels == label)) if group is not None else np.flatnonzero(keep)
        groups.append(
            GroupData(
                str(label), table[chosen], chosen,
                None if cluster_ids is None else cluster_ids[chosen],
                None if weight_values is None else weight_values[chosen],
            )
        )  # fmt: skip
    for part in groups:
        _check(part, names, group)
    return groups, warnings


#: The label of a case whose group is not known.
_NOWHERE = ""


def _say_infinite(table: Array, names: Sequence[str]) -> None:
    if np.isinf(table).any():
        row, place = np.argwhere(np.isinf(table))[0].tolist()
        raise InputError(
            "a value is infinite", where=f"data, row {row + 1}, column {names[place]}",
            mend="write a number, or leave the cell empty if the value is missing",
        )  # fmt: skip


def _missing_codes(table: Array, names: Sequence[str]) -> list[str]:
    """Warnings of values like 99 or −9 that stand farther from all others than these do from each other."""
    found = []
    for name, values in zip(names, table.T, strict=True):
        kinds = np.unique(values[~np.isnan(values)])
        for code, rest in ((kinds[-1], kinds[:-1]), (kinds[0], kinds[1:])) if kinds.size > 2 else ():
            if abs(code) in (9, 99, 999, 9999, 88, 888, 8888, 77, 777) and np.abs(rest - code).min() > np.ptp(rest):
                count = int((values == code).sum())
                found.append(
                    f"{name} is {code:g} in {count} case{'s' if count > 1 else ''}, far from all its other values: "
                    "if that stands for a missing answer, leave those cells empty"
                )
    return found


def _weights(data: Mapping[str, Any], name: str) -> Array:
    values = column(data, name)
    bad = np.flatnonzero(np.isnan(values) | (values < 0) | np.isinf(values))
    if bad.size:
        value = values[bad[0]]
        raise InputError(
            f"the weight is {'missing' if np.isnan(value) else f'{value:g}'}", where=f"data, row {bad[0] + 1}, column {name}",
            mend="every case needs a weight of at least 0",
        )  # fmt: skip
    if not values.any():
        raise InputError("all weights are 0", where=f"data, column {name}", mend="give every case its weight")
    return values


def _codes(data: Mapping[str, Any], name: str) -> Array:
    """The clusters as numbers from 0, −1 where a case names none."""
    if name not in [str(key) for key in data.keys()]:  # noqa: SIM118
        raise NotFoundError("variable", name, [str(key) for key in data.keys()], where="data")  # noqa: SIM118
    values = np.asarray(data[name]).tolist()
    place = {value: number for number, value in enumerate(dict.fromkeys(str(v) for v in values if not _absent(v)))}
    if len(place) < 2:
        raise InputError(
            f"'{name}' puts all cases into one cluster", where="data", mend="leave the cluster out, or name another column"
        )  # fmt: skip
    return np.array([-1 if _absent(value) else place[str(value)] for value in values])


def _group_labels(data: Mapping[str, Any], group: str | None, n: int) -> Array:
    if group is None:
        return np.full(n, "0", dtype=object)
    names = [str(key) for key in data.keys()]  # noqa: SIM118
    if group not in names:
        raise NotFoundError("variable", group, names, where="data")
    labels = np.array([_label(value) for value in np.asarray(data[group]).tolist()], dtype=object)
    if len(set(labels.tolist()) - {_NOWHERE}) < 2:
        raise InputError(
            f"the grouping variable '{group}' has only one value", where="data", mend="leave the group out"
        )
    return labels


def _label(value: Any) -> str:
    if _absent(value):
        return _NOWHERE
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _say_empty(present: Array, names: Sequence[str]) -> None:
    empty = [name for name, any_value in zip(names, np.asarray(present.any(axis=0)), strict=True) if not any_value]
    if empty:
        raise InputError(
            f"no case has a value of {', '.join(empty)}",
            where="data",
            mend="fill the column, or leave it out of the model",
        )


def _check(part: GroupData, names: Sequence[str], group: str | None) -> None:
    where = "data" if group is None else f"data, group {part.label}"
    if part.n < 2:
        raise InputError(
            f"there {'is one usable case' if part.n == 1 else 'are no usable cases'}", where=where,
            mend="a model needs more cases than variables" if group is None
            else "a group needs more cases than variables; join it with another or leave it out",
        )  # fmt: skip
    low, high = np.fmin.reduce(part.values, axis=0), np.fmax.reduce(part.values, axis=0)  # without the missing ones
    constant = [name for name, same in zip(names, (low == high).tolist(), strict=True) if same]
    if constant:
        raise InputError(
            f"{', '.join(constant)} does not vary", where=where, mend="leave the variable out of the model"
        )
    seen: dict[bytes, str] = {}
    for name, values in zip(names, part.values.T, strict=True):
        key = np.ascontiguousarray(values).tobytes()
        if key in seen:
            raise InputError(f"'{name}' is the same column as '{seen[key]}'", where=where, mend="keep one of them")
        seen[key] = name


def patterns_of(values: Array) -> Patterns:
    """The patterns of observed variables, the most frequent first."""
    observed = ~np.isnan(values)
    kinds, inverse, counts = np.unique(observed, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    inverse = inverse.ravel()
    return Patterns(kinds[order], tuple(np.flatnonzero(inverse == kind) for kind in order))
