"""Codes of a project and of a codebook file (.qdc), both ways."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

from crosscase.core import Code, Snapshot
from crosscase.core.errors import InputError
from crosscase.core.vocabulary import LEVELS
from crosscase.exchange.refi.guids import Guids
from crosscase.exchange.refi.names import Ids
from crosscase.exchange.refi.report import Account
from crosscase.exchange.refi.xml import CODEBOOK, IN_CODEBOOK, allowed, attribute, child, children, guid, local, words

__all__ = ["LEVEL_SET", "code_elements", "read_codes", "read_levels", "write_codebook"]

#: Sets with these names say which level a code has.
LEVEL_SET = "Level: "
_COLOUR = re.compile(r"#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")
#: What a code says about its use, after its definition.
_PARTS = (("include", "Include"), ("exclude", "Exclude"), ("example", "Example"))

NoteRefs = Callable[[Any, str, str], None]


def read_codes(container: Any, account: Account, noted: NoteRefs) -> tuple[list[Code], dict[str, str]]:
    """The codes under a ``Codes`` element, parents first, and their ids by GUID.

    ``noted`` is called with each code's element, its table and its id, to collect the notes that it refers to.
    """
    ids = Ids()
    codes: list[Code] = []
    by_guid: dict[str, str] = {}
    waiting: list[tuple[Any, str]] = [(one, "") for one in reversed(list(children(container, "Code")))]
    while waiting:
        element, parent = waiting.pop()
        name = attribute(element, "name")
        id = ids.new(name, "code")
        identity = guid(element)
        if identity and identity in by_guid:
            account.warnings.append(f"the code '{name}' has the GUID of another code; references go to the first")
        by_guid.setdefault(identity or f"#{id}", id)
        extra = {"guid": identity} if identity else {}
        if attribute(element, "isCodable").strip().casefold() in ("false", "0"):
            extra["codable"] = "no"
        codes.append(
            Code(
                id,
                name,
                parent,
                definition=words(element, "Description"),
                colour=attribute(element, "color"),
                extra=extra,
            )
        )
        noted(element, "codes", id)
        for other in children(element):
            if local(other) not in ("Code", "Description", "NoteRef"):
                account.dropped[f"element {local(other)} in a code"] += 1
        waiting.extend((one, id) for one in reversed(list(children(element, "Code"))))
    account.read["codes"] += len(codes)
    return codes, by_guid


def read_levels(sets: Any | None, by_guid: Mapping[str, str]) -> dict[str, str]:
    """The level of codes that are in a set ``Level: theme`` and the like, as we write them."""
    levels: dict[str, str] = {}
    for one in children(sets, "Set") if sets is not None else ():
        level = attribute(one, "name").removeprefix(LEVEL_SET)
        if attribute(one, "name").startswith(LEVEL_SET) and level in LEVELS:
            for member in children(one, "MemberCode"):
                target = guid(member, "targetGUID") or guid(member)
                if target in by_guid:
                    levels[by_guid[target]] = level
    return levels


def code_elements(
    parent: Any, snapshot: Snapshot, guids: Guids, namespace: str, notes: Callable[[Any, str, str], None] | None = None
) -> None:
    """Put the codes of a study under a ``Codes`` element, nested; a circle of parents is cut at the first code seen."""
    coded = set(snapshot.codings.column("code"))
    done: set[str] = set()
    roots = [(parent, id) for id in (*snapshot.children.get("", ()), *snapshot.codes.column("id"))]
    for root in roots:
        waiting = [root]
        while waiting:
            above, id = waiting.pop()
            if id in done:
                continue
            done.add(id)
            code = snapshot.codes[id]
            below = snapshot.children.get(id, ())
            bare = code.level in ("theme", "dimension") and bool(below) and id not in coded
            codable = code.extra.get("codable") != "no" and not bare
            element = etree.SubElement(
                above, f"{{{namespace}}}Code", guid=guids.of("codes", id), name=allowed(code.name or id),
                isCodable=str(codable).lower(),
            )  # fmt: skip
            if _COLOUR.fullmatch(code.colour):
                element.set("color", code.colour)
            if text := description(code):
                etree.SubElement(element, f"{{{namespace}}}Description").text = allowed(text)
            if notes is not None:
                notes(element, "codes", id)
            waiting.extend((element, one) for one in reversed(below))


def description(code: Code) -> str:
    """Definition, what to include and exclude, and the example as one text."""
    parts = [f"{label}: {value}" for name, label in _PARTS if (value := getattr(code, name))]
    return "\n\n".join([*([code.definition] if code.definition else []), *parts])


def write_codebook(snapshot: Snapshot) -> bytes:
    """The codes of a study as a .qdc file, valid against the codebook schema.

    Raises:
        InputError: the study has no codes; the standard has no empty codebook.
    """
    if not len(snapshot.codes):
        raise InputError("the study has no codes, and the standard has no empty codebook", mend="add a code first")
    guids = Guids(snapshot)
    root = etree.Element(f"{{{CODEBOOK}}}CodeBook", nsmap=IN_CODEBOOK, origin="Crosscase")
    code_elements(etree.SubElement(root, f"{{{CODEBOOK}}}Codes"), snapshot, guids, CODEBOOK)
    levels = levels_used(snapshot)
    sets = etree.SubElement(root, f"{{{CODEBOOK}}}Sets")
    if not levels:
        root.remove(sets)
    for level, ids in levels.items():
        one = etree.SubElement(
            sets, f"{{{CODEBOOK}}}Set", guid=guids.made("sets", LEVEL_SET + level), name=LEVEL_SET + level
        )
        for id in ids:
            etree.SubElement(one, f"{{{CODEBOOK}}}MemberCode", guid=guids.of("codes", id))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def levels_used(snapshot: Snapshot) -> dict[str, list[str]]:
    """The codes of each level but ``free``."""
    index = snapshot.codes.positions("level")
    ids = snapshot.codes.column("id")
    return {level: [ids[place] for place in index[level]] for level in LEVELS if level != "free" and level in index}


def find_codes(root: Any) -> tuple[Any | None, Any | None]:
    """The ``Codes`` and the ``Sets`` elements of a codebook, wherever a program puts them."""
    book = root if local(root).casefold() == "codebook" else child(root, "CodeBook")
    if book is None:
        return None, child(root, "Sets")
    codes = child(book, "Codes")
    return (codes if codes is not None else book), (
        child(book, "Sets") if child(book, "Sets") is not None else child(root, "Sets")
    )
