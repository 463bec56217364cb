"""Two devices, which the processor pretends to be, and two processes learn as one device does."""

import json
import os
import signal
import socket
import subprocess
import sys

import keras
import numpy as np
import pytest
from running import metrics, wait_for

from colorlib import devices, weights
from colorlib.files import UserError

# Nine validation photos, which devices cannot share equally. The small rate keeps Adam from blowing
# up rounding errors, which differ.
SMALL = dict(
    tier="smoke", limit=36, learning_rate=0.0001, score_dropout=0.0, checkpoint_seconds=0.0
)
# On the processor JAX is slow at transposed convolutions.
TINY = dict(limit=16, batch_size=4)
# The number of devices must be said before anything is computed, so runs are made in a process of
# their own.
PRETEND = """
import json, sys
import keras
"""
RUN = """
from colorlib import recipes, training
for folder, parameters in map(json.loads, sys.argv[1:]):
    recipe, hardware = recipes.recipe_from(parameters)
    training.train(recipe, folder, hardware)
"""
TWO = {"XLA_FLAGS": "--xla_force_host_platform_device_count=2"}


def start(backend, *runs, **settings):
    """Begin a process that makes some runs, each (folder, parameters)."""
    arguments = [json.dumps([str(folder), SMALL | chosen]) for folder, chosen in runs]
    return subprocess.Popen(
        [sys.executable, "-c", PRETEND + RUN, *arguments],
        env=os.environ | {"KERAS_BACKEND": backend} | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(*processes):
    for process in processes:
        _, error = process.communicate(timeout=300)
        assert process.returncode == 0, error[-3000:]


def arrays(folder):
    with np.load(folder / "checkpoint.npz") as file:
        return dict(file)


def assert_same(one, two):
    """One device's run and two devices' must agree, but for rounding."""
    for ours, theirs in zip(metrics(two), metrics(one), strict=True):
        for name, allowed in (("loss", 1e-4), ("chroma", 1e-3)):
            for key in (name, f"val_{name}"):
                assert ours[key] == pytest.approx(theirs[key], rel=allowed)
    ours, theirs = (weights.load_network(folder / "model")[0] for folder in (two, one))
    for name in ("encoder_3_norm", "decoder_4_norm"):
        seen = (each.get_layer(name).get_weights()[2:] for each in (ours, theirs))
        for a, b in zip(*seen, strict=True):  # the means and variances of all batches
            assert np.linalg.norm(a - b) < 0.001 * np.linalg.norm(b), name
    assert sorted(path.name for path in (two / "samples").iterdir()) == [
        "epoch-0001.png", "epoch-0002.png",
    ]  # fmt: skip


def test_two_devices_learn_as_one_on_jax(commons, tmp_path):
    pytest.importorskip("jax")
    one, two = tmp_path / "one", tmp_path / "two"
    shared = {"devices": "all", "on_device": False}
    finish(start("jax", (one, TINY), (two, TINY | shared), **TWO))
    assert_same(one, two)


@pytest.mark.soak
def test_two_processes_learn_as_one(commons, tmp_path):
    pytest.importorskip("jax")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    one, two = tmp_path / "one", tmp_path / "two"
    finish(start("jax", (one, TINY)))
    together = {
        "KERAS_DISTRIBUTION_JOB_ADDRESSES": address,
        "KERAS_DISTRIBUTION_NUM_PROCESSES": "2",
    }
    run = (two, TINY | {"devices": "all"})
    finish(*(start("jax", run, **together, KERAS_DISTRIBUTION_PROCESS_ID=n) for n in "01"))
    assert_same(one, two)


def test_other_backends_say_what_to_do(monkeypatch):
    for backend in ("tensorflow", "torch"):
        monkeypatch.setattr(keras.backend, "backend", lambda backend=backend: backend)
        with pytest.raises(UserError, match=r"needs JAX: install jax .* KERAS_BACKEND=jax"):
            devices.spread("all", 8)
        assert devices.process() == (0, 1) and devices.count() == 1


def test_devices_share_a_batch_equally(tmp_path):
    pytest.importorskip("jax")
    process = start("jax", (tmp_path / "run", {"devices": "all", "batch_size": 7}), **TWO)
    _, error = process.communicate(timeout=120)
    assert process.returncode != 0
    assert "batch_size is 7, which 2 devices cannot share equally" in error
    assert "such as 8" in error
    assert not (tmp_path / "run").exists()


def test_a_run_of_one_device_goes_on_with_two(commons, tmp_path):
    pytest.importorskip("jax")
    run, alone = tmp_path / "run", tmp_path / "alone"
    long = TINY | {"epochs": 2}
    process = start("jax", (run, long), **TWO)
    assert wait_for((run / "checkpoint.npz").exists, process), process.stderr.read()
    process.send_signal(signal.SIGKILL)
    process.wait()
    finish(start("jax", (run, long | {"devices": "all"}), (alone, long), **TWO))
    assert_same(alone, run)
