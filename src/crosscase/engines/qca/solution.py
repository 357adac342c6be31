"""What a minimisation gives: models with their fit and cases, prime implicants, ambiguity, assumptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscase.engines.qca.fit import Sufficiency, sufficiency_of
from crosscase.engines.qca.implicants import cubes_of_terms, rows_of
from crosscase.engines.qca.notice import Notice
from crosscase.engines.qca.show import Table, html_table
from crosscase.engines.qca.terms import Memberships, Term
from crosscase.engines.qca.truth_table import TruthTable

__all__ = ["MAX_ROWS", "Model", "ModelTerm", "Pair", "Solution", "build_models"]

#: Simplifying assumptions are listed row by row up to this many configurations.
MAX_ROWS = 1 << 16


@dataclass(frozen=True, slots=True)
class ModelTerm:
    """A term of a model.  ``cases`` are those of the positive rows that it covers, row by row; ``core`` the conditions that
    the parsimonious solution keeps too (Fiss 2011), empty for a conservative model."""

    term: str
    literals: Term
    fit: Sufficiency
    cases: tuple[str, ...]
    rows: tuple[int, ...]
    core: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {"term": self.term, **self.fit.to_dict(), "cases": list(self.cases), "rows": list(self.rows)}


@dataclass(frozen=True, slots=True)
class Model:
    """A minimal model.  ``labels`` say which it is: ``M1``, or the pairs ``C1P2`` that lead to it."""

    labels: tuple[str, ...]
    expression: str
    fit: Sufficiency
    terms: tuple[ModelTerm, ...]

    def to_dict(self) -> dict[str, Any]:
        fit = self.fit.to_dict()
        del fit["covU"]
        return {
            "labels": list(self.labels),
            "expression": self.expression,
            **fit,
            "terms": [term.to_dict() for term in self.terms],
        }


@dataclass(frozen=True, slots=True)
class Pair:
    """How an intermediate solution came about: the conservative and parsimonious model, and the counterfactuals.

    ``easy`` are the remainders that the expectations admit, ``difficult`` those that only the parsimonious model uses;
    ``None`` when there are too many configurations to list.
    """

    label: str
    conservative: tuple[Term, ...]
    parsimonious: tuple[Term, ...]
    models: tuple[tuple[Term, ...], ...]
    easy: tuple[int, ...] | None
    difficult: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Solution(Table):
    """A solution of a truth table.

    ``n_models`` is exact when ``models_complete``; otherwise there are at least so many, and ``models`` are some of them.
    ``in_all``, ``in_some`` and ``undecided`` divide the prime implicants; the rest is in no smallest model.
    """

    kind: str
    table: TruthTable
    models: tuple[Model, ...]
    n_models: int
    models_complete: bool
    implicants: tuple[Term, ...]
    in_all: tuple[Term, ...]
    in_some: tuple[Term, ...]
    undecided: tuple[Term, ...]
    pairs: tuple[Pair, ...]
    directional: str
    excluded: tuple[str, ...]
    notices: tuple[Notice, ...]

    @property
    def prime_implicants(self) -> tuple[str, ...]:
        """Every prime implicant that covers a positive row."""
        return tuple(self.table.conditions.write(term) for term in self.implicants)

    @property
    def in_none(self) -> tuple[Term, ...]:
        """Prime implicants in no smallest model."""
        elsewhere = {*self.in_all, *self.in_some, *self.undecided}
        return tuple(term for term in self.implicants if term not in elsewhere)

    def assumptions(self, model: Model) -> tuple[int, ...] | None:
        """The remainders that a model covers, by row number; ``None`` above 2^16 configurations."""
        conditions = self.table.conditions
        if conditions.size > MAX_ROWS:
            return None
        covered = rows_of(cubes_of_terms([term.literals for term in model.terms], conditions.levels), conditions.levels)
        observed = {row.number for row in self.table.observed if row.out != "?"}
        return tuple(int(row) for row in covered if int(row) not in observed)

    def choose(self, expression: str) -> Model:
        """The listed model with these terms, in any order; a choice among models is the researcher's.

        Raises:
            NotFoundError: no listed model has these terms.
        """
        from crosscase.core.errors import NotFoundError

        wanted = frozenset(part.replace(" ", "") for part in expression.split("+"))
        for model in self.models:
            if frozenset(term.term for term in model.terms) == wanted:
                return model
        raise NotFoundError("model", expression, [model.expression for model in self.models])

    def rows(self) -> list[dict[str, Any]]:
        """One line per term of each model, and one for the model."""
        lines: list[dict[str, Any]] = []
        for number, model in enumerate(self.models, 1):
            lines += [
                {"model": number, "term": t.term, **t.fit.to_dict(), "cases": ", ".join(t.cases)} for t in model.terms
            ]
            lines.append({"model": number, "term": model.expression, **model.fit.to_dict(), "cases": ""})
        return lines

    def to_dict(self) -> dict[str, Any]:
        write = self.table.conditions.write
        assumptions = {
            f"M{number}": None if rows is None else list(rows)
            for number, rows in enumerate((self.assumptions(model) for model in self.models), 1)
        }
        result: dict[str, Any] = {
            "solution": self.kind,
            "outcome": self.table.outcome,
            "conditions": list(self.table.conditions.names),
            "n_models": self.n_models,
            "models_complete": self.models_complete,
        }
        if not self.models_complete:
            result["bound"] = {"at_least": self.n_models}
        return result | {
            "models": [model.to_dict() for model in self.models],
            "prime_implicants": list(self.prime_implicants),
            "ambiguity": {
                "in_all": [write(term) for term in self.in_all],
                "in_some": [write(term) for term in self.in_some],
                "in_none": len(self.in_none),
                "undecided": len(self.undecided),
            },
            "simplifying_assumptions": assumptions,
            "pairs": [
                {
                    "label": pair.label,
                    "conservative": [write(term) for term in pair.conservative],
                    "parsimonious": [write(term) for term in pair.parsimonious],
                    "models": [[write(term) for term in model] for model in pair.models],
                    "easy": None if pair.easy is None else list(pair.easy),
                    "difficult": None if pair.difficult is None else list(pair.difficult),
                }
                for pair in self.pairs
            ],
            "directional": self.directional,
            "excluded": list(self.excluded),
            "cases_dropped": list(self.table.data.dropped),
            "warnings": [notice.to_dict() for notice in self.notices],
        }

    def _repr_html_(self) -> str:
        many = "" if self.models_complete else "at least "
        caption = f"{self.kind} solution for {self.table.outcome}: {many}{self.n_models} model(s)"
        return html_table(self.rows(), caption)


def build_models(
    table: TruthTable,
    models: Sequence[tuple[Term, ...]],
    labels: Mapping[tuple[Term, ...], tuple[str, ...]],
    core: Mapping[tuple[Term, ...], AbstractSet[tuple[int, Term]]],
) -> tuple[Model, ...]:
    """Measure the fit of each model and of its terms, each term once."""
    memberships = Memberships(table.data, table.conditions)
    vectors = {term: memberships.term(term) for term in {term for model in models for term in model}}
    covers = {
        term: tuple(row for row in table.positive if all(row.config[i] == level for i, level in term))
        for term in vectors
    }
    result = []
    for model in models:
        stacked = np.array([vectors[term] for term in model])
        whole = stacked.max(axis=0)
        terms = []
        for i, term in enumerate(model):
            rest = np.delete(stacked, i, axis=0)
            others = rest.max(axis=0) if len(rest) else None
            terms.append(
                ModelTerm(
                    table.conditions.write(term),
                    term,
                    sufficiency_of(stacked[i], table.y, others),
                    tuple(case for row in covers[term] for case in row.cases),
                    tuple(row.number for row in covers[term]),
                    tuple(sorted(j for j, owner in core.get(model, set()) if owner == term)),
                )
            )
        result.append(
            Model(labels[model], table.conditions.expression(model), sufficiency_of(whole, table.y), tuple(terms))
        )
    return tuple(result)
