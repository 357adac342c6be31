"""Agreement for the workspace: quick coefficients at once, intervals and unitizing when they are asked for, each found once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from crosscase.study.api import Study
from crosscase.study.workspace import Workspace

if TYPE_CHECKING:
    from crosscase.engines.agreement import Agreement, Disagreements, UnitizingAlpha

#: Bootstrap draws of the workspace, and their seed.
DRAWS, SEED = 1000, 1

_FOUND: WeakKeyDictionary[Study, dict[Any, Any]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Unitized:
    """The unitizing alpha: of coded or not whatever the code, and of each code by itself."""

    whatever: UnitizingAlpha
    by_code: Mapping[str, UnitizingAlpha]


def compared(
    workspace: Workspace, unit: str, coders: Sequence[str] = (), *, draws: int = 0
) -> tuple[Agreement, Disagreements]:
    """Agreement on a unit, and where the coders differ; errors as :meth:`Study.agreement`."""
    study = workspace.frozen()
    key = (unit, tuple(coders), draws)
    found = _FOUND.setdefault(study, {})
    if key not in found:
        found[key] = study.agreement(unit, coders=coders, draws=draws, seed=SEED)
    return found[key]  # type: ignore[no-any-return]


def unitized(workspace: Workspace, coders: Sequence[str] = (), *, draws: int = DRAWS) -> Unitized:
    """The unitizing alpha (Krippendorff et al., 2016) with intervals; errors as :meth:`Study.agreement`."""
    from crosscase.engines.agreement import unitizing_by_code
    from crosscase.evidence.agreement import free_spans

    study = workspace.frozen()
    key = ("unitized", tuple(coders), draws)
    found = _FOUND.setdefault(study, {})
    if key not in found:
        spans, lengths, names = free_spans(study.snapshot, coders)
        whatever = [replace(span, code="coded") for span in spans]
        [alpha] = unitizing_by_code(whatever, lengths, coders=names, draws=draws, seed=SEED).values()
        by_code = unitizing_by_code(spans, lengths, coders=names, draws=draws, seed=SEED)
        found[key] = Unitized(alpha, by_code)
    return found[key]  # type: ignore[no-any-return]
