"""A script, a formula and a command of LaTeX in every text of a study, and every page and file that shows them."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest

from crosscase.core import (
    TABLES,
    Acceptance,
    Analysis,
    Claim,
    Coder,
    Construct,
    Event,
    Observation,
    PartialDate,
    Sample,
    Snapshot,
    Stance,
    Survey,
    Table,
    Tie,
)
from crosscase.study import Study
from web.hosted.team import Team, make_team
from web.study import synthetic

#: What a spreadsheet, a browser and LaTeX would each run.
EVIL = "=cmd|'/C calc'!A0 </script><script>alert(1)</script>\"'><img src=x onerror=alert(2)><a href=\"javascript:alert(3)\">\\input{/etc/passwd}"

#: Fields that hold no words of a person: places, kinds, rules and expressions that are read by the program.
PROGRAM = {
    "about_kind", "subject_kind", "kind", "level", "origin", "colour", "stance", "consent", "hash", "original", "basis", "boundary",
    "rule", "absent_when", "expression", "type", "drawn_from", "place", "inputs_hash", "language", "measure", "value", "region_scheme",
    "scheme", "status", "mark",
}  # fmt: skip


def every_row() -> Snapshot:
    """The synthetic study with something in the tables that it leaves empty."""
    study = synthetic()
    rows: dict[str, list[Any]] = {
        "coders": [Coder("olga", "Olga")],
        "events": [Event("e1", "F1", "entry", "DEU", PartialDate(2003), "export", "a partner", note="told")],
        "ties": [Tie("t1", "F1", "an agency", "peer", start=PartialDate(2001), knows=("a bank",), note="told")],
        "observations": [Observation("o1", "F1", "employees", PartialDate(2004), "15", "people", "printed", locator="p. 2")],
        "constructs": [Construct("K", "A construct", "codings", ("chance", "fair"))],
        "claims": [Claim("P1", "A chance leads abroad", "set relation", "K => K", ("F1",), {"who": "small firms"})],
        "stances": [Stance("x", "P1", "F1", "C1", "p. 3", "supports", "why")],
        "samples": [Sample("s", "Somebody 2020", 18, "firm", "a setting")],
        "analyses": [
            Analysis("A", "qca", "A set", "P1", {"outcome": "K", "conditions": ["K"]}, "0", _result()),
            Analysis("B", "regression", "A slope", "P1", {"outcome": "K"}),
        ],
        "surveys": [Survey("V", "Asked", "v.csv", {"a": (1.0, 2.0)}, {"a": "Is it?"}, {"a": {"1": "yes"}})],
        "acceptances": [Acceptance("y", "R401", "cases", "F1", "known", "olga")],
    }  # fmt: skip
    return study.replace(**{name: Table.of(TABLES[name], given) for name, given in rows.items()})


def _result() -> dict[str, Any]:
    numbers = {"consistency": 0.5, "n": 2}
    row = {"expression": "K => K", "all": numbers, "deviant": ["F1"], "notes": ["a note"]}
    return {"relation": row, "left_out": {"F2": "no data"}, "cases": ["F1"], "problem": "none"}


def hostile(snapshot: Snapshot) -> Snapshot:
    """The study with EVIL before every text that a person writes, pseudonyms of cases and participants too."""
    pseudonyms = {
        one: f"{EVIL}{one}" for table in (snapshot.cases, snapshot.participants) for one in table.column("id")
    }

    def made(value: Any, name: str = "") -> Any:
        if isinstance(value, str):
            if value in pseudonyms:
                return pseudonyms[value]
            words = value and name not in PROGRAM and not _is_reference(name)
            return f"{EVIL} {value}" if words else value
        if isinstance(value, Mapping):
            return {key: made(one, "text") for key, one in value.items()} if name != "specification" else value
        if isinstance(value, list | tuple) and name not in ("of", "values"):
            return type(value)(made(one, name) for one in value)
        if dataclasses.is_dataclass(value) and not isinstance(value, PartialDate):
            changed = {one.name: made(getattr(value, one.name), one.name) for one in dataclasses.fields(value)}
            return dataclasses.replace(value, **changed)  # type: ignore[type-var]
        return value

    tables = {name: Table.of(TABLES[name], [made(row) for row in snapshot.table(name)]) for name in TABLES}
    head = dataclasses.replace(
        snapshot.study, title=f"{EVIL} title", question=f"{EVIL} question", citation=f"{EVIL} citation",
        extra={"data_statement": f"{EVIL} statement", "abstract": EVIL},
    )  # fmt: skip
    quotations = [dataclasses.replace(one, text=snapshot.quotations[one.id].text) for one in tables["quotations"]]
    tables["quotations"] = Table.of(
        TABLES["quotations"], quotations
    )  # what a source says is escaped elsewhere: AWKWARD
    return snapshot.replace(study=head, **tables)


def _is_reference(name: str) -> bool:
    return name in {
        "id", "case", "participant", "source", "code", "coder", "quotation", "parent", "claim", "coding", "about", "subject", "study",
        "same_as", "evidence", "question", "author", "who", "case_column", "built_on",
    }  # fmt: skip


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A server whose one study is hostile throughout."""
    team = make_team(tmp_path_factory.mktemp("team") / "server.db")
    whole = team.workspace("olga").whole
    whole.study.place.save(hostile(every_row()), whole.snapshot, who=EVIL, what=EVIL)
    whole.catch_up()
    yield team
    team.close()


