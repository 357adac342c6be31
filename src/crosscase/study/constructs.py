"""Work on the constructs: draw one, change it, see its cells as it would give them, judge a cell, delete it.

Each change has its entry in the audit trail and can be undone.  How a construct becomes cells is in
:mod:`crosscase.evidence.constructs`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from crosscase.core import Construct, Memo
from crosscase.core.errors import ConflictError, CrosscaseError, InputError, NotFoundError
from crosscase.core.expressions import Name, parse, parse_term
from crosscase.core.plain import to_plain
from crosscase.core.vocabulary import CONSTRUCT_ORIGINS
from crosscase.evidence import Ledger
from crosscase.evidence.constructs import Cell, State, construct_cells
from crosscase.study.memos import new_memo
from crosscase.study.permissions import Permission, needs
from crosscase.study.workspace import Workspace

if TYPE_CHECKING:
    from crosscase.engines.qca import Calibration

#: The anchors that a person sets: one threshold, or the three of the direct method (Ragin 2008).
THRESHOLD = ("threshold",)
ANCHORS = ("exclusion", "crossover", "inclusion")
#: Keys of a calibration that the form edits; the others are kept as they are.
_EDITED = (*THRESHOLD, *ANCHORS, "reason", "reasons")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person edits of a construct.  ``anchors`` maps an anchor to its value and reason, as they stand in the form."""

    name: str = ""
    drawn_from: str = ""
    of: Sequence[str] = ()
    rule: str = ""
    absent_when: str = ""
    anchors: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preview:
    """The cells that a construct gives, or why it gives none.  ``calibration`` is what its anchors do, when it has some."""

    cells: tuple[Cell, ...] = ()
    problem: CrosscaseError | None = None
    calibration: Calibration | None = None

    @property
    def counts(self) -> dict[State, int]:
        states = [one.state for one in self.cells]
        return {state: states.count(state) for state in ("present", "absent", "no data")}


def draft_of(construct: Construct) -> Draft:
    """A construct as a form shows it."""
    given = construct.calibrate
    reasons = given.get("reasons", given.get("reason", ""))
    anchors = {}
    for place, name in enumerate((*THRESHOLD, *ANCHORS)):
        if name in given:
            if isinstance(reasons, Mapping):
                reason = str(reasons.get(name, ""))
            elif isinstance(reasons, str):
                reason = reasons
            else:
                reason = str(reasons[place - 1]) if 0 < place <= len(reasons) else ""
            anchors[name] = (f"{given[name]:g}" if isinstance(given[name], float) else str(given[name]), reason)
    return Draft(
        construct.name, construct.drawn_from, construct.of, construct.rule, construct.absent_when, anchors
    )  # fmt: skip


def drafted(construct: Construct, draft: Draft) -> Construct:
    """The construct that a draft makes of another one; what a form does not show is kept.

    Raises:
        InputError: an anchor is no number or has no reason, one of the three lacks, or both kinds are given.
        NotFoundError: no such origin.
    """
    if draft.drawn_from not in CONSTRUCT_ORIGINS:
        raise NotFoundError("origin of constructs", draft.drawn_from, CONSTRUCT_ORIGINS, where="drawn from")
    given = {name: (value.strip(), reason.strip()) for name, (value, reason) in draft.anchors.items()}
    given = {name: one for name, one in given.items() if any(one)}
    calibrate = dict(construct.calibrate)
    if given != draft_of(construct).anchors:
        kept = {name: value for name, value in calibrate.items() if name not in _EDITED}
        calibrate = {**kept, **_anchors(given)}
    return replace(
        construct, name=draft.name.strip(), drawn_from=draft.drawn_from,
        of=tuple(dict.fromkeys(one.strip() for one in draft.of if one.strip())),
        rule=draft.rule.strip(), absent_when=draft.absent_when.strip(), calibrate=calibrate,
    )  # fmt: skip


def preview(ledger: Ledger, construct: Construct) -> Preview:
    """What a construct would give in every case; nothing is raised for what somebody has not finished typing."""
    try:
        cells = tuple(construct_cells(ledger, construct))
        return Preview(cells, None, calibration_of(construct, cells))
    except CrosscaseError as error:
        return Preview(problem=error)


def calibration_of(construct: Construct, cells: Sequence[Cell]) -> Calibration | None:
    """What the three anchors of a construct do to the raw values of its cells; ``None`` when it has no three, or no values.

    Raises:
        InputError: the anchors are out of order.
    """
    if not all(name in construct.calibrate for name in ANCHORS):
        return None
    raw = [float(one.value) if isinstance(one.value, float) and one.rating is None else math.nan for one in cells]
    if all(math.isnan(one) for one in raw):
        return None
    from crosscase.engines.qca import Anchor, calibrate

    given = draft_of(construct).anchors
    anchors = [Anchor(_number(given[name][0], name), "", given[name][1]) for name in ANCHORS]
    return calibrate(construct.name or construct.id, [one.case for one in cells], raw, "direct", anchors)


