"""Accounts, invitations, members, links for new passwords: the use cases and their pages."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import pytest

from crosscase.core.errors import InputError, PermissionDenied
from crosscase.store import open_store
from crosscase.study.accounts import Accounts, Person
from crosscase.study.permissions import Role
from crosscase.study.tries import LIMITS, WINDOW, TooManyTries, Tries
from crosscase.study.working import work
from web.hosted.team import PASSWORD, QUICK, Team, make_team


def person(team: Team, name: str) -> Person:
    account = team.accounts.people.account(name=name)
    assert account is not None
    return Person(account, "test")


def test_the_way_from_an_empty_database_to_the_first_coding(tmp_path: Path) -> None:
    """What somebody does who sets a server up: the printed link, an account, a study file, a coding."""
    from web.study import study_file

    team = make_team(tmp_path / "s.db")
    link = team.accounts.owner_link()
    one = team.client()
    assert "Look after this server" in one.get(f"/join?key={link}").text
    words = {"password": PASSWORD + "nina", "again": PASSWORD + "nina"}
    assert one.post("/join", data={"key": link, "name": "Nina", **words}).headers["location"] == "/studies"
    assert one.get(f"/join?key={link}").status_code == 403
    one.get("/studies")
    file = study_file(tmp_path / "brought.crosscase").read_bytes()
    made = one.post("/studies/bring-in", data={"token": one.token}, files={"file": ("brought.crosscase", file)})
    base, _, job = made.headers["location"].partition("/work/")
    assert "Firms that were made up for tests" in one.get("/studies").text
    assert "brought.crosscase" in one.get(f"{base}/work/{job}").text
    work(team.settings.database, until_empty=True, tell=lambda _: None)
    assert team.store.jobs.get(job).state == "done"
    assert "Firms that were made up for tests" in one.get("/studies").text
    assert 'href="' + base + '/"' in one.get(f"{base}/work/{job}").text  # its panel leads to the study
    new = {"source": "S1", "start": 100, "end": 140, "code": "fair", "after": 0}
    answer = one.post(f"{base}/api/codings", json=new, headers={"x-crosscase-token": one.token})
    assert answer.status_code == 201
    assert "nina" in {one["coder"] for one in one.get(f"{base}/api/codings?source=S1").json()["codings"]}
    team.close()


def test_an_invitation_lets_one_person_in_once(team: Team) -> None:
    olga = team.signed_in("olga")
    page = olga.post(f"/s/{team.study}/members/invite", data={"role": "coder", "blind": "true", "note": "welcome"})
    (key,) = re.findall(r"join\?key=([\w-]+)", page.text)
    fresh = team.client()
    assert "coding blind" in fresh.get(f"/join?key={key}").text
    words = {"password": PASSWORD + "nina", "again": PASSWORD + "nina"}
    assert fresh.post("/join", data={"key": key, "name": "olga", **words}).status_code == 422
    assert fresh.post("/join", data={"key": key, "name": "nina", **words}).headers["location"] == f"/s/{team.study}/"
    assert [
        (one.role, one.blind) for one in team.accounts.people.memberships(study=team.study) if one.name == "nina"
    ] == [("coder", True)]
    other = team.client()
    assert other.get(f"/join?key={key}").status_code == 403
    assert other.post("/join", data={"key": key, "name": "nick", **words, "token": other.token}).status_code == 403


def test_who_has_an_account_joins_with_it(team: Team) -> None:
    otto = team.signed_in("otto")
    key = team.accounts.invite(team.study, Role.AUDITOR, blind=False, note="", by="olga")
    otto.get(f"/join?key={key}")
    assert otto.post("/join", data={"key": key}).status_code == 303
    assert "The study of olga" in otto.get("/studies").text
    again = team.accounts.invite(team.study, Role.OWNER, blind=False, note="", by="olga")
    assert otto.post("/join", data={"key": again}).status_code == 422
    assert team.accounts.link(again) is not None


def test_an_invitation_ends(team: Team) -> None:
    olga = team.host.open(person(team, "olga"), team.study)
    key = team.host.invite(olga, Role.CODER)
    (waiting,) = team.host.invitations(olga)
    team.host.take_back(olga, waiting.key)
    assert team.accounts.link(key) is None
    key = team.host.invite(olga, Role.CODER)
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=8)
    assert Accounts(team.store.people, hasher=QUICK, now=lambda: later).link(key) is None
    assert team.accounts.link(key) is not None


def test_a_study_keeps_an_owner(team: Team) -> None:
    olga = team.host.open(person(team, "olga"), team.study)
    me = olga.membership.account
    with pytest.raises(InputError, match="the last one"):
        team.host.change_member(olga, me, role=Role.READER, coder="olga", blind=False)
    with pytest.raises(InputError, match="the last one"):
        team.host.remove_member(olga, me)
    cleo = next(one for one in team.host.members(olga) if one.name == "cleo")
    with pytest.raises(InputError, match="another member codes as olga"):
        team.host.change_member(olga, cleo.account, role=Role.CODER, coder="olga", blind=False)
    team.host.change_member(olga, cleo.account, role=Role.OWNER, coder="cleo", blind=False)
    team.host.remove_member(olga, me)
    assert "olga" not in {one.name for one in team.accounts.people.memberships(study=team.study)}


def test_whoever_leaves_is_out_and_their_codings_stay(team: Team) -> None:
    from crosscase.study import coding

    cleo = team.signed_in("cleo")
    made = coding.code_passage(team.workspace("cleo"), "cleo", "S1", 100, 140, "fair")
    assert cleo.post(f"/s/{team.study}/members/leave", data={}).status_code == 303
    assert cleo.get(f"/s/{team.study}/").status_code == 404
    assert team.workspace("olga").placed(made.coding.id).coding.coder == "cleo"


def test_an_owner_cannot_take_over_who_is_in_other_studies(team: Team) -> None:
    """Else whoever invites somebody could set their password and come into their other studies."""
    link = team.accounts.invite(team.study, Role.OWNER, blind=False, note="", by="olga")
    team.accounts.use_link(link, name="owen", password=PASSWORD + "owen")
    owen, olga = person(team, "owen"), person(team, "olga")
    assert team.accounts.reset_link(owen, "cleo")
    for name in ("olga", "otto", "nobody"):  # a steward, a member elsewhere, nobody
        with pytest.raises(PermissionDenied, match="not yours to issue"):
            team.accounts.reset_link(owen, name)
    key = team.accounts.invite(team.other, Role.READER, blind=False, note="", by="otto")
    team.accounts.use_link(key, person=person(team, "cleo"))
    with pytest.raises(PermissionDenied, match="not yours to issue"):
        team.accounts.reset_link(owen, "cleo")
    assert team.accounts.reset_link(olga, "cleo")


def test_a_link_for_a_new_password(team: Team) -> None:
    cleo = team.signed_in("cleo")
    first = team.accounts.reset_link(person(team, "olga"), "cleo")
    second = team.accounts.reset_link(person(team, "olga"), "cleo")
    one = team.client()
    assert one.get(f"/reset?key={first}").status_code == 403  # an earlier link ends with a new one
    one.get(f"/reset?key={second}")
    assert one.post("/reset", data={"key": second, "password": "short", "again": "short"}).status_code == 422
    words = {"password": "quite other words", "again": "quite other words"}
    assert one.post("/reset", data={"key": second, **words}).headers["location"] == "/sign-in"
    assert one.get(f"/reset?key={second}").status_code == 403
    assert cleo.get("/studies").status_code == 303
    with pytest.raises(PermissionDenied):
        team.accounts.sign_in("cleo", PASSWORD + "cleo", address="")
    assert team.accounts.sign_in("cleo", "quite other words", address="")


def test_an_invitation_is_no_link_for_a_password_and_the_other_way_round(team: Team) -> None:
    invitation = team.accounts.invite(team.study, Role.OWNER, blind=False, note="", by="olga")
    reset = team.accounts.reset_link(person(team, "olga"), "cleo")
    with pytest.raises(PermissionDenied):
        team.accounts.reset(invitation, "words for a password")
    with pytest.raises(PermissionDenied):
        team.accounts.use_link(reset, name="nina", password="words for a password")
    assert team.accounts.link(invitation) is not None
    assert team.accounts.link(reset) is not None


@pytest.mark.parametrize("password", ["short", "x" * 1001, "cleocleo1234"[:11]])
def test_a_password_that_is_too_short_or_too_long_is_refused(team: Team, password: str) -> None:
    with pytest.raises(InputError, match="12 to 1000"):
        team.accounts.reset(team.accounts.reset_link(person(team, "olga"), "cleo"), password)


@pytest.mark.parametrize("name", ["", " ", "a b", "-x", "a" * 81, "<b>"])
def test_a_name_that_is_none_is_refused(team: Team, name: str) -> None:
    key = team.accounts.invite(team.study, Role.CODER, blind=False, note="", by="olga")
    with pytest.raises(InputError):
        team.accounts.use_link(key, name=name, password=PASSWORD)


def test_a_name_is_one_however_it_is_written(team: Team) -> None:
    key = team.accounts.invite(team.study, Role.CODER, blind=False, note="", by="olga")
    for name in ("OLGA", "ｏｌｇａ", " olga "):
        with pytest.raises(InputError, match="taken"):
            team.accounts.use_link(key, name=name, password=PASSWORD + "x" * 9)
    assert team.accounts.sign_in("Olga", PASSWORD + "olga", address="")


def test_sessions_are_listed_and_ended_by_their_owner_alone(team: Team) -> None:
    here, there = team.signed_in("cleo"), team.signed_in("cleo")
    rita = team.signed_in("rita")
    sessions = team.accounts.sessions(person(team, "cleo").account)
    mine = re.findall(r'name="session" value="([0-9a-f]{64})"', here.get("/account").text)
    assert len(mine) == 1
    assert {one.hash for one in sessions} > set(mine)
    assert rita.post("/account/sessions/end", data={"session": mine[0]}).status_code == 404
    assert there.get("/studies").status_code == 200
    assert here.post("/account/sessions/end", data={"session": mine[0]}).status_code == 303
    assert there.get("/studies").status_code == 303
    assert here.get("/studies").status_code == 200


def test_a_session_ends_by_itself(team: Team) -> None:
    secret = team.accounts.sign_in("cleo", PASSWORD + "cleo", address="")
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=15)
    assert team.accounts.recognise(secret)
    assert Accounts(team.store.people, hasher=QUICK, now=lambda: later).recognise(secret) is None


def test_tries_are_forgotten_after_a_while() -> None:
    now = [0.0]
    tries = Tries(lambda: now[0])
    for _ in range(LIMITS["pair"]):
        tries.refuse("ana", "a")
        tries.failed("ana", "a")
    with pytest.raises(TooManyTries) as refused:
        tries.refuse("ana", "a")
    assert 0 < refused.value.seconds <= WINDOW + 1
    tries.refuse("ana", "b")
    tries.refuse("ben", "a")
    now[0] = WINDOW + 1
    tries.refuse("ana", "a")


def test_an_older_hash_is_made_anew_when_somebody_signs_in(team: Team) -> None:
    from argon2 import PasswordHasher

    before = person(team, "cleo").account.password
    stronger = Accounts(team.store.people, hasher=PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert stronger.sign_in("cleo", PASSWORD + "cleo", address="")
    after = person(team, "cleo").account.password
    assert before != after
    assert "m=16,t=2" in str(after)


def test_a_study_that_is_deleted_takes_its_memberships_along(team: Team) -> None:
    import sqlalchemy as sa

    from crosscase.store.schema import studies

    with team.store._database.writing() as connection:
        connection.execute(sa.delete(studies).where(studies.c.id == team.other))
    assert team.accounts.people.memberships(account=person(team, "otto").account.key) == []


@pytest.mark.postgres
def test_the_same_on_postgresql(tmp_path: Path, empty_postgres: str) -> None:
    """The way of a team on a database server: invited, signed in, coding, blind, merged, taken out again."""
    from web.study import study_file

    open_store(empty_postgres, create=True).close()
    team = make_team(empty_postgres)
    try:
        cleo, bela = team.signed_in("cleo"), team.signed_in("bela")
        new = {"source": "S1", "start": 100, "end": 140, "code": "fair", "after": 0}
        for client in (cleo, bela):
            token = {"x-crosscase-token": client.token}
            assert client.post(f"/s/{team.study}/api/codings", json=new, headers=token).status_code == 201
        url_of = f"/s/{team.study}/api/codings?source=S1"
        assert {one["coder"] for one in bela.get(url_of).json()["codings"]} == {"bela"}
        assert {one["coder"] for one in cleo.get(url_of).json()["codings"]} > {"bela", "cleo"}
        olga = team.signed_in("olga")
        file = {"file": ("f.crosscase", study_file(tmp_path / "f.crosscase").read_bytes())}
        merged = olga.post(f"/s/{team.study}/merge", data={"token": olga.token}, files=file)
        work(empty_postgres, until_empty=True, tell=lambda _: None)
        report = olga.get(f"{merged.headers['location']}/merged")
        assert (report.status_code, "Nothing says when the two parted" in report.text) == (200, True)
        link = team.accounts.invite(team.study, Role.CODER, blind=False, note="", by="olga")
        _used_by_one(team, link)
    finally:
        team.close()


def test_a_link_that_two_use_at_once_lets_one_in(team: Team) -> None:
    _used_by_one(team, team.accounts.invite(team.study, Role.CODER, blind=False, note="", by="olga"))


def _used_by_one(team: Team, link: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def join(name: str) -> Any:
        try:
            return team.accounts.use_link(link, name=name, password=PASSWORD + name)
        except PermissionDenied:
            return None

    with ThreadPoolExecutor(4) as pool:
        joined = list(pool.map(join, ["n1", "n2", "n3", "n4"]))
    assert sum(one is not None for one in joined) == 1


def test_only_so_many_studies_are_held_in_memory(tmp_path: Path) -> None:
    team = make_team(tmp_path / "team.db", open_studies=1)
    try:
        first, other = team.workspace("olga").whole, team.workspace("otto", team.other).whole
        assert team.workspace("otto", team.other).whole is other
        again = team.workspace("olga").whole
        assert again is not first
        assert again.snapshot == first.snapshot
    finally:
        team.close()


def test_a_study_that_is_being_opened_keeps_nobody_else_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    from crosscase.study import hosting

    team = make_team(tmp_path / "team.db")
    begun, go_on, made = threading.Event(), threading.Event(), []
    real = hosting.Workspace

    def slow(study: Any) -> Any:
        if study.place.database()[1] == team.study:
            begun.set()
            assert go_on.wait(20)
        made.append(study)
        return real(study)

    monkeypatch.setattr(hosting, "Workspace", slow)
    opened: list[Any] = []
    threads = [threading.Thread(target=lambda: opened.append(team.workspace("olga").whole)) for _ in range(3)]
    try:
        for thread in threads:
            thread.start()
        assert begun.wait(20)
        assert team.workspace("otto", team.other).whole is not None
        assert opened == []
        go_on.set()
        for thread in threads:
            thread.join(20)
        assert len({id(one) for one in opened}) == 1
        assert len(made) == 2
    finally:
        go_on.set()
        team.close()


def test_a_steward_sees_who_and_how_much_but_no_content(team: Team) -> None:
    cleo, olga = team.signed_in("cleo"), team.signed_in("olga")
    shown = olga.get("/server")
    assert shown.status_code == 200
    for known in ("cleo", "bela", "otto", team.study[:8], team.other[:8]):
        assert known in shown.text
    assert "The study of" not in shown.text
    assert 'href="/server"' in olga.get(f"/s/{team.study}/").text
    assert cleo.get("/server").status_code == 403
    assert 'href="/server"' not in cleo.get("/studies").text
    key = next(one.key for one in team.accounts.people.accounts("") if one.name == "cleo")
    assert cleo.post("/server/sign-out", data={"account": str(key)}).status_code == 403
    assert olga.post("/server/sign-out", data={"account": "999"}).status_code == 404
    assert olga.post("/server/sign-out", data={"account": str(key)}).status_code == 303
    assert cleo.get("/studies").status_code == 303, "it holds at once"


def test_a_steward_disables_an_account_and_enables_it_again(team: Team) -> None:
    cleo, olga = team.signed_in("cleo"), team.signed_in("olga")
    keys = {one.name: one.key for one in team.accounts.people.accounts("")}
    reset = re.search(r"reset\?key=([\w-]+)", olga.post("/account/reset-link", data={"name": "cleo"}).text)[1]
    assert olga.post("/server/disable", data={"account": str(keys["cleo"])}).headers["location"] == "/server"
    assert cleo.get(f"/s/{team.study}/").status_code == 303, "it holds at once"
    shown = olga.get("/server").text
    assert "disabled since" in shown
    assert 'aria-label="Enable cleo"' in shown
    assert 'aria-label="Disable cleo"' not in shown
    assert 'aria-label="Disable olga"' not in shown, "nobody disables themselves"
    assert team.client().get(f"/reset?key={reset}").status_code == 403
    assert olga.post("/account/reset-link", data={"name": "cleo"}).status_code == 403
    assert team.accounts.forgotten("cleo") == team.accounts.forgotten("cleo@example.org") == []
    assert olga.post("/server/disable", data={"account": str(keys["olga"])}).status_code == 403
    assert olga.get("/server").status_code == 200
    assert "cleo" in olga.get(f"/s/{team.study}/members").text, "what they are and did stays"
    assert olga.post("/server/enable", data={"account": str(keys["cleo"])}).status_code == 303
    assert team.signed_in("cleo").get(f"/s/{team.study}/").status_code == 200
