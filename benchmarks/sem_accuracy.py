"""A grid of models × estimators × options fitted here and by R lavaan, and the largest differences by column.

Run: ``OMP_NUM_THREADS=1 PYTHONPATH=src python benchmarks/sem_accuracy.py [WORD ...] [--details] [--keep FOLDER]``; the words
choose cases by name; ``--random 200 --seed 7`` draws cases instead.  Needs ``Rscript`` with lavaan.

lavaan's optimizer stops 1e-7 to 1e-4 short, so it is asked twice: once as it is, and once evaluated at our estimates
(``optim.method="none"``) with EM for the saturated model to 1e-13.  ``worse`` is by how much our minimum lies above the one lavaan
found by itself, ``gradient`` the largest element of lavaan's own gradient at our estimates (both should be 0), ``moved`` the
largest distance between its estimates and ours.  At our estimates: ``se`` relative, ``std`` and ``chisq`` absolute, ``fit`` the largest
absolute difference of a fit measure with its name, ``baseline`` that of the measures that use the baseline model (whose optimum
lavaan leaves 1e-6 to 1e-3 short for the scaled statistics), ``mi`` relative.  ``names`` counts what only one of the two programs has.
"""

from __future__ import annotations

import argparse
import csv
import math
import subprocess
import tempfile
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from crosscase.core.errors import CrosscaseError
from crosscase.engines import sem

HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
PD = (
    "ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + y2 + y3 + y4\ndem65 =~ y5 + y6 + y7 + y8\ndem60 ~ ind60\ndem65 ~ ind60 + dem60\n"
    "y1 ~~ y5\ny2 ~~ y4 + y6\ny3 ~~ y7\ny4 ~~ y8\ny6 ~~ y8"
)
PDIND = PD.replace("dem60 ~ ind60", "dem60 ~ a*ind60").replace("dem65 ~ ind60 + dem60", "dem65 ~ c*ind60 + b*dem60")
MIMIC = "visual =~ x1 + x2 + x3\nspeed =~ x7 + x8 + x9\nvisual ~ ageyr + sex\nspeed ~ ageyr + sex + visual"
PATH = "x9 ~ b1*x7 + b2*x1 + x4\nx7 ~ a1*x1 + x4\nx8 ~ x7\nind := a1*b1"
GROWTH = "i =~ 1*t1 + 1*t2 + 1*t3 + 1*t4\ns =~ 0*t1 + 1*t2 + 2*t3 + 3*t4"


@dataclass(frozen=True)
class Case:
    """One fit: the model, the data set, our options, and lavaan's where the names differ."""

    name: str
    model: str
    data: str
    options: dict[str, Any] = field(default_factory=dict)
    function: str = "sem"
    mi: bool = True


