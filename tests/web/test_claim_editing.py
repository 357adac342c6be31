"""The editors of claims and constructs, and the brief: what is refused comes back as it was filled in, with the reason."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import httpx
import pytest

from crosscase.core import Case, Claim, Code, Coding, Construct, Quotation, Snapshot, Study
from crosscase.evidence.appraisal import COMPONENTS
from crosscase.study import Study as OpenStudy
from crosscase.study import claims, constructs
from crosscase.web.routes.claimtables import Kind
from web.conftest import Served, serve, signed_in, study_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGES = [
    "/claims", "/claims/new", "/claim?id=C3", "/claim/edit?id=C3", "/claim/split?id=C2", "/evidence/use?coding=birch-1.2",
    "/constructs", "/construct/edit", "/construct/edit?id=orientation", "/construct/edit?id=online", "/brief",
    *(f"/claims/tables?table={name}" for name in get_args(Kind)),
]  # fmt: skip


@pytest.fixture
def walkthrough(walkthrough_file: Path, tmp_path: Path) -> Iterator[Served]:
    served = serve(OpenStudy.open(shutil.copy(walkthrough_file, tmp_path / "w.crosscase"), who="ana"))
    yield served
    served.stop()


class Client(httpx.Client):
    """A signed-in client that sends the token along."""

    def post(self, path: str, **fields: Any) -> httpx.Response:  # type: ignore[override]
        token = re.search('name="crosscase-token" content="([^"]+)"', self.get("/help").text)[1]
        files = fields.pop("files", None)
        return super().post(path, data={"token": token, **fields}, files=files)


@pytest.fixture
def client(walkthrough: Served) -> Iterator[Client]:
    with Client(base_url=walkthrough.url, follow_redirects=True, timeout=30) as one:
        one.get(walkthrough.gate.link)
        yield one


def words(answer: httpx.Response) -> str:
    """What a page says, without its markup."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def form_of(workspace: Any, id: str) -> dict[str, Any]:
    """The fields of the first form of the editor as they stand."""
    draft = claims.draft_of(workspace.row("claims", id))
    return {
        "id": id, "version": workspace.version("claims", id), "text": draft.text, "type": draft.type,
        "expression": draft.expression, **draft.scope, "built_on": list(draft.built_on), "rival": [*draft.rivals, ""],
    }  # fmt: skip


def test_every_page_is_shown_without_inline_style_or_script(client: Client) -> None:
    for path in PAGES:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert not re.search(r'\sstyle=|<script(?![^>]*\ssrc=)|\son\w+="', answer.text), path


def test_a_claim_is_written_edited_and_undone(client: Client, walkthrough: Served) -> None:
    answer = client.post(
        "/claims/add", id="P1", text="Fairs & <b>peers</b>", type="association", expression="at_fair -> peers"
    )
    assert "P1 is a claim of the study." in answer.text
    assert "Fairs &amp; &lt;b&gt;peers&lt;/b&gt;" in answer.text
    fields = form_of(walkthrough.workspace, "P1") | {
        "built_on": ["Alder", "Pino"],
        "rival": ["Chance", "", "Money"],
        "who": "firms",
    }
    fields |= {"form_where": ["abstract", ""], "form_expression": ["at_fair + peers", ""]}
    assert "P1 is changed." in client.post("/claim/change", **fields).text
    claim = walkthrough.workspace.row("claims", "P1")
    assert (claim.built_on, claim.extra["rival"], claim.scope) == (
        ("Alder", "Pino"),
        ["Chance", "Money"],
        {"who": "firms"},
    )
    verdict = words(client.get("/claim?id=P1"))
    assert "Rival explanations Chance Money" in verdict
    assert "abstract at_fair + peers" in verdict
    assert "Undone: change claim P1" in client.post("/undo", way="undo", to="/claim/edit?id=P1").text
    gone = client.post("/undo", way="undo", to="/claim/edit?id=P1")
    assert gone.url.path == "/claims"
    assert "Undone: new claim P1" in gone.text
    assert not walkthrough.workspace.has("claims", "P1")


