"""Long work in the queue: done once, told how far, stopped when asked, taken up again after a crash."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosscase.core import Snapshot, Study
from crosscase.core.errors import InputError, NotFoundError
from crosscase.store import Job, Store, open_store
from crosscase.store import jobs as queue_of
from crosscase.store.jobs import GIVEN, MADE
from crosscase.study import Study as Opened
from crosscase.study import working
from crosscase.study.working import queue, work


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    in_file = request.param == "sqlite"
    where = str(tmp_path / "study.crosscase") if in_file else str(request.getfixturevalue("empty_postgres"))
    with open_store(where, create=True) as store:
        store.save_snapshot(Snapshot(Study("Born globals")), "ana", "new")
    return where


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    with open_store(place) as store:
        yield store


def _files(tmp_path: Path, count: int) -> list[str]:
    files = [tmp_path / f"i{number}.txt" for number in range(count)]
    for number, file in enumerate(files):
        file.write_text(f"Interview {number}. We went abroad early.\n", encoding="utf-8")
    return [str(file) for file in files]


def _asked(store: Store) -> str:
    return store.studies()[0].id


def test_work_is_done_and_told(place: str, tmp_path: Path) -> None:
    with Opened.open(place, who="ben") as study:
        job = queue(study, "import", {"files": _files(tmp_path, 3)})
        built = queue(study, "build", {"out": str(tmp_path / "out")})
    said: list[str] = []
    assert work(place, until_empty=True, tell=said.append) == 2
    with Opened.open(place) as study:
        assert len(study.sources) == 3
        assert {one.who for one in study.audit().entries} == {"ana", "ben"}
        store, _ = study.place.database()
        one, two = store.jobs.all()
        assert (one.id, one.state, one.done, one.total, one.attempt) == (job.id, "done", 3, 3, 1)
        assert len(one.result["imported"]) == 3
        assert (two.id, two.state) == (built.id, "done")
    assert (tmp_path / "out").is_dir()
    assert len(said) == 4


def test_a_failure_says_what_and_the_worker_goes_on(place: str, tmp_path: Path) -> None:
    with Opened.open(place) as study:
        queue(study, "import", {"files": [str(tmp_path / "missing.txt")]})
        queue(study, "import", {"files": _files(tmp_path, 1)})
        with pytest.raises(NotFoundError, match="build"):
            queue(study, "biuld", {})
    work(place, until_empty=True, tell=lambda _: None)
    with open_store(place) as store:
        bad, good = store.jobs.all()
    assert (bad.state, good.state) == ("failed", "done")
    assert "missing.txt" in bad.error["where"] + bad.error["what"]


def test_a_job_that_waits_is_cancelled_at_once(store: Store) -> None:
    job = store.jobs.add(_asked(store), "build", {}, who="ana")
    assert store.jobs.cancel(job.id[:6]).state == "cancelled"
    assert store.jobs.claim("w") is None


def test_a_job_that_runs_stops_at_its_next_step(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()

    def slow(study: Opened, job: Job, progress: working.Progress, bench: object) -> None:
        for step in range(600):
            progress(step, 600)
            begun.set()
            time.sleep(0.05)

    monkeypatch.setitem(working.KINDS, "build", slow)  # type: ignore[arg-type]
    with open_store(place) as store:
        job = store.jobs.add(_asked(store), "build", {}, who="ana")
        thread = threading.Thread(target=work, args=(place,), kwargs={"until_empty": True, "tell": lambda _: None})
        thread.start()
        assert begun.wait(20)
        store.jobs.cancel(job.id)
        thread.join(20)
        after = store.jobs.get(job.id)
    assert after.state == "cancelled"
    assert 0 < after.done < 600


def test_what_a_job_is_given_goes_when_it_ends_and_what_it_made_stays(store: Store) -> None:
    large = bytes(range(256)) * 10_000  # three parts
    study = _asked(store)
    job = store.jobs.add(study, "import", {}, who="ana", files=[("a.bin", io.BytesIO(large)), ("empty", io.BytesIO())])
    other = store.jobs.add(study, "import", {}, who="ana", files=[("a.bin", io.BytesIO(b"other"))])
    assert store.jobs.files(job.id, GIVEN) == ["a.bin", "empty"]
    assert b"".join(store.jobs.read(job.id, GIVEN, "a.bin")) == large
    assert b"".join(store.jobs.read(job.id, GIVEN, "empty")) == b""
    store.jobs.keep(job.id, "w", "out.zip", io.BytesIO(b"nobody's"))  # not its worker
    assert store.jobs.claim("w") is not None
    for content in (b"first attempt", b"second"):
        store.jobs.keep(job.id, "w", "out.zip", io.BytesIO(content))
    store.jobs.end(job.id, "w", "done")
    assert store.jobs.files(job.id, GIVEN) == []
    assert b"".join(store.jobs.read(job.id, MADE, "out.zip")) == b"second"
    assert b"".join(store.jobs.read(other.id, GIVEN, "a.bin")) == b"other"
    store.jobs.cancel(other.id)
    assert store.jobs.files(other.id, GIVEN) == []


def test_a_job_that_is_put_back_has_lost_no_attempt_and_says_how_far_it_was(store: Store) -> None:
    job = store.jobs.add(_asked(store), "analyse", {}, who="ana")
    assert store.jobs.claim("w1") is not None
    store.jobs.beat(job.id, "w1", 40, 100)
    store.jobs.put_back(job.id, "another")
    assert store.jobs.get(job.id).state == "running"
    store.jobs.put_back(job.id, "w1")
    again = store.jobs.claim("w2")
    assert again is not None
    assert (again.attempt, again.done, again.already) == (1, 40, 40)
    store.jobs.leave(lambda worker: worker == "w2")
    third = store.jobs.claim("w3")
    assert third is not None
    assert third.attempt == 2


def test_two_workers_never_take_the_same(store: Store) -> None:
    ids = {store.jobs.add(_asked(store), "build", {}, who="ana").id for _ in range(20)}
    taken: list[str] = []

    def take(name: str) -> None:
        while (job := store.jobs.claim(name)) is not None:
            taken.append(job.id)

    threads = [threading.Thread(target=take, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(ids)


def test_a_lost_worker_s_job_is_taken_up_but_not_for_ever(store: Store) -> None:
    job = store.jobs.add(_asked(store), "build", {}, who="ana")
    late = "2999-01-01T00:00:00.000+00:00"
    assert store.jobs.claim("w1") is not None
    assert store.jobs.claim("w2") is None
    for number in range(2, queue_of.TRIES + 1):
        again = store.jobs.claim(f"w{number}", now=late)
        assert again is not None
        assert again.attempt == number
        late = f"{2999 + number}-01-01T00:00:00.000+00:00"
        assert not store.jobs.beat(job.id, "w1", 1, 2)
    store.jobs.end(job.id, "w1", "done", result="too late")
    assert store.jobs.claim("w9", now=late) is None
    assert store.jobs.get(job.id).state == "failed"
    assert "lost" in store.jobs.get(job.id).error["what"]


def test_a_worker_that_was_killed_leaves_nothing_half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGKILL in the middle of an import of 300 files: the next worker goes on, and every file is there once."""
    where = str(tmp_path / "study.crosscase")
    with open_store(where, create=True) as store:
        store.save_snapshot(Snapshot(Study("Born globals")), "ana", "new")
    with Opened.open(where) as study:
        queue(study, "import", {"files": _files(tmp_path, 300)})
    command = [sys.executable, "-m", "crosscase", "worker", where, "--once"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as running, open_store(where) as store:
        limit = time.monotonic() + 60
        while len(store.rows(_asked(store), "sources")) < 5 and time.monotonic() < limit:
            time.sleep(0.005)
        running.send_signal(signal.SIGKILL)
    with open_store(where) as store:
        (killed,) = store.jobs.all()
        there = len(store.load_snapshot().sources)
    assert killed.state == "running"
    assert 5 <= there < 300
    monkeypatch.setattr(queue_of, "LEASE", 0.0)
    work(where, until_empty=True, tell=lambda _: None)
    with open_store(where) as store:
        (after,) = store.jobs.all()
        sources = store.load_snapshot().sources
        assert (after.state, after.attempt) == ("done", 2), after.error
        assert sorted(sources.column("id")) == sorted(f"i{number}" for number in range(300))
        assert store.verify_audit(_asked(store)).whole


def test_a_folder_has_no_queue(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="folder"):
        work(str(tmp_path), until_empty=True)
