"""Quotations in the browser: the form and its text, marks by key and button, tables by groups, together and growth."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscase.core import Case, Code, Coding, Memo, Participant, Quotation, Snapshot, Source, Study, Table, Tie
from crosscase.core.errors import InputError, NotFoundError
from crosscase.evidence import Ledger
from crosscase.evidence.retrieval import parse
from crosscase.study.crosstables import chosen, cross_table, group_words, groupings, groups, open_cell, together_table
from crosscase.web.routes.quotations import JOINS, PLAIN, SIGNS, Asked, asked_of
from web.conftest import Served, serve, study_of
from web.study import synthetic
from web.test_pages import post

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    """A signed-in client."""
    with httpx.Client(base_url=served.url, follow_redirects=True, timeout=60) as one:
        one.get(served.gate.link)
        yield one


# -- the form and the language --------------------------------------------------------------------------------------------

value = st.sampled_from(["", "", "not:a", "not:", "not:not:b", "a", "two words", 'with "marks"', "and", "(b)"])
plain = st.fixed_dictionaries({name: value for name in PLAIN if name != "mark"})
codes = st.fixed_dictionaries(
    {
        "code": st.sampled_from(["", "c1", "c 2"]), "under": st.booleans(), "join": st.sampled_from(list(JOINS)),
        "second": st.sampled_from(["", "c3"]), "second_under": st.booleans(), "coder": st.sampled_from(["", "ana"]),
        "mark": st.sampled_from(["", "power", "none"]), "variable": st.sampled_from(["", "founded"]),
        "sign": st.sampled_from(SIGNS), "value": st.sampled_from(["2003", "25%", "some thing", "-1.5"]),
    }
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(plain, codes)
def test_the_form_can_ask_again_whatever_it_asked(plain: dict[str, str], codes: dict[str, object]) -> None:
    query = Asked(**{**plain, **codes}).query()
    again = parse(str(query))
    assert again == query
    shown = asked_of(again)
    assert shown is not None, str(query)
    assert shown.query() == query


@pytest.mark.parametrize(
    "text",
    ["case:F1 or case:F2", "code:a and code:b and code:c", "not text:price", 'case:"not:F1"', "founded in {1, 2}"],
)
def test_what_the_form_cannot_ask(text: str) -> None:
    assert asked_of(parse(text)) is None


def test_a_comparison_needs_a_value_without_quotation_marks() -> None:
    with pytest.raises(InputError):
        Asked(variable="founded", value='2"').query()
    assert str(Asked(variable="founded", value=" ").query()) == "anything"


@pytest.mark.parametrize("join", ["near/x", "near/99999", "nothing", "near/"])
def test_a_join_that_is_not_there_is_and(join: str) -> None:
    assert str(Asked(code="a", second="b", join=join).query()) == "only:a and only:b"


def test_the_form_leads_to_the_address_of_its_question(client: httpx.Client) -> None:
    answer = client.get(
        "/quotations",
        params={"code": "start", "under": "true", "join": "not", "second": "fair", "case": "F1", "sort": "text"},
    )
    assert parse_qs(urlsplit(str(answer.url)).query) == {
        "q": ["code:start and not only:fair and case:F1"],
        "sort": ["text"],
    }
    assert re.findall('<blockquote dir="auto">(.*?)<', answer.text) == [
        "It came by chance.",
        "we went to a fair in Cologne",
    ]
    assert '<option value="start" selected>' in answer.text


def test_overlap_and_nearness(client: httpx.Client) -> None:
    def found(q: str) -> list[str]:
        return re.findall('<blockquote dir="auto">(.*?)<', client.get("/quotations", params={"q": q}).text)

    assert found("only:start overlaps only:fair") == ["we went to a fair in Cologne"]
    assert found("only:chance overlaps only:fair") == []
    assert found("only:chance near/2 only:fair") == []
    assert found("only:chance near/4 only:fair") == ["It came by chance."]
    assert found("founded >= 2002") == []


@pytest.mark.parametrize(
    ("q", "status", "said"),
    [("code:nope", 404, "there is no code"), ("code:start (", 422, "^"), ("x" * 5000, 422, "question")],
)
def test_a_question_that_cannot_be_read_is_said_on_the_page(
    client: httpx.Client, q: str, status: int, said: str
) -> None:
    answer = client.get("/quotations", params={"q": q})
    assert answer.status_code == status
    assert said in html.unescape(answer.text)
    assert 'name="q"' in answer.text  # it can be mended there


def test_a_nested_question_keeps_its_text(client: httpx.Client) -> None:
    text = client.get("/quotations", params={"q": "case:F1 or case:F2"}).text
    assert "more than the form can ask" in text
    assert 'value="case:F1 or case:F2"' in text


def test_files_follow_the_question_and_the_order(client: httpx.Client) -> None:
    rows = client.get("/quotations.csv", params={"q": "code:growth", "sort": "text"}).text.splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == [
        "a fair in Cologne",
        "It came by chance.",
        "we went to a fair in Cologne",
    ]
    assert client.get("/quotations.csv", params={"q": "code:nope"}).status_code == 404


def test_who_codes_blind_sees_no_quotation_of_others(client: httpx.Client) -> None:
    post(client, "/coder", coder="ben", blind="true")
    assert client.get("/quotations").text.count("<blockquote") == 1
    assert "chance" not in client.get("/quotations.csv").text
    assert client.get("/quotations?q=coder:ana").text.count("<blockquote") == 0
    assert "It came by chance" not in client.get("/tables?show=excerpts").text
    assert 'aria-label="' in client.get("/tables/together").text


# -- marks -----------------------------------------------------------------------------------------------------------------


def test_marks_by_button_and_undo(client: httpx.Client, served: Served) -> None:
    to = "/quotations?q=code:chance"
    shown = post(client, "/quotations/mark", marked="1:q1", mark="power", to=to)
    assert 'class="is-power"' in shown.text
    assert served.workspace.row("quotations", "q1").mark == "power"
    assert post(client, "/quotations/mark", marked="1:q1", mark="proof", to=to).status_code == 409
    assert post(client, "/quotations/mark", marked="q1", mark="proof", to=to).status_code == 422
    assert post(client, "/quotations/mark", marked="2:q1", mark="gold", to=to).status_code == 404
    undone = post(client, "/undo", way="undo", to=to)
    assert "Undone: mark “It came by chance.” as power quotation." in undone.text
    assert served.workspace.row("quotations", "q1").mark == ""
    assert (
        post(client, "/undo", way="undo", to=to).status_code == 422
    )  # before that is the import, which is not undone here
    assert post(client, "/undo", way="undo", to="//evil.example").status_code == 422


def test_representative_quotations_and_their_checks(client: httpx.Client) -> None:
    assert "No coded quotation is marked" in client.get("/quotations/representative").text
    post(client, "/quotations/mark", marked="1:q1", mark="proof")
    text = client.get("/quotations/representative").text
    assert "one quotation only; one case only" in text
    assert "“It came by chance.”" in text
    assert "It came by chance." in client.get("/quotations/representative/proof.csv").text
    assert client.get("/quotations/representative/checks.xlsx").content[:2] == b"PK"
    assert client.get("/quotations/representative/power.docx").content[:2] == b"PK"


@pytest.mark.browser
def test_marks_by_keyboard(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/quotations")
    page.locator("#found > li").first.focus()
    page.keyboard.press("j")
    assert page.evaluate("() => document.activeElement.id") == "q-2"
    with page.expect_navigation():
        page.keyboard.press("2")
    assert served.workspace.row("quotations", "q3").mark == "proof"
    assert page.evaluate("() => document.activeElement.id") == "q-2"  # the place in the list is kept
    with page.expect_navigation():
        page.keyboard.press("1")
    assert page.locator("#q-2.is-power button[aria-pressed=true]").inner_text() == "Power"
    with page.expect_navigation():
        page.keyboard.press("0")
    assert served.workspace.row("quotations", "q3").mark == ""
    page.locator("#q-2").focus()
    with page.expect_navigation():
        page.keyboard.press("Control+z")
    assert served.workspace.row("quotations", "q3").mark == "power"
    page.locator("#found > li").first.focus()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_selector("#text[data-ready=yes]")


# -- tables ----------------------------------------------------------------------------------------------------------------


def many() -> Snapshot:
    """Twenty firms, each with a year, half of them with a sector; a coding of each firm, its code by its number."""
    numbers = range(20)
    return Snapshot.of(
        Study(title="Many"),
        cases=[Case(f"F{n}", {"founded": str(2000 + n), **({"sector": "a" if n < 5 else "b"} if n < 10 else {})}) for n in numbers],
        codes=[Code("x", "X"), Code("y", "Y", "x")],
        quotations=[Quotation(f"q{n}", locator=f"page {n}", case=f"F{n}") for n in numbers],
        codings=[Coding(f"k{n}", f"q{n}", "xy"[n % 2], "ana") for n in numbers],
    )  # fmt: skip


def test_groups_of_cases() -> None:
    snapshot = many()
    assert groupings(snapshot) == ["sector", "founded"]
    made = groups(snapshot, "sector")
    assert list(dict.fromkeys(made.values())) == ["sector=a", "sector=b", "sector="]
    made = groups(snapshot, "founded")  # twenty years are too many values: below the median and from it
    assert {case: made[case] for case in ("F9", "F10")} == {"F9": "founded<2010", "F10": "founded>=2010"}
    assert [group_words("founded", one) for one in dict.fromkeys(made.values())] == ["below 2010", "2010 and above"]
    with pytest.raises(NotFoundError):
        groups(snapshot, "size")
    table = cross_table(Ledger(snapshot), "code", lambda row, of: f"{row}/{of}", group="founded")
    # ten firms below 2010, every other with x
    assert [(cell.value, cell.text, cell.href) for cell in table.rows[0]] == [
        ("founded<2010", "below 2010 (n\u00a0=\u00a010)", ""), (5, "5 (5/10)", "founded<2010/x"),
        (5, "5 (5/10)", "founded<2010/y"), (10, "", ""),
    ]  # fmt: skip
    assert len(open_cell(Ledger(snapshot), "code", "", "x", "founded<2010").passages) == 5
    assert len(open_cell(Ledger(snapshot), "code", "", "x", "sector=").passages) == 5
    assert len(cross_table(Ledger(snapshot), "code", lambda row, of: "", under="y").columns) == 3


def test_cases_are_chosen_by_numbers() -> None:
    snapshot = many()
    assert chosen(snapshot, "founded>=2018") == ["F18", "F19"]
    assert chosen(snapshot, "founded<2001") == ["F0"]
    with pytest.raises(InputError):
        chosen(snapshot, "founded<soon")


def test_a_group_cell_opens_its_quotations(tmp_path: Path) -> None:
    served = serve(study_of(many(), tmp_path / "many.crosscase"))
    try:
        with httpx.Client(base_url=served.url, follow_redirects=True, timeout=60) as client:
            client.get(served.gate.link)
            text = client.get("/tables?group=founded").text
            links = re.findall(r'href="(/tables/cell[^"]+)"', text)
            assert len(links) == 4
            cell = client.get(html.unescape(links[0])).text
            assert "founded&lt;2010" in cell
            assert cell.count('class="no-text"') == 5
    finally:
        served.stop()


def test_excerpts_prefer_marked_quotations_and_leave_out_what_was_taken_back() -> None:
    snapshot = synthetic()
    codings = [*snapshot.codings, Coding("k4", "q3", "chance", "ana")]
    marked = [replace(one, mark="proof") if one.id == "q3" else one for one in snapshot.quotations]
    snapshot = snapshot.replace(codings=Table.of(Coding, codings), quotations=Table.of(Quotation, marked))

    def cells(one: Snapshot) -> list[str]:
        return cross_table(Ledger(one), "code", lambda row, of: "", show="excerpts").texts()[0]

    assert cells(snapshot) == [
        "F1",
        "“we went to a fair in Cologne”",
        "“we went to a fair in Cologne” (+1)",
        "“a fair in Cologne”",
        "4",
    ]
    people = [replace(one, consent="withdrawn") for one in snapshot.participants]
    assert set(cells(snapshot.replace(participants=Table.of(Participant, people)))[1:-1]) == {"withdrawn"}


def test_codes_together_lead_to_what_they_count(client: httpx.Client, served: Served) -> None:
    text = client.get("/tables/together").text
    links = [html.unescape(one) for one in re.findall(r'<td[^>]*><a href="(/quotations\?q=[^"]+)">\d', text)]
    counts = [int(one) for one in re.findall(r'<td[^>]*><a href="/quotations\?q=[^"]+">(\d+)', text)]
    assert len(links) == len(counts) == 5  # three codes alone, and start with fair both ways
    assert [client.get(link).text.count("<blockquote") for link in links] == counts
    assert "1 (1.00)" in text  # each of the two passages overlaps one of the other code
    assert client.get("/tables/together.csv?show=share").text.count("1.0") == 2
    assert client.get("/tables/together?under=nope").status_code == 404


def test_the_share_is_of_all_passages_of_both() -> None:
    """Three passages of x, two of y; one of y lies over two of x: (2 + 1) / (3 + 2)."""
    spans = [(0, 5, "x"), (6, 9, "x"), (20, 25, "x"), (0, 9, "y"), (30, 35, "y")]
    snapshot = Snapshot.of(
        Study(),
        texts={"S1": "x" * 40},
        sources=[Source("S1")],
        codes=[Code("x", "X"), Code("y", "Y")],
        quotations=[Quotation(f"q{n}", "S1", start, end) for n, (start, end, _) in enumerate(spans)],
        codings=[
            Coding(f"k{n}", f"q{n}", code, coder) for n, (*_, code) in enumerate(spans) for coder in [f"c{n % 2}"]
        ],
    )
    table = together_table(Ledger(snapshot), lambda one, other: f"{one}/{other}")
    assert table.texts() == [["X", "3", "—", "2 (0.60)"], ["Y", "2", "1 (0.60)", "—"]]
    assert (
        "The 1 codes with the most codings of 2"
        in together_table(Ledger(snapshot), lambda one, other: "", most=1).notes[0]
    )


def test_growth_page_and_its_files(client: httpx.Client) -> None:
    text = client.get("/tables/growth?base=1&run=1").text
    assert "1 coded interviews are fewer than base and run together" in text
    assert "<svg" in text
    assert "style=" not in text
    assert client.get("/tables/growth.svg").content.startswith(b"<svg")
    assert client.get("/tables/growth.png").content.startswith(b"\x89PNG")
    assert "new codes" in client.get("/tables/growth.csv?unit=case").text
    assert client.get("/tables/growth?base=0").status_code == 422


@pytest.mark.browser
def test_columns_are_filtered(page: Page, served: Served, tmp_path: Path) -> None:
    snapshot = synthetic()
    more = [Code(f"n{n}", f"Number {n}") for n in range(10)]
    other = serve(
        study_of(
            snapshot.replace(
                codes=Table.of(Code, [*snapshot.codes, *more]),
                codings=Table.of(Coding, [*snapshot.codings, *(Coding(f"m{n}", "q1", f"n{n}") for n in range(10))]),
            ),
            tmp_path / "more.crosscase",
        )
    )
    try:
        page.goto(other.gate.link)
        page.goto(f"{other.url}/tables")
        page.fill("#column-filter", "number 1")
        assert page.locator("thead th:visible").all_inner_texts() == ["Case", "Number 1", "codings"]
        assert page.locator("tbody tr").first.locator("td:visible").count() == 2
        assert page.locator("#column-count").inner_text().startswith("1 of")
        page.fill("#column-filter", "")
        assert page.locator("thead th:visible").count() == 15
    finally:
        other.stop()


# -- cases, search, memos, findings ----------------------------------------------------------------------------------------


def test_a_case_stands_under_cases_and_has_its_ties(tmp_path: Path) -> None:
    snapshot = synthetic().replace(
        ties=Table.of(
            Tie, [Tie("t1", "F1", "<b>Agent</b>", "partner", knows=("Fair",)), Tie("t2", "F1", "Fair", "fair")]
        )
    )
    served = serve(study_of(snapshot, tmp_path / "ties.crosscase"))
    try:
        with httpx.Client(base_url=served.url, follow_redirects=True, timeout=60) as client:
            client.get(served.gate.link)
            text = client.get("/case?id=F1").text
            assert '<a href="/cases" aria-current="true">' in text
            assert "Ties of F1" in text
            assert "<b>Agent" not in text
            assert "Ties of F2" not in client.get("/case?id=F2").text
    finally:
        served.stop()


def test_search_leaves_out_words_that_were_taken_back(tmp_path: Path) -> None:
    snapshot = synthetic()
    people = [replace(one, consent="withdrawn") for one in snapshot.participants]
    with study_of(snapshot.replace(participants=Table.of(Participant, people)), tmp_path / "back.crosscase") as study:
        assert [hit.kind for hit in study.search("fair")] == ["codes", "codes"]  # nothing of what the founder said
        assert study.search("Cologne") == []
    with study_of(snapshot, tmp_path / "there.crosscase") as study:
        assert [hit.kind for hit in study.search("Cologne")] == ["sources"]


def test_an_answer_that_was_taken_back_is_a_tombstone_in_the_cell_of_its_question() -> None:
    snapshot = synthetic()
    turns = [
        replace(one, question="1") if one.kind == "answer" and one.source == "S1" else one for one in snapshot.turns
    ]
    snapshot = snapshot.replace(turns=Table.of(type(turns[0]), turns))
    assert "by chance" in open_cell(Ledger(snapshot), "question", "F1", "1").passages[0].text
    for changed in (
        snapshot.replace(
            participants=Table.of(Participant, [replace(one, consent="withdrawn") for one in snapshot.participants])
        ),
        snapshot.replace(sources=Table.of(Source, [replace(one, consent="withdrawn") for one in snapshot.sources])),
    ):
        opened = open_cell(Ledger(changed), "question", "F1", "1").passages
        assert opened
        assert {(one.text, one.start, one.speaker) for one in opened} == {("", None, "")}
        assert {one.locator for one in opened} == {"withdrawn: the words were taken back"}


def test_search_is_narrowed_and_hits_of_one_source_stand_together(client: httpx.Client) -> None:
    text = client.get("/search", params={"q": "fair"}).text
    assert text.count('class="hits"') == 2
    assert 'class="hits"' not in client.get("/search", params={"q": "fair", "within": "memos"}).text
    assert client.get("/search", params={"q": "fair", "within": "codes"}).text.count("<mark>") == 2
    assert client.get("/search", params={"q": "fair", "within": "nothing"}).status_code == 422


def test_memos_say_what_they_are_about_and_are_narrowed(client: httpx.Client, served: Served) -> None:
    post(client, "/memos/add", text="On the <b>quotation</b>", kind="quotations", about="q1")
    text = client.get("/memos").text
    assert "Growth abroad › How it begins › Chance order" in text
    assert "“It came by chance.”" in text
    assert "&lt;b&gt;quotation" in text
    assert client.get("/memos?about=codes").text.count('class="memo"') == 1
    assert client.get("/memos?words=QUOTATION").text.count('class="memo"') == 1
    assert client.get("/memos?author=nobody").text.count('class="memo"') == 0
    assert "Undone: memo on quotations." in post(client, "/undo", way="undo", to="/memos").text
    assert [one for one in served.workspace.rows("memos") if isinstance(one, Memo) and one.about == "q1"] == []


def test_an_acceptance_is_undone(client: httpx.Client, served: Served) -> None:
    finding = served.workspace.findings()[0]
    about = {"rule": finding.rule, "kind": finding.subject.kind, "id": finding.subject.id}
    post(client, "/findings/accept", **about, reason="It is known.")
    assert "It is known." in client.get("/findings?show=accepted").text
    assert "It is known." not in client.get("/findings?show=open").text
    assert "Undone: accept" in post(client, "/undo", way="undo", to="/findings").text
    assert "It is known." not in client.get("/findings?show=all").text


@pytest.mark.parametrize(
    "path",
    [
        "/quotations",
        "/quotations/representative",
        "/tables",
        "/tables?by=theme&show=excerpts",
        "/tables/together",
        "/tables/growth",
        "/cases",
        "/search?q=x",
        "/memos",
        "/findings",
    ],
)
def test_an_empty_study_has_every_page(path: str, tmp_path: Path) -> None:
    served = serve(study_of(Snapshot.of(Study(title="Nothing yet")), tmp_path / "empty.crosscase"))
    try:
        with httpx.Client(base_url=served.url, follow_redirects=True, timeout=60) as client:
            client.get(served.gate.link)
            assert client.get(path).status_code == 200
    finally:
        served.stop()
