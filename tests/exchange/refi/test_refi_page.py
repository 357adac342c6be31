"""docs/refi-qda.md says what the program does: its limits, its points, its formats."""

from __future__ import annotations

import math
from pathlib import Path

from crosscase.exchange.archive import MEGABYTE, Limits
from crosscase.exchange.refi import FORMATS, choosing, edges

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "refi-qda.md").read_text("utf-8")


def test_formats_and_limits() -> None:
    assert all(f"`{suffix}`" in PAGE for suffix in FORMATS)
    limits = Limits()
    for limit in (
        f"{limits.file_bytes // MEGABYTE} MB packed",
        f"{limits.unpacked_bytes // MEGABYTE} MB unpacked",
        f"{limits.members:,} members",
        f"{limits.ratio} times compressed",
    ):
        assert limit in PAGE


def test_points() -> None:
    plain = " ".join(PAGE.split())
    assert f"at the edge of a word gives {edges.EDGE} points" in plain
    assert f"one between words {edges.BETWEEN}, one inside a word {edges.INSIDE}" in plain
    assert f"repeats its words gives {edges.NAMED}" in plain
    assert round(math.exp(choosing.CLEAR), -1) == 50
    assert "fifty times likelier" in plain
    assert all(name in plain.casefold() for name in choosing.PROGRAMS)
