"""Speaker turns as transcripts of many makers write them.  The samples were written for these tests."""

from __future__ import annotations

import pytest

from crosscase.core import Question
from crosscase.text.turns import Recognition, recognise_turns

Said = list[tuple[str, str, str]]


def said(text: str, found: Recognition) -> Said:
    return [(turn.speaker, turn.kind, text[turn.start : turn.end]) for turn in found.turns]


WHY: Said = [("Interviewer", "question", "Why?"), ("Maria", "answer", "Because.")]

MANNERS = {
    "colon": "Interviewer: Why?\nMaria: Because.\nInterviewer: So?\nMaria: Yes.\n",
    "role in brackets": "Interviewer: Why?\r\n\r\nMaria (CEO): Because.\r\nInterviewer: So?\r\nMaria (CEO): Yes.\r\n",
    "time before": "[00:01:02] Interviewer: Why?\n[00:01:05] Maria: Because.\n",
    "time after": "Interviewer (00:03):\nWhy?\n\nMaria (00:05):\nBecause.\n",
    "name and time on a line (Otter, Teams)": "Interviewer  0:03\nWhy?\n\nMaria  0:15\nBecause.\n",
    "time range on a line (Teams)": "0:0:0.0 --> 0:0:2.530\nInterviewer\nWhy?\n0:0:2.530 --> 0:0:4.0\nMaria\nBecause.\n",
    "alone on a line (NVivo)": "Interviewer\nWhy?\n\nMaria\nBecause.\n\nInterviewer\nSo?\n\nMaria\nYes.\n",
    "Markdown": "**Interviewer:** Why?\n\n**Maria (CEO)**: Because.\n\n**Interviewer:** So?\n\n**Maria**: Yes.\n",
    "table": "Interviewer\tWhy?\nMaria\tBecause.\nInterviewer\tSo?\nMaria\tYes.\n",
    "preamble": "Interview 3\nDate: 2019-03-02\nInterviewer: JS\nInterviewee: ML\nPlace: Ulm\n\n"
    "Interviewer: Why?\nMaria: Because.\nInterviewer: So?\nMaria: Yes.\n",
}


@pytest.mark.parametrize("text", MANNERS.values(), ids=MANNERS.keys())
def test_manners_of_writing(text: str) -> None:
    assert said(text, recognise_turns(text))[:2] == WHY


@pytest.mark.parametrize(
    ("asks", "answers"),
    [("I", "P1"), ("Q", "A"), ("INT", "R"), ("MODERATOR", "KARIM"), ("Entrevistadora", "Luis"), ("访谈者", "受访者")],
)
def test_labels_that_say_who_asks(asks: str, answers: str) -> None:
    text = f"{asks}: One?\n{answers}: Two.\n{asks}: Three?\n{answers}: Four.\n"
    found = recognise_turns(text)
    assert [turn.kind for turn in found.turns] == ["question", "answer"] * 2
    assert found.confidence == "high"


def test_times_are_seconds() -> None:
    found = recognise_turns("[1:01:02] I: Why?\n[01:05.5] P: Because.\n")
    assert [turn.time for turn in found.turns] == [3662.0, 65.5]


def test_the_names_of_interviewers_and_participants_can_be_given() -> None:
    text = "Dan: Why?\nML: Because, why not?\n"
    found = recognise_turns(text, source="S1", interviewers=["dan"], participants={"ML": "F1-P2"})
    assert [(turn.source, turn.kind, turn.participant) for turn in found.turns] == [
        ("S1", "question", ""),
        ("S1", "answer", "F1-P2"),
    ]


def test_who_asks_is_told_from_question_marks_and_said_so() -> None:
    text = "Dan: Why?\nMaria: Because.\nDan: Where?\nMaria: Ulm.\n"
    found = recognise_turns(text)
    assert [speaker.kind for speaker in found.speakers] == ["question", "answer"]
    assert found.confidence == "low"
    assert "question marks" in found.notes[0]


def test_nothing_is_guessed_when_nothing_says_who_asks() -> None:
    found = recognise_turns("Speaker 1: Hello.\nSpeaker 2: Hi.\nSpeaker 1: Fine.\nSpeaker 2: Good.\n")
    assert [speaker.kind for speaker in found.speakers] == ["", ""]
    assert found.confidence == "low"


