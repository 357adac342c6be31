"""Structural equation models beside R lavaan: CPU seconds, one BLAS thread, both in the same run.

Run: ``OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONPATH=src python benchmarks/sem.py [FOLDER WITH THE DATA SETS]``.  The folder is that of the reference
results (``shared/reference/sem/data``).  Without ``Rscript`` and lavaan only our own times are printed.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from crosscase.engines import sem

HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
PD = (
    "ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + y2 + y3 + y4\ndem65 =~ y5 + y6 + y7 + y8\ndem60 ~ ind60\ndem65 ~ ind60 + dem60\n"
    "y1 ~~ y5\ny2 ~~ y4 + y6\ny3 ~~ y7\ny4 ~~ y8\ny6 ~~ y8"
)
LM = (
    "EO =~ eo1 + eo2 + eo3 + eo4\nNET =~ net1 + net2 + net3 + net4\nPERF =~ perf1 + perf2 + perf3 + perf4\nNET ~ a*EO\n"
    "PERF ~ c*EO + b*NET\nindirect := a*b\ntotal := c + a*b"
)
BIG = "\n".join(f"f{f} =~ " + " + ".join(f"i{5 * (f - 1) + k}" for k in range(1, 6)) for f in range(1, 9))

R = r"""
suppressMessages(library(lavaan)); options(warn=-1)
D <- commandArgs(TRUE)[1]; read <- function(f) read.csv(file.path(D, f))
HS <- "%(HS)s"; PD <- "%(PD)s"; LM <- "%(LM)s"; BIG <- "%(BIG)s"
hs <- read("HolzingerSwineford1939.csv"); pd <- read("PoliticalDemocracy.csv"); lm <- read("latent_mediation_188.csv")
big <- read("big_cfa_40x8_1000.csv"); miss <- read("HS_missing20.csv")
clock <- function(name, times, scale, code) { code(); t <- proc.time(); for (i in 1:times) code(); d <- proc.time() - t
  cat(name, "\t", (d[1] + d[2]) / times * scale, "\n", sep="") }
tables <- function(f) { parameterEstimates(f, standardized=TRUE); fitMeasures(f); invisible(f) }
fpd <- sem(PD, pd); flm <- sem(LM, lm)
clock("bootstrap PoliticalDemocracy, 1,000 draws", 1, 20, function() bootstrapLavaan(fpd, R=50))
clock("bootstrap latent mediation, 1,000 draws", 1, 20, function() bootstrapLavaan(flm, R=50))
clock("fit with tables, HS", 5, 1, function() tables(cfa(HS, hs)))
clock("fit with tables, 40 indicators", 1, 1, function() tables(cfa(BIG, big)))
fhs <- cfa(HS, hs); fbig <- cfa(BIG, big)
clock("modification indices, HS", 3, 1, function() modindices(fhs))
clock("modification indices, 40 indicators", 1, 1, function() modindices(fbig))
clock("FIML fit with tables", 1, 1, function() tables(cfa(HS, miss, missing="fiml")))
clock("invariance series", 1, 1, function() for (e in list("none", "loadings", c("loadings","intercepts"),
  c("loadings","intercepts","residuals"))) fitMeasures(cfa(HS, hs, group="school", group.equal=e)))
