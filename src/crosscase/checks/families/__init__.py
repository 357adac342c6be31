"""The rules, one module a family; importing this declares them."""

from crosscase.checks.families import analysis, claims, codes, design, evidence, privacy, records, synthesis

__all__ = ["analysis", "claims", "codes", "design", "evidence", "privacy", "records", "synthesis"]
