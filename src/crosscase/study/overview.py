"""What is in a study at a glance: how many of each thing, and how far each source is coded."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from crosscase.core import Source
from crosscase.study.workspace import LIVE, Workspace


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
    """The study at a glance.  What is found of a source is kept until something changes in it."""
    snapshot = workspace.study.snapshot
    counts = {name: workspace.count(name) if name in LIVE else count for name, count in snapshot.counts().items()}
    coders = dict.fromkeys(coding.coder for coding in workspace.rows("codings") if coding.coder)
    return Overview(counts, tuple(_line(workspace, source) for source in snapshot.sources), tuple(coders))


def _line(workspace: Workspace, source: Source) -> SourceLine:
    kept: dict[str, tuple[tuple[int, int], SourceLine]] = workspace.kept.setdefault("overview", {})
    state = workspace.state_of(source.id)
    known = kept.get(source.id)
    if known is not None and known[0] == state:
        return known[1]
    spans = workspace.spans_in(source.id)
    line = SourceLine(source, len(workspace.texts.get(source.id, "")), len(spans), _coded(workspace, source.id, spans))
    kept[source.id] = (state, line)
    return line


def _coded(workspace: Workspace, source: str, spans: list[tuple[int, int]]) -> float | None:
    """The share of the answers of a source that one of the spans touches."""
    turns = workspace.study.snapshot.turns
    kinds, starts, ends = (turns.column(name) for name in ("kind", "start", "end"))
    answers = [at for at in turns.positions("source").get(source, ()) if kinds[at] != "question"]
    covered: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if covered and start <= covered[-1][1]:
            covered[-1] = (covered[-1][0], max(end, covered[-1][1]))
        else:
            covered.append((start, end))
    coded = 0
    for at in answers:
        # the last stretch that begins before the answer ends
        before = bisect_left(covered, (ends[at],)) - 1
        coded += before >= 0 and starts[at] < covered[before][1]
    return coded / len(answers) if answers else None
