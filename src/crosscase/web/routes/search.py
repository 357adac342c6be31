"""Search in sources, memos and the codebook, with the hits in their context."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from crosscase.core.errors import InputError
from crosscase.store import Hit
from crosscase.study.workspace import Workspace
from crosscase.web.context import Open, Signed, page

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Search", "/search")

#: The most hits that a page shows.
MOST = 200

#: Where is searched -> the words for it.
PLACES = {"sources": "sources", "memos": "memos", "codes": "codebook"}


@router.get("/search", response_class=HTMLResponse)
def show(
    request: Request,
    workspace: Open,
    session: Signed,
    q: str = "",
    within: Literal["", "sources", "memos", "codes"] = "",
) -> HTMLResponse:
    """The hits, those of one source, memo or code together."""
    hits: list[Hit] = []
    trouble = ""
    if q.strip():
        try:
            hits = workspace.search(q.replace("\0", " "), kinds=(within,) if within else (), limit=MOST)
        except InputError as error:
            trouble = str(error)
    groups = [(place, list(those)) for place, those in groupby(hits, key=lambda hit: (hit.kind, hit.id))]
    titles = {place: _title(workspace, *place) for place, _ in groups}
    return page(
        request, "search.html", title="Search", query=q, within=within, places=PLACES, groups=groups, titles=titles,
        counts=Counter(hit.kind for hit in hits), total=len(hits), trouble=trouble, most=MOST,
    )  # fmt: skip


def _title(workspace: Workspace, kind: str, id: str) -> tuple[str, str]:
    """What the source, code or memo of a hit is called, and what stands beside that; its id when it has gone since."""
    if kind == "sources":
        source = workspace.study.sources.get(id)
        return (source.title or source.id, source.case) if source else (id, "")
    if not workspace.has(kind, id):
        return id, ""
    if kind == "codes":
        return " › ".join(workspace.code_path(id)), ""
    memo = workspace.row("memos", id)
    return memo.title or "Memo", memo.author
