"""The SQL tables, the same on SQLite and PostgreSQL.

Each table of ``core.TABLES`` is one SQL table with the dataclass's fields as columns, and four more: ``study_key`` (whose row
it is), ``position`` (its place; drawn from one counter a study and never used twice), ``id`` (for turns, which have none,
``source#number``) and ``version`` (raised by each change, for optimistic locking).

Lists, mappings and nested records are JSON in a text column, on PostgreSQL too: ``jsonb`` reorders keys and rewrites
numbers, and what comes out must equal what went in.  An empty one is NULL.

There are no foreign keys between rows of a study: a study in the making has references that lead nowhere, and it is the
checks, not the database, that find and explain them.  All rows hang on ``studies``.

What the search needs beyond ``passages`` differs between the databases and is in :mod:`crosscase.store.words`.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from crosscase.core import TABLES
from crosscase.store.rows import Field, fields_of

#: The newest migration; a test holds it equal to the head of the migration scripts.
HEAD = "0005"

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: Look-ups that the workspace makes without loading the whole study.
INDEXES = {
    "codings": ("quotation", "code"),
    "quotations": ("source",),
    "turns": ("source",),
    "stances": ("claim",),
    "memos": ("about",),
}

_TYPES: dict[str, Any] = {
    "text": sa.Text(),
    "date": sa.Text(),
    "json": sa.Text(),
    "integer": sa.BigInteger(),
    "float": sa.Double(),
}


def _study() -> sa.Column[Any]:
    return sa.Column(
        "study_key", sa.Integer(), sa.ForeignKey("studies.key", ondelete="CASCADE"), nullable=False, autoincrement=False
    )


def _field(field: Field) -> sa.Column[Any]:
    return sa.Column(field.name, _TYPES[field.kind], nullable=field.nullable)


def _row_table(name: str) -> sa.Table:
    columns = [_field(field) for field in fields_of(TABLES[name])]
    if name == "turns":
        columns.insert(0, sa.Column("id", sa.Text(), nullable=False))
    return sa.Table(
        name,
        METADATA,
        _study(),
        sa.Column("position", sa.BigInteger(), nullable=False, autoincrement=False),
        *columns,
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("study_key", "position"),
        sa.UniqueConstraint("study_key", "id"),
        *(sa.Index(f"ix_{name}_{column}", "study_key", column) for column in INDEXES.get(name, ())),
    )


#: Facts about the database itself: who made it, where it was last seen.
metadata = sa.Table(
    "metadata",
    METADATA,
    sa.Column("key", sa.Text(), primary_key=True),
    sa.Column("value", sa.Text(), nullable=False),
)

#: One row a study.  ``head`` is the core ``Study`` as JSON; the counters are read and raised under the row's lock.
studies = sa.Table(
    "studies",
    METADATA,
    sa.Column("key", sa.Integer(), primary_key=True),
    sa.Column("id", sa.Text(), nullable=False, unique=True),
    sa.Column("created", sa.Text(), nullable=False),
    sa.Column("title", sa.Text(), nullable=False),
    sa.Column("head", sa.Text(), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("next_position", sa.BigInteger(), nullable=False),
    sa.Column("next_passage", sa.BigInteger(), nullable=False),
    sa.Column("audit_length", sa.BigInteger(), nullable=False),
    sa.Column("audit_hash", sa.Text(), nullable=False),
)

ROWS: dict[str, sa.Table] = {name: _row_table(name) for name in TABLES}

texts = sa.Table(
    "texts",
    METADATA,
    _study(),
    sa.Column("source", sa.Text(), nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint("study_key", "source"),
)

originals = sa.Table(
    "originals",
    METADATA,
    _study(),
    sa.Column("source", sa.Text(), nullable=False),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("sha256", sa.Text(), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("data", sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint("study_key", "source"),
)

#: The audit trail.  ``change`` groups the entries of one write: it is the sequence of the first of them.  ``kind`` is
#: ``do``, ``undo`` or ``redo``; ``target`` is the change that an undo or redo is about.  ``before`` and ``after`` are
#: JSON and may be erased on a withdrawal of consent; their hashes, which the chain covers, stay.
audit = sa.Table(
    "audit",
    METADATA,
    _study(),
    sa.Column("sequence", sa.BigInteger(), nullable=False, autoincrement=False),
    sa.Column("change", sa.BigInteger(), nullable=False),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("target", sa.BigInteger(), nullable=False),
    sa.Column("at", sa.Text(), nullable=False),
    sa.Column("who", sa.Text(), nullable=False),
    sa.Column("what", sa.Text(), nullable=False),
    sa.Column("action", sa.Text(), nullable=False),
    sa.Column("of", sa.Text(), nullable=False),
    sa.Column("row", sa.Text(), nullable=False),
    sa.Column("before", sa.Text(), nullable=True),
    sa.Column("after", sa.Text(), nullable=True),
    sa.Column("before_hash", sa.Text(), nullable=False),
    sa.Column("after_hash", sa.Text(), nullable=False),
    sa.Column("hash", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("study_key", "sequence"),
    sa.Index("ix_audit_change", "study_key", "change"),
    sa.Index("ix_audit_who", "study_key", "who", "sequence"),
)

#: The pieces of texts that the search looks in.  ``id`` is drawn per study: key * 2**32 + a counter.
passages = sa.Table(
    "passages",
    METADATA,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=False),
    _study(),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("row", sa.Text(), nullable=False),
    sa.Column("field", sa.Text(), nullable=False),
    sa.Column("start", sa.Integer(), nullable=False),
    sa.Column("end", sa.Integer(), nullable=False),
    sa.Index("ix_passages_row", "study_key", "kind", "row"),
)

#: Long work that waits for a worker, see :mod:`crosscase.store.jobs`.
jobs = sa.Table(
    "jobs",
    METADATA,
    sa.Column("key", sa.Integer(), primary_key=True),
    sa.Column("id", sa.Text(), nullable=False, unique=True),
    _study(),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("arguments", sa.Text(), nullable=False),
    sa.Column("who", sa.Text(), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("asked", sa.Text(), nullable=False),
    sa.Column("begun", sa.Text(), nullable=False),
    sa.Column("ended", sa.Text(), nullable=False),
    sa.Column("beat", sa.Text(), nullable=False),
    sa.Column("worker", sa.Text(), nullable=False),
    sa.Column("done", sa.BigInteger(), nullable=False),
    sa.Column("total", sa.BigInteger(), nullable=False),
    sa.Column("attempt", sa.Integer(), nullable=False),
    sa.Column("cancelling", sa.Integer(), nullable=False),
    sa.Column("result", sa.Text(), nullable=True),
    sa.Column("error", sa.Text(), nullable=True),
    sa.Column("already", sa.BigInteger(), nullable=False, server_default="0"),
    sa.Index("ix_jobs_state", "state"),
)

#: What a job is given (``given/…``, deleted when it ends) and what it made (``made/…``), in parts of a megabyte.
job_files = sa.Table(
    "job_files",
    METADATA,
    sa.Column("key", sa.Integer(), primary_key=True),
    sa.Column("job_key", sa.Integer(), sa.ForeignKey("jobs.key", ondelete="CASCADE"), nullable=False),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("part", sa.Integer(), nullable=False),
    sa.Column("content", sa.LargeBinary(), nullable=False),
    sa.Index("ix_job_files_job", "job_key"),
)

# -- who may come in: tables of a server, empty in a study file --------------------------------------------------------


def _account() -> sa.Column[Any]:
    return sa.Column("account", sa.Integer(), sa.ForeignKey("accounts.key", ondelete="CASCADE"), nullable=False)


#: Somebody with an account; a steward looks after the server.  ``name`` is casefolded; ``password`` is an argon2 hash, NULL while there is none; ``subject``
#: names the person at a provider of OpenID Connect (its issuer, a space, their id there).
accounts = sa.Table(
    "accounts",
    METADATA,
    sa.Column("key", sa.Integer(), primary_key=True),
    sa.Column("name", sa.Text(), nullable=False, unique=True),
    sa.Column("email", sa.Text(), nullable=False),
    sa.Column("password", sa.Text(), nullable=True),
    sa.Column("subject", sa.Text(), nullable=True, unique=True),
    sa.Column("steward", sa.Boolean(), nullable=False),
    sa.Column("created", sa.Text(), nullable=False),
    sa.Column("disabled", sa.Text(), nullable=False, server_default=""),
)

#: Who has which role in which study, and the name that they code under there.
memberships = sa.Table(
    "memberships",
    METADATA,
    _account(),
    _study(),
    sa.Column("role", sa.Text(), nullable=False),
    sa.Column("coder", sa.Text(), nullable=False),
    sa.Column("blind", sa.Boolean(), nullable=False),
    sa.Column("since", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("account", "study_key"),
    sa.UniqueConstraint("study_key", "coder"),
)

#: A browser that is signed in.  ``hash`` is that of the secret in its cookie; deleting the row signs it out.
sessions = sa.Table(
    "sessions",
    METADATA,
    sa.Column("hash", sa.Text(), primary_key=True),
    _account(),
    sa.Column("begun", sa.Text(), nullable=False),
    sa.Column("seen", sa.Text(), nullable=False),
    sa.Column("until", sa.Text(), nullable=False),
    sa.Column("address", sa.Text(), nullable=False),
    sa.Column("browser", sa.Text(), nullable=False),
    sa.Index("ix_sessions_account", "account"),
)

#: A token for programs; only its hash is kept.
api_tokens = sa.Table(
    "api_tokens",
    METADATA,
    sa.Column("key", sa.Integer(), primary_key=True),
    sa.Column("hash", sa.Text(), nullable=False, unique=True),
    _account(),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("scope", sa.Text(), nullable=False),
    sa.Column("created", sa.Text(), nullable=False),
    sa.Column("until", sa.Text(), nullable=False),
    sa.Column("used", sa.Text(), nullable=False),
    sa.Index("ix_api_tokens_account", "account"),
)

#: A link that works once: ``owner`` makes the first account, ``invitation`` lets into a study, ``reset`` sets a password.
links = sa.Table(
    "links",
    METADATA,
    sa.Column("key", sa.Integer(), primary_key=True),
    sa.Column("hash", sa.Text(), nullable=False, unique=True),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("study_key", sa.Integer(), sa.ForeignKey("studies.key", ondelete="CASCADE"), nullable=True),
    sa.Column("account", sa.Integer(), sa.ForeignKey("accounts.key", ondelete="CASCADE"), nullable=True),
    sa.Column("role", sa.Text(), nullable=False),
    sa.Column("blind", sa.Boolean(), nullable=False),
    sa.Column("note", sa.Text(), nullable=False),
    sa.Column("by", sa.Text(), nullable=False),
    sa.Column("created", sa.Text(), nullable=False),
    sa.Column("until", sa.Text(), nullable=False),
    sa.Index("ix_links_study_key", "study_key"),
)
