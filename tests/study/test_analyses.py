"""Analyses of a study from the file to the result and back, in Python and on the command line."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from crosscase.cli import main
from crosscase.core import Analysis, Case, Claim, Construct, Snapshot, Survey, Table, Variable
from crosscase.core import Study as Head
from crosscase.core.errors import InputError, NotFoundError
from crosscase.evidence import Ledger
from crosscase.evidence.analyses import of_claim
from crosscase.figures.scene import Text
from crosscase.study import Study
from tests.engines.qca.lipset import CASES, CONDITIONS, FUZZY, GNP, OUTCOME

DEMOCRACY = Path(__file__).parents[1] / "engines" / "sem" / "political_democracy.csv"
MODEL = """
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
BUILT_ON = ("BE", "FI", "AU")


def the_snapshot() -> Snapshot:
    """Lipset's countries with one more without data; the survey is PoliticalDemocracy."""
    names = [*CONDITIONS, OUTCOME]
    cases = [
        Case(case, {"gnp": str(GNP[place]), **{name.lower(): str(FUZZY[name][place]) for name in names}})
        for place, case in enumerate(CASES)
    ]
    constructs = [
        Construct(name, drawn_from="variable", of=(name.lower(),), calibrate={"method": "membership"}) for name in names
    ]
    with DEMOCRACY.open() as file:
        rows = list(csv.DictReader(file))
    survey = Survey("pd", columns={name: tuple(float(row[name]) for row in rows) for name in rows[0] if name})
    specification = {
        "outcome": OUTCOME,
        "conditions": CONDITIONS,
        "incl_cut": 0.8,
        "solution": "intermediate",
        "directional": CONDITIONS,
    }
    return Snapshot.of(
        study=Head("Democracy", variables=tuple(Variable(name.lower(), "number") for name in (*names, "gnp"))),
        cases=[*cases, Case("XX", {"gnp": "500"})],
        constructs=constructs,
        claims=[
            Claim("C1", "What is enough", "set relation", "DEV*LIT*STB => SURV", built_on=BUILT_ON),
            Claim("C2", "Through", "mechanism", "industry -> early -> late"),
            Claim("C3", "What is needed", "set relation", "LIT <= SURV", built_on=BUILT_ON),
            Claim("C4", "Slope", "association", "gnp -> surv"),
        ],
        surveys=[survey],
        analyses=[
            Analysis("sets", "qca", "Survival of democracy", "C1", specification),
            Analysis(
                "model",
                "sem",
                "Industrialization and democracy",
                "C2",
                {
                    "survey": "pd",
                    "model": MODEL,
                    "constructs": {"industry": "ind60", "early": "dem60", "late": "dem65"},
                },
            ),
            Analysis("slope", "regression", "Slope", "C4", {"outcome": "surv", "predictors": ["gnp"]}),
        ],
    )


def opened(place: Path):
    made = Study.create(place, Head("x"))
    made.save(the_snapshot(), "a test")
    return made


@pytest.fixture
def study(tmp_path):
    with opened(tmp_path / "study.crosscase") as made:
        yield made


@pytest.fixture(params=["folder", "study.crosscase"])
def kept(request, tmp_path):
    """Where a study is kept must make no difference."""
    with opened(tmp_path / request.param) as made:
        yield made


def test_a_qca_is_run_kept_and_read_back(kept, tmp_path):
    """The terms and their fit are those of R QCA 3.25.1 on Lipset's fuzzy data (docs of the engine)."""
    done = kept.analyse("sets")
    with Study.open(min(tmp_path.iterdir())) as again:
        saved = again.snapshot.analyses["sets"]
        assert [one.state for one in again.analyses() if one.id == "sets"] == ["current"]
    assert saved.inputs_hash == done.analysis.inputs_hash
    model = saved.result["solution"]["models"][0]
    assert [term["term"] for term in model["terms"]] == ["DEV*URB*LIT*STB", "DEV*LIT*~IND*STB"]
    assert [round(term["covU"], 3) for term in model["terms"]] == [0.378, 0.191]
    assert saved.result["left_out"] == {"XX": "no data for DEV, URB, LIT, IND, STB, SURV"}
    assert "XX" not in saved.result["cases"]
    chart = next(table for table in done.tables if table.id.startswith("qca-chart"))
    assert chart.texts()[-4][1] == "BE*, CZ, NL, UK"
    assert {"xy", "chart", "necessity", "configurations"} <= set(done.figures)


