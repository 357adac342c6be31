"""The numbers and bullets of Word's lists, which Word computes and does not write into the text."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

__all__ = ["Numbering"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DEEPEST = 8  # Word knows nine levels
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


class _Level(NamedTuple):
    format: str
    pattern: str
    start: int


class Numbering:
    """Gives each paragraph of a list its label, counting as it goes."""

    def __init__(self, numbering: Any | None, styles: Any | None) -> None:
        self._levels: dict[tuple[str, int], _Level] = {}
        self._abstract: dict[str, str] = {}
        self._styles: dict[str, tuple[str, int]] = {}
        self._counters: dict[str, list[int]] = {}
        if numbering is not None:
            self._read(numbering)
        if styles is not None:
            for style in styles.iter(f"{_W}style"):
                found = _reference(style.find(f"{_W}pPr"))
                if found and found[0]:
                    self._styles[style.get(f"{_W}styleId")] = found

    def label(self, properties: Any) -> str:
        """The label of the paragraph with these properties, or empty; counts it."""
        found = _reference(properties)
        if found is None or not found[0]:
            style = properties.find(f"{_W}pStyle")
            inherited = self._styles.get(style.get(f"{_W}val")) if style is not None else None
            found = inherited or found
        if found is None or found[0] in ("", "0"):
            return ""
        id, depth = found
        level = self._levels.get((self._abstract.get(id, ""), depth))
        if level is None or level.format == "none":
            return ""
        if level.format == "bullet":
            return "•"
        counters = self._counters.setdefault(id, [])
        while len(counters) <= depth:
            above = self._levels.get((self._abstract[id], len(counters)), level)
            counters.append(above.start - 1 if len(counters) == depth else above.start)
        del counters[depth + 1 :]
        counters[depth] += 1
        return re.sub(r"%(\d)", lambda match: self._written(id, int(match[1]) - 1), level.pattern)

    def _written(self, id: str, depth: int) -> str:
        counters = self._counters[id]
        level = self._levels.get((self._abstract[id], depth))
        return _number(counters[depth], level.format) if level is not None and depth < len(counters) else ""

    def _read(self, numbering: Any) -> None:
        for abstract in numbering.findall(f"{_W}abstractNum"):
            for level in abstract.findall(f"{_W}lvl"):
                key = abstract.get(f"{_W}abstractNumId"), _integer(level.get(f"{_W}ilvl"), 0)
                self._levels[key] = _Level(
                    _value(level, "numFmt") or "decimal",
                    _value(level, "lvlText"),
                    _integer(_value(level, "start"), 1),
                )
        for number in numbering.findall(f"{_W}num"):
            self._abstract[number.get(f"{_W}numId")] = _value(number, "abstractNumId")


def _reference(properties: Any | None) -> tuple[str, int] | None:
    """(list, depth) of a paragraph's or style's own numbering."""
    numbering = properties.find(f"{_W}numPr") if properties is not None else None
    if numbering is None:
        return None
    return _value(numbering, "numId"), min(_integer(_value(numbering, "ilvl"), 0), _DEEPEST)


def _value(element: Any, child: str) -> str:
    found = element.find(f"{_W}{child}")
    return (found.get(f"{_W}val") or "") if found is not None else ""


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else default


def _number(number: int, format: str) -> str:
    if format in ("lowerLetter", "upperLetter") and 0 < number <= 780:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if format == "lowerLetter" else letter.upper()
    if format in ("lowerRoman", "upperRoman") and 0 < number < 400:
        written = ""
        for value, letters in _ROMAN:
            written += letters * (number // value)
            number %= value
        return written if format == "lowerRoman" else written.upper()
    return f"{number:02d}" if format == "decimalZero" else str(number)