def test_an_expression_that_does_not_parse_comes_back_with_a_caret(client: Client, walkthrough: Served) -> None:
    fields = form_of(walkthrough.workspace, "C3") | {"text": "My new words", "expression": "peers * => fast_spread"}
    answer = client.post("/claim/change", **fields)
    assert answer.status_code == 422
    assert "  peers * =&gt; fast_spread\n          ^" in answer.text
    assert "My new words</textarea>" in answer.text
    assert walkthrough.workspace.row("claims", "C3").expression == "peers -> fast_spread"
    assert client.post("/claims/add", id="C3", text="Twice").status_code == 422
    new = client.post("/claims/add", id="P9", text="Kept words", expression="a *")
    assert new.status_code == 422
    assert "Kept words</textarea>" in new.text


def test_an_unknown_construct_is_said_with_the_nearest(client: Client, walkthrough: Served) -> None:
    fields = form_of(walkthrough.workspace, "C3") | {"expression": "pears -> fast_spread"}
    assert client.post("/claim/change", **fields).status_code == 200
    assert "there is no construct 'pears'; did you mean 'peers'?" in words(client.get("/claim?id=C3"))
    read = client.get("/api/expression", params={"text": "pears -> fast_spread"}).json()
    assert read["unknown"]["pears"][0] == "peers"


def test_after_a_conflict_both_stand_and_nothing_is_lost(client: Client, walkthrough: Served) -> None:
    fields = form_of(walkthrough.workspace, "C3")
    assert client.post("/claim/change", **fields | {"text": "Theirs"}).status_code == 200
    answer = client.post("/claim/change", **fields | {"text": "Mine"})
    assert answer.status_code == 409
    assert re.search(r">text</th><td[^>]*>Mine</td><td[^>]*>Theirs</td>", answer.text)
    assert "Mine</textarea>" in answer.text
    again = re.search(r'name="version" value="(\d+)"', answer.text)[1]
    assert "C3 is changed." in client.post("/claim/change", **fields | {"text": "Mine", "version": again}).text
    for path, more in (
        ("/claim/version", {"label": "next", "text": "Words of mine", "changed": "why"}),
        ("/claim/withdraw", {"label": "next", "reason": "Words of mine"}),
        ("/claim/judge", {"level": "low", **dict.fromkeys(COMPONENTS, "Words of mine")}),
    ):
        answer = client.post(path, id="C3", version=1, **more)
        assert answer.status_code == 409, path
        assert "Words of mine</textarea>" in answer.text, path
    assert walkthrough.workspace.row("claims", "C3").status == "asserted"


def test_versions_withdrawal_and_confidence(client: Client, walkthrough: Served) -> None:
    fields = {
        "id": "C3",
        "label": "second submission",
        "number": "P4",
        "text": "Peers speed up spread",
        "expression": "peers -> fast_spread",
    }
    refused = client.post("/claim/version", version=1, **fields)
    assert refused.status_code == 422
    assert "renumbered for a reason" in words(refused)
    assert "C3 stands as renumbered" in client.post("/claim/version", version=1, changed="Shorter", **fields).text
    assert "<ins>Peers speed up</ins>" in client.get("/claim?id=C3").text
    refused = client.post("/claim/judge", id="C3", version=2, level="high", coherence="It fits")
    assert refused.status_code == 422
    assert "none is given for methodological limitations, adequacy, relevance" in words(refused)
    assert "It fits</textarea>" in refused.text
    client.post("/claim/judge", id="C3", version=2, level="very low", **dict.fromkeys(COMPONENTS, "because"))
    assert "very low confidence (ana" in words(client.get("/claim?id=C3"))
    assert "C3 is withdrawn." in client.post("/claim/withdraw", id="C3", version=3, label="third", reason="No").text
    assert walkthrough.workspace.row("claims", "C3").status == "withdrawn"


def test_a_claim_is_split_and_evidence_handed_on(client: Client, walkthrough: Served) -> None:
    page = client.get("/claim/split?id=C2").text
    assert re.findall(r'name="part_expression" value="([^"]+)"', page) == [
        "peers =&gt; learning",
        "doing =&gt; learning",
    ]
    given = {
        "part_id": ["C2a", "C2b", "C2c"], "part_text": ["Peers", "Doing", " "], "part_type": ["composition"] * 3,
        "part_expression": ["peers => learning", "doing => learning", ""], "hand": ["0:s1", "1:s1"],
    }  # fmt: skip
    refused = client.post("/claim/split", id="C2", version=1, **given | {"part_text": ["Peers", " ", ""]})
    assert refused.status_code == 422
    assert 'value="0:s1"' in refused.text
    assert re.search(r'value="1:s1"[^>]* checked', refused.text)
    assert "C2 has the parts C2a, C2b" in client.post("/claim/split", id="C2", version=1, **given).text
    workspace = walkthrough.workspace
    assert [one.coding for one in workspace.rows("stances") if one.claim in ("C2a", "C2b")] == ["alder-1.2"] * 2
    assert "in parts: C2a" in words(client.get("/claim?id=C2"))
    assert "part of C2" in words(client.get("/claim?id=C2a"))
    client.post("/undo", way="undo", to="/claims")
    assert not workspace.has("claims", "C2a")


