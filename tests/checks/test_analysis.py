"""R7 on planted faults; one result comes from the engine itself, so that the keys are the engine's."""

from __future__ import annotations

import pytest

from checks.study import added, changed, declared
from crosscase.core import Analysis, Case, Table
from crosscase.evidence import Ledger, inputs_hash


def rewritten(snapshot, id, **fields):
    return changed(snapshot, "analyses", id, **fields)


def rows(*outs, n=2, **fields):
    return {
        "rows": [{"row": k, "OUT": out, "n": n, "cases": [f"F{k}"], **fields} for k, out in enumerate(outs, start=1)]
    }


def test_r701_no_negative_row(clean, found):
    ((_, id, message),) = found(rewritten(clean, "A1", result=rows("1", "1", "?")), "R701")
    assert id == "A1"
    assert "none of its 2 observed rows is negative" in message
    nested = rewritten(clean, "A1", result={"truth_table": rows("1", "1"), "solution": {"models": []}})
    assert len(found(nested, "R701")) == 1


def test_r701_before_the_analysis_was_run(clean, found):
    ready = rewritten(clean, "A1", result=None)
    assert found(ready, "R701") == []
    all_fast = changed(ready, "constructs", "fast", calibrate={"threshold": 0.1, "reason": "-"})
    assert "no case is without the outcome fast (4 with it, 0 without data)" in found(all_fast, "R701")[0][2]


def test_r702_more_conditions_than_the_cases_carry(clean, found):
    # With four cases, at most three conditions leave no more than half of 2^3 configurations empty.
    three = rewritten(clean, "A1", specification={"outcome": "fast", "conditions": ["a", "b", "c"]})
    assert found(three, "R702") == []
    four = rewritten(clean, "A1", specification={"outcome": "fast", "conditions": ["a", "b", "c", "d"]})
    assert "4 conditions make 16 configurations for 4 cases; so few cases carry about 3" in found(four, "R702")[0][2]


def test_r703_anchors_and_halves(clean, found):
    assert found(changed(clean, "constructs", "fast", calibrate={"threshold": 0.35}), "R703") == [
        ("constructs", "fast", "its calibration (threshold) gives no reason")
    ]
    half = changed(clean, "constructs", "fast", calibrate={"threshold": 0.375, "reason": "-"})  # F3 has 3/8
    assert "1 case exactly at the crossover, neither in nor out: F3" in found(half, "R703")[0][2]
    saved = rewritten(
        clean, "A1", result=rows("1", "0") | {"calibrations": {"fast": {"diagnostics": {"at_half": ["F1"]}}}}
    )
    assert found(saved, "R703") == [("analyses", "A1", "fast has 1 case with membership 0.5: F1")]
    bare = rewritten(
        clean, "A1", specification={"calibrations": {"fast": {"anchors": [{"value": 1, "role": "crossover"}]}}}
    )
    assert "no reason is given for 1 anchor of fast" in found(bare, "R703")[0][2]


def test_r704_marked_rows_and_deviant_cases(clean, found):
    assert "cases with and without the outcome stand in 1 row of its truth table together: F1" in found(
        rewritten(clean, "A1", result=rows("C", "0")), "R704"
    )[0][2]  # fmt: skip
    deviant = rewritten(clean, "A1", result=rows("1", "0", deviant=["F9"]))
    assert "F9" in found(deviant, "R704")[0][2]


def test_r701_to_r704_read_what_the_engine_gives(clean, found):
    from crosscase.engines.qca import SetData, truth_table

    columns = {"A": [1, 1, 0, 1], "Y": [1, 0, 1, 1]}
    data = SetData.from_columns(columns, cases=["F1", "F2", "F3", "F4"])
    table = truth_table(data, "Y", ["A"], incl_cut=0.8, incl_cut_contradiction=0.5)
    saved = rewritten(clean, "A1", specification={"outcome": "Y", "conditions": ["A"]}, result=table.to_dict())
    assert "A1" in {id for _, id, _ in found(saved, "R701")}
    # A=1 holds F1, F2, F4; two of three have Y, an inclusion of 0.67 between the two cut-offs.
    assert "in 1 row of its truth table together: F1, F2, F4" in found(saved, "R704")[0][2]


@pytest.mark.parametrize(
    ("result", "what"),
    [
        ({"converged": False}, "did not converge"),
        (
            {"parameters": [{"lhs": "x", "op": "~~", "rhs": "x", "est": -0.1}]},
            "the variance of x is estimated below zero",
        ),
        ({"parameters": [{"lhs": "f", "op": "~~", "rhs": "g", "est": 1, "std_all": 1.2}]}, "f and g is beyond 1"),
    ],
)
def test_r705(clean, found, result, what):
    ((_, id, message),) = found(rewritten(clean, "A2", result=result), "R705")
    assert id == "A2"
    assert what in message


