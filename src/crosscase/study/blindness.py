"""What somebody who codes blind may know: nothing of what others coded, nor that, when or how much they did.

What is everybody's (codebook, claims, constructs, cases, sources, memos on these) is shown as it is.  Hidden are the codings
of others, the passages that only they chose, every mark on a passage, notes and memos on these, evidence that names one, who
has coded, and the results of analyses, which are computed from everybody's codings.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from crosscase.core import TABLES, Quotation, Snapshot, Table
from crosscase.core.vocabulary import NOTHING
from crosscase.study.workspace import Touched

#: The tables in which something may be hidden.
HIDING = ("codings", "quotations", "memos", "acceptances", "stances", "coders")

#: How many of the latest changes are known by number; a page that is further behind loads everything again.
_REMEMBERED = 10_000


def shown_to(snapshot: Snapshot, coder: str) -> Snapshot:
    """A study as somebody sees it who codes blind."""
    coders = snapshot.codings.column("coder")
    codings = snapshot.codings.take([position for position, one in enumerate(coders) if one == coder])
    place = {id: position for position, id in enumerate(snapshot.quotations.column("id"))}
    # in the order of their codings: that of the passages would show which of them others had chosen before
    passages = [place[id] for id in dict.fromkeys(codings.column("quotation")) if id in place]
    known = {"codings": set(codings.column("id")), "quotations": set(codings.column("quotation"))}

    def fits(kind: str, id: str) -> bool:
        return kind not in known or id in known[kind]

    kept: dict[str, list[Any]] = {
        "quotations": [unmarked(one) for one in snapshot.quotations.take(passages)],
        "coders": [one for one in snapshot.coders if one.id == coder],
        "stances": [one for one in snapshot.stances if not one.coding or one.coding in known["codings"]],
        "memos": [
            one
            for one in snapshot.memos
            if fits(one.about_kind, one.about) and (one.about_kind != "quotations" or one.author == coder)
        ],
        "acceptances": [one for one in snapshot.acceptances if fits(one.subject_kind, one.subject)],
        "analyses": [replace(one, result=None, inputs_hash="") for one in snapshot.analyses],
    }
    tables = {name: Table.of(TABLES[name], rows) for name, rows in kept.items()}
    return snapshot.replace(codings=codings, **tables)


def unmarked(quotation: Quotation) -> Quotation:
    """A passage without what somebody else may have said of it: several share it, and nobody knows who marked it."""
    return replace(quotation, mark="", extra=NOTHING) if quotation.mark or quotation.extra else quotation


class Steps:
    """The numbers that somebody who codes blind knows the changes of a study by.

    The numbers of the audit trail would count the work of others.  Here every change that is shown is one more than the one
    before, beginning with a moment in milliseconds, so that a number of before a restart is a lower one.
    """

    def __init__(self, seen: int, touched: Callable[[int], Touched]) -> None:
        """``touched`` tells what changed after an entry of the trail, as it is shown."""
        self._touched = touched
        self._first = first_number()
        #: For each number from ``_first`` on the last entry of the trail that it knows.
        self._entries = [seen]
        self._looked = seen

    def number(self, seen: int) -> int:
        """The number of what is shown when the trail has come to an entry."""
        if seen > self._looked:
            touched = self._touched(self._looked)
            if touched.rows or touched.everything:
                self._entries.append(seen)
            self._looked = seen
            if len(self._entries) > 2 * _REMEMBERED:
                self._first += _REMEMBERED
                del self._entries[:_REMEMBERED]
        return self._first + len(self._entries) - 1

    def entry(self, number: int) -> int | None:
        """The entry of the trail that a number stands for; ``None`` for one that was not given out, or long ago."""
        place = number - self._first
        return self._entries[place] if 0 <= place < len(self._entries) else None


def first_number() -> int:
    """Higher than any number that was given out before."""
    return int(time.time() * 1000)
