"""A study goes into the store and comes out equal, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crosscase.core import TABLES, Case, Coding, Snapshot, Study
from crosscase.core.errors import ConflictError, InputError, NotFoundError
from crosscase.store import Store, open_store
from store.studies import small


def test_the_example_has_a_row_in_every_table() -> None:
    assert all(small().counts().values())


def test_a_study_comes_out_as_it_went_in(store: Store) -> None:
    snapshot = small()
    study = store.save_snapshot(snapshot, "ana", "import")
    loaded = store.load_snapshot(study)
    for name in TABLES:
        assert loaded.table(name) == snapshot.table(name), name
    assert loaded == snapshot
    assert dict(loaded.originals) == snapshot.originals


def test_an_empty_study_comes_out_empty(store: Store) -> None:
    store.save_snapshot(Snapshot(), "ana", "new")
    assert store.load_snapshot() == Snapshot()


def test_what_was_saved_is_there_after_opening_again(database: str) -> None:
    with open_store(database) as store:
        store.save_snapshot(small(), "ana", "import", "one")
    with open_store(database) as store:
        assert [(entry.id, entry.title) for entry in store.studies()] == [("one", "Firms that go abroad")]
        assert store.load_snapshot("one") == small()


def test_studies_are_kept_apart(store: Store) -> None:
    store.save_snapshot(small(), "ana", "import", "one")
    store.save_snapshot(Snapshot.of(cases=[Case("F1")], texts={"s1": "x"}), "bo", "import", "two")
    assert store.load_snapshot("one") == small()
    assert store.load_snapshot("two").texts == {"s1": "x"}
    with pytest.raises(NotFoundError, match="say which"):
        store.load_snapshot()
    with pytest.raises(NotFoundError, match="there is no study 'three'"):
        store.load_snapshot("three")


def test_saving_again_makes_the_study_equal_and_records_the_difference(store: Store) -> None:
    old = small()
    study = store.save_snapshot(old, "ana", "import")
    before = store.studies()[0].changes
    new = old.replace(
        study=replace(old.study, title="Other"),
        codings=old.codings.with_rows([Coding("k9", "q2", "t")]),
        cases=Snapshot.of(cases=[replace(old.cases[0], attributes={"founded": "1999"}), *old.cases[2:]]).cases,
        texts={"s1": old.texts["s1"]},
    )
    assert store.save_snapshot(new, "bo", "again", study) == study
    assert store.load_snapshot(study) == new
    # The head, a coding more, a case changed and a case less, a text less.
    assert store.studies()[0].changes == before + 5


def test_saving_the_same_again_changes_nothing(store: Store) -> None:
    study = store.save_snapshot(small(), "ana", "import")
    before = store.studies()
    store.save_snapshot(small(), "ana", "import", study)
    assert store.studies() == before


def test_what_others_did_since_loading_stays(store: Store) -> None:
    study = store.save_snapshot(small(), "ana", "import")
    base = store.load_snapshot(study)
    with store.write(study, who="bo", what="code") as change:
        change.insert("codings", [Coding("bo", "q2", "t")])
        change.update("codes", "t", definition="bo's")
    mine = base.replace(cases=base.cases.with_rows([Case("F9")]), texts={**base.texts, "s2": "mine"})
    store.save_snapshot(mine, "ana", "another case", study, base=base)
    loaded = store.load_snapshot(study)
    assert "F9" in loaded.cases
    assert loaded.texts["s2"] == "mine"
    assert "bo" in loaded.codings
    assert loaded.codes["t"].definition == "bo's"


def test_the_same_row_changed_by_two_is_a_conflict(store: Store) -> None:
    study = store.save_snapshot(small(), "ana", "import")
    base = store.load_snapshot(study)
    with store.write(study, who="bo", what="much") as change:
        change.update("codes", "t", definition="bo's")
        change.delete("memos", ["m0"])
        change.set_text("s2", "bo's")
        change.set_study(replace(base.study, title="bo's"))
    theirs = store.load_snapshot(study)
    codes = Snapshot.of(codes=[replace(base.codes[0], definition="ana's"), base.codes[1]]).codes
    for mine, where in [
        (base.replace(codes=codes), "codes t"),
        (base.replace(memos=Snapshot.of(memos=[base.memos[0]]).memos), "memos m0"),
        (base.replace(texts={**base.texts, "s2": "ana's"}), "the text of s2"),
        (base.replace(study=replace(base.study, title="ana's")), "the study's head"),
    ]:
        with pytest.raises(ConflictError) as caught:
            store.save_snapshot(mine, "ana", "change", study, base=base)
        assert caught.value.where == where
        assert store.load_snapshot(study) == theirs


def test_another_order_of_rows_is_kept(store: Store) -> None:
    study = store.save_snapshot(small(), "ana", "import")
    turned = small().replace(codings=Snapshot.of(codings=[*reversed(list(small().codings))]).codings)
    store.save_snapshot(turned, "ana", "turn", study)
    assert [coding.id for coding in store.load_snapshot(study).codings] == ["k3", "k1", "k2"]


def test_many_rows_keep_their_order(store: Store) -> None:
    codings = [Coding(f"k{number * 7919 % 1000}", f"q{number % 7}", "ü") for number in range(1000)]
    store.save_snapshot(Snapshot.of(codings=codings), "ana", "import")
    assert list(store.load_snapshot().codings) == codings


@pytest.mark.parametrize(
    ("snapshot", "message"),
    [
        (Snapshot.of(cases=[Case("F1"), Case("F1")]), "the id 'F1' is given twice"),
        (Snapshot.of(Study("x"), texts={"s": "a\0b"}), "NUL"),
        (Snapshot.of(texts={"s": "a\ud800b"}), "lone surrogate"),
        (Snapshot.of(samples=[replace(small().samples[0], n=2**70)]), "number"),
        (Snapshot.of(cases=[Case("F1", {"a": {1, 2}})]), "attributes cannot be kept"),  # type: ignore[dict-item]
    ],
)
def test_what_no_database_can_hold_is_refused_and_nothing_is_kept(
    store: Store, snapshot: Snapshot, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        store.save_snapshot(snapshot, "ana", "import")
    assert store.studies() == []
