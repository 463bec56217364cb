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
# their own. TensorFlow's devices draw random numbers of their own, so there without augmentation.
PRETEND = """
import json, sys
import keras
tensorflow = keras.backend.backend() == "tensorflow"
if tensorflow:
    import tensorflow as tf
    (cpu,) = tf.config.list_physical_devices("CPU")
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, two)
"""
RUN = """
from colorlib import training
augmented = training.Colorization.vary
plain = lambda self, photos, scores: (keras.ops.cast(photos, "float32") / 255, scores[:, 0])
for folder, parameters in map(json.loads, sys.argv[1:]):
    alike = tensorflow and not parameters["score_dropout"]
    training.Colorization.vary = plain if alike else augmented
    training.train(training.config_from(parameters), folder)
"""
DRAW = """
from colorlib import devices
with devices.spread("all", 2):
    seeds = keras.random.SeedGenerator(0), devices.Seed(0)
    draw = lambda: [keras.random.uniform((4,), seed=seed) for seed in seeds]
    drawn = tf.distribute.get_strategy().run(tf.function(draw))
print(json.dumps([[each.numpy().tolist() for each in copies.values] for copies in drawn]))
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


@pytest.fixture(scope="module")
def tensorflow(commons, tmp_path_factory):
    """Runs with one device; with two; with two, killed and resumed; with two and augmentation."""
    root = tmp_path_factory.mktemp("tensorflow")
    one, two, resumed, varied = (root / name for name in ("one", "two", "resumed", "varied"))
    shared = {"devices": "all"}
    process = start("tensorflow", (resumed, shared))
    assert wait_for((resumed / "checkpoint.npz").exists, process), process.stderr.read()
    process.send_signal(signal.SIGKILL)
    process.wait()
    other = {"on_device": False, "average": 0.9, "patience": 5, "score_dropout": 0.5, "epochs": 1}
    runs = (one, {}), (two, shared), (resumed, shared), (varied, shared | other)
    finish(start("tensorflow", *runs))
    return one, two, resumed, varied


def test_two_devices_learn_as_one_on_tensorflow(tensorflow):
    one, two, _, _ = tensorflow
    assert_same(one, two)
    # Adam's memories show the size of the gradients, which its steps hide.
    ours, theirs = arrays(two), arrays(one)
    assert ours.keys() == theirs.keys()
    for key, array in theirs.items():
        assert np.linalg.norm(ours[key] - array) <= 0.2 * np.linalg.norm(array), key


def test_a_killed_run_goes_on_with_two_devices(tensorflow):
    _, two, resumed, _ = tensorflow
    assert metrics(resumed) == [pytest.approx(row, rel=1e-6) for row in metrics(two)]
    assert_same(two, resumed)


def test_two_devices_augment_streamed_photos(tensorflow):
    *_, varied = tensorflow
    (row,) = metrics(varied)
    assert 0 < row["loss"] < 0.1 and 0 < row["val_loss"] < 0.1
    assert (varied / "model.json").exists()


def test_copies_draw_random_numbers_of_their_own():
    command = [sys.executable, "-c", PRETEND + DRAW]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    alike, own = json.loads(done.stdout.splitlines()[-1])
    assert alike[0] == alike[1] == own[0], "the first copy draws what a single device would"
    assert not set(own[0]) & set(own[1])


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


def test_pytorch_shares_no_batches(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    with pytest.raises(UserError, match="tensorflow or jax"):
        devices.spread("all", 8)


def test_devices_share_a_batch_equally(tmp_path):
    process = start("tensorflow", (tmp_path / "run", {"devices": "all", "batch_size": 7}))
    _, error = process.communicate(timeout=120)
    assert process.returncode != 0
    assert "batch_size is 7, which 2 devices cannot share equally" in error
    assert "such as 8" in error
    assert not (tmp_path / "run").exists()