def cases() -> list[Case]:
    found: list[Case] = []

    def add(name: str, model: str, data: str, function: str = "sem", mi: bool = True, **options: Any) -> None:
        found.append(Case(name, model, data, options, function, mi))

    estimators = (
        "ML",
        "MLM",
        "MLMV",
        "MLMVS",
        "MLR",
        "MLF",
        "GLS",
        "ULS",
        "WLS",
        "DWLS",
        "WLSM",
        "WLSMV",
        "WLSMVS",
        "ULSM",
        "ULSMV",
    )
    for estimator in estimators:
        add(f"hs-{estimator}", HS, "hs", estimator=estimator)
        add(f"hs-mean-{estimator}", HS, "hs", estimator=estimator, meanstructure=True)
        add(f"hs-groups-{estimator}", HS, "hs", estimator=estimator, group="school")
        add(f"hs-metric-{estimator}", HS, "hs", estimator=estimator, group="school", group_equal=["loadings"])
        add(
            f"hs-scalar-{estimator}",
            HS,
            "hs",
            estimator=estimator,
            group="school",
            group_equal=["loadings", "intercepts"],
        )
        add(f"mimic-{estimator}", MIMIC, "hs", estimator=estimator)
        add(f"path-{estimator}", PATH, "hs", estimator=estimator)
        if estimator != "WLS":
            add(f"pd-{estimator}", PD, "pd", estimator=estimator)
    for estimator in ("ML", "MLR", "GLS", "ULS", "DWLS", "MLM"):
        add(f"mimic-mean-{estimator}", MIMIC, "hs", estimator=estimator, meanstructure=True)
        add(f"mimic-groups-{estimator}", MIMIC.replace(" + sex", ""), "hs", estimator=estimator, group="school")
        add(f"mimic-free-x-{estimator}", MIMIC, "hs", estimator=estimator, fixed_x=False)
        add(f"path-mean-{estimator}", PATH, "hs", estimator=estimator, meanstructure=True)
    for estimator in ("ML", "GLS", "MLM", "MLR", "DWLS"):
        add(f"stdlv-{estimator}", PD, "pd", estimator=estimator, std_lv=True)
        add(
            f"stdlv-metric-{estimator}",
            HS,
            "hs",
            estimator=estimator,
            std_lv=True,
            group="school",
            group_equal=["loadings"],
        )
    for information in ("expected", "observed"):
        for estimator in ("ML", "MLR", "MLF"):
            add(f"info-{information}-{estimator}", PD, "pd", estimator=estimator, information=information)
            add(f"info-{information}-mimic-{estimator}", MIMIC, "hs", estimator=estimator, information=information)
        add(f"info-{information}-groups", HS, "hs", group="school", group_equal=["loadings"], information=information)
    for name, extra in (
        ("", {}),
        ("-groups", {"group": "school"}),
        ("-metric", {"group": "school", "group_equal": ["loadings"]}),
    ):
        add(f"wishart{name}", HS, "hs", likelihood="wishart", **extra)
        add(f"orthogonal{name}", HS, "hs", orthogonal=True, **extra)
        add(
            f"strict{name}", HS, "hs", group="school", group_equal=["loadings", "intercepts", "residuals"]
        ) if name else None
        for estimator in ("ML", "MLR", "MLF"):
            add(f"fiml-{estimator}{name}", HS, "miss", missing="fiml", estimator=estimator, **extra)
    add("wishart-mean", HS, "hs", likelihood="wishart", meanstructure=True)
    add("wishart-mimic", MIMIC, "hs", likelihood="wishart")
    add(
        "full-equal",
        HS,
        "hs",
        group="school",
        group_equal=["loadings", "intercepts", "residuals", "lv.variances", "lv.covariances", "means"],
    )
    add(
        "partial",
        HS,
        "hs",
        group="school",
        group_equal=["loadings", "intercepts"],
        group_partial=["visual=~x2", "x7~1"],
    )
    add("fiml-expected", HS, "miss", missing="fiml", information="expected")
    for estimator in ("ML", "MLR"):
        add(f"fiml-pd-{estimator}", PD, "pdmiss", missing="fiml", estimator=estimator)
        add(f"fiml-mimic-{estimator}", MIMIC, "miss", missing="fiml", estimator=estimator)
        add(f"fiml-mimic-free-x-{estimator}", MIMIC, "miss", missing="fiml", estimator=estimator, fixed_x=False)
        add(f"fiml-path-{estimator}", PATH, "miss", missing="fiml", estimator=estimator)
        add(
            f"fiml-scalar-{estimator}",
            HS,
            "miss",
            missing="fiml",
            estimator=estimator,
            group="school",
            group_equal=["loadings", "intercepts"],
        )
        add(f"growth-{estimator}", GROWTH, "curves", function="growth", estimator=estimator)
        add(
            f"growth-x-{estimator}",
            GROWTH + "\ni ~ x1 + x2\ns ~ x1 + x2",
            "curves",
            function="growth",
            estimator=estimator,
        )
        add(f"define-{estimator}", PDIND + "\nind := a*b\ntot := c + a*b\nratio := ind/tot", "pd", estimator=estimator)
        add(f"equal-{estimator}", PDIND + "\na == 2*b", "pd", estimator=estimator)
        add(f"nonlinear-{estimator}", PDIND + "\na*b == 1.0", "pd", estimator=estimator)
        add(f"less-{estimator}", PDIND + "\nb < 0.6", "pd", estimator=estimator)
        add(f"more-{estimator}", PDIND + "\nc > 0.1", "pd", estimator=estimator)
        add(f"labels-{estimator}", "f =~ x1 + k*x2 + k*x3\ng =~ x4 + k*x5 + x6\nf ~~ g", "hs", estimator=estimator)
        add(
            f"multigroup-labels-{estimator}",
            "f =~ x1 + c(a,a)*x2 + c(b1,b2)*x3\ng =~ x4 + x5 + x6\nd := b1 - b2",
            "hs",
            group="school",
            estimator=estimator,
        )
        add(f"second-order-{estimator}", HS + "\ng =~ visual + textual + speed", "hs", estimator=estimator)
        add(
            f"bifactor-{estimator}",
            "g =~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9\ns =~ x7 + x8 + x9\ng ~~ 0*s",
            "hs",
            estimator=estimator,
        )
        add(f"nonrecursive-{estimator}", "x1 ~ x2 + x4\nx2 ~ x1 + x7\nx1 ~~ x2", "hs", estimator=estimator)
        add(f"heywood-{estimator}", "f =~ x1 + x2 + x9\ng =~ x4 + x5", "heywood", estimator=estimator)
        add(f"single-{estimator}", "f =~ x1 + x2 + x3\ng =~ x4\ng ~ f", "hs", estimator=estimator)
        add(f"residual-cov-{estimator}", HS + "\nx1 ~~ x9\nx2 ~~ x7", "hs", estimator=estimator)
        add(f"saturated-{estimator}", "x1 ~ x2 + x3\nx2 ~ x3", "hs", estimator=estimator)
    for estimator in ("ML", "MLR"):
        add(f"cluster-{estimator}", HS, "hs", estimator=estimator, cluster="class")
        add(f"cluster-mimic-{estimator}", MIMIC, "hs", estimator=estimator, cluster="class")
        add(f"cluster-groups-{estimator}", HS, "hs", estimator=estimator, cluster="class", group="school")
        add(f"weights-{estimator}", HS, "hs", estimator=estimator, weights="w")
        add(f"fiml-cluster-{estimator}", HS, "miss", estimator=estimator, cluster="class", missing="fiml")
    nine = [f"x{k}" for k in range(1, 10)]
    for estimator in ("WLSMV", "DWLS", "WLS", "ULSMV", "WLSM", "WLSMVS", "ULS", "ULSM"):
        add(f"ordinal-{estimator}", HS, "ordinal", ordered=nine, estimator=estimator)
        add(f"ordinal-mixed-{estimator}", HS, "mixed", ordered=nine[:5], estimator=estimator)
        add(f"ordinal-groups-{estimator}", HS, "ordinal", ordered=nine, estimator=estimator, group="school")
        add(f"ordinal-mixed-groups-{estimator}", HS, "mixed", ordered=nine[:5], estimator=estimator, group="school")
    for estimator in ("WLSMV", "DWLS"):
        add(f"ordinal-stdlv-{estimator}", HS, "ordinal", ordered=nine, estimator=estimator, std_lv=True)
        add(
            f"ordinal-metric-{estimator}",
            HS,
            "ordinal",
            ordered=nine,
            estimator=estimator,
            group="school",
            group_equal=["loadings"],
        )
        add(
            f"ordinal-scalar-{estimator}",
            HS,
            "ordinal",
            ordered=nine,
            estimator=estimator,
            group="school",
            group_equal=["loadings", "thresholds"],
        )
        add(
            f"ordinal-thresholds-{estimator}",
            HS + "\nx1 | a*t1 + t2 + t3\nx2 | a*t1",
            "ordinal",
            ordered=nine,
            estimator=estimator,
        )
        add(
            f"ordinal-path-{estimator}",
            "x1 ~ x2 + x3\nx4 ~ x1 + x2",
            "ordinal",
            ordered=["x1", "x2", "x3", "x4"],
            estimator=estimator,
        )
        add(
            f"ordinal-structural-{estimator}",
            "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\ntextual ~ visual",
            "ordinal",
            ordered=nine[:6],
            estimator=estimator,
        )
    found += covariate_cases()
    found += frozen_cases()
    return found


