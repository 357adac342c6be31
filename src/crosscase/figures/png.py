"""A scene as PNG, drawn by resvg with the shipped font."""

from __future__ import annotations

from collections.abc import Iterable

from crosscase.core.errors import InputError
from crosscase.figures.fonts import covered, font_file
from crosscase.figures.palette import PAPER
from crosscase.figures.scene import MM, Group, Scene, Shape, Text
from crosscase.figures.svg import to_svg

_MOST_PIXELS = 200_000_000


def to_png(scene: Scene, *, dpi: float = 300) -> bytes:
    """The picture on white paper, ``dpi`` dots an inch.

    The fonts of the system are only asked when a text has characters that the shipped font has not, so that the picture
    of a Latin, Greek, Cyrillic or Hebrew text is the same on every machine.

    Raises:
        InputError: the picture would have more than 200 million pixels.
    """
    import resvg_py

    zoom = dpi / 72
    width, height = scene.width * zoom, scene.height * zoom
    if width * height > _MOST_PIXELS:
        raise InputError(
            f"a picture of {scene.width / MM:.0f} × {scene.height / MM:.0f} mm at {dpi:g} dots an inch is too large",
            mend="take a lower dpi, or the SVG",
        )
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=to_svg(scene),
            width=max(1, round(width)),
            dpi=96,
            background=PAPER,
            font_files=[str(font_file())],
            font_family="Liberation Sans",
            sans_serif_family="Liberation Sans",
            skip_system_fonts=all(covered(text) for text in texts(scene.shapes)),
        )
    )


def texts(shapes: Iterable[Shape]) -> Iterable[str]:
    """Every text that is drawn."""
    for shape in shapes:
        if isinstance(shape, Text):
            yield shape.text
        elif isinstance(shape, Group):
            yield from texts(shape.shapes)
