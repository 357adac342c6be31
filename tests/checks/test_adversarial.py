"""Faults planted by what a rule's page means, by somebody who did not write the rule; and twins that are no fault.

``planted`` is (rule, subject): a finding of the rule about the subject, which the clean study does not have.
"""

from __future__ import annotations

import dataclasses

import pytest

from checks.study import added, changed
from crosscase.core import (
    Analysis,
    Case,
    Claim,
    ClaimVersion,
    Coding,
    Construct,
    Memo,
    PartialDate,
    Participant,
    Question,
    Quotation,
    Snapshot,
    Source,
    Stance,
    Table,
    Turn,
    Variable,
)

GROUP = "Mei: We sold at once.\nJon: I would not say that, we never sold.\n"


def focus_group(clean: Snapshot, consent: str = "quote", **fields) -> Snapshot:
    """A focus group of two persons of F1: the source names no participant, the turns do; Jon's words are quoted."""
    start = GROUP.index("we never sold")
    jon = GROUP.index("Jon:")
    return added(
        clean,
        participants=[
            Participant("P-mei", "F1", "Sales manager", "quote"),
            Participant("P-jon", "F1", "Founder", consent),
        ],
        sources=[Source("G", kind="focus group", case="F1")],
        turns=[Turn("G", 1, 0, jon, participant="P-mei"), Turn("G", 2, jon, len(GROUP), participant="P-jon")],
        quotations=[Quotation("qg", "G", start, start + 13, "we never sold", **{"mark": "proof", **fields})],
        codings=[Coding("cg", "qg", "luck", "ana", extra={"speaker_role": "Founder"})],
    ).replace(texts={**clean.texts, "G": GROUP})


def claimed(clean: Snapshot, **fields) -> Snapshot:
    return changed(clean, "claims", "P1", **fields)


def quoted(clean: Snapshot, words: str, **fields) -> Snapshot:
    return changed(clean, "quotations", "q1", text=words, start=None, end=None, **fields)


def evidence(clean: Snapshot, *stances: Stance) -> Snapshot:
    return clean.replace(stances=Table.of(Stance, stances))


def sized(clean: Snapshot, *constructs: Construct, **claim) -> Snapshot:
    """The firms with a number of employees, and more constructs."""
    study = dataclasses.replace(clean.study, variables=(*clean.study.variables, Variable("size", "number")))
    cases = [Case(one.id, {**one.attributes, "size": str(20 * n)}) for n, one in enumerate(clean.cases, start=1)]
    wider = added(clean.replace(study=study, cases=Table.of(Case, cases)), constructs=constructs)
    return claimed(wider, **claim) if claim else wider


def at_home(clean: Snapshot, where: str) -> Snapshot:
    """All firms from Ireland, and a claim on a continent."""
    cases = [Case(one.id, {**one.attributes, "home": "IRL"}) for one in clean.cases]
    study = dataclasses.replace(clean.study, variables=(*clean.study.variables, Variable("home", "country")))
    scope = {"who": "software firms", "where": where, "when": "2000 to 2010"}
    return claimed(clean.replace(cases=Table.of(Case, cases), study=study), scope=scope)


big = Construct("big", drawn_from="variable", of=("size",), rule="size > 50")
small = Construct("small", drawn_from="variable", of=("size",), rule="size <= 50")
early = Construct(
    "early", drawn_from="measure", of=("years_to_internationalization",), rule="years_to_internationalization <= 4"
)
shift = ClaimVersion

