"""The common core of SIMPLIS, LISREL's command language (Jöreskog & Sörbom 1993), read into the same statements.

Understood: ``Observed Variables``, ``Latent Variables``, ``Relationships`` (``x1 x2 = Visual``, ``x1 - x3 = 1*Visual + Verbal``),
``Paths`` (``Visual -> x1 x2``), ``Let the errors of a and b correlate``, ``Set the error variance of a to 0.3``,
``Set the (error) covariance of a and b to 0`` (or ``free``), ``Set the variance of F to 1``, ``Set the path from a to b to 0.5``,
``Set the path from a to b equal to the path from c to d``, ``End of Problem``.  The data come from a table, so the lines that
describe data (``Raw Data``, ``Covariance Matrix``, ``Sample Size``, ``Title``, ``Options`` …) are passed over.

As in LISREL an exogenous factor without a fixed loading has variance 1.  An endogenous one gets its first loading fixed at 1.
"""

from __future__ import annotations

import re
from dataclasses import replace

from crosscase.core.errors import ExpressionError, NotFoundError
from crosscase.engines.sem.syntax import Model, Term

__all__ = ["is_simplis", "parse_simplis"]

_HEADER = re.compile(
    r"^\s*(observed variables|latent variables|unobserved variables|relationships|relations|equations|paths)\b\s*:?\s*",
    re.I,
)
_SKIPPED = re.compile(
    r"^\s*(title|raw data|covariance matrix|correlation matrix|means|standard deviations|sample size|system file|options|method|"
    r"lisrel output|path diagram|print|wide print|number of decimals|iterations|admissibility|asymptotic|da\b|!)", re.I
)  # fmt: skip
_NAME = r"[^\W\d][\w.]*"


def is_simplis(text: str) -> bool:
    """Whether a text reads like SIMPLIS: it has a ``Relationships`` or ``Paths`` section and no lavaan operator."""
    return bool(re.search(r"^\s*(relationships|relations|equations|paths)\b", text, re.I | re.M)) and "~" not in text


