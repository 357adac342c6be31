"""Growth of the codebook, by hand after the definitions of Guest, Namey and Chen (2020)."""

from __future__ import annotations

import pytest

from crosscase.core import Case, Code, Coding, PartialDate, Quotation, Snapshot, Source, Study
from crosscase.core.errors import InputError
from crosscase.evidence.saturation import growth


def interviews(new: list[int], *, undated: tuple[int, ...] = ()) -> Snapshot:
    """Interviews that bring so many codes first; each also has the first code of all again."""
    codes, quotations, codings, sources = [], [], [], []
    for number, count in enumerate(new):
        id = f"S{number + 1}"
        date = None if number in undated else PartialDate(2020 + number)
        sources.append(Source(id, kind="interview", case=f"F{number % 3}", date=date, title=f"Interview {number + 1}"))
        quotations.append(Quotation(f"q{number}", id, 0, 5, "words"))
        fresh = [f"c{len(codes) + one}" for one in range(count)]
        codes += fresh
        codings += [Coding(f"k{number}-{code}", f"q{number}", code) for code in dict.fromkeys([*fresh, "c0"])]
    return Snapshot.of(
        Study(),
        cases=[Case(f"F{number}") for number in range(3)],
        sources=list(reversed(sources)),  # the order is that of the dates
        codes=[Code(id) for id in codes],
        quotations=quotations,
        codings=codings,
    )


def test_base_runs_and_threshold():
    """Base of four: 20 + 10 + 5 + 2 = 37 codes.  Runs of two, each moved on by one interview:
    5–6 bring 4 + 3 = 7 (7/37 = 19 %), 6–7 3 + 1 = 4 (11 %), 7–8 1 + 2 = 3 (8 %), 8–9 2 + 0 = 2 (5.4 %), 9–10 0 (0 %)."""
    found = growth(interviews([20, 10, 5, 2, 4, 3, 1, 2, 0, 0]))
    assert found.base_codes == 37
    assert [(one.first, one.last, one.new) for one in found.runs] == [
        (5, 6, 7),
        (6, 7, 4),
        (7, 8, 3),
        (8, 9, 2),
        (9, 10, 0),
    ]
    assert [round(one.share, 3) for one in found.runs] == [0.189, 0.108, 0.081, 0.054, 0.0]
    assert (found.reached.first, found.interviews) == (9, 8)
    assert [one.so_far for one in found.steps] == [20, 30, 35, 37, 41, 44, 45, 47, 47, 47]
    assert growth(interviews([20, 10, 5, 2, 4, 3, 1, 2, 0, 0]), threshold=0.10).interviews == 6


def test_a_run_of_three():
    """Interviews 8–10: 2 + 0 + 0 = 2 of 37, 5.4 %, is over 5 %; there is no later run of three."""
    found = growth(interviews([20, 10, 5, 2, 4, 3, 1, 2, 0, 0]), run=3)
    assert [(one.first, one.new) for one in found.runs] == [(5, 8), (6, 6), (7, 3), (8, 2)]


def test_new_codes_are_named_in_the_order_of_the_codebook():
    assert growth(interviews([2, 1])).steps[0].new == ("c0", "c1")


def test_undated_interviews_stand_last_and_are_counted():
    found = growth(interviews([3, 2, 1], undated=(0,)))
    assert [one.id for one in found.steps] == ["S2", "S3", "S1"]
    assert found.undated == 1


def test_by_case_by_source_and_by_theme():
    snapshot = interviews([2, 1, 1, 1])
    assert [(one.id, one.given) for one in growth(snapshot, "case").steps] == [("F0", 3), ("F1", 2), ("F2", 2)]
    web = type(snapshot.sources).of(Source, [*list(snapshot.sources)[:3], Source("S1", kind="web", case="F0")])
    assert len(growth(snapshot.replace(sources=web)).steps) == 3
    assert len(growth(snapshot.replace(sources=web), "source").steps) == 4
    assert [one.given for one in growth(snapshot, counts_for={"c0": "t", "c1": "t"}).steps] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("new", "said"),
    [([], "0 coded interviews are fewer"), ([3, 1], "2 coded interviews are fewer"), ([9, 3, 2, 2, 2, 2], "No run stays within")],
)  # fmt: skip
def test_what_cannot_be_said(new, said):
    found = growth(interviews(new))
    assert found.reached is None
    assert found.interviews is None
    assert said in found.sentence()


@pytest.mark.parametrize("wrong", [{"base": 0}, {"run": 0}, {"threshold": 1.5}, {"threshold": -0.1}])
def test_numbers_out_of_range(wrong):
    with pytest.raises(InputError):
        growth(interviews([1]), **wrong)


def test_it_becomes_a_frame_and_a_document():
    found = growth(interviews([20, 10, 5, 2, 4, 3]))
    assert found.to_frame()["new"].tolist() == [20, 10, 5, 2, 4, 3]
    assert found.to_dict()["runs"] == [{"first": 5, "last": 6, "new": 7, "share": 7 / 37}]
