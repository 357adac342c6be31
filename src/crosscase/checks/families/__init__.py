"""The rules, one module a family; importing this declares them."""

from crosscase.checks.families import design, records

__all__ = ["design", "records"]
