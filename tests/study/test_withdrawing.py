"""Words that were taken out are nowhere any more: not in the study, not in its trail, not in the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crosscase.core import (
    Case,
    Claim,
    Code,
    Coding,
    Memo,
    Participant,
    Quotation,
    Snapshot,
    Source,
    Stance,
    Study,
    Turn,
)
from crosscase.core.errors import InputError, NotFoundError
from crosscase.core.snapshot import text_hash
from crosscase.store import open_store
from crosscase.study import Study as Opened
from crosscase.study.withdrawing import BLOCK

SAID = "We bribed the harbourmaster in Ostende twice."
BEFORE = "Q: How did you enter?\n\nA: "
ANNA = f"{BEFORE}{SAID} Then we grew.\n"
GROUP = "Anna: Our tungsten came by night.\nBen: Ours by day, as always.\n"
#: Runs of letters that stand in no other part of the study.
SECRET, NIGHT = "harbourmaster", "tungsten"


def study() -> Snapshot:
    start = len(BEFORE)
    second = GROUP.index("Ben")
    return Snapshot.of(
        Study("Born globals"),
        cases=[Case("F1"), Case("F2")],
        participants=[Participant("anna", "F1", consent="quote"), Participant("ben", "F2", consent="quote")],
        sources=[
            Source("i1", "i1.txt", "interview", "F1", "anna", hash=text_hash(ANNA)),
            Source("g1", "g1.txt", "focus group", hash=text_hash(GROUP)),
        ],
        turns=[
            Turn("g1", 1, 0, second, "Anna", "anna", "answer"),
            Turn("g1", 2, second, len(GROUP), "Ben", "ben", "answer"),
        ],
        codes=[Code("entry", "Entry", example=f"e.g. “{SAID}”")],
        quotations=[
            Quotation("q1", "i1", start, start + len(SAID), SAID),
            Quotation("q2", "g1", 6, 33, GROUP[6:33]),
            Quotation("q3", "g1", second + 5, second + 17, "Ours by day,"),
        ],
        codings=[Coding("c1", "q1", "entry"), Coding("c2", "q2", "entry"), Coding("c3", "q3", "entry")],
        memos=[Memo("m1", "cases", "F1", title="Entry", text=f"She said: {SAID.replace(' ', '  ')} Remarkable.")],
        claims=[Claim("P1", "Entry is bought.")],
        stances=[Stance("s1", "P1", "F1", "c1", stance="supports")],
        texts={"i1": ANNA, "g1": GROUP},
    )


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "study.crosscase")
    return str(request.getfixturevalue("empty_postgres"))


@pytest.fixture
def opened(place: str) -> Iterator[Opened]:
    """The study with a past: a passage that was coded and removed, a text that was changed, a memo that was rewritten."""
    with open_store(place, create=True) as store:
        id = store.save_snapshot(study(), "ana", "import")
        with store.write(id, who="ana", what="code") as change:
            change.insert("quotations", [Quotation("q9", "i1", 40, 60, ANNA[40:60])])
        with store.write(id, who="ana", what="uncode") as change:
            change.delete("quotations", ["q9"])
        with store.write(id, who="ana", what="memo") as change:
            change.update("memos", "m1", title=f"The {SAID}")
        with store.write(id, who="ana", what="memo") as change:
            change.update("memos", "m1", title="Entry")
    with Opened.open(f"{place}#{id}" if "://" in place else place, who="ana") as one:
        yield one


def _stands_in(opened: Opened, words: str) -> list[str]:
    """Every place of the study, its trail and its file where words stand."""
    store, id = opened.place.database()
    found = [name for name, text in (("snapshot", repr(opened.snapshot)),) if words in text]
    found += [f"text {one}" for one, text in opened.snapshot.texts.items() if words in text]
    found += [f"trail {one.sequence}" for one in store.audit(id) if words in repr((one.before, one.after))]
    found += ["search"] if opened.search(words) else []
    file = Path(store.place)
    if file.is_file():
        found += [one.name for one in file.parent.glob(f"{file.name}*") if words.encode() in one.read_bytes()]
    return found


def test_the_words_stand_in_many_places_before(opened: Opened) -> None:
    found = _stands_in(opened, SECRET)
    assert {"snapshot", "text i1", "search"} <= set(found)
    assert sum(one.startswith("trail") for one in found) >= 3


def test_a_withdrawn_participant_is_heard_nowhere(opened: Opened) -> None:
    removed = opened.withdraw(participant="anna", reason="asked by mail")
    assert _stands_in(opened, SECRET) == []
    assert _stands_in(opened, NIGHT) == []
    assert removed.sources == ("i1",)
    assert set(removed.quotations) == {"q1", "q2"}
    assert removed.claims == ("P1",)
    assert {("memos", "m1"), ("codes", "entry")} <= set(removed.struck)
    assert removed.trail > 0


def test_what_others_said_stays(opened: Opened) -> None:
    opened.withdraw(participant="anna", reason="asked by mail")
    text = opened.snapshot.texts["g1"]
    assert len(text) == len(GROUP)
    assert text.endswith("Ben: Ours by day, as always.\n")
    assert text[:5] == BLOCK * 5
    assert opened.snapshot.quotations["q3"].text == "Ours by day,"
    assert opened.snapshot.sources["g1"].hash == text_hash(text)


def test_marks_stay_and_the_trail_is_whole(opened: Opened) -> None:
    entries = len(opened.audit(limit=None).entries)
    opened.withdraw(participant="anna", reason="asked by mail")
    assert opened.snapshot.participants["anna"].consent == "withdrawn"
    assert opened.snapshot.sources["i1"].consent == "withdrawn"
    assert len(opened.codings) == 3
    trail = opened.audit(limit=None)
    assert trail.report.whole
    assert len(trail.entries) > entries
    assert any(one.erased for one in trail.entries)
    assert trail.entries[0].what == "withdrawal of participant anna: asked by mail"


def test_it_cannot_be_undone(opened: Opened) -> None:
    opened.withdraw(source="i1", reason="asked by mail")
    store, id = opened.place.database()
    with pytest.raises(InputError, match="erased"):
        store.undo(id, "ana")
    assert _stands_in(opened, SECRET) == []


def test_the_checks_find_no_new_fault_in_what_was_withdrawn(opened: Opened) -> None:
    opened.withdraw(participant="anna", reason="asked by mail")
    assert list(opened.check(["R301", "R307"])) == []


def test_a_backup_made_afterwards_holds_nothing(opened: Opened, place: str, tmp_path: Path) -> None:
    if "://" in place:
        pytest.skip("a server's backup is tested with the backups")
    opened.backup(tmp_path / "study.crosscase.early.backup")
    removed = opened.withdraw(participant="anna", reason="asked by mail")
    assert removed.copies == (str(tmp_path / "study.crosscase.early.backup"),)
    opened.backup(tmp_path / "late")
    assert SECRET.encode() in (tmp_path / "study.crosscase.early.backup").read_bytes()
    assert SECRET.encode() not in (tmp_path / "late").read_bytes()


def test_a_folder_forgets_too(tmp_path: Path) -> None:
    from crosscase.exchange.folder import write_folder

    write_folder(study(), tmp_path / "study")
    with Opened.open(tmp_path / "study") as opened:
        opened.withdraw(participant="anna", reason="asked by mail")
    files = [one for one in (tmp_path / "study").rglob("*") if one.is_file()]
    assert files
    for words in (SECRET, NIGHT):
        assert [one.name for one in files if words in one.read_text(encoding="utf-8")] == []


def test_a_redaction_keeps_every_position(opened: Opened) -> None:
    start = ANNA.index("the harbourmaster")
    removed = opened.redact("i1", [(start, start + len("the harbourmaster in Ostende"))], reason="names a person")
    text = opened.snapshot.texts["i1"]
    assert (removed.passages, removed.quotations) == (1, ("q1",))
    assert len(text) == len(ANNA)
    assert text.startswith(ANNA[:start] + BLOCK)
    assert opened.snapshot.quotations["q1"].text == text[len(BEFORE) : len(BEFORE) + len(SAID)]
    assert _stands_in(opened, SECRET) == []
    assert [one.text for one in opened.snapshot.memos if one.title == "Redacted"] == [
        f"Characters {start}–{start + 28}: names a person"
    ]
    assert list(opened.check(["R301", "R307"])) == []


def test_what_cannot_be_done_is_said_and_changes_nothing(opened: Opened) -> None:
    before = opened.snapshot
    with pytest.raises(NotFoundError, match="anna"):
        opened.withdraw(participant="ana", reason="x")
    with pytest.raises(InputError, match="reason"):
        opened.withdraw(participant="anna", reason=" ")
    with pytest.raises(InputError, match="not both"):
        opened.withdraw(participant="anna", source="i1", reason="x")
    with pytest.raises(InputError, match="no passage"):
        opened.redact("i1", [(5, 5000)], reason="x")
    with pytest.raises(InputError, match="nothing to redact"):
        opened.redact("i1", [], reason="x")
    assert opened.snapshot == before
