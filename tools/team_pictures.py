"""Make the pictures of docs/teams.md, audit.md and server.md: PYTHONPATH=src:tests python tools/team_pictures.py"""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "workspace"


def main() -> None:
    import uvicorn
    from playwright.sync_api import sync_playwright

    from chromium import ARGUMENTS, CHROMIUM
    from web.hosted.team import PASSWORD, make_team

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    team = make_team(Path(tempfile.mkdtemp()) / "team.db", address=address, log="none")
    server = uvicorn.Server(uvicorn.Config(team.app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    base = f"{address}/s/{team.study}"
    with sync_playwright() as run:
        browser = run.chromium.launch(
            executable_path=next(one for one in CHROMIUM if Path(one).exists()), args=ARGUMENTS
        )

        def signed_in(name: str):
            page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
            page.goto(f"{address}/sign-in")
            page.fill("[name=name]", name)
            page.fill("[name=password]", PASSWORD + name)
            page.click("button.main")
            page.wait_for_url("**/studies")
            return page

        olga, cleo = signed_in("olga"), signed_in("cleo")
        olga.goto(f"{base}/members")
        olga.screenshot(path=OUT / "members.png")
        for page in (olga, cleo):
            page.goto(f"{base}/source?id=S1")
            page.wait_for_selector("#text[data-ready=yes]")
        from crosscase.study import coding

        before = olga.locator(".bar").count()
        words = team.workspace("cleo").texts["S1"]
        start = words.index("After that we went to a fair")
        coding.code_passage(team.workspace("cleo"), "cleo", "S1", start, start + 40, "fair")
        olga.locator(".bar").nth(before).wait_for(state="attached")
        olga.locator("#people", has_text="cleo in S1").wait_for()
        olga.screenshot(path=OUT / "together.png")
        olga.goto(f"{base}/trail")
        olga.screenshot(path=OUT / "trail.png")
        olga.goto(f"{address}/server")
        olga.screenshot(path=OUT / "server.png")
        browser.close()
    server.should_exit = server.force_exit = True
    thread.join(5)
    team.close()


if __name__ == "__main__":
    main()
