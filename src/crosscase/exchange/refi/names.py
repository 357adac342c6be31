"""Ids that a person can read, made from names, each once."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["Ids"]


class Ids:
    """Hands out ids; two never differ in capitals only, since they become names of files.

    >>> ids = Ids()
    >>> ids.new("Trust & risk", "code"), ids.new("trust risk", "code"), ids.new("", "code")
    ('Trust-risk', 'trust-risk-2', 'code')
    """

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def take(self, id: str) -> None:
        """Count an id as given away."""
        self._taken.setdefault(id.casefold(), 1)

    def new(self, name: str, otherwise: str) -> str:
        """An id made of ``name``, or of ``otherwise`` when that has no letters or digits."""
        plain = unicodedata.normalize("NFKC", name)
        wanted = re.sub(r"[^\w.-]+", "-", plain).strip("-._")[:80].strip("-._") or otherwise
        id = wanted
        while id.casefold() in self._taken:
            self._taken[wanted.casefold()] = self._taken.get(wanted.casefold(), 1) + 1
            id = f"{wanted}-{self._taken[wanted.casefold()]}"
        self._taken[id.casefold()] = 1
        return id
