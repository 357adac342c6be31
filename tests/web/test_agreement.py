"""The page on agreement: quick coefficients, intervals that come after, and the walk through the places of difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from crosscase.study import coding
from crosscase.study.agreeing import compared, unitized
from crosscase.study.working import work
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


def do(served: Served) -> None:
    work(served.study.place.name, until_empty=True, tell=lambda _: None)


def test_the_intervals_are_left_to_a_worker(client: httpx.Client, served: Served) -> None:  # noqa: F811
    quick = client.get("/agreement").text
    assert "contested for interpretive studies" in quick
    assert "Unitizing" not in quick
    panel = post(client, "/agreement/intervals", unit="turn")
    assert panel.url.path.startswith("/work/")
    assert "Agreement by turn: all coders" in panel.text
    assert f'being worked out: <a href="{panel.url.path}">' in client.get("/agreement").text
    do(served)
    assert 'href="/agreement?unit=turn"' in client.get(panel.url.path).text
    full = client.get("/agreement").text
    assert "Unitizing alpha" in full
    assert "1,000 bootstrap draws of turns" in full
    result, _ = compared(served.workspace, "turn", draws=1000)
    ends = result.overall.kappa_interval
    assert ends is not None
    assert f"[{ends.lower:.2f}, {ends.upper:.2f}]" in full
    assert "bootstrap draws" not in client.get("/agreement?unit=sentence").text
    served.workspace.catch_up()
    code(served.workspace, "ben", "price list", "fair")
    assert "bootstrap draws" not in client.get("/agreement").text
    assert post(client, "/agreement/intervals", unit="turn", coder="nobody").status_code == 404
    assert "nobody" in client.get("/agreement?coder=ana&coder=nobody").text
    assert "no source was coded by two coders" in client.get("/agreement?coder=ana").text
    post(client, "/coder", coder="ben", blind="true")
    assert post(client, "/agreement/intervals", unit="turn").status_code == 403
    assert "Agreement by turn" not in client.get("/work").text
    assert client.get("/source?id=S1&differ=turn").status_code == 403


@pytest.mark.browser
def test_intervals_come_from_a_worker_and_the_differences_are_walked(page: Page, served: Served) -> None:
    code(served.workspace, "ben", "chance. A buyer", "chance")
    code(served.workspace, "ben", "the language", "follow")
    page.goto(f"{served.url}/agreement?unit=sentence")
    page.get_by_role("button", name="Work out intervals").press("Enter")
    page.wait_for_url("**/work/*")
    do(served)
    page.get_by_role("link", name="The agreement of coders as it stands").press("Enter")
    page.wait_for_url("**/agreement?unit=sentence")
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
