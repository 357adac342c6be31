"""``crosscase serve``: the workspace in the browser."""

from __future__ import annotations

import click

from crosscase.cli.common import study_argument, tell


@click.command()
@study_argument
@click.option(
    "--port", default=0, type=click.IntRange(0, 65535), help="The port to listen on; any free one by default."
)
@click.option("--no-browser", is_flag=True, help="Print the link and open no browser.")
def serve(where: str, port: int, no_browser: bool) -> None:
    """Open the workspace: read, code, and see the structure grow, in the browser.

    It listens on this machine only, until Ctrl+C. A study folder is made into a study file beside it.
    """
    from crosscase.web.server import serve as run

    run(where, port=port, browser=not no_browser, tell=tell)
