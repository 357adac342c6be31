"""Crosscase: the evidence ledger and test suite for multiple-case research."""

__version__ = "0.1.0"
