"""From statements to the parameter table: what the user wrote plus the defaults that lavaan's users rely on.

The defaults (those of lavaan's ``sem`` and ``cfa``): the first loading of a factor is 1 (or, with ``std_lv``, its variance);
a single indicator has no residual variance;
residual variances, covariances of exogenous factors and of outcomes that predict nothing are free; the moments of exogenous
observed variables are fixed at the sample's; intercepts of observed variables are free and those of factors 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from crosscase.core.errors import ExpressionError, InputError, NotFoundError
from crosscase.engines.sem.syntax import Constraint, Model, Term

__all__ = ["Options", "Row", "Table", "Variables", "build_table"]

GROUP_EQUAL = (
    "loadings", "intercepts", "means", "thresholds", "regressions", "residuals",
    "residual.covariances", "lv.variances", "lv.covariances",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """What shapes the table beside the model itself."""

    meanstructure: bool = False
    std_lv: bool = False
    fixed_x: bool = True
    orthogonal: bool = False
    growth: bool = False
    groups: int = 1
    group_equal: tuple[str, ...] = ()
    group_partial: tuple[str, ...] = ()
    #: thresholds per ordinal variable (categories minus 1)
    ordered: Mapping[str, int] = field(default_factory=dict)
    #: of ordinal variables: ``delta`` or ``theta``
    parameterization: str = "delta"


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter of one group (1-based).  ``value`` is the fixed value of a row that is not ``free``."""

    lhs: str
    op: str
    rhs: str
    group: int = 1
    user: bool = True
    free: bool = True
    value: float | None = None
    start: float | None = None
    label: str = ""
    exogenous: bool = False
    lower: float | None = None
    upper: float | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.lhs, self.op, self.rhs)

    @property
    def text(self) -> str:
        return f"{self.lhs}{self.op}{self.rhs}"


@dataclass(frozen=True, slots=True)
class Variables:
    """The names of a model by their part in it, each in order of appearance.

    ``unexplained`` are the observed predictors of whose moments the model says nothing; ``exogenous`` are the same where their
    moments are fixed, and none otherwise.
    """

    latent: tuple[str, ...]
    observed: tuple[str, ...]
    indicators: tuple[str, ...]
    exogenous: tuple[str, ...]
    outcomes: tuple[str, ...]
    predictors: tuple[str, ...]
    unexplained: tuple[str, ...] = ()

    @property
    def random(self) -> tuple[str, ...]:
        """Observed variables whose distribution the model describes."""
        fixed = set(self.exogenous)
        return tuple(name for name in self.observed if name not in fixed)


@dataclass(frozen=True, slots=True)
class Table:
    """All rows in lavaan's order, the constraints, and the names."""

    rows: tuple[Row, ...]
    constraints: tuple[Constraint, ...]
    variables: Variables
    options: Options

    @property
    def free(self) -> list[int]:
        """Indices of the free rows."""
        return [index for index, row in enumerate(self.rows) if row.free]


def variables_of(model: Model, fixed_x: bool = True) -> Variables:
    """Sort the names of a model into latent, observed, exogenous."""
    terms = model.terms
    latent = _unique(term.lhs for term in terms if term.op == "=~")
    is_latent = set(latent)
    outcomes = _unique(term.lhs for term in terms if term.op == "~")
    predictors = _unique(term.rhs for term in terms if term.op == "~")
    indicators = _unique(term.rhs for term in terms if term.op == "=~" and term.rhs not in is_latent)
    named = _unique(
        name
        for term in terms
        if term.op in ("~~", "~1", "|", "~*~")
        for name in ((term.lhs, term.rhs) if term.op == "~~" else (term.lhs,))
    )
    observed = _unique(name for name in (*indicators, *outcomes, *predictors, *named) if name not in is_latent)
    mentioned = {name for term in terms if term.op in ("~~", "~1") for name in (term.lhs, term.rhs)}
    known = {*indicators, *outcomes, *is_latent}
    unexplained = tuple(name for name in predictors if name not in known and name not in mentioned)
    return Variables(
        tuple(latent), tuple(observed), tuple(indicators), unexplained if fixed_x else (), tuple(outcomes),
        tuple(predictors), unexplained,
    )  # fmt: skip


def build_table(model: Model, options: Options) -> Table:
    """The parameter table of ``model``.

    Raises:
        InputError: a modifier has another number of values than there are groups, or an option is unknown.
        NotFoundError: ``group_equal`` or ``equal()`` names something that does not exist.
    """
    for name in options.group_equal:
        if name not in GROUP_EQUAL:
            raise NotFoundError("kind of parameter for group_equal", name, GROUP_EQUAL)
    variables = variables_of(model, options.fixed_x)
    for name in options.ordered:
        if name in variables.latent:
            raise InputError(f"'{name}' is latent and cannot be ordinal", mend="name observed variables only")
    _check_scales(model, options)
    rows: list[Row] = []
    for group in range(1, options.groups + 1):
        own = [_row_of(term, group, options, model) for term in model.terms if term.group in (0, group)]
        rows.extend(_with_defaults(own, group, variables, options))
    rows = _equal_modifiers(rows, model)
    if options.groups > 1 and options.group_equal:
        rows = _equal_across_groups(rows, variables, options)
    _check_labels(model, rows)
    return Table(tuple(rows), model.constraints, variables, options)


