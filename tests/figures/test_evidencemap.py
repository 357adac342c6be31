"""The evidence map: where somebody has looked, on how many data sets, and what contradicts itself."""

from __future__ import annotations

import re

import pytest

from crosscase.core import Claim, Sample, Snapshot
from crosscase.evidence.synthesis import evidence_map
from crosscase.figures.evidencemap import evidence_map_figure
from crosscase.figures.svg import to_svg


def made(**more):
    samples = [
        Sample("s1", setting="Sweden", extra={"firms": "retail"}),
        Sample("s2", setting="Norway", extra={"firms": "retail"}, same_as="s1"),
        Sample("s3", setting="Finland", extra={"firms": "retail"}),
        Sample("s4", setting="biotech"),
    ]
    claims = [
        Claim("A", extra={"sample": "s1", "theme": "learning"}),
        Claim("B", extra={"sample": "s2", "theme": "learning", "related": [{"claim": "A", "relation": "contradicts"}]}),
        Claim("C", extra={"sample": "s3", "theme": "learning"}),
        Claim("D", extra={"sample": "s4", "theme": "speed"}),
        Claim("E", extra={"theme": "speed"}),
    ]
    return evidence_map_figure(evidence_map(Snapshot.of(**{"samples": samples, "claims": claims} | more)))


def titles(scene):
    return re.findall(r"<title>([^<]*)</title>", to_svg(scene))


def test_a_circle_counts_data_sets_once_and_names_the_claims():
    found = titles(made())
    assert "learning, retail: 3 claims on 2 independent samples (A, B, C); contradicting: A, B" in found
    assert "speed, biotech: 1 claim on 1 independent sample (D)" in found


def test_the_area_of_a_circle_is_the_number_of_data_sets():
    radii = sorted(float(one) for one in re.findall(r'<circle[^>]*r="([\d.]+)"', to_svg(made())))
    assert radii[-1] / radii[-2] == pytest.approx(2**0.5, rel=0.01)


def test_a_claim_without_a_data_set_is_an_open_circle_and_gaps_are_counted():
    scene = made()
    assert any("speed, setting not on record: 1 claim on 0 independent samples" in one for one in titles(scene))
    assert "3 places empty" in scene.description


def test_without_claims_it_says_so():
    assert made(claims=[]).empty
