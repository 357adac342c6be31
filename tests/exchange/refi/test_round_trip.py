"""What is written is valid, other readers find the words, and our own reader gives the whole study back."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

from crosscase.core import Case, Code, Coder, Coding, Memo, Quotation, Snapshot, Source, Study, Table, Turn, Variable
from crosscase.core import text_hash as hashed
from crosscase.core.errors import InputError
from crosscase.exchange.refi import read_project, write_codebook, write_project
from exchange.refi.projects import archive, identity, project
from strategies import snapshots

NAMESPACE = "{urn:QDA-XML:project:1.0}"


@st.composite
def placed(draw: st.DrawFn) -> Snapshot:
    """A study whose quotations stand in their sources, where the texts are long enough."""
    snapshot = draw(snapshots())
    rows = []
    for one in snapshot.quotations:
        text = snapshot.texts.get(one.source, "")
        if text and draw(st.booleans()):
            start = draw(st.integers(0, len(text)))
            end = draw(st.integers(start, len(text)))
            one = replace(one, start=start, end=end, text=text[start:end], locator="")
        rows.append(one)
    return snapshot.replace(quotations=Table.of(Quotation, rows))


SLOWLY = settings(
    max_examples=15,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@SLOWLY
@given(placed())
def test_a_study_comes_back_as_it_was(tmp_path_factory, snapshot: Snapshot) -> None:
    path = tmp_path_factory.mktemp("out") / "a.qdpx"
    write_project(snapshot, path)
    read = read_project(path)
    assert read.basis == "own", read.warnings
    assert read.snapshot.study == snapshot.study
    assert read.snapshot.texts == snapshot.texts
    for name in snapshot.counts():
        assert list(read.snapshot.table(name)) == list(snapshot.table(name)), name


@SLOWLY
@given(placed())
def test_the_standards_part_alone_holds_codes_words_and_codings(tmp_path_factory, snapshot: Snapshot) -> None:
    """Without our side files, as another program would see it."""
    folder = tmp_path_factory.mktemp("out")
    write_project(snapshot, folder / "a.qdpx")
    data = without_side(folder / "a.qdpx")
    (folder / "b.qdpx").write_bytes(data)
    read = read_project(folder / "b.qdpx")
    assert read.basis == "standard"
    other = read.snapshot
    assert len(other.codes) == len(snapshot.codes)
    assert sorted(map(str, texts_of(other))) == sorted(map(str, texts_of(snapshot)))
    assert codings_of(other) == codings_of(snapshot)


def codings_of(snapshot: Snapshot) -> list[tuple[str, str]]:
    """The codings that have words: the words and the name of the code as XML can hold it, for what can be written."""
    found = []
    for coding in snapshot.codings:
        quotation, code = snapshot.quotations[coding.quotation], snapshot.codes[coding.code]
        if quotation.start is not None:
            name = "".join(one if one >= " " or one in "\t\n\r" else "\ufffd" for one in code.name) or code.id
            found.append((quotation.text, name.replace("\uffff", "\ufffd").replace("\ufffe", "\ufffd")))
    return sorted(found)


def texts_of(snapshot: Snapshot) -> list[str]:
    return [snapshot.texts[one.id] for one in snapshot.sources if one.id in snapshot.texts]


def without_side(path: Path) -> bytes:
    with zipfile.ZipFile(path) as read:
        members = {name: read.read(name) for name in read.namelist() if not name.startswith("crosscase/")}
    return archive(members.pop("project.qde"), members)


@pytest.fixture(scope="module")
def schema(shared: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(shared / "standards" / "refi-qda" / "Project.xsd")))


@SLOWLY
@given(snapshot=placed())
def test_what_is_written_is_valid(tmp_path_factory, schema: etree.XMLSchema, snapshot: Snapshot) -> None:
    path = tmp_path_factory.mktemp("out") / "a.qdpx"
    write_project(snapshot, path)
    with zipfile.ZipFile(path) as made:
        root = etree.fromstring(made.read("project.qde"))
    assert schema.validate(root), schema.error_log


@settings(SLOWLY, max_examples=6)
@given(snapshot=snapshots().filter(lambda one: len(one.codes)))
def test_a_written_codebook_is_valid(tmp_path_factory, shared: Path, snapshot: Snapshot) -> None:
    schema = etree.XMLSchema(etree.parse(str(shared / "standards" / "refi-qda" / "Codebook.xsd")))
    data = write_codebook(snapshot)
    assert schema.validate(etree.fromstring(data)), schema.error_log
    path = tmp_path_factory.mktemp("out") / "a.qdc"
    path.write_bytes(data)
    assert len(read_project(path).snapshot.codes) == len(snapshot.codes)


TEXT = "We trusted him. 😀\r\nHe knew Germany – and the fairs."


def study() -> Snapshot:
    """A study with a bit of everything that the standard can hold, with codings written by hand."""
    codes = [
        Code("ties", "Ties", level="dimension", definition="What links the firm", colour="#aa0000"),
        Code("trust", "Trust", "ties", level="theme", include="stated trust"),
        Code("trust-2", "Trust", "", definition="Another code of the same name"),
        Code("knows", "Knows the market", "trust", level="concept"),
    ]
    quotations = [
        Quotation("q1", "A1", 3, 10, "trusted"),
        Quotation("q2", "A1", 19, 34, "He knew Germany", case="F1"),
        Quotation("q3", "A1", 37, 50, "and the fairs", extra={"name": "a name of its own"}),
        Quotation("q4", "P1", locator="page 2, region 1,2,30,40", extra={"region": "1,2,30,40", "page": "2"}),
        Quotation("q5", "V1", 0, 5, "Hello"),
        Quotation("q6", "V1", locator="time 0:01.000–0:02.500", extra={"time": "1000,2500"}),
        Quotation("q7", "A1", locator="table 3"),
    ]
    codings = [
        Coding("c1", "q1", "trust", "ann", note="stated outright"),
        Coding("c2", "q2", "knows", "ann"),
        Coding("c3", "q2", "trust-2", "bob"),
        Coding("c4", "q4", "knows", "bob"),
        Coding("c5", "q5", "knows"),
        Coding("c6", "q6", "trust"),
        Coding("c7", "q7", "trust"),
    ]
    texts = {"A1": TEXT, "P1": "A page.", "V1": "Hello and goodbye"}
    return Snapshot.of(
        Study(
            "Ties abroad", variables=(Variable("founded", "year"), Variable("sector"), Variable("exports", "boolean"))
        ),
        texts=texts,
        cases=[
            Case("F1", {"founded": "2001", "sector": "IT & more", "exports": "true"}),
            Case("F2", {"founded": "", "sector": "food", "exports": "perhaps"}),
        ],
        sources=[
            Source(
                "A1",
                "A1.txt",
                case="F1",
                title="Interview A1",
                hash=hashed(TEXT),
                extra={"medium": "", "variable.wave": "2"},
            ),
            Source(
                "P1", "P1.txt", title="A report", hash=hashed(texts["P1"]), original="P1.pdf", extra={"medium": "pdf"}
            ),
            Source("V1", "V1.txt", title="A film", hash=hashed(texts["V1"]), extra={"medium": "video"}),
        ],
        turns=[Turn("V1", 1, 0, 10, time=0.0), Turn("V1", 2, 10, 17, time=2.5)],
        codes=codes,
        coders=[Coder("ann", "Ann B."), Coder("bob", "Bob")],
        quotations=quotations,
        codings=codings,
        memos=[
            Memo("m1", "codes", "trust", title="On trust", text="Line one\r\nline two", author="ann"),
            Memo("m2", "cases", "F1", title="The firm", text="It moved."),
            Memo("m3", "quotations", "q3", text="why?"),
            Memo("m4", "", "", text="about the whole"),
        ],
    ).replace(originals={"P1": b"%PDF-1.4 no real one"})


def test_everything_that_the_standard_can_hold(tmp_path: Path, schema: etree.XMLSchema) -> None:
    write_project(study(), tmp_path / "a.qdpx")
    with zipfile.ZipFile(tmp_path / "a.qdpx") as made:
        root = etree.fromstring(made.read("project.qde"))
        names = made.namelist()
    assert schema.validate(root), schema.error_log
    assert not [name for name in names if name.startswith("crosscase/sources/")], "the texts are stored once"


def test_what_other_programs_see(tmp_path: Path) -> None:
    write_project(study(), tmp_path / "a.qdpx")
    (tmp_path / "b.qdpx").write_bytes(without_side(tmp_path / "a.qdpx"))
    read = read_project(tmp_path / "b.qdpx")
    other = read.snapshot
    assert [other.code_path(one.id) for one in other.codes] == [
        ("Ties",), ("Ties", "Trust"), ("Ties", "Trust", "Knows the market"), ("Trust",),
    ]  # fmt: skip
    assert {one.name: one.level for one in other.codes} == {
        "Ties": "dimension", "Trust": "free", "Knows the market": "concept",
    }  # fmt: skip
    assert [one.level for one in other.codes if one.name == "Trust"] == ["theme", "free"]
    assert other.codes["Ties"].extra["codable"] == "no"
    words = {(other.quotations[one.quotation].text, other.codes[one.code].name, one.coder) for one in other.codings}
    assert words == {
        ("trusted", "Trust", "Ann-B"),
        ("He knew Germany", "Knows the market", "Ann-B"),
        ("He knew Germany", "Trust", "Bob"),
        ("", "Knows the market", "Bob"),
        ("Hello", "Knows the market", ""),
        ("", "Trust", ""),
    }
    assert other.cases["F1"].attributes == {"founded": "2001", "sector": "IT & more", "exports": "true"}
    assert other.study.variable("founded").type == "integer"
    assert other.study.variable("exports").type == "text", "a value that is no boolean makes it a text"
    by_title = {one.title: one for one in other.sources}
    assert by_title["Interview A1"].case == "F1"
    assert by_title["Interview A1"].extra["variable.wave"] == "2"
    assert other.originals[by_title["A report"].id] == b"%PDF-1.4 no real one"
    assert [(one.start, one.end, one.time) for one in other.turns] == [(0, 10, 0.0), (10, 17, 2.5)]
    locators = {one.locator for one in other.quotations if one.locator}
    assert locators == {"page 2, region 1,2,30,40", "time 0:01.000–0:02.500", "the whole source"}
    memos = {(one.title, one.text, one.about_kind) for one in other.memos}
    assert ("On trust", "Line one\r\nline two", "codes") in memos
    assert ("The firm", "It moved.", "cases") in memos
    assert ("", "why?", "quotations") in memos
    assert ("", "about the whole", "") in memos
    assert ("Locator", "table 3", "codings") in memos
    assert ("Note", "stated outright", "codings") in memos


def test_an_independent_reader_finds_the_codes_and_the_words(tmp_path: Path) -> None:
    pyrefiqda = pytest.importorskip("pyrefiqda")
    write_project(study(), tmp_path / "a.qdpx")
    project = pyrefiqda.RefiProject.load(tmp_path / "a.qdpx", extract_dir=str(tmp_path / "out"))
    (source,) = project.sources.text_source
    text = (tmp_path / "out" / "sources" / source.plain_text_path.removeprefix("internal://")).read_bytes().decode()
    assert [text[one.start_position : one.end_position] for one in source.plain_text_selection] == [
        "trusted", "He knew Germany", "and the fairs",
    ]  # fmt: skip
    assert [one.name for one in project.code_book.codes.code] == ["Ties", "Trust"]
    assert [case.name for case in project.cases.case] == ["F1", "F2"]


def test_a_memo_about_several_things_comes_back(tmp_path: Path) -> None:
    note = identity("note")
    codes = "".join(
        f'<Code guid="{identity(name)}" name="{name}" isCodable="true"><NoteRef targetGUID="{note}"/></Code>'
        for name in ("trust", "ties")
    )
    notes = f'<Notes><Note guid="{note}" name="On both"><PlainTextContent>both</PlainTextContent></Note></Notes>'
    (tmp_path / "a.qde").write_bytes(project(f"<CodeBook><Codes>{codes}</Codes></CodeBook>", notes))
    study = read_project(tmp_path / "a.qde").snapshot
    assert (study.memos[0].about, study.memos[0].extra["also_about"]) == ("trust", "codes ties")
    write_project(study, tmp_path / "b.qdpx")
    again = read_project(tmp_path / "b.qdpx")
    assert again.basis == "own", again.warnings
    assert list(again.snapshot.memos) == list(study.memos)


def test_a_project_that_another_program_changed_is_read_by_the_standard(tmp_path: Path) -> None:
    write_project(study(), tmp_path / "a.qdpx")
    with zipfile.ZipFile(tmp_path / "a.qdpx") as made:
        members = {name: made.read(name) for name in made.namelist()}
    changed = members.pop("project.qde").replace(b"Ties abroad", b"Ties at home")
    (tmp_path / "b.qdpx").write_bytes(archive(changed, members))
    read = read_project(tmp_path / "b.qdpx")
    assert (read.basis, read.snapshot.study.title) == ("standard", "Ties at home")
    assert any("changed after Crosscase wrote it" in one for one in read.warnings)
    assert read.dropped["side files of another version of the project"]


def test_the_same_study_gives_the_same_bytes(tmp_path: Path) -> None:
    write_project(study(), tmp_path / "a.qdpx")
    write_project(study(), tmp_path / "b.qdpx")
    assert (tmp_path / "a.qdpx").read_bytes() == (tmp_path / "b.qdpx").read_bytes()


def test_a_codebook_without_codes_is_refused() -> None:
    with pytest.raises(InputError, match="no codes"):
        write_codebook(Snapshot())


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="could not be written"):
        write_project(Snapshot(), tmp_path / "missing" / "a.qdpx")


def test_an_empty_study_is_a_valid_project(tmp_path: Path, schema: etree.XMLSchema) -> None:
    write_project(Snapshot(), tmp_path / "a.qdpx")
    with zipfile.ZipFile(tmp_path / "a.qdpx") as made:
        assert schema.validate(etree.parse(io.BytesIO(made.read("project.qde"))))
    assert read_project(tmp_path / "a.qdpx").snapshot == Snapshot()
