"""Long work in the browser: what is asked for, how it goes on, what came of it."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from crosscase import copy_example
from crosscase.core import Analysis, Table
from crosscase.study import Study, longwork
from crosscase.study.working import work
from crosscase.web.routes.work import how_long
from web.conftest import Served, serve
from web.study import opened
from web.test_analyses import AXE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: Larger than what is brought in at once.
LONG = b"We went abroad early. " * 6000


@pytest.fixture(scope="module")
def _models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    with Study.open(copy_example("structural-models", folder / "models")) as study:
        rows = [
            replace(one, specification={**one.specification, "bootstrap": 400_000}, title="Very many draws")
            if one.id == "model-2" else one for one in study.snapshot.analyses if one.id in ("model-2", "model-3", "model-4")
        ]  # fmt: skip
        study.save(study.snapshot.replace(analyses=Table.of(Analysis, rows)), "three of them")
        return study.export("crosscase", folder / "models.crosscase")


@pytest.fixture
def served(_models: Path, tmp_path: Path) -> Iterator[Served]:
    """The shipped models; one of them draws for a minute."""
    path = tmp_path / "models.crosscase"
    path.write_bytes(_models.read_bytes())
    running = serve(opened(path))
    yield running
    running.stop()


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, follow_redirects=True, timeout=30) as one:
        one.get(served.gate.link)
        yield one


@contextmanager
def worker(served: Served, tmp_path: Path) -> Iterator[None]:
    """A worker as serve starts it."""
    command = [sys.executable, "-m", "crosscase", "worker", served.study.place.name, "--beside"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "CROSSCASE_SPOOL": str(tmp_path / "spool")}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(20) == 0


def send(
    client: httpx.Client, path: str, data: dict[str, str], files: list[tuple[str, bytes]] | None = None
) -> httpx.Response:
    found = re.search(r'name="crosscase-token" content="([^"]+)"', client.get("/work").text)
    assert found
    given = [("file", (name, content)) for name, content in files or []]
    return client.post(path, data={"token": found[1], **data}, files=given or None)


def do(served: Served) -> None:
    work(served.study.place.name, until_empty=True, tell=lambda _: None)


def test_a_file_waits_is_brought_in_and_says_what_it_brought(client: httpx.Client, served: Served) -> None:
    panel = send(client, "/bring-in", {"kind": "news"}, [("long.txt", LONG), ("two.txt", b"Two.\n")])
    assert re.fullmatch(r"/work/[0-9a-f]{32}", panel.url.path)
    assert "Import of 2 files" in panel.text
    assert "waiting" in panel.text
    assert "<progress" in panel.text
    assert "long" not in {one.id for one in served.workspace.snapshot.sources}
    do(served)
    over = client.get(panel.url.path).text
    assert "<progress" not in over
    assert "<strong>long.txt</strong>: 1 source<" in over
    assert served.workspace.snapshot.sources["long"].kind == "news"
    assert "Import of 2 files" in client.get("/work").text


def test_a_small_text_is_there_when_the_page_answers(client: httpx.Client, served: Served) -> None:
    answer = send(client, "/bring-in", {}, [("small.txt", b"A word.\n")])
    assert "small.txt" in answer.text
    assert served.workspace.texts["small"] == "A word.\n"


def test_an_analysis_without_draws_answers_with_its_result(client: httpx.Client, served: Served) -> None:
    assert send(client, "/analyses/run", {"id": "model-4"}).url.path == "/analyses/model-4"
    assert served.workspace.store.jobs.all() == []


def test_an_analysis_that_draws_is_left_to_a_worker_and_those_that_do_not_are_run(
    client: httpx.Client, served: Served
) -> None:
    panel = send(client, "/analyses/run", {"id": "model-3"})
    assert panel.url.path.startswith("/work/")
    assert send(client, "/analyses/run", {"id": "model-3"}).url.path == panel.url.path
    assert f'It is being run: <a href="{panel.url.path}">' in client.get("/analyses/model-3").text
    everything = send(client, "/analyses/run", {})
    assert everything.url.path == "/work"
    assert everything.text.count("<progress") == 2
    assert served.workspace.snapshot.analyses["model-4"].result
    for one in longwork.listed(served.workspace, who="ana"):
        if one.analysis == "model-2":
            assert "stopped" in send(client, f"/work/{one.job.id}/stop", {}).text
    do(served)
    assert "Its result" in client.get(panel.url.path).text
    assert served.workspace.snapshot.analyses["model-3"].result["bootstrap"]["draws"] == 500
    again = send(client, f"/work/{longwork.listed(served.workspace, who='ana')[0].job.id}/again", {})
    assert again.status_code == 200
    assert "waiting" in again.text


def test_a_failure_is_said_in_words(client: httpx.Client, served: Served) -> None:
    panel = send(client, "/bring-in", {}, [("what.pdf", b"no pdf")])
    do(served)
    text = client.get(panel.url.path).text
    assert "It was not done." in text
    assert "what.pdf" in text
    assert "Traceback" not in text
    assert str(served.study.place.name) not in text


def test_a_report_is_built_and_fetched(client: httpx.Client, served: Served) -> None:
    panel = send(client, "/work/report", {"readers": "team"})
    assert "Report for the team" in panel.text
    assert client.get(f"{panel.url.path}/report.zip").status_code == 404
    do(served)
    fetched = client.get(f"{panel.url.path}/report.zip")
    assert fetched.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(fetched.content)) as archive:
        assert "report/report.html" in archive.namelist()


def test_who_codes_blind_asks_for_nothing_and_sees_no_work_of_others(client: httpx.Client, served: Served) -> None:
    other = longwork.ask_analysis(served.workspace, "somebody", "model-3")
    assert other.id in client.get("/work").text
    send(client, "/coder", {"coder": "ana", "blind": "true"})
    assert other.id not in client.get("/work").text
    assert client.get(f"/work/{other.id}").status_code == 404
    assert client.get("/bring-in").status_code == 403
    for path, data in (("/work/report", {}), ("/analyses/run", {"id": "model-3"})):
        assert send(client, path, data).status_code == 403
    assert send(client, f"/work/{other.id}/stop", {}).status_code == 404
    assert send(client, "/bring-in", {}, [("a.txt", b"A")]).status_code == 403


def test_a_name_with_markup_is_text(client: httpx.Client) -> None:
    panel = send(client, "/bring-in", {}, [("<b onclick=alert(1)>.txt", b"A word.\n")])
    assert "<b onclick" not in panel.text
    assert "alert(1)" in client.get("/work").text


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "under a second"), (41.4, "41 s"), (170, "3 min"), (7500, "2 h 5 min")]
)
def test_how_long_is_said(seconds: float, said: str) -> None:
    assert how_long(seconds) == said


@pytest.fixture
def tab(browser: Browser, served: Served) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(20_000)
    page = context.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(served.gate.link)
    yield page
    context.close()
    assert troubles == []


@pytest.mark.browser
def test_an_upload_goes_on_under_the_eyes_of_the_person_and_another_is_stopped(
    tab: Page, served: Served, tmp_path: Path
) -> None:
    with worker(served, tmp_path):
        tab.goto(f"{served.url}/analyses")
        tab.get_by_role("button", name="Very many draws").press("Enter")
        tab.wait_for_url("**/work/*")
        bar = tab.get_by_role("progressbar", name="Very many draws")
        tab.wait_for_function("() => document.querySelector('progress')?.value > 0")
        before = bar.evaluate("(bar) => bar.value")
        tab.wait_for_function("(before) => document.querySelector('progress').value > before", arg=before)
        tab.wait_for_function("() => document.querySelector('[data-left]').textContent.includes('left')")
        stop = tab.url
        # a file behind it waits, in its own panel
        tab.goto(f"{served.url}/bring-in")
        tab.locator("input[type=file]").set_input_files({"name": "long.txt", "mimeType": "text/plain", "buffer": LONG})
        tab.get_by_role("button", name="Bring them in").press("Enter")
        tab.wait_for_url("**/work/*")
        assert tab.get_by_role("status").inner_text() == "waiting"
        panel = tab.url
        other = tab.context.new_page()
        other.goto(stop)
        other.get_by_role("button", name="Stop it").press("Enter")
        other.get_by_text("stopped", exact=True).wait_for()
        # and the first page shows what came of its own without being asked
        tab.get_by_text("done", exact=True).wait_for()
        assert tab.url == panel
        assert "long.txt" in tab.locator(".brought").inner_text()
        assert tab.evaluate("() => document.querySelectorAll('progress').length") == 0
        other.close()
    served.workspace.catch_up()
    assert served.workspace.snapshot.sources["long"]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_work_pass_axe_and_fit(tab: Page, served: Served, scheme: str) -> None:
    workspace = served.workspace
    longwork.ask_import(workspace, "ana", [("small.txt", io.BytesIO(b"A word.\n"))])
    longwork.ask_import(workspace, "ana", [("what.pdf", io.BytesIO(b"no pdf"))])
    do(served)
    failed = workspace.store.jobs.all()[-1].id
    waiting = longwork.ask_analysis(workspace, "ana", "model-2").id
    running = workspace.store.jobs.claim("elsewhere 1 a")
    assert running is not None
    workspace.store.jobs.beat(running.id, "elsewhere 1 a", 1000, 400_000)
    longwork.ask_analysis(workspace, "ana", "model-3")
    axe = (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    tab.emulate_media(color_scheme=scheme)
    tab.set_viewport_size({"width": 820 if scheme == "light" else 640, "height": 1180})
    troubles = {}
    for path in ("/work", f"/work/{waiting}", f"/work/{failed}", "/bring-in"):
        tab.goto(served.url + path)
        assert tab.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), path
        tab.evaluate(axe)
        if found := tab.evaluate(AXE):
            troubles[path] = found
    assert not troubles, json.dumps(troubles, indent=1)
