"""Rows of one kind, held as columns.

A study can hold 100,000 codings.  As dataclass instances they would take seconds to make and most of them are never
looked at; as one list a field they come straight from the database, and a row is made when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from crosscase.core.errors import InputError, NotFoundError
from crosscase.core.frames import to_frame
from crosscase.core.numbered import Numbered, Whole

if TYPE_CHECKING:
    import pandas

Row = TypeVar("Row")


class Table(Generic[Row]):
    """An immutable sequence of rows of one dataclass, to be asked by position, by id, or by the value of a field.

    >>> from crosscase.core import Code
    >>> codes = Table.of(Code, [Code("a", parent="t"), Code("b", parent="t"), Code("t", level="theme")])
    >>> codes["b"].parent, len(codes), [code.id for code in codes.where(parent="t")]
    ('t', 3, ['a', 'b'])
    """

    __slots__ = ("_columns", "_indexes", "_length", "_numbered", "_positions", "_whole", "row")

    def __init__(self, row: type[Row], columns: Mapping[str, Sequence[Any]]) -> None:
        """``columns`` has a sequence for every field of ``row``, all of the same length."""
        names = [field.name for field in fields(row)]  # type: ignore[arg-type]
        if set(names) != set(columns):
            raise ValueError(f"{row.__name__} has the columns {names}, not {list(columns)}")
        lengths = {len(column) for column in columns.values()}
        if len(lengths) > 1:
            raise ValueError(f"the columns of {row.__name__} differ in length: {sorted(lengths)}")
        self.row = row
        self._columns = {name: columns[name] for name in names}
        self._length = lengths.pop() if lengths else 0
        self._indexes: dict[str, dict[Any, list[int]]] = {}
        self._positions: dict[str, int] | None = None
        self._numbered: dict[str, Numbered] = {}
        self._whole: dict[str, Whole] = {}

    @classmethod
    def of(cls, row: type[Row], rows: Iterable[Row] = ()) -> Table[Row]:
        """A table of these rows."""
        rows = list(rows)
        return cls(row, {field.name: [getattr(one, field.name) for one in rows] for field in fields(row)})  # type: ignore[arg-type]

    def column(self, name: str) -> Sequence[Any]:
        """The values of one field, in the order of the rows."""
        try:
            return self._columns[name]
        except KeyError:
            raise NotFoundError("column", name, self._columns) from None

    def positions(self, name: str) -> Mapping[Any, Sequence[int]]:
        """The positions of the rows by the value of one field; made once."""
        found = self._indexes.get(name)
        if found is None:
            found = {}
            for position, value in enumerate(self.column(name)):
                found.setdefault(value, []).append(position)
            self._indexes[name] = found
        return found

    def numbered(self, name: str) -> Numbered:
        """One field as numbers of its values; made once, and taken over by :meth:`patched`."""
        found = self._numbered.get(name)
        if found is None:
            found = self._numbered[name] = Numbered.of(self.column(name))
        return found

    def whole(self, name: str) -> Whole:
        """One field of whole numbers as an array; made once, and taken over by :meth:`patched`."""
        found = self._whole.get(name)
        if found is None:
            found = self._whole[name] = Whole.of(self.column(name))
        return found

    def where(self, **equal: Any) -> list[Row]:
        """The rows whose fields have these values, in order."""
        (first, value), *others = equal.items()
        positions: Iterable[int] = self.positions(first).get(value, ())
        for name, wanted in others:
            column = self.column(name)
            positions = [position for position in positions if column[position] == wanted]
        return [self._make(position) for position in positions]

    def position(self, id: str) -> int | None:
        """Where the row with this id stands, or ``None``."""
        return self.places().get(id)

    def places(self) -> Mapping[str, int]:
        """The position of each row by its id."""
        if self._positions is None:
            self._positions = {value: position for position, value in enumerate(self._columns["id"])}
        return self._positions

    def get(self, id: str) -> Row | None:
        """The row with this id, or ``None``."""
        position = self.position(id)
        return None if position is None else self._make(position)

    @overload
    def __getitem__(self, key: int | str) -> Row: ...
    @overload
    def __getitem__(self, key: slice) -> list[Row]: ...
    def __getitem__(self, key: int | str | slice) -> Row | list[Row]:
        """A row by its position or by its id (NotFoundError lists the ids that exist)."""
        if isinstance(key, slice):
            return [self._make(position) for position in range(self._length)[key]]
        if isinstance(key, int):
            return self._make(range(self._length)[key])
        position = self.position(key)
        if position is None:
            raise NotFoundError(self.row.__name__.lower(), key, self._columns["id"])
        return self._make(position)

    def __contains__(self, key: object) -> bool:
        """Whether a row, or an id, is there."""
        if isinstance(key, str):
            return self.position(key) is not None
        return any(row == key for row in self)

    def __iter__(self) -> Iterator[Row]:
        row = self.row
        for values in zip(*self._columns.values(), strict=True):
            yield row(*values)

    def __len__(self) -> int:
        return self._length

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Table):
            return NotImplemented
        return self.row is other.row and all(
            list(column) == list(other._columns[name]) for name, column in self._columns.items()
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{self._length} × {self.row.__name__}>"

    def with_rows(self, rows: Iterable[Row]) -> Table[Row]:
        """This table with more rows at its end; InputError when an id is there already."""
        added = Table.of(self.row, rows)
        for id in added._columns.get("id", ()):
            if self.position(id) is not None:
                raise InputError(f"there is already a {self.row.__name__.lower()} with the id '{id}'")
        return Table(self.row, {name: [*column, *added._columns[name]] for name, column in self._columns.items()})

    def take(self, positions: Sequence[int]) -> Table[Row]:
        """The rows at these positions, in the order given."""
        columns = self._columns.items()
        return Table(self.row, {name: [column[position] for position in positions] for name, column in columns})

    def patched(self, rows: Mapping[str, Row | None]) -> Table[Row]:
        """This table with some rows as they are now: by id, ``None`` for one that is gone; new ones stand at the end.

        >>> from crosscase.core import Code
        >>> codes = Table.of(Code, [Code("a"), Code("b"), Code("c")])
        >>> [(code.id, code.name) for code in codes.patched({"a": None, "b": Code("b", "B"), "d": Code("d")})]
        [('b', 'B'), ('c', ''), ('d', '')]

        Costs a copy of the columns and not the making of every row.
        """
        columns = {name: list(column) for name, column in self._columns.items()}
        gone: list[int] = []
        changed: list[int] = []
        where = dict(self.places())
        for id, row in rows.items():
            position = where.get(id)
            if row is None:
                gone += [] if position is None else [position]
                continue
            changed.append(len(columns["id"]) if position is None else position)
            if position is None:
                where[id] = len(columns["id"])
            for name, column in columns.items():
                value = getattr(row, name)
                if position is None:
                    column.append(value)
                else:
                    column[position] = value
        numbered = {name: one.patched(columns[name], changed, gone) for name, one in list(self._numbered.items())}
        whole = {name: one.patched(columns[name], changed, gone) for name, one in list(self._whole.items())}
        for position in sorted(gone, reverse=True):
            for column in columns.values():
                del column[position]
        made = Table(self.row, columns)
        made._positions = None if gone else where
        made._numbered, made._whole = numbered, whole
        return made

    def to_frame(self) -> pandas.DataFrame:
        """The table as a pandas data frame, a column a field; ``attributes`` and ``extra`` become columns of their own."""
        frame: dict[str, Sequence[Any]] = {}
        for name, column in self._columns.items():
            if name in ("attributes", "extra"):
                keys = dict.fromkeys(key for mapping in column for key in mapping)
                frame.update({key: [mapping.get(key) for mapping in column] for key in keys})
            else:
                frame[name] = column
        return to_frame(frame)

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html(max_rows=20, index=False))

    def _make(self, position: int) -> Row:
        return self.row(*(column[position] for column in self._columns.values()))


def field_default(row: type[Any], name: str) -> Any:
    """The default of a dataclass field, or :data:`dataclasses.MISSING` when it must be given."""
    for field in fields(row):
        if field.name == name:
            return field.default_factory() if field.default_factory is not MISSING else field.default
    raise NotFoundError("field", name, [field.name for field in fields(row)])
