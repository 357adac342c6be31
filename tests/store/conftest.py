"""The databases that the tests of the store run against."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from crosscase.store import Store, open_store


@pytest.fixture(scope="session")
def postgres_url(postgres_server: str) -> str:
    """A PostgreSQL database with our tables in it."""
    open_store(postgres_server, create=True).close()
    return postgres_server


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of an empty study file: making one anew for each test would run the migrations each time."""
    path = tmp_path_factory.mktemp("empty") / "empty.crosscase"
    open_store(path, create=True).close()
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path, empty_file: bytes) -> Path:
    """An empty study file."""
    path = tmp_path / "study.crosscase"
    path.write_bytes(empty_file)
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> str:
    """The place of an empty store, once for each database."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("path"))
    url = str(request.getfixturevalue("postgres_url"))
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM studies")
    engine.dispose()
    return url


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """An empty store, once for each database."""
    with open_store(database) as store:
        yield store
