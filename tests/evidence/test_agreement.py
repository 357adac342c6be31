"""Agreement on a study's own codings."""

from __future__ import annotations

import pytest

from crosscase.core import Code, Coding, Quotation, Snapshot, Source, Turn
from crosscase.core.errors import InputError, NotFoundError
from crosscase.engines.agreement import agreement
from crosscase.evidence.agreement import unit_codings

TEXT = "One one. Two two. Three three. Four four."
TURNS = [(0, 8), (9, 17), (18, 30), (31, 41)]


def coded(*given: tuple[str, int]) -> Snapshot:
    """Each (coder, turn from 0) is a coding with the one code."""
    spans = [TURNS[turn] for _, turn in given]
    return Snapshot.of(
        sources=[Source("s"), Source("other")],
        texts={"s": TEXT, "other": "nothing"},
        turns=[Turn("s", number, start, end) for number, (start, end) in enumerate(TURNS, 1)],
        codes=[Code("k")],
        quotations=[
            Quotation(f"q{number}", "s", start, end, TEXT[start:end]) for number, (start, end) in enumerate(spans)
        ],
        codings=[Coding(f"c{number}", f"q{number}", "k", coder) for number, (coder, _) in enumerate(given)],
    )


@pytest.mark.parametrize("unit", ["turn", "sentence"])
def test_kappa_by_hand(unit):
    # Ana: 1 1 0 0; Ben: 1 0 0 0. Observed 3/4; expected 2/4*1/4 + 2/4*3/4 = 1/2; kappa (3/4 - 1/2)/(1/2) = 0.5.
    found = agreement(unit_codings(coded(("ana", 0), ("ana", 1), ("ben", 0)), unit))
    assert found["k"].kappa == pytest.approx(0.5)
    assert found.units == 4


def test_a_coder_who_coded_nothing_agrees_no_better_than_chance():
    snapshot = coded(("ana", 0), ("ana", 1), ("ben", 0))
    only_ana = snapshot.replace(
        codings=type(snapshot.codings).of(Coding, [Coding("c0", "q0", "k", "ana"), Coding("c1", "q1", "k", "ana")])
    )
    with pytest.raises(InputError, match="two coders"):
        unit_codings(only_ana)
    with pytest.raises(NotFoundError, match="coder"):
        unit_codings(only_ana, coders=["ana", "ben"])


def test_only_sources_that_two_coders_coded_are_compared():
    codings = unit_codings(coded(("ana", 0), ("ben", 0)), "character")
    assert agreement(codings).units == len(TEXT)
    with_other = unit_codings(coded(("ana", 0), ("ben", 0)), "character", sources=["s", "other"])
    assert agreement(with_other).units == len(TEXT) + len("nothing")


def test_an_unknown_unit_lists_those_there_are():
    with pytest.raises(NotFoundError, match="sentence"):
        unit_codings(coded(("ana", 0), ("ben", 0)), "paragraph")
