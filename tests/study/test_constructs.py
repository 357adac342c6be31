"""Constructs are drawn, previewed, calibrated and judged through the store."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosscase.core import Case, Claim, Code, Coding, Construct, Quotation, Snapshot, Study, Variable
from crosscase.core.errors import ConflictError, InputError, NotFoundError
from crosscase.study import Study as OpenStudy
from crosscase.study import codebook, constructs
from crosscase.study.constructs import Draft
from crosscase.study.workspace import Workspace
from web.study import opened, study_file

ANCHORS = {"exclusion": ("1", "low"), "crossover": ("5", "middle"), "inclusion": ("9", "high")}


def small() -> Snapshot:
    return Snapshot.of(
        Study(variables=(Variable("age", "number"),)),
        cases=[Case("F1", {"age": "9"}), Case("F2", {"age": "1"}), Case("F3", {})],
        codes=[Code("peers", "Peers"), Code("alone", "Alone")],
        quotations=[Quotation("q1", case="F1", locator="p. 1"), Quotation("q2", case="F2", locator="p. 2")],
        codings=[Coding("k1", "q1", "peers"), Coding("k2", "q2", "alone")],
        constructs=[
            Construct("peers", "Peers", "codings", ("peers",), absent_when="coded alone", extra={"note": "kept"}),
            Construct("old", "", "variable", ("age",), calibrate={"threshold": 4, "reason": "seen", "range": [0, 10]}),
        ],
        claims=[Claim("P1", "Peers", expression="peers")],
    )


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return study_file(tmp_path_factory.mktemp("made") / "s.crosscase", small())


@pytest.fixture
def workspace(made_once: Path, tmp_path: Path) -> Iterator[Workspace]:
    with opened(Path(shutil.copy(made_once, tmp_path / "s.crosscase"))) as study:
        yield Workspace(study)


def states(workspace: Workspace, id: str) -> list[str]:
    return [cell.state for cell in workspace.frozen().ledger.constructs.column(id)]


def test_a_construct_is_drawn_previewed_and_undone(workspace: Workspace) -> None:
    draft = Draft("Knows peers", "codings", ["peers", "peers", " "], "present", "coded alone")
    seen = constructs.preview(workspace.frozen().ledger, constructs.drafted(Construct("knows"), draft))
    assert seen.counts == {"present": 1, "absent": 1, "no data": 1}
    assert seen.cells[0].evidence == ("codings:k1",)
    made = constructs.add_construct(workspace, "ana", "knows", draft)
    assert made.of == ("peers",)
    assert states(workspace, "knows") == ["present", "absent", "no data"]
    workspace.undo("ana")
    assert not workspace.has("constructs", "knows")


@pytest.mark.parametrize("id", ["", "two words", "peers", "a*b", "a[1]", "1"])
def test_an_id_must_be_able_to_stand_in_an_expression(workspace: Workspace, id: str) -> None:
    with pytest.raises(InputError):
        constructs.add_construct(workspace, "ana", id, Draft("", "codings", ["peers"]))


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (Draft("", "codings", ["pears"]), "did you mean 'peers'"),
        (Draft("", "coding", ["peers"]), "did you mean 'codings'"),
        (Draft("", "codings", []), "drawn from nothing"),
        (Draft("", "variable", ["new"]), "no variable 'new'"),  # drawn from itself
        (
            Draft("", "measure", ["peers"]),
            "no measure 'peers'",
        ),  # drawn from another construct, which could go in a circle
        (Draft("", "codings", ["peers"], "often"), "the rule 'often' is not known"),
        (Draft("", "codings", ["peers"], "", "silence"), "does not say what is evidence of absence"),
        (Draft("", "variable", ["age"], anchors={"threshold": ("x", "why")}), "'x' is not a number"),
        (Draft("", "variable", ["age"], anchors={"threshold": ("5", " ")}), "an anchor has a reason"),
        (Draft("", "variable", ["age"], anchors={"threshold": ("", "why")}), "a reason and no value"),
        (Draft("", "variable", ["age"], anchors={"crossover": ("5", "why")}), "lacks: exclusion, inclusion"),
        (Draft("", "variable", ["age"], anchors={**ANCHORS, "threshold": ("5", "why")}), "a threshold, and there are"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(workspace: Workspace, draft: Draft, words: str) -> None:
    with pytest.raises(InputError, match=words.replace("(", "\\(")):
        constructs.add_construct(workspace, "ana", "new", draft)
    assert not workspace.has("constructs", "new")


def test_three_anchors_with_their_reasons_make_memberships(workspace: Workspace) -> None:
    draft = Draft("Old", "variable", ["age"], anchors=ANCHORS)
    made = constructs.add_construct(workspace, "ana", "fuzzy", draft)
    assert made.calibrate == {
        "exclusion": 1.0, "crossover": 5.0, "inclusion": 9.0,
        "reasons": {"exclusion": "low", "crossover": "middle", "inclusion": "high"},
    }  # fmt: skip
    found = constructs.preview(workspace.frozen().ledger, made)
    assert found.calibration is not None
    # the direct method with idm 0.95: the anchors themselves have 0.95 and 0.05 (Ragin 2008, ch. 5)
    assert [round(float(one), 2) for one in found.calibration.memberships[:2]] == [0.95, 0.05]
    assert [one.reason for one in found.calibration.anchors] == ["low", "middle", "high"]
    assert constructs.draft_of(made).anchors == ANCHORS
    falling = {**ANCHORS, "exclusion": ("7", "low")}
    problem = constructs.preview(
        workspace.frozen().ledger, constructs.drafted(made, Draft("", "variable", ["age"], anchors=falling))
    )
    assert "out of order" in str(problem.problem)


def test_what_the_form_does_not_show_is_kept(workspace: Workspace, tmp_path: Path) -> None:
    was = workspace.row("constructs", "old")
    draft = constructs.draft_of(was)
    same = constructs.change_construct(workspace, "ana", "old", 1, draft)
    assert same == was  # the threshold stays the whole number that it was
    anchors = {"threshold": ("5", "seen")}
    made = constructs.change_construct(workspace, "ana", "old", 1, Draft("Old", "variable", ["age"], anchors=anchors))
    assert made.calibrate == {"range": [0, 10], "threshold": 5.0, "reason": "seen"}
    assert workspace.row("constructs", "peers").extra == {"note": "kept"}
    workspace.frozen().export("folder", tmp_path / "out")
    with OpenStudy.open(tmp_path / "out") as again:
        assert again.snapshot.constructs["old"] == made


def test_a_construct_in_use_is_not_deleted(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="claim P1"):
        constructs.delete_construct(workspace, "ana", "peers", 1)
    constructs.delete_construct(workspace, "ana", "old", 1)
    assert not workspace.has("constructs", "old")


def test_a_cell_is_judged_and_contradicting_judgements_are_agreed_on(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="for a reason"):
        constructs.rate_cell(workspace, "ana", "peers", 1, "F3", "present", " ")
    with pytest.raises(InputError, match="no judgement of a cell"):
        constructs.rate_cell(workspace, "ana", "peers", 1, "F3", "perhaps", "x")
    with pytest.raises(NotFoundError):
        constructs.rate_cell(workspace, "ana", "peers", 1, "F9", "present", "x")
    constructs.rate_cell(workspace, "ana", "peers", 1, "F3", "present", "They told us.")
    assert states(workspace, "peers") == ["present", "absent", "present"]
    with pytest.raises(ConflictError) as caught:
        constructs.rate_cell(workspace, "ben", "peers", 2, "F3", "absent", "They denied it.")
    assert (caught.value.mine["value"], caught.value.theirs["value"]) == ("absent", "present")
    made = constructs.rate_cell(workspace, "ben", "peers", 2, "F3", "absent", "They denied it.", agreed=True)
    assert [(one["who"], one["value"]) for one in constructs.ratings_of(made)] == [("ben", "absent")]
    (memo,) = workspace.memos_about("constructs", "peers")
    assert "ana: present. They told us." in memo.text
    assert made.extra["note"] == "kept"
    constructs.rate_cell(workspace, "ben", "peers", 3, "F1", "0.7", "Half of it.")
    assert workspace.frozen().ledger.constructs.cell("F1", "peers").value == 0.7
    constructs.take_back_rating(workspace, "ben", "peers", 4, "F1", "ben")
    constructs.take_back_rating(workspace, "ben", "peers", 5, "F3", "ben")
    assert workspace.row("constructs", "peers").extra == {"note": "kept"}
    with pytest.raises(NotFoundError):
        constructs.take_back_rating(workspace, "ben", "peers", 6, "F3", "ben")


def test_a_study_with_contradicting_judgements_can_be_put_right(tmp_path: Path) -> None:
    ratings = [{"case": "F1", "value": "present", "who": "ana", "reason": "a"}, {"case": "F1", "value": "absent", "who": "ben", "reason": "b"}]  # fmt: skip
    made = small().replace(constructs=small().constructs)
    one = Construct("peers", "", "codings", ("peers",), extra={"rating": ratings})
    made = Snapshot.of(cases=made.cases, codes=made.codes, constructs=[one])
    with opened(study_file(tmp_path / "s.crosscase", made)) as study:
        workspace = Workspace(study)
        found = constructs.preview(workspace.frozen().ledger, one)
        assert "is rated 'present' by ana and 'absent' by ben" in str(found.problem)
        constructs.change_construct(workspace, "ana", "peers", 1, Draft("Named", "codings", ["peers"]))
        constructs.take_back_rating(workspace, "ana", "peers", 2, "F1", "ben")
        assert states(workspace, "peers")[0] == "present"


def test_somebody_elses_change_is_not_overwritten(workspace: Workspace) -> None:
    draft = constructs.draft_of(workspace.row("constructs", "peers"))
    constructs.change_construct(
        workspace, "ben", "peers", 1, Draft("Theirs", *[getattr(draft, name) for name in Draft.__slots__[1:]])
    )
    with pytest.raises(ConflictError) as caught:
        constructs.change_construct(workspace, "ana", "peers", 1, Draft("Mine", "codings", ["peers"]))
    assert caught.value.theirs["name"] == "Theirs"
    with pytest.raises(ConflictError):
        constructs.rate_cell(workspace, "ana", "peers", 1, "F1", "absent", "x")


def test_merging_codes_goes_on_into_constructs_that_were_just_drawn(workspace: Workspace) -> None:
    constructs.add_construct(workspace, "ana", "knows", Draft("", "codings", ["peers"]))
    codebook.merge_codes(workspace, "ana", "peers", "alone", "one thing")
    assert workspace.row("constructs", "knows").of == ("alone",)
    with pytest.raises(InputError, match="knows"):
        codebook.delete_code(workspace, "ana", "alone", 1)


@pytest.mark.parametrize("cases", [0, 1])
def test_a_study_with_no_case_or_one(tmp_path: Path, cases: int) -> None:
    made = small()
    made = Snapshot.of(cases=list(made.cases)[:cases], codes=made.codes, claims=made.claims)
    with opened(study_file(tmp_path / "s.crosscase", made)) as study:
        workspace = Workspace(study)
        constructs.add_construct(workspace, "ana", "peers", Draft("", "codings", ["peers"]))
        assert states(workspace, "peers") == ["no data"] * cases
        assert len(workspace.frozen().ledger.verdict("P1").rows) == cases


def test_anchors_that_are_no_numbers_are_a_problem_of_the_preview(workspace: Workspace) -> None:
    calibrate = {"exclusion": [1], "crossover": "middle", "inclusion": 9}
    one = Construct("x", "", "variable", ("age",), "age > 3", calibrate=calibrate)
    assert "is not a number" in str(constructs.preview(workspace.frozen().ledger, one).problem)
