"""Figures for print: a scene of shapes, written as SVG and PNG.

The figures of analyses are in modules of their own: ``xy``, ``fiss``, ``necessity``, ``upset``, ``calibration``,
``pathdiagram``.
"""

from crosscase.figures.ceilings import ceilings
from crosscase.figures.datastructure import data_structure_figure
from crosscase.figures.distribution import Distribution, distributions
from crosscase.figures.png import to_png
from crosscase.figures.reproduction import Pair, reproduction
from crosscase.figures.scene import FULL_WIDTH, SINGLE_COLUMN, Scene
from crosscase.figures.slopes import simple_slopes
from crosscase.figures.svg import to_svg
from crosscase.figures.timeline import TimelineMark, TimelineRow, timeline, timeline_rows
from crosscase.figures.worldmap import Period, entry_periods, world_maps

__all__ = [
    "FULL_WIDTH",
    "SINGLE_COLUMN",
    "Distribution",
    "Pair",
    "Period",
    "Scene",
    "TimelineMark",
    "TimelineRow",
    "ceilings",
    "data_structure_figure",
    "distributions",
    "entry_periods",
    "reproduction",
    "simple_slopes",
    "timeline",
    "timeline_rows",
    "to_png",
    "to_svg",
    "world_maps",
]
