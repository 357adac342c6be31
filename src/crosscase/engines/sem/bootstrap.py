"""Bootstrap, permutation and Monte Carlo inference for a fitted model.

Each draw has a random generator of its own (:mod:`crosscase.compute`), so that results do not depend on the backend.  Failed
draws are counted and reported, never silently dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from crosscase.compute import Backend, Failure, replicate
from crosscase.core.errors import AnalysisError, InputError
from crosscase.engines.sem.batch import Samples, minimise_batch
from crosscase.engines.sem.data import GroupData
from crosscase.engines.sem.moments import Moments, sample_moments
from crosscase.engines.sem.optimise import minimise
from crosscase.engines.sem.ordinal import ordinal_moments
from crosscase.engines.sem.standardise import row_values, standardised

if TYPE_CHECKING:
    from crosscase.engines.sem.result import Fit

__all__ = ["Bootstrap", "Interval", "bootstrap", "monte_carlo"]

Array = np.ndarray
Kind = Literal["plain", "bollen-stine"]
Method = Literal["percentile", "basic", "bca", "normal"]
_BATCHED, _SINGLE = 125, 64  # draws handed to a worker together


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval for one quantity."""

    name: str
    estimate: float
    se: float
    lower: float
    upper: float
    level: float
    method: str


@dataclass(frozen=True)
class Bootstrap:
    """Draws of every parameter, standardized solution and defined effect, from the same resamples.

    Attributes:
        fit: the fit to the original sample.
        theta: full vectors, (successful draws, full).
        chisq: the test statistic of each draw.
        failures: the draws that did not converge, with the reason.
        draws, seed: as asked for.
        kind: ``plain`` or ``bollen-stine``.
        method, level: how intervals are made.
    """

    fit: Fit
    theta: Array
    chisq: Array
    failures: tuple[Failure, ...]
    draws: int
    seed: int
    kind: Kind
    method: Method = "percentile"
    level: float = 0.95
    cache: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def failed(self) -> int:
        return len(self.failures)

    def _kept(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self.cache:
            self.cache[name] = make()
        return self.cache[name]

    @property
    def rows(self) -> Array:
        """Values of all table rows, (draws, rows)."""
        found: Array = self._kept("rows", lambda: row_values(self.fit.problem.specification, self.theta))
        return found

    @property
    def standard(self) -> tuple[Array, Array]:
        """``std_lv`` and ``std_all`` of all rows, each (draws, rows)."""
        found: tuple[Array, Array] = self._kept(
            "standard", lambda: standardised(self.fit.problem.specification, self.theta, self.rows)
        )
        return found

    @property
    def defined(self) -> Array:
        """Values of the defined parameters, (draws, definitions)."""

        def make() -> Array:
            specification = self.fit.problem.specification
            values = specification.values(self.theta)
            shape = self.theta.shape[0]
            return np.stack([np.broadcast_to(values[one.name], shape) for one in specification.definitions], axis=1)

        found: Array = self._kept("defined", make)
        return found

    @property
    def pvalue(self) -> float:
        """Bollen–Stine: the share of draws whose statistic is at least the sample's."""
        if self.kind != "bollen-stine":
            raise InputError("only a Bollen–Stine bootstrap tests the model", mend="use kind='bollen-stine'")
        return float((self.chisq >= self.fit.test.chisq).mean())

    def bounds(self, lhs: str, op: str, rhs: str, group: int) -> tuple[float, float]:
        """The interval of a row of the parameter table."""
        one = self.interval(lhs, op, rhs, group=group or 1)
        return one.lower, one.upper

    def interval(
        self, lhs: str, op: str, rhs: str = "", *, group: int = 1, standard: Literal["", "lv", "all"] = "", method: Method | None = None
    ) -> Interval:  # fmt: skip
        """An interval for one parameter or defined effect, raw or standardized.

        Percentile, basic (Davison & Hinkley 1997, eq. 5.6) or bias-corrected and accelerated (Efron 1987, with the jackknife).
        """
        specification = self.fit.problem.specification
        method = method or self.method
        if op == ":=":
            index = next(k for k, one in enumerate(specification.definitions) if one.name == lhs)

            def quantity(theta: Array) -> Array:
                source = self._source(theta, standard)
                return np.broadcast_to(
                    specification.values(source)[specification.definitions[index].name], theta.shape[0]
                )
        else:
            number = next(
                k for k, row in enumerate(specification.rows) if (*row.key, row.group) == (lhs, op, rhs, group)
            )  # fmt: skip

            def quantity(theta: Array) -> Array:
                values = row_values(specification, theta)
                if standard:
                    values = standardised(specification, theta, values)[0 if standard == "lv" else 1]
                return np.asarray(values[:, number])

        draws = self.defined[:, index] if op == ":=" and not standard else quantity(self.theta)
        estimate = float(quantity(self.fit.theta[None])[0])
        low, high = self.limits(draws, estimate, method, quantity)
        name = lhs if op == ":=" else f"{lhs} {op} {rhs}"
        return Interval(name, estimate, float(np.nanstd(draws, ddof=1)), low, high, self.level, method)

    def _source(self, theta: Array, standard: str) -> Array:
        """θ, or the standardized values in the places of θ."""
        if not standard:
            return theta
        specification = self.fit.problem.specification
        values = standardised(specification, theta, row_values(specification, theta))[0 if standard == "lv" else 1]
        out = np.zeros_like(theta)
        for number, position in specification.positions.items():
            out[:, position] = values[:, number]
        return out

    def limits(
        self, draws: Array, estimate: float, method: Method, quantity: Callable[[Array], Array]
    ) -> tuple[float, float]:
        from scipy.special import ndtr, ndtri

        tail = (1 - self.level) / 2
        draws = draws[np.isfinite(draws)]
        if method == "normal":
            half = float(ndtri(1 - tail)) * float(draws.std(ddof=1))
            return estimate - half, estimate + half
        probabilities = np.array([tail, 1 - tail])
        if method == "bca":
            below = (draws < estimate).mean() + (draws == estimate).mean() / 2
            bias = ndtri(np.clip(below, 1 / (2 * draws.size), 1 - 1 / (2 * draws.size)))
            jackknife = quantity(self._jackknife())
            deviation = jackknife.mean() - jackknife
            bottom = 6.0 * (deviation**2).sum() ** 1.5
            acceleration = (deviation**3).sum() / bottom if bottom > 0 else 0.0
            z = bias + ndtri(probabilities)
            probabilities = ndtr(bias + z / (1 - acceleration * z))
        low, high = np.quantile(draws, probabilities)
        if method == "basic":
            low, high = 2 * estimate - high, 2 * estimate - low
        return float(low), float(high)

    def _jackknife(self) -> Array:
        """Estimates without each case in turn, (n, full)."""

        def make() -> Array:
            task = Task.of(self.fit, "plain")
            counts = []
            for group, part in enumerate(self.fit.moments):
                for case in range(part.n):
                    weights = [np.ones(other.n) for other in self.fit.moments]
                    weights[group][case] = 0.0
                    counts.append(weights)
            found = task.fit_counts(counts)
            return np.array([one[0] for one in found if not isinstance(one, Exception)])

        result: Array = self._kept("jackknife", make)
        return result


@dataclass(frozen=True)
class Task:
    """One chunk of draws; picklable, so that it can run in other processes."""

    fit: Fit
    values: tuple[Array, ...]
    inverse: Array
    batched: bool

    @classmethod
    def of(cls, fit: Fit, kind: Kind) -> Task:
        if any(part.values is None for part in fit.moments):
            raise InputError("a bootstrap needs the cases, not only their moments")
        if kind == "bollen-stine" and any(part.ordinal is not None for part in fit.moments):
            raise InputError("the Bollen–Stine bootstrap is not for ordinal variables", mend="use the plain bootstrap")
        values = []
        for part, implied in zip(fit.moments, fit.implied, strict=True):
            assert part.values is not None
            if kind == "plain":
                values.append(part.values)
                continue
            if part.patterns is not None:
                raise InputError("the Bollen–Stine bootstrap needs complete data", mend="use the plain bootstrap")
            mean = implied.get("mean", part.mean)
            values.append(
                (part.values - part.mean) @ _root(part.covariance, -0.5) @ _root(implied["covariance"], 0.5) + mean
            )
        settings = fit.settings
        specification = fit.problem.specification
        batched = (
            settings.estimator.discrepancy == "ML"
            and all(part.patterns is None and part.weights is None for part in fit.moments)
            and not specification.equalities
            and not specification.inequalities
        )
        hessian = fit.problem.information(fit.optimum.psi, "observed")
        return cls(replace(fit, bootstrap=None), tuple(values), np.linalg.inv(hessian), batched)

    def __call__(self, generators: Sequence[Any]) -> list[Any]:
        counts = []
        for generator in generators:
            one = []
            for part in self.fit.moments:
                if part.clusters is not None:
                    one.append(_cluster_counts(generator, part.clusters))
                else:
                    one.append(np.bincount(generator.integers(0, part.n, part.n), minlength=part.n).astype(float))
            counts.append(one)
        return self.fit_counts(counts)

    def fit_counts(self, counts: Sequence[Sequence[Array]]) -> list[Any]:
        """Fit to samples given as how often each case of each group occurs; (θ, χ²) or the exception."""
        if not self.batched:
            return [self._slowly(one) for one in counts]
        samples, sizes = [], []
        for group, values in enumerate(self.values):
            weights = np.array([one[group] for one in counts])
            n = weights.sum(axis=1)
            centre = values.mean(axis=0)
            z = values - centre
            p = z.shape[1]
            columns, rows = np.triu_indices(p)
            first = weights @ z / n[:, None]
            second = weights @ (z[:, rows] * z[:, columns]) / n[:, None] - first[:, rows] * first[:, columns]
            if self.fit.settings.unbiased:
                second *= (n / (n - 1))[:, None]
            covariance = np.empty((len(counts), p, p))
            covariance[:, rows, columns] = second
            covariance[:, columns, rows] = second
            samples.append(Samples(covariance, first + centre if self.fit.problem.specification.means else None))
            sizes.append(n)
        offset = self._offsets(samples)
        problem = self.fit.problem
        found = minimise_batch(
            problem.specification, problem.weights, self.fit.optimum.psi, offset, self.inverse, samples
        )
        theta = found.psi @ problem.specification.transform.T + offset
        saturated = sum(
            weight * 0.5 * (np.linalg.slogdet(sample.covariance)[1] + sample.covariance.shape[1])
            for weight, sample in zip(problem.weights, samples, strict=True)
        )
        total = np.sum(sizes, axis=0) - (len(sizes) if self.fit.settings.wishart else 0)
        chisq = 2.0 * total * (found.value - saturated)
        out: list[Any] = []
        for index, good in enumerate(found.converged):
            if good:
                out.append((theta[index], float(chisq[index])))
            else:
                out.append(self._slowly(counts[index]))
        return out

    def _offsets(self, samples: Sequence[Samples]) -> Array:
        """k with the exogenous moments of each draw, (b, full); (1, full) when there are none."""
        specification = self.fit.problem.specification
        if not specification.exogenous.size:
            return specification.offset[None]
        offset = np.repeat(specification.offset[None], samples[0].covariance.shape[0], axis=0)
        place = {name: index for index, name in enumerate(specification.table.variables.observed)}
        for number, position in specification.positions.items():
            row = specification.rows[number]
            if row.exogenous:
                sample = samples[row.group - 1]
                if row.op == "~1":
                    assert sample.mean is not None
                    offset[:, position] = sample.mean[:, place[row.lhs]]
                else:
                    offset[:, position] = sample.covariance[:, place[row.lhs], place[row.rhs]]
        return offset

    def _resampled(self, group: int, count: Array) -> Moments:
        part = self.fit.moments[group]
        index = np.repeat(np.arange(part.n), count.astype(int))
        weights = None if part.weights is None else part.weights[index]
        data = GroupData(part.label, self.values[group][index], index, weights=weights)
        settings = self.fit.settings
        if part.ordinal is not None:
            table = self.fit.problem.specification.table
            return ordinal_moments(data, table.options.ordered, table.variables)
        return sample_moments(data, unbiased=settings.unbiased, fiml=settings.missing == "fiml")

    def _slowly(self, counts: Sequence[Array]) -> Any:
        """One draw by the ordinary search, from the original estimates."""
        from crosscase.engines.sem.estimate import constraints_of, make_problem

        try:
            moments = [self._resampled(group, count) for group, count in enumerate(counts)]
            problem = make_problem(self.fit.problem.specification, moments, self.fit.settings)
            optimum = minimise(problem, self.fit.optimum.psi, constraints_of(problem))
        except (AnalysisError, InputError, np.linalg.LinAlgError) as error:
            return AnalysisError(str(error))
        if not optimum.converged:
            return AnalysisError(f"no convergence: the largest gradient is {np.abs(optimum.gradient).max():.2g}")
        total = sum(part.n for part in moments)
        return problem.full(optimum.psi), 2.0 * total * optimum.value


def _cluster_counts(generator: Any, clusters: Array) -> Array:
    """Whole clusters drawn with replacement."""
    names, codes = np.unique(clusters, return_inverse=True)
    drawn = np.bincount(generator.integers(0, names.size, names.size), minlength=names.size)
    return drawn[codes.ravel()].astype(float)


def _root(matrix: Array, power: float) -> Array:
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * values**power) @ vectors.T)