def _check_scales(model: Model, options: Options) -> None:
    for term in model.terms:
        if term.op == "~*~" and term.lhs not in options.ordered:
            raise ExpressionError(
                f"'~*~' is the scale of an ordinal variable, and '{term.lhs}' is none", model.text, term.position,
                mend=f"name it as ordinal (--ordered {term.lhs}), or take the line out",
            )  # fmt: skip


def _check_labels(model: Model, rows: Sequence[Row]) -> None:
    """Every label of a definition or constraint exists, a definition's own from its line on."""
    known = {row.label for row in rows if row.label} | {f".p{number}." for number in range(1, len(rows) + 1)}
    definitions = {one.left.text for one in model.constraints if one.op == ":="}
    for one in model.constraints:
        names = one.right.names if one.op == ":=" else (*one.left.names, *one.right.names)
        later = definitions if one.op != ":=" else set()
        for name in names:
            if name not in known and name not in later:
                line = model.text.count("\n", 0, one.position) + 1
                labels = [label for label in known if not label.startswith(".p")]
                error = NotFoundError(
                    "label", name, labels, where=f"model, line {line}: {one.left.text} {one.op} {one.right.text}"
                )
                error.mend = error.mend if labels else f"give it to a parameter first, for example  y ~ {name}*x"
                raise error
        if one.op == ":=":
            known.add(one.left.text)


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _row_of(term: Term, group: int, options: Options, model: Model) -> Row:
    """The row of a term; the first loading of a factor (with ``std_lv`` its variance) is 1 unless fixed elsewhere or freed by ``NA*``."""

    def pick(values: Sequence[float | None] | Sequence[str], what: str) -> float | str | None:
        if not values:
            return None
        if len(values) == 1:
            return values[0]
        if len(values) != options.groups:
            raise ExpressionError(
                f"{len(values)} {what} for {options.groups} group{'s' if options.groups > 1 else ''}", model.text, term.position,
                mend="give one value, or one for each group",
            )  # fmt: skip
        return values[group - 1]

    fixed = pick(term.fixed, "fixed values")
    start, label = pick(term.start, "start values"), pick(term.labels, "labels")
    lower, upper = pick(term.lower, "bounds"), pick(term.upper, "bounds")
    if options.std_lv and not term.fixed and term.op == "~~" and term.lhs == term.rhs:
        fixed = 1.0 if any(other.op == "=~" and other.lhs == term.lhs for other in model.terms) else None
    if term.op == "=~" and not term.fixed and not options.std_lv:
        first = next(
            other for other in model.terms if other.op == "=~" and other.lhs == term.lhs and other.group in (0, group)
        )
        fixed = 1.0 if first is term else None
    return Row(
        term.lhs, term.op, term.rhs, group,
        free=fixed is None,
        value=None if fixed is None else float(fixed),
        start=None if start is None else float(start),
        label=str(label or ""),
        lower=None if lower is None else float(lower),
        upper=None if upper is None else float(upper),
    )  # fmt: skip


def _with_defaults(own: list[Row], group: int, variables: Variables, options: Options) -> list[Row]:
    """The user's rows of one group, with the scale of each factor set, followed by the rows that lavaan adds."""
    rows = list(own)
    present = {row.key for row in rows} | {(row.rhs, row.op, row.lhs) for row in rows if row.op == "~~"}

    def add(lhs: str, op: str, rhs: str, **fields: object) -> None:
        if (lhs, op, rhs) not in present:
            present.update({(lhs, op, rhs), (rhs, op, lhs)} if op == "~~" else {(lhs, op, rhs)})
            rows.append(Row(lhs, op, rhs, group, user=False, **fields))  # type: ignore[arg-type]

    latent, outcomes, predictors = set(variables.latent), set(variables.outcomes), set(variables.predictors)
    measured = {row.rhs for row in rows if row.op == "=~"}
    for name, count in options.ordered.items():
        if name in variables.observed:
            for number in range(1, count + 1):
                add(name, "|", f"t{number}")
    loadings = [row for row in rows if row.op == "=~"]
    single = {
        row.rhs for row in loadings if sum(row.lhs == other.lhs or row.rhs == other.rhs for other in loadings) == 1
    }
    for name in variables.random:
        if name in options.ordered:
            add(name, "~~", name, free=False, value=1.0)
        elif name in single:
            add(name, "~~", name, free=False, value=0.0)
        else:
            add(name, "~~", name)
    for name in variables.latent:
        if options.std_lv:
            add(name, "~~", name, free=False, value=1.0)
        else:
            add(name, "~~", name)
    exogenous_latent = [name for name in variables.latent if name not in outcomes and name not in measured]
    free_covariance = {"free": False, "value": 0.0} if options.orthogonal else {}
    for first, second in _pairs(exogenous_latent):
        add(first, "~~", second, **free_covariance)
    final = [name for name in variables.latent if name in outcomes and name not in predictors and name not in measured]
    final += [
        name for name in variables.observed if name in outcomes and name not in predictors and name not in measured
    ]
    for first, second in _pairs(final):
        add(first, "~~", second, **(free_covariance if {first, second} <= latent else {}))
    if not options.fixed_x:
        for first, second in _pairs(variables.unexplained):
            add(first, "~~", second)
    for position, first in enumerate(variables.exogenous):
        for second in variables.exogenous[position:]:
            add(first, "~~", second, free=False, exogenous=True)
    for name in options.ordered:
        if name in variables.observed:
            add(name, "~*~", name, free=False, value=1.0)
    if options.meanstructure:
        for name in variables.random:
            if name in options.ordered or options.growth:
                add(name, "~1", "", free=False, value=0.0)
            else:
                add(name, "~1", "")
        for name in variables.exogenous:
            add(name, "~1", "", free=False, exogenous=True)
        for name in variables.latent:
            if options.growth:
                add(name, "~1", "")
            else:
                add(name, "~1", "", free=False, value=0.0)
    return rows


