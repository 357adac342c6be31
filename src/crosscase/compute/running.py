"""How the draws of a piece of work are run when the work itself does not say: on what, told to whom, kept where.

An analysis asks for its draws with :func:`crosscase.compute.replicate`, deep inside an engine, and does not know whether a
person waits at a terminal or a worker has a cluster.  Who starts it says so once, around all of it, with :func:`running`.
What a call of ``replicate`` says itself counts before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crosscase.compute.replicate import Run


@dataclass(slots=True)
class _Running:
    run: Run
    progress: Callable[[int, int], None] | None
    checkpoints: Path | None
    name: str
    calls: int = 0
    #: The draws of the calls before the one that runs now.
    before: int = field(default=0)


_CURRENT: ContextVar[_Running | None] = ContextVar("running", default=None)


@contextmanager
def running(
    run: Run | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
    checkpoints: Path | None = None,
    name: str = "",
) -> Iterator[None]:
    """Everything that is replicated inside is run so.

    Args:
        run: backend, workers and client, as :func:`crosscase.compute.replicate` explains them.
        progress: called with (draws done, draws in all) after each chunk, counted over all calls so far.
        checkpoints: a folder for the checkpoints, one a call in the order of the calls; whoever gave it empties it.
        name: what tells this work from any other: code, settings and data.  A checkpoint is gone on with under the same
            name only.
    """
    token = _CURRENT.set(_Running(run or {}, progress, checkpoints, name))
    try:
        yield
    finally:
        _CURRENT.reset(token)


def filled(given: Run, draws: int) -> Run:
    """What a call gave, completed by what was said around it."""
    here = _CURRENT.get()
    if here is None:
        return given
    full = given.copy()
    if given.get("backend", "serial") == "serial":
        full.update(here.run)
    if full.get("progress") is None and here.progress is not None:
        tell, before = here.progress, here.before
        full["progress"] = lambda done, total: tell(before + done, before + total)
    if full.get("checkpoint") is None and here.checkpoints is not None:
        full["checkpoint"] = here.checkpoints / f"{here.name}-{here.calls}.draws"
    here.calls += 1
    here.before += draws
    return full
