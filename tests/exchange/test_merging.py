"""A second export of the same project adds what is new, whatever its GUIDs and ids are."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, settings

from crosscase.core import Code, Coding, Memo, Quotation, Snapshot, Source, Table, text_hash
from crosscase.exchange.merging import merge
from exchange.refi.test_round_trip import study
from strategies import snapshots


def renamed(snapshot: Snapshot) -> Snapshot:
    """The same study with other ids for its codes, quotations and codings, as another export has."""
    codes = [
        replace(one, id=f"n-{one.id}", parent=one.parent and f"n-{one.parent}", extra={"guid": "new"})
        for one in snapshot.codes
    ]
    quotations = [replace(one, id=f"n-{one.id}") for one in snapshot.quotations]
    codings = [
        replace(one, id=f"n-{one.id}", quotation=f"n-{one.quotation}", code=f"n-{one.code}") for one in snapshot.codings
    ]
    memos = [
        replace(
            one, id=f"n-{one.id}", about=f"n-{one.about}" if one.about_kind in ("codes", "quotations") else one.about
        )
        for one in snapshot.memos
    ]
    return snapshot.replace(
        codes=Table.of(Code, codes),
        quotations=Table.of(Quotation, quotations),
        codings=Table.of(Coding, codings),
        memos=Table.of(Memo, memos),
    )


def test_the_same_export_again_adds_nothing() -> None:
    merged = merge(study(), renamed(study()))
    assert merged.snapshot == study()
    assert merged.added == merged.absent == {}
    assert merged.known == {
        "cases": 2,
        "coders": 2,
        "codes": 4,
        "sources": 3,
        "quotations": 7,
        "codings": 7,
        "memos": 4,
    }


def test_what_is_new_is_added_and_what_is_gone_is_counted() -> None:
    export = renamed(study())
    text = "A new interview."
    export = export.replace(
        sources=export.sources.with_rows([Source("A2", "A2.txt", title="Interview A1", hash=text_hash(text))]),
        texts={**export.texts, "A2": text},
        quotations=Table.of(
            Quotation, [*export.quotations, Quotation("x1", "A2", 2, 5, "new"), Quotation("x2", "A1", 0, 2, "We")]
        ),
        codings=Table.of(
            Coding, [*list(export.codings)[1:], Coding("x1", "x1", "n-knows", "ann"), Coding("x2", "x2", "n-trust")]
        ),
    )
    merged = merge(study(), export)
    assert merged.added == {"sources": 1, "quotations": 2, "codings": 2}
    assert merged.absent == {"codings": 1}
    assert merged.changed == ("A2",)
    new = [(merged.snapshot.quotations[one.quotation].text, one.code) for one in list(merged.snapshot.codings)[-2:]]
    assert new == [("new", "knows"), ("We", "trust")]
    assert "c1" in merged.snapshot.codings, "nothing of the study is removed"


@settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(snapshots())
def test_any_study_merged_with_itself_is_itself(snapshot: Snapshot) -> None:
    merged = merge(snapshot, snapshot)
    assert merged.added == {}
    assert merged.snapshot.counts() == snapshot.counts()
    assert merge(Snapshot(), snapshot).snapshot.counts()["codings"] == len(snapshot.codings)
