"""The same query gives the same hits on SQLite and PostgreSQL, with exact offsets."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscase.core import Code, Memo, Snapshot
from crosscase.core.errors import ExpressionError, InputError, NotFoundError
from crosscase.store import Store
from crosscase.store.search import _fts5, _matches, _matches_of_words, _tsquery, parse
from crosscase.store.words import LONGEST, is_latin, passages, places, words

ANNA = (
    "We were born global, Anna said.  The market entry\r\ncame early; don't ask why.\n\n"
    "In München the NAÏVE cafe\u0301 owner 𝒐𝒌 wrote an e-mail: “Exports, exporters, exporting!”\n \n"
    "第一个市场是德国。 C++ & 100% of R&D; inter\u00adnational straße Ελλάδα Привет\n"
)
BEN = "Born in Graz. Global markets were far away. The entry was late."


@pytest.fixture
def study(store: Store) -> str:
    snapshot = Snapshot.of(
        texts={"anna": ANNA, "ben": BEN, "empty": ""},
        codes=[Code("c1", "Market knowledge", definition="What they knew; 100% sure"), Code("c2", "Born global")],
        memos=[Memo("m1", title="On markets", text="A market is a market.")],
    )
    return store.save_snapshot(snapshot, "ana", "import")


#: Query -> the hits in sources.
EXPECTED = {
    "graz": ["ben:Graz"],
    "GRAZ,": ["ben:Graz"],
    '"born global"': ["anna:born global"],
    '"Born   GLOBAL"': ["anna:born global"],
    "born global": ["anna:born", "anna:global", "ben:Born", "ben:Global"],
    '"global born"': [],
    "born munchen": [],
    "export*": ["anna:Exports", "anna:exporters", "anna:exporting"],
    "export": [],
    '"born glob*"': ["anna:born global"],
    '"born glob"*': ["anna:born global"],
    "naive": ["anna:NAÏVE"],
    "münchen": ["anna:München"],
    "café": ["anna:cafe\u0301"],
    "ok": ["anna:𝒐𝒌"],
    "strasse": ["anna:straße"],
    "international": ["anna:inter\u00adnational"],
    "ελλαδα": ["anna:Ελλάδα"],
    "привет": ["anna:Привет"],
    "e-mail": ["anna:e-mail"],
    "don't": ["anna:don't"],
    "'anna'": ["anna:Anna"],
    "市场": ["anna:市场"],
    "第一个市场是德国": ["anna:第一个市场是德国"],
    "国德": [],
    '"entry came"': ["anna:entry\r\ncame"],
    "100%": ["anna:100"],
    "'; DROP TABLE texts; --": [],
    "graz' OR '1'='1": [],
    "graz OR anna": [],
    "graz\\": ["ben:Graz"],
    "words:graz": [],
    "^graz": ["ben:Graz"],
    "-graz": ["ben:Graz"],
    "graz & !(x) | <-> :": [],
}


def test_hits_in_sources(store: Store, study: str) -> None:
    found = {query: store.search(study, query, kinds=("sources",)) for query in EXPECTED}
    assert {query: [f"{hit.id}:{hit.text}" for hit in hits] for query, hits in found.items()} == EXPECTED
    for hits in found.values():
        assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
        for hit in hits:
            text = {"anna": ANNA, "ben": BEN}[hit.id]
            assert text[hit.start : hit.end] == hit.text
            assert text[: hit.start].endswith(hit.before)
            assert text[hit.end :].startswith(hit.after)


def test_memos_and_codes_are_searched_by_field(store: Store, study: str) -> None:
    hits = store.search(study, "market*", kinds=("memos", "codes"))
    found = sorted((hit.kind, hit.id, hit.field, hit.start, hit.end) for hit in hits)
    assert found == [
        ("codes", "c1", "name", 0, 6),
        ("memos", "m1", "text", 2, 8),
        ("memos", "m1", "text", 14, 20),
        ("memos", "m1", "title", 3, 10),
    ]


@pytest.mark.parametrize("query", ["", "  ", "…!", '"', 'a "b', "*", "a*b", "*a", '"" ""'])
def test_a_query_that_cannot_be_read_is_refused(query: str) -> None:
    with pytest.raises(InputError):
        parse(query)


def test_a_query_that_does_not_parse_shows_where(store: Store, study: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        store.search(study, 'market "entry')
    assert str(caught.value).endswith('\n  market "entry\n         ^')


def test_unknown_kinds_and_limits_are_refused(store: Store, study: str) -> None:
    with pytest.raises(NotFoundError, match="kind of text"):
        store.search(study, "a", kinds=("cases",))
    with pytest.raises(InputError, match="0 hits"):
        store.search(study, "a", limit=0)


def test_the_limit_counts_hits(store: Store, study: str) -> None:
    assert len(store.search(study, "market", limit=2)) == 2


def test_changes_are_found_at_once(store: Store, study: str) -> None:
    with store.write(study, who="ana", what="edit") as change:
        change.update("codes", "c2", name="Early exporter")
        change.update("codes", "c2", definition="late")
        change.delete("memos", ["m1"])
        change.insert("memos", [Memo("m2", text="zebra")])
        change.update("memos", "m2", text="okapi")
        change.set_text("ben", "Now in Wien.")
        change.set_text("anna", None)
    assert [hit.id for hit in store.search(study, "exporter")] == ["c2"]
    assert [hit.id for hit in store.search(study, "okapi")] == ["m2"]
    assert [hit.id for hit in store.search(study, "wien")] == ["ben"]
    for gone in ("graz", "zebra", '"born global"', "exporting"):
        assert store.search(study, gone) == []


def test_one_study_is_searched(store: Store, study: str) -> None:
    other = store.save_snapshot(Snapshot.of(texts={"x": "graz graz"}), "bo", "import")
    assert [hit.id for hit in store.search(other, "graz")] == ["x", "x"]
    assert [hit.id for hit in store.search(study, "graz")] == ["ben"]


def test_a_phrase_across_the_cut_of_a_long_paragraph_is_found_once(store: Store) -> None:
    filler = "lorem " * (LONGEST // 6 - 2)
    text = filler + "needle in the haystack " + filler * 3
    study = store.save_snapshot(Snapshot.of(texts={"s": text}), "ana", "import")
    hits = store.search(study, '"needle in the haystack"')
    assert [(hit.start, hit.end) for hit in hits] == [(len(filler), len(filler) + 22)]


@given(st.text())
def test_the_words_of_the_passages_are_those_of_the_text(text: str) -> None:
    ends = [0]
    for start, end in passages(text):
        assert start >= ends[-1]
        assert end > start
        assert words(text[start:end]) == [word for word, *_ in places(text[start:end])]
        ends.append(end)
    assert [word for start, end in passages(text) for word in words(text[start:end])] == words(text)


@settings(max_examples=30)
@given(st.text(alphabet="ab \n市é", min_size=LONGEST, max_size=LONGEST * 4))
def test_long_paragraphs_are_covered_and_cut_between_words(text: str) -> None:
    reached = 0
    spans = set()
    for start, end in passages(text):
        assert end - start <= LONGEST
        assert not text[reached:start].strip()
        spans |= {(start + first, start + last) for _, first, last in places(text[start:end])}
        reached = max(reached, end)
    # A word longer than the overlap may be cut; all others are found whole.
    assert {(first, last) for _, first, last in places(text) if last - first < 70} <= spans


def test_every_word_is_kept_whole_by_both_databases(store: Store) -> None:
    """Characters that a database's own parser would divide, change or refuse."""
    text = " ".join(["½", "⑴", "ﷺ", "x²", "ﬁrm", "１２", "𝟜", "İstanbul", "हिन्दी", "ไทย", "한국", "\u0345", "ª"])
    study = store.save_snapshot(Snapshot.of(texts={"s": text}), "ana", "import")
    for word in text.split():
        assert [hit.text for hit in store.search(study, word)] == [word], word


