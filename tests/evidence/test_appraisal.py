"""Confidence is a person's, with a reason for each component."""

from __future__ import annotations

import pytest

from crosscase.core import Claim
from crosscase.evidence.appraisal import COMPONENTS, confidence

REASONS = {name: f"because of {name}" for name in COMPONENTS}


def test_a_level_with_its_reasons():
    judged = confidence(Claim("C", extra={"confidence": {"level": "Moderate", **REASONS, "who": "MK"}}))
    assert judged.level == "moderate"
    assert judged.in_words() == "moderate confidence (MK)"
    assert judged.to_dict()["reasons"] == REASONS


@pytest.mark.parametrize("missing", COMPONENTS)
def test_a_level_needs_the_reason_of_every_component(missing):
    given = {"level": "high", **REASONS, missing: " "}
    judged = confidence(Claim("C", extra={"confidence": given}))
    assert judged.level == ""
    assert missing.replace("_", " ") in judged.problem


@pytest.mark.parametrize("given", [{"level": "certain", **REASONS}, REASONS, "high", ["high"]])
def test_what_is_no_judgement_is_a_problem(given):
    judged = confidence(Claim("C", extra={"confidence": given}))
    assert judged.level == ""
    assert judged.problem


def test_nobody_has_judged_it():
    assert confidence(Claim("C")) is None
