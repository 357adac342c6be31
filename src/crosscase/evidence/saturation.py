"""How the codebook grew from one interview to the next, and when few codes were new any more.

Saturation is assessed as Guest, Namey and Chen (2020, PLoS ONE 15(5): e0232076) propose: the codes of the first ``base``
interviews are what new information is held against; a run of ``run`` consecutive interviews brings some codes for the
first time; the first run in which these are at most the share ``threshold`` of the base is where new information has
dwindled.  Runs move on by one interview, so that neighbours overlap.

This says when codes stopped being new, in one order of the interviews and with this codebook.  Whether their meaning is
understood is a judgement, and nothing here declares a study saturated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from crosscase.core import Snapshot
from crosscase.core.errors import InputError
from crosscase.core.frames import to_frame

if TYPE_CHECKING:
    import pandas

Unit = Literal["interview", "source", "case"]

#: The kinds of source in which somebody is asked.
ASKED = ("interview", "focus group")

#: What the authors take in their examples.
BASE, RUN, THRESHOLD = 4, 2, 0.05


@dataclass(frozen=True, slots=True)
class Step:
    """One interview (source, case): the codes that it brought first, in the order of the codebook.

    ``given`` counts its different codes, ``so_far`` those of all up to it.
    """

    id: str
    title: str
    case: str
    date: str
    given: int
    new: tuple[str, ...]
    so_far: int


@dataclass(frozen=True, slots=True)
class Run:
    """Interviews ``first`` to ``last`` (counted from 1): how many codes were new in them, and the share of the base."""

    first: int
    last: int
    new: int
    share: float


@dataclass(frozen=True, slots=True, repr=False)
class Growth:
    """How a codebook grew.

    ``base_codes`` counts the codes of the first ``base`` interviews; ``runs`` are those after them; ``reached`` is the
    first run with at most ``threshold``, ``None`` when there is none or nothing to hold it against.
    """

    unit: Unit
    steps: tuple[Step, ...]
    base: int
    run: int
    threshold: float
    base_codes: int
    runs: tuple[Run, ...]
    reached: Run | None
    undated: int

    @property
    def interviews(self) -> int | None:
        """After how many interviews (before the run that showed it) the threshold was reached."""
        return None if self.reached is None else self.reached.first - 1

    def sentence(self) -> str:
        """The result in words, with what it rests on."""
        what = {"interview": "interviews", "source": "sources", "case": "cases"}[self.unit]
        if len(self.steps) < self.base + self.run:
            return f"{len(self.steps)} coded {what} are fewer than base and run together ({self.base} + {self.run})."
        if not self.base_codes:
            return f"The first {self.base} {what} have no codes to hold new ones against."
        against = f"base {self.base} ({self.base_codes} codes), runs of {self.run}, at most {self.threshold:.0%} new"
        if self.reached is None:
            least = min(self.runs, key=lambda one: one.share)
            return f"No run stays within the threshold; the least is {least.share:.0%} in {what} {least.first}–{least.last} ({against})."
        found = self.reached
        return f"{found.first - 1} + {self.run} {what}: {found.share:.0%} new in {what} {found.first}–{found.last} ({against})."

    def to_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "unit": self.unit, "base": self.base, "run": self.run, "threshold": self.threshold,
            "base_codes": self.base_codes, "interviews": self.interviews, "sentence": self.sentence(),
            "steps": [
                {"id": one.id, "case": one.case, "date": one.date, "given": one.given, "new": list(one.new), "so_far": one.so_far}
                for one in self.steps
            ],
            "runs": [{"first": one.first, "last": one.last, "new": one.new, "share": one.share} for one in self.runs],
        }  # fmt: skip

    def to_frame(self) -> pandas.DataFrame:
        """A row a step."""
        return to_frame(
            {
                "id": [one.id for one in self.steps],
                "date": [one.date for one in self.steps],
                "given": [one.given for one in self.steps],
                "new": [len(one.new) for one in self.steps],
                "so_far": [one.so_far for one in self.steps],
            }
        )

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html(index=False))

    def __repr__(self) -> str:
        return f"<Growth: {self.sentence()}>"


def growth(
    snapshot: Snapshot,
    unit: Unit = "interview",
    *,
    base: int = BASE,
    run: int = RUN,
    threshold: float = THRESHOLD,
    counts_for: Mapping[str, str] | None = None,
) -> Growth:
    """How the codebook grew over the interviews, in the order of their dates; undated ones last, as they stand.

    Only interviews with a coding count.

    Args:
        snapshot: the study.
        unit: interviews (with focus groups), every source, or cases (by the date of their first source).
        base: how many of the first are held against, 1 or more.
        run: how many are looked at together, 1 or more.
        threshold: the share of new codes at which new information has dwindled, 0 to 1.
        counts_for: code -> the code it counts for (its theme); a code not in it is left out.

    Raises:
        InputError: a number out of its range.
    """
    if base < 1 or run < 1 or not 0 <= threshold <= 1:
        raise InputError(
            f"base {base}, run {run}, threshold {threshold:g} cannot be used",
            mend="base and run from 1, threshold 0 to 1",
        )
    codes_of, undated = _codes_by_unit(snapshot, unit, counts_for)
    order = {code: place for place, code in enumerate(snapshot.codes.column("id"))}
    seen: set[str] = set()
    steps = []
    for (id, title, case, date), codes in codes_of:
        new = tuple(sorted(codes - seen, key=lambda code: order.get(code, len(order))))
        seen |= codes
        steps.append(Step(id, title, case, date, len(codes), new, len(seen)))
    base_codes = steps[base - 1].so_far if len(steps) >= base else 0
    runs = _runs([len(one.new) for one in steps], base, run, base_codes)
    reached = next((one for one in runs if one.share <= threshold), None)
    return Growth(unit, tuple(steps), base, run, threshold, base_codes, runs, reached, undated)


def _runs(new: Sequence[int], base: int, run: int, base_codes: int) -> tuple[Run, ...]:
    if not base_codes:
        return ()
    return tuple(
        Run(first + 1, first + run, sum(new[first : first + run]), sum(new[first : first + run]) / base_codes)
        for first in range(base, len(new) - run + 1)
    )


_Named = tuple[str, str, str, str]


def _codes_by_unit(
    snapshot: Snapshot, unit: Unit, counts_for: Mapping[str, str] | None
) -> tuple[list[tuple[_Named, set[str]]], int]:
    """(id, title, case, date) of each unit with its codes, in order; and how many have no date."""
    sources = {one.id: one for one in snapshot.sources}
    of = dict(zip(snapshot.quotations.column("id"), snapshot.quotations.column("source"), strict=True))
    found: dict[str, set[str]] = {}
    for quotation, code in zip(snapshot.codings.column("quotation"), snapshot.codings.column("code"), strict=True):
        code = code if counts_for is None else counts_for.get(code, "")
        if not code:
            continue
        if unit == "case":
            id = snapshot.case_of_quotation.get(quotation, "")
        else:
            source = sources.get(of.get(quotation, ""))
            id = source.id if source is not None and (unit == "source" or source.kind in ASKED) else ""
        if id:
            found.setdefault(id, set()).add(code)
    dates: dict[str, Any] = {}
    for source in sources.values():
        key = source.case if unit == "case" else source.id
        if source.date is not None and (key not in dates or source.date < dates[key]):
            dates[key] = source.date
    standing = snapshot.cases if unit == "case" else snapshot.sources
    place = {id: number for number, id in enumerate(standing.column("id"))}
    ids = sorted(found, key=lambda one: (one not in dates, dates.get(one, 0), place.get(one, len(place))))
    named = []
    for id in ids:
        title, case = (id, id) if unit == "case" else (sources[id].title or id, sources[id].case)
        named.append(((id, title, case, str(dates.get(id, ""))), found[id]))
    return named, sum(id not in dates for id in ids)
