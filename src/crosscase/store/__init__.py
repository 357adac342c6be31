"""The study on disk: tables, migrations, search and the audit trail, on SQLite or PostgreSQL.

::

    with open_store("study.crosscase", create=True) as store:
        study = store.save_snapshot(snapshot, who="ana", what="import of the folder")
        with store.write(study, who="ana", what="code a passage") as change:
            change.insert("codings", [Coding("c1", "q1", "opportunity", "ana")])
        store.undo(study, who="ana")

SQLAlchemy is loaded when one of these names is first used, not when the package is imported.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crosscase.store.audit import AuditEntry as AuditEntry
    from crosscase.store.audit import AuditReport as AuditReport
    from crosscase.store.changes import Change as Change
    from crosscase.store.jobs import Job as Job
    from crosscase.store.search import Hit as Hit
    from crosscase.store.store import Store as Store
    from crosscase.store.store import StudyEntry as StudyEntry
    from crosscase.store.store import open_store as open_store

_HOMES = {
    "AuditEntry": "audit",
    "AuditReport": "audit",
    "Change": "changes",
    "Hit": "search",
    "Job": "jobs",
    "Store": "store",
    "StudyEntry": "store",
    "open_store": "store",
}

__all__ = ["AuditEntry", "AuditReport", "Change", "Hit", "Job", "Store", "StudyEntry", "open_store"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
