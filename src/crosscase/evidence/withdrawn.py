"""Words that a person took back: they stay as a mark that something was there, and count for nothing."""

from __future__ import annotations

from crosscase.core import Snapshot
from crosscase.core.consent import Consent


def withdrawn_quotations(snapshot: Snapshot) -> frozenset[str]:
    """The ids of the quotations whose participant or source withdrew consent."""
    people = {one.id for one in snapshot.participants if Consent.read(one.consent).withdrawn}
    sources = {one.id for one in snapshot.sources if Consent.read(one.consent).withdrawn}
    if not people and not sources:
        return frozenset()
    speaker = snapshot.speaker_of_quotation
    pairs = zip(snapshot.quotations.column("id"), snapshot.quotations.column("source"), strict=True)
    return frozenset(id for id, source in pairs if source in sources or speaker[id] in people)
