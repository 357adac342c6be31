"""Which definition of a measure reproduces a printed figure, allowing for rounding.

Given what a paper prints and several candidate definitions, this says for every case which candidates give the printed
figure and for every candidate how many cases it reproduces.  A case that no candidate reproduces "could not be
reproduced from the printed table"; why is for a person to find out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from crosscase.core.errors import InputError, NotFoundError
from crosscase.core.frames import to_frame
from crosscase.engines.measures.inputs import FirmHistory
from crosscase.engines.measures.regions import RegionScheme
from crosscase.engines.measures.registry import compute, measures
from crosscase.engines.measures.values import MeasureValue

if TYPE_CHECKING:
    import pandas

__all__ = [
    "Candidate",
    "CaseReproduction",
    "Printed",
    "Reproduction",
    "candidates_for",
    "parse_printed",
    "reproduce",
    "roundings",
]

_NUMBER = re.compile(r"^\s*([-+]?\d+(?:[.,]\d+)?)\s*(%?)\s*$")
_MODES = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN}


@dataclass(frozen=True, slots=True)
class Printed:
    """A figure as printed: ``number`` in the measure's unit (80% is 0.8) and ``decimals`` after the point of "
    "that number."""

    text: str
    number: Decimal
    decimals: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A definition with its parameters, ready to be computed for a history."""

    id: str
    compute: Callable[[FirmHistory], MeasureValue]
    text: str = ""


@dataclass(frozen=True, slots=True)
class CaseReproduction:
    """One case: what is printed, what each candidate gives, and the rounding under which it agrees (empty: it does
    not).

    ``printed`` is ``None`` when the text is not a number (such as "almost 100%"): then nothing is compared.
    """

    case: str
    text: str
    printed: Printed | None
    values: Mapping[str, float | None]
    agreements: Mapping[str, tuple[str, ...]]

    @property
    def reproduced_by(self) -> tuple[str, ...]:
        return tuple(candidate for candidate, found in self.agreements.items() if found)


@dataclass(frozen=True, slots=True)
class Reproduction:
    """The outcome over all cases."""

    measure: str
    candidates: tuple[str, ...]
    cases: tuple[CaseReproduction, ...]

    @property
    def compared(self) -> int:
        """How many printed figures are numbers."""
        return sum(case.printed is not None for case in self.cases)

    @property
    def counts(self) -> dict[str, int]:
        """Candidate → number of cases it reproduces, the most successful first (ties in the order given)."""
        counted = {name: sum(bool(case.agreements.get(name)) for case in self.cases) for name in self.candidates}
        return dict(sorted(counted.items(), key=lambda item: -item[1]))

    @property
    def best(self) -> str | None:
        """The candidate that reproduces the most; ``None`` when none reproduces any."""
        name, count = next(iter(self.counts.items()), (None, 0))
        return name if count else None

    @property
    def not_reproduced(self) -> tuple[str, ...]:
        """The cases with a printed number that no candidate gives."""
        return tuple(case.case for case in self.cases if case.printed is not None and not case.reproduced_by)

    def not_reproduced_by(self, candidate: str) -> tuple[str, ...]:
        """The cases with a printed number that this candidate does not give."""
        return tuple(c.case for c in self.cases if c.printed is not None and not c.agreements.get(candidate))

    def to_dict(self) -> dict[str, Any]:
        return {
            "measure": self.measure,
            "compared": self.compared,
            "counts": self.counts,
            "best": self.best,
            "not_reproduced": list(self.not_reproduced),
            "cases": [
                {
                    "case": case.case,
                    "printed": case.text,
                    "values": dict(case.values),
                    "agreements": {name: list(found) for name, found in case.agreements.items()},
                }
                for case in self.cases
            ],
        }

    def to_frame(self) -> pandas.DataFrame:
        """One row a case: printed, the value of every candidate, and which candidates reproduce it."""
        columns: dict[str, list[Any]] = {
            "case": [case.case for case in self.cases],
            "printed": [case.text for case in self.cases],
            **{name: [case.values[name] for case in self.cases] for name in self.candidates},
            "reproduced_by": [", ".join(case.reproduced_by) for case in self.cases],
        }
        return to_frame(columns)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(name)}</td><td>{count}</td><td>{self.compared}</td></tr>"
            for name, count in self.counts.items()
        )
        head = "".join(f'<th scope="col">{name}</th>' for name in ("definition", "reproduced", "of"))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def parse_printed(text: str) -> Printed | None:
    """Read a printed figure; ``None`` when it is no plain number.

    >>> parse_printed("0.6").decimals, parse_printed("80%").number, parse_printed("Almost 100%")
    (1, Decimal('0.8'), None)
    """
    match = _NUMBER.match(text)
    if match is None:
        return None
    digits = match[1].replace(",", ".")
    decimals = len(digits.partition(".")[2])
    number = Decimal(digits)
    if match[2]:
        number, decimals = number / 100, decimals + 2
    return Printed(text, number, decimals)


def roundings(computed: float, printed: Printed, decimals: int | None = None) -> tuple[str, ...]:
    """The ways of rounding under which ``computed`` is the printed figure: ``half-up``, ``half-even``, both or none.

    The computed value is first rounded to 12 significant digits, so that 0.15 stored as 0.1499999… counts as 0.15.

    >>> roundings(0.25, parse_printed("0.3")), roundings(0.25, parse_printed("0.2"))
    (('half-up',), ('half-even',))
    >>> roundings(0.26, parse_printed("0.3")), roundings(0.26, parse_printed("0.2"))
    (('half-up', 'half-even'), ())
    """
    step = Decimal(1).scaleb(-(printed.decimals if decimals is None else decimals))
    value = Decimal(f"{computed:.12g}")
    target = printed.number.quantize(step) if decimals is not None else printed.number
    return tuple(name for name, mode in _MODES.items() if value.quantize(step, rounding=mode) == target)


def reproduce(
    measure: str,
    printed: Mapping[str, str],
    histories: Iterable[FirmHistory],
    candidates: Sequence[Candidate],
    *,
    decimals: int | None = None,
) -> Reproduction:
    """Compare printed figures with what candidate definitions give.

    Args:
        measure: the name of the measure.
        printed: case → the figure as printed.
        histories: the histories of the cases; a case without one counts as not reproduced.
        candidates: the definitions to try.
        decimals: to how many decimals the figures were rounded; when ``None``, the most decimals that any figure of the
            column shows (a column that prints 0.6, 1.5 and 2 is rounded to one decimal: its 2 is 2.0).

    Raises:
        InputError: two candidates have the same id.
    """
    names = tuple(candidate.id for candidate in candidates)
    if len(set(names)) < len(names):
        raise InputError("two candidates have the same id", mend="give each definition an id of its own")
    by_case = {history.case: history for history in histories}
    parsed = {case: parse_printed(text) for case, text in printed.items()}
    if decimals is None:
        decimals = max((figure.decimals for figure in parsed.values() if figure is not None), default=0)
    cases = []
    for case, text in printed.items():
        values: dict[str, float | None] = {}
        agreements: dict[str, tuple[str, ...]] = {}
        for candidate in candidates:
            found = candidate.compute(by_case[case]).value if case in by_case else None
            values[candidate.id] = found if isinstance(found, (int, float)) else None
            figure, value = parsed[case], values[candidate.id]
            agreements[candidate.id] = () if figure is None or value is None else roundings(value, figure, decimals)
        cases.append(CaseReproduction(case, text, parsed[case], values, agreements))
    return Reproduction(measure, names, tuple(cases))


def candidates_for(
    measure: str,
    *,
    schemes: Sequence[RegionScheme] = (),
    last_years: Sequence[int | None] = (None,),
) -> tuple[Candidate, ...]:
    """Every definition of a registered measure as a candidate, under every scheme and every last year observed.

    Args:
        measure: its name in the registry.
        schemes: region schemes to try, for a measure that takes one.
        last_years: years to set T to; ``None`` leaves every case its own.

    Raises:
        NotFoundError: there is no such measure.

    >>> [candidate.id for candidate in candidates_for("spread", last_years=[None, 2018])][:3]
    ['entries/(T-t1)', 'entries/(T-t1), T = 2018', 'entries/(T-t1+1)']
    """
    if measure not in measures():
        raise NotFoundError("measure", measure, measures())
    registered = measures()[measure]
    under: Sequence[RegionScheme | None] = (schemes or (None,)) if registered.takes_scheme else (None,)
    found = []
    for definition in registered.definitions:
        for one in under:
            for year in last_years:
                parts = (
                    [definition.id] + ([f"{one.id} {one.version}"] if one else []) + ([f"T = {year}"] if year else [])
                )
                compute_one = partial(_compute, measure, definition.id, one, year)
                found.append(Candidate(", ".join(parts), compute_one, definition.text))
    return tuple(found)


def _compute(
    measure: str, definition: str, under: RegionScheme | None, year: int | None, history: FirmHistory
) -> MeasureValue:
    seen = history if year is None else replace(history, observed_until=year)
    return compute(measure, seen, definition, under=under)
