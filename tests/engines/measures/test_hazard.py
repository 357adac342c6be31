"""The hazard of the next entry, against standard tables and by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crosscase.core.errors import InputError
from crosscase.engines.measures import Entry, FirmHistory
from crosscase.engines.measures.hazard import binomial_interval, hazard, poisson_interval, pooled_hazard
from engines.measures.histories import SMALL


def test_hazard_with_exposure_and_interval() -> None:
    discrete, poisson = hazard(SMALL), hazard(SMALL, "poisson")
    assert discrete.value == poisson.value == 2 / 8
    assert discrete.inputs["exposure"] == 8
    # Clopper-Pearson 2 of 8: (0.0319, 0.6509); Garwood for 2 events: (0.2422, 7.2247): standard tables, 4 decimals
    assert discrete.inputs["interval"] == pytest.approx((0.0319, 0.6509), abs=5e-5)
    assert poisson.inputs["interval"] == pytest.approx((0.2422 / 8, 7.2247 / 8), abs=1e-5)
    assert hazard(replace(SMALL, observed_until=2010)).value is None


def test_intervals_at_the_edges() -> None:
    assert poisson_interval(0, 1)[0] == 0
    assert poisson_interval(0, 1)[1] == pytest.approx(3.6889, abs=1e-4)  # -ln(0.025)
    assert binomial_interval(0, 5)[0] == 0
    assert binomial_interval(5, 5)[1] == 1
    with pytest.raises(InputError):
        poisson_interval(1, 0)
    with pytest.raises(InputError):
        binomial_interval(1, 3, level=1)


def test_a_group_pools_events_and_exposure() -> None:
    other = FirmHistory("other", entries=(Entry("USA", 2015), Entry("DEU", 2016)), observed_until=2017)
    unknown = FirmHistory("unknown", entries=(Entry("USA", 2015),))
    pooled = pooled_hazard([SMALL, other, unknown], group="both")
    assert (pooled.case, pooled.value) == ("both", pytest.approx(3 / 10))
    assert (pooled.inputs["events"], pooled.inputs["exposure"], pooled.inputs["firms"]) == (3, 10, 2)
    assert pooled.warnings == ("left out for want of data or exposure: unknown",)
    # Clopper-Pearson 3 of 10: (0.0667, 0.6525): standard tables, 4 decimals
    assert pooled.inputs["interval"] == pytest.approx((0.0667, 0.6525), abs=5e-5)
    assert pooled_hazard([SMALL], "poisson").value == hazard(SMALL, "poisson").value
    assert pooled_hazard([unknown]).missing == ("exposure",)
