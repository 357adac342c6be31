"""Necessary-condition analysis (NCA): which level of x is necessary, though not sufficient, for a level of y?

After Dul (2016), "Necessary condition analysis", Organizational Research Methods 19(1):10–52, and the permutation
test of Dul, van der Laan and Kuik (2020), Organizational Research Methods 23(2):385–395.  A regression goes through the
middle of the points; here a ceiling is laid on top of them, and the empty corner above it is measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Unpack

import numpy as np

from crosscase.compute import Run, replicate
from crosscase.core.errors import AnalysisError, InputError, NotFoundError
from crosscase.core.results import Caution, Tabular
from crosscase.engines.regression.data import Floats, Table, rows

#: The corner that is empty.  "upper-left": high y needs high x; "upper-right": high y needs low x; and so on for low y.
Corner = Literal["upper-left", "upper-right", "lower-left", "lower-right"]
_FLIPS: dict[str, tuple[int, int]] = {
    "upper-left": (1, 1),
    "upper-right": (-1, 1),
    "lower-left": (1, -1),
    "lower-right": (-1, -1),
}


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A ceiling and the empty zone above it.

    ``name`` is CE-FDH (a step function) or CR-FDH (the least-squares line through the steps' corners).  ``effect``
    is the zone's share of the scope.  ``accuracy`` is the share of cases on or below the ceiling.
    ``condition_inefficiency`` and ``outcome_inefficiency`` are the shares of the range of x and of y in which x
    does not constrain y.  ``p_value`` is the permutation test's.  ``effect`` is ``None`` where no such line
    exists; ``note`` says why.
    """

    name: str
    intercept: float | None
    slope: float | None
    zone: float | None
    effect: float | None
    accuracy: float | None
    condition_inefficiency: float | None
    outcome_inefficiency: float | None
    p_value: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """The level of x that is necessary for a level of y; ``None`` in the table is "not necessary".

    ``percent`` is the level of y in percent of its range.  ``beyond`` lists ceilings by which the level of y
    cannot be had with any x inside the scope.
    """

    percent: float
    y: float
    required: tuple[float | None, ...]
    required_percent: tuple[float | None, ...]
    beyond: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Necessity(Tabular):
    """Necessity of x for y.  ``peers`` are the points that hold up the ceiling; ``scope`` is (x min, x max, y min, y
    max)."""

    x: str
    y: str
    corner: Corner
    n: int
    scope: tuple[float, float, float, float]
    scope_area: float
    ceilings: tuple[Ceiling, ...]
    peers: tuple[tuple[float, float], ...]
    bottleneck: tuple[Bottleneck, ...]
    draws: int
    seed: int
    cautions: tuple[Caution, ...] = ()

    def __getitem__(self, name: str) -> Ceiling:

        for ceiling in self.ceilings:
            if ceiling.name == name:
                return ceiling
        raise NotFoundError("ceiling", name, [ceiling.name for ceiling in self.ceilings])

    def columns(self) -> tuple[str, ...]:
        return ("ceiling", "effect", "p_value", "accuracy", "zone", "scope", "intercept", "slope", "note")

    def rows(self) -> list[tuple[Any, ...]]:
        return [
            (c.name, c.effect, c.p_value, c.accuracy, c.zone, self.scope_area, c.intercept, c.slope, c.note)
            for c in self.ceilings
        ]