def _pairs(names: Sequence[str]) -> list[tuple[str, str]]:
    return [(first, second) for position, first in enumerate(names) for second in names[position + 1 :]]


def _equal_modifiers(rows: list[Row], model: Model) -> list[Row]:
    """``equal("f=~x1")*x2`` gives both rows one label."""
    result = list(rows)
    for term in model.terms:
        if not term.equal:
            continue
        targets = [index for index, row in enumerate(result) if row.text == term.equal or row.label == term.equal]
        if not targets:
            raise NotFoundError("parameter for equal()", term.equal, [row.text for row in rows])
        label = result[targets[0]].label or term.equal
        for index, row in enumerate(result):
            if index in targets or row.key == (term.lhs, term.op, term.rhs):
                result[index] = replace(row, label=label)
    return result


def _equal_across_groups(rows: list[Row], variables: Variables, options: Options) -> list[Row]:
    """Give the rows of later groups the label of the first group's, and free what this identifies.

    A label of the user's own stays.  Where one group fixes a parameter of that kind, it is fixed in all.  Equal intercepts free the
    factor means of the later groups, equal loadings with ``std_lv`` their variances, equal thresholds the scales of the
    ordinal variables' responses (in the theta parameterization their residual variances). The moments of
    predictors that nothing explains are no residuals.
    """
    result = list(rows)
    first = {row.key: index for index, row in enumerate(rows) if row.group == 1}
    partial = {text.replace(" ", "") for text in options.group_partial}
    unknown = partial - {row.text for row in rows}
    if unknown:
        raise NotFoundError("parameter for group_partial", min(unknown), [row.text for row in rows if row.group == 1])
    kinds = set(options.group_equal)
    latent = set(variables.latent)
    for index, row in enumerate(rows):
        if row.group == 1 or row.exogenous:
            continue
        if not row.free and not row.user and _is_freed(row, kinds, latent, options):
            result[index] = replace(row, free=True, value=None)
            continue
        if _kind(row, latent, variables) not in kinds or row.text in partial or row.key not in first or row.label:
            continue
        leader = result[first[row.key]]
        if leader.free and row.free:
            label = leader.label or f".p{first[row.key] + 1}."
            result[first[row.key]], result[index] = replace(leader, label=label), replace(row, label=label)
        elif row.free and leader.user:
            result[index] = replace(row, free=False, value=leader.value)
        elif leader.free and row.user:
            result[first[row.key]] = replace(leader, free=False, value=row.value)
    return result


def _kind(row: Row, latent: set[str], variables: Variables) -> str:
    """The kind of parameter in the words of ``group_equal``; a covariance is of the kind of its left side, as in lavaan."""
    if row.op == "=~":
        return "loadings"
    if row.op == "~":
        return "regressions"
    if row.op == "|":
        return "thresholds"
    if row.lhs in variables.unexplained:
        return "moments of predictors"
    if row.op == "~1":
        return "means" if row.lhs in latent else "intercepts"
    if row.lhs == row.rhs:
        return "lv.variances" if row.lhs in latent else "residuals"
    return "lv.covariances" if row.lhs in latent else "residual.covariances"


def _is_freed(row: Row, kinds: set[str], latent: set[str], options: Options) -> bool:
    if row.op == "~1" and row.lhs in latent:
        return ("intercepts" in kinds or "thresholds" in kinds) and "means" not in kinds
    if row.op == "~~" and row.lhs == row.rhs and row.lhs in latent:
        return options.std_lv and "loadings" in kinds and "lv.variances" not in kinds
    if options.parameterization == "theta":
        residual = row.op == "~~" and row.lhs == row.rhs and row.lhs in options.ordered
        return residual and "thresholds" in kinds and "residuals" not in kinds
    return row.op == "~*~" and "thresholds" in kinds
