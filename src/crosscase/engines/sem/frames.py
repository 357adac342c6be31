"""Rows of results as a data frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crosscase.core.frames import to_frame

if TYPE_CHECKING:
    import pandas

__all__ = ["frame_of"]


def frame_of(rows: Sequence[Mapping[str, Any]]) -> pandas.DataFrame:
    """A frame with a line for each row; all rows have the same keys."""
    return to_frame({name: [row[name] for row in rows] for name in (rows[0] if rows else ())})
