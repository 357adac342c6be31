"""The vocabulary of a study: what a case, an event, a quotation, a coding, a claim are.

Each is a frozen dataclass whose fields are the columns of its file in the study folder, of its table in the database and
of its frame in Python; the names are the same everywhere.  An unknown text is the empty string, an unknown date or number
is ``None``.  ``extra`` keeps the columns and keys that Crosscase does not know, so that they can be written back.

This module says what things are, not where they come from or what follows from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from crosscase.core.dates import PartialDate

Extra = Mapping[str, Any]

#: The ``extra`` of the many records that have none; shared, so that 100,000 codings do not hold 100,000 dictionaries.
NOTHING: Extra = {}

Stances = Literal["supports", "contradicts", "qualifies"]
Severity = Literal["error", "warning", "note"]

STANCES_OF_A_STUDY = ("positivist", "interpretive", "mixed", "")
VARIABLE_TYPES = ("text", "category", "number", "integer", "percent", "year", "date", "country", "boolean", "list")
SOURCE_KINDS = ("interview", "focus group", "archival", "web", "news", "abstract", "survey answer")
EVENT_KINDS = ("founding", "entry", "exit", "re-entry", "partnership", "fair", "funding")
TIE_KINDS = (
    "peer", "client", "association", "fair", "mission", "family or friends", "partner", "expert", "platform", "community",
    "state-owned enterprise",
)  # fmt: skip
LEVELS = ("concept", "theme", "dimension", "free")
ORIGINS = ("emergent", "a priori", "")
BASES = ("printed", "reported", "recorded")
CLAIM_TYPES = ("definition", "composition", "association", "mechanism", "set relation", "boundary")
STANCES = ("supports", "contradicts", "qualifies")
CLAIM_STATUSES = ("asserted", "revised", "renumbered", "withdrawn")
CONSTRUCT_ORIGINS = ("codings", "variable", "measure", "event", "tie", "survey", "constructs")


# -- the study and its design ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SamplingRule:
    """Who was admitted to the study.  ``rule`` is an expression over variables and measures, or empty."""

    id: str
    text: str = ""
    rule: str = ""
    extra: Extra = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Variable:
    """An attribute that cases have.  ``type`` is one of :data:`VARIABLE_TYPES`, ``values`` those that a category admits."""

    name: str
    type: str = "text"
    unit: str = ""
    values: tuple[str, ...] = ()
    label: str = ""
    extra: Extra = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the interview guide."""

    id: str
    section: str = ""
    text: str = ""
    extra: Extra = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class RegionScheme:
    """A region scheme of the study's own: region -> members as ISO 3166-1 alpha-3 codes.

    A member may carry the years in which it belonged: ``GBR:1973-2020`` (the last year included), ``HRV:2013-``.
    """

    id: str
    title: str = ""
    version: str = ""
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    extra: Extra = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Study:
    """The head of a study: what is asked, of whom, and in which terms."""

    title: str = ""
    question: str = ""
    stance: str = ""
    citation: str = ""
    synthetic: bool = False
    sampling: tuple[SamplingRule, ...] = ()
    variables: tuple[Variable, ...] = ()
    guide: tuple[Question, ...] = ()
    #: A year, or the name of a variable that holds each case's own; empty when not declared.
    observed_until: str = ""
    #: The region scheme that the study's figures use, built in or one of ``schemes``.
    region_scheme: str = ""
    schemes: tuple[RegionScheme, ...] = ()
    #: How many interviews the study says it rests on.
    interviews: int | None = None
    extra: Extra = field(default_factory=lambda: NOTHING)

    def variable(self, name: str) -> Variable | None:
        return next((variable for variable in self.variables if variable.name == name), None)


# -- cases and what is on record about them ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Case:
    """A firm.  ``id`` is its pseudonym; its name is only in the key file.  ``attributes`` are texts as they were given."""

    id: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Participant:
    """A person of a case, under a pseudonym.  ``consent`` is its scope, ``consent_until`` the last day it holds."""

    id: str
    case: str = ""
    role: str = ""
    consent: str = ""
    consent_until: PartialDate | None = None
    note: str = ""
    extra: Extra = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Event:
    """Something dated in a case's life.  ``place`` is an ISO 3166-1 alpha-3 code."""

    id: str
    case: str
    kind: str
    place: str = ""
    date: PartialDate | None = None
    mode: str = ""
    partner: str = ""
    evidence: str = ""
    note: str = ""
    extra: Extra = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Tie:
    """A relationship of a case with an ``alter``.  ``boundary`` is internal or external to the firm.

    ``knows`` lists the alters of the same case that this alter is known to be tied to.
    """

    id: str
    case: str
    alter: str
    kind: str = ""
    boundary: str = ""
    place: str = ""
    start: PartialDate | None = None
    end: PartialDate | None = None
    knows: tuple[str, ...] = ()
    evidence: str = ""
    note: str = ""
    extra: Extra = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Observation:
    """A dated figure of a case.  ``value`` is the text as printed; ``basis`` says who stands behind it."""

    id: str
    case: str
    measure: str
    date: PartialDate | None = None
    value: str = ""
    unit: str = ""
    basis: str = ""
    scheme: str = ""
    locator: str = ""
    extra: Extra = field(default_factory=lambda: NOTHING)


