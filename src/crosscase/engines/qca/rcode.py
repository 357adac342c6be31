"""R code that repeats an analysis with R's package QCA, for a reader who wants to check it there."""

from __future__ import annotations

import json
import re

from crosscase.engines.qca.data import SetData
from crosscase.engines.qca.solution import Solution

__all__ = ["r_script"]


def r_script(solution: Solution, *, file: str = "", id_column: str | None = None) -> str:
    """A script for R (package QCA) that makes the same truth table and solution.

    It reads the sets from ``file``; without one they stand in the script, as many digits as it takes to read them back.
    Expressions that exclude remainders become ``findRows``; what R does otherwise is said in a comment.
    """
    table = solution.table
    quote = json.dumps
    conditions = ", ".join(quote(name) for name in table.conditions.names)
    cut = f"{table.incl_cut:g}"
    if table.incl_cut_contradiction is not None:
        cut = f"c({table.incl_cut:g}, {table.incl_cut_contradiction:g})"
    lines = ["library(QCA)", *(_read(file, id_column) if file else _data(table.data))]
    if table.data.dropped and file:
        dropped = ", ".join(quote(case) for case in table.data.dropped)
        lines.append(f"data <- data[!rownames(data) %in% c({dropped}), ]  # cases left out")
    lines += [
        "tt <- truthTable(data,",
        f"  outcome = {quote(table.outcome)},",
        f"  conditions = c({conditions}),",
        f"  incl.cut = {cut}, pri.cut = {table.pri_cut:g}, n.cut = {table.n_cut},",
        "  complete = TRUE, show.cases = TRUE)",
    ]
    exclude = _exclude(solution)
    arguments = ["tt", "details = TRUE"]
    if solution.kind != "conservative":
        arguments.append('include = "?"')
    if solution.directional:
        arguments.append(f"dir.exp = {quote(_expectations(solution.directional))}")
    if exclude:
        lines += exclude
        arguments.append("exclude = excluded")
    lines.append(f"solution <- minimize({', '.join(arguments)})")
    if solution.kind == "intermediate":
        lines.append("print(lapply(solution$i.sol, function(pair) pair$solution))  # one entry per pair C1P1, C1P2, …")
    lines.append("print(solution)")
    if table.n_cut > 1 and table.incl_cut_contradiction is not None:
        lines.insert(0, "# With n.cut above 1 and two inclusion cut-offs R's QCA 3.25.1 can label rows differently.")
    if solution.directional.count("*") and ("+" in solution.directional or "," in solution.directional):
        lines.insert(0, "# Of several conjunctural expectations R's QCA 3.25.1 uses the last one only.")
    return "\n".join(lines) + "\n"


def _read(file: str, id_column: str | None) -> list[str]:
    names = "row.names = 1" if id_column is None else f"row.names = {json.dumps(id_column)}"
    return [f"data <- read.csv({json.dumps(file)}, {names}, check.names = FALSE)"]


def _data(data: SetData) -> list[str]:
    columns = [
        f"  {json.dumps(name)} = c({', '.join(repr(float(value)) for value in data.values[:, place])})"
        for place, name in enumerate(data.names)
    ]
    cases = ", ".join(json.dumps(case, ensure_ascii=False) for case in data.cases)
    return ["data <- data.frame(check.names = FALSE,", ",\n".join([*columns, f"  row.names = c({cases})"]) + ")"]


def _expectations(text: str) -> str:
    return re.sub(r"\s*[,;]\s*(?![^\[]*\])", ", ", text)


def _exclude(solution: Solution) -> list[str]:
    rows = [one for one in solution.excluded if one.isdigit()]
    parts = [f"findRows({json.dumps(one)}, tt)" for one in solution.excluded if not one.isdigit()]
    if rows:
        parts.append(f"c({', '.join(rows)})")
    return [f"excluded <- unique(c({', '.join(parts)}))"] if parts else []
