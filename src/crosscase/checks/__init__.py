"""The rules that find what is broken; one module per family."""

from crosscase.checks.output import FORMATS, as_plain, summary
from crosscase.checks.registry import FAMILIES, Rule, chosen, get_rule, rule, rules, run

__all__ = ["FAMILIES", "FORMATS", "Rule", "as_plain", "chosen", "get_rule", "rule", "rules", "run", "summary"]
