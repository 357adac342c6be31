"""R5 on planted faults."""

from __future__ import annotations

import pytest

from checks.study import added, changed, declared
from crosscase.core import (
    Analysis,
    Case,
    Claim,
    ClaimForm,
    ClaimVersion,
    Construct,
    Event,
    Memo,
    Observation,
    PartialDate,
    Stance,
    Table,
)
from crosscase.core.errors import NotFoundError
from crosscase.evidence import Ledger


def claimed(snapshot, **fields):
    return changed(snapshot, "claims", "P1", **fields)


def said(snapshot, *stances):
    return snapshot.replace(stances=Table.of(Stance, stances))


# -- R501, R502, R503 --------------------------------------------------------------------------------------------------


def test_r501_nothing_only_against_and_leading_nowhere(clean, found):
    alone = clean.replace(analyses=Table.of(Analysis))
    assert found(said(alone), "R501") == [("claims", "P1", "no evidence is linked to it, for or against")]
    against = said(alone, Stance("e", "P1", "F1", locator="p. 1", stance="contradicts"))
    assert "all evidence that is linked to it contradicts it" in found(against, "R501")[0][2]
    broken = said(clean, Stance("e", "P1", coding="c99", stance="supports"))
    assert "1 piece of evidence without a coding or a place: e" in found(broken, "R501")[0][2]


def test_r501_a_definition_and_a_withdrawn_claim_need_none(clean, found):
    alone = said(clean.replace(analyses=Table.of(Analysis)))
    assert found(claimed(alone, type="definition"), "R501") == []
    assert found(claimed(alone, status="withdrawn"), "R501") == []


def test_r502_evidence_against_without_a_word(clean, found):
    mute = changed(clean, "stances", "e3", note="")
    assert "contradicted by 1 piece of evidence, without a word" in found(mute, "R502")[0][2]
    assert found(claimed(mute, extra={"rival": "F4 met its peers late"}), "R502") == []
    assert found(added(mute, memos=[Memo("m", "claims", "P1", text="On F4: too late.")]), "R502") == []


def test_r502_a_case_that_the_constructs_hold_against_it(clean, found):
    slow = changed(clean, "constructs", "fast", calibrate={"threshold": 0.4, "reason": "-"})  # F3 has 0.375
    ((_, id, message),) = found(slow, "R502")
    assert id == "P1"
    assert message == "the constructs contradict it in 1 case that no linked evidence speaks of: F3"
    assert found(claimed(slow, scope={"rule": "spread >= 0.4"}), "R502") == []


def test_r503_all_cases_that_speak_are_its_own(clean, found):
    own = claimed(clean, built_on=("F1", "F2", "F3", "F4"))
    ((_, id, message),) = found(own, "R503")
    assert id == "P1"
    assert "among the 4 that it was built on" in message
    assert found(claimed(clean, built_on=()), "R503") == []


def test_r503_an_analysis_of_the_same_cases(clean, found):
    again = added(clean, analyses=[Analysis("A9", "regression", claim="P1", specification={"cases": ["F2"]})])
    assert "its analysis A9 uses only cases that it was built on: F2" in found(again, "R503")[0][2]
    other = added(clean, analyses=[Analysis("A9", "regression", claim="P1", specification={"cases": ["F2", "F3"]})])
    assert found(other, "R503") == []


# -- R504 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("expression", ["advice * fast => fast", "advice => advice + fast", "fast <= fast * advice"])
def test_r504_what_is_true_of_whatever_is_found(clean, found, expression):
    assert "it is true of whatever is found" in found(claimed(clean, expression=expression), "R504")[0][2]


@pytest.mark.parametrize(
    ("other", "expression", "why"),
    [
        (
            Construct("ties", "", "codings", ("networks",)),
            "advice => ties",
            "advice is drawn from codes among those of ties",
        ),
        (Construct("ties", "", "codings", ("peers",)), "advice -> ties", "advice is drawn from the same codes as ties"),
        (
            Construct("ties", "", "codings", ("peers",), "count >= 2"),
            "ties => advice",
            "ties is drawn from the same codes",
        ),
        (Construct("brisk", "", "measure", ("spread",), "spread >= 0.2"), "fast => brisk", "both conditions on spread"),
        (
            Construct("abroad", "", "event", ("entry",)),
            "germany => abroad",
            "germany is drawn from events among those of",
        ),
    ],
)
def test_r504_constructs_that_no_data_could_part(clean, found, other, expression, why):
    made = added(clean, constructs=[other, Construct("germany", "", "event", ("entry:DEU",))])
    assert why in found(claimed(made, expression=expression), "R504")[0][2]


@pytest.mark.parametrize(
    ("other", "expression"),
    [
        (Construct("ties", "", "codings", ("networks",)), "ties => advice"),  # clients are no peers
        (Construct("ties", "", "codings", ("peers",), "count >= 2"), "advice => ties"),
        (Construct("brisk", "", "measure", ("spread",), "spread >= 0.6"), "fast => brisk"),
        (Construct("ties", "", "codings", ("networks",), extra={"rating": []}), "advice => ties"),
    ],
)
def test_r504_constructs_that_data_can_part(clean, found, other, expression):
    assert found(claimed(added(clean, constructs=[other]), expression=expression), "R504") == []


