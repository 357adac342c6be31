"""Sets, links and graphs of a second export, and who belongs to several cases, joined to those kept with the first.

They are kept as XML that names things by GUID, and GUIDs are other ones in each export of some programs.  So the second
export's GUIDs are first made those of the study.  A set is known again by its name, a link by its ends, its direction and its
name, a graph by its name and what is drawn in it.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from crosscase.core.errors import InputError
from crosscase.exchange.refi.xml import attribute, children, guid, local, parse

__all__ = ["Joined", "join_kept"]

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:crosscase:refi-qda:joined")
#: Attributes that name a thing of the study, or a part of a graph.
_NAMES_A_THING = ("targetGUID", "originGUID", "representedGUID")
_NAMES_A_PART = ("sourceVertex", "targetVertex")
_OF_CASES = ("sources_of_cases", "selections_of_cases", "codes_of_cases")


@dataclass(slots=True)
class Joined:
    """What is kept for the study's way back, and how many sets, links and graphs were new, known and changed."""

    kept: dict[str, Any]
    added: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    absent: Counter[str] = field(default_factory=Counter)


def join_kept(
    study: Mapping[str, Any], export: Mapping[str, Any], same: Mapping[str, str], cases: Mapping[str, str]
) -> Joined:
    """Join what was kept aside of an export to what the study has.

    ``same`` has for each GUID of a thing in the export the study's, ``cases`` for the export's id of a case the study's.
    """
    joined = Joined(dict(study))
    for name in ("sets", "links", "graphs"):
        mine, theirs = _parsed(study.get(name)), _parsed(export.get(name))
        for one in theirs:
            _translate(one, same)
        if theirs:
            _join(name, mine, theirs, joined)
            if joined.added[name] or joined.changed[name]:
                joined.kept[name] = [str(etree.tostring(one, encoding="unicode")) for one in mine]
    for name in _OF_CASES:
        if isinstance(given := export.get(name), Mapping):
            have = dict(joined.kept.get(name, {}))
            for identity, ids in given.items():
                mapped = [cases.get(id, id) for id in ids]
                key = same.get(identity, identity)
                have[key] = list(dict.fromkeys([*have.get(key, ()), *mapped]))
            joined.kept[name] = have
    if isinstance(given := export.get("cases"), Mapping):
        theirs_by_id = {cases.get(id, id): identity for id, identity in given.items()}
        joined.kept["cases"] = {**theirs_by_id, **dict(joined.kept.get("cases", {}))}
    return joined


def _join(name: str, mine: list[Any], theirs: list[Any], joined: Joined) -> None:
    waiting: dict[Hashable, list[Any]] = {}
    for one in mine:
        waiting.setdefault(_key(name, one), []).append(one)
    used = {guid(one) for root in mine for one in root.iter()}
    for one in theirs:
        twins = waiting.get(_key(name, one))
        if not twins:
            if name == "graphs" and attribute(one, "name") in {attribute(other, "name") for other in mine}:
                joined.changed[name] += 1  # drawn otherwise: both are kept
            else:
                joined.added[name] += 1
            _renew(one, used)
            mine.append(one)
        elif name == "sets" and _more_members(twins.pop(0), one):
            joined.changed[name] += 1
        else:
            joined.known[name] += 1
            del twins[:1]
    if left := sum(map(len, waiting.values())):
        joined.absent[name] += left


def _key(name: str, element: Any) -> Hashable:
    """What a set, a link or a graph is known again by."""
    if name == "sets":
        return " ".join(attribute(element, "name").casefold().split())
    if name == "links":
        ends = guid(element, "originGUID"), guid(element, "targetGUID")
        return (attribute(element, "name"), attribute(element, "direction"), *ends)
    shown = {guid(one): f"{attribute(one, 'name')}\0{guid(one, 'representedGUID')}" for one in children(element)}
    drawn = [
        (local(one), *sorted((key, _shown(key, value, shown)) for key, value in one.items() if key != "guid"))
        for one in children(element)
    ]
    return (attribute(element, "name"), *sorted(map(repr, drawn)))


def _shown(key: str, value: str, vertices: Mapping[str, str]) -> str:
    """The value of an attribute in a graph; a vertex is what it shows."""
    if key not in (*_NAMES_A_THING, *_NAMES_A_PART):
        return value
    identity = value.strip("{}").lower()
    return vertices.get(identity, identity)


def _more_members(mine: Any, theirs: Any) -> bool:
    """Put the members into a set that it has not; whether there were any."""
    have = {(local(one), _target(one)) for one in children(mine)}
    new = [one for one in children(theirs) if _target(one) and (local(one), _target(one)) not in have]
    mine.extend(new)
    return bool(new)


def _target(element: Any) -> str:
    return guid(element, "targetGUID") or guid(element)


def _translate(element: Any, same: Mapping[str, str]) -> None:
    """Name things by the study's GUIDs; members of a codebook's set name theirs by ``guid``."""
    for one in element.iter():
        for key in (*_NAMES_A_THING, *(("guid",) if local(one).startswith("Member") else ())):
            if (found := same.get(guid(one, key))) is not None:
                one.set(key, found)


def _renew(element: Any, used: set[str]) -> None:
    """Other GUIDs for an element and its parts where the study's elements have the same ones."""
    root = guid(element)
    renewed: dict[str, str] = {}
    for one in element.iter():
        identity = guid(one)
        if identity and not local(one).startswith("Member"):
            if identity in used:
                renewed[identity] = str(uuid.uuid5(_NAMESPACE, f"{root}\0{identity}\0{len(used)}"))
                one.set("guid", renewed[identity])
            used.add(guid(one))
    for one in element.iter():
        for key in _NAMES_A_PART:
            if (found := renewed.get(guid(one, key))) is not None:
                one.set(key, found)


def _parsed(kept: Any) -> list[Any]:
    found = []
    for text in kept if isinstance(kept, list) else ():
        try:
            found.append(parse(str(text).encode("utf-8"), "study.toml"))
        except InputError:
            continue
    return found
