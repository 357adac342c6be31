"""One way, or several, to plant the fault of each rule into a clean study, at a random place.

A fault takes the study and a random generator, and gives the study with the fault and the subjects, ``(kind, id)``, that
the rule has to find.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from typing import Any

from _clean import UNTIL

from crosscase.core import (
    Analysis,
    Case,
    Claim,
    ClaimForm,
    ClaimVersion,
    Code,
    Coder,
    Coding,
    Construct,
    Event,
    Observation,
    PartialDate,
    Participant,
    Question,
    Quotation,
    Sample,
    SamplingRule,
    Snapshot,
    Source,
    Stance,
    Table,
)

Planted = tuple[Snapshot, set[tuple[str, str]]]
Fault = Callable[[Snapshot, random.Random], Planted]
FAULTS: dict[str, list[Fault]] = {}


def fault(code: str) -> Callable[[Fault], Fault]:
    def declare(function: Fault) -> Fault:
        FAULTS.setdefault(code, []).append(function)
        return function

    return declare


# -- ways to change a study --------------------------------------------------------------------------------------------


def changed(snapshot: Snapshot, table: str, id: str, **values: Any) -> Snapshot:
    rows = [dataclasses.replace(row, **values) if row.id == id else row for row in snapshot.table(table)]
    return snapshot.replace(**{table: Table.of(snapshot.table(table).row, rows)})


def added(snapshot: Snapshot, **rows: Any) -> Snapshot:
    return snapshot.replace(**{name: snapshot.table(name).with_rows(some) for name, some in rows.items()})


def declared(snapshot: Snapshot, **values: Any) -> Snapshot:
    names = {field.name for field in dataclasses.fields(snapshot.study)}
    known = {name: value for name, value in values.items() if name in names}
    extra = {**snapshot.study.extra, **{name: value for name, value in values.items() if name not in names}}
    return snapshot.replace(study=dataclasses.replace(snapshot.study, **known, extra=extra))


def any_of(draw: random.Random, snapshot: Snapshot, table: str, **equal: Any) -> Any:
    return draw.choice(snapshot.table(table).where(**equal) if equal else list(snapshot.table(table)))


def any_claim(draw: random.Random, snapshot: Snapshot, **values: Any) -> Planted:
    claim = any_of(draw, snapshot, "claims")
    return changed(snapshot, "claims", claim.id, **values), {("claims", claim.id)}


def quoted(draw: random.Random, snapshot: Snapshot, kind: str = "I") -> Any:
    return draw.choice([row for row in snapshot.quotations if row.source.startswith(kind)])


def extra_of(row: Any, **values: Any) -> dict[str, Any]:
    return {**row.extra, **values}


# -- R1, R2 ------------------------------------------------------------------------------------------------------------


@fault("R101")
def founded_too_early(snapshot: Snapshot, draw: random.Random) -> Planted:
    case = any_of(draw, snapshot, "cases")
    return changed(snapshot, "cases", case.id, attributes={**case.attributes, "founded": "1990"}), {("cases", case.id)}


@fault("R102")
def rule_in_words(snapshot: Snapshot, draw: random.Random) -> Planted:
    rules = (
        *snapshot.study.sampling,
        SamplingRule("S2", "talkative", draw.choice(["", "patience >= 2", "intensity >="])),
    )
    return declared(snapshot, sampling=rules), {("sampling", "S2")}


@fault("R103")
def interview_missing(snapshot: Snapshot, draw: random.Random) -> Planted:
    more = (snapshot.study.interviews or 0) + draw.randint(1, 3)
    return declared(snapshot, interviews=more), {("study", "interviews")}


@fault("R104")
def question_dropped(snapshot: Snapshot, draw: random.Random) -> Planted:
    return declared(snapshot, guide=(*snapshot.study.guide, Question("Q9", text="What failed?"))), {("questions", "Q9")}


@fault("R105")
def related(snapshot: Snapshot, draw: random.Random) -> Planted:
    person = any_of(draw, snapshot, "participants")
    return changed(snapshot, "participants", person.id, extra={"relation": "cousin"}), {("participants", person.id)}


@fault("R106")
def wrong_kind_of_firm(snapshot: Snapshot, draw: random.Random) -> Planted:
    one = quoted(draw, snapshot)
    case = snapshot.case_of_quotation[one.id]
    code = Code("shops", "Shops", definition="Retailers.", extra={"applies_when": "sector = retail"})
    return added(snapshot, codes=[code], codings=[Coding("kx", one.id, "shops", "ana")]), {("cases", case)}


@fault("R201")
def wrong_spread(snapshot: Snapshot, draw: random.Random) -> Planted:
    one = any_of(draw, snapshot, "observations", measure="spread")
    return changed(snapshot, "observations", one.id, value="3.33"), {("cases", one.case)}


@fault("R202")
def wrong_count(snapshot: Snapshot, draw: random.Random) -> Planted:
    one = any_of(draw, snapshot, "observations", measure="number_of_countries")
    return changed(snapshot, "observations", one.id, value=str(int(one.value) + draw.randint(1, 3))), {
        ("cases", one.case)
    }


@fault("R203")
def unborn(snapshot: Snapshot, draw: random.Random) -> Planted:
    one = any_of(draw, snapshot, "events")
    return changed(snapshot, "events", one.id, date=PartialDate(draw.choice((1990, 2020)))), {("events", one.id)}


@fault("R204")
def region(snapshot: Snapshot, draw: random.Random) -> Planted:
    one = any_of(draw, snapshot, "events")
    return changed(snapshot, "events", one.id, place=draw.choice(("Europe", "North America"))), {("events", one.id)}


@fault("R205")
def other_scheme(snapshot: Snapshot, draw: random.Random) -> Planted:
    case = any_of(draw, snapshot, "cases")
    row = Observation(
        "Ox", case.id, "diversification", value="3", basis="recorded", scheme=draw.choice(("", "world-bank-7"))
    )
    return added(snapshot, observations=[row]), {("observations", "diversification")}


@fault("R206")
def all_at_once(snapshot: Snapshot, draw: random.Random) -> Planted:
    case = any_of(draw, snapshot, "cases").id
    for one in snapshot.events.where(case=case):
        snapshot = changed(snapshot, "events", one.id, date=PartialDate(2006))
    return snapshot, {("cases", case)}


@fault("R207")
def only_age(snapshot: Snapshot, draw: random.Random) -> Planted:
    cases = [Case(f"X{years:02}", {"founded": str(UNTIL - years - 1), "sector": "software"}) for years in range(1, 16)]
    events = [
        Event(f"X{years:02}-{place}", f"X{years:02}", "entry", place, PartialDate(UNTIL - years))
        for years in range(1, 16)
        for place in ("DEU", "USA", "JPN")
    ]
    return snapshot.replace(cases=Table.of(Case, cases), events=Table.of(Event, events)), {
        ("measures", "spread"),
    }


# -- R3 ----------------------------------------------------------------------------------------------------------------


@fault("R301")
def other_words(snapshot: Snapshot, draw: random.Random) -> Planted:
    one = quoted(draw, snapshot)
    words = one.text.split()
    words[draw.randrange(len(words))] = "unheardof"
    return changed(snapshot, "quotations", one.id, text=" ".join(words)), {("quotations", one.id)}


@fault("R301")
def other_place(snapshot: Snapshot, draw: random.Random) -> Planted:
    one = quoted(draw, snapshot)
    return changed(snapshot, "quotations", one.id, start=one.start + 100, end=one.end + 100), {("quotations", one.id)}


@fault("R302")
def nobodys(snapshot: Snapshot, draw: random.Random) -> Planted:
    source = draw.choice(snapshot.sources.where(kind="interview")).id
    turns = [dataclasses.replace(t, participant="") if t.source == source else t for t in snapshot.turns]
    return changed(snapshot, "sources", source, participant="").replace(turns=Table.of(snapshot.turns.row, turns)), {
        ("sources", source)
    }


@fault("R302")
def no_case(snapshot: Snapshot, draw: random.Random) -> Planted:
    source = any_of(draw, snapshot, "sources", kind="archival").id
    return changed(snapshot, "sources", source, case=""), {("sources", source)}


@fault("R303")
def other_role(snapshot: Snapshot, draw: random.Random) -> Planted:
    one = quoted(draw, snapshot)
    person = snapshot.sources[one.source].participant
    return changed(snapshot, "quotations", one.id, extra={"speaker_role": "Export manager"}), {("participants", person)}


@fault("R304")
def shown_without_consent(snapshot: Snapshot, draw: random.Random) -> Planted:
    one = quoted(draw, snapshot)
    person = snapshot.sources[one.source].participant
    marked = changed(snapshot, "quotations", one.id, mark=draw.choice(("power", "proof")))
    return changed(marked, "participants", person, consent=draw.choice(("analyse", "archive"))), {
        ("participants", person)
    }


@fault("R304")
def coded_by_a_model(snapshot: Snapshot, draw: random.Random) -> Planted:
    one = quoted(draw, snapshot)
    person = snapshot.sources[one.source].participant
    model = Coder("machine", extra={"kind": "model"})
    return added(snapshot, coders=[model], codings=[Coding("kx", one.id, "luck", "machine")]), {
        ("participants", person)
    }


@fault("R305")
def silent_case(snapshot: Snapshot, draw: random.Random) -> Planted:
    case = any_of(draw, snapshot, "cases")
    return added(snapshot, cases=[Case("X", case.attributes)]), {("study", "silent cases")}


@fault("R305")
def nothing_under_a_dimension(snapshot: Snapshot, draw: random.Random) -> Planted:
    case = any_of(draw, snapshot, "cases").id
    codings = [
        dataclasses.replace(one, code="luck") if snapshot.case_of_quotation[one.quotation] == case else one
        for one in snapshot.codings
    ]
    return snapshot.replace(codings=Table.of(Coding, codings)), {("codes", "relations")}


@fault("R306")
def one_voice(snapshot: Snapshot, draw: random.Random) -> Planted:
    case = any_of(draw, snapshot, "cases").id
    rows = [Quotation(f"x{n}", case=case, participant=f"P-{case}", locator=f"p. {n}") for n in range(60)]
    return added(snapshot, quotations=rows), {("cases", case)}


@fault("R306")
def claim_of_one_case(snapshot: Snapshot, draw: random.Random) -> Planted:
    claim, case = any_of(draw, snapshot, "claims"), any_of(draw, snapshot, "cases").id
    rows = [one for one in snapshot.stances if one.claim != claim.id]
    rows += [Stance(f"x{n}", claim.id, case, locator=f"p. {n}", stance="supports") for n in range(4)]
    return snapshot.replace(stances=Table.of(Stance, rows)), {("claims", claim.id)}


@fault("R307")
def edited(snapshot: Snapshot, draw: random.Random) -> Planted:
    source = any_of(draw, snapshot, "sources").id
    return snapshot.replace(texts={**snapshot.texts, source: snapshot.texts[source] + " "}), {("sources", source)}


@fault("R308")
def only_interviews(snapshot: Snapshot, draw: random.Random) -> Planted:
    return snapshot.replace(sources=Table.of(Source, snapshot.sources.where(kind="interview"))), {("study", "sources")}


@fault("R308")
def claim_from_interviews(snapshot: Snapshot, draw: random.Random) -> Planted:
    claim = any_of(draw, snapshot, "claims")
    ids = [f"k{one.id[1:]}" for one in snapshot.quotations if one.source.startswith("I-")]
    rows = [one for one in snapshot.stances if one.claim != claim.id]
    rows += [Stance(f"x{n}", claim.id, coding=id, stance="supports") for n, id in enumerate(draw.sample(ids, 4))]
    return snapshot.replace(stances=Table.of(Stance, rows)), {("claims", claim.id)}


@fault("R309")
def long_ago(snapshot: Snapshot, draw: random.Random) -> Planted:
    early = [one for one in snapshot.events if one.date.year < UNTIL - 5]
    one = draw.choice(early)
    coding = f"k{quoted(draw, snapshot).id[1:]}"
    return changed(snapshot, "events", one.id, evidence=draw.choice((f"I-{one.case}", coding))), {("events", one.id)}


@fault("R310")
def other_speaker(snapshot: Snapshot, draw: random.Random) -> Planted:
    one = quoted(draw, snapshot)
    others = [row.id for row in snapshot.participants if row.case != snapshot.case_of_quotation[one.id]]
    return changed(snapshot, "quotations", one.id, participant=draw.choice(others)), {("quotations", one.id)}


# -- R4 ----------------------------------------------------------------------------------------------------------------


@fault("R401")
def undefined(snapshot: Snapshot, draw: random.Random) -> Planted:
    code = any_of(draw, snapshot, "codes").id
    return changed(snapshot, "codes", code, definition=""), {("codes", code)}


@fault("R402")
def in_one_case(snapshot: Snapshot, draw: random.Random) -> Planted:
    one = quoted(draw, snapshot)
    code = Code("rare", "Rare", "networks", "concept", definition="Seldom.")
    return added(snapshot, codes=[code], codings=[Coding("kx", one.id, "rare", "ana")]), {("codes", "rare")}


@fault("R403")
def never_given(snapshot: Snapshot, draw: random.Random) -> Planted:
    parent = draw.choice(("networks", "effort"))
    return added(snapshot, codes=[Code("idle", "Idle", parent, "concept", definition="Nothing.")]), {("codes", "idle")}


@fault("R404")
def twins(snapshot: Snapshot, draw: random.Random) -> Planted:
    code = draw.choice(("peers", "clients", "luck"))
    twin = Code("atwin", "Twin", "effort", "concept", definition="The same.")
    codings = [Coding(f"t{one.id}", one.quotation, "atwin", "ana") for one in snapshot.codings.where(code=code)]
    return added(snapshot, codes=[twin], codings=codings), {("codes", f"atwin+{code}")}


@fault("R405")
def skipped(snapshot: Snapshot, draw: random.Random) -> Planted:
    code = draw.choice(("peers", "clients", "fairs", "website"))
    return changed(
        snapshot, "codes", code, parent=draw.choice(("relations", "fairs" if code != "fairs" else "website"))
    ), {("codes", code)}


@fault("R406")
def disagreement(snapshot: Snapshot, draw: random.Random) -> Planted:
    """A second coder codes the same, but for one code, which goes to other passages."""
    code = draw.choice(("fairs", "website"))
    used = {one.quotation for one in snapshot.codings.where(code=code)}
    elsewhere = draw.sample([one.id for one in snapshot.quotations if one.id not in used], len(used))
    rows = [Coding(f"b{one.id}", one.quotation, one.code, "bo") for one in snapshot.codings if one.code != code]
    rows += [Coding(f"x{id}", id, code, "bo") for id in elsewhere]
    coded = added(snapshot, coders=[Coder("bo")], codings=rows)
    return declared(coded, agreement={"bar": 0.6}), {("codes", code)}


# -- R5 ----------------------------------------------------------------------------------------------------------------


@fault("R501")
def unsupported(snapshot: Snapshot, draw: random.Random) -> Planted:
    claim = any_of(draw, snapshot, "claims").id
    rows = [one for one in snapshot.stances if one.claim != claim]
    analyses = [dataclasses.replace(one, claim="") for one in snapshot.analyses]
    return snapshot.replace(stances=Table.of(Stance, rows), analyses=Table.of(Analysis, analyses)).replace(
        claims=Table.of(Claim, [dataclasses.replace(one, extra={}) for one in snapshot.claims])
    ), {("claims", claim)}


@fault("R502")
def not_a_word(snapshot: Snapshot, draw: random.Random) -> Planted:
    one = any_of(draw, snapshot, "stances", stance="contradicts")
    return changed(snapshot, "stances", one.id, note=""), {("claims", one.claim)}


@fault("R502")
def overlooked(snapshot: Snapshot, draw: random.Random) -> Planted:
    spoken = {one.case for one in snapshot.stances if one.stance != "supports"}
    advised = {snapshot.case_of_quotation[one.quotation] for one in snapshot.codings.where(code="peers")}
    case = draw.choice(sorted(advised - spoken))
    for event in snapshot.events_of(case)[2:]:
        rows = [one for one in snapshot.events if one.id != event.id]
        snapshot = snapshot.replace(events=Table.of(Event, rows))
    return snapshot, {("claims", "P1")}


@fault("R503")
def its_own_test(snapshot: Snapshot, draw: random.Random) -> Planted:
    return any_claim(draw, snapshot, built_on=tuple(snapshot.cases.column("id")))


@fault("R504")
def nested(snapshot: Snapshot, draw: random.Random) -> Planted:
    made = added(snapshot, constructs=[Construct("ties", "", "codings", ("networks",))])
    return any_claim(draw, made, expression=draw.choice(("advice => ties", "clientele => ties", "ties <= advice")))


@fault("R504")
def tautology(snapshot: Snapshot, draw: random.Random) -> Planted:
    return any_claim(draw, snapshot, expression=draw.choice(("advice*fast => fast", "fast + advice <= advice")))


@fault("R505")
def and_for_or(snapshot: Snapshot, draw: random.Random) -> Planted:
    either, both = "advice + clientele => fast", "advice*clientele => fast"
    one, other = draw.sample((either, both), 2)
    return any_claim(draw, snapshot, expression=one, forms=(ClaimForm("abstract", other),))


@fault("R506")
def defined(snapshot: Snapshot, draw: random.Random) -> Planted:
    return any_claim(draw, snapshot, type="definition")


@fault("R506")
def asked(snapshot: Snapshot, draw: random.Random) -> Planted:
    return any_claim(draw, snapshot, text=draw.choice(("Which firms took advice?", "Whom did you ask?")))


@fault("R507")
def nowhere(snapshot: Snapshot, draw: random.Random) -> Planted:
    scope = {"who": "software firms", "where": "Denmark", "when": "2000 to 2012"}
    if draw.random() < 0.5:
        del scope[draw.choice(sorted(scope))]
    else:
        scope["where"] = draw.choice(("worldwide", "Denmark and Brazil"))
    return any_claim(draw, snapshot, scope=scope)


@fault("R507")
def universal(snapshot: Snapshot, draw: random.Random) -> Planted:
    verb = draw.choice(("drives", "accelerates", "enables", "fosters"))
    return any_claim(draw, snapshot, text=draw.choice((f"Advice {verb} growth", "Firms always need advice")))


@fault("R508")
def dropped(snapshot: Snapshot, draw: random.Random) -> Planted:
    return any_claim(draw, snapshot, versions=(ClaimVersion("draft", "P1"),))


@fault("R508")
def renumbered(snapshot: Snapshot, draw: random.Random) -> Planted:
    return any_claim(draw, snapshot, versions=(ClaimVersion("draft", "P1"), ClaimVersion("paper", "P7")))


@fault("R509")
def level(snapshot: Snapshot, draw: random.Random) -> Planted:
    name = draw.choice(("intensity", "diversification", "number_of_countries"))
    made = added(
        snapshot, constructs=[Construct("far", "", "measure", (name,), calibrate={"threshold": 3, "reason": "-"})]
    )
    return any_claim(draw, made, expression="advice => far", text="In the firms studied advice came with growth")


@fault("R510")
def other_way(snapshot: Snapshot, draw: random.Random) -> Planted:
    claim = any_of(draw, snapshot, "claims")
    turned = {"P1": "advice => ~fast", "P2": "clientele => fast"}[claim.id]
    return changed(snapshot, "claims", claim.id, expression=turned, forms=()), {("claims", claim.id)}


@fault("R511")
def unreadable(snapshot: Snapshot, draw: random.Random) -> Planted:
    return any_claim(draw, snapshot, expression=draw.choice(("advice => speeed", "advice =>", "(advice => fast")))


# -- R6 to R8 ----------------------------------------------------------------------------------------------------------


@fault("R512")
def reworded(snapshot: Snapshot, random: random.Random) -> Planted:
    claim = random.choice(list(snapshot.claims))
    versions = (ClaimVersion("first", claim.id, "It went the other way"), ClaimVersion("last", claim.id, claim.text))
    return changed(snapshot, "claims", claim.id, versions=versions), {("claims", claim.id)}


@fault("R513")
def part_left_out(snapshot: Snapshot, random: random.Random) -> Planted:
    claim = random.choice([one for one in snapshot.claims if "=>" in one.expression])
    condition, _, outcome = claim.expression.partition("=>")
    whole = dataclasses.replace(claim, id="WHOLE", expression=f"{condition}=> ({outcome}) * something_else")
    part = dataclasses.replace(claim, id="PART", extra={**claim.extra, "part_of": "WHOLE"})
    return added(snapshot, claims=[whole, part]), {("claims", "WHOLE")}


@fault("R601")
def one_body(snapshot: Snapshot, draw: random.Random) -> Planted:
    claim = any_of(draw, snapshot, "claims")
    first, second = draw.sample(("A", "B", "C"), 2)
    tied = changed(snapshot, "samples", second, same_as=first)
    rows = [
        Stance(f"x{one}", claim.id, locator=one, stance="supports", extra={"sample": one}) for one in (first, second)
    ]
    other = [one.id for one in snapshot.claims if one.id != claim.id]
    for id in other:
        tied = changed(tied, "claims", id, extra={})
    return changed(added(tied, stances=rows), "claims", claim.id, extra={}), {("claims", claim.id)}


@fault("R601")
def look_alikes(snapshot: Snapshot, draw: random.Random) -> Planted:
    return added(snapshot, samples=[Sample("Z", "paper Z", 140, "firms", "Jutland")]), {("samples", "B+Z")}


@fault("R602")
def for_and_against(snapshot: Snapshot, draw: random.Random) -> Planted:
    claim, sample = any_of(draw, snapshot, "claims"), draw.choice(("A", "B", "C"))
    rows = [
        Stance(f"x{n}", claim.id, locator="abstract", stance=stance, note="-", extra={"sample": sample})
        for n, stance in enumerate(("supports", "contradicts"))
    ]
    return added(snapshot, stances=rows), {("claims", claim.id)}


def reanalysed(snapshot: Snapshot, id: str, **values: Any) -> Planted:
    return changed(snapshot, "analyses", id, **values), {("analyses", id)}


@fault("R701")
def no_negative_row(snapshot: Snapshot, draw: random.Random) -> Planted:
    result = dict(snapshot.analyses["N1"].result or {})
    return reanalysed(snapshot, "N1", result={**result, "rows": [row for row in result["rows"] if row["OUT"] != "0"]})


@fault("R702")
def many_conditions(snapshot: Snapshot, draw: random.Random) -> Planted:
    names = [f"condition{n}" for n in range(draw.randint(6, 9))]
    return reanalysed(snapshot, "N1", specification={"outcome": "fast", "conditions": names})


@fault("R703")
def no_reason(snapshot: Snapshot, draw: random.Random) -> Planted:
    return changed(snapshot, "constructs", "fast", calibrate={"threshold": 0.75}), {("constructs", "fast")}


@fault("R704")
def contradictory(snapshot: Snapshot, draw: random.Random) -> Planted:
    result = dict(snapshot.analyses["N1"].result or {})
    rows = [dict(row) for row in result["rows"]]
    draw.choice(rows)["OUT"] = "C"
    return reanalysed(snapshot, "N1", result={**result, "rows": rows})


@fault("R705")
def improper(snapshot: Snapshot, draw: random.Random) -> Planted:
    result = dict(snapshot.analyses["N2"].result or {})
    if draw.random() < 0.5:
        return reanalysed(snapshot, "N2", result={**result, "converged": False})
    rows = [dict(row) for row in result["parameters"]]
    draw.choice(rows)["est"] = -draw.random()
    return reanalysed(snapshot, "N2", result={**result, "parameters": rows})


@fault("R706")
def few(snapshot: Snapshot, draw: random.Random) -> Planted:
    result = dict(snapshot.analyses["N2"].result or {})
    return reanalysed(snapshot, "N2", result={**result, "n": draw.randint(20, 95)})


@fault("R707")
def necessary_by_regression(snapshot: Snapshot, draw: random.Random) -> Planted:
    made = changed(snapshot, "analyses", "N1", kind=draw.choice(("regression", "sem", "pls")), result=None)
    text = draw.choice(("Advice was necessary for speed", "Advice was a prerequisite of speed"))
    return changed(made, "claims", "P1", text=text), {("claims", "P1")}


@fault("R708")
def stale(snapshot: Snapshot, draw: random.Random) -> Planted:
    if draw.random() < 0.5:
        moved = {"threshold": 0.76, "reason": "a gap between 0.70 and 0.80"}
        return changed(snapshot, "constructs", "fast", calibrate=moved), {("analyses", "N1")}
    columns = {**snapshot.surveys["pilot"].columns, "x1": (1.0, 2.0, float(draw.randint(5, 9)))}
    return changed(snapshot, "surveys", "pilot", columns=columns), {("analyses", "N2")}


@fault("R801")
def identified(snapshot: Snapshot, draw: random.Random) -> Planted:
    case = any_of(draw, snapshot, "cases")
    name, value = draw.choice(
        (("company", "Acme"), ("note", "info@example.org"), ("note", "www.example.org"), ("note", "+44 20 7946 0018"))
    )
    return changed(snapshot, "cases", case.id, attributes={**case.attributes, name: value}), {("cases", case.id)}


@fault("R801")
def identified_in_words(snapshot: Snapshot, draw: random.Random) -> Planted:
    source = any_of(draw, snapshot, "sources").id
    text = snapshot.texts[source] + " Write to sales@example.org."
    return snapshot.replace(texts={**snapshot.texts, source: text}), {("sources", source)}


@fault("R802")
def alone(snapshot: Snapshot, draw: random.Random) -> Planted:
    case = any_of(draw, snapshot, "cases")
    name, value = draw.choice((("sector", "retail"), ("founded", "2001"), ("home", "SWE")))
    return changed(snapshot, "cases", case.id, attributes={**case.attributes, name: value}), {("study", "profiles")}


@fault("R803")
def withdrawn(snapshot: Snapshot, draw: random.Random) -> Planted:
    person = any_of(draw, snapshot, "participants").id
    return changed(snapshot, "participants", person, consent="withdrawn"), {("participants", person)}


@fault("R803")
def expired(snapshot: Snapshot, draw: random.Random) -> Planted:
    person: Participant = any_of(draw, snapshot, "participants")
    until = PartialDate(draw.randint(2015, 2024))
    return changed(snapshot, "participants", person.id, consent_until=until), {("participants", person.id)}
