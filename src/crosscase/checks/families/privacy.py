"""R8, privacy: could somebody be recognised, and does everybody still agree?

Names live in the key file and are not in a snapshot.  These rules look at what would leave the study with an export.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from crosscase.checks.common import count, refs, some
from crosscase.checks.registry import Report, rule
from crosscase.core import Snapshot
from crosscase.core.consent import Consent
from crosscase.core.values import read_number
from crosscase.evidence import Ledger
from crosscase.evidence.identifiers import IDENTIFIERS, identifies
from crosscase.evidence.profiles import alone, group_size, public_because, quasi_identifiers

_LONG_NUMBER = re.compile(r"(?<![\w.,+-])\d{9,}(?![\w,-])")
_KINDS = {
    **{("an " if kind[0] == "e" else "a ") + kind: one for kind, one in IDENTIFIERS.items()},
    "a long number": _LONG_NUMBER,
}
_DIGITS = re.compile(r"\d\d")
#: R801: where free words of a study stand: table -> its fields.
_FREE = {
    "cases": ("attributes",),
    "participants": ("role", "note", "extra"),
    "events": ("partner", "note", "extra"),
    "ties": ("alter", "note", "extra"),
    "sources": ("title", "extra"),
    "memos": ("title", "text"),
    "stances": ("locator", "note"),
    "claims": ("text", "extra"),
    "codes": ("name", "definition", "include", "exclude", "example", "extra"),
    "codings": ("note",),
    "constructs": ("name", "absent_when", "extra"),
    "samples": ("study", "setting", "extra"),
    "analyses": ("title",),
    "acceptances": ("reason",),
}


@rule("R801", "a direct identifier in what would be exported", "error")
def direct_identifier(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    for table, names in _FREE.items():
        for row in snapshot.table(table):
            found = [what for name in names for what in _identifiers(getattr(row, name), row.id)]
            if found:
                yield table, row.id, f"holds {'; '.join(dict.fromkeys(found))}", ()
    for question in snapshot.study.guide:
        if found := list(_in_words(question.text)):
            yield "study", question.id, f"the question of the guide holds {'; '.join(found)}", ()
    for source, text in snapshot.texts.items():
        if found := list(_in_words(text)):
            yield "sources", source, f"its text holds {'; '.join(found)}", ()
    texts = zip(*(snapshot.quotations.column(name) for name in ("id", "source", "text")), strict=True)
    for id, source, text in texts:
        if source not in snapshot.texts and (found := list(_in_words(text))):  # else its source was read
            yield "quotations", id, f"holds {'; '.join(found)}", ()


@rule("R802", "a case profile that singles out a firm")
def profile_singles_out(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    k, names = group_size(snapshot), quasi_identifiers(snapshot)
    if not names or len(snapshot.cases) < 2:
        return
    single = alone(snapshot.cases, names, k)
    if single:
        public = public_because(snapshot)
        message = (
            f"{len(single)} of {len(snapshot.cases)} cases have a profile ({', '.join(names)}) that fewer than {k} cases "
            f"share: {some(single)}"
        )
        yield "study", "profiles", message + (f"; {public}" if public else ""), refs("cases", single)


@rule("R803", "consent withdrawn or expired", "error")
def consent_withdrawn_or_expired(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    spoken: dict[str, set[str]] = {}
    for id, speaker in snapshot.speaker_of_quotation.items():
        spoken.setdefault(speaker, set()).add(id)
    for person in snapshot.participants:
        sources = [one.id for one in snapshot.sources.where(participant=person.id)]
        quotations = spoken.get(person.id, set())
        consent = Consent.of(person)
        if consent.withdrawn:
            yield from _left(snapshot, "participants", person.id, sources, quotations)
        elif consent.ended(ledger.today) and (sources or quotations):
            message = (
                f"the consent held until {consent.until}; {count(len(sources), 'source')} and "
                f"{count(len(quotations), 'quotation')} of theirs are in the study"
            )
            yield (
                "participants",
                person.id,
                message,
                [*refs("sources", sources), *refs("quotations", sorted(quotations))],
            )
    for row in snapshot.sources:
        consent = Consent.of(row)
        if not (consent.withdrawn or consent.ended(ledger.today)):
            continue
        own = {one.id for one in snapshot.quotations.where(source=row.id)}
        if consent.withdrawn:
            yield from _left(snapshot, "sources", row.id, [row.id], own)
        else:
            message = f"the consent held until {consent.until}; {count(len(own), 'quotation')} of it are in the study"
            yield "sources", row.id, message, refs("quotations", sorted(own))


# -- helpers -----------------------------------------------------------------------------------------------------------


def _left(snapshot: Snapshot, kind: str, id: str, sources: list[str], quotations: set[str]) -> Iterator[Report]:
    """What is left of somebody who withdrew: words, and claims that rest on them."""
    texts = [source for source in sources if snapshot.texts.get(source)]
    words = [one for one in sorted(quotations) if snapshot.quotations[one].text]
    parts = []
    if texts or words:
        parts.append(
            f"{count(len(texts), 'text')} and {count(len(words), 'quotation')} with words are still in the study"
        )
    behind: dict[str, list[str]] = {}
    for stance in snapshot.stances:
        coding = snapshot.codings.get(stance.coding) if stance.coding else None
        if coding is not None and coding.quotation in quotations:
            behind.setdefault(stance.claim, []).append(stance.id)
    if behind:
        parts.append(f"evidence of {some(sorted(behind))} rests on them")
    if parts:
        evidence = [*refs("sources", texts), *refs("quotations", words)]
        evidence += refs("stances", (one for ids in behind.values() for one in ids))
        yield kind, id, f"consent was withdrawn; {'; '.join(parts)}", evidence


def _identifiers(value: Any, id: str) -> Iterator[str]:
    """What identifies in a field: in its words, or, for a mapping, in the values of a column whose name says so."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            text = "" if one is None else str(one).strip()
            if identifies(str(name)) and text and text != id:
                yield f"a value in the column {name}"
            else:
                yield from (f"{what} in {name}" for what in _in_words(text) if read_number(text) is None)
    elif value:
        yield from _in_words(str(value))


def _in_words(text: str) -> Iterator[str]:
    """The kinds of identifier in a text, each with how often."""
    digits = _DIGITS.search(text) is not None
    small = text.casefold()
    hints = {"an e-mail address": "@" in text or "at)" in small or "at]" in small, "a web address": "." in text}
    for what, pattern in _KINDS.items():
        if not hints.get(what, digits):
            continue  # the patterns are slow on long texts
        found = sum(1 for _ in pattern.finditer(text))
        if found:
            yield what if found == 1 else f"{what} ({found} times)"
