"""Work over a list gives the same results in the same order wherever it is done."""

from __future__ import annotations

import pytest

from crosscase.compute import spread
from crosscase.core.errors import Cancelled, InputError


def square(number: int) -> int:
    return number * number


@pytest.mark.parametrize("backend", ["serial", "loky"])
@pytest.mark.parametrize("chunk", [1, 3])
def test_the_order_is_that_of_the_items(backend, chunk):
    seen = []
    found = spread(
        square,
        list(range(7)),
        backend=backend,
        workers=2,
        chunk=chunk,
        progress=lambda done, of: seen.append((done, of)),
    )
    assert found == [0, 1, 4, 9, 16, 25, 36]
    assert seen[-1] == (7, 7)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


def test_it_is_stopped_before_a_chunk():
    done: list[int] = []

    def work(number: int) -> None:
        done.append(number)

    with pytest.raises(Cancelled):
        spread(work, [1, 2, 3], cancelled=lambda: len(done) >= 2)
    assert done == [1, 2]


def test_nothing_is_spread_to_nothing():
    assert spread(square, []) == []


def test_what_makes_no_sense_is_refused():
    with pytest.raises(InputError, match="chunk"):
        spread(square, [1], chunk=0)
    with pytest.raises(InputError, match="backend"):
        spread(square, [1], backend="cloud")  # type: ignore[arg-type]
