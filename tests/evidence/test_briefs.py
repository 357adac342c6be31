"""A firm held against a small study."""

from __future__ import annotations

import json

import pytest

from crosscase.core import (
    Case,
    Claim,
    Code,
    Coding,
    Construct,
    Event,
    PartialDate,
    Question,
    Quotation,
    Sample,
    SamplingRule,
    Snapshot,
    Stance,
    Study,
    Variable,
)
from crosscase.core.errors import InputError
from crosscase.evidence import Ledger
from crosscase.evidence.briefs import brief
from crosscase.evidence.firms import firm_from_document


def study(**more):
    """Four small firms and two large; the small ones drew on clients, one of them on fairs too."""
    sizes = {"s1": 10, "s2": 12, "s3": 14, "s4": 16, "l1": 90, "l2": 95}
    cases = [
        Case(id, {"size": str(size), "home": "CHN", "fast": "1" if id != "s2" else "0"}) for id, size in sizes.items()
    ]
    coded = {"s1": ["client"], "s2": ["client", "fair"], "l1": ["lab"], "s3": ["client"]}
    quotations = [Quotation(f"q-{case}-{code}", case=case) for case, codes in coded.items() for code in codes]
    codings = [Coding(q.id, q.id, q.id.split("-")[2]) for q in quotations]
    tables = {
        "study": Study(
            title="Six",
            sampling=(SamplingRule("young", "Young firms", "age <= 10"), SamplingRule("any", "Small", "size <= 50")),
            variables=(Variable("size", "number"), Variable("home", "country"), Variable("age", "number")),
            guide=(Question("Q1", text="Who are your clients?"), Question("Q2", text="What next?")),
        ),
        "cases": cases,
        "events": [Event("x", "s2", "exit", "DEU", PartialDate(2015))],
        "codes": [
            Code("markets", "New markets", level="dimension"),
            Code("client", "Clients", "markets"),
            Code("fair", "Fairs", "markets"),
            Code("products", "New products", level="dimension"),
            Code("lab", "Laboratory", "products"),
        ],
        "quotations": quotations,
        "codings": codings,
        "constructs": [
            Construct("clients", "Learns from clients", "codings", ("client",), absent_when="asked Q1"),
            Construct("fast", "Fast", "variable", ("fast",), "fast = 1"),
            Construct("small", "Small", "variable", ("size",), "size <= 50"),
        ],
        "claims": [
            Claim("P1", "Clients make fast", expression="clients => fast", scope={"rule": "size <= 50"}),
            Claim("P2", "Large firms", scope={"rule": "size > 50"}),
            Claim("P3", "Firms of India", scope={"where": "India"}),
            Claim("P4", "Small ones", expression="small => fast", scope={"who": "small firms"}),
            Claim("P5", "Gone", status="withdrawn"),
        ],
        "stances": [Stance("e", "P1", case="l2", locator="p. 3", stance="contradicts", note="slow")],
        "samples": [Sample("six", n=6)],
    } | more
    return Ledger(Snapshot.of(**tables))


def made(document=None, ledger=None, **more):
    ledger = ledger or study()
    document = document or {"id": "Nova", "attributes": {"size": 11, "home": "CHN"}}
    return brief(ledger, firm_from_document(document, ledger.snapshot), **more)


def test_the_most_similar_cases_come_first_with_their_parts():
    found = made(nearest=2)
    # size range 85; home and age tell nothing: |11-10|/85 and |11-12|/85, halved by the shared home (difference 0)
    assert found.near_cases == ("s1", "s2")
    assert found.near[0].value == pytest.approx(1 / 85 / 2)
    assert found.near[0].parts == pytest.approx({"size": 1 / 170, "home": 0})
    assert found.not_compared["age"] == "not known of the firm"
    assert found.nearness.warning.startswith("Only 2 attributes")
    assert found.left == {"s2": ("DEU",)}


def test_cases_at_the_same_distance_as_the_last_are_not_cut_off():
    assert set(made({"attributes": {"size": 11}}, nearest=1).near_cases) == {"s1", "s2"}


def test_a_firm_unlike_all_is_warned_of():
    found = made({"attributes": {"size": 55, "home": "India"}})
    # the nearest inside lie at most (5/85)/2 apart; the firm is (35/85 + 1)/2 away
    assert found.nearness.nearest == pytest.approx((35 / 85 + 1) / 2)
    assert found.nearness.as_far == 0
    assert "No case is near" in found.nearness.warning


def test_a_firm_beyond_the_study_is_said_to_be():
    assert made({"attributes": {"size": 1000}}).beyond == ("size",)


def test_which_definitions_and_rules_it_meets():
    events = [{"kind": "entry", "place": "Germany", "date": "2011"}]
    figures = [{"measure": "intensity", "value": "80%", "date": "2012"}]
    found = made({"attributes": {"founded": 2010, "home": "CHN"}, "event": events, "observation": figures})
    answers = {one.definition: one.value for one in found.definitions if one.measure == "born_global"}
    assert answers["rennie-1993"] == "yes"
    assert answers["puthusserry-2020"] == "no"
    assert {one.id: one.holds for one in found.admissions} == {"young": None, "any": None}


