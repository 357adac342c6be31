"""Every reference result of R's packages QCA 3.25.1 and SetMethods 4.1 that is at hand.

Parameters of fit to 1e-9 (the references have 15 digits); rows, terms and sets of models identical, order aside.
SetMethods rounds to three decimals itself, hence 5e-4 there.
"""

from __future__ import annotations

import csv
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from crosscase.core.errors import AnalysisError, InputError
from crosscase.engines.qca import (
    SetData,
    calibrate_by_regression,
    calibrate_crisp,
    calibrate_direct,
    calibrate_ecdf,
    calibrate_indirect,
    calibrate_linear,
    calibrate_relative,
    find_thresholds,
    minimize,
    necessary_conditions,
    parameters_of_fit,
    subsets,
    suin,
    truth_table,
)
from crosscase.engines.qca.clusters import cluster_diagnostics
from crosscase.engines.qca.robustness import anchor_ranges, compare_solutions, cut_off_ranges
from crosscase.engines.qca.selection import focal_cases, select_cases
from crosscase.engines.qca.theory import evaluate_theory
from crosscase.engines.qca.untenable import contradictory_assumptions, rows_matching

ROUNDED = 5.1e-4


@pytest.fixture(scope="module")
def reference(shared: Path) -> Path:
    folder = shared / "reference" / "qca"
    if not folder.exists():
        pytest.skip("the reference results of R are not here")
    return folder


