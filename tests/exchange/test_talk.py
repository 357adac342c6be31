"""Speakers are found in the texts of a project as in transcripts that come alone, and no word is touched."""

from __future__ import annotations

from pathlib import Path

from crosscase.core import Snapshot, Source, Turn, text_hash
from crosscase.exchange.refi import read_project
from crosscase.exchange.talk import hear
from exchange.refi.projects import archive, codebook, project, saved, selection, sources, text_source

TALK = "Interviewer: How did you begin?\r\nMaria: We knew nobody, so we asked a client.\r\nInterviewer: And then?\r\nMaria: He helped."
REPORT = "The company was founded in 2001. It exports to nine countries."


def test_turns_of_a_project(tmp_path: Path) -> None:
    start = TALK.index("a client")
    xml = project(
        codebook("trust"),
        sources(text_source("A1", selection(start, start + 8)), text_source("R1", selection(0, 11))),
    )
    path = saved(tmp_path, archive(xml, {"sources/A1.txt": TALK.encode(), "sources/R1.txt": REPORT.encode()}))
    study = read_project(path, positions="code-points").snapshot
    heard = hear(study)
    assert [(TALK[one.start : one.end], one.speaker, one.kind) for one in heard.snapshot.turns] == [
        ("How did you begin?", "Interviewer", "question"),
        ("We knew nobody, so we asked a client.", "Maria", "answer"),
        ("And then?", "Interviewer", "question"),
        ("He helped.", "Maria", "answer"),
    ]
    assert {one.id: one.kind for one in heard.snapshot.sources} == {"A1": "interview", "R1": ""}
    assert heard.snapshot.texts == {"A1": TALK, "R1": REPORT}
    assert heard.snapshot.quotations == study.quotations
    assert list(heard.summaries) == ["A1"]
    assert "4 turns" in heard.summaries["A1"]


def test_turns_that_are_there_and_kinds_that_were_given_stay() -> None:
    study = Snapshot.of(
        sources=[
            Source("A1", "A1.txt", hash=text_hash(TALK)),
            Source("A2", "A2.txt", "focus group", hash=text_hash(TALK)),
        ],
        texts={"A1": TALK, "A2": TALK},
        turns=[Turn("A1", 1, 0, 30, time=0.0)],
    )
    heard = hear(study).snapshot
    assert [one.time for one in heard.turns if one.source == "A1"] == [0.0]
    assert heard.sources["A2"].kind == "focus group"
    assert hear(heard).snapshot is heard, "nothing more is found the second time"
