"""A real server on a free port and a real browser for the tests of the workspace."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crosscase.core import Snapshot
from crosscase.study import Study
from crosscase.study.workspace import Workspace
from web.study import opened, study_file

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from crosscase.web.security import Gate

CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-extensions", "--disable-dev-shm-usage",
]  # fmt: skip


@dataclass
class Served:
    """A running workspace."""

    study: Study
    workspace: Workspace
    gate: Gate
    url: str
    stop: Any

    @property
    def port(self) -> int:
        return self.gate.port


def serve(study: Study) -> Served:
    """Start a workspace in a thread."""
    import uvicorn

    from crosscase.web.app import create_app
    from crosscase.web.security import Gate

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    port = listening.getsockname()[1]
    gate = Gate(coder=study.who, port=port)
    workspace = Workspace(study)
    config = uvicorn.Config(create_app(workspace, gate), log_level="warning", access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)

    def stop() -> None:
        server.should_exit = server.force_exit = True
        thread.join(5)
        listening.close()
        study.close()

    return Served(study, workspace, gate, f"http://127.0.0.1:{port}", stop)


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return study_file(tmp_path_factory.mktemp("made") / "made.crosscase")


@pytest.fixture
def file(_made: Path, tmp_path: Path) -> Path:
    """A fresh copy of the synthetic study."""
    return Path(shutil.copy(_made, tmp_path / "made.crosscase"))


@pytest.fixture
def workspace(file: Path) -> Iterator[Workspace]:
    with opened(file) as study:
        yield Workspace(study)


@pytest.fixture
def served(file: Path) -> Iterator[Served]:
    """The synthetic study in a running workspace."""
    running = serve(opened(file))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = next((one for one in CHROMIUM if Path(one).exists()), None)
    if path is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as run:
        started = run.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A signed-in page; a script error or a refused resource on it fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(10_000)
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    opened.goto(served.gate.link)
    yield opened
    context.close()
    expected = ("status of 4", "ERR_CONNECTION", "ERR_FAILED", "ERR_INTERNET_DISCONNECTED")
    assert [one for one in troubles if not any(part in one for part in expected)] == []


def read(page: Page, served: Served, source: str = "S1", more: str = "") -> None:
    """Open a source and wait until it can be worked on."""
    page.goto(f"{served.url}/source?id={source}{more}")
    page.wait_for_selector("#text[data-ready=yes]")


def study_of(snapshot: Snapshot, path: Path) -> Study:
    return opened(study_file(path, snapshot))
