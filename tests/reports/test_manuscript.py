"""The report as a manuscript: everything of the page, in the order of methods and findings, numbered."""

from __future__ import annotations

import io

import docx
import pytest

from crosscase.core import (
    Case,
    Claim,
    Code,
    Coding,
    Construct,
    Quotation,
    SamplingRule,
    Snapshot,
    Source,
    Study,
    Variable,
)
from crosscase.evidence import Ledger
from crosscase.reports import ReportContents, tables
from crosscase.reports.formats.docx import Manuscript
from crosscase.reports.manuscript import manuscript_docx
from crosscase.reports.sections import Folded, sections
from crosscase.reports.table import Cell, Column, ReportTable, state_cell


def contents(**more):
    rows = {
        "study": Study("Two firms", "Do they?", "interpretive", sampling=(SamplingRule("s", "small firms."),),
                       variables=(Variable("a", "number"),)),
        "cases": [Case("F1", {"a": "1"}), *(Case(f"F{n}", {}) for n in range(2, 6))],
        "sources": [Source("s1", kind="interview", case="F1", language="en")],
        "codes": [Code("t", "Theme", level="theme"), Code("c", "Concept", parent="t", level="concept")],
        "quotations": [Quotation("q", "s1", 0, 3, "Yes", case="F1", mark="proof")],
        "codings": [Coding("k", "q", "c", "A")],
        "constructs": [Construct("A", "Ability", "variable", ("a",), "a = 1")],
        "claims": [Claim("P[1]", "Firms are able", expression="A")],
    } | more  # fmt: skip
    snapshot = Snapshot.of(**rows)
    return ReportContents(snapshot, ledger=Ledger(snapshot))


def made(given):
    data = manuscript_docx(given, sections(given), tables.findings(()))
    assert data == manuscript_docx(given, sections(given), tables.findings(()))
    return docx.Document(io.BytesIO(data))


def test_methods_come_before_findings_and_every_table_of_the_page_is_there_once():
    given = contents()
    document = made(given)
    heads = [one.text for one in document.paragraphs if one.style.name.startswith("Heading")]
    wanted = ["Methods", "Design and sample", "Coding", "Constructs", "Findings", "P[1]", "Appendix", "Quotations"]
    assert [head for head in heads if head in wanted] == wanted
    blocks = [block.table if isinstance(block, Folded) else block for part in sections(given) for block in part.blocks]
    full = [block for block in blocks if isinstance(block, ReportTable) and block.rows]
    assert len(document.tables) == len(full)
    numbers = [run.text for one in document.paragraphs for run in one.runs if run.text.startswith("Table ")]
    assert [number.split()[1] for number in numbers] == [str(n) for n in range(1, len(full) + 1)]


def test_sentences_are_drafted_from_the_records():
    words = " ".join(one.text for one in made(contents()).paragraphs)
    assert "a multiple-case study (interpretive) of 5 cases" in words
    assert "admitted by these rules: small firms." in words
    assert "1 interview, in en." in words


def test_cases_of_which_nothing_is_known_share_a_row():
    document = made(contents())
    verdict = next(table for table in document.tables if table.rows[0].cells[1].text == "Said")
    assert [row.cells[0].text for row in verdict.rows[1:]] == ["F1", "4 cases: F2, F3, F4, F5"]


def test_an_empty_study_has_a_manuscript():
    given = ReportContents(Snapshot.of())
    assert "Study without a title" in [one.text for one in made(given).paragraphs]


@pytest.mark.parametrize(("columns", "landscape"), [(4, False), (14, True)])
def test_only_a_table_that_needs_it_lies_across(columns, landscape):
    heads = tuple(Column(f"averylongword{n}") for n in range(columns))
    document = Manuscript("A study")
    document.table(ReportTable("t", "T", heads, (tuple(state_cell("present") for _ in heads),)))
    document.heading("After", 2)
    document.table(ReportTable("u", "U", (Column("a"),), ((Cell("b"),),)))
    found = docx.Document(io.BytesIO(document.saved()))
    assert [one.page_width > one.page_height for one in found.sections] == (
        [False, True, False] if landscape else [False]
    )
    assert found.tables[0].rows[1].cells[0].text == ("●" if landscape else "present")
