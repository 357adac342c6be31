"""Work on the codebook: add codes, change, move and group them, merge two into one, split one in two, delete.

Each function is one change of the study with its entry in the audit trail, and can be undone.
"""

from __future__ import annotations

import datetime
import re
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from crosscase.core import Code, Memo, PartialDate
from crosscase.core.errors import ConflictError, InputError, NotFoundError
from crosscase.core.plain import to_plain
from crosscase.core.vocabulary import LEVELS
from crosscase.study.codeuse import Counts, code_use
from crosscase.study.permissions import Permission, needs
from crosscase.study.workspace import Workspace

#: The fields of a code that a person edits.
FIELDS = ("name", "parent", "level", "origin", "definition", "include", "exclude", "example", "colour")


@dataclass(frozen=True, slots=True)
class Node:
    """A code in the tree: how deep it stands, and how often it is used.

    ``codings`` counts the code's own, ``under`` also those of all codes below it; ``cases`` and ``coders`` are the
    different ones of its own codings.  ``place`` of ``siblings`` is where it stands among those under the same code, from 1.
    """

    code: Code
    version: int
    depth: int
    path: str
    codings: int
    under: int
    cases: int
    coders: int
    children: int
    place: int
    siblings: int


@dataclass(frozen=True, slots=True)
class Use:
    """How often a code itself was given: ``counts`` has a row a case (empty: none known) and a column a coder."""

    cases: tuple[str, ...]
    coders: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


def tree(workspace: Workspace, coder: str = "") -> list[Node]:
    """The whole codebook, each code before those under it, with its counts: of all codings, or of one coder's."""
    with workspace.lock:
        codes = {one.id: one for one in workspace.rows("codes")}
        counts = code_use(workspace, coder)
        use = {id: counts.get(id) or Counts() for id in codes}
        below: dict[str, list[str]] = {}
        for one in codes.values():
            below.setdefault(one.parent if one.parent in codes else "", []).append(one.id)
        order = list(_walk(below, codes))
        among = {id: (place, len(those)) for those in below.values() for place, id in enumerate(those, 1)}
        under = Counter({id: one.codings for id, one in use.items()})
        for id, _ in reversed(order):
            under[codes[id].parent] += under[id]
        return [
            Node(
                codes[id], workspace.version("codes", id), depth, " › ".join(workspace.code_path(id)), use[id].codings, under[id],
                len(use[id].cases.keys() - {""}), len(use[id].coders.keys() - {""}), len(below.get(id, ())),
                *among[id],
            )
            for id, depth in order
        ]  # fmt: skip


def use_of(workspace: Workspace, code: str, coder: str = "") -> Use:
    """How often each coder gave a code in each case; with a ``coder`` only theirs.

    Raises:
        NotFoundError: no such code.
    """
    workspace.row("codes", code)
    with workspace.lock:
        counted = Counter(
            (workspace.case_of(one.quotation), one.coder)
            for one in workspace.rows("codings")
            if one.code == code and coder in ("", one.coder)
        )
    cases, coders = ({pair[at] for pair in counted} for at in (0, 1))
    order = tuple(case for case in workspace.study.snapshot.cases.column("id") if case in cases)
    rows = (*order, *sorted(cases - set(order)))
    columns = tuple(sorted(coders))
    return Use(rows, columns, tuple(tuple(counted[case, who] for who in columns) for case in rows))


def draft_code(workspace: Workspace, name: str, **fields: str) -> Code:
    """The code of this name under its parent: the one there is, or a new one that is not kept yet.

    Raises:
        InputError: the name is empty.
        NotFoundError: no such parent or level.
    """
    given: dict[str, Any] = {"level": "concept", "origin": "emergent", **_clean(workspace, {"name": name, **fields})}
    with workspace.lock:
        for one in workspace.children(given.get("parent", "")):
            if one.name.casefold() == given["name"].casefold():
                return one
        return Code(_id(workspace, name), **given)


@needs(Permission.CODEBOOK)
def add_code(workspace: Workspace, who: str, name: str, **fields: str) -> Code:
    """A new code; ``fields`` are any of :data:`FIELDS`.

    Raises:
        InputError: the name is empty, or there is a code of that name under the same parent.
        NotFoundError: no such parent or level.
    """
    with workspace.lock:
        code = draft_code(workspace, name, **fields)
        _refuse_twin(workspace, code.name, code.parent)
        with workspace.writing(who, f"new code {code.name}") as change:
            change.insert("codes", [code])
        return workspace.row("codes", code.id)  # type: ignore[no-any-return]


