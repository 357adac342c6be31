"""A table with some rows changed equals the table made anew of the rows as they are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crosscase.core import Code, Table

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
            table.position("c0")
        changes = {id: None if name is None else Code(id, name) for id, name in step.items()}
        table = table.patched(changes)
        for id, row in changes.items():
            if row is None:
                rows.pop(id, None)
            else:
                rows[id] = row
        assert table == Table.of(Code, rows.values())
        assert [table.position(id) for id in rows] == list(range(len(rows)))


@given(st.lists(st.integers(0, 7)))
def test_rows_are_taken_in_the_order_given(positions: list[int]) -> None:
    table = Table.of(Code, [Code(id) for id in IDS])
    assert [one.id for one in table.take(positions)] == [IDS[position] for position in positions]
