"""Run a function once per draw, count the failures, report progress, and go on from where a run was stopped."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypedDict

from crosscase.compute.running import filled
from crosscase.core.errors import AnalysisError, Cancelled, InputError, MissingExtraError

Backend = Literal["serial", "loky", "dask", "ray"]

#: Draws in one chunk get their generators, and are handed to a worker, together.
CHUNK = 64


@dataclass(frozen=True, slots=True)
class Failure:
    """A draw that gave no result: its index (from 0) and the reason."""

    draw: int
    reason: str


@dataclass(frozen=True, slots=True)
class Replicates:
    """What the draws gave.  ``values`` holds one entry per draw in order, ``None`` where the draw failed."""

    values: tuple[Any, ...]
    failures: tuple[Failure, ...]
    seed: int

    @property
    def successes(self) -> list[Any]:
        return [value for value in self.values if value is not None]


class Run(TypedDict, total=False):
    """How to run the draws: the keywords that an engine passes on to :func:`replicate`, which explains them."""

    backend: Backend
    workers: int | None
    client: Any
    progress: Callable[[int, int], None] | None
    cancelled: Callable[[], bool] | None
    checkpoint: Path | None


def replicate(
    function: Callable[[Sequence[Any]], Sequence[Any]],
    draws: int,
    *,
    seed: int,
    backend: Backend = "serial",
    workers: int | None = None,
    client: Any = None,
    chunk: int = CHUNK,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    checkpoint: Path | None = None,
) -> Replicates:
    """Run ``draws`` replications of ``function`` and keep the order of the draws.

    Args:
        function: takes a list of ``numpy.random.Generator``, one a draw, and returns a list of as many results; a result
            that is an :class:`Exception` (returned, not raised) counts as a failed draw.  It works on a chunk at a time
            so that an engine may batch its arithmetic.  It must be picklable for the backends other than ``serial``.
        draws: how many replications, at least 1.
        seed: the seed of the run, a non-negative integer.
        backend: ``serial``, ``loky`` (processes through joblib), ``dask`` or ``ray`` (extras).
        workers: processes for ``loky``; the number of cores when ``None``.
        client: a ``distributed.Client`` for ``dask``; the current one when ``None``.
        chunk: how many draws a call of ``function`` gets.
        progress: called with (draws done, draws in all) after each chunk.
        cancelled: asked before each chunk; when it answers true, :class:`Cancelled` is raised and the checkpoint stays.
        checkpoint: a file in which finished chunks are kept.  A run with the same ``seed``, ``draws`` and ``chunk`` goes
            on from there; the file is removed at the end.  It is a pickle: open only those you wrote.

    What is left out may be said once around a whole analysis, see :func:`crosscase.compute.running`.

    Raises:
        InputError: ``draws``, ``seed`` or ``backend`` is not usable, or the checkpoint belongs to another run.
        Cancelled: the run was cancelled.
        AnalysisError: every single draw failed.
    """
    if draws < 1:
        raise InputError(f"the number of draws is {draws}", mend="give a whole number of at least 1")
    if seed < 0:
        raise InputError(f"the seed is {seed}", mend="give a whole number of at least 0")
    run = filled(
        {"backend": backend, "workers": workers, "client": client, "progress": progress, "checkpoint": checkpoint},
        draws,
    )
    passing = checkpoint is not None  # one that was said around all of it stays until all of it is done
    backend, workers, client = run["backend"], run["workers"], run["client"]
    progress, checkpoint = run["progress"], run["checkpoint"]
    starts = list(range(0, draws, chunk))
    identity = hashlib.sha256(f"{seed}:{draws}:{chunk}".encode()).hexdigest()
    done: dict[int, list[Any]] = _read_checkpoint(checkpoint, identity)
    waiting = [start for start in starts if start not in done]
    if done and progress is not None:
        progress(sum(len(part) for part in done.values()), draws)

    def finish(start: int, results: list[Any]) -> None:
        done[start] = results
        if checkpoint is not None:
            _append_checkpoint(checkpoint, identity, start, results)
        if progress is not None:
            progress(sum(len(part) for part in done.values()), draws)

    work = _Draws(function, seed)
    for start, results in in_chunks(work, waiting, draws, chunk, backend, workers, client, cancelled):
        finish(start, results)
    values: list[Any] = []
    failures: list[Failure] = []
    for start in starts:
        for offset, value in enumerate(done[start]):
            if isinstance(value, Exception):
                failures.append(Failure(start + offset, str(value)))
                value = None
            values.append(value)
    if len(failures) == draws:
        raise AnalysisError(f"all {draws} draws failed; the first: {failures[0].reason}")
    if checkpoint is not None and passing:
        checkpoint.unlink(missing_ok=True)
    return Replicates(tuple(values), tuple(failures), seed)


@dataclass(frozen=True, slots=True)
class _Draws:
    """The draws of one chunk, each with its own generator."""

    function: Callable[[Sequence[Any]], Sequence[Any]]
    seed: int

    def __call__(self, start: int, stop: int) -> list[Any]:
        from numpy.random import SeedSequence, default_rng

        # SeedSequence(seed).spawn(n)[i] is SeedSequence(seed, spawn_key=(i,)): a worker makes only its own.
        generators = [default_rng(SeedSequence(self.seed, spawn_key=(draw,))) for draw in range(start, stop)]
        # One thread of linear algebra: with more, a product of matrices is split, and rounded, as the machine happens to have cores.
        with _linear_algebra().limit(limits=1, user_api="blas"):
            results = list(self.function(generators))
        if len(results) != len(generators):
            raise RuntimeError(f"the function returned {len(results)} results for {len(generators)} draws")
        return results


@cache
def _linear_algebra() -> Any:
    """What sets the number of threads, looked up once per process."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def in_chunks(
    work: Callable[[int, int], list[Any]],
    starts: Sequence[int],
    count: int,
    chunk: int,
    backend: str,
    workers: int | None,
    client: Any,
    cancelled: Callable[[], bool] | None,
) -> Iterator[tuple[int, list[Any]]]:
    """What ``work(start, stop)`` gives for each start, as it is done; ``work`` is picklable for all backends but ``serial``."""

    def stop_if_cancelled() -> None:
        if cancelled is not None and cancelled():
            raise Cancelled(
                "the run was stopped", mend="start it again with the same seed to go on from the checkpoint"
            )

    def job(start: int) -> tuple[int, int]:
        return start, min(start + chunk, count)

    if backend == "serial":
        for start in starts:
            stop_if_cancelled()
            yield start, work(*job(start))
    elif backend == "loky":
        from joblib import Parallel, delayed

        parallel = Parallel(n_jobs=workers or os.cpu_count() or 1, backend="loky", return_as="generator")
        stop_if_cancelled()
        for start, results in zip(starts, parallel(delayed(work)(*job(start)) for start in starts), strict=True):
            yield start, results
            stop_if_cancelled()
    elif backend == "dask":
        try:
            from distributed import as_completed, get_client
        except ImportError:
            raise MissingExtraError("distributed", "dask") from None
        stop_if_cancelled()
        cluster = client or get_client()
        futures = {cluster.submit(work, *job(start), pure=False): start for start in starts}
        try:
            for future in as_completed(list(futures)):  # type: ignore[no-untyped-call]
                yield futures[future], future.result()
                stop_if_cancelled()
        finally:
            cluster.cancel(list(futures))
    elif backend == "ray":
        try:
            import ray
        except ImportError:
            raise MissingExtraError("ray", "ray") from None
        stop_if_cancelled()
        remote, held = ray.remote(_call), ray.put(work)
        references = {remote.remote(held, *job(start)): start for start in starts}
        pending = list(references)
        try:
            while pending:
                (ready,), pending = ray.wait(pending, num_returns=1)
                yield references[ready], ray.get(ready)
                stop_if_cancelled()
        finally:
            for reference in pending:
                ray.cancel(reference)
    else:
        raise InputError(f"there is no backend '{backend}'", mend="use serial, loky, dask or ray")


def _call(work: Callable[[int, int], list[Any]], start: int, stop: int) -> list[Any]:
    return work(start, stop)


def _read_checkpoint(path: Path | None, identity: str) -> dict[int, list[Any]]:
    if path is None or not path.exists():
        return {}
    done: dict[int, list[Any]] = {}
    with path.open("rb") as file:
        while True:
            whole = file.tell()
            try:
                owner, start, results = pickle.load(file)  # our own file of this run  # nosec B301
            except EOFError:
                break
            except pickle.UnpicklingError:
                break  # the last chunk was cut off while it was written; it is computed again
            if owner != identity:
                raise InputError(
                    "the checkpoint belongs to a run with another seed, number of draws or chunk size",
                    where=str(path),
                    mend="remove the file or give the same numbers",
                )
            done[start] = results
    os.truncate(path, whole)
    return done


def _append_checkpoint(path: Path, identity: str, start: int, results: list[Any]) -> None:
    with path.open("ab") as file:
        pickle.dump((identity, start, results), file)
        file.flush()
