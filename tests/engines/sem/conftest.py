"""Data and models of the structural equation tests."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

HERE = Path(__file__).parent

PD = """ind60 =~ x1 + x2 + x3
dem60 =~ y1 + y2 + y3 + y4
dem65 =~ y5 + y6 + y7 + y8
dem60 ~ ind60
dem65 ~ ind60 + dem60
y1 ~~ y5
y2 ~~ y4 + y6
y3 ~~ y7
y4 ~~ y8
y6 ~~ y8"""
CFA = "dem60 =~ y1 + y2 + y3 + y4\ndem65 =~ y5 + y6 + y7 + y8"


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


@pytest.fixture
def democracy() -> dict[str, Any]:
    """Political democracy, 75 countries (Bollen 1989, data set of appendix and of lavaan)."""
    return read(HERE / "political_democracy.csv")


@pytest.fixture
def incomplete(democracy: dict[str, Any]) -> dict[str, Any]:
    """The same with values taken out by a rule."""
    i = np.arange(75)
    democracy["y3"][i % 7 == 0] = np.nan
    democracy["x2"][i % 5 == 1] = np.nan
    democracy["y8"][i % 11 == 2] = np.nan
    return democracy


@pytest.fixture
def ordinal(democracy: dict[str, Any]) -> dict[str, Any]:
    """The democracy indicators cut at 2.5, 5 and 7.5 into four categories."""
    return {f"y{k}": np.digitize(democracy[f"y{k}"], [2.5, 5.0, 7.5], right=True) for k in range(1, 9)}
