"""Calibration: from raw values to memberships, with the anchors, their reasons, and what they do to the cases.

A missing raw value stays missing: a case without data is left out of an analysis by name, never set to 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crosscase.core.errors import InputError
from crosscase.engines.qca import curves
from crosscase.engines.qca.data import EPSILON, MISSING, Floats
from crosscase.engines.qca.notice import Notice
from crosscase.engines.qca.show import Table, number

__all__ = [
    "Anchor",
    "Calibration",
    "Diagnostics",
    "calibrate",
    "calibrate_by_regression",
    "calibrate_crisp",
    "calibrate_direct",
    "calibrate_ecdf",
    "calibrate_from_table",
    "calibrate_indirect",
    "calibrate_linear",
    "calibrate_relative",
    "find_thresholds",
]

#: Memberships beyond these become 0 and 1, as in R's QCA.
SNAP_LOW, SNAP_HIGH = 1e-4, 1 - 1e-4
#: A case is near the crossover when its membership is within this of 0.5.
NEAR = 0.05

ROLES = {
    1: ("threshold",),
    3: ("full exclusion", "crossover", "full inclusion"),
    6: (
        "first full exclusion",
        "first crossover",
        "first full inclusion",
        "second full inclusion",
        "second crossover",
        "second full exclusion",
    ),
}


@dataclass(frozen=True, slots=True)
class Anchor:
    """A raw value with the part that it plays, and why it was chosen."""

    value: float
    role: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """What a calibration did: shares of the cases with data, and cases at or near the crossover (fuzzy sets)."""

    cases: int
    missing: tuple[str, ...]
    at_half: tuple[str, ...]
    near_half: tuple[str, ...]
    share_inside: float
    skewness: float

    def to_dict(self) -> dict[str, Any]:
        return {
            "cases": self.cases,
            "missing": list(self.missing),
            "at_half": list(self.at_half),
            "near_half": list(self.near_half),
            "share_inside": number(self.share_inside),
            "skewness": number(self.skewness),
        }


@dataclass(frozen=True, slots=True)
class Calibration(Table):
    """One calibrated set.  ``raw`` and ``memberships`` have shape (cases,), ``nan`` where there is no data."""

    name: str
    method: str
    anchors: tuple[Anchor, ...]
    cases: tuple[str, ...]
    raw: Floats
    memberships: Floats
    diagnostics: Diagnostics
    notices: tuple[Notice, ...]
    _function: Callable[[Floats], Floats] = field(repr=False, compare=False, default=lambda x: x)

    def curve(self, points: int = 200) -> tuple[Floats, Floats]:
        """Raw values over the range of the data, and their memberships: the line of a calibration plot."""
        known = self.raw[~np.isnan(self.raw)]
        values = [anchor.value for anchor in self.anchors]
        low, high = min([known.min(), *values]), max([known.max(), *values])
        grid = np.linspace(low, high, points)
        return grid, self._function(grid)

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"case": case, "raw": number(x), "membership": number(m)}
            for case, x, m in zip(self.cases, self.raw, self.memberships, strict=True)
        ]

    def to_dict(self) -> dict[str, Any]:
        return {
            "set": self.name,
            "method": self.method,
            "anchors": [{"value": a.value, "role": a.role, "reason": a.reason} for a in self.anchors],
            "cases": self.rows(),
            "diagnostics": self.diagnostics.to_dict(),
            "warnings": [notice.to_dict() for notice in self.notices],
        }


def calibrate_crisp(x: Floats | Sequence[float], thresholds: Sequence[float]) -> Floats:
    """0 below the first threshold, 1 from it on, 2 from the second on, …

    Raises:
        InputError: a threshold lies outside the range of the data (a level would be empty).
    """
    x = np.asarray(x, dtype=np.float64)
    cuts = _numbers(thresholds)
    known = x[~np.isnan(x)]
    for cut in cuts:
        if not known.min() <= cut <= known.max():
            raise InputError(
                f"the threshold {cut:g} lies outside the data, which run from {known.min():g} to {known.max():g}",
                mend="choose a threshold that divides the cases",
            )
    return np.where(np.isnan(x), np.nan, np.searchsorted(np.sort(cuts), x, side="right").astype(np.float64))


def calibrate_direct(x: Floats | Sequence[float], anchors: Sequence[float], *, degree: float = 0.95) -> Floats:
    """The direct method (Ragin 2008, ch. 5): logistic through full exclusion, crossover and full inclusion.

    Args:
        anchors: in that order; falling values calibrate the reverse.
        degree: membership at full inclusion, above 0.5 and below 1.

    Raises:
        InputError: the anchors are not three, not in order, or not apart.
    """
    x = np.asarray(x, dtype=np.float64)
    if not 0.5 < degree < 1:
        raise InputError(f"the degree of full inclusion is {degree:g}", mend="give a number above 0.5 and below 1")
    exclusion, crossover, inclusion = _ordered(anchors, 3)
    with np.errstate(over="ignore"):
        return snap(curves.logistic(x, exclusion, crossover, inclusion, degree))


def calibrate_linear(
    x: Floats | Sequence[float], anchors: Sequence[float], *, below: float = 1.0, above: float = 1.0
) -> Floats:
    """Piecewise membership: three anchors for an end-point concept, six for a middle-point one (Thiem & Dusa 2013).

    Six anchors come in the order exclusion, crossover, inclusion, inclusion, crossover, exclusion.  Rising they make a
    bell; when the two exclusions lie in the middle and the inclusions outside, a U.

    Args:
        below, above: exponents of the membership below and above the crossover (1 is linear).
    """
    x = np.asarray(x, dtype=np.float64)
    if below <= 0 or above <= 0:
        raise InputError("an exponent is not positive", mend="1 is linear; give a number above 0")
    if len(anchors) == 6:
        six = _six(anchors)
        return snap(curves.two_sided(x, six, below, above))
    exclusion, crossover, inclusion = _ordered(anchors, 3)
    return snap(curves.one_sided(x, exclusion, crossover, inclusion, below, above))


def calibrate_ecdf(x: Floats | Sequence[float], anchors: Sequence[float]) -> Floats:
    """End-point membership by the empirical distribution between full exclusion and full inclusion."""
    x = np.asarray(x, dtype=np.float64)
    exclusion, crossover, inclusion = _ordered(anchors, 3)
    return snap(curves.empirical(x, exclusion, crossover, inclusion))


def calibrate_relative(x: Floats | Sequence[float]) -> Floats:
    """The totally fuzzy and relative method (Cheli & Lemmi 1995) for ordinal scales whose lowest category is 1."""
    x = np.asarray(x, dtype=np.float64)
    known = np.sort(x[~np.isnan(x)])
    share = np.searchsorted(known, x, side="right") / len(known)
    first = np.searchsorted(known, 1.0, side="right") / len(known)
    if first >= 1:
        raise InputError("every case is in the lowest category", mend="the method needs cases above it")
    return np.where(np.isnan(x), np.nan, np.maximum(0.0, (share - first) / (1.0 - first)))


def calibrate_indirect(x: Floats | Sequence[float], cuts: Sequence[float]) -> Floats:
    """The indirect method (Ragin 2008, ch. 5): cases are sorted into groups by cuts, a fractional logit of
    log x, √x, x and x² smooths their qualitative codes; rounded to six decimals.

    Raises:
        InputError: a value is negative (its logarithm does not exist), or the cuts are not apart.
    """
    x = np.asarray(x, dtype=np.float64)
    ordered = np.sort(_numbers(cuts))
    if (np.diff(ordered) <= 0).any():
        raise InputError("two cuts are equal", mend="give cuts that differ")
    if (x < 0).any():
        raise InputError(f"a value is negative: {np.nanmin(x):g}", mend="shift the scale, or use another method")
    codes = np.round(np.linspace(0, 1, len(ordered) + 1), 3)[np.searchsorted(ordered, x, side="left")]
    return snap(np.round(curves.fractional_logit(x, codes), 6))


def calibrate_by_regression(
    x: Floats | Sequence[float], codes: Floats | Sequence[float], *, beta: bool = False
) -> Floats:
    """The indirect method with the researcher's own codes: memberships of the cases smoothed over the raw values.

    Args:
        codes: a first, qualitative membership for each case, between 0 and 1.
        beta: a beta regression on codes drawn away from 0 and 1 (Smithson & Verkuilen 2006) instead of a fractional
            logit.

    Raises:
        InputError: a code is not between 0 and 1.
    """
    x, codes = np.asarray(x, dtype=np.float64), np.asarray(codes, dtype=np.float64)
    known = ~(np.isnan(x) | np.isnan(codes))
    if ((codes[known] < 0) | (codes[known] > 1)).any():
        raise InputError("a code is not between 0 and 1", mend="give memberships such as 0, 0.33, 0.67, 1")
    result = np.full(len(x), np.nan)
    if beta:
        n = int(known.sum())
        result[known] = curves.beta_fit(x[known], (codes[known] * (n - 1) + 0.5) / n)
    else:
        result[known] = curves.logit_fit(np.column_stack([np.ones(int(known.sum())), x[known]]), codes[known])
    return result


def calibrate_from_table(values: Sequence[Any], table: Mapping[Any, float]) -> Floats:
    """Memberships looked up: one for each raw value, which may be a text.

    Raises:
        InputError: a value is not in the table, or a membership is not between 0 and 1 (or a whole level).
    """
    lookup = {_key(value): float(membership) for value, membership in table.items()}
    for value, membership in lookup.items():
        if membership < 0 or (membership > 1 and membership != int(membership)):
            raise InputError(f"the membership of '{value}' is {membership:g}", mend="give one between 0 and 1")
    result = []
    for value in values:
        key = _key(value)
        if key in lookup:  # a word of the table first: "none" may be a level
            result.append(lookup[key])
        elif key.casefold() in MISSING:
            result.append(math.nan)
        else:
            raise InputError(f"'{key}' is not in the table", mend=f"it has: {', '.join(lookup)}")
    return np.array(result)


def calibrate(
    name: str,
    cases: Sequence[str],
    raw: Sequence[float] | Floats,
    method: str,
    anchors: Sequence[Anchor | float] = (),
    **options: Any,
) -> Calibration:
    """Calibrate a column by name of a method, with diagnostics.

    Args:
        method: ``crisp``, ``direct``, ``linear``, ``ecdf``, ``indirect`` or ``relative``.
        anchors: in the order exclusion, crossover, inclusion (falling values reverse the set); for ``linear`` also six;
            for ``crisp`` the thresholds; for ``indirect`` the cuts between groups.
        options: ``degree`` for direct, ``below`` and ``above`` for linear.

    Raises:
        InputError: an unknown method or option, anchors out of order, no data at all.
    """
    x = np.asarray(raw, dtype=np.float64)
    if not len(x) or np.isnan(x).all():
        raise InputError(f"'{name}' has no data", mend="give at least one value")
    values = [anchor.value if isinstance(anchor, Anchor) else float(anchor) for anchor in anchors]
    functions: dict[str, Callable[[Floats], Floats]] = {
        "crisp": lambda v: calibrate_crisp(v, values),
        "direct": lambda v: calibrate_direct(v, values, **options),
        "linear": lambda v: calibrate_linear(v, values, **options),
        "ecdf": lambda v: calibrate_ecdf(v, values),
        "indirect": lambda v: calibrate_indirect(v, values),
        "relative": calibrate_relative,
    }
    if method not in functions:
        raise InputError(f"there is no method '{method}'", mend=f"use {', '.join(functions)}")
    if set(options) - {"direct": {"degree"}, "linear": {"below", "above"}}.get(method, set()):
        raise InputError(f"the {method} method has no option {', '.join(sorted(options))}")
    if method != "relative" and not values:
        raise InputError(
            f"the {method} method needs anchors", where=name, mend="give the raw values that divide the set"
        )
    memberships = functions[method](x)
    roles = ROLES.get(len(values), tuple(f"cut {i + 1}" for i in range(len(values))))
    if method in ("crisp", "indirect"):
        roles = tuple(f"threshold {i + 1}" for i in range(len(values)))
    full = tuple(
        Anchor(value, anchor.role if isinstance(anchor, Anchor) and anchor.role else role, _reason(anchor))
        for anchor, value, role in zip(anchors, values, roles, strict=True)
    )

    def again(grid: Floats) -> Floats:
        if method in ("ecdf", "indirect", "relative"):  # the curve depends on the data
            order = np.argsort(x)
            return np.asarray(np.interp(grid, x[order], memberships[order]))
        if method == "crisp":
            return np.searchsorted(np.sort(values), grid, side="right").astype(np.float64)
        return functions[method](grid)

    diagnostics = diagnose(cases, memberships)
    notices = _notices(name, full, x, diagnostics)
    return Calibration(name, method, full, tuple(cases), x, memberships, diagnostics, notices, again)


def diagnose(cases: Sequence[str], memberships: Floats) -> Diagnostics:
    """Shares and cases at the crossover; skewness is the third standardised moment of the memberships."""
    known = memberships[~np.isnan(memberships)]
    distance = np.abs(memberships - 0.5)
    spread = known.std()
    fuzzy = bool(((known > 0) & (known < 1)).any())
    return Diagnostics(
        len(known),
        tuple(case for case, value in zip(cases, memberships, strict=True) if math.isnan(value)),
        tuple(case for case, value in zip(cases, distance, strict=True) if value <= EPSILON),
        tuple(case for case, value in zip(cases, distance, strict=True) if fuzzy and EPSILON < value <= NEAR),
        float((known > 0.5).mean()) if len(known) else math.nan,
        float(((known - known.mean()) ** 3).mean() / spread**3) if spread > 0 else 0.0,
    )


def find_thresholds(x: Floats, groups: int = 2) -> tuple[float, ...]:
    """Thresholds half-way between the groups of a complete-linkage clustering: a help to look, not a reason."""
    from scipy.cluster.hierarchy import fcluster, linkage

    known = np.sort(np.unique(x[~np.isnan(x)]))
    if not 2 <= groups <= len(known):
        raise InputError(f"{len(known)} different values cannot make {groups} groups")
    member = fcluster(linkage(known[:, None], method="complete"), groups, criterion="maxclust")
    borders = np.flatnonzero(np.diff(member))
    return tuple(float((known[i] + known[i + 1]) / 2) for i in borders)


def snap(memberships: Floats) -> Floats:
    result = np.where(memberships < SNAP_LOW, 0.0, memberships)
    return np.where(result > SNAP_HIGH, 1.0, result)


def _reason(anchor: Anchor | float) -> str:
    return anchor.reason if isinstance(anchor, Anchor) else ""


def _notices(name: str, anchors: tuple[Anchor, ...], x: Floats, found: Diagnostics) -> tuple[Notice, ...]:
    notices = []
    if any(not anchor.reason for anchor in anchors):
        notices.append(Notice("anchor-without-reason", f"an anchor of {name} has no reason recorded", name))
    known = x[~np.isnan(x)]
    for anchor in anchors:
        if not known.min() <= anchor.value <= known.max():
            notices.append(
                Notice("anchor-outside-data", f"the anchor {anchor.value:g} of {name} lies outside the data", name)
            )
    if found.at_half:
        notices.append(
            Notice(
                "half-membership",
                f"membership of exactly 0.5 in {name}: {', '.join(found.at_half[:8])}; such a case belongs to no row",
                name,
                found.at_half,
            )
        )
    if found.near_half:
        notices.append(
            Notice(
                "near-crossover",
                f"near the crossover of {name}: {', '.join(found.near_half[:8])}",
                name,
                found.near_half,
            )
        )
    if not 0.15 <= found.share_inside <= 0.85:
        notices.append(Notice("skewed-set", f"{found.share_inside:.0%} of the cases are more in {name} than out", name))
    if found.missing:
        notices.append(Notice("no-data", f"no data for {name}: {', '.join(found.missing[:8])}", name, found.missing))
    return tuple(notices)


def _numbers(values: Sequence[float]) -> Floats:
    numbers = np.asarray(values, dtype=np.float64)
    if not len(numbers) or not np.isfinite(numbers).all():
        raise InputError("an anchor is not a number", mend="give raw values, such as 400,550,900")
    return numbers


def _ordered(values: Sequence[float], count: int) -> tuple[float, float, float]:
    numbers = _numbers(values)
    if len(numbers) != count:
        raise InputError(
            f"there are {len(numbers)} anchors", mend="give three: full exclusion, crossover, full inclusion"
        )
    steps = np.diff(numbers)
    if not ((steps > 0).all() or (steps < 0).all()):
        raise InputError(
            f"the anchors are out of order: {', '.join(f'{value:g}' for value in numbers)}",
            mend="give full exclusion, crossover and full inclusion, rising or falling",
        )
    return float(numbers[0]), float(numbers[1]), float(numbers[2])


def _six(values: Sequence[float]) -> tuple[float, ...]:
    six = _numbers(values)
    rising = six[0] < six[1] < six[2] <= six[3] < six[4] < six[5]
    hollow = six[2] < six[1] < six[0] <= six[5] < six[4] < six[3]
    if not (rising or hollow):
        raise InputError(
            f"the anchors are out of order: {', '.join(f'{value:g}' for value in six)}",
            mend="give exclusion, crossover, inclusion, inclusion, crossover, exclusion: rising for a bell; for a U the "
            "exclusions lie in the middle",
        )
    return tuple(float(value) for value in six)


def _key(value: Any) -> str:
    text = str(value).strip() if value is not None else ""
    try:
        return f"{float(text):g}"
    except ValueError:
        return text
