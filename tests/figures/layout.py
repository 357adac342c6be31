"""Where the texts of a scene lie on the page, so that tests can say that none is cut or covered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crosscase.figures.fonts import CAP_HEIGHT, DESCENT, text_width
from crosscase.figures.scene import Group, Scene, Shape, Text


@dataclass(frozen=True)
class Box:
    text: str
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        return (
            self.left < other.right - 0.1
            and other.left < self.right - 0.1
            and self.top < other.bottom - 0.1
            and other.top < self.bottom - 0.1
        )


def text_boxes(shapes: Sequence[Shape], move: tuple[float, float] = (0.0, 0.0), scale: float = 1.0) -> Iterator[Box]:
    """The boxes of all upright texts, from the metrics of the font."""
    for shape in shapes:
        if isinstance(shape, Group):
            inner = (move[0] + scale * shape.move[0], move[1] + scale * shape.move[1])
            yield from text_boxes(shape.shapes, inner, scale * shape.scale)
        elif isinstance(shape, Text) and shape.text:
            assert shape.rotate == 0
            size = shape.size * scale
            width = text_width(shape.text, size)
            x, y = move[0] + scale * shape.x, move[1] + scale * shape.y
            left = {"start": x, "middle": x - width / 2, "end": x - width}[shape.anchor]
            yield Box(shape.text, left, y - CAP_HEIGHT * size, left + width, y + DESCENT * size)


def assert_readable(scene: Scene) -> None:
    """No text is cut by the edge of the page or lies on another; none is smaller than six points."""
    boxes = list(text_boxes(scene.shapes))
    for box in boxes:
        assert box.left >= -0.1, f"cut at the left: {box}"
        assert box.right <= scene.width + 0.1, f"cut at the right: {box} of {scene.width}"
        assert box.top >= -0.1, f"cut at the top: {box}"
        assert box.bottom <= scene.height + 0.1, f"cut at the bottom: {box} of {scene.height}"
    ordered = sorted(boxes, key=lambda box: box.left)
    for number, box in enumerate(ordered):
        for other in ordered[number + 1 :]:
            if other.left >= box.right:
                break
            assert not box.overlaps(other), f"{box} and {other}"


def all_shapes(shapes: Sequence[Shape]) -> Iterator[Shape]:
    for shape in shapes:
        yield shape
        if isinstance(shape, Group):
            yield from all_shapes(shape.shapes)


def drawn_texts(scene: Scene) -> list[str]:
    return [shape.text for shape in all_shapes(scene.shapes) if isinstance(shape, Text)]


def titles(scene: Scene) -> list[str]:
    return [shape.title for shape in all_shapes(scene.shapes) if isinstance(shape, Group) and shape.title]
