"""The registry is complete, documented, and every measure keeps the promises of a result."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from crosscase.core.errors import NotFoundError
from crosscase.engines.measures import FirmHistory
from crosscase.engines.measures.catalogue import markdown
from crosscase.engines.measures.regions import scheme, scheme_names
from crosscase.engines.measures.registry import classifications, classify_all, compute, measure_all, measures
from crosscase.engines.networks import MEASURES as EGO_MEASURES
from engines.measures.histories import SMALL, any_history

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_docs_hold_the_catalogue_as_the_code_has_it() -> None:
    assert markdown() in (DOCS / "measures.md").read_text(encoding="utf-8")


def test_docs_name_every_ego_measure_and_region_scheme() -> None:
    page = (DOCS / "measures.md").read_text(encoding="utf-8")
    for name, formula in EGO_MEASURES.items():
        assert f"`{name}`" in page
        assert formula.formula in page
    regions = (DOCS / "regions.md").read_text(encoding="utf-8")
    for name in scheme_names():
        assert f"`{name}`" in regions
        assert scheme(name).version in regions


def test_every_measure_says_what_it_is_and_where_it_is_from() -> None:
    for name, measure in measures().items():
        assert measure.name == name
        assert measure.text.endswith(".")
        ids = [definition.id for definition in measure.definitions]
        assert len(set(ids)) == len(ids) >= 1
        for definition in measure.definitions:
            assert definition.text
            assert definition.formula
            assert definition.source
    assert len({*measures(), *classifications()}) == len(measures()) + len(classifications())


@given(any_history())
@settings(deadline=None, max_examples=30)
def test_every_value_carries_its_scheme_inputs_and_source(history: FirmHistory) -> None:
    for row in (*measure_all(history), *classify_all(history)):
        assert row.case == "any"
        assert row.source
        assert row.inputs or row.missing
        if row.value is None:
            assert row.missing or row.warnings, row.measure
        else:
            assert not row.missing
        json.dumps(row.to_dict())


def test_an_empty_history_gives_no_value_anywhere() -> None:
    for row in (*measure_all(FirmHistory("empty")), *classify_all(FirmHistory("empty"))):
        assert row.value is None, row
        assert row.missing


def test_compute_by_name() -> None:
    assert compute("spread", SMALL).value == 0.5
    assert compute("spread", SMALL, "post-entry").value == 0.25
    assert compute("diversification", SMALL, under=scheme("world-bank-7")).scheme == "world-bank-7"
    with pytest.raises(NotFoundError, match="did you mean 'spread'"):
        compute("spred", SMALL)
    with pytest.raises(NotFoundError, match="definition"):
        compute("spread", SMALL, "fast")


def test_a_table_of_values_shows_itself() -> None:
    table = measure_all(SMALL, every_definition=False)
    assert len(table) == len(measures())
    frame = table.to_frame()
    assert list(frame["measure"]) == list(measures())
    assert "no data" in table._repr_html_()
    assert table[0].to_frame().shape[0] == 1
    assert table.to_dict()["measures"][0]["measure"] == "years_to_internationalization"
