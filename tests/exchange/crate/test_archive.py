"""What is in an archive, and what is not."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from crosscase.core import PartialDate, Participant, Snapshot, Table, Turn
from crosscase.exchange.crate import write_archive
from crosscase.exchange.crate.overview import BLANK
from crosscase.exchange.folder import read_folder
from exchange.crate.factories import OPEN, SECRET, TODAY, files, study


def contents(made: dict[str, bytes]) -> bytes:
    """All bytes of an archive, those inside its project too."""
    with zipfile.ZipFile(io.BytesIO(made["project.qdpx"])) as project:
        inside = [project.read(name) for name in project.namelist()]
    return b"\n".join([*made.values(), *inside])


def test_the_archive_holds_the_study_the_project_the_report_and_their_description() -> None:
    made, withheld = files(study(person="archive"))
    assert withheld.reasons == {}
    assert {"ro-crate-metadata.json", "manifest-sha256.txt", "data-overview.md", "project.qdpx", "report/report.html",
            "study/study.toml", "study/sources/A1.txt", "study/sources/B1.txt"} <= set(made)  # fmt: skip
    assert SECRET.encode() in contents(made)


def test_words_that_may_not_be_archived_are_nowhere_in_it() -> None:
    made, withheld = files(study())
    assert withheld.reasons == {"B1": "the consent of B-ceo (quote) does not include archiving"}
    everything = contents(made).decode("utf-8", "replace").casefold()
    for words in (SECRET, "minister's cousin", "And then it grew", "B1.txt"):
        assert words.casefold() not in everything
    assert OPEN.encode() in made["study/sources/A1.txt"]
    assert withheld.struck == (("codes", "tie"), ("memos", "m1"))


def test_a_tombstone_stands_for_what_was_left_out(tmp_path: Path) -> None:
    made, _ = files(study())
    for name, content in made.items():
        if name.startswith("study/"):
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    left = read_folder(tmp_path / "study")
    source = left.sources["B1"]
    assert (source.case, source.hash, source.extra) == (
        "B", "", {"withheld": "the consent of B-ceo (quote) does not include archiving"},
    )  # fmt: skip
    quotation = left.quotations["q2"]
    assert (quotation.text, quotation.start, quotation.locator) == (
        "",
        None,
        "source B1, characters 8 to 72 (withheld)",
    )
    assert [one.quotation for one in left.codings] == ["q1", "q2"]
    assert left.memos["m1"].text == "She said: [withheld] Check."
    assert "B1: the consent" in made["data-overview.md"].decode()


@pytest.mark.parametrize(
    ("person", "source", "until", "reason"),
    [
        ("none", "", None, "the consent of B-ceo (none) does not include archiving"),
        ("quote, archive, withdrawn", "", None, "the consent of B-ceo was withdrawn"),
        ("quote, archive", "quote", None, "its consent (quote) does not include archiving"),
        ("none", "archive", None, "the consent of B-ceo (none) does not include archiving"),
        ("archive", "archive", None, ""),
        ("all", "all", PartialDate(2024, 4), "the consent of B-ceo ended on 2024-04"),
        ("", "", PartialDate(2024, 4), "the consent of B-ceo ended on 2024-04"),
        ("archived", "", None, "the consent of B-ceo (archived) has words that are not known: archived"),
        ("all", "no archive", None, "its consent (no archive) has words that are not known: no"),
        ("all", "", None, ""),
        ("all", "", PartialDate(2024, 4), "the consent of B-ceo ended on 2024-04"),
        ("all", "", PartialDate(2024, 5), ""),
    ],
)
def test_consent_decides(person: str, source: str, until: PartialDate | None, reason: str) -> None:
    _, withheld = files(study(person=person, source=source, until=until))
    assert withheld.reasons == ({"B1": reason} if reason else {})


def test_a_speaker_of_one_turn_is_heard_too() -> None:
    given = study(person="archive")
    people = [Participant("X", "B", consent="none"), *given.participants]
    turns = [given.turns[0], replace(given.turns[1], participant="X")]
    _, withheld = files(given.replace(participants=Table.of(Participant, people), turns=Table.of(Turn, turns)))
    assert list(withheld.reasons) == ["B1"]


def test_silence_is_said_and_is_no_refusal() -> None:
    made, withheld = files(study(person=""))
    assert (withheld.reasons, withheld.silent) == ({}, ("B1",))
    assert "Nothing on record about archiving**: 1 source" in made["data-overview.md"].decode()


def test_the_same_study_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        write_archive(files(study())[0], tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_the_description_is_an_ro_crate() -> None:
    """The musts of RO-Crate 1.1: descriptor, root with name, description, date and licence, flat, no loose references."""
    given = study()
    made, _ = files(given, {"figures/a b.svg": b"<svg/>", "report.html": b""})
    document = json.loads(made["ro-crate-metadata.json"])
    assert document["@context"] == "https://w3id.org/ro/crate/1.1/context"
    graph = {one["@id"]: one for one in document["@graph"]}
    assert len(graph) == len(document["@graph"])
    assert graph["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    assert graph["ro-crate-metadata.json"]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    root = graph["./"]
    assert (root["name"], root["description"]) == ("Two firms", "How do firms go abroad?")
    assert (root["datePublished"], root["temporalCoverage"]) == (TODAY.isoformat(), "2009/2011")
    assert [one["@id"] for one in root["spatialCoverage"]] == ["#place-DEU", "#place-NGA"]
    assert "report/figures/a%20b.svg" in graph
    references = [value for one in graph.values() for given in one.values() for value in _references(given)]
    assert [one for one in references if one not in graph and not one.startswith("https://")] == []
    values = {one["name"]: one["value"] for one in graph.values() if one["@type"] == "PropertyValue"}
    assert values["Kinds of data"] == "interview (2), events (2)"
    assert values["Mode of data collection"] == "2 interviews"
    assert (values["codings"], values["withheld sources"]) == (2, 1)


def _references(value: object) -> list[str]:
    if isinstance(value, list):
        return [one for each in value for one in _references(each)]
    return [value["@id"]] if isinstance(value, dict) and "@id" in value else []


def test_blanks_of_the_overview_stay_blank_and_are_marked() -> None:
    text = files(Snapshot())[0]["data-overview.md"].decode()
    assert f"**Research question.** {BLANK}" in text
    assert f"**Sampling procedure**: {BLANK}" in text
