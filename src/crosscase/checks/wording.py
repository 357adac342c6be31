"""How rules read the wording of a claim: by a dictionary that can be edited, and that says which of its words it met.

It knows words, not meaning; a finding therefore names the word, and the study can take it out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from crosscase.core import Study
from crosscase.core.errors import InputError, NotFoundError

#: The key under ``[wording]`` in study.toml whose words no group has.
WITHOUT = "without"


@dataclass(frozen=True)
class Wording:
    """Groups of words: the shipped ones, with those of the study."""

    patterns: Mapping[str, re.Pattern[str]]

    @classmethod
    def of(cls, study: Study) -> Wording:
        """The dictionary of a study.

        Raises:
            NotFoundError: ``[wording]`` names a group that does not exist.
            InputError: a group is no list of words.
        """
        groups = {name: list(words) for name, words in shipped().items()}
        own: Any = study.extra.get("wording", {})
        where = "study.toml, [wording]"
        for name, words in own.items():
            if name not in groups and name != WITHOUT:
                raise NotFoundError("group of words", name, [*groups, WITHOUT], where=where)
            if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
                raise InputError(f"{name} is {words!r}", where=where, mend='write a list: ["amplify"]')
        without = {word.casefold() for word in own.get(WITHOUT, ())}
        return cls(
            {
                name: _pattern(word for word in (*words, *own.get(name, ())) if word.casefold() not in without)
                for name, words in groups.items()
            }
        )

    def found(self, group: str, text: str) -> list[str]:
        """The words of a group in a text, each once, in the order of the text."""
        return list(dict.fromkeys(match[0].casefold() for match in self.patterns[group].finditer(text)))


@cache
def shipped() -> Mapping[str, tuple[str, ...]]:
    """The dictionary that comes with the program, ``checks/data/wording.toml``."""
    text = (resources.files("crosscase.checks") / "data" / "wording.toml").read_text("utf-8")
    return {name: tuple(words) for name, words in tomllib.loads(text).items()}


def _pattern(words: Any) -> re.Pattern[str]:
    parts = sorted({word.strip() for word in words if word.strip()}, key=len, reverse=True)
    written = (r"\s+".join(re.escape(one).replace(r"\*", r"\w*") for one in part.split()) for part in parts)
    return re.compile(rf"\b(?:{'|'.join(written) or '(?!)'})\b", re.IGNORECASE)
