"""The small language of sampling rules and construct rules: comparisons over a case's variables and measures.

::

    years_to_internationalization <= 3 and intensity >= 25%
    sector in {software, "e-commerce"} or not founded < 2000

A rule is true, false, or cannot be told because a value is missing; then it says which.  ``and``, ``or`` and ``not`` follow
Kleene (1952): a rule may be false although one of its values is missing.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from crosscase.core.errors import ExpressionError
from crosscase.core.expressions import DEEPEST, kleene_and, kleene_or

Scalar = float | str

_COMPARISONS: dict[str, Callable[[Scalar, Scalar], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "!=": operator.ne,
    "==": operator.eq,
    "=": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
}
_TOKEN = re.compile(
    r"""\s*(?:(?P<sign><=|>=|!=|==|[=<>(){},])|(?P<number>-?\d+(?:\.\d+)?%?)(?!\w)|"(?P<text>[^"]*)"|(?P<word>[^\W\d][\w.-]*))"""
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule gives for one case: ``holds`` is ``None`` when it cannot be told, for want of ``missing``.

    ``used`` are the values that went in.
    """

    holds: bool | None
    used: dict[str, Scalar]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed rule.

    >>> rule = Condition.parse("years <= 3 and intensity >= 25%")
    >>> rule.names
    ('years', 'intensity')
    >>> rule.evaluate({"years": 5.0}.get).holds
    False
    >>> rule.evaluate({"years": 2.0}.get).missing
    ('intensity',)
    """

    text: str
    names: tuple[str, ...]
    _holds: Callable[[Callable[[str], Scalar | None]], bool | None]

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Read a rule; ExpressionError shows the place with a caret."""
        parser = _Parser(text)
        holds = parser.condition()
        return cls(text, tuple(dict.fromkeys(parser.names)), holds)

    def evaluate(self, lookup: Callable[[str], Scalar | None]) -> Outcome:
        """Whether the rule holds, given the value of each name (``None`` when there is none)."""
        values = {name: lookup(name) for name in self.names}
        return Outcome(
            self._holds(values.get),
            {name: value for name, value in values.items() if value is not None},
            tuple(name for name, value in values.items() if value is None),
        )


Test = Callable[[Callable[[str], Scalar | None]], bool | None]


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.names: list[str] = []
        self.tokens = list(self._tokens())
        self.next = 0

    def _tokens(self) -> Iterator[tuple[str, str, int]]:
        position, end = 0, len(self.text.rstrip())
        while position < end:
            found = _TOKEN.match(self.text, position)
            if found is None:
                start = position + len(self.text[position:]) - len(self.text[position:].lstrip())
                raise ExpressionError(
                    f"'{self.text[start]}' has no meaning here",
                    self.text,
                    start,
                    mend="write comparisons such as intensity >= 0.25, joined by and, or, not",
                )
            kind = found.lastgroup or ""
            word = found[kind]
            if kind == "word" and word.lower() in ("and", "or", "not", "in"):
                kind = word = word.lower()
            yield (word if kind == "sign" else kind), word, found.start(found.lastgroup or 0)
            position = found.end()
        yield "end", "", end

    def condition(self) -> Test:
        test = self._or(0)
        kind, word, start = self._peek()
        if kind != "end":
            raise ExpressionError(
                f"'{word}' cannot stand here", self.text, start, mend="join two comparisons by and or or"
            )
        return test

    def _or(self, depth: int) -> Test:
        test = self._and(depth)
        while self._peek()[0] == "or":
            self.next += 1
            test = _join(kleene_or, test, self._and(depth))
        return test

    def _and(self, depth: int) -> Test:
        test = self._not(depth)
        while self._peek()[0] == "and":
            self.next += 1
            test = _join(kleene_and, test, self._not(depth))
        return test

    def _not(self, depth: int) -> Test:
        kind, _, start = self._peek()
        if depth > DEEPEST:
            raise ExpressionError("this is nested too deeply", self.text, start, mend=f"{DEEPEST} levels are read")
        if kind == "not":
            self.next += 1
            inner = self._not(depth + 1)
            return lambda lookup: None if (value := inner(lookup)) is None else not value
        if kind == "(":
            self.next += 1
            test = self._or(depth + 1)
            self._expect(")", start, "this parenthesis is not closed")
            return test
        return self._comparison()

    def _comparison(self) -> Test:
        name = self._name()
        sign, word, start = self._peek()
        if sign == "in":
            self.next += 1
            values = self._set()
            return lambda lookup: None if (value := lookup(name)) is None else any(_equal(value, one) for one in values)
        if sign not in _COMPARISONS:
            what = f"'{word}' is no comparison" if word else "a comparison is missing"
            raise ExpressionError(what, self.text, start, mend="use <, <=, >, >=, =, != or in { … }")
        self.next += 1
        return _comparison(name, sign, self._value())

    def _name(self) -> str:
        kind, word, start = self._peek()
        if kind != "word":
            what = f"'{word}' is not the name of a variable" if word else "the rule ends too early"
            raise ExpressionError(what, self.text, start, mend="begin with the name of a variable or measure")
        self.next += 1
        self.names.append(word)
        return word

    def _value(self) -> Scalar:
        kind, word, start = self._peek()
        if kind not in ("number", "text", "word"):
            raise ExpressionError("a value is missing", self.text, start, mend='give a number, 25% or "a text"')
        self.next += 1
        if kind != "number":
            return word
        return float(word.rstrip("%")) / (100 if word.endswith("%") else 1)

    def _set(self) -> list[Scalar]:
        start = self._peek()[2]
        self._expect("{", start, "a set of values is missing")
        values = [self._value()]
        while self._peek()[0] == ",":
            self.next += 1
            values.append(self._value())
        self._expect("}", start, "this set is not closed")
        return values

    def _expect(self, kind: str, start: int, what: str) -> None:
        if self._peek()[0] != kind:
            raise ExpressionError(what, self.text, start, mend=f"add '{kind}'")
        self.next += 1

    def _peek(self) -> tuple[str, str, int]:
        return self.tokens[self.next]


def _join(how: Callable[[bool | None, bool | None], bool | None], a: Test, b: Test) -> Test:
    return lambda lookup: how(a(lookup), b(lookup))


def _comparison(name: str, sign: str, wanted: Scalar) -> Test:
    compare = _COMPARISONS[sign]

    def test(lookup: Callable[[str], Scalar | None]) -> bool | None:
        value = lookup(name)
        if value is None:
            return None
        if sign in ("=", "=="):
            return _equal(value, wanted)
        if sign == "!=":
            return not _equal(value, wanted)
        if isinstance(value, str) or isinstance(wanted, str):
            return None  # a word is neither more nor less than a number; the caller reports what was used
        return compare(value, wanted)

    return test


def _equal(value: Scalar, wanted: Scalar) -> bool:
    if isinstance(wanted, str):
        if isinstance(value, str):
            return value.casefold() == wanted.casefold()
        return {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}.get(wanted.casefold()) == value
    return value == wanted
