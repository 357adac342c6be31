"""What every route starts from: the open study, the session, the token, and a page."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

import jinja2
from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from crosscase import __version__
from crosscase.core.errors import PermissionDenied
from crosscase.study.suggestions import Suggester
from crosscase.study.workspace import Workspace
from crosscase.web.colours import css_name
from crosscase.web.security import TOKEN_HEADER, Gate, Session


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace


def _suggester(request: Request) -> Suggester:
    suggester: Suggester = request.app.state.suggester
    return suggester


def _gate(request: Request) -> Gate:
    gate: Gate = request.app.state.gate
    return gate


def _session(request: Request) -> Session:
    session: Session = request.state.session
    return session


Open = Annotated[Workspace, Depends(_workspace)]
Suggesting = Annotated[Suggester, Depends(_suggester)]
TheGate = Annotated[Gate, Depends(_gate)]
Signed = Annotated[Session, Depends(_session)]


def not_blind(session: Session) -> None:
    """PermissionDenied while others' codings are hidden: a page of everybody's codings would show them."""
    if session.blind:
        raise PermissionDenied(
            "this page shows the codings of all, and those of others are hidden while you code blind",
            mend="show them with the coder switch",
        )


async def from_our_page(request: Request) -> None:
    """A dependency of every route that changes something: the token, as a header or as the field of a form.

    Raises:
        PermissionDenied: it is missing or wrong.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    token = request.headers.get(TOKEN_HEADER)
    if token is None and request.headers.get("content-type", "").startswith(
        ("application/x-www-form-urlencoded", "multipart/form-data")
    ):
        token = str((await request.form()).get("token", ""))
    if not token or not _gate(request).fits(_session(request), token):
        raise PermissionDenied("this did not come from a page of the workspace", mend="load the page again")


OurPage = Depends(from_our_page)


@cache
def environment() -> jinja2.Environment:
    """The templates; everything put into them is escaped."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("crosscase.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["raw_breaks"] = raw_breaks
    made.filters["css_name"] = css_name
    return made


def raw_breaks(text: str) -> Any:
    """Escape a text of a source so that the browser holds it character by character.

    HTML turns a carriage return into a line feed unless it is written as a reference; NUL cannot be written at all.
    """
    from markupsafe import Markup, escape

    return Markup(str(escape(text)).replace("\r", "&#13;").replace("\0", "\ufffd"))


def page(request: Request, template: str, *, status: int = 200, under: str = "", **values: Any) -> HTMLResponse:
    """A page with the frame of all pages around it; ``under`` is the page in the navigation that it belongs to."""
    from crosscase.web.routes import NAVIGATION

    gate, session = _gate(request), getattr(request.state, "session", None)
    text = environment().get_template(template).render(
        request=request,
        navigation=NAVIGATION,
        current=under or request.url.path,
        study=_workspace(request).study.head,
        session=session,
        token=gate.token(session) if session else "",
        version=__version__,
        read_only=_workspace(request).store.read_only,
        **values,
    )  # fmt: skip
    return HTMLResponse(text, status)
