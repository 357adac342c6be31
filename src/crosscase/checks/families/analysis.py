"""R7, analysis: are saved analyses fit for what they are used for, and of today's data?

These rules read ``Analysis`` rows: the specification, and the result as the engine's ``to_dict()`` gives it (for QCA the
truth table, the solution, or both under ``truth_table`` and ``solution``).  A rule that does not find what it needs is
silent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crosscase.checks.common import count, refs, some
from crosscase.checks.families.claims import live
from crosscase.checks.registry import Report, rule
from crosscase.checks.wording import Wording
from crosscase.core import Analysis, Construct
from crosscase.core.errors import CrosscaseError
from crosscase.evidence import Ledger
from crosscase.evidence.analyses import set_inputs, set_names, stated_relation
from crosscase.evidence.analyses.kinds import state_of

QCA = ("qca", "csqca", "mvqca", "fsqca")
REGRESSIONS = (
    "regression",
    "ols",
    "logit",
    "poisson",
    "mediation",
    "moderation",
    "sem",
    "cfa",
    "lisrel",
    "pls",
    "pls-sem",
)
MODELS = ("sem", "cfa", "lisrel")
#: R706: fewer cases a free parameter than this (Bentler & Chou 1987), and fewer a regression coefficient (Harrell 2015).
PER_PARAMETER, PER_COEFFICIENT = 5, 10
#: R703: keys of a calibration that hold an anchor.
ANCHORS = (
    "threshold",
    "crossover",
    "full_in",
    "full_out",
    "inclusion",
    "exclusion",
    "in",
    "out",
    "anchors",
    "thresholds",
)
_HALF = 1e-9
#: R711: a condition is not called necessary below this consistency (Schneider & Wagemann 2012).
NECESSARY = 0.9


@rule("R701", "a QCA without negative cases", "error")
def without_negative_cases(ledger: Ledger) -> Iterator[Report]:
    for one in _of_kind(ledger, QCA):
        rows = _rows(one)
        if rows:
            if not any(row["OUT"] in ("0", 0) for row in rows):
                message = f"none of its {count(len(rows), 'observed row')} is negative: nothing tells the absence of the outcome"
                yield "analyses", one.id, message, ()
            continue
        found = _with_and_without(ledger, one)
        if found and found[0] and not found[1]:
            outcome = str(one.specification["outcome"])
            named = refs("constructs", (name for name in set_names(one) if name == outcome.strip(" ~")))
            message = f"no case is without the outcome {outcome} ({found[0]} with it, {found[2]} without data)"
            yield "analyses", one.id, message, named


@rule("R702", "too many conditions for the cases")
def too_many_conditions(ledger: Ledger) -> Iterator[Report]:
    from crosscase.engines.qca.practice import conditions_allowed

    for one in _of_kind(ledger, QCA):
        conditions = _conditions(one)
        cases = _cases(ledger, one)
        if conditions and cases and len(conditions) > conditions_allowed(cases):
            yield (
                "analyses",
                one.id,
                (
                    f"{len(conditions)} conditions make {2 ** len(conditions)} configurations for {count(cases, 'case')}; so few "
                    f"cases carry about {conditions_allowed(cases)}"
                ),
                refs("constructs", (name for name in conditions if name in ledger.snapshot.constructs)),
            )


@rule("R703", "memberships at 0.5, or anchors without a reason")
def anchors_without_reason(ledger: Ledger) -> Iterator[Report]:
    for construct in ledger.snapshot.constructs:
        anchors = [name for name in ANCHORS if name in construct.calibrate]
        if anchors and not any(str(construct.calibrate.get(name, "")).strip() for name in ("reason", "reasons")):
            yield "constructs", construct.id, f"its calibration ({', '.join(anchors)}) gives no reason", ()
        half = _at_half(ledger, construct) if anchors else []
        if half:
            message = f"{count(len(half), 'case')} exactly at the crossover, neither in nor out: {some(half)}"
            yield "constructs", construct.id, message, refs("cases", half)
    for one in _of_kind(ledger, QCA):
        for name, calibration in _calibrations(one):
            diagnostics = calibration.get("diagnostics")
            half = list(diagnostics.get("at_half", ())) if isinstance(diagnostics, Mapping) else []
            if half:
                message = f"{name} has {count(len(half), 'case')} with membership 0.5: {some(half)}"
                yield "analyses", one.id, message, refs("cases", half)
            anchors_given = calibration.get("anchors", ())
            bare = [a for a in anchors_given if isinstance(a, Mapping) and not str(a.get("reason", "")).strip()]
            if bare:
                yield "analyses", one.id, f"no reason is given for {count(len(bare), 'anchor')} of {name}", ()


@rule("R704", "contradictory rows")
def contradictory_rows(ledger: Ledger) -> Iterator[Report]:
    for one in _of_kind(ledger, QCA):
        rows = [row for row in _rows(one) if row["OUT"] == "C" or (row.get("deviant") and row["OUT"] in ("1", 1))]
        if rows:
            cases = list(
                dict.fromkeys(case for row in rows for case in (*row.get("cases", ()), *row.get("deviant", ())))
            )
            message = f"cases with and without the outcome stand in {count(len(rows), 'row')} of its truth table together: {some(cases)}"
            yield "analyses", one.id, message, refs("cases", cases)


@rule("R705", "a model did not converge, or has improper estimates", "error")
def not_converged(ledger: Ledger) -> Iterator[Report]:
    for one in _of_kind(ledger, (*REGRESSIONS,)):
        result = one.result or {}
        problems = []
        if result.get("converged") is False:
            problems.append("the search for estimates did not converge")
        negative = [
            str(row.get("lhs"))
            for row in _parameters(one)
            if row.get("op") == "~~" and row.get("lhs") == row.get("rhs") and (row.get("est") or 0) < 0
        ]
        if negative:
            problems.append(f"the variance of {', '.join(negative)} is estimated below zero")
        beyond = [
            f"{row['lhs']} and {row['rhs']}"
            for row in _parameters(one)
            if row.get("op") == "~~" and row.get("lhs") != row.get("rhs") and abs(row.get("std_all") or 0) > 1
        ]
        if beyond:
            problems.append(f"the correlation of {', '.join(beyond)} is beyond 1")
        if problems:
            yield "analyses", one.id, "; ".join(problems), ()


@rule("R706", "too few observations for the parameters")
def too_few_observations(ledger: Ledger) -> Iterator[Report]:
    for one in _of_kind(ledger, REGRESSIONS):
        result = one.result or {}
        n = result.get("n", one.specification.get("n"))
        free = [row for row in _parameters(one) if row.get("free", True)]
        fit = result.get("fit")
        parameters = fit.get("npar") if isinstance(fit, Mapping) and fit.get("npar") else len(free)
        least, what = (
            (PER_PARAMETER, "free parameter")
            if one.kind.casefold() in MODELS or (one.kind.casefold() == "mediation" and "model" in one.specification)
            else (PER_COEFFICIENT, "coefficient")
        )
        if isinstance(n, int | float) and parameters and n < least * parameters:
            message = f"n = {n:g} for {count(int(parameters), what)}: {n / parameters:.1f} each; the rule of thumb asks for {least}"
            yield "analyses", one.id, message, ()


@rule("R707", "a necessity claim from a regression", "error")
def necessity_from_regression(ledger: Ledger) -> Iterator[Report]:
    wording = Wording.of(ledger.snapshot.study)
    for claim in live(ledger):
        words = wording.found("necessity", claim.text)
        if "<=" not in claim.expression and not words:
            continue
        how = f"says '{words[0]}'" if words else f"has '{claim.expression}'"
        linked = ledger.snapshot.analyses.where(claim=claim.id)
        others = [one for one in linked if one.kind.casefold() not in REGRESSIONS]
        if linked and not others:
            kinds = ", ".join(dict.fromkeys(one.kind for one in linked))
            message = (
                f"{how}; what stands behind it is {kinds}, which estimates average effects and cannot show necessity"
            )
            yield "claims", claim.id, message, refs("analyses", (one.id for one in linked))
        elif not linked and (method := str(claim.extra.get("method", ""))) and _is_regression(method):
            message = f"{how}; its method is '{method}', which estimates average effects and cannot show necessity"
            yield "claims", claim.id, message, ()


@rule("R708", "a stale result")
def stale_result(ledger: Ledger) -> Iterator[Report]:
    for one in ledger.snapshot.analyses:
        if one.inputs_hash and state_of(ledger, one) == "stale":
            yield "analyses", one.id, "its inputs changed since the result was computed; run it again", ()


@rule("R709", "a skewed set, or one that is the same in every case", "note")
def skewed_sets(ledger: Ledger) -> Iterator[Report]:
    for one in _of_kind(ledger, QCA):
        for notice in _notices(one, "skewed-set", "constant-set"):
            yield "analyses", one.id, str(notice.get("message", "")), ()


@rule("R710", "sufficient for the outcome and for its absence")
def simultaneous_subsets(ledger: Ledger) -> Iterator[Report]:
    for one in _of_kind(ledger, QCA):
        for notice in _notices(one, "simultaneous-subset", "low-pri"):
            yield "analyses", one.id, str(notice.get("message", "")), refs("cases", notice.get("cases") or ())


@rule("R711", "a necessity claimed from sufficiency", "error")
def necessity_from_sufficiency(ledger: Ledger) -> Iterator[Report]:
    wording = Wording.of(ledger.snapshot.study)
    for claim in live(ledger):
        words = wording.found("necessity", claim.text)
        linked = [
            one
            for one in ledger.snapshot.analyses.where(claim=claim.id)
            if one.kind.casefold() in QCA and one.result is not None
        ]
        if not linked or ("<=" not in claim.expression and not words):
            continue
        how = f"says '{words[0]}'" if words else f"has '{claim.expression}'"
        tested = [found for one in linked if (found := _necessity(one, claim.expression)) is not None]
        if not tested:
            message = f"{how}; the set analysis behind it shows what is sufficient, and no consistency of necessity is on record"
            yield "claims", claim.id, message, refs("analyses", (one.id for one in linked))
        elif max(tested) < NECESSARY:
            message = f"{how}; its consistency as a necessary condition is {max(tested):.3f}, below {NECESSARY:g}"
            yield "claims", claim.id, message, refs("analyses", (one.id for one in linked))


@rule("R712", "ambiguity that is not reported")
def ambiguity_not_reported(ledger: Ledger) -> Iterator[Report]:
    for one in _of_kind(ledger, QCA):
        models, complete = _part(one, "n_models"), _part(one, "models_complete")
        if not isinstance(models, int) or (models < 2 and complete is not False):
            continue
        if str(one.specification.get("choice_reason", "")).strip():
            continue
        many = count(models, "model") if complete else f"at least {count(models, 'model')}"
        message = f"{many} fit equally well, and nothing says which are reported or why one was chosen"
        yield "analyses", one.id, message, ()


# -- reading an analysis -----------------------------------------------------------------------------------------------


def _of_kind(ledger: Ledger, kinds: Sequence[str]) -> Iterator[Analysis]:
    return (one for one in ledger.snapshot.analyses if one.kind.casefold() in kinds)


def _part(one: Analysis, name: str) -> Any:
    """A part of a result: at its top, or in its truth table or solution."""
    result = one.result or {}
    for place in (result, result.get("truth_table"), result.get("solution")):
        if isinstance(place, Mapping) and place.get(name) is not None:
            return place[name]
    return None


def _rows(one: Analysis) -> list[Mapping[str, Any]]:
    """The observed rows of the truth table."""
    rows = _part(one, "rows")
    if not isinstance(rows, list | tuple):
        return []
    return [row for row in rows if isinstance(row, Mapping) and "OUT" in row and row["OUT"] != "?" and row.get("n", 1)]


def _conditions(one: Analysis) -> list[str]:
    names = one.specification.get("conditions") or _part(one, "conditions") or ()
    return [str(name) for name in names] if isinstance(names, list | tuple) else []


def _cases(ledger: Ledger, one: Analysis) -> int:
    """How many cases an analysis has: those of its rows, or those that would be in it."""
    rows = _rows(one)
    if rows:
        return int(sum(row.get("n", 0) for row in rows))
    found = _with_and_without(ledger, one)
    return found[0] + found[1] if found else len(_named(ledger, one)) if "cases" in one.specification else 0


def _named(ledger: Ledger, one: Analysis) -> list[str]:
    """The cases that a specification takes in: those it names, or all, but those that it leaves out."""
    cases, out = one.specification.get("cases"), one.specification.get("leave_out") or ()
    wanted = [str(case) for case in cases] if isinstance(cases, list | tuple) else list(ledger.constructs.cases)
    return [case for case in wanted if case not in {str(case) for case in out}]


def _with_and_without(ledger: Ledger, one: Analysis) -> tuple[int, int, int] | None:
    """How many cases of an analysis have its outcome, have it not, and are left out for want of data.

    The memberships are those that the analysis would have; where it cannot be run, the states of its outcome count.
    """
    from crosscase.engines.qca.fit import outcome_vector

    outcome, cases = str(one.specification.get("outcome", "")), _named(ledger, one)
    try:
        inputs = set_inputs(ledger, one)
        y, _ = outcome_vector(inputs.data, outcome, negate=bool(one.specification.get("negate", False)))
        inside = int((y > 0.5).sum())
        return inside, int((y < 0.5).sum()), len([case for case in inputs.left_out if case in cases])
    except CrosscaseError:
        name = outcome.strip(" ~")
        if name not in ledger.snapshot.constructs:
            return None
    cells = {cell.case: cell.state for cell in ledger.constructs.column(name)}
    states: list[str] = [cells.get(case, "no data") for case in cases]
    sides = ["present", "absent"]
    if outcome.strip().startswith("~") != bool(one.specification.get("negate", False)):
        sides.reverse()
    return states.count(sides[0]), states.count(sides[1]), states.count("no data")


def _notices(one: Analysis, *codes: str) -> Iterator[Mapping[str, Any]]:
    """What the engine said of an analysis, each sentence once."""
    result = one.result or {}
    seen: set[str] = set()
    for place in (result, result.get("truth_table"), result.get("solution")):
        found = place.get("warnings") if isinstance(place, Mapping) else None
        for notice in found if isinstance(found, list | tuple) else ():
            if isinstance(notice, Mapping) and notice.get("code") in codes and str(notice.get("message")) not in seen:
                seen.add(str(notice.get("message")))
                yield notice


def _necessity(one: Analysis, expression: str) -> float | None:
    """The consistency of necessity that an analysis has for what a claim states, or for the best condition it tested."""
    result = one.result or {}
    relation = result.get("relation")
    if (
        isinstance(relation, Mapping)
        and relation.get("kind") == "necessity"
        and relation.get("expression") == expression
    ):
        whole = relation.get("all")
        if isinstance(whole, Mapping) and isinstance(whole.get("consistency"), int | float):
            return float(whole["consistency"])
    statement = stated_relation(expression)
    rows = (result.get("necessity") or {}).get("rows") or ()
    found = [
        float(row["inclN"])
        for row in rows
        if isinstance(row, Mapping)
        and isinstance(row.get("inclN"), int | float)
        and (statement is None or row.get("term") == statement[0])
    ]
    return max(found, default=None)


def _calibrations(one: Analysis) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Set -> its calibration, from the result or the specification, as a mapping by name or a list with names."""
    for place in (one.result or {}, one.specification):
        found = place.get("calibrations", place.get("calibration", ()))
        pairs = found.items() if isinstance(found, Mapping) else ((None, row) for row in found)
        for name, row in pairs:
            if isinstance(row, Mapping):
                yield str(name or row.get("name", "a set")), row


def _parameters(one: Analysis) -> list[Mapping[str, Any]]:
    """The parameters of a model, or the slopes of a regression's last block."""
    rows = (one.result or {}).get("parameters", (one.result or {}).get("coefficients", ()))
    found = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list | tuple) else []
    last = max((row["block"] for row in found if isinstance(row.get("block"), int)), default=None)
    slopes = [row for row in found if "intercept" not in str(row.get("term", "")).casefold()]
    return [row for row in slopes if row.get("block") == last]


def _at_half(ledger: Ledger, construct: Construct) -> list[str]:
    """The cases whose value is the crossover itself."""
    crossover = construct.calibrate.get("crossover", construct.calibrate.get("threshold"))
    if not isinstance(crossover, int | float) or construct.id in ledger.constructs.problems:
        return []
    return [
        cell.case
        for cell in ledger.constructs.column(construct.id)
        if isinstance(cell.value, int | float) and abs(cell.value - crossover) < _HALF
    ]


def _is_regression(method: str) -> bool:
    text = method.casefold()
    return any(word in text for word in ("regression", "lisrel", "structural", "sem", "pls", "mediation"))
