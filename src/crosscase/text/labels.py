"""The lines at which a speaker begins to speak, as transcripts write them.

Labels before a colon (``Interviewer:``, ``MARIA (CEO):``, ``[00:01:02] Maria:``), before a tab (a table with a column for
the speaker), on a line of their own with a time (Otter, Teams, Zoom) or without one (NVivo, MAXQDA).  This module finds
candidates; which of them are speakers is decided in :mod:`crosscase.text.turns`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from crosscase.text.segments import Span, lines, marks

__all__ = ["METADATA", "Head", "fold", "heads", "is_name", "role_of", "seconds"]


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: Labels of who asks and who answers, in the languages that transcripts often come in; numbers after them are ignored.
INTERVIEWERS = _words(
    "i int iv ivr q interviewer interviewers interviewerin moderator moderatorin mod researcher facilitator investigator "
    "entrevistador entrevistadora enquêteur enquêtrice intervieweur intervieweuse intervistatore intervistatrice "
    "fragesteller question 访谈者 采访者 采访人 问 提问者 インタビュアー 聞き手 면접관 질문자"
)
RESPONDENTS = _words(
    "p r a b ie resp respondent interviewee participant informant answer entrevistado entrevistada befragter befragte "
    "interviewter interviewte interviewé interviewée enquêté intervistato intervistata "
    "受访者 被访者 被采访者 答 回答者 응답자"
)

#: Labels that stand in the head of a transcript or before a remark, and are never a speaker unless given as one.
METADATA = _words(
    "date time place location venue duration length language company firm case position role title subject topic project "
    "study file recording recorded transcript transcribed transcriber transcription page pages version status note notes "
    "proposition propositions hypothesis section chapter appendix step stage part model limitation implication "
    "nb n.b remark example e.g i.e ps p.s http https email tel phone summary background keywords abstract figure table "
    "source sources format start end began ended datum ort dauer fecha lugar lieu durée"
)

_PARTICLES = _words("de da do dos du di del della la le van von der den ter zu al el bin ibn y e")
_TIME = r"(?:\d{1,3}:\d{1,2}:\d{1,2}|\d{1,3}:\d{2})(?:[.,:\-]\d{1,3})?"
#: No label with its time and note is longer.
_LONGEST = 160
_STAMP = rf"[\[(#<]?{_TIME}[\])#>]?"


class Head(NamedTuple):
    """A candidate: where its line begins, where the words begin, the label as written and what came with it."""

    start: int
    words: int
    label: str
    note: str
    time: float | None
    #: ``colon``, ``tab``, or ``alone`` on its line.
    form: str
    #: Whether a blank line, or the beginning of the text, stands before it.
    after_blank: bool


def heads(text: str) -> list[Head]:
    """All candidates in a text, in order."""
    pattern, time_line = _line_pattern(), _time_line()
    found: list[Head] = []
    blank, time_start, time = True, -1, None
    spans = lines(text)
    for number, (start, end) in enumerate(spans):
        if start == end or text[start:end].isspace():
            blank = True
            continue
        stamp = time_line.match(text, start, end) if ":" in text[start:end] else None
        if stamp is not None:
            time_start, time = start, seconds(stamp["time"])
            continue
        match = pattern.match(text, start, min(end, start + _LONGEST))
        if match is not None:
            head = _head(match, start, blank, time)
            alone = end - start < _LONGEST and _speaks_below(text, spans, number)
            if head.form != "alone" or alone:
                found.append(head if time_start < 0 else head._replace(start=time_start))
        blank, time_start, time = False, -1, None
    return found


def fold(label: str) -> str:
    """The label as labels are compared: case, white space, and a full stop at the end make no difference.

    >>> fold("Dr.  LI")
    'dr. li'
    """
    return " ".join(label.casefold().split()).rstrip(".")


def role_of(label: str) -> str:
    """``question`` for a label that means an interviewer, ``answer`` for a respondent's, else empty.

    >>> role_of("Interviewer 2"), role_of("P1"), role_of("Maria")
    ('question', 'answer', '')
    """
    word = fold(label).rstrip("0123456789").rstrip(" #-_")
    if word in INTERVIEWERS:
        return "question"
    return "answer" if word in RESPONDENTS else ""


def is_name(label: str) -> bool:
    """Whether a label is written like a name: every word with a capital or a digit, apart from particles.

    >>> is_name("Maria de la Cruz"), is_name("Speaker 1"), is_name("My first question is")
    (True, True, False)
    """
    words = label.split()
    return 0 < len(words) <= 4 and all(
        not word[0].islower() or (number > 0 and word.casefold() in _PARTICLES) for number, word in enumerate(words)
    )


def seconds(stamp: str) -> float:
    """The seconds of a time as transcripts write it; what follows the seconds is a fraction.

    >>> seconds("1:02:03"), seconds("02:03.5"), seconds("#00:02:13-5#")
    (3723.0, 123.5, 133.5)
    """
    match = re.search(r"(?:(\d+):)?(\d+):(\d+)(?:[.,:\-](\d+))?", stamp)
    if match is None:
        raise ValueError(f"{stamp!r} is no time")
    hours, minutes, whole, fraction = match.groups()
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(f"{whole}.{fraction or 0}")


def _head(match: re.Match[str], start: int, blank: bool, time: float | None) -> Head:
    stamp = match["before"] or match["after"]
    separator = match["separator"]
    form = {":": "colon", "：": "colon", "\t": "tab"}.get(separator, "alone")
    note = (match["note"] or "").strip()
    if stamp is not None:
        time = seconds(stamp)
    return Head(start, match.end(), match["label"].strip(), note, time, form, blank)


def _speaks_below(text: str, spans: Sequence[Span], number: int) -> bool:
    """Whether words follow on the next line, or after one blank one."""
    return any(text[start:end].strip() for start, end in spans[number + 1 : number + 3])


@cache
def _line_pattern() -> re.Pattern[str]:
    inside = rf"\w{marks()}'’&/+\-"
    label = rf"[^\W_][{inside}]{{0,30}}\.?(?:[ \u00a0][^\W_][{inside}]{{0,30}}\.?){{0,4}}"
    bold = r"(?:\*\*|__)?"
    return re.compile(
        rf"[ \t\u00a0]*{bold}(?:(?P<before>{_STAMP})[ \t\u00a0\-–—]*)?{bold}"
        rf"(?P<label>{label})"
        rf"(?:[ \t]*[(\[](?P<note>[^()\[\]:\n]{{1,60}})[)\]])?"
        rf"(?:[ \t,–—-]*(?P<after>{_STAMP}))?{bold}"
        rf"[ \u00a0]*(?P<separator>[:：](?!//)|\t|(?=[ \t]*$)){bold}[ \t\u00a0]*",
    )


@cache
def _time_line() -> re.Pattern[str]:
    return re.compile(rf"[ \t]*(?P<time>{_STAMP})(?:[ \t]*-->[ \t]*{_STAMP})?[ \t]*$")
