"""Find quotations with a query, sort them, show them as a table; mark those meant for the text or for a table."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

from crosscase.core import Coding, Quotation
from crosscase.core.errors import NotFoundError
from crosscase.core.frames import to_frame
from crosscase.evidence.retrieval import MARKS, Query, parse
from crosscase.study.passages import WITHDRAWN
from crosscase.study.permissions import Permission, needs
from crosscase.study.workspace import Workspace

if TYPE_CHECKING:
    import pandas

    from crosscase.evidence import Ledger
    from crosscase.reports import ReportTable

#: By what quotations are sorted -> how it is called.
ORDERS = {
    "place": "place in the sources", "text": "words", "code": "code", "case": "case", "role": "role", "speaker": "speaker",
    "source": "source", "kind": "kind of source", "date": "date", "mark": "mark", "coder": "coder", "length": "length",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A passage with its codings.

    ``quotation`` is the first of its quotations (two coders who quote the same words make two), with no text and no
    position when its words were taken back; ``paths`` are the paths of the codes in the codebook, one a coding.
    """

    quotation: Quotation
    quotations: tuple[str, ...]
    codings: tuple[Coding, ...]
    paths: tuple[str, ...]
    case: str
    speaker: str
    role: str
    source_title: str
    kind: str
    date: str
    mark: str
    withdrawn: bool = False

    @property
    def locator(self) -> str:
        """Where it stands: the locator, or the positions in the source."""
        one = self.quotation
        return one.locator or (f"{one.start}–{one.end}" if one.start is not None else "")

    def to_dict(self) -> dict[str, Any]:
        """JSON-able."""
        one = self.quotation
        return {
            "quotations": list(self.quotations), "text": one.text, "source": one.source, "start": one.start,
            "end": one.end, "locator": one.locator, "case": self.case, "speaker": self.speaker, "role": self.role,
            "kind": self.kind, "source_title": self.source_title, "date": self.date, "mark": self.mark,
            "withdrawn": self.withdrawn,
            "codings": [
                {"id": coding.id, "code": coding.code, "path": path, "coder": coding.coder, "note": coding.note}
                for coding, path in zip(self.codings, self.paths, strict=True)
            ],
        }  # fmt: skip


