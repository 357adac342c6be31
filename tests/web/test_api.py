"""The API against its own description: no request, however odd, makes the server fail."""

from __future__ import annotations

import re

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from web.conftest import Served


@pytest.fixture
def api_schema(served: Served):
    with httpx.Client(base_url=served.url) as client:
        client.get(served.gate.link)
        cookies = dict(client.cookies)
        token = re.search('name="crosscase-token" content="([^"]+)"', client.get("/").text)[1]
        description = client.get("/api/openapi.json").json()
    schema = schemathesis.openapi.from_dict(description)
    schema.config.update(base_url=served.url)
    schema.session = {"cookies": cookies, "headers": {"x-crosscase-token": token}}
    return schema


CHECKS = [
    schemathesis.checks.not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
]


def test_no_request_makes_the_server_fail(api_schema) -> None:
    asked: set[int] = set()
    for found in api_schema.get_all_operations():
        operation = found.ok()

        @settings(max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def answer_is_as_described(case) -> None:
            response = case.call(**api_schema.session)
            asked.add(response.status_code)
            case.validate_response(response, checks=CHECKS)

        answer_is_as_described()
    assert 200 in asked


def test_the_description_covers_every_route_of_the_api(served: Served) -> None:
    with httpx.Client(base_url=served.url) as client:
        client.get(served.gate.link)
        described = set(client.get("/api/openapi.json").json()["paths"])
    assert described >= {"/api/codings", "/api/codings/{id}", "/api/changes", "/api/undo", "/api/redo"}
