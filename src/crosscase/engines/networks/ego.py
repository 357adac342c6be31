"""Ego-network measures of one firm's ties: size, density, effective size, constraint, mix of types, E–I,
multiplexity, age.

The ties of the firm (ego) to its partners (alters) are data of their own; the ties among the alters are another,
often not collected.  When they are not known, density, effective size and constraint have no value: unknown is not
zero.  Not for here: networks of many firms.
"""

from __future__ import annotations

import html
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from crosscase.core.errors import InputError
from crosscase.core.frames import to_frame

if TYPE_CHECKING:
    import pandas

__all__ = ["MEASURES", "EgoMeasure", "EgoNetwork", "TieRecord", "ego_network"]


@dataclass(frozen=True, slots=True)
class TieRecord:
    """One relationship of a case with one alter.

    ``kind`` is the type (client, association, fair, …); ``internal`` whether the alter belongs to the firm's own group;
    ``start`` and ``end`` are years, the tie is over from ``end`` on.  Several records with one alter are a multiplex
    tie.
    """

    case: str
    alter: str
    kind: str | None = None
    internal: bool | None = None
    place: str | None = None
    start: int | None = None
    end: int | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.end < self.start:
            raise InputError(
                f"the tie with {self.alter} ends ({self.end}) before it starts ({self.start})",
                where=f"case {self.case}",
                mend="correct one of the two years",
            )


@dataclass(frozen=True, slots=True)
class Formula:
    """What an ego measure is, how it is computed and where it is from."""

    text: str
    formula: str
    source: str


#: Every ego-network measure.
MEASURES: Mapping[str, Formula] = {
    "network_size": Formula("Number of alters.", "n", "Burt 1992"),
    "network_density": Formula(
        "Share of the possible ties among the alters that exist (ego left out).", "2t / (n(n-1))", "Borgatti 1997"
    ),
    "effective_size": Formula(
        "Alters less their mean number of ties to other alters.", "n - 2t/n", "Burt 1992; Borgatti 1997"
    ),
    "constraint": Formula(
        "How far ego's contacts lead back to the same alter; low means many structural holes.",
        "sum_j (p_ij + sum_q p_iq p_qj)^2",
        "Burt 1992",
    ),
    "type_heterogeneity": Formula("Blau index of the types of ties.", "1 - sum P_k^2", "Blau 1977"),
    "ei_index": Formula(
        "External against internal alters: -1 all internal, 1 all external.",
        "(E - I) / (E + I)",
        "Krackhardt & Stern 1988",
    ),
    "multiplexity": Formula(
        "Share of the alters with ties of more than one type.", "alters with 2 or more kinds / n", "share"
    ),
    "tie_age": Formula("Mean age of the ties in years.", "mean(year - start)", "mean"),
}


@dataclass(frozen=True, slots=True)
class EgoMeasure:
    """One measured value; ``None`` when the data do not allow it, with what is missing or why."""

    case: str
    measure: str
    value: float | None
    inputs: Mapping[str, Any]
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    source: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"missing": list(self.missing), "warnings": list(self.warnings)}


@dataclass(frozen=True, slots=True)
class EgoNetwork(Sequence[EgoMeasure]):
    """All measures of one firm's network in one year."""

    case: str
    year: int | None
    measures: tuple[EgoMeasure, ...]

    def __len__(self) -> int:
        return len(self.measures)

    def __getitem__(self, index: Any) -> Any:
        """By position, or by the measure's name."""
        if isinstance(index, str):
            return next(measure for measure in self.measures if measure.measure == index)
        return self.measures[index]

    def to_dict(self) -> dict[str, Any]:
        return {"case": self.case, "year": self.year, "measures": [measure.to_dict() for measure in self.measures]}

    def to_frame(self) -> pandas.DataFrame:
        rows = [measure.to_dict() for measure in self.measures]
        return to_frame({field.name: [row[field.name] for row in rows] for field in fields(EgoMeasure)})

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{m.measure}</td><td>{'no data' if m.value is None else f'{m.value:.4g}'}</td>"
            f"<td>{html.escape('; '.join((*m.missing, *m.warnings)))}</td></tr>"
            for m in self.measures
        )
        head = "".join(f'<th scope="col">{name}</th>' for name in ("measure", "value", "missing, warnings"))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def ego_network(
    case: str,
    ties: Iterable[TieRecord],
    *,
    alter_ties: Iterable[tuple[str, str]] | None = None,
    year: int | None = None,
) -> EgoNetwork:
    """The ego-network measures of a case.

    Args:
        case: the firm; ties of other cases are left out.
        ties: its relationships.
        alter_ties: undirected pairs of alters that know each other; ``None`` when this was not asked, an empty list
        when it was asked and nobody does.  Pairs with somebody who is no alter are left out.
        year: count the ties that exist in this year; all when ``None`` (and then ties have no age).

    >>> ties = [TieRecord("1", name, "client", internal=False, start=2010) for name in "abc"]
    >>> network = ego_network("1", ties, alter_ties=[("a", "b")], year=2014)
    >>> network["network_size"].value, round(network["effective_size"].value, 4), network["tie_age"].value
    (3, 2.3333, 4.0)
    """
    own = [tie for tie in ties if tie.case == case and _exists(tie, year)]
    alters = sorted({tie.alter for tie in own})
    pairs = None if alter_ties is None else {frozenset(pair) for pair in alter_ties}
    if pairs is not None:
        pairs = {pair for pair in pairs if len(pair) == 2 and pair <= set(alters)}
    found = (
        _measure(case, "network_size", len(alters), {"alters": alters}),
        *_structure(case, alters, pairs),
        _types(case, own),
        _external_internal(case, own),
        _multiplexity(case, own, len(alters)),
        _age(case, own, year),
    )
    return EgoNetwork(case, year, found)


