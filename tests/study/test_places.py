"""A study in a folder, in a file and on a server is the same study."""

from __future__ import annotations

import shutil

import pytest

from crosscase import Study, copy_example
from crosscase.core import Code, Table
from crosscase.core.errors import ConflictError, InputError, StudyFileError


@pytest.fixture
def folder(tmp_path):
    return copy_example("born-globals", tmp_path / "folder")


@pytest.mark.postgres
def test_a_study_on_a_server_is_the_study_of_the_folder(empty_postgres, folder, tmp_path):
    with Study.create(empty_postgres) as made:
        where = made.place.name
        made.import_files([folder])
    with Study.open(where) as there, Study.open(folder) as here:
        assert there.snapshot.counts() == here.snapshot.counts()
        assert [one.to_dict() for one in there.measures()] == [one.to_dict() for one in here.measures()]
        assert list(there.check()) == list(here.check())
        assert there.search("demand")
        assert there.audit().report.whole
        if shutil.which("pg_dump"):
            assert there.backup(tmp_path / "studies.dump").stat().st_size > 0


@pytest.mark.postgres
def test_a_database_with_several_studies_asks_which(empty_postgres):
    Study.create(empty_postgres).close()
    Study.create(empty_postgres).close()
    with pytest.raises(InputError, match="name one as"):
        Study.open(empty_postgres)


def test_a_file_is_the_study_of_the_folder(folder, tmp_path):
    with Study.open(folder) as here:
        here.export("crosscase", tmp_path / "s.crosscase")
        with Study.open(tmp_path / "s.crosscase") as there:
            assert there.snapshot == here.snapshot
            assert [hit.to_dict() for hit in there.search("demand")] == [hit.to_dict() for hit in here.search("demand")]


def test_two_changes_of_the_same_row_are_not_merged_silently(tmp_path):
    path = tmp_path / "s.crosscase"
    with Study.create(path) as study:
        study.save(study.snapshot.replace(codes=Table.of(Code, [Code("a", "first")])), "a code")
    with Study.open(path) as one, Study.open(path) as other:
        assert other.codes["a"].name == "first"
        one.save(one.snapshot.replace(codes=Table.of(Code, [Code("a", "second")])), "rename")
        with pytest.raises(ConflictError) as caught:
            other.save(other.snapshot.replace(codes=Table.of(Code, [Code("a", "third")])), "rename")
    assert (caught.value.mine["name"], caught.value.theirs["name"]) == ("third", "second")


def test_what_is_there_is_never_overwritten(folder, tmp_path):
    with pytest.raises(InputError, match="already something"):
        Study.create(folder)
    (tmp_path / "s.crosscase").write_bytes(b"something else")
    with pytest.raises(InputError, match="already something"):
        Study.create(tmp_path / "s.crosscase")
    with pytest.raises(StudyFileError):
        Study.open(tmp_path / "s.crosscase")


def test_a_whole_study_comes_only_into_an_empty_one(folder, tmp_path):
    with Study.create(tmp_path / "s.crosscase") as study:
        study.import_files([folder])
        with pytest.raises(InputError, match="only into an empty one"):
            study.import_files([folder])
