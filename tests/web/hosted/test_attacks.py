"""What somebody who means harm would try, each as a test."""

from __future__ import annotations

import html
import io
import json
import re
import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crosscase.study import coding
from crosscase.study.accounts import Accounts
from crosscase.study.tries import LIMITS
from crosscase.web.security import POLICY
from web.hosted.team import ADDRESS, PASSWORD, Team, make_team

SCRIPT = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


# -- sessions ----------------------------------------------------------------------------------------------------------


def test_a_session_that_was_planted_is_not_the_one_that_is_signed_in(team: Team) -> None:
    """Fixation: whatever cookies a browser has before, signing in makes a new secret, and the old session ends."""
    attacker = team.signed_in("rita")
    planted = dict(attacker.cookies)
    victim = team.client()
    for name, value in planted.items():
        victim.cookies.set(name, value, domain="crosscase.example", path="/")
    page = victim.get("/join?key=none")  # a page with a form, signed in as the attacker
    assert page.status_code == 403
    token = re.search('name="crosscase-token" content="([^"]+)"', page.text)[1]
    victim.post("/sign-in", data={"name": "olga", "password": PASSWORD + "olga", "token": token})
    assert victim.cookies["__Host-crosscase"] != planted["__Host-crosscase"]
    assert "olga" in victim.get("/account").text
    assert attacker.get("/account").status_code == 303
    assert team.client(cookies=planted).get("/studies").headers["location"].startswith("/sign-in")


def test_a_visit_before_signing_in_is_worth_nothing_after(team: Team) -> None:
    one = team.client()
    one.get("/sign-in")
    before = dict(one.cookies)
    one.post("/sign-in", data={"name": "olga", "password": PASSWORD + "olga"})
    other = team.client(cookies=before)
    assert other.get("/studies").status_code == 303
    stolen = {"__Host-crosscase": before["__Host-crosscase_visit"]}
    assert team.client(cookies=stolen).get("/studies").status_code == 303


def test_cookies_are_kept_from_scripts_and_other_sites(team: Team) -> None:
    one = team.client()
    one.get("/sign-in")
    answer = one.post("/sign-in", data={"name": "olga", "password": PASSWORD + "olga"})
    (cookie,) = answer.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-crosscase=")
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part in cookie


def test_signing_out_ends_the_session_and_not_only_the_cookie(team: Team) -> None:
    one = team.signed_in("olga")
    kept = dict(one.cookies)
    assert one.post("/sign-out", data={}).status_code == 303
    assert team.client(cookies=kept).get("/studies").status_code == 303


def test_a_new_password_ends_every_other_session(team: Team) -> None:
    here, there = team.signed_in("cleo"), team.signed_in("cleo")
    new = {"old": PASSWORD + "cleo", "new": "other words than before", "again": "other words than before"}
    assert here.post("/account/password", data=new).status_code == 200
    assert here.get("/studies").status_code == 200
    assert there.get("/studies").status_code == 303


# -- forged requests -------------------------------------------------------------------------------------------------


def test_no_change_without_the_token_of_a_page(team: Team) -> None:
    olga, rita = team.signed_in("olga"), team.signed_in("rita")
    changes = {
        "/sign-out": {}, "/studies/make": {"title": "T"}, "/account/email": {"email": "x@example.org"},
        "/account/tokens/add": {"name": "x", "scope": "write"}, f"/s/{team.study}/members/invite": {"role": "owner"},
        f"/s/{team.study}/codebook/add": {"name": "X"},
    }  # fmt: skip
    for path, data in changes.items():
        for token in ("", "0" * 64, rita.token):
            assert olga.post(path, data={**data, "token": token}).status_code == 403, path
    # the form of signing in too: else somebody could be signed in as the attacker without seeing it
    fresh = team.client()
    assert fresh.post("/sign-in", data={"name": "rita", "password": PASSWORD + "rita"}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"}, {"origin": ADDRESS.replace("https", "http")},
    ],
)  # fmt: skip
def test_another_site_is_refused_even_with_the_cookie_and_the_token(team: Team, headers: dict[str, str]) -> None:
    olga = team.signed_in("olga")
    answer = olga.post(f"/s/{team.study}/codebook/add", data={"name": "X"}, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "\\\\evil.example",
        "javascript:alert(1)", "/%0d%0aset-cookie:x=1\r\nx: y", "evil.example",
    ],
)  # fmt: skip
def test_nobody_is_sent_to_another_site(team: Team, to: str) -> None:
    one = team.client()
    assert one.get("/sign-in", params={"next": to}).status_code == 422
    one.get("/sign-in")
    answer = one.post("/sign-in", data={"name": "olga", "password": PASSWORD + "olga", "next": to})
    assert answer.status_code == 422
    assert "location" not in answer.headers
    olga = team.signed_in("olga")
    answer = olga.post(f"/s/{team.study}/memos/add", data={"text": "x", "to": to})
    assert "evil" not in answer.headers.get("location", "")


