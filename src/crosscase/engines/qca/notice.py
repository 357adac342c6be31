"""Notices: what a reader of an analysis must be told, as data.  Not errors: the analysis went on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Notice"]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about an analysis that a reader must know.

    ``code`` is stable (``half-membership``, ``low-pri``, …), ``subject`` the set, row, term or expression that it is
    about, ``cases`` the cases concerned.
    """

    code: str
    message: str
    subject: str = ""
    cases: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "subject": self.subject, "cases": list(self.cases)}

    def __str__(self) -> str:
        return self.message