PLANTED = {
    "a negation left out": ("R301", "q1", lambda s: quoted(
        s.replace(texts={**s.texts, "SF1": s.texts["SF1"] + "We did not ask for help.\n"}), "We did ask for help")),
    "two sentences in the other order": ("R301", "q3", lambda s: changed(
        s, "quotations", "q3", source="SF3", start=None, end=None,
        text="Firms like ours told us what to expect there. We followed what others had done before us.")),
    "words of two places run together": ("R301", "q1", lambda s: quoted(s, "We began with one order to the next")),
    "a number altered": ("R301", "q8", lambda s: changed(s, "quotations", "q8", text="advice from ten firms")),
    "the words of another source": ("R301", "q1", lambda s: quoted(s, "A friend in the trade told us whom to call")),
    "a case that does not exist": ("R302", "SF1", lambda s: changed(
        changed(s, "sources", "SF1", case=""), "quotations", "q1", case="F99")),
    "a speaker who does not exist": ("R302", "SF1", lambda s: changed(s, "quotations", "q1", participant="nobody")),
    "the role of the wrong person in a group": ("R303", "P-jon", lambda s: changed(
        focus_group(s), "codings", "cg", extra={"speaker_role": "Sales manager"})),
    "refused in a group, by the turn": ("R304", "P-jon", lambda s: focus_group(s, "analyse")),
    "withdrawn in a group, by the turn": ("R803", "P-jon", lambda s: focus_group(s, "withdrawn")),
    "expired in a group, by the turn": ("R803", "P-jon", lambda s: changed(
        focus_group(s), "participants", "P-jon", consent_until=PartialDate(2001))),
    "a source of one firm with a speaker of another": ("R310", "q1", lambda s: changed(
        s.replace(turns=Table.of(Turn)), "sources", "SF1", participant="PF2")),
    "a definition that says nothing": ("R401", "luck", lambda s: changed(s, "codes", "luck", definition="TBD")),
    "a definition that repeats the name": ("R401", "luck", lambda s: changed(s, "codes", "luck", definition="Luck.")),
    "evidence that only qualifies": ("R501", "P1", lambda s: evidence(
        s.replace(analyses=Table.of(Analysis)), Stance("e1", "P1", coding="c4", stance="qualifies"), Stance("e2", "P1", coding="c9", stance="contradicts", note="n"))),
    "evidence without a stance": ("R501", "P1", lambda s: evidence(s, Stance("e1", "P1", coding="c4"))),
    "evidence whose words were withdrawn": ("R501", "P1", lambda s: changed(
        evidence(s, Stance("e1", "P1", coding="c4", stance="supports")), "participants", "PF2", consent="withdrawn")),
    "a contradiction waved away with a dot": ("R502", "P1", lambda s: changed(s, "stances", "e3", note=".")),
    "an analysis that leaves out all other cases": ("R503", "P1", lambda s: changed(
        s, "analyses", "A1", specification={"outcome": "fast", "conditions": ["advice"], "leave_out": ["F1", "F3", "F4"]})),
    "two sides of one threshold": ("R504", "P1", lambda s: sized(s, big, small, expression="big => ~small")),
    "an outcome that the sampling rule guarantees": ("R504", "P1", lambda s: sized(s, early, expression="advice => early")),
    "a question without its mark": ("R506", "P1", lambda s: claimed(s, text="How do firms learn from their peers")),
    "a question of the guide without its mark": ("R506", "P1", lambda s: claimed(s, text="whom did you  know there")),
    "a verb of management": ("R507", "P1", lambda s: claimed(s, text="Advice of peers speeds up the spread of young firms")),
    "a kind in the singular": ("R507", "P1", lambda s: claimed(s, text="The entrepreneurial SME outpaces its rivals")),
    "what matters as such": ("R507", "P1", lambda s: claimed(s, text="Trust matters for knowledge transfer")),
    "each and every": ("R507", "P1", lambda s: claimed(s, text="Each firm without fail gained from its peers")),
    "a continent where no case is from": ("R507", "P1", lambda s: at_home(s, "Asia")),
    "a continent for one country": ("R507", "P1", lambda s: at_home(s, "Europe")),
    "gone from the version in the middle": ("R508", "P1", lambda s: added(
        claimed(s, versions=(ClaimVersion("draft", "P1"), ClaimVersion("paper", "P1"))),
        claims=[Claim("D", "Advice is what a peer says", "definition", versions=(
            ClaimVersion("draft"), ClaimVersion("revision"), ClaimVersion("paper")))])),
    "turned into its opposite without a word": ("R512", "P1", lambda s: claimed(s, versions=(
        ClaimVersion("draft", "P1", "Advice slowed firms down", "asserted"),
        ClaimVersion("paper", "P1", "Advice sped firms up", "asserted")))),
    "worded otherwise than its last version": ("R512", "P1", lambda s: claimed(s, versions=(
        ClaimVersion("draft", "P1"), ClaimVersion("paper", "P1", "Advice was of little use", "asserted")))),
    "a boost": ("R509", "P1", lambda s: sized(s, big, text="Advice boosted the firms in size", expression="advice -> big")),
    "a deepening": ("R509", "P1", lambda s: sized(s, big, text="With advice the firms improved", expression="advice -> big")),
    "alike but for a capital": ("R601", "S+T", lambda s: changed(
        changed(s, "samples", "T", n=4), "samples", "S", setting="NORTHLAND ", unit="Firms")),
    "an address in the codebook": ("R801", "luck", lambda s: changed(s, "codes", "luck", example="write to jo@acme.example")),
    "an address in the note of a coding": ("R801", "c1", lambda s: changed(s, "codings", "c1", note="call +353 1 234 5678")),
    "an address in a question": ("R801", "Q1", lambda s: s.replace(study=dataclasses.replace(
        s.study, guide=(Question("Q1", text="May we write to jo@acme.example?"), s.study.guide[1])))),
    "a site without www": ("R801", "m", lambda s: added(s, memos=[Memo("m", text="see acme-textiles.com for the year")])),
    "an address that hides its sign": ("R801", "m", lambda s: added(s, memos=[Memo("m", text="jo (at) acme.com is his")])),
    "a part of nothing": ("R513", "P1", lambda s: claimed(s, extra={"part_of": "P77"})),
    "parts that are not the whole": ("R513", "P1", lambda s: added(
        claimed(s, expression="advice => fast * ~early"), claims=[Claim("P1a", "x", expression="advice => fast", extra={"part_of": "P1"})])),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_fault_that_the_author_of_the_rule_did_not_plant(name, clean, found):
    code, subject, plant = PLANTED[name]
    assert subject not in [id for _, id, _ in found(clean, code)]
    assert subject in [id for _, id, _ in found(plant(clean), code)]


def parted(s: Snapshot) -> Snapshot:
    """A compound claim with its two parts, which have the evidence."""
    whole = claimed(s, expression="advice => fast * ~early")
    parts = [Claim(f"P1{n}", "The firms with advice were fast", "set relation", one, status="asserted", scope=s.claims["P1"].scope,
                   extra={"part_of": "P1"}) for n, one in (("a", "advice => fast"), ("b", "advice => ~early"))]  # fmt: skip
    linked = [dataclasses.replace(one, claim="P1a") for one in s.stances]
    return added(whole.replace(stances=Table.of(Stance, linked), analyses=Table.of(Analysis)), claims=parts)


#: What looks like a fault and is none.
INNOCENT = {
    "a cut and a word put in": ("R301", "q1", lambda s: quoted(s, "We began with one order … [and] luck had its share")),
    "typographic quotation marks": ("R301", "q4", lambda s: quoted(
        s.replace(texts={**s.texts, "SF1": s.texts["SF1"] + 'They said "come" twice.\n'}), "They said ‘come’ twice")),
    "a word parted at the end of a line": ("R301", "q1", lambda s: quoted(
        s.replace(texts={**s.texts, "SF1": s.texts["SF1"] + "An inter-\nnational fair.\n"}), "An international fair")),
    "a person of a group with consent": ("R304", "P-jon", focus_group),
    "the other person of a group withdrew": ("R803", "P-jon", lambda s: changed(
        focus_group(s), "participants", "P-mei", consent="withdrawn")),
    "a short definition": ("R401", "luck", lambda s: changed(s, "codes", "luck", definition="Chance.")),
    "a whole with the evidence at its parts": ("R501", "P1", parted),
    "parts that are the whole": ("R513", "P1", parted),
    "a part of a proposition known by its number": ("R513", "P1", lambda s: claimed(
        s, extra={"part_of": "P9"}, versions=(ClaimVersion("draft", "P9"),))),
    "two thresholds with room between": ("R504", "P1", lambda s: sized(
        s, big, Construct("tiny", drawn_from="variable", of=("size",), rule="size < 30"), expression="~big => tiny")),
    "an outcome that the sampling rule leaves open": ("R504", "P1", lambda s: sized(
        s, Construct("soon", drawn_from="measure", of=("years_to_internationalization",), rule="years_to_internationalization <= 2"),
        expression="advice => soon")),
    "a sentence that begins like a question": ("R506", "P1", lambda s: claimed(s, text="How firms learnt shaped where they went")),
    "a condition that begins with when": ("R506", "P1", lambda s: claimed(s, text="When peers gave advice, the firms went faster")),
    "told of the cases in the past": ("R507", "P1", lambda s: claimed(s, text="Advice of peers sped up the spread of the firms")),
    "withdrawn in between": ("R508", "P1", lambda s: added(
        claimed(s, versions=(ClaimVersion("draft", "P1", status="withdrawn"),)),
        claims=[Claim("D", "Advice is what a peer says", "definition", versions=(ClaimVersion("draft"), ClaimVersion("paper")))])),
    "revised and said so": ("R512", "P1", lambda s: claimed(s, versions=(
        ClaimVersion("draft", "P1", "Advice helped", "asserted"),
        ClaimVersion("paper", "P1", "The firms that took the advice of peers entered countries at a faster rate", "revised")))),
    "another comma": ("R512", "P1", lambda s: claimed(s, text="Advice helped, twice.", versions=(
        ClaimVersion("draft", "P1", "Advice helped twice"), ClaimVersion("paper", "P1", "advice helped twice")))),
    "an address that is none": ("R801", "m", lambda s: added(s, memos=[Memo("m", text="at 9.30; see e.g. p. 4, vs. Fig. 2.1, doi.org/10.1000/182")])),
}  # fmt: skip


@pytest.mark.parametrize("name", INNOCENT)
def test_what_looks_like_a_fault_and_is_none(name, clean, found):
    code, subject, make = INNOCENT[name]
    assert subject not in [id for _, id, _ in found(make(clean), code)]
