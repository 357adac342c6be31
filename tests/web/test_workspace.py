"""What is held in memory is what the database holds, whatever was done in whatever order and by whomever."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from crosscase.core import Memo
from crosscase.core.errors import ConflictError, CrosscaseError, InputError, NotFoundError
from crosscase.core.vocabulary import STANCES
from crosscase.study import Study, claimevidence, claims, codebook, coding
from crosscase.study.workspace import LIVE, Workspace
from web.study import INTERVIEW, opened, study_file, synthetic

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["code", "recode", "ends", "delete", "merge", "undo", "redo", "new", "other", "claim", "evidence"]
        ),
        st.sampled_from(["ana", "ben"]),
        st.integers(0, 30),
        st.integers(1, 40),
    ),
    max_size=12,
)


def do(workspace: Workspace, kind: str, who: str, at: int, length: int) -> None:
    """One step of the random work; what cannot be done is refused by an error of ours."""
    codes = [one.id for one in workspace.rows("codes")]
    codings = [one.id for one in workspace.rows("codings")]
    code = codes[at % len(codes)]
    try:
        if kind == "code":
            coding.code_passage(workspace, who, "S1", at, at + length, code)
        elif kind == "merge":
            codebook.merge_codes(workspace, who, code, codes[length % len(codes)], "the same")
        elif kind == "new":
            codebook.add_code(workspace, who, f"new {at}", parent=code)
        elif kind == "undo":
            workspace.undo(who)
        elif kind == "redo":
            workspace.redo(who)
        elif kind == "claim":
            work_on_claims(workspace, who, at, length)
        elif kind == "evidence" and codings:
            coding_id, stance = codings[at % len(codings)], STANCES[length % 3]
            claimevidence.add_evidence(workspace, who, f"P{length % 3}", stance, coding=coding_id, note="x" * (at % 2))
        elif kind == "other":  # another program writes to the same file
            with workspace.store.write(workspace.id, who=who, what="elsewhere") as change:
                change.insert("memos", [Memo(f"other-{workspace.seen}", text="from elsewhere")])
        elif codings:
            one = workspace.placed(codings[at % len(codings)])
            if kind == "recode":
                coding.change_coding(workspace, who, one.coding.id, one.version, code=code)
            elif kind == "ends":
                coding.change_coding(workspace, who, one.coding.id, one.version, start=at, end=at + length)
            else:
                coding.uncode(workspace, who, one.coding.id, one.version)
    except CrosscaseError:
        pass


def work_on_claims(workspace: Workspace, who: str, at: int, length: int) -> None:
    """A claim is written, or one that there is gets other contents, some of them emptied."""
    id = f"P{at % 3}"
    draft = claims.Draft(
        "words", built_on=["F1"] * (at % 2), rivals=["r"] * (length % 2), scope={"who": "x" * (at % 2)}
    )
    if workspace.has("claims", id):
        claims.change_claim(workspace, who, id, workspace.version("claims", id), draft)
    else:
        claims.add_claim(workspace, who, id, draft)


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
@example(steps=[("code", "ana", 19, 15), ("code", "ben", 58, 22), ("undo", "ana", 0, 1), ("code", "ana", 38, 30)])
@example(steps=[("merge", "ben", 3, 4), ("claim", "ana", 1, 1), ("undo", "ben", 0, 1), ("ends", "ana", 0, 1)])
def test_memory_and_database_agree_after_any_work(tmp_path_factory: pytest.TempPathFactory, steps) -> None:
    path = study_file(tmp_path_factory.mktemp("w") / "s.crosscase")
    with opened(path) as study:
        workspace = Workspace(study)
        for step in steps:
            do(workspace, *step)
        workspace.catch_up()
        with Study.open(path) as again:
            fresh = Workspace(again)
            for table in LIVE:
                assert workspace.rows(table) == fresh.rows(table)
                assert {one.id: workspace.version(table, one.id) for one in workspace.rows(table)} == {
                    one.id: fresh.version(table, one.id) for one in fresh.rows(table)
                }
            assert workspace.snapshot == fresh.snapshot
            assert workspace.codings_in("S1") == fresh.codings_in("S1")
        assert workspace.store.verify_audit(workspace.id).whole


def test_a_passage_is_coded_with_its_words_case_and_speaker(workspace: Workspace) -> None:
    start = INTERVIEW.index(" A buyer in Hamburg ")
    made = coding.code_passage(workspace, "cem", "S1", start, start + len(" A buyer in Hamburg "), "chance", note="n")
    assert (made.quotation.text, made.quotation.start) == ("A buyer in Hamburg", start + 1)
    assert (made.quotation.case, made.quotation.participant) == ("F1", "P1")
    assert (made.coding.coder, made.coding.note) == ("cem", "n")
    assert workspace.has("coders", "cem")


def test_a_passage_over_two_speakers_has_the_participant_of_the_source(workspace: Workspace) -> None:
    made = coding.code_passage(workspace, "ana", "S1", 0, INTERVIEW.index("And after that?"), "chance")
    assert made.quotation.participant == "P1"


def test_codings_of_the_same_passage_share_its_quotation_until_one_moves(workspace: Workspace) -> None:
    one = coding.code_passage(workspace, "ana", "S1", 0, 11, "chance")
    two = coding.code_passage(workspace, "ana", "S1", 0, 11, "fair")
    assert one.quotation == two.quotation
    moved = coding.change_coding(workspace, "ana", two.coding.id, two.version, end=9)
    assert workspace.placed(one.coding.id).quotation == one.quotation
    assert (moved.quotation.id != one.quotation.id, moved.quotation.text) == (True, INTERVIEW[:9])


def test_the_same_request_again_changes_nothing(workspace: Workspace) -> None:
    id = "0" * 32
    first = coding.code_passage(workspace, "ana", "S1", 0, 11, "chance", id=id)
    seen = workspace.seen
    assert coding.code_passage(workspace, "ana", "S1", 0, 11, "chance", id=id) == first
    assert coding.code_passage(workspace, "ana", "S1", 0, 11, "chance") == first
    with pytest.raises(InputError, match="another coding with this id"):
        coding.code_passage(workspace, "ana", "S1", 0, 12, "chance", id=id)
    moved = coding.change_coding(workspace, "ana", id, first.version, end=7)
    assert coding.change_coding(workspace, "ana", id, first.version, end=7) == moved
    coding.uncode(workspace, "ana", id, moved.version)
    coding.uncode(workspace, "ana", id, moved.version)
    assert workspace.seen > seen


def test_the_second_of_two_tabs_is_told_and_nothing_is_lost(workspace: Workspace) -> None:
    seen_by_both = workspace.placed("k1").version
    coding.change_coding(workspace, "ana", "k1", seen_by_both, code="fair")
    with pytest.raises(ConflictError) as told:
        coding.change_coding(workspace, "ana", "k1", seen_by_both, code="follow")
    assert told.value.mine == {"code": "follow"}
    assert told.value.theirs is not None
    assert told.value.theirs["code"] == "fair"
    assert workspace.placed("k1").coding.code == "fair"


@pytest.mark.parametrize(
    ("source", "start", "end", "code", "error"),
    [
        ("S9", 0, 5, "chance", NotFoundError),
        ("S1", 0, 5, "chanse", NotFoundError),
        ("S1", 5, 5, "chance", InputError),
        ("S1", 5, 10**6, "chance", InputError),
        ("S1", 12, 13, "chance", InputError),  # a space
    ],
)
def test_what_is_no_passage_is_refused(workspace: Workspace, source, start, end, code, error) -> None:
    before = workspace.seen
    with pytest.raises(error):
        coding.code_passage(workspace, "ana", source, start, end, code)
    assert workspace.seen == before


def test_undo_and_redo_go_many_steps_and_survive_a_new_start(file: Path) -> None:
    with opened(file) as study:
        workspace = Workspace(study)
        before = workspace.codings_in("S1")
        for end in (11, 12, 13):
            coding.code_passage(workspace, "ana", "S1", 0, end, "chance" if end < 13 else "fair")
        after = workspace.codings_in("S1")
    with opened(file) as study:
        workspace = Workspace(study)
        for _ in range(3):
            assert workspace.undo("ana")
        with pytest.raises(InputError, match="made for tests"):
            workspace.undo("ana")  # that would take the whole study away
        assert workspace.codings_in("S1") == before
        while workspace.redo("ana"):
            pass
        assert [one.coding for one in workspace.codings_in("S1")] == [one.coding for one in after]


def test_a_quotation_that_is_marked_or_has_a_memo_stays_without_codings(workspace: Workspace) -> None:
    with workspace.writing("ana", "mark") as change:
        change.update("quotations", "q1", mark="power")
    coding.uncode(workspace, "ana", "k1", workspace.placed("k1").version)
    assert workspace.has("quotations", "q1")
    coding.uncode(workspace, "ana", "k2", workspace.placed("k2").version)
    assert not workspace.has("quotations", "q2")


def test_a_merge_moves_codings_codes_and_memos_and_keeps_the_reason(workspace: Workspace) -> None:
    codebook.merge_codes(workspace, "ana", "chance", "fair", "both are encounters")
    assert not workspace.has("codes", "chance")
    assert workspace.placed("k1").coding.code == "fair"
    memos = workspace.memos_about("codes", "fair")
    assert {one.text for one in memos} == {"Is it chance when one has a page?", "both are encounters"}
    workspace.undo("ana")
    assert workspace.placed("k1").coding.code == "chance"


def test_a_merge_keeps_one_of_two_codings_that_become_the_same(workspace: Workspace) -> None:
    coding.code_passage(
        workspace, "ana", "S1", workspace.placed("k1").quotation.start, workspace.placed("k1").quotation.end, "fair"
    )
    codebook.merge_codes(workspace, "ana", "chance", "fair", "the same")
    assert [(one.code, one.coder) for one in workspace.codings_about("q1")] == [("fair", "ana")]


def test_codes_of_one_name_may_stand_under_different_parents_only(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="already"):
        codebook.add_code(workspace, "ana", "trade FAIR", parent="start")
    made = codebook.add_code(workspace, "ana", "Trade fair", parent="follow")
    assert made.id != "fair"
    with pytest.raises(InputError, match="already"):
        codebook.change_code(workspace, "ana", made.id, 1, parent="start")


def test_a_code_cannot_come_to_stand_under_itself(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="under itself"):
        codebook.change_code(workspace, "ana", "growth", 1, parent="fair")
    with pytest.raises(InputError, match="stands under"):
        codebook.merge_codes(workspace, "ana", "growth", "fair", "why not")


def test_a_code_in_use_is_not_deleted(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="in use: 1 codings"):
        codebook.delete_code(workspace, "ana", "chance", 1)
    codebook.delete_code(workspace, "ana", "evil", 1)
    assert not workspace.has("codes", "evil")


def test_the_tree_counts_codings_cases_and_coders(workspace: Workspace) -> None:
    nodes = {one.code.id: one for one in codebook.tree(workspace)}
    assert [(nodes[id].codings, nodes[id].under, nodes[id].depth) for id in ("growth", "start", "fair")] == [
        (0, 3, 0), (1, 3, 1), (1, 1, 2),
    ]  # fmt: skip
    assert (nodes["fair"].cases, nodes["fair"].coders, nodes["growth"].children) == (1, 1, 2)


def test_codes_in_a_circle_are_all_shown(tmp_path: Path) -> None:
    snapshot = synthetic()
    codes = [one for one in snapshot.codes if one.id not in ("growth", "start")]
    from dataclasses import replace

    from crosscase.core import Code, Table

    circle = [replace(snapshot.codes["growth"], parent="start"), snapshot.codes["start"]]
    with opened(
        study_file(tmp_path / "c.crosscase", snapshot.replace(codes=Table.of(Code, [*codes, *circle])))
    ) as study:
        assert {one.code.id for one in codebook.tree(Workspace(study))} == {one.id for one in snapshot.codes}
