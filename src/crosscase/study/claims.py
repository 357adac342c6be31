"""Work on the claims: write one, change it, record a version of it, withdraw it, judge it, split it into parts.

Each function is one change of the study with its entry in the audit trail, and can be undone.  The evidence of a claim is in
:mod:`crosscase.study.claimevidence`; what a claim's expression says as one types is in :mod:`crosscase.study.expressions`.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from crosscase.core import Claim, ClaimForm, ClaimVersion, Stance
from crosscase.core.errors import ConflictError, InputError, NotFoundError
from crosscase.core.expressions import parse
from crosscase.core.plain import to_plain
from crosscase.core.vocabulary import CLAIM_TYPES
from crosscase.evidence.appraisal import COMPONENTS, LEVELS
from crosscase.study.codebook import today
from crosscase.study.permissions import Permission, needs
from crosscase.study.workspace import Workspace

#: The parts of a scope: who, where and when in words, and a rule over variables and measures.
SCOPE = ("who", "where", "when", "rule")

#: What a version is called that a claim had before its first version was recorded.
FIRST = "as first written"

_ID = re.compile(r"[^\W_][\w.-]{0,59}")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person edits of a claim, as it stands in a form."""

    text: str = ""
    type: str = ""
    expression: str = ""
    scope: Mapping[str, str] | None = None
    built_on: Sequence[str] = ()
    rivals: Sequence[str] = ()
    forms: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class PartDraft:
    """A claim that a compound one is split into.  ``evidence`` are stances of the whole that the part gets too."""

    id: str
    text: str
    expression: str = ""
    type: str = ""
    evidence: tuple[str, ...] = ()


def draft_of(claim: Claim) -> Draft:
    """A claim as a form shows it."""
    return Draft(
        claim.text,
        claim.type,
        claim.expression,
        {name: claim.scope.get(name, "") for name in SCOPE},
        claim.built_on,
        rivals_of(claim),
        [(one.where, one.expression) for one in claim.forms],
    )


def rivals_of(claim: Claim) -> tuple[str, ...]:
    """The rival explanations of a claim: ``rival`` in claims.toml, one text or several."""
    given = claim.extra.get("rival", ())
    return tuple(str(one) for one in (given if isinstance(given, list | tuple) else [given]) if str(one).strip())


@needs(Permission.JUDGE)
def add_claim(workspace: Workspace, who: str, id: str, draft: Draft) -> Claim:
    """A new claim, asserted.

    Raises:
        InputError: the id is taken or none, the wording is empty, or a form does not fit.
        ExpressionError: an expression does not parse; shows the place.
        NotFoundError: no such type or case.
    """
    id = id.strip()
    with workspace.lock:
        workspace.catch_up()
        _refuse_id(workspace, id)
        fields = _fields(workspace, draft, Claim(id))
        if not fields["text"]:
            raise InputError("a claim has a wording", where="wording", mend="write it")
        claim = Claim(id, status="asserted", **fields)
        with workspace.writing(who, f"new claim {id}") as change:
            change.insert("claims", [claim])
        return workspace.row("claims", id)  # type: ignore[no-any-return]


@needs(Permission.JUDGE)
def change_claim(workspace: Workspace, who: str, claim: str, version: int, draft: Draft) -> Claim:
    """Put right what stands in a claim.  A change of what it claims is a version: see :func:`record_version`.

    Raises:
        ConflictError: somebody changed it since ``version``; carries both states.
        InputError, ExpressionError, NotFoundError: as :func:`add_claim`.
    """
    with workspace.lock:
        workspace.catch_up()
        was: Claim = workspace.row("claims", claim)
        new = _fields(workspace, draft, was)
        changed = {name: value for name, value in new.items() if value != getattr(was, name)}
        if changed:
            _update(workspace, who, f"change claim {claim}: {', '.join(changed)}", was, version, changed)
        return workspace.row("claims", claim)  # type: ignore[no-any-return]


@needs(Permission.JUDGE)
def record_version(
    workspace: Workspace, who: str, claim: str, version: int, label: str, *,
    text: str, expression: str, number: str = "", changed: str = "",
) -> Claim:  # fmt: skip
    """The claim as it stands in another manuscript, round of review or publication.

    With another number it is *renumbered*, else with other words or another expression *revised*, else carried over as it
    was.  A claim without versions keeps how it stood before as the version :data:`FIRST`.

    Raises:
        InputError: no label, a label that a version has already, no wording, or no word on what changed and why.
        ExpressionError: the expression does not parse.
        ConflictError: somebody changed the claim since ``version``.
    """
    label, text, expression, number, changed = (
        one.strip() for one in (label, text, expression, number, changed)
    )  # fmt: skip
    with workspace.lock:
        workspace.catch_up()
        was: Claim = workspace.row("claims", claim)
        if not text:
            raise InputError("a claim has a wording", where="wording", mend="write it")
        _refuse_unparsable(expression, "expression")
        last = was.versions[-1].number if was.versions else ""
        number = number or last
        if number != last and last:
            status = "renumbered"
        elif (text, expression) != (was.text, was.expression):
            status = "revised"
        else:
            status = "asserted"
        if status != "asserted" and not changed:
            raise InputError(
                f"a claim is {status} for a reason", where="what changed", mend="write what changed and why"
            )
        made = _version(label, number, text, status, expression, who, changed)
        fields = {"text": text, "expression": expression, "status": status, "versions": _with(was, made)}
        _update(workspace, who, f"version '{label}' of claim {claim}", was, version, fields)
        return workspace.row("claims", claim)  # type: ignore[no-any-return]


