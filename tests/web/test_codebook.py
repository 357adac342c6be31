"""The codebook in the browser and at the server: the tree, grouping, splitting, history, and the data structure beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from crosscase.core.errors import InputError, NotFoundError
from crosscase.study import codebook, coding
from crosscase.study.codehistory import history
from crosscase.study.workspace import Workspace
from web.conftest import Served
from web.study import INTERVIEW
from web.test_pages import client, post  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import Page


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.dataset.code ?? ''"))


# -- in the browser ----------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_theme_is_built_by_dragging_and_by_the_form(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/codebook")
    page.locator("tr[data-code=fair]").drag_to(page.locator("tr[data-code=follow]"))
    page.wait_for_url("**/codebook?code=fair*")
    assert served.workspace.row("codes", "fair").parent == "follow"
    page.locator(".beside").get_by_label("Under").select_option("start")
    page.get_by_role("button", name="Keep").first.press("Enter")
    page.wait_for_url("**said=Trade+fair+is+changed.")
    assert served.workspace.row("codes", "fair").parent == "start"


@pytest.mark.browser
def test_the_tree_is_walked_folded_and_rebuilt_by_keys(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/codebook")
    page.locator("tr[data-code=growth]").focus()
    page.keyboard.press("ArrowDown")
    assert focused(page) == "start"
    page.keyboard.press("ArrowLeft")
    row = page.locator("tr[data-code=start]")
    assert row.get_attribute("aria-expanded") == "false"
    assert page.locator("tr[data-code=chance]").is_hidden()
    page.keyboard.press("ArrowDown")
    assert focused(page) == "follow"
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "growth"
    page.keyboard.press("h")  # by its first letter
    assert focused(page) == "start"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert focused(page) == "chance"
    page.keyboard.press("End")
    assert focused(page) == "evil"
    page.keyboard.press("Control+x")
    page.keyboard.press("Home")
    page.keyboard.press("Control+v")
    page.wait_for_url("**/codebook?code=evil*")
    assert served.workspace.row("codes", "evil").parent == "growth"
    assert focused(page) == "evil"
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_url("**/codebook?code=evil*moved*")
    page.wait_for_function("() => document.querySelector('tr[data-code=evil]').getAttribute('aria-level') === '1'")
    assert served.workspace.row("codes", "evil").parent == ""
    page.locator("tr[data-code=follow]").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_url("**/codebook?code=follow*")
    assert served.workspace.row("codes", "follow").parent == "start"
    page.keyboard.press("Control+z")
    page.wait_for_url("**Undone*")
    assert served.workspace.row("codes", "follow").parent == "growth"


@pytest.mark.browser
def test_the_tree_still_works_when_somebody_else_has_changed_the_codebook(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/codebook")
    page.locator("tr[data-code=chance]").focus()
    codebook.add_code(served.workspace, "ben", "From elsewhere", parent="start")
    page.locator("tr[data-code=from_elsewhere]").wait_for()
    page.wait_for_function("() => document.activeElement.dataset.code === 'chance'")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "fair"
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_url("**/codebook?code=fair*")
    assert served.workspace.row("codes", "fair").parent == "chance"


@pytest.mark.browser
def test_ticked_codes_are_grouped_and_the_figure_follows(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/codebook")
    assert page.locator("#grouping").is_hidden()
    for code in ("chance", "fair"):
        page.locator(f"tr[data-code={code}]").focus()
        page.keyboard.press("Space")
    page.locator("#grouping").get_by_label("Name").fill("Meeting by luck")
    page.locator("#grouping").get_by_label("Under").select_option("growth")
    page.get_by_role("button", name="Group", exact=True).click()
    page.wait_for_url("**/codebook?code=meeting_by_luck*")
    page.get_by_role("link", name="Data structure").click()
    page.wait_for_url("**beside=structure")
    box = page.locator("svg a", has_text="Meeting by luck (theme): 2 codings; cases: F1")
    assert box.count() == 1
    box.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/quotations?*meeting_by_luck*")
    assert page.locator("blockquote").count() == 2


@pytest.mark.browser
def test_a_code_is_split_by_choosing_its_codings(page: Page, served: Served) -> None:
    coding.code_passage(served.workspace, "ana", "S1", 0, 11, "chance")
    page.goto(f"{served.url}/codebook?code=chance")
    page.get_by_role("link", name="Choose codings for a new code").click()
    page.locator("li", has_text="It came by chance.").get_by_role("checkbox").check()
    page.get_by_label("Name of the new code").fill("Luck")
    page.get_by_label("What parts the two").fill("One was not looked for.")
    page.get_by_role("button", name="Split").click()
    page.wait_for_url("**/codebook?code=luck*")
    assert served.workspace.placed("k1").coding.code == "luck"
    assert "One was not looked for." in page.locator("#history + ol").inner_text()
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url("**Undone*")
    assert served.workspace.placed("k1").coding.code == "chance"
    assert not served.workspace.has("codes", "luck")


# -- at the server -----------------------------------------------------------------------------------------------------


def test_a_split_keeps_what_was_not_chosen_and_notes_why(workspace: Workspace) -> None:
    other = coding.code_passage(workspace, "ben", "S1", 0, 11, "chance")
    new = codebook.split_code(workspace, "ana", "chance", ["k1"], "Luck", "not looked for")
    assert (new.parent, new.level, new.origin) == ("start", "concept", "emergent")
    assert workspace.placed("k1").coding.code == new.id
    assert workspace.placed(other.coding.id).coding.code == "chance"
    assert [one.text for one in workspace.memos_about("codes", new.id)] == ["not looked for"]
    assert workspace.memos_about("codes", "chance")[-1].title == "1 coding split off as Luck"
    assert workspace.undo("ana") == "split code Chance order: 1 coding to Luck"


def test_what_cannot_be_split_or_grouped_is_refused(workspace: Workspace) -> None:
    for codings, name, reason, message in (
        (["k1"], "Luck", " ", "reason"),
        ([], "Luck", "why", "nothing was chosen"),
        (["k2"], "Luck", "why", "does not have this code"),
        (["k1"], "TRADE FAIR", "why", "at this place already"),
    ):
        with pytest.raises(InputError, match=message):
            codebook.split_code(workspace, "ana", "chance", codings, name, reason)
    with pytest.raises(NotFoundError):
        codebook.split_code(workspace, "ana", "chance", ["k99"], "Luck", "why")
    with pytest.raises(InputError, match="which it is made of"):
        codebook.group_codes(workspace, "ana", ["start"], "New", "theme", "start")
    with pytest.raises(InputError, match="no code was chosen"):
        codebook.group_codes(workspace, "ana", [], "New", "theme")
    assert not workspace.has("codes", "luck")


def test_the_history_of_a_code_is_told_in_words(workspace: Workspace) -> None:
    codebook.change_code(workspace, "ana", "fair", 1, name="Fairs", parent="follow", definition="")
    codebook.merge_codes(workspace, "ben", "chance", "fair", "one thing")
    workspace.undo("ben")
    told = history(workspace, "fair")
    assert [(one.who, one.what) for one in told] == [
        ("ben", "undone: merge code Chance order into Fairs"),
        ("ben", "merge code Chance order into Fairs"),
        ("ana", "change code Trade fair: name, parent, definition"),
        ("ana", "made for tests"),
    ]
    assert told[2].details == (
        "name: “Trade fair” → “Fairs”",
        "under: How it begins → Following clients",
        "definition: “A fair where clients were met.” → nothing",
    )
    assert told[1].details == ("memo Chance order merged into Fairs: “one thing”",)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", told[0].at)
    made = codebook.add_code(workspace, "ana", "New", parent="start", definition="What is new")
    assert history(workspace, made.id)[0].details == (
        "level: “concept”",
        "under: How it begins",
        "definition: “What is new”",
    )


def test_the_use_of_a_code_by_case_and_coder(workspace: Workspace) -> None:
    start = INTERVIEW.index("we went to a fair")
    coding.code_passage(workspace, "cem", "S1", start, start + 10, "fair")
    coding.code_passage(workspace, "cem", "S2", 0, 11, "fair")
    use = codebook.use_of(workspace, "fair")
    assert (use.cases, use.coders, use.counts) == (("F1", "F2"), ("ana", "cem"), ((1, 1), (0, 1)))
    assert codebook.use_of(workspace, "fair", "ana").counts == ((1,),)


def test_a_blind_coder_is_told_of_own_codings_only(client: httpx.Client) -> None:  # noqa: F811
    post(client, "/coder", coder="ben", blind="true")
    shown = client.get("/codebook").text
    assert "How it begins (theme): 1 coding;" in shown
    assert 'aria-label="0 codings of Chance order"' in shown
    assert client.get("/codebook/split?code=chance").status_code == 403


def test_the_data_structure_is_downloaded(client: httpx.Client) -> None:  # noqa: F811
    svg = client.get("/structure.svg")
    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert "attachment" in svg.headers["content-disposition"]
    assert "How it begins" in svg.text
    assert client.get("/structure.png").content[:4] == b"\x89PNG"
    assert client.get("/structure.docx").content[:2] == b"PK"
