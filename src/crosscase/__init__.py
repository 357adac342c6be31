"""Crosscase: the evidence ledger and test suite for multiple-case research.

::

    from crosscase import Study

    study = Study.open("mystudy")
    study.measures()
    study.check()
    study.build("out")

The names here are loaded when they are first used, so that importing the package stays quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crosscase.core.errors import CrosscaseError as CrosscaseError
    from crosscase.exchange.examples import copy_example as copy_example
    from crosscase.study.api import Study as Study
    from crosscase.study.findings import Findings as Findings

__version__ = "0.1.0"
__all__ = ["CrosscaseError", "Findings", "Study", "__version__", "copy_example"]

_HOMES = {
    "CrosscaseError": "crosscase.core.errors",
    "Findings": "crosscase.study.findings",
    "Study": "crosscase.study.api",
    "copy_example": "crosscase.exchange.examples",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'crosscase' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