def random_cases(count: int, seed: int) -> list[Case]:
    """Draws from models × constraints × groups × equal kinds × missing × estimators × options that the grid does not cross."""
    draw = np.random.default_rng(seed)

    def one_of(*choices: Any) -> Any:
        return choices[int(draw.integers(len(choices)))]

    labelled = "visual =~ x1 + l2*x2 + l3*x3\ntextual =~ x4 + l5*x5 + x6\nspeed =~ x7 + x8 + l9*x9"
    structural = labelled + "\nspeed ~ p*visual + q*textual\ntextual ~ r*visual\nind := r*q\ntot := p + ind"
    mimic = labelled + "\nvisual ~ g1*ageyr\nspeed ~ g2*ageyr + visual"
    path = "x9 ~ l2*x7 + l3*x1 + x4\nx7 ~ l5*x1 + x4\nx8 ~ l9*x7\nind := l5*l2"
    kinds = (
        "loadings", "intercepts", "residuals", "lv.variances", "lv.covariances", "means", "regressions", "residual.covariances",
    )  # fmt: skip
    found = []
    for number in range(count):
        model = one_of(labelled, labelled + "\nx1 ~~ x7", structural, mimic, path)
        model += one_of(
            "", "", "", "\nl2 == l3", "\nl2 + l3 == 1.6", "\nl3 == 2*l5 - l9", "\nl2*l5 == 0.5", "\nl2 < 0.4\nl5 > l9"
        )
        model += one_of("", "", "\nx1 ~~ e*x1\nx9 ~~ e*x9", "\nx7 ~ 0*1" if model.startswith("visual") else "")
        options: dict[str, Any] = {}
        data = one_of("hs", "hs", "miss")
        options["estimator"] = one_of("ML", "MLR", "MLR", "MLF") if data == "miss" else one_of(
            "ML", "MLR", "MLM", "MLMV", "MLMVS", "MLF", "GLS", "ULS", "DWLS", "WLS"
        )  # fmt: skip
        if data == "miss" and one_of(True, True, False):
            options["missing"] = "fiml"
        if one_of(True, False):
            options["group"] = "school"
            equal = [kind for kind in kinds if draw.random() < 0.35]
            if "intercepts" not in equal and "means" in equal:
                equal.remove("means")
            if equal:
                options["group_equal"] = equal
                if "loadings" in equal and model.startswith("visual") and one_of(True, False):
                    options["group_partial"] = ["speed=~x8"]
        likelihood_based = options["estimator"] in ("ML", "MLR", "MLF")
        if likelihood_based and draw.random() < 0.25 and options["estimator"] != "MLF":
            options["cluster"] = "class"
        for name, chance in (("meanstructure", 0.3), ("std_lv", 0.25), ("orthogonal", 0.15)):
            if draw.random() < chance:
                options[name] = True
        if draw.random() < 0.2:
            options["fixed_x"] = False
        if options["estimator"] in ("ML", "MLR") and draw.random() < 0.3:
            options["information"] = one_of("expected", "observed")
        if options["estimator"] == "ML" and "missing" not in options and draw.random() < 0.2:
            options["likelihood"] = "wishart"
        found.append(Case(f"random-{seed}-{number}", model, data, options))
    return found


