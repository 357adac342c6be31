"""Spread a piece of work over the items of a list: the same results in the same order serially, in processes, on a cluster.

For work that has no chance in it, such as an analysis for each of many settings; draws with random numbers are
:func:`crosscase.compute.replicate`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from crosscase.compute.replicate import Backend, in_chunks
from crosscase.core.errors import InputError

__all__ = ["spread"]

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Part(Generic[Item, Result]):
    """The work on the items of one chunk (picklable when the function and the items are)."""

    function: Callable[[Item], Result]
    items: Sequence[Item]

    def __call__(self, start: int, stop: int) -> list[Result]:
        return [self.function(item) for item in self.items[start:stop]]


def spread(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    backend: Backend = "serial",
    workers: int | None = None,
    client: Any = None,
    chunk: int = 1,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Result]:
    """``[function(item) for item in items]``, spread.

    Args:
        function: what is done with an item; picklable for the backends other than ``serial``.
        backend, workers, client, cancelled: as in :func:`crosscase.compute.replicate`.
        chunk: how many items a worker gets at a time.
        progress: called with (items done, items in all) after each chunk.

    Raises:
        InputError: there is no such backend, or ``chunk`` is not positive.
        Cancelled: the work was stopped.
    """
    if chunk < 1:
        raise InputError(f"the chunk is {chunk}", mend="give a whole number of at least 1")
    done: dict[int, list[Result]] = {}
    for start, results in in_chunks(
        _Part(function, items), range(0, len(items), chunk), len(items), chunk, backend, workers, client, cancelled
    ):
        done[start] = results
        if progress is not None:
            progress(sum(len(part) for part in done.values()), len(items))
    return [result for start in sorted(done) for result in done[start]]
