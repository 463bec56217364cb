"""More than one GPU: each holds the whole network and learns from its part of every batch.

All of it is done by Keras and its backend: `keras.distribution` on JAX, `MirroredStrategy` on
TensorFlow. The batch stays the one that the configuration names; n devices get an n-th each.
On JAX they may belong to several machines: start the same command on each, with Keras' own
variables KERAS_DISTRIBUTION_JOB_ADDRESSES, _NUM_PROCESSES and _PROCESS_ID set.

Chapter: 05_training.
"""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import keras

from colorlib.files import UserError


def count():
    """How many devices share each batch of what is built now."""
    if keras.backend.backend() == "jax":
        distribution = keras.distribution.distribution()
        return distribution.device_mesh.devices.size if distribution else 1
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.distribute.get_strategy().num_replicas_in_sync
    return 1


def process():
    """Which process this is, from 0 on, and how many train together."""
    if keras.backend.backend() == "jax" and keras.distribution.distribution():
        import jax

        return jax.process_index(), jax.process_count()
    return 0, 1


def share_of(loss):
    """What one device's mean loss adds to that of the whole batch.

    On TensorFlow each device sees its part alone, and Keras adds up the gradients. On JAX the
    step is written for the whole batch and divided by the compiler.
    """
    return loss / count() if keras.backend.backend() == "tensorflow" else loss


@contextlib.contextmanager
def spread(devices):
    """Use one device, or all of one kind, for what is built and trained while the block lasts.

    Parameters
    ----------
    devices : {"one", "all"}

    Raises
    ------
    UserError
        If the backend is PyTorch, for which Keras shares no batches.
    """
    if devices == "one":
        yield
        return
    backend = keras.backend.backend()
    if backend not in _SPREAD:
        raise UserError(
            f'devices is "all", which Keras does not do on {backend}; set KERAS_BACKEND to '
            'tensorflow or jax, or devices to "one"'
        )
    with _SPREAD[backend]():
        yield


@contextlib.contextmanager
def own_folder(folder):
    """The folder that this process may write to.

    Only the first process keeps the run. The others do all the same in a folder that is thrown
    away, begun with a copy of the last checkpoint.
    """
    if process()[0] == 0:
        yield Path(folder)
        return
    with tempfile.TemporaryDirectory() as workshop:
        for name in ("checkpoint.npz", "halved.json"):
            if (Path(folder) / name).exists():
                shutil.copy(Path(folder) / name, workshop)
        yield Path(workshop)


@contextlib.contextmanager
def _on_jax():
    if "KERAS_DISTRIBUTION_NUM_PROCESSES" in os.environ:
        keras.distribution.initialize()
    before = keras.distribution.distribution()
    # Each process brings its own part of a batch, see `Data.training`.
    all_devices = keras.distribution.DataParallel(auto_shard_dataset=False)
    keras.distribution.set_distribution(all_devices)
    try:
        yield
    finally:
        keras.distribution.set_distribution(before)


@contextlib.contextmanager
def _on_tensorflow():
    import tensorflow as tf

    found = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    with tf.distribute.MirroredStrategy([device.name for device in found]).scope():
        yield


_SPREAD = {"jax": _on_jax, "tensorflow": _on_tensorflow}
