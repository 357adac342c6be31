"""Several people at one study, in any order: code, take codes off, merge codes, undo, withdraw.

Each step is also made in a simple model: a mapping from a coding's id to (source, start, end, code, coder), and for each
person a stack of what their changes put and took.  After every step the study in memory equals the model, a study loaded
anew, and the chain of the trail is whole; what was withdrawn is nowhere.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from crosscase.core import TABLES, Case, Code, Participant, Snapshot, Source, Study, Table
from crosscase.core.errors import ConflictError, InputError
from crosscase.core.snapshot import text_hash
from crosscase.evidence import Ledger
from crosscase.store import open_store
from crosscase.study import Study as Opened
from crosscase.study.codebook import add_code, delete_code, merge_codes, tree
from crosscase.study.coding import code_passage, uncode
from crosscase.study.quotations import quotations
from crosscase.study.workspace import Workspace

PEOPLE = ("ana", "ben", "cleo")
CODES = ("luck", "plan", "kin")
SOURCES = ("i1", "i2")
WORDS = "We exported harbourlights to Ostende because my cousin lives there, and then we stayed."

#: Passages that several people code, so that they share a quotation.
OFTEN = ((0, 11), (3, 11), (12, 24))


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, int]:
    start = draw(st.integers(0, len(WORDS) - 2))
    return start, draw(st.integers(start + 1, len(WORDS)))


Model = dict[str, tuple[str, int, int, str, str]]
#: What a change did to one coding: what stood there before, and after.
Delta = dict[str, tuple[Any, Any]]


class Together(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "study.crosscase"
        with open_store(path, create=True) as store:
            snapshot = Snapshot.of(
                Study("Together"),
                cases=[Case("c1"), Case("c2")],
                participants=[Participant("p1"), Participant("p2")],
                sources=[Source(f"i{n}", f"i{n}.txt", "interview", case=f"c{n}", participant=f"p{n}", hash=text_hash(WORDS)) for n in (1, 2)],
                codes=[Code(id, id.title()) for id in CODES],
                texts=dict.fromkeys(SOURCES, WORDS),
            )  # fmt: skip
            store.save_snapshot(snapshot, "owner", "import")
        self.study = Opened.open(path, who="owner")
        self.workspace = Workspace(self.study)
        self.model: Model = {}
        self.codes = set(CODES)
        self.withdrawn: set[str] = set()
        #: Each person's changes that stand, the last one at the end; and those they undid.
        self.done: dict[str, list[Delta]] = {one: [] for one in PEOPLE}

    def teardown(self) -> None:
        self.study.close()
        self.folder.cleanup()

    # -- the steps ---------------------------------------------------------------------------------------------------------

    @rule(who=st.sampled_from(PEOPLE), source=st.sampled_from(SOURCES), code=st.sampled_from(CODES), data=st.data())
    def code(self, who: str, source: str, code: str, data: st.DataObject) -> None:
        start, end = data.draw(st.sampled_from(OFTEN) | spans())
        before = dict(self.model)
        try:
            made = code_passage(self.workspace, who, source, start, end, code)
        except InputError:
            # a withdrawn source has no text, a merged code is gone, and white space alone is no passage
            assert source in self.withdrawn or code not in self.codes or not WORDS[start:end].strip()
            return
        quotation = made.quotation
        assert quotation.start is not None
        assert quotation.end is not None
        self.model[made.coding.id] = (source, quotation.start, quotation.end, code, who)
        self._note(who, before)

    @precondition(lambda self: self.model)
    @rule(who=st.sampled_from(PEOPLE), data=st.data())
    def take_off(self, who: str, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(sorted(self.model)))
        before = dict(self.model)
        uncode(self.workspace, who, id, self.workspace.placed(id).version)
        del self.model[id]
        self._note(who, before)

    @precondition(lambda self: len(self.codes) > 1)
    @rule(who=st.sampled_from(PEOPLE), data=st.data())
    def merge(self, who: str, data: st.DataObject) -> None:
        gone, into = data.draw(st.permutations(sorted(self.codes)))[:2]
        before = dict(self.model)
        merge_codes(self.workspace, who, gone, into, "the same")
        self.codes.discard(gone)
        taken = {value for value in self.model.values() if value[3] == into}
        for id, (source, start, end, code, coder) in list(self.model.items()):
            if code == gone:
                moved = (source, start, end, into, coder)
                if moved in taken:
                    del self.model[id]
                else:
                    self.model[id] = moved
                    taken.add(moved)
        self._note(who, before, codes=gone)

    @rule(who=st.sampled_from(PEOPLE))
    def undo(self, who: str) -> None:
        try:
            what = self.workspace.undo(who)
        except (ConflictError, InputError):
            return  # somebody changed the same since, or its words were erased; the invariants say that nothing happened
        assert (what is None) == (not self.done[who])
        if what is None:
            return
        for id, (before, after) in self.done[who].pop().items():
            if id.startswith("code:"):
                self.codes.add(id.removeprefix("code:"))
                continue
            assert self.model.get(id) == after
            if before is None:
                del self.model[id]
            else:
                self.model[id] = before

    @precondition(lambda self: not self.withdrawn)
    @rule(source=st.sampled_from(SOURCES))
    def withdraw(self, source: str) -> None:
        self.workspace.study.withdraw(source=source, reason="asked by mail")
        self.workspace.catch_up()
        self.withdrawn.add(source)
        for id, value in list(self.model.items()):
            if value[0] == source:
                self.model[id] = (source, None, None, *value[3:])  # type: ignore[assignment]

    def _note(self, who: str, before: Model, codes: str = "") -> None:
        delta: Delta = {
            id: (before.get(id), self.model.get(id))
            for id in {*before, *self.model}
            if before.get(id) != self.model.get(id)
        }
        if codes:
            delta[f"code:{codes}"] = (True, None)
        if delta:
            self.done[who].append(delta)

    # -- what always holds -------------------------------------------------------------------------------------------------

    @invariant()
    def memory_and_model_agree(self) -> None:
        assert _codings(self.workspace.snapshot) == self.model
        assert set(self.workspace.snapshot.codes.column("id")) == self.codes

    @invariant()
    def memory_and_disk_agree(self) -> None:
        store, id = self.study.place.database()
        assert store.load_snapshot(id) == self.workspace.snapshot

    @invariant()
    def counts_that_are_adjusted_are_those_counted_anew(self) -> None:
        case_of = {"i1": "c1", "i2": "c2"}
        for node in tree(self.workspace):
            here = [one for one in self.model.values() if one[3] == node.code.id]
            cases, coders = {case_of[one[0]] for one in here}, {one[4] for one in here}
            assert (node.codings, node.cases, node.coders) == (len(here), len(cases), len(coders))

    @invariant()
    def passages_of_patched_tables_are_those_of_new_ones(self) -> None:
        snapshot = self.workspace.snapshot
        patched = [one.to_dict() for one in quotations(Ledger(snapshot))]
        anew = snapshot.replace(
            **{name: Table.of(TABLES[name], snapshot.table(name)) for name in ("codings", "quotations")}
        )
        assert patched == [one.to_dict() for one in quotations(Ledger(anew))]

    @invariant()
    def the_trail_is_whole(self) -> None:
        store, id = self.study.place.database()
        assert store.verify_audit(id).whole

    @invariant()
    def what_was_withdrawn_is_nowhere(self) -> None:
        store, id = self.study.place.database()
        for source in self.withdrawn:
            assert source not in self.workspace.snapshot.texts
            assert all(not one.text for one in self.workspace.snapshot.quotations if one.source == source)
            for entry in store.audit(id, of="quotations"):
                assert source not in repr((entry.before, entry.after)) or "text" not in repr(entry.after), entry


def _codings(snapshot: Snapshot) -> Model:
    of = {one.id: one for one in snapshot.quotations}
    return {
        one.id: (of[one.quotation].source, of[one.quotation].start, of[one.quotation].end, one.code, one.coder)
        for one in snapshot.codings
    }  # type: ignore[return-value]


Together.TestCase.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestTogether = Together.TestCase


@pytest.fixture
def together() -> Iterator[Workspace]:
    made = Together()
    yield made.workspace
    made.teardown()


def test_undo_leaves_what_somebody_else_works_with(together: Workspace) -> None:
    first = code_passage(together, "ana", "i1", 0, 11, Code("new", "New"))
    second = code_passage(together, "ben", "i1", 0, 11, "new")
    assert first.quotation.id == second.quotation.id
    assert together.undo("ana")
    assert together.placed(second.coding.id) == second
    assert not together.has("codings", first.coding.id)
    assert together.redo("ana")
    assert together.placed(first.coding.id).quotation == first.quotation


def test_undo_puts_nothing_back_that_has_nothing_to_stand_on(together: Workspace) -> None:
    first = code_passage(together, "ana", "i1", 0, 11, "luck")
    second = code_passage(together, "ben", "i1", 0, 11, "plan")
    uncode(together, "ana", first.coding.id, first.version)
    uncode(together, "ben", second.coding.id, together.placed(second.coding.id).version)
    with pytest.raises(ConflictError, match="the quotation that it had is gone"):
        together.undo("ana")
    third = code_passage(together, "cleo", "i1", 12, 24, "kin")
    uncode(together, "cleo", third.coding.id, third.version)
    delete_code(together, "ana", "kin", together.version("codes", "kin"))
    with pytest.raises(ConflictError, match="the code that it had is gone"):
        together.undo("cleo")
    assert not together.snapshot.codings


def test_a_new_code_in_use_is_not_taken_back(together: Workspace) -> None:
    made = add_code(together, "ana", "Chance")
    kept = code_passage(together, "ben", "i2", 0, 11, made.id)
    with pytest.raises(ConflictError, match="in use by now"):
        together.undo("ana")
    assert together.placed(kept.coding.id) == kept
