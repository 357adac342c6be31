"""What all tests share."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chromium import ARGUMENTS, CHROMIUM
from postgres import server

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the published facts and reference results; a test that needs it is skipped without it."""
    root = Path(__file__).resolve().parents[1]
    for candidate in (os.environ.get("CROSSCASE_SHARED"), root.parent / "shared", root.parent.parent / "shared"):
        if candidate and (Path(candidate) / "domain.md").exists():
            return Path(candidate)
    pytest.skip("the folder with the reference results is not here")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server; a test that stops it or counts what is in it takes one of its own."""
    with server() as url:
        yield url


@pytest.fixture
def empty_postgres(postgres_server: str) -> Iterator[str]:
    """An empty database, which goes when the test ends."""
    import psycopg

    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield postgres_server.replace("/postgres?", f"/{name}?")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium.  Playwright keeps an event loop running, so it ends with the module: other tests start their own."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = next((one for one in CHROMIUM if Path(one).exists()), None)
    if path is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as run:
        started = run.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()
