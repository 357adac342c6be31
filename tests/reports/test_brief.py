"""A brief on paper."""

from __future__ import annotations

import shutil
import subprocess
import zipfile

import pytest

from crosscase.core import Case, Claim, Code, Coding, Construct, Quotation, Snapshot, Study, Variable
from crosscase.evidence import Ledger
from crosscase.evidence.briefs import brief
from crosscase.evidence.firms import firm_from_document
from crosscase.reports.brief import brief_docx, brief_html, brief_parts, brief_text


def large(word: str = ""):
    """A study with more of everything than fits on two pages: 60 cases, 40 claims, 12 paths of 10 codes."""
    variables = tuple(Variable(f"v{n}", "number", label=f"Variable {n} {word}") for n in range(12))
    cases = [Case(f"F{n}", {f"v{m}": str((n * (m + 3)) % 17) for m in range(12)}) for n in range(60)]
    codes = [Code(f"p{n}", f"Path {n} {word}", level="dimension") for n in range(12)]
    codes += [Code(f"p{n}c{m}", f"A capability with a long name {m}", f"p{n}") for n in range(12) for m in range(10)]
    quotations = [Quotation(f"q{n}", case=f"F{n}") for n in range(60)]
    codings = [Coding(f"{n}-{m}", f"q{n}", f"p{n % 12}c{m}") for n in range(60) for m in range(10)]
    constructs = [
        Construct(f"k{n}", f"Construct {n}", "codings", (f"p0c{n % 10}",), absent_when="sources: x") for n in range(60)
    ]
    wording = "Firms with the first and the second grow where the third is present in their networks abroad " * 3
    claims = [
        Claim(f"C{n}", wording + word, expression=f"k{n} * k{n + 1} => k{n + 2}", scope={"who": "young firms " * 20})
        for n in range(40)
    ]
    ledger = Ledger(
        Snapshot.of(
            Study(title=f"Large {word}", variables=variables), cases=cases, codes=codes, quotations=quotations,
            codings=codings, constructs=constructs, claims=claims,
        )
    )  # fmt: skip
    document = {"id": f"Nova {word}", "attributes": {f"v{n}": n for n in range(12)}}
    return brief(ledger, firm_from_document(document, ledger.snapshot))


def test_what_does_not_fit_is_counted():
    text = brief_text(large())
    assert "34 more claims are in the JSON of this brief." in text
    assert "8 more are in the JSON of this brief." in text
    assert "6 more codes" in text


def test_the_html_escapes_and_names_its_parts():
    page = brief_html(large("<script>x</script>")).decode()
    assert "<script>" not in page
    for part in brief_parts(large()):
        assert part.title in page


def test_the_docx_has_the_same_parts(tmp_path):
    file = tmp_path / "b.docx"
    file.write_bytes(brief_docx(large()))
    text = zipfile.ZipFile(file).read("word/document.xml").decode()
    assert "Which cases are like it" in text
    assert "34 more claims" in text


def test_a_brief_on_nothing_says_so():
    ledger = Ledger(Snapshot())
    text = brief_text(brief(ledger, firm_from_document({}, ledger.snapshot)))
    assert "No case can be compared" in text
    assert "The study has no claims." in text


@pytest.mark.skipif(not (shutil.which("chromium") and shutil.which("pdfinfo")), reason="needs chromium and pdfinfo")
def test_it_prints_on_two_pages(tmp_path):
    (tmp_path / "b.html").write_bytes(brief_html(large()))
    command = ["chromium", "--headless", "--no-sandbox", "--no-pdf-header-footer", "--print-to-pdf=b.pdf", "b.html"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    shown = subprocess.run(["pdfinfo", "b.pdf"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    pages = next(int(line.split()[1]) for line in shown.splitlines() if line.startswith("Pages"))
    assert pages <= 2
