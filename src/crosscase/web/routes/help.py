"""The page of keys."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from crosscase.web.context import Signed, page

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Keys and help", "/help")


@router.get("/help", response_class=HTMLResponse)
def keys(request: Request, session: Signed) -> HTMLResponse:
    return page(request, "help.html", title="Keys and help")
