"""The report: its page, its files, and that it stays readable for a study with nothing in it and for hostile texts."""

import dataclasses
import hashlib
import itertools
import json

import pytest
from lxml import etree, html

from crosscase.core import Case, Snapshot
from crosscase.core.errors import InputError
from crosscase.reports import FORMATS, ReportContents, build_report, report_html
from reports.factories import EVIL, contents


def page(given: ReportContents) -> html.HtmlElement:
    return html.document_fromstring(report_html(given))


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_everything_is_written_and_listed_with_its_hash(tmp_path):
    report = build_report(contents(), tmp_path / "out")
    index = json.loads((tmp_path / "out" / "index.json").read_text(encoding="utf-8"))
    assert index == report.to_dict()
    listed = {one["path"] for one in index["files"]}
    written = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert written == listed | {"index.json"}
    for one in index["files"]:
        data = (tmp_path / "out" / one["path"]).read_bytes()
        assert (one["size"], one["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    for name in (
        "company-profile",
        "personal-profile",
        "entries",
        "triangulation",
        "questions",
        "codebook",
        "findings",
    ):
        assert {f"tables/{name}.{ending}" for ending in FORMATS} <= listed
    assert {"tables/measures.csv", "tables/measures.xlsx", "tables/measure-spread.docx"} <= listed
    assert {"figures/timeline.svg", "figures/map.png", "figures/reproduction-spread.svg"} <= listed
    etree.parse(tmp_path / "out" / "figures" / "timeline.svg")


def test_the_same_study_gives_the_same_bytes(tmp_path):
    one, other = (build_report(contents(EVIL), tmp_path / name, png=False) for name in ("one", "other"))
    assert one.to_dict() == other.to_dict()


def test_links_of_the_page_lead_somewhere(tmp_path):
    report = build_report(contents(), tmp_path, png=False)
    root = html.document_fromstring(report.page.read_text(encoding="utf-8"))
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    for href in root.xpath("//a/@href"):
        if href.startswith("#"):
            assert href[1:] in ids
        elif not href.startswith("http"):
            assert (tmp_path / href).is_file(), href


def test_the_page_needs_nothing_from_elsewhere_and_no_script(tmp_path):
    root = page(contents())
    assert not root.xpath("//script | //link | //iframe | //img | //object | //@onclick | //@onload")
    assert "url(" not in words(root.xpath("//style")[0])
    assert "@import" not in words(root.xpath("//style")[0])


def test_outline_and_landmarks():
    root = page(contents())
    assert len(root.xpath("//h1")) == 1
    assert root.xpath("//main")
    assert root.xpath("//nav")
    levels = [int(one.tag[1]) for one in root.xpath("//h1 | //h2 | //h3")]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert root.xpath("//html/@lang") == ["en"]
    for svg in root.xpath("//*[local-name()='svg']"):
        assert svg.get("role") == "img"
        assert all(root.xpath(f"//*[@id='{id}']") for id in svg.get("aria-labelledby").split())
    targets = root.xpath("//button/@popovertarget")
    assert targets
    assert all(len(root.xpath(f"//*[@id='{id}']")) == 1 for id in targets)


def test_findings_stand_with_severity_reason_and_acceptance():
    root = page(contents())
    section = root.xpath("//section[@id='findings']")[0]
    assert section.xpath(".//h3/@id") == ["rule-R201", "rule-R206"]
    text = words(section)
    assert "Open: 0 errors, 1 warning, 1 note. Accepted with a reason: 1." in text
    assert "because" in text
    assert "To mend or accept: mend it" in text
    assert "(Yin 2018)" in text
    assert "F1: not reproduced entry Germany 2002-05; odd" in text
    assert "Accepted: a slip of the pen" in text


def test_study_citation_and_statement():
    text = words(page(contents()))
    for part in (
        "Two firms",
        "How fast?",
        "Somebody 2024",
        "On request",
        "Young",
        "intensity >= 0.25",
        "Natural Earth",
    ):
        assert part in text
    assert "Synthetic" not in text


def test_a_synthetic_study_says_so():
    given = contents()
    study = dataclasses.replace(given.snapshot.study, synthetic=True)
    assert "Synthetic data." in words(page(dataclasses.replace(given, snapshot=given.snapshot.replace(study=study))))


def test_no_text_of_a_study_becomes_markup(tmp_path):
    root = page(contents(EVIL))
    assert not root.xpath("//script")
    assert root.xpath("//h1/text()") == [f"Two firms {EVIL}"]
    assert f"F1{EVIL}" in root.xpath("//tbody//th/text()")
    build_report(contents(EVIL), tmp_path)


@pytest.mark.parametrize("snapshot", [Snapshot(), Snapshot.of(cases=[Case("F1")])], ids=["nothing", "one bare case"])
def test_an_empty_study_gives_a_page_that_says_what_is_missing(snapshot, tmp_path):
    report = build_report(ReportContents(snapshot), tmp_path)
    root = html.document_fromstring(report.page.read_text(encoding="utf-8"))
    assert not root.xpath("//*[local-name()='svg']")
    missing = " ".join(words(one) for one in root.xpath("//p[@class='missing']"))
    for part in (
        "No dated founding, entry or exit is on record.",
        "No participants are on record.",
        "No sources and no quotations are on record.",
        "There are no codes in this study.",
        "Nothing was measured.",
        "The study has no citation on record.",
    ):
        assert part in missing
    assert not list((tmp_path / "figures").glob("*")) if (tmp_path / "figures").exists() else True


def test_a_page_alone_has_no_links_to_files():
    assert not [href for href in page(contents()).xpath("//a/@href") if href.startswith(("tables/", "figures/"))]


def test_an_unknown_format_and_a_folder_that_cannot_be_written_are_refused(tmp_path):
    with pytest.raises(InputError, match="no table format 'odt'"):
        build_report(contents(), tmp_path, formats=("odt",))
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write"):
        build_report(contents(), tmp_path / "file")


def test_progress_and_files_of_others_are_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    steps: list[tuple[int, int]] = []
    build_report(contents(), tmp_path, formats=("csv",), png=False, progress=lambda done, of: steps.append((done, of)))
    assert steps == [(number, len(steps)) for number in range(1, len(steps) + 1)]
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert not list(tmp_path.rglob("*.part"))


def test_many_cases_are_drawn_on_several_pages(tmp_path):
    cases = [Case(f"F{number}", {"founded": "2000"}) for number in range(130)]
    report = build_report(ReportContents(Snapshot.of(cases=cases)), tmp_path, formats=("csv",), png=False)
    drawn = [one.path for one in report.files if one.kind == "figure"]
    assert drawn == [f"figures/timeline-{number}.svg" for number in (1, 2, 3)]
