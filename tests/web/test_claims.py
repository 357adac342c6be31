"""The claims, the verdict on one, and the constructs: what is said beside what is shown."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from crosscase.core import Case, Claim, ClaimForm, Construct, Snapshot, Stance, Study
from crosscase.study import Study as OpenStudy
from web.conftest import Served, serve, study_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAGES = [
    "/cases", "/case?id=Alder", "/tables", "/tables?by=theme&show=presence", "/tables?by=construct",
    "/tables?by=question", "/tables?by=source-kind", "/tables/cell?by=construct&case=Alder&of=peers",
    "/tables/cell?by=source-kind&case=Alder&of=interview", "/claims", "/claim?id=C3", "/constructs",
]  # fmt: skip


@pytest.fixture(scope="module")
def standing(walkthrough_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The shipped synthetic example in a running workspace."""
    place = tmp_path_factory.mktemp("standing")
    served = serve(OpenStudy.open(shutil.copy(walkthrough_file, place / "w.crosscase"), who="ana"))
    yield served
    served.stop()


def test_every_page_is_shown(client: httpx.Client) -> None:
    for path in PAGES:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert " style=" not in answer.text, path  # the policy forbids it


def test_counter_evidence_comes_first_and_what_it_was_built_on_is_marked(client: httpx.Client) -> None:
    """C3 of the walkthrough: one firm learns from peers and is slow, a firm that it was built on."""
    text = client.get("/claim?id=C3").text
    groups = re.findall(r'<section id="(\w+)"', text)
    assert groups == ["contradicting", "literal", "theoretical"]
    contradicting = text[text.index('<section id="contradicting"') : text.index('<section id="literal"')]
    rows = contradicting.split("<tr>")[2:]
    assert [re.search(r"/case\?id=(\w+)", row)[1] for row in rows] == ["Alder"]
    assert "built on it" in rows[0]
    neither = text[text.index('<section id="theoretical"') :].split("<tr>")[2:]
    assert ["built on it" in row for row in neither] == [True, False]  # Cedar, Olivo
    assert "peers without fast_spread" in rows[0]
    assert "They saved me maybe a year. Decisive, no." in rows[0]
    assert re.search(r'/source\?id=[^"]+#at=\d+&amp;coding=', rows[0])
    assert "0 of them not built on" in text
    assert "no test" in text  # the analysis on the cases it was built from


def test_every_case_page_is_shown_and_every_construct_cell_opens(client: httpx.Client) -> None:
    for case in ("Alder", "Birch", "Cedar", "Encina", "Olivo", "Pino"):
        text = client.get("/case", params={"id": case}).text
        assert "<svg" in text, case
        assert "Classifications" in text, case
    links = re.findall(r'href="(/tables/cell[^"]+)"', client.get("/constructs").text)
    assert len(links) == 6 * text_constructs(client)
    for href in links[::7]:
        assert "Absent when" in client.get(href.replace("&amp;", "&")).text


def text_constructs(client: httpx.Client) -> int:
    return client.get("/constructs").text.count('<li>\n<p><a href="/construct/edit?')


def test_withdrawn_words_are_not_quoted(client: httpx.Client, standing: Served) -> None:
    ledger = standing.workspace.frozen().ledger
    taken = {one.text for id in ledger.withdrawn if (one := ledger.snapshot.quotations[id]).text}
    stances = [one for id in ledger.snapshot.claims.column("id") for one in ledger.verdict(id).withdrawn]
    assert stances
    assert taken
    for id in ledger.snapshot.claims.column("id"):
        text = html.unescape(client.get("/claim", params={"id": id}).text)
        assert not [words for words in taken if words in text], id
        assert ("Withdrawn evidence" in text) == bool(ledger.verdict(id).withdrawn), id


def test_a_case_page_has_a_tombstone_for_withdrawn_words(client: httpx.Client, standing: Served) -> None:
    ledger = standing.workspace.frozen().ledger
    coded = set(ledger.snapshot.codings.column("quotation"))
    gone = [ledger.snapshot.quotations[id] for id in ledger.withdrawn if id in coded]
    case = ledger.snapshot.case_of_quotation[gone[0].id]
    text = html.unescape(client.get("/case", params={"id": case}).text)
    assert "withdrawn: the words were taken back" in text
    assert not [one.text for one in gone if one.text and one.text in text]


