"""R4 on planted faults."""

from __future__ import annotations

import dataclasses

import pytest

from checks.study import added, changed, declared
from crosscase.core import Code, Coder, Coding, Table
from crosscase.core.errors import NotFoundError


def test_r401_one_code_and_a_whole_codebook(clean, found):
    ((kind, id, message),) = found(changed(clean, "codes", "peers", definition=" "), "R401")
    assert (kind, id, message) == ("codes", "peers", "has no definition; it was given 5 times")
    bare = clean.replace(codes=Table.of(Code, [dataclasses.replace(code, definition="") for code in clean.codes]))
    assert [(id, message) for _, id, message in found(bare, "R401")] == [
        ("codebook", "5 of 5 codes have no definition: relations, networks, peers, clients, luck")
    ]


def test_r402_names_the_topmost_code_of_one_case(clean, found):
    alone = clean.replace(
        codings=Table.of(Coding, clean.codings.where(quotation="q3") + clean.codings.where(code="luck"))
    )
    ((_, id, message),) = found(alone, "R402")
    assert id == "relations"  # peers and networks, too, are used in F2 only
    assert "in one of 4 cases only, F2 (1 coding)" in message


def test_r403_a_branch_that_was_never_given(clean, found):
    more = added(clean, codes=[Code("barriers", definition="-"), Code("cost", parent="barriers", definition="-")])
    ((_, id, message),) = found(more, "R403")
    assert (id, message) == ("barriers", "was never given, nor the 1 code under it")
    assert found(more.replace(codings=Table.of(Coding)), "R403") == []


def test_r404_two_names_for_the_same_passages(clean, found):
    twin = added(
        clean,
        codes=[Code("trade", definition="-")],
        codings=[Coding(f"t{one.id}", one.quotation, "trade") for one in clean.codings.where(code="peers")],
    )
    ((_, id, message),) = found(twin, "R404")
    assert (id, message) == ("peers+trade", "the codes peers and trade stand on the same 5 passages and on no others")
    apart = added(twin, codings=[Coding("extra", "q1", "trade")])
    assert found(apart, "R404") == []


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"parent": "relations"}, "is a concept directly under the dimension relations: it skips the level between"),
        ({"parent": "clients"}, "is a concept directly under the concept clients: it is not below it"),
    ],
)
def test_r405_levels(clean, found, fields, what):
    assert found(changed(clean, "codes", "peers", **fields), "R405") == [("codes", "peers", what)]


def second_coder(snapshot, *disagreeing):
    """Bo codes what Ana coded, but for some quotations, which she leaves out."""
    rows = [
        Coding(f"b{one.id}", one.quotation, one.code, "bo")
        for one in snapshot.codings
        if one.quotation not in disagreeing
    ]
    return added(snapshot, coders=[Coder("bo")], codings=rows)


def test_r406_only_against_the_bar_that_the_study_set(clean, found):
    doubled = second_coder(clean, "q4", "q6", "q8")
    assert found(doubled, "R406") == []
    findings = found(declared(doubled, agreement={"bar": 0.95}), "R406")
    assert ("study", "agreement") in {(kind, id) for kind, id, _ in findings}
    assert all("between ana and bo on" in message and "the study's bar is 0.95" in message for *_, message in findings)
    assert found(declared(second_coder(clean), agreement={"bar": 0.95}), "R406") == []


def test_r406_names_the_coefficients_there_are(clean, found):
    with pytest.raises(NotFoundError, match="alpha"):
        found(declared(second_coder(clean), agreement={"bar": 0.7, "coefficient": "omega"}), "R406")
