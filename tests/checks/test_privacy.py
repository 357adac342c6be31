"""R8 on planted faults.  Numbers and addresses are those reserved for fiction and documentation (RFC 2606, Ofcom)."""

from __future__ import annotations

import datetime

import pytest

from checks.study import added, changed, declared
from crosscase.checks import run
from crosscase.core import Case, Memo, PartialDate, Quotation, Table
from crosscase.evidence import Ledger


def first(snapshot, **attributes):
    return changed(snapshot, "cases", "F1", attributes={"founded": "2000", "sector": "software", **attributes})


@pytest.mark.parametrize(
    ("attributes", "what"),
    [
        ({"company": "Acme Ltd"}, "a value in the column company"),
        ({"Web site": "acme"}, "a value in the column Web site"),
        ({"note": "see www.example.org"}, "a web address in note"),
        ({"note": "write to info@example.org"}, "an e-mail address in note"),
        ({"note": "call +44 20 7946 0018"}, "a telephone number in note"),
        ({"note": "call 020 7946 0018"}, "a telephone number in note"),
        ({"note": "call (020) 7946 0018"}, "a telephone number in note"),
        ({"note": "registered as 123456789012"}, "a long number in note"),
    ],
)
def test_r801_in_attributes(clean, found, attributes, what):
    assert found(first(clean, **attributes), "R801") == [("cases", "F1", f"holds {what}")]


@pytest.mark.parametrize(
    "text",
    [
        "2001-2005",
        "1,200,000",
        "2001 2002 2005",
        "2015-03-12",
        "doi https://doi.org/10.1016/j.x.2024.102299",
        "12000000000",
        "ISSN 0969-5931",
        "00:12:45",
    ],
)
def test_r801_leaves_years_figures_and_dois_alone(clean, found, text):
    assert found(first(clean, turnover=text), "R801") == []


def test_r801_in_texts_memos_and_quotations_without_source(clean, found):
    source = clean.replace(texts={**clean.texts, "AF1": "Write to info@example.org or sales@example.org"})
    assert found(source, "R801") == [("sources", "AF1", "its text holds an e-mail address (2 times)")]
    assert found(added(clean, memos=[Memo("m", text="info@example.org")]), "R801")[0][:2] == ("memos", "m")
    located = added(clean, quotations=[Quotation("x", text="mail info@example.org", locator="p. 2", case="F1")])
    assert found(located, "R801")[0][:2] == ("quotations", "x")


def test_r802_a_profile_that_one_case_has(clean, found):
    ((_, id, message),) = found(declared(first(clean, sector="retail"), privacy={"k": 2}), "R802")
    assert id == "profiles"
    assert "1 of 4 cases have a profile (founded, sector) that fewer than 2 cases share: F1" in message
    named = declared(first(clean, sector="retail"), privacy={"quasi_identifiers": ["founded"]})
    assert found(named, "R802") == []


def test_r802_k_is_the_studys(clean, found):
    pairs = [Case(f"F{n}", {"founded": "2000" if n < 3 else "2001", "sector": "retail"}) for n in range(1, 5)]
    paired = clean.replace(cases=Table.of(Case, pairs))
    assert found(declared(paired, privacy={"k": 2}), "R802") == []
    assert "4 of 4 cases" in found(paired, "R802")[0][2]


def test_r802_repeats_why_the_profiles_are_public(clean, found):
    public = declared(first(clean, sector="retail"), privacy={"public": "printed in Table 1"})
    assert found(public, "R802")[0][2].endswith("; printed in Table 1")


def test_r803_withdrawn_words_and_the_claims_on_them(clean, found):
    left = changed(clean, "participants", "PF2", consent="withdrawn")
    ((kind, id, message),) = found(left, "R803")
    assert (kind, id) == ("participants", "PF2")
    assert "1 text and 2 quotations with words are still in the study; evidence of P1 rests on them" in message


def test_r803_a_tombstone_is_in_order_but_not_what_rests_on_it(clean, found):
    left = changed(clean, "sources", "SF2", consent="withdrawn")
    left = left.replace(texts={id: text for id, text in clean.texts.items() if id != "SF2"})
    for id in ("q3", "q4"):
        left = changed(left, "quotations", id, text="")
    assert found(left, "R803") == [("sources", "SF2", "consent was withdrawn; evidence of P1 rests on them")]
    unlinked = left.replace(stances=Table.of(clean.stances.row))
    assert found(unlinked, "R803") == []


def test_r803_expires_on_the_day_after_the_last(clean):
    dated = changed(clean, "participants", "PF2", consent_until=PartialDate(2024, 6))

    def on(*day):
        return [one.message for one in run(Ledger(dated, datetime.date(*day)), ["R803"])]

    assert on(2024, 6, 30) == []
    assert on(2024, 7, 1) == ["the consent held until 2024-06; 1 source and 2 quotations of theirs are in the study"]


def test_r803_the_consent_of_a_source_ends_too(clean, found):
    ended = changed(clean, "sources", "SF2", extra={"consent_until": "2001"})
    assert found(ended, "R803") == [
        ("sources", "SF2", "the consent held until 2001; 2 quotations of it are in the study")
    ]
    assert found(changed(clean, "sources", "SF2", extra={"consent_until": "2999"}), "R803") == []