def covariate_cases() -> list[Case]:
    """Ordinal models with covariates, in the theta parameterization, with ordinal mediators.

    Mediators that a factor or another response explains are compared in theta only: lavaan 0.6-14 leaves their residual
    variances at 1 in delta, so that their implied variances differ from the 1 that thresholds and correlations stand for.
    """
    items = [f"x{k}" for k in range(1, 10)]
    two = "visual =~ x1 + x2 + x3\nspeed =~ x7 + x8 + x9"
    full = HS + "\nvisual ~ ageyr + sex\ntextual ~ ageyr + sex + grade\nspeed ~ visual + ageyr"
    direct = two + "\nvisual ~ ageyr + sex\nspeed ~ visual + sex\nx9 ~ sex"
    fixed = two + "\nvisual ~ ageyr + sex\nspeed ~ visual\nx2 | a*t1\nx3 | a*t1 + t2 + t3 + t4"
    probit = "x1 ~ b*x4 + ageyr\nx4 ~ a*ageyr + sex\nab := a*b"
    mediator = "x1 ~ b*x4 + ageyr\nx4 ~ a*x9 + sex\nx9 ~ sex + ageyr\nab := a*b"
    latent = "visual =~ x1 + x2 + x3\nx9 ~ visual + sex\nx7 ~ x9 + visual"
    groups: dict[str, Any] = {"group": "school"}
    scalar = {**groups, "group_equal": ["loadings", "thresholds"]}
    strict = {**groups, "group_equal": ["loadings", "thresholds", "residuals"]}
    found = []
    for estimator in ("WLSMV", "WLSM", "WLSMVS", "DWLS", "WLS", "ULSMV", "ULS"):
        for name, model, data, ordered, more in (
            ("given", full, "likert", items, {}),
            ("given-direct", direct, "likert", items, {}),
            ("given-thresholds", fixed, "likert", items, {}),
            ("given-mixed", full, "likertmixed", items[:5], {}),
            ("given-groups", direct, "likert", items, groups),
            ("given-mixed-groups", direct, "likertmixed", items[:5], groups),
            ("given-scalar", two + "\nvisual ~ ageyr\nspeed ~ ageyr + visual", "likert", items, scalar),
            ("given-stdlv", full, "likert", items, {"std_lv": True}),
            ("given-probit", probit, "likert", ["x1", "x4"], {}),
            ("theta", HS, "likert", items, {"parameterization": "theta"}),
            ("theta-mixed", HS, "likertmixed", items[:5], {"parameterization": "theta"}),
            ("theta-given", full, "likert", items, {"parameterization": "theta"}),
            ("theta-groups", two, "likert", items, {"parameterization": "theta", **groups}),
            ("theta-scalar", two, "likert", items, {"parameterization": "theta", **scalar}),
            ("theta-strict", two, "likert", items, {"parameterization": "theta", **strict}),
            ("theta-given-scalar", direct, "likert", items, {"parameterization": "theta", **scalar}),
            ("theta-mediator", mediator, "likert", ["x1", "x4", "x9"], {"parameterization": "theta"}),
            ("theta-latent", latent, "likertmixed", ["x1", "x2", "x3", "x9"], {"parameterization": "theta"}),
        ):  # fmt: skip
            if estimator != "WLS" or model != full:  # WLS of many moments has a Γ without inverse
                used = [one for one in ordered if one in model]
                found.append(
                    Case(f"{name}-{estimator}", model, data, {"ordered": used, "estimator": estimator, **more})
                )
    return found


