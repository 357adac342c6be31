"""Which figures a report has, with their captions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from crosscase.core import Snapshot
from crosscase.evidence.datastructure import data_structure
from crosscase.evidence.synthesis import evidence_map as themes_by_setting
from crosscase.figures.datastructure import data_structure_figure
from crosscase.figures.datastructure import pages as structure_pages
from crosscase.figures.distribution import Distribution, distributions
from crosscase.figures.evidencemap import evidence_map_figure
from crosscase.figures.reproduction import reproduction
from crosscase.figures.scene import Scene
from crosscase.figures.timeline import timeline, timeline_rows
from crosscase.figures.worldmap import entry_periods, world_maps
from crosscase.reports.contents import ReportContents
from crosscase.reports.names import country_name, measure_name
from crosscase.reports.tables.measures import Measured
from crosscase.reports.tables.reproduction import pairs_of

#: So many measures fit one page.
_PANELS = 6

#: So many cases fit one page.
_ROWS = 60


Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a report; ``scene.empty`` when it only says what is missing."""

    id: str
    title: str
    caption: str
    scene: Scene


def entry_figures(contents: ReportContents) -> list[Figure]:
    """The timeline of entries and exits, and the maps of the countries entered."""
    region_of = contents.region_of
    rows = timeline_rows(
        contents.snapshot,
        region_of or (lambda event: ""),
        until=contents.observed_until.get,
        place_name=country_name,
    )
    regions = f" Regions by the scheme {contents.region_scheme}." if region_of and contents.region_scheme else ""
    caption = (
        "A row a case, a mark an entry. A date known to the year or the month is a thin span of that length; the order "
        f"of the marks within a span says nothing.{regions}"
    )
    pages = _pages(rows, _ROWS) or [[]]
    timelines = [
        Figure(id, title, caption if number == 0 else "", timeline(page, among=rows))
        for number, (page, (id, title)) in enumerate(
            zip(pages, _parts("timeline", "Entries and exits in time", len(pages)), strict=True)
        )
        if number == 0 or any(row.marks for row in page)
    ]
    maps = world_maps(entry_periods(contents.snapshot), positions=contents.positions, place_name=country_name)
    map_caption = (
        "Entries with a date and a country; a country entered by several cases is darker. Equal Earth projection, which "
        "keeps areas (Šavrič, Patterson & Jenny 2018)."
    )
    return [
        *timelines,
        Figure("map", "Countries entered, by period", map_caption, maps),
    ]


def measure_figures(contents: ReportContents) -> list[Figure]:
    """How each measure is distributed, by the first of its definitions."""
    panels = []
    for measure in dict.fromkeys(value.measure for value in contents.measures):
        first = next(value for value in contents.measures if value.measure == measure)
        those = [value for value in contents.measures if _key(value) == _key(first)]
        if any(isinstance(value.value, str) for value in those):
            continue
        label = measure_name(measure) + (f", {first.unit}" if first.unit else "")
        detail = ", ".join(part for part in (first.definition, first.scheme) if part)
        numbers = tuple((value.case, float(value.value)) for value in those if isinstance(value.value, int | float))
        missing = tuple(value.case for value in those if value.value is None)
        if not numbers:
            continue
        panels.append(Distribution(f"{label}: {detail}" if detail else label, numbers, missing))
    caption = (
        "A dot a case; the bar under the axis runs from the first to the third quartile, with the median in it. Open "
        "dots lie more than 1.5 interquartile ranges beyond the quartiles; they are named where there is room."
    )
    shares = _pages(panels, _PANELS)
    parts = _parts("distributions", "Distribution of the measures", len(shares))
    return [
        Figure(id, title, caption if number == 0 else "", distributions(share))
        for number, (share, (id, title)) in enumerate(zip(shares, parts, strict=True))
    ]


def structure_figures(contents: ReportContents) -> list[Figure]:
    """The data structure, on as many pages as it needs; nothing for a study whose codes have no levels."""
    parts = structure_pages(data_structure(contents.snapshot))
    caption = (
        "Concepts, the themes they were grouped into, and the dimensions above those. Codings and cases of a box count the "
        "code and all codes under it."
    )
    return [
        Figure(id, title, caption if number == 0 else "", data_structure_figure(part))
        for number, (part, (id, title)) in enumerate(
            zip(parts, _parts("data-structure", "Data structure", len(parts)), strict=True)
        )
    ]


def reproduction_figures(contents: ReportContents) -> list[Figure]:
    """Printed beside recomputed figures: for each measure the definition that reproduces the most."""
    figures = []
    for one in contents.reproductions:
        if one.best is None:
            continue
        name = measure_name(one.measure)
        caption = f"Recomputed by the definition {one.best}, which reproduces {one.counts[one.best]} of {one.compared}."
        pairs = pairs_of(one, one.best)
        pages = _pages(pairs, _ROWS)
        parts = _parts(f"reproduction-{one.measure}", f"{name}: printed and recomputed", len(pages))
        for number, (page, (id, title)) in enumerate(zip(pages, parts, strict=True)):
            figures.append(Figure(id, title, caption if number == 0 else "", reproduction(page, measure=name)))
    return figures


def evidence_map(snapshot: Snapshot) -> Figure:
    """Themes of claims against kinds of firm."""
    caption = (
        "Claims by theme and kind of firm. Papers on one data set count once; an empty place is a gap: nobody in this study "
        "has looked."
    )
    return Figure("evidence-map-figure", "Evidence map", caption, evidence_map_figure(themes_by_setting(snapshot)))


def _pages(rows: Sequence[Row], most: int) -> list[Sequence[Row]]:
    """The rows on as few pages as there must be, about equally many on each."""
    if not rows:
        return []
    count = -(-len(rows) // most)
    size = -(-len(rows) // count)
    return [rows[first : first + size] for first in range(0, len(rows), size)]


def _parts(id: str, title: str, count: int) -> list[tuple[str, str]]:
    """The ids and titles of a figure on several pages."""
    if count == 1:
        return [(id, title)]
    return [(f"{id}-{number}", f"{title} ({number} of {count})") for number in range(1, count + 1)]


def _key(value: Measured) -> tuple[str, str, str]:
    return value.measure, value.definition, value.scheme