@dataclass(frozen=True, repr=False)
class Quotations(Sequence[Found]):
    """What a query found, in its order.  A row is put together when somebody looks at it."""

    query: Query
    ledger: Ledger
    numbers: tuple[int, ...]
    _paths: dict[str, str] = field(default_factory=dict, compare=False)

    @overload
    def __getitem__(self, key: int) -> Found: ...
    @overload
    def __getitem__(self, key: slice) -> list[Found]: ...
    def __getitem__(self, key: int | slice) -> Found | list[Found]:
        if isinstance(key, slice):
            return [self._found(number) for number in self.numbers[key]]
        return self._found(self.numbers[key])

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[Found]:
        return (self._found(number) for number in self.numbers)

    def __repr__(self) -> str:
        return f"<{len(self)} quotations: {self.query}>"

    def sorted(self, by: str, *, descending: bool = False) -> Quotations:
        """The same quotations by one of :data:`ORDERS`; what is equal stays in the order of the sources.

        Raises:
            NotFoundError: there is no such order.
        """
        if by not in ORDERS:
            raise NotFoundError("order of quotations", by, ORDERS)
        numbers = sorted(self.numbers)
        if by == "place":
            return Quotations(self.query, self.ledger, tuple(reversed(numbers) if descending else numbers))
        key = self._key(by)
        return Quotations(self.query, self.ledger, tuple(sorted(numbers, key=key, reverse=descending)))

    def first(self, limit: int | None) -> Quotations:
        """At most so many of them; all when ``None``."""
        return Quotations(self.query, self.ledger, self.numbers[:limit])

    def table(self) -> ReportTable:
        """A row a coding: words, path of the code, case, role, source, date, locator, coder, mark."""
        from crosscase.reports.table import Cell, Column, ReportTable

        names = ("Quotation", "Code", "Case", "Role", "Source", "Date", "Locator", "Coder", "Mark", "Note")
        rows = []
        for one in self:
            shared = (one.case, one.role, one.source_title, one.date, one.locator)
            codings = [(path, coding.coder, coding.note) for path, coding in zip(one.paths, one.codings, strict=True)]
            for path, coder, note in codings or [("", "", "")]:
                rows.append(tuple(map(Cell, (one.quotation.text, path, *shared, coder, one.mark, note))))
        return ReportTable(
            "quotations",
            f"Quotations: {self.query}",
            tuple(map(Column, names)),
            tuple(rows),
            missing="No quotation fits.",
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {"query": str(self.query), "quotations": [one.to_dict() for one in self]}

    def to_frame(self) -> pandas.DataFrame:
        """A row a coding, the columns those of :meth:`table`."""
        table = self.table()
        texts = [[cell.value for cell in row] for row in table.rows]
        return to_frame({one.label.lower(): [row[at] for row in texts] for at, one in enumerate(table.columns)})

    def _repr_html_(self) -> str:
        heads = "".join(f'<th scope="col">{head}</th>' for head in ("words", "codes", "case", "role", "where"))
        rows = "".join(
            "<tr>" + "".join(f"<td>{html.escape(text)}</td>" for text in (
                one.quotation.text or one.locator, "; ".join(dict.fromkeys(one.paths)), one.case, one.role, one.source_title,
            )) + "</tr>"
            for one in self[:100]
        )  # fmt: skip
        return f"<table><caption>{html.escape(repr(self))}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"

    def _found(self, number: int) -> Found:
        passages = self.ledger.passages
        snapshot = passages.snapshot
        quotations = passages.quotations(number)
        first, withdrawn = quotations[0], passages.withdrawn(number)
        if withdrawn:
            first = Quotation(first.id, first.source, locator=WITHDRAWN, case=first.case)
        source = snapshot.sources.get(first.source)
        speaker = passages.participant(number)
        person = snapshot.participants.get(speaker) if speaker else None
        codings = tuple(snapshot.codings[place] for place in passages.codings(number))
        return Found(
            quotation=first,
            quotations=tuple(one.id for one in quotations),
            codings=codings,
            paths=tuple(self._path(one.code) for one in codings),
            case=passages.case(number),
            speaker=speaker,
            role=person.role if person else "",
            source_title=(source.title or source.id) if source else "",
            kind=source.kind if source else "",
            date=str(source.date or "") if source else "",
            mark=passages.mark(number),
            withdrawn=withdrawn,
        )

    def _path(self, code: str) -> str:
        if code not in self._paths:
            self._paths[code] = " › ".join(self.ledger.snapshot.code_path(code)) or code
        return self._paths[code]

    def _key(self, by: str) -> Callable[[int], tuple[Any, ...]]:
        """What passages are ordered by; what has nothing there stands last."""
        passages, snapshot = self.ledger.passages, self.ledger.snapshot
        if by in ("code", "coder"):
            column = snapshot.codings.column(by)

            def first_of(number: int) -> tuple[Any, ...]:
                values = [self._path(column[at]) if by == "code" else column[at] for at in passages.codings(number)]
                return _last_when_empty(min(filter(None, values), default=""))

            return first_of
        if by in ("text", "length"):
            return lambda number: (
                _last_when_empty(passages.text(number).casefold()) if by == "text" else (0, len(passages.text(number)))
            )
        if by == "case":
            return lambda number: _last_when_empty(passages.case(number))
        if by == "mark":
            return lambda number: _last_when_empty(passages.mark(number))
        if by in ("speaker", "role"):
            roles = {one.id: one.role for one in snapshot.participants}
            return lambda number: _last_when_empty(
                passages.participant(number) if by == "speaker" else roles.get(passages.participant(number), "")
            )
        name = {"source": "title"}.get(by, by)
        values = {one.id: str(getattr(one, name) or "") for one in snapshot.sources}
        return lambda number: _last_when_empty(values.get(passages.source(number), "").casefold())


def _last_when_empty(text: str) -> tuple[bool, str]:
    return not text, text


def quotations(ledger: Ledger, query: str | Query = "", *, sort: str = "place", descending: bool = False) -> Quotations:
    """The quotations that fit a query.

    Raises:
        ExpressionError: the query cannot be read.
        NotFoundError, InputError: it names what is not there; see :class:`crosscase.evidence.retrieval.Passages`.
    """
    asked = parse(query) if isinstance(query, str) else query
    found = Quotations(asked, ledger, tuple(ledger.passages.find(asked)))
    return found if (sort, descending) == ("place", False) else found.sorted(sort, descending=descending)


# -- marks -------------------------------------------------------------------------------------------------------------


@needs(Permission.CODE, blind=False)
def mark_quotations(workspace: Workspace, who: str, marks: Sequence[tuple[str, int]], mark: str) -> None:
    """Mark the quotations of one passage as ``power``, ``proof``, or take the mark away with the empty text.

    Args:
        marks: (quotation, version seen) of each.

    Raises:
        NotFoundError: no such mark or quotation.
        ConflictError: somebody changed a quotation in the meantime to another mark.
    """
    if mark not in ("", *MARKS):
        raise NotFoundError("mark", mark, MARKS)
    with workspace.lock:
        workspace.catch_up()
        changed = [(id, version) for id, version in marks if workspace.row("quotations", id).mark != mark]
        if not changed:
            return
        first = workspace.row("quotations", changed[0][0])
        name = " ".join((first.text or first.locator).split())[:40]
        what = f"mark “{name}” as {mark} quotation" if mark else f"take the mark off “{name}”"
        with workspace.writing(who, what) as change:
            for id, version in changed:
                change.update("quotations", id, version, mark=mark)
