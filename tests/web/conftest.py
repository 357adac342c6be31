"""A real server on a free port and a real browser for the tests of the workspace."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from crosscase import copy_example
from crosscase.core import Snapshot
from crosscase.study import Study
from crosscase.study.workspace import Workspace
from web.study import opened, study_file

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from crosscase.web.security import Gate


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


@contextmanager
def watched(made: Page, *expected: str) -> Iterator[Page]:
    """The page; a script error or a refused resource on it fails the test, but for words that are expected."""
    made.set_default_timeout(10_000)
    troubles: list[str] = []
    made.on("pageerror", lambda error: troubles.append(str(error)))
    made.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    yield made
    made.close()
    assert [one for one in troubles if not any(part in one for part in expected)] == []


@contextmanager
def signed_in(browser: Browser, served: Served, *expected: str) -> Iterator[Page]:
    """A page of a new session, watched."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    with watched(context.new_page(), *expected) as opened:
        opened.goto(served.gate.link)
        yield opened
    context.close()


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A signed-in page of the synthetic study; it may lose its connection and be refused."""
    expected = ("status of 4", "ERR_CONNECTION", "ERR_FAILED", "ERR_INTERNET_DISCONNECTED")
    with signed_in(browser, served, *expected) as opened:
        yield opened


@pytest.fixture(scope="session")
def walkthrough_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped synthetic example as a study file, to copy."""
    place = tmp_path_factory.mktemp("walkthrough")
    with Study.open(copy_example("walkthrough", place / "w")) as folder:
        folder.export("crosscase", place / "w.crosscase")
    return place / "w.crosscase"


# -- a workspace that all tests of a module look at: the module says which, as the fixture ``standing`` ------------------


@pytest.fixture(scope="module")
def cookies(standing: Served) -> dict[str, str]:
    """The link signs in once."""
    with httpx.Client(base_url=standing.url, follow_redirects=True) as one:
        one.get(standing.gate.link)
        return dict(one.cookies)


@pytest.fixture
def client(standing: Served, cookies: dict[str, str]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=standing.url, cookies=cookies, follow_redirects=True, timeout=30) as one:
        yield one


@pytest.fixture(scope="module")
def context(browser: Browser, standing: Served, cookies: dict[str, str]) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1440, "height": 900})
    made.add_cookies([{"name": name, "value": value, "url": standing.url} for name, value in cookies.items()])
    yield made
    made.close()


@pytest.fixture
def tab(context: BrowserContext) -> Iterator[Page]:
    with watched(context.new_page()) as opened:
        yield opened


def read(page: Page, served: Served, source: str = "S1", more: str = "") -> None:
    """Open a source and wait until it can be worked on."""
    page.goto(f"{served.url}/source?id={source}{more}")
    page.wait_for_selector("#text[data-ready=yes]")


def study_of(snapshot: Snapshot, path: Path) -> Study:
    return opened(study_file(path, snapshot))
