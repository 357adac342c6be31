"""Direct, indirect and total effects: every path through the regressions of a model is found, none has to be written down."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from crosscase.core.errors import InputError
from crosscase.engines.sem.bootstrap import Bootstrap, bootstrap
from crosscase.engines.sem.frames import frame_of
from crosscase.engines.sem.standardise import row_values, standardised

if TYPE_CHECKING:
    import pandas

    from crosscase.engines.sem.bootstrap import Method
    from crosscase.engines.sem.result import Fit

__all__ = ["Effect", "Effects", "effects", "permutation"]

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect of ``source`` on ``target``: ``direct``, ``specific`` (one indirect path), ``indirect`` (all) or ``total``."""

    path: str
    kind: str
    source: str
    target: str
    group: int
    estimate: float
    se: float | None
    pvalue: float | None
    lower: float | None
    upper: float | None
    std_all: float | None

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Effects:
    """All effects of a model, with how their intervals were made (``delta``, ``percentile``, ``bca`` …)."""

    effects: tuple[Effect, ...]
    method: str
    draws: int
    failed: int
    seed: int | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "effects": [one.to_dict() for one in self.effects], "method": self.method,
            "bootstrap": {"draws": self.draws, "failed": self.failed, "seed": self.seed} if self.draws else None,
        }  # fmt: skip

    def to_frame(self) -> pandas.DataFrame:
        """One row per effect."""
        return frame_of([one.to_dict() for one in self.effects])

    def _repr_html_(self) -> str:
        names = ("path", "kind", "estimate", "se", "lower", "upper", "std_all")
        head = "".join(f"<th scope='col'>{name}</th>" for name in names)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_shown(getattr(one, name)))}</td>" for name in names) + "</tr>"
            for one in self.effects
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _shown(value: object) -> str:
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


@dataclass(frozen=True, slots=True)
class _Sum:
    """An effect as a sum of products of rows of the table."""

    path: str
    kind: str
    source: str
    target: str
    group: int
    products: tuple[tuple[int, ...], ...]

    def value(self, rows: Array) -> Array:
        """From row values (b, rows): (b,)."""
        return np.asarray(sum(np.prod(rows[:, list(one)], axis=1) for one in self.products))

    def slopes(self, rows: Array) -> dict[int, float]:
        """The derivative by each row's value, at row values (rows,)."""
        found: dict[int, float] = {}
        for numbers in self.products:
            for place, number in enumerate(numbers):
                others = [other for k, other in enumerate(numbers) if k != place]
                found[number] = found.get(number, 0.0) + float(np.prod(rows[others]))
        return found


@dataclass(frozen=True, slots=True)
class _Loop:
    """An effect in a model with a loop, where the paths have no end: an element of (I − B)⁻¹ − I (Bollen 1989, p. 377).

    ``arrows`` are (effect, cause, row); ``without`` the rows of the direct paths, for the indirect effect.
    """

    path: str
    kind: str
    source: str
    target: str
    group: int
    arrows: tuple[tuple[str, str, int], ...]
    without: tuple[int, ...] = ()

    def value(self, rows: Array) -> Array:
        """From row values (b, rows): (b,)."""
        names, inverse = self._inverse(rows)
        total = inverse[:, names.index(self.target), names.index(self.source)]
        return np.asarray(total - rows[:, list(self.without)].sum(axis=1))

    def slopes(self, rows: Array) -> dict[int, float]:
        """The derivative by each row's value, at row values (rows,)."""
        names, inverse = self._inverse(rows[None])
        target, source = names.index(self.target), names.index(self.source)
        found = {
            number: float(inverse[0, target, names.index(effect)] * inverse[0, names.index(cause), source])
            for effect, cause, number in self.arrows
        }
        return {number: slope - (number in self.without) for number, slope in found.items()}

    def _inverse(self, rows: Array) -> tuple[list[str], Array]:
        names = list(dict.fromkeys(name for effect, cause, _ in self.arrows for name in (effect, cause)))
        matrix = np.tile(np.eye(len(names)), (rows.shape[0], 1, 1))
        for effect, cause, number in self.arrows:
            matrix[:, names.index(effect), names.index(cause)] -= rows[:, number]
        return names, np.linalg.inv(matrix)


