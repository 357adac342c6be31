"""Distances from open data, and the indices made of a user's own table."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscase.core.countries import all_countries
from crosscase.core.errors import InputError
from crosscase.engines.measures import FirmHistory
from crosscase.engines.measures.distances import (
    KOGUT_SINGH_WARNING,
    _borders,
    _geography,
    compare,
    contiguous,
    distance,
    euclidean,
    great_circle,
    kogut_singh,
    mahalanobis,
    office_overlap,
)
from engines.measures.histories import SMALL

PLACES = sorted(_geography())


def test_every_country_but_four_has_a_capital() -> None:
    assert {country.alpha3 for country in all_countries()} - set(PLACES) == {"ATA", "BVT", "HMD", "UMI"}
    with pytest.raises(InputError, match="Antarctica"):
        great_circle("ATA", "USA")


@pytest.mark.parametrize(
    ("code", "latitude", "longitude"),
    # Places in the capital or on the island, from zone.tab of the tz database (Brasília: the city's own coordinates), which
    # is independent of our table; these are the rows that were wrong in the package the table comes from.
    [
        ("AIA", 18.20, -63.07),
        ("ATG", 17.05, -61.80),
        ("TLS", -8.55, 125.58),
        ("GRD", 12.05, -61.75),
        ("IMN", 54.15, -4.47),
        ("MSR", 16.72, -62.22),
        ("NFK", -29.05, 167.97),
        ("REU", -20.87, 55.47),
        ("SHN", -15.92, -5.70),
        ("SPM", 47.05, -56.33),
        ("TUN", 36.80, 10.18),
        ("BRA", -15.78, -47.92),
    ],
)
def test_capitals_that_were_corrected(code: str, latitude: float, longitude: float) -> None:
    assert _geography()[code][:2] == pytest.approx((latitude, longitude), abs=0.5)  # islands are up to 50 km long


@pytest.mark.parametrize(
    ("a", "b", "kilometres"),
    # distances as commonly given, rounded to 10 km; 1.1% covers the sphere, the rounding and the points taken in the cities
    [("GBR", "FRA", 340), ("DEU", "POL", 520), ("CHN", "JPN", 2100), ("CHN", "USA", 11150), ("AUS", "NZL", 2330)],
)
def test_great_circle(a: str, b: str, kilometres: float) -> None:
    assert great_circle(a, b) == pytest.approx(kilometres, rel=0.011)


def test_a_quarter_of_the_equator_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    points = {"USA": (0.0, 0.0, 0.0), "CHN": (0.0, 90.0, 6.0), "JPN": (90.0, 0.0, 0.0)}
    monkeypatch.setattr("crosscase.engines.measures.distances._geography", lambda: points)
    assert great_circle("USA", "CHN") == pytest.approx(10007.557, abs=0.01)  # pi/2 * 6371.0088
    assert great_circle("USA", "JPN") == great_circle("CHN", "JPN") == pytest.approx(10007.557, abs=0.01)


@given(st.sampled_from(PLACES), st.sampled_from(PLACES), st.sampled_from(PLACES))
@settings(deadline=None)
def test_distances_are_a_metric(a: str, b: str, c: str) -> None:
    assert great_circle(a, a) == pytest.approx(0, abs=1e-6)
    assert great_circle(a, b) == pytest.approx(great_circle(b, a))
    assert great_circle(a, c) <= great_circle(a, b) + great_circle(b, c) + 1e-6
    assert 0 <= office_overlap(a, b) == office_overlap(b, a) <= 8


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("CHN", "Asia/Shanghai"),
        ("IND", "Asia/Kolkata"),
        ("NPL", "Asia/Kathmandu"),
        ("USA", "America/New_York"),
        ("BRA", "America/Sao_Paulo"),
        ("GBR", "Europe/London"),
        ("IRL", "Europe/Dublin"),
        ("AUS", "Australia/Sydney"),
        ("NZL", "Pacific/Auckland"),
        ("CHL", "America/Santiago"),
        ("RUS", "Europe/Moscow"),
        ("ZAF", "Africa/Johannesburg"),
        ("IRN", "Asia/Tehran"),
        ("KAZ", "Asia/Almaty"),
    ],
)
def test_standard_time_agrees_with_the_tz_database(code: str, zone: str) -> None:
    try:
        offsets = [datetime(2025, month, 15, tzinfo=ZoneInfo(zone)).utcoffset() for month in (1, 7)]
    except ZoneInfoNotFoundError:
        pytest.skip("no time-zone data on this machine")
    assert _geography()[code][2] == min(offset.total_seconds() / 3600 for offset in offsets if offset is not None)


def test_office_hours_by_hand() -> None:
    assert office_overlap("CHN", "CHN") == 8
    assert office_overlap("CHN", "JPN") == 7
    assert office_overlap("CHN", "DEU") == 1
    assert office_overlap("CHN", "GBR") == 0
    assert office_overlap("NZL", "USA") == 1  # 12 and -5: 17 hours apart is 7 the other way round


def test_borders() -> None:
    assert contiguous("FRA", "DEU")
    assert contiguous("CHN", "NPL")
    assert contiguous("GBR", "IRL")
    assert not contiguous("CHN", "JPN")
    assert not contiguous("IND", "LKA")
    assert all(len(pair) == 2 and pair <= {c.alpha3 for c in all_countries()} for pair in _borders())


@pytest.mark.parametrize(
    ("code", "neighbours"),
    # numbers of land neighbours as in any atlas; China's 14 states and Hong Kong and Macao, Serbia's with Kosovo
    [
        ("CHN", 16),
        ("RUS", 14),
        ("BRA", 10),
        ("COD", 9),
        ("DEU", 9),
        ("AUT", 8),
        ("FRA", 8),
        ("SRB", 8),
        ("TUR", 8),
        ("ZMB", 8),
        ("TZA", 8),
        ("MLI", 7),
        ("SAU", 7),
        ("SDN", 7),
        ("IND", 6),
        ("XKX", 4),
        ("MYS", 3),
        ("USA", 2),
        ("GBR", 1),
        ("JPN", 0),
    ],
)
def test_number_of_land_neighbours(code: str, neighbours: int) -> None:
    assert sum(code in pair for pair in _borders()) == neighbours


def test_languages_and_currencies_come_with_the_year() -> None:
    assert compare("PAK", "SGP").common_languages == ("en",)
    assert compare("CHN", "SGP").common_languages == ("zh",)
    assert compare("DEU", "FRA", 1995).common_currencies == ()
    assert compare("DEU", "FRA", 2005).common_currencies == ("EUR",)
    assert compare("CHN", "ATA").kilometres is None
    assert compare("CHN", "USA").contiguous is False


def test_distance_of_a_firm() -> None:
    hosts = [great_circle("CHN", host) for host in ("DEU", "FRA", "USA", "JPN")]
    assert distance(SMALL).value == pytest.approx(sum(hosts) / 4)
    assert distance(SMALL, "farthest").value == max(hosts)
    first = distance(SMALL, "first-entry")
    assert first.value == pytest.approx(sum(hosts[:2]) / 2)
    assert "their mean" in first.warnings[0]
    assert distance(FirmHistory("x")).missing == ("entries", "home")


TABLE = {"A": (0.0, 0.0), "B": (2.0, 0.0), "C": (0.0, 2.0), "D": (2.0, 2.0)}


def test_indices_by_hand() -> None:
    # each dimension has variance 4/3 over the four countries: KS = (4/(4/3) + 0)/2 = 1.5
    assert kogut_singh(TABLE, "A", "B").value == pytest.approx(1.5)
    assert euclidean(TABLE, "A", "B").value == pytest.approx(1.5**0.5)
    assert euclidean(TABLE, "A", "B", scaled=False).value == 2
    # the dimensions do not correlate: covariance is 4/3 times the identity; d^2 = 4 * 3/4 = 3
    assert mahalanobis(TABLE, "A", "B").value == pytest.approx(3**0.5)


def test_kogut_singh_is_a_squared_distance_and_says_so() -> None:
    assert kogut_singh(TABLE, "A", "B").warnings == (KOGUT_SINGH_WARNING,)
    assert euclidean(TABLE, "A", "B").warnings == ()
    assert mahalanobis(TABLE, "A", "B").to_dict()["dimensions"] == 2
    halfway = {**TABLE, "M": (1.0, 0.0)}
    assert (
        kogut_singh(halfway, "A", "B").value
        > kogut_singh(halfway, "A", "M").value + kogut_singh(halfway, "M", "B").value
    )
    assert euclidean(halfway, "A", "B").value == pytest.approx(
        euclidean(halfway, "A", "M").value + euclidean(halfway, "M", "B").value
    )


def test_mahalanobis_takes_the_correlation_into_account() -> None:
    # covariance [[1, 0.5], [0.5, 1]] by construction; along (1, 1): d^2 = 2/1.5, along (1, -1): d^2 = 2/0.5
    root = 3**0.5 / 2
    table = {"a": (1.0, 0.5), "b": (-1.0, -0.5), "c": (0.0, root), "d": (0.0, -root)}
    scale = 2 / 3  # four countries: sums of squares are 2, 2 and the cross product 1, over n - 1 = 3
    difference = (1.0, 0.5 - root)
    inverse = ((4 / 3, -2 / 3), (-2 / 3, 4 / 3))
    squared = sum(difference[i] * inverse[i][j] * difference[j] for i in range(2) for j in range(2)) / scale
    assert mahalanobis(table, "c", "a").value == pytest.approx(squared**0.5)


def test_tables_that_cannot_be_used() -> None:
    with pytest.raises(InputError, match="not in the table"):
        euclidean(TABLE, "A", "X")
    with pytest.raises(InputError, match="does not vary"):
        kogut_singh({"A": (1.0, 2.0), "B": (2.0, 2.0)}, "A", "B")
    with pytest.raises(InputError, match="no inverse"):
        mahalanobis({"A": (1.0, 2.0), "B": (2.0, 4.0), "C": (3.0, 6.0)}, "A", "B")
