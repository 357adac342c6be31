"""The catalogue: every rule has its page, findings go out in four formats, and acceptance needs a reason."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest

from crosscase.checks import FAMILIES, FORMATS, chosen, get_rule, rules, run
from crosscase.core import Acceptance, Event, PartialDate, Table
from crosscase.core.errors import NotFoundError
from crosscase.evidence import Ledger

HEADINGS = ("What it finds", "Why it matters", "Example", "Mend or accept")


@pytest.mark.parametrize("code", rules())
def test_every_rule_has_a_page_that_explains_it(code):
    page = get_rule(code).page
    assert page.startswith(f"# {code} ")
    assert [line[3:] for line in page.splitlines() if line.startswith("## ")] == list(HEADINGS)
    why = page.split("## Why it matters")[1].split("## ")[0]
    assert re.search(r"(19|20)\d\d", why), f"the page of {code} cites nothing"


def test_codes_belong_to_a_family():
    assert all(re.fullmatch(r"R\d{3}", code) and code[:2] in FAMILIES for code in rules())


def test_select_and_ignore():
    assert {one.code[:2] for one in chosen(["R1"])} == {"R1"}
    assert "R101" not in {one.code for one in chosen(["R1"], ["R101"])}
    with pytest.raises(NotFoundError, match="rule or family"):
        chosen(["C5"])


@pytest.fixture
def findings(clean):
    wrong = clean.replace(
        events=clean.events.with_rows([Event("x", "F1", "entry", "FRA", PartialDate(1998))]),
        acceptances=Table.of(
            Acceptance, [Acceptance("a", "R203", "events", "x", "an earlier <firm>\x01 of the founder", "ana")]
        ),
    )
    both = clean.replace(events=wrong.events.with_rows([Event("y", "F2", "entry", "FRA", PartialDate(1990))]))
    return run(Ledger(both.replace(acceptances=wrong.acceptances)), ["R203"])


def test_an_accepted_finding_carries_its_reason(findings):
    assert {one.subject.id: bool(one.accepted) for one in findings} == {"x": True, "y": False}


def test_json_has_what_scripts_rely_on(findings):
    found = json.loads(FORMATS["json"](findings))["findings"]
    assert all(set(one) == {"rule", "severity", "subject", "message", "evidence", "accepted"} for one in found)
    assert found[1]["subject"] == {"kind": "events", "id": "y"}
    assert found[1]["accepted"] is None


def test_sarif_suppresses_what_was_accepted(findings):
    run_ = json.loads(FORMATS["sarif"](findings))["runs"][0]
    assert [bool(one.get("suppressions")) for one in run_["results"]] == [True, False]
    assert [one["id"] for one in run_["tool"]["driver"]["rules"]] == ["R203"]
    assert all(one["ruleIndex"] == 0 for one in run_["results"])


def test_junit_fails_what_is_open_and_skips_what_was_accepted(findings):
    suite = ElementTree.fromstring(FORMATS["junit"](findings))
    assert (suite.get("failures"), suite.get("skipped")) == ("1", "1")
    assert int(suite.get("tests")) == len(suite) == len(rules()) - 1 + 2


def test_text_counts_the_open_ones(findings):
    text = FORMATS["text"](findings)
    assert text.endswith("1 error; 1 accepted.")
    assert FORMATS["text"]([]).strip() == "Nothing found."
