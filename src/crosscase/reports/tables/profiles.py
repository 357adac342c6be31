"""Who was studied: the firms and the persons."""

from __future__ import annotations

from crosscase.core import Case, Participant, Snapshot
from crosscase.reports.names import country_name
from crosscase.reports.table import Align, Cell, Column, ReportTable, row_of, without_empty

#: A longer label of a variable is a note; its name then heads the column.
_LONGEST_LABEL = 24

_NUMBERS = ("number", "integer", "percent", "year")


def company_profile(snapshot: Snapshot) -> ReportTable:
    """A row a case: its variables in the order of their declaration, its first entry and how many countries it entered."""
    declared = {variable.name: variable for variable in snapshot.study.variables}
    given = dict.fromkeys(name for case in snapshot.cases for name in case.attributes)
    names = [*(name for name in declared if name in given), *(name for name in given if name not in declared)]
    columns = [Column("Case", heading=True)]
    notes = ["Countries entered are those with an entry on record, whether or not the case left them later."]
    for name in names:
        variable = declared.get(name)
        label = (variable.label or variable.name) if variable else name
        label = label.replace("_", " ") + (f" ({variable.unit})" if variable and variable.unit else "")
        if len(label) > _LONGEST_LABEL:
            notes.append(f"{name.replace('_', ' ')}: {label}.")
            label = name.replace("_", " ")
        align: Align = "right" if variable and variable.type in _NUMBERS else "left"
        columns.append(Column(label, align))
    columns += [Column("first entry"), Column("countries entered", "right")]
    rows = tuple(_case_row(snapshot, case, names) for case in snapshot.cases)
    return ReportTable(
        "company-profile",
        "Profile of the cases",
        tuple(columns),
        rows,
        notes=tuple(notes) if rows else (),
        missing="There are no cases in this study.",
    )


def personal_profile(snapshot: Snapshot) -> ReportTable:
    """A row a participant: case, role and how many sources hold their words."""
    extra = list(dict.fromkeys(key for person in snapshot.participants for key in person.extra))
    columns = (
        Column("Participant", heading=True),
        Column("Case"),
        Column("Role"),
        *(Column(key.replace("_", " ")) for key in extra),
        Column("Sources", "right"),
        Column("Note"),
    )
    rows = tuple(_person_row(snapshot, person, extra) for person in snapshot.participants)
    table = ReportTable(
        "personal-profile",
        "Profile of the participants",
        columns,
        rows,
        missing="No participants are on record.",
    )
    return without_empty(table, "Note")


def _case_row(snapshot: Snapshot, case: Case, names: list[str]) -> tuple[Cell, ...]:
    entered = [event for event in snapshot.events_of(case.id) if event.kind in ("entry", "re-entry")]
    countries = list(dict.fromkeys(event.place for event in entered if event.place))
    attributes = [_attribute(snapshot, name, case.attributes.get(name, "")) for name in names]
    first = next((event for event in entered if event.date is not None), None)
    opening = (
        f"{first.date}, {country_name(first.place)}" if first and first.place else str(first.date) if first else ""
    )
    listed = tuple((country_name(code), _years(snapshot, case, code)) for code in countries)
    return (
        Cell(case.id),
        *attributes,
        Cell(opening) if opening else Cell(state="no data"),
        Cell(len(countries), inputs=listed) if entered else Cell(state="no data"),
    )


def _attribute(snapshot: Snapshot, name: str, text: str) -> Cell:
    variable = snapshot.study.variable(name)
    if not text:
        return Cell(state="no data")
    return Cell(text, country_name(text) if variable is not None and variable.type == "country" else "")


def _years(snapshot: Snapshot, case: Case, place: str) -> str:
    events = [event for event in snapshot.events_of(case.id) if event.place == place]
    return ", ".join(f"{event.kind} {event.date}" if event.date else f"{event.kind}, undated" for event in events)


def _person_row(snapshot: Snapshot, person: Participant, extra: list[str]) -> tuple[Cell, ...]:
    sources = snapshot.sources.where(participant=person.id)
    spoken = dict.fromkeys([source.id for source in sources])
    spoken.update(dict.fromkeys(turn.source for turn in snapshot.turns.where(participant=person.id)))
    return row_of(
        person.id,
        person.case or Cell(state="no data"),
        person.role or Cell(state="no data"),
        *(Cell(str(person.extra[key])) if person.extra.get(key) else Cell(state="no data") for key in extra),
        Cell(len(spoken), inputs=tuple((source, "") for source in spoken)),
        person.note,
    )
