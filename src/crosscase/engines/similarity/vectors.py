"""The nearest vectors by their cosine."""

from __future__ import annotations

from typing import Any

import numpy as np

from crosscase.engines.similarity.words import Neighbour, best


class VectorIndex:
    """Vectors (rows) to be compared with; they need not be of length 1."""

    def __init__(self, vectors: Any) -> None:
        self._vectors = _unit(np.atleast_2d(np.asarray(vectors, dtype=np.float32)))
        self.size = len(self._vectors) if self._vectors.size else 0

    def nearest(self, vector: Any, most: int = 20) -> list[Neighbour]:
        """The most similar rows, the nearest first; those at a right angle or more are left out."""
        if not self.size:
            return []
        return best(self._vectors @ _unit(np.asarray(vector, dtype=np.float32)), most)


def _unit(vectors: Any) -> Any:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)
