"""Papers on one data set count once."""

from __future__ import annotations

from crosscase.core import Claim, Construct, Sample, Snapshot
from crosscase.evidence.synthesis import (
    construct_mapping,
    evidence_map,
    lineages,
    relations,
    samples_of,
    settings_of,
    support,
)

#: Four papers on one sample of 188 firms and one on another, as the abstracts of a real group of papers have it.
SAMPLES = [
    Sample("p13", n=188, setting="Sweden"),
    Sample("p22", n=188, same_as="p13", basis="stated", setting="Sweden"),
    Sample("p24", n=188, same_as="p22", basis="inferred", setting="Sweden"),
    Sample("p26", n=188, same_as="p24", setting="Sweden"),
    Sample("p25", n=314, setting="Finland"),
]


def study():
    claims = [
        Claim("A24", "Interaction helps technology", extra={"sample": "p24", "known_from": "abstract"}),
        Claim(
            "A26",
            extra={"sample": ["p26"], "related": [{"claim": "A24", "relation": "contradicts", "note": "mediated"}]},
        ),
        Claim("A25", extra={"sample": "p25", "related": [{"claim": "A24", "relation": "agrees"}]}),
        Claim("A99", scope={"where": "Norway"}, extra={"related": [{"claim": "A98", "relation": "agrees"}]}),
    ]
    return Snapshot.of(samples=SAMPLES, claims=claims)


def test_a_chain_of_same_as_is_one_lineage():
    found = lineages(SAMPLES)
    assert [one.samples for one in found] == [("p13", "p22", "p24", "p26"), ("p25",)]
    assert found[0].inferred
    assert found[0].size == 188


def test_a_circle_and_an_unknown_sample_do_no_harm():
    found = lineages([Sample("a", same_as="b"), Sample("b", same_as="a"), Sample("c", same_as="nowhere")])
    assert [one.samples for one in found] == [("a", "b"), ("c",)]
    assert found[1].unknown == ("nowhere",)


def test_support_counts_lineages_and_names_who_has_no_sample():
    snapshot = study()
    assert support(snapshot, [snapshot.claims["A24"], snapshot.claims["A26"]]).independent == 1
    both = support(snapshot, list(snapshot.claims))
    assert both.lineages == ("p13", "p25")
    assert both.without_sample == ("A99",)


def test_relations_say_when_two_claims_rest_on_the_same_data():
    against, agrees, lost = relations(study())
    assert (against.claim, against.other, against.same_data) == ("A26", "A24", True)
    assert not agrees.same_data
    assert "A98" in lost.problem


def test_the_evidence_map_counts_independent_samples_in_each_setting():
    found = evidence_map(study())
    assert found.settings == ("Sweden", "Finland", "Norway")
    theme = "Interaction helps technology"
    assert found.themes[theme] == ("A24", "A26", "A25")
    cell = found.cells[theme, "Sweden"]
    assert cell.support.independent == 1
    assert cell.contradicting == ("A24", "A26")
    assert ("A99", "Sweden") not in found.cells
    assert found.to_dict()["themes"][0]["cells"]["Finland"]["independent_samples"] == 1


def test_a_study_with_one_sample_need_not_name_it():
    snapshot = Snapshot.of(samples=[Sample("s")], claims=[Claim("P1"), Claim("P2", extra={"known_from": "abstract"})])
    assert samples_of(snapshot, snapshot.claims["P1"]) == ("s",)
    assert samples_of(snapshot, snapshot.claims["P2"]) == ()


def test_the_names_that_studies_have_for_a_construct_with_their_data():
    known = [
        {"sample": "p24", "name": "technology innovation"},
        {"sample": "p26", "name": "technology development", "note": "both ask about products"},
        {"sample": "p99", "name": "technology"},
        {"sample": "p25"},
    ]
    constructs = [Construct("technology", extra={"known_as": known}), Construct("other")]
    found = construct_mapping(Snapshot.of(samples=SAMPLES, constructs=constructs))
    assert [(one.name, one.data, one.problem) for one in found] == [
        ("technology innovation", "p13", ""),
        ("technology development", "p13", ""),
        ("technology", "", "there is no sample 'p99'"),
        ("", "p25", "no name is given"),
    ]
    assert found[1].note == "both ask about products"


def test_the_kind_of_firm_is_what_a_person_made_of_the_setting():
    samples = [Sample("a", setting="Swedish retail SME", extra={"firms": "retail"}), Sample("b", setting="Norway")]
    snapshot = Snapshot.of(samples=samples, claims=[Claim("C", extra={"sample": ["a", "b"]})])
    assert settings_of(snapshot, snapshot.claims["C"]) == ("retail", "Norway")
