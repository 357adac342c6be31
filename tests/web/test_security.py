"""Who is let in, and what a foreign page can do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from crosscase.study import Study
from crosscase.web.security import POLICY
from web.conftest import Served

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


def routes(served: Served) -> list[tuple[str, str]]:
    """Every route of the application and its methods, with something in the place of its parameters."""
    from crosscase.web.routes import ROUTERS

    return [
        (method, re.sub(r"\{.*?\}", "x", route.path))
        for router in ROUTERS
        for route in router.routes
        for method in sorted(route.methods)
        if method != "HEAD"
    ]


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    """A client without a cookie."""
    with httpx.Client(base_url=served.url) as one:
        yield one


@pytest.fixture
def signed(client: httpx.Client, served: Served) -> httpx.Client:
    """The same client, signed in."""
    assert client.get(served.gate.link).status_code == 303
    return client


def token(client: httpx.Client) -> str:
    return re.search('name="crosscase-token" content="([^"]+)"', client.get("/").text)[1]


def test_nothing_but_health_is_answered_without_the_link(client: httpx.Client, served: Served) -> None:
    assert client.get("/health").text == "ok\n"
    for method, path in routes(served):
        if path in ("/health", "/sign-in"):
            continue
        answer = client.request(method, path)
        assert answer.status_code == 401, (method, path)
        assert "made up for tests" not in answer.text
    for path in ("/static/base.css", "/api/openapi.json", "/nothing"):
        assert client.get(path).status_code == 401


def test_the_link_signs_one_browser_in_once(client: httpx.Client, served: Served) -> None:
    link = served.gate.link
    assert client.get(link.replace("key=", "key=x")).status_code == 401
    answer = client.get(link)
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert client.get("/").status_code == 200
    with httpx.Client() as other:
        assert other.get(link).status_code == 401
    assert served.gate.link == ""


def test_a_cookie_that_was_altered_is_none(signed: httpx.Client, served: Served) -> None:
    value = signed.cookies[served.gate.cookie]
    with httpx.Client(base_url=served.url, cookies={served.gate.cookie: value[:-2] + "xx"}) as other:
        assert other.get("/").status_code == 401


def test_every_change_needs_the_token(signed: httpx.Client, served: Served) -> None:
    for method, path in routes(served):
        if method in CHANGING:
            assert signed.request(method, path).status_code == 403, (method, path)
            assert signed.request(method, path, headers={"x-crosscase-token": "0" * 64}).status_code == 403
            assert signed.request(method, path, data={"token": "0" * 64}).status_code in (403, 422), (method, path)
    assert not served.workspace.store.audit(served.workspace.id, after=served.workspace.seen)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1.evil.example:{port}", ""])
def test_a_foreign_name_of_this_machine_is_refused(signed: httpx.Client, served: Served, host: str) -> None:
    answer = signed.get("/", headers={"host": host.format(port=served.port)})
    assert answer.status_code == 400


def test_another_site_is_refused_even_with_the_cookie(signed: httpx.Client) -> None:
    assert signed.get("/", headers={"origin": "http://evil.example"}).status_code == 403
    assert signed.get("/", headers={"origin": "null"}).status_code == 403


def test_the_headers_are_on_every_answer(signed: httpx.Client) -> None:
    for path in ("/", "/health", "/static/base.css", "/api/changes?after=0", "/nothing"):
        headers = signed.get(path).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    assert "unsafe" not in POLICY


def test_no_page_has_a_script_or_style_of_its_own(signed: httpx.Client) -> None:
    for template in (Path(__file__).parents[2] / "src/crosscase/web/templates").glob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|javascript:", text), template.name


def test_errors_say_what_where_and_how_to_mend(signed: httpx.Client) -> None:
    missing = signed.get("/api/codings?source=S9")
    assert missing.status_code == 404
    assert missing.json()["what"] == "there is no source with a text 'S9'"
    page = signed.get("/source?id=S9")
    assert page.status_code == 404
    assert "there is no source" in page.text
    assert signed.get("/nothing").status_code == 404


def test_coding_as_somebody_else_needs_a_name(signed: httpx.Client) -> None:
    answer = signed.post("/coder", data={"coder": "  ", "token": token(signed)})
    assert answer.status_code == 422
    answer = signed.post("/coder", data={"coder": "ben", "blind": "true", "token": token(signed)})
    assert answer.status_code == 303
    assert "Coding as <strong>ben</strong>, blind" in signed.get("/").text


def test_a_blind_coder_is_shown_own_codings_only(signed: httpx.Client) -> None:
    signed.post("/coder", data={"coder": "ben", "blind": "true", "token": token(signed)})
    assert {one["coder"] for one in signed.get("/api/codings?source=S1").json()["codings"]} == {"ben"}
    marks = signed.get("/source?id=S1&view=marks").text
    assert marks.count("<mark") == 1


def test_a_folder_is_made_into_a_study_file_once(tmp_path: Path) -> None:
    from crosscase import copy_example
    from crosscase.core.errors import InputError
    from crosscase.web.server import study_file

    folder = copy_example("born-globals", tmp_path / "firms")
    told: list[str] = []
    file = study_file(folder, told.append)
    assert "stays as it is" in told[0]
    with Study.open(file) as study:
        assert len(study.cases) == 33
    with pytest.raises(InputError, match="there already"):
        study_file(folder, told.append)
    assert study_file(file, told.append) == file