@needs(Permission.JUDGE)
def withdraw_claim(workspace: Workspace, who: str, claim: str, version: int, label: str, reason: str) -> Claim:
    """Say that a claim is not made any more; it stays with its evidence and its history.

    Raises:
        InputError: no label or no reason.
        ConflictError: somebody changed the claim since ``version``.
    """
    if not reason.strip():
        raise InputError("a claim is withdrawn for a reason", where="reason", mend="write it")
    with workspace.lock:
        workspace.catch_up()
        was: Claim = workspace.row("claims", claim)
        number = was.versions[-1].number if was.versions else ""
        made = _version(label.strip(), number, was.text, "withdrawn", was.expression, who, reason.strip())
        fields = {"status": "withdrawn", "versions": _with(was, made)}
        _update(workspace, who, f"withdraw claim {claim}", was, version, fields)
        return workspace.row("claims", claim)  # type: ignore[no-any-return]


@needs(Permission.JUDGE)
def judge_claim(
    workspace: Workspace, who: str, claim: str, version: int, level: str, reasons: Mapping[str, str]
) -> Claim:
    """A person's confidence in a claim in the manner of GRADE-CERQual (Lewin et al. 2018): a level with four reasons.

    Without a level and without reasons the judgement that was there is taken away.

    Raises:
        InputError: a level that lacks a reason, or reasons without a level.
        NotFoundError: no such level.
        ConflictError: somebody changed the claim since ``version``.
    """
    level = level.strip()
    given = {name: str(reasons.get(name, "")).strip() for name in COMPONENTS}
    lacking = [name.replace("_", " ") for name, reason in given.items() if not reason]
    if level and level not in LEVELS:
        raise NotFoundError("level of confidence", level, LEVELS)
    if level and lacking:
        raise InputError(
            f"a level needs its reasons: none is given for {', '.join(lacking)}", where="confidence", mend="write it"
        )
    if not level and len(lacking) < len(COMPONENTS):
        raise InputError(
            "there are reasons and no level", where="confidence", mend="choose one, or take the reasons away"
        )
    with workspace.lock:
        workspace.catch_up()
        was: Claim = workspace.row("claims", claim)
        extra = {name: value for name, value in was.extra.items() if name != "confidence"}
        if level:
            extra["confidence"] = {"level": level, **given, "who": who, "date": str(today())}
        _update(workspace, who, f"confidence in claim {claim}", was, version, {"extra": extra})
        return workspace.row("claims", claim)  # type: ignore[no-any-return]


@needs(Permission.JUDGE)
def split_claim(workspace: Workspace, who: str, claim: str, version: int, parts: Sequence[PartDraft]) -> list[Claim]:
    """Make the parts of a compound claim claims of their own, linked to it by ``part_of``; the whole stays.

    Each part has the scope and the cases of the whole, and a copy of the evidence that is handed on to it.

    Raises:
        InputError: fewer than two parts, an id that is taken, or a part without a wording.
        ExpressionError: an expression does not parse.
        NotFoundError: no such type or stance.
        ConflictError: somebody changed the claim since ``version``.
    """
    if len(parts) < 2:
        raise InputError("a claim is split into two parts or more", where="parts", mend="word two of them")
    with workspace.lock:
        workspace.catch_up()
        whole: Claim = workspace.row("claims", claim)
        if workspace.version("claims", claim) != version:
            raise _conflict(whole, {"parts": [one.text for one in parts]})
        made: list[Claim] = []
        stances: list[Stance] = []
        for number, part in enumerate(parts, start=1):
            _refuse_id(workspace, part.id.strip(), [one.id for one in made])
            fields = _fields(workspace, Draft(part.text, part.type, part.expression), Claim(part.id.strip()))
            if not fields["text"]:
                raise InputError("a part has a wording", where=f"part {number}", mend="write it")
            fields |= {"built_on": whole.built_on, "scope": whole.scope, "extra": {"part_of": claim}}
            made.append(Claim(part.id.strip(), status="asserted", **fields))
            for id in part.evidence:
                stances.append(replace(workspace.row("stances", id), id=uuid.uuid4().hex, claim=part.id.strip()))
        with workspace.writing(who, f"split claim {claim} into {', '.join(one.id for one in made)}") as change:
            change.insert("claims", made)
            change.insert("stances", stances)
        return [workspace.row("claims", one.id) for one in made]


