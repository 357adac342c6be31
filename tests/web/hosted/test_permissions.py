"""Every route of a study × every role, from the description of the routes; and a study that one is not in."""

from __future__ import annotations

import ast
import copy
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.openapi.utils import get_openapi

from crosscase.core.errors import PermissionDenied
from crosscase.study import coding, memos
from crosscase.study.permissions import PERMISSIONS, Permission, Role, Scope
from crosscase.web.context import PERMISSION
from crosscase.web.hosted import members, steward
from crosscase.web.routes import ROUTERS, SIGNING
from web.hosted.team import Team

PEOPLE = {Role.OWNER: "olga", Role.CODER: "cleo", Role.READER: "rita", Role.AUDITOR: "aron"}

#: What a request carries, by the name of the parameter; anything else gets something of its kind.
SAMPLES = {
    "source": "S1", "code": "fair", "into": "chance", "case": "F1", "coder": "cleo", "by": "code", "of": "fair",
    "ending": "csv", "table": "cases", "memo": "M1", "rule": "R401", "unit": "turn", "way": "undo", "role": "reader",
    "account": "2", "start": 100, "end": 140, "after": 0, "version": "1", "name": "A name", "title": "A title",
    "text": "Words", "show": "counts", "view": "marks", "to": "/memos", "where": "",
}  # fmt: skip

#: What the parameter ``id`` means, by the beginning of the path.
IDS = {"/source": "S1", "/case": "F1", "/row": "F1", "/claim": "K1", "/api/codings": "C1"}


def described() -> dict[str, Any]:
    """The OpenAPI description of every route of a study on a server, also of those that it does not show to others."""
    routes = []
    for router in [*(one for one in ROUTERS if one is not SIGNING), members.router]:
        for route in router.routes:
            shown = copy.copy(route)
            shown.include_in_schema = True
            routes.append(shown)
    return get_openapi(title="all", version="1", routes=routes)


DESCRIBED = described()

#: (method, path, what it says it needs) of every route.
ROUTES = [
    (method.upper(), path, operation.get(PERMISSION, ""))
    for path, operations in DESCRIBED["paths"].items()
    for method, operation in operations.items()
    if not path.endswith("/events")  # lasts as long as it is asked for; see test_live
]

CHANGING = [one for one in ROUTES if one[0] not in ("GET", "HEAD")]


