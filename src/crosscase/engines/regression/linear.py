"""Regression in blocks: least squares or logit, with robust or clustered errors.  statsmodels does the fitting.

A term is a column, or a product of columns written ``a:b``.  A regression shows association on average; it cannot
show that something is necessary (see :mod:`.necessity`).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from crosscase.core.errors import AnalysisError, InputError, NotFoundError
from crosscase.core.results import Caution, Tabular, check_level
from crosscase.engines.regression.data import Floats, Rows, Table, rows

Errors = Literal["classical", "HC0", "HC1", "HC2", "HC3", "cluster"]
Kind = Literal["ols", "logit"]


@dataclass(frozen=True, slots=True)
class Term:
    """A coefficient.  ``statistic`` is t (z in a logit); ``beta`` is standardized (least squares only); ``vif`` needs
    two predictors."""

    name: str
    b: float
    se: float
    statistic: float
    p_value: float
    lower: float
    upper: float
    beta: float | None
    vif: float | None


@dataclass(frozen=True, slots=True)
class Model:
    """The regression with the blocks up to this one.

    Least squares: ``r2``, ``adjusted_r2``; ``change`` is the F of the block's terms (a Wald F with the errors
    asked for). Logit: ``r2`` is McFadden's, ``nagelkerke`` is its own; ``change`` is the likelihood-ratio chi-square.
    ``overall`` tests all terms in the same way.  ``aic`` and ``bic`` count the coefficients, not the residual variance.
    """

    block: int
    terms: tuple[Term, ...]
    r2: float
    r2_change: float
    adjusted_r2: float | None
    nagelkerke: float | None
    overall: float
    overall_p: float
    change: float
    change_freedom: tuple[float, ...]
    change_p: float
    log_likelihood: float
    aic: float
    bic: float
    residual_freedom: float


@dataclass(frozen=True, slots=True)
class Regression(Tabular):
    """Hierarchical regression: one :class:`Model` a block, each with the terms of the blocks before it."""

    outcome: str
    kind: Kind
    errors: Errors
    n: int
    clusters: int | None
    level: float
    models: tuple[Model, ...]
    cautions: tuple[Caution, ...] = ()

    def columns(self) -> tuple[str, ...]:
        return ("block", "term", "b", "se", "statistic", "p_value", "lower", "upper", "beta", "vif")

    def rows(self) -> list[tuple[Any, ...]]:
        return [
            (model.block, t.name, t.b, t.se, t.statistic, t.p_value, t.lower, t.upper, t.beta, t.vif)
            for model in self.models
            for t in model.terms
        ]


def regression(
    table: Table,
    outcome: str,
    blocks: Sequence[Sequence[str]],
    *,
    kind: Kind = "ols",
    errors: Errors = "classical",
    cluster: str | None = None,
    center: bool = False,
    level: float = 0.95,
) -> Regression:
    """Regress ``outcome`` on blocks of terms, added one after the other, on the rows complete in all of them.

    Args:
        table: names to columns.
        outcome: the dependent variable; 0/1 for a logit.
        blocks: terms to add at each step; ``a:b`` is a product.
        kind: ``ols`` or ``logit``.
        errors: ``classical``, ``HC0`` to ``HC3`` (MacKinnon and White, 1985) or ``cluster``.  Least squares uses the t
            distribution, with (number of clusters − 1) degrees of freedom for clusters.
        cluster: the column of the clusters; any values.
        center: centre the columns inside products before multiplying.
        level: coverage of the intervals.

    Raises:
        NotFoundError: a column is not in the table.
        InputError: no terms, a term twice, HC2 or HC3 in a logit, ``cluster`` without errors or the other way round.
        AnalysisError: too few rows, a column that does not vary, collinear terms, separation in a logit.
    """
    check_level(level)
    terms = [term for block in blocks for term in block]
    if not terms or any(not block for block in blocks):
        raise InputError("a block has no terms", mend="name at least one predictor a block")
    if len(set(terms)) < len(terms) or outcome in terms:
        raise InputError("a variable is named twice", where=", ".join(terms), mend="name each predictor once")
    if (errors == "cluster") != (cluster is not None):
        raise InputError(
            "clustered errors need the column of the clusters", mend="give errors='cluster' and cluster='…'"
        )
    if kind == "logit" and errors in ("HC2", "HC3"):
        raise InputError(f"{errors} is not defined for a logit", mend="use HC0, HC1 or cluster")
    columns = [part for term in terms for part in term.split(":")]
    usable, groups = _with_clusters(table, cluster)
    data = rows(usable, [outcome, *columns], least=len(terms) + 2)
    labels = None if groups is None else groups[data.kept]
    design = {term: product(data, term, center=center) for term in terms}
    y = data[outcome]
    if kind == "logit" and set(np.unique(y)) != {0.0, 1.0}:
        raise InputError("a logit needs an outcome of 0 and 1", where=outcome, mend="recode it to 0 and 1")
    models: list[Model] = []
    taken: list[str] = []
    for number, block in enumerate(blocks, start=1):
        before = models[-1] if models else None
        taken += block
        matrix = np.column_stack([design[term] for term in taken])
        models.append(_model(y, matrix, taken, len(block), number, before, kind, errors, labels, level))
    return Regression(
        outcome,
        kind,
        errors,
        len(y),
        None if labels is None else len(np.unique(labels)),
        level,
        tuple(models),
        _cautions(data, models[-1], labels, kind, y),
    )


def product(data: Rows, term: str, *, center: bool) -> Floats:
    """The column of a term; the parts of ``a:b`` are multiplied."""
    parts = term.split(":")
    if len(parts) == 1:
        return data[term]
    columns = [data[part] - data[part].mean() if center else data[part] for part in parts]
    return np.asarray(np.prod(columns, axis=0))


def _with_clusters(table: Table, cluster: str | None) -> tuple[Table, Any]:
    """The table, and the clusters as numbers; a row without a cluster keeps NaN and is refused."""
    if cluster is None:
        return table, None
    if cluster not in table:
        raise NotFoundError("column", cluster, [str(column) for column in table])
    names = [str(value) for value in table[cluster]]
    if any(name in ("None", "nan", "") for name in names):
        raise InputError("a row has no cluster", where=f"column {cluster}", mend="give every row its cluster")
    return table, np.unique(names, return_inverse=True)[1].ravel()


def _model(
    y: Floats,
    matrix: Floats,
    terms: Sequence[str],
    added: int,
    number: int,
    before: Model | None,
    kind: Kind,
    errors: Errors,
    labels: Any,
    level: float,
) -> Model:
    exogenous = np.column_stack([np.ones(len(y)), matrix])
    if np.linalg.matrix_rank(exogenous / np.abs(exogenous).max(axis=0)) < exogenous.shape[1]:
        raise AnalysisError(
            "the terms are perfectly collinear",
            where=", ".join(terms),
            mend="leave out a term that follows from others",
        )
    fit = _fit(y, exogenous, kind, errors, labels)
    if kind == "ols":
        r2, nagelkerke = float(fit.rsquared), None
        unit = np.eye(exogenous.shape[1])
        overall, change = _wald(fit, unit[1:]), _wald(fit, unit[-added:])
    else:
        null = float(fit.llnull)
        r2 = 1 - float(fit.llf) / null
        nagelkerke = float((1 - np.exp(2 * (null - fit.llf) / len(y))) / (1 - np.exp(2 * null / len(y))))
        overall = _ratio(float(fit.llf), null, len(terms))
        change = _ratio(float(fit.llf), null if before is None else before.log_likelihood, added)
    return Model(
        number,
        _terms(fit, y, matrix, terms, kind, level),
        r2,
        r2 - (before.r2 if before else 0.0),
        float(fit.rsquared_adj) if kind == "ols" else None,
        nagelkerke,
        overall[0],
        overall[2],
        *change,
        float(fit.llf),
        float(fit.aic),
        float(fit.bic),
        float(fit.df_resid),
    )


def _terms(fit: Any, y: Floats, matrix: Floats, terms: Sequence[str], kind: Kind, level: float) -> tuple[Term, ...]:
    """The coefficients, the intercept first."""
    interval = fit.conf_int(1 - level)
    vifs = _vifs(matrix)
    scale = matrix.std(axis=0) / y.std()
    found = []
    for i, name in enumerate(("(intercept)", *terms)):
        beta = float(fit.params[i] * scale[i - 1]) if i and kind == "ols" else None
        vif = float(vifs[i - 1]) if i and len(terms) > 1 else None
        numbers = (fit.params[i], fit.bse[i], fit.tvalues[i], fit.pvalues[i], interval[i, 0], interval[i, 1])
        b, se, statistic, p_value, lower, upper = (float(value) for value in numbers)
        found.append(Term(name, b, se, statistic, p_value, lower, upper, beta, vif))
    return tuple(found)


def _fit(y: Floats, exogenous: Floats, kind: Kind, errors: Errors, labels: Any) -> Any:
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import PerfectSeparationError

    options: dict[str, Any] = {}
    if errors != "classical":
        options = {"cov_type": errors}
        if errors == "cluster":
            options["cov_kwds"] = {"groups": labels}
    if kind == "ols":
        return sm.OLS(y, exogenous).fit(**({"use_t": True} | options if options else {}))
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        try:
            fit = sm.Logit(y, exogenous).fit(disp=0, maxiter=200, **options)
        except (PerfectSeparationError, np.linalg.LinAlgError):
            fit = None
    if fit is None or not fit.mle_retvals["converged"] or np.abs(fit.fittedvalues).max() > 30:
        raise AnalysisError(
            "the logit has no finite estimates: some terms separate the outcomes perfectly",
            mend="leave out the term that does, or join categories",
        )
    return fit


def _wald(fit: Any, restriction: Floats) -> tuple[float, tuple[float, ...], float]:
    test = fit.f_test(restriction)
    return float(np.squeeze(test.fvalue)), (float(test.df_num), float(test.df_denom)), float(test.pvalue)


def _ratio(larger: float, smaller: float, freedom: int) -> tuple[float, tuple[float, ...], float]:
    from scipy.stats import chi2

    statistic = 2 * (larger - smaller)
    return statistic, (float(freedom),), float(chi2.sf(statistic, freedom))


def _vifs(matrix: Floats) -> Floats:
    """Variance inflation factors: the diagonal of the inverse correlation matrix."""
    if matrix.shape[1] == 1:
        return np.ones(1)
    return np.asarray(np.diag(np.linalg.inv(np.corrcoef(matrix, rowvar=False))))


def _cautions(data: Rows, model: Model, labels: Any, kind: Kind, y: Floats) -> tuple[Caution, ...]:
    cautions = list(data.cautions)
    for term in model.terms:
        if term.vif is not None and term.vif > 10 and ":" not in term.name:
            message = f"the variance inflation factor of '{term.name}' is {term.vif:.1f}"
            cautions.append(Caution("collinear", message, term.name))
    number = len(model.terms) - 1
    cases = len(y) if kind == "ols" else int(min(y.sum(), len(y) - y.sum()))
    if cases < 10 * number:
        what = "cases" if kind == "ols" else "cases of the rarer outcome"
        cautions.append(Caution("few-cases", f"{cases} {what} for {number} terms"))
    if labels is not None and len(np.unique(labels)) < 20:
        found = len(np.unique(labels))
        cautions.append(Caution("few-clusters", f"clustered errors from {found} clusters are too small on average"))
    return tuple(cautions)


@dataclass(frozen=True, slots=True)
class Collinearity(Tabular):
    """Variance inflation factors.  ``full`` tells that every variable was predicted from all others (Kock, 2015)."""

    names: tuple[str, ...]
    vif: tuple[float, ...]
    full: bool
    n: int
    cautions: tuple[Caution, ...] = ()

    def columns(self) -> tuple[str, ...]:
        return ("variable", "vif")

    def rows(self) -> list[tuple[Any, ...]]:
        return list(zip(self.names, self.vif, strict=True))


def collinearity(table: Table, predictors: Sequence[str], *, outcome: str | None = None) -> Collinearity:
    """Variance inflation factors of predictors; with an ``outcome``, of all variables together, the outcome among them.

    Full-collinearity factors above 3.3 are read as a sign of common-method variance (Kock, 2015).

    Raises:
        InputError: fewer than two variables.
        AnalysisError: a variable follows from the others.
    """
    names = [*predictors, *([outcome] if outcome else [])]
    if len(names) < 2:
        raise InputError("variance inflation needs at least two variables")
    data = rows(table, names, least=len(names) + 1)
    correlation = np.atleast_2d(np.corrcoef(data.values, rowvar=False))
    if np.linalg.matrix_rank(correlation) < len(correlation):
        raise AnalysisError("a variable follows exactly from the others", where=", ".join(names), mend="leave one out")
    vifs = np.diag(np.linalg.inv(correlation))
    bar = 3.3 if outcome else 10.0
    cautions = [
        Caution("collinear", f"the variance inflation factor of '{name}' is {value:.2f}, above {bar}", name)
        for name, value in zip(data.names, vifs, strict=True)
        if value > bar
    ]
    return Collinearity(
        data.names,
        tuple(float(v) for v in vifs),
        outcome is not None,
        len(data.values),
        (*data.cautions, *cautions),
    )
