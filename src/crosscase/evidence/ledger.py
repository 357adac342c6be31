"""A snapshot with what follows from it, each thing computed once: what checks, tables and reports read."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Mapping
from functools import cached_property

from crosscase.core import TABLES, Snapshot
from crosscase.core.errors import NotFoundError
from crosscase.core.values import read_number
from crosscase.engines.measures import FirmHistory, MeasureTable, MeasureValue
from crosscase.engines.measures.regions import RegionScheme
from crosscase.engines.measures.registry import classifications, compute, measures
from crosscase.engines.networks import MEASURES as NETWORK_MEASURES
from crosscase.evidence.claims import Verdict, verdict
from crosscase.evidence.constructs import ConstructTable, construct_table
from crosscase.evidence.histories import attribute, history_of
from crosscase.evidence.networks import network_measures
from crosscase.evidence.parts import parts_of
from crosscase.evidence.retrieval import Passages
from crosscase.evidence.schemes import declared_scheme
from crosscase.evidence.withdrawn import withdrawn_quotations

#: Tables that no measure, history or construct rests on.
_BESIDE = {"claims", "stances", "memos", "acceptances"}


class Ledger:
    """One study as it stood at one moment, and the measures, histories and tables that follow from it."""

    def __init__(self, snapshot: Snapshot, today: datetime.date | None = None) -> None:
        self.snapshot = snapshot
        #: Of a study as it leaves the team: how the result of each analysis stands in the whole study.
        self.states: Mapping[str, str] = {}
        #: Of such a study: the analyses that rest on what stays in the team.
        self.beyond: frozenset[str] = frozenset()
        #: The day that consent is judged on.
        self.today = today or datetime.date.today()
        self._measured: dict[tuple[str, str, str], MeasureValue] = {}
        self._verdicts: dict[str, Verdict] = {}

    def followed_by(self, snapshot: Snapshot) -> Ledger:
        """The ledger of a later state of the study.

        When nothing changed but claims, their evidence, memos and acceptances, what was computed is kept: all but the
        verdicts on the claims that changed, or have other evidence or parts.
        """
        made = Ledger(snapshot)
        was = self.snapshot
        changed = {name for name in TABLES if snapshot.table(name) is not was.table(name)}
        same = snapshot.study is was.study and snapshot.texts is was.texts and made.today == self.today
        if not same or changed - _BESIDE:
            return made
        kept = ("histories", "withdrawn", "networks", "scheme", "known_names", "constructs")
        made.__dict__.update({name: self.__dict__[name] for name in kept if name in self.__dict__})
        made._measured = self._measured
        made._verdicts = {
            id: one
            for id, one in self._verdicts.items()
            if snapshot.claims.get(id) == one.claim
            and snapshot.stances.where(claim=id) == was.stances.where(claim=id)
            and parts_of(snapshot, id) == one.parts
        }
        return made

    @cached_property
    def histories(self) -> Mapping[str, FirmHistory]:
        """The history of each case."""
        return {case: history_of(self.snapshot, case) for case in self.snapshot.cases.column("id")}

    @cached_property
    def withdrawn(self) -> frozenset[str]:
        """The quotations that nobody may use any more."""
        return withdrawn_quotations(self.snapshot)

    @cached_property
    def passages(self) -> Passages:
        """Every passage that was quoted, to be asked with queries."""
        return Passages(self)

    @cached_property
    def networks(self) -> Mapping[str, list[MeasureValue]]:
        """The ego-network measures of each case; empty when the study has no ties on record."""
        if not len(self.snapshot.ties):
            return {}
        return {case: network_measures(self.snapshot, case) for case in self.snapshot.cases.column("id")}

    @cached_property
    def scheme(self) -> RegionScheme:
        """The region scheme that the study declares, or the default one."""
        return declared_scheme(self.snapshot.study)

    def definition(self, measure: str) -> str:
        """The definition of a measure that the study uses: ``[measures]`` in study.toml, else the first on record."""
        declared = self.snapshot.study.extra.get("measures", {}).get(measure)
        return str(declared) if declared else measures()[measure].definitions[0].id

    def measure(self, case: str, name: str, definition: str = "") -> MeasureValue:
        """One measure of one case, under the study's definition unless another is named."""
        key = (case, name, definition or self.definition(name))
        if key not in self._measured:
            self._measured[key] = self._with_undated(
                case, compute(name, self.histories[case], key[2], under=self.scheme)
            )
        return self._measured[key]

    def _with_undated(self, case: str, value: MeasureValue) -> MeasureValue:
        """The value with a warning when entries of the case could not go in, because they have no year or no country."""
        needs = measures()[value.measure].needs
        lost = [one for one in self.snapshot.events_of(case, "entry") if one.date is None or len(one.place) != 3]
        if not lost or not any("entries" in one for one in needs):
            return value
        warning = f"{len(lost)} of the entries on record have no year or no country and were left out"
        return dataclasses.replace(value, warnings=(*value.warnings, warning))

    def measures(
        self, names: Iterable[str] = (), *, cases: Iterable[str] = (), all_definitions: bool = False
    ) -> MeasureTable:
        """Measures and classifications of the cases; all of them when nothing is named."""
        names, cases = list(names), list(cases)
        for name in names:
            if name not in measures() and name not in classifications() and name not in NETWORK_MEASURES:
                raise NotFoundError("measure", name, [*measures(), *classifications(), *NETWORK_MEASURES])
        for case in cases:
            self.snapshot.cases[case]
        values: list[MeasureValue] = []
        for case in cases or self.snapshot.cases.column("id"):
            for name, one in measures().items():
                if not names or name in names:
                    ids = [definition.id for definition in one.definitions] if all_definitions else [""]
                    values += [self.measure(case, name, id) for id in ids]
            for name, classification in classifications().items():
                if not names or name in names:
                    values += list(classification.function(self.histories[case]))
            values += [one for one in self.networks.get(case, ()) if not names or one.measure in names]
        return MeasureTable(tuple(values))

    def knows(self, name: str) -> bool:
        """Whether a name in a rule can have a value."""
        return name in self.known_names

    @cached_property
    def known_names(self) -> Mapping[str, None]:
        """What a rule can speak of: the variables, the figures on record, the measures."""
        snapshot = self.snapshot
        names = dict.fromkeys(variable.name for variable in snapshot.study.variables)
        names |= dict.fromkeys(name for attributes in snapshot.cases.column("attributes") for name in attributes)
        return {
            **names,
            **dict.fromkeys(snapshot.observations.column("measure")),
            **dict.fromkeys((*measures(), *NETWORK_MEASURES)),
        }

    @cached_property
    def constructs(self) -> ConstructTable:
        """Every construct in every case."""
        return construct_table(self)

    def known(self, case: str, name: str) -> float | str | None:
        """The value of a name for a case: its variable, else its measure, else the latest figure on record."""
        value = attribute(self.snapshot, case, name)
        if value is not None:
            return value
        if name in measures():
            measured = self.measure(case, name).value
            if measured is not None:
                return measured if isinstance(measured, str) else float(measured)
        for one in self.networks.get(case, ()):
            if one.measure == name and one.value is not None:
                return one.value if isinstance(one.value, str) else float(one.value)
        figures = [one for one in self.snapshot.observations.where(case=case, measure=name) if one.value]
        figures.sort(key=lambda one: one.date.year if one.date else 0)
        return read_number(figures[-1].value) if figures else None

    def verdict(self, claim: str) -> Verdict:
        """What is said and shown about a claim (NotFoundError lists the claims)."""
        if claim not in self._verdicts:
            self._verdicts[claim] = verdict(self, self.snapshot.claims[claim])
        return self._verdicts[claim]
