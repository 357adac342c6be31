"""``crosscase serve``: the workspace in the browser, of one study here or of all studies of a database for a team."""

from __future__ import annotations

from pathlib import Path

import click

from crosscase.cli.common import tell
from crosscase.core.errors import InputError


@click.command()
@click.argument("where", metavar="[STUDY]", required=False)
@click.option(
    "--port",
    default=None,
    type=click.IntRange(0, 65535),
    help="The port to listen on; for a study any free one by default.",
)
@click.option("--no-browser", is_flag=True, help="Print the link and open no browser.")
@click.option(
    "--database", metavar="URL", help="Serve all studies of a database to a team: postgresql://… or sqlite:///…."
)
@click.option(
    "--listen", metavar="ADDRESS", help="The address that a team's server listens on; this machine alone by default."
)
@click.option("--address", metavar="URL", help="The address at which the team reaches the server, as https://host.")
@click.option("--settings", type=click.Path(path_type=Path), help="A toml file with the settings of a team's server.")
@click.option(
    "--steward", is_flag=True, help="Print a link that makes the account of somebody who looks after the server."
)
def serve(
    where: str | None,
    port: int | None,
    no_browser: bool,
    database: str | None,
    listen: str | None,
    address: str | None,
    settings: Path | None,
    steward: bool,
) -> None:
    """Open the workspace: read, code, and see the structure grow, in the browser.

    With a STUDY it listens on this machine only, until Ctrl+C. A study folder is made into a study file beside it.
    With --database it serves all studies of a database to people with accounts.
    """
    hosted = [database, listen, address, settings, steward or None]
    if where is not None:
        if any(one is not None for one in hosted):
            raise InputError(
                "a study is served to this machine alone", mend="leave the study out, or --database and the like"
            )
        from crosscase.web.server import serve as run

        run(where, port=port or 0, browser=not no_browser, tell=tell)
        return
    from crosscase.web.hosted.serving import serve_database
    from crosscase.web.hosted.settings import read_settings

    given = read_settings(settings, database=database, listen=listen, address=address, port=port)
    if not given.database:
        raise InputError("nothing says what to serve", mend="name a study, or a database with --database URL")
    serve_database(given, steward=steward, tell=tell)