@given(st.text(max_size=30))
def test_no_query_breaks_the_search(query: str) -> None:
    try:
        terms = parse(query)
    except InputError:
        return
    assert _fts5(terms).count('"') == 2 * len(terms)
    assert _tsquery(1, terms).count("'") == 2 * (1 + sum(len(term.words) for term in terms))
    assert "\\" not in _tsquery(1, terms)


@given(
    st.text("abBC19_-.’“éÉ…ßµſ² \n'", max_size=25),
    st.sampled_from(["a", "b*", "a a", '"a a"', '"a b*"', '"a b a" c', "B1*", "e", "ss", "s*", '"a_b"', '"é b"', "2"]),
)
def test_texts_in_latin_letters_are_searched_with_a_pattern_and_have_the_same_hits(text: str, query: str) -> None:
    terms = parse(query)
    assert list(_matches(text, terms)) == list(_matches_of_words(text, terms))


def test_what_stands_for_a_letter_is_what_is_folded_to_it() -> None:
    for letter in map(chr, range(0x300)):
        for text in (letter, f"x{letter}y"):
            for word in words(text):
                assert list(_matches(text, parse(word))) == list(_matches_of_words(text, parse(word))), text


def test_what_a_latin_text_may_hold_of_other_signs_is_in_no_word() -> None:
    for sign in map(chr, range(0x300, 0x10000)):
        if is_latin(sign):
            assert words(f"x{sign}y") == ["x", "y"], hex(ord(sign))
