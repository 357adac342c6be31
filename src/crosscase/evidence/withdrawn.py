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
    speaker = dict(zip(snapshot.sources.column("id"), snapshot.sources.column("participant"), strict=True))
    quotations = snapshot.quotations
    return frozenset(
        id
        for id, source, participant in zip(
            quotations.column("id"), quotations.column("source"), quotations.column("participant"), strict=True
        )
        if source in sources or (participant or speaker.get(source, "")) in people
    )
