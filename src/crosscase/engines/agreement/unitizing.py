"""Krippendorff's alpha for unitizing: do coders mark the same stretches of a text, and give them the same codes?

After Krippendorff, Mathet, Bouvry and Widlöcher (2016), "On the reliability of unitizing textual continua: Further
developments", Quality & Quantity 50:2347–2364.  Four coefficients of one family:

* uα: all segments, the gaps between them included;
* |uα: coded or not, whatever the code;
* cuα: the codes, where coders' segments intersect;
* (k)uα: one code k against the others, where segments intersect.

A coder's segments must not overlap.  Codings that do, as in most qualitative work, are looked at one code at a
time with :func:`unitizing_by_code`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from crosscase.compute import replicate
from crosscase.core.errors import InputError
from crosscase.core.results import Caution, Tabular, check_level
from crosscase.engines.agreement.units import Floats, Ints, Span, _positions


@dataclass(frozen=True, slots=True)
class ValueAlpha:
    """(k)uα of one code; ``coverage`` is the share of its length that intersects with other coders' segments."""

    code: str
    value: float | None
    coverage: float


@dataclass(frozen=True, slots=True)
class UnitizingAlpha(Tabular):
    """The uα family.  ``coverage`` is the share of the text on which cuα rests.  A value is ``None`` where it does
    not exist."""

    coders: tuple[str, ...]
    length: int
    u_alpha: float | None
    binary: float | None
    coding: float | None
    coverage: float
    by_code: tuple[ValueAlpha, ...]
    intervals: Mapping[str, tuple[float, float]]
    level: float | None
    draws: int
    cautions: tuple[Caution, ...] = ()

    def columns(self) -> tuple[str, ...]:
        return ("coefficient", "value", "lower", "upper", "coverage")

    def rows(self) -> list[tuple[Any, ...]]:
        def row(name: str, key: str, value: float | None, coverage: float | None) -> tuple[Any, ...]:
            return (name, value, *self.intervals.get(key, (None, None)), coverage)

        return [
            row("uα", "u_alpha", self.u_alpha, None),
            row("|uα", "binary", self.binary, None),
            row("cuα", "coding", self.coding, self.coverage),
            *((f"({item.code})uα", item.value, None, None, item.coverage) for item in self.by_code),
        ]


def unitizing_alpha(
    spans: Iterable[Span],
    lengths: Mapping[str, int],
    *,
    coders: Sequence[str] | None = None,
    draws: int = 0,
    seed: int = 0,
    level: float = 0.95,
) -> UnitizingAlpha:
    """uα, |uα, cuα and (k)uα of all coders' segments.

    Args:
        spans: segments with code points, the end exclusive; a coder's segments must not overlap.
        lengths: source → length in code points; the sources are joined, no segment crosses from one to the next.
        coders: the coders, when one may have marked nothing; those of the spans when ``None``.
        draws: bootstrap draws of whole sources, at least two of which are needed; none when 0.
        seed: the seed of the draws.
        level: coverage of the percentile intervals.

    The expected coincidences leave out a segment's pairing with itself (eq. 4: the square of its length; for a
    gap, which has no structure, its length).  In cuα the length is the segment's length shared with the other
    coders' segments, averaged over these coders (eq. 10).

    Raises:
        InputError: fewer than two coders, a span outside its source, or overlapping segments of one coder.
    """
    check_level(level)
    pieces = _Pieces.of(list(spans), lengths, coders, by_source=bool(draws))
    whole = pieces.family(np.ones((1, pieces.sources)))
    cautions = []
    intervals: dict[str, tuple[float, float]] = {}
    if draws and pieces.sources < 2:
        cautions.append(Caution("one-source", "an interval needs several sources, because whole sources are drawn"))
        draws = 0
    elif draws:
        intervals = _bootstrap(pieces, draws, seed, level)
    names = [code for code in pieces.codes if code]
    by_code = tuple(
        ValueAlpha(name, _or_none(whole.value[0, number]), float(np.nan_to_num(whole.value_coverage[0, number])))
        for number, name in enumerate(names)
    )
    return UnitizingAlpha(
        pieces.coders,
        int(pieces.lengths.sum()),
        _or_none(whole.u_alpha[0]),
        _or_none(whole.binary[0]),
        _or_none(whole.coding[0]),
        float(whole.coverage[0]),
        by_code,
        intervals,
        level if draws else None,
        draws,
        tuple(cautions),
    )


