"""What every result offers: frame, plain values, and a table that shows text as text."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

import numpy as np
import pytest

from crosscase.core.errors import InputError
from crosscase.core.results import Caution, Tabular, check_level, jsonable


@dataclass(frozen=True, slots=True)
class _Result(Tabular):
    names: tuple[str, ...]
    values: tuple[float, ...]
    cautions: tuple[Caution, ...] = ()

    def columns(self) -> tuple[str, ...]:
        return ("name", "value")

    def rows(self) -> list[tuple[str, float]]:
        return list(zip(self.names, self.values, strict=True))


RESULT = _Result(("<b>a</b>", "b"), (0.5, math.nan), (Caution("missing", "2 < 3 rows", "b"),))


def test_markup_is_shown_as_text_and_a_missing_number_as_a_dash() -> None:
    shown = RESULT._repr_html_()
    assert "<b>" not in shown
    assert "&lt;b&gt;a&lt;/b&gt;" in shown
    assert "<td>–</td>" in shown
    assert "2 &lt; 3 rows" in shown


def test_plain_values_are_json() -> None:
    written = json.dumps(RESULT.to_dict(), allow_nan=False)
    assert json.loads(written)["values"] == [0.5, None]
    assert jsonable({"a": np.array([1.0, np.inf]), "b": np.int64(3)}) == {"a": [1.0, None], "b": 3}


def test_frame_has_the_columns_and_rows() -> None:
    frame = RESULT.to_frame()
    assert list(frame.columns) == ["name", "value"]
    assert frame["name"].tolist() == ["<b>a</b>", "b"]


@pytest.mark.parametrize("level", [0, 1, 95, -0.1])
def test_levels_are_shares(level: float) -> None:
    check_level(0.95)
    with pytest.raises(InputError, match="level"):
        check_level(level)
