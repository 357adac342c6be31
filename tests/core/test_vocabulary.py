"""Dates, tables, plain values, snapshots: what they promise."""

from __future__ import annotations

import dataclasses
import json
from typing import get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscase.core import TABLES, Case, Code, Coding, Event, PartialDate, Quotation, Snapshot, Source, Table
from crosscase.core.errors import CrosscaseError, InputError, NotFoundError
from crosscase.core.plain import field_types, from_cell, from_plain, row_from_plain, to_cell, to_plain
from crosscase.core.values import read_number, read_value
from crosscase.core.vocabulary import Variable


@pytest.mark.parametrize("text", ["2015", "2015-03", "2015-03-12", "2016-02-29"])
def test_a_date_keeps_its_precision(text):
    assert str(PartialDate.parse(text)) == text


@pytest.mark.parametrize("text", ["15", "2015-13", "2015-02-30", "03/2015", "2015-3", ""])
def test_a_date_that_is_none_is_refused(text):
    with pytest.raises(InputError):
        PartialDate.parse(text)


def test_dates_are_ordered_by_their_first_day_and_the_less_precise_comes_first():
    given_ = ["2016", "2015-03-12", "2015", "2015-03", "2014-12-31"]
    assert [str(one) for one in sorted(map(PartialDate.parse, given_))] == [
        "2014-12-31", "2015", "2015-03", "2015-03-12", "2016",
    ]  # fmt: skip


def test_the_span_that_a_date_can_mean():
    assert (PartialDate(2016, 2).first.day, PartialDate(2016, 2).last.day) == (1, 29)


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"]), min_size=1).map(str.strip).filter(bool)))
def test_a_list_in_a_cell_comes_back(items):
    assert from_cell(tuple[str, ...], to_cell(tuple(items))) == tuple(items)


@pytest.mark.parametrize("row", TABLES.values())
def test_every_row_survives_being_written_as_json(row):
    required = {
        field.name: "x" for field in dataclasses.fields(row) if field.type == "str" and field.name in ("id", "case")
    }
    values = {}
    for name, kind in field_types(row).items():
        values[name] = {str: "ü;=1", int: 3, float: 0.5, PartialDate: PartialDate(2015, 3)}.get(kind)
        if values[name] is None:
            values[name] = required.get(name) if kind is str else (() if get_origin(kind) is tuple else {})
    one = row(**values)
    assert row_from_plain(row, json.loads(json.dumps(to_plain(one)))) == one


def test_a_plain_value_of_the_wrong_type_is_refused():
    with pytest.raises(InputError):
        from_plain(int, "three")
    with pytest.raises(InputError):
        from_plain(tuple[str, ...], "one")


def test_a_table_finds_by_id_and_by_value():
    table = Table.of(Code, [Code("a", parent="t"), Code("b"), Code("t")])
    assert table["b"] == Code("b")
    assert table[-1].id == "t"
    assert [one.id for one in table.where(parent="t")] == ["a"]
    assert "a" in table
    assert "z" not in table
    with pytest.raises(NotFoundError, match="did you mean"):
        Table.of(Code, [Code("intensity")])["intensty"]
    with pytest.raises(InputError):
        table.with_rows([Code("a")])


def test_a_table_refuses_columns_that_do_not_fit():
    with pytest.raises(ValueError, match="differ in length"):
        Table(Coding, {field.name: ["x"] * (1 + (field.name == "id")) for field in dataclasses.fields(Coding)})


def test_a_quotation_belongs_to_the_case_of_its_source_unless_it_says_otherwise():
    snapshot = Snapshot.of(
        cases=[Case("A"), Case("B")],
        sources=[Source("s", case="A")],
        quotations=[Quotation("q1", "s"), Quotation("q2", "s", case="B"), Quotation("q3", locator="p. 3")],
    )
    assert snapshot.case_of_quotation == {"q1": "A", "q2": "B", "q3": ""}
    assert [one.id for one in snapshot.quotations_of("A")] == ["q1"]


def test_codings_under_a_code_and_a_circle_of_parents():
    codes = [
        Code("d"),
        Code("t", "theme", parent="d"),
        Code("a", "first", parent="t"),
        Code("x", parent="y"),
        Code("y", parent="x"),
    ]
    snapshot = Snapshot.of(codes=codes, codings=[Coding("1", "q", "a"), Coding("2", "q", "t"), Coding("3", "q", "x")])
    assert [one.id for one in snapshot.codings_under("d")] == ["1", "2"]
    assert list(snapshot.subtree("x")) == ["x", "y"]
    assert snapshot.code_path("a") == ("d", "theme", "first")
    assert snapshot.code_path("x") == ("y", "x")


def test_events_stand_in_order_and_undated_ones_last():
    events = [Event("1", "A", "exit"), Event("2", "A", "entry", date=PartialDate(2010)), Event("3", "B", "entry")]
    assert [one.id for one in Snapshot.of(events=events).events_of("A")] == ["2", "1"]


# What a person types, and the number in it.
NUMBERS = [
    ("80%", 0.8), ("1,200", 1200), ("1 200,5", 1200.5), ("0,5", 0.5), ("-3", -3), ("1'000'000", 1_000_000), ("2.50", 2.5),
    (".5", 0.5), ("", None), ("n/a", None), ("3 to 5", None), ("%", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "number"), NUMBERS)
def test_numbers_as_people_write_them(text, number):
    assert read_number(text) == number


def test_a_value_that_does_not_fit_its_variable_is_refused():
    assert read_value("Medium", Variable("size", "category", values=("Small", "Medium"))) == "Medium"
    with pytest.raises(InputError, match="there are"):
        read_value("Huge", Variable("size", "category", values=("Small", "Medium")))
    with pytest.raises(InputError):
        read_value("2.5", Variable("founded", "year"))
    assert read_value("40", Variable("share", "percent", unit="%")) == 0.4
    assert read_value(" ", Variable("founded", "year")) is None


def test_every_error_says_what_where_and_how_to_mend():
    error = CrosscaseError("the value 'x' is not a number", where="cases.csv, row 3", mend="write 12")
    assert error.to_dict() == {
        "error": "CrosscaseError", "what": "the value 'x' is not a number", "where": "cases.csv, row 3", "mend": "write 12",
    }  # fmt: skip