"""


def read(path: Path) -> dict[str, Any]:
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    found: dict[str, Any] = {}
    for index, name in enumerate(rows[0]):
        cells = [row[index].strip() for row in rows[1:]]
        try:
            found[name] = np.array([float(cell) if cell else np.nan for cell in cells])
        except ValueError:
            found[name] = np.array(cells, dtype=object)
    return found


def clock(work: Callable[[], Any], least: float = 0.5) -> float:
    """CPU seconds of one call: the median of calls that take ``least`` seconds together, after a first one."""
    work()
    taken: list[float] = []
    while sum(taken) < least and len(taken) < 60:
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return float(np.median(taken))


def tables(fit: sem.Fit) -> None:
    assert fit.converged
    _ = fit.parameters, fit.fit_measures


def lavaan(folder: Path) -> dict[str, float]:
    if shutil.which("Rscript") is None:
        return {}
    script = R % {name: text.replace("\n", "\\n") for name, text in (("HS", HS), ("PD", PD), ("LM", LM), ("BIG", BIG))}
    done = subprocess.run(["Rscript", "-e", script, str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        print("lavaan did not run:", done.stderr.strip().splitlines()[-1:], file=sys.stderr)
    return {line.split("\t")[0]: float(line.split("\t")[1]) for line in done.stdout.splitlines() if "\t" in line}


def simulated(indicators: int, n: int = 1000) -> tuple[str, dict[str, Any]]:
    """A CFA with five indicators a factor and loadings of 0.7."""
    generator = np.random.default_rng(indicators)
    factors = indicators // 5
    phi = np.full((factors, factors), 0.3) + 0.7 * np.eye(factors)
    scores = generator.standard_normal((n, factors)) @ np.linalg.cholesky(phi).T
    data = {f"i{k}": 0.7 * scores[:, k // 5] + 0.7 * generator.standard_normal(n) for k in range(indicators)}
    return "\n".join(f"f{f} =~ " + " + ".join(f"i{5 * f + k}" for k in range(5)) for f in range(factors)), data


def main() -> None:
    default = Path(__file__).resolve().parents[2] / "shared" / "reference" / "sem" / "data"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    hs, pd = read(folder / "HolzingerSwineford1939.csv"), read(folder / "PoliticalDemocracy.csv")
    lm, big, miss = (
        read(folder / f"{name}.csv") for name in ("latent_mediation_188", "big_cfa_40x8_1000", "HS_missing20")
    )
    fpd, flm, fhs, fbig = sem.fit(PD, pd), sem.fit(LM, lm), sem.fit(HS, hs), sem.fit(BIG, big)

    def series() -> None:
        for one in sem.invariance(HS, hs, group="school").fits:
            _ = one.fit_measures

    work: list[tuple[str, Callable[[], Any], float]] = [
        ("bootstrap PoliticalDemocracy, 1,000 draws", lambda: sem.bootstrap(fpd, 1000, seed=1), 100),
        ("bootstrap latent mediation, 1,000 draws", lambda: sem.bootstrap(flm, 1000, seed=1), 100),
        ("fit with tables, HS", lambda: tables(sem.fit(HS, hs)), 15),
        ("fit with tables, 40 indicators", lambda: tables(sem.fit(BIG, big)), 20),
        ("modification indices, HS", fhs.modification_indices, 10),
        ("modification indices, 40 indicators", fbig.modification_indices, 10),
        ("FIML fit with tables", lambda: tables(sem.fit(HS, miss, missing="fiml")), 10),
        ("invariance series", series, 10),
    ]
    # Ours first: for a while after R has run, memory is slower for this process on a small machine.
    measured = {name: clock(function) for name, function, _ in work}
    theirs = lavaan(folder)
    print(f"{'':44}{'ours, s':>10}{'lavaan, s':>12}{'ratio':>8}{'goal':>6}")
    for name, _, goal in work:
        ours = measured[name]
        other = theirs.get(name)
        ratio = f"{other / ours:8.1f}" if other else f"{'':8}"
        print(f"{name:44}{ours:10.4f}{other if other else float('nan'):12.3f}{ratio}{goal:6.0f}")
    print("\ngrowth, CPU seconds")
    for indicators in (20, 40, 80):
        model, data = simulated(indicators)
        print(f"  fit with tables, {indicators} indicators: {clock(lambda m=model, d=data: tables(sem.fit(m, d))):.4f}")  # type: ignore[misc]
    for draws in (250, 1000, 4000):
        print(
            f"  bootstrap PoliticalDemocracy, {draws} draws: {clock(lambda k=draws: sem.bootstrap(fpd, k, seed=1)):.3f}"
        )  # type: ignore[misc]


if __name__ == "__main__":
    main()
