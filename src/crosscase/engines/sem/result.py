"""What a fit gives: estimates with errors, fit measures, warnings, and everything it takes to go on from there.

Quantities are computed when first asked for and kept.  A fit that did not converge has no estimates: its parameter rows hold
``None`` and :attr:`Fit.diagnosis` says where the search stood.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from math import erfc, isfinite, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from crosscase.core.errors import AnalysisError
from crosscase.engines.sem.covariance import cross_products, invert
from crosscase.engines.sem.expressions import jacobian
from crosscase.engines.sem.fitmeasures import TestStatistic
from crosscase.engines.sem.frames import frame_of
from crosscase.engines.sem.moments import Moments
from crosscase.engines.sem.optimise import Optimum
from crosscase.engines.sem.ordinaldiscrepancy import ordinal_implied
from crosscase.engines.sem.problem import Problem
from crosscase.engines.sem.standardise import row_values, standardised
from crosscase.engines.sem.syntax import Model
from crosscase.engines.sem.teststatistic import stacked, statistic

if TYPE_CHECKING:
    import pandas

    from crosscase.engines.sem.bootstrap import Bootstrap
    from crosscase.engines.sem.estimate import Settings
    from crosscase.engines.sem.modification import Modification

__all__ = ["Diagnosis", "Fit", "Parameter"]

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Parameter:
    """A line of the parameter table.  ``None`` where a number does not exist (a fixed parameter has no standard error)."""

    lhs: str
    op: str
    rhs: str
    group: int
    label: str
    est: float | None
    se: float | None
    z: float | None
    pvalue: float | None
    ci_lower: float | None
    ci_upper: float | None
    std_lv: float | None
    std_all: float | None
    free: bool = True

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__ if name != "free"}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Where a search that failed stood: the worst parameter, the gradient's largest element, what to try."""

    parameter: str
    gradient: float
    iterations: int
    advice: str

    def __str__(self) -> str:
        return (
            f"the search did not converge in {self.iterations} iterations: the largest gradient, {self.gradient:.3g}, "
            f"is that of {self.parameter}; {self.advice}"
        )


