"""Long work on a server: whose it is, who sees it, and the processes beside the server that do it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crosscase.core import Analysis, Table
from crosscase.core.errors import NotFoundError, PermissionDenied
from crosscase.store import Job, open_store
from crosscase.store.jobs import GIVEN
from crosscase.study import coding, longwork
from crosscase.study.permissions import Role
from crosscase.study.working import work
from crosscase.web.beside import Beside
from crosscase.web.hosted.settings import Settings
from crosscase.web.routes.live import _work_of
from web.hosted.team import Team
from web.hosted.test_permissions import _person
from web.study import study_file

LONG = b"We went abroad early. " * 6000


def do(team: Team) -> None:
    work(team.settings.database, until_empty=True, tell=lambda _: None)


def with_analysis(team: Team) -> None:
    """An analysis that is left to a worker."""
    whole = team.workspace("olga").whole
    one = Analysis(
        "m",
        "sem",
        "A model",
        "",
        {"model": "employees ~ spread", "bootstrap": 50, "variables": ["employees", "spread"]},
    )
    whole.study.place.save(
        whole.snapshot.replace(analyses=Table.of(Analysis, [one])), whole.snapshot, who="olga", what="m"
    )
    whole.catch_up()


def test_a_member_sees_their_own_work_and_an_owner_that_of_all(team: Team) -> None:
    with_analysis(team)
    of_coder = longwork.ask_analysis(team.workspace("cleo"), "cleo", "m")
    of_owner = longwork.ask_build(team.workspace("olga"), "olga")
    base = f"/s/{team.study}"
    seen = {name: team.signed_in(name).get(f"{base}/work").text for name in ("olga", "cleo", "rita", "bela")}
    assert [of_coder.id in seen[name] for name in seen] == [True, True, False, False]
    assert [of_owner.id in seen[name] for name in seen] == [True, False, False, False]
    told = {name: {one["id"] for one in _work_of(team.workspace(name), name)} for name in seen}  # the stream of events
    assert told == {"olga": {of_coder.id, of_owner.id}, "cleo": {of_coder.id}, "rita": set(), "bela": set()}
    coder = team.signed_in("cleo")
    assert coder.get(f"{base}/work/{of_owner.id}").status_code == 404
    assert coder.post(f"{base}/work/{of_owner.id}/stop", data={"to": ""}).status_code == 404
    do(team)
    assert coder.get(f"{base}/work/{of_owner.id}/report.zip").status_code == 404
    assert team.signed_in("olga").get(f"{base}/work/{of_owner.id}/report.zip").content[:2] == b"PK"


def test_work_of_another_study_does_not_exist(team: Team) -> None:
    other = team.workspace("otto", team.other)
    job = longwork.ask_build(other, "otto")
    for id in (job.id, job.id[:8], "%", ""):
        with pytest.raises(NotFoundError) as refused:
            longwork.one(team.workspace("olga"), id, who="olga")
        assert job.id not in str(refused.value.to_dict()).replace(f"'{id}'", "")
    assert team.signed_in("olga").get(f"/s/{team.study}/work/{job.id}").status_code == 404


def test_the_use_cases_hold_without_the_web(team: Team) -> None:
    files = [("a.txt", io.BytesIO(b"A"))]
    for name in ("cleo", "rita", "aron", "bela"):
        with pytest.raises(PermissionDenied):
            longwork.ask_import(team.workspace(name), name, files)
    with pytest.raises(PermissionDenied):
        longwork.ask_build(team.workspace("rita"), "rita")
    for ask in (longwork.ask_build, lambda workspace, who: longwork.ask_analysis(workspace, who, "m")):
        with pytest.raises(PermissionDenied, match="blind"):
            ask(team.workspace("bela"), "bela")
    with pytest.raises(PermissionDenied, match="somebody else"):
        longwork.ask_build(team.workspace("cleo"), "olga")


def taken(tmp_path: Path) -> dict[str, Any]:
    return {"file": ("taken.crosscase", study_file(tmp_path / "taken.crosscase").read_bytes())}


def test_a_merge_is_done_by_a_worker_and_its_report_is_for_who_brings_in(team: Team, tmp_path: Path) -> None:
    olga = team.signed_in("olga")
    base = f"/s/{team.study}"
    file = taken(tmp_path)
    panel = olga.post(f"{base}/merge", data={"token": olga.token}, files=file).headers["location"]
    assert "Merge of taken.crosscase" in olga.get(panel).text
    do(team)
    assert "What it did, table by table" in olga.get(panel).text
    report = olga.get(f"{panel}/merged")
    assert report.status_code == 200
    assert "Nothing says when the two parted" in report.text
    for name in ("cleo", "rita", "aron", "bela"):
        assert team.signed_in(name).get(f"{panel}/merged").status_code == 403
    _change(team, "olga", Role.OWNER, blind=True)
    assert olga.get(f"{panel}/merged").status_code == 403
    assert "new" not in olga.get(panel).text.partition("taken.crosscase")[2].partition("</main>")[0]
    assert olga.post(f"{base}/merge", data={"token": olga.token}, files=file).status_code == 403
    assert len(team.store.jobs.all(team.study)) == 1


def test_a_merge_of_who_may_not_any_more_is_not_done(team: Team, tmp_path: Path) -> None:
    path = study_file(tmp_path / "taken.crosscase")
    with path.open("rb") as content:
        job = longwork.ask_merge(team.workspace("olga"), "olga", "taken.crosscase", content)
    before = team.store.audit_length(team.study)
    link = team.accounts.invite(team.study, Role.OWNER, blind=False, note="", by="olga")
    team.accounts.use_link(link, name="otis", email="otis@example.org", password="a long word for otis")
    _change(team, "olga", Role.READER)
    do(team)
    after = team.store.jobs.get(job.id)
    assert (after.state, after.error["error"]) == ("failed", "PermissionDenied")
    assert team.store.audit_length(team.study) == before
    assert team.store.jobs.files(job.id, GIVEN) == []


def test_whoever_reads_may_ask_for_intervals_and_sees_those_that_another_asked_for(team: Team) -> None:
    for coder in ("ana", "ben"):
        coding.code_passage(team.workspace("olga").whole, coder, "S1", 100, 140, "fair")
    url = f"/s/{team.study}/agreement"
    reader = team.signed_in("rita")
    panel = reader.post(f"{url}/intervals", data={"unit": "turn"}).headers["location"]
    do(team)
    assert "bootstrap draws" in reader.get(url).text
    auditor = team.signed_in("aron")
    assert "bootstrap draws" in auditor.get(url).text
    assert auditor.get(panel).status_code == 404
    assert team.signed_in("bela").post(f"{url}/intervals", data={"unit": "turn"}).status_code == 403
    with pytest.raises(PermissionDenied, match="blind"):
        longwork.ask_agreement(team.workspace("bela"), "bela", "turn")
    with pytest.raises(PermissionDenied, match="blind"):
        longwork.intervals(team.workspace("bela"), "turn")


def test_a_new_study_is_filled_by_a_worker_and_is_its_owners_from_the_first(team: Team, tmp_path: Path) -> None:
    olga = team.signed_in("olga")
    answer = olga.post("/studies/bring-in", data={"token": olga.token}, files=taken(tmp_path))
    base, _, job = answer.headers["location"].partition("/work/")
    id = base.removeprefix("/s/")
    assert team.workspace("olga", id).snapshot.study.title == "Firms that were made up for tests"
    assert len(team.workspace("olga", id).snapshot.sources) == 0
    assert team.signed_in("otto").get(answer.headers["location"]).status_code == 404
    do(team)
    assert team.store.jobs.get(job).state == "done"
    team.workspace("olga", id).catch_up()
    with open_store(tmp_path / "taken.crosscase") as store:
        whole = store.load_snapshot()
    there = team.store.load_snapshot(id)
    assert there.counts() == whole.counts()
    assert (there.texts, there.codings, there.study) == (whole.texts, whole.codings, whole.study)
    kept = len(team.store.studies())
    bad = {"file": ("bad.crosscase", b"no study")}
    assert olga.post("/studies/bring-in", data={"token": olga.token}, files=bad).status_code == 422
    assert len(team.store.studies()) == kept


def test_who_came_to_code_blind_has_no_report_of_the_time_before(team: Team) -> None:
    job = longwork.ask_build(team.workspace("cleo"), "cleo")
    do(team)
    client = team.signed_in("cleo")
    url = f"/s/{team.study}/work/{job.id}/report.zip"
    assert client.get(url).status_code == 200
    _change(team, "cleo", Role.CODER, blind=True)
    assert client.get(url).status_code == 403
    assert "Fetch the report" not in client.get(f"/s/{team.study}/work").text


def test_what_is_asked_for_is_done_only_if_it_still_may_be(team: Team) -> None:
    with_analysis(team)
    job = longwork.ask_analysis(team.workspace("cleo"), "cleo", "m")
    _change(team, "cleo", Role.READER)
    do(team)
    after = team.store.jobs.get(job.id)
    assert (after.state, after.error["error"]) == ("failed", "PermissionDenied")
    assert after.error["what"] == "as reader you may not accept findings and judge claims"
    assert team.workspace("olga").snapshot.analyses["m"].result is None


def test_a_server_that_has_no_key_file_builds_nothing_for_sharing_in_its_place(team: Team) -> None:
    """The study names a file of its author's machine; the server reads none, whatever it is called."""
    whole = team.workspace("olga").whole
    head = replace(whole.snapshot.study, extra={"privacy": {"key_file": "/etc/passwd"}})
    whole.study.place.save(whole.snapshot.replace(study=head), whole.snapshot, who="olga", what="a key file")
    whole.catch_up()
    job = longwork.ask_build(team.workspace("olga"), "olga")
    do(team)
    error = team.store.jobs.get(job.id).error
    assert "a server has none" in error["what"]
    assert "passwd" not in str(error)


