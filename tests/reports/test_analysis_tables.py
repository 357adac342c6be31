"""The tables of analyses, read back from what is written."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import pytest

from crosscase.engines import sem
from crosscase.engines.qca import Anchor, SetData, calibrate, minimize, necessary_conditions, truth_table
from crosscase.reports.formats.html import table_html
from crosscase.reports.tables import qca
from crosscase.reports.tables import sem as tables
from tests.engines.qca.lipset import CASES, CONDITIONS, FUZZY, OUTCOME

DEMOCRACY = Path(__file__).parents[1] / "engines" / "sem" / "political_democracy.csv"


@pytest.fixture(scope="module")
def table():
    return truth_table(SetData.from_columns(FUZZY, cases=CASES), OUTCOME, CONDITIONS, incl_cut=0.8)


@pytest.fixture(scope="module")
def democracy():
    with DEMOCRACY.open() as file:
        rows = list(csv.DictReader(file))
    return {name: [float(row[name]) for row in rows] for name in rows[0] if name}


@pytest.fixture(scope="module")
def fit(democracy):
    model = """
    ind60 =~ x1 + x2 + x3
    dem60 =~ y1 + y2 + y3 + y4
    dem65 =~ y5 + y6 + y7 + y8
    dem60 ~ ind60
    dem65 ~ ind60 + dem60
    y1 ~~ y5
    y2 ~~ y4 + y6
    y3 ~~ y7
    y4 ~~ y8
    y6 ~~ y8
    """
    return sem.fit(model, democracy)


def read_back(table):
    """The table as its html says it: label of the row -> cells."""
    from lxml import html

    root = html.fromstring(str(table_html(table)))
    for note in root.xpath("//sup"):
        note.drop_tree()
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")] for row in root.xpath("//tbody/tr")
    ]


# -- QCA ---------------------------------------------------------------------------------------------------------------


def test_the_truth_table_has_positive_rows_first_and_marks_what_was_built_on(table):
    made = qca.truth_table_table(table, built_on={"BE"}, left_out={"XX": "no data for URB"})
    rows = read_back(made)
    assert rows[0] == ["32", "1", "1", "1", "1", "1", "1", "4", "0.904", "0.886", "BE*, CZ, NL, UK"]
    assert [row[6] for row in rows] == ["1", "1"] + ["0"] * 7
    assert "Left out: XX (no data for URB)." in made.notes
    assert any(note.startswith("* The claim was built on this case") for note in made.notes)
    assert len(qca.truth_table_table(table, complete=True).rows) == 32


def test_the_chart_as_a_table(table):
    solution = minimize(table, "intermediate", directional="DEV,URB,LIT,IND,STB")
    texts = {row[0]: row[1:] for row in qca.fiss_table(solution, names={"STB": "Stable government"}).texts()}
    assert texts["DEV"] == ["•", "●"]
    assert texts["URB"] == ["●", ""]
    assert texts["IND"] == ["", "⊗"]
    assert texts["Stable government"] == ["●", "•"]
    assert texts["Unique coverage"] == ["0.378", "0.191"]
    assert texts["Solution coverage"] == ["0.660", ""]


def test_a_conservative_solution_has_no_core(table):
    made = qca.fiss_table(minimize(table))
    assert {cell for row in made.texts()[:5] for cell in row[1:]} == {"●", "⊗"}
    assert "core" not in made.notes[0]


def test_the_solution_names_its_terms_and_cases(table):
    solution = minimize(table, "intermediate", directional="DEV,URB,LIT,IND,STB")
    rows = qca.solution_table(solution).texts()
    assert rows[1] == ["1", "DEV*LIT*~IND*STB", "0.814", "0.721", "0.282", "0.191", "FI, IE"]
    assert rows[2][1].endswith("=> SURV")


def test_an_ambiguous_solution_says_so():
    rows = [(0, 0, 1), (0, 1, 0), (0, 1, 1), (1, 0, 0), (1, 0, 1), (1, 1, 0), (0, 0, 0), (1, 1, 1)]
    columns = {name: [row[place] for row in rows] for place, name in enumerate("ABC")}
    solution = minimize(truth_table(SetData.from_columns({**columns, "Y": [1] * 6 + [0] * 2}), "Y", list("ABC")))
    assert any("2 models fit equally well" in note for note in qca.solution_table(solution).notes)
    assert any("2 models fit equally well" in note for note in qca.fiss_table(solution).notes)


def test_no_data_stays_no_data():
    found = calibrate(
        "DEV", ["A", "B", "X"], [300.0, 900.0, math.nan], "direct", [Anchor(400, "", "a gap"), 550.0, 900.0]
    )
    made = qca.calibration_table([found])
    assert made.texts()[2] == ["X", "no data", "no data"]
    assert made.rows[2][1].state == "no data"
    assert "full exclusion 400, a gap; crossover 550, no reason recorded" in made.notes[0]


def test_necessity_says_its_relevance(table):
    made = qca.necessity_table(necessary_conditions(table.data, OUTCOME, CONDITIONS, incl_cut=0.9, depth=1))
    assert made.texts()[0] == ["LIT", "0.991", "0.509", "0.643"]
    nothing = qca.necessity_table(necessary_conditions(table.data, OUTCOME, CONDITIONS, incl_cut=0.999, depth=1))
    assert nothing.missing.startswith("Nothing is necessary for SURV")


# -- SEM ---------------------------------------------------------------------------------------------------------------


def test_numbers_are_set_as_journals_set_them():
    assert [tables.p_value(value) for value in (0.00099, 0.001, 0.0496, 1.0, None)] == [
        "< .001", ".001", ".050", "1.000", "–",
    ]  # fmt: skip
    assert [tables.bounded(value) for value in (-0.5, 0.999, 1.04, 0.0)] == ["−.50", "1.00", "1.04", ".00"]


def test_the_parameters_carry_lavaans_numbers(fit):
    """PoliticalDemocracy by lavaan 0.6-14: dem65 ~ ind60 0.57234 (0.22131), z 2.586, p .0097, [0.1386, 1.0061], 0.18226."""
    rows = {row[1]: row for row in read_back(tables.parameter_table(fit))}
    assert rows["ind60 → dem65"] == [
        "Paths", "ind60 → dem65", "0.572", "0.221", "2.59", ".010", "[0.14, 1.01]", ".18",
    ]  # fmt: skip
    assert rows["ind60 → dem60"][5] == "< .001"
    assert rows["ind60 → x1"][3] == "–"


def test_the_fit_table_has_no_zero_before_the_point(fit):
    made = tables.fit_table({"full": fit})
    row = dict(zip([column.label for column in made.columns], made.texts()[0], strict=True))
    assert row["df"] == "35"
    assert row["CFI"] == f"{fit.fit_measures['cfi']:.3f}"[1:]
    assert row["RMSEA"].startswith(".")
    assert made.rows[0][4].value == pytest.approx(fit.fit_measures["cfi"])


def test_roots_of_ave_stand_on_the_diagonal(fit):
    found = sem.validity(fit)
    made = tables.correlation_table(fit, found)
    texts = made.texts()
    for place, factor in enumerate(found.factors):
        assert texts[place][3 + place] == f"({tables.bounded(math.sqrt(factor.ave))})"
    assert texts[2][3] == tables.bounded(
        next(p.correlation for p in found.pairs if {p.first, p.second} == {"ind60", "dem65"})
    )
    assert [row[-1] for row in tables.validity_table(found).texts()] == [
        "held" if one.fornell_larcker else "not held" for one in found.factors
    ]


def test_invariance_gives_the_differences(democracy):
    data = {**democracy, "half": ["first" if place % 2 else "second" for place in range(75)]}
    found = sem.invariance("ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + y2 + y3 + y4", data, group="half")
    texts = tables.invariance_table(found).texts()
    assert [row[0] for row in texts] == ["configural", "metric", "scalar", "strict"]
    assert texts[0][6:9] == ["–", "–", "–"]
    assert texts[1][7] == "5"  # seven items of two factors: 2 + 3 loadings held equal
    assert texts[1][6] == f"{found.steps[1].delta_chisq:.2f}"


def test_indirect_effects_name_their_paths(fit):
    texts = tables.effects_table(sem.effects(fit), names={"dem60": "Democracy 1960"}).texts()
    assert ["ind60 → Democracy 1960 → dem65", "specific indirect"] in [row[:2] for row in texts]


def test_a_fit_without_estimates_says_so(democracy):
    import dataclasses

    fit = sem.fit("f =~ x1 + x2 + x3", democracy)
    failed = dataclasses.replace(fit, optimum=dataclasses.replace(fit.optimum, converged=False))
    made = tables.parameter_table(failed)
    assert not made.rows
    assert "did not converge" in made.missing
    assert tables.fit_table({"f": failed}).texts()[0][1] == "–"


def test_a_spreadsheet_gets_the_full_number(fit):
    from crosscase.reports.formats.csv import table_csv

    text = table_csv(tables.fit_table({"full": fit}))
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig") if isinstance(text, bytes) else text)))
    assert any(cell.startswith(str(fit.fit_measures["cfi"])[:8]) for row in rows for cell in row)


def test_latex_needs_no_sign_that_its_fonts_have_not(table, fit):
    """With T1 and UTF-8 pdfLaTeX sets Latin letters, dashes and quotation marks; signs and Greek must be commands."""
    from crosscase.reports.formats.latex import table_latex

    solution = minimize(table, "intermediate", directional="DEV,URB,LIT,IND,STB")
    found = sem.validity(fit)
    made = [
        qca.fiss_table(solution),
        qca.truth_table_table(table),
        tables.parameter_table(fit),
        tables.fit_table({"full": fit}),
        tables.validity_table(found),
        tables.correlation_table(fit, found),
        tables.effects_table(sem.effects(fit)),
        tables.invariance_table(sem.compare({"full": fit})),
    ]
    for one in made:
        strange = {sign for sign in table_latex(one) if ord(sign) > 0x17F} - set("–—‘’“”…")
        assert not strange, one.id
    chart = table_latex(made[0])
    assert r"{\tiny$\bullet$}" in chart
    assert r"$\otimes$" in chart
