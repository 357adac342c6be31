"""What speaks for and against a claim: link a coded passage, or a place that has no text, with its stance and a note.

Each function is one change of the study with its entry in the audit trail, and can be undone.
"""

from __future__ import annotations

import uuid

from crosscase.core import Stance
from crosscase.core.errors import ConflictError, InputError, NotFoundError
from crosscase.core.plain import to_plain
from crosscase.core.vocabulary import STANCES
from crosscase.study.permissions import Permission, needs
from crosscase.study.workspace import Workspace


@needs(Permission.JUDGE, first=lambda workspace, coding, **_: workspace.refuse_hidden("codings", coding))
def add_evidence(
    workspace: Workspace, who: str, claim: str, stance: str, *,
    coding: str = "", case: str = "", locator: str = "", note: str = "",
) -> Stance:  # fmt: skip
    """Link evidence to a claim: a coding, or a locator (page, table, minute) with its case.

    Raises:
        InputError: neither or both are given, the coding is evidence of the claim already, or its words were taken back.
        NotFoundError: no such claim, stance, coding or case.
    """
    _refuse_stance(stance)
    locator = locator.strip()
    with workspace.lock:
        workspace.catch_up()
        workspace.row("claims", claim)
        if bool(coding) == bool(locator):
            raise InputError("evidence is a coded passage or a place", mend="give one of the two", where="evidence")
        if coding:
            case = _case_of(workspace, claim, coding)
        else:
            workspace.snapshot.cases[case]
        one = Stance(uuid.uuid4().hex, claim, case, coding, locator, stance, note.strip())
        with workspace.writing(who, f"evidence that {stance} claim {claim}") as change:
            change.insert("stances", [one])
        return workspace.row("stances", one.id)  # type: ignore[no-any-return]


@needs(Permission.JUDGE, first=lambda workspace, evidence, **_: workspace.refuse_hidden("stances", evidence))
def change_evidence(
    workspace: Workspace, who: str, evidence: str, version: int, *, stance: str, note: str
) -> Stance:  # fmt: skip
    """Another stance or note.

    Raises:
        ConflictError: somebody changed it since ``version``; carries both states.
        NotFoundError: no such evidence or stance.
    """
    _refuse_stance(stance)
    with workspace.lock:
        workspace.catch_up()
        was: Stance = workspace.row("stances", evidence)
        changed = {"stance": stance, "note": note.strip()}
        if (was.stance, was.note) != (stance, note.strip()):
            _refuse_stale(workspace, was, version, changed)
            with workspace.writing(who, f"change evidence of claim {was.claim}") as change:
                change.update("stances", evidence, version, **changed)
        return workspace.row("stances", evidence)  # type: ignore[no-any-return]


@needs(Permission.JUDGE, first=lambda workspace, evidence, **_: workspace.refuse_hidden("stances", evidence))
def remove_evidence(workspace: Workspace, who: str, evidence: str, version: int) -> None:
    """Take evidence from its claim; the coding stays.

    Raises:
        ConflictError: somebody changed it since ``version``.
        NotFoundError: no such evidence.
    """
    with workspace.lock:
        workspace.catch_up()
        was: Stance = workspace.row("stances", evidence)
        _refuse_stale(workspace, was, version, {"remove": "yes"})
        with workspace.writing(who, f"remove evidence of claim {was.claim}") as change:
            change.delete("stances", [evidence])


def evidence_of(workspace: Workspace, coding: str) -> list[Stance]:
    """What a coding is evidence for."""
    return [one for one in workspace.rows("stances") if one.coding == coding]


# -- inside ------------------------------------------------------------------------------------------------------------


def _case_of(workspace: Workspace, claim: str, coding: str) -> str:
    quotation = workspace.placed(coding).quotation
    if quotation.id in workspace.frozen().ledger.withdrawn:
        raise InputError(
            "the words of this passage were taken back", where=f"coding {coding}", mend="they are evidence for nothing"
        )
    if any(one.claim == claim for one in evidence_of(workspace, coding)):
        raise InputError(
            f"the passage is evidence of claim {claim} already",
            where=f"coding {coding}",
            mend="change its stance there",
        )
    return workspace.case_of(quotation.id)


def _refuse_stance(stance: str) -> None:
    if stance not in STANCES:
        raise NotFoundError("stance", stance, STANCES)


def _refuse_stale(workspace: Workspace, was: Stance, version: int, mine: dict[str, str]) -> None:
    if workspace.version("stances", was.id) != version:
        raise ConflictError(
            "somebody else, or another tab, has changed this evidence in the meantime",
            where=f"claim {was.claim}",
            mend="nothing was changed; look at both, then do it again or leave it",
            mine=mine,
            theirs={"stance": was.stance, "note": was.note, **to_plain(was)},
        )
