"""What the standard cannot hold, in the archive in the form of a study folder.

The texts and the documents are not stored twice: where the standard's part has the same bytes, the side's list names that
member.  The side is believed only when the project file is the one that it was written with: another program that changed
the project is right about it.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crosscase.core import Snapshot
from crosscase.core.errors import InputError
from crosscase.exchange.folder import folder_files, read_folder
from crosscase.exchange.folder.sources import safe
from crosscase.exchange.refi.container import SIDE, Container
from crosscase.exchange.refi.report import Account

__all__ = ["LIST", "read_side", "side_files"]

#: The list of the side's files.
LIST = "refi.json"


def side_files(snapshot: Snapshot, project: bytes, members: Mapping[str, bytes]) -> dict[str, bytes]:
    """The members of the side: the study folder without what ``members``, the standard's files, hold already."""
    held = {_hash(content): name for name, content in members.items()}
    shared: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for name, content in folder_files(snapshot):
        if (member := held.get(_hash(content))) is not None and name.startswith("sources/"):
            shared[name] = member
        else:
            files[SIDE + name] = content
    about = {"form": 1, "project": _hash(project), "shared": shared}
    return {SIDE + LIST: json.dumps(about, indent=1, ensure_ascii=False).encode("utf-8"), **files}


def read_side(container: Container, account: Account) -> Snapshot | None:
    """The study in the side, or ``None`` when there is none or it belongs to another version of the project."""
    files = dict(container.side())
    if LIST not in files:
        return None
    about = _about(files.pop(LIST))
    if about is None or about.get("project") != container.hash:
        account.warnings.append(
            "the project was changed after Crosscase wrote it, so what Crosscase had put aside in it was not read"
        )
        account.dropped["side files of another version of the project"] += len(files)
        return None
    try:
        with tempfile.TemporaryDirectory(prefix="crosscase-") as folder:
            for name, content in files.items():
                _write(Path(folder), name, content)
            for name, member in about.get("shared", {}).items():
                held = container.file(member)
                if held is None:
                    raise InputError(f"the part {member} is missing")
                _write(Path(folder), name, held)
            snapshot = read_folder(folder)
            return snapshot.replace(originals=dict(snapshot.originals), texts=dict(snapshot.texts))
    except InputError as error:
        account.warnings.append(f"what Crosscase had put aside in the project could not be read: {error.what}")
        account.dropped["side files that could not be read"] += len(files)
        return None


def _about(data: bytes) -> dict[str, Any] | None:
    try:
        about: Any = json.loads(data)
    except ValueError:
        return None
    shared = about.get("shared") if isinstance(about, dict) else None
    if not isinstance(shared, dict) or not all(isinstance(one, str) for one in shared.values()):
        return None
    return dict(about)


def _write(folder: Path, name: str, content: bytes) -> None:
    path = folder / safe(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
