"""Make what is computed in the invented example study ``walkthrough``.

    python tools/make_walkthrough.py

The texts, tables and claims of the study are written by hand, in the study folder itself.  Three things are computed from
them and from ``tools/walkthrough/``: ``turns.csv`` (the speakers' turns, and which question of the guide each belongs to),
``codings.csv`` (every quoted passage is looked up in its text, so that the offsets are right), and the answers of the
survey.  Then the folder is read and written, which gives every file its one form.
"""

from __future__ import annotations

import csv
import random
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from crosscase.exchange.folder import read_folder, write_folder
from crosscase.exchange.folder.toml import write_toml
from crosscase.text.turns import recognise_turns

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src/crosscase/exchange/examples/walkthrough"
NOTES = ROOT / "tools/walkthrough"

Rows = list[dict[str, str]]

#: How oriented to learning the people of each firm are, on average: planted so that the larger firms are less so.
ORIENTATION = {"Alder": 3.9, "Birch": 3.2, "Cedar": 3.8, "Encina": 3.1, "Olivo": 2.6, "Pino": 4.4}
RESPONDENTS = 10
ITEMS = {
    "lo1": "We talk about what went wrong and what follows from it",
    "lo2": "Whoever knows something useful passes it on",
    "lo3": "We try things on a small scale before we decide",
    "lo4": "What has always worked need not be questioned (reversed)",
    "sat": "We are content with our sales abroad",
}
#: One answer in so many is missing.
MISSING = 40


def make(folder: Path) -> None:
    """Write turns, codings and survey into the study folder, and the folder in its one form."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted((folder / "sources").glob("*.txt"))}
    participants = {row["id"].casefold(): row["id"] for row in _rows(folder / "participants.csv")}
    _write(folder / "turns.csv", make_turns(texts, participants, _rows(NOTES / "questions.csv")))
    _write(folder / "codings.csv", make_codings(texts, _rows(NOTES / "passages.csv")))
    (folder / "surveys").mkdir(exist_ok=True)
    _write(folder / "surveys/orientation.csv", make_answers())
    (folder / "surveys/orientation.toml").write_text(
        write_toml(
            {
                "id": "orientation",
                "title": "Orientation to learning, ten invented answers a firm",
                "case_column": "firm",
                "labels": ITEMS,
                "value_labels": {item: {"1": "not at all", "5": "fully"} for item in ITEMS},
                "kinds": {"firm": "text", **dict.fromkeys(ITEMS, "number")},
            }
        ),
        encoding="utf-8",
    )
    write_folder(read_folder(folder), folder)


def make_turns(texts: dict[str, str], participants: dict[str, str], asked: Rows) -> Iterable[Sequence[object]]:
    """The turns of every interview; ``asked`` says in which turn a question of the guide begins."""
    yield ("source", "number", "start", "end", "speaker", "participant", "kind", "question", "time")
    begins = {(row["source"], int(row["turn"])): row["question"] for row in asked}
    for source, text in texts.items():
        if source not in participants:
            continue
        person, question = participants[source], ""
        for turn in recognise_turns(text, source=source, participants=[person]).turns:
            question = begins.get((source, turn.number), question)
            speaker = person if turn.speaker == person else ""
            kind = "answer" if speaker else "question"
            yield (source, turn.number, turn.start, turn.end, turn.speaker, speaker, kind, question, "")


def make_codings(texts: dict[str, str], passages: Rows) -> Iterable[Sequence[object]]:
    """A row a coding; a passage that does not stand exactly once in its text ends the run."""
    names = ("source", "start", "end", "text", "locator", "code", "coder", "case", "id", "quotation", "mark")
    yield (*names, "magnitude", "speaker_role")
    first: dict[tuple[str, str, str], str] = {}
    for row in passages:
        source, passage = row["source"], row["passage"]
        start: int | str = ""
        end: int | str = ""
        if source:
            if texts[source].count(passage) != 1:
                sys.exit(f"{row['id']}: stands {texts[source].count(passage)} times in {source}: {passage}")
            start = texts[source].index(passage)
            end = start + len(passage)
        quotation = first.setdefault((source, passage, row["locator"]), row["id"])
        for coder in row["coders"].split(";"):
            id = row["id"] + ("b" if coder == "B" and coder != row["coders"] else "")
            words = row["as_quoted"] or passage
            span = (source, start, end, words, row["locator"], row["code"], coder, row["case"])
            yield (*span, id, quotation, row["mark"], row["magnitude"], row["speaker_role"])


def make_answers() -> Iterable[Sequence[object]]:
    """Sixty answers on a scale of 1 to 5, drawn with a fixed seed; about one in forty is missing."""
    yield ("firm", *ITEMS)
    generator = random.Random(2023)
    for firm, level in ORIENTATION.items():
        for _ in range(RESPONDENTS):
            person = level + generator.gauss(0, 0.4)
            answers: list[object] = []
            for item in ITEMS:
                centre = {"lo4": 6 - person, "sat": 3.2}.get(item, person)
                answer = min(5, max(1, round(centre + generator.gauss(0, 0.6))))
                answers.append("" if generator.randrange(MISSING) == 0 else answer)
            yield (firm, *answers)


def _rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit(__doc__)
    if len(sys.argv) == 2:
        shutil.copytree(TARGET, sys.argv[1])
    make(Path(sys.argv[1]) if len(sys.argv) == 2 else TARGET)
