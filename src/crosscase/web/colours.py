"""The colours of the codes: each code's own, or one of the palette by its place in the codebook."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b

from crosscase.core import Code
from crosscase.figures.palette import COLOURS

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def css_name(code: str) -> str:
    """The name that style sheets and scripts use for a code, whatever its id is made of.

    >>> css_name("a b<c")
    'code-b6cf7eb4'
    """
    return f"code-{blake2b(code.encode('utf-8', 'surrogatepass'), digest_size=4).hexdigest()}"


def colour_of(code: Code, place: int) -> str:
    """The colour of a code as ``#rrggbb``; what a study file says is taken only when it is exactly that."""
    return code.colour if _HEX.fullmatch(code.colour) else COLOURS[place % len(COLOURS)]


def style_sheet(codes: Iterable[Code]) -> str:
    """The rules for ``::highlight()``, ``<mark>``, margin bars and swatches, on light paper and on dark."""
    named = [(css_name(code.id), colour_of(code, place)) for place, code in enumerate(codes)]
    light = "".join(_rules(name, colour) for name, colour in named)
    dark = "".join(_rules(name, _lighter(colour)) for name, colour in named)
    return f"{light}@media (prefers-color-scheme: dark){{\n{dark}}}\n"


def _rules(name: str, colour: str) -> str:
    painted = f"{{background-color:{colour}2e;text-decoration:underline 2px {colour}}}"
    return (
        f"::highlight({name}){painted}\nmark.{name}{painted}\n"
        f".bar.{name},.swatch.{name}{{background-color:{colour};border-color:{colour}}}\n"
    )


def _lighter(colour: str) -> str:
    """A colour that can be seen on dark paper: two fifths of the way to white.

    >>> _lighter("#000000"), _lighter("#ffffff")
    ('#666666', '#ffffff')
    """
    return "#" + "".join(f"{(3 * int(colour[at : at + 2], 16) + 2 * 255) // 5:02x}" for at in (1, 3, 5))
