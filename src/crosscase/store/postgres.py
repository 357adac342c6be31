"""Many studies on a PostgreSQL server."""

from __future__ import annotations

import importlib.util
import threading

import sqlalchemy as sa
from sqlalchemy import exc

from crosscase.core.errors import MissingExtraError, StudyFileError
from crosscase.store.database import Database

SCHEMES = ("postgresql://", "postgres://", "postgresql+psycopg://")


class PostgresDatabase(Database):
    """A database on a server, by its URL."""

    def __init__(self, url: str, *, read_only: bool) -> None:
        if importlib.util.find_spec("psycopg") is None:
            raise MissingExtraError("psycopg", "postgres")
        try:
            parsed = sa.make_url(url).set(drivername="postgresql+psycopg")
        except exc.ArgumentError:
            raise StudyFileError(
                "the address of the database cannot be read", mend="write postgresql://user@host/name"
            ) from None
        self.place = parsed.render_as_string(hide_password=True).replace("+psycopg", "", 1)
        self.read_only = read_only
        self.engine = sa.create_engine(
            parsed, pool_pre_ping=True, connect_args={"connect_timeout": 10, "options": "-c lock_timeout=10s"}
        )
        try:
            with self.engine.connect() as connection:
                encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
        except exc.OperationalError as error:
            reason = str(error.orig).strip().splitlines()[-1]
            raise StudyFileError(
                f"the database server does not let us in: {reason}",
                where=self.place,
                mend="check the address, the user and the server",
            ) from error
        if encoding != "UTF8":
            self.engine.dispose()
            raise StudyFileError(
                f"the database keeps texts as {encoding}, which cannot hold every language",
                where=self.place,
                mend="make it with ENCODING 'UTF8'",
            )
        self._watching = threading.Lock()
        self._watch: sa.Connection | None = None

    def trail_length(self, study: str) -> int | None:
        with self._watching:
            try:
                if self._watch is None:
                    self._watch = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                found = self._watch.exec_driver_sql("SELECT audit_length FROM studies WHERE id = %s", (study,)).scalar()
            except exc.SQLAlchemyError:  # whoever reads next is told what is wrong
                self._let_go()
                return None
        return None if found is None else int(found)

    def close(self) -> None:
        with self._watching:
            self._let_go()
        super().close()

    def _let_go(self) -> None:
        if self._watch is not None:
            self._watch.invalidate()
            self._watch.close()
            self._watch = None
