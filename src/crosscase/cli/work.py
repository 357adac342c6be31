"""``crosscase worker`` and ``crosscase jobs``: long work in the background."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosscase.cli.common import format_option, opened, print_json, print_table, study_argument, tell
from crosscase.core.errors import InputError

if TYPE_CHECKING:
    from crosscase.store import Job


@click.command()
@click.argument("where", metavar="[STUDY]", required=False)
@click.option("--once", is_flag=True, help="Stop when nothing waits any more.")
@click.option(
    "--backend", type=click.Choice(["joblib", "dask", "ray"]), help="What the draws of a bootstrap are computed on."
)
@click.option("--processes", type=click.IntRange(1), help="How many draws are computed at once, in as many processes.")
@click.option(
    "--cluster", metavar="ADDRESS", help="The scheduler of a cluster: tcp://host:8786 (dask), host:6379 (ray)."
)
@click.option("--spool", metavar="DIR", help="The worker's own folder for what is in work.")
@click.option(
    "--settings", type=click.Path(path_type=Path), help="The toml file of a team's server, which says all of it."
)
@click.option("--beside", is_flag=True, hidden=True, help="Started by crosscase serve: stop when it is gone.")
def worker(
    where: str | None,
    once: bool,
    backend: str | None,
    processes: int | None,
    cluster: str | None,
    spool: str | None,
    settings: Path | None,
    beside: bool,
) -> None:
    """Do the long work that waits at STUDY: imports, merges, builds, analyses. Start as many as there are cores to spare.

    STUDY is a study file, or a server's URL for all of its studies; else it is what the settings say. It goes on until Ctrl+C.
    """
    import signal

    from crosscase.study.working import desk, work
    from crosscase.web.hosted.settings import read_settings

    given = read_settings(settings, backend=backend, processes=processes, cluster=cluster, spool=spool)
    place = where or given.database
    if not place:
        raise InputError("nothing says where work waits", mend="name a study, or set CROSSCASE_DATABASE")
    at, stop = desk(given.pool, given.spool), threading.Event()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if beside:
        _stay_beside(stop)
    done = 0
    try:
        done = work(place, until_empty=once, tell=(lambda _: None) if beside else tell, stop=stop, at=at)
    except KeyboardInterrupt:
        tell("Stopped. What was in the middle of work goes on with the next worker.")
        return
    if not beside:
        tell(f"{done} done, nothing waits.")


def _stay_beside(stop: threading.Event) -> None:
    """Let the server go first: it is answered before draws are computed, and when it is gone there is nothing to wait for."""
    import os
    import signal
    import sys

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server, which then closes our standard input
    if hasattr(os, "nice"):
        os.nice(5)

    def watch() -> None:
        while sys.stdin.buffer.read(1):
            pass
        stop.set()
        if not threading.Event().wait(3.0):  # work that tells nothing of how far it is does not hold up the end
            os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


@click.command()
@study_argument
@click.option("--cancel", metavar="ID", help="Ask this job to stop.")
@click.option(
    "--queue", metavar="KIND", help="Put work into the queue: build, analyse, import, merge or agreement, with --with."
)
@click.option(
    "--with", "given", multiple=True, metavar="KEY=VALUE",
    help="What the work needs: out=DIR for a build, id=ANALYSIS, file=FILE (for an import several times), unit=UNIT.",
)  # fmt: skip
@format_option("text", "json")
@click.pass_context
def jobs(
    context: click.Context, where: str, cancel: str | None, queue: str | None, given: tuple[str, ...], form: str
) -> None:
    """List the long work of a study: what waits, what runs and how far it is, what failed and why.

    The exit status is 1 when a job in the list failed.
    """
    from crosscase.study.working import queue as put

    with opened(where) as study:
        store, id = study.place.database()
        if queue is not None:
            found = [put(study, queue, _arguments(queue, given))]
        elif cancel is not None:
            found = [store.jobs.cancel(cancel)]
        else:
            found = store.jobs.all(id)
    if form == "json":
        print_json({"jobs": [one.to_dict() for one in found]})
    elif not found:
        tell("No long work was asked for.")
    else:
        print_table(("job", "kind", "who", "asked", "state", "how far", ""), [_row(one) for one in found])
    context.exit(1 if any(one.state == "failed" for one in found) else 0)


def _arguments(kind: str, given: tuple[str, ...]) -> dict[str, object]:
    pairs = [one.partition("=") for one in given]
    if bad := [name for name, sign, value in pairs if not sign or not value]:
        raise InputError(f"'{bad[0]}' has no value", where="--with", mend="write KEY=VALUE")
    values = {name: value for name, _, value in pairs}
    wanted = {"build": "out", "analyse": "id", "import": "file", "merge": "file", "agreement": "unit"}.get(kind)
    if wanted is not None and (wanted not in values or set(values) - {wanted} or (len(pairs) > 1 and kind != "import")):
        raise InputError(
            f"a job of the kind {kind} needs {wanted}, and nothing else", where="--with", mend=f"--with {wanted}=…"
        )
    if kind in ("import", "merge"):
        return {"files": [str(Path(value).expanduser().absolute()) for _, _, value in pairs]}
    return {"out": str(Path(values["out"]).expanduser().absolute())} if kind == "build" else dict(values)


def _row(one: Job) -> tuple[str, ...]:
    far = f"{one.done} of {one.total}" if one.total else ""
    state = "stopping" if one.cancelling and one.state == "running" else one.state
    why = "" if one.error is None else f"{one.error['what']}"
    return (one.id[:8], one.kind, one.who, one.asked[:16].replace("T", " "), state, far, why)
