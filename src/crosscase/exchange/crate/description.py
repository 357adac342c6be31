"""What a study says of itself, under the headings of the DDI Codebook (version 2.5) for study-level metadata.

Everything is taken from the study; what the study does not say stays empty, and :attr:`Heading.text` is then "".  Keys of
``study.toml`` that Crosscase gives no meaning of its own (``authors``, ``license``, ``access``, ``collection``, …) are
read here when they are there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crosscase.core import Snapshot
from crosscase.core.consent import SCOPES, Consent
from crosscase.exchange.crate.withholding import Withheld

__all__ = ["Description", "Heading", "describe"]


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading: its name in words, its element in the DDI Codebook, and what the study says under it."""

    name: str
    element: str
    text: str


@dataclass(frozen=True, slots=True)
class Description:
    """A study's metadata.  ``years`` are the first and the last of its dated events, ``places`` their ISO 3166 codes."""

    title: str
    abstract: str
    headings: tuple[Heading, ...]
    authors: tuple[str, ...]
    citation: str
    license: str
    years: tuple[int, int] | None
    places: tuple[str, ...]

    def __getitem__(self, name: str) -> str:
        return next(one.text for one in self.headings if one.name == name)


def describe(snapshot: Snapshot, withheld: Withheld) -> Description:
    """The metadata of a study."""
    study = snapshot.study
    dates = [date.year for date in snapshot.events.column("date") if date is not None]
    years = (min(dates), max(dates)) if dates else None
    places = tuple(sorted({place for place in snapshot.events.column("place") if place}))
    collected = [date for date in snapshot.sources.column("date") if date is not None]
    headings = (
        Heading("Stance", "method/notes", study.stance),
        Heading("Kinds of data", "sumDscr/dataKind", _kinds(snapshot)),
        Heading("Unit of analysis", "sumDscr/anlyUnit", said(study.extra, "unit_of_analysis", "unit")
                or (f"firm ({len(snapshot.cases)} cases)" if len(snapshot.cases) else "")),
        Heading("Universe", "sumDscr/universe", said(study.extra, "universe", "population")),
        Heading("Sampling procedure", "method/dataColl/sampProc", _sampling(snapshot)),
        Heading("Mode of data collection", "method/dataColl/collMode", said(study.extra, "collection", "mode")
                or _mode(snapshot)),
        Heading("Dates of collection", "sumDscr/collDate",
                f"{min(collected, key=str)} to {max(collected, key=str)}" if collected else ""),
        Heading("Time period covered", "sumDscr/timePrd", f"{years[0]} to {years[1]}" if years else ""),
        Heading("Geographic coverage", "sumDscr/geogCover", ", ".join(places)),
        Heading("Access conditions", "dataAccs/useStmt/conditions", said(study.extra, "access", "access_conditions")),
        Heading("Consent", "dataAccs/useStmt/confDec", _consent(snapshot)),
        Heading("Withheld", "dataAccs/setAvail/complete", _withheld(withheld)),
    )  # fmt: skip
    return Description(
        title=study.title,
        abstract=said(study.extra, "abstract", "description") or study.question,
        headings=headings,
        authors=_names(study.extra.get("authors", study.extra.get("author", ()))),
        citation=study.citation,
        license=said(study.extra, "license", "licence"),
        years=years,
        places=places,
    )


def said(extra: Mapping[str, Any], *names: str) -> str:
    """The first of these keys that holds a text."""
    return next((str(extra[name]).strip() for name in names if isinstance(extra.get(name), str)), "")


def _names(given: Any) -> tuple[str, ...]:
    if isinstance(given, str):
        return tuple(one.strip() for one in given.split(";") if one.strip())
    names = [one.get("name", "") if isinstance(one, Mapping) else one for one in given or ()]
    return tuple(str(one) for one in names if one)


def _kinds(snapshot: Snapshot) -> str:
    parts = [f"{kind or 'source of no stated kind'} ({count})" for kind, count in _counted(snapshot, "sources", "kind")]
    for name in ("events", "ties", "observations", "surveys"):
        if count := len(snapshot.table(name)):
            parts.append(f"{name} ({count})")
    return ", ".join(parts)


def _mode(snapshot: Snapshot) -> str:
    held = snapshot.study.interviews
    parts = [f"{held} interviews"] if held is not None else []
    if guide := len(snapshot.study.guide):
        parts.append(f"an interview guide of {guide} questions")
    return ", ".join(parts)


def _sampling(snapshot: Snapshot) -> str:
    rules = [f"{one.text or one.id}" + (f" ({one.rule})" if one.rule else "") for one in snapshot.study.sampling]
    return "; ".join(rules)


def _consent(snapshot: Snapshot) -> str:
    """How many sources and persons agreed to what; the scopes in the order of :data:`SCOPES`."""
    parts: list[str] = []
    for name in ("participants", "sources"):
        read = [Consent.read(text) for text in snapshot.table(name).column("consent")]
        stated = [one for one in read if one.stated]
        if not stated:
            continue
        scopes = [f"{scope} {count}" for scope in SCOPES if (count := sum(one.allows(scope) is True for one in stated))]
        withdrawn = sum(one.withdrawn for one in stated)
        if withdrawn:
            scopes.append(f"withdrawn {withdrawn}")
        parts.append(f"{name}, {len(stated)} of {len(read)} on record: {', '.join(scopes) or 'none'}")
    return "; ".join(parts)


def _withheld(withheld: Withheld) -> str:
    return "; ".join(f"source {id}: {reason}" for id, reason in withheld.reasons.items())


def _counted(snapshot: Snapshot, table: str, column: str) -> Iterable[tuple[str, int]]:
    return sorted(Counter(snapshot.table(table).column(column)).items(), key=lambda pair: (-pair[1], pair[0]))