def necessity(
    table: Table,
    x: str,
    y: str,
    *,
    corner: Corner = "upper-left",
    scope: tuple[float, float, float, float] | None = None,
    steps: int = 10,
    draws: int = 10_000,
    seed: int = 0,
    **run: Unpack[Run],
) -> Necessity:
    """CE-FDH and CR-FDH ceilings of x for y, the bottleneck table and the permutation test.

    Args:
        corner: the corner of the plot that should be empty.
        scope: (x min, x max, y min, y max) of a theoretical scope; the observed one when ``None``.
        steps: rows of the bottleneck table, less one.
        draws: permutations of y; 0 for no test.  p = (1 + draws with an effect as large) / (1 + draws).
        run: ``backend``, ``progress``, ``checkpoint`` and so on; see :func:`crosscase.compute.replicate`.

    Raises:
        NotFoundError: a column is not in the table.
        InputError: an unknown corner, or a scope that leaves out a case.
        AnalysisError: fewer than three cases, or a column that does not vary.
    """
    if corner not in _FLIPS:
        raise InputError(f"there is no corner '{corner}'", mend="use " + ", ".join(_FLIPS))
    data = rows(table, [x, y], least=3)
    flip_x, flip_y = _FLIPS[corner]
    box = scope or (*_range(data[x]), *_range(data[y]))
    if any(data[name].min() < low or data[name].max() > high for name, low, high in ((x, *box[:2]), (y, *box[2:]))):
        raise InputError("a case lies outside the scope", where=f"scope {box}", mend="widen the scope")
    # Every corner becomes the upper left one.
    limits_x, limits_y = np.sort(np.array(box[:2]) * flip_x), np.sort(np.array(box[2:]) * flip_y)
    frame = _Frame.of(data[x] * flip_x, data[y] * flip_y, limits_x, limits_y)
    single = frame.effects(frame.y[None, :])
    p_values: tuple[float | None, float | None] = (None, None)
    if draws:
        p_values = _permute(frame, single, draws, seed, run)
    ceilings = (
        _describe("CE-FDH", frame, single, p_values[0], flip_x, flip_y),
        _describe("CR-FDH", frame, single, p_values[1], flip_x, flip_y),
    )
    peers = tuple((float(a * flip_x), float(b * flip_y)) for a, b in frame.peers())
    table_rows = tuple(
        _bottleneck(frame, single, percent, flip_x, flip_y) for percent in np.linspace(0, 100, steps + 1)
    )
    cautions = list(data.cautions)
    if len(peers) <= 2:
        cautions.append(Caution("few-peers", f"the ceiling rests on {len(peers)} cases; look at each of them"))
    return Necessity(
        x, y, corner, len(data.values), box, frame.area, ceilings, peers, table_rows, draws, seed, tuple(cautions)
    )


def _range(values: Floats) -> tuple[float, float]:
    return float(values.min()), float(values.max())


@dataclass(frozen=True, slots=True, eq=False)
class _Effects:
    """For each row of y: the step levels at the distinct x, and both ceilings' zones; NaN where a line does not
    exist."""

    levels: Floats
    step_zone: Floats
    line_zone: Floats
    intercept: Floats
    slope: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """Cases sorted by x, with the scope; the ceiling falls to the left."""

    x: Floats
    y: Floats
    low_x: float
    high_x: float
    low_y: float
    high_y: float
    distinct: Floats
    last: Any

    @classmethod
    def of(cls, x: Floats, y: Floats, limits_x: Floats, limits_y: Floats) -> _Frame:
        order = np.argsort(x, kind="stable")
        x, y = x[order], y[order]
        distinct, first = np.unique(x, return_index=True)
        last = np.append(first[1:], len(x)) - 1
        low_x, high_x = (float(v) for v in limits_x)
        low_y, high_y = (float(v) for v in limits_y)
        return cls(x, y, low_x, high_x, low_y, high_y, distinct, last)

    @property
    def area(self) -> float:
        return (self.high_x - self.low_x) * (self.high_y - self.low_y)

    def effects(self, ys: Floats) -> _Effects:
        """Ceilings of rows of y values in the order of the sorted x."""
        levels = np.maximum.accumulate(ys, axis=1)[:, self.last]
        widths = np.diff(np.append(self.distinct, self.high_x))
        step = (self.distinct[0] - self.low_x) * (self.high_y - self.low_y) + (self.high_y - levels) @ widths
        peers = np.column_stack([np.ones(len(ys), dtype=bool), np.diff(levels, axis=1) > 0])
        number = peers.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean_x = (peers * self.distinct).sum(axis=1) / number
            mean_y = (peers * levels).sum(axis=1) / number
            away = peers * (self.distinct - mean_x[:, None])
            slope = (away * levels).sum(axis=1) / (away**2).sum(axis=1)
        slope = np.where((number > 1) & (slope > 0), slope, np.nan)
        intercept = mean_y - slope * mean_x
        return _Effects(levels, step, self._line_zone(intercept, slope), intercept, slope)

    def _line_zone(self, intercept: Floats, slope: Floats) -> Floats:
        """The area between the line and the top of the scope, kept inside it: a trapezoid of three pieces."""
        height = self.high_y - self.low_y
        reaches_low = np.clip((self.low_y - intercept) / slope, self.low_x, self.high_x)
        reaches_high = np.clip((self.high_y - intercept) / slope, self.low_x, self.high_x)
        below = (reaches_low - self.low_x) * height
        top = self.high_y - (intercept + slope * reaches_low)
        bottom = self.high_y - (intercept + slope * reaches_high)
        return np.asarray(below + (reaches_high - reaches_low) * (top + bottom) / 2)

    def peers(self) -> list[tuple[float, float]]:
        levels = np.maximum.accumulate(self.y)[self.last]
        is_peer = np.append(True, np.diff(levels) > 0)
        return list(zip(self.distinct[is_peer].tolist(), levels[is_peer].tolist(), strict=True))


