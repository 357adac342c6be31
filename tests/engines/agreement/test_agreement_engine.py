"""Reference values: Cohen (1960), Krippendorff (2011), Krippendorff (2019, figure 12.11); and the definitions by
hand."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscase.core.errors import AnalysisError, InputError, NotFoundError
from crosscase.engines.agreement import (
    Place,
    Span,
    UnitCodings,
    agreement,
    cohen_kappa,
    disagreements,
    krippendorff_alpha,
    unitizing_alpha,
    unitizing_by_code,
)

# Krippendorff (2011), section C: 4 observers, 12 units, values missing.
FOUR = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


def test_cohen_1960_table_2() -> None:
    # 200 subjects, printed: po = .70, pc = .41, kappa = .492
    table = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    first = [i for i in range(3) for j in range(3) for _ in range(table[i][j])]
    second = [j for i in range(3) for j in range(3) for _ in range(table[i][j])]
    result = cohen_kappa(first, second)
    assert result.observed == pytest.approx(0.70)
    assert result.expected == pytest.approx(0.41)
    assert result.value == pytest.approx(0.29 / 0.59)
    assert result.table.tolist() == table


def test_kappa_leaves_out_missing_units_and_does_not_exist_without_variation() -> None:
    assert (
        cohen_kappa([1, 1, 2, 2, None], [1, 1, 1, 2, 2]).value == cohen_kappa([1, 1, 2, 2], [1, 1, 1, 2]).value == 0.5
    )
    constant = cohen_kappa(["a", "a"], ["a", "a"])
    assert constant.value is None
    assert constant.cautions[0].kind == "no-variation"


@pytest.mark.parametrize(
    ("values", "metric", "printed"),
    [
        ([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]], "nominal", 0.095),  # section A
        ([list("aabbdcccedda"), list("babbbccceddd")], "nominal", 0.692),  # section B
        (FOUR, "nominal", 0.743),  # section C
        (FOUR, "ordinal", 0.815),
        (FOUR, "interval", 0.849),
        (FOUR, "ratio", 0.797),
    ],
)
def test_krippendorff_2011(values: list[list[object]], metric: str, printed: float) -> None:
    assert krippendorff_alpha(values, metric=metric).value == pytest.approx(printed, abs=5e-4)  # printed to 3 places


def test_alpha_interval_contains_alpha_and_depends_on_the_seed_only() -> None:
    first = krippendorff_alpha(FOUR, draws=500, seed=3)
    again = krippendorff_alpha(FOUR, draws=500, seed=3)
    assert first.lower is not None
    assert first.upper is not None
    assert first.value is not None
    assert first.lower < first.value < first.upper
    assert (first.lower, first.upper) == (again.lower, again.upper)


@pytest.mark.parametrize(
    ("values", "metric"),
    [
        ([[1, 2]], "nominal"),
        ([[1, 2], [1]], "nominal"),
        ([[1, None], [None, 2]], "nominal"),
        (["ab", "ab"], "interval"),
    ],
)
def test_alpha_refuses(values: list[list[object]], metric: str) -> None:
    with pytest.raises(InputError):
        krippendorff_alpha(values, metric=metric)


def _two(first: list[int], second: list[int]) -> UnitCodings:
    return UnitCodings.from_matrices(
        {"Ann": np.array(first)[:, None], "Bea": np.array(second)[:, None]}, ["code"], unit="turn"
    )


def test_a_coder_who_coded_nothing_gives_kappa_0() -> None:
    # po = 0.6, pe = 0.4 * 0 + 0.6 * 1 = 0.6, so kappa is 0; Pe = Pyes * Pno would give 0.6
    result = agreement(_two([1, 1, 0, 0, 0], [0, 0, 0, 0, 0]))
    assert result["code"].kappa == 0.0
    assert result.overall.kappa == 0.0
    assert result["code"].note == "Bea never used this code"


def test_a_code_that_nobody_used_has_no_coefficient() -> None:
    result = agreement(_two([0, 0, 0], [0, 0, 0]))
    assert result["code"].kappa is None
    assert result["code"].alpha is None
    assert result["code"].agreement == 1.0
    assert json.loads(json.dumps(result.to_dict()))["overall"]["kappa"] is None


def test_per_code_coefficients_are_those_of_one_code_at_a_time() -> None:
    rng = np.random.default_rng(1)
    matrices = {name: rng.random((40, 6)) < 0.3 for name in ("a", "b", "c")}
    seen = {"b": rng.random(40) < 0.8}
    result = agreement(UnitCodings.from_matrices(matrices, [f"c{i}" for i in range(6)], seen=seen))
    for column in range(6):
        values = [
            [int(x) if seen.get(name, np.ones(40, bool))[u] else None for u, x in enumerate(matrix[:, column])]
            for name, matrix in matrices.items()
        ]
        pairs = [cohen_kappa(values[i], values[j]).value for i, j in ((0, 1), (0, 2), (1, 2))]
        item = result[f"c{column}"]
        assert item.alpha == pytest.approx(krippendorff_alpha(values).value, abs=1e-12)
        assert item.kappa == pytest.approx(np.mean(pairs), abs=1e-12)


def test_overall_averages_observed_and_expected_over_the_codes() -> None:
    # code x: po 0.75, pe 0.5; code y: po 1, pe 0.5; nobody used z.  kappa = (0.875 - 0.5) / (1 - 0.5)
    first = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 0], [0, 0, 0]])
    second = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 0], [0, 0, 0]])
    result = agreement(UnitCodings.from_matrices({"a": first, "b": second}, ["x", "y", "z"]))
    assert result["x"].kappa == pytest.approx((0.75 - 0.5) / 0.5)
    assert result.overall.kappa == pytest.approx(0.75)


SPANS = [
    Span("a", "s", 0, 10, "x"),
    Span("a", "s", 5, 20, "y"),
    Span("b", "s", 2, 12, "x"),
    Span("a", "t", 3, 6, "x"),
    Span("b", "t", 3, 6, "x"),
]


def test_stretches_give_what_single_characters_give() -> None:
    by_stretch = agreement(UnitCodings.from_spans(SPANS, {"s": 30, "t": 10}))
    matrices = {"a": np.zeros((40, 2)), "b": np.zeros((40, 2))}
    for span in SPANS:
        offset = 0 if span.source == "s" else 30
        matrices[span.coder][offset + span.start : offset + span.end, "xy".index(span.code)] = 1
    by_character = agreement(UnitCodings.from_matrices(matrices, ["x", "y"]))
    for code in "xy":
        assert by_stretch[code].kappa == pytest.approx(by_character[code].kappa, abs=1e-12)
        assert by_stretch[code].alpha == pytest.approx(by_character[code].alpha, abs=1e-12)
        assert by_stretch[code].uses == by_character[code].uses


def test_turns_carry_the_codes_that_overlap_them() -> None:
    turns = [Place("s", 0, 5), Place("s", 6, 15), Place("s", 15, 30), Place("t", 0, 10)]
    codings = UnitCodings.from_spans(SPANS, {"s": 30, "t": 10}, units=turns, unit="turn")
    assert codings.applied[0].toarray().tolist() == [[1, 0], [1, 1], [0, 1], [1, 0]]
    assert codings.applied[1].toarray().tolist() == [[1, 0], [1, 0], [0, 0], [1, 0]]


def test_disagreements_are_listed_in_the_order_of_the_text() -> None:
    found = disagreements(UnitCodings.from_spans(SPANS, {"s": 30, "t": 10}), code="x")
    assert [(str(item.place), item.applied_by, item.not_applied_by) for item in found.items] == [
        ("s:0-2", ("a",), ("b",)),
        ("s:10-12", ("b",), ("a",)),
    ]
    assert len(found.to_frame()) == 2


def test_bootstrap_is_the_same_by_processes_and_says_what_was_undefined() -> None:
    rng = np.random.default_rng(2)
    codings = UnitCodings.from_matrices({n: rng.random((30, 3)) < 0.1 for n in "ab"}, list("xyz"))
    serial = agreement(codings, draws=130, seed=5)
    assert serial == agreement(codings, draws=130, seed=5, backend="loky")
    interval = serial["x"].kappa_interval
    assert interval is not None
    assert interval.undefined > 0
    assert interval.lower <= serial["x"].kappa <= interval.upper  # type: ignore[operator]


def test_one_source_has_no_interval_by_character() -> None:
    codings = UnitCodings.from_spans(SPANS[:3], {"s": 30})
    result = agreement(codings, draws=10)
    assert result.cautions[0].kind == "one-source"
    assert result["x"].kappa_interval is None
    assert "<table>" in result._repr_html_()


@pytest.mark.parametrize(
    ("spans", "error"),
    [
        ([Span("a", "s", 0, 99, "x"), Span("b", "s", 0, 1, "x")], InputError),
        ([Span("a", "u", 0, 1, "x"), Span("b", "s", 0, 1, "x")], NotFoundError),
        ([Span("a", "s", 0, 1, "x")], InputError),
    ],
)
def test_spans_that_do_not_fit(spans: list[Span], error: type[Exception]) -> None:
    for function in (UnitCodings.from_spans, unitizing_alpha):
        with pytest.raises(error):
            function(spans, {"s": 30})


def test_nothing_seen_by_two() -> None:
    codings = UnitCodings.from_matrices({"a": [[1]], "b": [[1]]}, ["x"], seen={"b": [False]})
    with pytest.raises(AnalysisError):
        agreement(codings)


# Krippendorff (2019), Content Analysis, figure 12.11 (also Krippendorff et al., 2016): three observers, a
# continuum of 60.
FIGURE = [
    ("Alex", [(0, 7, "1"), (7, 13, "2"), (30, 32, "5"), (32, 37, "6"), (37, 44, "6"), (44, 60, "7")]),
    ("Paul", [(0, 7, "1"), (7, 13, "3"), (13, 21, "5"), (32, 44, "6")]),
    ("Suzan", [(0, 7, "1"), (7, 13, "4"), (13, 21, "5"), (32, 37, "6"), (37, 41, "6"), (41, 44, "6")]),
]


def _figure() -> list[Span]:
    return [Span(coder, "text", start, end, code) for coder, parts in FIGURE for start, end, code in parts]


def test_unitizing_alpha_of_krippendorff_2019() -> None:
    result = unitizing_alpha(_figure(), {"text": 60})
    # printed: .510, .413, .724; the second computes to .41360, so that the print was cut, not rounded
    assert result.u_alpha == pytest.approx(0.510, abs=5e-4)
    assert result.binary == pytest.approx(0.413, abs=1e-3)
    assert result.coding == pytest.approx(0.724, abs=5e-4)
    values = {item.code: (item.value, round(item.coverage, 2)) for item in result.by_code}
    assert values == {
        "1": (1.0, 1.0),
        "2": (0.0, 1.0),
        "3": (0.0, 1.0),
        "4": (0.0, 1.0),
        "5": (1.0, 0.44),
        "6": (1.0, 1.0),
        "7": (None, 0.0),
    }


def _brute_force(spans: list[Span], length: int, coders: list[str]) -> tuple[float, float, float]:
    """The definition, character by character and pair by pair: an implementation of its own, for the tests only."""
    owner = {coder: [None] * length for coder in coders}
    for span in spans:
        for position in range(span.start, span.end):
            owner[span.coder][position] = span  # type: ignore[call-overload]

    def coefficient(kind: str) -> float:
        def label(coder: str, position: int) -> str:
            span = owner[coder][position]
            return "" if span is None else ("any" if kind == "binary" else span.code)  # type: ignore[attr-defined]

        atoms: list[tuple[str, object, float]] = []  # code, segment, weight: each character of each coder once
        differs = total = 0.0
        for i in coders:
            for position in range(length):
                partners = [j for j in coders if j != i and (kind != "coding" or label(j, position))]
                if kind == "coding" and not label(i, position):
                    continue
                weight = len(partners) / (len(coders) - 1)
                total += weight
                differs += sum(label(i, position) != label(j, position) for j in partners) / (len(coders) - 1)
                # a gap has no structure: each of its characters is a thing of its own
                thing = owner[i][position] if label(i, position) else (i, position)
                atoms.append((label(i, position), thing, weight))
        pairs = apart = 0.0
        for code, thing, weight in atoms:
            for other_code, other, other_weight in atoms:
                if thing is not other:
                    pairs += weight * other_weight
                    apart += weight * other_weight * (code != other_code)
        return 1 - (differs / total) / (apart / pairs)

    return coefficient("u"), coefficient("binary"), coefficient("coding")


@pytest.mark.parametrize("seed", range(4))
def test_unitizing_alpha_is_its_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    coders = ["a", "b", "c"][: 2 + seed % 2]
    spans = []
    for coder in coders:
        edges = np.sort(rng.choice(40, 8, replace=False))
        spans += [Span(coder, "s", int(s), int(e), str(rng.choice(list("xyz")))) for s, e in edges.reshape(4, 2)]
    result = unitizing_alpha(spans, {"s": 40})
    u, binary, coding = _brute_force(spans, 40, coders)
    assert result.u_alpha == pytest.approx(u, abs=1e-12)
    assert result.binary == pytest.approx(binary, abs=1e-12)
    assert result.coding == pytest.approx(coding, abs=1e-12)


def test_perfect_unitizing_is_1_and_of_one_code_both_are_the_same() -> None:
    spans = [Span(coder, "s", 3, 9, "x") for coder in "ab"] + [Span(coder, "s", 12, 20, "y") for coder in "ab"]
    perfect = unitizing_alpha(spans, {"s": 30})
    assert (perfect.u_alpha, perfect.binary, perfect.coding) == (1.0, 1.0, 1.0)
    by_code = unitizing_by_code(_figure(), {"text": 60})
    assert by_code["5"].u_alpha == pytest.approx(by_code["5"].binary, abs=1e-12)
    assert by_code["5"].coding is None


def test_overlapping_segments_are_refused_together_and_taken_one_code_at_a_time() -> None:
    spans = [Span("a", "s", 0, 10, "x"), Span("a", "s", 5, 15, "y"), Span("b", "s", 0, 10, "x")]
    with pytest.raises(InputError, match="overlap"):
        unitizing_alpha(spans, {"s": 20})
    assert unitizing_by_code(spans, {"s": 20})["x"].u_alpha == 1.0


def test_unitizing_intervals_draw_sources() -> None:
    lengths = {f"s{i}": 60 for i in range(6)}
    spans = [Span(s.coder, source, s.start, s.end, s.code) for source in lengths for s in _figure()]
    spans += [Span("Alex", "s0", 21, 25, "1")]
    result = unitizing_alpha(spans, lengths, draws=80, seed=1)
    lower, upper = result.intervals["u_alpha"]
    assert result.u_alpha is not None
    assert lower <= result.u_alpha <= upper
    assert unitizing_alpha(_figure(), {"text": 60}, draws=5).cautions[0].kind == "one-source"


def test_a_coding_of_what_was_not_seen_does_not_count() -> None:
    codings = UnitCodings.from_matrices(
        {"a": [[1], [1], [0]], "b": [[1], [1], [0]]}, ["x"], seen={"b": [True, False, True]}
    )
    assert agreement(codings)["x"].uses == (2.0, 1.0)
    with pytest.raises(InputError, match="source"):
        codings.by_source()


def test_drawing_whole_interviews_gives_other_intervals_than_drawing_turns() -> None:
    rng = np.random.default_rng(6)
    turns = [Place(f"s{s}", 10 * t, 10 * t + 10) for s in range(8) for t in range(10)]
    spans = []
    for place in turns:
        if rng.random() < 0.5:
            spans.append(Span("a", place.source, place.start, place.end, "x"))
            if place.source < "s4":  # the second coder agrees in half of the interviews only
                spans.append(Span("b", place.source, place.start, place.end, "x"))
    codings = UnitCodings.from_spans(spans, {f"s{s}": 100 for s in range(8)}, units=turns, unit="turn")
    by_turn = agreement(codings, draws=300, seed=1)["x"].kappa_interval
    by_source = agreement(codings.by_source(), draws=300, seed=1)["x"].kappa_interval
    assert by_turn is not None
    assert by_source is not None
    assert by_source.upper - by_source.lower > 1.2 * (by_turn.upper - by_turn.lower)


LENGTHS = {"s": 12, "t": 9}


@st.composite
def _spans(draw: st.DrawFn) -> list[Span]:
    found = []
    for _ in range(draw(st.integers(0, 12))):
        source = draw(st.sampled_from(sorted(LENGTHS)))
        start = draw(st.integers(0, LENGTHS[source] - 1))
        end = draw(st.integers(start + 1, LENGTHS[source]))
        found.append(Span(draw(st.sampled_from("ab")), source, start, end, draw(st.sampled_from("xy"))))
    return found


@given(_spans())
@settings(max_examples=60, deadline=None)
def test_any_spans_give_what_their_characters_give(spans: list[Span]) -> None:
    matrices = {coder: np.zeros((21, 2), dtype=bool) for coder in "ab"}
    for span in spans:
        offset = 0 if span.source == "s" else 12
        matrices[span.coder][offset + span.start : offset + span.end, "xy".index(span.code)] = True
    stretches = agreement(UnitCodings.from_spans(spans, LENGTHS, coders="ab", codes="xy"))
    characters = agreement(UnitCodings.from_matrices(matrices, "xy"))
    for one, other in zip((*stretches.codes, stretches.overall), (*characters.codes, characters.overall), strict=True):
        assert one.uses == other.uses
        assert one.kappa == pytest.approx(other.kappa, abs=1e-9)
        assert one.alpha == pytest.approx(other.alpha, abs=1e-9)


@given(_spans())
@settings(max_examples=60, deadline=None)
def test_disagreements_are_what_keeps_agreement_from_1(spans: list[Span]) -> None:
    codings = UnitCodings.from_spans(spans, LENGTHS, coders="ab", codes="xy")
    result = agreement(codings)
    for code in "xy":
        size = sum(item.size for item in disagreements(codings, code=code).items)
        assert result[code].agreement == pytest.approx(1 - size / 21)


def test_units_that_do_not_fit() -> None:
    for units in ([Place("s", 0, 31)], [Place("s", 0, 5), Place("s", 4, 9)]):
        with pytest.raises(InputError):
            UnitCodings.from_spans(SPANS, {"s": 30, "t": 10}, units=units)


def test_names_twice_no_codes_and_impossible_levels_are_refused() -> None:
    with pytest.raises(InputError, match="twice"):
        UnitCodings.from_matrices({"a": [[1, 0]], "b": [[1, 0]]}, ["x", "x"])
    with pytest.raises(InputError, match="twice"):
        UnitCodings.from_spans(SPANS, {"s": 30, "t": 10}, coders=["a", "a", "b"])
    with pytest.raises(AnalysisError, match="no codes"):
        agreement(UnitCodings.from_spans([], {"s": 30}, coders=["a", "b"]))
    with pytest.raises(InputError, match="level"):
        agreement(_two([1, 0], [1, 0]), level=95)


def test_a_source_that_nobody_marked_is_a_gap_for_everybody() -> None:
    apart = unitizing_alpha(_figure(), {"text": 60, "silent": 40})
    joined = unitizing_alpha(_figure(), {"text": 100})
    assert (apart.u_alpha, apart.binary) == pytest.approx((joined.u_alpha, joined.binary), abs=1e-12)
    assert apart.coding == joined.coding
