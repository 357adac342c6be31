"""The minimisation against a search that tries everything, on small truth tables of two- and three-level conditions."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from crosscase.core.errors import AnalysisError, NotFoundError
from crosscase.engines.qca import SetData, minimize, truth_table
from crosscase.engines.qca.cover import Chart
from crosscase.engines.qca.implicants import complement, cubes_of_rows, minimal_hitting_sets, prime_implicants


@st.composite
def labelled_rows(draw):
    levels = draw(st.lists(st.integers(2, 3), min_size=2, max_size=4))
    every = list(itertools.product(*(range(level) for level in levels)))
    labels = draw(st.lists(st.sampled_from("01??"), min_size=len(every), max_size=len(every)))
    return levels, dict(zip(every, labels, strict=True))


def covers(term, row):
    return all(row[i] == level for i, level in term)


def all_terms(levels):
    choices = [[None, *range(level)] for level in levels]
    for choice in itertools.product(*choices):
        yield tuple((i, level) for i, level in enumerate(choice) if level is not None)


def brute_force(levels, positive, off):
    """Prime implicants that cover a positive row, and all covers with the fewest of them."""
    implicants = [term for term in all_terms(levels) if not any(covers(term, row) for row in off)]
    primes = [term for term in implicants if not any(set(other) < set(term) for other in implicants)]
    primes = [term for term in primes if any(covers(term, row) for row in positive)]
    for size in range(1, len(positive) + 1):
        assume(math.comb(len(primes), size) <= 5_000)  # the oracle tries every combination
        found = [
            frozenset(chosen)
            for chosen in itertools.combinations(primes, size)
            if all(any(covers(term, row) for term in chosen) for row in positive)
        ]
        if found:
            return set(primes), set(found)
    raise AssertionError


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(labelled_rows())
def test_all_prime_implicants_and_all_minimal_models(table):
    levels, labels = table
    positive = [row for row, label in labels.items() if label == "1"]
    negative = [row for row, label in labels.items() if label == "0"]
    if not positive or not negative:
        return
    for off in (negative, [row for row in labels if row not in positive]):
        found = prime_implicants(np.array(positive), cubes_of_rows(off, levels), levels)
        terms = [found.term(i) for i in range(len(found))]
        primes, minimal = brute_force(levels, positive, off)
        assert set(terms) == primes
        assert len(terms) == len(primes)
        chart = Chart(found.coverage, len(positive))
        models = chart.models(10_000)
        assert {frozenset(terms[i] for i in model) for model in models.listed} == minimal
        assert models.count == len(minimal)
        assert models.complete
        groups = chart.ambiguity()
        assert {terms[i] for i in groups.in_all} == frozenset.intersection(*minimal)
        assert {terms[i] for i in (*groups.in_all, *groups.in_some)} == frozenset.union(*minimal)
        assert not groups.undecided


@settings(max_examples=100, deadline=None)
@given(labelled_rows())
def test_the_complement_is_what_is_left(table):
    levels, labels = table
    inside = [row for row, label in labels.items() if label == "1"]
    cubes = complement(cubes_of_rows(inside, levels), levels)
    covered = [sum(all(int(cube[i]) >> row[i] & 1 for i in range(len(row))) for cube in cubes) for row in labels]
    assert covered == [int(row not in inside) for row in labels]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 255), min_size=1, max_size=12))
def test_minimal_hitting_sets(edges):
    hitting = [one for one in range(256) if all(one & edge for edge in edges)]
    minimal = {one for one in hitting if not any(other & one == other and other != one for other in hitting)}
    assert set(minimal_hitting_sets(np.array(edges, dtype=np.uint64)).tolist()) == minimal


def random_table(conditions: int, cases: int, seed: int):
    generator = np.random.default_rng(seed)
    rows = np.unique(generator.integers(0, 2, (3 * cases, conditions)), axis=0)
    rows = generator.permutation(rows)[:cases]
    columns = {f"C{i}": rows[:, i] for i in range(conditions)} | {"Y": generator.integers(0, 2, len(rows))}
    return truth_table(SetData.from_columns(columns), "Y", [f"C{i}" for i in range(conditions)], incl_cut=1)


def test_wide_tables_get_an_honest_answer():
    """Random outcomes on 60 cases × 12 conditions: many models.  What is said of them must hold for each listed one."""
    table = random_table(12, 60, 7)
    solution = minimize(table, "parsimonious", max_models=50)
    assert len(solution.models) == min(50, solution.n_models)
    assert solution.n_models >= len(solution.models)
    terms = [{term.literals for term in model.terms} for model in solution.models]
    assert len({len(model) for model in terms}) == 1
    for model in terms:
        assert all(any(covers(term, row.config) for term in model) for row in table.positive)
        assert not any(covers(term, row.config) for term in model for row in table.negative)
        assert set(solution.in_all) <= model
        assert not model & set(solution.in_none)
    assert any(notice.code == "model-ambiguity" for notice in solution.notices)


def test_more_conditions_than_can_be_held_at_once():
    """With 24 conditions the prime implicants come from another algorithm; dropping constants gives the dense one's answer."""
    narrow = random_table(8, 30, 3)
    rows = np.array([row.config for row in narrow.observed])
    columns = {f"C{i}": rows[:, i] for i in range(8)} | {f"K{i}": np.zeros(len(rows)) for i in range(16)}
    columns["Y"] = np.array([row.out == "1" for row in narrow.observed])
    wide = truth_table(SetData.from_columns(columns), "Y", [f"C{i}" for i in range(8)] + [f"K{i}" for i in range(16)])
    first, second = minimize(narrow, "parsimonious"), minimize(wide, "parsimonious")
    assert set(first.prime_implicants) == set(second.prime_implicants)
    assert first.n_models == second.n_models


