"""The page on agreement: quick coefficients, intervals that come after, and the walk through the places of difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from crosscase.study import coding
from crosscase.study.agreeing import compared, unitized
from crosscase.study.workspace import Workspace
from web.conftest import Served
from web.study import INTERVIEW
from web.test_pages import client, post  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import Page


def code(workspace: Workspace, who: str, words: str, what: str) -> None:
    start = INTERVIEW.index(words)
    coding.code_passage(workspace, who, "S1", start, start + len(words), what)


def test_the_unitizing_alpha_of_free_spans(workspace: Workspace) -> None:
    """Worked by hand from Krippendorff et al. (2016), eq. 1 to 4, for one code and two coders in a text of L characters.

    ana marks [0, 11), ben [0, 22) and nothing else has the code: observed 0-1 coincidences are 11 in each direction; the
    margins are n1 = 33 and n0 = 2L - 33, the pairings with oneself 11² + 22² for the code and one a character for the gap.
    """
    coding.code_passage(workspace, "ana", "S1", 0, 11, "evil")
    coding.code_passage(workspace, "ben", "S1", 0, 22, "evil")
    length = len(INTERVIEW)
    n1, n0 = 33, 2 * length - 33
    total = n0 + n1
    selves = 11**2 + 22**2 + n0
    expected = n0 * n1 * total / (total**2 - selves)
    assert INTERVIEW[22] == "h"  # inside a word: nothing was trimmed off the spans
    found = unitized(workspace, ("ana", "ben"), draws=0).by_code["evil"]
    assert found.u_alpha == pytest.approx(1 - 11 / expected, abs=1e-12)


def test_it_is_worked_out_once_until_the_study_changes(workspace: Workspace) -> None:
    first = compared(workspace, "turn")
    assert compared(workspace, "turn") is first
    code(workspace, "ben", "price list", "fair")
    assert compared(workspace, "turn") is not first


def test_the_page_with_intervals_without_scripts(client: httpx.Client) -> None:  # noqa: F811
    quick = client.get("/agreement").text
    assert "contested for interpretive studies" in quick
    assert "Unitizing" not in quick
    full = client.get("/agreement/intervals").text
    assert "Unitizing alpha" in full
    assert "1,000 bootstrap draws of turns" in full
    assert "nobody" in client.get("/agreement?coder=ana&coder=nobody").text
    assert "no source was coded by two coders" in client.get("/agreement?coder=ana").text
    post(client, "/coder", coder="ben", blind="true")
    assert client.get("/agreement/intervals").status_code == 403
    assert client.get("/source?id=S1&differ=turn").status_code == 403


@pytest.mark.browser
def test_intervals_come_by_themselves_and_the_differences_are_walked(page: Page, served: Served) -> None:
    code(served.workspace, "ben", "chance. A buyer", "chance")
    code(served.workspace, "ben", "the language", "follow")
    page.goto(f"{served.url}/agreement?unit=sentence")
    page.get_by_text("With intervals.").wait_for()
    row = page.locator("tr", has_text="Chance order").inner_text()
    assert "[" in row
    assert page.locator("thead", has_text="Unitizing alpha").count() == 1
    page.locator("#differ + ul a").first.click()
    page.wait_for_selector("#text[data-ready=yes]")
    walking = page.locator(".walking").inner_text()
    assert "sentences on which the coders differ" in walking
    first = page.evaluate("document.activeElement.id")
    page.locator("#walk-on").click()
    assert page.evaluate("document.activeElement.id") != first
    page.keyboard.press("N")
    assert page.evaluate("document.activeElement.id") == first
    page.get_by_role("link", name="Back to the agreement").click()
    page.wait_for_url("**/agreement?unit=sentence#differ")
