"""The pages besides the reader: each is shown, works without a mouse, passes axe, and shows markup as text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from crosscase import copy_example
from crosscase.study import Study
from web.conftest import Served, read, serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGES = [
    "/", "/sources", "/source?id=S1", "/source?id=S1&view=marks", "/cases", "/case?id=F1", "/codebook",
    "/codebook?code=chance", "/codebook?code=chance&beside=structure", "/codebook/split?code=chance", "/quotations",
    "/quotations?q=code:start+overlaps+code:fair", "/quotations?q=(", "/quotations/representative",
    "/tables", "/tables?by=construct", "/tables?show=excerpts", "/tables?group=founded", "/tables/together",
    "/tables/growth?base=1", "/claims", "/agreement", "/source?id=S1&differ=turn", "/suggestions",
    "/search?q=fair", "/memos", "/findings", "/rule?code=R101", "/row?table=codings&id=k1", "/help", "/nothing",
]  # fmt: skip


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    """A signed-in client that knows the token."""
    with httpx.Client(base_url=served.url, follow_redirects=True) as one:
        one.get(served.gate.link)
        yield one


def post(client: httpx.Client, path: str, **fields: object) -> httpx.Response:
    token = re.search('name="crosscase-token" content="([^"]+)"', client.get("/").text)[1]
    return client.post(path, data={"token": token, **fields})


def violations(page: Page) -> list[Any]:
    """What axe-core finds against WCAG 2.1 A and AA."""
    page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    found: list[Any] = page.evaluate(
        """async () => (await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] })).violations
             .map((one) => [one.id, one.nodes.map((node) => node.html.slice(0, 160))])"""
    )
    return found


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_passes_axe(page: Page, served: Served, scheme: str) -> None:
    """WCAG 2.1 A and AA, by axe-core."""
    page.emulate_media(color_scheme=scheme)
    troubles = {}
    for path in PAGES:
        page.goto(served.url + path)
        if path == "/source?id=S1":
            read(page, served)
            page.locator("#p2").click()
            page.keyboard.press("w")
            page.keyboard.press("Enter")
        found = violations(page)
        if found:
            troubles[path] = found
    assert not troubles, json.dumps(troubles, indent=1)


@pytest.mark.browser
def test_no_page_is_wider_than_the_screen(page: Page, served: Served) -> None:
    """On a tablet, and at 200 % of a small window (which is half its width)."""
    for width in (820, 640):
        page.set_viewport_size({"width": width, "height": 900})
        for path in PAGES:
            page.goto(served.url + path)
            assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), (width, path)


@pytest.mark.browser
def test_the_shipped_example_is_shown(browser: Browser, tmp_path: Path) -> None:
    with Study.open(copy_example("walkthrough", tmp_path / "w")) as folder:
        folder.export("crosscase", tmp_path / "w.crosscase")
        cell = folder.matrix("code").rows[0][1].value
    served = serve(Study.open(tmp_path / "w.crosscase", who="A"))
    context = browser.new_context()
    context.set_default_timeout(10_000)
    page = context.new_page()
    try:
        page.goto(served.gate.link)
        assert "6 cases" in page.locator("main").inner_text()
        page.goto(f"{served.url}/findings")
        first = page.locator(".finding").first
        first.get_by_text("Accept with a reason").click()
        first.get_by_label("Why it may stand").fill("It is so in this study.")
        first.get_by_role("button", name="Accept").click()
        page.get_by_text("Accepted: It is so in this study.").wait_for()
        page.locator(".finding details a").first.evaluate("link => link.click()")
        page.wait_for_url("**/row?table=*")
        page.goto(f"{served.url}/tables")
        page.locator("tbody a").first.click()
        page.wait_for_url("**/tables/cell?*")
        codings = page.locator(".list > li").evaluate_all(
            "all => all.map((one) => one.querySelectorAll('.swatch').length)"
        )
        assert sum(codings) == cell
        for path in ("/case?id=Alder", "/claims", "/agreement", "/tables?by=construct"):
            page.goto(served.url + path)
            assert violations(page) == [], path
        page.get_by_role("link", name=re.compile("present")).first.click()
        page.wait_for_url("**/tables/cell?by=construct*")
    finally:
        context.close()
        served.stop()


def test_the_codebook_is_edited_merged_and_undone(client: httpx.Client, served: Served) -> None:
    assert "is in the codebook" in post(client, "/codebook/add", name="Luck & <i>chance</i>", parent="start").text
    shown = client.get("/codebook?code=luck_i_chance_i").text
    assert "Luck &amp; &lt;i&gt;chance&lt;/i&gt;" in shown
    changed = post(client, "/codebook/change", code="chance", version=1, name="Chance", parent="start", level="theme")
    assert "Chance is changed" in changed.text
    stale = post(client, "/codebook/change", code="chance", version=1, name="Other")
    assert stale.status_code == 409
    assert "What stands there now" in stale.text
    assert post(client, "/codebook/merge", code="chance", into="fair", reason=" ").status_code == 422
    assert (
        "Merged into Trade fair" in post(client, "/codebook/merge", code="chance", into="fair", reason="one thing").text
    )
    assert "one thing" in client.get("/codebook?code=fair").text
    assert "Undone: merge code Chance into Trade fair" in post(client, "/codebook/back", way="undo").text
    assert served.workspace.placed("k1").coding.code == "chance"
    assert post(client, "/codebook/delete", code="chance", version=9).status_code == 409


def test_quotations_are_found_and_downloaded(client: httpx.Client, served: Served) -> None:
    def found(**asked: str) -> list[str]:
        text = client.get("/quotations", params={"asked": "true", **asked}).text
        return re.findall(r"<blockquote dir=\"auto\">(.*?)</blockquote>", text)

    assert len(found()) == 3
    assert found(code="start") == ["we went to a fair in Cologne"]
    assert len(found(code="start", under="true")) == 3
    assert found(coder="ben") == ["we went to a fair in Cologne"]
    assert found(words="CHANCE") == ["It came by chance."]
    assert found(case="F2") == []
    assert client.get("/quotations?code=nope").status_code == 404
    table = client.get("/quotations.csv?code=chance&under=true")
    assert table.text.splitlines()[1].startswith(
        "It came by chance.,Growth abroad › How it begins › Chance order,F1,Founder,"
    )
    assert client.get("/quotations.xlsx").content[:2] == b"PK"
    assert client.get("/quotations.docx").content[:2] == b"PK"


def test_formulas_in_a_download_are_neutralised(client: httpx.Client, served: Served) -> None:
    post(client, "/codebook/add", name="=HYPERLINK(1)")
    from crosscase.study import coding

    coding.code_passage(served.workspace, "ana", "S1", 0, 11, "hyperlink_1")
    assert "'=HYPERLINK(1)" in client.get("/quotations.csv?code=hyperlink_1").text


def test_search_shows_hits_in_context_and_says_what_it_cannot_read(client: httpx.Client) -> None:
    shown = client.get("/search", params={"q": "chance"}).text
    assert shown.count("<mark>") >= 3
    assert "alert" not in client.get("/search", params={"q": "fair"}).text
    assert "not closed" in client.get("/search", params={"q": '"fair'}).text


def test_memos_on_anything(client: httpx.Client, served: Served) -> None:
    to = "/row?table=codings&id=k1"
    shown = post(client, "/memos/add", text="<b>Why?</b>", title="T", kind="codings", about="k1", to=to)
    assert "&lt;b&gt;Why?&lt;/b&gt;" in shown.text
    [memo] = served.workspace.memos_about("codings", "k1")
    assert "Because." in post(client, "/memos/change", memo=memo.id, version=1, text="Because.").text
    assert post(client, "/memos/change", memo=memo.id, version=1, text="Late.").status_code == 409
    assert post(client, "/memos/delete", memo=memo.id, version=2).status_code == 200
    assert not served.workspace.memos_about("codings", "k1")
    assert post(client, "/memos/add", text="x", kind="nothing", about="k1").status_code == 404
    assert post(client, "/memos/add", text="x", kind="codings", about="k99").status_code == 404


@pytest.mark.parametrize("to", ["http://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_no_form_leads_to_another_site(client: httpx.Client, to: str) -> None:
    assert post(client, "/memos/add", text="x", to=to).status_code == 422


def test_a_finding_is_accepted_and_withdrawn(client: httpx.Client, served: Served) -> None:
    finding = served.workspace.findings()[0]
    about = {"rule": finding.rule, "kind": finding.subject.kind, "id": finding.subject.id}
    assert post(client, "/findings/accept", **about, reason="").status_code == 422
    assert "Accepted: It is known." in post(client, "/findings/accept", **about, reason="It is known.").text
    assert "Accepted: It is known." not in post(client, "/findings/withdraw", **about).text
    assert post(client, "/findings/withdraw", **about).status_code == 404


def test_a_blind_coder_cannot_look_a_coding_up(client: httpx.Client) -> None:
    post(client, "/coder", coder="ben", blind="true")
    # as for one that is not there, so that the answer tells nothing of what is hidden
    assert client.get("/row?table=codings&id=k1").status_code == 404
    assert client.get("/row?table=codings&id=nothing").status_code == 404
    assert client.get("/quotations").text.count("<blockquote") == 1


def test_markup_in_names_is_text_on_every_page(client: httpx.Client) -> None:
    for path in PAGES:
        text = client.get(path).text
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path


def test_a_blind_coder_is_shown_tables_of_own_codings(client: httpx.Client) -> None:
    post(client, "/coder", coder="ben", blind="true")
    assert client.get("/agreement").status_code == 403
    lines = client.get("/tables.csv").text.splitlines()
    assert lines[0].endswith("Case,How it begins,codings")
    assert lines[1] == "F1,1,1"
    assert re.findall("of=([a-z]+)", client.get("/tables").text) == ["start"]


def test_tables_are_downloaded(client: httpx.Client) -> None:
    assert client.get("/tables.csv?by=code").text.splitlines()[1].startswith("F1,1,1,1")
    assert client.get("/tables.docx?by=source-kind").content[:2] == b"PK"
    assert client.get("/tables?by=nothing").status_code == 422
