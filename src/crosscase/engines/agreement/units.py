"""Codings of several coders on common units: turns, sentences, whole answers, or single characters.

Whether a coder applied a code to a unit is a yes or no; a unit may carry several codes.  Units that are characters
are not stored one by one: stretches of text between two neighbouring boundaries of any coding are one row with a
size, which gives the same numbers.  Whether free spans agree in their boundaries is another question: see
:mod:`.unitizing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crosscase.core.errors import InputError, NotFoundError

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Span:
    """A coding: code points ``start`` to ``end`` (exclusive) of ``source`` carry ``code``, says ``coder``."""

    coder: str
    source: str
    start: int
    end: int
    code: str


@dataclass(frozen=True, slots=True)
class Place:
    """A unit: a stretch of a source."""

    source: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.source}:{self.start}-{self.end}"


@dataclass(frozen=True, slots=True, eq=False)
class UnitCodings:
    """Who applied which code to which unit.

    ``applied`` holds for each coder a sparse matrix of 0 and 1, units × codes; ``seen`` (coders × units) is false
    where a coder did not work on a unit, which is missing data and not a "no".  ``sizes`` is 1, or a stretch's
    number of characters.  ``groups`` numbers what a bootstrap draws together: the unit itself, or the source it
    comes from.
    """

    unit: str
    coders: tuple[str, ...]
    codes: tuple[str, ...]
    applied: tuple[Any, ...]
    sizes: Floats
    seen: Bools
    groups: Ints
    places: tuple[str | Place, ...]

    @classmethod
    def from_matrices(
        cls,
        applied: Mapping[str, ArrayLike],
        codes: Sequence[str],
        *,
        unit: str = "unit",
        units: Sequence[str] | None = None,
        seen: Mapping[str, ArrayLike] | None = None,
        groups: Sequence[Any] | None = None,
    ) -> UnitCodings:
        """From a boolean matrix (units × codes) a coder.

        Args:
            applied: coder → matrix of 0/1 or booleans; dense or ``scipy.sparse``.
            codes: the name of each column.
            unit: what a row is: "turn", "sentence", …
            units: a label a row; numbers from 1 when ``None``.
            seen: coder → boolean vector, false where the coder did not work on the unit; all true when ``None``.
            groups: what a row belongs to (its source), for a bootstrap of sources; every row by itself when ``None``.

        Raises:
            InputError: fewer than two coders, or shapes that do not fit.
        """
        from scipy import sparse

        if len(applied) < 2:
            raise InputError("agreement needs at least two coders", mend="give a matrix for each coder")
        _once("code", codes)
        matrices: dict[str, Any] = {coder: sparse.csr_array(cast(Any, matrix)) for coder, matrix in applied.items()}
        rows = next(iter(matrices.values())).shape[0]
        for coder, matrix in matrices.items():
            if matrix.shape != (rows, len(codes)):
                raise InputError(
                    f"the matrix has the shape {matrix.shape}, not {(rows, len(codes))}",
                    where=f"coder {coder}",
                    mend="give every coder the same units as rows and the same codes as columns",
                )
        masks = np.ones((len(matrices), rows), dtype=bool)
        for coder, mask in (seen or {}).items():
            if coder not in matrices:
                raise NotFoundError("coder", coder, matrices)
            masks[list(matrices).index(coder)] = np.asarray(mask, dtype=bool)
            # What a coder did not work on is no coding of theirs, whatever the matrix says.
            matrices[coder] = sparse.diags_array(masks[list(matrices).index(coder)].astype(float)) @ matrices[coder]
        labels = tuple(units) if units is not None else tuple(str(number + 1) for number in range(rows))
        if len(labels) != rows or (groups is not None and len(groups) != rows):
            raise InputError(
                f"there are {rows} units, but {len(labels)} labels", mend="give one label and one group a unit"
            )
        order = np.arange(rows) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1].ravel()
        return cls(
            unit,
            tuple(matrices),
            tuple(codes),
            tuple(_clean(matrix) for matrix in matrices.values()),
            np.ones(rows),
            masks,
            order.astype(np.int64),
            labels,
        )

    @classmethod
    def from_spans(
        cls,
        spans: Iterable[Span],
        lengths: Mapping[str, int],
        *,
        coders: Sequence[str] | None = None,
        codes: Sequence[str] | None = None,
        units: Sequence[Place] | None = None,
        unit: str = "character",
    ) -> UnitCodings:
        """From codings with offsets, by character or by given units.

        Args:
            spans: the codings of all coders.
            lengths: source → its length in code points.  Every coder is taken to have read every source.
            coders: the coders, when one may have coded nothing; those of the spans when ``None``.
            codes: the codes, likewise.
            units: the turns or sentences, by character when ``None``; a unit has the codes of all codings that overlap it.
            unit: what a unit is called.

        Raises:
            InputError: a span outside its source, or fewer than two coders.
            NotFoundError: a coder, code or source that is not among those given.
        """
        listed = list(spans)
        names = tuple(coders) if coders is not None else tuple(dict.fromkeys(span.coder for span in listed))
        labels = tuple(codes) if codes is not None else tuple(sorted({span.code for span in listed}))
        if len(names) < 2:
            raise InputError("agreement needs at least two coders", mend="name the coders, also one who coded nothing")
        _once("code", labels)
        _once("coder", names)
        axis = _Axis.of(lengths)
        starts, ends = axis.spans(listed)
        lower, upper = axis.stretches(starts, ends) if units is None else axis.units(units)
        columns = _positions("code", labels, (span.code for span in listed))
        coder = _positions("coder", names, (span.coder for span in listed))
        shape = (len(lower), len(labels))
        applied = (
            _covered(starts[own], ends[own], columns[own], lower, upper, shape)
            for own in (coder == number for number in range(len(names)))
        )
        source = np.searchsorted(axis.offsets, lower, side="right") - 1
        return cls(
            unit,
            names,
            labels,
            tuple(applied),
            (upper - lower).astype(float) if units is None else np.ones(len(lower)),
            np.ones((len(names), len(lower)), dtype=bool),
            source.astype(np.int64) if units is None else np.arange(len(lower)),
            axis.places(source, lower, upper),
        )

    def by_source(self) -> UnitCodings:
        """The same codings, with a bootstrap that draws whole sources (the units of one interview resemble each
        other)."""
        sources = [place.source for place in self.places if isinstance(place, Place)]
        if len(sources) < len(self.places):
            raise InputError("the units do not say which source they come from", mend="give groups to from_matrices")
        groups = np.unique(sources, return_inverse=True)[1].ravel().astype(np.int64)
        return UnitCodings(self.unit, self.coders, self.codes, self.applied, self.sizes, self.seen, groups, self.places)


@dataclass(frozen=True, slots=True, eq=False)
class _Axis:
    """All sources on one axis, one after the other, so that one search finds the units of every span."""

    sources: tuple[str, ...]
    sizes: Ints
    offsets: Ints

    @classmethod
    def of(cls, lengths: Mapping[str, int]) -> _Axis:
        sizes = np.array(list(lengths.values()), dtype=np.int64)
        return cls(tuple(lengths), sizes, np.concatenate([[0], np.cumsum(sizes)])[:-1].astype(np.int64))

    def spans(self, spans: Sequence[Span | Place]) -> tuple[Ints, Ints]:
        """Starts and ends on the axis, checked against the lengths."""
        source = _positions("source", self.sources, (span.source for span in spans))
        starts = np.array([span.start for span in spans], dtype=np.int64)
        ends = np.array([span.end for span in spans], dtype=np.int64)
        bad = np.flatnonzero((starts < 0) | (ends <= starts) | (ends > self.sizes[source]))
        if len(bad):
            wrong = spans[int(bad[0])]
            raise InputError(
                f"{wrong.start}-{wrong.end} does not fit a source of {self.sizes[source[bad[0]]]} characters",
                where=f"source {wrong.source}" + (f", code {wrong.code}" if isinstance(wrong, Span) else ", unit"),
                mend="give code points, the end exclusive and after the start",
            )
        return starts + self.offsets[source], ends + self.offsets[source]

    def stretches(self, starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
        """The stretches between any two neighbouring boundaries."""
        edges = np.unique(np.concatenate([self.offsets, self.offsets + self.sizes, starts, ends]))
        return edges[:-1], edges[1:]

    def units(self, units: Sequence[Place]) -> tuple[Ints, Ints]:
        """Given units in the order of the text."""
        lower, upper = self.spans(units)
        order = np.argsort(lower, kind="stable")
        lower, upper = lower[order], upper[order]
        if np.any(upper[:-1] > lower[1:]):
            raise InputError("units overlap", mend="give turns or sentences that follow one another")
        return lower, upper

    def places(self, source: Ints, lower: Ints, upper: Ints) -> tuple[Place, ...]:
        starts, ends = lower - self.offsets[source], upper - self.offsets[source]
        return tuple(
            Place(self.sources[s], a, b)
            for s, a, b in zip(source.tolist(), starts.tolist(), ends.tolist(), strict=True)
        )


def _covered(starts: Ints, ends: Ints, columns: Ints, lower: Ints, upper: Ints, shape: tuple[int, int]) -> Any:
    """A sparse matrix with 1 where a span of the column overlaps the row's unit."""
    from scipy import sparse

    first = np.searchsorted(upper, starts, side="right")
    last = np.searchsorted(lower, ends, side="left")
    counts = np.maximum(last - first, 0)
    before = np.cumsum(counts) - counts
    rows = np.repeat(first - before, counts) + np.arange(counts.sum())
    return _clean(sparse.csr_array((np.ones(len(rows)), (rows, np.repeat(columns, counts))), shape=shape))


def _clean(matrix: Any) -> Any:
    """0/1 without explicit zeros; a unit coded twice with one code by one coder is coded once."""
    matrix = matrix.tocsr().astype(np.float64)
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    matrix.data[:] = 1.0
    return matrix


def _once(kind: str, names: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        twice = next(name for name in names if list(names).count(name) > 1)
        raise InputError(f"the {kind} '{twice}' is named twice", mend=f"name each {kind} once")


def _positions(kind: str, names: Sequence[str], values: Iterable[str]) -> Ints:
    index = {name: number for number, name in enumerate(names)}
    try:
        return np.array([index[value] for value in values], dtype=np.int64)
    except KeyError as missing:
        raise NotFoundError(kind, str(missing.args[0]), names) from None
