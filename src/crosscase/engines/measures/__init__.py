"""Measures of a firm's internationalization; each returns a :class:`MeasureValue`, a number that carries its scheme."""

from crosscase.engines.measures.inputs import FIGURES, Entry, FirmHistory
from crosscase.engines.measures.values import Definition, MeasureTable, MeasureValue

__all__ = ["FIGURES", "Definition", "Entry", "FirmHistory", "MeasureTable", "MeasureValue"]
