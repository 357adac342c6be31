"""A table with some rows changed equals the table made anew of the rows as they are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crosscase.core import Code, Quotation, Table

IDS = [f"c{number}" for number in range(8)]


@given(
    start=st.lists(st.sampled_from(IDS), unique=True),
    steps=st.lists(st.dictionaries(st.sampled_from(IDS), st.none() | st.text(max_size=3), max_size=5), max_size=4),
    asked=st.booleans(),
)
def test_patches_agree_with_a_new_table(start: list[str], steps: list[dict[str, str | None]], asked: bool) -> None:
    rows = {id: Code(id) for id in start}
    table = Table.of(Code, rows.values())
    for step in steps:
        if asked:
            table.position("c0"), table.numbered("name")
        changes = {id: None if name is None else Code(id, name) for id, name in step.items()}
        table = table.patched(changes)
        for id, row in changes.items():
            if row is None:
                rows.pop(id, None)
            else:
                rows[id] = row
        assert table == Table.of(Code, rows.values())
        assert [table.position(id) for id in rows] == list(range(len(rows)))
        column = table.numbered("name")
        names = list(column.number_of)
        assert list(column.number_of.values()) == list(range(len(names)))
        assert [names[number] for number in column.rows] == list(table.column("name"))


@given(
    st.lists(
        st.dictionaries(st.sampled_from(IDS), st.none() | st.tuples(st.none() | st.integers(0, 9)), max_size=5),
        max_size=4,
    )
)
def test_whole_numbers_agree_after_patches(steps: list[dict[str, tuple[int | None] | None]]) -> None:
    table = Table.of(Quotation, [Quotation("c0", start=3)])
    table.whole("start")
    for step in steps:
        table = table.patched({id: None if one is None else Quotation(id, start=one[0]) for id, one in step.items()})
        column, starts = table.whole("start"), table.column("start")
        assert [(bool(known), int(value)) for known, value in zip(column.known, column.values, strict=True)] == [
            (one is not None, one or 0) for one in starts
        ]


@given(st.lists(st.integers(0, 7)))
def test_rows_are_taken_in_the_order_given(positions: list[int]) -> None:
    table = Table.of(Code, [Code(id) for id in IDS])
    assert [one.id for one in table.take(positions)] == [IDS[position] for position in positions]