# -- sources and codings -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """An immutable text.  Its words are in ``Snapshot.texts``; ``hash`` is the SHA-256 of their UTF-8 form.

    ``pages`` are the offsets at which the pages begin, for a text that has pages.  ``original`` is the name of the
    document that the text was taken from, when it was not a plain text.
    """

    id: str
    file: str = ""
    kind: str = ""
    case: str = ""
    participant: str = ""
    date: PartialDate | None = None
    language: str = ""
    title: str = ""
    consent: str = ""
    hash: str = ""
    pages: tuple[int, ...] = ()
    original: str = ""
    extra: Extra = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Turn:
    """A speaker's turn, or the answer to a guide question.  Offsets are code points, end exclusive.

    ``kind`` is ``question`` for what an interviewer says and ``answer`` for what a participant says, or empty when it is
    not known.  ``time`` is the second at which the turn begins, for a text with times.
    """

    source: str
    number: int
    start: int
    end: int
    speaker: str = ""
    participant: str = ""
    kind: str = ""
    question: str = ""
    time: float | None = None


@dataclass(frozen=True, slots=True)
class Quotation:
    """A span of a source: offsets in code points, end exclusive, and the text that stood there when it was made.

    Where the text may not be shown there is a ``locator`` (page, table, time) instead of offsets and text.
    ``mark`` is ``power`` for a quotation meant for the text, ``proof`` for one meant for a table (Pratt 2009).
    """

    id: str
    source: str = ""
    start: int | None = None
    end: int | None = None
    text: str = ""
    locator: str = ""
    case: str = ""
    participant: str = ""
    mark: str = ""
    extra: Extra = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Code:
    """A label.  ``level`` is one of :data:`LEVELS`; ``parent`` the code above it."""

    id: str
    name: str = ""
    parent: str = ""
    level: str = "free"
    origin: str = ""
    definition: str = ""
    include: str = ""
    exclude: str = ""
    example: str = ""
    colour: str = ""
    extra: Extra = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Coder:
    """Somebody who codes."""

    id: str
    name: str = ""
    extra: Extra = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Coding:
    """A code that a coder gave to a quotation."""

    id: str
    quotation: str
    code: str
    coder: str = ""
    note: str = ""
    extra: Extra = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Memo:
    """A dated note on anything: ``about_kind`` is the name of a table (``cases``, ``codes``, …) or empty for the study."""

    id: str
    about_kind: str = ""
    about: str = ""
    date: PartialDate | None = None
    author: str = ""
    title: str = ""
    text: str = ""
    extra: Extra = field(default_factory=lambda: NOTHING)


# -- constructs, claims, samples, analyses -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Construct:
    """How codings, attributes, measures, events, ties or survey scales become one value a case.

    ``drawn_from`` is the key ``from`` of constructs.toml.
    """

    id: str
    name: str = ""
    drawn_from: str = ""
    of: tuple[str, ...] = ()
    rule: str = ""
    absent_when: str = ""
    calibrate: Mapping[str, Any] = field(default_factory=dict)
    extra: Extra = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class ClaimVersion:
    """How a claim stood at one time: in a manuscript, a round of review, a publication."""

    label: str
    number: str = ""
    text: str = ""
    status: str = ""
    extra: Extra = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class ClaimForm:
    """A logical form of a claim that is on record in one place."""

    where: str
    expression: str
    extra: Extra = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Claim:
    """A typed statement with its scope and history.  ``type`` is one of :data:`CLAIM_TYPES`."""

    id: str
    text: str = ""
    type: str = ""
    expression: str = ""
    built_on: tuple[str, ...] = ()
    scope: Mapping[str, str] = field(default_factory=dict)
    status: str = ""
    versions: tuple[ClaimVersion, ...] = ()
    forms: tuple[ClaimForm, ...] = ()
    extra: Extra = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Stance:
    """What one piece of evidence does to one claim: supports, contradicts, qualifies.

    The evidence is a coding, or a locator with the case.
    """

    id: str
    claim: str
    case: str = ""
    coding: str = ""
    locator: str = ""
    stance: str = ""
    note: str = ""
    extra: Extra = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Sample:
    """Who was studied.  ``same_as`` names the sample that it shares its people or firms with."""

    id: str
    study: str = ""
    n: int | None = None
    unit: str = ""
    setting: str = ""
    same_as: str = ""
    basis: str = ""
    extra: Extra = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Analysis:
    """A saved specification with the hash of its inputs; its ``result`` is stale when the inputs hash differently now."""

    id: str
    kind: str = ""
    title: str = ""
    claim: str = ""
    specification: Mapping[str, Any] = field(default_factory=dict)
    inputs_hash: str = ""
    result: Mapping[str, Any] | None = None
    extra: Extra = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Survey:
    """A table of answers: one row a respondent, one column an item.

    ``labels`` are the questions behind the columns, ``value_labels`` the words behind the numbers.  Numbers are floats,
    missing answers ``None``.  ``case_column`` names the column that links a row to a case, when there is one.
    """

    id: str
    title: str = ""
    file: str = ""
    columns: Mapping[str, tuple[float | str | None, ...]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    case_column: str = ""
    extra: Extra = field(default_factory=lambda: NOTHING)


# -- findings ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about: the name of a table and an id in it."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check reports.  ``accepted`` is the written reason when a person accepted it, else empty."""

    rule: str
    severity: Severity
    subject: Subject
    message: str
    evidence: tuple[str, ...] = ()
    accepted: str = ""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A person's reason for letting a finding stand."""

    id: str
    rule: str
    subject_kind: str
    subject: str
    reason: str
    who: str = ""
    date: PartialDate | None = None
    extra: Extra = field(default_factory=lambda: NOTHING)
