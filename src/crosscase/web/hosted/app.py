"""The application of a server: its own pages, and under ``/s/STUDY`` the pages of each study."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.responses import RedirectResponse, Response
from starlette.middleware.sessions import SessionMiddleware

from crosscase import __version__
from crosscase.study.hosting import Host
from crosscase.web.app import static_files, study_pages
from crosscase.web.context import OurPage
from crosscase.web.errors import answer_errors
from crosscase.web.hosted import account, entering, health, members, oidc, steward, studies
from crosscase.web.hosted.gate import ServerGate
from crosscase.web.hosted.guard import ServerGuard
from crosscase.web.hosted.mail import Mailer
from crosscase.web.hosted.settings import Settings
from crosscase.web.hosted.watching import Watching
from crosscase.web.routes import ROUTERS, SIGNING


@dataclass(frozen=True, slots=True)
class Hosted:
    """What the pages of a server work with."""

    host: Host
    gate: ServerGate
    settings: Settings
    watching: Watching
    mailer: Mailer | None
    provider: oidc.Provider | None
    #: What a study has in its navigation besides, on a server.
    navigation: tuple[tuple[str, str], ...] = (members.NAVIGATION,)


def create_server(host: Host, settings: Settings, *, watching: Watching | None = None) -> FastAPI:
    """The server for the studies of one database."""
    gate = ServerGate(host.accounts, secure=settings.secure)
    hosted = Hosted(
        host, gate, settings, watching or Watching(settings.log),
        Mailer(settings) if settings.mail else None, oidc.Provider(settings) if settings.oidc_issuer else None,
    )  # fmt: skip
    app = FastAPI(title="Crosscase server", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    studies_app = study_pages(gate, [*(one for one in ROUTERS if one is not SIGNING), members.router])
    for one in (app, studies_app):
        one.state.gate, one.state.hosted = gate, hosted
    studies_app.state.streams = hosted.watching.streams
    answer_errors(app)
    for router in (health.router, entering.router, studies.router, account.router, steward.router, oidc.router):
        app.include_router(router, dependencies=[OurPage])

    @app.get("/", include_in_schema=False)
    def first() -> Response:
        return RedirectResponse("/studies", 303)

    app.mount("/static", static_files(), name="static")
    app.mount("/s/{study}", studies_app)
    if hosted.provider is not None:
        app.add_middleware(
            SessionMiddleware, secret_key=gate.derived("oidc"), session_cookie="crosscase_oidc", max_age=600, path="/oidc",
            same_site="lax", https_only=settings.secure,
        )  # fmt: skip
    app.add_middleware(ServerGuard, host=host, gate=gate, settings=settings, watching=hosted.watching)
    return app