def test_the_checks_run_when_they_are_asked_for(client: httpx.Client, standing: Served) -> None:
    standing.workspace._findings = None
    assert "Check the study" in client.get("/claim?id=C3").text
    assert not standing.workspace.findings_known
    for path in ("/claim?id=C3&check=true", "/case?id=Alder"):  # the second knows what the first found
        text = client.get(path).text
        assert "Check the study" not in text, path
        assert '<a href="/findings#R' in text, path


def test_unknown_ones_are_not_found(client: httpx.Client) -> None:
    for path in ("/claim?id=C99", "/case?id=Nobody"):
        answer = client.get(path)
        assert answer.status_code == 404, path


def test_a_claim_that_cannot_be_evaluated_says_why_and_both_forms_stand(tmp_path: Path) -> None:
    evil = "<img src=x onerror=alert(1)>"
    made = Snapshot.of(
        Study(title="Claims"),
        cases=[Case("F1", {"a": "1", "b": "0"}), Case("F2", {"a": "1", "b": "1"})],
        constructs=[Construct("A", evil, "variable", ("a",), "a = 1"), Construct("B", "", "variable", ("b",), "b = 1")],
        claims=[
            Claim("bad", evil, "association", "A -> nothing", scope={"who": evil}),
            Claim("or", "Both ways", "set relation", "A => B", forms=(ClaimForm(evil, "A <= B"),)),
        ],
        stances=[
            Stance("s1", "bad", "F1", locator=evil, stance="supports", note=evil),
            Stance("s2", "bad", "", coding="gone", stance="contradicts"),
        ],
    )
    served = serve(study_of(made, tmp_path / "claims.crosscase"))
    try:
        with httpx.Client(base_url=served.url, follow_redirects=True) as client:
            client.get(served.gate.link)
            seen = {path: client.get(path) for path in ("/claims", "/claim?id=bad", "/claim?id=or", "/constructs")}
            for path, answer in seen.items():
                assert answer.status_code == 200, path
                assert "<img" not in answer.text, path
            assert "Nothing can be shown." in seen["/claim?id=bad"].text
            assert "nothing" in seen["/claim?id=bad"].text
            form = seen["/claim?id=or"].text
            # A => B: F1 contradicts, F2 has both; A <= B: F2 has both, and nothing is said of F1
            rows = re.findall(r"<td><code>A (.{5}) B</code></td>(.*?)</tr>", form)
            counts = {sign: re.findall(r">(\d)</td>", cells) for sign, cells in rows}
            assert counts == {"=&gt;": ["1", "1", "0", "0"], "&lt;=": ["0", "1", "0", "1"]}
    finally:
        served.stop()


@pytest.mark.browser
def test_a_claim_is_opened_by_keyboard(tab: Page, standing: Served) -> None:
    tab.goto(f"{standing.url}/claims")
    tab.get_by_role("link", name="C3", exact=True).focus()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.innerText").split() == ["1", "contradicts"]
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/claim?id=C3#contradicting")
    tab.locator("#contradicting").get_by_role("link", name="in its place").first.press("Enter")
    tab.wait_for_selector("#text[data-ready=yes]")
    assert "They saved me maybe a year" in tab.locator("#here").inner_text()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_passes_axe_and_fits(tab: Page, standing: Served, scheme: str) -> None:
    """WCAG 2.1 A and AA, by axe-core; and no page is wider than a tablet, or half of that at 200 %."""
    axe = (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    tab.emulate_media(color_scheme=scheme)
    tab.set_viewport_size({"width": 820 if scheme == "light" else 640, "height": 1180})
    troubles = {}
    for path in PAGES if scheme == "light" else PAGES[::2]:  # the other half has the same parts
        tab.goto(standing.url + path)
        assert tab.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), path
        tab.evaluate(axe)
        found = tab.evaluate(
            """async () => (await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] })).violations
                 .map((one) => [one.id, one.nodes.map((node) => node.html.slice(0, 160))])"""
        )
        if found:
            troubles[path] = found
    assert not troubles, json.dumps(troubles, indent=1)
