"""Replication, predictors beside the outcome, periods, quotations, synthesis and checklists as tables."""

from __future__ import annotations

import io

import docx
import pytest

from crosscase.core import (
    Analysis,
    Case,
    Claim,
    ClaimForm,
    Code,
    Coding,
    Construct,
    Event,
    PartialDate,
    Participant,
    Quotation,
    Sample,
    Snapshot,
    Stance,
    Study,
    Variable,
)
from crosscase.core.errors import InputError
from crosscase.evidence import Ledger
from crosscase.reports import tables
from crosscase.reports.checklists import COREQ, SRQR, coreq, srqr
from crosscase.reports.formats import FORMATS
from crosscase.reports.verdict import DOCUMENTS


def ledger(**more):
    """``both`` has condition and outcome, ``only`` the condition, ``none`` neither, ``dark`` is not known."""
    values = {"both": (1, 1), "only": (1, 0), "none": (0, 0), "dark": (1, None)}
    rows = {
        "study": Study(variables=(Variable("a", "number"), Variable("y", "number"))),
        "cases": [Case(id, {"a": str(a), **({} if y is None else {"y": str(y)})}) for id, (a, y) in values.items()],
        "constructs": [
            Construct("A", "Ability", "variable", ("a",), "a = 1"),
            Construct("Y", "Yield", "variable", ("y",), "y = 1"),
        ],
        "claims": [Claim("P1", expression="A => Y", built_on=("both",)), Claim("P2", "no expression")],
        "stances": [Stance("s", "P1", case="only", stance="qualifies", locator="p. 1")],
        "events": [
            Event("e1", "both", "entry", "DEU", PartialDate(2004)),
            Event("e2", "both", "fair", "DEU", PartialDate(2003)),
            Event("e3", "both", "entry", "FRA", PartialDate(2008)),
            Event("e4", "only", "entry", "FRA"),
        ],
    } | more
    return Ledger(Snapshot.of(**rows))


def column(table, label):
    place = [one.label for one in table.columns].index(label)
    return {row[0]: row[place] for row in table.texts()}


def test_replication_has_a_letter_a_case_and_marks_what_a_claim_was_built_on():
    table = tables.replication_table(ledger())
    assert column(table, "P1") == {"both": "L*", "only": "C", "none": "T", "dark": "–"}
    assert any("nothing can be shown for them: P2" in note for note in table.notes)


def test_cases_with_the_outcome_stand_first_in_a_predictor_outcome_table():
    found = ledger()
    table = tables.predictor_outcome(found.constructs, found.verdict("P1"))
    assert [row[0] for row in table.texts()] == ["both", "only", "none", "dark"]
    assert [one.label for one in table.columns[1:3]] == ["Yield (outcome)", "Ability"]
    assert tables.predictor_outcome(found.constructs, found.verdict("P2")).rows == ()


def test_events_fall_into_periods_counted_from_the_first_entry():
    table = tables.temporal_brackets(ledger())
    # the first entry of "both" is 2004: the fair of 2003 lies before it, the entry of 2008 in year 4
    assert table.texts()[0] == ["both", "fair 1", "entry 1", "entry 1", "nothing on record"]
    assert table.texts()[1][1:] == ["no data"] * 4
    assert any("1 events have no date" in note for note in table.notes)


def test_a_study_names_its_own_periods():
    study = Study(extra={"bracket": [{"name": "early", "until": 4, "since": "first entry"}]})
    assert tables.temporal_brackets(ledger(study=study)).texts()[0] == ["both", "fair 1, entry 1"]


@pytest.mark.parametrize("bracket", [{"until": 3}, {"name": "x", "since": "yesterday"}, {"name": "x", "until": "3"}])
def test_a_period_that_cannot_be_read(bracket):
    with pytest.raises(InputError):
        tables.temporal_brackets(ledger(study=Study(extra={"bracket": [bracket]})))


def test_the_years_stand_in_order():
    table = tables.time_ordered(ledger())
    assert [one.label for one in table.columns] == ["Case", "2003", "2004", "2008"]
    assert table.texts()[0][1] == "fair Germany"


def test_quotations_by_code_say_who_is_not_heard():
    table = tables.quotation_table(
        ledger(
            codes=[Code("t", "Trust"), Code("u", "Trust of clients", "t")],
            participants=[Participant("p1", "both", "Founder")],
            quotations=[
                Quotation("q1", text="We trust them", case="both", participant="p1", mark="proof"),
                Quotation("q2", locator="Table 3", case="only", mark="proof"),
                Quotation("q3", text="Shown in the text", case="none", mark="power"),
            ],
            codings=[Coding("1", "q1", "u"), Coding("2", "q2", "u"), Coding("3", "q3", "u"), Coding("4", "q1", "u")],
        ).snapshot
    )
    assert table.texts() == [
        ["Trust › Trust of clients", "“We trust them”", "both", "Founder, p1", ""],
        ["", "(words not shown)", "only", "", "Table 3"],
    ]
    assert table.notes == ("2 quotations from 2 of 4 cases.", "Not quoted: none, dark.")


