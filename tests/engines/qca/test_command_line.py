"""``crosscase qca``: the options and the JSON that scripts rely on."""

from __future__ import annotations

import csv
import json

import pytest
from click.testing import CliRunner

from crosscase.cli.qca import qca
from crosscase.core.errors import CrosscaseError, InputError, NotFoundError

from .lipset import CASES, CONDITIONS, FUZZY, GNP


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "lipset.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["country", *FUZZY, "GNP"])
        writer.writerows(zip(CASES, *FUZZY.values(), GNP, strict=True))
    return path


def run(*arguments):
    result = CliRunner().invoke(qca, [str(argument) for argument in arguments])
    if isinstance(result.exception, CrosscaseError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def run_json(*arguments):
    return json.loads(run(*arguments, "--format", "json"))


def sets(table, *more):
    return (table, "--outcome", "SURV", "--conditions", ",".join(CONDITIONS), "--id", "country", *more)


def test_minimize(table):
    found = run_json(
        "minimize",
        *sets(table, "--incl-cut", 0.8, "--solution", "intermediate", "--directional", "DEV,URB,LIT,IND,STB"),
    )
    assert found["n_models"] == 1
    assert found["models_complete"] is True
    (model,) = found["models"]
    assert model["expression"] == "DEV*URB*LIT*STB + DEV*LIT*~IND*STB"
    assert {"inclS", "PRI", "covS", "terms"} <= set(model)
    assert {"term", "inclS", "PRI", "covS", "covU", "cases"} <= set(model["terms"][0])
    assert model["terms"][1]["cases"] == ["FI", "IE"]
    assert found["prime_implicants"] == ["DEV*URB*LIT*STB", "DEV*LIT*~IND*STB"]
    assert found["simplifying_assumptions"] == {"M1": [30]}
    assert isinstance(found["warnings"], list)


def test_minimize_with_exclusion_and_negation(table):
    excluded = run_json(
        "minimize", *sets(table, "--incl-cut", 0.8, "--solution", "parsimonious", "--exclude", "~LIT + ~STB")
    )
    assert excluded["simplifying_assumptions"] == {"M1": [14, 16, 30]}
    numbers = run_json(
        "minimize",
        *sets(table, "--incl-cut", 0.8, "--solution", "parsimonious", "--exclude", "10,12,14,16,17,21,25,29"),
    )
    assert {term["term"] for term in numbers["models"][0]["terms"]} == {"DEV*URB*STB", "DEV*~IND*STB"}
    assert run_json("minimize", *sets(table, "--incl-cut", 0.8, "--negate"))["outcome"] == "~SURV"


def test_more_models_than_asked_for(table):
    found = run_json(
        "minimize", *sets(table, "--incl-cut", 0.7, "--n-cut", 2, "--solution", "parsimonious", "--max-models", 1)
    )
    assert (found["n_models"], found["models_complete"], found["bound"]) == (2, False, {"at_least": 2})
    assert len(found["models"]) == 1


def test_truth_table(table):
    found = run_json("truth-table", *sets(table, "--incl-cut", 0.8, "--incl-cut-contradiction", 0.5))
    assert len(found["rows"]) == 32
    row = found["rows"][21]
    assert (row["config"], row["OUT"], row["n"], row["cases"]) == ([1, 0, 1, 0, 1], "1", 2, ["FI", "IE"])
    assert found["rows"][2]["OUT"] == "?"
    assert found["rows"][2]["incl"] is None
    assert found["rows"][4]["OUT"] == "C"
    assert len(run_json("truth-table", *sets(table, "--observed"))["rows"]) == 9


def test_the_other_commands(table):
    necessary = run_json("necessity", *sets(table, "--ron-cut", 0.6))
    assert [row["term"] for row in necessary["rows"]] == ["STB", "LIT*STB", "DEV + URB + IND"]
    fit = run_json("pof", table, "--outcome", "SURV", "--expression", "DEV*~IND + URB*STB")
    assert fit["expression"]["inclS"] == pytest.approx(0.85034965034965, abs=1e-9)
    calibrated = run_json("calibrate", table, "--column", "GNP", "--anchors", "400,550,900", "--reasons", "the poorest")
    assert calibrated["cases"][0]["membership"] == pytest.approx(0.806925632987392, abs=1e-9)
    assert calibrated["anchors"][0]["reason"] == "the poorest"
    robust = run_json(
        "robustness",
        *sets(table, "--incl-cut", 0.8, "--solution", "parsimonious", "--alternative", "incl-cut=0.75", "--step", 0.05),
    )
    assert [one["setting"] for one in robust["ranges"]] == ["incl_cut", "pri_cut", "n_cut"]
    assert "RF_cov" in robust["comparison"]


def test_calibration_from_a_table_of_words(tmp_path):
    file = tmp_path / "words.csv"
    file.write_text("id,net\na,none\nb,some\nc,all\nd,\n")
    given = ("calibrate", file, "--id", "id", "--column", "net", "--method", "table")
    found = run_json(*given, "--table", "none=0, some=0.33, all=1")
    assert [one["membership"] for one in found["cases"]] == [0.0, 0.33, 1.0, None]
    assert found["diagnostics"]["missing"] == ["d"]
    with pytest.raises(InputError, match="'all' is not in the table"):
        run(*given, "--table", "none=0,some=1")
    for wrong in ("none=0,some", "none=x", ""):
        with pytest.raises(InputError, match="cannot be read"):
            run(*given, "--table", wrong)


def test_text(table):
    text = run("minimize", *sets(table, "--incl-cut", 0.8, "--solution", "parsimonious"))
    assert "parsimonious solution for SURV: 1 model(s)" in text
    assert "DEV*~IND" in text
    assert "FI, IE" in text
    assert "country" not in run("truth-table", *sets(table))
    script = run("minimize", *sets(table, "--incl-cut", 0.8, "--solution", "parsimonious", "--r-code"))
    assert 'truthTable(data,\n  outcome = "SURV"' in script
    assert 'row.names = "country"' in script


def test_other_delimiters_and_encodings(tmp_path):
    path = tmp_path / "firms.csv"
    path.write_bytes("Fälle;A;B;Y\nÅre;0,9;0,2;0,8\nBjörk;0,1;0,7;0,2\nCéline;0,6;0,9;0,9\n".encode("cp1252"))
    found = run_json("truth-table", path, "--outcome", "Y", "--conditions", "A,B", "--incl-cut", 0.7)
    assert [row["cases"] for row in found["rows"] if row["n"]] == [["Björk"], ["Åre"], ["Céline"]]


@pytest.mark.parametrize(
    ("content", "kind", "message"),
    [
        ("", InputError, "the file is empty"),
        ("case,A,Y\n", InputError, "no cases"),
        ("case,A,A\nx,1,1\n", InputError, "two columns are named 'A'"),
        ("case,A,Y\nx,1\n", InputError, "row has 2 values for 3 columns"),
        ("case,B,Y\nx,1,1\n", NotFoundError, "there is no column 'A'"),
        ("case,A,Y\nx,,1\n", InputError, "a value is missing"),
    ],
)
def test_bad_files(tmp_path, content, kind, message):
    path = tmp_path / "bad.csv"
    path.write_text(content)
    with pytest.raises(kind, match=message):
        run("truth-table", path, "--outcome", "Y", "--conditions", "A")


def test_bad_options(table, tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        run("truth-table", tmp_path / "none.csv", "--outcome", "Y", "--conditions", "A")
    with pytest.raises(NotFoundError, match="there is no condition 'WEALTH'"):
        run("minimize", *sets(table, "--incl-cut", 0.8, "--solution", "intermediate", "--directional", "WEALTH"))
    with pytest.raises(NotFoundError, match="there is no setting 'cut'"):
        run("robustness", *sets(table, "--incl-cut", 0.8, "--alternative", "cut=1"))
    with pytest.raises(InputError, match="'x' is not a number"):
        run("calibrate", table, "--column", "GNP", "--anchors", "1,x,3")