def _paths(fit: Fit) -> list[_Sum | _Loop]:
    found: list[_Sum | _Loop] = []
    rows = fit.problem.specification.rows
    values = row_values(fit.problem.specification, fit.theta[None])
    for group in range(1, len(fit.moments) + 1):
        arrows: dict[str, list[tuple[str, int]]] = {}
        for number, row in enumerate(rows):
            if row.group == group and row.op == "~":
                arrows.setdefault(row.rhs, []).append((row.lhs, number))
        loop = _has_loop(arrows)
        every = tuple((effect, cause, number) for cause, those in arrows.items() for effect, number in those)
        for source in arrows:
            walks: dict[str, list[tuple[tuple[str, ...], tuple[int, ...]]]] = {}
            _walk(source, (source,), (), arrows, walks)
            for target, ways in walks.items():
                sums = _effects_of(source, target, group, ways)
                found.extend(one for one in sums if not loop or one.kind in ("direct", "specific"))
                if loop:
                    found.extend(_around(source, target, group, every, ways, values))
    return found


def _around(
    source: str, target: str, group: int, every: tuple[tuple[str, str, int], ...],
    ways: list[tuple[tuple[str, ...], tuple[int, ...]]], values: Array,
) -> list[_Loop]:  # fmt: skip
    """The indirect and the total effect in a model with a loop, where there is more than the direct one."""
    arrow, direct = f"{source} -> {target}", tuple(numbers[0] for _, numbers in ways if len(numbers) == 1)
    indirect = _Loop(arrow, "indirect", source, target, group, every, direct)
    if len(direct) == len(ways) and abs(float(indirect.value(values)[0])) < 1e-12:
        return []
    return [indirect, _Loop(arrow, "total", source, target, group, every)]


def _has_loop(arrows: dict[str, list[tuple[str, int]]]) -> bool:
    """Whether a path leads back to where it began."""
    left = {name: {effect for effect, _ in those} for name, those in arrows.items()}
    while left:
        ends = [name for name, effects in left.items() if not effects & left.keys()]
        if not ends:
            return True
        for name in ends:
            del left[name]
    return False


def _walk(
    at: str, names: tuple[str, ...], numbers: tuple[int, ...], arrows: dict[str, list[tuple[str, int]]],
    walks: dict[str, list[tuple[tuple[str, ...], tuple[int, ...]]]],
) -> None:  # fmt: skip
    for target, number in arrows.get(at, ()):
        if target in names:
            continue
        walks.setdefault(target, []).append(((*names, target), (*numbers, number)))
        _walk(target, (*names, target), (*numbers, number), arrows, walks)


def _effects_of(
    source: str, target: str, group: int, ways: list[tuple[tuple[str, ...], tuple[int, ...]]]
) -> list[_Sum]:
    direct = [way for way in ways if len(way[1]) == 1]
    indirect = [way for way in ways if len(way[1]) > 1]
    out = [_Sum(" -> ".join(names), "direct", source, target, group, (numbers,)) for names, numbers in direct]
    if not indirect:
        return out
    out += [_Sum(" -> ".join(names), "specific", source, target, group, (numbers,)) for names, numbers in indirect]
    arrow = f"{source} -> {target}"
    out.append(_Sum(arrow, "indirect", source, target, group, tuple(numbers for _, numbers in indirect)))
    out.append(_Sum(arrow, "total", source, target, group, tuple(numbers for _, numbers in ways)))
    return out


def effects(
    fit: Fit, *, draws: int = 0, seed: int = 1, method: Method = "percentile", level: float = 0.95, **options: Any
) -> Effects:
    """Every direct, specific indirect, total indirect and total effect of a fitted model.

    With ``draws`` the errors and intervals come from a bootstrap (``options`` go to
    :func:`~crosscase.engines.sem.bootstrap.bootstrap`) or from the one that the fit already has; otherwise from the delta method.

    Raises:
        InputError: the model has no regression.
        AnalysisError: the fit did not converge.
    """
    sums = _paths(fit)
    if not sums:
        raise InputError(
            "the model has no regression and so no effect", mend="write one, for example  y ~ m + x;  m ~ x"
        )
    specification = fit.problem.specification
    if draws and fit.bootstrap is None:
        fit = bootstrap(fit, draws, seed=seed, method=method, level=level, **options)
    values = row_values(specification, fit.theta[None])
    standard = standardised(specification, fit.theta[None], values)[1]
    result = []
    for one in sums:
        estimate = float(one.value(values)[0])
        if fit.bootstrap is not None:
            se, low, high = _from_draws(one, fit.bootstrap, estimate, method)
        else:
            se, low, high = _delta(one, fit, values, level)
        p = None if not se else float(2 * _tail(abs(estimate / se)))
        result.append(
            Effect(
                one.path,
                one.kind,
                one.source,
                one.target,
                one.group,
                estimate,
                se,
                p,
                low,
                high,
                float(one.value(standard)[0]),
            )
        )
    boot = fit.bootstrap
    if boot is None:
        return Effects(tuple(result), "delta", 0, 0, None)
    return Effects(tuple(result), method, boot.draws, boot.failed, boot.seed)


