"""Sets of small whole numbers as the bits of an integer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["bits_of", "elements", "matrix_of"]


def bits_of(elements: Iterable[int]) -> int:
    result = 0
    for element in elements:
        result |= 1 << element
    return result


def elements(bits: int) -> Iterator[int]:
    """The elements in increasing order.

    >>> list(elements(0b1010))
    [1, 3]
    """
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def matrix_of(sets: list[int], width: int) -> NDArray[np.bool_]:
    """One line per set, one column per possible element."""
    size = max(1, (width + 7) // 8)
    raw = np.frombuffer(b"".join(one.to_bytes(size, "little") for one in sets), dtype=np.uint8)
    return np.unpackbits(raw.reshape(len(sets), size), axis=1, bitorder="little")[:, :width].astype(bool)
