"""Make the picture of docs/jobs.md: PYTHONPATH=src:tests python tools/work_pictures.py"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "workspace"

#: Longer than what is brought in while the page is loaded.
INTERVIEW = ("Q: How did you begin abroad?\nA: With a fair, and with a client who had moved. " * 2000).encode()


def main() -> None:
    from playwright.sync_api import sync_playwright

    from chromium import ARGUMENTS, CHROMIUM
    from crosscase import copy_example
    from crosscase.study import Study, longwork
    from crosscase.study.working import work
    from web.conftest import serve
    from web.study import opened

    folder = Path(tempfile.mkdtemp())
    with Study.open(copy_example("structural-models", folder / "models")) as study:
        file = study.export("crosscase", folder / "models.crosscase")
    served = serve(opened(file))
    workspace = served.workspace
    longwork.ask_build(workspace, "ana")
    longwork.ask_import(workspace, "ana", [("interview.pdf", io.BytesIO(b"no pdf"))])
    work(str(file), until_empty=True, tell=lambda _: None)
    job = longwork.ask_analysis(workspace, "ana", "model-2")
    claimed = workspace.store.jobs.claim("elsewhere 1 a")
    assert claimed is not None
    longwork.ask_import(
        workspace, "ben", [(f"interview {number}.txt", io.BytesIO(INTERVIEW)) for number in range(1, 31)]
    )
    workspace.store.jobs.beat(job.id, "elsewhere 1 a", 6_400, 10_000)
    with sync_playwright() as run:
        browser = run.chromium.launch(
            executable_path=next(one for one in CHROMIUM if Path(one).exists()), args=ARGUMENTS
        )
        page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.goto(served.gate.link)
        page.goto(f"{served.url}/work")
        page.wait_for_timeout(3_000)
        page.reload()
        page.screenshot(path=OUT / "work.png")
        browser.close()
    served.stop()


if __name__ == "__main__":
    main()