def test_a_misspelt_label_is_doubtful_and_takes_the_role_it_resembles() -> None:
    text = "Interviewer: A?\nParticipant: B.\nInterviewer: C?\nParticpant: D.\nInterviewer: E?\nParticipant: F.\n"
    found = recognise_turns(text)
    assert [doubt.label for doubt in found.doubts] == ["Particpant"]
    assert found.turns[3].kind == "answer"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A report.\nThe result is: growth.\nBackground: none.\n",
        "Note: first.\nNote: second.\nDate: today.\n",
        "He said: we grew.\nThey said: we did not.\n",
        "At 10:30 we met. See http://example.org: it is fine.\n",
        "Conclusion: one.\nText follows.\nConclusion: two.\n",
    ],
)
def test_texts_without_speakers(text: str) -> None:
    found = recognise_turns(text)
    assert found.turns == ()
    assert found.confidence == "none"


def test_repeated_labels_of_an_article_are_no_speakers() -> None:
    rows = "".join(f"Firm {number}: entered early.\nFirm {number}: still small.\n" for number in range(1, 12))
    assert recognise_turns(rows).turns == ()
    sections = "Introduction to it all.\n" * 60 + "Findings: some.\nMethods: few.\nFindings: more.\nMethods: others.\n"
    assert recognise_turns(sections).turns == ()


def test_a_label_that_stands_twice_among_many_is_a_doubt() -> None:
    talk = "I: Where?\nP: In two places.\n" * 8 + "Germany: first.\nGermany: again.\n"
    assert [(doubt.label, doubt.taken) for doubt in recognise_turns(talk).doubts] == [("Germany", True)]


def test_a_colon_inside_a_turn_begins_none() -> None:
    text = "I: So: what next?\nwe wondered: is it\nP: Two things. First: money.\nI: And?\nP: Time.\n"
    assert [turn.speaker for turn in recognise_turns(text).turns] == ["I", "P", "I", "P"]


GUIDE = (
    Question("M1", "motives", "What made you decide to sell abroad?"),
    Question("M2", "motives", "Which country did you enter first, and why?"),
    Question("B1", "barriers", "What were the main barriers?"),
)


def test_guide_questions_are_found_in_what_an_interviewer_says() -> None:
    text = (
        "I: Good morning.\nP: Hello.\nI: So, ehm, what made you decide to sell abroad?\nP: The market.\nI: Really?\nP: Yes.\n"
        "I: And which country did you enter first and why?\nP: Germany.\n"
    )
    assert [turn.question for turn in recognise_turns(text, guide=GUIDE).turns] == [
        "", "", "M1", "M1", "M1", "M1", "M2", "M2",
    ]  # fmt: skip


def test_written_answers_under_numbered_questions() -> None:
    text = "1. When did you start?\nIn 2004.\n2 people.\n\n2) Why?\nSmall market.\n\nQ3: Countries\n"
    found = recognise_turns(text, participants=["P1"])
    assert [(turn.kind, turn.question, text[turn.start : turn.end]) for turn in found.turns] == [
        ("question", "Q1", "1. When did you start?"),
        ("answer", "Q1", "In 2004.\n2 people."),
        ("question", "Q2", "2) Why?"),
        ("answer", "Q2", "Small market."),
        ("question", "Q3", "Q3: Countries"),
    ]
    assert found.manner == "questions"
    assert found.turns[1].participant == "P1"
    assert found.notes == ("no answer under Q3",)


def test_numbered_pairs_of_question_and_answer() -> None:
    found = recognise_turns("Q1: When?\nA1: In 2004.\nQ2: Why?\nA2: Money.\n", guide=[Question("2"), Question("1")])
    assert [(turn.kind, turn.question) for turn in found.turns] == [
        ("question", "1"),
        ("answer", "1"),
        ("question", "2"),
        ("answer", "2"),
    ]


def test_written_answers_under_the_guides_own_words() -> None:
    text = "What made you decide to sell abroad?\nDemand.\nWhat were the main barriers?\nLanguage.\n"
    found = recognise_turns(text, guide=GUIDE)
    assert [turn.question for turn in found.turns] == ["M1", "M1", "B1", "B1"]


def test_real_transcripts(shared) -> None:  # type: ignore[no-untyped-def]
    """Seven published interviews (BSD-3, D. Kerrigan 2023); labels counted with grep in the text of P1.pdf: 47 and 47."""
    from crosscase.exchange.sources import read_source

    found = read_source(shared / "data" / "transcripts" / "P1.pdf").recognition
    assert [(one.name, one.turns, one.kind) for one in found.speakers] == [
        ("Dan", 47, "question"),
        ("Participant", 47, "answer"),
    ]
    assert found.confidence == "high"
