"""Constructs: how codings, attributes, measures, events, ties and survey scales become one cell a case.

A cell is *present*, *absent* or *no data*.  Silence is no data: a cell is absent only on evidence of absence, which the
construct names in ``absent_when``:

========================  ============================================================================================
``coded CODE, …``          a passage of the case is coded with the negation
``asked QUESTION, …``      the case has an answer to the guide question, and nothing in it was coded with the construct
``sources: REASON``        the case has a source, and the written reason says why silence there means absence
``records: REASON``        the written reason says why the records are complete
========================  ============================================================================================

A variable, a measure or a scale that has a value is its own record: a condition that the value does not meet is absent.
Constructs made of constructs are in :mod:`crosscase.evidence.composed`.

What the values imply for a claim is in :mod:`crosscase.evidence.claims`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from crosscase.core import Construct, Snapshot
from crosscase.core.conditions import Condition
from crosscase.core.errors import CrosscaseError, InputError, NotFoundError
from crosscase.evidence.composed import ORIGIN, composed_cells
from crosscase.evidence.scales import scale_values

if TYPE_CHECKING:
    from crosscase.evidence.ledger import Ledger

State = Literal["present", "absent", "no data"]

_COUNT = re.compile(r"count\s*(>=|>|=)\s*(\d+)")
_COUNTING = ("present", "count", "strongest")
_SCALES = ("mean", "sum", "factor score")


@dataclass(frozen=True, slots=True)
class Rating:
    """A person's judgement of one cell: present, absent, or a number, with the reason."""

    case: str
    value: float | str
    who: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One construct in one case.

    ``value`` is the count, the number or the word behind the state; ``state`` is ``no data`` for a number that no rule
    turns into present or absent, and ``reason`` says so.  ``evidence`` names rows as ``table:id``.  ``kinds`` are the kinds
    of source and ``informants`` the participants behind it.  When a person rated the cell, ``state`` and ``value`` are the
    person's and ``computed`` is what the rule gave.
    """

    case: str
    construct: str
    state: State
    value: float | str | None = None
    evidence: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    informants: tuple[str, ...] = ()
    reason: str = ""
    rating: Rating | None = None
    computed: State | None = None

    @property
    def holds(self) -> bool | None:
        """Present is true, absent is false, no data is ``None``."""
        return {"present": True, "absent": False, "no data": None}[self.state]


@dataclass(frozen=True, slots=True)
class ConstructTable:
    """Cases × constructs; rows and columns in the study's order.

    ``problems`` are the constructs that cannot be evaluated, each with its error; their cells are no data.
    """

    constructs: tuple[Construct, ...]
    cases: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell] = field(repr=False)
    problems: Mapping[str, CrosscaseError] = field(default_factory=dict)

    def cell(self, case: str, construct: str) -> Cell:
        return self.cells[case, construct]

    def column(self, construct: str) -> list[Cell]:
        return [self.cells[case, construct] for case in self.cases]

    def counts(self, construct: str) -> dict[State, int]:
        """How many cases are in each state."""
        states = [cell.state for cell in self.column(construct)]
        return {state: states.count(state) for state in ("present", "absent", "no data")}


def construct_table(ledger: Ledger) -> ConstructTable:
    """Every construct of the study in every case; one that cannot be evaluated does not take the others with it."""
    snapshot = ledger.snapshot
    cases = tuple(snapshot.cases.column("id"))
    cells: dict[tuple[str, str], Cell] = {}
    problems: dict[str, CrosscaseError] = {}
    maker = _Maker(ledger)
    for construct in snapshot.constructs:
        try:
            made = list(maker.cells(construct.id).values())
        except CrosscaseError as error:
            problems[construct.id] = error
            made = [Cell(case, construct.id, "no data", reason=str(error)) for case in cases]
        cells.update({(cell.case, construct.id): cell for cell in made})
    return ConstructTable(tuple(snapshot.constructs), cases, cells, problems)


def construct_cells(ledger: Ledger, construct: Construct) -> list[Cell]:
    """One construct in every case.

    Raises:
        InputError: its rule cannot be read, names something that does not exist, or is made of itself; says which.
    """
    return _Maker(ledger).make(construct)


class _Maker:
    """Makes each construct once, those that it is made of before it."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.made: dict[str, dict[str, Cell]] = {}
        self.under_way: list[str] = []

    def cells(self, id: str) -> dict[str, Cell]:
        """The cells of a construct of the study by case."""
        if id not in self.made:
            if id not in self.ledger.snapshot.constructs:
                raise NotFoundError("construct", id, self.ledger.snapshot.constructs.column("id"))
            found = self.make(self.ledger.snapshot.constructs[id])
            self.made[id] = {cell.case: cell for cell in found}
        return self.made[id]

    def make(self, construct: Construct) -> list[Cell]:
        if construct.drawn_from != ORIGIN:
            return _drawn_cells(self.ledger, construct)
        where = f"construct {construct.id}"
        if construct.id in self.under_way:
            circle = [*self.under_way[self.under_way.index(construct.id) :], construct.id]
            raise InputError(
                f"it is made of itself: {' -> '.join(circle)}", where=where, mend="take one of them out of a rule"
            )
        self.under_way.append(construct.id)
        try:
            cells = composed_cells(construct, self.ledger.snapshot.cases.column("id"), self.cells)
        finally:
            self.under_way.pop()
        ratings = _ratings(construct)
        return [_rated(cell, ratings.get(cell.case)) for cell in cells]


