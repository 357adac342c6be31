"""Claims are written, changed, versioned, judged, split and supported through the store; each change can be undone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crosscase.core import Case, Claim, Code, Coding, Construct, Participant, Quotation, Snapshot, Source, Stance
from crosscase.core.errors import ConflictError, ExpressionError, InputError, NotFoundError
from crosscase.evidence.appraisal import COMPONENTS
from crosscase.evidence.parts import whole_of
from crosscase.study import Study, claims
from crosscase.study.claimevidence import add_evidence, change_evidence, remove_evidence
from crosscase.study.claimhistory import history
from crosscase.study.claims import Draft, PartDraft
from crosscase.study.expressions import read_expression
from crosscase.study.workspace import Workspace
from web.study import opened, study_file

REASONS = dict.fromkeys(COMPONENTS, "because")


def small() -> Snapshot:
    """Three firms; a code each for peers and growth; the words of one person were taken back."""
    said = [("F1", "peers"), ("F1", "growth"), ("F2", "peers"), ("F3", "peers")]
    return Snapshot.of(
        cases=[Case("F1"), Case("F2"), Case("F3")],
        participants=[Participant("P3", "F3", consent="withdrawn")],
        sources=[Source(f"s-{case}", case=case, participant="P3" if case == "F3" else "") for case in ("F1", "F2", "F3")],
        codes=[Code("peers", "Peers"), Code("growth", "Growth")],
        quotations=[Quotation(f"q{n}", f"s-{case}", locator=f"p. {n}") for n, (case, _) in enumerate(said)],
        codings=[Coding(f"k{n}", f"q{n}", code, "ana") for n, (_, code) in enumerate(said)],
        constructs=[Construct("peers", "", "codings", ("peers",)), Construct("growth", "", "codings", ("growth",))],
        claims=[
            Claim("P1", "Peers and growth go together", "association", "peers -> growth", ("F1",), {"who": "firms", "note": "kept"},
                  "asserted", extra={"sample": ["s1"]})
        ],
        stances=[Stance("e1", "P1", "F1", "k0", stance="supports")],
    )  # fmt: skip


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return study_file(tmp_path_factory.mktemp("made") / "s.crosscase", small())


@pytest.fixture
def workspace(made_once: Path, tmp_path: Path) -> Iterator[Workspace]:
    with opened(Path(shutil.copy(made_once, tmp_path / "s.crosscase"))) as study:
        yield Workspace(study)


def draft(workspace: Workspace, id: str = "P1", **changes: object) -> Draft:
    was = claims.draft_of(workspace.row("claims", id))
    return Draft(**{name: changes.get(name, getattr(was, name)) for name in Draft.__slots__})


def version(workspace: Workspace, id: str = "P1") -> int:
    return workspace.version("claims", id)


def test_a_new_claim_is_kept_as_it_was_written(workspace: Workspace) -> None:
    given = Draft(
        "  Growth needs peers ", "set relation", "peers <= growth", {"who": "young firms", "rule": "age < 6"}, ["F2", "F2"],
        ["Luck", " ", "Money"], [("abstract", "peers + growth"), ("", "")],
    )  # fmt: skip
    made = claims.add_claim(workspace, "ana", "P2", given)
    assert made == Claim(
        "P2", "Growth needs peers", "set relation", "peers <= growth", ("F2",), {"who": "young firms", "rule": "age < 6"},
        "asserted", (), made.forms, {"rival": ["Luck", "Money"]},
    )  # fmt: skip
    assert [(one.where, one.expression) for one in made.forms] == [("abstract", "peers + growth")]
    with Study.open(workspace.study.place.name) as again:
        assert again.snapshot.claims["P2"] == made
    assert workspace.undo("ana") == "new claim P2"
    assert not workspace.has("claims", "P2")


def test_what_the_form_does_not_show_is_kept(workspace: Workspace) -> None:
    made = claims.change_claim(workspace, "ana", "P1", 1, draft(workspace, text="Together", rivals=["Luck"]))
    assert made.text == "Together"
    assert made.scope == {"who": "firms", "note": "kept"}
    assert made.extra == {"sample": ["s1"], "rival": "Luck"}
    emptied = claims.change_claim(
        workspace, "ana", "P1", 2, draft(workspace, rivals=[], built_on=[], scope={"who": ""})
    )
    assert (emptied.built_on, emptied.scope, emptied.extra) == ((), {"note": "kept"}, {"sample": ["s1"]})
    assert workspace.snapshot.claims["P1"] == emptied
    with Study.open(workspace.study.place.name) as again:
        assert again.snapshot.claims["P1"] == emptied
    workspace.undo("ana")
    assert workspace.row("claims", "P1") == made


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"expression": "peers * => growth"}, ExpressionError, "'=>' cannot stand here"),
        ({"forms": [("abstract", "peers -> ")]}, ExpressionError, "ends too early"),
        ({"forms": [("abstract", "")]}, InputError, "a place and an expression"),
        ({"type": "assocation"}, NotFoundError, "did you mean 'association'"),
        ({"built_on": ["F9"]}, NotFoundError, "no case 'F9'"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_place(
    workspace: Workspace, changes: dict, kind: type[InputError], words: str
) -> None:
    before = workspace.row("claims", "P1")
    with pytest.raises(kind) as caught:
        claims.change_claim(workspace, "ana", "P1", 1, draft(workspace, **changes))
    assert words in str(caught.value)
    assert workspace.row("claims", "P1") == before
    assert version(workspace) == 1


@pytest.mark.parametrize("id", ["P1", "", "a b", "<i>", "x" * 61])
def test_an_id_that_is_taken_or_none_is_refused(workspace: Workspace, id: str) -> None:
    with pytest.raises(InputError):
        claims.add_claim(workspace, "ana", id, Draft("Words"))


def test_an_unknown_construct_may_be_written_first_and_is_named_with_the_nearest(workspace: Workspace) -> None:
    claims.change_claim(workspace, "ana", "P1", 1, draft(workspace, expression="pears -> growth"))
    ledger = workspace.frozen().ledger
    assert "did you mean 'peers'" in ledger.verdict("P1").problem
    assert read_expression(ledger, "pears -> growth").unknown == {"pears": ("peers", "growth")}


def test_an_expression_is_read_while_it_is_typed(workspace: Workspace) -> None:
    ledger = workspace.frozen().ledger
    broken = read_expression(ledger, "peers * (growth")
    assert (broken.problem, broken.position) == ("this parenthesis is not closed", 8)
    assert broken.caret == "  peers * (growth\n          ^"
    good = read_expression(ledger, "peers -> growth")  # F1 has both; of F2 growth is no data, of F3 nothing counts
    assert good.groups == {"contradicting": (), "literal": ("F1",), "theoretical": (), "silent": ("F2", "F3")}
    assert read_expression(ledger, "both := peers * growth").unknown == {}
    assert read_expression(ledger, " ") == read_expression(ledger, "")


def test_versions_say_what_changed(workspace: Workspace) -> None:
    claims.record_version(
        workspace, "ana", "P1", 1, "revision", text="Peers and growth often go together", expression="peers -> growth",
        number="P1", changed="weaker",
    )  # fmt: skip
    made = claims.record_version(
        workspace, "ben", "P1", 2, "published", text="Peers and growth often go together", expression="peers <= growth",
        number="P2", changed="reordered",
    )  # fmt: skip
    assert [(one.label, one.number, one.status) for one in made.versions] == [
        (claims.FIRST, "", "asserted"), ("revision", "P1", "revised"), ("published", "P2", "renumbered"),
    ]  # fmt: skip
    assert made.status == "renumbered"
    steps = history(made)
    assert ("new", " often") in steps[1].words
    assert (steps[2].was_expression, steps[2].expression) == ("peers -> growth", "peers <= growth")
    for fields in ({"label": "published", "changed": "x"}, {"label": "third"}, {"label": "", "changed": "x"}):
        with pytest.raises(InputError):
            claims.record_version(
                workspace,
                "ana",
                "P1",
                3,
                fields["label"],
                text="Other",
                expression="",
                changed=fields.get("changed", ""),
            )
    carried = claims.record_version(workspace, "ana", "P1", 3, "third", text=made.text, expression=made.expression)
    assert (carried.versions[-1].status, carried.versions[-1].number) == ("asserted", "P2")
    gone = claims.withdraw_claim(workspace, "ana", "P1", 4, "fourth", "No case bears it")
    assert (gone.status, gone.versions[-1].extra["changed"]) == ("withdrawn", "No case bears it")
    for _ in range(2):
        workspace.undo("ana")
    with pytest.raises(ConflictError):
        workspace.undo("ana")  # ben has recorded a version since
    assert [one.label for one in workspace.row("claims", "P1").versions] == [claims.FIRST, "revision", "published"]


def test_versions_go_into_a_folder_and_come_back(workspace: Workspace, tmp_path: Path) -> None:
    claims.record_version(
        workspace, "ana", "P1", 1, "revision", text='Peers\nand "growth"', expression="peers -> growth", changed="é"
    )
    claims.judge_claim(workspace, "ana", "P1", 2, "low", REASONS)
    workspace.frozen().export("folder", tmp_path / "out")
    with Study.open(tmp_path / "out") as again:
        assert again.snapshot.claims["P1"] == workspace.row("claims", "P1")


def test_a_level_of_confidence_needs_its_reasons(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="none is given for coherence"):
        claims.judge_claim(workspace, "ana", "P1", 1, "high", {**REASONS, "coherence": " "})
    with pytest.raises(InputError, match="no level"):
        claims.judge_claim(workspace, "ana", "P1", 1, "", REASONS)
    with pytest.raises(NotFoundError):
        claims.judge_claim(workspace, "ana", "P1", 1, "certain", REASONS)
    claims.judge_claim(workspace, "ana", "P1", 1, "low", REASONS)
    judged = workspace.frozen().ledger.verdict("P1").confidence
    assert judged is not None
    assert (judged.level, judged.who, judged.problem) == ("low", "ana", "")
    claims.judge_claim(workspace, "ana", "P1", 2, "", {})
    assert "confidence" not in workspace.row("claims", "P1").extra


def test_parts_are_linked_and_get_the_evidence_handed_on(workspace: Workspace) -> None:
    parts = [PartDraft("P1a", "Peers", "peers", "association", ("e1",)), PartDraft("P1b", "Growth", "growth")]
    made = claims.split_claim(workspace, "ana", "P1", 1, parts)
    assert [(one.id, whole_of(one), one.built_on, one.scope["who"]) for one in made] == [
        ("P1a", "P1", ("F1",), "firms"), ("P1b", "P1", ("F1",), "firms"),
    ]  # fmt: skip
    handed = [one for one in workspace.rows("stances") if one.claim == "P1a"]
    assert [(one.coding, one.stance) for one in handed] == [("k0", "supports")]
    assert workspace.row("stances", "e1").claim == "P1"
    workspace.undo("ana")
    assert [one.id for one in workspace.rows("claims")] == ["P1"]
    assert [one.id for one in workspace.rows("stances")] == ["e1"]
    for bad in (parts[:1], [parts[0], parts[0]], [parts[0], PartDraft("P1", "Taken")], [parts[0], PartDraft("x", " ")]):
        with pytest.raises(InputError):
            claims.split_claim(workspace, "ana", "P1", 1, bad)
    assert [one.id for one in workspace.rows("claims")] == ["P1"]


def test_free_ids(workspace: Workspace) -> None:
    assert claims.free_id(workspace) == "P2"
    claims.add_claim(workspace, "ana", "P1a", Draft("A"))
    assert claims.free_ids(workspace, 2, after="P1") == ["P1b", "P1c"]


def test_evidence_is_linked_changed_and_removed(workspace: Workspace) -> None:
    made = add_evidence(workspace, "ana", "P1", "contradicts", coding="k2", note=" why ")
    assert (made.case, made.coding, made.note) == ("F2", "k2", "why")
    verdict = workspace.frozen().ledger.verdict("P1")
    assert [one.stance for row in verdict.rows if row.case == "F2" for one in row.said] == ["contradicts"]
    changed = change_evidence(workspace, "ana", made.id, 1, stance="qualifies", note="")
    assert (changed.stance, changed.note) == ("qualifies", "")
    with pytest.raises(ConflictError) as caught:
        remove_evidence(workspace, "ben", made.id, 1)
    assert caught.value.theirs["stance"] == "qualifies"
    remove_evidence(workspace, "ana", made.id, 2)
    assert workspace.has("codings", "k2")
    workspace.undo("ana")
    assert workspace.row("stances", made.id).stance == "qualifies"
    place = add_evidence(workspace, "ana", "P1", "supports", case="F3", locator="Table 3")
    assert (place.case, place.locator, place.coding) == ("F3", "Table 3", "")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"coding": "k0"}, "evidence of claim P1 already"),
        ({"coding": "k3"}, "were taken back"),
        ({"coding": "k1", "locator": "p. 1"}, "a coded passage or a place"),
        ({"case": "F1"}, "a coded passage or a place"),
        ({"case": "F9", "locator": "p. 1"}, "no case 'F9'"),
        ({"coding": "k9"}, "no coding 'k9'"),
    ],
)
def test_evidence_that_is_none_is_refused(workspace: Workspace, given: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        add_evidence(workspace, "ana", "P1", "supports", **given)
    assert len(workspace.rows("stances")) == 1


def _change(workspace: Workspace) -> None:
    claims.change_claim(workspace, "ana", "P1", 1, draft(workspace, text="Mine"))


def _record(workspace: Workspace) -> None:
    claims.record_version(workspace, "ana", "P1", 1, "next", text="Mine", expression="", changed="x")


def _withdraw(workspace: Workspace) -> None:
    claims.withdraw_claim(workspace, "ana", "P1", 1, "next", "x")


def _judge(workspace: Workspace) -> None:
    claims.judge_claim(workspace, "ana", "P1", 1, "low", REASONS)


def _split(workspace: Workspace) -> None:
    claims.split_claim(workspace, "ana", "P1", 1, [PartDraft("a", "A"), PartDraft("b", "B")])


@pytest.mark.parametrize("act", [_change, _record, _withdraw, _judge, _split])
def test_what_somebody_else_wrote_is_never_overwritten(workspace: Workspace, act: Callable[[Workspace], None]) -> None:
    with workspace.store.write(workspace.id, who="ben", what="elsewhere") as change:
        change.update("claims", "P1", text="Theirs")
    with pytest.raises(ConflictError) as caught:
        act(workspace)
    assert caught.value.theirs["text"] == "Theirs"
    assert caught.value.mine
    assert workspace.row("claims", "P1").text == "Theirs"
    assert [one.id for one in workspace.rows("claims")] == ["P1"]
