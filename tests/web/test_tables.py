"""Cross-case tables: every cell opens what stands behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from crosscase.core import Case, Code, Coding, Event, PartialDate, Question, Quotation, Snapshot, Source, Study, Turn
from crosscase.core.errors import InputError, NotFoundError
from crosscase.evidence import Ledger
from crosscase.reports.tables import case_by_code
from crosscase.study.crosstables import choices, chosen, cross_table, open_cell
from crosscase.study.members import blind_view
from crosscase.study.workspace import Workspace
from web.conftest import Served, serve, study_of
from web.study import CODES, synthetic

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    """A signed-in client."""
    with httpx.Client(base_url=served.url, follow_redirects=True) as one:
        one.get(served.gate.link)
        yield one


def address(case: str, of: str) -> str:
    return f"{case}/{of}"


def cells(snapshot: Snapshot, by: str, **more: object) -> dict[str, list[tuple[str, str]]]:
    """First cell of a row -> (words, address) of the others."""
    table = cross_table(Ledger(snapshot), by, address, **more)
    return {
        words[0]: [(text, cell.href) for text, cell in zip(words[1:], row[1:], strict=True)]
        for words, row in zip(table.texts(), table.rows, strict=True)
    }


def test_codes_count_their_own_codings_and_themes_those_under_them() -> None:
    snapshot = synthetic()
    # three codings of F1: chance and fair (both under the theme start), and start itself; F2 has none
    assert cells(snapshot, "code") == {
        "F1": [("1", "F1/start"), ("1", "F1/chance"), ("1", "F1/fair"), ("3", "")],
        "F2": [("no data", ""), ("no data", ""), ("no data", ""), ("0", "")],
    }
    assert cells(snapshot, "theme")["F1"] == [("3", "F1/start"), ("3", "")]
    assert cells(snapshot, "code", show="presence")["F1"][0] == ("present", "F1/start")


def test_what_is_under_no_theme_is_said() -> None:
    snapshot = synthetic()
    codings = [*snapshot.codings, Coding("k4", "q1", "evil", "ana"), Coding("k5", "q1", "growth", "ana")]
    table = case_by_code(snapshot.replace(codings=type(snapshot.codings).of(Coding, codings)), "theme")
    assert table.notes == ("2 codings are under no theme and are not counted here.",)


def test_codes_of_one_name_are_told_apart_by_their_path() -> None:
    snapshot = synthetic()
    codes = [replace(one, name="Chance order") if one.id == "fair" else one for one in CODES]
    codes = [replace(one, parent="follow") if one.id == "fair" else one for one in codes]
    table = case_by_code(snapshot.replace(codes=type(snapshot.codes).of(type(CODES[0]), codes)))
    labels = [column.label for column in table.columns]
    assert "Growth abroad › How it begins › Chance order" in labels
    assert "Growth abroad › Following clients › Chance order" in labels


def test_a_circle_of_codes_has_no_theme() -> None:
    snapshot = synthetic()
    codes = [replace(one, parent="fair") if one.id == "chance" else replace(one, parent="chance") for one in CODES[2:4]]
    assert case_by_code(snapshot.replace(codes=type(snapshot.codes).of(type(CODES[0]), codes)), "theme").rows == ()


def test_questions_open_the_answers_and_kinds_the_sources() -> None:
    snapshot = synthetic()
    turns = [replace(one, question="1") if one.source == "S1" and one.number == 2 else one for one in snapshot.turns]
    snapshot = snapshot.replace(turns=type(snapshot.turns).of(Turn, turns))
    assert [href for _, href in cells(snapshot, "question")["F1"]] == ["F1/1"]
    [answer] = open_cell(Ledger(snapshot), "question", "F1", "1").passages
    assert answer.text.endswith("a price list in English.")
    assert answer.start == turns[1].start
    opened = open_cell(Ledger(snapshot), "source-kind", "F1", "interview")
    assert [one.id for one in opened.sources] == ["S1"]
    assert len(opened.passages) == 3


def test_two_coders_of_the_same_words_stand_together() -> None:
    snapshot = synthetic()
    first = snapshot.quotations[0]
    snapshot = snapshot.replace(
        quotations=type(snapshot.quotations).of(Quotation, [*snapshot.quotations, replace(first, id="q9")]),
        codings=type(snapshot.codings).of(Coding, [*snapshot.codings, Coding("k9", "q9", "chance", "ben")]),
    )
    [passage] = open_cell(Ledger(snapshot), "code", "F1", "chance").passages
    assert [one.coder for one in passage.codings] == ["ana", "ben"]


@pytest.mark.parametrize("by", ["code", "theme", "construct", "question", "source-kind", "elsewhere"])
def test_what_does_not_exist_is_named(by: str) -> None:
    with pytest.raises(NotFoundError):
        open_cell(Ledger(synthetic()), by, "F1", "nothing")


def test_cases_are_chosen_by_the_value_of_a_variable() -> None:
    snapshot = synthetic()
    assert choices(snapshot) == {"founded": ["2001", "2004"]}
    assert chosen(snapshot, "founded=2004") == ["F2"]
    assert list(cells(snapshot, "code", cases=["F2"])) == ["F2"]
    assert list(cells(snapshot, "source-kind", cases=["F2"])) == ["F2"]
    with pytest.raises(InputError):
        chosen(snapshot, "founded")
    with pytest.raises(NotFoundError):
        chosen(snapshot, "size=small")


def test_who_codes_blind_sees_own_codings_only(workspace: Workspace) -> None:
    own = blind_view(workspace, "ben").frozen().ledger
    assert len(open_cell(workspace.frozen().ledger, "theme", "F1", "start").passages) == 3
    assert [one.codings[0].coder for one in open_cell(own, "theme", "F1", "start").passages] == ["ben"]


def test_every_link_of_every_table_leads_to_its_evidence(client: httpx.Client) -> None:
    followed = 0
    for by in ("code", "theme", "construct", "question", "source-kind"):
        text = client.get("/tables", params={"by": by}).text
        for href in re.findall(r'href="(/tables/cell[^"]+)"', text):
            answer = client.get(href.replace("&amp;", "&"))
            assert answer.status_code == 200, href
            assert "Nothing is on record here" not in answer.text, href
            followed += 1
    assert followed == 6  # three codes, one theme, and one kind of source in each of the two cases


def test_bad_addresses_are_answered(client: httpx.Client) -> None:
    for path, status in {
        "/tables?by=nothing": 422,
        "/tables?where=nothing": 422,
        "/tables/cell?by=code&case=F9&of=chance": 404,
        "/tables/cell?by=code&case=F1&of=nothing": 404,
        "/tables/cell": 422,
    }.items():
        assert client.get(path).status_code == status, path


def test_markup_in_names_is_text(tmp_path: Path) -> None:
    evil = "<b>&\"'</b>"
    snapshot = synthetic()
    made = Snapshot.of(
        Study(title=evil, guide=(Question(evil, evil, evil),)),
        texts={evil: "a text"},
        cases=[Case(evil, {evil: evil}), Case("F2", {evil: "other"})],
        sources=[Source(evil, "s.txt", "interview", evil, title=evil, hash="x")],
        codes=[replace(snapshot.codes["evil"], id=evil, name=evil, level="theme")],
        quotations=[Quotation("q1", evil, 0, 1, evil, case=evil, participant=evil)],
        codings=[Coding("k1", "q1", evil, evil, note=evil)],
        events=[Event("e1", evil, "entry", "DEU", PartialDate(2001), mode=evil, note=evil)],
    )
    served = serve(study_of(made, tmp_path / "evil.crosscase"))
    try:
        with httpx.Client(base_url=served.url, follow_redirects=True) as client:
            client.get(served.gate.link)
            seen = [client.get("/tables", params={"by": by, "where": f"{evil}={evil}"}) for by in ("code", "theme")]
            seen += [client.get("/tables/cell", params={"by": "code", "case": evil, "of": evil})]
            seen += [client.get("/cases"), client.get("/case", params={"id": evil})]
            seen += [client.get("/tables", params=asked) for asked in ({"show": "excerpts"}, {"group": evil})]
            seen += [client.get("/tables/together"), client.get("/tables/growth?unit=source&base=1&run=1")]
            quoted = evil.replace('"', '""')
            seen += [
                client.get("/quotations", params={"q": f'code:"{quoted}" and case:"{quoted}" and text:"{quoted}"'})
            ]
            seen += [client.get("/tables/growth.svg?unit=source")]
            for one in seen:
                assert one.status_code == 200, one.url
                assert "<b>" not in one.text, one.url
                assert "&lt;b&gt;" in one.text, one.url
    finally:
        served.stop()


@pytest.mark.browser
def test_a_cell_is_opened_by_keyboard_and_leads_into_the_reader(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/tables")
    page.get_by_role("region").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tables/cell?*of=start")
    assert page.locator("blockquote").all_inner_texts() == ["we went to a fair in Cologne"]
    page.get_by_role("link", name="in its place").press("Enter")
    page.wait_for_selector("#text[data-ready=yes]")
    assert "a fair in Cologne" in page.locator("#here").inner_text()


@pytest.mark.browser
def test_the_head_and_the_first_column_stay(browser: Browser, tmp_path: Path) -> None:
    codes = [Code(f"c{n}", f"A code with the number {n}", level="theme") for n in range(60)]
    quotations = [Quotation(f"q{n}", locator=f"page {n}", case=f"F{n % 40}") for n in range(240)]
    made = Snapshot.of(
        Study(title="Many"),
        cases=[Case(f"F{n}") for n in range(40)],
        codes=codes,
        quotations=quotations,
        codings=[Coding(f"k{n}", f"q{n}", f"c{n % 60}", "ana") for n in range(240)],
    )
    served = serve(study_of(made, tmp_path / "many.crosscase"))
    context = browser.new_context(viewport={"width": 820, "height": 1180})
    try:
        page = context.new_page()
        page.goto(served.gate.link)
        page.goto(f"{served.url}/tables")
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        region = page.get_by_role("region")
        region.evaluate("one => one.scrollTo(500, 400)")
        assert region.evaluate("one => [one.scrollLeft > 0, one.scrollTop > 0]") == [True, True]
        edge = region.bounding_box()
        head = page.locator("thead th").nth(30).bounding_box()
        first = page.locator("tbody th").nth(30).bounding_box()
        assert abs(head["y"] - edge["y"]) <= 1.5  # the width of the border
        assert abs(first["x"] - edge["x"]) <= 1.5
    finally:
        context.close()
        served.stop()
