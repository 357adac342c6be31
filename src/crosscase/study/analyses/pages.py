"""A saved analysis as a page shows it: its result as it was found, with how that stands to the study now, and the cases and
evidence behind a row of a truth table.

Nothing is computed again to be shown; :func:`run_and_keep` is the one thing here that runs an analysis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crosscase.core import Analysis
from crosscase.core.errors import CrosscaseError, InputError, NotFoundError
from crosscase.evidence import Ledger
from crosscase.evidence.analyses import QCA, Said, State, built_on, of_claim, state_of
from crosscase.study.analyses import Analysed, run
from crosscase.study.analyses.paper import Paper, kept_paper, warnings_of
from crosscase.study.crosstables import Opened, open_cell
from crosscase.study.permissions import Permission, needs
from crosscase.study.workspace import Workspace

#: From the one that assumes nothing of what was not observed to the one that assumes most.
KINDS: tuple[str, ...] = ("conservative", "intermediate", "parsimonious")

#: What a row of a truth table must say to be shown; a result may have come with an imported study.
_ROW_KEYS = {"row", "config", "OUT", "n", "cases"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A saved analysis.  ``problem`` says why there are no tables and figures; ``paper`` is then empty."""

    analysis: Analysis
    state: State
    built_on: frozenset[str]
    said: tuple[Said, ...]
    warnings: tuple[str, ...]
    paper: Paper
    problem: str = ""

    @property
    def result(self) -> Mapping[str, Any]:
        return self.analysis.result or {}

    @property
    def truth_rows(self) -> list[Mapping[str, Any]]:
        """The rows of a truth table: those that lead to the outcome first, then by consistency."""
        order = {"1": 0, "C": 1, "0": 2, "?": 3}
        table = self.result.get("truth_table")
        rows = [row for row in table.get("rows", ()) if set(row) >= _ROW_KEYS] if isinstance(table, Mapping) else []
        return sorted(rows, key=lambda row: (order.get(row["OUT"], 4), -(row.get("incl") or 0), row["row"]))

    @property
    def solutions(self) -> list[tuple[str, Mapping[str, Any], bool]]:
        """The kinds of solution in their order, what was found, and whether it is the one that was asked for."""
        asked = self.result.get("solution")
        asked = asked if isinstance(asked, Mapping) and "models" in asked else {}
        others = self.result.get("other_solutions") or {}
        found = {**others, **({asked["solution"]: asked} if asked else {})}
        return [(kind, found[kind], kind == asked.get("solution")) for kind in KINDS if kind in found]


def shown(ledger: Ledger, id: str) -> Shown:
    """The analysis with this id; NotFoundError lists those there are."""
    analysis = ledger.snapshot.analyses[id]
    state = state_of(ledger, analysis)
    said: tuple[Said, ...] = ()
    if analysis.claim in ledger.snapshot.claims and analysis.result is not None:
        said = tuple(one for one in of_claim(ledger, analysis.claim) if one.analysis == id)
    head = (analysis, state, frozenset(built_on(ledger, analysis)), said)
    if analysis.result is None:
        return Shown(*head, (), Paper((), {}))
    warnings = tuple(warnings_of(analysis.result))
    try:
        return Shown(*head, warnings, kept_paper(analysis.result))
    except InputError as error:
        return Shown(*head, warnings, Paper((), {}), str(error))


@dataclass(frozen=True, slots=True)
class CaseOfRow:
    """A case of a row: per set its membership when the analysis was run, and the cell of the construct as it is now."""

    case: str
    built_on: bool
    deviant: bool
    sets: tuple[tuple[str, float, Opened | None], ...]


@dataclass(frozen=True, slots=True)
class OpenedRow:
    """A row of a truth table with its cases.  ``literals`` are condition → level."""

    row: Mapping[str, Any]
    literals: Mapping[str, int]
    outcome: str
    cases: tuple[CaseOfRow, ...]


def open_row(ledger: Ledger, page: Shown, number: int) -> OpenedRow:
    """The cases of a row, and from there the evidence for each of their memberships.

    Raises:
        NotFoundError: the truth table has no such row with cases, or the analysis has no truth table.
    """
    table = page.result.get("truth_table") or {}
    rows = {int(row["row"]): row for row in page.truth_rows}
    if page.analysis.kind.casefold() not in QCA or number not in rows:
        raise NotFoundError("row", str(number), [str(one) for one in rows], where=f"analysis {page.analysis.id}")
    row = rows[number]
    memberships: Mapping[str, Any] = page.result.get("memberships") or {}
    places = {case: place for place, case in enumerate(page.result.get("cases") or ())}
    cases = tuple(
        CaseOfRow(
            case,
            case in page.built_on,
            case in row.get("deviant", ()) and row["OUT"] in ("1", "C"),
            tuple(
                (name, float(column[places[case]]), _cell(ledger, case, name)) for name, column in memberships.items()
            ),
        )
        for case in row["cases"]
    )
    literals = dict(zip(table["conditions"], (int(level) for level in row["config"]), strict=True))
    return OpenedRow(row, literals, str(table["outcome"]), cases)


def _cell(ledger: Ledger, case: str, construct: str) -> Opened | None:
    """The cell, unless the case or the construct is no longer there."""
    try:
        return open_cell(ledger, "construct", case, construct)
    except CrosscaseError:
        return None


@needs(Permission.JUDGE, blind=False)
def run_and_keep(workspace: Workspace, who: str, id: str) -> Analysed:
    """Run an analysis on the study as it is, and keep its result.

    Others work on while it runs; if they change what it rests on, the result is stale when it is kept.

    Raises:
        NotFoundError, InputError, AnalysisError: as :func:`crosscase.study.analyses.run` says; nothing is kept.
    """
    done = run(workspace.frozen().ledger, id)
    with workspace.writing(who, f"analysis {id}") as change:
        change.update("analyses", id, result=done.analysis.result, inputs_hash=done.analysis.inputs_hash)
    return done
