"""Which smallest sets of prime implicants cover all positive rows: how many terms, one model, all of them, or what can be
said when there are too many to list.

Prime implicants that cover the same rows are interchangeable: they form a *class*, and the search is over classes.  All
models come from branching on the row with the fewest candidates, with the prices of the rows as a bound.  The work is
limited by a number of steps, not by a clock: the same data always give the same answer.
"""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crosscase.core.errors import AnalysisError
from crosscase.engines.qca.bits import bits_of, elements, matrix_of
from crosscase.engines.qca.implicants import Words
from crosscase.engines.qca.solver import (
    SLACK,
    Prices,
    ascent,
    branched,
    core_of,
    cover_of_size,
    greedy,
    local_search,
    minimum_cover,
    relaxation,
    undominated,
)

__all__ = ["Ambiguity", "Chart", "Models"]

#: Steps of the search for all models, with cheap and with good prices.
CHEAP, THOROUGH = 2_000, 100_000
#: The thorough search takes so many steps divided by the number of classes, on which the length of a step depends.
THOROUGH_WORK = 20_000_000
#: Steps of the search for a model with given implicants.
LOCAL = 300
#: Covers looked at by exchange; searches for another start, and for a cover with a given class; relaxations; HiGHS calls.
EXCHANGES, STARTS, TRIALS, RELAXATIONS, DECISIONS = 1_000, 20, 100, 60, 6


@dataclass(frozen=True, slots=True)
class Models:
    """The smallest models.

    ``size`` is their number of terms; ``count`` how many there are, exact when ``counted``, else a lower bound;
    ``listed`` some or all of them, each as indices of implicants in increasing order.
    """

    size: int
    count: int
    counted: bool
    listed: tuple[tuple[int, ...], ...]

    @property
    def complete(self) -> bool:
        return self.counted and len(self.listed) == self.count


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """Implicants in every smallest model, in some but not all, in none; and those that could not be decided."""

    in_all: tuple[int, ...]
    in_some: tuple[int, ...]
    in_none: tuple[int, ...]
    undecided: tuple[int, ...]


