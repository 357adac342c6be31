"""``crosscase serve --database URL``: open the database, make the first owner's link, listen."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from crosscase.core.errors import InputError
from crosscase.store import open_store
from crosscase.study.accounts import Accounts
from crosscase.study.hosting import Host
from crosscase.web.beside import Beside
from crosscase.web.hosted.app import create_server
from crosscase.web.hosted.settings import Settings
from crosscase.web.server import listen

#: Connections that are answered at once; more are refused with 503 until some are done.
MOST_AT_ONCE = 1000

#: Seconds after which a thread that works lets another one go on.  A short answer waits so long up to eight times while a long
#: one is put together, and Python's own 5 ms make a wait of 40 of that.
TURN = 0.001


def serve_database(settings: Settings, *, steward: bool = False, tell: Callable[[str], None] = print) -> None:
    """Serve the studies of a database until it is stopped.

    The first time, and with ``steward`` at any time, a link is told that makes the account of a steward.

    Raises:
        StudyFileError: the database cannot be opened.
        InputError: the port cannot be listened on, or a setting cannot be used.
    """
    import uvicorn
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

    if not settings.database:
        raise InputError(
            "nothing says which database", where="database", mend="add --database URL or set CROSSCASE_DATABASE"
        )
    with open_store(settings.database, create=True) as store:
        accounts = Accounts(store.people)
        app = create_server(
            Host(
                store,
                accounts,
                where=settings.database,
                most_open=settings.open_studies,
                services=settings.suggestion_addresses,
            ),
            settings,
        )
        guarded: Any = app
        if settings.trusted_proxies:
            guarded = ProxyHeadersMiddleware(guarded, settings.trusted_proxies)
        config = uvicorn.Config(
            guarded, host=settings.listen, port=settings.port, log_level="warning", access_log=False, server_header=False,
            lifespan="off", proxy_headers=False, timeout_graceful_shutdown=2, limit_concurrency=MOST_AT_ONCE,
            h11_max_incomplete_event_size=64 * 1024, timeout_keep_alive=75,
        )  # fmt: skip
        if steward or not accounts.people.any_account():
            link = f"{settings.origin}/join?{urlencode({'key': accounts.owner_link()})}"
            tell(f"This link makes the account of whoever looks after the server. It works once, for a day:\n{link}")
        listening = listen(settings.listen, settings.port)
        sys.setswitchinterval(TURN)
        tell(f"The studies of {store.place} are served at {settings.origin}. Stop it with Ctrl+C.")
        with Beside(settings), contextlib.suppress(KeyboardInterrupt):  # Ctrl+C is how it is meant to end
            uvicorn.Server(config).run(sockets=[listening])
