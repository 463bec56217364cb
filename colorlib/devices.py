"""More than one GPU: each holds the whole network and learns from its part of every batch.

All of it is done by Keras and its backend: `keras.distribution` on JAX, `MirroredStrategy` on
TensorFlow. The batch stays the one that the configuration names; n devices get an n-th each.

Chapter: 05_training.
"""

import contextlib

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
    if backend == "torch":
        raise UserError(
            'devices is "all", which Keras does not do on PyTorch; set KERAS_BACKEND to '
            'tensorflow or jax, or devices to "one"'
        )
    with _SPREAD[backend]():
        yield


@contextlib.contextmanager
def _on_jax():
    before = keras.distribution.distribution()
    found = keras.distribution.list_devices()
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=found))
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