def test_synthesis_tables_count_data_sets_and_put_contradictions_first():
    snapshot = Snapshot.of(
        samples=[
            Sample("a", "One", 188, "firms", "Sweden"),
            Sample("b", "Two", 188, "firms", "Sweden", "a", "inferred"),
        ],
        claims=[
            Claim("C1", "X helps", extra={"sample": "a", "known_from": "abstract", "method": "survey"}),
            Claim("C2", extra={"sample": "b", "related": [{"claim": "C1", "relation": "contradicts"}]}),
        ],
    )
    assert tables.lineage_table(snapshot).texts() == [
        ["a", "a, b", "One; Two", "188", "firms", "C1, C2", "a judgement"]
    ]
    assert tables.evidence_map_table(snapshot).texts() == [["X helps", "2 on 1 !"]]
    assert tables.relation_table(snapshot).texts()[0][:4] == ["C2", "contradicts", "C1", "the same data"]
    assert tables.published_claims(snapshot).texts()[0][:3] == ["C1", "X helps", "survey"]


def test_the_checklists_have_the_items_of_their_papers_and_leave_blanks_blank():
    # Tong et al. 2007: 32 items; O'Brien et al. 2014: 21 items
    assert (len(COREQ), len(SRQR)) == (32, 21)
    for table in (coreq(Snapshot()), srqr(Snapshot())):
        assert all(row[2] == "" and row[3] == "" for row in table.texts())


def test_a_checklist_tells_own_answers_from_the_records():
    study = Study(title="T", stance="mixed", extra={"reporting": {"coreq": {"2": "PhD", "9": "realist", "99": "?"}}})
    table = coreq(Snapshot.of(study, codings=[Coding("1", "q", "k", "MK")], quotations=[Quotation("q")]))
    drafts = {row[0]: row[2:] for row in table.texts()}
    assert drafts["2"] == ["PhD", "the researchers"]
    assert drafts["9"] == ["realist", "the researchers"]
    assert drafts["24"] == ["1 coder", "the records"]
    assert drafts["21"] == ["", ""]
    assert any("no item 99" in note for note in table.notes)


def test_a_long_wording_fits_every_format():
    table = tables.verdict_table(ledger(claims=[Claim("P1", "very " * 100, expression="A => Y")]).verdict("P1"))
    for write in FORMATS.values():
        assert write(table)


def test_the_verdict_table_says_how_the_claim_fares():
    table = tables.fares_table(ledger().verdict("P1"))
    test = table.texts()[0]
    assert test[:4] == ["Sufficiency", "A => Y", "other cases", "2"]
    assert test[4].startswith("consistency 0, ")
    assert test[5] == "only"


def test_a_linked_analysis_stands_in_the_verdict_with_its_state_and_on_which_cases():
    relation = {
        "expression": "A => Y",
        "all": {"n": 3, "consistency": 0.5},
        "others": {"n": 2, "consistency": 0.0},
        "deviant": ["only", "both"],
    }
    analyses = [
        Analysis("q", "qca", "Sets", "P1", result={"relation": relation}, inputs_hash="old"),
        Analysis("r", "regression", "Slope", "P1"),
    ]
    rows = tables.fares_table(ledger(analyses=analyses).verdict("P1")).texts()
    saved = [row for row in rows if row[0] in ("Sets", "Slope")]
    assert [row[2] for row in saved] == ["other cases", "all together", ""]
    assert saved[0][3:5] == ["2", "consistency 0"]
    assert saved[1][5] == "only, both*"
    assert "stale" in saved[1][6]
    assert saved[2][4] == "it was not run"


@pytest.mark.parametrize("form", DOCUMENTS)
def test_a_verdict_is_a_document_with_its_cases_forms_and_analyses(form):
    claim = Claim(
        "P1", "Ability makes yield", expression="A => Y", built_on=("both",), forms=(ClaimForm("abstract", "A*B => Y"),),
        scope={"who": "firms"}, extra={"rival": "Luck."},
    )  # fmt: skip
    made = DOCUMENTS[form](ledger(claims=[claim]).verdict("P1"))
    assert made == DOCUMENTS[form](ledger(claims=[claim]).verdict("P1"))
    words = (
        made.decode() if form == "html" else " ".join(part.text for part in docx.Document(io.BytesIO(made)).paragraphs)
    )
    for heading in ("The cases", "Logical forms on record", "How it fares", "Scope", "Rival explanation"):
        assert heading in words


def test_parts_and_whole_are_named_in_the_verdict():
    claims = [Claim("P1", expression="A -> Y"), Claim("P1a", expression="A -> Y", extra={"part_of": "P1"})]
    found = ledger(claims=claims)
    assert "Its parts: P1a." in tables.verdict_table(found.verdict("P1")).notes
    assert "A part of P1." in tables.verdict_table(found.verdict("P1a")).notes
    assert found.verdict("P1").to_dict()["parts"] == ["P1a"]
