"""What saved analyses are computed from: memberships of cases, columns of surveys, and what they say about claims."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crosscase.core import Analysis, Case, Claim, Construct, Snapshot, Study, Survey, Table, Variable
from crosscase.core.errors import InputError, NotFoundError
from crosscase.engines.qca import calibrate
from crosscase.evidence import Ledger
from crosscase.evidence.analyses import (
    inputs_hash,
    of_claim,
    set_inputs,
    state_of,
    stated_paths,
    stated_relation,
    table_inputs,
)
from tests.engines.qca.lipset import CASES, GNP

CRISP = {"AU": "1", "BE": "1", "CZ": "0"}


def ledger_of(analysis: Analysis, **more) -> Ledger:
    """The eighteen countries: DEV from the product a head by three anchors, RICH crisp for three of them."""
    cases = [
        Case(name, {"gnp": str(raw), **({"rich": CRISP[name]} if name in CRISP else {})})
        for name, raw in zip(CASES, GNP, strict=True)
    ]
    calibration = {"exclusion": 400, "crossover": 550, "inclusion": 900, "reasons": ["a gap", "the median", "a gap"]}
    constructs = [
        Construct("DEV", "Development", "variable", ("gnp",), calibrate=calibration),
        Construct("RICH", "Rich", "variable", ("rich",), rule="rich = 1"),
    ]
    tables = {
        "study": Study(variables=(Variable("gnp", "number"), Variable("rich", "number"))),
        "cases": [*cases, Case("XX", {})],
        "constructs": constructs,
        "analyses": [analysis],
    }
    return Ledger(Snapshot.of(**{**tables, **more}))


QCA = Analysis("a", "qca", specification={"outcome": "RICH", "conditions": ["DEV"]})


def with_specification(**values) -> Analysis:
    return replace(QCA, specification={**QCA.specification, **values})


# -- sets --------------------------------------------------------------------------------------------------------------


def test_memberships_come_from_the_engine_and_cases_without_data_are_named():
    found = set_inputs(ledger_of(QCA), QCA)
    expected = calibrate("DEV", CASES, GNP, "direct", [400.0, 550.0, 900.0]).memberships
    assert found.data.cases == ("AU", "BE", "CZ")
    assert list(found.data.column("DEV")) == list(expected[:3])
    assert list(found.data.column("RICH")) == [1.0, 1.0, 0.0]
    assert found.left_out["EE"] == "no data for RICH"
    assert found.left_out["XX"] == "no data for DEV, RICH"
    assert len(found.left_out) == 16
    assert [one.reason for one in found.calibrations["DEV"].anchors] == ["a gap", "the median", "a gap"]


def test_chosen_cases_and_cases_left_out_by_the_specification():
    analysis = with_specification(cases=["AU", "BE", "CZ", "EE"], leave_out=["BE"])
    found = set_inputs(ledger_of(analysis), analysis)
    assert found.data.cases == ("AU", "CZ")
    assert found.left_out["BE"] == "left out by the specification"


def test_a_person_s_number_is_a_membership_and_their_no_data_stays_so():
    ratings = [{"case": "CZ", "value": 0.3, "who": "R"}, {"case": "BE", "value": "no data", "who": "R"}]
    analysis = with_specification()
    ledger = ledger_of(analysis)
    constructs = [
        replace(one, extra={"rating": ratings}) if one.id == "DEV" else one for one in ledger.snapshot.constructs
    ]
    ledger = Ledger(ledger.snapshot.replace(constructs=Table.of(Construct, constructs)))
    found = set_inputs(ledger, analysis)
    assert found.data.cases == ("AU", "CZ")
    assert found.data.column("DEV")[1] == 0.3
    assert found.left_out["BE"] == "no data for DEV"


@pytest.mark.parametrize(
    ("calibration", "raw", "expected"),
    [
        ({"method": "crisp", "thresholds": [550]}, 720, 1.0),
        ({"method": "membership"}, 0.25, 0.25),
        ({"table": {"720": 0.8, "1": 0.2}}, 720, 0.8),
        ({"anchors": [400, 550, 900], "method": "linear"}, 475, 0.25),  # half of the way from exclusion to crossover
    ],
)
def test_other_calibrations(calibration, raw, expected):
    construct = Construct("DEV", drawn_from="variable", of=("gnp",), calibrate=calibration)
    rich = Construct("RICH", drawn_from="variable", of=("rich",), rule="rich = 1")
    cases = [Case("AU", {"gnp": str(raw), "rich": "1"}), Case("LO", {"gnp": "1", "rich": "0"})]
    ledger = ledger_of(QCA, cases=cases, constructs=[construct, rich])
    assert set_inputs(ledger, QCA).data.column("DEV")[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        ({"outcome": ""}, InputError, "no outcome"),
        ({"conditions": []}, InputError, "no conditions"),
        ({"conditions": ["DEW"]}, NotFoundError, "DEV"),
        ({"cases": ["Nowhere"]}, NotFoundError, "Nowhere"),
        ({"cases": ["EE"]}, InputError, "no case has data"),
    ],
)
def test_what_is_wrong_is_said(values, error, words):
    analysis = with_specification(**values)
    with pytest.raises(error, match=words):
        set_inputs(ledger_of(analysis), analysis)


def test_a_bad_calibration_is_said():
    for calibration, words in (
        ({"method": "fuzzy"}, "fuzzy"),
        ({"method": "direct"}, "needs anchors"),
        ({"anchors": ["low", 2, 3]}, "not a number"),
        ({"method": "membership"}, "720"),
    ):
        construct = Construct("DEV", drawn_from="variable", of=("gnp",), calibrate=calibration)
        with pytest.raises((InputError, NotFoundError), match=words):
            set_inputs(
                ledger_of(
                    QCA, constructs=[construct, Construct("RICH", drawn_from="variable", of=("rich",), rule="rich = 1")]
                ),
                QCA,
            )


# -- surveys -----------------------------------------------------------------------------------------------------------

SURVEY = Survey("s", columns={"q1": (1.0, 7.0, None), "q2": (2.0, 6.0, 4.0), "word": ("a", "b", "c")})


def survey_columns(**specification):
    analysis = Analysis("m", "sem", specification={"survey": "s", **specification})
    return table_inputs(ledger_of(analysis, surveys=[SURVEY]), analysis).columns


def test_items_are_named_reversed_and_averaged():
    columns = survey_columns(items={"t1": "q1", "t2": "-q2"}, scales={"trust": ["q1", "-q2"]}, range=[1, 7])
    assert columns["t1"] == [1.0, 7.0, None]
    assert columns["t2"] == [6.0, 2.0, 4.0]
    assert columns["trust"] == [3.5, 4.5, None]
    assert survey_columns(reverse=["q2"], range=[1, 7])["q2"] == [6.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("specification", "error", "words"),
    [
        ({"items": {"a": "-q1"}}, InputError, "reversed"),
        ({"items": {"a": "q3"}}, NotFoundError, "q1"),
        ({"items": {"a": "word"}}, InputError, "the text 'a'"),
        ({"survey": "t"}, NotFoundError, "there is no survey 't'"),
        ({"survey": None}, InputError, "names no data"),
    ],
)
def test_what_is_wrong_with_a_survey_is_said(specification, error, words):
    with pytest.raises(error, match=words):
        survey_columns(**specification)


def test_without_a_survey_a_row_is_a_case():
    analysis = Analysis("r", "regression", specification={"variables": ["gnp", "rich"]})
    found = table_inputs(ledger_of(analysis), analysis)
    assert found.rows == "cases"
    assert found.columns["gnp"][:2] == [720.0, 1098.0]
    assert found.columns["rich"][3] is None
    analysis = replace(analysis, specification={"variables": ["gmp"]})
    with pytest.raises(NotFoundError, match="gnp"):
        table_inputs(ledger_of(analysis), analysis)


# -- state and claims --------------------------------------------------------------------------------------------------


def test_a_result_is_stale_when_a_cell_that_it_uses_changes():
    ledger = ledger_of(QCA)
    done = replace(QCA, result={"n": 3}, inputs_hash=inputs_hash(ledger, QCA))
    assert state_of(ledger, QCA) == "not run"
    assert state_of(ledger, done) == "current"
    changed = [
        replace(c, attributes={**c.attributes, "gnp": "500"}) if c.id == "AU" else c for c in ledger.snapshot.cases
    ]
    assert state_of(Ledger(ledger.snapshot.replace(cases=Table.of(Case, changed))), done) == "stale"
    unrelated = ledger.snapshot.replace(claims=Table.of(Claim, [Claim("new")]))
    assert state_of(Ledger(unrelated), done) == "current"


def test_relations_and_paths_that_claims_state():
    assert stated_relation("A*~B + C => Y") == ("A*~B + C", "=>", "Y")
    assert stated_relation("A <= ~Y") == ("A", "<=", "~Y")
    assert stated_relation("A => Y*Z") is None
    assert stated_relation("A -> B") is None
    assert stated_relation("") is None
    assert stated_paths("a -> b -> c") == [("a", "b"), ("b", "c"), ("a", "b", "c")]
    assert stated_paths("a => b") == []


def test_what_a_claim_s_analyses_say():
    relation = {
        "expression": "DEV => RICH",
        "all": {"consistency": 0.9},
        "others": {"consistency": 0.7},
        "deviant": ["AU", "CZ"],
    }
    result = {"relation": relation, "left_out": {"XX": "no data for DEV"}}
    analyses = [
        replace(QCA, claim="P", result=result, inputs_hash="old"),
        Analysis("b", "sem", claim="P"),
        Analysis("c", "qca", claim="other", result=result),
    ]
    claim = Claim("P", expression="DEV => RICH", built_on=("AU", "BE"))
    first, second = of_claim(ledger_of(QCA, claims=[claim], analyses=analyses), "P")
    assert (first.state, first.about, first.problem) == ("stale", "DEV => RICH", "")
    assert first.deviant == ("AU", "CZ")
    assert first.deviant_built_on == ("AU",)
    assert first.on_others == {"consistency": 0.7}
    assert first.left_out == {"XX": "no data for DEV"}
    assert second.problem == "it was not run"
    revised = replace(claim, expression="~DEV => RICH")
    said = of_claim(ledger_of(QCA, claims=[revised], analyses=analyses), "P")[0]
    assert "has changed" in said.problem
    with pytest.raises(NotFoundError):
        of_claim(ledger_of(QCA, claims=[claim]), "Q")
