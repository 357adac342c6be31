"""Agreement of coders on every code at once, with bootstrap intervals, and the places where they disagree.

Every code is a yes/no decision a unit.  Agreement is contested for interpretive work, where a second reading is
meant to add and not to repeat; the numbers describe, and nothing here says which value would be enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Unpack

import numpy as np

from crosscase.compute import Run, replicate
from crosscase.core.errors import AnalysisError, NotFoundError
from crosscase.core.results import Caution, Tabular, check_level
from crosscase.engines.agreement.units import Floats, UnitCodings


@dataclass(frozen=True, slots=True)
class Interval:
    """A percentile interval of bootstrap draws; ``undefined`` draws had no coefficient (nothing varied in them)."""

    lower: float
    upper: float
    level: float
    draws: int
    undefined: int


@dataclass(frozen=True, slots=True)
class CodeAgreement:
    """One code, or all of them together (``code`` is empty then).

    ``uses`` counts, for each coder, the units (or characters) with the code.  ``kappa`` is Cohen's, for more than two
    coders the mean over their pairs (Light, 1971); ``alpha`` is Krippendorff's for binary data.  Both are ``None``
    where the code varies for nobody.
    """

    code: str
    uses: tuple[float, ...]
    agreement: float
    kappa: float | None
    alpha: float | None
    kappa_interval: Interval | None = None
    alpha_interval: Interval | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Agreement(Tabular):
    """Agreement a code and overall.

    ``overall`` pools the codes: observed and expected agreement (for alpha: disagreement) are averaged over the
    codes that vary, and one coefficient is made of the averages (de Vries, Elliott, Kanouse and Teleki, 2008), so
    that a code that nobody used adds nothing, and rare and frequent codes are each compared with their own chance.
    """

    unit: str
    coders: tuple[str, ...]
    units: float
    codes: tuple[CodeAgreement, ...]
    overall: CodeAgreement
    cautions: tuple[Caution, ...] = ()

    def __getitem__(self, code: str) -> CodeAgreement:
        for item in self.codes:
            if item.code == code:
                return item
        raise NotFoundError("code", code, [item.code for item in self.codes])

    def columns(self) -> tuple[str, ...]:
        uses = tuple(f"{coder}: {self.unit}s" for coder in self.coders)
        return (
            "code",
            *uses,
            "agreement",
            "kappa",
            "kappa_lower",
            "kappa_upper",
            "alpha",
            "alpha_lower",
            "alpha_upper",
            "note",
        )

    def rows(self) -> list[tuple[Any, ...]]:
        def ends(interval: Interval | None) -> tuple[float | None, float | None]:
            return (None, None) if interval is None else (interval.lower, interval.upper)

        return [
            (
                item.code or "(overall)",
                *item.uses,
                item.agreement,
                item.kappa,
                *ends(item.kappa_interval),
                item.alpha,
                *ends(item.alpha_interval),
                item.note,
            )
            for item in (*self.codes, self.overall)
        ]


def agreement(
    codings: UnitCodings,
    *,
    draws: int = 0,
    seed: int = 0,
    level: float = 0.95,
    **run: Unpack[Run],
) -> Agreement:
    """Percent agreement, kappa and alpha of every code and overall.

    Args:
        codings: who applied what to which unit.
        draws: bootstrap draws of the groups of ``codings`` (units, or whole sources for characters); none when 0.
        seed: the seed of the draws.
        level: coverage of the intervals, between 0 and 1.
        run: ``backend``, ``progress``, ``checkpoint`` and so on; see :func:`crosscase.compute.replicate`.

    Raises:
        InputError: ``level`` is not between 0 and 1.
        AnalysisError: no unit was seen by two coders.
    """
    check_level(level)
    if not codings.codes:
        raise AnalysisError("there are no codes", mend="name the codes, or give codings")
    counts = _Counts.of(codings)
    if not counts.any_pair:
        raise AnalysisError("no unit was seen by two coders", mend="give units that several coders have worked on")
    groups = counts.groups
    whole = counts.weighted(np.ones((1, groups)))
    kappas, alphas = whole.kappa()[0], whole.alpha()[0]
    intervals: list[tuple[Interval | None, Interval | None]] = [(None, None)] * (len(codings.codes) + 1)
    cautions: list[Caution] = []
    if draws and groups < 2:
        cautions.append(Caution("one-source", "all text is one source, so that no interval can be drawn; choose turns"))
    elif draws:
        intervals = _bootstrap(counts, draws, seed, level, run)
    uses = tuple(codings.sizes @ matrix for matrix in codings.applied)
    shares = whole.agreement()[0]

    def entry(number: int, code: str) -> CodeAgreement:
        kappa, alpha = (None if np.isnan(value[number]) else float(value[number]) for value in (kappas, alphas))
        own = tuple(float(use[number]) if code else float(use.sum()) for use in uses)
        return CodeAgreement(
            code, own, float(shares[number]), kappa, alpha, *intervals[number], note=_note(codings, own, kappa, code)
        )

    items = tuple(entry(number, code) for number, code in enumerate(codings.codes))
    return Agreement(
        codings.unit,
        codings.coders,
        float(codings.sizes.sum()),
        items,
        entry(len(items), ""),
        tuple(cautions),
    )


def _note(codings: UnitCodings, uses: tuple[float, ...], kappa: float | None, code: str) -> str:
    never = [coder for coder, use in zip(codings.coders, uses, strict=True) if use == 0]
    what = "this code" if code else "any code"
    if len(never) == len(uses):
        return "nobody used it: a coefficient does not exist" if code else "nobody coded anything"
    if never:
        return f"{', '.join(never)} never used {what}"
    return "it does not vary: a coefficient does not exist" if kappa is None else ""


@dataclass(frozen=True, slots=True, eq=False)
class _Counts:
    """Sums a group (what the bootstrap draws) and code; sparse, groups × codes, or vectors over the groups."""

    pairs: tuple[tuple[Any, Any, Any, Floats], ...]  # a pair of coders: first, second, both; size
    ones: Any
    disagreements: Any
    values: Floats
    groups: int

    @classmethod
    def of(cls, codings: UnitCodings) -> _Counts:
        from scipy import sparse

        rows = len(codings.sizes)
        groups = int(codings.groups.max()) + 1 if rows else 0

        def summed(matrix: Any, weights: Floats) -> Any:
            return sparse.csr_array((weights, (codings.groups, np.arange(rows))), shape=(groups, rows)) @ matrix

        def total(weights: Floats) -> Floats:
            return np.asarray(np.bincount(codings.groups, weights, groups), dtype=np.float64)

        pairs = []
        for i, j in combinations(range(len(codings.coders)), 2):
            weights = codings.sizes * (codings.seen[i] & codings.seen[j])
            first, second = codings.applied[i], codings.applied[j]
            pairs.append(
                (
                    summed(first, weights),
                    summed(second, weights),
                    summed(first.multiply(second), weights),
                    total(weights),
                )
            )
        seen = codings.seen.sum(axis=0)
        chosen = sum(
            sparse.diags_array(mask.astype(float)) @ matrix
            for mask, matrix in zip(codings.seen, codings.applied, strict=True)
        ).tocsr()
        weights = codings.sizes * (seen >= 2)
        odd = chosen.copy()
        coders = np.repeat(seen, np.diff(odd.indptr))
        odd.data = odd.data * (coders - odd.data) / np.maximum(coders - 1, 1)
        return cls(tuple(pairs), summed(chosen, weights), summed(odd, weights), total(weights * seen), groups)

    @property
    def any_pair(self) -> bool:
        return bool(self.values.sum() > 0)

    def weighted(self, weights: Floats) -> _Sums:
        """Sums with each group counted ``weights`` times (draws × groups)."""

        def of(matrix: Any) -> Floats:
            return np.asarray((matrix.T @ weights.T).T)

        pairs = tuple((of(a), of(b), of(both), (weights @ size)[:, None]) for a, b, both, size in self.pairs)
        return _Sums(pairs, of(self.ones), of(self.disagreements), (weights @ self.values)[:, None])


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """The same, a draw and code; the coefficients have one column more, for all codes together."""

    pairs: tuple[tuple[Floats, Floats, Floats, Floats], ...]
    ones: Floats
    disagreements: Floats
    values: Floats

    def agreement(self) -> Floats:
        """The observed share of agreement, a mean over the pairs of coders."""
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = _mean([1 - (a + b - 2 * both) / size for a, b, both, size in self.pairs])
        return np.column_stack([mean, _mean([mean.T]).mean(axis=0)])

    def kappa(self) -> Floats:
        """(po - pe) / (1 - pe) (Cohen, 1960), in counts, so that no agreement beyond chance is exactly 0."""
        found = []
        for a, b, both, size in self.pairs:
            above, room = 2 * (size * both - a * b), size * (a + b) - 2 * a * b
            with np.errstate(invalid="ignore", divide="ignore"):
                each = above / np.where(room > 0, room, np.nan)
                pooled = above.sum(axis=1) / room.sum(axis=1)
            found.append(np.column_stack([each, pooled]))
        return _mean(found)

    def alpha(self) -> Floats:
        """1 - (n - 1) o01 / (n0 n1) (Krippendorff, 2011, section A)."""
        expected = self.ones * (self.values - self.ones) / (self.values - 1)
        with np.errstate(invalid="ignore", divide="ignore"):
            each = 1 - self.disagreements / np.where(expected > 0, expected, np.nan)
            pooled = 1 - self.disagreements.sum(axis=1) / expected.sum(axis=1)
        return np.column_stack([each, pooled])


def _mean(parts: list[Floats]) -> Floats:
    """The mean of what exists; NaN where nothing does."""
    stack = np.stack(parts)
    there = ~np.isnan(stack)
    number = there.sum(axis=0)
    return np.where(number > 0, np.where(there, stack, 0).sum(axis=0) / np.maximum(number, 1), np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class _Draw:
    """A bootstrap draw of groups, with replacement; picklable for the process backends."""

    counts: _Counts

    def __call__(self, generators: Sequence[Any]) -> list[Any]:
        groups = self.counts.groups
        weights = np.stack([np.bincount(rng.integers(0, groups, groups), minlength=groups) for rng in generators])
        sums = self.counts.weighted(weights.astype(float))
        return list(np.stack([sums.kappa(), sums.alpha()], axis=1))


def _bootstrap(
    counts: _Counts, draws: int, seed: int, level: float, run: Run
) -> list[tuple[Interval | None, Interval | None]]:
    done = replicate(_Draw(counts), draws, seed=seed, **run)
    values = np.array(done.successes)
    tail = (1 - level) / 2

    def interval(column: Floats) -> Interval | None:
        defined = column[~np.isnan(column)]
        if not len(defined):
            return None
        lower, upper = np.quantile(defined, [tail, 1 - tail])
        return Interval(float(lower), float(upper), level, draws, draws - len(defined))

    return [(interval(values[:, 0, c]), interval(values[:, 1, c])) for c in range(values.shape[2])]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A unit and code on which the coders who saw the unit differ."""

    place: Any
    code: str
    applied_by: tuple[str, ...]
    not_applied_by: tuple[str, ...]
    size: float