def columns(path: Path) -> tuple[dict[str, list[str]], list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    table = {name: [row[i] for row in rows[1:]] for i, name in enumerate(rows[0])}
    return table, table.pop("case")


def load(path: Path, sets: list[str], **options: bool) -> SetData:
    table, cases = columns(path)
    return SetData.from_columns(table, sets=sets, cases=cases, **options)


def listed(value):
    return value if isinstance(value, list) else [value]


def close(mine, theirs) -> bool:
    if theirs is None or mine is None:
        return theirs is None and mine is None
    return abs(mine - theirs) <= 1e-9


def names(model) -> frozenset[str]:
    return frozenset(term.term for term in model.terms)


def check_fit(models, fit) -> None:
    mine = {names(model): model for model in models}
    theirs = [(frozenset(term["term"] for term in one["terms"]), one) for one in fit["models"]]
    for terms, one in theirs:
        model = mine[terms]
        for name, value in one["solution"].items():
            assert close(model.to_dict()[name], value), (name, terms)
        for term in one["terms"]:
            own = next(own for own in model.terms if own.term == term["term"]).to_dict()
            for name in ("inclS", "PRI", "covS", "covU"):
                assert close(own[name], term[name]), (name, term["term"])
            if term["cases"]:
                assert own["cases"] == re.split(r"[,;] ?", term["cases"])


def reference_table(folder: Path, case: dict):
    outcome = re.sub(r"[~\[].*", "", case["outcome"].lstrip("~"))
    data = load(folder / case["dataset"], [*case["conditions"], outcome])
    first, second = (*listed(case["incl_cut"]), None)[:2]
    return truth_table(
        data,
        case["outcome"],
        case["conditions"],
        incl_cut=first,
        incl_cut_contradiction=second,
        pri_cut=case["pri_cut"],
        n_cut=case["n_cut"],
    )


def test_standard_analyses(reference: Path, subtests) -> None:
    files = sorted(reference.glob("a*.json"))
    assert files
    for path in files:
        case = json.loads(path.read_text())
        if case.get("exclude") or "error" in case["truth_table"]:
            continue
        with subtests.test(path.stem):
            check_analysis(reference, case)


def check_analysis(reference: Path, case: dict) -> None:
    try:
        table = reference_table(reference, case)
    except InputError:
        assert "error" in case["truth_table"]
        return
    check_rows(table, case["truth_table"])
    for kind in ("conservative", "parsimonious"):
        if kind not in case:
            continue
        if "error" in case[kind]:
            with pytest.raises(AnalysisError):
                minimize(table, kind)
            continue
        solution = minimize(table, kind)
        assert solution.models_complete
        fit = case[kind]["fit"]
        assert {names(m) for m in solution.models} == {frozenset(t["term"] for t in m["terms"]) for m in fit["models"]}
        assert set(solution.prime_implicants) == set(listed(case[kind]["PIchart"]["primes"]))
        check_fit(solution.models, fit)
        mine = {names(model): model for model in solution.models}
        for number, rows in enumerate(case[kind]["SA"].values()):
            model = mine[frozenset(term["term"] for term in fit["models"][number]["terms"])]
            assert list(solution.assumptions(model)) == listed(rows)
    pairs = case.get("intermediate", {}).get("i.sol")
    if pairs:
        check_intermediate(minimize(table, "intermediate", directional=case["dir_exp"]), pairs)


def check_rows(table, reference) -> None:
    mine = {row["row"]: row for row in table.to_dict()["rows"]}
    for row in reference["rows"]:
        own = mine[row["row"]]
        assert (own["OUT"], own["n"], own["config"]) == (row["OUT"], row["n"], row["config"])
        assert own["cases"] == [case for case in row["cases"].split(",") if case]
        assert close(own["incl"], row["incl"])
        assert close(own["PRI"], row["PRI"])
    for number, cases in reference.get("DCC", {}).items():
        assert ",".join(mine[int(number)]["deviant"]) == cases


def check_intermediate(solution, pairs) -> None:
    write = solution.table.conditions.write

    def key(terms):
        return frozenset(terms)

    own = {(key(map(write, p.conservative)), key(map(write, p.parsimonious))): p for p in solution.pairs}
    assert len(own) == len(pairs)
    for pair in pairs.values():
        mine = own[key(listed(pair["c.sol"])), key(listed(pair["p.sol"]))]
        theirs = {key(term["term"] for term in model["terms"]) for model in pair["fit"]["models"]}
        assert {key(map(write, model)) for model in mine.models} == theirs
        check_fit(solution.models, pair["fit"])
        assert list(mine.easy) == listed(pair["EC"])
        assert list(mine.difficult) == listed(pair["DC"])


def test_calibration(reference: Path, subtests) -> None:
    cases = json.loads((reference / "c01_calibration.json").read_text())["calibrations"]
    for name, case in cases.items():
        with subtests.test(name):
            check_calibration(reference, name, case)


def check_calibration(reference: Path, name: str, case: dict) -> None:
    table, _ = columns(reference / case["dataset"])
    x = np.array([float(value) for value in table[case["variable"]]])
    if name == "findTh":
        assert find_thresholds(x, 2) == (case["groups2"],)
        assert find_thresholds(x, 4) == tuple(case["groups4"])
        return
    arguments = case["args"]
    thresholds = listed(arguments.get("thresholds"))
    if "error" in case:
        with pytest.raises(InputError):
            calibrate_crisp(x, thresholds)
        return
    expected = np.array([math.nan if value is None else value for value in case["values"]])
    x = np.where(np.isnan(expected), math.nan, x)
    given = arguments.get("thresholds_names")
    if given:
        order = ["e", "c", "i"] if len(given) == 3 else ["e1", "c1", "i1", "i2", "c2", "e2"]
        thresholds = [thresholds[given.index(role)] for role in order]
    if "codes" in arguments:
        codes = np.array(arguments["codes"])[np.searchsorted(arguments["cuts"], x)]
        mine = calibrate_by_regression(x, codes, beta=not arguments["binom"])
    elif arguments["type"] == "crisp":
        mine = calibrate_crisp(x, thresholds)
    elif arguments.get("method") == "indirect":
        mine = calibrate_indirect(x, thresholds)
    elif arguments.get("method") == "TFR":
        mine = calibrate_relative(x)
    elif arguments.get("ecdf"):
        mine = calibrate_ecdf(x, thresholds)
    elif len(thresholds) == 6 or arguments.get("logistic") is False:
        powers = {key: arguments[key] for key in ("below", "above") if key in arguments}
        mine = calibrate_linear(x, thresholds, **powers)
    else:
        mine = calibrate_direct(x, thresholds, degree=arguments.get("idm", 0.95))
    assert np.array_equal(np.isnan(mine), np.isnan(expected))
    assert np.nanmax(np.abs(mine - expected)) <= 1e-9


def test_fit_and_necessity(reference: Path, subtests) -> None:
    cases = json.loads((reference / "n01_fit_necessity.json").read_text())
    for name, case in cases.items():
        if name.startswith("ss_") and "error" not in case:
            with subtests.test(name):
                check_search(reference, case)
        elif re.search(r"_single(_neg)?$", name):
            with subtests.test(name):
                for one in case.values():
                    left, right = one["expression"].split(" <- ")
                    data = load(reference / f"data/{name.split('_')[0]}.csv", [left.lstrip("~"), right.lstrip("~")])
                    fit = parameters_of_fit(data, left, right).whole.to_dict()
                    assert all(close(fit[key], one["rows"][0][key]) for key in ("inclN", "RoN", "covN"))
    data = load(reference / "data/SCHF.csv", ["EMP", "BARGAIN", "UNI", "OCCUP", "STOCK", "MA", "EXPORT"])
    for case in cases["SCHF_suin"]:
        mine = suin(data, case["expression"].split(" <- ")[0], "EXPORT").rows()
        for own, theirs in zip(mine, case["rows"], strict=True):
            assert all(close(own[key], theirs[key]) for key in ("inclN", "RoN", "covN"))


def check_search(reference: Path, case: dict) -> None:
    arguments = case["args"]
    data = load(reference / case["dataset"], [*case["conditions"], case["outcome"].lstrip("~")])
    cuts = {"incl_cut": arguments["incl.cut"], "cov_cut": arguments.get("cov.cut", 0)}
    if arguments.get("relation") == "sufficiency":
        found, keys = subsets(data, case["outcome"], case["conditions"], **cuts), ("inclS", "PRI", "covS")
    else:
        cuts["ron_cut"] = arguments.get("ron.cut", 0)
        found, keys = necessary_conditions(data, case["outcome"], case["conditions"], **cuts), ("inclN", "RoN", "covN")
    mine = {row["term"]: row for row in found.rows()}
    theirs = {row["term"]: row for row in case["rows"]}
    assert set(mine) == set(theirs)
    for term, row in theirs.items():
        assert all(close(mine[term][key], row[key]) for key in keys)


SCHF = ["EMP", "BARGAIN", "UNI", "OCCUP", "STOCK", "MA"]
LF = ["DEV", "URB", "LIT", "IND", "STB"]


@pytest.fixture(scope="module")
def advanced(reference: Path) -> dict:
    return json.loads((reference / "s01_advanced_setmethods.json").read_text())


@pytest.fixture(scope="module")
def schf(reference: Path):
    return truth_table(load(reference / "data/SCHF.csv", [*SCHF, "EXPORT"]), "EXPORT", SCHF, incl_cut=0.9)


def models_of(fit) -> set[frozenset[str]]:
    return {frozenset(term["term"] for term in model["terms"]) for model in fit["models"]}


def test_enhanced_standard_analysis(reference: Path, advanced: dict, schf) -> None:
    data = load(reference / "data/LF.csv", [*LF, "SURV"])
    table, absence = (truth_table(data, "SURV", LF, incl_cut=0.8, negate=negate) for negate in (False, True))
    rows = contradictory_assumptions(minimize(table, "parsimonious"), minimize(absence, "parsimonious"))
    assert list(rows) == advanced["findRows_LF"]["type2"]["rows"]
    assert list(rows_matching(table, "~LIT + ~STB")) == advanced["findRows_necessity"]["rows"]
    case = advanced["LF_esa_csa_excluded"]
    solution = minimize(table, "parsimonious", exclude=list(rows))
    assert {names(model) for model in solution.models} == models_of(case["parsimonious"]["fit"])
    check_intermediate(
        minimize(table, "intermediate", exclude=list(rows), directional=",".join(LF)), case["intermediate"]["i.sol"]
    )
    by_expression = minimize(table, "parsimonious", exclude="~LIT + ~STB")
    assert {names(model) for model in by_expression.models} == models_of(advanced["LF_esa_nec"]["parsimonious"]["fit"])
    case = advanced["esa_SCHF"]
    parsimonious = minimize(schf, "parsimonious", exclude=case["set_to_0"])
    assert {names(model) for model in parsimonious.models} == models_of(case["parsimonious"]["fit"])
    assert list(parsimonious.assumptions(parsimonious.models[0])) == case["parsimonious"]["SA"]["M1"]
    expected = ",".join(f"~{name}" for name in SCHF)
    check_intermediate(
        minimize(schf, "intermediate", exclude=case["set_to_0"], directional=expected), case["intermediate"]["i.sol"]
    )


def test_robustness(reference: Path, advanced: dict) -> None:
    conditions = ["HE", "GG", "AH", "HI", "HW"]
    data = load(reference / "data/PAYF.csv", [*conditions, "HL"])

    def table(incl: float, n: int):
        return truth_table(data, "HL", conditions, incl_cut=incl, n_cut=n)

    first = table(0.87, 2)
    initial, *tests = (minimize(one, "parsimonious") for one in (first, table(0.7, 2), table(0.87, 1)))
    found = compare_solutions(initial, tests)
    fit = advanced["robustness_PAYF"]["fit"]
    assert found.rf_cov == pytest.approx(fit["RF_cov"], abs=ROUNDED)
    assert found.rf_cons == pytest.approx(fit["RF_cons"], abs=ROUNDED)
    assert found.rf_sc_min == pytest.approx(fit["RF_SC_minTS"], abs=ROUNDED)
    assert found.rf_sc_max == pytest.approx(fit["RF_SC_maxTS"], abs=ROUNDED)
    text = "\n".join(json.loads((reference / "s03_robust_cases.json").read_text())["rob_cases"]["out"])
    assert [round(found.rcr_typ, 3), round(found.rcr_dev, 3), found.rank] == [0.787, 0.296, 4]
    blocks = re.findall(r"Case Names:\n(.*?) ?\n---", text, re.DOTALL)
    assert [list(cases) for _, cases in found.cases] == [block.split() for block in blocks]
    ranges = {one.setting: one for one in cut_off_ranges(first, solution="parsimonious", step=0.01)}
    assert (ranges["incl_cut"].lower, ranges["incl_cut"].upper) == (0.85, 0.87)
    assert (ranges["n_cut"].lower, ranges["n_cut"].upper) == (2, 2)


def test_ranges_of_anchors(reference: Path) -> None:
    data = load(reference / "data/LF.csv", [*LF, "SURV"])
    raw = np.array([float(value) for value in columns(reference / "data/LR.csv")[0]["DEV"]])
    anchors = [400, 550, 900]
    table = truth_table(data.replaced("DEV", calibrate_direct(raw, anchors)), "SURV", LF, incl_cut=0.8)
    found = anchor_ranges(table, "DEV", raw, anchors, step=10, solution="parsimonious")
    assert [(one.lower, one.upper) for one in found] == [(400, 540), (550, 660), (None, 940)]


def test_theory(reference: Path, schf) -> None:
    case = json.loads((reference / "s02_theory.json").read_text())
    expected = {row["set"]: row for row in case["fit"]}
    solution = minimize(schf, "intermediate", directional=",".join(f"~{name}" for name in SCHF))
    model = next(model for model in solution.models if names(model) <= set(expected))
    found = evaluate_theory("~EMP*MA", (schf, model))
    fits = {one.name: one.fit for one in found.intersections} | {
        "Sol.Formula": found.model_fit,
        "Theory": found.theory_fit,
    }
    for name, fit in fits.items():
        theirs = expected[name]
        assert [fit.inclS, fit.covS, fit.PRI] == pytest.approx(
            [theirs["Cons.Suf"], theirs["Cov.Suf"], theirs["PRI"]], abs=ROUNDED
        )
    counts = [(len(one.with_cases), len(one.without_cases)) for one in found.intersections]
    # SetMethods 4.1 lists no case for T*S without Y; the four groups of its 40 cases without Y then hold only 36.
    assert counts == [(6, 4), (17, 9), (7, 6), (5, 21)]
    assert sum(without for _, without in counts) == 40


def test_clusters(reference: Path) -> None:
    table, cases = columns(reference / "data/SCHLF.csv")
    data = SetData.from_columns(table, sets=[*SCHF, "EXPORT"], cases=cases)
    found = cluster_diagnostics(data, "BARGAIN*UNI*STOCK", "EXPORT", table["YEAR"], table["COUNTRY"])
    assert found.consistency == pytest.approx(0.796, abs=ROUNDED)
    assert [one[2] for one in found.between] == pytest.approx([0.873, 0.727, 0.802, 0.818], abs=ROUNDED)
    assert [one[3] for one in found.between] == pytest.approx([0.246, 0.466, 0.589, 0.570], abs=ROUNDED)
    assert found.distance_between == pytest.approx(0.032, abs=ROUNDED)
    necessary = cluster_diagnostics(data, "EMP", "EXPORT", table["YEAR"], necessity=True)
    assert [one[2] for one in necessary.between] == pytest.approx([0.54, 0.605, 0.564, 0.602], abs=ROUNDED)
    assert necessary.distance_between == pytest.approx(0.024, abs=ROUNDED)


def test_case_selection(advanced: dict, schf) -> None:
    solution = minimize(schf, "parsimonious")
    lines = advanced["smmr_SCHF"]["deviant_cons"][3:]
    expected = [tuple(line.split()[1:6]) for line in lines if line.strip()]
    found = {
        (one.case, one.term, f"{one.membership:.2f}", f"{one.outcome:.2f}", f"{one.distance:.2f}")
        for one in select_cases(solution).of("deviant consistency")
    }
    assert found == set(expected)
    focal = focal_cases(solution, "~OCCUP*STOCK*~MA")
    text = "\n".join(advanced["smmr_SCHF"]["typical_term3"])
    for conjunct in ("~OCCUP", "STOCK", "~MA"):
        block = text.split(f"Conjunct {conjunct} :")[1].split("Typical Cases")[0]
        order = re.findall(r"^(\S+) +\d\.\d\d .*(?:TRUE|FALSE)$", block, re.MULTILINE)
        assert [one.case for one in focal if one.conjunct == conjunct][: len(order)] == order
