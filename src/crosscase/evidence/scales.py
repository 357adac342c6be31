"""Survey items as one value a case: mean, sum or the score of the first factor."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence

from crosscase.core import Construct, Snapshot, Survey
from crosscase.core.errors import InputError, NotFoundError


def scale_values(snapshot: Snapshot, construct: Construct, rule: str) -> Mapping[str, float]:
    """Case -> value of the scale, over the respondents of the case who answered every item; cases without one are left out.

    ``of`` names the items as ``SURVEY.ITEM``; an item with a minus sign before it is reversed, about the middle of
    ``calibrate``'s ``range = [low, high]``.
    """
    where = f"construct {construct.id}"
    survey, items = _items(snapshot, construct, where)
    if not survey.case_column:
        raise InputError(
            f"the survey {survey.id} has no column that links its rows to cases", where=where, mend="set case_column"
        )
    cases = [str(case or "") for case in survey.columns[survey.case_column]]
    columns = [_numbers(survey, item, reverse, construct, where) for item, reverse in items]
    rows = [(case, row) for case, *row in zip(cases, *columns, strict=True) if all(one is not None for one in row)]
    complete = [[float(one) for one in row if one is not None] for _, row in rows]
    scores = _scores(complete, rule)
    by_case: dict[str, list[float]] = {}
    for (case, _), score in zip(rows, scores, strict=True):
        if case in snapshot.cases and not math.isnan(score):
            by_case.setdefault(case, []).append(score)
    return {case: statistics.fmean(values) for case, values in by_case.items()}


def _items(snapshot: Snapshot, construct: Construct, where: str) -> tuple[Survey, list[tuple[str, bool]]]:
    surveys: dict[str, None] = {}
    items: list[tuple[str, bool]] = []
    for name in construct.of:
        survey, _, item = name.lstrip("-").partition(".")
        surveys[survey] = None
        items.append((item, name.startswith("-")))
    if len(surveys) != 1:
        raise InputError(f"its items are of {len(surveys)} surveys", where=where, mend="take the items of one survey")
    id = next(iter(surveys))
    found = snapshot.surveys.get(id)
    if found is None:
        raise NotFoundError("survey", id, snapshot.surveys.column("id"), where=where)
    return found, items


def _numbers(survey: Survey, item: str, reverse: bool, construct: Construct, where: str) -> list[float | None]:
    if item not in survey.columns:
        raise NotFoundError("item", item, survey.columns, where=where)
    values = survey.columns[item]
    wrong = next((one for one in values if isinstance(one, str)), None)
    if wrong is not None:
        raise InputError(f"the item {item} holds the text '{wrong}'", where=where, mend="give numbers")
    numbers = [one if isinstance(one, float) and not math.isnan(one) else None for one in values]
    if not reverse:
        return numbers
    ends = construct.calibrate.get("range")
    if not ends or len(ends) != 2:
        raise InputError(f"the item {item} is reversed", where=where, mend="give the ends of its scale: range = [1, 7]")
    return [None if one is None else float(ends[0]) + float(ends[1]) - one for one in numbers]


def _scores(rows: Sequence[Sequence[float]], rule: str) -> list[float]:
    if rule == "sum":
        return [math.fsum(row) for row in rows]
    if rule == "mean":
        return [statistics.fmean(row) for row in rows]
    return _first_factor(rows)


def _first_factor(rows: Sequence[Sequence[float]]) -> list[float]:
    """Regression scores (Thurstone 1935) on the first principal component of the correlations, signed to its items."""
    import numpy as np

    if len(rows) < 3:
        return [math.nan] * len(rows)
    data = np.asarray(rows)
    spread = data.std(axis=0, ddof=1)
    if (spread == 0).any():
        raise InputError("an item has the same answer everywhere; a factor score needs variation")
    standard = (data - data.mean(axis=0)) / spread
    values, vectors = np.linalg.eigh(np.corrcoef(standard, rowvar=False))
    first = vectors[:, -1] * np.sign(vectors[:, -1].sum() or 1.0)
    return [float(one) for one in standard @ first / np.sqrt(values[-1])]
