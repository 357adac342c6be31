"""Where the variables of a structural model stand on the page: layers from causes to effects, indicators at their factors.

The first layer has its indicators to the left, the last to the right, those between above or below.  Not here: arrows and
numbers (:mod:`crosscase.figures.pathdiagram`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from crosscase.figures.fonts import shorten_middle, text_width, wrap
from crosscase.figures.palette import NORMAL, SMALL

Side = Literal["left", "right", "above", "below"]

RECT_HEIGHT = 12.0
RECT_GAP = 4.5
ROW_GAP = 9.0
LOADING_ROOM = 46.0
LOADING_RISE = 34.0
PATH_ROOM = 64.0
BLOCK_GAP = 24.0
_MOST_NAME = 84.0


@dataclass(frozen=True, slots=True)
class Box:
    """A variable on the page: its middle, its half sizes, its words line by line; an ellipse when it is latent."""

    name: str
    x: float
    y: float
    half_width: float
    half_height: float
    lines: tuple[str, ...]
    latent: bool
    side: Side | None = None

    @property
    def left(self) -> float:
        return self.x - self.half_width

    @property
    def right(self) -> float:
        return self.x + self.half_width

    @property
    def top(self) -> float:
        return self.y - self.half_height

    @property
    def bottom(self) -> float:
        return self.y + self.half_height


@dataclass(frozen=True, slots=True)
class Structure:
    """What stands in a diagram.

    ``indicators`` are factor → its observed variables; ``arrows`` (cause, effect) among factors and other variables.
    """

    latents: tuple[str, ...]
    indicators: Mapping[str, tuple[str, ...]]
    nodes: tuple[str, ...]
    arrows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Block:
    """A variable with its indicators: how much room it takes around the middle of the variable."""

    name: str
    side: Side
    up: float
    down: float
    half: float


def layers_of(structure: Structure) -> list[list[str]]:
    """Variables by the longest way that leads to them; a cycle is cut where it closes."""
    causes: dict[str, list[str]] = {name: [] for name in structure.nodes}
    for cause, effect in structure.arrows:
        causes[effect].append(cause)
    depth: dict[str, int] = {}

    def at(name: str, seen: frozenset[str]) -> int:
        if name not in depth:
            above = [at(cause, seen | {name}) for cause in causes[name] if cause not in seen | {name}]
            found = 1 + max(above, default=-1)
            if seen and any(cause in seen for cause in causes[name]):
                return found
            depth[name] = found
        return depth[name]

    for name in structure.nodes:
        at(name, frozenset())
    layers: list[list[str]] = [[] for _ in range(1 + max(depth.values(), default=0))]
    for name in structure.nodes:
        layers[depth[name]].append(name)
    return [layer for layer in layers if layer]


def layout(structure: Structure, words: Mapping[str, str], *, second_lines: Mapping[str, str]) -> dict[str, Box]:
    """A box for every variable; the upper left corner of them all is the origin.

    Args:
        words: variable → its words.
        second_lines: variable → a line under its name, such as its R².
    """
    layers = layers_of(structure)
    sizes = {
        name: _size(name, name in structure.latents, words, second_lines.get(name, "")) for name in structure.nodes
    }
    rect = (
        max(
            (
                text_width(_short(words.get(one, one)), SMALL)
                for those in structure.indicators.values()
                for one in those
            ),
            default=0.0,
        )
        / 2
        + 4.5
    )
    skipping = _skips(layers, structure.arrows)
    columns = [_blocks(layer, place, len(layers), structure, sizes, rect) for place, layer in enumerate(layers)]
    tallest = max(sum(one.up + one.down for one in column) + BLOCK_GAP * (len(column) - 1) for column in columns)
    boxes: dict[str, Box] = {}
    x = 0.0
    if any(one.side == "left" for one in columns[0]):
        x += 2 * rect + LOADING_ROOM
    for place, column in enumerate(columns):
        half = max(one.half for one in column)
        lifted = skipping and 0 < place < len(columns) - 1
        for block, y in _heights(column, tallest, lifted=lifted):
            width, height, lines = sizes[block.name]
            box = Box(block.name, x + half, y, width, height, lines, block.name in structure.latents, block.side)
            boxes[block.name] = box
            boxes |= _indicators(box, structure.indicators.get(block.name, ()), rect, words, half)
        x += 2 * half + PATH_ROOM
    dx, dy = min(box.left for box in boxes.values()), min(box.top for box in boxes.values())
    return {name: replace(box, x=box.x - dx, y=box.y - dy) for name, box in boxes.items()}


def _size(name: str, latent: bool, words: Mapping[str, str], second: str) -> tuple[float, float, tuple[str, ...]]:
    """Half width, half height and the lines of a variable."""
    lines = tuple(wrap(words.get(name, name), NORMAL, _MOST_NAME))
    wide = max(max(text_width(line, NORMAL) for line in lines), text_width(second, SMALL))
    tall = len(lines) * NORMAL * 1.2 + (SMALL * 1.25 if second else 0)
    lines = (*lines, second) if second else lines
    if latent:
        return max(24.0, wide / 2 * 1.2 + 7), max(14.0, tall / 2 + 6.5), lines
    return max(20.0, wide / 2 + 6), max(9.0, tall / 2 + 4), lines


def _blocks(
    layer: Sequence[str],
    place: int,
    count: int,
    structure: Structure,
    sizes: Mapping[str, tuple[float, float, tuple[str, ...]]],
    rect: float,
) -> list[_Block]:
    blocks = []
    for number, name in enumerate(layer):
        width, height, _ = sizes[name]
        items = len(structure.indicators.get(name, ()))
        side: Side
        if place == count - 1:
            side = "right"
        elif place == 0:
            side = "left"
        else:
            side = "above" if number < (len(layer) + 1) // 2 else "below"
        if side in ("left", "right"):
            column = max(height, (items * (RECT_HEIGHT + RECT_GAP) - RECT_GAP) / 2)
            blocks.append(_Block(name, side if items else "right", column, column, width))
        else:
            row = (items * (2 * rect + ROW_GAP) - ROW_GAP) / 2
            rise = LOADING_RISE + RECT_HEIGHT if items else 0.0
            up, down = (height + rise, height) if side == "above" else (height, height + rise)
            blocks.append(_Block(name, side, up, down, max(width, row)))
    return blocks


def _heights(column: Sequence[_Block], tallest: float, *, lifted: bool) -> Iterable[tuple[_Block, float]]:
    """The middles of the blocks of a layer, spread about the middle of the page.

    A ``lifted`` layer leaves the middle free for arrows that pass it: its first half stands above, the rest below.
    """
    middle = tallest / 2
    if lifted:
        upper = column[: (len(column) + 1) // 2]
        y = middle - BLOCK_GAP
        for block in reversed(upper):
            yield block, y - block.down
            y -= block.up + block.down + BLOCK_GAP
        y = middle + BLOCK_GAP
        for block in column[len(upper) :]:
            yield block, y + block.up
            y += block.up + block.down + BLOCK_GAP
        return
    total = sum(one.up + one.down for one in column)
    gap = BLOCK_GAP if len(column) < 2 else max(BLOCK_GAP, min(60.0, (tallest - total) / (len(column) - 1)))
    y = middle - (total + gap * (len(column) - 1)) / 2
    for block in column:
        yield block, y + block.up
        y += block.up + block.down + gap


def _indicators(
    factor: Box, names: Sequence[str], rect: float, words: Mapping[str, str], half: float
) -> dict[str, Box]:
    boxes = {}
    for number, name in enumerate(names):
        offset = number - (len(names) - 1) / 2
        if factor.side in ("left", "right"):
            sign = -1 if factor.side == "left" else 1
            x = factor.x + sign * (half + LOADING_ROOM + rect)
            y = factor.y + offset * (RECT_HEIGHT + RECT_GAP)
        else:
            sign = -1 if factor.side == "above" else 1
            x = factor.x + offset * (2 * rect + ROW_GAP)
            y = factor.y + sign * (factor.half_height + LOADING_RISE + RECT_HEIGHT / 2)
        boxes[name] = Box(name, x, y, rect, RECT_HEIGHT / 2, (_short(words.get(name, name)),), False, factor.side)
    return boxes


def _short(text: str) -> str:
    return shorten_middle(text, SMALL, 52.0)


def _skips(layers: Sequence[Sequence[str]], arrows: Iterable[tuple[str, str]]) -> bool:
    """Whether an arrow passes a layer by."""
    place = {name: number for number, layer in enumerate(layers) for name in layer}
    return any(abs(place[effect] - place[cause]) > 1 for cause, effect in arrows)