def frozen_cases() -> list[Case]:
    """The cases whose results of lavaan are kept with the tests: small data, the rarer options."""
    factors = "dem60 =~ y1 + y2 + y3 + y4\ndem65 =~ y5 + y6 + y7 + y8"
    mimic, path = (
        factors + "\ndem60 ~ x1\ndem65 ~ dem60 + x1 + x2",
        "y5 ~ b*y1 + x1\ny1 ~ a*x1 + x2\ny8 ~ y1\nab := a*b",
    )
    ordinal = "dem60 =~ o1 + o2 + o3 + o4\nind60 =~ x1 + x2 + x3"
    mixed = "dem60 =~ o1 + o2 + o3 + o4\ndem65 =~ y5 + y6 + y7 + y8"
    # lavaan's polyserial correlations given covariates fail where these or the responses are far from a unit scale
    given = "dem =~ o1 + o3 + o6 + o7\ndem ~ c1 + x2\no5 ~ dem + x3"
    given_mixed = "dem =~ o1 + o3 + o6 + z7\ndem ~ c1\nz2 ~ dem + c1"
    probit, chain = (
        "o5 ~ b*o1 + c1\no1 ~ a*c1 + x2\nab := a*b",
        "o5 ~ b*o3 + c1\no3 ~ a*o1 + x2\nz7 ~ o5\no1 ~ c1\nab := a*b",
    )
    items = [f"o{k}" for k in range(1, 9)]
    groups: dict[str, Any] = {"group": "half"}
    return [
        Case("frozen-path", path, "democracy"),
        Case("frozen-mimic-MLM", mimic, "democracy", {"estimator": "MLM"}),
        Case("frozen-mimic-WLSM", mimic, "democracy", {"estimator": "WLSM"}),
        Case(
            "frozen-groups-MLMV",
            factors,
            "democracy",
            {"estimator": "MLMV", "group_equal": ["loadings", "intercepts"], **groups},
        ),
        Case(
            "frozen-groups-ULSMV", factors, "democracy", {"estimator": "ULSMV", "group_equal": ["loadings"], **groups}
        ),
        Case("frozen-wishart", factors, "democracy", {"likelihood": "wishart", **groups}),
        Case("frozen-cluster", mimic, "democracy", {"cluster": "five"}),
        Case("frozen-gaps-MLR", mimic, "gaps", {"missing": "fiml", "estimator": "MLR"}),
        Case("frozen-gaps-expected", factors, "gaps", {"missing": "fiml", "information": "expected"}),
        Case("frozen-nonlinear", PDIND + "\na*b == 1.0", "democracy", mi=False),
        Case(
            "frozen-growth",
            "i =~ 1*y1 + 1*y2 + 1*y3 + 1*y4\ns =~ 0*y1 + 1*y2 + 2*y3 + 3*y4\ni ~ x1\ns ~ x1",
            "democracy",
            {},
            "growth",
        ),
        Case("frozen-ordinal-WLS-mixed", mixed, "democracy", {"ordered": items[:4], "estimator": "DWLS"}),
        Case("frozen-ordinal-mixed", mixed, "democracy", {"ordered": items[:4]}),
        Case("frozen-given", given, "democracy", {"ordered": ["o1", "o3", "o5", "o6", "o7"]}),
        Case(
            "frozen-given-groups",
            given_mixed,
            "democracy",
            {"ordered": ["o1", "o3", "o6"], "group": "odd", "estimator": "WLSM"},
        ),
        Case("frozen-given-mixed", given_mixed, "democracy", {"ordered": ["o1", "o3", "o6"], "estimator": "ULSMV"}),
        Case("frozen-given-path", probit, "democracy", {"ordered": ["o1", "o5"]}, mi=False),
        Case(
            "frozen-theta-groups",
            "dem60 =~ o1 + o2 + o3 + o4\ndem60 ~ c1",
            "democracy",
            {
                "ordered": items[:4],
                "group": "odd",
                "group_equal": ["loadings", "thresholds"],
                "parameterization": "theta",
            },
            mi=False,
        ),
        Case(
            "frozen-theta-mediator",
            chain,
            "democracy",
            {"ordered": ["o1", "o5", "o3"], "parameterization": "theta"},
            mi=False,
        ),
        Case(
            "frozen-ordinal-groups",
            ordinal,
            "democracy",
            {"ordered": items[:4], "group_equal": ["loadings", "thresholds", "intercepts"], "group": "odd"},
        ),
        Case(
            "frozen-ordinal-thresholds",
            ordinal + "\no1 | t*t1\no3 | t*t1",
            "democracy",
            {"ordered": items[:4], "estimator": "ULSMV"},
        ),
    ]


def freeze(chosen: list[Case], folder: Path, target: Path) -> None:
    """Write what lavaan says of some cases as one JSON document."""
    import json

    out: list[dict[str, Any]] = []
    for case in chosen:
        if (folder / f"{case.name}.error").exists():
            raise SystemExit(f"{case.name}: {(folder / f'{case.name}.error').read_text()}")
        names = ("est", "se", "std.lv", "std.all")
        rows = [row for row in table(folder / f"{case.name}.params.csv") if row["op"] not in ("==", "<", ">")]
        file = folder / f"{case.name}.mi.csv"
        indices = table(file) if file.exists() else []
        out.append({
            "name": case.name, "model": case.model, "data": case.data, "options": {**case.options, **({"growth": True} if case.function == "growth" else {})},
            "parameters": [[row["lhs"], row["op"], row["rhs"], int(row["group"]), *(_short(row[name]) for name in names)] for row in rows],
            "fit": {row["name"].replace(".", "_"): _short(row["value"]) for row in table(folder / f"{case.name}.fit.csv")},
            "indices": [[row["lhs"], row["op"], row["rhs"], int(row["group"]), _short(row["mi"]), _short(row["epc"])] for row in indices],
        })  # fmt: skip
    lines = ",\n".join(json.dumps(one) for one in out)
    target.write_text('{"program": "R lavaan 0.6-14, evaluated at its optimum",\n"cases": [\n' + lines + "\n]}\n")


def _short(cell: str) -> float | None:
    value = number(cell)
    return None if value is None else float(f"{value:.12g}")