def _drawn_cells(ledger: Ledger, construct: Construct) -> list[Cell]:
    """A construct drawn from what is on record."""
    makers = {
        "codings": _from_codings,
        "event": _from_records,
        "tie": _from_records,
        "variable": _from_values,
        "measure": _from_values,
        "survey": _from_survey,
    }
    where = f"construct {construct.id}"
    if construct.drawn_from not in makers:
        raise NotFoundError("origin of constructs", construct.drawn_from, (*makers, ORIGIN), where=where)
    if not construct.of:
        raise InputError("it is drawn from nothing", where=where, mend=f"name what in `of` ({construct.drawn_from})")
    cells = makers[construct.drawn_from](ledger, construct)
    ratings = _ratings(construct)
    return [_rated(cell, ratings.get(cell.case)) for cell in cells]


# -- codings, events, ties: there or not -------------------------------------------------------------------------------


def _from_codings(ledger: Ledger, construct: Construct) -> list[Cell]:
    snapshot = ledger.snapshot
    found = _codings_by_case(ledger, construct.of, construct.id)
    absence = _Absence(ledger, construct)
    strength = (
        {coding.id: coding.extra.get("magnitude") for coding in snapshot.codings}
        if "strongest" in construct.rule
        else {}
    )
    cells = []
    for case in snapshot.cases.column("id"):
        codings = found.get(case, [])
        quotations = {snapshot.codings[id].quotation for id in codings}  # two coders of one passage say one thing
        cell = _counted(construct, case, len(quotations), [f"codings:{id}" for id in codings], absence)
        kinds, informants = _whence(snapshot, codings)
        if construct.rule == "strongest" and codings:
            magnitudes = [float(one) for id in codings if (one := strength.get(id)) not in (None, "")]
            cell = replace(cell, value=max(magnitudes, default=None))
        cells.append(replace(cell, kinds=kinds, informants=informants))
    return cells


def _from_records(ledger: Ledger, construct: Construct) -> list[Cell]:
    """Events or ties of the kinds in ``of``; ``KIND:PLACE`` asks for one place."""
    snapshot = ledger.snapshot
    name = "events" if construct.drawn_from == "event" else "ties"
    absence = _Absence(ledger, construct)
    cells = []
    for case in snapshot.cases.column("id"):
        rows = [
            row
            for row in snapshot.table(name).where(case=case)
            if any(_matches(row.kind, row.place, wanted) for wanted in construct.of)
        ]
        cells.append(_counted(construct, case, len(rows), [f"{name}:{row.id}" for row in rows], absence))
    return cells


def _matches(kind: str, place: str, wanted: str) -> bool:
    wanted_kind, _, wanted_place = wanted.partition(":")
    return kind == wanted_kind and (not wanted_place or place == wanted_place)


def _counted(construct: Construct, case: str, count: int, evidence: Sequence[str], absence: _Absence) -> Cell:
    """A cell from how often something was found."""
    rule = construct.rule or "present"
    threshold = _COUNT.fullmatch(rule)
    if threshold is None and rule not in _COUNTING:
        raise InputError(
            f"the rule '{rule}' is not known for {construct.drawn_from}",
            where=f"construct {construct.id}",
            mend="write present, count, count >= 2, or strongest",
        )
    enough = count >= 1
    if threshold is not None:
        sign, number = threshold[1], int(threshold[2])
        enough = {">=": count >= number, ">": count > number, "=": count == number}[sign]
    against, why = absence.of(case)
    base = Cell(case, construct.id, "no data", float(count), tuple(evidence), tuple(against))
    if enough:
        return replace(base, state="present")
    if count:
        return replace(base, state="absent", reason=f"found {count} times; the rule is {rule}")
    if why:
        return replace(base, state="absent", reason=why)
    return replace(base, value=None, reason="nothing was found, and nothing says that it is absent")