def test_r504_two_columns_of_the_codebook(clean, found):
    values = {"peers": ("sensing", "managers"), "clients": ("sensing", "managers, staff"), "luck": ("seizing", "firm")}
    tied = clean
    for code, (process, holder) in values.items():
        tied = changed(tied, "codes", code, extra={"process": process, "held_by": holder})
    tied = claimed(tied, text="Sensing lay with managers in the firms studied")
    messages = [message for *_, message in found(tied, "R504")]
    assert any("all 2 codes whose process is 'sensing' have 'managers' as held_by" in message for message in messages)
    loose = changed(tied, "codes", "clients", extra={"process": "sensing", "held_by": "staff"})
    assert found(loose, "R504") == []


# -- R505 to R509 ------------------------------------------------------------------------------------------------------


def test_r505_or_in_one_place_and_and_in_another(clean, found):
    both = claimed(clean, forms=(ClaimForm("abstract", "advice * luck => fast"),))
    ((_, _, message),) = found(both, "R505")
    assert "abstract has 'advice * luck => fast'; the two part where advice is present, luck is absent" in message
    necessary = claimed(clean, forms=(ClaimForm("abstract", "advice <= fast"),))
    assert "with another connective" in found(necessary, "R505")[0][2]


def test_r505_another_way_to_write_the_same(clean, found):
    same = claimed(clean, expression="a*b + a*c => y", forms=(ClaimForm("abstract", "a*(c + b) => ~~y"),))
    assert found(same, "R505") == []


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"text": "How do peers matter?"}, "is worded as a question"),
        ({"text": "Whom did you know there?"}, "is worded as a question"),
        ({"type": "definition"}, "is a definition and is numbered as a proposition (P1)"),
        ({"expression": "advice := fast"}, "is a definition and is numbered as a proposition (P1)"),
        ({"text": "Advice refers to what peers say"}, "is worded as a definition ('refers to')"),
    ],
)
def test_r506(clean, found, fields, what):
    ((_, _, message),) = found(claimed(clean, **fields), "R506")
    assert what in message


def test_r506_a_definition_that_is_listed_as_one(clean, found):
    listed = clean.replace(claims=Table.of(Claim, [Claim("advice", "Advice refers to what peers say", "definition")]))
    assert found(listed, "R506") == []


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"scope": {"who": "firms"}}, "its scope does not say where and when"),
        ({"scope": {"who": "firms", "where": "worldwide", "when": "2000"}}, "its scope says 'worldwide' (where)"),
        (
            {"scope": {"who": "firms", "where": "here", "when": "2000 to 2030"}},
            "reaches to 2030; nothing was observed after 2010",
        ),
        ({"text": "Firms always take the advice of peers"}, "'always' claims more than was studied"),
        (
            {"text": "Peers drive growth"},
            "'peers … drive' states it of the kind, in the present tense; the sample is 4 cases",
        ),
    ],
)
def test_r507(clean, found, fields, what):
    ((_, _, message),) = found(claimed(clean, **fields), "R507")
    assert what in message


@pytest.mark.parametrize("text", ["Peers may drive growth", "In our cases peers drive growth", "Peers drove growth"])
def test_r507_words_that_keep_to_what_was_studied(clean, found, text):
    assert found(claimed(clean, text=text), "R507") == []


def test_r507_a_country_that_no_case_is_from(clean, found):
    cases = [Case(case, {"home": "CHN", "founded": "2000"}) for case in ("F1", "F2", "F3", "F4")]
    wide = claimed(
        clean.replace(cases=Table.of(Case, cases)), scope={"who": "f", "where": "China and Brazil", "when": "2000"}
    )
    assert [message for *_, message in found(wide, "R507")] == ["its scope names Brazil; no case is from there"]


def test_r507_the_dictionary_can_be_edited(clean, found):
    drive = claimed(clean, text="Peers drive growth")
    assert found(declared(drive, wording={"without": ["drive"]}), "R507") == []
    amplify = claimed(clean, text="Peers amplify growth")
    assert found(amplify, "R507") == []
    assert "amplify" in found(declared(amplify, wording={"present": ["amplify"]}), "R507")[0][2]
    with pytest.raises(NotFoundError, match="group of words"):
        found(declared(drive, wording={"presents": ["x"]}), "R507")


