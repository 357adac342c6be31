"""The timeline of entries and exits: a row a case, a mark an event, the date's precision shown as its span."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from crosscase.core import Event, PartialDate, Snapshot
from crosscase.core.errors import InputError
from crosscase.figures.axes import TimeScale, horizontal_axis
from crosscase.figures.fonts import CAP_HEIGHT, shorten_middle, text_width
from crosscase.figures.legend import legend, nothing_to_draw
from crosscase.figures.palette import GRID, INK, MUTED, RULE, SMALL, THICK, THIN, Mark, marks
from crosscase.figures.scene import FULL_WIDTH, MM, Group, Line, Scene, Shape, Text
from crosscase.figures.words import counted

#: The kinds of event that the figure shows.
KINDS = ("founding", "entry", "re-entry", "exit")

_SIZE = 4.2
_LINE = 5.4
_PADDING = 3.2
_GAP = 0.7


@dataclass(frozen=True, slots=True)
class TimelineMark:
    """One event: its kind (of :data:`KINDS`), its date, the group that colours it, and the words shown on pointing at it."""

    kind: str
    date: PartialDate
    group: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One case.  ``until`` is the year up to which it was observed, when that is known."""

    label: str
    marks: tuple[TimelineMark, ...]
    until: int | None = None


@dataclass(frozen=True, slots=True)
class _Placed:
    mark: TimelineMark
    x: float
    line: int


def timeline_rows(
    snapshot: Snapshot,
    group_of: Callable[[Event], str] = lambda event: "",
    *,
    until: Callable[[str], int | None] = lambda case: None,
    place_name: Callable[[str], str] = lambda code: code,
) -> list[TimelineRow]:
    """The cases of a study as rows, those founded first (else: those that entered first) on top.

    The founding is the event of that kind, or else the variable ``founded``.

    Args:
        group_of: the group of an entry, usually its region under a scheme.
        until: the last year in which a case was observed.
        place_name: the name of a country by its code.
    """
    rows = []
    for case in snapshot.cases:
        found = [_mark(event, group_of, place_name) for event in snapshot.events_of(case.id) if event.kind in KINDS]
        dated = [mark for mark in found if mark is not None]
        if not any(mark.kind == "founding" for mark in dated):
            founded = _date(case.attributes.get("founded", ""))
            if founded is not None:
                dated.insert(0, TimelineMark("founding", founded, label=f"founded {founded}"))
        rows.append(TimelineRow(case.id, tuple(dated), until(case.id)))
    return sorted(rows, key=_order)


def timeline(
    rows: Sequence[TimelineRow],
    *,
    width_mm: float = FULL_WIDTH,
    group_name: str = "Region",
    among: Sequence[TimelineRow] | None = None,
) -> Scene:
    """Draw the rows in the order in which they are given.

    Entries have the colour and the shape of their group, the groups with most entries first; an exit is a cross and a
    founding an upright stroke.  A date known only to the year or the month is a thin span of that length, with its marks
    spread inside it: their order within the span says nothing.

    Args:
        rows: the cases to draw.
        width_mm: the width of the figure.
        group_name: the word for what the groups are.
        among: all cases, when ``rows`` are only one page of them; years and colours are then the same on every page.
    """
    title = "Timeline of entries and exits"
    dated = [mark for row in rows for mark in row.marks]
    if not dated:
        return nothing_to_draw("No dated founding, entry or exit is on record.", title, width_mm)
    width = width_mm * MM
    label_width = min(max(text_width(row.label, SMALL) for row in rows) + 6, width * 0.28)
    everything = rows if among is None else among
    scale = _scale(everything, label_width, width - text_width("2000", SMALL) / 2)
    all_marks = [mark for row in everything for mark in row.marks]
    styles = marks(_groups(all_marks))
    shapes: list[Shape] = []
    y = 3.0
    for number, row in enumerate(rows):
        placed = _place(row.marks, scale)
        height = _PADDING + _LINE * (1 + max((one.line for one in placed), default=0))
        if number:
            shapes.append(Line(0, y, width, y, GRID, THIN / 2))
        shapes.append(_row(row, placed, scale, styles, y, height, label_width))
        y += height
    ticks = [float(tick) for tick in scale.ticks(max(3, round((width - label_width) / 38)))]
    axis = horizontal_axis(
        lambda year: scale(datetime.date(round(year), 1, 1)),
        ticks,
        y,
        3.0,
        start=scale.start,
        end=scale.end,
        format=lambda year: f"{year:.0f}",
    )
    words = legend(_legend_entries(all_marks, styles), width)
    key = Group(words.shapes, move=(0, y + 18))
    return Scene(width, y + 20 + words.height, (*axis, *shapes, key), title, _description(rows, dated, group_name))


