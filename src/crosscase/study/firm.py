"""The description of one firm: from a toml file, from a form, and as a toml file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crosscase.core import Snapshot
from crosscase.core.errors import InputError
from crosscase.evidence.firms import Firm, firm_from_document
from crosscase.exchange.folder.toml import parse_toml, read_toml, write_toml

#: What a form asks of each event, tie and figure; a row without what stands first is no row.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "event": ("kind", "place", "date", "mode"),
    "tie": ("alter", "kind", "place", "start"),
    "observation": ("measure", "value", "date"),
}


def read_firm(path: Path, snapshot: Snapshot) -> Firm:
    """The firm in a file.

    Raises:
        InputError: there is no such file, it is not TOML (with line and column), or its content means nothing.
    """
    try:
        document = read_toml(path)
    except OSError as error:
        raise InputError(
            f"the firm cannot be read: {error.strerror}", where=str(path), mend="give a toml file that describes a firm"
        ) from None
    return firm_from_document(document, snapshot, path.name)


def document_of(
    id: str, attributes: Mapping[str, str], rows: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, Any]:  # fmt: skip
    """What was filled in as the document of a firm; empty fields and empty rows are left out."""
    given = {name: value.strip() for name, value in attributes.items() if value.strip()}
    document: dict[str, Any] = {"id": id.strip()} if id.strip() else {}
    if given:
        document["attributes"] = given
    for key in COLUMNS:
        filled = [{name: value for name, value in row.items() if str(value).strip()} for row in rows.get(key, ())]
        if filled := [row for row in filled if row]:
            document[key] = filled
    return document


def firm_document(data: bytes, file: str) -> dict[str, Any]:
    """The document in a toml file that somebody gave; InputError says where it is none."""
    return parse_toml(data, file)


def firm_toml(document: Mapping[str, Any]) -> bytes:
    """The document of a firm as a file for ``crosscase brief``."""
    return write_toml(document).encode()
