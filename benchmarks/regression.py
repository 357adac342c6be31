"""Mediation by bootstrap, necessity by permutation, and PLS by bootstrap, each beside a plain loop over the draws.

    OPENBLAS_NUM_THREADS=1 python benchmarks/regression.py

The loop does what one writes without thinking of speed: draw rows, fit each regression with ``numpy.linalg.lstsq`` or the
model with one call.  Seconds of processor time of one run, and their ratio.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from crosscase.engines.pls import path_model
from crosscase.engines.regression import htmt, mediation, necessity


def seconds(function: Callable[[], object]) -> float:
    began = time.process_time()
    function()
    return time.process_time() - began


def survey(n: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    x = rng.normal(size=n)
    m = 0.5 * x + rng.normal(size=n)
    y = 0.4 * m + 0.2 * x + rng.normal(size=n)
    table = {"x": x, "m": m, "y": y}
    return table | {f"{k}{i}": v + 0.6 * rng.normal(size=n) for k, v in table.items() for i in range(1, 6)}


def mediation_loop(table: dict[str, np.ndarray], draws: int) -> None:
    rng = np.random.default_rng(0)
    x, m, y = table["x"], table["m"], table["y"]
    ones = np.ones(len(x))
    for _ in range(draws):
        rows = rng.integers(0, len(x), len(x))
        np.linalg.lstsq(np.column_stack([ones, x[rows]]), m[rows], rcond=None)
        np.linalg.lstsq(np.column_stack([ones, x[rows], m[rows]]), y[rows], rcond=None)
        np.linalg.lstsq(np.column_stack([ones, x[rows]]), y[rows], rcond=None)


def necessity_loop(table: dict[str, np.ndarray], draws: int) -> None:
    rng = np.random.default_rng(0)
    for _ in range(draws):
        necessity({"x": table["x"], "y": rng.permutation(table["y"])}, "x", "y", draws=0)


def main() -> None:
    table = survey(188)
    constructs = {k: [f"{k}{i}" for i in range(1, 6)] for k in "xmy"}
    paths = {"m": ["x"], "y": ["x", "m"]}
    mediation(table, "x", ["m"], "y", draws=100)  # imports
    path_model(table, constructs, paths, draws=2)

    def pls_loop(draws: int) -> None:
        rng = np.random.default_rng(0)
        for _ in range(draws):
            rows = rng.integers(0, 188, 188)
            path_model({name: column[rows] for name, column in table.items()}, constructs, paths)

    print(f"{'':<52}{'batched':>9}{'loop':>9}{'ratio':>7}")
    for name, ours, loop in (
        (
            "mediation, n = 188, 5,000 draws",
            lambda: mediation(table, "x", ["m"], "y", draws=5000),
            lambda: mediation_loop(table, 5000),
        ),
        (
            "necessity, n = 188, 2,000 permutations",
            lambda: necessity(table, "x", "y", draws=2000),
            lambda: necessity_loop(table, 2000),
        ),
        (
            "PLS, 15 items, n = 188, 1,000 draws",
            lambda: path_model(table, constructs, paths, draws=1000),
            lambda: pls_loop(1000),
        ),
    ):
        mine, plain = seconds(ours), seconds(loop)
        print(f"{name:<52}{mine:8.2f}s{plain:8.2f}s{plain / mine:7.1f}")
    print(f"{'HTMT, 15 items, n = 188, 5,000 draws':<52}{seconds(lambda: htmt(table, constructs, draws=5000)):8.2f}s")


if __name__ == "__main__":
    main()
