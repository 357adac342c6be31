"""Search in sources, memos and the codebook, with the hits in their context."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from crosscase.core.errors import InputError
from crosscase.web.context import Open, Signed, page

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Search", "/search")

#: The most hits that a page shows.
MOST = 200


@router.get("/search", response_class=HTMLResponse)
def show(request: Request, workspace: Open, session: Signed, q: str = "") -> HTMLResponse:
    hits, trouble = [], ""
    if q.strip():
        try:
            hits = workspace.search(q.replace("\0", " "), limit=MOST)
        except InputError as error:
            trouble = str(error)
    titles = {source.id: source.title or source.id for source in workspace.study.sources}
    names = {one.id: one.name for one in workspace.rows("codes")} | {
        one.id: one.title or "Memo" for one in workspace.rows("memos")
    }
    return page(
        request,
        "search.html",
        title="Search",
        query=q,
        hits=hits,
        trouble=trouble,
        titles=titles,
        names=names,
        most=MOST,
    )
