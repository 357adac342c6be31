"""Studies with any values in any field come out of SQLite as they went in, and every change to them can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosscase.core import TABLES, PartialDate, Snapshot, Study, Table
from crosscase.store import Store, open_store

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False),
    bool: st.booleans(),
    PartialDate: st.dates().map(lambda date: PartialDate(date.year, date.month, date.day))
    | st.integers(1, 9999).map(PartialDate),
    type(None): st.none(),
    Any: PLAIN,
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a field's type."""
    if kind in SIMPLE:
        return SIMPLE[kind]
    if is_dataclass(kind):
        return records(kind)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple:
        return st.lists(values(inner[0]), max_size=2).map(tuple)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return st.dictionaries(values(inner[0]), values(inner[1]), max_size=2)
    return st.one_of(*map(values, inner))


@cache
def records(kind: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{name: values(hint) for name, hint in hints.items()})


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    tables: dict[str, Any] = {}
    for name in draw(st.sets(st.sampled_from(sorted(TABLES)), min_size=1, max_size=3)):
        kind = TABLES[name]
        key = (lambda row: (row.source, row.number)) if name == "turns" else (lambda row: row.id)
        tables[name] = Table.of(kind, draw(st.lists(records(kind), max_size=3, unique_by=key)))
    texts = draw(st.dictionaries(TEXT, TEXT, max_size=2))
    return Snapshot(study=draw(records(Study)), texts=texts, **tables)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path: Path = tmp_path_factory.mktemp("any") / "study.crosscase"
    with open_store(path, create=True) as store:
        # Nothing here is about what survives a power cut, and there are many transactions.
        with store._database.engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA synchronous=OFF")
        yield store


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(first=snapshots(), second=snapshots())
def test_any_study_is_kept_changed_undone_and_done_again(store: Store, first: Snapshot, second: Snapshot) -> None:
    study = store.save_snapshot(first, "ana", "import")
    assert store.load_snapshot(study) == first
    store.save_snapshot(second, "bo", "another", study)
    assert store.load_snapshot(study) == second
    changed = store.undo(study, "bo")
    assert store.load_snapshot(study) == first
    assert changed or first == second
    store.redo(study, "bo")
    assert store.load_snapshot(study) == second
    assert store.verify_audit(study).whole
