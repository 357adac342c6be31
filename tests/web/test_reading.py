"""A source on the page is the source, character by character."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from crosscase.core import Coding, Quotation
from crosscase.study import reading as reading_module
from crosscase.study.reading import _parts, _runs, read
from crosscase.study.workspace import Placed, Workspace
from crosscase.text.segments import paragraphs
from web.study import AWKWARD, INTERVIEW

TEXTS = st.text(st.sampled_from("ab \n\r\t.e\u0301😀ש\u2028<&"), min_size=1, max_size=60)


def placed(start: int, end: int) -> Placed:
    return Placed(Coding("k", "q", "c"), Quotation("q", "S", start, end), "1.1")


def test_turns_paragraphs_and_labels(workspace: Workspace) -> None:
    reading = read(workspace, "S1")
    assert [one.turn.kind if one.turn else "" for one in reading.passages][:3] == ["question", "answer", "question"]
    answer = reading.passages[1]
    assert [one.number for one in answer.paragraphs] == [2, 3]
    assert [(run.text[:9], run.label) for run in answer.paragraphs[0].runs] == [
        ("Founder: ", True),
        ("It came b", False),
    ]


def test_every_character_of_a_paragraph_is_in_its_runs(workspace: Workspace) -> None:
    for source, text in (("S1", INTERVIEW), ("S2", AWKWARD)):
        for passage in read(workspace, source, codings=workspace.codings_in(source)).passages:
            for paragraph in passage.paragraphs:
                assert "".join(run.text for run in paragraph.runs) == text[paragraph.start : paragraph.end]
                assert all(text.startswith(run.text, run.start) for run in paragraph.runs)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4), st.integers(0, 60))
def test_runs_are_cut_at_the_ends_of_codings_and_nowhere_covered_in_part(text, spans, label) -> None:
    codings = [placed(min(a, b), max(a, b)) for a, b in spans if a != b and max(a, b) <= len(text)]
    cuts = sorted({place for one in codings for place in (one.quotation.start, one.quotation.end)})
    for start, end in paragraphs(text):
        runs = list(_runs(text, start, min(max(label, start), end), end, cuts, codings))
        assert "".join(run.text for run in runs) == text[start:end]
        for run in runs:
            inside = [
                one
                for one in codings
                if one.quotation.start < run.start + len(run.text) and run.start < one.quotation.end
            ]
            assert list(run.codings) == inside
            assert all(
                one.quotation.start <= run.start and run.start + len(run.text) <= one.quotation.end for one in inside
            )


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 90)), max_size=60))
def test_the_parts_of_a_long_text_follow_each_other_and_cut_no_paragraph(gaps) -> None:
    laid_out, at = [], 0
    for gap, length in gaps:
        laid_out.append((at + gap, at + gap + length))
        at += gap + length
    parts = _parts(laid_out, at * 9_000)  # a length of many parts
    assert (parts[0][0], parts[-1][1]) == (0, at * 9_000)
    assert all(one[1] == other[0] for one, other in pairwise(parts))
    assert all(any(first <= start and end <= last for first, last in parts) for start, end in laid_out)


def test_a_part_is_laid_out_with_the_numbers_and_places_of_the_whole(workspace: Workspace, monkeypatch) -> None:
    whole = [one for passage in read(workspace, "S1").passages for one in passage.paragraphs]
    monkeypatch.setattr(reading_module, "MOST", 4)
    parts = read(workspace, "S1").parts
    assert len(parts) == 3
    found = []
    for number, (first, last) in enumerate(parts):
        for at in (first, last - 1):
            assert read(workspace, "S1", at=at).part == number
        found += [one for passage in read(workspace, "S1", at=first).passages for one in passage.paragraphs]
    assert found == whole
