"""What a network is made of and what it costs: shapes, parameters, arithmetic, field of view.

`layer_table` reads all of it off a model, layer by layer, without running it. `seen_by` says which
pixels of the photo one place of a layer can depend on, by following its neighbours back through
the layers; `input_gradient` finds the same pixels by experiment, and how much each counts.

Chapter: 04_network.
"""

import math
from typing import NamedTuple

import keras
import numpy as np
from keras import layers, tree

# A stride-2 transposed convolution makes even and odd places of different make-up, so six of them
# make 64 kinds. One place of each kind is looked at, and the widest view counts.
KINDS = 64


class LayerRow(NamedTuple):
    """One layer of a network."""

    name: str
    kind: str  # such as "Conv2D"
    output: tuple  # its shape without the batch: (H, W, C) or (C,)
    parameters: int
    flop: int  # for one photo
    receptive_field: int | None  # side in pixels of the photo, None if it sees no photo


def layer_table(model: keras.Model, size: int = 256) -> list[LayerRow]:
    """List a network's layers with what each puts out, holds, costs and sees.

    Parameters
    ----------
    model : keras.Model
        A functional model that holds no model within the model. A layer that it uses twice is
        listed as used first; its second use is not followed.
    size : int
        Side of the photo in pixels, where the model leaves it open.

    Returns
    -------
    list of LayerRow
        In the order of computation, without the inputs. `flop` is twice the
        multiply-adds of convolutions, transposed convolutions and dense layers, which are
        nearly all there is to do; normalization, activations, pooling and additions count as 0.

    Raises
    ------
    ValueError
        If there is a model within the model.

    Notes
    -----
    `receptive_field` is exact, borders apart: the widest stretch of pixels that any one place
    of the layer depends on. For convolutions and pooling it is the usual sum 1 + (k - 1) j over
    kernels k and the strides j accumulated before them: Araujo, Norris and Sim, "Computing
    Receptive Fields of Convolutional Neural Networks" (Distill, 2019). It may exceed the photo.
    Kernels are taken to be square. It is None where a layer has no way to a photo (the branch
    of the class scores), or one that resizes in a manner unknown here. Chapter: 04_network.
    """
    shapes = _shapes(model, size)
    rows = []
    for operation in model.operations:
        if isinstance(operation, layers.InputLayer):
            continue
        places = np.arange(KINDS)
        view = _follow(model, shapes, operation, places, places)
        rows.append(
            LayerRow(
                name=operation.name,
                kind=type(operation).__name__,
                output=shapes[id(operation.output)],
                parameters=sum(math.prod(weight.shape) for weight in _weights(operation)),
                flop=_flop(operation, shapes),
                receptive_field=None if view is None else int(np.max(view[1] - view[0])) + 1,
            )
        )
    return rows


def seen_by(model: keras.Model, layer: str, place: int, size: int = 256) -> tuple[int, int]:
    """Which pixels of the photo one place of a layer can depend on.

    Parameters
    ----------
    model : keras.Model
        As for `layer_table`.
    layer : str
        A layer's name.
    place : int
        Row of the layer's output, from 0 on; for a column the answer is the same.
    size : int
        Side of the photo in pixels, where the model leaves it open.

    Returns
    -------
    first, last : int
        The first and the last row of pixels, both included. They may lie beyond the photo's
        edge, where the convolutions see zeros. Chapter: 04_network.

    Raises
    ------
    ValueError
        If the layer has no way to a photo, see `layer_table`.
    """
    place = np.array([place])
    view = _follow(model, _shapes(model, size), model.get_layer(layer), place, place)
    if view is None:
        raise ValueError(f"{layer} does not look at a photo")
    return int(view[0][0]), int(view[1][0])


def input_gradient(function, photo, row: int, column: int):
    """How much each input pixel moves one place of a layer.

    Parameters
    ----------
    function : callable
        Tensor (1, H, W, C) -> tensor (1, h, w, F), such as
        `lambda x: model(x, training=False)`.
    photo : array, (1, H, W, C)
    row, column : int
        The place.

    Returns
    -------
    float32 array, (H, W, C)
        Derivative of the sum of the place's F features by each value of `photo`. Where it
        is 0 the place does not look, or a ReLU is shut. Chapter: 04_network.
    """
    probe = _Probe(function, photo, row, column)
    probe.compile(keras.optimizers.SGD(1.0), jit_compile=False)
    probe.train_on_batch(np.zeros((1, 1), "float32"))
    return -keras.ops.convert_to_numpy(probe.change)[0]


