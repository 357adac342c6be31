"""The application: routes, errors and the guard around them."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from crosscase import __version__
from crosscase.study.suggestions import Suggester
from crosscase.study.workspace import Workspace
from crosscase.web.context import OurPage
from crosscase.web.errors import answer_errors
from crosscase.web.routes import ROUTERS
from crosscase.web.security import Gate, Guard

STATIC = Path(__file__).parent / "static"


def create_app(workspace: Workspace, gate: Gate) -> FastAPI:
    """The workspace of one open study."""
    app = FastAPI(
        title="Crosscase workspace", version=__version__, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json"
    )
    app.state.workspace = workspace
    app.state.suggester = Suggester(workspace)
    app.state.gate = gate
    answer_errors(app)
    for router in ROUTERS:
        app.include_router(router, dependencies=[OurPage])
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Guard, gate=gate)
    return app
