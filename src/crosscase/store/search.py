"""Full-text search over sources, memos and the codebook.

A query is words, "phrases" and beginnings* with a star, all of which must stand in the same passage (a paragraph; see
:mod:`crosscase.store.words` for what a word is).  Every place where one of them stands is a hit with its exact offsets.
The database finds the passages; the places in them are found here, so both databases give the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from crosscase.core.errors import ExpressionError, InputError, NotFoundError
from crosscase.store.index import ROOM, SEARCHED, study_word
from crosscase.store.schema import ROWS, passages, texts
from crosscase.store.words import is_latin, places, spellings, words

#: Code points of context on each side of a hit.
CONTEXT = 60

#: The most hits that can be asked for.
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a word or phrase of the query stands.

    ``kind`` is ``sources``, ``memos`` or ``codes`` and ``id`` the row; ``start`` and ``end`` (code points, end exclusive)
    are offsets in its ``field``, for a source in its text.  ``rank`` counts the hits from 1 in the order in which the
    texts were entered.
    """

    kind: str
    id: str
    field: str
    start: int
    end: int
    before: str
    text: str
    after: str
    rank: int

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase of one or more words; of the last one only the beginning when ``prefix`` is set."""

    words: tuple[str, ...]
    prefix: bool


def parse(query: str) -> tuple[Term, ...]:
    """The terms of a query; ExpressionError or InputError when it cannot be read.

    >>> parse('market "born glob*"')
    (Term(words=('market',), prefix=False), Term(words=('born', 'glob'), prefix=True))
    """
    terms = []
    for found in re.finditer(r'"(?P<phrase>[^"]*)(?P<end>"\*?|$)|(?P<words>[^\s"]+)', query):
        text = found["words"] or found["phrase"] or ""
        if found["end"] == "":
            raise ExpressionError("a quotation mark is not closed", query, found.start(), mend='write "two words"')
        prefix = text.endswith("*") or found["end"] == '"*'
        body = text.removesuffix("*")
        if "*" in body:
            place = found.start() + found.group().index("*")
            raise ExpressionError("a star stands at the end of a word only", query, place, mend="write beginning*")
        folded = tuple(words(body))
        if folded:
            terms.append(Term(folded, prefix))
        elif prefix:
            raise ExpressionError("there is nothing before the star", query, found.start(), mend="write beginning*")
    if not terms:
        raise InputError(f"the query '{query}' holds no word", mend='write words, a "phrase" or beginning*')
    return tuple(dict.fromkeys(terms))


def search(connection: sa.Connection, key: int, query: str, kinds: Sequence[str], limit: int) -> list[Hit]:
    """The first ``limit`` hits in a study."""
    terms = parse(query)
    for kind in kinds:
        if kind not in SEARCHED:
            raise NotFoundError("kind of text", kind, SEARCHED)
    if not 1 <= limit <= MOST:
        raise InputError(f"{limit} hits were asked for", mend=f"ask for 1 to {MOST}")
    # Passages overlap, so the same hit can be in two of them, and never in three.
    found = connection.execute(_candidates(connection.dialect.name, key, terms, kinds, 2 * limit)).all()
    hits: dict[tuple[str, str, str, int, int], Hit] = {}
    for portion in (found[:limit], found[limit:]):
        whole = _texts(connection, key, portion)
        for kind, row, field, start, end in portion:
            text = whole[kind, row, field]
            for first, last in _matches(text[start:end], terms):
                place = (kind, row, field, start + first, start + last)
                if place not in hits:
                    hits[place] = _hit(place, text, len(hits) + 1)
                    if len(hits) == limit:
                        return list(hits.values())
    return list(hits.values())


def _hit(place: tuple[str, str, str, int, int], text: str, rank: int) -> Hit:
    start, end = place[3:]
    return Hit(*place, text[max(0, start - CONTEXT) : start], text[start:end], text[end : end + CONTEXT], rank)


def _candidates(dialect: str, key: int, terms: Sequence[Term], kinds: Sequence[str], limit: int) -> sa.Select[Any]:
    """The passages in which all terms stand, in the order of their entry."""
    columns = (passages.c.kind, passages.c.row, passages.c.field, passages.c.start, passages.c.end)
    if dialect == "sqlite":
        found = sa.table("passage_words", sa.column("rowid"), sa.column("words"))
        id = found.c.rowid
        matching: sa.ColumnElement[bool] = found.c.words.op("MATCH")(_fts5(terms)) & id.between(
            key * ROOM, (key + 1) * ROOM - 1
        )
    else:
        found = sa.table("passage_words", sa.column("passage"), sa.column("words"))
        id = found.c.passage
        matching = found.c.words.op("@@")(sa.cast(_tsquery(key, terms), _TsQuery))
    joined = found.join(passages, passages.c.id == id)
    return sa.select(*columns).select_from(joined).where(matching, passages.c.kind.in_(kinds)).order_by(id).limit(limit)


class _TsQuery(sa.types.UserDefinedType[str]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "tsquery"


def _fts5(terms: Sequence[Term]) -> str:
    """The terms in FTS5's language.  A word holds no quote, so nothing of the query is read as syntax."""
    return " AND ".join(f'"{" ".join(term.words)}"' + ("*" if term.prefix else "") for term in terms)