def test_evidence_is_linked_changed_and_removed(client: Client, walkthrough: Served) -> None:
    workspace = walkthrough.workspace
    given = {
        "claim": "C3",
        "stance": "contradicts",
        "coding": "birch-1.2",
        "note": "Not <peers>",
        "to": "/quotations?q=",
    }
    answer = client.post("/evidence/add", **given)
    assert answer.url.path == "/quotations"
    assert "The evidence contradicts C3." in answer.text
    (one,) = [one for one in workspace.rows("stances") if one.coding == "birch-1.2" and one.claim == "C3"]
    assert "Not &lt;peers&gt;" in client.get("/claim?id=C3").text
    twice = client.post("/evidence/add", **given | {"stance": "supports"})
    assert twice.status_code == 422
    assert "is evidence of claim C3 already" in words(twice)
    assert "Not &lt;peers&gt;</textarea>" in twice.text
    assert (
        client.post("/evidence/add", **given | {"coding": "birch-1.3", "claim": "C5", "to": "//elsewhere"}).status_code
        == 422
    )
    assert not [one for one in workspace.rows("stances") if (one.coding, one.claim) == ("birch-1.3", "C5")]
    client.post("/evidence/change", id=one.id, version=1, stance="qualifies", note="x")
    conflict = client.post("/evidence/change", id=one.id, version=1, stance="supports", note="y")
    assert conflict.status_code == 409
    assert "qualifies" in words(conflict)
    assert client.post("/evidence/remove", id=one.id, version=2).status_code == 200
    assert not workspace.has("stances", one.id)
    client.post("/evidence/add", claim="C3", stance="supports", case="Pino", locator="Table 3")
    assert "Table 3" in client.get("/claim?id=C3").text
    assert client.post("/evidence/add", claim="C3", stance="supports", case="Nobody", locator="x").status_code == 404


def test_withdrawn_words_are_a_tombstone_and_no_evidence(client: Client) -> None:
    text = words(client.get("/claim?id=C3"))
    assert "1 piece of evidence rested on words that were taken back" in text
    assert "s6: withdrawn, the words were taken back; it counts for nothing" in text
    form = client.get("/evidence/use?coding=olivo-2.1")
    assert "were taken back" in form.text
    assert "<blockquote" not in form.text
    answer = client.post("/evidence/add", claim="C2", stance="supports", coding="olivo-2.1")
    assert answer.status_code == 422
    assert "<blockquote" not in answer.text


def test_who_codes_blind_uses_their_own_codings_only(client: Client, walkthrough: Served) -> None:
    coder = walkthrough.workspace.row("codings", "birch-1.2").coder
    client.post("/coder", coder=coder, blind="true")
    assert client.get("/evidence/use?coding=birch-1.2").status_code == 200
    client.post("/coder", coder="somebody", blind="true")
    assert client.get("/evidence/use?coding=birch-1.2").status_code == 404
    assert client.post("/evidence/add", claim="C2", stance="supports", coding="birch-1.2").status_code == 404


def test_the_verdict_is_kept_as_a_file(client: Client, walkthrough: Served) -> None:
    verdict = json.loads(client.get("/claim.json?id=C3").content)
    assert verdict == walkthrough.workspace.frozen().ledger.verdict("C3").to_dict()
    assert client.get("/claim.docx?id=C3").content[:2] == b"PK"
    page = client.get("/claim.html?id=C3")
    assert page.headers["content-disposition"].endswith('"claim-C3.html"')
    assert "They saved me" not in page.text or "Alder" in page.text
    assert client.get("/claim.docx?id=C99").status_code == 404
    begins = {"csv": b"\xef\xbb\xbf", "xlsx": b"PK", "docx": b"PK"}
    for table in get_args(Kind):
        for ending, beginning in begins.items():
            answer = client.get(f"/claims/tables.{ending}?table={table}")
            assert answer.content.startswith(beginning), (table, ending)
    lines = client.get("/claims/tables.csv?table=replication").text.splitlines()
    assert [line.split(",")[0] for line in lines[1:7]] == ["Alder", "Birch", "Cedar", "Encina", "Olivo", "Pino"]


