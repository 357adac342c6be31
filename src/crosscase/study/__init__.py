"""The Python API and its use cases: the only place that joins store, exchange and engines."""