@needs(Permission.CODEBOOK)
def change_code(workspace: Workspace, who: str, code: str, version: int, **fields: str) -> Code:
    """Rename, move or describe a code.

    Raises:
        ConflictError: somebody changed it since ``version``; carries both states.
        InputError: the new name is taken under that parent, or the code would come to stand under itself.
        NotFoundError: no such code, parent or level.
    """
    with workspace.lock:
        workspace.catch_up()
        was = workspace.row("codes", code)
        new = _clean(workspace, fields)
        changed = {name: value for name, value in new.items() if value != getattr(was, name)}
        if not changed:
            return was  # type: ignore[no-any-return]
        if "parent" in changed and code in _above(workspace, changed["parent"]):
            raise InputError("a code cannot stand under itself", where=f"code {was.name}", mend="choose another parent")
        if {"name", "parent"} & set(changed):
            _refuse_twin(workspace, changed.get("name", was.name), changed.get("parent", was.parent), besides=code)
        with workspace.writing(who, f"change code {was.name}: {', '.join(changed)}") as change:
            change.update("codes", code, version, **changed)
        return workspace.row("codes", code)  # type: ignore[no-any-return]


@needs(Permission.CODEBOOK)
def merge_codes(workspace: Workspace, who: str, code: str, into: str, reason: str) -> Code:
    """Let ``into`` take over the codings, the codes below and the memos of ``code``, which is deleted.

    A passage that the same coder gave both codes keeps one coding.  The reason becomes a memo about ``into``.

    Raises:
        InputError: no reason, the same code twice, or ``into`` stands under ``code``.
        NotFoundError: no such code.
    """
    if not reason.strip():
        raise InputError("a merge is noted with its reason", mend="write why the two are one")
    with workspace.lock:
        workspace.catch_up()
        old, new = workspace.row("codes", code), workspace.row("codes", into)
        if code in _above(workspace, into):
            raise InputError(
                f"{new.name} stands under {old.name}, or is the same code",
                mend="merge the lower code into the upper one",
            )
        taken = {(one.quotation, one.coder) for one in workspace.rows("codings") if one.code == into}
        with workspace.writing(who, f"merge code {old.name} into {new.name}") as change:
            for coding in [one for one in workspace.rows("codings") if one.code == code]:
                if (coding.quotation, coding.coder) in taken:
                    change.delete("codings", [coding.id])
                else:
                    change.update("codings", coding.id, code=into)
            for child in workspace.children(code):
                change.update("codes", child.id, parent=into)
            for memo in workspace.memos_about("codes", code):
                change.update("memos", memo.id, about=into)
            for construct in workspace.rows("constructs"):
                if construct.drawn_from == "codings" and code in construct.of:
                    of = tuple(dict.fromkeys(into if one == code else one for one in construct.of))
                    change.update("constructs", construct.id, of=of)
            title = f"{old.name} merged into {new.name}"
            change.insert("memos", [Memo(uuid.uuid4().hex, "codes", into, today(), who, title, reason.strip())])
            change.delete("codes", [code])
        return workspace.row("codes", into)  # type: ignore[no-any-return]


@needs(Permission.CODEBOOK, blind=False)
def split_code(
    workspace: Workspace, who: str, code: str, codings: Iterable[str], name: str, reason: str, **fields: str
) -> Code:
    """Make a new code and give it some of the codings of ``code``.

    The new code stands beside the old one, on its level, unless ``fields`` say otherwise.  The reason becomes a memo about
    each of the two.

    Raises:
        InputError: no reason, no coding chosen, one that is not the code's, or the name is taken at this place.
        NotFoundError: no such code, coding, parent or level.
    """
    if not reason.strip():
        raise InputError("a split is noted with its reason", mend="write what parts the two")
    with workspace.lock:
        workspace.catch_up()
        old = workspace.row("codes", code)
        chosen = [workspace.row("codings", one) for one in dict.fromkeys(codings)]
        if not chosen:
            raise InputError("nothing was chosen for the new code", where=f"code {old.name}", mend="choose codings")
        for coding in chosen:
            if coding.code != code:
                raise InputError(
                    "a coding does not have this code any more",
                    where=f"coding {coding.id}",
                    mend="load the page again and choose anew",
                )
        beside = {"parent": old.parent, "level": old.level, "origin": old.origin}
        new = Code(_id(workspace, name), **_clean(workspace, {**beside, "name": name, **fields}))
        _refuse_twin(workspace, new.name, new.parent)
        counted = f"{len(chosen)} coding{'s' * (len(chosen) != 1)}"
        with workspace.writing(who, f"split code {old.name}: {counted} to {new.name}") as change:
            change.insert("codes", [new])
            for coding in chosen:
                change.update("codings", coding.id, code=new.id)
            for about, title in (
                (new.id, f"Split off {old.name} with {counted}"),
                (code, f"{counted} split off as {new.name}"),
            ):
                change.insert("memos", [Memo(uuid.uuid4().hex, "codes", about, today(), who, title, reason.strip())])
        return workspace.row("codes", new.id)  # type: ignore[no-any-return]


