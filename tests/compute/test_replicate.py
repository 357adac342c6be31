"""Replications: the same values whatever the backend, failures counted, stopped and gone on."""

from __future__ import annotations

import pytest

from crosscase.compute import replicate, running
from crosscase.core.errors import AnalysisError, Cancelled, InputError


def draw(generators):
    return [float(one.normal()) for one in generators]


def fail_sometimes(generators):
    values = draw(generators)
    return [value if value > -1 else ValueError("below -1") for value in values]


def fail_always(generators):
    return [ValueError("no") for _ in generators]


def test_a_draw_depends_on_the_seed_and_its_number_only():
    whole = replicate(draw, 100, seed=7)
    assert replicate(draw, 100, seed=7, chunk=9).values == whole.values
    assert replicate(draw, 30, seed=7).values == whole.values[:30]
    assert replicate(draw, 100, seed=8).values != whole.values


def test_processes_give_the_same_floats():
    assert replicate(draw, 50, seed=1, backend="loky", workers=2, chunk=10).values == replicate(draw, 50, seed=1).values


@pytest.mark.slow
def test_a_cluster_of_two_workers_gives_the_same_floats(tmp_path):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, local_directory=str(tmp_path)
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        found = replicate(draw, 50, seed=1, backend="dask", client=client, chunk=10)
    assert found.values == replicate(draw, 50, seed=1).values


def test_failed_draws_are_counted_and_named():
    found = replicate(fail_sometimes, 200, seed=3)
    assert found.failures
    assert len(found.successes) + len(found.failures) == 200
    assert all(found.values[one.draw] is None and one.reason == "below -1" for one in found.failures)


def test_all_draws_failed_is_no_result():
    with pytest.raises(AnalysisError, match="all 10 draws failed"):
        replicate(fail_always, 10, seed=0)


def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path):
    checkpoint = tmp_path / "run"
    asked = iter([False, False, True])
    with pytest.raises(Cancelled):
        replicate(draw, 40, seed=5, chunk=10, checkpoint=checkpoint, cancelled=lambda: next(asked))
    with checkpoint.open("ab") as file:
        file.write(b"\x80\x05half a record")  # as when the machine stopped in the middle of writing
    calls = []

    def counted(generators):
        calls.append(len(generators))
        return draw(generators)

    found = replicate(counted, 40, seed=5, chunk=10, checkpoint=checkpoint)
    assert calls == [10, 10]
    assert found.values == replicate(draw, 40, seed=5).values
    assert not checkpoint.exists()


def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    checkpoint = tmp_path / "run"
    asked = iter([False, True])
    with pytest.raises(Cancelled):
        replicate(draw, 40, seed=5, chunk=10, checkpoint=checkpoint, cancelled=lambda: next(asked))
    with pytest.raises(InputError, match="another"):
        replicate(draw, 40, seed=6, chunk=10, checkpoint=checkpoint)


def test_what_is_said_around_the_work_holds_for_each_call_in_it(tmp_path):
    def analysis():
        return replicate(draw, 30, seed=1, chunk=10).values, replicate(draw, 20, seed=2, chunk=10).values

    alone = analysis()
    told = []

    def stop_late(done, total):
        told.append((done, total))
        if done == 40:
            raise Cancelled("enough")

    with pytest.raises(Cancelled), running(progress=stop_late, checkpoints=tmp_path, name="a"):
        analysis()
    assert told == [(10, 30), (20, 30), (30, 30), (40, 50)]
    again = []
    with running(progress=lambda *so_far: again.append(so_far), checkpoints=tmp_path, name="a"):
        assert analysis() == alone
    assert again == [(30, 30), (40, 50), (50, 50)]  # 10 draws were left to do
    with running(checkpoints=tmp_path, name="b"):
        assert analysis() == alone
    with running({"backend": "loky", "workers": 2}):
        assert analysis() == alone


def test_progress_reaches_the_end():
    seen = []
    replicate(draw, 25, seed=0, chunk=10, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(10, 25), (20, 25), (25, 25)]


@pytest.mark.parametrize(
    "wrong", [{"draws": 0, "seed": 1}, {"draws": 1, "seed": -1}, {"draws": 1, "seed": 1, "backend": "x"}]
)
def test_numbers_that_make_no_sense_are_refused(wrong):
    with pytest.raises(InputError):
        replicate(draw, **wrong)