class Elements(HTMLParser):
    """What a browser would run of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "script" and not str(given.get("src", "")).startswith("/static/"):
            self.runs.append("script")
        if tag in ("iframe", "object", "embed", "base", "form") and not str(given.get("action", "/")).startswith("/"):
            self.runs.append(tag)
        for name, value in attributes:
            # a browser ignores blanks and control characters in the name of a protocol
            protocol = re.sub(r"[\0- ]", "", value or "").lower()
            if name.startswith("on") or (
                name in ("href", "src", "action", "formaction") and protocol.startswith("javascript:")
            ):
                self.runs.append(f"{tag} {name}={value}")
            if name == "src" and value == "x":
                self.runs.append("the picture")


def runs(kind: str, content: bytes) -> list[str]:
    """What would be run of a file of this kind."""
    if "html" in kind or kind == ".html":
        page = Elements()
        page.feed(content.decode("utf-8"))
        return page.runs
    if "svg" in kind:
        found = list(ElementTree.fromstring(content).iter())
        names = [
            name for one in found for name in one.attrib if name.lower().startswith("on") or "href" in name.lower()
        ]
        return [one.tag for one in found if "script" in one.tag or "foreignObject" in one.tag] + names
    if "csv" in kind:
        cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
        return [cell for cell in cells if re.match(r"[\s\ufeff]*[=+@＝＋＠]|[\s\ufeff]*-(?![\d.]+$)", cell)]
    if "openxml" in kind or kind in (".xlsx", ".docx"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist() if name.endswith((".xml", ".rels"))}
        trees = {name: ElementTree.fromstring(one) for name, one in parts.items()}  # each is whole XML
        tags = [f"{name}: {one.tag}" for name, tree in trees.items() for one in tree.iter()]
        external = [
            str(one.attrib) for tree in trees.values() for one in tree.iter() if one.get("TargetMode") == "External"
        ]
        return [one for one in tags if re.search(r"\}(f|script|fldSimple|instrText|hyperlink)$", one)] + external
    if kind in (".tex", "application/x-tex", "text/x-tex"):
        return re.findall(r"\\input\b", content.decode("utf-8"))
    return []


def test_what_would_be_run_is_found() -> None:
    """The looking itself: each of these is run by something."""
    for kind, content in {
        "text/html": f"<p>{EVIL}", "image/svg+xml": '<svg><script/></svg>', "text/csv": f'x,"{EVIL[:12]}"', ".tex": EVIL,
    }.items():  # fmt: skip
        assert runs(kind, content.encode()), kind
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as archive:
        archive.writestr("sheet.xml", '<a xmlns="x"><f>cmd</f></a>')
    assert runs(".xlsx", book.getvalue())


def test_every_page_and_file_of_a_hostile_study_runs_nothing(attacked: Team) -> None:
    """All that the links of the pages lead to, from the overview on; one of each page, and every kind of file."""
    olga = attacked.signed_in("olga")
    base = f"/s/{attacked.study}"
    waiting, seen, kinds, shown = [f"{base}/", "/server", "/studies", "/account"], set(), set(), set()
    while waiting:
        url = waiting.pop(0).split("#")[0]
        # one of each page, and of the rows one of each table
        asked = urlsplit(url)
        name = (asked.path, tuple(value for key, value in parse_qsl(asked.query) if key in ("table", "show")))
        if name in seen:
            continue
        seen.add(name)
        answer = olga.get(url)
        assert answer.status_code in (200, 303, 404), (url, answer.text[:300])
        kind = answer.headers.get("content-type", "")
        assert runs(kind, answer.content) == [], url
        kinds.add(kind.split(";")[0])
        if "html" not in kind:
            continue
        if "alert(1)" in answer.text:
            shown.add(urlsplit(url).path.removeprefix(base))
        for found in re.findall(r'\s(?:href|src)="([^"#]+)', answer.text):
            found = found.replace("&amp;", "&").replace("&#39;", "'").replace("&#34;", '"')
            if found.startswith(base):
                waiting.append(found)
    assert {"/", "/sources", "/cases", "/case", "/claims", "/claim", "/constructs", "/analyses", "/memos", "/tables", "/codebook",
            "/row", "/findings", "/trail", "/quotations", "/agreement"} <= shown  # fmt: skip
    assert {"text/html", "text/csv", "image/svg+xml"} <= kinds
    assert any("spreadsheet" in one for one in kinds)
    assert any("wordprocessing" in one for one in kinds)


def test_the_report_of_a_hostile_study_runs_nothing(tmp_path: Path) -> None:
    with Study.create(tmp_path / "study.crosscase") as study:
        study.save(hostile(every_row()), "a test")
        study.build(tmp_path / "team", readers="team")
    found = [one for one in (tmp_path / "team").rglob("*") if one.is_file()]
    assert {".html", ".svg", ".csv", ".tex", ".xlsx", ".docx"} <= {one.suffix for one in found}
    for one in found:
        assert runs(one.suffix, one.read_bytes()) == [], one.name
    page = (tmp_path / "team" / "report.html").read_text("utf-8")
    assert page.count("alert(1)") > 20
    assert "<script" not in page


def test_the_panel_of_long_work_shows_names_of_files_as_text(attacked: Team) -> None:
    olga = attacked.signed_in("olga")
    base = f"/s/{attacked.study}"
    file = {"file": (f"{EVIL.replace('/', '')}.csv", b"id,note\nF9,x\n")}
    olga.post(f"{base}/bring-in", data={"token": olga.token, "table": "cases"}, files=file)
    panel = olga.get(f"{base}/work")
    assert "alert(1)" in panel.text
    assert runs("text/html", panel.content) == []


def test_the_pages_of_the_server_run_nothing(attacked: Team) -> None:
    olga = attacked.signed_in("olga")
    olga.post("/studies/make", data={"title": EVIL})
    olga.post("/account/tokens/add", data={"name": EVIL[:100], "scope": "read"})
    olga.post(f"/s/{attacked.study}/members/invite", data={"role": "reader", "note": EVIL})
    olga.headers["user-agent"] = EVIL
    attacked.signed_in("rita")
    for path in ("/server", "/studies", "/account", f"/s/{attacked.study}/members"):
        answer = olga.get(path)
        assert answer.status_code == 200
        assert runs("text/html", answer.content) == [], path
    assert "alert(1)" in olga.get("/studies").text
