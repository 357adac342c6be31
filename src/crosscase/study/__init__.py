"""The Python API and its use cases: the only place that joins store, exchange and engines."""

from crosscase.study.api import Study
from crosscase.study.findings import Findings

__all__ = ["Findings", "Study"]
