"""The data structure: what counts where, and that its figure can be read however long its labels are."""

from __future__ import annotations

from crosscase.core import Case, Code, Coding, Quotation, Snapshot
from crosscase.evidence.datastructure import DataStructure, data_structure
from crosscase.figures.datastructure import data_structure_figure, pages
from crosscase.figures.png import to_png
from crosscase.figures.scene import MM, Group
from crosscase.figures.svg import to_svg
from crosscase.reports.formats.docx import figure_docx
from crosscase.reports.tables import data_structure_table
from figures.layout import all_shapes, assert_readable, drawn_texts, titles
from web.study import synthetic


def study(codes: list[Code], codings: list[tuple[str, str]] = (), cases: int = 2) -> Snapshot:
    """Codes, and codings as (code, case)."""
    return Snapshot.of(
        cases=[Case(f"F{number}") for number in range(1, cases + 1)],
        codes=codes,
        quotations=[Quotation(f"q{n}", locator="p. 1", case=case) for n, (_, case) in enumerate(codings)],
        codings=[Coding(f"k{n}", f"q{n}", code) for n, (code, _) in enumerate(codings)],
    )


def found(structure: DataStructure) -> dict[str, tuple[int, tuple[str, ...]]]:
    return {one.code: (one.codings, one.cases) for one in structure.boxes()}


def test_a_box_counts_the_codings_and_cases_of_all_codes_under_it() -> None:
    structure = data_structure(synthetic())
    # chance and fair have one coding each, start itself one, all of firm F1; nothing under follow
    assert found(structure) == {
        "growth": (3, ("F1",)),
        "start": (3, ("F1",)),
        "chance": (1, ("F1",)),
        "fair": (1, ("F1",)),
        "follow": (0, ()),
    }
    assert structure.free == ("evil",)
    assert structure.rows()[0] == ("Growth abroad", "How it begins", "Chance order", 1, 1)


def test_levels_and_not_depth_decide_and_what_is_between_is_passed_over() -> None:
    codes = [
        Code("c", "Concept", "f", "concept"),
        Code("d", "Dimension", "", "dimension"),
        Code("f", "Free", "d", "free"),
        Code("s", "Concept under a concept", "c", "concept"),
        Code("x", "In a circle", "y", "concept"),
        Code("y", "The circle", "x", "theme"),
        Code("lone", "Theme of no dimension", "gone", "theme"),
    ]
    structure = data_structure(study(codes, [("s", "F1"), ("f", "F2")]))
    assert [one.code for one in structure.roots] == ["d", "y", "lone"]
    assert [one.code for one in structure.roots[0].below] == ["c", "s"]
    assert found(structure)["d"] == (2, ("F1", "F2"))
    assert found(structure)["c"] == (1, ("F1",))


def test_the_figure_leads_to_the_quotations_and_names_the_cases() -> None:
    scene = data_structure_figure(data_structure(synthetic()), address=lambda code: f"/quotations?code={code}")
    groups = {one.title: one.href for one in all_shapes(scene.shapes) if isinstance(one, Group)}
    assert groups["How it begins (theme): 3 codings; cases: F1"] == "/quotations?code=start"
    assert "3 codings, 1 of 2 cases: F1" in drawn_texts(scene)
    assert "no coding yet" in drawn_texts(scene)
    svg = to_svg(scene)
    assert '<a href="/quotations?code=start">' in svg
    assert 'role="group"' in svg  # an img would hide its links from a screen reader
    assert 'role="img"' in to_svg(data_structure_figure(data_structure(synthetic())))


def test_long_labels_are_wrapped_and_nothing_covers_anything() -> None:
    long = (
        "What the founders say they had learned before the first order came in from a country they had never thought of"
    )
    codes = [Code("d", long, "", "dimension"), Code("t", long, "d", "theme"), Code("t2", long, "d", "theme")]
    codes += [Code(f"c{n}", f"{long} {n}" if n % 2 else f"{n}", "t" if n < 7 else "d", "concept") for n in range(9)]
    codings = [(f"c{n}", f"F{m}") for n in range(9) for m in range(1, 30)]
    scene = data_structure_figure(data_structure(study(codes, codings, cases=40)))
    assert scene.width == 170 * MM
    assert_readable(scene)
    words = " ".join(drawn_texts(scene))
    assert words.replace("…", "").count("never thought of") == 7  # three above, four of the nine concepts
    assert any("F29" in title for title in titles(scene))


def test_markup_in_a_name_is_text_and_an_empty_study_says_so() -> None:
    svg = to_svg(data_structure_figure(data_structure(study([Code("x", "<script>1</script>", "", "theme")]))))
    assert "<script" not in svg
    empty = data_structure_figure(data_structure(study([])))
    assert empty.empty
    assert not pages(data_structure(study([])))


def test_pages_keep_dimensions_whole() -> None:
    codes = [Code(f"d{n}", f"Dimension {n}", "", "dimension") for n in range(6)]
    codes += [Code(f"c{n}-{m}", "A concept", f"d{n}", "concept") for n in range(6) for m in range(9)]
    structure = data_structure(study(codes))
    parts = pages(structure)
    assert [len(part.roots) for part in parts] == [2, 2, 2]
    assert all(data_structure_figure(part).height <= 225 * MM for part in parts)


def test_it_is_written_for_word() -> None:
    structure = data_structure(synthetic())
    picture = to_png(data_structure_figure(structure), dpi=40)
    made = figure_docx("Data structure", "Counts.", picture, data_structure_table(structure))
    assert made == figure_docx("Data structure", "Counts.", picture, data_structure_table(structure))
    import io

    import docx

    document = docx.Document(io.BytesIO(made))
    assert len(document.inline_shapes) == 1
    assert [cell.text for cell in document.tables[0].rows[2].cells] == ["Trade fair", "", "", "1", "1"]