def test_the_way_back_after_signing_in_is_a_page_of_ours(team: Team) -> None:
    one = team.client()
    asked = one.get(f"/s/{team.study}/source?id=S1")
    assert asked.headers["location"].startswith("/sign-in?next=%2Fs%2F")
    one.get(asked.headers["location"])
    answer = one.post(
        "/sign-in", data={"name": "olga", "password": PASSWORD + "olga", "next": f"/s/{team.study}/source?id=S1"}
    )
    assert answer.headers["location"] == f"/s/{team.study}/source?id=S1"


# -- whose name was asked for ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "crosscase.example.evil.example", "crosscase.example:1", ""])
def test_a_foreign_name_is_refused(team: Team, host: str) -> None:
    assert team.client().get("/sign-in", headers={"host": host}).status_code == 400


def test_links_are_made_with_the_address_of_the_settings_alone(tmp_path: Path) -> None:
    """Poisoning: neither the Host nor what a proxy is said to have seen gets into a link for a new password."""
    team = make_team(tmp_path / "s.db", allowed_hosts="inner.example")
    olga = team.signed_in("olga")
    for headers in (
        {"host": "inner.example"},
        {"x-forwarded-host": "evil.example"},
        {"forwarded": "host=evil.example"},
    ):
        answer = olga.post("/account/reset-link", data={"name": "cleo"}, headers=headers)
        (link,) = re.findall(r'value="(https?://[^"]+)"', answer.text)
        assert link.startswith(f"{ADDRESS}/reset?key=")
        assert "evil" not in answer.text
    team.close()


def test_what_a_proxy_says_is_believed_only_when_it_is_trusted(tmp_path: Path) -> None:
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

    from web.hosted.team import Transport

    team = make_team(tmp_path / "s.db")
    headers = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https"}

    def seen(app: Any) -> str:
        one = team.client()
        one._transport = Transport(app)
        team.lines.clear()
        one.get("/sign-in", headers=headers)
        return str(json.loads(team.lines[-1])["from"])

    assert seen(team.app) == "192.0.2.7"
    assert seen(ProxyHeadersMiddleware(team.app, "192.0.2.7")) == "203.0.113.9"
    assert seen(ProxyHeadersMiddleware(team.app, "192.0.2.8")) == "192.0.2.7"
    team.close()


# -- who is here -----------------------------------------------------------------------------------------------------


def test_whether_somebody_has_an_account_is_not_told(team: Team) -> None:
    bela = team.accounts.people.account(name="bela")
    assert bela is not None
    team.accounts.disable(_person(team, "olga"), bela.key)
    one = team.client()
    one.get("/sign-in")
    answers = []
    for name, password in (("olga", "not the password at all"), ("nobody", "no"), ("bela", PASSWORD + "bela")):
        answer = one.post("/sign-in", data={"name": name, "password": password})
        answers.append((answer.status_code, re.sub(f"{name}|[0-9a-f]{{64}}", "", answer.text)))
    assert answers == [answers[0]] * 3, "a disabled account with its right password too"
    assert answers[0][0] == 403
    forgotten = [one.post("/forgotten", data={"name": name}).text for name in ("olga", "nobody")]
    assert re.sub("[0-9a-f]{64}", "", forgotten[0]) == re.sub("[0-9a-f]{64}", "", forgotten[1])
    rita = team.signed_in("rita")
    links = [rita.post("/account/reset-link", data={"name": name}) for name in ("olga", "nobody")]
    assert links[0].status_code == links[1].status_code == 403
    assert re.sub("[0-9a-f]{64}", "", links[0].text) == re.sub("[0-9a-f]{64}", "", links[1].text)


