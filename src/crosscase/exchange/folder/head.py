"""study.toml: the head of a study, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crosscase.core.errors import InputError
from crosscase.core.vocabulary import Question, RegionScheme, SamplingRule, Study, Variable
from crosscase.exchange.folder.layout import HEAD
from crosscase.exchange.folder.problems import Problems
from crosscase.exchange.folder.records import record_from_toml, record_to_toml, tables_in

_TEXTS = ("title", "stance", "citation")
#: The arrays of tables: key, field of the study, the dataclass, the field that must be there.
_LISTS = (
    ("sampling", "sampling", SamplingRule, "id"),
    ("variable", "variables", Variable, "name"),
    ("question", "guide", Question, "id"),
)
#: The tables with one key: table, key, field of the study.
_KEYS = (
    ("observation", "until", "observed_until"),
    ("regions", "scheme", "region_scheme"),
    ("interviews", "count", "interviews"),
)


def study_from_toml(document: Mapping[str, Any], file: str = HEAD) -> Study:
    """The study in the document.

    ``question`` is the research question when it is a text and the interview guide when it is an array of tables; a
    study with both writes the first as ``research_question``.
    """
    problems = Problems(file)
    given: dict[str, Any] = {name: _text(document, name, problems) for name in _TEXTS}
    extra = {
        key: value
        for key, value in document.items()
        if key not in _TEXTS and key not in ("research_question", "synthetic", *(key for key, *_ in _LISTS))
    }
    guide = not isinstance(document.get("question", ""), str)
    given["question"] = _text(
        document, "research_question" if guide or "question" not in document else "question", problems
    )
    if not guide and "research_question" in document and "question" in document:
        problems.add("there is both a question and a research_question", mend="keep one")
    given["synthetic"] = document.get("synthetic", False)
    if not isinstance(given["synthetic"], bool):
        problems.add(f"synthetic is {given['synthetic']!r}", mend="write true or false")
    for key, name, row, id in _LISTS:
        if key != "question" or guide:
            given[name] = _rows(document, key, row, id, problems)
    for table, key, name in _KEYS:
        values = extra.pop(table, {})
        if not isinstance(values, Mapping):
            problems.add(f"{table} is not a table", mend=f"write [{table}] and under it {key} = …")
            continue
        given[name] = values.get(key, None if name == "interviews" else "")
        own = {one: value for one, value in values.items() if one != key}
        if table == "regions" and "own" in own:
            given["schemes"] = _rows(own, "own", RegionScheme, "id", problems, "regions.own")
            del own["own"]
        if own:
            extra[table] = own
    given["observed_until"] = str(given.get("observed_until", ""))
    if not isinstance(given.get("region_scheme", ""), str):
        problems.add(f"the region scheme {given['region_scheme']!r} is not a text", column="regions.scheme")
    count = given.get("interviews")
    if count is not None and type(count) is not int:
        problems.add(f"the count {count!r} is not a whole number", column="interviews.count")
    problems.raise_any()
    if extra:
        given["extra"] = extra
    return Study(**given)


def study_to_toml(study: Study) -> dict[str, Any]:
    """The document that :func:`study_from_toml` reads back equal."""
    document: dict[str, Any] = {"title": study.title}
    document["research_question" if study.guide else "question"] = study.question
    document |= {"stance": study.stance, "citation": study.citation}
    document = {key: value for key, value in document.items() if value or key == "title"}
    if study.synthetic:
        document["synthetic"] = True
    extra = dict(study.extra)
    for table, key, name in _KEYS:
        value = getattr(study, name)
        own: dict[str, Any] = {} if value in ("", None) else {key: _number(value) if key == "until" else value}
        own |= extra.pop(table, {})
        if table == "regions" and study.schemes:
            own["own"] = [record_to_toml(scheme) for scheme in study.schemes]
        if own:
            document[table] = own
    for key, name, _, _ in _LISTS:
        if rows := getattr(study, name):
            document[key] = [record_to_toml(row) for row in rows]
    clash = set(extra) & {*_TEXTS, "question", "research_question", "synthetic", "sampling", "variable"}
    if clash:
        raise InputError(f"a kept key has the name of a known one: {', '.join(sorted(clash))}", where=HEAD)
    return {**document, **extra}


def _text(document: Mapping[str, Any], key: str, problems: Problems) -> str:
    value = document.get(key, "")
    if not isinstance(value, str):
        problems.add(f"the {key} {value!r} is not a text", column=key)
        return ""
    return value


def _rows(
    document: Mapping[str, Any], key: str, row: type[Any], id: str, problems: Problems, shown: str = ""
) -> tuple[Any, ...]:
    rows = []
    seen: set[str] = set()
    for number, values in enumerate(tables_in(document, key, problems), start=1):
        place = f"{shown or key} {number}"
        one = record_from_toml(row, values, problems, place, required=[id])
        if one is None:
            continue
        name = getattr(one, id)
        if name in seen:
            problems.add(f"the {id} '{name}' stands there twice", place=place)
        seen.add(name)
        rows.append(one)
    return tuple(rows)


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() and text.isascii() and str(int(text)) == text else text
