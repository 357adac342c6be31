"""A snapshot with what follows from it, each thing computed once: what checks, tables and reports read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from crosscase.core import Snapshot
from crosscase.evidence.histories import attribute, history_of
from crosscase.engines.measures import FirmHistory


class Ledger:
    """One study as it stood at one moment, and the measures, histories and tables that follow from it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    @cached_property
    def histories(self) -> Mapping[str, FirmHistory]:
        """The history of each case."""
        return {case: history_of(self.snapshot, case) for case in self.snapshot.cases.column("id")}