@needs(Permission.CODEBOOK)
def group_codes(workspace: Workspace, who: str, codes: Iterable[str], name: str, level: str, parent: str = "") -> Code:
    """Make a new code and put others under it: concepts into a theme, themes into a dimension.

    Raises:
        InputError: no code chosen, the name is taken, or the new code would come to stand under one of those chosen.
        NotFoundError: no such code, parent or level.
    """
    with workspace.lock:
        workspace.catch_up()
        chosen = [workspace.row("codes", one) for one in dict.fromkeys(codes)]
        if not chosen:
            raise InputError("no code was chosen to be grouped", mend="tick the codes that belong together")
        new = Code(_id(workspace, name), origin="emergent", **_clean(workspace, {"name": name, "level": level, "parent": parent}))  # fmt: skip
        _refuse_twin(workspace, new.name, new.parent)
        above = _above(workspace, parent)
        inner = next((one for one in chosen if one.id in above), None)
        if inner is not None:
            raise InputError(
                f"{new.name} would stand under {inner.name}, which it is made of", mend="choose another parent"
            )
        what = f"group {', '.join(one.name for one in chosen[:3])}{' and others' * (len(chosen) > 3)} under {new.name}"
        with workspace.writing(who, what) as change:
            change.insert("codes", [new])
            for one in chosen:
                change.update("codes", one.id, parent=new.id)
        return workspace.row("codes", new.id)  # type: ignore[no-any-return]


@needs(Permission.CODEBOOK, blind=False)
def delete_code(workspace: Workspace, who: str, code: str, version: int) -> None:
    """Delete a code that nothing uses.

    Raises:
        ConflictError: somebody changed it since ``version``.
        InputError: it has codings or codes under it, or a construct is drawn from it.
    """
    with workspace.lock:
        workspace.catch_up()
        one = workspace.row("codes", code)
        if workspace.version("codes", code) != version:
            raise ConflictError("somebody else has changed this code in the meantime", where=f"code {one.name}", mine={"delete": code}, theirs=to_plain(one))  # fmt: skip
        uses = sum(coding.code == code for coding in workspace.rows("codings"))
        below = len(workspace.children(code))
        constructs = [construct.id for construct in workspace.rows("constructs") if code in construct.of]
        if uses or below or constructs:
            reasons = [f"{uses} codings"] * bool(uses) + [f"{below} codes under it"] * bool(below) + constructs
            raise InputError(
                f"the code is in use: {', '.join(reasons)}", where=f"code {one.name}", mend="merge it into another code"
            )
        with workspace.writing(who, f"delete code {one.name}") as change:
            change.delete("codes", [code])


def today() -> PartialDate:
    day = datetime.date.today()
    return PartialDate(day.year, day.month, day.day)


def _clean(workspace: Workspace, fields: dict[str, Any]) -> dict[str, Any]:
    clean = {name: str(value).strip() for name, value in fields.items()}
    for name in clean:
        if name not in FIELDS:
            raise NotFoundError("field of a code", name, FIELDS)
    if "name" in clean and not clean["name"]:
        raise InputError("a code has a name", where="name", mend="write one")
    if "level" in clean and clean["level"] not in LEVELS:
        raise NotFoundError("level", clean["level"], LEVELS)
    if clean.get("parent"):
        workspace.row("codes", clean["parent"])
    if clean.get("colour") and not re.fullmatch(r"#[0-9a-fA-F]{6}", clean["colour"]):
        raise InputError(f"'{clean['colour']}' is no colour", where="colour", mend="write it as in #0072b2")
    return clean


def _refuse_twin(workspace: Workspace, name: str, parent: str, besides: str = "") -> None:
    for one in workspace.children(parent):
        if one.name.casefold() == name.casefold() and one.id != besides:
            raise InputError(
                f"there is a code '{one.name}' at this place already", mend="choose another name or parent"
            )


def _above(workspace: Workspace, code: str) -> set[str]:
    """A code and all codes above it."""
    found: set[str] = set()
    while workspace.has("codes", code) and code not in found:
        found.add(code)
        code = workspace.row("codes", code).parent
    return found


def _id(workspace: Workspace, name: str) -> str:
    """A readable id that is not taken."""
    plain = re.sub(r"\W+", "_", name.casefold()).strip("_")[:60] or "code"
    id, number = plain, 1
    while workspace.has("codes", id):
        number += 1
        id = f"{plain}_{number}"
    return id


def _walk(below: dict[str, list[str]], codes: dict[str, Code]) -> Iterator[tuple[str, int]]:
    """Depth first; codes in a circle of parents stand at the top, after all others."""
    seen: set[str] = set()

    def down(parent: str, depth: int) -> Iterator[tuple[str, int]]:
        for id in below.get(parent, ()):
            if id not in seen:
                seen.add(id)
                yield id, depth
                yield from down(id, depth + 1)

    yield from down("", 0)
    for id in codes:
        if id not in seen:
            seen.add(id)
            yield id, 0
            yield from down(id, 1)
