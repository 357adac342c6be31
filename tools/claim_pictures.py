"""Make the pictures of docs/workspace-claims.md: PYTHONPATH=src:tests python tools/claim_pictures.py

A real server with the shipped study `walkthrough`, driven in the system's Chromium.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from chromium import ARGUMENTS, CHROMIUM
from crosscase import copy_example
from crosscase.study import Study
from web.conftest import Served, serve

OUT = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "workspace"


def editor(page: Page, served: Served, folder: Path) -> None:
    """An expression half typed: the caret and the constructs that fit."""
    page.goto(f"{served.url}/claim/edit?id=C3")
    field = page.locator("#expression")
    field.fill("")
    field.press_sequentially("peers * (part")
    page.locator("#expression-read pre", has_text="^").wait_for()


def verdict(page: Page, served: Served, folder: Path) -> None:
    page.goto(f"{served.url}/claim?id=C3")
    page.locator("#contradicting").evaluate("one => one.scrollIntoView()")


def construct(page: Page, served: Served, folder: Path) -> None:
    """Three anchors instead of a threshold, as they are typed."""
    page.goto(f"{served.url}/construct/edit?id=fast_spread")
    given = {
        "Threshold": ("", ""),
        "Exclusion": ("0.2", "one market in five years"),
        "Crossover": ("0.52", "the gap in the data"),
        "Inclusion": ("0.7", "as fast as the sector"),
    }
    for name, (value, reason) in given.items():
        page.get_by_label(name, exact=True).fill(value)
        page.get_by_label(f"Reason for the {name.lower()}").fill(reason)
    page.locator("#cells svg").wait_for()
    page.evaluate("scrollTo(0, 0)")


def brief(page: Page, served: Served, folder: Path) -> None:
    page.goto(f"{served.url}/brief")
    page.get_by_label("From a file").set_input_files(folder / "w" / "firm.toml")
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("heading", name="Brief: Haya").wait_for()


SHOTS: dict[str, Callable[[Page, Served, Path], None]] = {
    "claim-editor": editor, "claim-verdict": verdict, "construct-editor": construct, "brief": brief,
}  # fmt: skip


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as run:
        folder = Path(name)
        with Study.open(copy_example("walkthrough", folder / "w")) as study:
            study.export("crosscase", folder / "w.crosscase")
        served = serve(Study.open(folder / "w.crosscase", who="ana"))
        path = next(one for one in CHROMIUM if Path(one).exists())
        browser = run.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(served.gate.link)
        for name, act in SHOTS.items():
            act(page, served, folder)
            page.wait_for_timeout(200)
            page.screenshot(path=str(OUT / f"{name}.png"))
        browser.close()
        served.stop()


if __name__ == "__main__":
    main()
