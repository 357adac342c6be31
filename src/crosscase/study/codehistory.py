"""What became of a code, read from the audit trail: who did what and when, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crosscase.study.workspace import Workspace

if TYPE_CHECKING:
    from crosscase.store import AuditEntry

_KINDS = {"do": "", "undo": "undone: ", "redo": "done again: "}


@dataclass(frozen=True, slots=True)
class Happening:
    """One change that touched a code or a memo about it.  ``at`` is UTC; ``details`` says each thing that changed."""

    at: str
    who: str
    what: str
    details: tuple[str, ...]


def history(workspace: Workspace, code: str) -> list[Happening]:
    """The changes of a code and of the memos about it, the last first.

    A code that came in with an import begins with the first change after it: the trail notes an import as a whole.

    Raises:
        NotFoundError: no such code.
    """
    workspace.row("codes", code)
    entries = [
        *workspace.store.audit(workspace.id, of="codes", row=code),
        *(one for one in workspace.store.audit(workspace.id, of="memos") if _about(one, code)),
    ]
    names = {one.id: one.name or one.id for one in workspace.rows("codes")}
    together: dict[int, list[AuditEntry]] = {}
    for entry in sorted(entries, key=lambda one: one.sequence):
        together.setdefault(entry.change, []).append(entry)
    return [
        Happening(
            f"{those[0].at[:10]} {those[0].at[11:16]}",
            those[0].who,
            f"{_KINDS[those[0].kind]}{those[0].what}",
            tuple(word for entry in those for word in _details(entry, names)),
        )
        for _, those in sorted(together.items(), reverse=True)
    ]


def _about(entry: AuditEntry, code: str) -> bool:
    return any(
        isinstance(state, Mapping)
        and state.get("about") == code
        and (entry.action == "update" or state.get("about_kind") == "codes")
        for state in (entry.before, entry.after)
    )


def _details(entry: AuditEntry, names: Mapping[str, str]) -> Iterator[str]:
    if entry.of == "memos":
        state = entry.after if entry.action != "delete" else entry.before
        title, text = (str(state.get(name, "")) for name in ("title", "text"))
        if entry.action == "insert":
            yield f"memo {title}: {_quoted(text)}" if title else f"memo {_quoted(text)}"
        elif entry.action == "delete":
            yield f"memo {title} deleted" if title else f"memo {_quoted(text)} deleted"
    elif entry.action == "update":
        for name in entry.after:
            was, now = (_said(name, state.get(name), names) for state in (entry.before, entry.after))
            yield f"{_label(name)}: {was} → {now}"
    elif entry.action == "insert":
        for name in ("level", "parent", "definition"):
            if entry.after.get(name):
                yield f"{_label(name)}: {_said(name, entry.after[name], names)}"


def _label(name: str) -> str:
    return {"parent": "under", "include": "include when", "exclude": "exclude when"}.get(name, name)


def _said(name: str, value: Any, names: Mapping[str, str]) -> str:
    if name == "parent":
        return names.get(value, value) if value else "the top of the codebook"
    return _quoted(str(value)) if value else "nothing"


def _quoted(text: str) -> str:
    return f"“{text}”" if len(text) <= 160 else f"“{text[:159].rstrip()}…”"
