"""What one looks at while a run goes on: its pace, its cost, its pictures, its first step.

Chapter: 05_training.
"""

import math
import time

import numpy as np
from keras import ops
from PIL import Image

from colorlib import devices, lab, machine
from colorlib.batches import Batches, TrainingSet
from colorlib.files import atomic_write
from colorlib.images import montage
from colorlib.optimizers import inner

ASK = 10  # seconds between two questions to the cards: asking takes longer than a short epoch


class Meter:
    """What an epoch costs: time, processor time, and watts where a card tells them."""

    def __init__(self):
        self.asked, self.watts = -math.inf, None

    def start(self):
        """Begin to measure."""
        self.clock, self.processor = time.perf_counter(), time.process_time()

    def read(self, photos: int) -> dict:
        """What it has cost since `start`; `photos` is how many were learned from."""
        seconds = time.perf_counter() - self.clock
        if time.monotonic() - self.asked > ASK:
            self.asked, self.watts = time.monotonic(), machine.gpu_watts()
        found = {
            "seconds": round(seconds, 3),
            "cpu_seconds": round(time.process_time() - self.processor, 3),
            "photos_per_second": round(photos / seconds, 1),
        }
        return found | ({"watts": self.watts} if self.watts else {})


def forecast(trainer, data: TrainingSet, epochs: int) -> str:
    """Measure a few steps and say how long `epochs` will take. The trainer is left as it was.

    Parameters
    ----------
    trainer : training.Trainer
    data : batches.TrainingSet
    epochs : int
        How many are still to come.

    Returns
    -------
    str
        Where it computes, photos a second, and the time.
    """
    before = {path: ops.convert_to_numpy(variable) for path, variable in trainer.state.items()}
    training, validation = data.training(0).first(max(2, trainer.group)), data.validation().first(1)
    trainer.learn(training), trainer.measure(validation)  # the first ones compile
    started = time.perf_counter()
    trainer.learn(training)
    step = (time.perf_counter() - started) / len(training)
    started = time.perf_counter()
    trainer.measure(validation)
    look = time.perf_counter() - started
    for path, variable in trainer.state.items():
        variable.assign(before[path])
    seconds = epochs * (data.steps_per_epoch * step + len(data.validation()) * look)
    names = machine.gpu_names()
    where = f"{len(names)} x {names[0]}" if names else machine.device()
    if machine.on_cpu():
        where = "no GPU (on Colab: Runtime > Change runtime type > T4 GPU)"
    return (
        f"{where}: {data.recipe.batch_size / step:.0f} photos a second; {epochs} x "
        f"{len(data.train_rows)} photos take about {_spoken(seconds)}"
    )


def _spoken(seconds):
    """A time as one says it: "40 seconds", "7 minutes", "2.5 hours"."""
    if seconds < 100:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 6000 else f"{seconds / 3600:.1f} hours"


def draw_samples(trainer, data: TrainingSet, folder, epoch: int):
    """Draw the first eight validation photos, grey, colourized and true, as a PNG in `folder`."""
    rows = data.validation_rows[:8]
    with trainer.averaged(), devices.whole():
        shown = trainer.predict_on_batch(*Batches(data, rows, len(rows))[0])
    ab = ops.convert_to_numpy(trainer.decode(shown["answer"]))  # (8, h, w, 2)
    photos, lightness = data.photos(rows), shown["truth"]["lightness"]  # (8, S, S, 1)
    ab = ops.convert_to_numpy(ops.image.resize(ab, lightness.shape[1:3], "bicubic"))

    def join(ab):
        rgb = lab.lab_to_rgb(np.concatenate([lightness, ab], axis=-1))
        return np.round(255 * ops.convert_to_numpy(rgb)).astype("uint8")

    bands = (join(0 * ab), join(ab), photos)
    with atomic_write(folder / f"epoch-{epoch:04d}.png") as temporary:
        Image.fromarray(montage(bands)).save(temporary)


def first_step(trainer, batch: dict) -> dict[str, tuple[float, float]]:
    """Let a new network learn one batch, and see how large the gradient and the step were.

    Parameters
    ----------
    trainer : training.Trainer
        That has not learned yet.
    batch : dict of arrays
        See `batches.Batches`.

    Returns
    -------
    dict of str to (float, float)
        For each layer with a kernel: the root mean square, over the kernel's numbers, of the
        loss's gradient and of the step that Adam took.

    Notes
    -----
    Adam keeps a moving mean m of the gradient g. It starts at 0, and after one step it is
    (1 - beta_1) g; so g need not be computed again.
    """
    learned, adam = trainer.network.trainable_variables, inner(trainer.optimizer)
    before = [np.array(weight) for weight in learned]
    trainer.train_on_batch(batch)
    means = [memory for memory in adam.variables if memory.name.endswith("_momentum")]
    sizes = {}
    for weight, old, mean in zip(learned, before, means, strict=True):
        layer, name = weight.path.split("/")[-2:]
        if name == "kernel":
            gradient, step = np.array(mean) / (1 - adam.beta_1), np.array(weight) - old
            sizes[layer] = tuple(float(np.sqrt(np.mean(x**2))) for x in (gradient, step))
    return sizes
