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
from crosscase.study.accounts import Person
from crosscase.study.permissions import Role, Scope
from crosscase.study.presence import EXPIRES, Presence
from crosscase.study.workspace import Workspace
from crosscase.web.routes import live
from crosscase.web.routes.live import _news
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


def test_a_page_of_a_source_is_not_told_what_is_coded_in_others(workspace: Workspace) -> None:
    def elsewhere() -> None:
        coding.code_passage(workspace, "ben", "S2", 0, 20, "fair")

    assert [kind for kind, _ in listen(workspace, elsewhere, source="S1", patience=2)] == ["people"]
    assert changes(
        listen(workspace, lambda: coding.code_passage(workspace, "ben", "S1", 100, 140, "fair"), source="S1")
    )
    assert changes(listen(workspace, lambda: codebook.add_code(workspace, "ben", "For all"), source="S1"))


def test_the_answer_to_a_page_of_a_source_leaves_out_what_is_coded_in_others(team: Team) -> None:
    client, whole = team.signed_in("cleo"), team.workspace("olga").whole
    seen = whole.seen
    here = coding.code_passage(whole, "olga", "S1", 300, 345, "follow")
    there = coding.code_passage(whole, "olga", "S2", 0, 20, "fair")

    def told(source: str, after: int) -> Any:
        url = f"/s/{team.study}/api/changes?after={after}"
        return client.get(url, headers={"x-crosscase-source": source} if source else {}).json()

    assert {one["id"] for one in told("", seen)["codings"]} == {here.coding.id, there.coding.id}
    assert [one["id"] for one in told("S1", seen)["codings"]] == [here.coding.id]
    seen = whole.seen
    coding.uncode(whole, "olga", here.coding.id, here.version)
    assert told("S1", seen)["gone"] == [here.coding.id]
    assert told("S2", seen)["gone"] == []
    assert told("S2", seen)["seen"] == whole.seen
    whole.undo("olga")
    assert [one["id"] for one in told("S1", seen)["codings"]] == [here.coding.id]


def test_those_who_see_the_same_are_told_the_same_and_who_codes_blind_is_not(team: Team) -> None:
    bela, cleo, olga = (team.workspace(name) for name in ("bela", "cleo", "olga"))
    seen = [one.seen for one in (cleo, olga, bela)]
    coding.code_passage(olga.whole, "cleo", "S1", 300, 345, "follow")
    each = zip((cleo, olga, bela), seen, strict=True)
    texts = [apart(lambda one=one, seen=seen: asyncio.run(_news(one, seen, ""))) for one, seen in each]
    assert texts[0][0] is texts[1][0]
    assert "codings" in texts[0][0]
    assert texts[2][0] == ""


def test_the_stream_of_a_member_who_was_removed_ends(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked of the answer itself: the member's role changes while it lasts."""
    monkeypatch.setattr(live, "MAY", 0.1)
    cleo, olga = (team.accounts.people.account(name=name) for name in ("cleo", "olga"))
    assert cleo is not None
    assert olga is not None
    token = team.accounts.add_token(Person(cleo, "test"), "a program", Scope.READ)
    managing = team.host.open(Person(olga, "test"), team.study)

    async def told() -> list[bytes]:
        came: list[bytes] = []
        begun, asked = asyncio.Event(), False

        async def receive() -> Any:
            nonlocal asked
            if not asked:
                asked = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await asyncio.sleep(30)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            came.append(message.get("body", b""))
            if b"people" in came[-1]:
                begun.set()

        scope = {
            "type": "http", "http_version": "1.1", "method": "GET", "scheme": "https", "root_path": "",
            "path": f"/s/{team.study}/api/events", "raw_path": b"", "query_string": b"after=0", "client": ("127.0.0.1", 1),
            "server": ("crosscase.example", 443),
            "headers": [(b"host", b"crosscase.example"), (b"authorization", f"Bearer {token}".encode())],
        }  # fmt: skip
        answer = asyncio.create_task(team.app(scope, receive, send))
        await asyncio.wait_for(begun.wait(), 10)
        await asyncio.to_thread(
            team.host.change_member, managing, cleo.key, role=Role.READER, coder="cleo", blind=False
        )
        await asyncio.wait_for(answer, 10)
        return came

    assert any(b"people" in one for one in apart(lambda: asyncio.run(told())))


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
