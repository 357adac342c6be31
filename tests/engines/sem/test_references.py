"""Every exact reference result: R lavaan 0.6-14 driven to the optimum.

Tolerances: estimates 1e-6 absolute, standard errors 1e-5 relative, fit measures 1e-6, modification indices 1e-4 relative.
For incomplete data the reference's saturated model comes from an EM algorithm that stops at a change of about 1e-5, so the
measures that hang on it in first order (the scaled statistics and the robust indices) are held to 1e-4 only; ours are at the
maximum of the likelihood (``test_the_saturated_model_is_at_its_maximum``).
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crosscase.engines import sem
from crosscase.engines.sem.discrepancy import vech
from crosscase.engines.sem.kernel import saturated_kernel
from tests.engines.sem.conftest import read

NAMES = (
    "hs_cfa_gls", "hs_cfa_ml", "hs_cfa_ml_meanstr", "hs_cfa_mlr", "hs_cfa_obsinfo", "hs_cfa_stdlv", "hs_fiml20", "hs_fiml20_mlr",
    "hs_listwise20", "hs_mg_configural", "hs_mg_metric", "path_med", "path_med_mlr", "pd_sem_ind", "pd_sem_ml", "pd_sem_mlr",
)  # fmt: skip


def options_of(call: dict[str, Any] | list[Any]) -> dict[str, Any]:
    found = {name.replace(".", "_"): value for name, value in (call or {}).items()} if isinstance(call, dict) else {}
    found.pop("group_label", None)
    if "group_equal" in found:
        found["group_equal"] = [found["group_equal"]] if isinstance(found["group_equal"], str) else found["group_equal"]
    return found


@pytest.fixture(scope="module", params=NAMES)
def pair(request: pytest.FixtureRequest, shared: Path) -> tuple[str, dict[str, Any], sem.Fit, Path]:
    folder = shared / "reference" / "sem"
    reference = json.loads((folder / f"{request.param}_fit.json").read_text())
    fit = sem.fit(reference["model"], read(folder / "data" / reference["data"]), **options_of(reference["call"]))
    return request.param, reference, fit, folder


def number(cell: str) -> float | None:
    return float(cell) if cell.strip() not in ("", "NA") else None


def test_parameters(pair: tuple[str, dict[str, Any], sem.Fit, Path]) -> None:
    name, _, fit, folder = pair
    compared = 0
    with (folder / f"{name}_params.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["op"] in ("==", "<", ">"):
                continue
            mine = fit.parameter(row["lhs"], row["op"], row["rhs"], int(row.get("group") or 1))
            assert mine.est == pytest.approx(number(row["est"]), abs=1e-6)
            assert mine.se == pytest.approx(number(row["se"]), rel=1e-5, abs=1e-12)
            assert mine.std_lv == pytest.approx(number(row["std.lv"]), abs=1e-6)
            assert mine.std_all == pytest.approx(number(row["std.all"]), abs=1e-6)
            compared += 1
    assert compared >= 8


def test_fit_measures(pair: tuple[str, dict[str, Any], sem.Fit, Path]) -> None:
    name, reference, fit, _ = pair
    mine = fit.fit_measures
    for key, value in reference["fit"].items():
        key = key.replace(".", "_")
        loose = name.startswith("hs_fiml") and key.endswith(("_robust", "chisq_scaled"))
        assert mine[key] == (None if value is None else pytest.approx(value, abs=1e-4 if loose else 1e-6)), key


def test_modification_indices(pair: tuple[str, dict[str, Any], sem.Fit, Path]) -> None:
    name, _, fit, folder = pair
    mine = {(one.lhs, one.op, one.rhs, one.group): one for one in fit.modification_indices()}
    with (folder / f"{name}_modindices.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(mine) == len(rows)
    for row in rows:
        one = mine[row["lhs"], row["op"], row["rhs"], int(row.get("group") or 1)]
        assert one.mi == pytest.approx(float(row["mi"]), rel=1e-4)
        assert one.epc == pytest.approx(float(row["epc"]), rel=1e-4)


def test_implied_moments_and_explained_variance(pair: tuple[str, dict[str, Any], sem.Fit, Path]) -> None:
    _, reference, fit, _ = pair
    blocks = reference["implied"] if isinstance(reference["implied"], list) else list(reference["implied"].values())
    for block, mine in zip(blocks, fit.implied, strict=True):
        assert mine["covariance"] == pytest.approx(np.array(block["cov"]), abs=1e-6)
    explained = reference["r2"] if isinstance(reference["r2"], dict) else {"0": reference["r2"]}
    for values, found in zip(explained.values(), fit.r_squared, strict=True):
        assert list(found.values()) == pytest.approx(values, abs=1e-6)


def test_the_saturated_model_is_at_its_maximum(shared: Path) -> None:
    folder = shared / "reference" / "sem"
    for name in ("hs_fiml20", "hs_fiml20_mlr"):
        reference = json.loads((folder / f"{name}_fit.json").read_text())
        fit = sem.fit(reference["model"], read(folder / "data" / reference["data"]), missing="fiml")
        part = fit.moments[0]
        assert part.log_likelihood >= reference["fit"]["unrestricted.logl"]
        kernel = saturated_kernel(9)
        state = kernel.state(np.concatenate([part.mean, vech(part.covariance)])[None])
        assert np.abs(fit.problem.discrepancies[0].gradient(kernel, state)).max() < 1e-10


def test_validity_of_semtools(shared: Path) -> None:
    """semTools 0.5-6: reliability(), AVE(), htmt() (which is HTMT2 there), Harman and the single-factor model."""
    folder = shared / "reference" / "sem"
    reference = json.loads((folder / "validity_semtools.json").read_text())
    model = json.loads((folder / "hs_cfa_ml_fit.json").read_text())["model"]
    latent = "EO =~ eo1 + eo2 + eo3 + eo4\nNET =~ net1 + net2 + net3 + net4\nPERF =~ perf1 + perf2 + perf3 + perf4"
    for key, text, file in (
        ("hs_cfa", model, "HolzingerSwineford1939.csv"), ("latent_med_cfa", latent, "latent_mediation_188.csv"),
    ):  # fmt: skip
        expected = reference[key]
        fit = sem.fit(text, read(folder / "data" / file))
        found = sem.validity(fit)
        # semTools works from lavaan's default optimum, which is 1e-7 to 1e-6 short.
        for one in found.factors:
            assert one.alpha == pytest.approx(expected["reliability"][one.name][0], abs=1e-12)
            assert one.omega == pytest.approx(expected["reliability"][one.name][3], abs=1e-6)
            assert one.ave == pytest.approx(expected["AVE"][one.name], abs=1e-6)
        names = [one.name for one in found.factors]
        for one in found.pairs:
            i, j = names.index(one.first), names.index(one.second)
            assert one.correlation == pytest.approx(expected["latent_cor"][i][j], abs=1e-6)
            assert one.htmt2 == pytest.approx(expected["htmt"][i][j], abs=1e-12)
        methods = sem.common_method(fit)
        assert methods.harman == pytest.approx(expected["harman_pct1"], abs=1e-12)
        assert methods.one_factor is not None
        for name, value in expected["single_factor"].items():
            assert methods.one_factor[name] == pytest.approx(value, abs=1e-6)