def test_r706_by_the_kind_of_analysis(clean, found):
    small = rewritten(clean, "A2", result={"converged": True, "n": 60, "fit": {"npar": 21}})
    assert found(small, "R706") == [
        ("analyses", "A2", "n = 60 for 21 free parameters: 2.9 each; the rule of thumb asks for 5")
    ]
    rows = [{"name": name} for name in "abcd"]
    regression = rewritten(clean, "A2", kind="regression", result={"n": 33, "coefficients": rows})
    assert "n = 33 for 4 coefficients" in found(regression, "R706")[0][2]
    assert found(rewritten(clean, "A2", kind="regression", result={"n": 40, "coefficients": rows}), "R706") == []


def test_r706_reads_what_the_engine_gives(clean, found):
    """Two blocks, the second with three slopes: 24 rows are eight for each; the intercept and the first block do not count."""
    import numpy as np

    from crosscase.core.results import jsonable
    from crosscase.engines.regression import regression

    draw = np.random.default_rng(1)
    fit = regression({name: draw.normal(size=24) for name in "yabc"}, "y", [["a"], ["b", "c"]])
    coefficients = [dict(zip(fit.columns(), row, strict=True)) for row in fit.rows()]
    saved = rewritten(clean, "A2", kind="regression", result={**jsonable(fit), "coefficients": coefficients})
    assert "n = 24 for 3 coefficients: 8.0 each" in found(saved, "R706")[0][2]


def test_r705_and_r706_read_what_the_model_engine_gives(clean, found):
    """Six items of one factor in 40 cases: 12 free parameters, 3.3 cases each."""
    import numpy as np

    from crosscase.engines import sem

    draw = np.random.default_rng(2)
    factor = draw.normal(size=40)
    data = {f"x{k}": factor + draw.normal(size=40) for k in range(1, 7)}
    fit = sem.fit("f =~ x1 + x2 + x3 + x4 + x5 + x6", data)
    saved = rewritten(clean, "A2", result=fit.to_dict())
    assert found(saved, "R705") == []
    assert "n = 40 for 12 free parameters: 3.3 each" in found(saved, "R706")[0][2]


def test_r707_necessity_by_expression_and_by_word(clean, found):
    regressed = rewritten(clean, "A1", kind="regression", result=None)
    assert found(regressed, "R707") == []
    worded = changed(regressed, "claims", "P1", text="Advice was necessary in the firms studied")
    assert "says 'necessary'; what stands behind it is regression" in found(worded, "R707")[0][2]
    written = changed(regressed, "claims", "P1", expression="advice <= fast")
    assert "has 'advice <= fast'" in found(written, "R707")[0][2]
    also_sets = added(written, analyses=[Analysis("A3", "qca", claim="P1")])
    assert found(also_sets, "R707") == []


def test_r707_a_claim_known_from_a_paper(clean, found):
    known = changed(clean.replace(analyses=Table.of(Analysis)), "claims", "P1", expression="advice <= fast",
                    extra={"method": "regression and mediation"})  # fmt: skip
    assert "its method is 'regression and mediation'" in found(known, "R707")[0][2]


def test_r708_is_stale_when_an_input_changed_and_only_then(clean, found):
    assert found(changed(clean, "constructs", "fast", calibrate={"threshold": 0.34, "reason": "-"}), "R708") == [
        ("analyses", "A1", "its inputs changed since the result was computed; run it again")
    ]
    survey = clean.surveys["pilot"]
    other = changed(clean, "surveys", "pilot", columns={**survey.columns, "x1": (1.0, 2.0, 3.0)})
    assert [id for _, id, _ in found(other, "R708")] == ["A2"]
    assert found(changed(clean, "codes", "luck", definition="Other words."), "R708") == []


def test_the_hash_is_of_the_cells_and_the_same_with_a_ledger(clean):
    analysis = clean.analyses["A1"]
    assert inputs_hash(clean, analysis) == inputs_hash(Ledger(clean), analysis) == analysis.inputs_hash
    fewer = clean.replace(cases=Table.of(Case, clean.cases[:3]))
    assert inputs_hash(fewer, analysis) != analysis.inputs_hash
    assert inputs_hash(declared(clean, x=1), analysis) == analysis.inputs_hash


