"""The codebook: a tree with counts, and beside it the code that is looked at, to be changed, moved, merged or deleted."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from crosscase.core.vocabulary import LEVELS, ORIGINS
from crosscase.figures import to_svg
from crosscase.study import codebook
from crosscase.study.codehistory import history
from crosscase.study.permissions import Permission
from crosscase.web.context import Open, Signed, asks, not_blind, page
from crosscase.web.routes.structure import linked_figure, structure_of

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Codebook", "/codebook")

Field = Annotated[str, Form()]


@router.get("/codebook", response_class=HTMLResponse)
def show(
    request: Request, workspace: Open, session: Signed, code: str = "", said: str = "",
    beside: Literal["code", "structure"] = "code",
) -> HTMLResponse:  # fmt: skip
    """The tree; beside it the code that is looked at, or the data structure."""
    own = session.coder if session.blind else ""
    with workspace.lock:
        workspace.catch_up()
        nodes = codebook.tree(workspace, own)
        chosen = next((node for node in nodes if node.code.id == code), None)
        if code and chosen is None:
            workspace.row("codes", code)  # says which codes there are
        memos = (
            [(one, workspace.version("memos", one.id)) for one in workspace.memos_about("codes", code)] if code else []
        )
    beside = beside if chosen else "structure"
    structure = structure_of(workspace, session) if beside == "structure" else None
    return page(
        request, "codebook.html", title="Codebook", nodes=nodes, chosen=chosen, memos=memos, levels=LEVELS,
        origins=ORIGINS, said=said, beside=beside, structure=structure,
        figure=Markup(to_svg(linked_figure(structure, code), id="structure")) if structure else "",
        use=codebook.use_of(workspace, code, own) if chosen else None,
        history=history(workspace, code) if chosen and not session.blind else None,
    )  # fmt: skip


@router.post("/codebook/add", openapi_extra=asks(Permission.CODEBOOK))
def add(
    workspace: Open, session: Signed, name: Field, parent: Field = "", level: Field = "concept", beside: Field = ""
) -> Response:
    made = codebook.add_code(workspace, session.coder, name, parent=parent, level=level)
    return _to(made.id, f"{made.name} is in the codebook.", beside)


@router.post("/codebook/group", openapi_extra=asks(Permission.CODEBOOK))
def group(
    workspace: Open, session: Signed, name: Field, codes: Annotated[list[str] | None, Form()] = None,
    level: Field = "theme", parent: Field = "", beside: Field = "",
) -> Response:  # fmt: skip
    """Put the ticked codes under a new one."""
    made = codebook.group_codes(workspace, session.coder, codes or [], name, level, parent)
    return _to(made.id, f"{made.name} is made of the codes you chose.", beside)


@router.get("/codebook/split", response_class=HTMLResponse)
def choose_split(request: Request, workspace: Open, session: Signed, code: str) -> HTMLResponse:
    """The codings of a code, of which some go to a new one."""
    not_blind(session)
    with workspace.lock:
        workspace.catch_up()
        one = workspace.row("codes", code)
        placed = [workspace.placed(coding.id) for coding in workspace.rows("codings") if coding.code == code]
        cases = {each.quotation.id: workspace.case_of(each.quotation.id) for each in placed}
    titles = {source.id: source.title or source.id for source in workspace.study.sources}
    return page(
        request, "split.html", title=f"Split {one.name or code}", code=one, placed=placed, cases=cases, titles=titles,
        path=" › ".join(workspace.code_path(code)), levels=LEVELS,
    )  # fmt: skip


@router.post("/codebook/split", openapi_extra=asks(Permission.CODEBOOK))
def split(
    workspace: Open, session: Signed, code: Field, name: Field, reason: Field = "",
    codings: Annotated[list[str] | None, Form()] = None,
) -> Response:  # fmt: skip
    not_blind(session)
    made = codebook.split_code(workspace, session.coder, code, codings or [], name, reason)
    return _to(made.id, f"{made.name} is split off.")


@router.post("/codebook/change", openapi_extra=asks(Permission.CODEBOOK))
def change(
    workspace: Open,
    session: Signed,
    code: Field,
    version: Annotated[int, Form()],
    name: Field,
    parent: Field = "",
    level: Field = "free",
    origin: Field = "",
    definition: Field = "",
    include: Field = "",
    exclude: Field = "",
    example: Field = "",
    colour: Field = "",
) -> Response:
    made = codebook.change_code(
        workspace, session.coder, code, version, name=name, parent=parent, level=level, origin=origin,
        definition=definition, include=include, exclude=exclude, example=example, colour=colour,
    )  # fmt: skip
    return _to(code, f"{made.name} is changed.")


@router.post("/codebook/move", openapi_extra=asks(Permission.CODEBOOK))
def move(workspace: Open, session: Signed, code: Field, parent: Field = "", beside: Field = "") -> Response:
    """Put a code under another one, or at the top: what dragging does."""
    made = codebook.change_code(workspace, session.coder, code, workspace.version("codes", code), parent=parent)
    return _to(code, f"{made.name} is moved.", beside)


@router.post("/codebook/merge", openapi_extra=asks(Permission.CODEBOOK))
def merge(workspace: Open, session: Signed, code: Field, into: Field, reason: Field = "") -> Response:
    made = codebook.merge_codes(workspace, session.coder, code, into, reason)
    return _to(into, f"Merged into {made.name}.")


@router.post("/codebook/delete", openapi_extra=asks(Permission.CODEBOOK))
def delete(workspace: Open, session: Signed, code: Field, version: Annotated[int, Form()]) -> Response:
    codebook.delete_code(workspace, session.coder, code, version)
    return _to("", "Deleted.")


@router.post("/codebook/back", openapi_extra=asks(Permission.CODE))
def back(
    workspace: Open, session: Signed, way: Annotated[Literal["undo", "redo"], Form()], code: Field = "",
    beside: Field = "",
) -> Response:  # fmt: skip
    what = workspace.undo(session.coder) if way == "undo" else workspace.redo(session.coder)
    done = "Undone" if way == "undo" else "Done again"
    code = code if workspace.has("codes", code) else ""
    return _to(code, f"{done}: {what}." if what else f"There is nothing to {way}.", beside)


def _to(code: str, said: str, beside: str = "") -> Response:
    asked = urlencode({name: value for name, value in (("code", code), ("said", said), ("beside", beside)) if value})
    return RedirectResponse(f"/codebook?{asked}", 303)
