"""Sets, links and graphs that came with an import, made fit to go out again.

They are kept as the XML they were.  What the schema does not know, and references to things that are no longer there, are
left out, so that a written project is valid whatever was read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from lxml import etree

from crosscase.core.errors import InputError
from crosscase.exchange.refi.xml import GUID, IN_PROJECT, PROJECT, allowed, attribute, children, local, parse

__all__ = ["put_back"]

_GUID = GUID.pattern
_INTEGER = r"[+-]?\d+"
_COLOUR = r"#(?:[A-Fa-f0-9]{6}|[A-Fa-f0-9]{3})"
_DIRECTION = "Associative|OneWay|Bidirectional"
_ANY = r"(?s).*"
_SHAPE = "Person|Oval|Rectangle|RoundedRectangle|Star|LeftTriangle|RightTriangle|UpTriangle|DownTriangle|Note"
_BOX = dict.fromkeys(("firstX", "firstY", "secondX", "secondY"), _INTEGER)

#: Element -> its attributes with the pattern of their values, and those that must be there.
_ATTRIBUTES: Mapping[str, tuple[Mapping[str, str], tuple[str, ...]]] = {
    "Set": ({"guid": _GUID, "name": _ANY}, ("guid", "name")),
    "MemberCode": ({"targetGUID": _GUID}, ("targetGUID",)),
    "MemberSource": ({"targetGUID": _GUID}, ("targetGUID",)),
    "MemberNote": ({"targetGUID": _GUID}, ("targetGUID",)),
    "NoteRef": ({"targetGUID": _GUID}, ("targetGUID",)),
    "Link": (
        {"guid": _GUID, "name": _ANY, "direction": _DIRECTION, "color": _COLOUR, "originGUID": _GUID, "targetGUID": _GUID},
        ("guid",),
    ),
    "Graph": ({"guid": _GUID, "name": _ANY}, ("guid",)),
    "Vertex": (
        {"guid": _GUID, "representedGUID": _GUID, "name": _ANY, **_BOX, "shape": _SHAPE, "color": _COLOUR},
        ("guid", "firstX", "firstY"),
    ),
    "Edge": (
        {
            "guid": _GUID, "representedGUID": _GUID, "name": _ANY, "sourceVertex": _GUID, "targetVertex": _GUID,
            "color": _COLOUR, "direction": _DIRECTION, "lineStyle": "dotted|dashed|solid",
        },
        ("guid", "sourceVertex", "targetVertex"),
    ),
    "Description": ({}, ()),
}  # fmt: skip
#: Element -> its children in the order of the schema.
_CHILDREN = {
    "Set": ("Description", "MemberCode", "MemberSource", "MemberNote"),
    "Link": ("NoteRef",),
    "Graph": ("Vertex", "Edge"),
}
#: References of these must lead to something that is written.
_REFERENCES = ("targetGUID", "originGUID")


def put_back(kept: Any, tag: str, written: Collection[str]) -> Iterable[Any]:
    """The elements ``tag`` in a list of XML texts, valid, with references to the GUIDs in ``written`` only."""
    for text in kept if isinstance(kept, list) else ():
        try:
            root = parse(str(text).encode("utf-8"), "study.toml")
        except InputError:
            continue
        made = _copy(root, written) if local(root) == tag else None
        if made is not None:
            yield made


def _copy(element: Any, written: Collection[str]) -> Any | None:
    name = local(element)
    patterns, required = _ATTRIBUTES[name]
    made = etree.Element(f"{{{PROJECT}}}{name}", nsmap=IN_PROJECT)
    for key, pattern in patterns.items():
        value = attribute(element, key)
        if key == "targetGUID" and not value and name in ("MemberCode", "MemberSource", "MemberNote"):
            value = attribute(element, "guid")  # as codebooks have it
        if (not value and element.get(key) is None) or not re.fullmatch(pattern, value):
            continue
        if pattern is _GUID:
            value = value.strip("{}").lower()
        if key in _REFERENCES and value not in written:
            return None
        made.set(key, allowed(value))
    if any(key not in made.attrib for key in required):
        return None
    if name == "Description":
        made.text = allowed("".join(element.itertext()))
    vertices: set[str] = set()
    for tag in _CHILDREN.get(name, ()):
        found = list(children(element, tag))
        for one in found[:1] if tag == "Description" else found:
            below = _copy(one, written)
            if below is None or (
                tag == "Edge" and not {below.get("sourceVertex"), below.get("targetVertex")} <= vertices
            ):
                continue
            if tag == "Vertex":
                vertices.add(str(below.get("guid")))
            made.append(below)
    return made
