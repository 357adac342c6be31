"""``crosscase sem``: options, JSON, exit status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crosscase.cli.columns import read_columns
from crosscase.cli.sem import sem
from crosscase.core.errors import CrosscaseError, InputError

DATA = Path(__file__).parents[1] / "engines" / "sem" / "political_democracy.csv"
MODEL = "dem60 =~ y1 + y2 + y3 + y4\ndem65 =~ y5 + y6 + y7 + y8\n"


def run(*arguments: str) -> Any:
    return CliRunner().invoke(sem, list(arguments))


@pytest.fixture
def model(tmp_path: Path) -> str:
    path = tmp_path / "model.lav"
    path.write_text(MODEL)
    return str(path)


def test_fit_prints_one_json_document(model: str) -> None:
    result = run("fit", model, str(DATA), "--format", "json", "--estimator", "MLR", "--modindices")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["converged"], found["estimator"], found["n"], found["bootstrap"]) == (True, "MLR", 75, None)
    assert set(found["parameters"][0]) == {
        "lhs", "op", "rhs", "group", "label", "est", "se", "z", "pvalue", "ci_lower", "ci_upper", "std_lv", "std_all",
    }  # fmt: skip
    assert {"chisq", "cfi_robust", "rmsea_ci_lower", "srmr_bentler"} <= set(found["fit"])
    assert found["modification_indices"]


def test_fit_with_bootstrap_and_other_options(model: str) -> None:
    result = run(
        "fit", model, str(DATA), "--format", "json", "--bootstrap", "50", "--seed", "7", "--std-lv", "--meanstructure"
    )
    found = json.loads(result.stdout)
    assert found["bootstrap"] == {"draws": 50, "failed": 0, "seed": 7}
    variance = next(
        one for one in found["parameters"] if (one["lhs"], one["op"], one["rhs"]) == ("dem60", "~~", "dem60")
    )
    assert (variance["est"], variance["se"], variance["z"]) == (1.0, 0.0, None)


def test_groups_and_text(tmp_path: Path, model: str) -> None:
    lines = DATA.read_text().splitlines()
    table = tmp_path / "grouped.csv"
    table.write_text("\n".join([lines[0] + ",g", *(f"{line},{'ab'[i % 2]}" for i, line in enumerate(lines[1:]))]))
    result = run("fit", model, str(table), "--group", "g", "--group-equal", "loadings,intercepts", "--format", "json")
    assert json.loads(result.stdout)["fit"]["df"] == 50
    text = run("fit", model, str(table), "--group", "g")
    assert text.exit_code == 0
    assert "dem60 =~ y2 [b]" in text.stdout  # the group by its name
    series = run("invariance", model, str(table), "--group", "g", "--format", "json")
    assert [one["name"] for one in json.loads(series.stdout)["models"]] == ["configural", "metric", "scalar", "strict"]
    assert "scalar" in run("invariance", model, str(table), "--group", "g").stdout


def test_validity_and_mediation(tmp_path: Path, model: str) -> None:
    found = json.loads(run("validity", model, str(DATA), "--format", "json").stdout)
    assert {one["name"] for one in found["factors"]} == {"dem60", "dem65"}
    assert "harman" in found["common_method"]
    assert "Fornell-Larcker" in run("validity", model, str(DATA)).stdout
    path = tmp_path / "mediation.lav"
    path.write_text("y5 ~ y1 + x1\ny1 ~ x1\n")
    effects = json.loads(run("mediation", str(path), str(DATA), "--bootstrap", "100", "--format", "json").stdout)
    assert {one["kind"] for one in effects["effects"]} == {"direct", "specific", "indirect", "total"}
    assert "x1 -> y1 -> y5" in run("mediation", str(path), str(DATA), "--bootstrap", "100").stdout


def test_status_one_without_convergence(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from crosscase.engines.sem import estimate, optimise

    monkeypatch.setattr(
        estimate, "minimise", lambda objective, start, constraints=None: optimise._newton(objective, start, 1)
    )
    result = run("fit", model, str(DATA), "--format", "json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["converged"] is False
    assert found["fit"] == {}
    assert all(one["est"] is None for one in found["parameters"])


def test_bad_input_is_a_crosscase_error(tmp_path: Path, model: str) -> None:
    for arguments in (("fit", model, str(tmp_path / "nowhere.csv")), ("fit", model, str(DATA), "--estimator", "XX")):
        assert isinstance(run(*arguments).exception, CrosscaseError)


def test_tables_in_other_forms(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("größe;b\r\n1,5;x\r\n;y\r\n".encode("cp1252"))
    table = read_columns(path).values
    assert table["größe"][0] == 1.5
    assert table["größe"][1] != table["größe"][1]
    assert list(table["b"]) == ["x", "y"]
    path.write_text("a,a\n1,2\n")
    with pytest.raises(InputError, match=r"occurs twice"):
        read_columns(path)
    path.write_text("a,b\n1\n")
    with pytest.raises(InputError, match=r"1 cells, the header 2.*row 2"):
        read_columns(path)


def test_a_table_is_read_as_it_comes(tmp_path: Path) -> None:
    def read(text: str) -> dict[str, Any]:
        path = tmp_path / "t.csv"
        path.write_text(text)
        return read_columns(path).values

    assert list(read('a,b\n"4,25",1\n"3,5",2\n')["a"]) == [4.25, 3.5]
    assert list(read('a,b\n"4,250",1\n"3,500",2\n')["a"]) == [
        "4,250",
        "3,500",
    ]  # thousands or thousandths: nobody knows
    assert set(read(',a\n"1",2\n"2",3\n')) == {"a"}  # row names as R writes them
    assert list(read("a,b\nN/A,x\n#N/A,NA\n2,y\n")["b"]) == ["x", None, "y"]
    for text, what in (
        ("\n\n", "the file is empty"),
        ("a,b\n", "no cases"),
        ("4.4,5.0,b\n4.1,4.9,a\n", "first row holds numbers"),
    ):
        with pytest.raises(InputError, match=what):
            read(text)


def test_a_workbook_is_read(tmp_path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(tmp_path / "t.xlsx")
    sheet = book.add_worksheet()
    for row, cells in enumerate((("a", "g"), (1.5, "x"), (None, "y"), (2, "x"))):
        sheet.write_row(row, 0, cells)
    book.close()
    values = read_columns(tmp_path / "t.xlsx").values
    assert values["a"].tolist()[::2] == [1.5, 2.0]
    assert list(values["g"]) == ["x", "y", "x"]
    (tmp_path / "t.csv").write_bytes((tmp_path / "t.xlsx").read_bytes())
    with pytest.raises(InputError, match=r"no text"):
        read_columns(tmp_path / "t.csv")


def test_an_error_names_the_file_and_its_row(tmp_path: Path, model: str) -> None:
    lines = DATA.read_text().splitlines()
    table = tmp_path / "table.csv"
    table.write_text(
        "\n".join([lines[0], "", *lines[1:3], lines[3].replace(lines[3].split(",")[0], "tall", 1), *lines[4:]])
    )
    name = lines[0].split(",")[0]
    path = tmp_path / "m.lav"
    path.write_text(MODEL + f"dem60 ~ {name}\n" if name not in MODEL else MODEL)
    error = run("fit", str(path), str(table)).exception
    assert isinstance(error, InputError)
    assert error.where == f"{table}, row 5, column {name}"  # row 2 is blank


def test_one_draw_is_refused(model: str) -> None:
    assert "no spread" in str(run("fit", model, str(DATA), "--bootstrap", "1").exception)


def test_an_answer_without_a_wave_is_not_taken_for_an_early_one(tmp_path: Path) -> None:
    path = tmp_path / "waves.csv"
    path.write_text("wave,size\n1,3\n1,4\n2,5\n,6\n2,2\n1,9\n")
    error = run("non-response", str(path), "--wave", "wave", "--late", "2", "--compare", "size").exception
    assert "case 4 does not say when it answered" in str(error)
