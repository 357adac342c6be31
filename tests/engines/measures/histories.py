"""Small histories for the tests, and a strategy that makes any."""

from __future__ import annotations

from hypothesis import strategies as st

from crosscase.engines.measures import Entry, FirmHistory

#: Founded 2008; two countries in 2010, one in 2012, one in 2015; observed until 2018.
SMALL = FirmHistory(
    "small",
    home="CHN",
    founded=2008,
    entries=(Entry("DEU", 2010), Entry("FRA", 2010), Entry("USA", 2012), Entry("JPN", 2015)),
    observed_until=2018,
)

PLACES = ("AUS", "BRA", "DEU", "FRA", "GBR", "IND", "JPN", "KOR", "MEX", "SGP", "TUR", "USA", "VNM", "ZAF")


@st.composite
def any_history(draw: st.DrawFn) -> FirmHistory:
    founded = draw(st.integers(1990, 2010))
    until = draw(st.integers(founded, founded + 20))
    entries = draw(
        st.lists(st.builds(Entry, st.sampled_from(PLACES), st.integers(founded, until)), min_size=1, max_size=15)
    )
    return FirmHistory("any", home="CHN", founded=founded, entries=tuple(entries), observed_until=until)