def _describe(name: str, frame: _Frame, single: _Effects, p_value: float | None, flip_x: int, flip_y: int) -> Ceiling:
    width, height = frame.high_x - frame.low_x, frame.high_y - frame.low_y
    if name == "CE-FDH":
        zone = float(single.step_zone[0])
        levels = single.levels[0]
        full = frame.distinct[levels >= levels[-1]][0] if levels[-1] >= frame.high_y else frame.high_x
        start = levels[0] if frame.distinct[0] <= frame.low_x else frame.low_y
        effect = zone / frame.area
        if zone <= 1e-12 * frame.area:
            return Ceiling(name, None, None, 0.0, 0.0, 1.0, 1.0, 1.0, p_value, "the corner is not empty")
        condition, outcome = (frame.high_x - full) / width, (start - frame.low_y) / height
        return Ceiling(name, None, None, zone, effect, 1.0, float(condition), float(outcome), p_value)
    slope, intercept = float(single.slope[0]), float(single.intercept[0])
    if np.isnan(slope):
        return Ceiling(name, None, None, None, None, None, None, None, None, "the steps do not rise: there is no line")
    zone = float(single.line_zone[0])
    accuracy = float(np.mean(frame.y <= intercept + slope * frame.x + 1e-9 * height))
    full = np.clip((frame.high_y - intercept) / slope, frame.low_x, frame.high_x)
    start = np.clip(intercept + slope * frame.low_x, frame.low_y, frame.high_y)
    return Ceiling(
        name,
        intercept * flip_y,
        slope * flip_x * flip_y,
        zone,
        zone / frame.area,
        accuracy,
        float((frame.high_x - full) / width),
        float((start - frame.low_y) / height),
        p_value,
    )


def _bottleneck(frame: _Frame, single: _Effects, percent: float, flip_x: int, flip_y: int) -> Bottleneck:
    y = frame.low_y + percent / 100 * (frame.high_y - frame.low_y)
    enough = single.levels[0] >= y - 1e-12 * (frame.high_y - frame.low_y)
    step = float(frame.distinct[enough][0]) if enough.any() else np.inf
    line = float((y - single.intercept[0]) / single.slope[0])
    required: list[float | None] = []
    shares: list[float | None] = []
    beyond = []
    for name, value in (("CE-FDH", step), ("CR-FDH", line)):
        needed = value > frame.low_x and not np.isnan(value)
        if needed and value > frame.high_x + 1e-9 * (frame.high_x - frame.low_x):
            beyond.append(name)
            needed = False
        required.append(value * flip_x if needed else None)
        shares.append(100 * (value - frame.low_x) / (frame.high_x - frame.low_x) if needed else None)
    return Bottleneck(float(percent), float(y * flip_y), tuple(required), tuple(shares), tuple(beyond))


@dataclass(frozen=True, slots=True, eq=False)
class _Draw:
    """Permutations of y, a chunk at a time."""

    frame: _Frame

    def __call__(self, generators: Sequence[Any]) -> list[Any]:
        effects = self.frame.effects(np.stack([rng.permutation(self.frame.y) for rng in generators]))
        return list(np.column_stack([effects.step_zone, np.nan_to_num(effects.line_zone)]))


def _permute(frame: _Frame, single: _Effects, draws: int, seed: int, run: Run) -> tuple[float | None, float | None]:
    done = replicate(_Draw(frame), draws, seed=seed, **run)
    found = np.array(done.successes)
    if not len(found):
        raise AnalysisError("no permutation could be drawn")
    slack = 1e-12 * frame.area
    observed = (float(single.step_zone[0]), float(np.nan_to_num(single.line_zone[0])))
    step, line = ((1 + int((found[:, i] >= observed[i] - slack).sum())) / (1 + draws) for i in range(2))
    return step, line