def unitizing_by_code(
    spans: Iterable[Span],
    lengths: Mapping[str, int],
    *,
    coders: Sequence[str] | None = None,
    draws: int = 0,
    seed: int = 0,
    level: float = 0.95,
) -> dict[str, UnitizingAlpha]:
    """uα of every code by itself, so that segments of different codes may overlap.

    With one code, uα and |uα are the same and the others do not exist.  Overlapping segments of one code by one
    coder are joined first: within a code there is nothing to tell them apart.
    """
    listed = list(spans)
    names = tuple(coders) if coders is not None else tuple(dict.fromkeys(span.coder for span in listed))
    found = {}
    for code in sorted({span.code for span in listed}):
        own = _joined([span for span in listed if span.code == code])
        found[code] = unitizing_alpha(own, lengths, coders=names, draws=draws, seed=seed, level=level)
    return found


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(spans, key=lambda item: (item.coder, item.source, item.start, item.end)):
        last = joined[-1] if joined else None
        if last and (last.coder, last.source) == (span.coder, span.source) and span.start < last.end:
            joined[-1] = Span(last.coder, last.source, last.start, max(last.end, span.end), last.code)
        else:
            joined.append(span)
    return joined


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


@dataclass(frozen=True, slots=True, eq=False)
class _Family:
    """The coefficients, one a draw."""

    u_alpha: Floats
    binary: Floats
    coding: Floats
    coverage: Floats
    value: Floats
    value_coverage: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Sums a source, from which every coefficient follows.  Code 0 (the empty name) is the gap.

    ``coincidences`` (sources × codes × codes, eq. 1), ``selves`` and ``shared_selves`` (sources × codes): a segment's
    pairings with itself in eq. 4 and eq. 10.
    """

    coders: tuple[str, ...]
    codes: tuple[str, ...]
    lengths: Ints
    coincidences: Floats
    selves: Floats
    shared_selves: Floats

    @property
    def sources(self) -> int:
        """How many sources are told apart."""
        return len(self.coincidences)

    @classmethod
    def of(
        cls, spans: list[Span], lengths: Mapping[str, int], coders: Sequence[str] | None, *, by_source: bool
    ) -> _Pieces:
        names = tuple(coders) if coders is not None else tuple(dict.fromkeys(span.coder for span in spans))
        if len(names) < 2:
            raise InputError("agreement needs at least two coders", mend="name the coders, also one who marked nothing")
        if not lengths:
            raise InputError("there is no text", mend="give the length of at least one source")
        codes = ("", *sorted({span.code for span in spans}))
        index = {code: number for number, code in enumerate(codes)}
        _positions("coder", names, (span.coder for span in spans))
        _positions("source", tuple(lengths), (span.source for span in spans))
        sorted_spans: dict[str, list[Span]] = {source: [] for source in lengths}
        for span in spans:
            if not 0 <= span.start < span.end <= lengths[span.source]:
                raise InputError(
                    f"the span {span.start}-{span.end} does not fit a source of {lengths[span.source]} characters",
                    where=f"source {span.source}, code {span.code}, coder {span.coder}",
                    mend="give code points, the end exclusive and after the start",
                )
            sorted_spans[span.source].append(span)
        parts: Any = (_source(sorted_spans[source], lengths[source], names, index) for source in lengths)
        if not by_source:  # with many codes and sources their sums would take much room
            parts = [reduce(_added, parts)]
        parts = list(parts)
        return cls(
            names,
            codes,
            np.array(list(lengths.values()), dtype=np.int64),
            *(np.stack([part[number] for part in parts]) for number in range(3)),
        )

    def family(self, weights: Floats) -> _Family:
        """The coefficients of sources counted ``weights`` times (draws × sources)."""
        observed = np.tensordot(weights, self.coincidences, axes=1)
        selves, shared = weights @ self.selves, weights @ self.shared_selves
        expected = _expected(observed, selves)
        total = observed.sum(axis=(1, 2))
        gap_observed = observed[:, 0, 1:].sum(axis=1)
        gap_expected = expected[:, 0, 1:].sum(axis=1)
        inner = observed[:, 1:, 1:]
        inner_expected = _expected(inner, shared[:, 1:])
        margins, expected_margins = inner.sum(axis=2), inner_expected.sum(axis=2)
        own, expected_own = _diagonal(inner), _diagonal(inner_expected)
        with np.errstate(invalid="ignore", divide="ignore"):
            value = 1 - (expected_margins / margins) * (margins - own) / _positive(expected_margins - expected_own)
            return _Family(
                1 - _off_diagonal(observed) / _positive(_off_diagonal(expected)),
                1 - gap_observed / _positive(gap_expected),
                1 - _off_diagonal(inner) / _positive(_off_diagonal(inner_expected)),
                inner.sum(axis=(1, 2)) / total,
                value,
                margins / observed[:, 1:, :].sum(axis=2),
            )


def _expected(observed: Floats, selves: Floats) -> Floats:
    """Eq. 4: chance coincidences without a segment's pairing with itself."""
    margins = observed.sum(axis=2)
    total = margins.sum(axis=1)
    products = margins[:, :, None] * margins[:, None, :]
    number = np.arange(products.shape[1])
    products[:, number, number] -= selves
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(products * (total / (total**2 - selves.sum(axis=1)))[:, None, None])


