"""The application: routes, errors and the guard around them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles

from crosscase import __version__
from crosscase.study.workspace import Workspace
from crosscase.web.context import AnyGate, OurPage, Permitted
from crosscase.web.errors import answer_errors
from crosscase.web.routes import ROUTERS, SIGNING
from crosscase.web.security import Gate, Guard

STATIC = Path(__file__).parent / "static"


def create_app(workspace: Workspace, gate: Gate) -> FastAPI:
    """The workspace of one open study."""
    app = study_pages(gate, ROUTERS)
    app.state.workspace = workspace
    app.mount("/static", static_files(), name="static")
    app.add_middleware(Guard, gate=gate)
    return app


def study_pages(gate: AnyGate, routers: Iterable[APIRouter]) -> FastAPI:
    """The pages and the API of a study; which study, and who asks, is said by what stands before it."""
    app = FastAPI(
        title="Crosscase workspace", version=__version__, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json"
    )
    app.state.gate = gate
    answer_errors(app)
    for router in routers:
        needed = [OurPage] if router is SIGNING else [OurPage, Permitted]
        app.include_router(router, dependencies=needed)
    return app


def static_files() -> StaticFiles:
    """Style sheets and scripts."""
    return StaticFiles(directory=STATIC)
