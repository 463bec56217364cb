"""More than one GPU: each holds the whole network and learns from its part of every batch.

All of it is done by Keras and its backend: `keras.distribution` on JAX, `MirroredStrategy` on
TensorFlow. The batch stays the one that the configuration names; n devices get an n-th each.

On JAX the devices may be in several machines. Each runs the same command, with the environment
variables that `keras.distribution.initialize` reads: KERAS_DISTRIBUTION_JOB_ADDRESSES (the first
machine's address and a free port), KERAS_DISTRIBUTION_NUM_PROCESSES and
KERAS_DISTRIBUTION_PROCESS_ID (0, 1, ...).

Chapter: 05_training.
"""

import contextlib
import os

import keras
import numpy as np
from keras import ops

from colorlib.files import UserError


def copies():
    """How many copies of the network TensorFlow runs, each with its own part of every batch.

    1 elsewhere: on JAX, however many devices compute it, a step is one program for a whole batch.
    """
    if keras.backend.backend() != "tensorflow":
        return 1
    import tensorflow as tf

    return tf.distribute.get_strategy().num_replicas_in_sync


def count():
    """How many devices share each batch of what is built now."""
    distribution = keras.distribution.distribution()
    return distribution.device_mesh.devices.size if distribution else copies()


def process():
    """Number of this process, from 0, and how many train together."""
    if keras.backend.backend() != "jax":
        return 0, 1
    import jax

    return jax.process_index(), jax.process_count()


class Seed(keras.random.SeedGenerator):
    """Random numbers of its own for each copy of the network; those of Keras are all alike."""

    def next(self, ordered=True):
        seed = super().next(ordered)
        return seed + ops.convert_to_tensor([_copy(), 0], seed.dtype)


def _copy():
    """Number of the copy that computes now, from 0."""
    if copies() == 1:
        return 0
    import tensorflow as tf

    context = tf.distribute.get_replica_context()  # None while the copies are made
    return context.replica_id_in_sync_group if context else 0


def share(rows):
    """What this process has to feed of a batch: all, unless several train together."""
    number, together = process() if keras.distribution.distribution() else (0, 1)
    return np.split(rows, together)[number]


@contextlib.contextmanager
def whole():
    """Let each device compute whole batches while the block lasts: any number can be measured."""
    shared = keras.distribution.distribution()
    keras.distribution.set_distribution(None)
    try:
        yield
    finally:
        keras.distribution.set_distribution(shared)


def spread(devices, batch_size):
    """Use one device, or all of one kind, for what is built and trained in a block.

    Parameters
    ----------
    devices : {"one", "all"}
    batch_size : int
        Photos in each batch, of which each device gets as many.

    Returns
    -------
    context manager

    Raises
    ------
    UserError
        If the devices cannot share such a batch equally, or the backend is PyTorch, for which
        Keras shares no batches.
    """
    if devices == "one":
        return contextlib.nullcontext()
    backend = keras.backend.backend()
    if backend not in _SHARED:
        raise UserError(
            f'devices is "all", which Keras does not do on {backend}; set KERAS_BACKEND to '
            'tensorflow or jax, or devices to "one"'
        )
    shared, number = _SHARED[backend]()
    if batch_size % number:
        near = -(-batch_size // number) * number
        raise UserError(
            f"batch_size is {batch_size}, which {number} devices cannot share equally; "
            f'choose a multiple of {number}, such as {near}, or devices="one"'
        )
    return shared.scope()


def _on_jax():
    import jax

    together = "KERAS_DISTRIBUTION_JOB_ADDRESSES" in os.environ
    if together and not jax.distributed.is_initialized():
        keras.distribution.initialize()
    found = keras.distribution.list_devices()
    # Each process reads its own share of the photos.
    return keras.distribution.DataParallel(devices=found, auto_shard_dataset=False), len(found)


def _on_tensorflow():
    import tensorflow as tf

    found = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return tf.distribute.MirroredStrategy([device.name for device in found]), len(found)


_SHARED = {"jax": _on_jax, "tensorflow": _on_tensorflow}