def _row(
    row: TimelineRow,
    placed: Sequence[_Placed],
    scale: TimeScale,
    styles: dict[str, Mark],
    top: float,
    height: float,
    label_width: float,
) -> Group:
    middle = top + height / 2
    lines = 1 + max((one.line for one in placed), default=0)
    text = Text(0, middle + SMALL * CAP_HEIGHT / 2, shorten_middle(row.label, SMALL, label_width - 4), SMALL, INK)
    shapes: list[Shape] = [text]
    if row.marks:
        start = min(scale(mark.date.first) for mark in row.marks)
        last = scale(datetime.date(row.until, 12, 31)) if row.until else max(scale(m.date.last) for m in row.marks)
        shapes.append(Line(start, middle, max(last, start), middle, GRID, THIN))
    heights = [middle + (one.line - (lines - 1) / 2) * _LINE for one in placed]
    shapes.extend(_spans(placed, heights, scale))
    for mark in row.marks:
        if mark.kind == "founding":
            x = scale(mark.date.first)
            stroke = Line(x, top + 1.2, x, top + height - 1.2, INK, THICK)
            shapes.append(Group((stroke,), title=f"{row.label}: {mark.label}"))
    for one, y in zip(placed, heights, strict=True):
        shapes.append(Group((_picture(one.mark, styles, one.x, y),), title=f"{row.label}: {one.mark.label}"))
    return Group(tuple(shapes), title=row.label)


def _picture(mark: TimelineMark, styles: dict[str, Mark], x: float, y: float) -> Shape:
    if mark.kind == "exit":
        return Mark("cross", INK).at(x, y, _SIZE)
    picture = styles[mark.group].at(x, y, _SIZE)
    if mark.kind == "re-entry":
        return Group((picture, Line(x - _SIZE / 2, y + _SIZE * 0.62, x + _SIZE / 2, y + _SIZE * 0.62, INK, THIN)))
    return picture


def _spans(placed: Sequence[_Placed], heights: Sequence[float], scale: TimeScale) -> list[Shape]:
    spans = {(*_span(one.mark, scale), y) for one, y in zip(placed, heights, strict=True)}
    return [Line(a + 0.4, y, b - 0.4, y, RULE, THIN) for a, b, y in sorted(spans) if b - a >= _SIZE]


