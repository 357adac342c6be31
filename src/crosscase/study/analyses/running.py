"""Running one saved analysis: its specification looked through, its kind's runner called, its result made ready to keep.

The result is a plain document of the kind that the engine's ``to_dict()`` gives, so that a study file, a folder and a script
read the same.  What analyses are computed from is :mod:`crosscase.evidence.analyses`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from crosscase.core import Analysis, Snapshot, Table
from crosscase.core.errors import NotFoundError
from crosscase.core.results import jsonable
from crosscase.evidence import Ledger
from crosscase.evidence.analyses import (
    GROUP_DIFFERENCES,
    INVARIANCE,
    MEDIATIONS,
    MODELS,
    NECESSARY,
    NON_RESPONSE,
    QCA,
    REGRESSIONS,
    Said,
    State,
    inputs_hash,
    of_claim,
    state_of,
)
from crosscase.study.analyses.ceilings import necessary_condition
from crosscase.study.analyses.common import Run
from crosscase.study.analyses.differences import group_difference
from crosscase.study.analyses.models import FIT, indirect_effects, invariance, structural_model
from crosscase.study.analyses.nonresponse import non_response
from crosscase.study.analyses.paper import PAPER, to_text, warnings_of
from crosscase.study.analyses.qca import configurations
from crosscase.study.analyses.regression import regression

if TYPE_CHECKING:
    from crosscase.figures.scene import Scene
    from crosscase.reports import ReportTable

#: What a specification of each kind may hold.  The second line of each is read by checks and people, not by the engine.
_NOTES = ("n", "note", "sample", "source", "calibration", "calibrations")
_DATA = ("survey", "variables", "cases", "leave_out", "items", "reverse", "range", "scales")
_KEYS = {
    "qca": (
        "outcome", "conditions", "cases", "leave_out", "negate", "incl_cut", "consistency", "incl_cut_contradiction",
        "pri_cut", "n_cut", "solution", "directional", "exclude", "max_models", "necessity_cut", "choice", "choice_reason",
    ),
    "sem": (*_DATA, *FIT, "model", "bootstrap", "seed", "constructs"),
    "mediation": (*_DATA, *FIT, "model", "bootstrap", "seed", "method", "constructs"),
    "invariance": (
        *_DATA, "model", "group", "estimator", "missing", "steps", "partial", "std_lv", "ordered", "likelihood", "cluster",
        "parameterization",
    ),
    "non-response": (*_DATA, "late", "wave", "compare", "categorical"),
    "regression": (
        "survey", "variables", "cases", "leave_out", "items", "reverse", "range", "scales", "outcome", "predictors", "blocks",
        "errors", "cluster", "center", "constructs",
    ),
    "necessary condition": (*_DATA, "outcome", "conditions", "corner", "steps", "draws", "seed"),
    "group difference": ("expression", "cases", "leave_out", "seed"),
}  # fmt: skip


@dataclass(frozen=True)
class Analysed:
    """An analysis that was run: the row with its result, and the tables and figures of it."""

    analysis: Analysis
    tables: tuple[ReportTable, ...]
    figures: Mapping[str, Scene]
    #: What it says about the claim that it is linked to.
    said: tuple[Said, ...] = ()

    @property
    def result(self) -> Mapping[str, Any]:
        """What was saved."""
        return self.analysis.result or {}

    @property
    def numbers(self) -> dict[str, Any]:
        """What was saved, without the tables and figures that were saved with it."""
        return {name: value for name, value in self.result.items() if name != PAPER}

    @property
    def warnings(self) -> list[str]:
        """What a reader of the numbers must know."""
        return warnings_of(self.result)

    def to_dict(self) -> dict[str, Any]:
        """JSON-able."""
        one = self.analysis
        return {
            "id": one.id,
            "kind": one.kind,
            "title": one.title,
            "claim": one.claim,
            "inputs_hash": one.inputs_hash,
            "result": jsonable(self.numbers),
            "said": [one.to_dict() for one in self.said],
            "tables": [table.to_dict() for table in self.tables],
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """A saved analysis and how its result stands to the study as it is."""

    id: str
    kind: str
    title: str
    claim: str
    state: State

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def standings(ledger: Ledger) -> list[Standing]:
    """Every analysis of a study with its state."""
    return [Standing(one.id, one.kind, one.title, one.claim, state_of(ledger, one)) for one in ledger.snapshot.analyses]


def run(ledger: Ledger, id: str) -> Analysed:
    """Run one analysis on the study as it is; nothing is saved.

    Raises:
        NotFoundError: no such analysis, kind, setting, construct, survey or item; lists those there are.
        InputError, AnalysisError: the specification or the data do not allow it; says what and where.
    """
    analysis = ledger.snapshot.analyses[id]
    kind = analysis.kind.casefold()
    runners: dict[str, tuple[str, Callable[[Ledger, Analysis], Run]]] = {
        **dict.fromkeys(QCA, ("qca", configurations)),
        **dict.fromkeys(MODELS, ("sem", structural_model)),
        **dict.fromkeys(REGRESSIONS, ("regression", regression)),
        **dict.fromkeys(MEDIATIONS, ("mediation", indirect_effects)),
        **dict.fromkeys(INVARIANCE, ("invariance", invariance)),
        **dict.fromkeys(NON_RESPONSE, ("non-response", non_response)),
        **dict.fromkeys(NECESSARY, ("necessary condition", necessary_condition)),
        **dict.fromkeys(GROUP_DIFFERENCES, ("group difference", group_difference)),
    }
    if kind not in runners:
        raise NotFoundError("kind of analysis", analysis.kind, runners, where=f"analysis {id}")
    known, runner = runners[kind]
    for key in analysis.specification:
        if key not in (*_KEYS[known], *_NOTES):
            raise NotFoundError("setting", key, _KEYS[known], where=f"analysis {id}, specification")
    result, tables, figures = runner(ledger, analysis)
    kept = {**_saved(jsonable(result)), PAPER: to_text(tables, figures)}
    saved = replace(analysis, result=kept, inputs_hash=inputs_hash(ledger, analysis))
    done = Analysed(saved, tuple(tables), figures)
    said = of_claim(Ledger(with_results(ledger.snapshot, [done])), saved.claim) if saved.claim else ()
    return replace(done, said=tuple(one for one in said if one.analysis == id))


def with_results(snapshot: Snapshot, done: Sequence[Analysed]) -> Snapshot:
    """The snapshot with the results in their rows."""
    by_id = {one.analysis.id: one.analysis for one in done}
    return snapshot.replace(analyses=Table.of(Analysis, [by_id.get(one.id, one) for one in snapshot.analyses]))


def _saved(value: Any) -> Any:
    """Without what is not there: TOML has no null, and a study file says the same as a folder."""
    if isinstance(value, dict):
        return {key: _saved(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_saved(one) for one in value if one is not None]
    return value
