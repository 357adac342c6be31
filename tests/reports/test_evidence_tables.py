"""Construct tables and the meta-matrix, on a study small enough to read."""

from __future__ import annotations

from crosscase.core import Case, Code, Coding, Construct, Participant, Quotation, Snapshot, Source, Study, Variable
from crosscase.evidence import Ledger
from crosscase.reports import tables


def ledger(**more):
    rows = {
        "study": Study(variables=(Variable("size", "number"),)),
        "cases": [Case("F1", {"size": "9"}), Case("F2", {}), Case("F3", {}), Case("F4", {})],
        "participants": [Participant("P1", "F1", "Founder"), Participant("P4", "F4", consent="withdrawn")],
        "sources": [
            Source("s1", kind="interview", case="F1", participant="P1"),
            Source("s2", kind="web", case="F2"),
            Source("s4", kind="interview", case="F4", participant="P4"),
        ],
        "codes": [
            Code("d", "Learning", level="dimension"),
            Code("peers", "Peers", parent="d", level="theme"),
            Code("asks", "Asks", parent="peers", level="concept"),
            Code("tells", "Tells", parent="peers", level="concept"),
            Code("none", "No peers", level="free"),
        ],
        "quotations": [
            Quotation("q1", "s1", text="one"), Quotation("q2", "s1", text="two", mark="proof"),
            Quotation("q3", "s1", text="three"), Quotation("q4", "s2", locator="p. 2"), Quotation("q5", "s4", text="gone"),
        ],
        "codings": [
            Coding("c1", "q1", "asks", "A"), Coding("c1b", "q1", "asks", "B"), Coding("c2", "q2", "asks"),
            Coding("c3", "q3", "tells"), Coding("c4", "q4", "none"), Coding("c5", "q5", "asks"),
        ],
        "constructs": [Construct("peers", "Peers", "codings", ("peers",), absent_when="coded none")],
    } | more  # fmt: skip
    return Ledger(Snapshot.of(**rows))


def test_a_construct_table_shows_words_marked_ones_first_and_who_said_them():
    found = ledger()
    table = tables.construct_evidence(found, found.snapshot.constructs["peers"])
    first, second = table.texts()
    assert first[0] == "F1"
    assert first[1:] == ["present", "3", "“two”\n“one”\nand 1 more", "interview", "P1 (Founder)"]
    assert second[:4] == ["F2", "absent", "0", "Against: s2 p. 2"]
    assert "No data, and nothing on record: F3, F4." in table.notes
    assert "present in 1, absent in 1, no data in 2 cases." in table.notes


def test_a_person_s_rating_stands_beside_what_the_rule_gave():
    ratings = [{"case": "F3", "value": "absent", "who": "M", "reason": "asked at the door"}]
    found = ledger(constructs=[Construct("peers", "Peers", "codings", ("peers",), extra={"rating": ratings})])
    table = tables.construct_evidence(found, found.snapshot.constructs["peers"])
    rated = next(row for row in table.texts() if row[0] == "F3")
    assert rated[-1] == "absent (M): asked at the door; the rule gave no data"


def test_a_measure_or_variable_is_its_own_record():
    found = ledger(constructs=[Construct("big", "Big", "variable", ("size",), "size > 5")])
    (row,) = tables.construct_evidence(found, found.snapshot.constructs["big"]).texts()
    assert row == ["F1", "present", "9", "1 record"]


def test_the_meta_matrix_condenses_what_was_found_and_leaves_silence_as_no_data():
    table = tables.meta_matrix(ledger())
    assert [one.label for one in table.columns] == ["Case", "Peers"]
    assert table.texts() == [["F1", "Asks (2); Tells (1)"]]
    assert "Nothing coded: F2, F3, F4." in table.notes
    by_dimension = tables.meta_matrix(ledger(), "dimension")
    assert [one.label for one in by_dimension.columns] == ["Case", "Learning"]


def test_a_case_silent_on_one_field_is_no_data_there():
    codes = [
        Code("x", "X", level="theme"), Code("y", "Y", level="theme"),
    ]  # fmt: skip
    found = ledger(codes=codes, codings=[Coding("1", "q1", "x"), Coding("2", "q4", "y")], constructs=[])
    assert [[cell.state for cell in row] for row in tables.meta_matrix(found).rows] == [
        ["", "", "no data"],
        ["", "no data", ""],
    ]
