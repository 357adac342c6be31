"""What leaves the study: no names, no addresses, no profile of one firm alone."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace

import pytest

from crosscase.core import (
    Case,
    Claim,
    ClaimForm,
    Event,
    Memo,
    PartialDate,
    Participant,
    Quotation,
    Snapshot,
    Source,
    Study,
    Table,
    Tie,
    Variable,
)
from crosscase.core.errors import InputError
from crosscase.reports import ReportContents, build_report
from crosscase.reports.privacy import (
    Key,
    changes_table,
    for_sharing,
    key_from_document,
    leaks,
)

KEY = Key({"F1": ("Acme Ltd", "Acme"), "P1": ("Zhang Wei",), "F2": ("恒通科技",)})


def snapshot(**more):
    rows = {
        "study": Study(
            title="Acme and others",
            citation="Somebody 2024, https://doi.org/10.1000/1",
            variables=(Variable("founded", "year"), Variable("based", "country"), Variable("sector")),
        ),
        "cases": [
            Case("F1", {"founded": "2000", "based": "DEU", "sector": "see www.acme.example/about"}),
            Case("F2", {"founded": "2001", "based": "FRA", "sector": "shoes"}),
            Case("F3", {"founded": "2009", "based": "ITA", "sector": "shoes"}),
            Case("F4", {"founded": "2010", "based": "ESP", "sector": "shoes"}),
        ],
        "participants": [Participant("P1", "F1", "Founder", note="Zhang  WEI, wei@acme.example, +86 10 1234 5678")],
        "sources": [Source("s1", case="F1", participant="P1", title="Interview at ACME")],
        "quotations": [Quotation("q1", "s1", 0, 4, "At Acme’s office we met 恒通科技公司 in 2013 to 2021")],
        "ties": [Tie("t1", "F2", "Acme Ltd")],
        "memos": [Memo("m1", text="Acmeology is no firm")],
        "claims": [Claim("C", "Zhang Wei was right", forms=(ClaimForm("Acme’s report", "A"),))],
        "events": [Event("e1", "F1", "entry", "USA", PartialDate(2004))],
    } | more
    return Snapshot.of(texts={"s1": "Acme says"}, **rows)


def whole(snapshot):
    return repr(
        [
            snapshot.study,
            *(
                list(snapshot.table(name))
                for name in ("cases", "participants", "sources", "quotations", "ties", "memos", "claims")
            ),
        ]
    )


def test_no_name_and_no_address_is_left_anywhere():
    shared = for_sharing(snapshot(), KEY)
    text = whole(shared.snapshot)
    for name in ("Acme ", "Acme’", "ACME", "Zhang", "恒通", "@", "www.", "1234 5678"):
        assert name not in text
    assert shared.snapshot.texts == {}


def test_what_is_no_name_stays():
    shared = for_sharing(snapshot(), KEY).snapshot
    assert shared.memos[0].text == "Acmeology is no firm"
    assert shared.quotations[0].text == "At F1’s office we met F2公司 in 2013 to 2021"
    assert shared.study.citation.endswith("https://doi.org/10.1000/1")
    assert shared.claims[0].forms[0].where == "F1’s report"
    assert shared.events[0].date == PartialDate(2004)


@pytest.mark.parametrize(
    ("consent", "until", "stays"),
    [
        ("quote", None, True),
        ("", None, True),
        ("analyse", None, False),
        ("withdrawn", None, False),
        ("none", None, False),
        ("quote", PartialDate(2020), False),
        ("quote", PartialDate(2030), True),
        ("", PartialDate(2020), False),
        ("no", None, False),
        ("quotes", None, False),
        ("all, not quote", None, False),
    ],
)
def test_words_without_consent_to_print_them_stay_behind(consent, until, stays):
    people = [Participant("P1", "F1", consent=consent, consent_until=until)]
    shared = for_sharing(snapshot(participants=people), KEY, datetime.date(2025, 1, 1))
    assert bool(shared.snapshot.quotations[0].text) is stays
    assert ("words of a quotation without consent to print them" in shared.replaced) is not stays


@pytest.mark.parametrize(
    ("person", "source", "until", "stays"),
    [
        ("quote", "quote", "", True),
        ("quote", "archive", "", False),
        ("archive", "quote", "", False),
        ("quote", "quote", "2020", False),
        ("quote", "", "2020-01", False),
        ("quote", "", "2030", True),
        ("quote", "", "next spring", False),
    ],
)
def test_of_a_person_and_a_source_the_stricter_consent_holds(person, source, until, stays):
    given = snapshot(participants=[Participant("P1", "F1", consent=person)])
    sources = [replace(one, consent=source, extra={"consent_until": until}) for one in given.sources]
    shared = for_sharing(given.replace(sources=Table.of(Source, sources)), KEY, datetime.date(2025, 1, 1))
    assert bool(shared.snapshot.quotations[0].text) is stays


def test_replacements_are_counted_by_pseudonym():
    counted = for_sharing(snapshot(), KEY).replaced
    # title, source, quotation, tie, form (the web and mail addresses are taken out as addresses after "acme" in them
    # became a pseudonym: attributes 1, note 1)
    assert counted["F1"] == 7
    assert counted["P1"] == 2
    assert counted["F2"] == 1
    assert counted["telephone number"] == 1
    assert counted["web address"] == 1


def test_profiles_are_generalised_until_k_share_them():
    study = snapshot().study
    with_k = Study(title="t", variables=study.variables, extra={"privacy": {"k": 2}})
    shared = for_sharing(snapshot(study=with_k), KEY)
    assert (shared.alone_before, shared.alone_after) == (4, 0)
    profiles = [(case.attributes["founded"], case.attributes["based"]) for case in shared.snapshot.cases]
    # two bands with two cases each, all in Europe
    assert profiles == [("2000 to below 2009", "Europe")] * 2 + [("2009 to 2010", "Europe")] * 2
    assert {one.variable: one.steps for one in shared.generalised} == {"founded": "in 2 bands", "based": "by continent"}
    assert shared.snapshot.cases["F2"].attributes["sector"] == "shoes"


def test_with_fewer_cases_than_k_everything_that_singles_out_is_left_out():
    shared = for_sharing(snapshot(cases=[Case("F1", {"founded": "2000", "based": "DEU"}), Case("F2")]), KEY)
    assert shared.alone_after == 0
    assert shared.snapshot.cases["F1"].attributes == {"founded": "", "based": ""}


def test_a_study_says_which_variables_identify():
    study = Study(variables=snapshot().study.variables, extra={"privacy": {"quasi_identifiers": ["sector"], "k": 2}})
    shared = for_sharing(snapshot(study=study), KEY)
    assert [one.variable for one in shared.generalised] == ["sector"]
    assert shared.snapshot.cases["F1"].attributes["founded"] == "2000"


@pytest.mark.parametrize("privacy", [{"k": 1}, {"k": "3"}, {"k": True}, {"quasi_identifiers": "sector"}])
def test_settings_that_cannot_be_read(privacy):
    with pytest.raises(InputError):
        for_sharing(snapshot(study=Study(extra={"privacy": privacy})), KEY)


def test_ids_that_become_one_are_refused():
    key = Key({"F1": ("Acme",)})
    with pytest.raises(InputError, match="became one"):
        for_sharing(Snapshot.of(cases=[Case("Acme"), Case("F1")]), key)


def test_what_was_written_is_searched(tmp_path):
    build_report(ReportContents(snapshot()), tmp_path, png=False)
    found = leaks(tmp_path, KEY)
    kinds = {leak.file.rpartition(".")[2] for leak in found if leak.what == "F1"}
    assert {"html", "csv", "xlsx", "docx", "tex"} <= kinds
    assert not any("Acme" in leak.what for leak in found)


def test_a_shared_report_is_clean(tmp_path):
    shared = for_sharing(snapshot(), KEY)
    build_report(ReportContents(shared.snapshot, changes=changes_table(shared)), tmp_path, png=False)
    assert leaks(tmp_path, KEY) == []
    assert "What was changed before this report left the study" in (tmp_path / "report.html").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ({}, "holds no names"),
        ({"name": [{"pseudonym": "F1"}]}, "lacks the pseudonym or the name"),
        ({"name": [{"pseudonym": "F1", "name": "X"}]}, "too short"),
        ({"name": "Acme"}, "holds no names"),
    ],
)
def test_a_key_that_cannot_be_read(document, what):
    with pytest.raises(InputError, match=what):
        key_from_document(document)


def test_a_key_may_list_spellings():
    key = key_from_document({"name": [{"pseudonym": "F1", "name": "Acme Ltd", "also": "Acme"}]})
    assert key.names == {"F1": ("Acme Ltd", "Acme")}


def test_the_list_of_changes_says_no_name():
    text = json.dumps(changes_table(for_sharing(snapshot(), KEY)).to_dict(), ensure_ascii=False)
    assert "replaced: F1" in text
    assert "Acme" not in text


def test_named_partners_and_alters_become_numbered_ones():
    ties = [Tie("t1", "F2", "Otto Versand", "partner", knows=("Hedwig",)), Tie("t2", "F2", "Hedwig", "peer")]
    events = [Event("e1", "F1", "partnership", "USA", PartialDate(2004), partner="Otto Versand")]
    shared = for_sharing(snapshot(ties=ties, events=events))
    assert [(tie.alter, tie.knows) for tie in shared.snapshot.ties] == [("other 1", ("other 2",)), ("other 2", ())]
    assert shared.snapshot.events["e1"].partner == "other 1"
    assert shared.replaced["named partner or alter"] == 2


def test_what_the_study_declares_to_be_a_name_is_replaced_and_its_column_left_out():
    cases = [Case("F1", {"Company name": "Acme Ltd", "contact": "yes"}), Case("F2", {"Company name": "恒通科技"})]
    shared = for_sharing(snapshot(cases=cases))
    assert [case.attributes for case in shared.snapshot.cases] == [{}, {}]
    assert "Acme Ltd" not in whole(shared.snapshot)
    assert "恒通" not in whole(shared.snapshot)
    assert shared.replaced["column Company name"] == 2
    assert not shared.keyed


@pytest.mark.parametrize(
    ("study", "why"),
    [
        (Study(extra={"privacy": {"public": "Table 1"}}), "Table 1"),
        (Study(synthetic=True), "the firms of this study are invented"),
    ],
)
def test_public_profiles_are_left_unless_k_is_given(study, why):
    variables = (Variable("founded", "year"), Variable("based", "country"))
    given = snapshot(study=replace(study, variables=variables))
    shared = for_sharing(given)
    assert shared.public == why
    assert shared.alone_after == shared.alone_before == 4
    assert why in changes_table(shared).texts()[-2][1]
    assert for_sharing(given, k=2).alone_after == 0