def _diagonal(matrices: Floats) -> Floats:
    return np.asarray(np.diagonal(matrices, axis1=1, axis2=2))


def _off_diagonal(matrices: Floats) -> Floats:
    return np.asarray(matrices.sum(axis=(1, 2)) - _diagonal(matrices).sum(axis=1))


def _positive(values: Floats) -> Floats:
    """NaN where no disagreement is to be expected, so that no coefficient exists."""
    return np.where(values > 1e-9, values, np.nan)


def _added(one: tuple[Floats, ...], other: tuple[Floats, ...]) -> tuple[Floats, ...]:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def _source(
    spans: list[Span], length: int, coders: tuple[str, ...], index: Mapping[str, int]
) -> tuple[Floats, Floats, Floats]:
    """The sums of one source: coincidences (eq. 1) and the segments' pairings with themselves."""
    codes = len(index)
    if not spans:  # one gap for everybody
        gap = np.zeros((codes, codes))
        gap[0, 0] = length * len(coders)
        return gap, gap[0].copy(), np.zeros(codes)
    edges = np.unique([0, length, *(edge for span in spans for edge in (span.start, span.end))])
    sizes = np.diff(edges).astype(float)
    code = np.zeros((len(coders), len(sizes)), dtype=np.int64)
    segment = np.full((len(coders), len(sizes)), -1, dtype=np.int64)
    for number, span in enumerate(spans):
        who = coders.index(span.coder)
        piece = slice(*np.searchsorted(edges, [span.start, span.end]))
        if np.any(segment[who, piece] >= 0):
            other = spans[int(segment[who, piece].max())]
            raise InputError(
                f"the segments {other.start}-{other.end} and {span.start}-{span.end} overlap",
                where=f"source {span.source}, coder {span.coder}, codes {other.code} and {span.code}",
                mend="use unitizing_by_code for codings that overlap",
            )
        segment[who, piece], code[who, piece] = number, index[span.code]
    others = len(coders) - 1
    coincidences = np.zeros(codes * codes)
    shared = np.zeros(len(spans))
    coded = (code > 0).sum(axis=0)
    for i in range(len(coders)):
        for j in range(len(coders)):
            if i != j:
                coincidences += np.bincount(code[i] * codes + code[j], sizes, codes * codes) / others
        mine = segment[i] >= 0
        shared += np.bincount(segment[i, mine], (sizes * (coded - 1) / others)[mine], len(spans))
    selves, shared_selves = np.zeros(codes), np.zeros(codes)
    for number, span in enumerate(spans):
        selves[index[span.code]] += (span.end - span.start) ** 2
        shared_selves[index[span.code]] += shared[number] ** 2
    selves[0] = float(((code == 0) * sizes).sum())
    return coincidences.reshape(codes, codes), selves, shared_selves


def _bootstrap(pieces: _Pieces, draws: int, seed: int, level: float) -> dict[str, tuple[float, float]]:
    sources = pieces.sources

    def draw(generators: Sequence[Any]) -> list[Any]:
        weights = np.stack([np.bincount(rng.integers(0, sources, sources), minlength=sources) for rng in generators])
        family = pieces.family(weights.astype(float))
        return list(np.column_stack([family.u_alpha, family.binary, family.coding]))

    found = np.array(replicate(draw, draws, seed=seed).successes)
    tail = (1 - level) / 2
    intervals = {}
    for name, column in zip(("u_alpha", "binary", "coding"), found.T, strict=True):
        defined = column[~np.isnan(column)]
        if len(defined):
            lower, upper = np.quantile(defined, [tail, 1 - tail])
            intervals[name] = (float(lower), float(upper))
    return intervals
