"""The memberships that a QCA is computed from: the constructs it names, calibrated, case by case."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crosscase.core import Analysis, Construct
from crosscase.core.errors import InputError, NotFoundError
from crosscase.core.expressions import names_of, parse_term
from crosscase.evidence.analyses.kinds import chosen_cases
from crosscase.evidence.constructs import Cell
from crosscase.evidence.ledger import Ledger

if TYPE_CHECKING:
    from crosscase.engines.qca import Calibration, SetData

_ANCHORS = ("exclusion", "crossover", "inclusion")
#: ``membership``: the values are memberships already.
_METHODS = ("membership", "direct", "linear", "crisp", "indirect", "ecdf", "relative")
_OPTIONS = ("degree", "below", "above")


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
