"""Structural equation models: LISREL's work on NumPy and SciPy."""

from crosscase.engines.sem.estimate import fit, fit_moments
from crosscase.engines.sem.syntax import parse

__all__ = ["fit", "fit_moments", "parse"]
