"""``crosscase serve`` as a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from crosscase.cli import main
from web.hosted.team import apart

SOURCE = Path(__file__).parents[2] / "src"


def test_serve_prints_a_link_that_signs_in_and_ends_with_ctrl_c(file: Path) -> None:
    command = [sys.executable, "-m", "crosscase", "serve", str(file), "--no-browser"]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        said = ""
        try:
            while "Stop it with" not in said:
                line = process.stderr.readline()
                assert line, said
                said += line
            link = re.search(r"http://127\.0\.0\.1:\d+/sign-in\?key=\S+", said)[0]
            with httpx.Client(transport=httpx.HTTPTransport(retries=5), follow_redirects=True) as client:
                shown = client.get(link)
            assert shown.status_code == 200
            assert "Firms that were made up for tests" in shown.text
            process.send_signal(signal.SIGINT)
            process.wait(20)
        finally:
            process.kill()
        assert process.stdout is not None
        assert process.stdout.read() == ""
        assert "Traceback" not in process.stderr.read()
    assert process.returncode == 0


def test_a_port_that_is_taken_is_said(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        assert main(["serve", str(file), "--no-browser", "--port", str(port)]) == 2
    assert f"the port {port} cannot be used" in capsys.readouterr().err


def test_what_is_small_is_sent_at_once() -> None:
    """The head and the body of an answer are two small writes; the second would wait 40 ms for the first (Nagle)."""
    import asyncio
    import socket

    from crosscase.web.server import ADDRESS, listen

    found = []

    async def answered(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.append(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async def ask() -> None:
        listening = listen(ADDRESS, 0)
        port = listening.getsockname()[1]
        async with await asyncio.start_server(answered, sock=listening):
            reader, writer = await asyncio.open_connection(ADDRESS, port)
            await reader.read()
            writer.close()

    apart(lambda: asyncio.run(ask()))
    assert found
    assert found[0]
