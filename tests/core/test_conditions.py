"""The language of sampling rules."""

from __future__ import annotations

import pytest

from crosscase.core.conditions import Condition
from crosscase.core.errors import ExpressionError

FIRM = {"years": 2.0, "intensity": 0.25, "sector": "Software", "markets": 5.0, "abroad": 1.0}


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ("years <= 3 and intensity >= 0.25", True),
        ("years <= 3 and intensity >= 25%", True),
        ("intensity > 25%", False),
        ("years < 2 or markets = 5", True),
        ("not years < 2", True),
        ("sector = software", True),
        ('sector in {"software", consulting}', True),
        ('sector != "software"', False),
        ("(years > 3 or markets > 3) and not sector = retail", True),
        ("age < 10", None),
        ("age < 10 and years > 3", False),
        ("age < 10 or years <= 3", True),
        ("not age < 10", None),
        ("sector > 3", None),
        ("abroad = yes", True),
        ("abroad = no", False),
        ("abroad in {yes}", True),
        ("abroad = 1", True),
    ],
)
def test_rules(rule, holds):
    assert Condition.parse(rule).evaluate(FIRM.get).holds is holds


def test_what_went_in_and_what_was_missing():
    outcome = Condition.parse("years <= 3 and age < 10").evaluate(FIRM.get)
    assert outcome.used == {"years": 2.0}
    assert outcome.missing == ("age",)


@pytest.mark.parametrize(
    ("rule", "position"),
    [
        ("years <=", 8),
        ("years 3", 6),
        ("<= 3", 0),
        ("years <= 3 and", 14),
        ("(years <= 3", 0),
        ("years <= 3)", 10),
        ("x ? 3", 2),
    ],
)
def test_the_caret_stands_under_the_place(rule, position):
    with pytest.raises(ExpressionError) as caught:
        Condition.parse(rule)
    assert caught.value.position == position