class Chart:
    """A prime implicant chart.

    Args:
        coverage: the positive rows that each implicant covers, shape (implicants, words).
        rows: the number of positive rows.
        effort: how many times the usual work to spend on many models.

    Raises:
        AnalysisError: an implicant is missing for a positive row.
    """

    def __init__(self, coverage: Words, rows: int, effort: int = 1) -> None:
        self.effort = effort
        self.everything = (1 << rows) - 1
        if coverage.shape[1] == 1:
            unique, inverse = np.unique(coverage[:, 0], return_inverse=True)
            self.classes = [int(word) for word in unique]
        else:
            table, inverse = np.unique(coverage, axis=0, return_inverse=True)
            self.classes = [sum(int(word) << (64 * i) for i, word in enumerate(line)) for line in table]
        counts = np.bincount(inverse.ravel(), minlength=len(self.classes))
        order = np.argsort(inverse.ravel(), kind="stable")
        #: the implicants of each class
        self.members: list[NDArray[np.intp]] = np.split(order, np.cumsum(counts)[:-1])
        #: for each row, the classes that cover it, as bits
        self.columns = [0] * rows
        for c, covered in enumerate(self.classes):
            for row in elements(covered):
                self.columns[row] |= 1 << c
        if not all(self.columns):
            raise AnalysisError("a positive row is covered by no prime implicant")
        core = core_of(self.classes, self.columns, self.everything)
        vector = ascent(self.columns, core)
        start = greedy(self.classes, core.rows, core.kept)
        #: whether it is proved that no cover is smaller than the first; if not, the chart is too large to say more
        start, self.proved = branched(self.classes, self.columns, core, Prices.of(vector), start)
        if not self.proved:
            better = relaxation(self.classes, core.rows, core.kept)
            vector[: len(better)] = better if better.sum() > vector.sum() else vector[: len(better)]
            start, self.proved = minimum_cover(self.classes, core.rows, core.kept, Prices.of(vector), start)
        vector[list(core.paid)] = 1.0
        self.prices = Prices.of(vector)
        #: one smallest cover, as classes, and its size
        self.first = (*core.taken, *start)
        self.size = len(self.first)
        self._searched: _Search | None = None
        self._explored: _Exploration | None = None

    @property
    def lower_bound(self) -> int:
        """A proved lower bound for the number of terms."""
        return self.size if self.proved else math.ceil(self.prices.total - SLACK)

    @property
    def first_model(self) -> tuple[int, ...]:
        return tuple(sorted(int(self.members[c][0]) for c in self.first))

    def models(self, limit: int) -> Models:
        """The smallest models, up to ``limit`` of them listed; only the first when it is not proved to be smallest."""
        if not self.proved:
            return Models(self.size, 1, False, (self.first_model,))
        search = self._search()
        covers = search.covers if search.ended else [*search.covers, *self._explore().covers]
        unique = dict.fromkeys(tuple(sorted(cover)) for cover in covers)
        at_least = sum(math.prod(len(self.members[c]) for c in cover) for cover in unique)
        every = (
            tuple(sorted(int(i) for i in choice))
            for cover in unique
            for choice in itertools.product(*(self.members[c] for c in cover))
        )
        listed = tuple(sorted(itertools.islice(every, limit)))
        return Models(self.size, search.count if search.ended else max(at_least, search.count), search.ended, listed)

    def model_with(self, wanted: Sequence[int]) -> tuple[tuple[int, ...] | None, bool]:
        """A smallest model that has these implicants; and whether ``None`` means that there is none."""
        if not self.proved:
            return None, False
        class_of = {int(implicant): c for c, implicants in enumerate(self.members) for implicant in implicants}
        forced = {class_of[implicant]: implicant for implicant in wanted}
        left = self.size - len(wanted)
        if len(forced) < len(set(wanted)) or left < 0:  # two that cover the same rows are in no smallest model together
            return None, True
        rest = self.everything
        for c in forced:
            rest &= ~self.classes[c]
        kept = undominated([rows & rest for rows in self.classes])
        found = local_search(self.classes, rest, kept, left, LOCAL) if rest and left else None
        if found is None:
            prices = Prices.of(relaxation(self.classes, rest, kept)) if rest else self.prices
            found, decided = cover_of_size(self.classes, rest, left, kept, prices)
            if found is None:
                return None, decided
        return tuple(sorted([*forced.values(), *(int(self.members[c][0]) for c in found)])), True

    def ambiguity(self) -> Ambiguity:
        """Which implicants are in all, some or none of the smallest models."""
        if not self.proved:
            return Ambiguity((), (), (), tuple(range(sum(len(implicants) for implicants in self.members))))
        search = self._search()
        if search.ended:
            used, always, unknown = search.used, search.always, 0
        else:
            used, always, unknown = self._decide()
        groups: dict[str, list[int]] = {"all": [], "some": [], "none": [], "?": []}
        for c, implicants in enumerate(self.members):
            if unknown >> c & 1:
                place = "?"
            elif not used >> c & 1:
                place = "none"
            else:
                place = "all" if always >> c & 1 and len(implicants) == 1 else "some"
            groups[place] += [int(i) for i in implicants]
        return Ambiguity(*(tuple(sorted(groups[place])) for place in ("all", "some", "none", "?")))

    def _relax(self) -> None:
        prices = Prices.of(relaxation(self.classes, self.everything, undominated(self.classes)))
        if prices.total > self.prices.total - SLACK:  # of equal bounds the one that is spread over more rows
            self.prices = prices

    def _search(self) -> _Search:
        if self._searched is None:
            search = _Search(self, CHEAP)
            search.run()
            if not search.ended:
                self._relax()
                search = _Search(self, min(THOROUGH, THOROUGH_WORK // len(self.classes)) * self.effort)
                search.run()
            self._searched = search
        return self._searched

    def _explore(self) -> _Exploration:
        if self._explored is None:
            self._explored = _Exploration(self)
            self._explored.add(self.first, EXCHANGES * self.effort)
            kept = undominated(self.classes)
            for seed in range(2, 2 + STARTS * self.effort):
                found = local_search(self.classes, self.everything, kept, self.size, 200, seed)
                if found is not None:
                    self._explored.add(found, EXCHANGES // 10)
        return self._explored

    def affordable(self) -> list[int]:
        """The classes that the prices allow in a smallest cover."""
        bound = self.size - 1 - self.prices.total + SLACK
        return [c for c, rows in enumerate(self.classes) if bound + self.prices.value(rows) >= 0]

    def _decide(self) -> tuple[int, int, int]:
        """Decide about every class on its own: is it in a smallest cover, is it in all of them?

        Covers found by exchange and by local search show what is in some; prices for covers that must hold a class show
        what is in none; HiGHS is asked about the rest, until the allowance is spent.
        """
        seen, search = self._explore(), self._search()
        seen.used |= search.used
        seen.always &= search.always
        kept = undominated(self.classes)
        open_classes = [c for c in self.affordable() if not seen.used >> c & 1]
        for c in open_classes[: TRIALS * self.effort]:
            if not seen.used >> c & 1:
                rest = self.everything & ~self.classes[c]
                found = local_search(self.classes, rest, kept, self.size - 1, 60)
                if found is not None:
                    seen.add((c, *found), 100)
        unknown, relaxations, decisions = 0, RELAXATIONS * self.effort, DECISIONS * self.effort
        none: set[int] = set()
        table = matrix_of([self.classes[c] for c in open_classes], len(self.columns)).astype(np.float64)
        for c in open_classes:
            if seen.used >> c & 1 or c in none:
                continue
            rest = self.everything & ~self.classes[c]
            prices = self.prices
            if relaxations:
                relaxations -= 1
                prices = Prices.of(relaxation(self.classes, rest, kept))
                # these prices bound the covers with other classes too
                beyond = prices.total + 1 - table @ prices.vector > self.size + SLACK
                none.update(k for k, far in zip(open_classes, beyond, strict=True) if far)
                if c in none:
                    continue
            found, decided = None, False
            if decisions:
                decisions -= 1
                found, decided = cover_of_size(self.classes, rest, self.size - 1, kept, prices)
            if found is not None:
                seen.add((c, *found), 100)
            elif not decided:
                unknown |= 1 << c
        for c in list(elements(seen.always)):
            if len(self.members[c]) > 1 or not seen.always >> c & 1:
                continue
            others = undominated(self.classes, [k for k in range(len(self.classes)) if k != c])
            found, decided = cover_of_size(self.classes, self.everything, self.size, others, self.prices)
            if found is not None:
                seen.add(found, 100)
            elif not decided:
                unknown |= 1 << c
        return seen.used, seen.always, unknown & ~(seen.used & ~seen.always)


class _Exploration:
    """Smallest covers met by exchanging one class at a time, and the classes in any and in all of them."""

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self.used = 0
        self.always = (1 << len(chart.classes)) - 1
        self.covers: dict[tuple[int, ...], None] = {}

    def add(self, cover: tuple[int, ...], exchanges: int) -> None:
        """Start from a cover.  Those that bring a new class are looked at first."""
        waiting: deque[tuple[int, ...]] = deque([tuple(sorted(cover))])
        while waiting and exchanges:
            current = waiting.popleft()
            if current in self.covers:
                continue
            exchanges -= 1
            self.covers[current] = None
            before = self.used
            for c, candidates in self._exchanges(current):
                self.used |= candidates
                if candidates.bit_count() > 1:
                    self.always &= ~(1 << c)
                for other in elements(candidates & ~(1 << c)):
                    neighbour = tuple(sorted((*(k for k in current if k != c), other)))
                    if before >> other & 1:
                        if len(waiting) < 20_000:
                            waiting.append(neighbour)
                    else:
                        waiting.appendleft(neighbour)
            self.always &= bits_of(current)

    def _exchanges(self, cover: tuple[int, ...]) -> list[tuple[int, int]]:
        """For each class of a cover those that could stand in its place, itself among them."""
        result = []
        for c in cover:
            others = 0
            for other in cover:
                if other != c:
                    others |= self.chart.classes[other]
            candidates = (1 << len(self.chart.classes)) - 1
            for row in elements(self.chart.everything & ~others):
                candidates &= self.chart.columns[row]
            result.append((c, candidates))
        return result


class _Search:
    """All smallest covers, each once."""

    def __init__(self, chart: Chart, steps: int) -> None:
        self.chart = chart
        self.steps = steps
        self.ended = True
        self.count = 0
        self.covers: list[tuple[int, ...]] = []
        self.used = 0
        self.always = (1 << len(chart.classes)) - 1

    def run(self) -> None:
        self._walk(self.chart.everything, (), 1, bits_of(self.chart.affordable()))

    def _walk(self, uncovered: int, chosen: tuple[int, ...], weight: int, allowed: int) -> None:
        self.steps -= 1
        if self.steps < 0:
            self.ended = False
            return
        chart = self.chart
        if len(chosen) == chart.size - 1:
            for row in elements(uncovered):
                allowed &= chart.columns[row]
                if not allowed:
                    return
            self._record(chosen, weight, allowed)
            return
        best, fewest = 0, math.inf
        for row in elements(uncovered):
            candidates = chart.columns[row] & allowed
            number = candidates.bit_count()
            if number < fewest:
                best, fewest = candidates, number
                if number <= 1:
                    break
        room = chart.size - len(chosen) - 1 + SLACK
        for c in elements(best):
            rest = uncovered & ~chart.classes[c]
            allowed &= ~(1 << c)
            if chart.prices.value(rest) <= room:
                self._walk(rest, (*chosen, c), weight * len(chart.members[c]), allowed)
                if not self.ended:
                    return

    def _record(self, chosen: tuple[int, ...], weight: int, last: int) -> None:
        base = bits_of(chosen)
        self.used |= base | last
        self.always &= base | (last if last.bit_count() == 1 else 0)
        for c in elements(last):
            self.count += weight * len(self.chart.members[c])
            if len(self.covers) < 100_000:
                self.covers.append((*chosen, c))