def test_a_read_token_stops_no_work(team: Team) -> None:
    from crosscase.study.permissions import Scope

    with_analysis(team)
    job = longwork.ask_analysis(team.workspace("olga"), "olga", "m")
    token = team.accounts.add_token(_person(team, "olga"), "for a script", Scope.READ)
    client = team.client(headers={"authorization": f"Bearer {token}"})
    assert client.post(f"/s/{team.study}/work/{job.id}/stop").status_code == 403
    assert team.store.jobs.get(job.id).state == "waiting"


def test_the_numbers_say_how_much_waits_and_nothing_of_what(team: Team) -> None:
    client = team.client()
    client._transport.address = "127.0.0.1"  # type: ignore[attr-defined]
    longwork.ask_import(team.workspace("olga"), "olga", [("secret-name.txt", io.BytesIO(LONG))])
    text = client.get("/metrics").text
    assert 'crosscase_work{state="waiting"} 1.0' in text
    assert 'crosscase_work{state="running"} 0.0' in text
    assert "secret-name" not in text


# -- the processes beside the server ---------------------------------------------------------------------------------------


def reached(where: Any, is_so: Any, seconds: float = 40) -> Job:
    limit = time.monotonic() + seconds
    with open_store(where) as store:
        while not is_so(found := store.jobs.all()[-1]) and time.monotonic() < limit:
            time.sleep(0.05)
    assert is_so(found), found
    return found