def _place(row: Sequence[TimelineMark], scale: TimeScale) -> list[_Placed]:
    """Where each mark goes: within the span of its date, on the first line on which it covers no other."""
    by_date: dict[PartialDate, list[TimelineMark]] = {}
    for mark in row:
        if mark.kind != "founding":
            by_date.setdefault(mark.date, []).append(mark)
    taken: list[list[tuple[float, float]]] = []
    placed: list[_Placed] = []
    step = _SIZE + _GAP
    for together in by_date.values():
        start, end = _span(together[0], scale)
        room = max(1, int((end - start + _GAP) // step))
        chunks = -(-len(together) // room)
        size = -(-len(together) // chunks)
        for first in range(0, len(together), size):
            chunk = together[first : first + size]
            spread = min(step * 1.2, (end - start) / len(chunk)) if len(chunk) > 1 else 0.0
            begin = (start + end) / 2 - spread * (len(chunk) - 1) / 2
            extent = (begin - step / 2, begin + spread * (len(chunk) - 1) + step / 2)
            line = next(
                (n for n, those in enumerate(taken) if all(extent[1] <= a or extent[0] >= b for a, b in those)),
                len(taken),
            )
            if line == len(taken):
                taken.append([])
            taken[line].append(extent)
            placed.extend(_Placed(mark, begin + spread * n, line) for n, mark in enumerate(chunk))
    return placed


def _span(mark: TimelineMark, scale: TimeScale) -> tuple[float, float]:
    day = (scale.end - scale.start) / (scale.last + 1 - scale.first) / 365.25
    return scale(mark.date.first), scale(mark.date.last) + day


def _scale(rows: Sequence[TimelineRow], start: float, end: float) -> TimeScale:
    years = [mark.date.year for row in rows for mark in row.marks]
    years += [row.until for row in rows if row.until]
    if max(years) - min(years) > 500:
        raise InputError(
            f"the events run from {min(years)} to {max(years)}", where="timeline", mend="check the years of the events"
        )
    return TimeScale(min(years), max(years), start, end)


def _groups(dated: Iterable[TimelineMark]) -> list[str]:
    by_group = Counter(mark.group for mark in dated if mark.kind in ("entry", "re-entry"))
    return sorted(by_group, key=lambda group: (group == "", -by_group[group], group))


def _legend_entries(dated: Sequence[TimelineMark], styles: dict[str, Mark]) -> list[tuple[Mark | Sequence[Shape], str]]:
    entries: list[tuple[Mark | Sequence[Shape], str]] = []
    kinds = {mark.kind for mark in dated}
    for group, style in styles.items():
        entries.append((style, group or ("entry" if len(styles) == 1 else "no region")))
    if "founding" in kinds:
        entries.append(([Line(0, -_SIZE * 0.65, 0, _SIZE * 0.65, INK, THICK)], "founding (first possible day)"))
    if "re-entry" in kinds:
        entries.append(([Line(-_SIZE / 2, _SIZE / 2, _SIZE / 2, _SIZE / 2, INK, THIN)], "re-entry (underlined)"))
    if "exit" in kinds:
        entries.append((Mark("cross", INK), "exit"))
    if any(mark.date.precision != "day" for mark in dated):
        span: Sequence[Shape] = [Line(-4, 0, 4, 0, MUTED, THIN)]
        entries.append((span, "span of an inexact date"))
    return entries


def _description(rows: Sequence[TimelineRow], dated: Sequence[TimelineMark], group_name: str) -> str:
    count = Counter(mark.kind for mark in dated)
    years = [mark.date.year for mark in dated]
    without = [row.label for row in rows if not row.marks]
    entries = counted(count["entry"] + count["re-entry"], "entry", "entries")
    parts = [
        f"{counted(len(rows), 'case')}, {entries} and {counted(count['exit'], 'exit')} from {min(years)} to {max(years)}."
    ]
    groups = [group for group in _groups(dated) if group]
    if groups:
        by_group = Counter(mark.group for mark in dated if mark.kind in ("entry", "re-entry"))
        parts.append(f"{group_name}: " + ", ".join(f"{group} {by_group[group]}" for group in groups) + ".")
    if without:
        parts.append("No dated event: " + ", ".join(without) + ".")
    return " ".join(parts)


def _mark(event: Event, group_of: Callable[[Event], str], place_name: Callable[[str], str]) -> TimelineMark | None:
    if event.date is None:
        return None
    words = [event.kind, place_name(event.place) if event.place else "", str(event.date), event.mode]
    group = group_of(event) if event.kind in ("entry", "re-entry") else ""
    return TimelineMark(event.kind, event.date, group, ", ".join(word for word in words if word))


def _date(text: str) -> PartialDate | None:
    try:
        return PartialDate.parse(text)
    except InputError:
        return None


def _order(row: TimelineRow) -> tuple[bool, PartialDate, PartialDate, str]:
    late = PartialDate(9999)
    founded = min((mark.date for mark in row.marks if mark.kind == "founding"), default=None)
    entered = min((mark.date for mark in row.marks if mark.kind == "entry"), default=None)
    return (not row.marks, founded or entered or late, entered or late, row.label)