def free_id(workspace: Workspace, after: str = "") -> str:
    """An id that no claim has: ``P1``, ``P2``, …, or for parts of a claim ``P5a``, ``P5b``, …"""
    return free_ids(workspace, 1, after)[0]


def free_ids(workspace: Workspace, count: int, after: str = "") -> list[str]:
    """As many ids as are asked for."""
    found: list[str] = []
    number = 0
    while len(found) < count:
        number += 1
        end = "abcdefghijklmnopqrstuvwxyz"[number - 1] if after and number <= 26 else str(number)
        id = f"{after}{end}" if after else f"P{number}"
        if not workspace.has("claims", id):
            found.append(id)
    return found


# -- inside ------------------------------------------------------------------------------------------------------------


def _fields(workspace: Workspace, draft: Draft, was: Claim) -> dict[str, Any]:
    """A draft as fields of a claim; what a form does not show is kept."""
    if draft.type and draft.type not in CLAIM_TYPES:
        raise NotFoundError("type of claim", draft.type, CLAIM_TYPES)
    cases = workspace.snapshot.cases
    for case in draft.built_on:
        cases[case]
    _refuse_unparsable(draft.expression, "expression")
    known = {one.where: one for one in was.forms}
    forms = []
    for where, expression in ((where.strip(), expression.strip()) for where, expression in draft.forms):
        if where and expression:
            _refuse_unparsable(expression, f"form in {where}")
            forms.append(replace(known.get(where, ClaimForm(where, "")), expression=expression))
        elif where or expression:
            raise InputError(
                "a form on record has a place and an expression", where="forms", mend="give both, or neither"
            )
    rivals = [one.strip() for one in draft.rivals if one.strip()]
    extra = {name: value for name, value in was.extra.items() if name != "rival"}
    if rivals:
        extra["rival"] = rivals[0] if len(rivals) == 1 else rivals
    return {
        "text": draft.text.strip(),
        "type": draft.type,
        "expression": draft.expression.strip(),
        "scope": _scope(was.scope, draft.scope or {}),
        "built_on": tuple(dict.fromkeys(draft.built_on)),
        "forms": tuple(forms),
        "extra": extra if extra != was.extra else was.extra,
    }


def _scope(was: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    scope = {**was, **{name: given[name].strip() for name in SCOPE if name in given}}
    return {name: value for name, value in scope.items() if value}


def _refuse_unparsable(expression: str, where: str) -> None:
    if expression.strip():
        try:
            parse(expression)
        except InputError as error:
            error.where = error.where or where
            raise


def _refuse_id(workspace: Workspace, id: str, besides: Iterable[str] = ()) -> None:
    if not _ID.fullmatch(id):
        raise InputError(f"'{id}' is no id of a claim", where="id", mend="write a short one, as P3 or P3a")
    if workspace.has("claims", id) or id in besides:
        raise InputError(f"there is a claim '{id}' already", where="id", mend="choose another id")


def _version(
    label: str, number: str, text: str, status: str, expression: str, who: str, changed: str
) -> ClaimVersion:  # fmt: skip
    if not label:
        raise InputError("a version has a label", where="label", mend="name the manuscript, as in 'second submission'")
    extra = {"expression": expression, "changed": changed, "who": who, "date": str(today())}
    return ClaimVersion(label, number, text, status, {name: value for name, value in extra.items() if value})


def _with(was: Claim, made: ClaimVersion) -> tuple[ClaimVersion, ...]:
    before = was.versions or (
        ClaimVersion(FIRST, "", was.text, was.status or "asserted", {"expression": was.expression} if was.expression else {}),
    )  # fmt: skip
    if any(one.label == made.label for one in before):
        raise InputError(f"there is a version '{made.label}' already", where="label", mend="choose another label")
    return (*before, made)


def _update(
    workspace: Workspace, who: str, what: str, was: Claim, version: int, changed: Mapping[str, Any]
) -> None:  # fmt: skip
    if workspace.version("claims", was.id) != version:
        raise _conflict(was, changed)
    with workspace.writing(who, what) as change:
        change.update("claims", was.id, version, **changed)


def _conflict(was: Claim, mine: Mapping[str, Any]) -> ConflictError:
    return ConflictError(
        "somebody else, or another tab, has changed this claim in the meantime",
        where=f"claim {was.id}",
        mend="nothing was changed; look at both, then keep yours or leave it",
        mine=to_plain(mine),
        theirs=to_plain(was),
    )