def _tsquery(key: int, terms: Sequence[Term]) -> str:
    phrases = (" <-> ".join(f"'{word}'" for word in term.words) + (":*" if term.prefix else "") for term in terms)
    return " & ".join([f"'{study_word(key)}'", *(f"({phrase})" for phrase in phrases)])


def _texts(connection: sa.Connection, key: int, found: Sequence[sa.Row[Any]]) -> dict[tuple[str, str, str], str]:
    """The texts in which the passages are."""
    wanted: dict[str, set[str]] = {}
    for passage in found:
        wanted.setdefault(passage.kind, set()).add(passage.row)
    whole = {}
    for kind, rows in wanted.items():
        table, id = (texts, texts.c.source) if kind == "sources" else (ROWS[kind], ROWS[kind].c.id)
        fields = SEARCHED[kind]
        statement = sa.select(id, *(table.c[field] for field in fields)).where(table.c.study_key == key, id.in_(rows))
        for values in connection.execute(statement):
            whole.update({(kind, values[0], field): value for field, value in zip(fields, values[1:], strict=True)})
    return whole


def _matches(text: str, terms: Sequence[Term]) -> Iterator[tuple[int, int]]:
    """Where in a passage the terms stand, in the order of the text."""
    if is_latin(text):
        yield from sorted({found.span(1) for term in terms for found in _pattern(term).finditer(text)})
    else:
        yield from _matches_of_words(text, terms)


@lru_cache(maxsize=256)
def _pattern(term: Term) -> re.Pattern[str]:
    """What finds a term in a text in Latin letters, where words are runs of letters and digits; also where finds overlap."""
    letters = (map(spellings, word) for word in term.words)
    inner = r"[\W_]+".join(map("".join, letters)) + (r"[^\W_]*" if term.prefix else "")
    if len(term.words) == 1:
        return re.compile(rf"(?<![^\W_])({inner})(?![^\W_])")
    return re.compile(rf"(?<![^\W_])(?=({inner})(?![^\W_]))")


def _matches_of_words(text: str, terms: Sequence[Term]) -> Iterator[tuple[int, int]]:
    """As :func:`_matches`, word by word: for any script."""
    found = list(places(text))
    spans: set[tuple[int, int]] = set()
    for term in terms:
        *most, last = term.words
        if not most:
            spans |= {place[1:] for place in found if place[0] == last or (term.prefix and place[0].startswith(last))}
            continue
        for first in range(len(found) - len(most)):
            run = found[first : first + len(term.words)]
            ends = run[-1][0].startswith(last) if term.prefix else run[-1][0] == last
            if ends and [word for word, *_ in run[:-1]] == most:
                spans.add((run[0][1], run[-1][2]))
    yield from sorted(spans)
