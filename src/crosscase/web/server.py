"""Serving the workspace on this machine."""

from __future__ import annotations

import contextlib
import socket
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path

from crosscase.core.errors import InputError
from crosscase.study import Study
from crosscase.study.places import SUFFIX, FolderPlace
from crosscase.study.workspace import Workspace
from crosscase.web.app import create_app
from crosscase.web.beside import Beside
from crosscase.web.hosted.settings import read_settings
from crosscase.web.security import Gate

#: The address that the workspace listens on; others cannot reach it.
ADDRESS = "127.0.0.1"


def study_file(where: str | Path, tell: Callable[[str], None]) -> str:
    """The study to serve: what was named, or for a folder a study file made of it beside the folder.

    Raises:
        InputError: that file is there already, so it cannot be known which of the two is meant.
    """
    from crosscase.study.places import place_of

    place = place_of(where)
    if not isinstance(place, FolderPlace):
        place.close()
        return str(where)
    folder = place.path.resolve()
    file = folder.with_name(folder.name + SUFFIX)
    if file.exists():
        raise InputError(
            "a study folder cannot be worked on in the workspace, and a study file of its name is there already",
            where=str(folder),
            mend=f"open the file: crosscase serve {file}",
        )
    with Study.open(folder) as study:
        study.export("crosscase", file)
    tell(
        f"The workspace needs undo and an audit trail, which a folder has not: made {file}. The folder stays as it is."
    )
    return str(file)


def serve(where: str | Path, *, port: int = 0, browser: bool = True, tell: Callable[[str], None] = print) -> None:
    """Serve a study until it is stopped.  ``port`` 0 takes any free one.

    Raises:
        StudyFileError: the study cannot be opened.
        InputError: the port is taken, or a folder has a study file already.
    """
    import uvicorn

    file = study_file(where, tell)
    with Study.open(file) as study:
        listening = listen(ADDRESS, port)
        port = listening.getsockname()[1]
        gate = Gate(coder=study.who, port=port)
        app = create_app(Workspace(study), gate)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, lifespan="off", timeout_graceful_shutdown=1
        )
        tell(
            f"The workspace of “{study.head.title}” is open on this machine only. This link signs one browser in, once:"
        )
        tell(gate.link)
        tell("Stop it with Ctrl+C.")
        if browser:
            threading.Timer(0.5, webbrowser.open, [gate.link]).start()
        workers = (
            contextlib.nullcontext() if app.state.workspace.store.read_only else Beside(read_settings(), study=file)
        )
        with workers, contextlib.suppress(KeyboardInterrupt):  # Ctrl+C is how it is meant to end
            uvicorn.Server(config).run(sockets=[listening])


def listen(address: str, port: int) -> socket.socket:
    """A socket that listens; InputError when that cannot be, as for a port that is taken."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # asyncio sends what is small at once (TCP_NODELAY) only where the protocol is named; else the end of an answer waits for
    # the receiver's word that its beginning came, which takes 40 ms on Linux and longer elsewhere
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((address, port))
    except OSError as error:
        listening.close()
        raise InputError(
            f"the port {port} cannot be used: {error.strerror}", where="--port", mend="choose another one, or none"
        ) from None
    listening.listen(128)
    return listening
