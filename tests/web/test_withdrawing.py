"""Withdrawal and redaction in the browser's pages: they say what will go, ask, and it is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from web.conftest import Served
from web.study import INTERVIEW


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url) as one:
        one.get(served.gate.link)
        yield one


def _token(page: httpx.Response) -> str:
    found = re.search('name="crosscase-token" content="([^"]+)"', page.text)
    assert found
    return found[1]


def test_a_withdrawal_is_confirmed_by_name_and_then_done(served: Served, client: httpx.Client) -> None:
    assert "/withdraw?participant=P1" in client.get("/case", params={"id": "F1"}).text
    asked = client.get("/withdraw", params={"participant": "P1"})
    assert "for good" in asked.text
    form = {"token": _token(asked), "participant": "P1", "reason": "asked by mail", "again": "P2"}
    refused = client.post("/withdraw", data=form)
    assert refused.status_code == 422
    assert "does not agree" in refused.text
    assert 'value="asked by mail"' in refused.text
    done = client.post("/withdraw", data={**form, "again": "P1"})
    assert done.status_code == 200, done.text
    assert "Taken out" in done.text
    study = served.study
    assert all("Cologne" not in text for text in study.snapshot.texts.values())
    assert "Cologne" not in client.get("/quotations").text
    assert study.search("Cologne") == []


def test_a_redaction_shows_every_place_first(served: Served, client: httpx.Client) -> None:
    page = client.get("/redact", params={"source": "S1", "words": "the fair"})
    places = INTERVIEW.lower().count("the fair")
    assert f"{places} place" in page.text
    done = client.post(
        "/redact", data={"token": _token(page), "source": "S1", "words": "Hamburg", "reason": "singles the firm out"}
    )
    assert "Taken out" in done.text
    study = served.study
    text = study.snapshot.texts["S1"]
    assert "Hamburg" not in text
    assert len(text) == len(INTERVIEW)
    nothing = client.post("/redact", data={"token": _token(page), "source": "S1", "words": "Hamburg", "reason": "x"})
    assert nothing.status_code == 422
    assert "nothing to redact" in nothing.text


def test_an_unknown_participant_is_said(client: httpx.Client) -> None:
    assert client.get("/withdraw", params={"participant": "P9"}).status_code == 404
    assert client.get("/withdraw").status_code == 404