@needs(Permission.JUDGE)
def add_construct(workspace: Workspace, who: str, id: str, draft: Draft) -> Construct:
    """A new construct.

    Raises:
        InputError, NotFoundError: the id is taken or no name in an expression, or it cannot be evaluated; says why.
    """
    id = id.strip()
    with workspace.lock:
        workspace.catch_up()
        _refuse_id(workspace, id)
        construct = drafted(Construct(id), draft)
        construct_cells(workspace.frozen().ledger, construct)
        with workspace.writing(who, f"new construct {id}") as change:
            change.insert("constructs", [construct])
        return workspace.row("constructs", id)  # type: ignore[no-any-return]


@needs(Permission.JUDGE)
def change_construct(workspace: Workspace, who: str, construct: str, version: int, draft: Draft) -> Construct:
    """Draw it otherwise.

    Raises:
        ConflictError: somebody changed it since ``version``; carries both states.
        InputError, NotFoundError: it could not be evaluated; says why.
    """
    with workspace.lock:
        workspace.catch_up()
        was: Construct = workspace.row("constructs", construct)
        new = drafted(was, draft)
        without_ratings = {name: value for name, value in new.extra.items() if name != "rating"}
        construct_cells(workspace.frozen().ledger, replace(new, extra=without_ratings))
        names = ("name", "drawn_from", "of", "rule", "absent_when", "calibrate")
        changed = {name: getattr(new, name) for name in names if getattr(new, name) != getattr(was, name)}
        if changed:
            _refuse_stale(workspace, was, version, changed)
            with workspace.writing(who, f"change construct {construct}: {', '.join(changed)}") as change:
                change.update("constructs", construct, version, **changed)
        return workspace.row("constructs", construct)  # type: ignore[no-any-return]


@needs(Permission.JUDGE)
def delete_construct(workspace: Workspace, who: str, construct: str, version: int) -> None:
    """Delete a construct that no claim and no analysis names.

    Raises:
        InputError: something names it; says what.
        ConflictError: somebody changed it since ``version``.
    """
    with workspace.lock:
        workspace.catch_up()
        was = workspace.row("constructs", construct)
        if users := used_by(workspace, construct):
            raise InputError(
                f"the construct is in use: {', '.join(users)}",
                where=f"construct {construct}",
                mend="change those first",
            )
        _refuse_stale(workspace, was, version, {"delete": "yes"})
        with workspace.writing(who, f"delete construct {construct}") as change:
            change.delete("constructs", [construct])


def used_by(workspace: Workspace, construct: str) -> list[str]:
    """The claims and analyses that name a construct."""
    users = []
    for claim in workspace.rows("claims"):
        for expression in (claim.expression, *(one.expression for one in claim.forms)):
            try:
                names = parse(expression).names() if expression.strip() else ()
            except CrosscaseError:
                continue
            if construct in names:
                users.append(f"claim {claim.id}")
    for one in workspace.study.snapshot.analyses:
        named = [one.specification.get("outcome"), *(one.specification.get("conditions") or ())]
        if construct in named:
            users.append(f"analysis {one.id}")
    return list(dict.fromkeys(users))


# -- a person's judgement of a cell ------------------------------------------------------------------------------------


@needs(Permission.JUDGE)
def rate_cell(
    workspace: Workspace, who: str, construct: str, version: int, case: str, value: str, reason: str, *,
    agreed: bool = False,
) -> Construct:  # fmt: skip
    """Judge one cell: ``present``, ``absent``, ``no data`` or a number, with the reason.  One's own earlier judgement goes.

    Two people who judge a cell differently contradict each other; it is for them to agree.  With ``agreed`` the judgements
    of others that differ are replaced, and a memo on the construct keeps what they said.

    Raises:
        InputError: no reason, or the value is none of these.
        NotFoundError: no such case.
        ConflictError: somebody else judged it differently, or changed the construct since ``version``; carries both.
    """
    reason = reason.strip()
    judged = _judged(value)
    if not reason:
        raise InputError("a cell is judged for a reason", where=f"case {case}", mend="write it")
    with workspace.lock:
        workspace.catch_up()
        was: Construct = workspace.row("constructs", construct)
        workspace.snapshot.cases[case]
        ratings = ratings_of(was)
        here = [one for one in ratings if one["case"] == case]
        against = [one for one in here if one.get("who", "") != who and one.get("value") != judged]
        mine = {"case": case, "value": judged, "who": who, "reason": reason}
        if against and not agreed:
            raise ConflictError(
                f"{against[0].get('who') or 'somebody'} has judged this cell differently",
                where=f"construct {construct}, case {case}",
                mend="agree on one of the two; then judge it again and say that you agreed",
                mine=mine,
                theirs=against[0],
            )
        kept = [one for one in ratings if one not in against and (one["case"], one.get("who", "")) != (case, who)]
        _refuse_stale(workspace, was, version, mine)
        with workspace.writing(who, f"judge {construct} in {case}") as change:
            change.update("constructs", construct, version, extra={**was.extra, "rating": [*kept, mine]})
            if against:
                change.insert("memos", [_disagreement(was, case, against, mine)])
        return workspace.row("constructs", construct)  # type: ignore[no-any-return]


