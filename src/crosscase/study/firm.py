"""Read the description of one firm from a toml file."""

from __future__ import annotations

from pathlib import Path

from crosscase.core import Snapshot
from crosscase.core.errors import InputError
from crosscase.evidence.firms import Firm, firm_from_document
from crosscase.exchange.folder.toml import read_toml


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