def test_the_relation_that_a_claim_states_is_tested_on_other_cases(study):
    """Worked by hand below from the memberships: consistency is the sum of min(x, y) over the sum of x."""
    study.analyse("sets")
    said = of_claim(study.ledger, "C1")[0]
    x = [min(FUZZY[name][place] for name in ("DEV", "LIT", "STB")) for place in range(18)]
    y = FUZZY[OUTCOME]
    rows = [place for place, case in enumerate(CASES) if case not in BUILT_ON]
    for numbers, those in ((said.numbers, range(18)), (said.on_others, rows)):
        shared = sum(min(x[place], y[place]) for place in those)
        assert numbers["consistency"] == pytest.approx(shared / sum(x[place] for place in those), abs=1e-12)
        assert numbers["coverage"] == pytest.approx(shared / sum(y[place] for place in those), abs=1e-12)
    assert said.on_others["n"] == 15
    assert said.deviant == tuple(c for c, a, b in zip(CASES, x, y, strict=True) if a > 0.5 and b < 0.5)
    assert set(said.deviant_built_on) == set(said.deviant) & set(BUILT_ON)


def test_a_necessary_condition_is_measured_as_one(study):
    analyses = [
        Analysis("need", "qca", "", "C3", {"outcome": OUTCOME, "conditions": ["LIT", "STB"], "incl_cut": 0.6}),
    ]
    study.save(study.snapshot.replace(analyses=Table.of(Analysis, analyses)), "one more")
    study.analyse("need")
    said = of_claim(study.ledger, "C3")[0]
    assert round(said.numbers["consistency"], 3) == 0.991  # LIT, as R QCA gives it
    assert round(said.numbers["RoN"], 3) == 0.509


def test_a_structural_model_is_run_and_answers_the_claim(kept):
    """PoliticalDemocracy by lavaan 0.6-14: paths 1.483 (0.399) and 0.837 (0.098), indirect effect 1.2418 = 1.483 × 0.8373."""
    done = kept.analyse("model")
    saved = kept.snapshot.analyses["model"]
    assert saved.result["converged"] is True
    first, second, chain = of_claim(kept.ledger, "C2")
    assert (first.about, second.about, chain.about) == (
        "industry -> early",
        "early -> late",
        "industry -> early -> late",
    )
    assert first.numbers["estimate"] == pytest.approx(1.4829997, abs=1e-6)
    assert first.numbers["se"] == pytest.approx(0.3991485, rel=1e-5)
    assert chain.numbers["estimate"] == pytest.approx(1.4829997 * 0.8373443, abs=1e-5)
    assert chain.numbers["lower"] < chain.numbers["estimate"] < chain.numbers["upper"]
    assert [table.id for table in done.tables] == [
        "sem-parameters", "sem-fit", "sem-validity", "sem-correlations", "sem-effects",
    ]  # fmt: skip


def test_a_regression_over_the_cases(study):
    """The slope is the covariance over the variance, by hand."""
    study.analyse("slope")
    y = FUZZY[OUTCOME]
    mx, my = sum(GNP) / 18, sum(y) / 18
    slope = sum((a - mx) * (b - my) for a, b in zip(GNP, y, strict=True)) / sum((a - mx) ** 2 for a in GNP)
    said = of_claim(study.ledger, "C4")[0]
    assert said.numbers["estimate"] == pytest.approx(slope, rel=1e-9)


