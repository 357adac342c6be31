"""The saved analyses: where each stands, what was found, the quotations behind a row, and running again."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from crosscase import copy_example
from crosscase.core import Analysis, Snapshot, Table
from crosscase.study import Study
from web.conftest import Served, serve, study_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = """async () => (await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] })).violations
         .map((one) => [one.id, one.nodes.map((node) => node.html.slice(0, 160))])"""

#: Peers are there exactly when more countries follow; the claim C3 states it and was built on two of the cases.
MORE = Analysis(
    "more/peers", "qca", "Peers and more countries", "C3",
    {"outcome": "more", "conditions": ["peers", "partner"], "solution": "parsimonious"},
)  # fmt: skip
SLOPE = Analysis(
    "slope", "regression", "Size and years", "", {"outcome": "employees", "predictors": ["years_to_internationalization"]}
)  # fmt: skip
MODEL = Analysis(
    "factor", "sem", "Orientation", "", {"variables": ["employees", "years_to_internationalization", "spread"],
    "model": "employees ~ years_to_internationalization"},
)  # fmt: skip


def the_snapshot(folder: Path) -> Snapshot:
    """The shipped synthetic example with analyses that can be run."""
    with Study.open(copy_example("walkthrough", folder)) as study:
        snapshot = study.snapshot
    kept = [one for one in snapshot.analyses if one.id == "qca-fast-spread"]
    learning = Analysis("learning", "qca", "Nobody without it", "", {"outcome": "learning", "conditions": ["nobody"]})
    return snapshot.replace(analyses=Table.of(Analysis, [MORE, SLOPE, MODEL, *kept, learning]))


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    place = tmp_path_factory.mktemp("analyses")
    served = serve(study_of(the_snapshot(place / "w"), place / "w.crosscase"))
    yield served
    served.stop()


def run(client: httpx.Client, id: str) -> httpx.Response:
    found = re.search(r'name="crosscase-token" content="([^"]+)"', client.get("/analyses").text)
    assert found
    return client.post("/analyses/run", data={"token": found[1], "id": id})


def states(client: httpx.Client) -> dict[str, str]:
    """Analysis → the word beside it in the list."""
    rows = re.findall(r"<tr>\s*<th scope=\"row\">(.*?)</tr>", client.get("/analyses").text, re.S)
    found = {}
    for row in rows:
        href, state = re.search(r'href="/analyses/([^"]+)"', row), re.search(r'class="tag result-[^"]+">([^<]+)', row)
        assert href
        assert state
        found[href[1]] = state[1]
    return found


def test_the_list_says_where_each_result_stands(client: httpx.Client, standing: Served) -> None:
    assert states(client) == {
        "more%2Fpeers": "not run", "slope": "not run", "factor": "not run", "qca-fast-spread": "stale", "learning": "not run",
    }  # fmt: skip
    page = client.get("/analyses/more%2Fpeers").text
    assert "It was not run yet" in page
    assert "truth-table" not in page


def test_a_stale_result_is_never_shown_as_current(client: httpx.Client) -> None:
    page = client.get("/analyses/qca-fast-spread").text
    assert "<strong>Stale.</strong>" in page
    assert "no longer a result of the study as it is" in page
    assert 'class="tag result-current"' not in page


def test_a_qca_is_run_and_each_row_opens_its_cases_and_their_quotations(client: httpx.Client, standing: Served) -> None:
    page = run(client, MORE.id)
    assert page.status_code == 200
    assert page.url.path in ("/analyses/more%2Fpeers", "/analyses/more/peers")
    assert states(client)["more%2Fpeers"] == "current"
    text = page.text
    # the three solutions side by side; PEERS alone is parsimonious: it is there exactly when the outcome is
    for kind in ("Conservative", "Parsimonious"):
        assert re.search(rf"<h3[^>]*>{kind}", text)
    assert "the one asked for" in text
    assert re.search(r"<code>peers</code>.*?1\.000.*?1\.000.*?1\.000", text, re.S)
    for head in ("Truth table for more", "XY plot", "Chart", "Configurations", "Necessity"):
        assert head in text
    built = standing.workspace.snapshot.claims["C3"].built_on
    assert built
    assert text.count('class="star" title="the claim was built on this case"') >= 2
    row = re.search(r'href="(/analysis/row\?[^"]+)"', text)
    assert row
    opened = client.get(row[1].replace("&amp;", "&")).text
    assert "<blockquote" in opened
    assert "in its place" in opened
    assert "built on it" in opened


def test_tables_and_figures_are_downloaded(client: httpx.Client) -> None:
    run(client, MORE.id)
    table = {"id": MORE.id, "name": "qca-truth-table"}
    assert client.get("/analysis/table", params={**table, "form": "csv"}).text.startswith("\ufeffRow,peers,partner,OUT")
    for form in ("xlsx", "docx"):
        found = client.get("/analysis/table", params={**table, "form": form})
        assert zipfile.is_zipfile(io.BytesIO(found.content))
        assert found.headers["content-disposition"] == f'attachment; filename="more-peers-qca-truth-table.{form}"'
    figure = {"id": MORE.id, "name": "venn"}
    assert client.get("/analysis/figure", params={**figure, "form": "svg"}).text.startswith("<svg")
    assert client.get("/analysis/figure", params={**figure, "form": "png"}).content[:4] == b"\x89PNG"
    assert client.get("/analysis/figure", params={**figure, "name": "ven", "form": "svg"}).status_code == 404
    assert client.get("/analysis/row", params={"id": MORE.id, "number": 99}).status_code == 404
    assert client.get("/analyses/nothing").status_code == 404


def test_a_regression_and_a_model_show_their_tables(client: httpx.Client) -> None:
    assert "Regression of employees" in run(client, "slope").text
    text = run(client, "factor").text
    assert "Estimates" in text
    assert "Path diagram" in text
    assert "Fit of the models" in text


def test_what_cannot_be_run_says_why_and_keeps_nothing(client: httpx.Client) -> None:
    page = run(client, "learning")
    assert page.status_code == 404
    assert "It was not run." in page.text
    assert "nobody" in page.text
    assert states(client)["learning"] == "not run"
    everything = run(client, "")
    assert "learning was not run:" in everything.text


def test_it_is_stale_when_a_coding_goes_and_current_when_it_is_run_again(tmp_path: Path) -> None:
    served = serve(study_of(the_snapshot(tmp_path / "w"), tmp_path / "w.crosscase"))
    try:
        with httpx.Client(base_url=served.url, follow_redirects=True, timeout=30) as client:
            client.get(served.gate.link)
            run(client, MORE.id)
            workspace = served.workspace
            codes = workspace.subtree("from_peers")
            peers = [one.id for one in workspace.rows("codings") if one.code in codes]
            with workspace.writing("ana", "no word on peers") as change:
                change.delete("codings", peers)
            assert states(client)["more%2Fpeers"] == "stale"
            page = client.get("/analyses/more%2Fpeers").text
            assert "<strong>Stale.</strong>" in page
            assert "Truth table for more" in page  # as it was found
            assert workspace.undo("ana") == "no word on peers"
            assert states(client)["more%2Fpeers"] == "current"
            assert workspace.undo("ana") == f"analysis {MORE.id}"
            assert states(client)["more%2Fpeers"] == "not run"
    finally:
        served.stop()


def test_somebody_who_codes_blind_does_not_see_what_rests_on_the_codings_of_all(
    standing: Served, cookies: dict[str, str]
) -> None:
    with httpx.Client(base_url=standing.url, cookies=cookies, follow_redirects=True, timeout=30) as client:
        token = re.search(r'name="crosscase-token" content="([^"]+)"', client.get("/analyses").text)
        assert token
        client.post("/coder", data={"token": token[1], "coder": "ana", "blind": "true"})
        for path in ("/analyses", "/analyses/slope", "/analysis/table?id=slope&name=regression&form=csv"):
            assert client.get(path).status_code == 403


def test_markup_in_titles_and_results_is_text(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    snapshot = the_snapshot(tmp_path / "w")
    one = replace(MORE, id=evil, title=evil, result={"warnings": [evil], "paper": evil, "r_code": evil})
    snapshot = snapshot.replace(analyses=Table.of(Analysis, [one]))
    served = serve(study_of(snapshot, tmp_path / "w.crosscase"))
    try:
        with httpx.Client(base_url=served.url, follow_redirects=True, timeout=30) as client:
            client.get(served.gate.link)
            for path in ("/analyses", f"/analyses/{evil.replace('/', '%2F')}"):
                page = client.get(path)
                assert page.status_code == 200
                assert evil not in page.text
                assert "alert(1)" in page.text
    finally:
        served.stop()


@pytest.mark.browser
def test_an_analysis_is_run_and_a_quotation_reached_by_keyboard(tab: Page, standing: Served) -> None:
    tab.goto(f"{standing.url}/analyses")
    tab.get_by_role("button", name="Peers and more countries").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/analyses/more*")
    assert tab.get_by_role("heading", name="Truth table for more").is_visible()
    tab.get_by_role("link", name="Venn diagram").press("Enter")
    tab.wait_for_url("**sets=venn#configurations")
    assert tab.get_by_role("img", name="Venn diagram of peers, partner").is_visible()
    tab.get_by_role("link", name="Open row").first.press("Enter")
    tab.wait_for_url("**/analysis/row**")
    tab.get_by_role("link", name="in its place").first.press("Enter")
    tab.wait_for_selector("#text[data-ready=yes]")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_analyses_pass_axe_and_fit(tab: Page, standing: Served, client: httpx.Client, scheme: str) -> None:
    """WCAG 2.1 A and AA, by axe-core; no page is wider than a tablet, or half of that at 200 %."""
    run(client, "")
    axe = (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    tab.emulate_media(color_scheme=scheme)
    tab.set_viewport_size({"width": 820 if scheme == "light" else 640, "height": 1180})
    troubles = {}
    for path in (
        "/analyses", "/analyses/more%2Fpeers", "/analyses/more%2Fpeers?sets=venn", "/analyses/factor", "/analyses/slope",
        "/analyses/learning", "/analysis/row?id=more%2Fpeers&number=4",
    ):  # fmt: skip
        tab.goto(standing.url + path)
        for summary in tab.locator("details:not([open]) > summary").all():
            if summary.is_visible():
                summary.click()
        assert tab.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), path
        tab.evaluate(axe)
        found = tab.evaluate(AXE)
        if found:
            troubles[path] = found
    assert not troubles, json.dumps(troubles, indent=1)