def parse_simplis(text: str) -> Model:
    """Read a model.

    Raises:
        ExpressionError: a line is not understood; the message shows it with a caret.
        NotFoundError: a name that is neither observed nor latent.

    >>> model = parse_simplis("Observed variables: x1 x2 x3\\nLatent variables: F\\nRelationships\\nx1 - x3 = F\\nEnd of Problem")
    >>> [(term.lhs, term.op, term.rhs) for term in model.terms]
    [('F', '=~', 'x1'), ('F', '=~', 'x2'), ('F', '=~', 'x3'), ('F', '~~', 'F')]
    """
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.observed: list[str] = []
        self.latent: list[str] = []
        self.terms: list[Term] = []

    def read(self) -> Model:
        section = ""
        position = 0
        for line in self.text.splitlines(keepends=True):
            start, position = position, position + len(line)
            body = line.split("!")[0].rstrip("\n").rstrip()
            if re.match(r"\s*end of problem", body, re.I):
                break
            header = _HEADER.match(body)
            if header:
                section = header.group(1).lower()
                start, body = start + header.end(), body[header.end() :]
            if not body.strip() or (not header and _SKIPPED.match(body)):
                continue
            if section.startswith("observed"):
                self.observed += self._names(body, start, declare=True)
            elif section.startswith(("latent", "unobserved")):
                self.latent += self._names(body, start, declare=True)
            elif section:
                self._statement(body, start, section)
        if not self.terms:
            raise ExpressionError(
                "the model has no relationships", self.text, 0, mend="write a section 'Relationships'"
            )
        return Model(self.text, tuple(self._scaled()))

    # -- lines ------------------------------------------------------------------------------------------------------

    def _statement(self, body: str, start: int, section: str) -> None:
        for pattern, handle in (
            (rf"let\s+the\s+errors?\s+(?:of|between)\s+({_NAME})\s+and\s+({_NAME})\s+(?:be\s+)?correlated?$", self._correlate),
            (rf"set\s+(?:the\s+)?error\s+variance\s+of\s+({_NAME})\s+(?:equal\s+)?to\s+([-+.\d]+)$", self._variance),
            (rf"set\s+(?:the\s+)?variance\s+of\s+({_NAME})\s+(?:equal\s+)?to\s+([-+.\d]+)$", self._variance),
            (rf"set\s+(?:the\s+)?(?:error\s+)?covariance\s+(?:of|between)\s+({_NAME})\s+and\s+({_NAME})\s+(?:equal\s+to\s+|to\s+)?(free|[-+.\d]+)$", self._covariance),
            (rf"set\s+(?:the\s+)?path\s+from\s+({_NAME})\s+to\s+({_NAME})\s+equal\s+to\s+(?:the\s+)?path\s+from\s+({_NAME})\s+to\s+({_NAME})$", self._equal),
            (rf"set\s+(?:the\s+)?path\s+from\s+({_NAME})\s+to\s+({_NAME})\s+(?:equal\s+)?to\s+([-+.\d]+)$", self._path_value),
        ):  # fmt: skip
            match = re.match(r"\s*" + pattern, body, re.I)
            if match:
                for name in match.groups():
                    if re.fullmatch(_NAME, name) and name.lower() != "free":
                        self._known(name, start + body.index(name))
                handle(*match.groups())
                return
        if "->" in body:
            left, _, right = body.partition("->")
            for source in self._names(left, start):
                for target in self._names(right, start + len(left) + 2):
                    self._add(source, target, None, start)
        elif "=" in body and section != "paths":
            left, _, right = body.partition("=")
            targets = self._names(left, start)
            at = start + len(left) + 1
            for part in re.split(r"\s*\+\s*|\s+", right.strip()):
                value, _, name = part.rpartition("*")
                name = name.strip()
                offset = at + right.index(part)
                if not re.fullmatch(_NAME, name):
                    raise ExpressionError(f"'{part}' is not a name", self.text, offset)
                self._known(name, offset)
                fixed = self._number(value.strip("() "), offset) if value else None
                for target in targets:
                    self._add(name, target, fixed, offset)
        else:
            blank = len(body) - len(body.lstrip())
            raise ExpressionError(
                "this line is not understood",
                self.text,
                start + blank,
                mend="write for example  x1 x2 = Factor  or  A -> B",
            )

    def _number(self, text: str, position: int) -> float:
        try:
            return float(text)
        except ValueError:
            raise ExpressionError(f"'{text}' is not a number", self.text, position) from None

    def _names(self, body: str, start: int, *, declare: bool = False) -> list[str]:
        """Names separated by blanks or commas; ``x1 - x3`` is a range of the declared or numbered names."""
        found: list[str] = []
        tokens = [(match.group(), start + match.start()) for match in re.finditer(rf"{_NAME}|-|\S", body)]
        index = 0
        while index < len(tokens):
            token, position = tokens[index]
            if token == ",":
                index += 1
                continue
            if token == "-" and found and index + 1 < len(tokens):
                found += self._range(found[-1], tokens[index + 1][0], tokens[index + 1][1], declare)
                index += 2
                continue
            if not re.fullmatch(_NAME, token):
                raise ExpressionError(f"'{token}' cannot stand here", self.text, position)
            if not declare:
                self._known(token, position)
            found.append(token)
            index += 1
        return found

    def _range(self, first: str, last: str, position: int, declare: bool) -> list[str]:
        if not declare:
            self._known(last, position)
            names = self.observed if first in self.observed else self.latent
            if last in names and names.index(last) > names.index(first):
                return names[names.index(first) + 1 : names.index(last) + 1]
        one, two = re.fullmatch(r"(.*?)(\d+)", first), re.fullmatch(r"(.*?)(\d+)", last)
        if not one or not two or one.group(1) != two.group(1) or int(two.group(2)) <= int(one.group(2)):
            raise ExpressionError(f"'{first} - {last}' is no range of names", self.text, position)
        return [f"{one.group(1)}{number}" for number in range(int(one.group(2)) + 1, int(two.group(2)) + 1)]

    def _known(self, name: str, position: int) -> None:
        if name not in self.observed and name not in self.latent:
            line = self.text[:position].count("\n") + 1
            raise NotFoundError("variable", name, [*self.observed, *self.latent], where=f"model, line {line}")

    # -- terms ------------------------------------------------------------------------------------------------------

    def _add(self, source: str, target: str, fixed: float | None, position: int) -> None:
        values = () if fixed is None else (fixed,)
        if source in self.latent and target in self.observed:
            self.terms.append(Term(source, "=~", target, fixed=values or (None,), position=position))
        else:
            self.terms.append(Term(target, "~", source, fixed=values, position=position))

    def _correlate(self, one: str, two: str) -> None:
        self.terms.append(Term(one, "~~", two))

    def _variance(self, name: str, value: str) -> None:
        self.terms.append(Term(name, "~~", name, fixed=(float(value),)))

    def _covariance(self, one: str, two: str, value: str) -> None:
        self.terms.append(Term(one, "~~", two, fixed=() if value.lower() == "free" else (float(value),)))

    def _find(self, source: str, target: str) -> int:
        for index, term in enumerate(self.terms):
            if (term.lhs, term.op, term.rhs) in ((source, "=~", target), (target, "~", source)):
                return index
        self._add(source, target, None, 0)
        return len(self.terms) - 1

    def _path_value(self, source: str, target: str, value: str) -> None:
        index = self._find(source, target)
        self.terms[index] = replace(self.terms[index], fixed=(float(value),))

    def _equal(self, source: str, target: str, other: str, other_target: str) -> None:
        index, twin = self._find(source, target), self._find(other, other_target)
        label = self.terms[twin].labels or (f"{other}_{other_target}",)
        self.terms[twin] = replace(self.terms[twin], labels=label)
        self.terms[index] = replace(self.terms[index], labels=label)

    def _scaled(self) -> list[Term]:
        terms = list(self.terms)
        explained = {term.lhs for term in terms if term.op == "~"}
        for factor in self.latent:
            loadings = [index for index, term in enumerate(terms) if term.op == "=~" and term.lhs == factor]
            fixed = any(terms[index].fixed != (None,) for index in loadings)
            variance = any(term.op == "~~" and term.lhs == term.rhs == factor for term in terms)
            if not loadings or fixed or variance:
                continue
            if factor in explained:
                terms[loadings[0]] = replace(terms[loadings[0]], fixed=(1.0,))
            else:
                terms.append(Term(factor, "~~", factor, fixed=(1.0,)))
        # Factors are measured before they predict, whatever the order of the lines.
        return sorted(terms, key=lambda term: ("=~", "~", "~~").index(term.op))
