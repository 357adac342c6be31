"""Which constructs are tied to each other by how they are made, so that no data could part them (for rule R504).

Only ties that hold whatever is coded or recorded: codes nested in one codebook, kinds of one record, two conditions on one
variable.  A construct whose cells a person rates is tied to nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise, permutations

from crosscase.checks.common import count
from crosscase.core import Claim, Construct, Snapshot
from crosscase.core.conditions import Condition
from crosscase.core.errors import CrosscaseError
from crosscase.core.expressions import Statement

_COUNT = re.compile(r"count\s*(>=|>)\s*(\d+)")
_NUMBER = re.compile(r"(?<![\w.])(-?\d+(?:\.\d+)?)(%?)")
_TEXT = re.compile(r'"([^"]*)"')
#: A codebook column is looked at when so many codes have a value in it.
FEWEST_CODES = 3


def ties(snapshot: Snapshot, statement: Statement) -> Iterator[tuple[str, str, str]]:
    """(one, other, why) for each two constructs of a statement of which the first cannot hold without the second."""
    constructs = [found for name in statement.names() if (found := snapshot.constructs.get(name)) is not None]
    for one, other in permutations(constructs, 2):
        if "rating" in one.extra or "rating" in other.extra or one.drawn_from != other.drawn_from:
            continue
        why = _implied(snapshot, one, other)
        if why:
            yield one.id, other.id, why


def codebook_ties(snapshot: Snapshot, claim: Claim) -> Iterator[str]:
    """What the codebook fixes that a claim speaks of: two columns of the codebook, a value of each in the wording.

    The values are of codes, not of cases.  When every code with the one has the other, no coding can contradict it.
    """
    columns: dict[str, dict[str, str]] = {}
    for code in snapshot.codes:
        for name, value in code.extra.items():
            if name != "applies_when" and isinstance(value, str) and value.strip():
                columns.setdefault(name, {})[code.id] = value.strip().casefold()
    told = [name for name, values in columns.items() if len(values) >= FEWEST_CODES]
    seen: set[frozenset[str]] = set()
    for first, second in permutations(told, 2):
        for value in sorted(set(columns[first].values())):
            codes = [code for code, one in columns[first].items() if one == value]
            if len(codes) < 2 or not _says(claim.text, value):
                continue
            for word in sorted({word for code in codes for word in _words(columns[second].get(code, ""))} - {second}):
                fixed = all(_says(columns[second].get(code, ""), word) for code in codes)
                pair = frozenset((f"{first}={value}", f"{second}={word}"))
                if fixed and _says(claim.text, word) and pair not in seen:
                    seen.add(pair)
                    yield (
                        f"all {count(len(codes), 'code')} whose {first} is '{value}' have '{word}' as {second} in the "
                        "codebook, so no coding could part the two"
                    )


def _implied(snapshot: Snapshot, one: Construct, other: Construct) -> str:
    """Why ``one`` cannot hold without ``other``; empty when it can."""
    if one.drawn_from == "codings":
        first, second = (
            {code for name in construct.of for code in snapshot.subtree(name)} for construct in (one, other)
        )
        if first <= second and _least(one) >= _least(other):
            how = "the same codes as" if first == second else "codes among those of"
            return f"{one.id} is drawn from {how} {other.id}"
    elif one.drawn_from in ("event", "tie"):
        nested = all(any(kind in (name, name.partition(":")[0]) for kind in other.of) for name in one.of)
        if nested and _least(one) >= _least(other):
            return f"{one.id} is drawn from {one.drawn_from}s among those of {other.id}"
    elif one.drawn_from in ("variable", "measure"):
        return _condition_implied(one, other)
    elif one.drawn_from == "survey":
        threshold = [construct.calibrate.get("threshold", math.nan) for construct in (one, other)]
        if (set(one.of), one.rule) == (set(other.of), other.rule) and threshold[0] >= threshold[1]:
            return f"{one.id} and {other.id} are one scale"
    return ""


def _least(construct: Construct) -> float:
    """How often something has to be found for a construct to be present; infinite or nan where that does not tell."""
    if construct.rule in ("", "present", "count", "strongest"):
        return 1
    found = _COUNT.fullmatch(construct.rule)
    return math.nan if found is None else int(found[2]) + (found[1] == ">")


def exclusions(snapshot: Snapshot, statement: Statement) -> Iterator[tuple[tuple[tuple[str, bool], ...], str]]:
    """(what cannot be together, why): values of constructs on one variable, and what the sampling rules leave out."""
    constructs = [found for name in statement.names() if (found := snapshot.constructs.get(name)) is not None]
    on_record = [one for one in constructs if one.drawn_from in ("variable", "measure") and "rating" not in one.extra]
    for one, other in combinations(on_record, 2):
        if pair := _of_one_variable(one, other):
            first, second, values = pair
            there = {(first.evaluate(value).holds, second.evaluate(value).holds) for value in values}
            name = first.names[0]
            if (True, True) not in there:
                yield ((one.id, True), (other.id, True)), f"no {name} meets both {one.id} and {other.id}"
            if (False, False) not in there:
                yield ((one.id, False), (other.id, False)), f"every {name} meets {one.id} or {other.id}"
    for one in on_record:
        for rule in snapshot.study.sampling:
            held = _left_by(rule.rule, one)
            if held is not None:
                only = "only" if held else "no"
                yield ((one.id, not held),), f"the sampling rule {rule.id} admits {only} cases with {one.id}"


def _left_by(rule: str, construct: Construct) -> bool | None:
    """Whether every case that a sampling rule admits has the construct, or none; ``None`` when it may go either way."""
    try:
        admits, condition = Condition.parse(rule) if rule else None, Condition.parse(_condition(construct))
    except CrosscaseError:
        return None
    if admits is None or len(condition.names) != 1 or condition.names[0] not in admits.names:
        return None
    left = {
        condition.evaluate(value).holds
        for value in _values(condition, admits)
        if admits.evaluate(value).holds is not False
    }
    return left.pop() if len(left) == 1 else None


def _condition_implied(one: Construct, other: Construct) -> str:
    """Two conditions on one variable, compared at every value that either names, between these, and beyond."""
    pair = _of_one_variable(one, other)
    if pair is None:
        return ""
    first, second, values = pair
    if any(first.evaluate(value).holds and not second.evaluate(value).holds for value in values):
        return ""
    return (
        f"{one.id} and {other.id} are both conditions on {first.names[0]}, and the first meets the second"
        if values
        else ""
    )


Lookup = Callable[[str], float | str | None]


def _of_one_variable(one: Construct, other: Construct) -> tuple[Condition, Condition, list[Lookup]] | None:
    """Two conditions on one and the same variable, with the values at which they can part."""
    try:
        first, second = (Condition.parse(_condition(construct)) for construct in (one, other))
    except CrosscaseError:
        return None
    if len(first.names) != 1 or first.names != second.names:
        return None
    values = _values(first, second)
    return (first, second, values) if values else None


def _values(condition: Condition, other: Condition) -> list[Lookup]:
    """Every value of the one variable of a condition that it or another names, values between these, and beyond."""
    name, texts = condition.names[0], f"{condition.text} {other.text}"
    numbers = sorted({float(number) / (100 if percent else 1) for number, percent in _NUMBER.findall(texts)})
    known = {*condition.names, *other.names, "and", "or", "not", "in"}
    words = {*_TEXT.findall(texts), *re.findall(r"[^\W\d][\w.-]*", texts)} - known
    values: list[float | str] = [*sorted(words), "\0"] if words else []
    if numbers:
        between = [(low + high) / 2 for low, high in pairwise(numbers)]
        values += [*numbers, *between, numbers[0] - 1, numbers[-1] + 1]
    return [{name: value}.get for value in values]


def _condition(construct: Construct) -> str:
    if construct.rule:
        return construct.rule
    threshold = construct.calibrate.get("threshold", construct.calibrate.get("crossover"))
    return "" if threshold is None else f"{construct.of[0]} > {float(threshold)!r}"


def _words(text: str) -> list[str]:
    return re.findall(r"[\w-]{4,}", text)


def _says(text: str, word: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE) is not None