def anchors(**given: tuple[str, str]) -> dict[str, list[str]]:
    names = ("threshold", "exclusion", "crossover", "inclusion")
    return {
        "anchor": list(names),
        "anchor_value": [given.get(name, ("", ""))[0] for name in names],
        "anchor_reason": [given.get(name, ("", ""))[1] for name in names],
    }


def test_a_construct_is_drawn_with_a_preview(client: Client, walkthrough: Served) -> None:
    three = anchors(exclusion=("0.2", "low"), crossover=("0.52", "middle"), inclusion=("0.7", "high"))
    fields = {"name": "Quick", "drawn_from": "measure", "of": "spread", **three}
    seen = client.get("/construct/preview", params=fields)
    assert "present 3, absent 3, no data 0; as it would be, not kept yet" in words(seen)
    assert "<svg" in seen.text
    assert "<html" not in seen.text
    assert not walkthrough.workspace.has("constructs", "quick")
    assert "quick is kept." in client.post("/construct/keep", id="quick", version=0, **fields).text
    assert walkthrough.workspace.row("constructs", "quick").calibrate["reasons"]["crossover"] == "middle"
    links = re.findall(r'href="(/tables/cell[^"]+of=quick)"', client.get("/construct/edit?id=quick").text)
    assert len(links) == 6
    assert client.get(html.unescape(links[0])).status_code == 200
    for change, said in (
        ({"of": "sprade"}, "did you mean 'spread'?"),
        ({"anchor_value": ["", "9", "0.52", "0.7"]}, "the anchors are out of order"),
        ({"anchor_reason": ["", "", "b", "c"]}, "an anchor has a reason"),
        ({"rule": "spread >"}, "a value is missing"),
    ):
        assert said in words(client.get("/construct/preview", params={**fields, **change})), change
    refused = client.post("/construct/keep", id="quick", version=1, **fields | {"of": "sprade", "name": "Kept words"})
    assert refused.status_code == 404
    assert 'value="Kept words"' in refused.text
    assert client.post("/construct/keep", id="two words", version=0, **fields).status_code == 422
    conflict = client.post("/construct/keep", id="quick", version=7, **fields | {"name": "Mine"})
    assert conflict.status_code == 409
    assert re.search(r">name</th><td[^>]*>Mine</td><td[^>]*>Quick</td>", conflict.text)
    assert "quick is deleted." in client.post("/construct/delete", id="quick", version=1).text
    assert client.post("/construct/delete", id="peers", version=1).status_code == 422


def test_contradicting_judgements_are_agreed_on(client: Client, walkthrough: Served) -> None:
    fields = {"id": "online", "version": 1, "case": "Cedar", "value": "absent", "reason": "The shop is closed."}
    refused = client.post("/construct/rate", **fields)
    assert refused.status_code == 409
    assert "A has judged this cell differently" in words(refused)
    assert "The shop is closed.</textarea>" in refused.text
    assert "We agreed on this" in refused.text
    assert "Your judgement of Cedar is kept." in client.post("/construct/rate", **fields, agreed="true").text
    workspace = walkthrough.workspace
    assert workspace.frozen().ledger.constructs.cell("Cedar", "online").state == "absent"
    assert "A: present" in workspace.memos_about("constructs", "online")[0].text
    number = client.post(
        "/construct/rate", **fields | {"version": 2, "case": "Pino", "value": "number", "number": "0.8"}
    )
    assert number.status_code == 200
    assert workspace.frozen().ledger.constructs.cell("Pino", "online").value == 0.8
    client.post("/construct/unrate", id="online", version=3, case="Pino", by="ana")
    assert len(constructs.ratings_of(workspace.row("constructs", "online"))) == 1


