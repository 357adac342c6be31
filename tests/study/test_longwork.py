"""Long work as the workspace asks for it, and as it goes on: killed, stopped, spread over a cluster."""

from __future__ import annotations

import importlib.util
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crosscase import copy_example
from crosscase.compute.pool import Pool
from crosscase.core import TABLES, Analysis, Table
from crosscase.core.errors import ConflictError, InputError, NotFoundError
from crosscase.core.results import jsonable
from crosscase.store import Job, Store, open_store
from crosscase.store.jobs import GIVEN, MADE
from crosscase.study import Study, codebook, coding, longwork, working
from crosscase.study.agreeing import DRAWS, compared, unitized
from crosscase.study.working import Desk, desk, work
from crosscase.study.workspace import Workspace
from web.study import study_file


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    with Study.open(copy_example("structural-models", folder / "models")) as study:
        return study.export("crosscase", folder / "models.crosscase")


@pytest.fixture
def file(_made: Path, tmp_path: Path) -> Path:
    """The shipped models on simulated answers, in a study file."""
    path = tmp_path / "models.crosscase"
    path.write_bytes(_made.read_bytes())
    return path


@pytest.fixture
def workspace(file: Path) -> Iterator[Workspace]:
    with Study.open(file, who="ana") as study:
        yield Workspace(study)


def with_draws(file: Path, draws: int) -> None:
    """Let the mediation of the example draw so often."""
    with Study.open(file, who="ana") as study:
        rows = [
            replace(one, specification={**one.specification, "bootstrap": draws}) if one.id == "model-2" else one
            for one in study.snapshot.analyses
        ]
        study.save(study.snapshot.replace(analyses=Table.of(Analysis, rows)), "so many draws")


def do(file: Path, at: Desk | None = None) -> None:
    work(str(file), until_empty=True, tell=lambda _: None, at=at)


def result_of(file: Path) -> Any:
    """What the mediation found, as plain numbers."""
    with Study.open(file) as study:
        return json.loads(json.dumps(study.snapshot.analyses["model-2"].result))


def worker(file: Path, spool: Path, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "crosscase", "worker", str(file), "--once", "--spool", str(spool), *options]
    return subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, stderr=subprocess.DEVNULL
    )


def until(store: Store, job: Job, reached: Any, seconds: float = 60) -> Job:
    limit = time.monotonic() + seconds
    while not reached(job := store.jobs.get(job.id)) and time.monotonic() < limit:
        time.sleep(0.01)
    return job


# -- asking and seeing -----------------------------------------------------------------------------------------------------


def test_uploaded_files_wait_in_the_database_and_are_gone_when_they_are_in(file: Path, workspace: Workspace) -> None:
    long = "We went abroad early. " * 6000
    files = [("a/../one.txt", io.BytesIO(b"Interview one.\n")), ("one.txt", io.BytesIO(long.encode()))]
    job = longwork.ask_import(workspace, "ana", files, {"source": {"kind": "news"}})
    store = workspace.store
    assert (job.state, job.arguments["files"]) == ("waiting", ["one.txt", "one-2.txt"])
    assert store.jobs.files(job.id, GIVEN) == ["one.txt", "one-2.txt"]
    assert b"".join(store.jobs.read(job.id, GIVEN, "one-2.txt")) == long.encode()
    do(file)
    workspace.catch_up()
    assert store.jobs.get(job.id).state == "done"
    assert store.jobs.files(job.id, GIVEN) == []
    assert workspace.texts["one-2"].startswith("We went abroad early.")
    assert workspace.snapshot.sources["one"].kind == "news"
    assert {one.who for one in store.audit(workspace.id) if "import of one" in one.what} == {"ana"}


