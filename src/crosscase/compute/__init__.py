"""Replications of a computation: the same floats serially, in processes, and on a cluster.

A *replication* is one draw of a bootstrap, a permutation or a simulation.  Each gets a random generator of its own,
spawned from one seed (``numpy.random.SeedSequence.spawn``), so that a result depends on the seed and the number of draws
and on nothing else: not on the backend, the number of workers, or where a run was interrupted.
"""

from crosscase.compute.pool import BACKENDS, Pool
from crosscase.compute.replicate import Backend, Failure, Replicates, Run, replicate
from crosscase.compute.running import running
from crosscase.compute.spread import spread

__all__ = ["BACKENDS", "Backend", "Failure", "Pool", "Replicates", "Run", "replicate", "running", "spread"]
