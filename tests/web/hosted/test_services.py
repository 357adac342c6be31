"""Suggestions by a service on a server: an owner chooses among those of its settings, and no other address is ever asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosscase.core.errors import InputError, PermissionDenied
from crosscase.study import embeddings, suggestions
from crosscase.study.embeddings import Address
from crosscase.study.suggestions import suggester_of
from crosscase.web.hosted.settings import read_settings
from web.hosted.team import Team, make_team

ALLOWED = Address("https://allowed.example/v1", "letters", "SERVICE_KEY")
SECOND = Address("http://127.0.0.1:9/v1", "numbers")
INSIDE = "http://127.0.0.1:8471/v1"


@pytest.fixture(autouse=True)
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Address]:
    """The addresses that were asked; nothing is sent anywhere."""
    monkeypatch.setenv(embeddings.CONFIG, str(tmp_path / "config"))
    found: list[Address] = []

    def ask(self: Address, texts: list[str]) -> list[list[float]]:
        found.append(self)
        return [[float(len(text)), 1.0] for text in texts]

    monkeypatch.setattr(Address, "_ask", ask)
    return found


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "server.db", suggestion_addresses=(ALLOWED, SECOND))
    yield made
    made.close()


def chosen(team: Team, name: str, **data: str) -> int:
    answer = team.signed_in(name).post(f"/s/{team.study}/suggestions/address", data=data)
    return int(answer.status_code)


def test_an_owner_chooses_a_service_and_its_key_is_the_servers(serving: Team, asked: list[Address]) -> None:
    client, base = serving.signed_in("olga"), f"/s/{serving.study}/suggestions"
    assert "letters at allowed.example" in client.get(base).text
    data = {"service": f"{ALLOWED.url} {ALLOWED.model}", "key": "CROSSCASE_DATABASE", "unstated": "true"}
    assert client.post(f"{base}/address", data=data).status_code == 303
    assert client.post(f"{base}/switch", data={"way": "address"}).status_code == 303
    suggester = suggester_of(serving.workspace("olga"))
    assert suggester.address == Address(ALLOWED.url, ALLOWED.model, "SERVICE_KEY", unstated=True)
    suggester.suggest("S1", 0, 11, coder="olga")
    assert {one.url for one in asked} == {ALLOWED.url}


@pytest.mark.parametrize(
    "data",
    [
        {"url": INSIDE, "model": "letters"},
        {"service": f"{INSIDE} letters"},
        {"service": f"{ALLOWED.url}/../v2 letters"},
        {"service": f"{ALLOWED.url} another"},
        {"url": "https://169.254.169.254/v1", "model": "letters"},
    ],
)
def test_an_address_that_is_not_allowed_is_refused_to_the_owner_too(
    serving: Team, asked: list[Address], data: dict[str, str]
) -> None:
    assert chosen(serving, "olga", **data) == 403
    suggester = suggester_of(serving.workspace("olga"))
    assert embeddings.remembered(serving.study) is None
    with pytest.raises(InputError, match="no address"):
        suggester.switch("olga", "address")
    assert asked == []


def test_one_that_was_written_into_the_file_or_is_allowed_no_more_is_not_asked(
    serving: Team, asked: list[Address]
) -> None:
    assert chosen(serving, "olga", service=f"{ALLOWED.url} {ALLOWED.model}") == 303
    suggester = suggester_of(serving.workspace("olga"))
    suggester.switch("olga", "address")
    for left in (Address(INSIDE, "letters", unstated=True), Address(ALLOWED.url, "letters", unstated=True)):
        embeddings.remember(serving.study, left)
        serving.workspace("olga").whole.services = (SECOND,)
        assert suggester.address is None
        assert "no service to ask" in suggester.suggest("S1", 0, 11, coder="olga").trouble
    assert asked == []


def test_choosing_another_switches_off_and_the_trail_says_so(serving: Team) -> None:
    workspace = serving.workspace("olga")
    for one in (ALLOWED, SECOND):
        assert chosen(serving, "olga", service=f"{one.url} {one.model}") == 303
        assert suggester_of(workspace).way == ""
        suggestions.switch(workspace, "olga", "address")
    assert chosen(serving, "olga", service="") == 303
    assert suggester_of(workspace).way == ""
    assert serving.store.audit(serving.study)[-1].what == "suggestions switched off"


def test_a_server_allows_none_by_default(team: Team) -> None:
    assert chosen(team, "olga", service=f"{ALLOWED.url} {ALLOWED.model}") == 403
    assert "This server asks no service" in team.signed_in("olga").get(f"/s/{team.study}/suggestions").text


@pytest.mark.parametrize("name", ["cleo", "rita", "aron"])
def test_only_who_manages_the_study_may_choose_or_switch(serving: Team, name: str) -> None:
    assert chosen(serving, name, service=f"{ALLOWED.url} {ALLOWED.model}") == 403
    workspace = serving.workspace(name)
    with pytest.raises(PermissionDenied):
        suggestions.configure(workspace, name, ALLOWED)
    with pytest.raises(PermissionDenied):
        suggestions.switch(workspace, name, "words")
    assert embeddings.remembered(serving.study) is None


def test_the_setting_is_read_from_the_file_and_from_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text(
        'suggestion_addresses = [{ url = "https://allowed.example/v1", model = "letters", key = "SERVICE_KEY" }]\n'
    )
    assert read_settings(file, {}).suggestion_addresses == (ALLOWED,)
    listed = json.dumps([{"url": SECOND.url, "model": SECOND.model}])
    assert read_settings(file, {"CROSSCASE_SUGGESTION_ADDRESSES": listed}).suggestion_addresses == (SECOND,)


@pytest.mark.parametrize(
    "value",
    [
        '"https://x/v1"', '["https://x/v1"]', '[{ url = "https://x/v1" }]', '[{ url = "https://x/v1", model = 5 }]',
        '[{ url = "http://x/v1", model = "m" }]', '[{ url = "https://x/v1", model = "m", unstated = true }]', "5",
    ],
)  # fmt: skip
def test_a_service_that_cannot_be_used_is_said(tmp_path: Path, value: str) -> None:
    file = tmp_path / "s.toml"
    file.write_text(f"suggestion_addresses = {value}\n")
    with pytest.raises(InputError):
        read_settings(file, {})
