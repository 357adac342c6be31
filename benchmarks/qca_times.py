"""Set-theoretic analysis: the times of the parts that grow, beside setqca, pyqca and R's QCA where they are installed.

Run with ``PYTHONPATH=src python benchmarks/qca_times.py [--quick]``.  Truth tables are random or made from three terms; ``first`` is
the least number of terms with one model, ``all`` every model or what can be said of them (count, prime implicants in all,
some or none of the models).  Times are processor seconds of one thread, so that they say the same on a busy machine; a peer
runs in a process of its own, for at most ``--limit`` seconds on the clock, under ``--peers-python`` when the peers are installed
elsewhere.  A ratio is the peer's time over ours for a first model.  Nothing here is asserted.
"""

from __future__ import annotations

import argparse
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from crosscase.engines.qca import SetData, fit_all_terms, necessary_conditions, truth_table
from crosscase.engines.qca.cover import Chart
from crosscase.engines.qca.implicants import cubes_of_rows, prime_implicants

#: What a peer is asked to do: read the rows, minimise with remainders, print the processor seconds that it took.
SETQCA = """
import sys, time, pandas
from setqca import CSQCA
data = pandas.read_csv(sys.argv[1])
start = time.process_time()
CSQCA(consistency=1.0).fit(data, outcome="Y", conditions=list(data.columns[:-1]))
print("seconds", time.process_time() - start)
"""
PYQCA = """
import sys, time, pandas
from qca import CSQCA
data = pandas.read_csv(sys.argv[1])
start = time.process_time()
CSQCA(data, outcome="Y", conditions=list(data.columns[:-1])).fit(consistency_cutoff=1.0)
print("seconds", time.process_time() - start)
"""
RQCA = """
if (!requireNamespace("QCA", quietly = TRUE)) { cat("missing"); quit() }
library(QCA)
data <- read.csv(commandArgs(TRUE)[1])
time <- system.time(minimize(truthTable(data, outcome = "Y", incl.cut = 1), include = "?", first.min = TRUE))
cat("seconds", sum(time[1:2]))
"""


