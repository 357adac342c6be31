"""The timeline: what is where, and that it can be read with one case, with sixty, with long names and with none."""

import csv
import random

import pytest

from crosscase.core import Case, Event, PartialDate, Snapshot
from crosscase.core.errors import InputError
from crosscase.figures.palette import RULE
from crosscase.figures.png import to_png
from crosscase.figures.scene import MM, Circle, Group, Line, Polyline
from crosscase.figures.timeline import TimelineMark, TimelineRow, timeline, timeline_rows
from figures.layout import all_shapes, assert_readable, drawn_texts, titles

WIDTHS = (85, 170)


def date(text: str) -> PartialDate:
    return PartialDate.parse(text)


def entry(text: str, group: str = "Europe", kind: str = "entry") -> TimelineMark:
    return TimelineMark(kind, date(text), group, f"{kind} {text}")


def many(count: int, name="Firm {}", seed: int = 7) -> list[TimelineRow]:
    """Cases with events of all kinds and precisions, many of them in the same year."""
    dice = random.Random(seed)
    rows = []
    for number in range(count):
        founded = dice.randint(1990, 2017)
        marks = [TimelineMark("founding", PartialDate(founded))]
        for _ in range(dice.randint(0, 9)):
            year, month, day = dice.randint(founded, 2019), dice.randint(1, 12), dice.randint(1, 28)
            when = dice.choice([PartialDate(year), PartialDate(year, month), PartialDate(year, month, day)])
            kind = dice.choice(["entry", "entry", "entry", "re-entry", "exit"])
            marks.append(TimelineMark(kind, when, dice.choice(["European Union", "Rest of Asia", "", "Pacific"])))
        rows.append(TimelineRow(name.format(number), tuple(marks), 2019))
    return rows


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "rows",
    [
        many(1),
        many(60),
        many(6, "The Extremely Long Company Name of Firm number {} Limited"),
        many(6, "שלום תעשיות {}"),
        [TimelineRow("F", tuple(entry("2015") for _ in range(40)))],
        [TimelineRow("F", tuple(entry(f"{1900 + number}") for number in range(120)))],
    ],
    ids=["one", "sixty", "long names", "right to left", "forty at once", "a century"],
)
def test_it_can_be_read(rows, width):
    scene = timeline(rows, width_mm=width)
    assert scene.width == pytest.approx(width * MM)
    assert_readable(scene)


@pytest.mark.parametrize("width", WIDTHS)
def test_no_mark_covers_another(width):
    scene = timeline(many(30), width_mm=width)
    for row in (shape for shape in scene.shapes if isinstance(shape, Group)):
        centres = [centre(shape) for shape in all_shapes(row.shapes) if isinstance(shape, Circle | Polyline)]
        for number, (x, y) in enumerate(centres):
            for other_x, other_y in centres[number + 1 :]:
                assert abs(x - other_x) > 3.9 or abs(y - other_y) > 3.9