@needs(Permission.JUDGE)
def take_back_rating(
    workspace: Workspace, who: str, construct: str, version: int, case: str, by: str
) -> Construct:  # fmt: skip
    """Take away the judgement that ``by`` made of one cell.

    Raises:
        NotFoundError: there is none.
        ConflictError: somebody changed the construct since ``version``.
    """
    with workspace.lock:
        workspace.catch_up()
        was: Construct = workspace.row("constructs", construct)
        ratings = ratings_of(was)
        kept = [one for one in ratings if (one["case"], one.get("who", "")) != (case, by)]
        if len(kept) == len(ratings):
            raise NotFoundError(
                "judgement", f"{case} by {by}", [f"{one['case']} by {one.get('who', '')}" for one in ratings]
            )
        _refuse_stale(workspace, was, version, {"take back": f"{case} by {by}"})
        extra = {name: value for name, value in was.extra.items() if name != "rating"}
        with workspace.writing(who, f"take back the judgement of {construct} in {case}") as change:
            change.update("constructs", construct, version, extra={**extra, "rating": kept} if kept else extra)
        return workspace.row("constructs", construct)  # type: ignore[no-any-return]


def ratings_of(construct: Construct) -> list[dict[str, Any]]:
    """``[[construct.rating]]`` as it stands, also what contradicts itself."""
    given = construct.extra.get("rating", ())
    return [{"case": "", "value": "", **one} for one in given if isinstance(one, Mapping)]


# -- inside ------------------------------------------------------------------------------------------------------------


def _anchors(given: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """The anchors of a form as keys of a calibration."""
    filled = {name: one for name, one in given.items() if one[0]}
    for name, (value, _) in given.items():
        if not value:
            raise InputError(
                "there is a reason and no value", where=f"calibration, {name}", mend="give both, or neither"
            )
    if not filled:
        return {}
    for name in filled:
        if name not in (*THRESHOLD, *ANCHORS):
            raise NotFoundError("anchor", name, (*THRESHOLD, *ANCHORS))
    if "threshold" in filled and len(filled) > 1:
        raise InputError(
            "there is a threshold, and there are anchors", where="calibration", mend="give the one or the three"
        )
    lacking = [name for name in ANCHORS if name not in filled] if "threshold" not in filled else []
    if lacking:
        raise InputError(f"an anchor lacks: {', '.join(lacking)}", where="calibration", mend="give all three")
    for name, (_, reason) in filled.items():
        if not reason:
            raise InputError("an anchor has a reason", where=f"calibration, {name}", mend="write why this value")
    values = {name: _number(value, name) for name, (value, _) in filled.items()}
    if "threshold" in filled:
        return {**values, "reason": filled["threshold"][1]}
    return {**values, "reasons": {name: filled[name][1] for name in ANCHORS}}


def _number(text: str, name: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"'{text}' is not a number", where=f"calibration, {name}", mend="give a raw value, as 0.55")
    return value


def _judged(value: str) -> str | float:
    value = value.strip()
    if value in ("present", "absent", "no data"):
        return value
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InputError(
            f"'{value}' is no judgement of a cell", where="value", mend="say present, absent, no data or a number"
        )
    return number


def _disagreement(
    construct: Construct, case: str, against: Sequence[Mapping[str, Any]], mine: Mapping[str, Any]
) -> Memo:  # fmt: skip
    said = [f"{one.get('who') or 'somebody'}: {one.get('value')}. {one.get('reason', '')}".strip() for one in against]
    text = "\n".join([*said, f"Agreed with {mine['who']}: {mine['value']}. {mine['reason']}"])
    return new_memo(str(mine["who"]), text, kind="constructs", about=construct.id, title=f"Judged differently: {case}")


def _refuse_id(workspace: Workspace, id: str) -> None:
    try:
        term = parse_term(id)
    except InputError:
        term = None
    if not isinstance(term, Name) or term.name != id:
        raise InputError(
            f"'{id}' is no id of a construct", where="id",
            mend="write a name that can stand in an expression: letters, digits and _, as in fast_spread",
        )  # fmt: skip
    if workspace.has("constructs", id):
        raise InputError(f"there is a construct '{id}' already", where="id", mend="choose another id")


def _refuse_stale(workspace: Workspace, was: Construct, version: int, mine: Mapping[str, Any]) -> None:
    if workspace.version("constructs", was.id) != version:
        raise ConflictError(
            "somebody else, or another tab, has changed this construct in the meantime",
            where=f"construct {was.id}",
            mend="nothing was changed; look at both, then keep yours or leave it",
            mine=to_plain(mine),
            theirs=to_plain(was),
        )
