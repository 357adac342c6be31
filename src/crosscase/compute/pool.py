"""Where a worker computes: this process, processes beside it, or a cluster; opened when it is first needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from crosscase.compute.replicate import Run
from crosscase.core.errors import InputError, MissingExtraError, NotFoundError

#: The names that a setting may have.
BACKENDS = ("joblib", "dask", "ray")


@dataclass(frozen=True, slots=True)
class Pool:
    """What draws are computed on.

    Args:
        backend: ``joblib`` (processes of this machine), ``dask`` or ``ray``.
        processes: how many at once; with ``joblib`` and 1 it is done in this process.
        cluster: where the scheduler of a cluster is, ``tcp://host:8786`` for dask, ``host:6379`` for ray; empty: one is
            started on this machine with as many processes.

    Raises:
        NotFoundError: there is no such backend.
        InputError: the number of processes is not positive.
    """

    backend: str = "joblib"
    processes: int = 1
    cluster: str = ""

    def __post_init__(self) -> None:
        if self.backend not in BACKENDS:
            raise NotFoundError("backend", self.backend, BACKENDS, where="backend")
        if self.processes < 1:
            raise InputError(f"the number of processes is {self.processes}", where="processes", mend="give 1 or more")
        if self.cluster and self.backend == "joblib":
            raise InputError("joblib knows no cluster", where="cluster", mend='set backend = "dask" or "ray"')

    @contextmanager
    def opened(self) -> Iterator[Run]:
        """The keywords for :func:`crosscase.compute.replicate`; what was started here is stopped at the end.

        Raises:
            MissingExtraError: dask or ray is not installed.
            InputError: the cluster cannot be reached.
        """
        with ExitStack() as started:
            if self.backend == "dask":
                yield {"backend": "dask", "client": started.enter_context(self._dask())}
            elif self.backend == "ray":
                started.enter_context(self._ray())
                yield {"backend": "ray"}
            elif self.processes > 1:
                yield {"backend": "loky", "workers": self.processes}
            else:
                yield {"backend": "serial"}

    @contextmanager
    def _dask(self) -> Iterator[Any]:
        try:
            from distributed import Client, LocalCluster
        except ImportError:
            raise MissingExtraError("distributed", "dask") from None
        with ExitStack() as started:
            where: Any = self.cluster
            if not where:
                where = started.enter_context(
                    LocalCluster(n_workers=self.processes, threads_per_worker=1, dashboard_address=None)  # type: ignore[no-untyped-call]
                )
            try:
                client = Client(where, timeout=20)  # type: ignore[no-untyped-call]
            except (OSError, ValueError) as error:
                raise self._unreachable(error) from None
            yield started.enter_context(client)

    @contextmanager
    def _ray(self) -> Iterator[None]:
        try:
            import ray
        except ImportError:
            raise MissingExtraError("ray", "ray") from None
        try:
            if self.cluster:
                ray.init(address=self.cluster, log_to_driver=False)
            else:
                ray.init(num_cpus=self.processes, include_dashboard=False, log_to_driver=False)
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise self._unreachable(error) from None
        try:
            yield
        finally:
            ray.shutdown()

    def _unreachable(self, error: Exception) -> InputError:
        return InputError(
            f"the {self.backend} cluster cannot be reached: {error}",
            where=self.cluster,
            mend="is its scheduler running?",
        )
