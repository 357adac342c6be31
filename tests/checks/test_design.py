"""R1 on planted faults; the clean study has none."""

from __future__ import annotations

import dataclasses

import pytest

from crosscase.core import Case, Code, Coder, Coding, Participant, Quotation, SamplingRule, Table


def with_rule(snapshot, rule):
    return snapshot.replace(study=dataclasses.replace(snapshot.study, sampling=(SamplingRule("S1", "in words", rule),)))


def test_a_clean_study_has_no_finding(clean, found):
    assert found(clean, "R1") == []


def test_r101_names_the_case_and_what_it_was_judged_by(clean, found):
    late = clean.replace(cases=Table.of(Case, [Case("F2", {"founded": "1995"}), *clean.cases[:1]]))
    ((kind, id, message),) = found(late, "R101")
    assert (kind, id) == ("cases", "F2")
    assert "years_to_internationalization is 8" in message


def test_r101_is_silent_where_a_value_is_missing(clean, found):
    unknown = clean.replace(cases=Table.of(Case, [Case("F1", {})]))
    assert found(unknown, "R101") == []
    ((_, id, message),) = found(unknown, "R102")
    assert id == "S1"
    assert "1 of 1 cases (F1): no value for years_to_internationalization" in message


@pytest.mark.parametrize(
    ("rule", "message"),
    [("", "in words only"), ("growth >= 3", "neither a variable nor a measure"), ("intensity >=", "cannot be read")],
)
def test_r102_says_why_a_rule_cannot_be_told(clean, found, rule, message):
    ((_, _, found_message),) = found(with_rule(clean, rule), "R102")
    assert message in found_message


def test_r103_compares_the_count_the_list_and_the_sources(clean, found):
    declared = clean.replace(study=dataclasses.replace(clean.study, interviews=6))
    assert [id for _, id, _ in found(declared, "R103")] == ["interviews"]
    silent = clean.replace(participants=clean.participants.with_rows([Participant("P9", "F1")]))
    assert {id for _, id, _ in found(silent, "R103")} == {"participants", "P9"}


def test_r104_a_question_nobody_answered(clean, found):
    only_first = clean.replace(turns=Table.of(clean.turns.row, clean.turns.where(question="Q1")))
    assert [id for _, id, _ in found(only_first, "R104")] == ["Q2"]
    nothing_linked = clean.replace(turns=Table.of(clean.turns.row))
    assert found(nothing_linked, "R104") == []


def test_r105_a_relation_on_record_and_a_shared_name(clean, found):
    people = [Participant("P1", "F1", extra={"relation": "cousin"}), Participant("Ada-Moreno", "F2")]
    related = clean.replace(
        participants=Table.of(Participant, people), coders=Table.of(Coder, [Coder("am", "Luis Moreno")])
    )
    messages = {id: message for _, id, message in found(related, "R105")}
    assert "cousin" in messages["P1"]
    assert "shares the name moreno" in messages["Ada-Moreno"]


def test_r106_a_code_whose_condition_the_case_does_not_meet(clean, found):
    codes = [Code("retailer", "Retailer", extra={"applies_when": "sector = retail"})]
    coded = clean.replace(
        codes=Table.of(Code, codes),
        quotations=Table.of(Quotation, [Quotation("q1", case="F1", locator="p. 1")]),
        codings=Table.of(Coding, [Coding("c1", "q1", "retailer")]),
    )
    ((kind, id, message),) = found(coded, "R106")
    assert (kind, id) == ("cases", "F1")
    assert "sector is 'software'" in message
