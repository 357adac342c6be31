"""Which way of counting positions a project uses, from where its selections would begin and end.

Every convention is tried on every source.  A person selects words, so the right one lets selections begin and end where
words do, and where a selection's name repeats its words they agree.  One program counts alike in all sources of a project:
what the other sources say is believed as well, up to a limit that clear selections of a source's own can exceed.  Where the
program is known and the selections say nothing, its way is taken.  What is not clear then is not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp
from typing import Any

from crosscase.core.errors import InputError
from crosscase.exchange.refi.edges import EDGE, NAMED, Edges, Span
from crosscase.exchange.refi.positions import CONVENTIONS, Convention, Ruler, Selection, Selections

__all__ = ["Choice", "UnclearPositions", "choose", "doubts"]

#: A choice is clear when it is fifty times likelier than any other (as a logarithm).
CLEAR = 3.9
#: The other sources of a project count at most so much, against a source's own selections.
SHARED = 12.0
#: How much likelier a way is to begin with: line ends of one character that count two are rare, a mark that counts is rarer
#: than one that does not, and what a known program does is likely what it did.
_WIDER, _NARROWER, _MARKED, _PROGRAM = -1.0, -0.7, -2.0, 5.0
#: Programs whose way is known, by the beginning of the project's ``origin``.
PROGRAMS: Mapping[str, Convention] = {"nvivo": Convention("utf-16")}
#: With so many selections the way must fit at all: better than places that nobody chose.
ENOUGH = 5
#: Below this share of the possible points a way is doubted aloud.
DOUBTFUL = 0.35
#: So many selections of a source are tried, spread evenly.
SAMPLE = 400
#: Odds beyond a million (as a logarithm) are told as a million.
_LARGEST = 13.8156
#: So many alternatives are shown with the words that they would give to so many selections.
_SHOWN, _EXAMPLES = 6, 3


@dataclass(frozen=True, slots=True)
class Choice:
    """The convention of one source.

    ``score`` is the share of the possible points, 0 to 1.  ``basis`` says what decided: its ``own`` selections, with those
    of the whole ``project``, with what its ``program`` is known to do, ``alike`` (all conventions say the same), or
    ``named`` by the caller.  ``odds`` is how many times likelier it is than the next.  ``named`` counts the selections whose
    name repeats their words, ``edges`` those that begin and end at the edge of a word, ``verified`` those with either.
    """

    source: str
    convention: Convention
    score: float
    selections: int
    basis: str
    odds: float | None = None
    named: int = 0
    edges: int = 0
    verified: int = 0
    described: Mapping[str, Any] = field(default_factory=dict)
    #: Of each selection, whether it is verified.
    each: tuple[bool, ...] = ()
    alternatives: tuple[tuple[Convention, float], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "convention": dict(self.described),
            "score": round(self.score, 4),
            "selections": self.selections,
            "decided_by": self.basis,
            "odds": None if self.odds is None else round(self.odds, 1),
            "name_repeats_the_words": self.named,
            "at_word_edges": self.edges,
            "verified": self.verified,
            "alternatives": [{"convention": one.name, "score": round(score, 4)} for one, score in self.alternatives],
        }


class UnclearPositions(InputError):
    """It is not clear how positions are counted.

    ``sources`` has for each such source its ``alternatives``, the likeliest first: convention, score, and the words that
    it gives to some selections.
    """

    def __init__(self, sources: Sequence[Mapping[str, Any]]) -> None:
        self.sources = tuple(sources)
        first = sources[0]
        shown = ", ".join(f"{one['convention']} ({one['score']:.0%})" for one in first["alternatives"])
        others = f"; nor those of {len(sources) - 1} more sources" if len(sources) > 1 else ""
        super().__init__(
            f"it is not clear how the positions of its {first['selections']} selections are counted; possible are {shown}"
            f"{others}",
            where=f"source {first['source']}",
            mend=f"name one, as in --positions {first['alternatives'][0]['convention']}",
        )

    def to_dict(self) -> dict[str, Any]:
        return {**InputError.to_dict(self), "positions": [dict(one) for one in self.sources]}


@dataclass(slots=True)
class _Group:
    """The conventions that place the selections of one source alike, and what the places say for them."""

    conventions: list[Convention]
    spans: list[Span]
    evidence: float = 0.0


@dataclass(slots=True)
class _Source:
    """A source with its conventions, by where they place the selections."""

    of: Selections
    sample: Sequence[Selection]
    groups: list[_Group]
    edges: Edges

    def evidence(self) -> dict[Convention, float]:
        """What the source says for every convention; one that cannot be told apart here is the one that it equals."""
        said = {one: group.evidence for group in self.groups for one in group.conventions}
        return {one: said.get(one, said[Convention(one.units, one.line_ends)]) for one in CONVENTIONS}


def choose(sources: Iterable[Selections], named: Convention | None = None, origin: str = "") -> dict[str, Choice]:
    """The convention of every source that has selections; ``origin`` is the program that wrote the project.

    Raises:
        UnclearPositions: it is not clear for some source; has the alternatives with their scores.
    """
    sources = [source for source in sources if source.selections]
    if named is not None:
        alone = [_tried(source, [named]) for source in sources]
        return {one.of.source: _choice(one, one.groups, named, "named", None) for one in alone}
    tried = [_tried(source, [one for one in CONVENTIONS if source.mark or not one.mark]) for source in sources]
    said = [source.evidence() for source in tried]
    pooled = {one: sum(each[one] for each in said) for one in CONVENTIONS}
    known = next((way for name, way in PROGRAMS.items() if origin.casefold().startswith(name)), None)
    choices: dict[str, Choice] = {}
    unclear: list[dict[str, Any]] = []
    for source, own in zip(tried, said, strict=True):
        beliefs = _Beliefs(source.of.text, {one: pooled[one] - own[one] for one in CONVENTIONS}, known)
        found = _decide(source, beliefs)
        if found is None:
            unclear.append(_alternatives(source, beliefs))
        else:
            choices[source.of.source] = found
    if unclear:
        raise UnclearPositions(unclear)
    return choices


def doubts(choices: Mapping[str, Choice]) -> list[str]:
    """What to say of sources whose selections hardly fit the way in which they are read."""
    return [
        f"{one.source}: its selections hardly begin and end where words do when they are read as {one.convention.name}; "
        "is it the text that was coded?"
        for one in choices.values()
        if one.selections >= ENOUGH and one.score < DOUBTFUL
    ]


def _tried(source: Selections, conventions: Iterable[Convention]) -> _Source:
    """The source with what its different selections say, each counted once."""
    different = list(dict.fromkeys(source.selections))
    sample = different[:: max(1, len(different) // SAMPLE)]
    by_spans: dict[tuple[Span, ...], _Group] = {}
    for one in conventions:
        ruler = Ruler(source.text, one)
        spans = [ruler.span(selection) for selection in sample]
        by_spans.setdefault(tuple(spans), _Group([], spans)).conventions.append(one)
    edges = Edges(source.text)
    groups = list(by_spans.values())
    placed = [place for place in range(len(sample)) if any(group.spans[place] is not None for group in groups)]
    for group in groups:  # what no convention can place says nothing about any
        group.evidence = sum(edges.evidence(group.spans[place], sample[place].name) for place in placed)
    return _Source(source, sample, groups, edges)


class _Beliefs:
    """How likely each convention is, as a logarithm, before the selections of a source are looked at."""

    def __init__(self, text: str, others: Mapping[Convention, float], known: Convention | None) -> None:
        wide = "\r\n" in text
        self.alone = {one: _before(one, wide) for one in CONVENTIONS}
        self.in_project = self._shared({one: self.alone[one] + others[one] for one in CONVENTIONS})
        self.of_program = self._shared({one: self.in_project[one] + _PROGRAM * (one == known) for one in CONVENTIONS})

    @staticmethod
    def _shared(beliefs: dict[Convention, float]) -> dict[Convention, float]:
        most = max(beliefs.values())
        return {one: max(belief - most, -SHARED) for one, belief in beliefs.items()}

    def steps(self) -> tuple[tuple[str, dict[Convention, float]], ...]:
        """What may decide, by its name: the source alone, the project with it, the program with both."""
        return (("own", self.alone), ("project", self.in_project), ("program", self.of_program))


def _before(one: Convention, wide: bool) -> float:
    of_ends = {"as-stored": 0.0, "one": _NARROWER, "two": _NARROWER if wide else _WIDER}[one.line_ends]
    return of_ends + (_MARKED if one.mark else 0.0)


def _decide(source: _Source, beliefs: _Beliefs) -> Choice | None:
    """The convention that is clearly likelier than all others when everything is taken together; else none."""
    whole = _ranked(source, beliefs.of_program)
    best = whole[0][1]
    if len(whole) > 1 and (not _clear(whole, best) or (len(source.sample) >= ENOUGH and best.evidence < 0)):
        return None
    chosen = max(best.conventions, key=lambda one: (beliefs.of_program[one], -CONVENTIONS.index(one)))
    groups = [group for _, group in whole]
    if len(groups) == 1:
        return _choice(source, groups, chosen, "alike", None)
    basis = next(name for name, before in beliefs.steps() if _clear(_ranked(source, before), best))
    return _choice(source, groups, chosen, basis, exp(min(_LARGEST, whole[0][0] - whole[1][0])))


def _clear(ranked: Sequence[tuple[float, _Group]], best: _Group) -> bool:
    return ranked[0][1] is best and ranked[0][0] - ranked[1][0] >= CLEAR


def _ranked(source: _Source, before: Mapping[Convention, float]) -> list[tuple[float, _Group]]:
    """The conventions that differ here, the likeliest first, with how likely they are."""
    likely = [(group.evidence + max(before[one] for one in group.conventions), group) for group in source.groups]
    return sorted(likely, key=lambda one: (-one[0], CONVENTIONS.index(one[1].conventions[0])))


def _choice(source: _Source, groups: Sequence[_Group], chosen: Convention, basis: str, odds: float | None) -> Choice:
    """The account of a choice; the first of the groups is the one chosen."""
    of, edges = source.of, source.edges
    ruler = Ruler(of.text, chosen)
    spans = [ruler.span(selection) for selection in of.selections]
    named = [edges.named(span, one.name) for span, one in zip(spans, of.selections, strict=True)]
    at_edges = [edges.of(span) == 2 * EDGE for span in spans]
    verified = tuple(map(max, named, at_edges))
    scores = _scores(source, groups)
    return Choice(
        of.source,
        chosen,
        scores[0],
        len(of.selections),
        basis,
        odds,
        sum(named),
        sum(at_edges),
        sum(verified),
        chosen.describe(of.text),
        verified,
        tuple((group.conventions[0], score) for group, score in zip(groups[1:], scores[1:], strict=True)),
    )


def _scores(source: _Source, groups: Sequence[_Group]) -> list[float]:
    """Of each group the share of the points that could be had: those of names count where some convention matches them."""
    possible, points = 0, [0] * len(groups)
    for place, selection in enumerate(source.sample):
        spans = [group.spans[place] for group in groups]
        if all(span is None for span in spans):
            continue  # what no convention can place says nothing about any
        named = [source.edges.named(span, selection.name) for span in spans]
        possible += 2 * EDGE + (NAMED if any(named) else 0)
        for number, span in enumerate(spans):
            points[number] += source.edges.of(span) + (NAMED if named[number] else 0)
    return [one / possible if possible else 1.0 for one in points]


def _alternatives(source: _Source, beliefs: _Beliefs) -> dict[str, Any]:
    """What a person needs to decide: the likeliest conventions with the words that they give."""
    groups = [group for _, group in _ranked(source, beliefs.of_program)][:_SHOWN]
    differing = [
        place for place in range(len(source.sample)) if len({group.spans[place] for group in groups}) > 1
    ] or range(len(source.sample))
    text = source.of.text
    return {
        "source": source.of.source,
        "selections": len(source.of.selections),
        "alternatives": [
            {
                "convention": group.conventions[0].name,
                "score": round(score, 4),
                "words": [
                    text[slice(*span)] if (span := group.spans[place]) else None for place in differing[:_EXAMPLES]
                ],
            }
            for group, score in zip(groups, _scores(source, groups), strict=True)
        ],
    }