def _exists(tie: TieRecord, year: int | None) -> bool:
    if year is None:
        return True
    return (tie.start is None or tie.start <= year) and (tie.end is None or year < tie.end)


def _structure(case: str, alters: list[str], pairs: set[frozenset[str]] | None) -> Iterable[EgoMeasure]:
    names = ("network_density", "effective_size", "constraint")
    if pairs is None or not alters:
        missing = ("ties among the alters",) if alters else ("ties",)
        return [_measure(case, name, None, {"alters": len(alters)}, missing) for name in names]
    import networkx

    graph: Any = networkx.Graph()
    ego = object()
    graph.add_edges_from((ego, alter) for alter in alters)
    graph.add_edges_from(sorted(pair) for pair in pairs)
    n, t = len(alters), len(pairs)
    inputs = {"alters": n, "alter_ties": t}
    lone = () if n > 1 else ("one alter only: there are no ties among alters",)
    density = 2 * t / (n * (n - 1)) if n > 1 else None
    effective = float(networkx.effective_size(graph, nodes=[ego])[ego])
    constraint = float(networkx.constraint(graph, nodes=[ego])[ego])
    if math.isnan(effective):  # networkx has no value for an ego with one alter; the formula gives n
        effective = float(n)
    values = zip(names, (density, effective, constraint), strict=True)
    return [_measure(case, name, value, inputs, (), lone if value is None else ()) for name, value in values]


def _types(case: str, own: list[TieRecord]) -> EgoMeasure:
    kinds = Counter(tie.kind for tie in own if tie.kind is not None)
    missing = _unknown(own, "kind")
    value = 1 - sum((count / kinds.total()) ** 2 for count in kinds.values()) if kinds else None
    return _measure(case, "type_heterogeneity", value, {"kinds": dict(kinds)}, missing)


def _external_internal(case: str, own: list[TieRecord]) -> EgoMeasure:
    external = {tie.alter for tie in own if tie.internal is False}
    internal = {tie.alter for tie in own if tie.internal is True}
    missing = _unknown(own, "internal")
    warnings: tuple[str, ...] = ()
    value = (len(external) - len(internal)) / (len(external) + len(internal)) if external or internal else None
    both = sorted(external & internal)
    if both:
        value, warnings = None, (f"both internal and external: {', '.join(both)}",)
    inputs = {"external": len(external), "internal": len(internal)}
    return _measure(case, "ei_index", value, inputs, missing, warnings)


def _multiplexity(case: str, own: list[TieRecord], size: int) -> EgoMeasure:
    kinds: dict[str, set[str]] = {}
    for tie in own:
        if tie.kind is not None:
            kinds.setdefault(tie.alter, set()).add(tie.kind)
    multiplex = sum(len(found) > 1 for found in kinds.values())
    value = multiplex / size if size else None
    return _measure(case, "multiplexity", value, {"multiplex": multiplex, "alters": size}, _unknown(own, "kind"))


def _age(case: str, own: list[TieRecord], year: int | None) -> EgoMeasure:
    missing = _unknown(own, "start") + (("year",) if year is None else ())
    ages = [year - tie.start for tie in own if year is not None and tie.start is not None]
    return _measure(case, "tie_age", sum(ages) / len(ages) if ages else None, {"ages": ages, "year": year}, missing)


def _unknown(own: list[TieRecord], field: str) -> tuple[str, ...]:
    if not own:
        return ("ties",)
    return tuple(f"{field} of the tie with {tie.alter}" for tie in own if getattr(tie, field) is None)


def _measure(
    case: str,
    name: str,
    value: float | None,
    inputs: Mapping[str, Any],
    missing: tuple[str, ...] = (),
    warnings: tuple[str, ...] = (),
) -> EgoMeasure:
    return EgoMeasure(case, name, None if missing else value, inputs, missing, warnings, MEASURES[name].source)
