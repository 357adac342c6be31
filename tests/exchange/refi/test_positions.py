"""However a program counts positions, its codings come out on the right words, or it is said that this is not clear."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscase.core.errors import InputError, NotFoundError
from crosscase.exchange.refi import read_project
from crosscase.exchange.refi.choosing import UnclearPositions, choose, doubts
from crosscase.exchange.refi.edges import EDGE, INSIDE, Edges
from crosscase.exchange.refi.positions import (
    CONVENTIONS,
    STANDARD,
    Convention,
    Ruler,
    Selection,
    Selections,
    convention,
)
from exchange.refi.projects import archive, codebook, counted, project, saved, selection, sources, text_source

LINES = (
    "Interviewer: How did you begin? 😀",
    "Founder: We knew nobody in Germany, so we asked a client 🦊 whom we trusted.",
    "He brought us to a fair in Hannover, and that was our first order.",
    "",
    "Interviewer: And after that? 👍",
    "Founder: The bank did not understand what we do. So we grew with what we earned.",
)
PHRASES = ("We knew nobody in Germany", "a client", "a fair in Hannover", "our first order", "what we earned.")


@pytest.mark.parametrize("mark", [False, True])
@pytest.mark.parametrize("line_end", [1, 2])
@pytest.mark.parametrize("units", ["code-points", "utf-16"])
@pytest.mark.parametrize("stored", ["\n", "\r\n"])
def test_every_way_of_counting_is_recognised(
    tmp_path: Path, stored: str, units: str, line_end: int, mark: bool
) -> None:
    text = stored.join(LINES)
    places = [(text.index(phrase), text.index(phrase) + len(phrase)) for phrase in PHRASES]
    marked = [
        selection(counted(text, start, units, line_end, mark), counted(text, end, units, line_end, mark))
        for start, end in places
    ]
    xml = project(codebook("trust"), sources(text_source("A1", "".join(marked))))
    data = archive(xml, {"sources/A1.txt": ("\ufeff" if mark else "").encode() + text.encode()})
    read = read_project(saved(tmp_path, data))
    assert [one.text for one in read.snapshot.quotations] == list(PHRASES)
    assert read.snapshot.texts["A1"] == text
    assert read.words == {"read": 5, "with_words": 5, "verified": 5}
    (choice,) = read.positions
    assert choice.convention.units == units
    assert choice.to_dict()["convention"]["line_end"] == line_end
    assert choice.convention.mark == mark
    assert choice.score > 0.9
    assert all(score < choice.score for _, score in choice.alternatives)


WORDS = ("we", "exported", "to", "Ghana", "😀", "fair,", "née", "trust.")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["code-points", "utf-16"]), st.sampled_from([1, 2]), st.booleans())
def test_a_choice_is_right_or_refused(seed: int, units: str, line_end: int, mark: bool) -> None:
    """Ten selections of whole words anywhere: all are placed on their words, or the source is refused."""
    random = Random(seed)
    lines = [" ".join(random.choice(WORDS) for _ in range(random.randint(3, 12))) for _ in range(12)]
    text = "\r\n".join(lines)
    words = [found.span() for found in re.finditer(r"\S+", text)]
    spans = []
    for first in (random.randrange(len(words)) for _ in range(10)):
        last = min(first + random.randrange(5), len(words) - 1)
        spans.append((words[first][0], words[last][1]))
    written = [Selection(*(counted(text, place, units, line_end, mark) for place in span)) for span in spans]
    try:
        choice = choose([Selections("A", text, written, mark=True)])["A"]
    except InputError:
        return
    ruler = Ruler(text, choice.convention)
    assert [ruler.span(one) for one in written] == spans


@settings(max_examples=200, deadline=None)
@given(st.text("ab é😀🦊\r\n", max_size=30), st.data())
def test_a_ruler_measures_what_counting_does(text: str, data: st.DataObject) -> None:
    """Against positions counted by encoding what stands before."""
    for one in CONVENTIONS:
        if "\r" in text.replace("\r\n", "") and one.line_ends == "two":
            continue
        place = data.draw(st.integers(0, len(text)))
        if text[place - 1 : place + 1] == "\r\n" and place:
            continue  # between CR and LF is nowhere when they are one
        width = {"as-stored": 0, "one": 1, "two": 2}[one.line_ends]
        assert Ruler(text, one).code_point(counted(text, place, one.units, width, one.mark)) == place


def test_a_name_that_repeats_the_words_decides() -> None:
    """Between words that look alike at their edges only the name can tell: CR LF before an even row of one-letter words."""
    text = "a b\r\nc d e f g h"
    named = [Selection(counted(text, 7, line_end=1), counted(text, 10, line_end=1), "d e")]
    choice = choose([Selections("A", text, named)])["A"]
    assert (choice.convention.line_ends, choice.named, choice.verified) == ("one", 1, 1)


def test_the_same_words_under_all_conventions_need_no_choice() -> None:
    choice = choose([Selections("A", "one two", [Selection(0, 3)])])["A"]
    assert (choice.convention, choice.basis, choice.alternatives) == (STANDARD, "alike", ())


def test_other_sources_of_the_project_decide_for_one_that_says_little() -> None:
    text = "\r\n".join(LINES)
    spans = [(text.index(phrase), text.index(phrase) + len(phrase)) for phrase in PHRASES]
    much = [Selection(*(counted(text, place, "utf-16", 1) for place in span)) for span in spans]
    little = "a b\r\nc d e f g h"
    chosen = choose([Selections("much", text, much), Selections("little", little, [Selection(6, 8)])])
    assert chosen["little"].convention.line_ends == "one"
    assert (chosen["much"].basis, chosen["little"].basis) == ("own", "project")


def test_careless_selections_of_one_source_do_not_outweigh_the_project() -> None:
    """Two selections that begin a letter late look like another way of counting; twenty elsewhere know better."""
    text = "\r\n".join(LINES)
    words = [found.span() for found in re.finditer(r"\w+", text)]
    good = [Selection(*(counted(text, place, "utf-16", 2) for place in span)) for span in words[20:60:2]]
    late = [
        Selection(*(counted(text, place, "utf-16", 2) for place in (start + 1, end))) for start, end in words[30:34:2]
    ]
    chosen = choose([Selections("good", text, good, mark=True), Selections("late", text, late, mark=True)])
    assert chosen["late"].convention == chosen["good"].convention == Convention("utf-16")
    assert (chosen["good"].basis, chosen["late"].basis) == ("own", "project")


def test_the_way_of_a_known_program_decides_where_selections_do_not() -> None:
    text = "国内市场很小所以我们很早出口\r\n😀德国客户很重要他们介绍了新的客户\r\n后来我们去了美国"
    one = [Selection(counted(text, 17, "utf-16", 2), counted(text, 19, "utf-16", 2))]
    with pytest.raises(UnclearPositions):
        choose([Selections("A", text, one)], origin="Another program")
    choice = choose([Selections("A", text, one)], origin="NVivo 20.3")["A"]
    assert (choice.convention, choice.basis) == (Convention("utf-16"), "program")


def test_marks_on_letters_are_of_the_word() -> None:
    """Vowel signs are no letters to Unicode, and no edges to a reader."""
    text = "हम जर्मनी में किसी को नहीं जानते थे"
    assert Edges(text).of((3, 9)) == 2 * EDGE
    inside = Edges(text).of((5, 9))  # before the sign of the second letter
    assert inside == EDGE + INSIDE


#: What people select in: talk with pauses, from right to left, with emoji early, lines of a page, without spaces.
TALK = "Int: Uhm, how -- I mean, how did you begin?\nAna: Well ... we knew nobody, er, nobody in Germany (in 2009). He's brought us to a fair; 20% of sales!\n"
TEXTS = {
    "talk": TALK * 6,
    "emoji early": "😀 " + TALK * 3 + "👍🏽 yes. " + TALK * 3,
    "hebrew": "מראיין: איך התחלתם לייצא לחו״ל?\nמרואיין: 😀 לא הכרנו אף אחד בגרמניה, ולכן שאלנו לקוח שסמכנו עליו.\n" * 8,
    "page": "".join(f"{n} We asked a client whom we trusted and he brought us to the\nfair in Hanno-\nver that year 🦊.\n" for n in range(12)),
    "chinese": "访谈者：你们是怎么开始出口的？\n受访者：国内市场很小，😀所以我们很早就出口了。德国客户很重要，他们介绍了新的客户。\n" * 8,
}  # fmt: skip


@pytest.mark.parametrize("stored", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [False, True])
@pytest.mark.parametrize("line_end", [1, 2])
@pytest.mark.parametrize("units", ["code-points", "utf-16"])
@pytest.mark.parametrize("name", TEXTS)
def test_a_person_selecting_carelessly(name: str, units: str, line_end: int, mark: bool, stored: str) -> None:
    """Thirty selections of words, of which some begin inside a word: placed right, or refused.

    In scripts with spaces they are placed; without spaces too little may be told.
    """
    text = TEXTS[name].replace("\n", stored)
    random = Random(f"{name}{units}{line_end}{mark}{stored}")
    words = [found.span() for found in re.finditer(r"[^\s，。：？]+[.,!?，。]?" if name == "chinese" else r"\S+", text)]
    spans = []
    for first in (random.randrange(len(words)) for _ in range(30)):
        start, end = words[first][0], words[min(first + random.choice((0, 1, 3, 9)), len(words) - 1)][1]
        late = start + random.randint(1, 3) if random.random() < 0.15 else start
        spans.append((min(late, end - 1), end))
    written = [Selection(*(counted(text, place, units, line_end, mark) for place in span)) for span in spans]
    try:
        choice = choose([Selections("A", text, written, mark=mark)])["A"]
    except UnclearPositions:
        assert name == "chinese"
        return
    ruler = Ruler(text, choice.convention)
    assert [ruler.span(one) for one in written] == spans


def test_all_sources_that_are_not_clear_are_listed_with_the_words_of_each_way() -> None:
    text = "国内市场很小所以我们很早出口\r\n😀德国客户很重要他们介绍了新的客户\r\n后来我们去了美国"
    one = [Selection(20, 22)]
    with pytest.raises(UnclearPositions, match="nor those of 1 more") as caught:
        choose([Selections("A", text, one), Selections("B", text, one)])
    told = caught.value.to_dict()["positions"]
    assert [source["source"] for source in told] == ["A", "B"]
    ways = {way["convention"]: way["words"] for way in told[0]["alternatives"]}
    assert ways["code-points"] == [text[20:22]]
    assert ways["utf-16"] == [text[19:21]]


def test_a_named_way_that_hardly_fits_is_followed_and_doubted() -> None:
    text = "one two three four five six seven eight nine ten eleven twelve"
    written = [Selection(found.start() + 1, found.end() - 1) for found in re.finditer(r"\w{4,}", text)]
    chosen = choose([Selections("A", text, written)], STANDARD)
    assert chosen["A"].convention == STANDARD
    assert "hardly" in doubts(chosen)[0]


def test_what_is_not_clear_is_refused_with_the_alternatives_unless_named(tmp_path: Path) -> None:
    text = "国内市场很小所以我们很早出口\r\n😀德国客户很重要他们介绍了新的客户\r\n后来我们去了美国"
    start = text.index("德国")
    xml = project(codebook("trust"), sources(text_source("A1", selection(start, start + 2))))
    path = saved(tmp_path, archive(xml, {"sources/A1.txt": text.encode()}))
    with pytest.raises(InputError, match=r"not clear how the positions of its 1 selections are counted") as caught:
        read_project(path)
    assert "source A1" in caught.value.where
    assert "code-points (" in caught.value.what
    assert "utf-16 (" in caught.value.what
    read = read_project(path, positions="code-points")
    assert read.snapshot.quotations[0].text == "德国"
    assert read.positions[0].basis == "named"


def test_selections_that_fit_nowhere_are_refused() -> None:
    text = "internationalization " * 30
    middle = [Selection(place + 5, place + 12) for place in range(0, 420, 21)]
    with pytest.raises(InputError, match="not clear"):
        choose([Selections("A", text.replace(" ", "\n", 3), middle)])


def test_names_of_conventions() -> None:
    assert [one.name for one in CONVENTIONS[:3]] == ["code-points", "utf-16", "code-points/one"]
    assert convention("utf-16/two/mark") == Convention("utf-16", "two", True)
    with pytest.raises(NotFoundError, match="code-points"):
        convention("bytes")