def rows_of(conditions: int, rows: int, kind: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Distinct configurations with an outcome that is random, or true of three random terms of three literals."""
    generator = np.random.default_rng(seed)
    table = np.unique(generator.integers(0, 2, (rows * 4, conditions)), axis=0)
    table = generator.permutation(table)[:rows]
    if kind == "random":
        return table, generator.random(len(table)) < 0.5
    outcome = np.zeros(len(table), dtype=bool)
    for _ in range(3):
        chosen = generator.choice(conditions, 3, replace=False)
        outcome |= (table[:, chosen] == generator.integers(0, 2, 3)).all(axis=1)
    return table, outcome


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def minimisation(conditions: int, rows: int, kind: str, seed: int) -> dict[str, Any]:
    table, outcome = rows_of(conditions, rows, kind, seed)
    levels = [2] * conditions
    positive, off = table[outcome], cubes_of_rows(table[~outcome].tolist(), levels)
    primes, found = seconds(lambda: prime_implicants(positive, off, levels))
    first, chart = seconds(lambda: Chart(found.coverage, len(positive)))
    every, models = seconds(lambda: chart.models(1000))
    ambiguity, groups = seconds(chart.ambiguity)
    return {
        "conditions": conditions,
        "rows": rows,
        "outcome": kind,
        "implicants": len(found),
        "terms": chart.size,
        "models": f"{models.count}" if models.counted else f">= {models.count}",
        "some/all/none/?": "/".join(
            str(len(group)) for group in (groups.in_some, groups.in_all, groups.in_none, groups.undecided)
        ),
        "primes s": primes,
        "first s": primes + first,
        "all s": primes + first + every + ambiguity,
    }


def peer(command: list[str], table: np.ndarray, outcome: np.ndarray, limit: float) -> str:
    """Processor seconds of a peer for the same rows, or why there are none."""
    if shutil.which(command[0]) is None:
        return "-"
    names = [f"C{i}" for i in range(table.shape[1])]
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "rows.csv")
        rows = np.column_stack([table, outcome])
        np.savetxt(path, rows, fmt="%d", delimiter=",", header=",".join([*names, "Y"]), comments="")
        try:
            done = subprocess.run([*command, path], capture_output=True, text=True, timeout=limit, check=False)
        except subprocess.TimeoutExpired:
            return f"> {limit:.0f}"
    found = re.search(r"seconds ([\d.e-]+)", done.stdout)
    if found:
        return f"{float(found[1]):.3f}"
    if "missing" in done.stdout or "ModuleNotFoundError" in done.stderr:
        return "-"
    return (done.stderr.strip().splitlines() or ["no answer"])[-1].partition(":")[0][:16]


def ratio(theirs: str, ours: float) -> str:
    """How many times as long a peer takes; a bound when it was stopped."""
    match = re.fullmatch(r"(> )?([\d.]+)", theirs)
    return f"{match[1] or ''}{float(match[2]) / max(ours, 1e-4):.0f}" if match else ""


def large() -> list[tuple[str, float]]:
    """The work that grows with the cases."""
    generator = np.random.default_rng(1)
    names = list("ABCDEFGH")
    many = SetData.from_columns(dict(zip([*names, "Y"], generator.random((9, 100_000)), strict=True)))
    few = SetData.from_columns(dict(zip([*"ABCDEFGHIJY"], generator.random((11, 100)), strict=True)))
    tables = seconds(lambda: truth_table(many, "Y", names, incl_cut=0.8))[0]
    necessity = seconds(lambda: necessary_conditions(many, "Y", names, depth=3))[0]
    fits = seconds(lambda: fit_all_terms(few, tuple("ABCDEFGHIJ"), "Y"))[0]
    return [
        ("truth table, 100,000 cases x 8 fuzzy conditions", tables),
        ("necessity of all conjunctions and disjunctions up to three, the same data", necessity),
        ("fit of all 3^10 terms, 100 cases", fits),
    ]


def show(lines: list[dict[str, Any]]) -> None:
    columns = list(lines[0])
    cells = [[f"{line[c]:.4f}" if isinstance(line[c], float) else str(line[c]) for c in columns] for line in lines]
    widths = [max(len(column), *(len(row[i]) for row in cells)) for i, column in enumerate(columns)]
    for row in [columns, *cells]:
        print("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer tables, and the peers on the smallest only")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers-python", default=sys.executable, help="the Python that has setqca and pyqca")
    parser.add_argument("--limit", type=float, default=15, help="seconds that a peer gets on the clock")
    parser.add_argument("--peers-up-to", type=int, default=18, help="conditions up to which the peers are tried")
    arguments = parser.parse_args()
    import scipy.optimize  # noqa: F401  its import is not part of a solution's time

    for label, time_taken in large():
        print(f"{time_taken:8.4f} s  {label}", flush=True)
    peers = {
        "setqca": [arguments.peers_python, "-c", SETQCA],
        "pyqca": [arguments.peers_python, "-c", PYQCA],
        "R QCA": ["Rscript", "-e", RQCA, "--args"],
    }
    #: the fewest conditions with which a peer was stopped
    stopped: dict[str, int] = {}
    lines = []
    sizes = [(6, 30), (8, 60), (10, 60), (12, 100), (15, 60), (15, 100), (18, 60), (18, 100)]
    if not arguments.quick:
        sizes = [(k, n) for k in (6, 8, 10, 12, 15, 18) for n in (30, 60, 100)]
    for conditions, rows in sizes:
        for kind in ("random", "three terms"):
            line = minimisation(conditions, rows, kind, arguments.seed)
            ours = line["first s"]
            for name, command in peers.items():
                if stopped.get(name, conditions) < conditions or conditions > arguments.peers_up_to:
                    theirs = "not asked"
                else:
                    theirs = peer(command, *rows_of(conditions, rows, kind, arguments.seed), arguments.limit)
                if theirs.startswith(">"):  # who was stopped is not asked with more conditions
                    stopped.setdefault(name, conditions)
                line |= {f"{name} s": theirs, f"{name} ratio": ratio(theirs, ours)}
            lines.append(line)
            print(".", end="", file=sys.stderr, flush=True)
    show(lines)
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
