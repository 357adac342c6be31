"""The data structure: first-order concepts, the themes they were grouped into, and the aggregate dimensions above those.

After Gioia, Corley and Hamilton (2013), "Seeking qualitative rigor in inductive research", Organizational Research Methods
16(1):15–31.  Read from the levels and parents of the codebook; how it is drawn is :mod:`crosscase.figures.datastructure`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crosscase.core import Snapshot
from crosscase.core.results import Tabular

#: The levels of the structure from the lowest to the highest.
STRUCTURE = ("concept", "theme", "dimension")


@dataclass(frozen=True, slots=True)
class Box:
    """A code of the structure.  ``codings`` and ``cases`` are those of the code and of all codes under it.

    ``cases`` are in the order of the study.  ``below`` are the boxes whose nearest code of a higher level this one is.
    """

    code: str
    name: str
    level: str
    codings: int
    cases: tuple[str, ...]
    below: tuple[Box, ...] = ()

    def walk(self) -> Iterator[Box]:
        """The box and all below it, depth first."""
        yield self
        for one in self.below:
            yield from one.walk()


@dataclass(frozen=True, slots=True)
class DataStructure(Tabular):
    """The boxes that stand under nothing, dimensions first; ``cases`` counts those of the study.

    ``free`` are the ids of the codes of no level, which are no part of it.
    """

    roots: tuple[Box, ...]
    cases: int
    free: tuple[str, ...] = ()

    def boxes(self) -> Iterator[Box]:
        for root in self.roots:
            yield from root.walk()

    def columns(self) -> tuple[str, ...]:
        return ("dimension", "theme", "concept", "codings", "cases")

    def rows(self) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = []

        def down(box: Box, above: dict[str, str]) -> None:
            names = {**above, box.level: box.name}
            for one in box.below:
                down(one, names)
            if not box.below:
                found.append((*(names.get(level, "") for level in reversed(STRUCTURE)), box.codings, len(box.cases)))

        for root in self.roots:
            down(root, {})
        return found


def data_structure(snapshot: Snapshot) -> DataStructure:
    """The structure of a study's codes as it stands, with what is not grouped yet after what is."""
    order = {case: place for place, case in enumerate(snapshot.cases.column("id"))}
    codings: dict[str, int] = {}
    cases: dict[str, set[str]] = {}
    for code, quotation in zip(snapshot.codings.column("code"), snapshot.codings.column("quotation"), strict=True):
        codings[code] = codings.get(code, 0) + 1
        cases.setdefault(code, set()).add(snapshot.case_of_quotation.get(quotation, ""))
    below: dict[str, list[str]] = {}
    for code in snapshot.codes:
        if code.level in STRUCTURE:
            below.setdefault(_above(snapshot, code.id), []).append(code.id)

    def box(id: str) -> Box:
        code, under = snapshot.codes[id], list(snapshot.subtree(id))
        of = {case for one in under for case in cases.get(one, ())} - {""}
        return Box(
            id, code.name or id, code.level, sum(codings.get(one, 0) for one in under),
            tuple(sorted(of, key=lambda case: (order.get(case, len(order)), case))), tuple(map(box, _in_order(below, id, snapshot))),
        )  # fmt: skip

    free = tuple(code.id for code in snapshot.codes if code.level not in STRUCTURE)
    return DataStructure(tuple(map(box, _in_order(below, "", snapshot))), len(order), free)


def _above(snapshot: Snapshot, code: str) -> str:
    """The nearest code above of a higher level; empty when there is none."""
    level = STRUCTURE.index(snapshot.codes[code].level)
    seen, above = {code}, snapshot.codes.get(snapshot.codes[code].parent)
    while above is not None and above.id not in seen:
        if above.level in STRUCTURE[level + 1 :]:
            return above.id
        seen.add(above.id)
        above = snapshot.codes.get(above.parent)
    return ""


def _in_order(below: dict[str, list[str]], id: str, snapshot: Snapshot) -> list[str]:
    """Higher levels first, in the order of the codebook within a level."""
    return sorted(below.get(id, ()), key=lambda one: -STRUCTURE.index(snapshot.codes[one].level))