def test_a_brief_from_a_form_from_a_file_and_back(client: Client, walkthrough: Served) -> None:
    firm = (Path(str(resources.files("crosscase.exchange.examples"))) / "walkthrough" / "firm.toml").read_bytes()
    answer = client.post("/brief", files={"file": ("firm.toml", firm, "application/toml")})
    assert "Brief: Haya" in words(answer)
    for title in ("published definitions", "Which cases are like it", "claimed about such firms", "What to ask next"):
        assert title in answer.text
    assert 'value="PRT"' in answer.text  # the form holds what the file said
    fields = {
        "id": "Haya", "attribute-sector": "Instruments", "attribute-employees": "12", "attribute-home": "ESP",
        "event-kind": ["entry", ""], "event-place": ["Portugal", ""], "event-date": ["2021", ""], "event-mode": ["", ""],
        "event-more": ['{"partner": "X"}', ""], "tie-alter": [""], "tie-kind": [""], "tie-place": [""], "tie-start": [""],
        "tie-more": [""], "observation-measure": ["intensity"], "observation-value": ["35%"], "observation-date": [""],
        "observation-more": [""],
    }  # fmt: skip
    assert "1 event, 1 figure" in words(client.post("/brief", **fields))
    kept = client.post("/brief/file", **fields, **{"as": "toml"})
    assert kept.headers["content-disposition"].endswith('"firm-Haya.toml"')
    assert 'partner = "X"' in kept.text
    again = client.post("/brief", files={"file": ("firm.toml", kept.content, "application/toml")})
    assert "1 event, 1 figure" in words(again)
    brief = json.loads(client.post("/brief/file", **fields, **{"as": "json"}).content)
    assert (brief["firm"], brief["attributes"]["home"]) == ("Haya", "ESP")
    assert client.post("/brief/file", **fields, **{"as": "docx"}).content[:2] == b"PK"
    assert client.post("/brief/file", **fields, **{"as": "exe"}).status_code == 404
    assert walkthrough.workspace.snapshot.cases.get("Haya") is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"id = ", "this is not TOML"),
        (b'colour = "red"', "there is no key 'colour'"),
        (b'[[event]]\nkind = "entry"\nplace = "Atlantis"', "Atlantis"),
        (b'id = "Alder"', "'Alder' is a case of the study"),
        (b"\xff\xfe\x00", ""),
        (b"x" * 1_000_001, "too large"),
    ],
)
def test_a_firm_that_cannot_be_read_is_refused_in_words(client: Client, content: bytes, said: str) -> None:
    answer = client.post("/brief", files={"file": ("firm.toml", content, "application/toml")})
    assert answer.status_code == 422
    assert said in words(answer)
    assert "Make the brief" in answer.text


@pytest.mark.parametrize("cases", [0, 1])
def test_a_study_with_no_case_or_one(tmp_path: Path, cases: int) -> None:
    made = Snapshot.of(
        Study(title="Few"), cases=[Case("F1")][:cases], codes=[Code("a")], quotations=[Quotation("q", case="F1", locator="p")],
        codings=[Coding("k", "q", "a")], constructs=[Construct("a", "", "codings", ("a",))],
        claims=[Claim("P1", "A holds", expression="a => a"), Claim("P2", extra={"confidence": "high", "rival": 5})],
    )  # fmt: skip
    served = serve(study_of(made, tmp_path / "few.crosscase"))
    try:
        with Client(base_url=served.url, follow_redirects=True) as client:
            client.get(served.gate.link)
            paths = [path.replace("C3", "P1").replace("C2", "P1").replace("birch-1.2", "k") for path in PAGES]
            for path in paths:
                path = re.sub("orientation|online", "a", path)
                assert client.get(path).status_code == 200, path
            assert client.post("/brief", id="Nova").status_code == 200
            for ending in ("docx", "html", "json"):
                assert client.get(f"/claim.{ending}?id=P2").status_code == 200
            assert client.get("/claim/edit?id=P2").status_code == 200
            assert client.get("/claim?id=P2").status_code == 200
    finally:
        served.stop()


# -- in a browser ------------------------------------------------------------------------------------------------------


@pytest.fixture
def tab(browser: Browser, walkthrough: Served) -> Iterator[Page]:
    with signed_in(browser, walkthrough, "status of 4") as opened:
        yield opened