def test_r508_dropped_and_renumbered(clean, found):
    other = Claim("P2", "x", versions=(ClaimVersion("draft", "P2"),))
    ((_, id, message),) = found(added(clean, claims=[other]), "R508")
    assert id == "P2"
    assert message == "is in 'draft' and not in 'paper', and nothing says that it was withdrawn"
    gone = Claim("P2", "x", versions=(ClaimVersion("draft", "P2", status="withdrawn"),))
    assert found(added(clean, claims=[gone]), "R508") == []
    moved = claimed(clean, versions=(ClaimVersion("draft", "P1"), ClaimVersion("paper", "P3")))
    assert "is P1 in 'draft' and P3 in 'paper'" in found(moved, "R508")[0][2]
    told = claimed(clean, versions=(ClaimVersion("draft", "P1"), ClaimVersion("paper", "P3", status="renumbered")))
    assert found(told, "R508") == []


def test_r509_growth_that_is_a_level(clean, found):
    level = added(
        clean,
        constructs=[Construct("share", "", "measure", ("intensity",), calibrate={"threshold": 0.5, "reason": "-"})],
    )
    level = claimed(level, expression="advice => share")
    ((_, id, message),) = found(level, "R509")
    assert id == "P1"
    assert "speaks of change ('faster')" in message
    assert "share is drawn from intensity" in message
    figures = [Observation(f"i{year}", "F1", "intensity", PartialDate(year), "0.3") for year in (2005, 2009)]
    assert found(added(level, observations=figures), "R509") == []
    assert found(claimed(level, text="The firms that took advice sold more abroad"), "R509") == []


# -- R510, R511 --------------------------------------------------------------------------------------------------------


def test_r510_the_figures_go_the_other_way(clean, found):
    # spread: F1 3/9, F2 3/7, F3 3/8, F4 3/10; advice in F2 and F3, so "no advice => fast" says the opposite.
    ((_, id, message),) = found(claimed(clean, expression="~advice => fast"), "R510")
    assert id == "P1"
    assert "the mean of spread is 0.317 in 2 cases with ~advice and 0.402 in 2 cases without it" in message
    assert "permutation p = 0.333 (exact); 1 of these cases are those it was built on" in message


def test_r510_too_few_cases_in_the_right_direction_say_nothing(clean, found):
    assert found(clean, "R510") == []


def many(clean, years):
    """Eight firms, advice in the first four, with three countries entered from the given years on."""
    cases = [Case(f"G{n}", {"founded": "1999", "counselled": "yes" if n < 4 else "no"}) for n in range(8)]
    events = [
        Event(f"G{n}{place}", f"G{n}", "entry", place, PartialDate(year))
        for n, year in enumerate(years)
        for place in ("DEU", "USA")
    ]
    constructs = [
        Construct("advice", "", "variable", ("counselled",), 'counselled = "yes"'),
        Construct("fast", "", "measure", ("spread",), "spread >= 0.35"),
    ]
    return clean.replace(
        cases=Table.of(Case, cases), events=Table.of(Event, events), constructs=Table.of(Construct, constructs)
    )  # fmt: skip


def test_r510_enough_cases_and_no_difference(clean, found):
    same = many(clean, [2001, 2003, 2005, 2007] * 2)
    assert "difference +0, Hedges' g 0.00" in found(same, "R510")[0][2]
    apart = many(clean, [2007, 2006, 2006, 2007, 2001, 2002, 2001, 2002])
    assert found(apart, "R510") == []
    assert "difference +" in found(claimed(apart, expression="advice => ~fast"), "R510")[0][2]


def test_r510_does_not_take_silence_for_absence(clean, found):
    turned = claimed(clean, expression="advice => ~fast")
    assert found(turned, "R510")
    assert found(changed(turned, "constructs", "advice", absent_when=""), "R510") == []


def test_r510_the_outcome_that_the_claim_names(clean, found):
    named = claimed(clean, expression="~advice => fast", extra={"outcome": "number_of_countries"})
    assert "the mean of number_of_countries is 3" in found(named, "R510")[0][2]


def test_r511_names_what_cannot_be_read(clean, found):
    assert "fastt" in found(claimed(clean, expression="advice => fastt"), "R511")[0][2]
    assert "cannot be evaluated" in found(claimed(clean, expression="advice =>"), "R511")[0][2]
    assert (
        "its form in abstract cannot be read"
        in found(claimed(clean, forms=(ClaimForm("abstract", "advice *"),)), "R511")[0][2]
    )
    broken = changed(clean, "constructs", "advice", of=("peerz",))
    assert {(kind, id) for kind, id, _ in found(broken, "R511")} == {("constructs", "advice"), ("claims", "P1")}


def test_r511_names_of_a_linked_model_are_known(clean, found):
    latent = changed(clean, "claims", "P1", expression="industry -> early -> late")
    assert "industry" in found(latent, "R511")[0][2]
    model = Analysis("M", "sem", "", "P1", {"model": "ind60 =~ x1 + x2", "constructs": {"industry": "ind60"}})
    half = added(latent, analyses=[model])
    assert found(half, "R511")  # two of the three names are of nothing
    whole = changed(
        half,
        "analyses",
        "M",
        specification={**model.specification, "constructs": {n: n for n in ("industry", "early", "late")}},
    )
    assert found(whole, "R511") == []
    assert "names of a model" in Ledger(whole).verdict("P1").problem