class _Absence:
    """What counts as evidence that a construct is absent from a case."""

    def __init__(self, ledger: Ledger, construct: Construct) -> None:
        self.snapshot = ledger.snapshot
        text = construct.absent_when.strip()
        self.kind, _, rest = text.partition(" ") if not re.match(r"(sources|records):", text) else text.partition(":")
        self.rest = rest.strip()
        where = f"construct {construct.id}, absent_when"
        if text and self.kind not in ("coded", "asked", "sources", "records"):
            raise InputError(
                f"'{text}' does not say what is evidence of absence",
                where=where,
                mend="write coded CODE, asked QUESTION, sources: REASON or records: REASON",
            )
        if text and not self.rest:
            raise InputError(
                f"'{self.kind}' needs something behind it", where=where, mend="name it, or write the reason"
            )
        self.names = [name.strip() for name in self.rest.split(",")]
        self.coded = _codings_by_case(ledger, self.names, construct.id) if self.kind == "coded" else {}
        self.asked = self._asked(where) if self.kind == "asked" else {}

    def of(self, case: str) -> tuple[list[str], str]:
        """The evidence of absence in a case, and the reason in words; both empty when there is none."""
        if self.kind == "coded" and (codings := self.coded.get(case)):
            return [f"codings:{id}" for id in codings], f"coded {self.rest}"
        if self.kind == "asked" and (sources := self.asked.get(case)):
            return [f"sources:{id}" for id in sources], f"asked {self.rest}, and nothing was said"
        if self.kind == "sources" and (found := self.snapshot.sources.positions("case").get(case)):
            ids = self.snapshot.sources.column("id")
            return [f"sources:{ids[position]}" for position in found], self.rest
        if self.kind == "records":
            return [], self.rest
        return [], ""

    def _asked(self, where: str) -> dict[str, list[str]]:
        questions = {question.id for question in self.snapshot.study.guide}
        for name in self.names:
            if name not in questions:
                raise NotFoundError("guide question", name, questions, where=where)
        case_of = dict(zip(self.snapshot.sources.column("id"), self.snapshot.sources.column("case"), strict=True))
        asked: dict[str, list[str]] = {}
        for source, question in zip(
            self.snapshot.turns.column("source"), self.snapshot.turns.column("question"), strict=True
        ):
            if question in self.names:
                asked.setdefault(case_of.get(source, ""), []).append(source)
        return {case: list(dict.fromkeys(sources)) for case, sources in asked.items()}


def _codings_by_case(ledger: Ledger, codes: Iterable[str], construct: str) -> dict[str, list[str]]:
    """The codings with these codes, or codes under them, by case; without those of words that were withdrawn."""
    snapshot = ledger.snapshot
    wanted: set[str] = set()
    for code in codes:
        if code not in snapshot.codes:
            raise NotFoundError("code", code, snapshot.codes.column("id"), where=f"construct {construct}")
        wanted.update(snapshot.subtree(code))
    index = snapshot.codings.positions("code")
    ids, quotations = snapshot.codings.column("id"), snapshot.codings.column("quotation")
    found: dict[str, list[str]] = {}
    for position in sorted(position for code in wanted for position in index.get(code, ())):
        if quotations[position] not in ledger.withdrawn:
            found.setdefault(snapshot.case_of_quotation.get(quotations[position], ""), []).append(ids[position])
    return found


