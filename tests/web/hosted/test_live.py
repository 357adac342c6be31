"""Changes as they happen: what the stream of events says, to whom, and who is here."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from crosscase.study import codebook, coding
from crosscase.study.presence import EXPIRES, Presence
from crosscase.study.workspace import Workspace
from crosscase.web.routes import live
from web.hosted.team import Team, apart
from web.study import opened, study_file


def listen(
    workspace: Any, then: Any, *, who: str = "ana", source: str = "", until: str = "changes", patience: float = 8
) -> list[Any]:
    """What a stream says from the moment that ``then`` is done, up to the first event of a kind."""

    async def told() -> list[Any]:
        found: list[Any] = []
        stream = live._tell(workspace, who, workspace.seen, source, None)
        assert (await anext(stream)).startswith("retry")
        await asyncio.to_thread(then)
        deadline = time.monotonic() + patience
        async for text in stream:
            if text.startswith("event: "):
                kind, _, rest = text.removeprefix("event: ").partition("\n")
                found.append((kind, json.loads(rest[rest.index("data: ") + 6 :])))
            if (found and found[-1][0] == until) or time.monotonic() > deadline:
                break
        await stream.aclose()
        return found

    return apart(lambda: asyncio.run(told()))


def changes(found: list[Any]) -> dict[str, Any]:
    return next(data for kind, data in found if kind == "changes")


def test_another_tab_is_told_what_changed(workspace: Workspace) -> None:
    made: list[Any] = []
    found = listen(workspace, lambda: made.append(coding.code_passage(workspace, "ana", "S1", 100, 140, "fair")))
    said = changes(found)
    assert made[0].coding.id in said["tables"]["codings"]
    assert said["seen"] == workspace.seen
    assert not said["reload"]


def test_what_another_program_writes_is_told(tmp_path: Path) -> None:
    file = study_file(tmp_path / "s.crosscase")
    script = (
        "import sys; from crosscase.study import Study, codebook; from crosscase.study.workspace import Workspace\n"
        "with Study.open(sys.argv[1], who='cli') as study: codebook.add_code(Workspace(study), 'cli', 'From elsewhere')"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "src")}
    with opened(file) as study:
        workspace = Workspace(study)
        found = listen(
            workspace,
            lambda: subprocess.run([sys.executable, "-c", script, str(file)], check=True, env=environment),
            patience=30,
        )
        assert changes(found)["tables"] == {"codes": ["from_elsewhere"]}


def test_who_codes_blind_is_not_told_of_the_codings_of_others(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.5)  # a stream that tells nothing is listened to from one to the next
    bela, whole = team.workspace("bela"), team.workspace("olga").whole
    found = listen(bela, lambda: coding.code_passage(whole, "cleo", "S1", 300, 345, "follow"), who="bela", patience=1)
    assert [data for kind, data in found if kind == "changes"] == []
    theirs = next(one for one in whole.codings_in("S1") if one.coding.coder == "cleo")
    found = listen(bela, lambda: coding.uncode(whole, "cleo", theirs.coding.id, theirs.version), who="bela", patience=1)
    assert [data for kind, data in found if kind == "changes"] == []
    found = listen(bela, lambda: codebook.add_code(whole, "olga", "For all"), who="bela")
    assert changes(found)["tables"] == {"codes": ["for_all"]}
    # the answer that a page asks for next holds as little
    client = team.signed_in("bela")
    answer = client.get(f"/s/{team.study}/api/changes?after=0").json()
    assert answer["codings"] == []
    assert theirs.coding.id not in str(answer)


def test_who_is_here_is_told_until_they_leave(workspace: Workspace) -> None:
    first = workspace.presence.enter("ben", "S2")
    found = listen(workspace, lambda: None, source="S1", until="people")
    assert found[-1][1] == [{"who": "ana", "source": "S1"}, {"who": "ben", "source": "S2"}]
    assert workspace.presence.people() == [("ben", "S2")]
    workspace.presence.leave(first)
    assert workspace.presence.people() == []


def test_presence_expires() -> None:
    now = [0.0]
    presence = Presence(lambda: now[0])
    stays, gone = presence.enter("ana", "S1"), presence.enter("ben", "")
    now[0] = EXPIRES - 1
    presence.stay(stays)
    now[0] = EXPIRES + 1
    assert presence.people() == [("ana", "S1")]
    presence.leave(gone)


@pytest.mark.browser
def test_an_open_page_follows(page: Any, served: Any) -> None:
    """The pages of the local workspace show what is done elsewhere; those without scripts of their own stay where they are."""
    page.goto(f"{served.url}/codebook")
    codebook.add_code(served.workspace, "ben", "Brand new")
    page.locator(".tree", has_text="Brand new").wait_for()
    page.goto(f"{served.url}/")
    page.evaluate("window.stays = true")
    coding.code_passage(served.workspace, "zoe", "S1", 200, 240, "fair")
    page.locator("main", has_text="zoe").wait_for()
    assert page.evaluate("window.stays")
    page.goto(f"{served.url}/source?id=S1")
    page.wait_for_selector("#text[data-ready=yes]")
    before = page.locator(".bar").count()
    coding.code_passage(served.workspace, "ben", "S1", 100, 140, "fair")
    page.locator(".bar").nth(before).wait_for(state="attached")


@pytest.mark.browser
def test_what_somebody_writes_is_not_taken_from_under_them(page: Any, served: Any) -> None:
    page.goto(f"{served.url}/memos")
    page.locator("main details summary").first.click() if page.locator("main details").count() else None
    field = page.locator("main textarea:visible").last
    field.fill("half a thought")
    from crosscase.study import memos

    memos.add_memo(served.workspace, "ben", "Another memo")
    page.locator("#changed").wait_for()
    assert field.input_value() == "half a thought"
    assert "Another memo" not in page.locator("main").inner_text()
    page.locator("#changed button").click()
    page.locator("main", has_text="Another memo").wait_for()
