"""How often each code is given, in which cases and by whom: counted once, and adjusted by the codings that changed since."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from crosscase.core import Coding
from crosscase.study.workspace import Workspace


@dataclass(slots=True)
class Counts:
    """The codings of one code: how many there are of each case (empty: none known) and by each coder."""

    cases: Counter[str] = field(default_factory=Counter)
    coders: Counter[str] = field(default_factory=Counter)

    @property
    def codings(self) -> int:
        return self.coders.total()

    def add(self, case: str, coder: str, times: int) -> None:
        for counter, value in ((self.cases, case), (self.coders, coder)):
            counter[value] += times
            if not counter[value]:
                del counter[value]


class CodeUse:
    """The counts of every code, of all codings of a workspace as it stood last."""

    def __init__(self) -> None:
        self._loaded, self._seen = 0, -1
        self._of: dict[str, tuple[str, str, str]] = {}
        self._counts: dict[str, Counts] = {}

    def now(self, workspace: Workspace) -> dict[str, Counts]:
        """The counts as the workspace stands; whoever asks holds its lock while they look at them."""
        loaded = workspace.state_of_table("codings")[0]
        touched = workspace.since(self._seen)
        if loaded != self._loaded or touched.everything:
            self._count(workspace)
        else:
            for id in touched.of("codings"):
                self._forget(id)
                if workspace.has("codings", id):
                    one = workspace.row("codings", id)
                    self._know(
                        one, workspace.case_of(one.quotation) if workspace.has("quotations", one.quotation) else ""
                    )
        self._loaded, self._seen = loaded, workspace.seen
        return self._counts

    def _count(self, workspace: Workspace) -> None:
        self._of, self._counts = {}, {}
        case_of = workspace.cases_of_quotations()
        for one in workspace.rows("codings"):
            self._know(one, case_of.get(one.quotation, ""))

    def _know(self, one: Coding, case: str) -> None:
        self._of[one.id] = (one.code, case, one.coder)
        self._counts.setdefault(one.code, Counts()).add(case, one.coder, 1)

    def _forget(self, id: str) -> None:
        if (was := self._of.pop(id, None)) is not None:
            self._counts[was[0]].add(*was[1:], -1)


def code_use(workspace: Workspace, coder: str = "") -> dict[str, Counts]:
    """How often each code that is given is given, of the codings that are seen: of all, or of one coder's."""
    if not coder and not workspace.blind:
        use = workspace.kept.setdefault("code use", CodeUse())
        return use.now(workspace)  # type: ignore[no-any-return]
    counts: dict[str, Counts] = {}
    for one in workspace.rows("codings"):
        if coder in ("", one.coder):
            counts.setdefault(one.code, Counts()).add(workspace.case_of(one.quotation), one.coder, 1)
    return counts
