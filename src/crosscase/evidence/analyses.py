"""Saved analyses on a study's data: what they are computed from, whether they still hold, and what they say about a claim.

A QCA reads the case × construct table; a structural model or a regression reads a survey, or the variables and measures of
the cases.  A case with no data is left out by name; it is never read as 0.  Running an analysis and keeping its result is
:mod:`crosscase.study.analyses`; the hash of the inputs is :func:`crosscase.evidence.inputs.inputs_hash`, the one that R708 reads.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from crosscase.core import Analysis, Claim, Construct, Survey
from crosscase.core.errors import CrosscaseError, InputError, NotFoundError
from crosscase.core.expressions import Name, Not, names_of, parse, parse_term
from crosscase.core.results import jsonable
from crosscase.evidence.constructs import Cell
from crosscase.evidence.inputs import inputs_hash
from crosscase.evidence.ledger import Ledger

if TYPE_CHECKING:
    from crosscase.engines.qca import Calibration, SetData

__all__ = [
    "GROUP_DIFFERENCES",
    "INVARIANCE",
    "MEDIATIONS",
    "MODELS",
    "NON_RESPONSE",
    "QCA",
    "REGRESSIONS",
    "Said",
    "SetInputs",
    "State",
    "TableInputs",
    "built_on",
    "chosen_cases",
    "inputs_hash",
    "modelled",
    "of_claim",
    "set_inputs",
    "state_of",
    "table_inputs",
]

#: The kinds of analysis that can be run here.
QCA = ("qca", "csqca", "mvqca", "fsqca")
MODELS = ("sem", "cfa", "lisrel")
REGRESSIONS = ("regression", "ols", "logit")
MEDIATIONS = ("mediation",)
INVARIANCE = ("invariance",)
NON_RESPONSE = ("non-response",)
GROUP_DIFFERENCES = ("group difference",)

State = Literal["not run", "current", "stale", "cannot be run"]

_ANCHORS = ("exclusion", "crossover", "inclusion")
#: ``membership``: the values are memberships already.
_METHODS = ("membership", "direct", "linear", "crisp", "indirect", "ecdf", "relative")
_OPTIONS = ("degree", "below", "above")


def built_on(ledger: Ledger, analysis: Analysis) -> tuple[str, ...]:
    """The cases that the linked claim was built on; they are in the analysis, and do not test the claim."""
    claim = ledger.snapshot.claims.get(analysis.claim) if analysis.claim else None
    return tuple(claim.built_on) if claim else ()


def state_of(ledger: Ledger, analysis: Analysis) -> State:
    """Whether a saved result still follows from the study as it is."""
    if analysis.result is None:
        return "not run"
    try:
        return "current" if analysis.inputs_hash == inputs_hash(ledger, analysis) else "stale"
    except CrosscaseError:
        return "cannot be run"


# -- memberships of the cases ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SetInputs:
    """Memberships of the cases in the sets of a QCA.

    ``left_out`` is case → why; ``calibrations`` are set → how its memberships came about, for sets made from numbers.
    """

    data: SetData
    calibrations: Mapping[str, Calibration]
    left_out: Mapping[str, str] = field(default_factory=dict)


def set_inputs(ledger: Ledger, analysis: Analysis) -> SetInputs:
    """The sets that a QCA names, from the constructs of the study.

    A construct with a calibration for numbers is calibrated by the engine; one without is crisp: present 1, absent 0.

    Raises:
        NotFoundError: a set is no construct of the study, or a case is none of it; lists those there are.
        InputError: nothing is named, a calibration cannot be read, or no case has data in every set.
    """
    from crosscase.engines.qca import SetData

    where = f"analysis {analysis.id}"
    names = set_names(analysis)
    for name in names:
        if name not in ledger.snapshot.constructs:
            raise NotFoundError("construct", name, ledger.snapshot.constructs.column("id"), where=where)
        if name in ledger.constructs.problems:
            raise ledger.constructs.problems[name]
    cases = chosen_cases(ledger, analysis, where)
    columns: dict[str, list[float]] = {}
    calibrations: dict[str, Calibration] = {}
    for name in names:
        cells = {cell.case: cell for cell in ledger.constructs.column(name)}
        found, how = _memberships(ledger.snapshot.constructs[name], [cells[case] for case in cases])
        columns[name] = found
        if how is not None:
            calibrations[name] = how
    left_out = {case: "left out by the specification" for case in ledger.constructs.cases if case not in cases}
    for place, case in enumerate(cases):
        without = [name for name in names if math.isnan(columns[name][place])]
        if without:
            left_out[case] = f"no data for {', '.join(without)}"
    kept = [case for case in cases if case not in left_out]
    if not kept:
        raise InputError(
            f"no case has data in every one of {', '.join(names)}",
            where=where,
            mend="drop a set, or code what is missing",
        )
    data = SetData.from_columns(
        {name: [columns[name][cases.index(case)] for case in kept] for name in names}, cases=kept
    )
    return SetInputs(data, calibrations, left_out)


def set_names(analysis: Analysis) -> list[str]:
    """The constructs that a QCA names: its conditions, then its outcome.

    Raises:
        InputError: it has no outcome or no conditions.
    """
    where = f"analysis {analysis.id}"
    outcome, conditions = analysis.specification.get("outcome"), analysis.specification.get("conditions")
    if not isinstance(outcome, str) or not outcome.strip():
        raise InputError("it has no outcome", where=where, mend='write outcome = "NAME" in [analysis.specification]')
    if not isinstance(conditions, Sequence) or isinstance(conditions, str) or not conditions:
        raise InputError("it has no conditions", where=where, mend='write conditions = ["A", "B"]')
    return list(dict.fromkeys([*map(str, conditions), *names_of(parse_term(outcome))]))


def chosen_cases(ledger: Ledger, analysis: Analysis, where: str) -> list[str]:
    """The cases that ``cases`` names, all when it does not, without those that ``leave_out`` names."""
    everyone = list(ledger.constructs.cases)
    wanted = [str(one) for one in analysis.specification.get("cases", everyone)]
    without = [str(one) for one in analysis.specification.get("leave_out", ())]
    for case in (*wanted, *without):
        if case not in everyone:
            raise NotFoundError("case", case, everyone, where=where)
    return [case for case in everyone if case in wanted and case not in without]


def _memberships(construct: Construct, cells: Sequence[Cell]) -> tuple[list[float], Calibration | None]:
    """Memberships, nan for no data; a number that a person gave is a membership already."""
    from crosscase.engines.qca import calibrate, calibrate_from_table

    where = f"construct {construct.id}, calibrate"
    crisp = [math.nan if cell.holds is None else float(cell.holds) for cell in cells]
    table = construct.calibrate.get("table")
    method, anchors, options = _recipe(construct, where)
    found, how = crisp, None
    if method == "membership":
        found = [_as_it_is(cell, where) for cell in cells]
    elif isinstance(table, Mapping):
        values = [None if cell.value is None else cell.value for cell in cells]
        found = [float(one) for one in calibrate_from_table(values, table)]
    elif method:
        raw = [
            float(cell.value) if isinstance(cell.value, int | float) and not _given(cell) else math.nan
            for cell in cells
        ]
        if not all(math.isnan(one) for one in raw):
            how = calibrate(construct.id, [cell.case for cell in cells], raw, method, anchors, **options)
            found = [float(one) for one in how.memberships]
        else:
            found = [math.nan] * len(cells)
    judged = [_judged(cell) for cell in cells]
    return [one if judge is None else judge for one, judge in zip(found, judged, strict=True)], how


def _as_it_is(cell: Cell, where: str) -> float:
    if not isinstance(cell.value, int | float):
        return math.nan
    if not 0 <= cell.value <= 1:
        raise InputError(
            f"the membership of {cell.case} is {cell.value:g}", where=where, mend="give values from 0 to 1"
        )
    return float(cell.value)


def _given(cell: Cell) -> bool:
    return cell.rating is not None


def _judged(cell: Cell) -> float | None:
    """The membership that a person gave; nan where the person said that there is no data."""
    if cell.rating is None:
        return None
    if isinstance(cell.rating.value, str):
        return math.nan if cell.holds is None else float(cell.holds)
    return float(cell.rating.value)


def _recipe(construct: Construct, where: str) -> tuple[str, list[Any], dict[str, float]]:
    """Method, anchors with their reasons, and options of a calibration; an empty method for a crisp set."""
    from crosscase.engines.qca import Anchor

    given = construct.calibrate
    values: Any = given.get("anchors", given.get("thresholds"))
    if values is None and all(name in given for name in _ANCHORS):
        values = [given[name] for name in _ANCHORS]
    method = str(given.get("method", "direct" if values is not None and len(values) in (3, 6) else ""))
    if method and method not in _METHODS:
        raise NotFoundError("method of calibration", method, _METHODS, where=where)
    if method == "crisp" and values is None and "threshold" in given:
        values = [given["threshold"]]
    if not method or method == "membership":
        return method, [], {}
    if values is None and method != "relative":
        raise InputError(f"the {method} method needs anchors", where=where, mend="give raw values: anchors = [1, 3, 6]")
    try:
        numbers = [float(one) for one in values or ()]
        options = {name: float(given[name]) for name in _OPTIONS if name in given}
    except (TypeError, ValueError):
        raise InputError(
            "an anchor is not a number", where=where, mend="give raw values: anchors = [1, 3, 6]"
        ) from None
    reasons: Any = given.get("reasons", given.get("reason", ""))
    if isinstance(reasons, str):
        reasons = [reasons] * len(numbers)
    if isinstance(reasons, Mapping):
        reasons = [str(reasons.get(name, "")) for name in _ANCHORS]
    texts = [*map(str, reasons), *[""] * len(numbers)]
    return method, [Anchor(value, "", text) for value, text in zip(numbers, texts, strict=False)], options


# -- columns of numbers ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TableInputs:
    """Columns of numbers (``None`` where there is no answer) and words; ``rows`` says what a row is.

    ``cases`` is the case of each row, the empty text where it is not known; ``None`` when no row is linked to one.
    """

    columns: Mapping[str, Sequence[float | str | None]]
    rows: str
    simulated: bool = False
    cases: Sequence[str] | None = None

    def only(self, rows: Sequence[int]) -> TableInputs:
        """Some of the rows, by their places."""
        columns = {name: [values[row] for row in rows] for name, values in self.columns.items()}
        cases = None if self.cases is None else [self.cases[row] for row in rows]
        return TableInputs(columns, self.rows, self.simulated, cases)


def table_inputs(ledger: Ledger, analysis: Analysis) -> TableInputs:
    """The columns that a model or a regression reads.

    With ``survey`` in the specification, its columns under their own names, and under the names that ``items`` gives them
    (``trust1 = "q7"``, ``trust2 = "-q8"`` for an item that is reversed about the middle of ``range``).  ``scales`` makes a
    column the mean of items.  Without a survey, a row is a case and a column a variable or measure of ``variables``.

    Raises:
        NotFoundError: no such survey, item or variable; lists those there are.
        InputError: neither a survey nor variables are named, or an item is reversed without ``range``.
    """
    where, specification = f"analysis {analysis.id}", analysis.specification
    name = specification.get("survey")
    if name is None:
        return _case_columns(ledger, analysis, where)
    survey = ledger.snapshot.surveys.get(str(name))
    if survey is None:
        raise NotFoundError("survey", str(name), ledger.snapshot.surveys.column("id"), where=where)
    columns: dict[str, Sequence[float | str | None]] = dict(survey.columns)
    reverse = [str(one) for one in specification.get("reverse", ())]
    for item in reverse:
        columns[item] = _item(survey, f"-{item}", specification, where)
    for label, item in specification.get("items", {}).items():
        columns[str(label)] = _item(survey, str(item), specification, where)
    for label, items in specification.get("scales", {}).items():
        parts = [_item(survey, str(item), specification, where) for item in items]
        columns[str(label)] = [_mean(row) for row in zip(*parts, strict=True)]
    simulated = bool(survey.extra.get("simulated")) or ledger.snapshot.study.synthetic
    linked = survey.columns.get(survey.case_column) if survey.case_column else None
    of_row = None if linked is None else [str(one or "") for one in linked]
    return TableInputs(columns, f"respondents of the survey {survey.id}", simulated, of_row)


def _case_columns(ledger: Ledger, analysis: Analysis, where: str) -> TableInputs:
    names = [str(one) for one in analysis.specification.get("variables", ())]
    if not names:
        raise InputError(
            "it names no data", where=where, mend='write survey = "ID", or variables = ["…"] for a table of the cases'
        )
    for name in names:
        if not ledger.knows(name):
            raise NotFoundError("variable or measure", name, ledger.known_names, where=where)
    cases = chosen_cases(ledger, analysis, where)
    columns = {name: [ledger.known(case, name) for case in cases] for name in names}
    return TableInputs(columns, "cases", ledger.snapshot.study.synthetic, cases)


def _item(survey: Survey, item: str, specification: Mapping[str, Any], where: str) -> list[float | None]:
    name = item.removeprefix("-")
    if name not in survey.columns:
        raise NotFoundError("item", name, survey.columns, where=f"{where}, survey {survey.id}")
    values = survey.columns[name]
    wrong = next((one for one in values if isinstance(one, str)), None)
    if wrong is not None:
        raise InputError(f"the item {name} holds the text '{wrong}'", where=where, mend="give numbers")
    numbers = [one if isinstance(one, int | float) and not math.isnan(one) else None for one in values]
    if not item.startswith("-"):
        return numbers
    ends = specification.get("range")
    if not isinstance(ends, Sequence) or len(ends) != 2:
        raise InputError(f"the item {name} is reversed", where=where, mend="give the ends of its scale: range = [1, 7]")
    return [None if one is None else float(ends[0]) + float(ends[1]) - one for one in numbers]


def _mean(row: Sequence[float | None]) -> float | None:
    known = [one for one in row if one is not None]
    return math.fsum(known) / len(known) if len(known) == len(row) else None


# -- what an analysis says about a claim -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """What one linked analysis says about a claim.

    ``about`` is the relation, path or difference.  ``numbers`` are over everything that the analysis was made of, ``on_built``
    over the cases that the claim was built on and ``on_others`` over the other cases: only these test it.  ``apart`` says why
    the two are not told apart, when they are not.  ``deviant`` cases go against a relation in kind; ``deviant_built_on`` are
    those of them that the claim was built on.  ``problem`` says why there is nothing to say.
    """

    analysis: str
    title: str
    kind: str
    state: State
    about: str
    numbers: Mapping[str, float | None] = field(default_factory=dict)
    on_built: Mapping[str, float | None] = field(default_factory=dict)
    on_others: Mapping[str, float | None] = field(default_factory=dict)
    deviant: tuple[str, ...] = ()
    deviant_built_on: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    simulated: bool = False
    apart: str = ""
    notes: tuple[str, ...] = ()
    problem: str = ""

    def on(self) -> Iterator[tuple[On, Mapping[str, float | None]]]:
        """What the numbers are of, with the numbers: the cases it was built from, then others, then everything."""
        if self.on_built:
            yield "the cases it was built from", self.on_built
        if self.on_others:
            yield "other cases", self.on_others
        if self.numbers:
            yield "all together", self.numbers

    def to_dict(self) -> dict[str, Any]:
        """JSON-able."""
        found: dict[str, Any] = jsonable(self)
        return found


On = Literal["the cases it was built from", "other cases", "all together"]

_NOT_ON_RECORD = "what the claim was built on is not on record"


def modelled(ledger: Ledger, claim: Claim) -> tuple[str, ...]:
    """The names in a claim's expression that are no constructs, when all of these are names of models linked to the claim.

    Those are the keys of ``constructs`` in the specification, and the names in the model's own text.
    """
    try:
        names = parse(claim.expression).names() if claim.expression.strip() else ()
    except CrosscaseError:
        return ()
    known: set[str] = set()
    for analysis in ledger.snapshot.analyses.where(claim=claim.id):
        given = analysis.specification.get("constructs", {})
        known |= set(given) if isinstance(given, Mapping) else set()
        known |= set(re.findall(r"[^\W\d][\w.]*", str(analysis.specification.get("model", ""))))
    unknown = tuple(name for name in names if name not in ledger.snapshot.constructs)
    return unknown if known.issuperset(unknown) else ()


def of_claim(ledger: Ledger, claim: str) -> tuple[Said, ...]:
    """What the saved analyses that are linked to a claim say about it.  NotFoundError when there is no such claim.

    Nothing is computed again: it is what the results hold, with their state.  How a claim fares on the construct table
    without a saved analysis is in :mod:`crosscase.evidence.fares`.
    """
    stated = ledger.snapshot.claims[claim]
    found: list[Said] = []
    for analysis in ledger.snapshot.analyses.where(claim=claim):
        found += _says(ledger, analysis, stated.expression, stated.built_on)
    return tuple(found)


def _says(ledger: Ledger, analysis: Analysis, expression: str, built: Sequence[str]) -> Iterator[Said]:
    result = analysis.result
    head = (analysis.id, analysis.title, analysis.kind, state_of(ledger, analysis))
    if result is None:
        yield Said(*head, expression, problem="it was not run")
        return
    left_out = {str(case): str(why) for case, why in (result.get("left_out") or {}).items()}
    common: Mapping[str, Any] = {"left_out": left_out, "simulated": bool(result.get("simulated"))}
    kind = analysis.kind.casefold()
    if kind in (*QCA, *GROUP_DIFFERENCES):
        stated = result.get("relation" if kind in QCA else "differences")
        rows = [one for one in (stated if isinstance(stated, list | tuple) else [stated]) if isinstance(one, Mapping)]
        if not rows:
            yield Said(*head, expression, problem="it does not hold the relation that the claim states", **common)
        for row in rows:
            yield _relation_said(head, row, expression, built, common)
        return
    paths = [one for one in result.get("paths", ()) if isinstance(one, Mapping)]
    if not paths:
        yield Said(*head, expression, problem="it holds none of the paths that the claim states", **common)
    for path in paths:
        yield _path_said(head, {"n": result.get("n"), **path}, str(result.get("apart", "")), bool(built), common)


def _relation_said(
    head: tuple[str, str, str, State],
    row: Mapping[str, Any],
    expression: str,
    built: Sequence[str],
    common: Mapping[str, Any],
) -> Said:
    deviant = tuple(str(case) for case in row.get("deviant", ()))
    changed = row.get("claim", row.get("expression")) != expression
    return Said(
        *head,
        str(row.get("expression", "")),
        dict(row.get("all") or {}),
        dict(row.get("built") or {}),
        dict(row.get("others") or {}),
        deviant=deviant,
        deviant_built_on=tuple(case for case in deviant if case in built),
        apart="" if built else _NOT_ON_RECORD,
        notes=tuple(str(one) for one in row.get("notes", ())),
        problem="the claim's expression has changed since it was run" if changed else "",
        **common,
    )


def _path_said(
    head: tuple[str, str, str, State], path: Mapping[str, Any], apart: str, built: bool, common: Mapping[str, Any]
) -> Said:
    def numbers(part: Mapping[str, Any]) -> dict[str, float | None]:
        kept = {name: part.get(name) for name in ("estimate", "se", "lower", "upper", "pvalue", "std_all")}
        return {**({} if part.get("n") is None else {"n": part["n"]}), **kept}

    own, others = (numbers(one) if isinstance(one := path.get(part), Mapping) else {} for part in ("built", "others"))
    why = (apart or "it was run before the two were told apart") if built else _NOT_ON_RECORD
    about, told = str(path.get("path", "")), bool(own and others)
    return Said(*head, about, numbers(path), own, others, apart="" if told else why, **common)


def stated_relation(expression: str) -> tuple[str, str, str] | None:
    """Antecedent, ``=>`` or ``<=``, and outcome of a set relation whose outcome is one set; else ``None``."""
    if not expression:
        return None
    statement = parse(expression)
    if statement.connective not in ("=>", "<="):
        return None
    left, right = statement.terms
    single = right.part if isinstance(right, Not) else right
    return (str(left), statement.connective, str(right)) if isinstance(single, Name) else None


def stated_paths(expression: str) -> list[tuple[str, ...]]:
    """The links of ``a -> b -> c``, and the whole chain when it has more than one."""
    statement = parse(expression) if expression else None
    if statement is None or statement.connective != "->":
        return []
    names = [str(term) for term in statement.terms]
    links: list[tuple[str, ...]] = list(pairwise(names))
    return [*links, tuple(names)] if len(names) > 2 else links
