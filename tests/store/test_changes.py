"""The write path: rows, versions and the trail in one transaction."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from crosscase.core import Case, Code, Coding, PartialDate, Quotation, Turn
from crosscase.core.errors import ConflictError, InputError, NotFoundError
from crosscase.store import Store, open_store, undo
from store.studies import TEXT, small


@pytest.fixture
def study(store: Store) -> str:
    return store.save_snapshot(small(), "ana", "import")


def test_rows_are_inserted_changed_and_deleted(store: Store, study: str) -> None:
    with store.write(study, who="bo", what="code") as change:
        change.insert("codings", [Coding("k9", "q2", "t", "bo")])
        assert change.update("codings", "k1", note="strong") == 2
        assert change.update("cases", "F2", attributes={"founded": "1999"}) == 2
        assert change.get("codings", "k1") == (Coding("k1", "q1", "c", "bo", "strong"), 2)
        assert change.get("events", "e1") == (small().events["e1"], 1)
        change.delete("codings", ["k2"])
        change.insert("turns", [Turn("s1", 3, 0, 1)])
        change.delete("turns", ["s1#1"])
    loaded = store.load_snapshot(study)
    assert [coding.id for coding in loaded.codings] == ["k1", "k3", "k9"]
    assert loaded.codings["k1"].note == "strong"
    assert loaded.cases["F2"] == Case("F2", {"founded": "1999"})
    assert [turn.number for turn in loaded.turns] == [2, 3]


def test_the_trail_says_who_what_before_and_after(store: Store, study: str) -> None:
    start = store.studies()[0].changes
    with store.write(study, who="bo", what="rename a code") as change:
        change.update("codes", "c", name="New", definition="d")
        change.insert("codes", [Code("n", "N")])
        change.delete("acceptances", ["y"])
    update, insert, delete = store.audit(study, after=start)
    assert {entry.who for entry in (update, insert, delete)} == {"bo"}
    assert {entry.what for entry in (update, insert, delete)} == {"rename a code"}
    assert {entry.change for entry in (update, insert, delete)} == {update.sequence}
    assert update.at.endswith("+00:00")
    assert (update.action, update.of, update.row) == ("update", "codes", "c")
    assert update.before == {"name": 'Name\'s; "quoted"\n', "definition": ""}
    assert update.after == {"name": "New", "definition": "d"}
    assert (insert.before, insert.after["name"], insert.after["version"]) == (None, "N", 1)
    assert (delete.before["reason"], delete.before["date"], delete.after) == ("known", "2022", None)
    assert store.audit(study, of="codes", row="c", after=start) == [update]
    assert store.audit(study, who="nobody") == []
    assert store.audit(study, limit=2, latest=True) == [insert, delete]
    assert [entry.sequence for entry in store.audit(study, limit=2)] == [1, 2]


def test_a_write_without_a_difference_leaves_no_trace(store: Store, study: str) -> None:
    before = store.studies()
    with store.write(study, who="bo", what="nothing") as change:
        assert change.update("codes", "c", colour="#fff") == 1
        change.set_study(small().study)
        change.set_text("s1", TEXT)
        change.set_original("s1", "", small().originals["s1"])
        change.insert("codes", [])
        change.delete("codes", [])
    assert store.studies() == before


def test_an_error_takes_everything_back(store: Store, study: str) -> None:
    def broken_off() -> None:
        with store.write(study, who="bo", what="broken off") as change:
            change.delete("codings", ["k1", "k2"])
            change.set_text("s1", "other")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert store.load_snapshot(study) == small()
    assert store.verify_audit(study).whole


def test_the_second_of_two_writers_is_told_and_sees_both_states(store: Store, study: str) -> None:
    with store.write(study, who="ana", what="recode") as change:
        change.update("codings", "k1", expected_version=1, code="t")
    with pytest.raises(ConflictError) as caught, store.write(study, who="bo", what="recode") as change:
        change.update("codings", "k1", expected_version=1, note="mine")
    assert caught.value.mine == {"note": "mine"}
    assert caught.value.theirs is not None
    assert (caught.value.theirs["code"], caught.value.theirs["version"]) == ("t", 2)
    with pytest.raises(ConflictError), store.write(study, who="bo", what="title") as change:
        change.set_study(replace(small().study, title="x"), expected_version=7)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda change: change.insert("codings", [Coding("k1", "q", "c")]), "a row with the id 'k1' already"),
        (lambda change: change.insert("turns", [Turn("s1", 1, 0, 3)]), "a row with the id 's1#1' already"),
        (lambda change: change.insert("nothing", []), "there is no table 'nothing'"),
        (lambda change: change.update("codes", "z", name="x"), "there is no codes 'z'"),
        (lambda change: change.update("codes", "c", nam="x"), "there is no field 'nam' .codes.; did you mean 'name'"),
        (lambda change: change.update("codes", "c", id="x"), "id of a row does not change"),
        (lambda change: change.update("codes", "c", name=3), "the name 3 is not a text"),
        (lambda change: change.delete("codes", ["c", "z"]), "there is no codes 'z'"),
        (lambda change: change.set_text("s1", "\0"), "NUL"),
    ],
)
def test_bad_input_is_refused(store: Store, study: str, action: object, message: str) -> None:
    with pytest.raises(InputError, match=message), store.write(study, who="bo", what="x") as change:
        action(change)  # type: ignore[operator]
    assert store.load_snapshot(study) == small()


def test_rows_are_read_with_their_versions(store: Store, study: str) -> None:
    with store.write(study, who="bo", what="note") as change:
        change.update("codings", "k1", note="x")
    assert store.rows(study, "codings", code="c") == [
        (small().codings["k2"], 1),
        (replace(small().codings["k1"], note="x"), 2),
    ]
    assert [row.id for row, _ in store.rows(study, "events", date=None)] == ["e0"]
    assert [row.id for row, _ in store.rows(study, "events", date=PartialDate(2003), case="F1")] == ["e1"]
    assert store.rows(study, "turns", source="s2") == []
    with pytest.raises(NotFoundError, match="there is no field 'cod'"):
        store.rows(study, "codings", cod="c")


def test_two_writers_at_once_are_put_in_order(database: str, study: str) -> None:
    """Each reads and raises the same number; one that did not wait for the other would lose a step."""

    def count(who: str) -> None:
        with open_store(database) as mine:
            for _ in range(10):
                with mine.write(study, who=who, what="count") as change:
                    number = int(change.get("observations", "o1")[0].unit or 0)
                    change.update("observations", "o1", unit=str(number + 1))

    with open_store(database) as other, other.write(study, who="ana", what="start") as change:
        change.update("observations", "o1", unit="0")
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(count, ["ana", "bo", "cy"]))
    with open_store(database) as other:
        assert other.rows(study, "observations", id="o1")[0][0].unit == "30"
        assert other.verify_audit(study).whole


def test_an_unknown_study_is_refused(store: Store) -> None:
    with pytest.raises(NotFoundError, match="there is no study 'gone'"), store.write("gone", who="a", what="b"):
        pass


def test_texts_and_originals_are_set_and_taken_away(store: Store, study: str) -> None:
    with store.write(study, who="bo", what="sources") as change:
        change.set_text("s2", "more")
        change.set_text("s1", None)
        change.set_original("s2", "b.pdf", b"%PDF-2")
        change.set_original("s1", "", None)
    loaded = store.load_snapshot(study)
    assert loaded.texts == {"s2": "more"}
    assert dict(loaded.originals) == {"s2": b"%PDF-2"}


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE audit SET who = 'eve' WHERE sequence = 3", "altered"),
        ("UPDATE audit SET after = '{}' WHERE sequence = 3", "'after' was altered"),
        ("DELETE FROM audit WHERE sequence = 3", "entry 3 is missing"),
        ("DELETE FROM audit WHERE sequence = (SELECT max(sequence) FROM audit)", "at the end are missing"),
    ],
)
def test_the_chain_finds_tampering(store: Store, study: str, statement: str, why: str) -> None:
    assert store.verify_audit(study).whole
    with store._database.writing() as connection:
        connection.exec_driver_sql(statement)
    report = store.verify_audit(study)
    assert not report.whole
    assert why in report.why


def test_content_can_be_erased_without_breaking_the_chain(store: Store, study: str) -> None:
    with store._database.writing() as connection:
        connection.exec_driver_sql("UPDATE audit SET after = NULL WHERE \"of\" = 'quotations'")
    assert store.verify_audit(study).whole
    assert all(entry.erased for entry in store.audit(study, of="quotations"))


# -- undo and redo -------------------------------------------------------------------------------------------------------


def steps(store: Store, study: str) -> list[object]:
    """Make one change of every kind; the states before, between and after."""
    states: list[object] = [store.load_snapshot(study)]
    many = [Coding(f"m{number}", "q2", "c", extra={"n": number}) for number in range(150)]

    def step(what: str, action: object) -> None:
        with store.write(study, who="bo", what=what) as change:
            action(change)  # type: ignore[operator]
        states.append(store.load_snapshot(study))

    step("insert", lambda change: change.insert("quotations", [Quotation("q9", "s1", 0, 3, "INT")]))
    step("insert many", lambda change: change.insert("codings", many))
    step("update", lambda change: change.update("codings", "m7", note="x", extra={}))
    step("delete one", lambda change: change.delete("codings", ["m3"]))
    step("delete many", lambda change: change.delete("codings", [f"m{n}" for n in range(150) if n not in (3, 60)]))
    step("study", lambda change: change.set_study(replace(small().study, title="New", interviews=None)))
    step("text", lambda change: (change.set_text("s1", "other"), change.set_text("s2", None)))
    step("original", lambda change: (change.set_original("s1", "", None), change.set_original("s2", "a", b"x")))
    step("two", lambda change: (change.insert("codes", [Code("u")]), change.update("codes", "u", name="U")))
    return states


def test_everything_is_undone_and_redone_step_by_step(store: Store, study: str) -> None:
    states = steps(store, study)
    originals = store.load_snapshot(study).originals
    assert dict(originals) == {"s2": b"x"}
    for _ in range(2):
        for state in reversed(states[:-1]):
            assert store.undo(study, "bo")
            assert store.load_snapshot(study) == state
        assert store.undo(study, "bo") is None
        assert dict(store.load_snapshot(study).originals) == small().originals
        for state in states[1:]:
            assert store.redo(study, "bo")
            assert store.load_snapshot(study) == state
        assert store.redo(study, "bo") is None
    assert store.verify_audit(study).whole
    assert [hit.text for hit in store.search(study, "other")] == ["other"]


def test_undo_works_after_opening_again(database: str) -> None:
    with open_store(database) as store:
        study = store.save_snapshot(small(), "ana", "import")
        with store.write(study, who="bo", what="first") as change:
            change.delete("codes", ["c"])
        with store.write(study, who="bo", what="second") as change:
            change.delete("codes", ["t"])
        assert store.undo(study, "bo") == "second"
    with open_store(database) as store:
        assert store.undo(study, "bo") == "first"
        assert store.load_snapshot(study) == small()
        assert store.redo(study, "bo") == "first"
        with store.write(study, who="bo", what="new") as change:
            change.insert("codes", [Code("n")])
        assert store.redo(study, "bo") is None
        assert [store.undo(study, "bo") for _ in range(3)] == ["new", "first", None]


def test_a_long_history_is_undone_to_its_beginning(store: Store, study: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo, "PORTION", 2)
    for number in range(7):
        with store.write(study, who="bo", what=f"step {number}") as change:
            change.update("codes", "c", colour=f"#{number}")
    assert [store.undo(study, "bo") for _ in range(8)] == [*(f"step {number}" for number in range(6, -1, -1)), None]
    assert [store.redo(study, "bo") for _ in range(8)] == [*(f"step {number}" for number in range(7)), None]
    assert store.load_snapshot(study).codes["c"].colour == "#6"


def test_each_person_undoes_their_own(store: Store, study: str) -> None:
    with store.write(study, who="bo", what="his") as change:
        change.update("codes", "c", name="bo's")
    with store.write(study, who="cy", what="hers") as change:
        change.update("codes", "c", definition="cy's")
    assert store.undo(study, "bo") == "his"
    code = store.load_snapshot(study).codes["c"]
    assert (code.name, code.definition) == (small().codes["c"].name, "cy's")
    assert store.undo(study, "dee") is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda change: change.update("codes", "n", name="spoilt"),
        lambda change: change.delete("codes", ["n"]),
        lambda change: change.update("codings", "m5", note="spoilt"),
        lambda change: change.delete("codings", ["m5"]),
        lambda change: change.update("cases", "F1", attributes={"a": "spoilt"}),
        lambda change: change.set_text("s2", "spoilt"),
        lambda change: change.set_original("s2", "spoilt", b"spoilt"),
        lambda change: change.set_study(replace(small().study, title="spoilt")),
        lambda change: change.insert("acceptances", small().acceptances),
    ],
)
def test_what_somebody_else_changed_since_is_not_undone(store: Store, study: str, spoil: object) -> None:
    with store.write(study, who="bo", what="much") as change:
        change.insert("codes", [Code("n")])
        change.insert("codings", [Coding(f"m{number}", "q2", "c") for number in range(150)])
        change.update("cases", "F1", attributes={"a": "b"})
        change.set_text("s2", "bo")
        change.set_original("s2", "b", b"b")
        change.set_study(replace(small().study, title="bo"))
        change.delete("acceptances", ["y"])
    with store.write(study, who="cy", what="spoil") as change:
        spoil(change)  # type: ignore[operator]
    stands = store.load_snapshot(study)
    with pytest.raises(ConflictError if "insert" not in spoil.__code__.co_names else InputError):  # type: ignore[attr-defined]
        store.undo(study, "bo")
    assert store.load_snapshot(study) == stands


def test_what_was_erased_cannot_be_undone(store: Store, study: str) -> None:
    with store.write(study, who="bo", what="x") as change:
        change.delete("quotations", ["q1"])
    with store._database.writing() as connection:
        connection.exec_driver_sql("UPDATE audit SET before = NULL WHERE \"of\" = 'quotations'")
    with pytest.raises(InputError, match="erased"):
        store.undo(study, "bo")
