"""What a PLS path model is: constructs with their items and modes, the paths between them, and the inner scheme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from crosscase.core.errors import AnalysisError, InputError, NotFoundError
from crosscase.core.results import Caution

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Mode = Literal["A", "B"]
Scheme = Literal["path", "factorial", "centroid"]
#: A table: a mapping of names to columns of the same length, such as a dictionary of lists or a pandas DataFrame.
Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Specification:
    """A checked model.  ``blocks`` (items × constructs) tells whose item is whose; ``paths[i, j]`` that j predicts
    i."""

    constructs: tuple[str, ...]
    items: tuple[str, ...]
    modes: tuple[Mode, ...]
    scheme: Scheme
    blocks: Bools
    paths: Bools

    @classmethod
    def of(
        cls,
        constructs: Mapping[str, Sequence[str]],
        paths: Mapping[str, Sequence[str]],
        modes: Mapping[str, Mode] | None,
        scheme: Scheme,
    ) -> Specification:
        """Check the model.

        Raises:
            NotFoundError: a path or a mode names a construct that is not there.
            InputError: a construct without items or paths, an item in two constructs, a loop, an unknown mode or
            scheme.
        """
        names = tuple(constructs)
        items = tuple(item for own in constructs.values() for item in own)
        twice = sorted({item for item in items if items.count(item) > 1})
        if twice:
            raise InputError(f"the item '{twice[0]}' is named twice", mend="give each item to one construct")
        for name, own in constructs.items():
            if not own:
                raise InputError(f"the construct '{name}' has no items", mend="name at least one item")
        if scheme not in ("path", "factorial", "centroid"):
            raise InputError(f"there is no scheme '{scheme}'", mend="use path, factorial or centroid")
        chosen = dict.fromkeys(names, "A") | dict(modes or {})
        for name, mode in chosen.items():
            if name not in names:
                raise NotFoundError("construct", name, names, where="modes")
            if mode not in ("A", "B"):
                raise InputError(f"there is no mode '{mode}'", where=f"construct {name}", mend="use A or B")
        adjacency = np.zeros((len(names), len(names)), dtype=bool)
        for outcome, predictors in paths.items():
            for name in (outcome, *predictors):
                if name not in names:
                    raise NotFoundError("construct", name, names, where="paths")
            for predictor in predictors:
                adjacency[names.index(outcome), names.index(predictor)] = True
        _check_paths(names, adjacency)
        blocks = np.array([[item in constructs[name] for name in names] for item in items])
        return cls(names, items, tuple(chosen[name] for name in names), scheme, blocks, adjacency)  # type: ignore[misc]

    @property
    def own(self) -> NDArray[np.int64]:
        """The construct of each item, as a number."""
        return np.asarray(self.blocks.argmax(axis=1), dtype=np.int64)


def _check_paths(names: Sequence[str], adjacency: Bools) -> None:
    used = np.asarray((adjacency | adjacency.T).any(axis=1))
    alone = [name for name, linked in zip(names, used, strict=True) if not linked]
    if alone:
        raise InputError(f"the construct '{alone[0]}' has no path", mend="connect it, or leave it out")
    reached = adjacency.copy()
    for _ in names:
        reached = reached | ((reached.astype(int) @ adjacency.astype(int)) > 0)
    if np.diagonal(reached).any():
        raise InputError(
            "the paths run in a circle", where=names[int(np.diagonal(reached).argmax())], mend="drop a path"
        )


def standardized(table: Table, items: Sequence[str]) -> tuple[Floats, tuple[Caution, ...]]:
    """The complete rows of the items, in standard deviations (divisor n).

    Raises:
        NotFoundError: an item is not in the table.
        InputError: a column that is not numeric, or columns of different lengths.
        AnalysisError: fewer than four complete rows, or an item that does not vary.
    """
    columns = []
    for item in items:
        if item not in table:
            raise NotFoundError("column", item, [str(column) for column in table])
        try:
            columns.append(np.asarray(table[item], dtype=float))
        except (TypeError, ValueError):
            raise InputError("the column is not numeric", where=f"column {item}", mend="code it as numbers") from None
    if len({len(column) for column in columns}) > 1:
        raise InputError("the columns have different lengths", where=", ".join(items), mend="give one value a case")
    values = np.column_stack(columns)
    kept = np.isfinite(values).all(axis=1)
    lost = int((~kept).sum())
    values = values[kept]
    if len(values) < 4:
        raise AnalysisError(f"there are {len(values)} complete rows, and at least 4 are needed")
    for item, column in zip(items, values.T, strict=True):
        if np.ptp(column) == 0:
            raise AnalysisError(f"the item '{item}' does not vary", where=f"column {item}", mend="leave it out")
    cautions = (Caution("missing", f"{lost} rows have missing values and were left out"),) if lost else ()
    return (values - values.mean(axis=0)) / values.std(axis=0), cautions
