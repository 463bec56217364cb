"""The same batches shared by two devices: two virtual ones, made of the processor."""

import json
import os
import socket
import subprocess
import sys

import keras
import pytest
from running import RUN, SMALL, metrics, wait_for

from colorlib import devices, training
from colorlib.files import UserError

TWO = {
    "tensorflow": """
import tensorflow as tf
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], two)
""",
    "jax": """
import jax
jax.config.update("jax_num_cpu_devices", 2)
""",
}
# Augmentation draws random numbers, and two devices draw others than one.
PLAIN = """
from keras import ops
from colorlib import training
def as_is(task, photos, scores):
    return ops.cast(photos, "float32") / 255.0, scores[:, 0]
training.Colorization.vary = as_is
"""


def begin(folder, backend, before, environment=None, **parameters):
    environment = os.environ | {"KERAS_BACKEND": backend} | (environment or {})
    command = [sys.executable, "-c", before + RUN, json.dumps(SMALL | ASKED | parameters), folder]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, env=environment, text=True, **pipes)


def train(folder, *arguments, **parameters):
    process = begin(folder, *arguments, **parameters)
    _, error = process.communicate(timeout=300)
    assert process.returncode == 0, error[-3000:]
    return metrics(folder)


def agree(ours, theirs):
    for one, two in zip(ours, theirs, strict=True):
        assert two == pytest.approx(one, rel=1e-4)


ASKED = dict(epochs=2, limit=16, batch_size=8)


@pytest.fixture(scope="module")
def alone(commons, tmp_path_factory):
    """What one device learns, on each backend."""
    return {name: train(tmp_path_factory.mktemp("runs") / name, name, PLAIN) for name in TWO}


@pytest.mark.parametrize(
    ("backend", "on_device"), [("tensorflow", True), ("tensorflow", False), ("jax", True)]
)
def test_two_devices_learn_what_one_learns(alone, tmp_path, backend, on_device):
    before = TWO[backend] + PLAIN
    two = train(tmp_path / "run", backend, before, devices="all", on_device=on_device)
    agree(alone[backend], two)
    assert {path.name for path in (tmp_path / "run").iterdir()} >= {"model.weights.h5", "samples"}


def test_two_machines_learn_what_one_learns(alone, tmp_path):
    """Two processes of one device each that talk over loopback; the first keeps the run."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    processes = [
        begin(
            tmp_path / "run",
            "jax",
            PLAIN,
            {
                "KERAS_DISTRIBUTION_JOB_ADDRESSES": address,
                "KERAS_DISTRIBUTION_NUM_PROCESSES": "2",
                "KERAS_DISTRIBUTION_PROCESS_ID": str(number),
            },
            devices="all",
        )
        for number in range(2)
    ]
    for process in processes:
        _, error = process.communicate(timeout=300)
        assert process.returncode == 0, error[-3000:]
    agree(alone["jax"], metrics(tmp_path / "run"))
    assert (tmp_path / "run" / "model.weights.h5").exists()


def test_two_devices_augment_and_go_on_after_a_kill(commons, tmp_path):
    """With TensorFlow each device draws random numbers of its own."""
    whole = train(tmp_path / "whole", "tensorflow", TWO["tensorflow"], devices="all")
    process = begin(tmp_path / "killed", "tensorflow", TWO["tensorflow"], devices="all")
    assert wait_for((tmp_path / "killed" / "checkpoint.npz").exists, process)
    process.kill()
    process.communicate()
    agree(whole, train(tmp_path / "killed", "tensorflow", TWO["tensorflow"], devices="all"))


def test_keras_shares_no_batches_on_pytorch(monkeypatch, tmp_path):
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    with pytest.raises(UserError, match="which Keras does not do on torch; set KERAS_BACKEND"):
        training.train(training.config_from(SMALL | {"devices": "all"}), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_batch_must_be_shared_evenly(commons, monkeypatch, tmp_path):
    monkeypatch.setattr(devices, "count", lambda: 3)
    with pytest.raises(UserError, match="which 3 devices cannot share evenly; take a multiple"):
        training.train(training.config_from(SMALL), tmp_path)
