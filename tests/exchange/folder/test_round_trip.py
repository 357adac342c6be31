"""What goes into a study folder comes out of it."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings

from crosscase.core import Snapshot
from crosscase.exchange.folder import read_folder, write_folder
from crosscase.store import open_store
from strategies import snapshots


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@settings(
    max_examples=15,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(snapshots())
def test_a_snapshot_is_read_back_equal_and_the_folder_is_written_back_identical(
    tmp_path_factory, snapshot: Snapshot
) -> None:
    folder = tmp_path_factory.mktemp("study")
    write_folder(snapshot, folder / "one")
    read = read_folder(folder / "one")
    assert read.study == snapshot.study
    assert read.texts == snapshot.texts
    for name in snapshot.counts():
        assert list(read.table(name)) == list(snapshot.table(name)), name
    write_folder(read, folder / "two")
    assert files(folder / "one") == files(folder / "two")


@settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(snapshots())
def test_the_folder_is_the_same_after_a_stay_in_a_study_file(tmp_path_factory, snapshot: Snapshot) -> None:
    folder = tmp_path_factory.mktemp("study")
    write_folder(snapshot, folder / "one")
    with open_store(folder / "study.crosscase", create=True) as store:
        study = store.save_snapshot(read_folder(folder / "one"), who="me", what="import")
        stored = store.load_snapshot(study)
    for name in snapshot.counts():
        assert list(stored.table(name)) == list(snapshot.table(name)), name
    write_folder(stored, folder / "two")
    assert files(folder / "one") == files(folder / "two")
