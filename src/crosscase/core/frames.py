"""The one door to pandas below the reports.

Results offer ``to_frame()``; nothing in core or in the engines computes with data frames.  The import contract lets only
this module import pandas, and only when a frame is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas


def to_frame(columns: Mapping[str, Sequence[Any]], index: Sequence[Any] | None = None) -> pandas.DataFrame:
    """A pandas data frame of these columns."""
    import pandas

    return pandas.DataFrame(dict(columns), index=None if index is None else list(index))
