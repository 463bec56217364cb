"""`make profile`: where does the time of a training step go, and how far is it from the bound?

    python -m tools.measure.profile_step

On any backend and device, at 256 pixels and batches of 32: float32, and mixed_bfloat16 where there
is an accelerator. (A file named profile.py would hide Python's own module from other libraries.)

The parts of the step are found by experiment, each a compiled step that does a little more than the
one before: only the input (gathering, augmenting, Lab); forward and loss as well; backward as well,
with plain gradient descent; with Adam. A part's time is the difference, so "update" is what Adam
costs more than plain gradient descent.

The bound is what the step would take if nothing were wasted:

    max(arithmetic / rate of a large matrix product, traffic / rate of a large copy) + launch

with both rates measured here, in the same minute. Arithmetic is the convolutions' (see
`anatomy.layer_table`), forward once and backward twice. Traffic is the bytes that must at
least go through memory, see `traffic`. Launch is the time of a compiled step that does nothing.
Every step is timed until its result is a NumPy number, so a device cannot lag behind the clock.
"""

import math
import time

import keras
import numpy as np
from keras import ops

from colorlib import anatomy, lab, machine
from colorlib.files import write_json
from tools.measure import prepared

ROUNDS = 10  # the experiments take turns, and the median of each counts


def main():
    report = {"command": "make profile", "machine": machine.describe(), "precisions": {}}
    for precision in ("float32",) if machine.on_cpu() else ("float32", "mixed_bfloat16"):
        found = report["precisions"][precision] = profile(precision)
        parts = ", ".join(f"{name} {value:.4f}" for name, value in found["parts"].items())
        print(f"{precision}: {found['step_seconds']:.4f} s ({parts})")
        print(f"bound {found['bound_seconds']:.4f} s: {100 * found['bound_share']:.0f} % of it")
    write_json("book/results/profile.json", report)


def profile(precision):
    """Measure the step, its parts and its bound in one precision."""
    asked = dict(tier="full", extractor="efficientnet_lite0", transforms=2)
    asked |= dict(precision=precision, steps_per_execution=1, on_device=True)
    (data, with_adam), (_, with_descent) = prepared(**asked), prepared(**asked)
    config = data.recipe
    jit = with_adam.jit_compile
    with_descent.compile(keras.optimizers.SGD(config.learning_rate), jit_compile=jit)
    (batch,) = data.training(0)[0]  # row numbers (32,)
    dtype = with_adam.network.get_layer("encoder_1").compute_dtype
    side = 2048 if machine.on_cpu() else 8192
    product, copy = Product(side, dtype), Copy(side**2 * 16)
    experiments = {
        "launch": Compiled(lambda task, batch: batch["row"], with_adam),
        "input": Compiled(only_input, with_adam),
        "forward": Compiled(forward, with_adam),
        "product": product,
        "copy": copy,
    }
    for step in experiments.values():
        step.compile(jit_compile=jit)
    steps = {name: step.predict_on_batch for name, step in experiments.items()}
    steps |= {"backward": with_descent.train_on_batch, "update": with_adam.train_on_batch}
    seconds = timed(steps, batch)

    flop = 3 * config.batch_size * sum(row.flop for row in anatomy.layer_table(with_adam.network))
    moved = traffic(with_adam.network, config, dtype)
    rate, copy_rate = 2 * side**3 / seconds["product"], 2 * copy.bytes / seconds["copy"]
    bound = max(flop / rate, moved / copy_rate) + seconds["launch"]
    order = ("input", "forward", "backward", "update")
    parts = {
        name: seconds[name] - seconds.get(before, 0)
        for before, name in zip((None, *order), order, strict=False)
    }
    return {
        "size": config.size,
        "batch_size": config.batch_size,
        "jit_compile": jit,
        "step_seconds": seconds["update"],
        "photos_per_second": config.batch_size / seconds["update"],
        "parts": parts,
        "flop": flop,
        "bytes": moved,
        "product_flop_per_second": rate,
        "copy_bytes_per_second": copy_rate,
        "arithmetic_seconds": flop / rate,
        "traffic_seconds": moved / copy_rate,
        "launch_seconds": seconds["launch"],
        "bound_seconds": bound,
        "bound_share": bound / seconds["update"],
    }


def timed(steps, batch):
    """Median seconds of each step."""
    for step in steps.values():
        step(batch), step(batch)  # the first ones build and compile
    rounds = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            started = time.perf_counter()
            step(batch)  # both ways of Keras give NumPy numbers
            rounds[name].append(time.perf_counter() - started)
    return {name: float(np.median(values)) for name, values in rounds.items()}


def traffic(network, config, dtype):
    """Bytes that a step must at least move, if all that can be fused is fused."""
    rows = [row for row in anatomy.layer_table(network, config.size) if row.parameters]
    # Weights are read forward and backward, and their gradients written. Adam reads gradients,
    # weights and its two means, and writes weights and means: 10 times 4 bytes each.
    weights = 10 * 4 * sum(row.parameters for row in rows)
    # What a layer with weights puts out is written, read by the next layer, and read again
    # backward; its gradient is written and read. ReLU and the like happen on the way.
    numbers = config.batch_size * sum(math.prod(row.output) for row in rows)
    outputs = 5 * (2 if "16" in dtype else 4) * numbers
    # Photos are read as bytes; L and ab are written and read as float32.
    photos = config.batch_size * config.size**2 * 3 * (1 + 2 * 4)
    return weights + outputs + photos


def only_input(task, batch):
    batch = task.bank(batch["row"])
    rgb, told = task.vary(batch)
    scores = ops.cast(told["class_scores"], "float32")
    return ops.mean(lab.rgb_to_lab(rgb), axis=(1, 2, 3)) + ops.mean(scores, axis=-1)  # (32,)


def forward(task, batch):
    return ops.reshape(task.compute_loss(y_pred=task(batch, training=True)), (1,))


class Compiled(keras.Model):
    """A function of the task and a batch, compiled in the way of Keras' backend."""

    def __init__(self, function, task):
        super().__init__()
        self.function, self.task = function, task

    def call(self, batch):
        return self.function(self.task, batch)


class Product(keras.Model):
    """A product of two large square matrices, the first of which it takes the place of."""

    def __init__(self, side, dtype):
        super().__init__()
        noise = keras.initializers.RandomNormal(stddev=side**-0.5)  # keeps the numbers' size
        self.left, self.right = (
            self.add_weight(shape=(side, side), dtype=dtype, initializer=noise, trainable=False)
            for _ in range(2)
        )

    def call(self, batch):
        self.left.assign(ops.matmul(self.left, self.right))
        return batch["row"]


class Copy(keras.Model):
    """A large array, read and written once. (Adding 1: a bare copy might be optimized away.)"""

    def __init__(self, size):
        super().__init__()
        self.bytes = size
        self.array = self.add_weight(shape=(size // 4,), initializer="zeros", trainable=False)

    def call(self, batch):
        self.array.assign(self.array + 1.0)
        return batch["row"]


if __name__ == "__main__":
    main()
