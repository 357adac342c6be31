"""What is in a study at a glance: how many of each thing, and how far each source is coded."""

from __future__ import annotations

from dataclasses import dataclass

from crosscase.core import Source
from crosscase.study.workspace import Workspace


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source and its state.  ``coded`` is the share (0 to 1) of its answers that have a coding; ``None`` without turns."""

    source: Source
    characters: int
    codings: int
    coded: float | None


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts by table, the sources, and who codes."""

    counts: dict[str, int]
    sources: tuple[SourceLine, ...]
    coders: tuple[str, ...]


def overview(workspace: Workspace) -> Overview:
    """The study at a glance."""
    snapshot = workspace.snapshot
    coders = dict.fromkeys(coding.coder for coding in workspace.rows("codings") if coding.coder)
    return Overview(snapshot.counts(), tuple(_line(workspace, source) for source in snapshot.sources), tuple(coders))


def _line(workspace: Workspace, source: Source) -> SourceLine:
    codings = workspace.codings_in(source.id)
    answers = [turn for turn in workspace.study.snapshot.turns.where(source=source.id) if turn.kind != "question"]
    spans = [(one.quotation.start or 0, one.quotation.end or 0) for one in codings]
    coded = sum(any(start < turn.end and turn.start < end for start, end in spans) for turn in answers)
    return SourceLine(
        source, len(workspace.texts.get(source.id, "")), len(codings), coded / len(answers) if answers else None
    )