def test_a_worker_beside_the_server_does_the_work_and_is_started_again_when_it_is_lost(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    where = team.settings.database
    settings = Settings(database=where, spool=str(tmp_path / "spool"))
    longwork.ask_import(team.workspace("olga"), "olga", [("long.txt", io.BytesIO(LONG))])
    with Beside(settings) as workers:
        done = reached(where, lambda one: one.state == "done")
        assert done.attempt == 1
        (process,) = workers._processes
        process.kill()
        longwork.ask_import(team.workspace("olga"), "olga", [("again.txt", io.BytesIO(LONG + b"."))])
        reached(where, lambda one: one.state == "done")
        (other,) = workers._processes
        assert other.pid != process.pid
    assert other.poll() is not None
    assert {"long", "again"} <= set(team.workspace("olga").snapshot.sources.column("id")) | _late(team)


def test_workers_are_gone_when_the_server_was_killed(team: Team, tmp_path: Path) -> None:
    program = (
        "import sys, time; from crosscase.web.beside import Beside; from crosscase.web.hosted.settings import Settings\n"
        "with Beside(Settings(database=sys.argv[1], spool=sys.argv[2])) as workers:\n"
        "    while not workers._processes: time.sleep(0.01)\n"
        "    print(next(iter(workers._processes)).pid, flush=True)\n"
        "    time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", program, team.settings.database, str(tmp_path / "spool")]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        pid = int(server.stdout.readline())
        longwork.ask_import(team.workspace("olga"), "olga", [("long.txt", io.BytesIO(LONG))])
        reached(team.settings.database, lambda one: one.state == "done")  # it is up
        server.send_signal(signal.SIGKILL)
    limit = time.monotonic() + 20
    while Path(f"/proc/{pid}/stat").exists() and time.monotonic() < limit:
        if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":  # gone, and nobody has asked how it ended
            return
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()


def _late(team: Team) -> set[str]:
    team.workspace("olga").catch_up()
    return set(team.workspace("olga").snapshot.sources.column("id"))


def _change(team: Team, name: str, role: Role, *, blind: bool = False) -> None:
    by = "otis" if any(one.coder == "otis" for one in team.accounts.people.memberships(study=team.study)) else "olga"
    opened = team.host.open(_person(team, by), team.study)
    there = next(one for one in team.host.members(opened) if one.name == name)
    team.host.change_member(opened, there.account, role=role, coder=name, blind=blind)
