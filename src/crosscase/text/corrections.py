"""Corrections that a person makes to recognised turns.  Each takes the turns of one source and gives new ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crosscase.core import Turn
from crosscase.core.errors import InputError, NotFoundError
from crosscase.text.labels import fold

__all__ = ["merge_turns", "rename_speaker", "split_turn"]


def merge_turns(turns: Sequence[Turn], first: int, last: int) -> list[Turn]:
    """Make one turn of those numbered ``first`` to ``last``; speaker, kind and time are the first one's.

    What stands between them, labels included, becomes part of the turn, since a span has no holes.
    """
    begin, end = _position(turns, first), _position(turns, last)
    if end <= begin:
        raise InputError(
            f"turn {last} does not come after turn {first}", mend="give the first and the last turn to merge"
        )
    merged = replace(turns[begin], end=turns[end].end)
    return _numbered([*turns[:begin], merged, *turns[end + 1 :]])


def split_turn(text: str, turns: Sequence[Turn], number: int, at: int, *, speaker: str | None = None) -> list[Turn]:
    """Split a turn at the code point ``at`` of the text; the second part may get another speaker.

    With another speaker the second part loses participant, kind and time, which are not known to hold for it.
    """
    position = _position(turns, number)
    turn = turns[position]
    head, tail = text[turn.start : at], text[at : turn.end]
    if not (turn.start < at < turn.end and head.strip() and tail.strip()):
        raise InputError(
            f"turn {number} cannot be split at {at}", mend=f"it holds the positions {turn.start} to {turn.end}"
        )
    before = replace(turn, end=turn.start + len(head.rstrip()))
    after = replace(turn, start=turn.end - len(tail.lstrip()), time=None)
    if speaker is not None and fold(speaker) != fold(turn.speaker):
        same = next((one for one in turns if fold(one.speaker) == fold(speaker)), None)
        after = replace(
            after, speaker=speaker, participant=same.participant if same else "", kind=same.kind if same else ""
        )
    return _numbered([*turns[:position], before, after, *turns[position + 1 :]])


def rename_speaker(
    turns: Sequence[Turn], old: str, new: str, *, participant: str | None = None, kind: str | None = None
) -> list[Turn]:
    """Give all turns of a speaker another name, and the participant and kind that are given."""
    if not any(fold(turn.speaker) == fold(old) for turn in turns):
        raise NotFoundError("speaker", old, dict.fromkeys(turn.speaker for turn in turns))
    if kind not in (None, "question", "answer", ""):
        raise NotFoundError("kind of turn", kind or "", ["question", "answer"])
    return [
        turn
        if fold(turn.speaker) != fold(old)
        else replace(
            turn,
            speaker=new,
            participant=turn.participant if participant is None else participant,
            kind=turn.kind if kind is None else kind,
        )
        for turn in turns
    ]


def _position(turns: Sequence[Turn], number: int) -> int:
    for position, turn in enumerate(turns):
        if turn.number == number:
            return position
    raise NotFoundError("turn", str(number), [str(turn.number) for turn in turns])


def _numbered(turns: Sequence[Turn]) -> list[Turn]:
    return [turn if turn.number == number else replace(turn, number=number) for number, turn in enumerate(turns, 1)]
