"""XML of the exchange format: read without trusting it, whatever its namespace, and small helpers to walk and write it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from crosscase.core.errors import InputError

__all__ = [
    "CODEBOOK",
    "GUID",
    "IN_CODEBOOK",
    "IN_PROJECT",
    "PROJECT",
    "allowed",
    "attribute",
    "child",
    "children",
    "guid",
    "local",
    "parse",
    "words",
]

#: The namespaces that are written.  When reading, only the local names count: there are at least five in use.
PROJECT = "urn:QDA-XML:project:1.0"
CODEBOOK = "urn:QDA-XML:codebook:1.0"
#: As namespaces without a prefix; the types of lxml know no such thing.
IN_PROJECT: Any = {None: PROJECT}
IN_CODEBOOK: Any = {None: CODEBOOK}

GUID = re.compile(r"\{?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\}?")
_DECLARATIONS = tuple(
    mark.encode(encoding) for mark in ("<!DOCTYPE", "<!ENTITY") for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
#: What XML 1.0 cannot hold.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BAD_REFERENCE = re.compile(rb"&#(?:x0*(?:[0-8BbCcEeFf]|1[0-9A-Fa-f]|[Ff]{3}[EeFf])|0*(?:[0-8]|1[124-9]|2\d|3[01]));")
_BAD_BYTE = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def parse(data: bytes, where: str) -> Any:
    """The root element: no document type, no entities, no network, no huge trees.

    Control characters, which no XML may hold and some programs write, are read as U+FFFD, one for one.
    """
    if any(mark in data for mark in _DECLARATIONS):
        raise _declares(where)
    try:
        root = _parse(data)
    except etree.XMLSyntaxError as error:
        mended = _BAD_BYTE.sub("\ufffd".encode(), _BAD_REFERENCE.sub(b"&#xFFFD;", data))
        try:
            if mended == data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise error
            root = _parse(mended)
        except etree.XMLSyntaxError as still:
            raise InputError(
                f"the file is damaged or cut off ({still.msg})",
                where=f"{where}, line {still.lineno}",
                mend="export it again from the program it comes from",
            ) from None
    if root.getroottree().docinfo.doctype:
        raise _declares(where)
    return root


def _parse(data: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True, remove_pis=True
    )
    return etree.fromstring(data, parser)


def _declares(where: str) -> InputError:
    return InputError(
        "the file was not read: it declares a document type or entities, which no program for qualitative data writes",
        where=where,
        mend="export it again from the program it comes from",
    )


def local(element: Any) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: Any, *names: str) -> Iterator[Any]:
    """The child elements with one of these names, in order; all of them when none is given."""
    for one in element:
        if not names or local(one) in names:
            yield one


def child(element: Any, name: str) -> Any | None:
    """The first child element with this name."""
    return next(children(element, name), None)


def words(element: Any, name: str) -> str:
    """The text of the first child with this name; empty when there is none."""
    found = child(element, name)
    return "" if found is None else "".join(found.itertext())


def attribute(element: Any, name: str) -> str:
    """An attribute whatever the case of its name; empty when there is none."""
    value = element.get(name)
    if value is None:
        folded = name.casefold()
        value = next((one for key, one in element.items() if key.casefold() == folded), "")
    return str(value)


def guid(element: Any, name: str = "guid") -> str:
    """A GUID as it is compared: lower case, without braces; another identifier as it stands."""
    value = attribute(element, name).strip()
    return value.strip("{}").lower()


def allowed(text: str) -> str:
    """The text with what XML cannot hold replaced by U+FFFD."""
    return _FORBIDDEN.sub("\ufffd", text)
