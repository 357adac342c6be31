"""The studies of published facts say what the papers print."""

from __future__ import annotations

from collections import Counter

import pytest

from crosscase.core import Snapshot
from crosscase.evidence import Ledger
from crosscase.exchange.examples import example_folder
from crosscase.exchange.folder import read_folder


@pytest.fixture(scope="module")
def born_globals() -> Ledger:
    return Ledger(read_folder(example_folder("born-globals")))


@pytest.fixture(scope="module")
def learning() -> Ledger:
    return Ledger(read_folder(example_folder("learning-networks")))


@pytest.fixture(scope="module")
def relationships() -> Snapshot:
    return read_folder(example_folder("relationships"))


@pytest.fixture(scope="module")
def it_services() -> Snapshot:
    return read_folder(example_folder("it-services"))


def test_a_firm_that_is_not_quoted_is_no_data(born_globals: Ledger) -> None:
    # Yang & Stoian 2024: 22 of 33 firms are quoted; of the 11 others nothing is known about any capability.
    themes = [one.id for one in born_globals.snapshot.constructs if one.drawn_from == "codings"]
    assert len(themes) == 11
    states = {cell.state for theme in themes for cell in born_globals.constructs.column(theme)}
    assert states == {"present", "no data"}
    known = {cell.case for theme in themes for cell in born_globals.constructs.column(theme) if cell.state == "present"}
    assert len(known) == 22


def test_the_technology_groups_are_those_of_table_1(born_globals: Ledger) -> None:
    # Table 1, column technology intensity: 15 low-tech, 11 high-tech and 7 knowledge-intensive service firms.
    present = {
        f"group{n}_technology": born_globals.constructs.counts(f"group{n}_technology")["present"] for n in (1, 2, 3)
    }
    assert present == {"group1_technology": 15, "group2_technology": 18, "group3_technology": 11}


def test_proposition_1_has_both_its_forms_and_they_differ(born_globals: Ledger) -> None:
    # BG15 is quoted for demand, electronic commerce and customers' networks, and not for state-owned enterprises (Table 3).
    verdict = born_globals.verdict("P1")
    either, both = verdict.forms
    assert verdict.groups["literal"] == either.groups["literal"] == ("BG15",)
    assert both.groups["literal"] == ()
    assert verdict.tested_on()["literal"] == ()


def test_the_propositions_rest_on_all_quotations(born_globals: Ledger) -> None:
    # Table 3 and Section 4: 56 quotations under eleven themes, of which Proposition 4 names all.
    evidence = Counter(born_globals.snapshot.stances.column("claim"))
    assert evidence["P4"] == 56 == evidence["P1"] + evidence["P2"] + evidence["P3"]


def test_learning_networks_is_tables_1_to_3(learning: Ledger) -> None:
    # Puthusserry et al. 2020: ten firms, twelve persons, sixteen open codes, thirteen rows of themes.
    snapshot = learning.snapshot
    levels = Counter(snapshot.codes.column("level"))
    assert (len(snapshot.cases), len(snapshot.participants), snapshot.study.interviews) == (10, 12, 12)
    assert (levels["concept"], levels["theme"], levels["dimension"]) == (16, 13, 2)


def test_the_manuscript_has_twelve_propositions_and_the_article_eleven(learning: Ledger) -> None:
    numbers: dict[str, set[str]] = {}
    for claim in learning.snapshot.claims:
        for version in claim.versions:
            numbers.setdefault(version.label, set()).add(version.number)
    assert numbers == {
        "accepted manuscript": {f"P{number}" for number in range(1, 13)},
        "published": {f"P{number}" for number in range(1, 12)},
    }


def test_what_table_1_of_learning_networks_says_of_the_sampling(learning: Ledger) -> None:
    # Case 9: founded 2009, first export 2012; Cases 2 and 10 list two countries.
    slow = [
        case
        for case in learning.snapshot.cases.column("id")
        if learning.known(case, "years_to_internationalization") > 2
    ]
    few = [case for case in learning.snapshot.cases.column("id") if learning.known(case, "countries_printed") <= 2]
    assert (slow, few) == (["Case9"], ["Case2", "Case10"])


def test_abstracts_are_claims_without_cases(relationships: Snapshot) -> None:
    assert len(relationships.cases) == 0
    assert len(relationships.sources) == len(relationships.samples) == 34
    assert {claim.extra["known_from"] for claim in relationships.claims} == {"abstract"}
    assert {claim.extra["sample"] for claim in relationships.claims} <= set(relationships.samples.column("id"))


def test_the_sample_of_188_firms_counts_once(relationships: Snapshot) -> None:
    # Abstracts 13, 22, 24 and 26 each have n = 188.
    shared = relationships.samples.where(n=188)
    assert [one.id for one in shared] == ["sample-13", "sample-22", "sample-24", "sample-26"]
    assert {one.same_as for one in shared} == {"", "sample-13"}
    assert {one.basis for one in relationships.samples if one.same_as} == {"inferred"}


def test_it_services_is_the_guide_and_three_columns(it_services: Snapshot) -> None:
    # Jabeen et al. 2026, Table 1: 12 + 3 + 7 + 5 + 2 + 4 + 2 + 1 questions; Table 2 has one more, and three columns are at hand.
    sections = list(Counter(question.section for question in it_services.study.guide).values())
    assert sections == [12, 3, 7, 5, 2, 4, 2, 1]
    answers = [one for one in it_services.codings if one.code not in ("old_sport", "new_bee")]
    assert len(answers) == 37 * 3 - 1
    assert Counter(one.code for one in it_services.codings)["old_sport"] == 4


def test_it_services_has_pseudonyms_only(it_services: Snapshot) -> None:
    assert list(it_services.cases.column("id")) == ["IT1", "IT2", "IT3", "IT4", "IT5"]
    assert all(one.id == f"{one.case}-1" for one in it_services.participants)
