"""The small language in which quotations are asked for.

::

    code:chance and not case:F1
    (code:fair or code:association) and role:founder and founded >= 2003
    only:chance by ana and text:"price list"
    code:chance overlaps code:fair
    code:chance near/2 code:fair and not mark:proof
    anything overlaps code:fair

A word before a colon asks for something of the passage (:data:`FIELDS`); a comparison asks for a variable, a measure or a
figure of its case.  ``by`` names the coder who gave the code.  ``overlaps`` and ``near/n`` bind closer than ``not``,
``not`` closer than ``and``, ``and`` closer than ``or``; two parts side by side are joined by ``and``.

This module reads and writes queries; what they find is said in :mod:`crosscase.evidence.retrieval.passages`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crosscase.core.conditions import Condition
from crosscase.core.errors import ExpressionError
from crosscase.core.expressions import DEEPEST

#: What can be asked of a passage: the word before the colon -> what it is.
FIELDS = {
    "code": "a code or one under it: id, or name when only one code has it",
    "only": "a code itself, without those under it",
    "coder": "somebody who gave it any code",
    "case": "the case",
    "source": "the source",
    "kind": "the kind of source",
    "speaker": "the participant who speaks",
    "role": "the role of who speaks",
    "mark": "power, proof, or none",
    "text": "words in it, large or small letters alike",
}

#: The farthest two passages may be apart in paragraphs.
FARTHEST = 1000


@dataclass(frozen=True, slots=True)
class Coded:
    """Given a code (``below``: or one under it; empty: any) by a coder (empty: by anybody)."""

    code: str = ""
    below: bool = True
    coder: str = ""

    def __str__(self) -> str:
        if not self.code:
            return f"coder:{quoted(self.coder)}"
        by = f" by {quoted(self.coder)}" if self.coder else ""
        return f"{'code' if self.below else 'only'}:{quoted(self.code)}{by}"


@dataclass(frozen=True, slots=True)
class Has:
    """``field`` is one of :data:`FIELDS` other than code, only and coder."""

    field: str
    value: str

    def __str__(self) -> str:
        return f"{self.field}:{quoted(self.value)}"


@dataclass(frozen=True, slots=True)
class Where:
    """A comparison over the case: a variable, a measure or a figure on record.  What is not known does not fit."""

    comparison: str

    def __str__(self) -> str:
        return self.comparison


@dataclass(frozen=True, slots=True)
class Not:
    one: Query

    def __str__(self) -> str:
        return f"not {_inside(self.one, Not)}"


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Query, ...]

    def __str__(self) -> str:
        return " and ".join(_inside(one, And) for one in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Query, ...]

    def __str__(self) -> str:
        return " or ".join(_inside(one, Or) for one in self.parts)


@dataclass(frozen=True, slots=True)
class Beside:
    """Passages that fit ``one`` and stand beside a passage that fits ``other``.

    ``within`` is how many paragraphs on the other may stand (0: a paragraph in common); ``None``: they share words.
    """

    one: Query
    other: Query
    within: int | None = None

    def __str__(self) -> str:
        word = "overlaps" if self.within is None else f"near/{self.within}"
        other = f"({self.other})" if isinstance(self.other, Beside) else _inside(self.other, Beside)
        return f"{_inside(self.one, Beside)} {word} {other}"


@dataclass(frozen=True, slots=True)
class Everything:
    """Every passage: the empty text, or ``anything`` inside a query."""

    def __str__(self) -> str:
        return "anything"


Query = Coded | Has | Where | Not | And | Or | Beside | Everything

_BINDS: dict[type, int] = {Or: 1, And: 2, Not: 3, Beside: 4}


def _inside(one: Query, outer: type) -> str:
    """A part in its place, in parentheses when it binds less close than what it stands in."""
    inner = _BINDS.get(type(one), 5)
    within = _BINDS[outer]
    same = inner == within and outer in (And, Or)
    return f"({one})" if inner < within or same else str(one)


def quoted(value: str) -> str:
    """A value as the language writes it.

    >>> quoted("F1"), quoted("price list")
    ('F1', '"price list"')
    """
    plain = re.fullmatch(r"[^\s\"():<>=!,{}]+", value) and value.casefold() not in _WORDS
    return value if plain else '"' + value.replace('"', '""') + '"'


def joined(*parts: Query) -> Query:
    """All of the parts, those of an ``and`` one by one; those that ask for nothing are left out."""
    asked = [one for part in parts for one in (part.parts if isinstance(part, And) else (part,))]
    asked = [one for one in asked if not isinstance(one, Everything)]
    if not asked:
        return Everything()
    return asked[0] if len(asked) == 1 else And(tuple(asked))


def parse(text: str) -> Query:
    """Read a query; ExpressionError shows the place with a caret.

    >>> parse("code:a and not (case:F1 or case:F2)")
    And(parts=(Coded(code='a', below=True, coder=''), Not(one=Or(parts=(Has(field='case', value='F1'), Has(field='case', value='F2'))))))
    >>> str(parse("code:a near/2 only:b by ana   founded>=2003"))
    'code:a near/2 only:b by ana and founded >= 2003'
    """
    parser = _Parser(text)
    return parser.whole()


_VALUE = r"\"(?:[^\"]|\"\")*\"|[^\s\"():<>=!,{}]+"
_SIGN = "<=|>=|!=|==|=|<|>"
_TOKEN = re.compile(
    rf"""\s*(?:(?P<field>[^\W\d]\w*)\s*:\s*(?P<of>{_VALUE})
    |(?P<compare>[^\W\d][\w.-]*\s*(?:(?:{_SIGN})\s*(?:{_VALUE})|\s+in\s*\{{[^}}]*\}}))
    |near\s*/\s*(?P<near>\d+)
    |(?P<word>{_VALUE})
    |(?P<sign>[()]))""",
    re.VERBOSE | re.IGNORECASE,
)
_WORDS = ("and", "or", "not", "overlaps", "by", "near", "anything")


def _value(text: str) -> str:
    return text[1:-1].replace('""', '"') if text.startswith('"') else text


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(self._tokens())
        self.next = 0

    def _tokens(self) -> Iterator[tuple[str, str, int]]:
        """(kind, text, place): kind is field name, ``compare``, ``near``, a word of the language, ``word``, a parenthesis or ``end``."""
        at, end = 0, len(self.text.rstrip())
        while at < end:
            found = _TOKEN.match(self.text, at)
            start = at + len(self.text[at:]) - len(self.text[at:].lstrip())
            if found is None:
                if self.text.count('"', start) % 2:
                    raise self._error("a quotation mark is not closed", self.text.rindex('"'), mend='write "two words"')
                raise self._error(f"'{self.text[start]}' has no meaning here", start)
            kind = found.lastgroup or ""
            if kind == "of":
                yield f"field {found['field'].casefold()}", _value(found["of"]), start
            elif kind == "word" and found["word"].casefold() in _WORDS:
                yield found["word"].casefold(), found["word"], start
            elif kind == "sign":
                yield found["sign"], found["sign"], start
            else:
                yield kind, found[kind], start
            at = found.end()
        yield "end", "", end

    def whole(self) -> Query:
        if self._kind == "end":
            return Everything()
        query = self._or(0)
        if self._kind != "end":
            raise self._error(f"'{self._word}' cannot stand here", self._place)
        return query

    def _or(self, depth: int) -> Query:
        parts = [self._and(depth)]
        while self._takes("or"):
            parts.append(self._and(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self, depth: int) -> Query:
        parts = [self._not(depth)]
        while self._takes("and") or self._kind not in ("or", ")", "end"):
            parts.append(self._not(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _not(self, depth: int) -> Query:
        if depth > DEEPEST:
            raise ExpressionError(
                "this is nested too deeply", self.text, self._place, mend=f"{DEEPEST} levels are read"
            )
        if self._takes("not"):
            return Not(self._not(depth + 1))
        query = self._one(depth)
        while self._kind in ("overlaps", "near"):
            within = self._within()
            query = Beside(query, self._one(depth), within)
        return query

    def _within(self) -> int | None:
        kind, word, place = self.tokens[self.next]
        self.next += 1
        if kind == "overlaps":
            return None
        if not word.isdigit():
            raise self._error("how near is not said", place, mend="write near/2 for at most two paragraphs apart")
        if len(word) > 4 or int(word) > FARTHEST:
            raise self._error(f"{word} paragraphs is no neighbourhood", place, mend=f"write at most near/{FARTHEST}")
        return int(word)

    def _one(self, depth: int) -> Query:
        kind, word, place = self.tokens[self.next]
        if kind == "(":
            self.next += 1
            query = self._or(depth + 1)
            if not self._takes(")"):
                raise self._error("this parenthesis is not closed", place, mend="add ')'")
            return query
        if self._takes("anything"):
            return Everything()
        if kind == "compare":
            self.next += 1
            return self._where(word, place)
        if kind.startswith("field "):
            self.next += 1
            return self._asked(kind.removeprefix("field "), word, place)
        if kind == "end":
            raise self._error("the query ends too early", place)
        raise self._error(f"'{word}' is no question", place)

    def _asked(self, field: str, value: str, place: int) -> Query:
        if field not in FIELDS:
            raise self._error(f"nothing is called '{field}'", place, mend=f"there are: {', '.join(FIELDS)}")
        if not value:
            raise self._error(f"after {field}: there is nothing", place)
        if field == "coder":
            return Coded(coder=value)
        if field not in ("code", "only"):
            return Has(field, value)
        coder = ""
        if self._takes("by"):
            kind, coder, at = self.tokens[self.next]
            if kind != "word":
                raise self._error("after 'by' a coder is missing", at, mend="write code:chance by ana")
            self.next += 1
        return Coded(value, field == "code", _value(coder))

    def _where(self, text: str, place: int) -> Where:
        found = re.match(rf"([^\W\d][\w.-]*?)\s*({_SIGN}|in\b)\s*(.*)", text, re.DOTALL | re.IGNORECASE)
        assert found is not None
        name, sign, value = found.groups()
        comparison = f"{name} {sign.lower()} {value.strip()}"
        try:
            Condition.parse(comparison)
        except ExpressionError as error:
            raise self._error(error.what, place, mend='compare with a number, a word, or a text as "a text"') from None
        return Where(comparison)

    def _error(self, what: str, place: int, mend: str = "") -> ExpressionError:
        hint = 'write such as code:chance and not case:F1, or text:"two words"'
        return ExpressionError(what, self.text, place, mend=mend or hint)

    def _takes(self, kind: str) -> bool:
        if self._kind != kind:
            return False
        self.next += 1
        return True

    @property
    def _kind(self) -> str:
        return self.tokens[self.next][0]

    @property
    def _word(self) -> str:
        return self.tokens[self.next][1]

    @property
    def _place(self) -> int:
        return self.tokens[self.next][2]
