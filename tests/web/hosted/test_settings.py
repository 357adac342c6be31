"""Settings: from where they come, what is refused, and that each is documented."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from crosscase.core.errors import InputError, NotFoundError
from crosscase.web.hosted.settings import Settings, read_settings

ROOT = Path(__file__).parents[3]


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")
    assert [one.name for one in fields(Settings) if f"`{one.name}`" not in text] == []


def test_the_shipped_settings_can_be_read() -> None:
    settings = read_settings(ROOT / "deploy" / "crosscase.toml", {})
    assert settings.secure
    assert settings.hosts == {"crosscase.example.org"}


def test_the_command_line_counts_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text('port = 1\nlisten = "::1"\nlog = "none"\n')
    environment = {"CROSSCASE_PORT": "2", "CROSSCASE_LISTEN": "127.0.0.2", "CROSSCASE_OIDC_NEW_ACCOUNTS": "true"}
    settings = read_settings(file, environment, port=3)
    assert (settings.port, settings.listen, settings.log, settings.oidc_new_accounts) == (3, "127.0.0.2", "none", True)


@pytest.mark.parametrize(
    "environment",
    [
        {"CROSSCASE_PORT": "many"}, {"CROSSCASE_OIDC_NEW_ACCOUNTS": "perhaps"}, {"CROSSCASE_ADDRESS": "crosscase.example"},
        {"CROSSCASE_ADDRESS": "https://x/path"}, {"CROSSCASE_ADDRESS": "ftp://x"}, {"CROSSCASE_LOG": "loud"},
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_said(environment: dict[str, str]) -> None:
    with pytest.raises(InputError):
        read_settings(None, environment)


def test_a_setting_that_there_is_not_is_said(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text('databse = "x"')
    with pytest.raises(NotFoundError, match="databse"):
        read_settings(file, {})