PREAMBLE = r"""
suppressMessages(library(lavaan)); options(warn=-1, digits=17)
D <- commandArgs(TRUE)[1]
out <- function(x, file) write.table(format(x, digits=17, trim=TRUE), file.path(D, file), sep=",", row.names=FALSE, qmethod="double")
fully <- function(name, f, model, data, ...) {
  ours <- file.path(D, paste0(name, ".start.csv"))
  fit <- do.call(f, list(model, data, em.h1.iter.max=20000, em.h1.tol=1e-13, ...))
  if (!file.exists(ours)) return(fit)
  own <- parTable(fit); own <- own[own$op %in% c("=~", "~", "~~", "~1", "|", "~*~"), ]
  out(data.frame(own[, c("lhs", "op", "rhs", "group", "est")], fx=fit@optim$fx), paste0(name, ".own.csv"))
  given <- list(model, data, em.h1.iter.max=20000, em.h1.tol=1e-13, start=read.csv(ours), optim.method="none", check.gradient=FALSE, check.start=FALSE,
    optim.force.converged=TRUE, control=list(iter.max=20000, eval.max=40000, rel.tol=1e-14, x.tol=1e-14, abs.tol=0), ...)
  given$fixed.x <- lavInspect(fit, "options")$fixed.x # a start switches it off otherwise
  here <- do.call(f, given)
  if (is.finite(here@optim$fx) && abs(here@optim$fx - fit@optim$fx) < 1e-6) return(here)
  fit # a start that lavaan does not take over, or another minimum
}
one <- function(name, mi, f, model, data, ...) tryCatch({
  fit <- fully(name, f, model, data, ...)
  g <- lavaan:::lav_model_gradient(fit@Model, lavsamplestats=fit@SampleStats, lavdata=fit@Data)
  if (fit@Model@eq.constraints) g <- t(fit@Model@eq.constraints.K) %*% g
  out(data.frame(fx=fit@optim$fx, gradient=max(abs(g))), paste0(name, ".end.csv"))
  if (!lavInspect(fit, "converged")) stop("not converged")
  p <- parameterEstimates(fit, standardized=TRUE, remove.system.eq=FALSE, remove.eq=FALSE, remove.ineq=FALSE)
  if (is.null(p$group)) p$group <- 1
  if (is.null(p$se)) p$se <- NA
  out(p[, c("lhs", "op", "rhs", "group", "est", "se", "std.lv", "std.all")], paste0(name, ".params.csv"))
  m <- fitMeasures(fit); out(data.frame(name=names(m), value=as.numeric(m)), paste0(name, ".fit.csv"))
  if (mi) tryCatch({ x <- modindices(fit); if (is.null(x$group)) x$group <- 1
    out(as.data.frame(x)[, c("lhs", "op", "rhs", "group", "mi", "epc", "sepc.lv", "sepc.all")], paste0(name, ".mi.csv")) }, error=function(e) NULL)
}, error=function(e) cat(conditionMessage(e), file=file.path(D, paste0(name, ".error"))))
"""

SETS = r"""
suppressMessages(library(lavaan)); options(digits=17)
D <- commandArgs(TRUE)[1]
write.csv(HolzingerSwineford1939, file.path(D, "hs.csv"), row.names=FALSE)
write.csv(PoliticalDemocracy, file.path(D, "pd.csv"), row.names=FALSE)
write.csv(Demo.growth, file.path(D, "curves.csv"), row.names=FALSE)
"""


def read(path: Path) -> dict[str, Any]:
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    found: dict[str, Any] = {}
    for index, name in enumerate(rows[0]):
        cells = [row[index].strip() for row in rows[1:]]
        try:
            found[name] = np.array([float(cell) if cell not in ("", "NA") else np.nan for cell in cells])
        except ValueError:
            found[name] = np.array(cells, dtype=object)
    return found


