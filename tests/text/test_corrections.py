from __future__ import annotations

import pytest

from crosscase.core.errors import InputError, NotFoundError
from crosscase.text.corrections import merge_turns, rename_speaker, split_turn
from crosscase.text.turns import recognise_turns

TEXT = "I: Why?\nP: Because. And where?\nI: Ulm?\nP: Yes.\n"
TURNS = recognise_turns(TEXT).turns


def test_merge() -> None:
    merged = merge_turns(TURNS, 2, 4)
    assert [turn.number for turn in merged] == [1, 2]
    assert TEXT[merged[1].start : merged[1].end] == "Because. And where?\nI: Ulm?\nP: Yes."


def test_split_with_another_speaker_takes_that_speakers_kind() -> None:
    split = split_turn(TEXT, TURNS, 2, TEXT.index(" And"), speaker="I")
    assert [(turn.number, turn.speaker, turn.kind, TEXT[turn.start : turn.end]) for turn in split[1:3]] == [
        (2, "P", "answer", "Because."),
        (3, "I", "question", "And where?"),
    ]
    assert [turn.number for turn in split] == [1, 2, 3, 4, 5]


def test_rename() -> None:
    renamed = rename_speaker(TURNS, "p", "Maria", participant="F1-P1")
    assert [(turn.speaker, turn.participant, turn.kind) for turn in renamed[:2]] == [
        ("I", "", "question"),
        ("Maria", "F1-P1", "answer"),
    ]


def test_what_cannot_be_corrected_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be split"):
        split_turn(TEXT, TURNS, 2, 0)
    with pytest.raises(InputError, match="does not come after"):
        merge_turns(TURNS, 2, 2)
    with pytest.raises(NotFoundError, match="no turn '9'"):
        merge_turns(TURNS, 1, 9)
    with pytest.raises(NotFoundError, match="no speaker 'Otto'"):
        rename_speaker(TURNS, "Otto", "Maria")
    with pytest.raises(NotFoundError, match="no kind of turn"):
        rename_speaker(TURNS, "P", "Maria", kind="reply")