def test_r701_counts_the_cases_that_the_analysis_would_have(clean, found):
    """F1 and F4 are slow in the clean study: leaving them out leaves no case without the outcome."""
    column = {cell.case: cell.state for cell in Ledger(clean).constructs.column("fast")}
    slow, fast = ([case for case, state in column.items() if state == word] for word in ("absent", "present"))
    assert slow
    assert fast
    specification = {**clean.analyses["A1"].specification, "outcome": "fast"}
    for narrowed in ({"cases": fast}, {"leave_out": slow}):
        ready = rewritten(clean, "A1", result=None, specification={**specification, **narrowed})
        assert f"no case is without the outcome fast ({len(fast)} with it" in found(ready, "R701")[0][2]
    negated = {**specification, "cases": slow, "outcome": "~fast"}
    assert "outcome ~fast" in found(rewritten(clean, "A1", result=None, specification=negated), "R701")[0][2]
    twice = {**negated, "negate": True}  # the outcome is fast again, which no slow case has: not this fault
    assert found(rewritten(clean, "A1", result=None, specification=twice), "R701") == []
    both = rewritten(clean, "A1", result=None, specification={**specification, "cases": [slow[0], fast[0]]})
    assert found(both, "R701") == []


def engine_result(y, incl_cut=0.8, **columns):
    from crosscase.engines.qca import SetData, minimize, truth_table

    table = truth_table(SetData.from_columns({**columns, "Y": y}), "Y", list(columns), incl_cut=incl_cut)
    return {"truth_table": table.to_dict(), "solution": minimize(table).to_dict()}


def test_r709_skewed_and_constant_sets(clean, found):
    """Nine of ten cases are in A: 90 %, above 85 %; B is in half of them."""
    result = engine_result([1, 0] * 5, A=[1] * 9 + [0], B=[1, 0] * 5)
    messages = [message for _, _, message in found(rewritten(clean, "A1", result=result), "R709")]
    assert [message for message in messages if message.startswith("90% of the cases are more in A")]
    assert not [message for message in messages if " B " in message]
    assert found(rewritten(clean, "A1", result=engine_result([1, 0], A=[1, 0])), "R709") == []


def test_r710_a_row_that_is_a_subset_of_both(clean, found):
    """Sums over the cases: x 1.5, min(x, y) 1.32, min(x, 1 - y) = min(x, y, 1 - y) 1.18; so consistency 0.880 with Y and 0.787
    with ~Y, and PRI (1.32 - 1.18) / (1.5 - 1.18) = 0.4375."""
    result = engine_result([0.51, 0.51, 0.1, 0.9], A=[0.6, 0.6, 0.1, 0.2])
    messages = [message for _, _, message in found(rewritten(clean, "A1", result=result), "R710")]
    assert "A is consistent with Y (0.880) and with its absence (0.787)" in messages
    assert any("PRI of 0.43" in message for message in messages)
    assert found(rewritten(clean, "A1", result=engine_result([1, 1, 0, 0], A=[1, 1, 0, 0])), "R710") == []


def test_r711_necessity_from_sufficiency(clean, found):
    claim = clean.analyses["A1"].claim or clean.claims.column("id")[0]

    def said(text, expression, result):
        study = changed(clean, "claims", claim, text=text, expression=expression)
        return found(rewritten(study, "A1", claim=claim, result=result), "R711")

    sufficient = engine_result([1, 0, 1, 0], A=[1, 0, 1, 0])
    assert "no consistency of necessity is on record" in said("A is necessary for Y.", "A => Y", sufficient)[0][2]
    low = {**sufficient, "necessity": {"rows": [{"term": "A", "inclN": 0.7}]}}
    assert "is 0.700, below 0.9" in said("", "A <= Y", low)[0][2]
    other = {**sufficient, "necessity": {"rows": [{"term": "B", "inclN": 0.99}]}}
    assert "no consistency" in said("", "A <= Y", other)[0][2]
    high = {**sufficient, "necessity": {"rows": [{"term": "A", "inclN": 0.95}]}}
    assert said("A is necessary for Y.", "A <= Y", high) == []
    relation = {"kind": "necessity", "expression": "A <= Y", "all": {"consistency": 0.95}}
    assert said("", "A <= Y", {**sufficient, "relation": relation}) == []
    assert said("A leads to Y.", "A => Y", sufficient) == []


def test_r712_ambiguity_is_to_be_reported(clean, found):
    """Y when exactly one or two of three conditions: each of the three pairs of rows can be covered in more than one way."""
    rows_of_three = [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    a, b, c = zip(*rows_of_three, strict=True)
    result = engine_result([int(0 < sum(row) < 3) for row in rows_of_three], A=a, B=b, C=c)
    assert result["solution"]["n_models"] == 2
    ambiguous = rewritten(clean, "A1", result=result)
    assert "2 models fit equally well" in found(ambiguous, "R712")[0][2]
    reasoned = {**clean.analyses["A1"].specification, "choice_reason": "Both are printed."}
    assert found(rewritten(ambiguous, "A1", specification=reasoned), "R712") == []
    assert found(rewritten(clean, "A1", result=engine_result([1, 0], A=[1, 0])), "R712") == []
