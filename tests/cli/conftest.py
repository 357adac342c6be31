"""Run a command as a user does and look at status, standard output and standard error."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from crosscase.cli import main
from crosscase.exchange.examples import copy_example


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str


@pytest.fixture
def crosscase(capfd):
    def run(*arguments: object) -> Ran:
        status = main([str(one) for one in arguments])
        captured = capfd.readouterr()
        return Ran(status, captured.out, captured.err)

    return run


@pytest.fixture
def example(tmp_path) -> Path:
    return copy_example("born-globals", tmp_path / "born-globals")
