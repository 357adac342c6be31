"""From raw memberships to models against an oracle that follows the definitions word by word, in exact fractions.

The oracle knows nothing of hitting sets, cubes or charts: it makes every row, every term and every combination of terms.
Memberships are tenths (0, 0.5 and 1 among them), so that ties at 0.5 and at the cut-offs turn up all the time.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from crosscase.core.errors import AnalysisError, CrosscaseError
from crosscase.engines.qca import SetData, calibrate_direct, calibrate_linear, minimize, truth_table

HALF = Fraction(1, 2)
SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
#: What the engine's floats may differ by from exact fractions: a few roundings of sums of at most 14 numbers.
CLOSE = 1e-9


@st.composite
def analyses(draw):
    """Cases × conditions and an outcome as fractions, with the settings of an analysis."""
    multi = draw(st.booleans())
    count = draw(st.integers(2, 3))
    size = draw(st.integers(4, 12))
    levels = [draw(st.integers(2, 3)) if multi else 2 for _ in range(count)]
    tenths = st.sampled_from([Fraction(k, 10) for k in range(11)])
    columns = [
        draw(
            st.lists(
                st.sampled_from([Fraction(v) for v in range(level)]) if multi else tenths, min_size=size, max_size=size
            )
        )
        for level in levels
    ]
    if multi:  # every level is there, so that the engine sees as many
        columns = [[Fraction(k) for k in range(level)] + column for level, column in zip(levels, columns, strict=True)]
        columns = [column[:size] for column in columns]
        assume(
            all(set(column) == set(map(Fraction, range(level))) for level, column in zip(levels, columns, strict=True))
        )
    outcome = draw(st.lists(tenths, min_size=size, max_size=size))
    return levels, columns, outcome, {
        "negate": draw(st.booleans()),
        "incl_cut": draw(st.sampled_from([Fraction(6, 10), Fraction(75, 100), Fraction(8, 10), Fraction(1)])),
        "incl_cut_contradiction": draw(st.sampled_from([None, Fraction(1, 2)])),
        "pri_cut": draw(st.sampled_from([Fraction(0), Fraction(1, 2)])),
        "n_cut": draw(st.integers(1, 2)),
    }  # fmt: skip


def crisp_or_fuzzy(columns):
    return not any(value > 1 for column in columns for value in column)


def rows_by_definition(levels, columns, outcome, cuts):
    """Configuration → (OUT, n, inclusion, PRI, cases); a membership of 0.5 puts a case in no row."""
    y = [1 - value for value in outcome] if cuts["negate"] else outcome
    # a column of zeros and ones is crisp whether it was meant as levels or memberships
    multi = [any(value > 1 for value in column) for column in columns]
    found = {}
    for row in itertools.product(*(range(level) for level in levels)):
        members = []
        for case in range(len(y)):
            parts = [
                Fraction(int(column[case] == level)) if many else (column[case] if level else 1 - column[case])
                for column, level, many in zip(columns, row, multi, strict=True)
            ]
            members.append(min(parts))
        in_row = [case for case, x in enumerate(members) if x > HALF]
        # what is observed is what some case is nearest to; a case at 0.5 is near two rows and in neither
        total = sum(members)
        shared = sum(min(x, b) for x, b in zip(members, y, strict=True))
        doubt = sum(min(x, b, 1 - b) for x, b in zip(members, y, strict=True))
        incl = shared / total if total else None
        pri = (shared - doubt) / (total - doubt) if total - doubt else None
        if len(in_row) < cuts["n_cut"]:
            out = "?"
        elif incl >= cuts["incl_cut"]:
            out = "1" if not cuts["pri_cut"] or (pri is not None and pri >= cuts["pri_cut"]) else "0"
        elif cuts["incl_cut_contradiction"] is not None and incl >= cuts["incl_cut_contradiction"]:
            out = "C"
        else:
            out = "0"
        found[row] = (out, len(in_row), incl, pri, in_row)
    return found


def covers(term, row):
    return all(row[i] == level for i, level in term)


def minimal_models(levels, positive, allowed):
    """All smallest disjunctions of prime terms that cover the positive rows and nothing outside of the allowed ones."""
    every = list(itertools.product(*(range(level) for level in levels)))
    terms = [
        tuple((i, level) for i, level in enumerate(choice) if level is not None)
        for choice in itertools.product(*([None, *range(level)] for level in levels))
    ]
    implicants = [term for term in terms if all(row in allowed for row in every if covers(term, row))]
    primes = [term for term in implicants if not any(set(other) < set(term) for other in implicants)]
    primes = [term for term in primes if any(covers(term, row) for row in positive)]
    for size in range(1, len(positive) + 1):
        assume(math.comb(len(primes), size) <= 3_000)
        found = [
            frozenset(chosen)
            for chosen in itertools.combinations(primes, size)
            if all(any(covers(term, row) for term in chosen) for row in positive)
        ]
        if found:
            return set(found), set(primes)
    raise AssertionError


def analysed(case):
    """The engine's truth table and the oracle's rows; an analysis without members of its outcome is none."""
    levels, columns, outcome, cuts = case
    names = ["A", "B", "C"][: len(columns)]
    data = SetData.from_columns(
        {
            name: [float(value) for value in column]
            for name, column in zip([*names, "Y"], [*columns, outcome], strict=True)
        }
    )
    assume(sum(1 - value if cuts["negate"] else value for value in outcome) > 0)
    assume(any(HALF not in memberships for memberships in zip(*columns, strict=True)))  # else it is refused in words
    floats = {name: value if value is None or isinstance(value, int) else float(value) for name, value in cuts.items()}
    return truth_table(data, "Y", names, **floats), rows_by_definition(levels, columns, outcome, cuts)


@SETTINGS
@given(analyses())
def test_every_row_of_the_truth_table(case):
    table, rows = analysed(case)
    found = {row.config: row for row in table.complete()}
    assert set(found) == set(rows)
    for config, (out, n, incl, pri, members) in rows.items():
        row = found[config]
        assert (row.out, row.n) == (out, n)
        assert row.cases == tuple(str(member + 1) for member in members)
        if n:
            assert abs(row.incl - float(incl)) < CLOSE
            assert math.isnan(row.PRI) if pri is None else abs(row.PRI - float(pri)) < CLOSE


def the_models(solution):
    return {frozenset(term.literals for term in model.terms) for model in solution.models}


def sides(rows):
    return ({row for row, found in rows.items() if found[0] in outs} for outs in (("1",), ("?",)))


@SETTINGS
@given(analyses(), st.data())
def test_conservative_and_parsimonious_models_with_exclusion(case, data):
    table, rows = analysed(case)
    positive, remainders = sides(rows)
    excluded = set()
    texts: list[str | int] = []
    if data.draw(st.booleans()):
        row = data.draw(st.sampled_from(sorted(rows)))
        number = table.conditions.row(row)
        texts.append(number)
        excluded.add(row)
    if data.draw(st.booleans()):
        i = data.draw(st.integers(0, len(table.conditions) - 1))
        level = data.draw(st.integers(0, table.conditions.levels[i] - 1))
        texts.append(f"{table.conditions.names[i]}[{level}]")  # an expression speaks of remainders only
        excluded |= {row for row in remainders if row[i] == level}
    positive = positive - excluded
    for kind, allowed in (("conservative", positive), ("parsimonious", positive | (remainders - excluded))):
        if not positive or len(allowed) == len(rows):
            try:
                minimize(table, kind, exclude=texts)
            except AnalysisError:
                continue
            raise AssertionError("there is nothing to minimise")
        solution = minimize(table, kind, exclude=texts)
        models, primes = minimal_models(table.conditions.levels, positive, allowed)
        assert solution.models_complete
        assert solution.n_models == len(models)
        assert the_models(solution) == models
        assert set(solution.prime_implicants) == {table.conditions.write(term) for term in primes}
        for model in solution.models:
            assumed = {
                table.conditions.row(row)
                for row in remainders
                if any(covers(term.literals, row) for term in model.terms)
            }
            assert set(solution.assumptions(model) or ()) == assumed


@SETTINGS
@given(analyses(), st.data())
def test_intermediate_models_of_every_pair(case, data):
    """The issue's definition: a literal of a conservative term inside a parsimonious one stays when the latter has it, nothing is
    expected of its condition, or it has an expected level; the rows so covered are admitted; minimised again, per pair."""
    table, rows = analysed(case)
    positive, remainders = sides(rows)
    levels, conditions = table.conditions.levels, table.conditions
    assume(positive)
    assume(len(positive | remainders) < len(rows))
    expected = {i: data.draw(st.integers(0, levels[i] - 1)) for i in range(len(levels)) if data.draw(st.booleans())}
    text = ",".join(f"{conditions.names[i]}[{level}]" for i, level in expected.items())
    solution = minimize(table, "intermediate", directional=text)
    conservative, _ = minimal_models(levels, positive, positive)
    parsimonious, _ = minimal_models(levels, positive, positive | remainders)
    wanted = set()
    for c_model, p_model in itertools.product(conservative, parsimonious):
        admitted = set(positive)
        for c_term, p_term in itertools.product(c_model, p_model):
            if set(p_term) <= set(c_term):
                kept = [
                    (i, level)
                    for i, level in c_term
                    if (i, level) in p_term or i not in expected or expected[i] == level
                ]
                admitted |= {row for row in rows if covers(kept, row)}
        assert admitted <= positive | remainders
        models, _ = minimal_models(levels, positive, admitted)
        wanted |= models
    assert the_models(solution) == wanted
    assert len(solution.pairs) == len(conservative) * len(parsimonious)


@SETTINGS
@given(analyses())
def test_fit_of_every_model_and_term(case):
    table, rows = analysed(case)
    positive, _ = sides(rows)
    assume(positive)
    assume(len(positive) < len(rows))
    _, columns, outcome, cuts = case
    y = [1 - value for value in outcome] if cuts["negate"] else outcome
    multi = [any(value > 1 for value in column) for column in columns]

    def membership(term):
        return [
            min(
                Fraction(int(columns[i][j] == level)) if multi[i] else (columns[i][j] if level else 1 - columns[i][j])
                for i, level in term
            )
            for j in range(len(y))
        ]

    def fit(x):
        both = [min(a, b) for a, b in zip(x, y, strict=True)]
        doubt = [min(a, 1 - b) for a, b in zip(both, y, strict=True)]
        total, shared, unsure = sum(x), sum(both), sum(doubt)
        return shared / total, (shared - unsure) / (total - unsure) if total != unsure else None, shared / sum(y)

    for model in minimize(table).models:
        vectors = [membership(term.literals) for term in model.terms]
        union = [max(values) for values in zip(*vectors, strict=True)]
        for number, (found, x) in enumerate(
            [(model.fit, union), *zip((t.fit for t in model.terms), vectors, strict=True)]
        ):
            incl, pri, cov = fit(x)
            assert abs(found.inclS - float(incl)) < CLOSE
            assert math.isnan(found.PRI) if pri is None else abs(found.PRI - float(pri)) < CLOSE
            assert abs(found.covS - float(cov)) < CLOSE
            if number and len(vectors) > 1:
                others = [max(v) for v in zip(*(w for k, w in enumerate(vectors) if k != number - 1), strict=True)]
                shared = [min(a, b) for a, b in zip(x, y, strict=True)]
                alone = sum(shared) - sum(min(a, b) for a, b in zip(shared, others, strict=True))
                assert abs(found.covU - float(alone / sum(y))) < CLOSE


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.integers(-50, 50), min_size=3, max_size=3, unique=True).map(sorted),
    st.lists(st.integers(-80, 80), min_size=1, max_size=20),
    st.booleans(),
)
def test_calibration_at_and_between_the_anchors(anchors, raw, falling):
    """Direct: 0.05, 0.5 and 0.95 at the anchors (log-odds ±ln 19), and in between by the slope of each side; end-point: 0, 0.5, 1.
    Falling anchors give the negated set."""
    given_anchors = anchors[::-1] if falling else anchors
    low, middle, high = map(float, anchors)
    direct = calibrate_direct([float(x) for x in anchors], [float(x) for x in given_anchors])
    linear = calibrate_linear([float(x) for x in anchors], [float(x) for x in given_anchors])
    ends = [0.05, 0.5, 0.95]
    assert all(abs(a - b) < CLOSE for a, b in zip(direct, ends[::-1] if falling else ends, strict=True))
    whole = [0.0, 0.5, 1.0]
    assert all(abs(a - b) < CLOSE for a, b in zip(linear, whole[::-1] if falling else whole, strict=True))
    odds = math.log(19)
    for x, found in zip(raw, calibrate_direct([float(x) for x in raw], [low, middle, high]), strict=True):
        slope = odds / (high - middle) if x > middle else odds / (middle - low)
        exact = 1 / (1 + math.exp(-min(700.0, max(-700.0, (x - middle) * slope))))
        snapped = 0.0 if exact < 1e-4 else 1.0 if exact > 0.9999 else exact
        assert abs(found - snapped) < CLOSE


@SETTINGS
@given(analyses())
def test_nothing_but_our_errors_whatever_the_table(case):
    """Constant sets, every row positive, none positive, all at 0.5: an answer or an error in words."""
    _, columns, outcome, cuts = case
    names = ["A", "B", "C"][: len(columns)]
    spoiled = [[column[0]] * len(column) for column in columns[:1]] + columns[1:]
    data = SetData.from_columns(
        {
            name: [float(value) for value in column]
            for name, column in zip([*names, "Y"], [*spoiled, outcome], strict=True)
        }
    )
    floats = {name: value if value is None or isinstance(value, int) else float(value) for name, value in cuts.items()}
    for kind in ("conservative", "parsimonious", "intermediate"):
        try:
            table = truth_table(data, "Y", names, **floats)
            solution = minimize(table, kind, directional="A[1]" if kind == "intermediate" else None)
        except CrosscaseError:  # any other error fails the test
            continue
        assert solution.models
        assert any(notice.code == "constant-set" for notice in solution.notices)
