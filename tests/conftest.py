"""What all tests share."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from postgres import server


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
