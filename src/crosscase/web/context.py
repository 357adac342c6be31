"""What every route starts from: the open study, the session, the token, and a page."""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Any, Protocol
from urllib.parse import unquote

import jinja2
from fastapi import Depends, Header, Request
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from crosscase import __version__
from crosscase.core.errors import PermissionDenied
from crosscase.study.members import blind_view
from crosscase.study.permissions import Permission
from crosscase.study.suggestions import Suggester, suggester_of
from crosscase.study.workspace import Workspace
from crosscase.web.colours import css_name
from crosscase.web.security import TOKEN_HEADER, Gate, Session


class AnyGate(Protocol):
    """Gives out and knows the tokens that the changes of a session carry."""

    def token(self, session: Session) -> str: ...

    def fits(self, session: Session, token: str) -> bool: ...


def _workspace(request: Request) -> Workspace:
    """The study that is asked for, as whoever asks has it: a member's on a server, else the one that is open here."""
    workspace: Workspace | None = getattr(request.state, "workspace", None)
    if workspace is None:
        whole: Workspace = request.app.state.workspace
        session = getattr(request.state, "session", None)
        workspace = blind_view(whole, session.coder) if session is not None and session.blind else whole
    return workspace


def _gate(request: Request) -> AnyGate:
    gate: AnyGate = request.app.state.gate
    return gate


def _session(request: Request) -> Session:
    session: Session = request.state.session
    return session


# What a route depends on is asynchronous although none of it waits: FastAPI sends anything else to a thread of its own, and
# a request would go back and forth five times before its route begins.


async def _the_workspace(request: Request) -> Workspace:
    return _workspace(request)


async def _suggester(request: Request) -> Suggester:
    return suggester_of(_workspace(request))


async def _local_gate(request: Request) -> Gate:
    gate: Gate = request.app.state.gate
    return gate


async def _the_session(request: Request) -> Session:
    return _session(request)


async def _shown(source: Annotated[str, Header(alias="x-crosscase-source", max_length=5000)] = "") -> str:
    return unquote(source)


#: The source that the page shows which asks, to be told what changed there alone; empty for all.
Shown = Annotated[str, Depends(_shown)]
Open = Annotated[Workspace, Depends(_the_workspace)]
Suggesting = Annotated[Suggester, Depends(_suggester)]
TheGate = Annotated[Gate, Depends(_local_gate)]
Signed = Annotated[Session, Depends(_the_session)]


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
    if request.method in ("GET", "HEAD", "OPTIONS") or _session(request).bearer:
        return
    token = request.headers.get(TOKEN_HEADER)
    if token is None and request.headers.get("content-type", "").startswith(
        ("application/x-www-form-urlencoded", "multipart/form-data")
    ):
        token = str((await request.form()).get("token", ""))
    if not token or not _gate(request).fits(_session(request), token):
        raise PermissionDenied("this did not come from a page of the workspace", mend="load the page again")


OurPage = Depends(from_our_page)


def asks(permission: Permission) -> dict[str, Any]:
    """What a route says in its description (``openapi_extra``) about the permission that it needs."""
    return {PERMISSION: permission.name}


async def permitted(request: Request, workspace: Open) -> None:
    """A dependency of every route of a study: who asks has the permission that the route says it needs.

    One that says nothing needs that of reading when it only shows something, else that of the owner alone.  The use cases
    in ``study`` hold by themselves; this refuses before anything of the request is looked at, and reading a file at all.
    """
    said = (getattr(request.scope.get("route"), "openapi_extra", None) or {}).get(PERMISSION)
    shows = request.method in ("GET", "HEAD")
    # the page tells of what came after; who codes blind counts otherwise, which may wait for a writer
    blind = _session(request).blind
    request.state.seen = await run_in_threadpool(lambda: workspace.seen) if blind else workspace.seen
    workspace.require(Permission[said] if said else Permission.READ if shows else Permission.MANAGE)


#: Where a route's description says what it needs.
PERMISSION = "x-permission"

Permitted = Depends(permitted)


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


#: Where a page of a study leads to another of its pages; what belongs to the server and not to a study is left.
#: It begins with what can be looked for quickly, for a page may hold a whole interview.
_LINK = re.compile(
    r"""="(?:(?<=\shref=")|(?<=\saction=")|(?<=\sformaction=")|(?<=\ssrc=")|(?<=\sdata-from="))"""
    r"""(/(?!/|static/|s/|studies|account|server|sign-))"""
)


def page(request: Request, template: str, *, status: int = 200, under: str = "", **values: Any) -> HTMLResponse:
    """A page with the frame of all pages around it; ``under`` is the page in the navigation that it belongs to.

    Pages are written as if the study stood at the root; on a server its address is put before each link.
    """
    from crosscase.web.routes import NAVIGATION

    gate, session = _gate(request), getattr(request.state, "session", None)
    hosted = getattr(request.app.state, "hosted", None)
    in_study = hosted is None or hasattr(request.state, "workspace")
    text = environment().get_template(template).render(
        request=request,
        navigation=[*NAVIGATION, *(hosted.navigation if hosted else ())] if in_study else [],
        inner=inner_path(request),
        current=under or inner_path(request),
        study=_workspace(request).study.head if in_study else None,
        seen=getattr(request.state, "seen", 0),
        session=session,
        hosted=hosted is not None,
        person=getattr(request.state, "person", None),
        token=gate.token(session) if session else "",
        version=__version__,
        read_only=in_study and _workspace(request).store.read_only,
        **values,
    )  # fmt: skip
    base = session.base if session else ""
    return HTMLResponse(_LINK.sub(rf'="{base}\g<1>', text) if base else text, status)


def inner_path(request: Request) -> str:
    """The path of a request as the pages of a study know it."""
    session = getattr(request.state, "session", None)
    return request.url.path.removeprefix(session.base if session else "")
