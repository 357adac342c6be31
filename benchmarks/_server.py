"""A server with people in a study, and programs that code in it, for the benchmarks of faults and of load."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from crosscase.core import Snapshot
from crosscase.store import open_store
from crosscase.study.accounts import Accounts, Person
from crosscase.study.hosting import Host
from crosscase.study.permissions import Role, Scope

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Team:
    """A database with one study; ``tokens`` are those of its coders."""

    url: str
    study: str
    tokens: tuple[str, ...]


def make_team(url: str, snapshot: Snapshot, coders: int) -> Team:
    """A study with a steward who owns it, and so many coders, each with a token for programs."""
    with open_store(url, create=True) as store:
        accounts = Accounts(store.people)
        words = "a long enough passphrase"
        steward = Person(accounts.use_link(accounts.owner_link(), name="steward", password=words), "benchmark", None)
        host = Host(store, accounts, where=url)
        study = host.make(steward, "Benchmark")
        store.save_snapshot(snapshot, "steward", "import", study)
        tokens = []
        for number in range(coders):
            link = accounts.invite(study, Role.CODER, blind=False, note="", by="steward")
            account = accounts.use_link(link, name=f"coder{number:02}", password=f"{words} {number}")
            tokens.append(accounts.add_token(Person(account, "benchmark", None), "benchmark", Scope.WRITE))
    return Team(url, study, tuple(tokens))


class Running:
    """A server in a process of its own, on a port that stays the same when it is started again."""

    def __init__(self, url: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._command = [sys.executable, "-m", "crosscase", "serve", "--database", url, "--port", str(self.port)]
        self._environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "CROSSCASE_LOG": "none"}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = subprocess.Popen(
            self._command, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        limit = time.monotonic() + 60
        while time.monotonic() < limit:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}")
            try:
                httpx.get(f"{self.address}/health", timeout=1)
                return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise RuntimeError("the server does not answer")

    def kill(self) -> None:
        """SIGKILL: nothing of it may tidy up."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def memory(self) -> float:
        """Megabytes that the process holds now."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def cpu_seconds(pid: int) -> float:
    """Seconds of the processor that a process has taken, in its program and in the system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(url: str) -> Iterator[Running]:
    one = Running(url)
    one.start()
    try:
        yield one
    finally:
        one.kill()