def test_a_wrong_name_costs_the_same_work_as_a_wrong_password(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by the clock, which a test cannot rely on: as many hashes of the same cost are computed."""
    from argon2 import PasswordHasher, extract_parameters

    costs: list[list[Any]] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, hash: str, password: str) -> bool:
        costs[-1].append(extract_parameters(hash))
        return bool(verify(self, hash, password))

    bela = team.accounts.people.account(name="bela")
    assert bela is not None
    team.accounts.disable(_person(team, "olga"), bela.key)
    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for name in ("olga", "nobody", "", "x" * 80, "bela"):
        costs.append([])
        with pytest.raises(Exception, match="not right"):
            team.accounts.sign_in(name, "wrong" if name != "bela" else PASSWORD + name, address=f"192.0.2.{len(costs)}")
    assert costs == [costs[0]] * 5
    assert len(costs[0]) == 1
    real = Accounts(team.store.people)
    assert real._hasher.memory_cost >= 19 * 1024  # OWASP's least for argon2id, 2023: 19 MiB with two passes
    assert extract_parameters(real._nobody).memory_cost == real._hasher.memory_cost


def test_tries_are_limited_by_name_and_address(team: Team) -> None:
    one = team.client()
    one.get("/sign-in")
    wrong = {"name": "olga", "password": "not the password at all"}
    statuses = [
        # nobody gets more tries by saying that they come from elsewhere
        one.post("/sign-in", data=wrong, headers={"x-forwarded-for": f"198.51.100.{i + 2}"}).status_code
        for i in range(LIMITS["pair"] + 1)
    ]
    assert statuses == [403] * LIMITS["pair"] + [429]
    answer = one.post("/sign-in", data={**wrong, "password": PASSWORD + "olga"})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    from web.hosted.team import Transport

    elsewhere = team.client()
    elsewhere._transport = Transport(team.app, "198.51.100.1")
    elsewhere.get("/sign-in")
    assert elsewhere.post("/sign-in", data={"name": "olga", "password": PASSWORD + "olga"}).status_code == 303
    # one address may not go through many names either
    many = [
        one.post("/sign-in", data={"name": f"n{i}", "password": "wrong"}).status_code for i in range(LIMITS["address"])
    ]
    assert many[0] == 403
    assert many[-1] == 429


# -- what is written ---------------------------------------------------------------------------------------------------


def test_nothing_that_is_written_becomes_a_script(team: Team) -> None:
    """Every text that people can write, and every page and file that shows it."""
    olga = team.signed_in("olga")
    base = f"/s/{team.study}"
    olga.post(f"{base}/codebook/add", data={"name": SCRIPT, "level": "free"})
    code = next(one.id for one in team.workspace("olga").rows("codes") if one.name == SCRIPT)
    fields = dict.fromkeys(("name", "definition", "include", "exclude", "example"), SCRIPT)
    olga.post(f"{base}/codebook/change", data={"code": code, "version": "1", "level": "free", **fields})
    olga.post(f"{base}/memos/add", data={"text": SCRIPT, "title": SCRIPT, "kind": "codes", "about": code})
    token = {"x-crosscase-token": olga.token}
    made = olga.post(
        f"{base}/api/codings", headers=token,
        json={"source": "S1", "start": 100, "end": 140, "code": code, "note": SCRIPT, "after": 0},
    )  # fmt: skip
    assert made.status_code == 201
    olga.post("/studies/make", data={"title": SCRIPT})
    olga.post(f"{base}/members/invite", data={"role": "reader", "note": SCRIPT})
    olga.post("/account/tokens/add", data={"name": SCRIPT, "scope": "read"})
    member = team.workspace("olga")
    opened = team.host.open(_person(team, "olga"), team.study)
    cleo = next(one for one in team.host.members(opened) if one.name == "cleo")
    olga.post(f"{base}/members/change", data={"account": str(cleo.account), "role": "coder", "coder": SCRIPT[:100]})
    pages = [
        "/studies", "/account", "/forgotten", f"/sign-in?next=/{SCRIPT}", *(
            f"{base}{path}" for path in (
                "/", "/sources", f"/codebook?code={code}", f"/codebook?said={SCRIPT}", "/quotations", "/memos", "/members", "/trail",
                f"/row?table=codes&id={code}", f"/row?table=codings&id={made.json()['codings'][0]['id']}",
                f"/search?q={SCRIPT}", "/source?id=S1&view=marks", "/source?id=S1", "/tables", "/findings", "/claims", "/cases",
                "/agreement", f"/case?id={SCRIPT}", f"/source?id={SCRIPT}", f"/trail?who={SCRIPT}",
            )
        ),
    ]  # fmt: skip
    shown = 0
    for path in pages:
        answer = olga.get(path)
        assert "<img src=x" not in answer.text, path
        assert "<script>alert" not in answer.text, path
        assert answer.headers["content-security-policy"] == POLICY
        shown += html.escape("<img src=x onerror=alert(2)>", quote=False) in answer.text
    assert shown > 5
    assert member.row("codes", code).name == SCRIPT


def test_files_that_are_taken_out_hold_no_script_and_no_formula(team: Team) -> None:
    olga = team.signed_in("olga")
    base = f"/s/{team.study}"
    whole = team.workspace("olga").whole
    for name in ('=HYPERLINK("http://evil.example")', "@SUM(1)", "+1+1", SCRIPT):
        from crosscase.study import codebook

        code = codebook.add_code(whole, "olga", name)
        coding.code_passage(whole, "olga", "S1", 100, 140, code.id)
    csv = olga.get(f"{base}/quotations.csv")
    assert "attachment" in csv.headers["content-disposition"]
    assert csv.headers["x-content-type-options"] == "nosniff"
    cells = [cell for line in csv.text.splitlines() for cell in line.split(",")]
    assert [cell for cell in cells if cell.strip('"').startswith(("=", "@", "+"))] == []
    for ending in ("xlsx", "docx"):
        with zipfile.ZipFile(io.BytesIO(olga.get(f"{base}/quotations.{ending}").content)) as parts:
            text = b"".join(parts.read(name) for name in parts.namelist() if name.endswith((".xml", ".rels")))
        assert b"<f>" not in text
        assert b'Target="http://evil' not in text
        assert b"<script" not in text


def test_json_is_no_page(team: Team) -> None:
    """JSON that a browser opens is not taken for HTML, and no JSON stands inside of a page."""
    olga = team.signed_in("olga")
    answer = olga.get(f"/s/{team.study}/api/codings?source=S1")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    missing = olga.get(f"/s/{team.study}/api/codings", params={"source": "<img src=x onerror=alert(1)>"})
    assert missing.headers["content-type"] == "application/json"
    for path in ("/studies", "/account", f"/s/{team.study}/source?id=S1", f"/s/{team.study}/members"):
        assert not re.search(r"<script(?![^>]*\ssrc=)|application/json", olga.get(path).text)


@pytest.mark.parametrize(
    "words", ["' OR '1'='1", '"; DROP TABLE codings; --', "x' UNION SELECT password FROM accounts --", "%", "_", "a* OR b", "NEAR(a b)", "\\", "text:olga", "{x}"]
)  # fmt: skip
def test_what_is_searched_for_is_no_sql(standing_team: Team, words: str) -> None:
    client = standing_team.signed_in("olga") if not standing_team.clients else standing_team.clients[0]
    before = len(standing_team.workspace("olga").rows("codings"))
    for path in ("/search?q=", "/quotations?words=", "/tables?where=", "/case?id=", "/trail?who="):
        answer = client.get(f"/s/{standing_team.study}{path}", params={path.split("?")[1][:-1]: words})
        assert answer.status_code in (200, 303, 404, 422), path
        assert "argon2" not in answer.text
    assert len(standing_team.workspace("olga").rows("codings")) == before


@pytest.mark.parametrize(
    "words", ["fair OR tokyo", "fair NOT tokyo", "NEAR(fair tokyo)", "words:fair", "fair' | 'tokyo", "fair|tokyo"]
)
def test_what_is_searched_for_finds_as_words_and_not_as_syntax(standing_team: Team, words: str) -> None:
    """As syntax of an index each of these would find the fair in S1 or be an error; as words they stand nowhere together."""
    workspace = standing_team.workspace("olga").whole
    assert workspace.search("fair")
    assert workspace.search(words) == []


def test_fields_that_nobody_asked_for_change_nothing(team: Team) -> None:
    """Mass assignment: what a form does not have is not set by sending it."""
    cleo = team.signed_in("cleo")
    base = f"/s/{team.study}"
    token = {"x-crosscase-token": cleo.token}
    new = {"source": "S1", "start": 100, "end": 140, "code": "fair", "after": 0}
    for more in ({"coder": "olga"}, {"version": "9"}, {"study_key": 2}, {"quotation": "Q1"}):
        assert cleo.post(f"{base}/api/codings", json={**new, **more}, headers=token).status_code == 422
    made = cleo.post(f"{base}/api/codings", json=new, headers=token).json()["codings"][0]
    assert made["coder"] == "cleo"
    cleo.post("/account/email", data={"email": "c@example.org", "steward": "true", "password": "x", "name": "olga"})
    cleo.post(f"{base}/members/leave?account=1", data={"account": "1"})
    account = team.accounts.people.account(name="cleo")
    assert account is not None
    assert not account.steward
    assert any(one.name == "olga" for one in team.accounts.people.memberships(study=team.study))
    invited = _invitation(team)
    fresh = team.client()
    fresh.get(f"/join?key={invited}")
    words = {"password": PASSWORD + "new", "again": PASSWORD + "new"}
    fresh.post(
        "/join", data={"key": invited, "name": "new", **words, "role": "owner", "steward": "true", "study": team.other}
    )
    made_account = team.accounts.people.account(name="new")
    assert made_account is not None
    assert not made_account.steward
    assert [(one.study, one.role) for one in team.accounts.people.memberships(account=made_account.key)] == [
        (team.study, "reader")
    ]


# -- what is sent --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../../evil.crosscase", "/etc/passwd", "..\\..\\evil", "a\0b", "x" * 5000, ""])
def test_the_name_of_an_upload_is_no_path(team: Team, tmp_path: Path, name: str) -> None:
    before = sorted(path for path in tmp_path.rglob("*") if "server.db" not in path.name)
    olga = team.signed_in("olga")
    for path in ("/studies/bring-in", f"/s/{team.study}/merge"):
        answer = olga.post(
            path, data={"token": olga.token}, files={"file": (name, b"SQLite format 3\0 and nothing more")}
        )
        assert answer.status_code in (400, 422), (path, answer.status_code)
        assert str(tmp_path) not in answer.text
        assert "/tmp" not in answer.text
    assert sorted(path for path in tmp_path.rglob("*") if "server.db" not in path.name) == before
    assert not Path("/tmp/evil.crosscase").exists()


def test_an_upload_with_a_program_of_its_own_is_refused(team: Team, tmp_path: Path) -> None:
    import sqlite3

    from web.study import study_file

    file = study_file(tmp_path / "trap.crosscase")
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TRIGGER t AFTER INSERT ON codings BEGIN DELETE FROM audit; END")
    connection.close()
    olga = team.signed_in("olga")
    answer = olga.post(
        f"/s/{team.study}/merge", data={"token": olga.token}, files={"file": ("trap.crosscase", file.read_bytes())}
    )
    assert answer.status_code == 422
    assert "a program of its own" in answer.text


@pytest.mark.parametrize(
    "path", ["/static/../../../../etc/passwd", "/static/%2e%2e/%2e%2e/app.py", "/static/..%2fapp.py", "/s/%2e%2e/x"]
)
def test_no_file_of_the_machine_is_served(standing_team: Team, path: str) -> None:
    answer = standing_team.client().get(path)
    assert answer.status_code in (303, 404)
    assert "root:" not in answer.text
    assert "import " not in answer.text


def test_a_body_that_is_too_large_is_refused(tmp_path: Path) -> None:
    team = make_team(tmp_path / "s.db", largest_upload=100_000)
    olga = team.signed_in("olga")
    file = {"file": ("a.crosscase", b"x" * 200_000)}
    assert olga.post("/studies/bring-in", data={"token": olga.token}, files=file).status_code == 413
    # also when it does not say how large it is, and before anything of it was looked at
    form = {"content-length": "10", "content-type": "application/x-www-form-urlencoded"}
    assert olga.request("POST", "/sign-in", content=b"x" * 200_000, headers=form).status_code == 413
    for length in ("-1", "1e9", "x"):
        assert olga.request("POST", "/sign-in", content=b"", headers={"content-length": length}).status_code == 413
    team.close()


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[int]:
    """A server that listens, and waits a second for a request."""
    import uvicorn

    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    made.listen(8)
    port = made.getsockname()[1]
    team = make_team(tmp_path / "s.db", address=f"http://127.0.0.1:{port}", patience=1, largest_upload=50_000)
    config = uvicorn.Config(team.app, log_level="critical", lifespan="off", proxy_headers=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [made]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield port
    server.should_exit = server.force_exit = True
    thread.join(5)
    made.close()
    team.close()


def _send(port: int, parts: list[bytes]) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        for part in parts:
            connection.sendall(part)
        return connection.recv(4096)


def test_a_body_that_comes_too_slowly_is_let_go(listening: int) -> None:
    head = (
        f"POST /sign-in HTTP/1.1\r\nhost: 127.0.0.1:{listening}\r\n"
        "content-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\n"
    ).encode()
    assert b" 408 " in _send(listening, [head, b"name=o"])


def test_a_body_that_grows_without_end_is_let_go(listening: int) -> None:
    head = (
        f"POST /sign-in HTTP/1.1\r\nhost: 127.0.0.1:{listening}\r\ncontent-type: application/x-www-form-urlencoded\r\n"
        "transfer-encoding: chunked\r\n\r\n"
    ).encode()
    chunk = b"4000\r\n" + b"a" * 0x4000 + b"\r\n"
    assert b" 413 " in _send(listening, [head, *[chunk] * 4])


# -- what is left behind -------------------------------------------------------------------------------------------------


def test_no_secret_and_nothing_of_a_study_is_in_the_log_or_the_numbers(team: Team) -> None:
    olga = team.signed_in("olga")
    base = f"/s/{team.study}"
    olga.get(f"{base}/source?id=S1")
    olga.get(f"{base}/search?q=Hamburg")
    olga.get(f"{base}/case?id=F1")
    link = olga.post("/account/reset-link", data={"name": "cleo"}).text
    secret = re.search(r"reset\?key=([\w-]+)", link)[1]
    team.client().get(f"/reset?key={secret}")
    lines = "\n".join(team.lines)
    assert len(team.lines) > 5
    for line in team.lines:
        json.loads(line)
    numbers = team.client().get("/metrics")
    assert numbers.status_code == 403
    from web.hosted.team import Transport

    here = team.client()
    here._transport = Transport(team.app, "127.0.0.1")
    numbers = here.get("/metrics")
    assert 'crosscase_requests_total{method="GET",route="/s/STUDY/source",status="200"} 1.0' in numbers.text
    assert here.get("/metrics", headers={"x-forwarded-for": "127.0.0.1"}).status_code == 403
    for kept in (secret, "Hamburg", "olga", "cleo", PASSWORD, "S1", "F1"):
        assert kept not in lines, kept
        assert kept not in numbers.text, kept


def test_the_database_holds_no_secret_that_opens_anything(team: Team, tmp_path: Path) -> None:
    olga = team.signed_in("olga")
    token = re.search(
        r'value="(cc_[^"]+)"', olga.post("/account/tokens/add", data={"name": "t", "scope": "read"}).text
    )[1]
    link = _invitation(team)
    session = team.app.state.gate._serializer.loads(olga.cookies["__Host-crosscase"])[1]
    team.store.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("server.db*"))
    for secret in (token, link, session, PASSWORD + "olga"):
        assert secret.encode() not in stored
    assert b"$argon2id$" in stored


def test_every_attack_in_the_docs_has_the_test_that_is_named() -> None:
    here = Path(__file__)
    told = (here.parents[3] / "docs" / "server.md").read_text("utf-8")
    named = set(re.findall(r"`(test_\w+)`", told))
    known = {
        one
        for file in here.parent.glob("test_*.py")
        for one in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.M)
    }
    assert len(named) > 20
    assert named <= known


def _invitation(team: Team) -> str:
    from crosscase.study.permissions import Role

    return team.accounts.invite(team.study, Role.READER, blind=False, note="", by="olga")


def _person(team: Team, name: str) -> Any:
    from crosscase.study.accounts import Person

    account = team.accounts.people.account(name=name)
    assert account is not None
    return Person(account, "test")