def test_a_slope_is_estimated_apart_on_the_cases_that_the_claim_was_built_on(study):
    """By hand: covariance over variance on each part of the countries."""
    claims = [replace(one, built_on=CASES[:6]) for one in study.snapshot.claims]
    study.save(study.snapshot.replace(claims=Table.of(Claim, claims)), "built on six")
    study.analyse("slope")
    said = of_claim(study.ledger, "C4")[0]
    for part, rows in ((said.on_built, range(6)), (said.on_others, range(6, 18))):
        x, y = [GNP[row] for row in rows], [FUZZY[OUTCOME][row] for row in rows]
        mx, my = sum(x) / len(x), sum(y) / len(y)
        slope = sum((a - mx) * (b - my) for a, b in zip(x, y, strict=True)) / sum((a - mx) ** 2 for a in x)
        assert part["estimate"] == pytest.approx(slope, rel=1e-9)
    assert said.on_built["n"] == 6
    assert said.apart == ""


def test_what_cannot_be_told_apart_is_said(study):
    claims = [replace(one, built_on=("BE",)) for one in study.snapshot.claims]
    study.save(study.snapshot.replace(claims=Table.of(Claim, claims)), "built on one")
    study.analyse("slope")
    study.analyse("model")
    assert "on the 1 rows of the cases it was built from" in of_claim(study.ledger, "C4")[0].apart
    assert "nothing links the respondents of the survey pd to cases" in of_claim(study.ledger, "C2")[0].apart


def test_a_group_difference_is_run_kept_and_tested_on_other_cases(kept):
    """LIT in (above 0.5) against LIT out: means by hand; 18 cases have too many regroupings to look at all."""
    claim = Claim("C5", "More literate, longer survival", "association", "LIT -> SURV", built_on=BUILT_ON)
    analysis = Analysis("groups", "group difference", "Literacy", "C5", {"seed": 3})
    thresholds = [
        replace(one, calibrate={"method": "membership", "threshold": 0.5}) for one in kept.snapshot.constructs
    ]
    kept.save(
        kept.snapshot.replace(
            claims=Table.of(Claim, [*kept.snapshot.claims, claim]),
            analyses=Table.of(Analysis, [*kept.snapshot.analyses, analysis]),
            constructs=Table.of(Construct, thresholds),
        ),
        "one more",
    )
    done = kept.analyse("groups")
    said = of_claim(kept.ledger, "C5")[0]
    y, x = FUZZY[OUTCOME], FUZZY["LIT"]
    for numbers, rows in (
        (said.numbers, range(18)),
        (said.on_others, [place for place, case in enumerate(CASES) if case not in BUILT_ON]),
    ):
        inside = [y[row] for row in rows if x[row] > 0.5]
        outside = [y[row] for row in rows if x[row] <= 0.5]
        assert numbers["mean with"] == pytest.approx(sum(inside) / len(inside))
        assert numbers["mean without"] == pytest.approx(sum(outside) / len(outside))
        assert numbers["n"] == len(rows)
        assert 0 < numbers["p (two-sided)"] < 0.05
    assert [one.state for one in kept.analyses() if one.id == "groups"] == ["current"]
    assert done.tables[0].id == "group-difference"
    verdict = kept.ledger.verdict("C5")
    assert verdict.analyses == (said,)
    assert verdict.to_dict()["analyses"][0]["on_others"]["n"] == 15


def test_a_group_difference_needs_a_condition_and_an_outcome(study):
    for specification, error in (
        ({"expression": "LIT => SURV"}, InputError),
        ({"expression": "LIX -> SURV"}, NotFoundError),
    ):
        row = Analysis("groups", "group difference", specification=specification)
        study.save(study.snapshot.replace(analyses=Table.of(Analysis, [row])), "another")
        with pytest.raises(error):
            study.analyse("groups")


