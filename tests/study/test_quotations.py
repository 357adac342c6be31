"""What a query finds as rows, sorted, as tables and files; the marks of quotations."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crosscase import Study, copy_example
from crosscase.core import Case, Code, Coding, Participant, Quotation, Snapshot, Table
from crosscase.core.errors import ConflictError, ExpressionError, NotFoundError
from crosscase.evidence import Ledger
from crosscase.exchange.folder import read_folder, write_folder
from crosscase.reports.formats import FORMATS
from crosscase.reports.tables import quotation_checks, quotation_table
from crosscase.study.quotations import ORDERS, mark_quotations, quotations
from crosscase.study.workspace import Workspace
from web.study import opened, study_file, synthetic


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with opened(study_file(tmp_path / "made.crosscase")) as study:
        yield Workspace(study)


def words(found) -> list[str]:
    return [one.quotation.text for one in found]


def test_the_python_api_finds_what_the_page_finds(tmp_path: Path) -> None:
    with Study.open(copy_example("walkthrough", tmp_path / "w")) as study:
        found = study.quotations("code:fairs and not case:Alder", sort="case")
        assert [one.case for one in found] == sorted(one.case for one in found)
        assert len(found) == len(study.quotations("code:fairs")) - len(study.quotations("code:fairs case:Alder")) > 0
        assert found.to_frame()["case"].iloc[0] == found[0].case
        assert found.to_dict()["query"] == "code:fairs and not case:Alder"
        with pytest.raises(ExpressionError):
            study.quotations("code:fairs and")
        with pytest.raises(NotFoundError, match="order"):
            study.quotations("", sort="size")


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_keeps_all_and_is_reversed_by_descending(order: str) -> None:
    snapshot = synthetic()
    more = Quotation("q9", locator="page 3", case="F2", mark="proof")
    snapshot = snapshot.replace(quotations=Table.of(Quotation, [*snapshot.quotations, more]))
    ledger = Ledger(snapshot)
    up, down = (quotations(ledger, "", sort=order, descending=way) for way in (False, True))
    assert sorted(up.numbers) == sorted(down.numbers) == list(range(4))
    assert len(set(words(up))) == 4


def test_orders() -> None:
    ledger = Ledger(synthetic())
    assert words(quotations(ledger, "", sort="text")) == [
        "a fair in Cologne",
        "It came by chance.",
        "we went to a fair in Cologne",
    ]
    assert words(quotations(ledger, "", sort="length"))[0] == "a fair in Cologne"
    assert words(quotations(ledger, "", sort="coder"))[-1] == "we went to a fair in Cologne"


def test_the_table_has_what_a_reader_needs_and_no_formulas() -> None:
    snapshot = synthetic()
    evil = [replace(one, name="=HYPERLINK(1)") if one.id == "chance" else one for one in snapshot.codes]
    notes = [replace(one, note="@SUM(A1)") for one in snapshot.codings]
    snapshot = snapshot.replace(codes=Table.of(Code, evil), codings=Table.of(Coding, notes))
    table = quotations(Ledger(snapshot), "code:chance").table()
    assert [column.label for column in table.columns] == [
        "Quotation", "Code", "Case", "Role", "Source", "Date", "Locator", "Coder", "Mark", "Note",
    ]  # fmt: skip
    assert [cell.value for cell in table.rows[0]][2:4] == ["F1", "Founder"]
    assert "'@SUM(A1)" in FORMATS["csv"](table).decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(FORMATS["xlsx"](table))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet


def taken_back(snapshot: Snapshot) -> Snapshot:
    people = [replace(one, consent="withdrawn") if one.id == "P1" else one for one in snapshot.participants]
    return snapshot.replace(participants=Table.of(Participant, people))


def test_no_file_has_words_that_were_taken_back() -> None:
    found = quotations(Ledger(taken_back(synthetic())), "")
    assert len(found) == 3
    assert {one.quotation.text for one in found} == {""}
    assert {one.speaker or one.role for one in found} == {""}
    for ending in ("csv", "xlsx", "docx"):
        data = FORMATS[ending](found.table())
        texts = (
            [data]
            if ending == "csv"
            else [zipfile.ZipFile(io.BytesIO(data)).read(name) for name in zipfile.ZipFile(io.BytesIO(data)).namelist()]
        )
        assert not any(b"Cologne" in text for text in texts)


def test_the_report_does_not_quote_what_was_taken_back() -> None:
    snapshot = synthetic()
    marked = [replace(one, mark="proof") for one in snapshot.quotations]
    snapshot = snapshot.replace(quotations=Table.of(Quotation, marked))
    assert len(quotation_table(snapshot).rows) == 3
    assert quotation_table(taken_back(snapshot)).rows == ()
    assert quotation_checks(taken_back(snapshot)).rows == ()


def test_an_empty_study_and_one_without_codings() -> None:
    assert list(quotations(Ledger(Snapshot()), "")) == []
    assert quotations(Ledger(Snapshot()), "").table().missing == "No quotation fits."
    bare = synthetic()
    bare = bare.replace(codings=Table.of(Coding, []))
    assert [one.codings for one in quotations(Ledger(bare), "")] == [()] * 3
    assert quotations(Ledger(bare), "code:chance").numbers == ()
    assert [row[1].value for row in quotations(Ledger(bare), "").table().rows] == [""] * 3


# -- marks ---------------------------------------------------------------------------------------------------------------


def mark_of(workspace: Workspace, id: str) -> str:
    return workspace.row("quotations", id).mark


def test_a_mark_is_kept_undone_and_found(workspace: Workspace) -> None:
    mark_quotations(workspace, "ana", [("q1", 1)], "power")
    assert mark_of(workspace, "q1") == "power"
    assert words(quotations(workspace.frozen().ledger, "mark:power")) == ["It came by chance."]
    mark_quotations(workspace, "ana", [("q1", 1)], "power")  # asked for again: nothing changes, whatever was seen
    assert workspace.version("quotations", "q1") == 2
    assert workspace.undo("ana") == "mark “It came by chance.” as power quotation"
    assert mark_of(workspace, "q1") == ""
    workspace.redo("ana")
    mark_quotations(workspace, "ana", [("q1", workspace.version("quotations", "q1"))], "")
    assert words(quotations(workspace.frozen().ledger, "mark:none")) == [
        "It came by chance.", "we went to a fair in Cologne", "a fair in Cologne",
    ]  # fmt: skip


def test_two_who_mark_at_once(workspace: Workspace) -> None:
    mark_quotations(workspace, "ana", [("q1", 1)], "power")
    with pytest.raises(ConflictError):
        mark_quotations(workspace, "ben", [("q1", 1)], "proof")
    assert mark_of(workspace, "q1") == "power"
    with pytest.raises(NotFoundError):
        mark_quotations(workspace, "ben", [("q1", 1)], "gold")
    with pytest.raises(NotFoundError):
        mark_quotations(workspace, "ben", [("q99", 1)], "proof")


def test_marks_go_into_the_folder_and_back(workspace: Workspace, tmp_path: Path) -> None:
    mark_quotations(workspace, "ana", [("q1", 1), ("q2", 1)], "proof")
    write_folder(workspace.snapshot, tmp_path / "folder")
    assert "mark" in (tmp_path / "folder" / "codings.csv").read_text("utf-8").splitlines()[0]
    assert [one.mark for one in read_folder(tmp_path / "folder").quotations] == ["proof", "proof", ""]


def test_whose_voices_the_marked_quotations_are() -> None:
    """Five marked quotations of code a: three of F1, which is more than half; of b one; of c none."""
    cases = ["F1", "F1", "F1", "F2", "F3"]
    quoted = [
        Quotation(f"q{n}", locator=f"page {n}", case=case, mark="proof" if n else "power")
        for n, case in enumerate(cases)
    ]
    quoted.append(Quotation("q5", locator="page 5", case="F1"))
    snapshot = synthetic().replace(
        cases=Table.of(Case, [Case(f"F{n}") for n in (1, 2, 3, 4)]),
        codes=Table.of(Code, [Code("a", "A"), Code("b", "B"), Code("c", "C"), Code("unused", "U")]),
        quotations=Table.of(Quotation, quoted),
        codings=Table.of(
            Coding,
            [*(Coding(f"k{n}", f"q{n}", "a") for n in range(5)), Coding("k5", "q4", "b"), Coding("k6", "q5", "c")],
        ),
    )
    table = quotation_checks(snapshot)
    assert [[cell.value for cell in row] for row in table.rows] == [
        ["A", 1, 4, 3, "F1", 60.0, "3 of 5 from F1"],
        ["B", 0, 1, 1, "F3", 100.0, "one quotation only; one case only"],
        ["C", 0, 0, 0, "", "", "no quotation is marked"],
    ]
    assert table.notes == (
        "5 marked quotations from 3 of 4 cases.", "Most are from F1: 3 of 5 (60%).", "Not quoted: F4.", "Without a speaker: 5.",
    )  # fmt: skip