def sample(name: str, schema: dict[str, Any], path: str) -> Any:
    if name == "id":
        return next((value for start, value in IDS.items() if path.startswith(start)), "x")
    if name in SAMPLES:
        return SAMPLES[name]
    if "enum" in schema:
        return schema["enum"][0]
    return {"integer": 1, "boolean": False, "number": 1.0, "array": []}.get(schema.get("type", ""), "x")


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return DESCRIBED["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def request_for(method: str, path: str) -> tuple[str, dict[str, Any]]:
    """A request that is well formed, with everything that must be given."""
    operation = DESCRIBED["paths"][path][method.lower()]
    query: dict[str, Any] = {}
    for one in operation.get("parameters", []):
        value = sample(one["name"], one["schema"], path)
        if one["in"] == "path":
            path = path.replace("{" + one["name"] + "}", str(value))
        elif one.get("required"):
            query[one["name"]] = value
    given: dict[str, Any] = {"params": query}
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        schema = resolved(content["schema"])
        wanted = {name: sample(name, resolved(schema["properties"][name]), path) for name in schema.get("required", [])}
        if kind == "application/json":
            given["json"] = wanted
        elif kind.startswith("multipart"):
            given["files"] = {"file": ("a.crosscase", b"not a study")}
        else:
            given["data"] = {name: str(value) for name, value in wanted.items()}
    return path, given


def test_every_route_says_what_it_needs() -> None:
    """A route that only shows needs READ; one that changes something, or makes a file, says what it needs."""
    silent = [(method, path) for method, path, needs in CHANGING if not needs]
    silent += [(method, path) for method, path, needs in ROUTES if "{ending}" in path and not needs]
    assert silent == [], "give these routes openapi_extra=asks(Permission.…)"
    assert {needs for *_, needs in ROUTES} - {""} <= set(Permission.__members__)


def test_every_change_in_study_says_what_it_needs() -> None:
    """A use case that writes is marked; without a mark it would be the owner's alone."""
    folder = Path(__file__).parents[3] / "src" / "crosscase" / "study"
    bare = []
    for file in sorted(folder.rglob("*.py")):
        if file.name in ("workspace.py", "members.py", "merging.py"):
            continue
        for found in ast.parse(file.read_text(encoding="utf-8")).body:
            if not isinstance(found, ast.FunctionDef) or found.name.startswith("_"):
                continue
            changes = [one.arg for one in found.args.args[:2]] == ["workspace", "who"] or ".writing(" in ast.unparse(
                found
            )
            marks = {ast.unparse(one).split("(")[0] for one in found.decorator_list}
            if changes and not marks & {"needs", "needs_own"}:
                bare.append(f"{file.name}: {found.name}")
    assert bare == [], "mark these with @needs(Permission.…)"


@pytest.fixture(scope="module")
def browsers(standing_team: Team) -> dict[Role, Any]:
    return {role: standing_team.signed_in(name) for role, name in PEOPLE.items()}


@pytest.mark.parametrize(("method", "path", "needs"), ROUTES, ids=lambda value: str(value))
def test_a_route_is_for_those_who_have_its_permission(
    standing_team: Team, browsers: dict[Role, Any], method: str, path: str, needs: str
) -> None:
    if path in ("/members/leave", "/members/change", "/members/remove") and needs != "MANAGE":
        pytest.skip("would take a member away from the other tests; see test_people")
    wanted = Permission[needs] if needs else Permission.READ
    # those who may not first, so that nothing is done before it was refused
    for role in sorted(Role, key=lambda role: wanted in PERMISSIONS[role]):
        if wanted in PERMISSIONS[role] and path == "/members/change":
            continue
        url, given = request_for(method, path)
        client = browsers[role]
        headers = {"x-crosscase-token": client.token}
        answer = client.request(method, f"/s/{standing_team.study}{url}", headers=headers, **given)
        refused = answer.status_code == 403
        assert refused == (wanted not in PERMISSIONS[role]), (
            role,
            answer.status_code,
            answer.text[:300],
        )
        assert answer.status_code < 500, (role, answer.text[:300])


@pytest.mark.parametrize(("method", "path", "needs"), ROUTES, ids=lambda value: str(value))
def test_a_study_that_one_is_not_in_does_not_exist(
    standing_team: Team, browsers: dict[Role, Any], method: str, path: str, needs: str
) -> None:
    url, given = request_for(method, path)
    client = browsers[Role.OWNER]
    answers = [
        client.request(method, f"/s/{study}{url}", headers={"x-crosscase-token": client.token}, **given)
        for study in (standing_team.other, "0" * 32)
    ]
    assert {one.status_code for one in answers} == {404}
    texts = {one.text.replace(standing_team.other, "ID").replace("0" * 32, "ID") for one in answers}
    assert len(texts) == 1
    assert "otto" not in texts.pop()


def test_rows_of_another_study_are_not_found(team: Team) -> None:
    whole = team.workspace("otto", team.other).whole
    made = coding.code_passage(whole, "otto", "S1", 100, 140, "fair")
    client = team.signed_in("olga")
    base = f"/s/{team.study}"
    token = {"x-crosscase-token": client.token}
    assert client.get(f"{base}/row?table=codings&id={made.coding.id}").status_code == 404
    changed = {"version": "1.1", "note": "mine", "after": 0}
    assert client.patch(f"{base}/api/codings/{made.coding.id}", json=changed, headers=token).status_code in (404, 409)
    assert whole.row("codings", made.coding.id).note == ""


def test_the_use_cases_hold_without_the_web(team: Team) -> None:
    """What the pages refuse is refused by ``study``, whoever asks it."""
    reader, coder, owner = (team.workspace(name) for name in ("rita", "cleo", "olga"))
    with pytest.raises(PermissionDenied, match="as reader you may not code"):
        coding.code_passage(reader, "rita", "S1", 100, 140, "fair")
    with pytest.raises(PermissionDenied, match="under the name of somebody else"):
        coding.code_passage(coder, "olga", "S1", 100, 140, "fair")
    with pytest.raises(PermissionDenied), reader.writing("rita", "anything"):
        pytest.fail("it was let in")
    with pytest.raises(PermissionDenied), coder.writing("cleo", "a change that says nothing of what it needs"):
        pytest.fail("it was let in")
    with pytest.raises(PermissionDenied, match="bring files in"):
        coder.study.save(coder.snapshot, "around the use cases")
    made = coding.code_passage(coder, "cleo", "S1", 100, 140, "fair")
    assert coding.change_coding(owner, "olga", made.coding.id, made.version, note="an owner may").coding.note
    other = coding.code_passage(owner, "olga", "S1", 200, 240, "fair")
    with pytest.raises(PermissionDenied, match="codings and memos of others"):
        coding.uncode(coder, "cleo", other.coding.id, other.version)
    memo = memos.add_memo(owner, "olga", "A thought")
    with pytest.raises(PermissionDenied, match="codings and memos of others"):
        memos.delete_memo(coder, "cleo", memo.id, 1)


def test_roles_change_what_is_allowed_at_once(team: Team) -> None:
    client = team.signed_in("cleo")
    url = f"/s/{team.study}/codebook/add"
    assert client.post(url, data={"name": "One"}).status_code == 303
    opened = team.host.open(_person(team, "olga"), team.study)
    cleo = next(one for one in team.host.members(opened) if one.name == "cleo")
    team.host.change_member(opened, cleo.account, role=Role.READER, coder="cleo", blind=False)
    assert client.post(url, data={"name": "Two"}).status_code == 403
    assert client.post(f"/s/{team.study}/codebook/back", data={"way": "undo"}).status_code == 403
    team.host.remove_member(opened, cleo.account)
    assert client.get(f"/s/{team.study}/codebook").status_code == 404
    assert "The study of olga" not in client.get("/studies").text


def test_a_token_may_no_more_than_its_scope(team: Team) -> None:
    person = _person(team, "olga")
    read, write = (team.accounts.add_token(person, "for a script", scope) for scope in (Scope.READ, Scope.WRITE))
    base = f"/s/{team.study}"
    new = {"source": "S1", "start": 100, "end": 140, "code": "fair", "after": 0}
    for token, statuses in ((read, (200, 403, 403)), (write, (200, 201, 403))):
        client = team.client(headers={"authorization": f"Bearer {token}"})
        found = (
            client.get(f"{base}/api/codings?source=S1").status_code,
            client.post(f"{base}/api/codings", json=new).status_code,
            client.post(f"{base}/members/invite", data={"role": "owner"}).status_code,
        )
        assert found == statuses
        assert client.get("/account").status_code == 403
    stored = str(team.accounts.people.tokens(person.account.key))
    assert read not in stored
    team.accounts.end_token(person.account, team.accounts.tokens(person.account)[0].key)
    gone = team.client(headers={"authorization": f"Bearer {read}"})
    assert gone.get(f"{base}/api/codings?source=S1").status_code == 401


def test_what_is_for_stewards_is_for_nobody_else(team: Team) -> None:
    """Every route of the steward's pages × everybody; ``otto`` is another steward and in no study of olga's."""
    routes = [(method, route.path) for route in steward.router.routes for method in route.methods]
    assert sorted(routes) == [
        ("GET", "/server"), ("POST", "/server/disable"), ("POST", "/server/enable"), ("POST", "/server/sign-out"),
    ]  # fmt: skip
    token = team.accounts.add_token(_person(team, "olga"), "for a script", Scope.WRITE)
    bela = team.accounts.people.account(name="bela")
    people = {**{name: team.signed_in(name) for name in ("olga", "otto", "cleo", "rita", "aron")}, "": team.client()}
    people["a steward's token"] = team.client(headers={"authorization": f"Bearer {token}"})
    people[""].get("/sign-in")
    for who, client in people.items():
        for method, path in routes:
            answer = client.request(method, path, data={"account": str(bela.key)} if method == "POST" else None)
            expected = {"olga": (200, 303), "otto": (200, 303), "": (303, 401, 403)}.get(who, (403,))
            assert answer.status_code in expected, (who, method, path)
            if who == "":
                assert answer.status_code != 303 or answer.headers["location"].startswith("/sign-in")
            now = team.accounts.people.account(name="bela")
            if who not in ("olga", "otto"):
                assert not now.disabled, (who, path)
        team.accounts.enable(_person(team, "olga"), bela.key)


def test_every_link_of_a_page_stays_in_its_study(standing_team: Team, browsers: dict[Role, Any]) -> None:
    base = f"/s/{standing_team.study}"
    client = browsers[Role.OWNER]
    waiting, seen = [f"{base}/"], set()
    while waiting:
        url = waiting.pop()
        if url.split("?")[0] in {one.split("?")[0] for one in seen}:
            continue
        seen.add(url)
        answer = client.get(url.split("#")[0])
        assert answer.status_code == 200, url
        if "html" not in answer.headers["content-type"]:
            continue
        for found in re.findall(r'\s(?:href|action|src)="([^"#]+)', answer.text):
            found = found.replace("&amp;", "&")
            assert found.startswith((f"{base}/", "/static/", "/studies", "/account", "/server", "/sign-out")), (
                url,
                found,
            )
            if found.startswith(base) and f'action="{found}"' not in answer.text:
                waiting.append(found)
    assert len(seen) > 20


def _person(team: Team, name: str) -> Any:
    from crosscase.study.accounts import Person

    account = team.accounts.people.account(name=name)
    assert account is not None
    return Person(account, "test")