def write(path: Path, data: dict[str, Any]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(data)
        for row in zip(*data.values(), strict=True):
            writer.writerow(["NA" if isinstance(cell, float) and math.isnan(cell) else cell for cell in row])


def make_data(folder: Path) -> dict[str, dict[str, Any]]:
    """lavaan's own data sets, and what is made from them by rules."""
    (folder / "sets.R").write_text(SETS)
    subprocess.run(["Rscript", str(folder / "sets.R"), str(folder)], check=True, capture_output=True)
    sets = {name: read(folder / f"{name}.csv") for name in ("hs", "pd", "curves")}
    generator = np.random.default_rng(6)
    hs = sets["hs"]
    hs["class"] = generator.integers(0, 25, 301).astype(float)
    hs["w"] = np.round(0.5 + generator.random(301), 3)
    xs = [f"x{k}" for k in range(1, 10)]
    sets["miss"] = {name: values.copy() for name, values in hs.items()}
    for name in xs:
        sets["miss"][name][generator.random(301) < 0.12] = np.nan
    sets["pdmiss"] = {name: values.copy() for name, values in sets["pd"].items()}
    for name in ("y3", "x2", "y8", "y1"):
        sets["pdmiss"][name][generator.random(75) < 0.15] = np.nan
    cuts = {name: np.quantile(hs[name], [0.25, 0.55, 0.85]) for name in xs}
    coded = {name: np.digitize(hs[name], cuts[name]).astype(float) + 1 for name in xs}
    sets["ordinal"] = {**hs, **coded}
    sets["mixed"] = {**hs, **{name: coded[name] for name in xs[:5]}}
    cuts = ([0.4], [0.2, 0.7], [0.08, 0.3, 0.6, 0.9], [0.05, 0.15, 0.3, 0.5, 0.7, 0.9], [0.25, 0.5, 0.75], [0.6, 0.93])
    likert = {name: np.digitize(hs[name], np.quantile(hs[name], cuts[k % 6])) + 1.0 for k, name in enumerate(xs)}
    sets["likert"] = {**hs, **likert}
    sets["likertmixed"] = {**hs, **{name: likert[name] for name in (*xs[:5], "x9")}}
    sets["heywood"] = {**hs, "x9": hs["x1"] + 0.3 * generator.standard_normal(301)}
    i = np.arange(75)
    democracy = {name: values.copy() for name, values in sets["pd"].items()}
    democracy.update(half=(i >= 38).astype(float), odd=(i % 2).astype(float), five=(i // 5).astype(float))
    for k in range(1, 9):
        democracy[f"o{k}"] = np.digitize(democracy[f"y{k}"], [3.0, 6.0], right=True).astype(float)
    democracy.update(c1=democracy["x1"] - 5.0, z2=democracy["y2"] / 3.0, z7=democracy["y7"] / 3.0)
    sets["democracy"] = democracy
    sets["gaps"] = {name: values.copy() for name, values in democracy.items()}
    for name, step, rest in (("y3", 7, 0), ("y8", 11, 2), ("y5", 6, 4)):
        sets["gaps"][name][i % step == rest] = np.nan
    for name, data in sets.items():
        write(folder / f"{name}.csv", data)
    return sets


def in_r(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, list | tuple):
        return "c(" + ", ".join(in_r(one) for one in value) + ")"
    return f'"{value}"' if isinstance(value, str) else str(value)


def lavaan(chosen: list[Case], folder: Path) -> None:
    lines = [PREAMBLE] + [f'{name} <- read.csv(file.path(D, "{name}.csv"))' for name in {case.data for case in chosen}]
    renamed = {"weights": "sampling.weights"}
    for case in chosen:
        options = {renamed.get(name, name.replace("_", ".")): value for name, value in case.options.items()}
        arguments = "".join(f", {name}={in_r(value)}" for name, value in options.items())
        lines.append(f'one("{case.name}", {in_r(case.mi)}, "{case.function}", "{case.model}", {case.data}{arguments})')
    (folder / "grid.R").write_text("\n".join(lines))
    subprocess.run(["Rscript", str(folder / "grid.R"), str(folder)], check=True, stdout=subprocess.DEVNULL)


def number(cell: str) -> float | None:
    return None if cell.strip() in ("NA", "NaN", "") else float(cell)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file, skipinitialspace=True))


def ours(case: Case, data: dict[str, Any], folder: Path) -> sem.Fit | str:
    """Our fit, its estimates written where lavaan reads them; or what went wrong."""
    options = dict(case.options)
    if case.function == "growth":
        options["growth"] = True
    options = dict(case.options)
    if case.function == "growth":
        options["growth"] = True
    try:
        fit = sem.fit(case.model, data, **options)
        if not fit.converged:
            return f"not converged: {fit.diagnosis}"
        fit.parameters, fit.fit_measures, fit.modification_indices()
    except CrosscaseError as error:
        return str(error)
    with (folder / f"{case.name}.start.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["lhs", "op", "rhs", "group", "est"])
        writer.writerows(
            (one.lhs, one.op, one.rhs, one.group, repr(one.est))
            for one in fit.parameters
            if one.op != ":=" and one.free
        )
    return fit


def compare(case: Case, fit: sem.Fit | str, folder: Path, details: bool) -> dict[str, Any]:
    """The differences of one case."""
    failed = folder / f"{case.name}.error"
    theirs = failed.read_text().strip() if failed.exists() else ""
    if isinstance(fit, str):
        return {"note": f"ours: {fit}; lavaan: {theirs or 'fits'}"}
    if theirs:
        return {"note": f"lavaan: {theirs}"}
    measures = fit.fit_measures
    indices = {(one.lhs, one.op, one.rhs, one.group): one for one in fit.modification_indices()}
    out: dict[str, Any] = {**dict.fromkeys(COLUMNS, 0.0), "fit name": "", "names": 0}
    mine = {(one.lhs, one.op, one.rhs, one.group): one for one in fit.parameters}
    own, end = table(folder / f"{case.name}.own.csv"), table(folder / f"{case.name}.end.csv")[0]
    out["worse"], out["gradient"] = max(float(end["fx"]) - float(own[0]["fx"]), 0.0), float(end["gradient"])
    for row in own:
        one = mine.get((row["lhs"], row["op"], row["rhs"], int(row["group"])))
        if one is not None and number(row["est"]) is not None:
            out["moved"] = max(out["moved"], abs(one.est - float(row["est"])))
    seen = set()
    for row in table(folder / f"{case.name}.params.csv"):
        if row["op"] in ("==", "<", ">"):
            continue
        key = (row["lhs"], row["op"], row["rhs"] if row["op"] != ":=" else "", int(row["group"]))
        found = mine.get(key) or next(
            (one for k, one in mine.items() if k[1] == ":=" == row["op"] and k[0] == row["lhs"]), None
        )
        if found is None:
            found = mine.get((row["rhs"], row["op"], row["lhs"], int(row["group"]))) if row["op"] == "~~" else None
        if found is None:
            out["names"] += 1
            if details:
                print(f"  only lavaan's: {key}")
            continue
        seen.add((found.lhs, found.op, found.rhs, found.group))
        for column, a, b, relative in (
            ("std", found.est, number(row["est"]), False), ("se", found.se, number(row["se"]), True),
            ("std", found.std_lv, number(row["std.lv"]), False), ("std", found.std_all, number(row["std.all"]), False),
        ):  # fmt: skip
            if a is None or b is None:
                if (a or 0.0) != (b or 0.0):
                    out["names"] += 1
                    if details:
                        print(f"  {key} {column}: {a} {b}")
                continue
            gap = abs(a - b) / (abs(b) if relative and abs(b) > 1e-8 else 1.0)
            if details and gap > 1e-5:
                print(f"  {key} {column}: ours {a:.9g} lavaan {b:.9g}")
            out[column] = max(out[column], gap)
    for key in set(mine) - seen:
        out["names"] += 1
        if details:
            print(f"  only ours: {key}")
    known = {row["name"].replace(".", "_"): number(row["value"]) for row in table(folder / f"{case.name}.fit.csv")}
    for name in sorted({*known, *measures}):
        if name not in measures or name not in known or (measures[name] is None) != (known[name] is None):
            out["names"] += 1
            if details:
                print(f"  measure {name}: ours {measures.get(name, 'absent')} lavaan {known.get(name, 'absent')}")
            continue
        if known[name] is None:
            continue
        gap = abs(measures[name] - known[name])
        if name == "chisq":
            out["chisq"] = gap
        scale = (
            1.0
            if name not in ("logl", "unrestricted_logl", "aic", "bic", "bic2")
            else max(1.0, abs(known[name]) * 1e-3)
        )
        if details and gap / scale > 1e-6:
            print(f"  measure {name}: ours {measures[name]:.10g} lavaan {known[name]:.10g}")
        if name.startswith(INCREMENTAL):
            out["baseline"] = max(out["baseline"], gap / scale)
        elif gap / scale > out["fit"]:
            out["fit"], out["fit name"] = gap / scale, name
    if (folder / f"{case.name}.mi.csv").exists():
        rows = table(folder / f"{case.name}.mi.csv")
        keys = set()
        for row in rows:
            key = (row["lhs"], row["op"], row["rhs"], int(row["group"]))
            one = indices.get(key) or (
                indices.get((row["rhs"], "~~", row["lhs"], key[3])) if row["op"] == "~~" else None
            )
            keys.add(key)
            if one is None:
                out["names"] += 1
                if details:
                    print(f"  index of {key} only lavaan's")
                continue
            for attribute, column in (("mi", "mi"), ("epc", "epc"), ("sepc_lv", "sepc.lv"), ("sepc_all", "sepc.all")):
                a, b = getattr(one, attribute), number(row[column])
                if a is None or b is None:
                    out["names"] += (a is None) != (b is None)
                    continue
                gap = abs(a - b) / max(abs(b), 1e-3)
                if details and gap > 1e-4:
                    print(f"  index of {key} {attribute}: ours {a:.8g} lavaan {b:.8g}")
                out["mi"] = max(out["mi"], gap)
        for key in set(indices) - keys:
            if key[1] == "~~" and (key[2], "~~", key[0], key[3]) in keys:
                continue
            out["names"] += 1
            if details:
                print(f"  index of {key} only ours")
    return out


INCREMENTAL = ("baseline", "cfi", "tli", "nnfi", "rfi", "nfi", "pnfi", "ifi", "rni")
COLUMNS = ("worse", "gradient", "moved", "se", "std", "chisq", "fit", "baseline", "mi")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*")
    parser.add_argument("--details", action="store_true")
    parser.add_argument("--keep", type=Path, help="keep lavaan's output here, and use it again")
    parser.add_argument(
        "--freeze", type=Path, help="write lavaan's results of the chosen cases to this file, for the tests"
    )
    parser.add_argument("--random", type=int, default=0, help="so many random cases instead of the grid")
    parser.add_argument("--seed", type=int, default=1, help="of the random cases")
    arguments = parser.parse_args()
    every = random_cases(arguments.random, arguments.seed) if arguments.random else cases()
    chosen = [case for case in every if not arguments.words or any(word in case.name for word in arguments.words)]
    with tempfile.TemporaryDirectory() as temporary, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        sets = make_data(folder)
        fits = {case.name: ours(case, sets[case.data], folder) for case in chosen}
        wanted = [
            case for case in chosen if not any((folder / f"{case.name}.{end}").exists() for end in ("fit.csv", "error"))
        ]
        if wanted:
            lavaan(wanted, folder)
        if arguments.freeze:
            freeze(chosen, folder, arguments.freeze)
        print(f"{'case':32}" + "".join(f"{name:>10}" for name in COLUMNS) + "  names  fit measure")
        for case in chosen:
            found = compare(case, fits[case.name], folder, arguments.details)
            if "note" in found:
                print(f"{case.name:32}{found['note'][:160]}")
                continue
            print(
                f"{case.name:32}"
                + "".join(f"{found[name]:10.1e}" for name in COLUMNS)
                + f"  {found['names']:5}  {found['fit name']}"
            )


if __name__ == "__main__":
    main()