def test_a_result_becomes_stale_and_the_check_says_so(kept):
    assert {one.state for one in kept.analyses()} == {"not run"}
    kept.analyse("sets")
    kept.analyse("model")
    assert not kept.check(["R708"]).all
    cases = [Case(one.id, {**one.attributes, "lit": "0.2"}) if one.id == "SE" else one for one in kept.snapshot.cases]
    kept.save(kept.snapshot.replace(cases=Table.of(Case, cases)), "a correction")
    assert [(one.id, one.state) for one in kept.analyses()] == [
        ("sets", "stale"),
        ("model", "current"),
        ("slope", "not run"),
    ]
    assert [one.subject.id for one in kept.check(["R708"]).all] == ["sets"]
    kept.analyse("sets")
    assert not kept.check(["R708"]).all


def test_the_same_result_twice(study):
    assert study.analyse("sets").to_dict() == study.analyse("sets").to_dict()


def test_without_a_solution_the_truth_table_stands(study):
    analysis = Analysis("high", "qca", specification={"outcome": OUTCOME, "conditions": ["URB"], "incl_cut": 0.99})
    study.save(study.snapshot.replace(analyses=Table.of(Analysis, [analysis])), "one more")
    done = study.analyse("high")
    assert "solution" not in done.result
    assert done.result["truth_table"]["rows"]
    assert any("no row is consistent enough" in warning for warning in done.warnings)


