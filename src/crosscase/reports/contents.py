"""What a report is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from crosscase.core import Event, Finding, Snapshot
from crosscase.engines.measures.reproduce import Reproduction
from crosscase.evidence.ledger import Ledger
from crosscase.figures.scene import Scene
from crosscase.reports.table import ReportTable
from crosscase.reports.tables.measures import Measured


@dataclass(frozen=True, slots=True)
class RuleNote:
    """What a reader of a finding wants to know of its rule: what it finds, why it matters, how to mend or accept it."""

    code: str
    title: str
    why: str = ""
    mend: str = ""
    source: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class AnalysisPart:
    """A saved analysis: where its result stands, and what was made from it.

    ``state`` is that of :data:`crosscase.evidence.analyses.State`; tables, figures and warnings are there only for a
    current one, so that no result is shown as what it is not.  ``problem`` says why there is nothing to show.
    """

    id: str
    kind: str
    title: str
    claim: str
    state: str
    tables: tuple[ReportTable, ...] = ()
    figures: Mapping[str, Scene] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class ReportContents:
    """A study with everything that was computed from it.

    Attributes:
        snapshot: the study.
        measures: measured values of the cases, such as ``crosscase.engines.measures`` gives.
        reproductions: printed figures beside what the definitions give, a measure each
            (``crosscase.evidence.reproduction``).
        findings: what the checks reported, the accepted ones too.
        rules: a note on each rule by its code.
        region_of: the region of an event under the region scheme, the empty text where it is in none.
        region_scheme: the scheme's name and version, as a reader sees it.
        positions: country (alpha-3) -> latitude and longitude in degrees, for the points of the map.
        observed_until: case -> the last year in which it was observed.
        data_statement: where the data are and who may see them, in the words of the researcher.
        ledger: the study with its constructs and claims; without it the report has no section on claims.
        analyses: the saved analyses in their order.
        changes: what was changed before the report left the study, for one that is shared.
        version: the version of Crosscase that makes the report.
    """

    snapshot: Snapshot
    measures: Sequence[Measured] = ()
    reproductions: Sequence[Reproduction] = ()
    findings: Sequence[Finding] = ()
    rules: Mapping[str, RuleNote] = field(default_factory=dict)
    region_of: Callable[[Event], str] | None = None
    region_scheme: str = ""
    positions: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    observed_until: Mapping[str, int] = field(default_factory=dict)
    data_statement: str = ""
    ledger: Ledger | None = None
    analyses: Sequence[AnalysisPart] = ()
    changes: ReportTable | None = None
    version: str = ""
