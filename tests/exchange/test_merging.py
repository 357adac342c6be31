"""A second export of the same project adds what is new, whatever its GUIDs and ids are."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from lxml import etree

from crosscase.core import Code, Coding, Memo, Quotation, Snapshot, Source, Table, text_hash
from crosscase.exchange.merging import merge
from crosscase.exchange.refi import read_project, write_project
from exchange.refi.projects import archive, content, identity, project, saved
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


def export(folder: Path, seed: str, *, more: bool = False, name: str = "a.qdpx") -> Path:
    """An export of one project; each ``seed`` gives it other GUIDs, ``more`` is a later state of it."""

    def at(thing: str) -> str:
        return identity(f"{seed}{thing}")

    def coding(start: int, end: int, code: str) -> str:
        inside = f'<Coding guid="{at(f"c{start}{code}")}"><CodeRef targetGUID="{at(code)}"/></Coding>'
        return f'<PlainTextSelection guid="{at(f"s{start}")}" startPosition="{start}" endPosition="{end}">{inside}</PlainTextSelection>'

    def value(variable: str, text: str) -> str:
        return f'<VariableValue><VariableRef targetGUID="{at(variable)}"/><TextValue>{text}</TextValue></VariableValue>'

    def variable(name: str) -> str:
        return f'<Variable guid="{at(name)}" name="{name}" typeOfVariable="Text"/>'

    def code(name: str, definition: str = "") -> str:
        return f'<Code guid="{at(name)}" name="{name}" isCodable="true"><Description>{definition}</Description></Code>'

    codes = code("trust", "believing" if more else "relying") + code("ties", "who one knows" if more else "")
    members = f'<MemberCode targetGUID="{at("trust")}"/>' + (f'<MemberCode targetGUID="{at("ties")}"/>' if more else "")
    new_set = f'<Set guid="{at("two")}" name="Second"><MemberSource targetGUID="{at("A1")}"/></Set>' if more else ""
    link = f'<Link guid="{at("l")}" name="explains" originGUID="{at("trust")}" targetGUID="{at("ties")}"/>'
    new_link = f'<Link guid="{at("m")}" originGUID="{at("s18")}" targetGUID="{at("s39")}"/>' if more else ""
    graph = (
        f'<Graph guid="{at("g")}" name="Map"><Vertex guid="{at("v1")}" representedGUID="{at("trust")}" firstX="1" firstY="2"/>'
        f'<Vertex guid="{at("v2")}" representedGUID="{at("ties")}" firstX="3" firstY="4"/>'
        f'<Edge guid="{at("e")}" sourceVertex="{at("v1")}" targetVertex="{at("v2")}"/></Graph>'
    )
    new_graph = f'<Graph guid="{at("g2")}" name="Other map"/>' if more else ""
    values = value("founded", "2001") + (
        value("sector", "food") + value("size", "small") if more else value("size", "tiny")
    )
    xml = project(
        f"<CodeBook><Codes>{codes}</Codes></CodeBook>",
        f"<Variables>{variable('founded')}{variable('size')}{variable('sector') if more else ''}</Variables>",
        f'<Cases><Case guid="{at("F1")}" name="Firm One">{values}<SourceRef targetGUID="{at("A1")}"/></Case>'
        + (f'<Case guid="{at("F2")}" name="Firm Two"/>' if more else "")
        + "</Cases>",
        f'<Sources><TextSource guid="{at("A1")}" name="A1">{content("We knew nobody in Germany, so we asked a client.")}'
        f"{coding(39, 47, 'trust')}{coding(18, 25, 'ties')}</TextSource></Sources>",
        f'<Links>{link}{new_link}</Links><Sets><Set guid="{at("one")}" name="First">{members}</Set>{new_set}</Sets>',
        f"<Graphs>{graph}{new_graph}</Graphs>",
    )
    return saved(folder, archive(xml), name)


def test_the_same_project_under_other_guids_is_the_same(tmp_path: Path) -> None:
    study = read_project(export(tmp_path, "one")).snapshot
    merged = merge(study, read_project(export(tmp_path, "two")).snapshot)
    assert merged.snapshot == study
    assert merged.added == merged.absent == merged.completed == {}
    assert {name: merged.known[name] for name in ("sets", "links", "graphs")} == {"sets": 1, "links": 1, "graphs": 1}


def test_sets_links_graphs_and_attributes_of_a_changed_export_come_in(tmp_path: Path) -> None:
    study = read_project(export(tmp_path, "one")).snapshot
    changed = read_project(export(tmp_path, "two", more=True)).snapshot
    merged = merge(study, changed)
    assert merged.added == {"cases": 1, "links": 1, "sets": 1, "graphs": 1}
    assert merged.completed == {"cases": 1, "codes": 1, "sets": 1}
    assert [(one["table"], one["id"], one["field"], one["study"], one["export"]) for one in merged.conflicts] == [
        ("cases", "Firm-One", "size", "tiny", "small"), ("codes", "trust", "definition", "relying", "believing"),
    ]  # fmt: skip
    whole = merged.snapshot
    assert whole.cases["Firm-One"].attributes == {
        "case name": "Firm One", "founded": "2001", "size": "tiny", "sector": "food",
    }  # fmt: skip
    assert list(whole.cases["Firm-Two"].attributes) == list(whole.cases["Firm-One"].attributes)
    assert whole.codes["ties"].definition == "who one knows"
    assert [one.name for one in whole.study.variables] == ["founded", "size", "sector"]
    again = merge(whole, changed)
    assert (again.snapshot, again.added, again.completed) == (whole, {}, {})
    write_project(whole, tmp_path / "out.qdpx")
    with zipfile.ZipFile(tmp_path / "out.qdpx") as made:
        root = etree.fromstring(made.read("project.qde"))
    names = {one.get("guid"): one.get("name") for one in root.iter() if one.get("guid")}
    sets = {one.get("name"): [names[member.get("targetGUID")] for member in one] for one in root.iter("{*}Set")}
    assert sets == {"First": ["trust", "ties"], "Second": ["A1"]}
    ends = [(names[one.get("originGUID")], names[one.get("targetGUID")]) for one in root.iter("{*}Link")]
    assert ends == [("trust", "ties"), ("Germany", "a client")]
    drawn = {
        one.get("name"): [names[each.get("representedGUID")] for each in one.iter("{*}Vertex")]
        for one in root.iter("{*}Graph")
    }
    assert drawn == {"Map": ["trust", "ties"], "Other map": []}


def test_guids_that_mean_other_things_in_the_new_export_do_not_mislead(tmp_path: Path) -> None:
    """The codes' GUIDs are swapped: what counts is the name."""
    study = read_project(export(tmp_path, "one")).snapshot
    with zipfile.ZipFile(tmp_path / "a.qdpx") as made:
        xml = made.read("project.qde").decode()
    mine, other = identity("onetrust"), identity("oneties")
    swapped = xml.replace(mine, "#").replace(other, mine).replace("#", other)
    merged = merge(study, read_project(saved(tmp_path, archive(swapped.encode()), "b.qdpx")).snapshot)
    assert merged.snapshot == study
    assert merged.added == {}


def test_a_graph_that_is_drawn_otherwise_stands_beside_the_first(tmp_path: Path) -> None:
    study = read_project(export(tmp_path, "one")).snapshot
    with zipfile.ZipFile(tmp_path / "a.qdpx") as made:
        xml = made.read("project.qde").decode()
    moved = saved(tmp_path, archive(xml.replace('firstX="3"', 'firstX="30"').encode()), "b.qdpx")
    merged = merge(study, read_project(moved).snapshot)
    assert merged.completed == {"graphs": 1}
    graphs = merged.snapshot.study.extra["refi"]["graphs"]
    assert len(graphs) == 2
    guids = [one.get("guid") for graph in graphs for one in etree.fromstring(graph).iter()]
    assert len(set(guids)) == len(guids), "the second has GUIDs of its own"


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
