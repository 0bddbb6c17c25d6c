"""Runs on a Dask cluster, ended at random moments: the cluster goes on, and so does the next run."""

from __future__ import annotations

import random
import time
from pathlib import Path

from tests.kills.works import SIGNALS, TRIALS, WORKS, Warmed, contents, ended, fresh, whole_or_absent


def test_a_cluster_goes_on_without_the_run(warmed: Warmed, others: Path, tmp_path: Path) -> None:
    """What a killed run has asked of a Dask cluster is forgotten there, and the next run is served."""
    from distributed import Client, LocalCluster

    work, chance = WORKS["grade"], random.Random(3)
    whole_folder = fresh(tmp_path / "whole", "grade", others)
    before = contents(whole_folder)
    assert warmed.run(whole_folder, *work.words)["status"] == 0
    whole = contents(whole_folder)
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1", silence_logs=50
    ) as cluster:
        there = (*work.words, "--scheduler", cluster.scheduler_address)
        for name in ("first", "second"):  # the cluster's own worker has loaded everything by the second
            seconds = warmed.run(fresh(tmp_path / name, "grade", others), *there)["seconds"]
        stopped = 0
        for trial in range(TRIALS):
            folder, sent = fresh(tmp_path / str(trial), "grade", others), SIGNALS[trial % 3]
            told = warmed.run(folder, *there, ends={"signal": sent, "after": seconds * chance.random()})
            stopped += ended(told, sent)
            whole_or_absent(folder, work, before, whole)
            if contents(folder) != whole:
                told = warmed.run(folder, *(there if trial % 5 == 0 else work.words))
                assert told["status"] == 0, told["err"]
            assert contents(folder) == whole
        assert stopped > TRIALS // 4
        told = warmed.run(fresh(tmp_path / "last", "grade", others), *there)
        assert told["status"] == 0, told["err"]
        with Client(cluster) as client:  # type: ignore[no-untyped-call]
            deadline = time.monotonic() + 20
            while client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) > 1:
                assert time.monotonic() < deadline, "what was asked for is still there"
                time.sleep(0.05)
