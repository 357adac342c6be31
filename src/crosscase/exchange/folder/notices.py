"""What is worth a word at an import and no reason to refuse it; the checks find it again later."""

from __future__ import annotations

from collections.abc import Iterator

from crosscase.core import PartialDate, Snapshot
from crosscase.core.errors import InputError


def before_founding(snapshot: Snapshot) -> Iterator[str]:
    """A sentence for every event that ends before its case was founded (attribute ``founded``)."""
    founded: dict[str, PartialDate] = {}
    for case in snapshot.cases:
        try:
            founded[case.id] = PartialDate.parse(case.attributes.get("founded", ""))
        except InputError:
            continue
    for id, case, kind, date in zip(*map(snapshot.events.column, ("id", "case", "kind", "date")), strict=True):
        if date is not None and case in founded and date.last < founded[case].first:
            yield f"{kind} {id} of {case} is dated {date}, before the founding ({founded[case]})"
