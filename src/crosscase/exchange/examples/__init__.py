"""The studies that come with Crosscase, as study folders."""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from crosscase.core.errors import InputError, NotFoundError

__all__ = ["Example", "copy_example", "example_folder", "examples"]


@dataclass(frozen=True, slots=True)
class Example:
    """A shipped study: its name on the command line, its title and where its facts come from."""

    name: str
    title: str
    citation: str
    folder: Path


def examples() -> tuple[Example, ...]:
    """The shipped studies by name.

    >>> [example.name for example in examples()]
    ['born-globals', 'it-services', 'learning-networks', 'relationships', 'structural-models', 'walkthrough']
    """
    root = Path(str(resources.files(__name__)))
    found = []
    for folder in sorted(path.parent for path in root.glob("*/study.toml")):
        head = tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))
        found.append(Example(folder.name.replace("_", "-"), head["title"], head.get("citation", ""), folder))
    return tuple(found)


def example_folder(name: str) -> Path:
    """The folder of a shipped study, to be read and not changed; NotFoundError lists the names."""
    by_name = {example.name: example.folder for example in examples()}
    if name not in by_name:
        raise NotFoundError("example", name, by_name)
    return by_name[name]


def copy_example(name: str, to: str | Path) -> Path:
    """Copy a shipped study to a new or empty folder, all of it or nothing, and return the folder.

    Raises:
        NotFoundError: there is no such example.
        InputError: the folder exists and is not empty, or it cannot be written.
    """
    source = example_folder(name)
    target = Path(to)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(f"{target} exists and is not empty", mend="name a new folder")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as work:
            copy = shutil.copytree(source, Path(work) / "copy")
            if target.exists():
                target.rmdir()
            copy.rename(target)
    except OSError as error:
        raise InputError(f"the folder {target} could not be written: {error.strerror or error}") from None
    return target
