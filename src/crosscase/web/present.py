"""What the API says of codings and codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from crosscase.study.workspace import Placed, Touched, Workspace
from crosscase.web.colours import css_name


def _sound(text: object) -> object:
    """Refuse what no study can hold: half of a character, or NUL."""
    if isinstance(text, str) and ("\0" in text or any("\ud800" <= one <= "\udfff" for one in text)):
        raise ValueError("a text holds a NUL or half of a character")
    return text


Text = Annotated[str, BeforeValidator(_sound), Field(max_length=100_000)]
Name = Annotated[str, BeforeValidator(_sound), Field(max_length=500)]
Place = Annotated[int, Field(ge=0, le=2**31)]
Sequence = Annotated[int, Field(ge=0, le=2**62)]


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CodingOut(Answer):
    """A coding; ``start`` and ``end`` are code points of the source, end exclusive."""

    id: str
    source: str
    start: int
    end: int
    text: str
    code: str
    coder: str
    note: str
    version: str


class CodeOut(Answer):
    """A code; ``path`` are the names from the top of the codebook down, ``css`` its name in style sheets."""

    id: str
    name: str
    path: list[str]
    level: str
    definition: str
    css: str


class Changes(Answer):
    """What changed after an entry of the audit trail: rows as they stand now, and the ids of those that are gone.

    ``seen`` is the last entry; give it as ``after`` the next time.  With ``reload`` the page must be loaded again.
    ``what`` names what was done, or is empty when there was nothing to do.
    """

    what: str = ""
    seen: int
    reload: bool = False
    codings: list[CodingOut] = []
    gone: list[str] = []
    codes: list[CodeOut] = []
    codes_gone: list[str] = []


def coding_out(one: Placed) -> CodingOut:
    return CodingOut(
        id=one.coding.id, source=one.quotation.source, start=one.quotation.start or 0, end=one.quotation.end or 0,
        text=one.quotation.text, code=one.coding.code, coder=one.coding.coder, note=one.coding.note, version=one.version,
    )  # fmt: skip


def code_out(workspace: Workspace, id: str) -> CodeOut:
    code = workspace.row("codes", id)
    return CodeOut(
        id=id, name=code.name or id, path=list(workspace.code_path(id)), level=code.level, definition=code.definition,
        css=css_name(id),
    )  # fmt: skip


Made = TypeVar("Made")


def of_codes(workspace: Workspace, name: str, make: Callable[[], Made]) -> Made:
    """What is made of the codes alone, which seldom change; made once for each state of the codebook."""
    state = workspace.state_of_table("codes")
    kept: tuple[tuple[int, int], Made] | None = workspace.kept.get(name)
    if kept is None or kept[0] != state:
        kept = workspace.kept[name] = (state, make())
    return kept[1]


def codes_out(workspace: Workspace) -> list[CodeOut]:
    """All codes, in their order."""
    return of_codes(workspace, "codes", lambda: [code_out(workspace, one.id) for one in workspace.rows("codes")])


def changes(workspace: Workspace, after: int, what: str = "", *, source: str = "") -> Changes:
    """What changed after an entry, for somebody who saw that entry; with a source not what was coded in others."""
    with workspace.lock:
        touched: Touched = workspace.since(after, source)
        ids = [id for id in touched.of("codings") if workspace.has("codings", id)]
        shown = [workspace.placed(id) for id in ids]
        # the path of a code changes with every code above it, so all codes are sent when one changes
        codes = codes_out(workspace) if touched.of("codes") else []
        return Changes(
            what=what,
            seen=workspace.seen,
            reload=touched.everything,
            codings=[coding_out(one) for one in shown if one.quotation.source],
            gone=sorted(id for id in touched.of("codings") if not workspace.has("codings", id)),
            codes=codes,
            codes_gone=sorted(id for id in touched.of("codes") if not workspace.has("codes", id)),
        )