def test_scopes_include_exclude_or_leave_it_to_the_reader():
    judged = {one.claim.id: one.scope.inclusion for one in made().claims}
    assert judged == {"P1": "includes", "P4": "to judge", "P2": "excludes", "P3": "excludes"}


def test_a_claim_comes_with_counter_evidence_first_and_its_sample():
    one = next(one for one in made().claims if one.claim.id == "P1")
    assert next(iter(one.groups)) == "contradicting"
    assert one.groups["contradicting"] == ("s2",)
    assert one.near["contradicting"] == ("s2",)
    assert one.said_against == ("l2: slow (p. 3)",)
    assert one.support.independent == 1
    assert one.condition == "not known whether its condition holds (clients)"
    small = next(one for one in made().claims if one.claim.id == "P4")
    assert small.condition == "its condition holds in this firm"


def test_paths_tell_what_was_drawn_on_and_where_it_went_otherwise():
    markets, products = made(nearest=6).paths
    assert [(one.name, one.near) for one in markets.drawn] == [("Clients", ("s1", "s2", "s3")), ("Fairs", ("s2",))]
    assert markets.otherwise == ("l1",)
    assert set(markets.silent) == {"s4", "l2"}
    assert products.drawn[0].near == ("l1",)


def test_paths_may_be_a_column_of_the_codebook():
    codes = [
        Code("net", "Network", level="dimension"),
        Code("client", "Clients", "net", extra={"growth_path": "new markets"}),
        Code("lab", "Laboratory", "net", extra={"growth_path": "new products"}),
        Code("fair", "Fairs", "net", extra={"growth_path": "new markets"}),
    ]
    markets, products = made(ledger=study(codes=codes), nearest=6).paths
    assert (markets.name, products.name) == ("New markets", "New products")
    assert [one.name for one in markets.drawn] == ["Network › Clients", "Network › Fairs"]
    assert products.otherwise == ("s1", "s2", "s3")


def test_a_path_without_codes_under_it_tells_what_else_its_cases_drew_on():
    chosen = {"brief": {"paths": ["fair", "lab"]}}
    settings = Study(title="Six", variables=(Variable("size", "number"),), extra=chosen)
    fair, lab = made(ledger=study(study=settings), nearest=6).paths
    # s2 alone took the path of fairs, and clients were coded in it
    assert (fair.took, fair.by_case) == (("s2",), True)
    assert [(one.name, one.near) for one in fair.drawn] == [("New markets › Clients", ("s2",))]
    assert lab.took == ("l1",)
    assert lab.drawn == ()


def test_a_value_that_does_not_fit_is_said_to():
    study_of = Study(variables=(Variable("sector", "category", values=("shoes", "toys")),))
    found = made({"attributes": {"sector": "software"}}, study(study=study_of))
    assert "'software' is not one of the values of sector" in found.not_compared["sector"]
    assert "shoes, toys" in found.not_compared["sector"]


def test_the_first_question_is_the_one_that_decides_a_claim():
    first = made().questions[0]
    assert (first.text, first.guide, first.why) == ("Who are your clients?", "Q1", "decides P1")
    assert any(one.text == "What next?" for one in made().questions)


def test_a_study_with_nothing_in_it():
    found = made({"attributes": {"size": 3}}, Ledger(Snapshot()))
    assert found.near == ()
    assert found.claims == ()
    assert "nothing is known of both" in found.nearness.warning
    json.dumps(found.to_dict())


def test_it_is_json_and_has_no_score():
    document = json.loads(json.dumps(made().to_dict()))
    assert document["similar_cases"][0]["parts"]["size"] == pytest.approx(1 / 170)
    assert not any("score" in key or "rank" in key for key in document)


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ({"size": 3}, "there is no key 'size'"),
        ({"id": "s1"}, "'s1' is a case of the study"),
        ({"attributes": 3}, "attributes is not a table"),
        ({"event": [{"kind": "entry", "place": "Atlantis"}]}, "Atlantis"),
        ({"attributes": {"home": "Atlantis"}}, "Atlantis"),
        ({"event": [{"place": "DEU"}]}, "there is no kind"),
        ({"event": [{"kind": "entry", "date": "soon"}]}, "soon"),
        ({"tie": {"alter": "x"}}, "not an array of tables"),
        ({"event": ["entry"]}, "not a table"),
    ],
)
def test_a_firm_that_cannot_be_read(document, what):
    with pytest.raises(InputError, match=what):
        firm_from_document(document, study().snapshot)


@pytest.mark.parametrize(("size", "why"), [("many", "'many' is not a number"), ("", "not known of the firm")])
def test_a_number_that_is_none_is_not_compared(size, why):
    assert made({"attributes": {"size": size}}).not_compared["size"] == why


def test_a_misspelt_attribute_is_named_with_what_it_may_mean():
    assert "is it size?" in made({"attributes": {"siize": 3}}).not_compared["siize"]
