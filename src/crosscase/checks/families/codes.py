"""R4, codes: is the codebook fit for somebody else to use, and is it used?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from crosscase.checks.common import count, refs, setting, some
from crosscase.checks.registry import Report, rule
from crosscase.core import Snapshot
from crosscase.core.errors import NotFoundError
from crosscase.evidence import Ledger

#: R404: two codes are said to go together from so many quotations on.
FEWEST_TOGETHER = 3
#: R402: with fewer cases quoted than this every code is in few.
FEWEST_CASES = 3
#: R401: what stands where a definition is still to be written.
_PLACEHOLDERS = ("", "tbd", "tba", "todo", "to do", "to be defined", "n a", "na", "none", "xxx", "x", "see name")
_RANK = {"concept": 0, "theme": 1, "dimension": 2}
_COEFFICIENTS = ("alpha", "kappa", "agreement")


@rule("R401", "a code without definition")
def without_definition(ledger: Ledger) -> Iterator[Report]:
    codes = ledger.snapshot.codes
    ids = [code.id for code in codes if _says_nothing(code.definition, code.name)]
    if len(ids) > max(1, len(codes) / 2):
        yield (
            "study",
            "codebook",
            f"{len(ids)} of {len(codes)} codes have no definition: {some(ids)}",
            refs("codes", ids),
        )
        return
    for id in ids:
        used = len(ledger.snapshot.codings.positions("code").get(id, ()))
        yield "codes", id, f"has no definition; it was given {count(used, 'time')}", ()


@rule("R402", "a code used in one case only", "note")
def in_one_case_only(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    if len(set(snapshot.case_of_quotation.values()) - {""}) < FEWEST_CASES:
        return  # what is in one case only because few are quoted is rule R305's
    cases = _cases_by_code(snapshot)
    single = {code for code, found in cases.items() if len(found) == 1}
    for code in snapshot.codes:
        if code.id in single and code.parent not in single:
            codings = snapshot.codings_under(code.id)
            (case,) = cases[code.id]
            message = f"is used in one of {len(snapshot.cases)} cases only, {case} ({count(len(codings), 'coding')})"
            yield "codes", code.id, message, refs("codings", (one.id for one in codings))


@rule("R403", "an unused code", "note")
def unused(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    if not len(snapshot.codings):
        return
    used = set(snapshot.codings.positions("code"))
    idle = {code.id for code in snapshot.codes if not used.intersection(snapshot.subtree(code.id))}
    for code in snapshot.codes:
        if code.id in idle and code.parent not in idle:
            under = sum(1 for _ in snapshot.subtree(code.id)) - 1
            yield (
                "codes",
                code.id,
                "was never given" + (f", nor the {count(under, 'code')} under it" if under else ""),
                (),
            )


@rule("R404", "two codes always together", "note")
def always_together(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    place_of = _places(snapshot)
    places: dict[str, set[Any]] = {}
    for code, quotation in zip(snapshot.codings.column("code"), snapshot.codings.column("quotation"), strict=True):
        places.setdefault(code, set()).add(place_of.get(quotation, quotation))
    alike: dict[frozenset[Any], list[str]] = {}
    for code, found in places.items():
        if len(found) >= FEWEST_TOGETHER:
            alike.setdefault(frozenset(found), []).append(code)
    for found_places, codes in alike.items():
        for one, other in combinations(sorted(codes), 2):
            yield (
                "codes",
                f"{one}+{other}",
                f"the codes {one} and {other} stand on the same {len(found_places)} passages and on no others",
                refs("codes", (one, other)),
            )


@rule("R405", "a level skipped")
def level_skipped(ledger: Ledger) -> Iterator[Report]:
    codes = ledger.snapshot.codes
    for code in codes:
        parent = codes.get(code.parent) if code.parent else None
        if parent is None or code.level not in _RANK or parent.level not in _RANK:
            continue
        step = _RANK[parent.level] - _RANK[code.level]
        if step != 1:
            what = "skips the level between" if step > 1 else "is not below it"
            message = f"is a {code.level} directly under the {parent.level} {parent.id}: it {what}"
            yield "codes", code.id, message, refs("codes", [parent.id])


@rule("R406", "agreement below the study's own bar")
def agreement_below_bar(ledger: Ledger) -> Iterator[Report]:
    bar = setting(ledger, "agreement", "bar", None)
    if bar is None:
        return
    chosen = str(ledger.snapshot.study.extra.get("agreement", {}).get("coefficient", "alpha"))
    if chosen not in _COEFFICIENTS:
        raise NotFoundError("coefficient", chosen, _COEFFICIENTS, where="study.toml, [agreement]")
    from crosscase.engines.agreement import agreement
    from crosscase.evidence.agreement import unit_codings

    unit = str(ledger.snapshot.study.extra.get("agreement", {}).get("unit", "turn"))
    for coders, sources in _coded_together(ledger.snapshot).items():
        found = agreement(unit_codings(ledger.snapshot, unit, coders, sources))
        who = f"{' and '.join(coders)} on {count(len(sources), 'source')}"
        for item in (found.overall, *found.codes):
            value = getattr(item, chosen)
            if value is not None and value < bar:
                kind, id = ("codes", item.code) if item.code else ("study", "agreement")
                message = f"{chosen} is {value + 0.0:.3f} between {who}; the study's bar is {bar:g}"
                yield kind, id, message, refs("sources", sources)


# -- helpers -----------------------------------------------------------------------------------------------------------


def _says_nothing(definition: str, name: str) -> bool:
    """Whether a definition is empty, stands for one that is still to be written, or only repeats the name."""
    words = re.findall(r"\w+", definition.casefold())
    return " ".join(words) in _PLACEHOLDERS or words == re.findall(r"\w+", name.casefold())


def _cases_by_code(snapshot: Snapshot) -> dict[str, set[str]]:
    """Code -> the cases with a coding of it or of a code under it."""
    own: dict[str, set[str]] = {}
    case_of = snapshot.case_of_quotation
    for code, quotation in zip(snapshot.codings.column("code"), snapshot.codings.column("quotation"), strict=True):
        own.setdefault(code, set()).add(case_of.get(quotation, ""))
    return {
        id: set().union(*(own.get(one, ()) for one in snapshot.subtree(id))) - {""}
        for id in snapshot.codes.column("id")
    }


def _places(snapshot: Snapshot) -> dict[str, Any]:
    """Quotation -> its span, so that two quotations of one passage count as one; a locator alone is no passage."""
    columns = (snapshot.quotations.column(name) for name in ("id", "source", "start", "end"))
    return {
        id: (source, start, end) if start is not None else id for id, source, start, end in zip(*columns, strict=True)
    }


def _coded_together(snapshot: Snapshot) -> dict[tuple[str, ...], list[str]]:
    """Two or more coders -> the sources that exactly they coded, and that have a text."""
    source_of = dict(zip(snapshot.quotations.column("id"), snapshot.quotations.column("source"), strict=True))
    coders: dict[str, set[str]] = {}
    for coder, quotation in zip(snapshot.codings.column("coder"), snapshot.codings.column("quotation"), strict=True):
        if coder and (source := source_of.get(quotation)) in snapshot.texts:
            coders.setdefault(str(source), set()).add(coder)
    together: dict[tuple[str, ...], list[str]] = {}
    for source, some_coders in coders.items():
        if len(some_coders) > 1:
            together.setdefault(tuple(sorted(some_coders)), []).append(source)
    return together