@dataclass(frozen=True, slots=True)
class Disagreements(Tabular):
    """The places to walk through, in the order of the text."""

    unit: str
    items: tuple[Disagreement, ...]

    def columns(self) -> tuple[str, ...]:
        return ("place", "code", "applied_by", "not_applied_by", f"{self.unit}s")

    def rows(self) -> list[tuple[Any, ...]]:
        return [
            (str(item.place), item.code, ", ".join(item.applied_by), ", ".join(item.not_applied_by), item.size)
            for item in self.items
        ]


def disagreements(codings: UnitCodings, *, code: str | None = None) -> Disagreements:
    """Every unit and code that some coders applied and others did not.

    Args:
        codings: who applied what to which unit.
        code: only this code.

    Raises:
        NotFoundError: there is no such code.
    """
    if code is not None and code not in codings.codes:
        raise NotFoundError("code", code, codings.codes)
    chosen = sum(codings.applied).tocoo()
    by_coder = [set(zip(*matrix.nonzero(), strict=True)) for matrix in codings.applied]
    found = []
    for row, column in sorted(zip(chosen.row.tolist(), chosen.col.tolist(), strict=True)):
        name = codings.codes[column]
        if code is not None and name != code:
            continue
        there = [number for number in range(len(codings.coders)) if codings.seen[number, row]]
        yes = tuple(codings.coders[number] for number in there if (row, column) in by_coder[number])
        no = tuple(codings.coders[number] for number in there if (row, column) not in by_coder[number])
        if yes and no:
            found.append(Disagreement(codings.places[row], name, yes, no, float(codings.sizes[row])))
    return Disagreements(codings.unit, tuple(found))
