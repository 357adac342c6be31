"""Worker processes beside the server: started with it, kept alive, and gone when it is gone."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from types import TracebackType

from crosscase.web.hosted.settings import PREFIX, Settings

#: Seconds before a worker that ended by itself is started again: at first, and at most.
SOON, LATE = 0.5, 60.0


class Beside:
    """The workers of a server.  They are processes, so that no page waits for a bootstrap.

    Each holds the other end of a pipe: when the server ends, in whatever way, the pipe closes and the workers stop.
    """

    def __init__(self, settings: Settings, *, study: str = "") -> None:
        """For all studies of the settings' database, or for one study file."""
        self._command = [sys.executable, "-m", "crosscase", "worker", *([study] if study else []), "--beside"]
        self._environment = {**os.environ, **_said(settings)}
        self._count = settings.workers
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._processes: set[subprocess.Popen[bytes]] = set()

    def __enter__(self) -> Beside:
        for _ in range(self._count):
            thread = threading.Thread(target=self._keep_one, daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopping.set()
        for process in list(self._processes):
            self._let_go(process)
        for thread in self._threads:
            thread.join(6)
        for process in list(self._processes):
            process.kill()

    @staticmethod
    def _let_go(process: subprocess.Popen[bytes]) -> None:
        if process.stdin is not None:
            process.stdin.close()

    def _keep_one(self) -> None:
        pause = SOON
        while not self._stopping.is_set():
            begun = time.monotonic()
            process = subprocess.Popen(self._command, env=self._environment, stdin=subprocess.PIPE)
            self._processes.add(process)
            process.wait()
            self._processes.discard(process)
            self._let_go(process)
            pause = SOON if time.monotonic() - begun > LATE else min(2 * pause, LATE)
            self._stopping.wait(pause)


def _said(settings: Settings) -> Mapping[str, str]:
    """What the workers are told, in the environment: an address with a password is not for the list of processes."""
    names = ("database", "backend", "processes", "cluster", "spool")
    return {PREFIX + name.upper(): str(getattr(settings, name)) for name in names}
