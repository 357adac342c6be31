"""What is shipped in ``deploy/`` fits the program: settings that exist, addresses that answer, limits that agree."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from crosscase.cli.serve import serve
from crosscase.web.hosted.settings import PREFIX, Settings, read_settings
from crosscase.web.routes import live
from web.hosted.team import Team

DEPLOY = Path(__file__).parents[3] / "deploy"
NGINX = (DEPLOY / "nginx.conf").read_text("utf-8")

UNITS = {"k": 1024, "m": 1024**2, "g": 1024**3}


def test_the_settings_that_are_shipped_can_be_read() -> None:
    read = read_settings(DEPLOY / "crosscase.toml", environment={})
    assert read.secure
    assert f"proxy_pass http://{read.listen}:{read.port};" in NGINX
    assert f"server_name {read.origin.removeprefix('https://')};" in NGINX
    assert read.trusted_proxies == read.listen, "the proxy on this machine is believed"


@pytest.mark.parametrize("name", ["Containerfile", "crosscase.service", "crosscase.toml"])
def test_every_variable_that_is_named_is_a_setting(name: str) -> None:
    known = {PREFIX + one.name.upper() for one in fields(Settings)}
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]\b", (DEPLOY / name).read_text("utf-8")))
    assert named <= known
    assert named or name != "Containerfile", "nothing was looked at"


def test_what_the_unit_runs_is_a_command() -> None:
    unit = (DEPLOY / "crosscase.service").read_text("utf-8")
    found = re.search(r"^ExecStart=\S+/crosscase serve(.*)$", unit, re.M)
    assert found is not None
    options = {option for one in serve.params for option in one.opts}
    assert set(re.findall(r"--[a-z-]+", found[1])) <= options


def test_the_places_of_the_proxy_are_there(team: Team) -> None:
    """Each place that the proxy treats in its own way is a route of the server, so that none is left behind by a new name."""
    places = re.findall(r"^\s*location\s+(~|=)?\s*(\S+) \{", NGINX, re.M)
    assert len(places) == 3
    client = team.signed_in("olga")
    for how, place in places:
        if how == "~":
            path = f"/s/{team.study}/api/events"
            assert re.search(place, path)
            assert client.get(path, params={"after": "none"}).status_code == 422, (
                "the stream is there and wants a number"
            )
        else:
            assert client.get(place).status_code != 404


def test_the_limits_of_the_proxy_are_no_narrower() -> None:
    size = re.search(r"client_max_body_size (\d+)([kmg]);", NGINX)
    lasts = re.search(r"proxy_read_timeout (\d+)s;", NGINX)
    assert size is not None
    assert lasts is not None
    assert int(size[1]) * UNITS[size[2]] >= Settings().largest_upload, "a file that the server takes gets through"
    assert int(lasts[1]) > live.LASTS, "a stream ends by itself"
    assert "proxy_buffering off;" in NGINX
