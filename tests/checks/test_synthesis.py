"""R6 on planted faults."""

from __future__ import annotations

from checks.study import added, changed
from crosscase.core import Claim, Sample, Stance, Table


def papers(clean, *stances, **same_as):
    """Three papers with samples A, B and C, and a claim with evidence from them."""
    rows = [Sample(id, f"paper {id}", 100 + n, "firms", "Sweden", same_as.get(id, "")) for n, id in enumerate("ABC")]
    return clean.replace(samples=Table.of(Sample, rows), stances=Table.of(Stance, stances))


def of(id, sample, stance="supports"):
    return Stance(id, "P1", locator="abstract", stance=stance, extra={"sample": sample})


def test_r601_two_papers_one_body_of_evidence(clean, found):
    evidence = of("1", "A"), of("2", "B"), of("3", "C")
    assert found(papers(clean, *evidence), "R601") == []
    ((kind, id, message),) = found(papers(clean, *evidence, B="A"), "R601")
    assert (kind, id) == ("claims", "P1")
    assert "names the samples A, B, which share their people or firms: 2 independent of 3 named" in message


def test_r601_samples_that_look_alike_and_say_nothing(clean, found):
    alike = changed(papers(clean), "samples", "B", n=100)
    ((kind, id, message),) = found(alike, "R601")
    assert (kind, id) == ("samples", "A+B")
    assert "both have n = 100, firms, Sweden" in message
    assert found(changed(alike, "samples", "B", same_as="A"), "R601") == []


def test_r601_a_lineage_that_leads_nowhere(clean, found):
    assert "the same as Z, which is not on record" in found(papers(clean, B="Z"), "R601")[0][2]


def test_r602_one_sample_for_and_against(clean, found):
    split = papers(clean, of("1", "A"), of("2", "B", "contradicts"), B="A")
    ((_, id, message),) = found(split, "R602")
    assert (id, message) == ("P1", "evidence from one sample (A) both supports and contradicts it: 1, 2")
    assert found(papers(clean, of("1", "A"), of("2", "C", "contradicts"), B="A"), "R602") == []


def test_r602_one_path_with_and_without_the_mediator(clean, found):
    claims = [
        Claim("C24", expression="contact -> technology", extra={"sample": "A"}),
        Claim("C26", expression="contact -> transfer -> technology", extra={"sample": "B"}),
    ]
    ((_, id, message),) = found(added(papers(clean, B="A"), claims=claims), "R602")
    assert id == "C24+C26"
    assert "C26 has 'contact -> transfer -> technology'" in message
    assert found(added(papers(clean), claims=claims), "R602") == []


def related(clean, relation):
    row = {"claim": "C2", "relation": relation}
    claims = [Claim("C1", extra={"sample": "A", "related": [row]}), Claim("C2", extra={"sample": "B"})]
    return papers(clean, B="A").replace(claims=Table.of(Claim, claims))


def test_r601_and_r602_read_how_claims_are_related(clean, found):
    assert found(related(clean, "agrees"), "R601") == [
        ("claims", "C1+C2", "C1 and C2 are said to agree and rest on one sample: one finding, not two")
    ]
    assert found(related(clean, "contradicts"), "R602") == [
        ("claims", "C1+C2", "C1 is said to contradict C2, on the same data")
    ]
    assert found(related(clean, "refines"), "R6") == []