class _Probe(keras.Model):
    """Keras has no gradient of its own that works on every backend, but its optimizers do: one
    step of gradient descent with rate 1, from a change of 0, leaves minus the gradient."""

    def __init__(self, function, photo, row, column):
        super().__init__(name="input_gradient")
        self.change = self.add_weight(shape=photo.shape, initializer="zeros")
        self.answer = lambda: keras.ops.sum(function(self.change + photo)[0, row, column])

    def call(self, unused):
        return self.answer()

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return y_pred


def _shapes(model, size):
    """Shape, without the batch, of every tensor in the model, by the tensor's id."""
    for operation in model.operations:
        if isinstance(operation, keras.Model):
            raise ValueError(f"{operation.name} is a model within the model; ask for its own table")
    tensors = [t for operation in model.operations for t in tree.flatten(operation.output)]
    photos = [
        keras.KerasTensor([1 if i == 0 else side or size for i, side in enumerate(tensor.shape)])
        for tensor in model.inputs
    ]
    found = keras.Function(model.inputs, tensors).compute_output_spec(photos)
    return {id(tensor): tuple(spec.shape[1:]) for tensor, spec in zip(tensors, found, strict=True)}


def _weights(operation):
    return getattr(operation, "weights", [])  # an addition written as + is no layer and has none


def _flop(operation, shapes):
    # Each number of a kernel or matrix meets each place once: the places of the output or,
    # for a transposed convolution, which hands out instead of collecting, those of the input.
    kernels = sum(math.prod(weight.shape) for weight in _weights(operation) if weight.ndim > 1)
    transposed = isinstance(operation, layers.Conv2DTranspose)
    tensor = operation.input if transposed else operation.output
    return 2 * kernels * math.prod(shapes[id(tensor)][:-1])


def _follow(model, shapes, operation, first, last):
    """From places first..last of an operation's output back to rows of the photo, or None."""
    wanted = {id(operation.output): (first, last)}
    for current in reversed(model.operations):
        if id(current.output) not in wanted:
            continue
        interval = wanted.pop(id(current.output))
        if isinstance(current, layers.InputLayer):
            if len(shapes[id(current.output)]) == 3:
                return interval
            continue
        for tensor in tree.flatten(current.input):
            if id(tensor) not in shapes:  # made by a layer's second use
                continue
            needed = _needed(current, *interval, shapes[id(tensor)], shapes[id(current.output)])
            if needed is None:
                return None
            known = wanted.get(id(tensor), needed)
            wanted[id(tensor)] = np.minimum(known[0], needed[0]), np.maximum(known[1], needed[1])
    return None


def _needed(operation, first, last, shape, output):
    """Places of the input, of a shape, that places first..last of the output depend on."""
    side = shape[0] if len(shape) == 3 else 1
    result = output[0] if len(output) == 3 else 1
    (kernel, *_) = getattr(operation, "kernel_size", getattr(operation, "pool_size", (None,)))
    if kernel:
        (stride, *_), (dilation, *_) = operation.strides, getattr(operation, "dilation_rate", (1,))
        reach = (kernel - 1) * dilation  # from the kernel's first place to its last
        if isinstance(operation, layers.Conv2DTranspose):
            before = max(reach + 1 - stride, 0) // 2 if operation.padding == "same" else 0
            return -((reach - first - before) // stride), (last + before) // stride
        padding = (result - 1) * stride + reach + 1 - side if operation.padding == "same" else 0
        before = max(padding, 0) // 2
        return first * stride - before, last * stride - before + reach
    if isinstance(operation, layers.ZeroPadding2D):
        before = operation.padding[0][0]
        return first - before, last - before
    if side == result:  # place by place
        return first, last
    if side == 1 or result == 1:  # a vector that goes everywhere, or one made of everything
        return 0 * first, 0 * last + side - 1
    return None