@pytest.mark.browser
def test_an_expression_is_completed_and_read_while_it_is_typed(tab: Page, walkthrough: Served) -> None:
    tab.goto(f"{walkthrough.url}/claim/edit?id=C3")
    field = tab.locator("#expression")
    field.fill("")
    field.press_sequentially("peers * (part")
    tab.locator("#expression-options li").first.wait_for()
    tab.locator("#expression-read pre", has_text="^").wait_for()
    field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == "expression-options-0"
    field.press("Enter")  # takes it, and does not send the form
    assert field.input_value() == "peers * (partner"
    field.press_sequentially(" + onlin) -> fast_spraed")
    field.press("Escape")
    said = tab.locator("#expression-read")
    said.get_by_text("Nearest: fast_spread").wait_for()
    assert "no construct onlin yet" in said.inner_text()
    field.fill("peers * (partner + online) => fast_spread")
    said.get_by_text("1 contradict, 3 show condition and outcome, 2 show neither").wait_for()
    field.press("Enter")
    tab.wait_for_url("**said=C3+is+changed.")
    assert walkthrough.workspace.row("claims", "C3").expression == "peers * (partner + online) => fast_spread"


@pytest.mark.browser
def test_a_passage_becomes_evidence_from_the_reader_by_keyboard(tab: Page, walkthrough: Served) -> None:
    placed = walkthrough.workspace.placed("birch-1.2")
    tab.goto(f"{walkthrough.url}/source?id={placed.quotation.source}#at={placed.quotation.start}&coding=birch-1.2")
    tab.wait_for_selector("#text[data-ready=yes]")
    tab.keyboard.press("v")
    tab.wait_for_url("**/evidence/use?*")
    tab.get_by_label("Claim").focus()
    tab.keyboard.type("C6")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Space")
    tab.keyboard.press("ArrowRight")
    tab.get_by_label("Note").focus()
    tab.keyboard.type("From the reader")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/source?id=*")
    tab.wait_for_selector("#text[data-ready=yes]")
    tab.get_by_text("The evidence contradicts C6.").wait_for()
    (one,) = [one for one in walkthrough.workspace.rows("stances") if one.coding == "birch-1.2" and one.claim == "C6"]
    assert (one.stance, one.note) == ("contradicts", "From the reader")


@pytest.mark.browser
def test_the_cells_follow_the_form(tab: Page, walkthrough: Served) -> None:
    tab.goto(f"{walkthrough.url}/construct/edit?id=deeper")
    before = tab.locator("#cells .by").first.inner_text()
    tab.get_by_label("Rule").fill("count >= 1")
    tab.get_by_text("as it would be, not kept yet").wait_for()
    assert tab.locator("#cells .by").first.inner_text().split(";")[0] != before
    tab.get_by_label("Rule").fill("often")
    tab.locator("#construct-problem").wait_for()
    tab.goto(f"{walkthrough.url}/construct/edit")
    tab.get_by_label("Add to it").select_option("spread")
    tab.get_by_text("it has a value, and no rule").first.wait_for()
    assert tab.get_by_label("Drawn from").input_value() == "measure"


@pytest.mark.browser
def test_a_brief_prints_on_two_pages(tab: Page, walkthrough: Served, walkthrough_file: Path, tmp_path: Path) -> None:
    import pypdfium2

    tab.goto(f"{walkthrough.url}/brief")
    tab.get_by_label("From a file").set_input_files(walkthrough_file.parent / "w" / "firm.toml")
    tab.get_by_role("button", name="Read it").click()
    tab.get_by_role("heading", name="Brief: Haya").wait_for()
    tab.pdf(path=tmp_path / "brief.pdf", prefer_css_page_size=True)
    document = pypdfium2.PdfDocument(tmp_path / "brief.pdf")
    assert len(document) == 2
    printed = " ".join(page.get_textpage().get_text_bounded() for page in document)
    assert "What to ask next" in printed
    assert "Change the description" not in printed


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_passes_axe_and_fits(tab: Page, walkthrough: Served, scheme: str) -> None:
    """WCAG 2.1 A and AA, by axe-core; and no page is wider than a tablet, or half of that at 200 %."""
    axe = (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    tab.emulate_media(color_scheme=scheme)
    tab.set_viewport_size({"width": 820 if scheme == "light" else 640, "height": 1180})
    troubles = {}
    for path in PAGES:
        tab.goto(walkthrough.url + path)
        tab.evaluate("() => document.querySelectorAll('main details').forEach((one) => { one.open = true })")
        assert tab.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), path
        tab.evaluate(axe)
        found = tab.evaluate(
            """async () => (await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] })).violations
                 .map((one) => [one.id, one.nodes.map((node) => node.html.slice(0, 160))])"""
        )
        if found:
            troubles[path] = found
    assert not troubles, json.dumps(troubles, indent=1)