def bootstrap(
    fit: Fit,
    draws: int = 1000,
    *,
    seed: int,
    kind: Kind = "plain",
    method: Method = "percentile",
    level: float = 0.95,
    backend: Backend = "serial",
    workers: int | None = None,
    client: Any = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    checkpoint: Path | None = None,
) -> Fit:
    """The fit with standard errors and intervals from ``draws`` resamples of its cases.

    Args:
        kind: ``plain`` resamples the cases; ``bollen-stine`` first transforms them so that the model holds (Bollen & Stine
            1992), which gives a test of the model in ``result.bollen_stine.pvalue``.
        method: ``percentile``, ``basic``, ``bca`` or ``normal``.
        backend, workers, client, progress, cancelled, checkpoint: see :func:`crosscase.compute.replicate`.

    Raises:
        InputError: the fit was made from moments only.
        AnalysisError: the fit did not converge, or no draw did.
    """
    if not fit.converged:
        raise AnalysisError(str(fit.diagnosis))
    if draws == 1:
        raise InputError("one draw has no spread", where="draws", mend="draw at least 2 times, better 1000")
    task = Task.of(fit, kind)
    chunk = min(_BATCHED if task.batched else _SINGLE, draws)
    found = replicate(
        task, draws, seed=seed, backend=backend, workers=workers, client=client, chunk=chunk,
        progress=progress, cancelled=cancelled, checkpoint=checkpoint,
    )  # fmt: skip
    good = found.successes
    result = Bootstrap(
        replace(fit, bootstrap=None), np.array([one[0] for one in good]), np.array([one[1] for one in good]), found.failures,
        draws, seed, kind, method, level,
    )  # fmt: skip
    warnings = fit.warnings
    if found.failures:
        warnings = (
            *warnings,
            f"{len(found.failures)} of {draws} bootstrap draws did not converge and are not in the intervals",
        )
    if kind == "plain":
        return replace(fit, bootstrap=result, warnings=warnings)
    return replace(fit, bollen_stine=result, warnings=warnings)


def monte_carlo(fit: Fit, *, draws: int = 20000, seed: int, level: float = 0.95) -> tuple[Interval, ...]:
    """Intervals of the defined parameters from the normal distribution of the estimates (MacKinnon et al. 2004)."""
    specification = fit.problem.specification
    generator = np.random.default_rng(seed)
    values, vectors = np.linalg.eigh(fit.reduced_covariance)
    noise = generator.standard_normal((draws, values.size)) * np.sqrt(np.maximum(values, 0.0))
    theta = fit.theta + noise @ vectors.T @ specification.transform.T
    found = specification.values(theta)
    centre = specification.values(fit.theta)
    tail = (1 - level) / 2
    out = []
    for one in specification.definitions:
        draw = np.broadcast_to(found[one.name], draws)
        low, high = np.quantile(draw, [tail, 1 - tail])
        out.append(
            Interval(
                one.name,
                float(centre[one.name]),
                float(draw.std(ddof=1)),
                float(low),
                float(high),
                level,
                "monte carlo",
            )
        )
    return tuple(out)