def centre(shape: Circle | Polyline) -> tuple[float, float]:
    if isinstance(shape, Circle):
        return shape.x, shape.y
    xs, ys = zip(*shape.points, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def test_marks_stand_within_the_span_of_their_date():
    rows = [TimelineRow("F", (entry("2010"), entry("2015"), entry("2015"), entry("2019")))]
    scene = timeline(rows, width_mm=170)
    row = scene.shapes[-2]
    spans = [shape for shape in row.shapes if isinstance(shape, Line) and shape.stroke == RULE]
    dots = sorted(shape.x for shape in all_shapes(row.shapes) if isinstance(shape, Circle))
    assert len(spans) == 3
    assert len(dots) == 4
    in_2015 = [span for span in spans if span.x1 < dots[1] < span.x2]
    assert len(in_2015) == 1
    assert in_2015[0].x1 < dots[2] < in_2015[0].x2
    # ten years from the first of January 2010 to the end of 2019; 2015 is the sixth
    width = spans[-1].x2 - spans[0].x1
    assert (in_2015[0].x1 - spans[0].x1) / width == pytest.approx(0.5, abs=0.01)


def test_a_date_known_to_the_day_has_no_span():
    scene = timeline([TimelineRow("F", (entry("2010-05-05"), entry("2012-07-01")))])
    assert not [shape for shape in all_shapes(scene.shapes) if isinstance(shape, Line) and shape.stroke == RULE][1:]
    assert "span of an inexact date" not in drawn_texts(scene)


def test_legend_names_what_is_drawn_and_only_that():
    scene = timeline([TimelineRow("F", (entry("2010", "Asia"), entry("2011", "", "exit")))])
    words = drawn_texts(scene)
    assert "Asia" in words
    assert "exit" in words
    assert "re-entry (underlined)" not in words
    assert "founding (first possible day)" not in words


def test_description_tells_what_the_picture_tells():
    rows = [TimelineRow("A", (entry("2010"), entry("2012", "Asia"), entry("2013", kind="exit"))), TimelineRow("B", ())]
    assert timeline(rows).description == (
        "2 cases, 2 entries and 1 exit from 2010 to 2013. Region: Asia 1, Europe 1. No dated event: B."
    )


@pytest.mark.parametrize("rows", [[], [TimelineRow("A", ())]])
def test_without_dates_it_says_so(rows):
    scene = timeline(rows, width_mm=85)
    assert scene.empty
    assert " ".join(drawn_texts(scene)) == "No dated founding, entry or exit is on record."
    assert_readable(scene)


def test_a_mistyped_year_is_reported_rather_than_drawn():
    with pytest.raises(InputError, match="from 215 to 2015"):
        timeline([TimelineRow("F", (entry("0215"), entry("2015")))])


def test_rows_of_a_study_are_in_the_order_of_founding():
    snapshot = Snapshot.of(
        cases=[
            Case("old", {"founded": "1990"}),
            Case("none"),
            Case("new", {"founded": "2001"}),
            Case("unknown", {"founded": "?"}),
        ],
        events=[
            Event("1", "new", "entry", "DEU", date("2003")),
            Event("2", "new", "founding", "", date("1980")),
            Event("3", "unknown", "entry", "FRA", date("1995"), mode="export"),
            Event("4", "old", "entry", "FRA"),
            Event("5", "old", "fair", "FRA", date("1991")),
        ],
    )
    rows = timeline_rows(snapshot, lambda event: "EU", place_name=str.lower)
    assert [row.label for row in rows] == ["new", "old", "unknown", "none"]
    assert rows[2].marks == (TimelineMark("entry", date("1995"), "EU", "entry, fra, 1995, export"),)
    assert [mark.kind for mark in rows[1].marks] == ["founding"]


def test_case_names_are_in_the_titles_in_full():
    name = "A name that is far too long to stand at the left of a row of a figure"
    scene = timeline([TimelineRow(name, (entry("2010"),))], width_mm=85)
    assert name in titles(scene)
    assert any("…" in text for text in drawn_texts(scene))


def test_the_33_firms_of_yang_and_stoian(shared):
    folder = shared / "data" / "published"
    with (folder / "yang_stoian_entries.csv").open(encoding="utf-8") as file:
        printed = list(csv.DictReader(file))
    cases = [Case(f"BG {number}") for number in range(1, 34)]
    events = [
        Event(str(n), f"BG {row['bg']}", "entry", row["iso3"], date(row["year"])) for n, row in enumerate(printed)
    ]
    rows = timeline_rows(Snapshot.of(cases=cases, events=events), lambda event: event.place)
    for width in WIDTHS:
        scene = timeline(rows, width_mm=width)
        assert_readable(scene)
        assert scene.description.startswith("33 cases, 168 entries and 0 exits from 1997 to 2019.")
        assert sum(": entry" in title or ": " in title for title in titles(scene)) == 168
        assert to_png(scene, dpi=72).startswith(b"\x89PNG")


def test_pages_of_one_timeline_share_years_and_colours():
    rows = [
        TimelineRow("A", (entry("1990", "Asia"),)),
        TimelineRow("B", (entry("2010", "Europe"), entry("2011", "Europe"))),
    ]
    first, second = (timeline([row], among=rows) for row in rows)
    assert [text for text in drawn_texts(first) if text.isdigit()] == [
        text for text in drawn_texts(second) if text.isdigit()
    ]
    assert {"Asia", "Europe"} <= set(drawn_texts(first)) & set(drawn_texts(second))
