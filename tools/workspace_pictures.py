"""Make the pictures of the workspace in docs: PYTHONPATH=src:tests python tools/workspace_pictures.py

A real server with the synthetic study of the tests and the shipped walkthrough, driven in the system's Chromium.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from chromium import ARGUMENTS, CHROMIUM
from crosscase import copy_example
from crosscase.study import Study as OpenStudy
from crosscase.study.suggestions import Suggester
from crosscase.study.working import work
from web.conftest import Served, read, serve
from web.study import opened, study_file

OUT = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "workspace"


def coding(page: Page, served: Served) -> None:
    """The reader with a sentence selected and the box of codes open."""
    read(page, served)
    page.click("#p7", position={"x": 250, "y": 10})
    for key in ("w", "e", "c"):
        page.keyboard.press(key)
    page.keyboard.type("fol")


def shot(
    browser: Browser, served: Served, cookies: list, name: str, scheme: str, size: tuple[int, int], path: str
) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    context.add_cookies(cookies)
    page = context.new_page()
    if path:
        page.goto(served.url + path)
    else:
        coding(page, served)
    page.wait_for_timeout(200)
    page.screenshot(path=str(OUT / f"{name}.png"))
    context.close()


def walkthrough(browser: Browser, folder: Path) -> None:
    """The pages that need a study with more in it: the shipped example."""
    with OpenStudy.open(copy_example("walkthrough", folder / "w")) as study:
        study.export("crosscase", folder / "w.crosscase")
    served = serve(OpenStudy.open(folder / "w.crosscase", who="A"))
    Suggester(served.workspace).switch("A", "words")
    page = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light").new_page()
    page.goto(served.gate.link)
    page.goto(f"{served.url}/codebook")
    page.screenshot(path=str(OUT / "structure.png"))
    page.goto(f"{served.url}/agreement")
    page.get_by_role("button", name="Work out intervals").click()
    work(served.study.place.name, until_empty=True, tell=lambda _: None)
    page.goto(f"{served.url}/agreement")
    page.screenshot(path=str(OUT / "agreement.png"))
    read(page, served, "alder-1")
    page.click("#p16", position={"x": 250, "y": 10})
    for key in ("w", "e", "e"):
        page.keyboard.press(key)
    page.locator("#suggested li button").first.wait_for(timeout=60_000)
    page.locator("#suggested summary").first.click()
    page.locator("#suggested").scroll_into_view_if_needed()
    page.screenshot(path=str(OUT / "suggestions.png"))
    served.stop()


def arrived(browser: Browser, folder: Path) -> None:
    """The picture of docs/refi-qda.md: the shipped walkthrough as a project of another program would bring it in."""
    with OpenStudy.open(copy_example("walkthrough", folder / "theirs")) as study:
        study.export("qdpx", folder / "theirs.qdpx")
    with OpenStudy.create(folder / "arrived.crosscase", who="A") as study:
        study.import_files([folder / "theirs.qdpx"])
        source = next(one.id for one in study.sources if one.case == "Alder" and one.kind == "interview")
    served = serve(opened(folder / "arrived.crosscase", who="A"))
    page = browser.new_context(viewport={"width": 1280, "height": 720}, color_scheme="light").new_page()
    page.goto(served.gate.link)
    read(page, served, source)
    page.click("#p6", position={"x": 250, "y": 70})
    page.locator("#p6").evaluate("one => one.scrollIntoView({ block: 'center' })")
    page.screenshot(path=str(OUT / "arrived.png"))
    served.stop()


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as run:
        served = serve(opened(study_file(Path(folder) / "made.crosscase")))
        path = next(one for one in CHROMIUM if Path(one).exists())
        browser = run.chromium.launch(executable_path=path, args=ARGUMENTS)
        context = browser.new_context()
        context.new_page().goto(served.gate.link)
        cookies = context.cookies()
        shot(browser, served, cookies, "reader", "light", (1280, 720), "")
        shot(browser, served, cookies, "reader-dark", "dark", (820, 1000), "")
        shot(browser, served, cookies, "codebook", "light", (1280, 720), "/codebook?code=chance")
        served.stop()
        walkthrough(browser, Path(folder))
        shipped(browser, Path(folder))
        analysed(browser, Path(folder))
        arrived(browser, Path(folder))
        browser.close()


def shipped(browser: Browser, folder: Path) -> None:
    """The pages of docs/quotations.md and docs/workspace-tables.md, with the shipped study ``walkthrough``."""
    with OpenStudy.open(copy_example("walkthrough", folder / "walkthrough")) as study:
        snapshot = study.snapshot
    served = serve(opened(study_file(folder / "walkthrough.crosscase", snapshot), who="A"))
    context = browser.new_context()
    context.new_page().goto(served.gate.link)
    cookies = context.cookies()
    for name, path in (
        ("quotations", "/quotations?q=code:fairs+and+not+case:Alder&sort=case"),
        ("excerpts", "/tables?by=theme&show=excerpts"),
        ("groups", "/tables?by=theme&group=sector"),
        ("growth", "/tables/growth"),
        ("findings", "/findings"),
    ):
        shot(browser, served, cookies, name, "light", (1280, 720), path)
    served.stop()


def analysed(browser: Browser, folder: Path) -> None:
    """The pages of docs/analyses.md, with the study of its example."""
    with OpenStudy.open(OUT.parents[1] / "examples" / "democracy") as study:
        snapshot = study.snapshot
    file = study_file(folder / "democracy.crosscase", snapshot)
    with opened(file) as study:
        for one in study.analyses():
            study.analyse(one.id)
    served = serve(opened(file))
    context = browser.new_context()
    context.new_page().goto(served.gate.link)
    cookies = context.cookies()
    for name, path in (
        ("analysis", "/analyses/sets"),
        ("analysis-row", "/analysis/row?id=sets&number=32"),
        ("analysis-venn", "/analyses/sets?sets=venn#configurations"),
    ):
        shot(browser, served, cookies, name, "light", (1280, 900), path)
    served.stop()


if __name__ == "__main__":
    main()