def test_a_small_text_is_in_at_once(workspace: Workspace) -> None:
    job = longwork.ask_import(workspace, "ana", [("note.txt", io.BytesIO(b"A word.\n"))])
    assert job.state == "done"
    assert workspace.texts["note"] == "A word.\n"
    failed = longwork.ask_import(workspace, "ana", [("cases.csv", io.BytesIO(b"x\n"))])
    assert failed.state == "failed"
    assert "which table" in failed.error["what"]
    assert "read as: cases" in failed.error["mend"]
    assert "--" not in str(
        [failed.error, longwork.one(workspace, job.id, who="ana").job.result]
    )  # no options in a browser


@pytest.mark.parametrize(
    ("files", "options", "said"),
    [
        ([], {}, "no file"),
        ([("a.csv", io.BytesIO(b""))], {"table": "casez"}, "casez"),
        ([("a.csv", io.BytesIO(b""))], {"save_mapping": "/etc/passwd"}, "save_mapping"),
    ],
)
def test_an_import_that_makes_no_sense_is_refused(workspace: Workspace, files: Any, options: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        longwork.ask_import(workspace, "ana", files, options)


def test_a_report_is_packed_beside_its_job_and_goes_with_a_withdrawal(file: Path, workspace: Workspace) -> None:
    job = longwork.ask_build(workspace, "ana")
    assert longwork.ask_build(workspace, "ana").id == job.id  # a form that was sent twice
    do(file)
    packed = b"".join(longwork.report(workspace, job.id, who="ana"))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert "report/report.html" in archive.namelist()
        assert all(name.startswith("report/") for name in archive.namelist())
    again = longwork.ask_again(workspace, "ana", longwork.one(workspace, job.id, who="ana"))
    assert again.arguments["readers"] == "sharing"
    longwork.stop(workspace, again.id, who="ana")
    with pytest.raises(NotFoundError):
        longwork.report(workspace, again.id, who="ana")
    longwork.ask_import(workspace, "ana", [("i.txt", io.BytesIO(b"Secret words.\n"))])
    workspace.catch_up()
    workspace.study.withdraw(source="i", reason="asked for")
    assert longwork.listed(workspace, who="ana") == []
    assert workspace.store.jobs.files(job.id, MADE) == []


def test_what_ended_long_ago_is_forgotten(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    job = longwork.ask_import(workspace, "ana", [("i.txt", io.BytesIO(b"Words.\n"))])
    workspace.store.jobs.forget(14)
    assert workspace.store.jobs.get(job.id).state == "done"
    workspace.store.jobs.forget(-1)
    assert workspace.store.jobs.all() == []


def test_a_failure_names_the_file_as_its_owner_does_and_not_where_it_lies(file: Path, tmp_path: Path) -> None:
    with Study.open(file, who="ana") as study:
        files = [("x.zip", io.BytesIO(b"PK")), ("late.txt", io.BytesIO(b"Late."))]
        job = longwork.ask_import(Workspace(study), "ana", files)
    do(file, desk(spool=tmp_path / "spool"))
    with open_store(file) as store:
        error = store.jobs.get(job.id).error
    assert error["where"] == "x.zip"
    assert "spool" not in str(error)
    assert list((tmp_path / "spool").glob("*/*")) == []


def test_an_unforeseen_failure_is_said_and_the_worker_goes_on(
    file: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("nobody")

    monkeypatch.setattr(working, "KINDS", {**working.KINDS, "build": broken})
    bad = longwork.ask_build(workspace, "ana")
    good = longwork.ask_analysis(workspace, "ana", "model-2")
    do(file)
    assert workspace.store.jobs.get(bad.id).error["what"].startswith("it failed in a way that nobody foresaw (KeyError")
    assert workspace.store.jobs.get(good.id).state == "done"


def test_one_person_does_not_fill_the_queue(workspace: Workspace) -> None:
    for _ in range(longwork.MOST_WAITING):
        longwork.ask_import(workspace, "ana", [("a.pdf", io.BytesIO(b"%PDF"))])
    with pytest.raises(ConflictError, match="25 pieces of work"):
        longwork.ask_build(workspace, "ana")
    assert longwork.ask_build(workspace, "ben").state == "waiting"


def test_which_analyses_are_left_to_a_worker() -> None:
    of = {"mediation": {}, "sem": {}, "regression": {}, "qca": {}}
    assert [kind for kind in of if longwork.takes_long(Analysis("a", kind, "", "", {}))] == ["mediation"]
    assert longwork.takes_long(Analysis("a", "SEM", "", "", {"bootstrap": 10}))
    assert not longwork.takes_long(Analysis("a", "mediation", "", "", {"bootstrap": 0}))


def test_how_long_is_left_counts_this_attempt_alone(workspace: Workspace) -> None:
    job = longwork.ask_analysis(workspace, "ana", "model-2")
    begun = "2026-11-22T04:00:00.000+00:00"
    one = replace(
        job, state="failed", begun=begun, ended="2026-11-22T04:00:10.000+00:00", done=600, total=1000, already=400
    )
    assert longwork.Work(one, "", True).took == 10.0
    running = longwork.Work(replace(one, state="running"), "", True)
    assert running.share == 0.6
    assert running.left == pytest.approx(20.0)  # 200 draws in 10 s, 400 are left
    assert longwork.Work(replace(one, state="running", done=400), "", True).left is None


# -- going on --------------------------------------------------------------------------------------------------------------


def test_a_bootstrap_whose_worker_was_killed_goes_on_with_the_same_floats(file: Path, tmp_path: Path) -> None:
    """SIGKILL in the middle: the next worker has the draws of the first, and the result is that of a run in one piece."""
    with_draws(file, 12_000)
    whole = tmp_path / "whole.crosscase"
    whole.write_bytes(file.read_bytes())
    with Study.open(file, who="ana") as study, open_store(file) as store:
        job = longwork.ask_analysis(Workspace(study), "ana", "model-2")
        first = worker(file, tmp_path / "spool")
        assert until(store, job, lambda one: one.done > 1000).done > 1000
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert store.jobs.get(job.id).state == "running"
        (kept,) = (tmp_path / "spool").glob("*/*/*.draws")
        size = kept.stat().st_size
        second = worker(file, tmp_path / "spool")
        seen = until(store, job, lambda one: one.attempt == 2)
        assert kept.exists()
        assert kept.stat().st_size >= size
        assert second.wait(60) == 0
        after = store.jobs.get(job.id)
    assert (after.state, after.attempt) == ("done", 2)
    assert seen.already > 1000
    assert not list((tmp_path / "spool").glob("*/*/*"))
    with Study.open(whole) as study:
        study.analyse("model-2")
    assert result_of(file) == result_of(whole)


def test_a_worker_that_is_asked_to_stop_lets_its_work_wait_again(file: Path, tmp_path: Path) -> None:
    with_draws(file, 200_000)
    with Study.open(file, who="ana") as study, open_store(file) as store:
        job = longwork.ask_analysis(Workspace(study), "ana", "model-2")
        first = worker(file, tmp_path / "spool")
        assert until(store, job, lambda one: one.done > 500).done > 500
        first.send_signal(signal.SIGTERM)
        assert first.wait(20) == 0
        after = store.jobs.get(job.id)
        assert (after.state, after.attempt) == ("waiting", 0)  # no attempt was lost
        assert list((tmp_path / "spool").glob("*/*/*.draws"))
        assert store.jobs.cancel(job.id).state == "cancelled"


def test_a_long_analysis_lets_what_waits_go_first_and_then_goes_on(
    file: Path, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one worker nobody waits for the end of the longest: it takes turns, and loses no draw."""
    with_draws(file, 12_000)
    workspace.catch_up()
    monkeypatch.setattr(working, "TURN", 0.5)
    store = workspace.store
    long = longwork.ask_analysis(workspace, "ana", "model-2")
    short = longwork.ask_import(workspace, "ana", [("a.txt", io.BytesIO(b"A word. " * 20_000))])
    time.sleep(1.1)  # it has waited long enough to be let go first
    said: list[str] = []
    work(str(file), until_empty=True, tell=said.append, at=desk(spool=tmp_path / "spool"))
    assert [line.split(": ")[1] for line in said] == [
        "begun",
        "waits, and goes on later",
        "begun",
        "done",
        "begun",
        "done",
    ]
    long, short = store.jobs.get(long.id), store.jobs.get(short.id)
    assert (long.state, long.attempt, short.state) == ("done", 1, "done")
    assert short.ended < long.ended
    assert 0 < long.already < 12_000
    with Study.open(file) as study:
        before = result_of(file)
        study.analyse("model-2")
    assert before == result_of(file)


def test_draws_of_other_data_are_not_gone_on_with(file: Path, tmp_path: Path) -> None:
    """Between the crash and the next worker somebody changed what the analysis rests on."""
    with_draws(file, 20_000)
    with Study.open(file, who="ana") as study, open_store(file) as store:
        job = longwork.ask_analysis(Workspace(study), "ana", "model-2")
        first = worker(file, tmp_path / "spool")
        until(store, job, lambda one: one.done > 500)
        first.send_signal(signal.SIGKILL)
        first.wait()
    with_draws(file, 300)
    do(file, desk(spool=tmp_path / "spool"))
    fresh = tmp_path / "fresh.crosscase"
    fresh.write_bytes(file.read_bytes())
    with Study.open(fresh) as study:
        study.analyse("model-2")
    assert result_of(file)["bootstrap"]["draws"] == 300
    assert result_of(file) == result_of(fresh)


def test_work_that_kills_its_worker_three_times_has_failed(file: Path, workspace: Workspace, tmp_path: Path) -> None:
    job = longwork.ask_import(workspace, "ana", [("a.pdf", io.BytesIO(b"%PDF"))])
    program = (
        "import os, sys; from crosscase.study import working; from crosscase.study.working import work\n"
        "working.KINDS = {**working.KINDS, 'import': lambda *_: os.kill(os.getpid(), 9)}\n"
        "work(sys.argv[1], until_empty=True)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ends = [
        subprocess.run(
            [sys.executable, "-c", program, str(file)], env=environment, stdout=subprocess.DEVNULL
        ).returncode
        for _ in range(4)
    ]
    assert ends == [-9, -9, -9, 0]
    failed = longwork.one(workspace, job.id, who="ana").job
    assert (failed.state, failed.attempt) == ("failed", 3)
    assert failed.error["what"] == "the worker was lost 3 times in the middle of it"
    assert workspace.store.jobs.files(job.id, GIVEN) == []


def test_a_table_that_was_kept_before_the_crash_is_not_brought_in_twice(file: Path, workspace: Workspace) -> None:
    """The worker is lost after the rows are kept and before it could say so: the trail says it."""
    rows = b"case,kind,place,date\nF1,entry,DEU,2010\nF1,entry,FRA,2011\n" + b"\n" * 100_000
    workspace.study.save(workspace.snapshot, "nothing")
    job = longwork.ask_import(
        workspace, "ana", [("cases.csv", io.BytesIO(b"id\nF1\n" + b"\n" * 100_000)), ("events.csv", io.BytesIO(rows))],
        {"table": "events"},
    )  # fmt: skip
    store = workspace.store
    assert store.jobs.claim("host 1 a") is not None
    with Study.open(file, who="ana") as study:
        from crosscase.core import Case

        study.save(study.snapshot.replace(cases=study.snapshot.cases.with_rows([Case("F1")])), "a case")
        events = file.parent / "events.csv"
        events.write_bytes(rows)
        study.import_files([events], table="events", note=f" (work {job.id[:8]}, 2 of 2)")
        there = len(study.events)
    store.jobs.leave(lambda _: True)
    do(file)
    with Study.open(file) as study:
        assert len(study.events) == there == 2
    assert store.jobs.get(job.id).attempt == 2


# -- a merge and the intervals of agreement --------------------------------------------------------------------------------


@pytest.fixture
def parted(tmp_path: Path) -> Iterator[tuple[Workspace, bytes]]:
    """A study that several coded, and a copy of it in which somebody coded on and changed a code that was changed here too."""
    mine, taken = study_file(tmp_path / "mine.crosscase"), tmp_path / "taken.crosscase"
    with Study.open(mine, who="ana") as study:
        study.backup(taken)
        with Study.open(taken, who="ben") as other:
            there = Workspace(other)
            coding.code_passage(there, "ben", "S1", 200, 240, "fair")
            codebook.change_code(there, "ben", "fair", there.version("codes", "fair"), definition="theirs")
        workspace = Workspace(study)
        codebook.change_code(workspace, "ana", "fair", workspace.version("codes", "fair"), definition="mine")
        yield workspace, taken.read_bytes()


def test_a_merge_waits_and_says_what_it_did(parted: tuple[Workspace, bytes]) -> None:
    workspace, taken = parted
    before = len(workspace.snapshot.codings)
    job = longwork.ask_merge(workspace, "ana", "a/../taken.crosscase", io.BytesIO(taken))
    with pytest.raises(NotFoundError):
        longwork.merged(workspace, job.id, who="ana")
    do(Path(workspace.store.place))
    workspace.catch_up()
    found = longwork.merged(workspace, job.id, who="ana")
    assert len(workspace.snapshot.codings) == before + 1
    assert found["counts"]["codings"]["new"] == 1
    ((conflict,), kept_before) = found["conflicts"], found["kept_before"]
    assert (conflict["id"], conflict["mine"]["definition"], conflict["theirs"]["definition"]) == (
        "fair",
        "mine",
        "theirs",
    )
    assert not kept_before
    after = workspace.store.jobs.get(job.id)
    assert after.result == {"sentence": found["sentence"], "conflicts": 1}
    assert after.done == after.total == len(TABLES) - 1  # turns come with their source
    assert workspace.store.jobs.files(job.id, GIVEN) == []
    assert workspace.store.audit(workspace.id)[-1].what == f"merge of taken.crosscase (work {job.id[:8]})"
    with pytest.raises(InputError, match="not asked for again"):
        longwork.ask_again(workspace, "ana", longwork.one(workspace, job.id, who="ana"))


def killed(file: Path, how: str) -> None:
    """A worker that is killed in the middle of a merge."""
    program = (
        "import os, signal, sys\nfrom crosscase.store import Store\nfrom crosscase.study import merging, working\n"
        f"die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)\n{how}\n"
        "working.work(sys.argv[1], until_empty=True, tell=lambda _: None)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", program, str(file)], env=environment).returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("how", "kept"),
    [
        ("merging.by_content.merge = die", False),  # everything was compared, and nothing kept
        ("from crosscase.store import snapshots; snapshots.save = snapshots.add = die", False),  # in the transaction
        ("working._Bench.keep = die", True),  # all of it was kept, and nobody told
    ],
)
def test_a_merge_whose_worker_was_killed_comes_in_once(parted: tuple[Workspace, bytes], how: str, kept: bool) -> None:
    workspace, taken = parted
    codings, entries = len(workspace.snapshot.codings), workspace.seen
    job = longwork.ask_merge(workspace, "ana", "taken.crosscase", io.BytesIO(taken))
    killed(Path(workspace.store.place), how)
    workspace.catch_up()
    assert (len(workspace.snapshot.codings) == codings + 1, workspace.seen > entries) == (kept, kept)
    there = workspace.seen
    if kept:  # and somebody goes on before the next worker comes: that is not merged away
        new = workspace.rows("codings")[-1].id
        coding.uncode(workspace, "ben", new, workspace.placed(new).version)
        there = workspace.seen
    do(Path(workspace.store.place))
    workspace.catch_up()
    after = workspace.store.jobs.get(job.id)
    assert (after.state, after.attempt) == ("done", 2), after.error
    assert longwork.merged(workspace, job.id, who="ana")["kept_before"] == kept
    assert len(workspace.snapshot.codings) == codings + (not kept)
    assert (workspace.seen == there) == kept
    assert len({one.id for one in workspace.rows("codings")}) == len(workspace.rows("codings"))


def test_a_merge_that_is_stopped_before_the_end_leaves_the_study(
    parted: tuple[Workspace, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last look whether it is to stop comes when all is compared and nothing kept."""
    from crosscase.study import merging

    workspace, taken = parted
    job = longwork.ask_merge(workspace, "ana", "taken.crosscase", io.BytesIO(taken))
    whole = merging.by_content.merge

    def stopped(*given: Any) -> Any:
        workspace.store.jobs.cancel(job.id)
        time.sleep(1.2)  # the worker gives its sign of life, and is told
        return whole(*given)

    monkeypatch.setattr(merging.by_content, "merge", stopped)
    seen = workspace.seen
    do(Path(workspace.store.place))
    workspace.catch_up()
    assert workspace.store.jobs.get(job.id).state == "cancelled"
    assert workspace.seen == seen


def test_a_file_that_cannot_be_merged_is_called_as_its_owner_calls_it(
    parted: tuple[Workspace, bytes], tmp_path: Path
) -> None:
    workspace, _ = parted
    job = longwork.ask_merge(workspace, "ana", "bad.crosscase", io.BytesIO(b"no study"))
    do(Path(workspace.store.place), desk(spool=tmp_path / "spool"))
    error = workspace.store.jobs.get(job.id).error
    assert error["where"] == "bad.crosscase"
    assert "spool" not in str(error)


def with_two_coders(workspace: Workspace) -> None:
    for start, end, code in ((0, 40, "fair"), (100, 140, "fair"), (200, 240, "chance")):
        coding.code_passage(workspace, "ana", "S1", start, end, code)
        coding.code_passage(workspace, "ben", "S1", start + 10, end, code)


def test_intervals_of_agreement_are_those_of_one_run_and_hold_until_the_study_changes(
    parted: tuple[Workspace, bytes],
) -> None:
    workspace, _ = parted
    with_two_coders(workspace)
    assert longwork.intervals(workspace, "turn", ("ana", "ben")) is None
    job = longwork.ask_agreement(workspace, "ana", "turn", ("ana", "ben"))
    assert longwork.ask_agreement(workspace, "ana", "turn", ("ana", "ben")).id == job.id
    assert longwork.running_agreement(workspace, "turn", ("ana", "ben"), who="ana") == job
    do(Path(workspace.store.place))
    found = longwork.intervals(workspace, "turn", ("ana", "ben"))
    assert found is not None
    result, _ = compared(workspace, "turn", ("ana", "ben"), draws=DRAWS)
    assert found == json.loads(
        json.dumps({"result": result.to_dict(), "unitized": jsonable(unitized(workspace, ("ana", "ben")))})
    )
    assert found["result"]["overall"]["kappa_interval"]["draws"] == DRAWS
    assert longwork.intervals(workspace, "sentence", ("ana", "ben")) is None
    coding.code_passage(workspace, "ana", "S1", 300, 340, "fair")
    assert longwork.intervals(workspace, "turn", ("ana", "ben")) is None
    again = longwork.ask_again(workspace, "ana", longwork.one(workspace, job.id, who="ana"))
    assert (again.arguments["unit"], again.arguments["coders"]) == ("turn", ["ana", "ben"])


def test_what_cannot_be_compared_is_not_asked_for(parted: tuple[Workspace, bytes]) -> None:
    workspace, _ = parted
    with pytest.raises(NotFoundError, match="nobody"):
        longwork.ask_agreement(workspace, "ana", "turn", ("ana", "nobody"))
    assert workspace.store.jobs.all() == []


def test_intervals_whose_worker_was_killed_go_on_from_their_draws(
    parted: tuple[Workspace, bytes], tmp_path: Path
) -> None:
    workspace, _ = parted
    with_two_coders(workspace)
    file, at = Path(workspace.store.place), tmp_path / "spool"
    job = longwork.ask_agreement(workspace, "ana", "turn")
    program = (
        "import os, sys\nfrom crosscase.study import agreeing, working\n"
        "agreeing.unitized = lambda *_: os.kill(os.getpid(), 9)\n"
        "working.work(sys.argv[1], until_empty=True, tell=lambda _: None, at=working.desk(spool=sys.argv[2]))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", program, str(file), str(at)], env=environment).returncode == -9
    assert len(list(at.glob("*/*/*.draws"))) == 1  # the draws of the coefficients
    do(file, desk(spool=at))
    after = workspace.store.jobs.get(job.id)
    assert (after.state, after.attempt) == ("done", 2)
    assert list(at.glob("*/*")) == []
    result, _ = compared(workspace, "turn", draws=DRAWS)
    found = longwork.intervals(workspace, "turn")
    assert found is not None
    assert found["result"] == json.loads(json.dumps(result.to_dict()))


# -- where it is computed --------------------------------------------------------------------------------------------------


def test_a_pool_that_cannot_be_is_said() -> None:
    with pytest.raises(NotFoundError, match="dusk"):
        Pool("dusk")
    with pytest.raises(InputError, match="processes"):
        Pool(processes=0)
    with pytest.raises(InputError, match="no cluster"):
        Pool(cluster="tcp://elsewhere:8786")


def _done_with(file: Path, tmp_path: Path, pool: Pool) -> Any:
    with_draws(file, 400)
    with Study.open(file, who="ana") as study:
        job = longwork.ask_analysis(Workspace(study), "ana", "model-2")
    do(file, desk(pool, tmp_path / "spool"))
    with open_store(file) as store:
        after = store.jobs.get(job.id)
    assert (after.state, after.done, after.total) == ("done", 400, 400), after.error
    return result_of(file)


def test_two_processes_give_the_floats_of_one(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.crosscase"
    other.write_bytes(file.read_bytes())
    assert _done_with(file, tmp_path, Pool("joblib", 2)) == _done_with(other, tmp_path, Pool())


@pytest.mark.slow
def test_a_queued_bootstrap_on_a_cluster_of_two_dask_workers_gives_the_floats_of_one_process(
    file: Path, tmp_path: Path
) -> None:
    distributed = pytest.importorskip("distributed")
    other = tmp_path / "other.crosscase"
    other.write_bytes(file.read_bytes())
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, local_directory=str(tmp_path)
    ) as cluster:
        found = _done_with(file, tmp_path, Pool("dask", cluster=cluster.scheduler_address))
        with distributed.Client(cluster) as client:
            worked = client.run(lambda dask_worker: "crosscase.compute.replicate" in sys.modules)
    assert list(worked.values()) == [True, True]
    assert found == _done_with(other, tmp_path, Pool())


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="ray is not installed")
def test_a_queued_bootstrap_on_ray_gives_the_floats_of_one_process(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.crosscase"
    other.write_bytes(file.read_bytes())
    assert _done_with(file, tmp_path, Pool("ray", 2)) == _done_with(other, tmp_path, Pool())


@pytest.mark.skipif(importlib.util.find_spec("ray") is not None, reason="ray is installed")
def test_a_backend_that_is_not_installed_fails_the_work_in_words(file: Path, tmp_path: Path) -> None:
    with Study.open(file, who="ana") as study:
        job = longwork.ask_analysis(Workspace(study), "ana", "model-2")
    do(file, desk(Pool("ray", 2), tmp_path / "spool"))
    with open_store(file) as store:
        after = store.jobs.get(job.id)
    assert after.state == "failed"
    assert "ray" in after.error["what"] + after.error["mend"]