def _tail(z: float) -> float:
    from scipy.special import ndtr

    return float(ndtr(-z))


def _from_draws(one: _Sum | _Loop, boot: Bootstrap, estimate: float, method: Method) -> tuple[float, float, float]:
    specification = boot.fit.problem.specification

    def quantity(theta: Array) -> Array:
        return one.value(row_values(specification, theta))

    draws = one.value(boot.rows)
    low, high = boot.limits(draws, estimate, method, quantity)
    return float(draws.std(ddof=1)), low, high


def _delta(one: _Sum | _Loop, fit: Fit, values: Array, level: float) -> tuple[float, float, float]:
    from scipy.special import ndtri

    specification = fit.problem.specification
    slope = np.zeros(fit.theta.size)
    for number, value in one.slopes(values[0]).items():
        if number in specification.positions:
            slope[specification.positions[number]] += value
    se = float(np.sqrt(max(slope @ fit.covariance @ slope, 0.0)))
    estimate = float(one.value(values)[0])
    half = float(ndtri(0.5 + level / 2)) * se
    return se, estimate - half, estimate + half


def permutation(fit: Fit, *, draws: int = 5000, seed: int, level: float = 0.95) -> Effects:
    """Permutation intervals of the effects in a model of observed variables (Taylor & MacKinnon 2012).

    The residuals of each regression are permuted and added to its fitted values; the coefficients are estimated again.

    Raises:
        InputError: the model has latent variables, several groups, incomplete data, or fixed or equal coefficients.
    """
    specification = fit.problem.specification
    variables = specification.table.variables
    regressions = [(number, row) for number, row in enumerate(specification.rows) if row.op == "~"]
    simple = (
        not variables.latent
        and len(fit.moments) == 1
        and fit.moments[0].patterns is None
        and fit.moments[0].values is not None
    )
    if not simple or len(specification.linear) or any(not row.free for _, row in regressions):
        raise InputError(
            "permutation intervals need a model of observed variables with free coefficients, complete cases and one group",
            mend="use the bootstrap or monte_carlo()",
        )
    values = fit.moments[0].values
    assert values is not None
    place = {name: index for index, name in enumerate(variables.observed)}
    centred = values - values.mean(axis=0)
    drawn = np.repeat(row_values(specification, fit.theta[None]), draws, axis=0)
    generator = np.random.default_rng(seed)
    for outcome in dict.fromkeys(row.lhs for _, row in regressions):
        own = [(number, place[row.rhs]) for number, row in regressions if row.lhs == outcome]
        x = centred[:, [column for _, column in own]]
        solve = np.linalg.solve(x.T @ x, x.T)
        b = solve @ centred[:, place[outcome]]
        residual = centred[:, place[outcome]] - x @ b
        permuted = generator.permuted(np.broadcast_to(residual, (draws, residual.size)), axis=1)
        drawn[:, [number for number, _ in own]] = b + permuted @ solve.T
    point = row_values(specification, fit.theta[None])
    standard = standardised(specification, fit.theta[None], point)[1]
    tail = (1 - level) / 2
    result = []
    for one in _paths(fit):
        sample = one.value(drawn)
        low, high = np.quantile(sample, [tail, 1 - tail])
        result.append(
            Effect(
                one.path, one.kind, one.source, one.target, 1, float(one.value(point)[0]), float(sample.std(ddof=1)), None,
                float(low), float(high), float(one.value(standard)[0]),
            )
        )  # fmt: skip
    return Effects(tuple(result), "permutation", draws, 0, seed)
