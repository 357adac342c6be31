"""The server as a process, its pages in a browser, and its API asked at random by somebody of each role."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from crosscase.cli import main
from web.hosted.team import PASSWORD, Team, make_team

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SOURCE = Path(__file__).parents[3] / "src"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A server that listens."""
    import uvicorn

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    team = make_team(tmp_path_factory.mktemp("running") / "s.db", address=address, log="none")
    server = uvicorn.Server(uvicorn.Config(team.app, log_level="warning", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield team
    server.should_exit = server.force_exit = True
    thread.join(5)
    listening.close()
    team.close()


@pytest.mark.parametrize("name", ["olga", "cleo", "rita", "aron", "bela"])
def test_no_request_of_anybody_makes_the_server_fail(running: Team, name: str) -> None:
    client = running.signed_in(name)
    base = f"/s/{running.study}"
    schema = schemathesis.openapi.from_dict(client.get(f"{base}/api/openapi.json").json())
    schema.config.update(base_url=running.settings.origin + base)
    session: Any = {"cookies": dict(client.cookies), "headers": {"x-crosscase-token": client.token}}
    checks = [schemathesis.checks.not_a_server_error, response_schema_conformance, status_code_conformance]
    asked: set[int] = set()
    for found in schema.get_all_operations():

        @settings(max_examples=4, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(case=found.ok().as_strategy())
        def answer_is_as_described(case: Any) -> None:
            response = case.call(**session)
            asked.add(response.status_code)
            case.validate_response(response, checks=checks)

        answer_is_as_described()
    assert 200 in asked
    assert (403 in asked) or name in ("olga", "cleo", "bela")


def test_the_command_tells_the_link_and_serves(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "crosscase",
        "serve",
        "--database",
        f"sqlite:///{tmp_path}/team.db",
        "--port",
        str(port),
    ]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            said = ""
            while "Stop it with" not in said:
                line = process.stderr.readline()
                assert line, said
                said += line
            link = re.search(r"http://127\.0\.0\.1:\d+/join\?key=\S+", said)[0]
            with httpx.Client(transport=httpx.HTTPTransport(retries=5), timeout=30) as client:
                assert client.get(f"http://127.0.0.1:{port}/health").text == "ok\n"
                page = client.get(link).text
                token = re.search('name="token" value="([^"]+)"', page)[1]
                key = re.search('name="key" value="([^"]+)"', page)[1]
                words = {"name": "nina", "password": PASSWORD + "nina", "again": PASSWORD + "nina"}
                made = client.post(f"http://127.0.0.1:{port}/join", data={"token": token, "key": key, **words})
                assert made.status_code == 303
                assert "My studies" in client.get(f"http://127.0.0.1:{port}/studies").text
            process.send_signal(signal.SIGINT)
            process.wait(20)
        finally:
            process.kill()
    assert process.returncode == 0


@pytest.mark.parametrize(
    "more", [["--database", "mysql://x"], ["--settings", "nowhere.toml"], [], ["a.crosscase", "--steward"]]
)
def test_what_cannot_be_served_is_said(more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", *more]) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.fixture(params=["light", "dark"])
def tab(browser: Browser, running: Team, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab in which olga is signed in; a script error or a refused resource fails the test."""
    size = {"width": 1440, "height": 900} if request.param == "light" else {"width": 820, "height": 1180}
    context = browser.new_context(viewport=size, color_scheme=request.param)  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    opened.goto(f"{running.settings.origin}/sign-in")
    assert _found_by_axe(opened) == []
    opened.fill("[name=name]", "olga")
    opened.fill("[name=password]", PASSWORD + "olga")
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/studies")
    yield opened
    context.close()
    assert [one for one in troubles if "status of 4" not in one] == []


@pytest.mark.browser
def test_the_pages_of_the_server_pass_axe_and_fit(tab: Page, running: Team) -> None:
    base = f"/s/{running.study}"
    for path in ("/studies", "/account", f"{base}/members", f"{base}/trail", f"{base}/", f"{base}/codebook"):
        tab.goto(running.settings.origin + path)
        assert _found_by_axe(tab) == [], path
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.mark.browser
def test_coding_on_the_server_works_by_keyboard(tab: Page, running: Team) -> None:
    """The reader under the address of a study: its scripts, its API, its way to the other pages."""
    base = f"{running.settings.origin}/s/{running.study}"
    tab.goto(f"{base}/source?id=S1")
    tab.wait_for_selector("#text[data-ready=yes]")
    before = len(running.workspace("olga").codings_in("S1"))
    tab.locator("#p7").click(position={"x": 250, "y": 10})
    for key in ("w", "e", "c"):
        tab.keyboard.press(key)
    tab.keyboard.type("follow")
    tab.keyboard.press("Enter")
    tab.locator("#status", has_text="coded as").wait_for()
    assert len(running.workspace("olga").codings_in("S1")) == before + 1
    tab.keyboard.press("Escape")
    tab.locator("#undo").click()
    tab.locator("#status", has_text="undone").wait_for()
    assert len(running.workspace("olga").codings_in("S1")) == before
    tab.get_by_role("link", name="Codebook").click()
    tab.wait_for_url(f"{base}/codebook")


def _found_by_axe(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.1 A and AA."""
    page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    found: list[str] = page.evaluate(
        """async () => (await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] })).violations
        .map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`)"""
    )
    return found
