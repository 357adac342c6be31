"""Let a finding stand with a written reason, or take that back."""

from __future__ import annotations

from crosscase.core import Acceptance
from crosscase.core.errors import InputError, NotFoundError
from crosscase.study.codebook import today
from crosscase.study.permissions import Permission, needs
from crosscase.study.workspace import Workspace


def _refuse_unfound(workspace: Workspace, rule: str, kind: str, id: str, **_: str) -> None:
    """NotFoundError for a finding that is not among those which are shown to whoever accepts it; lists these."""
    name = f"{rule}:{kind}:{id}"
    existing = [f"{one.rule}:{one.subject.kind}:{one.subject.id}" for one in workspace.findings()]
    if name not in existing:
        raise NotFoundError("finding", name, existing)


def _refuse_unaccepted(workspace: Workspace, rule: str, kind: str, id: str, **_: str) -> None:
    if not _standing(workspace, rule, kind, id):
        raise NotFoundError("acceptance", f"{rule}:{kind}:{id}", [one.id for one in workspace.rows("acceptances")])


@needs(Permission.JUDGE, first=_refuse_unfound)
def accept_finding(workspace: Workspace, who: str, rule: str, kind: str, id: str, reason: str) -> None:
    """Accept what a rule finds about a subject.

    Raises:
        InputError: the reason is empty.
        NotFoundError: no such finding; lists those there are.
    """
    if not reason.strip():
        raise InputError("a finding is accepted with a reason", where="reason", mend="write why it may stand")
    name = f"{rule}:{kind}:{id}"
    with workspace.lock:
        old = _standing(workspace, rule, kind, id)
        with workspace.writing(who, f"accept {rule} on {kind} {id}") as change:
            for one in old:
                change.delete("acceptances", [one.id])
            change.insert("acceptances", [Acceptance(name, rule, kind, id, reason.strip(), who, today())])


@needs(Permission.JUDGE, first=_refuse_unaccepted)
def withdraw_acceptance(workspace: Workspace, who: str, rule: str, kind: str, id: str) -> None:
    """Let a finding count again; NotFoundError when it was not accepted."""
    with workspace.lock:
        old = _standing(workspace, rule, kind, id)
        with workspace.writing(who, f"no longer accept {rule} on {kind} {id}") as change:
            change.delete("acceptances", [one.id for one in old])


def _standing(workspace: Workspace, rule: str, kind: str, id: str) -> list[Acceptance]:
    wanted = (rule, kind, id)
    return [one for one in workspace.rows("acceptances") if (one.rule, one.subject_kind, one.subject) == wanted]
