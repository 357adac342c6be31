"""Who speaks where: speaker turns and the answers to guide questions, recognised so that a person can correct them.

A turn's span holds what was said, without the label and time before it.  Recognition never guesses silently: the result
says which speakers were found and why they count as interviewers or participants, which lines were doubtful, and how much
of the text the turns cover.  Corrections are in :mod:`crosscase.text.corrections`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from crosscase.core import Question, Turn
from crosscase.text.labels import METADATA, Head, fold, heads, is_name, role_of
from crosscase.text.questions import Guide, leading_number, question_lines

__all__ = ["Doubt", "Recognition", "Speaker", "recognise_turns"]

_QUESTION_NUMBER = re.compile(r"q(?:uestion)? ?\d+")

#: From so many labelled lines on, a text must show more before they count as a talk.
_SOME = 12

#: With more speakers than this, labels are not compared for misspellings.
_MANY = 50

Confidence = Literal["high", "low", "none"]


@dataclass(frozen=True, slots=True)
class Speaker:
    """A label in a transcript: how much it says, whether it asks or answers, and why we think so."""

    name: str
    turns: int
    characters: int
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A line that a person should look at: taken as a speaker's or not, and why that is uncertain."""

    start: int
    label: str
    taken: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was recognised in one text.

    ``manner`` is ``speakers``, ``questions`` or ``none``.  ``covered`` is the share of the text (0 to 1) from the first
    turn's line to the end of the last turn.  ``confidence`` is ``high`` when nothing was doubtful, each speaker is known to ask or to answer, and the
    turns cover at least four fifths of the text.
    """

    turns: tuple[Turn, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    manner: Literal["speakers", "questions", "none"] = "none"
    confidence: Confidence = "none"
    covered: float = 0.0
    doubts: tuple[Doubt, ...] = ()
    notes: tuple[str, ...] = ()

    def rows(self, source: str) -> list[Turn]:
        """The turns as rows of this source."""
        return [replace(turn, source=source) for turn in self.turns]

    def summary(self) -> str:
        """One line for a person."""
        if not self.turns:
            return "no speakers and no guide questions were recognised"
        who = ", ".join(f"{one.name} ({one.kind or 'unknown'}, {one.turns})" for one in self.speakers)
        what = f"{len(self.turns)} turns: {who}" if who else f"{len(self.turns)} questions and answers"
        return f"{what}; {self.covered:.0%} of the text; confidence {self.confidence}"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def recognise_turns(
    text: str,
    *,
    source: str = "",
    guide: Sequence[Question] = (),
    interviewers: Collection[str] = (),
    participants: Mapping[str, str] | Iterable[str] = (),
) -> Recognition:
    r"""Recognise the turns of a transcript, or the answers under numbered questions.

    ``interviewers`` are labels of those who ask, besides the usual ones (Interviewer, I, INT, Q, Moderator, …).
    ``participants`` maps a label to a participant's id, or lists ids that serve as labels.  ``guide`` are the questions of
    the interview guide.

    >>> found = recognise_turns("Interviewer: Why abroad?\nMARIA (CEO): The home market was small.\n")
    >>> [(turn.speaker, turn.kind, turn.start, turn.end) for turn in found.turns]
    [('Interviewer', 'question', 13, 24), ('MARIA', 'answer', 38, 64)]
    """
    known = dict(participants) if isinstance(participants, Mapping) else {id: id for id in participants}
    ids = {fold(label): id for label, id in known.items()}
    asking = {fold(label) for label in interviewers}
    matcher = Guide(guide)
    chosen, doubts = _choose(text, heads(text), asking | set(ids))
    if chosen:
        turns = turns_from_heads(text, chosen, source=source)
        return label_turns(text, turns, matcher, asking, ids, doubts)
    return _answers(text, matcher, source, ids)


# -- which candidates are speakers -------------------------------------------------------------------------------------


def _choose(text: str, candidates: list[Head], given: set[str]) -> tuple[list[Head], list[Doubt]]:
    candidates = _without_preamble(text, candidates)
    by_label: dict[str, list[Head]] = {}
    for head in candidates:
        by_label.setdefault(fold(head.label), []).append(head)
    sure = {label: found for label, found in by_label.items() if _is_sure(label, found, given)}
    likely = {
        label: found
        for label, found in by_label.items()
        if label not in sure and len(found) > 1 and _could_be(label, found)
    }
    labels = set(sure)
    if sure or _is_a_talk(text, by_label, likely):
        labels |= set(likely)
    if all(_QUESTION_NUMBER.fullmatch(label) for label in labels):  # none, or nothing but numbered questions
        return [], [
            _doubt(found[0], False, "repeated, but the text does not look like a talk") for found in likely.values()
        ]
    doubts = [
        _doubt(found[0], True, "this label stands only twice")
        for label, found in likely.items()
        if label in labels and len(found) == 2 and len(candidates) >= _SOME
    ]
    first = min(head.start for label in labels for head in by_label[label])
    for label, found in by_label.items():
        if label not in labels and len(found) == 1 and found[0].form != "alone" and _could_be(label, found):
            taken = found[0].start > first and len(found[0].label.split()) <= 2
            doubts.append(_doubt(found[0], taken, "this label stands only once"))
            if taken:
                labels.add(label)
    chosen = [head for head in candidates if fold(head.label) in labels and _stands_well(head, given)]
    return chosen, doubts


def _is_a_talk(text: str, by_label: Mapping[str, list[Head]], likely: Mapping[str, list[Head]]) -> bool:
    """Whether labels that nothing but repetition speaks for are a talk's, and not an article's or a table's.

    There are two or more; they begin in the first third of the text; a turn has at most 3,000 characters on average; and
    in a text of some length they come back: three times on average, and are most of what looks like a label.
    """
    if len(likely) < 2:
        return False
    count = sum(map(len, likely.values()))
    others = sum(len(found) for label, found in by_label.items() if label not in likely and _could_be(label, found))
    begins = min(found[0].start for found in likely.values())
    if begins * 3 > len(text) or len(text) > 3000 * count:
        return False
    return count < _SOME or (count >= 3 * len(likely) and count >= 4 * others)


def _is_sure(label: str, found: list[Head], given: set[str]) -> bool:
    if label in given:
        return True
    if _is_metadata(label):
        return False
    if role_of(label):
        # a lone letter or a word on a line of its own is too little: "I" alone, or the heading "Question"
        return any(head.form != "alone" or head.time is not None for head in found) or (
            len(found) > 1 and len(label) > 2
        )
    return any(head.time is not None for head in found) and is_name(found[0].label)


def _could_be(label: str, found: list[Head]) -> bool:
    if _is_metadata(label) or label.isdigit() or len(label) > 40:
        return False
    if found[0].form == "alone" and not all(head.after_blank for head in found):
        return False
    return is_name(found[0].label)


def _is_metadata(label: str) -> bool:
    return label.rstrip("0123456789").rstrip() in METADATA


def _stands_well(head: Head, given: set[str]) -> bool:
    """A label alone on a line, without a time, begins a turn only after a blank line or when it was given or is a role."""
    return head.form != "alone" or head.time is not None or head.after_blank or fold(head.label) in given


def _without_preamble(text: str, candidates: list[Head]) -> list[Head]:
    """Drop what stands in the head of the document: short labelled lines up to the last ``Date:``, ``Place:`` or the like."""
    last = -1
    end = 0
    for number, head in enumerate(candidates[:20]):
        if len(text[end : head.start].strip()) > 200:
            break
        if fold(head.label) in METADATA and head.form != "alone":
            last = number
        following = candidates[number + 1].start if number + 1 < len(candidates) else len(text)
        line_end = text.find("\n", head.words, following)
        end = following if line_end < 0 else line_end
        if end - head.words > 120:
            break
    return candidates[last + 1 :]


def _doubt(head: Head, taken: bool, reason: str) -> Doubt:
    return Doubt(head.start, head.label, taken, reason)


# -- from heads to turns -----------------------------------------------------------------------------------------------


def turns_from_heads(text: str, chosen: Sequence[Head], *, source: str = "") -> list[Turn]:
    """A turn from each head to the next one, without white space at its ends; empty ones are left out."""
    turns: list[Turn] = []
    for number, head in enumerate(chosen):
        until = chosen[number + 1].start if number + 1 < len(chosen) else len(text)
        start, end = _trim(text, head.words, until)
        if start < end:
            turns.append(Turn(source, len(turns) + 1, start, end, head.label, time=head.time))
    return turns


def label_turns(
    text: str,
    turns: Sequence[Turn],
    guide: Guide,
    asking: Collection[str] = (),
    ids: Mapping[str, str] | None = None,
    doubts: Sequence[Doubt] = (),
) -> Recognition:
    """Say of turns with speakers who asks and who answers, and which question of the guide is being talked about."""
    kinds = _kinds(text, turns, asking, ids or {})
    labelled: list[Turn] = []
    question = ""
    for turn in turns:
        kind = kinds[fold(turn.speaker)][0]
        if kind == "question":
            numbered = f"{turn.speaker}. " if _QUESTION_NUMBER.fullmatch(fold(turn.speaker)) else ""
            question = _asked(numbered + text[turn.start : turn.end], guide) or question
        labelled.append(
            Turn(
                turn.source, turn.number, turn.start, turn.end, turn.speaker,
                (ids or {}).get(fold(turn.speaker), turn.participant), kind, question, turn.time,
            )
        )  # fmt: skip
    speakers = _speakers(labelled, kinds)
    covered = _covered(text, turns)
    notes: list[str] = []
    if covered < 0.8:
        notes.append(f"the turns cover {covered:.0%} of the text")
    if any(not one.kind for one in speakers):
        notes.append("it is not known who of the speakers asks and who answers")
    if any("asks most" in one.reason for one in speakers):
        notes.append("who asks was told from the question marks")
    high = not notes and not doubts and len(speakers) > 1
    return Recognition(
        tuple(labelled), speakers, "speakers", "high" if high else "low", covered, tuple(doubts), tuple(notes)
    )


def _kinds(
    text: str, turns: Sequence[Turn], asking: Collection[str], ids: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """What each speaker does and why: by what was given, by the label, by the other speakers, by the question marks."""
    labels = dict.fromkeys(fold(turn.speaker) for turn in turns)
    kinds: dict[str, tuple[str, str]] = {}
    for label in labels:
        if label in asking:
            kinds[label] = ("question", "given as an interviewer")
        elif label in ids:
            kinds[label] = ("answer", "given as a participant")
        elif role_of(label):
            kinds[label] = (role_of(label), "the label says so")
    for label in [label for label in labels if label not in kinds and len(labels) <= _MANY]:
        like = difflib.get_close_matches(label, list(kinds), n=1, cutoff=0.85) if len(label) > 4 else []
        if like:
            kinds[label] = (kinds[like[0]][0], f"written much like '{like[0]}'")
    rest = [label for label in labels if label not in kinds]
    roles = {kind for kind, _ in kinds.values()}
    if rest and "question" in roles:
        return kinds | dict.fromkeys(rest, ("answer", "another speaker is the interviewer"))
    if len(rest) == 1 and "answer" in roles:
        return kinds | {rest[0]: ("question", "the other speakers are participants")}
    asker = _asks_most(text, turns, rest)
    for label in rest:
        if asker is None:
            kinds[label] = ("", "nothing says whether this speaker asks or answers")
        elif label == asker:
            kinds[label] = ("question", "this speaker asks most of the questions")
        else:
            kinds[label] = ("answer", "another speaker asks most of the questions")
    return kinds


def _asks_most(text: str, turns: Sequence[Turn], labels: Sequence[str]) -> str | None:
    """The speaker at least 40 % of whose turns end with a question, and twice the share of any other."""
    ends: dict[str, list[bool]] = {label: [] for label in labels}
    for turn in turns:
        if fold(turn.speaker) in ends:
            ends[fold(turn.speaker)].append(text[turn.end - 1] in "?？؟")
    shares = sorted(((sum(asked) / len(asked), label) for label, asked in ends.items()), reverse=True)
    if len(shares) < 2 or shares[0][0] < 0.4 or shares[0][0] < 2 * shares[1][0]:
        return None
    return shares[0][1]


def _asked(said: str, guide: Guide) -> str:
    number = leading_number(said)
    if number is not None:
        return guide.match(said) or guide.numbered(number)
    return guide.match(said)


def _speakers(turns: Sequence[Turn], kinds: Mapping[str, tuple[str, str]]) -> tuple[Speaker, ...]:
    names: dict[str, list[Turn]] = {}
    for turn in turns:
        names.setdefault(fold(turn.speaker), []).append(turn)
    return tuple(
        Speaker(said[0].speaker, len(said), sum(turn.end - turn.start for turn in said), *kinds[label])
        for label, said in names.items()
    )


# -- answers under questions -------------------------------------------------------------------------------------------


def _answers(text: str, guide: Guide, source: str, ids: Mapping[str, str]) -> Recognition:
    asked = question_lines(text, guide)
    if not asked:
        return Recognition()
    participant = next(iter(ids.values())) if len(ids) == 1 else ""
    turns: list[Turn] = []
    for number, line in enumerate(asked):
        until = asked[number + 1].start if number + 1 < len(asked) else len(text)
        for kind, start, end in (("question", line.start, line.end), ("answer", line.end, until)):
            start, end = _trim(text, start, end)
            if start < end:
                who = participant if kind == "answer" else ""
                turns.append(Turn(source, len(turns) + 1, start, end, "", who, kind, line.question))
    covered = _covered(text, turns)
    answered = {turn.question for turn in turns if turn.kind == "answer"}
    silent = [line.question for line in asked if line.question not in answered]
    notes = [f"no answer under {', '.join(silent)}"] if silent else []
    if covered < 0.8:
        notes.append(f"the questions and answers cover {covered:.0%} of the text")
    return Recognition(tuple(turns), (), "questions", "low" if notes else "high", covered, (), tuple(notes))


def _covered(text: str, turns: Sequence[Turn]) -> float:
    """The share of the text from the line of the first turn to the end of the last."""
    if not turns:
        return 0.0
    begin = text.rfind("\n", 0, turns[0].start) + 1
    return min(1.0, (turns[-1].end - begin) / max(1, len(text.strip())))


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