@dataclass(frozen=True, repr=False)
class Fit:
    """A fitted model.

    Attributes:
        model: as parsed.
        problem: the objective with its specification.
        moments: the sample, one entry per group.
        settings: how it was fitted.
        optimum: where the search ended.
        warnings: what a reader of the numbers should know.
        bootstrap: draws, when standard errors and intervals come from them.
        bollen_stine: draws under the model, when its test comes from them.
    """

    model: Model
    problem: Problem
    moments: tuple[Moments, ...]
    settings: Settings
    optimum: Optimum
    warnings: tuple[str, ...]
    bootstrap: Bootstrap | None = None
    bollen_stine: Bootstrap | None = None

    @classmethod
    def of(
        cls, model: Model, problem: Problem, moments: tuple[Moments, ...], settings: Settings, optimum: Optimum, warnings: tuple[str, ...]
    ) -> Fit:  # fmt: skip
        """A result with the warnings that follow from the estimates."""
        found = cls(model, problem, moments, settings, optimum, warnings)
        extra = (str(found.diagnosis),) if not found.converged else tuple(found._improper())
        return cls(model, problem, moments, settings, optimum, warnings + extra)

    def __repr__(self) -> str:
        state = f"chisq={self.test.chisq:.3f}, df={self.df}" if self.converged else "not converged"
        return f"Fit({self.estimator}, n={self.n}, {state})"

    # -- the basics -------------------------------------------------------------------------------------------------

    @property
    def converged(self) -> bool:
        return self.optimum.converged

    @property
    def estimator(self) -> str:
        return self.settings.estimator.name

    @property
    def n(self) -> int:
        return sum(part.n for part in self.moments)

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(part.label for part in self.moments)

    @property
    def df(self) -> int:
        return self.problem.specification.statistics() - self.npar

    @property
    def npar(self) -> int:
        return self.problem.specification.parameters

    @cached_property
    def diagnosis(self) -> Diagnosis | None:
        """Why there is no result; ``None`` when there is one."""
        if self.converged:
            return None
        names = self.problem.specification.names()
        gradient = np.nan_to_num(self.optimum.gradient, nan=np.inf)
        worst = int(np.abs(gradient).argmax()) if gradient.size else 0
        transform = self.problem.specification.transform
        name = names[int(np.abs(transform[:, worst]).argmax())] if gradient.size else ""
        return Diagnosis(
            name, float(np.abs(gradient).max(initial=0.0)), self.optimum.iterations,
            "give start() values, check the scale of the variables, or look for a factor with weak or too few indicators",
        )  # fmt: skip

    def _need(self) -> None:
        if not self.converged:
            raise AnalysisError(str(self.diagnosis))

    @cached_property
    def theta(self) -> Array:
        """The full vector θ at the optimum."""
        self._need()
        return self.problem.full(self.optimum.psi)

    @property
    def coefficients(self) -> dict[str, float]:
        """Readable name → estimate, for the free parameters."""
        rows = self.problem.specification.rows
        names = self.problem.specification.names()
        return {
            names[position]: float(self.theta[position])
            for number, position in self.problem.specification.positions.items()
            if rows[number].free
        }

    # -- errors -----------------------------------------------------------------------------------------------------

    @cached_property
    def reduced_covariance(self) -> Array:
        """Var(ψ̂)."""
        self._need()
        problem, settings = self.problem, self.settings
        transform = problem.specification.transform
        active = self.optimum.active
        less = len(self.moments) if settings.wishart or settings.estimator.discrepancy != "ML" else 0
        total = sum(part.n for part in self.moments) - less
        kind = settings.estimator.errors
        if kind == "first.order":
            return invert(transform.T @ cross_products(problem, self.theta, self.moments) @ transform, active) / total
        bread = invert(
            transform.T
            @ problem.full_information(self.theta, settings.information, self.information_weights)
            @ transform,
            active,
        )
        if kind == "standard":
            return bread / total
        if kind == "robust.sem":
            derivative, weight, gamma = stacked(problem, self.theta, self.moments)
            vd = weight @ (derivative @ transform)
            meat = vd.T @ gamma @ vd
            bread = invert(vd.T @ derivative @ transform, active)
        else:
            meat = transform.T @ cross_products(problem, self.theta, self.moments) @ transform
        return np.asarray(bread @ meat @ bread / total)

    @property
    def information_weights(self) -> Array:
        """The groups' weights in the information; the (n − 1)/n inside the least-squares discrepancies is taken out again."""
        if self.settings.estimator.discrepancy == "ML":
            return self.problem.weights
        return np.asarray(np.array([part.n / (part.n - 1) for part in self.moments]) * self.problem.weights)

    @cached_property
    def covariance(self) -> Array:
        """Var(θ̂) over the full vector; zero for exogenous moments."""
        transform = self.problem.specification.transform
        if self.bootstrap is not None:
            return np.atleast_2d(np.cov(self.bootstrap.theta, rowvar=False))
        return np.asarray(transform @ self.reduced_covariance @ transform.T)

    # -- the parameter table ----------------------------------------------------------------------------------------

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """All rows of the model and the defined parameters."""
        specification = self.problem.specification
        if not self.converged:
            rows = [_unknown(row.lhs, row.op, row.rhs, row.group, row.label, row.free) for row in specification.rows]
            defined = [
                _unknown(one.name, ":=", one.expression.text, 0, one.name, True) for one in specification.definitions
            ]
            return (*rows, *defined)
        values = row_values(specification, self.theta[None])
        std_lv, std_all = (part[0] for part in standardised(specification, self.theta[None], values))
        se = np.sqrt(np.maximum(np.diag(self.covariance), 0.0))
        result = [
            self._parameter(
                row.lhs, row.op, row.rhs, row.group, row.label, est,
                float(se[specification.positions[number]]) if row.free else 0.0, lv, everything, row.free,
            )
            for number, (row, est, lv, everything) in enumerate(
                zip(specification.rows, values[0].tolist(), std_lv.tolist(), std_all.tolist(), strict=True)
            )
        ]  # fmt: skip
        return (*result, *self._defined(std_lv, std_all))

    def _defined(self, std_lv: Array, std_all: Array) -> list[Parameter]:
        specification = self.problem.specification
        if not specification.definitions:
            return []
        expressions = specification.definitions
        values = specification.values(self.theta)
        gradient = self.definition_jacobian()
        if self.bootstrap is not None:
            errors = np.nanstd(self.bootstrap.defined, axis=0, ddof=1)
        else:
            errors = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", gradient, self.covariance, gradient), 0.0))
        standard = []
        for source in (std_lv, std_all):
            by_position = np.zeros(self.theta.size)
            for number, position in specification.positions.items():
                by_position[position] = source[number]
            standard.append(specification.values(by_position))
        return [
            self._parameter(
                one.name, ":=", one.expression.text, 0, one.name, float(values[one.name]), float(errors[index]),
                float(standard[0][one.name]), float(standard[1][one.name]), True,
            )
            for index, one in enumerate(expressions)
        ]  # fmt: skip

    def definition_jacobian(self) -> Array:
        """∂(defined parameters)/∂θ by the chain rule through earlier definitions: (definitions, full)."""
        specification = self.problem.specification
        size = self.theta.size
        values = {name: float(value) for name, value in specification.values(self.theta).items()}
        known = {label: np.eye(size)[position] for label, position in specification.labels.items()}
        out = []
        for one in specification.definitions:
            names = one.expression.names
            row = np.zeros(size)
            if names:
                partial = jacobian([one.expression], names, [values[name] for name in names])[0]
                row = sum((slope * known[name] for name, slope in zip(names, partial, strict=True)), row)
            known[one.name] = row
            out.append(row)
        return np.array(out)

    def _parameter(
        self, lhs: str, op: str, rhs: str, group: int, label: str, est: float, se: float, std_lv: float, std_all: float, free: bool
    ) -> Parameter:  # fmt: skip
        z = est / se if free and se > 0 else None
        low, high = est - 1.959963984540054 * se, est + 1.959963984540054 * se
        if self.bootstrap is not None and free:
            low, high = self.bootstrap.bounds(lhs, op, rhs, group)
        return Parameter(
            lhs, op, rhs, group, label, est, se, z, None if z is None else erfc(abs(z) / sqrt(2.0)), low, high,
            _number(std_lv), _number(std_all), free,
        )  # fmt: skip

    def parameter(self, lhs: str, op: str, rhs: str = "", group: int = 1) -> Parameter:
        """One row of the table."""
        for one in self.parameters:
            if (one.lhs, one.op) == (lhs, op) and (op == ":=" or (one.rhs == rhs and one.group == group)):
                return one
        from crosscase.core.errors import NotFoundError

        raise NotFoundError(
            "parameter", f"{lhs} {op} {rhs}", [f"{one.lhs} {one.op} {one.rhs}" for one in self.parameters]
        )

    # -- fit --------------------------------------------------------------------------------------------------------

    @cached_property
    def test(self) -> TestStatistic:
        """The test of the model, with its scaled version for the robust estimators."""
        self._need()
        return statistic(
            self.problem, self.theta, self.optimum.value, self.df, self.moments, self.settings.estimator.test,
            self.settings.test_information, self.settings.wishart, self.optimum.active,
        )  # fmt: skip

    @cached_property
    def fit_measures(self) -> dict[str, float | int | None]:
        """All measures under lavaan's names with ``_`` for ``.``; empty when the search did not converge."""
        if not self.converged:
            return {}
        from crosscase.engines.sem.measures import fit_measures

        return fit_measures(self)

    @cached_property
    def implied(self) -> tuple[dict[str, Array], ...]:
        """Per group the implied ``covariance`` (p, p), of scaled responses for ordinal variables, and ``mean`` (p,).

        With ordinal variables also the ``thresholds`` in a row, ``slopes`` (q, x) and ``residual_covariance`` (q, q) of the q
        variables that are not exogenous, given the exogenous ones.
        """
        found = []
        for state, part in zip(self.problem.states(self.theta), self.moments, strict=True):
            if part.ordinal is not None:
                found.append(ordinal_implied(state, part.ordinal))
                continue
            found.append({"covariance": state.sigma[0], **({} if state.mu is None else {"mean": state.mu[0]})})
        return tuple(found)

    @cached_property
    def r_squared(self) -> tuple[dict[str, float], ...]:
        """Per group, 1 − residual/total variance of every indicator and outcome."""
        specification = self.problem.specification
        rows = specification.rows
        out = []
        for group, kernel in enumerate(specification.kernels, start=1):
            state, parts = kernel.state(self.theta[None]), kernel.matrices(self.theta[None])
            dependent = {row.rhs for row in rows if row.op == "=~" and row.group == group}
            dependent |= {row.lhs for row in rows if row.op == "~" and row.group == group}
            found = {}
            for index, name in enumerate(kernel.factors):
                if name in dependent:
                    found[name] = float(1 - parts["psi"][0, index, index] / state.factor_covariance[0, index, index])
            for index, name in enumerate(kernel.observed):
                if name in dependent and name not in kernel.factors:
                    found[name] = float(1 - parts["theta"][0, index, index] / state.sigma[0, index, index])
            order = [*kernel.observed, *kernel.factors]
            out.append({name: found[name] for name in dict.fromkeys(order) if name in found})
        return tuple(out)

    @cached_property
    def residuals(self) -> tuple[dict[str, Array], ...]:
        """Per group the raw residuals of what :attr:`implied` holds, and those of the correlations (Bollen 1989)."""
        out = []
        for part, implied in zip(self.moments, self.implied, strict=True):
            s, sigma = part.covariance, implied["covariance"]
            d, e = np.sqrt(np.diag(s)), np.sqrt(np.diag(sigma))
            found = {"covariance": s - sigma, "correlation": s / np.outer(d, d) - sigma / np.outer(e, e)}
            if "mean" in implied:
                found["mean"] = part.mean - implied["mean"]
            if part.ordinal is not None:
                found["thresholds"] = np.concatenate(part.ordinal.thresholds) - implied["thresholds"]
                found["slopes"] = part.ordinal.slopes - implied["slopes"]
                found["residual_covariance"] = part.ordinal.covariance - implied["residual_covariance"]
            out.append(found)
        return tuple(out)

    @property
    def missing_patterns(self) -> list[dict[str, Any]]:
        """Per group and pattern: how many cases, and which variables they miss; empty for complete data."""
        names = self.problem.specification.table.variables.observed
        return [
            {
                "group": part.label,
                "cases": int(count),
                "missing": [name for name, present in zip(names, seen, strict=True) if not present],
            }
            for part in self.moments
            if part.patterns is not None
            for seen, count in zip(part.patterns.observed.tolist(), part.patterns.counts, strict=True)
        ]

    def modification_indices(self, *, everything: bool = False) -> tuple[Modification, ...]:
        """What χ² would fall by if a fixed or absent parameter were free; see :mod:`.modification`."""
        from crosscase.engines.sem.modification import modification_indices

        self._need()
        return modification_indices(self, everything=everything)

    # -- warnings ---------------------------------------------------------------------------------------------------

    def _improper(self) -> list[str]:
        """Negative variances (Heywood cases), correlations beyond 1 and matrices that are not positive definite."""
        specification = self.problem.specification
        found: list[str] = []
        for group, kernel in enumerate(specification.kernels, start=1):
            parts = kernel.matrices(self.theta[None])
            where = f" in group {self.groups[group - 1]}" if len(self.groups) > 1 else ""
            for names, matrix, what in (
                (kernel.observed, parts["theta"][0], "residual"), (kernel.factors, parts["psi"][0], "factor"),
            ):  # fmt: skip
                variances = np.diag(matrix)
                negative = [name for name, value in zip(names, variances, strict=True) if value < -1e-10]
                if negative:
                    found.append(
                        f"Heywood case: the estimated {what} variance of {', '.join(negative)} is negative{where}"
                    )
                    continue
                used = np.flatnonzero(variances > 1e-10)
                if used.size > 1:
                    chosen = matrix[np.ix_(used, used)]
                    deviations = np.sqrt(np.diag(chosen))
                    values, vectors = np.linalg.eigh(chosen / np.outer(deviations, deviations))
                    if values[0] < -1e-8:
                        involved = [names[used[k]] for k in np.flatnonzero(np.abs(vectors[:, 0]) > 0.3)]
                        found.append(
                            f"the covariance matrix of the {what}s is not positive definite: look at {', '.join(involved)}{where}"
                        )
        return found

    # -- presentation -----------------------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """JSON-able."""
        boot = self.bootstrap
        return {
            "converged": self.converged,
            "estimator": self.estimator,
            "n": self.n,
            "groups": list(self.groups) if len(self.groups) > 1 else [],
            "iterations": self.optimum.iterations,
            "parameters": [one.to_dict() for one in self.parameters],
            "fit": self.fit_measures,
            "warnings": list(self.warnings),
            "missing_patterns": self.missing_patterns,
            "bootstrap": None if boot is None else {"draws": boot.draws, "failed": boot.failed, "seed": boot.seed},
        }

    def to_frame(self) -> pandas.DataFrame:
        """The parameter table as a data frame."""
        return frame_of([one.to_dict() for one in self.parameters])

    def _repr_html_(self) -> str:
        columns = ("lhs", "op", "rhs", "est", "se", "z", "pvalue", "ci_lower", "ci_upper", "std_all")
        head = "".join(f"<th scope='col'>{name}</th>" for name in columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_shown(getattr(one, name)))}</td>" for name in columns) + "</tr>"
            for one in self.parameters
        )
        notes = "".join(f"<p>{escape(text)}</p>" for text in self.warnings)
        caption = f"{self.estimator}, n = {self.n}" + ("" if self.converged else ", not converged")
        return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}"


def _unknown(lhs: str, op: str, rhs: str, group: int, label: str, free: bool) -> Parameter:
    """A row without numbers."""
    return Parameter(lhs, op, rhs, group, label, None, None, None, None, None, None, None, None, free)


def _number(value: float) -> float | None:
    return value if isfinite(value) else None


def _shown(value: object) -> str:
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
