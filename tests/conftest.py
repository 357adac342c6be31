"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the published facts and reference results; a test that needs it is skipped without it."""
    root = Path(__file__).resolve().parents[1]
    for candidate in (os.environ.get("CROSSCASE_SHARED"), root.parent / "shared", root.parent.parent / "shared"):
        if candidate and (Path(candidate) / "domain.md").exists():
            return Path(candidate)
    pytest.skip("the folder with the reference results is not here")
