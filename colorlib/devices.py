"""More than one device: each holds the whole network and learns from its part of every batch.

`keras.distribution` does it on JAX, and nothing in a model, a loss or a batch knows of it: a step
is one program for a whole batch, however many devices compute it. The batch stays the one that the
recipe names; n devices get an n-th each.

The devices may be in several machines. Each runs the same command, with the environment
variables that `keras.distribution.initialize` reads: KERAS_DISTRIBUTION_JOB_ADDRESSES (the first
machine's address and a free port), KERAS_DISTRIBUTION_NUM_PROCESSES and
KERAS_DISTRIBUTION_PROCESS_ID (0, 1, ...).

Chapter: 05_training.
"""

import contextlib
import os

import keras
import numpy as np

from colorlib.files import UserError


def count() -> int:
    """How many devices share each batch of what is built now."""
    distribution = keras.distribution.distribution()
    return distribution.device_mesh.devices.size if distribution else 1


def process() -> tuple[int, int]:
    """Number of this process, from 0, and how many train together."""
    if keras.backend.backend() != "jax":
        return 0, 1
    import jax

    return jax.process_index(), jax.process_count()


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


def spread(devices: str, batch_size: int):
    """A block in which one device computes, or all of one kind share each batch.

    Raises
    ------
    UserError
        If the backend is not JAX, or the devices cannot share such a batch equally.
    """
    if devices == "one":
        return contextlib.nullcontext()
    if keras.backend.backend() != "jax":
        raise UserError(
            "devices is 'all', for which Keras needs JAX: install jax (with its CUDA extra on a "
            "GPU), set the environment variable KERAS_BACKEND=jax, or choose devices='one'"
        )
    import jax

    together = "KERAS_DISTRIBUTION_JOB_ADDRESSES" in os.environ
    if together and not jax.distributed.is_initialized():
        keras.distribution.initialize()
    found = keras.distribution.list_devices()
    if batch_size % len(found):
        near = -(-batch_size // len(found)) * len(found)
        raise UserError(
            f"batch_size is {batch_size}, which {len(found)} devices cannot share equally; "
            f"choose a multiple of {len(found)}, such as {near}, or devices='one'"
        )
    # Each process reads its own share of the photos.
    return keras.distribution.DataParallel(devices=found, auto_shard_dataset=False).scope()