@pytest.mark.parametrize(
    ("analysis", "error", "words"),
    [
        (Analysis("x", "survival"), NotFoundError, "qca"),
        (Analysis("x", "qca", specification={"outcome": OUTCOME, "conditions": ["LIT"], "directonal": "LIT"}), NotFoundError, "directional"),
        (Analysis("x", "sem", specification={"survey": "pd"}), InputError, "no model"),
        (Analysis("x", "regression", specification={"survey": "pd"}), InputError, "no outcome"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_kept(study, analysis, error, words):
    study.save(study.snapshot.replace(analyses=Table.of(Analysis, [analysis])), "one more")
    with pytest.raises(error, match=words):
        study.analyse("x")
    assert study.snapshot.analyses["x"].result is None


def test_simulated_data_are_said_to_be_so(study):
    surveys = [replace(one, extra={"simulated": True}) for one in study.snapshot.surveys]
    study.save(study.snapshot.replace(surveys=Table.of(Survey, surveys)), "marked")
    done = study.analyse("model")
    assert all(table.notes[0] == "Simulated data." for table in done.tables)
    assert all(one.simulated for one in done.said)


def test_a_logit_of_survey_items_with_a_scale(study):
    """The scale is made, the reversed item in it, and the table says the term."""
    survey = Survey(
        "short",
        columns={
            "q1": tuple(float(place % 5 + 1) for place in range(40)),
            "q2": tuple(float((place * 3) % 5 + 1) for place in range(40)),
            "went": tuple(float((place * 7) % 11 > 4) for place in range(40)),
        },
    )
    specification = {
        "survey": "short",
        "outcome": "went",
        "predictors": ["drive"],
        "scales": {"drive": ["q1", "-q2"]},
        "range": [1, 5],
    }
    rows = [Analysis("went", "logit", specification=specification)]
    study.save(study.snapshot.replace(surveys=Table.of(Survey, [survey]), analyses=Table.of(Analysis, rows)), "a logit")
    done = study.analyse("went")
    assert [one["term"] for one in done.result["coefficients"]][-1] == "drive"
    assert done.tables[0].texts()[-1][1] == "drive"
    assert done.result["n"] == 40


# -- the command -------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    opened(tmp_path / "study").close()
    return tmp_path / "study"


def run(capfd, *arguments):
    status = main(["analyse", *map(str, arguments)])
    captured = capfd.readouterr()
    return status, captured.out, captured.err


def test_the_command_lists_runs_and_writes(folder, tmp_path, capfd):
    status, out, _ = run(capfd, folder)
    assert status == 1
    assert "not run" in out
    status, out, err = run(capfd, folder, "sets", "--out", tmp_path / "out")
    assert status == 0
    assert "DEV*URB*LIT*STB" in out
    written = {file.name for file in (tmp_path / "out" / "sets").iterdir()}
    assert {"qca-truth-table.docx", "qca-chart-intermediate.tex", "xy.svg", "xy.png"} <= written
    assert str(tmp_path / "out" / "sets" / "xy.svg") in err
    status, out, _ = run(capfd, folder, "--all", "--format", "json")
    assert status == 0
    assert [one["id"] for one in json.loads(out)["analyses"]] == ["model", "slope"]
    status, out, _ = run(capfd, folder, "--format", "json")
    assert status == 0
    assert {one["state"] for one in json.loads(out)["analyses"]} == {"current"}


def test_the_command_says_what_is_wrong(folder, capfd):
    status, out, err = run(capfd, folder, "seds")
    assert (status, out) == (2, "")
    assert "sets" in err
    assert "Traceback" not in err


def test_the_example_of_the_documentation_runs(tmp_path):
    """Its pictures in docs/pictures are these figures."""
    import shutil

    from crosscase.figures import to_svg

    docs = Path(__file__).parents[2] / "docs"
    shutil.copytree(docs / "examples" / "democracy", tmp_path / "democracy")
    with Study.open(tmp_path / "democracy") as made:
        sets, model = made.analyse("sets"), made.analyse("model")
    for name, scene in sets.figures.items():
        assert to_svg(scene) == (docs / "pictures" / f"qca-{name}.svg").read_text(), name
    assert to_svg(model.figures["path-diagram"]) == (docs / "pictures" / "sem-path-diagram.svg").read_text()
    page = (docs / "analyses.md").read_text()
    assert f"consistency {sets.said[0].on_others['consistency']:.3f}" in page


# -- tables and figures that are kept, and what a report shows of them ----------------------------------------------------


def test_tables_and_figures_are_kept_as_they_were_made(kept):
    from crosscase.study.analyses.paper import kept_paper

    for id in ("sets", "model", "slope"):
        done = kept.analyse(id)
        paper = kept_paper(kept.snapshot.analyses[id].result)
        assert paper.tables == done.tables
        assert paper.figures == done.figures


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", '{"version": 9, "tables": [], "figures": {}}', '{"version": 1, "tables": [1], "figures": {}}',
        '{"version": 1, "tables": [{"is": "Popen"}], "figures": {}}',
        '{"version": 1, "tables": [], "figures": {"x": {"is": "Line"}}}',
        '{"version": 1, "tables": [], "figures": {"x": {"is": "Scene", "width": "wide", "height": 1, "shapes": [], "title": ""}}}',
    ],
)  # fmt: skip
def test_what_is_no_paper_is_refused_in_words(text):
    from crosscase.study.analyses.paper import kept_paper

    with pytest.raises(InputError, match="run the analysis again"):
        kept_paper({"paper": text})
    with pytest.raises(InputError, match="run the analysis again"):
        kept_paper({})


def test_the_solutions_stand_side_by_side(study):
    """Conservative and parsimonious solution of Lipset's fuzzy data at 0.8, as R QCA 3.25.1 gives them."""
    result = study.analyse("sets").result
    others = {kind: one["models"] for kind, one in result["other_solutions"].items()}
    assert {kind: [model["expression"] for model in models] for kind, models in others.items()} == {
        "conservative": ["DEV*URB*LIT*IND*STB + DEV*~URB*LIT*~IND*STB"],
        "parsimonious": ["DEV*~IND + URB*STB"],
    }


def test_a_report_shows_current_analyses_and_says_of_the_others_why_not(study, tmp_path):
    study.analyse("sets")
    study.analyse("model")
    claims = [
        replace(one, built_on=("BE",)) if one.id == "C1" else one for one in study.snapshot.claims
    ]  # what the fit on the other cases stands on
    study.save(study.snapshot.replace(claims=Table.of(Claim, claims)), "a claim was built on fewer cases")
    report = study.build(tmp_path / "out", readers="team")
    written = {one.path for one in report.files}
    for name in ("tables/analysis-model-sem-parameters.docx", "figures/analysis-model-path-diagram.png"):
        assert name in written
    assert not [name for name in written if "analysis-sets" in name or "analysis-slope" in name]
    page = report.page.read_text()
    assert "1 of 3 saved analyses current." in page
    with (tmp_path / "out" / "tables" / "analyses.csv").open(encoding="utf-8-sig") as file:
        assert {row["Analysis"]: row["Result"] for row in csv.DictReader(file)} == {
            "Survival of democracy": "stale",
            "Industrialization and democracy": "current",
            "Slope": "not run",
        }
    study.analyse("sets")
    team = tmp_path / "team"
    written = {one.path for one in study.build(team, readers="team").files}
    assert {
        f"tables/analysis-sets-qca-truth-table.{form}" for form in ("csv", "xlsx", "docx", "tex", "html")
    } <= written
    figures = ("chart", "xy", "necessity", "configurations", "venn")
    assert {f"figures/analysis-sets-{name}.svg" for name in figures} <= written
    truth = (team / "tables" / "analysis-sets-qca-truth-table.csv").read_text(encoding="utf-8-sig")
    assert "BE*, CZ, NL, UK" in truth
    assert "FI, IE" in truth


def test_a_report_that_is_shared_says_of_an_analysis_what_names_no_case(study, tmp_path):
    """The figures of single countries are kept in the team, so what the analysis rests on is not in the report."""
    study.analyse("sets")
    out = tmp_path / "out"
    written = {one.path for one in study.build(out).files}
    assert {"tables/analysis-sets-qca-solution-intermediate.csv", "figures/analysis-sets-chart.svg"} <= written
    for name in (
        "tables/analysis-sets-qca-truth-table.csv",
        "figures/analysis-sets-xy.svg",
        "figures/analysis-sets-venn.svg",
    ):
        assert name not in written
    solution = (out / "tables" / "analysis-sets-qca-solution-intermediate.csv").read_text(encoding="utf-8-sig")
    assert solution.splitlines()[0] == "Model,Term,Consistency,PRI,Raw coverage,Unique coverage"
    assert "BE" not in solution.replace("DEV", "")
    assert "what shows single cases is left out" in (out / "report.html").read_text()


def test_the_choice_among_models_is_the_researchers_and_is_kept(study):
    """Y is there when one or two of three conditions are: two models cover the six rows with three terms each."""
    rows = [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    cases = [
        Case(f"c{place}", dict(zip(["a", "b", "c"], map(str, row), strict=True))) for place, row in enumerate(rows)
    ]
    cases = [replace(one, attributes={**one.attributes, "y": str(int(0 < sum(row) < 3))}) for one, row in zip(cases, rows, strict=True)]  # fmt: skip
    constructs = [
        Construct(name.upper(), drawn_from="variable", of=(name,), calibrate={"method": "membership"})
        for name in "abcy"
    ]
    specification = {"outcome": "Y", "conditions": ["A", "B", "C"]}
    snapshot = Snapshot.of(
        study=Head("Choice", variables=tuple(Variable(name, "number") for name in "abcy")),
        cases=cases, constructs=constructs, analyses=[Analysis("one", "qca", "", "", specification)],
    )  # fmt: skip
    study.save(snapshot, "another study")
    found = study.analyse("one").result["solution"]["models"]
    assert [one["expression"] for one in found] == ["A*~B + ~A*C + B*~C", "A*~C + ~A*B + ~B*C"]
    assert study.check(select=["R712"])
    chosen = {**specification, "choice": "~A*B + ~B*C + A*~C", "choice_reason": "It says what the interviews say."}
    study.save(
        study.snapshot.replace(analyses=Table.of(Analysis, [Analysis("one", "qca", "", "", chosen)])), "a choice"
    )
    done = study.analyse("one")
    assert done.result["chosen"] == {"expression": "A*~C + ~A*B + ~B*C", "reason": "It says what the interviews say."}
    chart = next(one for one in done.tables if one.id.startswith("qca-chart"))
    assert len(chart.columns) == 1 + 3
    assert done.result["solution"]["n_models"] == 2
    assert not study.check(select=["R712"])


# -- mediation, invariance, non-response -------------------------------------------------------------------------------


def with_waves() -> Snapshot:
    """The survey with a column that says who answered late, and the three other kinds of analysis on it."""
    snapshot = the_snapshot()
    survey = snapshot.surveys["pd"]
    columns = {**survey.columns, "wave": tuple(float(1 + (row >= 38)) for row in range(75))}
    analyses = [
        Analysis("effects", "mediation", claim="C2", specification={
            "survey": "pd", "model": MODEL, "bootstrap": 50, "seed": 3,
            "constructs": {"industrialization": "ind60", "democracy": "dem60"},
        }),
        Analysis("groups", "invariance", specification={
            "survey": "pd", "model": "dem60 =~ y1 + y2 + y3 + y4", "group": "wave", "steps": ["configural", "metric"],
        }),
        Analysis("late", "non-response", specification={
            "survey": "pd", "wave": "wave", "late": [2], "compare": ["x1", "y1"],
        }),
    ]  # fmt: skip
    return snapshot.replace(
        surveys=Table.of(Survey, [replace(survey, columns=columns)]), analyses=Table.of(Analysis, analyses)
    )


def test_mediation_keeps_every_indirect_effect(tmp_path: Path) -> None:
    from crosscase.evidence import Ledger
    from crosscase.study.analyses import run

    done = run(Ledger(with_waves()), "effects")
    found = {(one["path"], one["kind"]): one for one in done.result["effects"]}
    whole = found["ind60 -> dem60 -> dem65", "specific"]
    # R lavaan 0.6-14: 1.483 × 0.837.
    assert whole["estimate"] == pytest.approx(1.2415, abs=1e-3)
    assert whole["lower"] < whole["estimate"] < whole["upper"]
    assert done.result["bootstrap"] == {"draws": 50, "failed": 0, "seed": 3}
    assert done.tables[0].id == "sem-effects"
    assert set(done.figures) == {"path-diagram"}


def test_invariance_is_a_kind_of_analysis() -> None:
    from crosscase.evidence import Ledger
    from crosscase.study.analyses import run

    done = run(Ledger(with_waves()), "groups")
    assert [one["name"] for one in done.result["models"]] == ["configural", "metric"]
    assert done.result["groups"] == ["1", "2"]
    assert done.tables[0].id == "sem-invariance"


def test_non_response_is_a_kind_of_analysis() -> None:
    from crosscase.engines.regression import compare_waves
    from crosscase.evidence import Ledger
    from crosscase.study.analyses import run

    snapshot = with_waves()
    done = run(Ledger(snapshot), "late")
    assert (done.result["n"], done.result["late"]) == (75, 37)
    columns = snapshot.surveys["pd"].columns
    plain = compare_waves(columns, [value == 2 for value in columns["wave"]], ["x1", "y1"])
    assert [one["p_holm"] for one in done.result["comparisons"]] == [one.p_holm for one in plain.comparisons]
    wrong = replace(snapshot.analyses["late"], specification={**snapshot.analyses["late"].specification, "late": [7]})
    with pytest.raises(InputError, match="no row is late: the column holds 1, 2"):
        run(Ledger(snapshot.replace(analyses=Table.of(Analysis, [wrong]))), "late")


def with_analysis(analysis: Analysis) -> Snapshot:
    return the_snapshot().replace(analyses=Table.of(Analysis, [analysis]))


def test_a_product_among_the_predictors_brings_its_simple_slopes() -> None:
    """The slopes are those of the engine on the same rows, with the other predictor as a covariate."""
    from crosscase.engines.regression import moderation
    from crosscase.study.analyses import run

    names = ["x1", "y1", "y2", "x1:y1"]
    specification = {"survey": "pd", "outcome": "y5", "predictors": names, "errors": "HC3"}
    snapshot = with_analysis(Analysis("m", "regression", specification=specification))
    done = run(Ledger(snapshot), "m")
    plain = moderation(snapshot.surveys["pd"].columns, "y5", "x1", "y1", covariates=["y2"], errors="HC3")
    assert [one["slope"] for one in done.result["simple_slopes"]["slopes"]] == [one.slope for one in plain.slopes]
    assert (done.tables[-1].id, set(done.figures)) == ("simple-slopes", {"simple-slopes"})
    terms = {one["term"]: one["b"] for one in done.result["coefficients"]}
    assert plain.interaction == pytest.approx(terms["x1:y1"], rel=1e-9)  # the regression and the slopes are one model
    two = {**specification, "predictors": [*names, "x1:y2"]}
    assert run(Ledger(with_analysis(Analysis("m", "regression", specification=two))), "m").figures == {}


def test_a_necessary_condition_is_a_kind_of_analysis() -> None:
    """Development and literacy for survival, over the countries; the case that holds the ceiling up is named."""
    from crosscase.engines.regression import necessity
    from crosscase.study.analyses import run

    specification = {"outcome": "surv", "conditions": ["gnp", "lit"], "draws": 200, "seed": 4}
    done = run(Ledger(with_analysis(Analysis("n", "nca", specification=specification))), "n")
    plain = necessity({"gnp": GNP, "surv": FUZZY[OUTCOME]}, "gnp", "surv", draws=200, seed=4)
    kept = done.result["conditions"]["gnp"]["ceilings"]
    assert [one["effect"] for one in kept] == [one.effect for one in plain.ceilings]
    assert [one["p_value"] for one in kept] == [one.p_value for one in plain.ceilings]
    assert set(done.figures) == {"ceilings-gnp", "ceilings-lit"}
    assert [table.id for table in done.tables] == ["necessary-conditions", "bottleneck-gnp", "bottleneck-lit"]
    assert done.tables[0].texts()[0][:2] == ["gnp", "CE-FDH"]
    holds = [case for place, case in enumerate(CASES) if (GNP[place], FUZZY[OUTCOME][place]) in plain.peers]
    written = [shape.text for shape in done.figures["ceilings-gnp"].shapes if isinstance(shape, Text)]
    assert f"The ceiling rests on {', '.join(holds)}." in written
    with pytest.raises(InputError, match="no outcome or no conditions"):
        run(Ledger(with_analysis(Analysis("n", "nca", specification={"outcome": "surv"}))), "n")


def test_what_leaves_the_team_calls_no_result_stale_for_what_was_generalised(study, tmp_path):
    study.analyse("sets")
    study.analyse("slope")
    study.build(tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    changed = (tmp_path / "out" / "tables" / "confidentiality.csv").read_text("utf-8-sig")
    assert "variable gnp,in 4 bands" in changed
    assert "stale: " not in page
    assert "R708" not in page


def test_of_an_analysis_that_rests_on_what_stays_in_the_team_no_case_leaves_it(study):
    study.analyse("sets")
    saved = study.snapshot.analyses["sets"]
    result = {**saved.result, "relation": {**saved.result["relation"], "deviant": ["BE"]}}
    snapshot = study.snapshot.replace(analyses=Table.of(Analysis, [replace(saved, result=result)]))
    whole, hidden = Ledger(snapshot), Ledger(snapshot)
    hidden.beyond = frozenset({"sets"})
    (known,), (told,) = of_claim(whole, "C1"), of_claim(hidden, "C1")
    assert known.deviant == ("BE",)
    assert known.left_out["XX"]
    assert (told.deviant, told.left_out, told.numbers) == ((), {"XX": ""}, known.numbers)
    assert "which cases deviate is left out" in told.notes[-1]


def test_a_stale_result_is_stale_for_others_too(study, tmp_path):
    study.analyse("sets")
    cases = [replace(one, attributes={**one.attributes, "surv": "0.5"}) for one in study.snapshot.cases]
    study.save(study.snapshot.replace(cases=Table.of(Case, cases)), "another survival")
    study.build(tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "stale: its inputs have changed since" in page
    assert "R708" in page
