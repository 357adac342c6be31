"""A scene as SVG: the same scene gives the same text, and no text of a study can become markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import count

from crosscase.figures.scene import MM, Circle, Group, Line, Path, Polyline, Rect, Scene, Shape, Text

#: Liberation Sans has the widths of Arial and Helvetica, so that a figure keeps its layout wherever it is opened.
FONT_FAMILY = "'Liberation Sans', Arial, Helvetica, sans-serif"

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SAFE_LINK = re.compile(r"(?:https?:|mailto:|#|[^:]*$)", re.IGNORECASE)


def to_svg(scene: Scene, *, id: str = "") -> str:
    """The SVG document of a scene.

    Args:
        scene: the figure.
        id: put before every id inside, so that several figures can stand on one page.
    """
    writer = _Writer(f"{id}-" if id else "")
    role = "group" if any(_linked(shape) for shape in scene.shapes) else "img"  # what is inside an img is not read out
    labels = f"{writer.prefix}title" + (f" {writer.prefix}desc" if scene.description else "")
    size = f'width="{_number(scene.width / MM)}mm" height="{_number(scene.height / MM)}mm"'
    view = f'viewBox="0 0 {_number(scene.width)} {_number(scene.height)}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view} role="{role}" aria-labelledby="{escape(labels)}" '
        f'font-family="{escape(FONT_FAMILY)}">',
        f'<title id="{escape(writer.prefix)}title">{clean(scene.title)}</title>',
    ]
    if scene.description:
        parts.append(f'<desc id="{escape(writer.prefix)}desc">{clean(scene.description)}</desc>')
    for shape in scene.shapes:
        parts.extend(writer.write(shape))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _linked(shape: Shape) -> bool:
    return isinstance(shape, Group) and (bool(shape.href) or any(map(_linked, shape.shapes)))


def clean(text: str) -> str:
    """A text as XML content or attribute: escaped, and without the characters that XML cannot hold."""
    return escape(_NOT_XML.sub("\ufffd", text))


class _Writer:
    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.clips = count(1)

    def write(self, shape: Shape) -> Iterator[str]:
        match shape:
            case Group():
                yield from self._group(shape)
            case Line():
                ends = _attributes(x1=shape.x1, y1=shape.y1, x2=shape.x2, y2=shape.y2)
                yield f"<line{ends}{_pen(shape)}/>"
            case Polyline():
                points = " ".join(f"{_number(x)},{_number(y)}" for x, y in shape.points)
                yield f'<{"polygon" if shape.closed else "polyline"} points="{points}"{_pen(shape)}/>'
            case Path():
                yield f'<path d="{escape(shape.commands)}" fill-rule="evenodd"{_pen(shape)}/>'
            case Rect():
                box = _attributes(x=shape.x, y=shape.y, width=shape.width, height=shape.height)
                corner = _attributes(rx=shape.radius) if shape.radius else ""
                yield f"<rect{box}{corner}{_pen(shape)}/>"
            case Circle():
                yield f"<circle{_attributes(cx=shape.x, cy=shape.y, r=shape.radius)}{_pen(shape)}/>"
            case Text():
                yield _text(shape)

    def _group(self, group: Group) -> Iterator[str]:
        attributes = ""
        if group.clip is not None:
            name = f"{self.prefix}clip-{next(self.clips)}"
            box = _attributes(x=group.clip.x, y=group.clip.y, width=group.clip.width, height=group.clip.height)
            yield f'<clipPath id="{escape(name)}"><rect{box}/></clipPath>'
            attributes += f' clip-path="url(#{escape(name)})"'
        if group.move != (0.0, 0.0) or group.scale != 1.0:
            x, y = group.move
            scale = f" scale({_number(group.scale)})" if group.scale != 1.0 else ""
            attributes += f' transform="translate({_number(x)} {_number(y)}){scale}"'
        link = bool(group.href) and _SAFE_LINK.match(group.href) is not None
        if link:
            yield f'<a href="{clean(group.href)}">'
        yield f"<g{attributes}>"
        if group.title:
            yield f"<title>{clean(group.title)}</title>"
        if group.description:
            yield f"<desc>{clean(group.description)}</desc>"
        for shape in group.shapes:
            yield from self.write(shape)
        yield "</g>"
        if link:
            yield "</a>"


def _text(text: Text) -> str:
    place = _attributes(x=text.x, y=text.y)
    size = _attributes(font_size=text.size)
    anchor = f' text-anchor="{text.anchor}"' if text.anchor != "start" else ""
    turn = f' transform="rotate({_number(text.rotate)} {_number(text.x)} {_number(text.y)})"' if text.rotate else ""
    return f'<text{place}{size}{anchor}{turn} fill="{_colour(text.fill)}">{clean(text.text)}</text>'


def _pen(shape: Line | Polyline | Path | Rect | Circle) -> str:
    fill = "" if isinstance(shape, Line) else f' fill="{_colour(shape.fill)}"'
    if not shape.stroke:
        return fill
    pen = f'{fill} stroke="{_colour(shape.stroke)}"{_attributes(stroke_width=shape.stroke_width)}'
    dash = getattr(shape, "dash", ())
    return pen + (f' stroke-dasharray="{" ".join(map(_number, dash))}"' if dash else "")


def _colour(colour: str) -> str:
    return escape(colour) if colour else "none"


def _attributes(**numbers: float) -> str:
    return "".join(f' {name.replace("_", "-")}="{_number(value)}"' for name, value in numbers.items())


def _number(value: float) -> str:
    """A length with two decimals at most, the same on every machine."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