def test_the_same_answer_every_time():
    table = random_table(10, 60, 5)
    first, second = (minimize(table, "parsimonious", max_models=20).to_dict() for _ in range(2))
    assert first == second


@pytest.mark.parametrize("conditions", [15, 18])
def test_conservative_terms_of_wide_tables(conditions):
    """No remainder may be assumed: every row that a conservative term covers must be positive."""
    table = random_table(conditions, 40, 2)
    solution = minimize(table, "conservative")
    positive = {row.config for row in table.positive}
    for term in solution.models[0].terms:
        free = [i for i in range(conditions) if i not in dict(term.literals)]
        for values in itertools.product((0, 1), repeat=len(free)):
            row = {**dict(term.literals), **dict(zip(free, values, strict=True))}
            assert tuple(row[i] for i in range(conditions)) in positive


def test_a_minimum_that_is_not_proved_is_not_called_one(monkeypatch):
    table = random_table(12, 130, 16)  # 15 terms; the linear relaxation proves 14
    proved = minimize(table, "parsimonious", all_models=False)
    assert "minimum-not-proved" not in {notice.code for notice in proved.notices}
    monkeypatch.setattr("crosscase.engines.qca.solver.PROOF_SIZE", 0)
    solution = minimize(table, "parsimonious")
    (notice,) = [notice for notice in solution.notices if notice.code == "minimum-not-proved"]
    assert not solution.models_complete
    assert not solution.in_all
    assert not solution.in_none
    assert len(solution.models[0].terms) >= len(proved.models[0].terms)
    assert int(notice.message.split()[-1]) <= len(proved.models[0].terms)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(labelled_rows(), st.data())
def test_intermediate_solutions_use_the_admitted_assumptions_only(table, data):
    """For each pair: positive rows and admitted remainders may be covered, nothing else; all smallest models are found."""
    levels, labels = table
    names = "ABCD"[: len(levels)]
    positive = [row for row, label in labels.items() if label == "1"]
    negative = [row for row, label in labels.items() if label == "0"]
    assume(positive and negative)
    rows = positive + negative
    if any(max(row[i] for row in rows) + 1 != levels[i] for i in range(len(levels))):
        return  # the levels of a condition are read from the data
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    columns["Y"] = [labels[row] == "1" for row in rows]
    table = truth_table(SetData.from_columns(columns), "Y", list(names))
    expected = {name: data.draw(st.integers(0, levels[i] - 1)) for i, name in enumerate(names)}
    solution = minimize(table, "intermediate", directional=[f"{name}[{level}]" for name, level in expected.items()])
    wanted = dict(enumerate(expected.values()))
    for pair in solution.pairs:
        admitted = set()
        for term in pair.conservative:
            for within in pair.parsimonious:
                if set(within) <= set(term):
                    kept = [(i, v) for i, v in term if (i, v) in within or v == wanted[i]]
                    admitted |= {row for row in labels if covers(kept, row)}
        may = set(positive) | admitted
        _, minimal = brute_force(levels, positive, [row for row in labels if row not in may])
        assert {frozenset(model) for model in pair.models} == minimal
        numbers = {table.conditions.row(row) for row in admitted if labels[row] == "?"}
        assert set(pair.easy) == numbers


def test_the_models_that_are_asked_for_come_first():
    """Six rows with two models of three terms each; and a wide table of which only some models can be listed."""
    rows = [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    a, b, c = zip(*rows, strict=True)
    data = SetData.from_columns({"A": a, "B": b, "C": c, "Y": [int(0 < sum(row) < 3) for row in rows]})
    table = truth_table(data, "Y", ["A", "B", "C"])
    for asked in ("~A*B", "A*~B + B*~C"):
        models = minimize(table, containing=asked).models
        assert {part.strip() for part in asked.split("+")} <= {term.term for term in models[0].terms}
        assert len(models) == 2
    with pytest.raises(AnalysisError, match="no smallest model has"):
        minimize(table, containing="A*~B + ~A*B")
    with pytest.raises(NotFoundError, match="prime implicant"):
        minimize(table, containing="A*B")


def test_what_could_not_be_decided_is_said_and_a_model_is_found_all_the_same():
    """100 cases × 12 conditions with a random outcome: more models than can be counted."""
    wide = random_table(12, 100, 1)
    solution = minimize(wide, "parsimonious", max_models=5)
    assert not solution.models_complete
    assert solution.to_dict()["bound"] == {"at_least": solution.n_models}
    if solution.undecided:
        assert any(notice.code == "undecided-implicants" for notice in solution.notices)
    write = wide.conditions.write
    listed = {term.literals for model in solution.models for term in model.terms}
    elsewhere = next(term for term in solution.in_some if term not in listed)
    found = minimize(wide, "parsimonious", max_models=5, containing=write(elsewhere)).models[0]
    assert elsewhere in {term.literals for term in found.terms}
    assert len(found.terms) == len(solution.models[0].terms)
    assert {row for term in found.terms for row in term.rows} == {row.number for row in wide.positive}