def _whence(snapshot: Snapshot, codings: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The kinds of source and the informants behind some codings."""
    kinds: dict[str, None] = {}
    people: dict[str, None] = {}
    for id in codings:
        quotation = snapshot.quotations[snapshot.codings[id].quotation]
        source = snapshot.sources.get(quotation.source)
        if source is not None and source.kind:
            kinds[source.kind] = None
        person = snapshot.speaker_of_quotation[quotation.id]
        if person:
            people[person] = None
    return tuple(kinds), tuple(people)


# -- variables, measures, scales: a value ------------------------------------------------------------------------------


def _from_values(ledger: Ledger, construct: Construct) -> list[Cell]:
    where = f"construct {construct.id}"
    for name in construct.of:
        if not ledger.knows(name):
            raise NotFoundError(construct.drawn_from, name, ledger.known_names, where=where)
    condition = Condition.parse(construct.rule) if construct.rule else None
    cells = []
    for case in ledger.snapshot.cases.column("id"):
        value = ledger.known(case, construct.of[0])
        evidence = tuple(
            f"{'cases' if construct.drawn_from == 'variable' else 'measures'}:{case}#{name}" for name in construct.of
        )
        base = Cell(case, construct.id, "no data", value, evidence if value is not None else ())
        if condition is not None:
            outcome = condition.evaluate(lambda name, case=case: ledger.known(case, name))  # type: ignore[misc]
            state = _STATES[outcome.holds]
            lacking = f"no value for {', '.join(outcome.missing)}" if outcome.holds is None else ""
            cells.append(replace(base, state=state, reason=lacking))
        else:
            cells.append(_by_threshold(base, construct, value))
    return cells


def _from_survey(ledger: Ledger, construct: Construct) -> list[Cell]:
    rule = construct.rule or "mean"
    if rule not in _SCALES:
        raise NotFoundError("rule for a scale", rule, _SCALES, where=f"construct {construct.id}")
    values = scale_values(ledger.snapshot, construct, rule)
    return [
        _by_threshold(
            Cell(
                case,
                construct.id,
                "no data",
                values.get(case),
                tuple(f"surveys:{item}" for item in construct.of) if case in values else (),
            ),
            construct,
            values.get(case),
        )
        for case in ledger.snapshot.cases.column("id")
    ]


_STATES: Mapping[bool | None, State] = {True: "present", False: "absent", None: "no data"}
_JUDGED: Mapping[str, State] = {state: state for state in _STATES.values()}


def _by_threshold(base: Cell, construct: Construct, value: float | str | None) -> Cell:
    """Present or absent by the threshold or the crossover of the construct's calibration.

    With an inclusion below the exclusion the anchors fall: low values are in.
    """
    given = construct.calibrate
    threshold = given.get("threshold", given.get("crossover"))
    if value is None:
        return replace(base, reason="no value")
    if threshold is None or isinstance(value, str):
        return replace(base, reason="it has a value, and no rule or threshold says when that is present")
    try:
        ends = [float(given[name]) for name in ("exclusion", "inclusion") if name in given]
        distance = value - float(threshold)
    except (TypeError, ValueError):
        raise InputError(
            "an anchor is not a number", where=f"construct {construct.id}, calibrate", mend="give raw values, as 0.55"
        ) from None
    falling = len(ends) == 2 and ends[1] < ends[0]
    inside = distance < 0 if falling else distance > 0
    return replace(base, state="present" if inside else "absent", reason=f"the threshold is {threshold}")


# -- a person's judgement ----------------------------------------------------------------------------------------------


def _ratings(construct: Construct) -> dict[str, Rating]:
    """``[[construct.rating]]``: case, value, who, reason; two different values for one case are refused."""
    ratings: dict[str, Rating] = {}
    rows: Any = construct.extra.get("rating", ())
    for row in rows:
        if not isinstance(row, Mapping) or "case" not in row or not isinstance(row.get("value"), str | int | float):
            raise InputError(
                f"{row!r} is no judgement of a cell",
                where=f"construct {construct.id}, rating",
                mend="give case and value",
            )
        rating = Rating(str(row["case"]), row["value"], str(row.get("who", "")), str(row.get("reason", "")))
        earlier = ratings.get(rating.case)
        if earlier is not None and earlier.value != rating.value:
            raise InputError(
                f"case {rating.case} is rated {earlier.value!r} by {earlier.who or 'somebody'} and {rating.value!r} by "
                f"{rating.who or 'somebody'}",
                where=f"construct {construct.id}, rating",
                mend="agree on one and note the disagreement in a memo",
            )
        ratings[rating.case] = rating
    return ratings


def _rated(cell: Cell, rating: Rating | None) -> Cell:
    if rating is None:
        return cell
    if isinstance(rating.value, str):
        judged = _JUDGED.get(rating.value)
        if judged is None:
            raise InputError(
                f"the rating '{rating.value}' is not known",
                where=f"construct {cell.construct}, case {cell.case}",
                mend="write present, absent, no data, or a number",
            )
        return replace(cell, state=judged, rating=rating, computed=cell.state)
    state: State = "present" if rating.value > 0.5 else "absent"
    return replace(cell, state=state, value=float(rating.value), rating=rating, computed=cell.state)
