"""A private PostgreSQL server for the tests, from the binaries of the system."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


def _binaries() -> Path | None:
    """The folder with initdb and postgres: the newest of Debian's, or the one on the path."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def _as_user() -> list[str]:
    """What a command begins with so that it is not run as root."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []


def restart(url: str) -> None:
    """Stop the server of a URL from :func:`server` as a crash would, without a checkpoint, and start it again."""
    folder, binaries = Path(url.partition("host=")[2]), _binaries()
    assert binaries is not None
    control = [*_as_user(), str(binaries / "pg_ctl"), "-D", str(folder / "data")]
    quiet: dict[str, Any] = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}
    subprocess.run([*control, "-l", str(folder / "log"), "-m", "immediate", "-w", "restart"], **quiet)


@contextmanager
def server(*, fsync: bool = False) -> Iterator[str]:
    """The URL of a running server without any data; the test is skipped where there are no server binaries.

    With ``fsync`` what is committed is on the disk, as on a real server; tests need not wait for that.  It listens on a socket in its own folder only.  PostgreSQL refuses to run as root, so there it runs as ``postgres``.
    """
    binaries = _binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    pytest.importorskip("psycopg", reason="psycopg is not installed (pip install 'crosscase[postgres]')")
    as_user = _as_user()
    if as_user and (
        shutil.which("setpriv") is None or subprocess.run(["id", "postgres"], capture_output=True).returncode
    ):
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres to run it as")
    # A socket's path has at most 107 bytes, so this is not under pytest's own temporary folder.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        if as_user:
            shutil.chown(folder, "postgres", "postgres")
        data, log = folder / "data", folder / "log"
        run = {"capture_output": True, "check": True, "text": True, "cwd": folder}
        initdb = [
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "crosscase",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        subprocess.run([*as_user, *map(str, initdb)], **run)  # type: ignore[call-overload]
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync={'on' if fsync else 'off'} -c max_connections=40"
        control = [*as_user, str(binaries / "pg_ctl"), "-D", str(data)]
        # The server keeps the standard streams open, so it gets none of ours.
        started = subprocess.run(
            [*control, "-l", str(log), "-o", options, "-w", "start"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if started.returncode:
            raise RuntimeError(f"the server did not start:\n{log.read_text() if log.exists() else ''}")
        try:
            yield f"postgresql://crosscase@/postgres?host={folder}"
        finally:
            subprocess.run([*control, "-m", "immediate", "-w", "stop"], **run)  # type: ignore[call-overload]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
