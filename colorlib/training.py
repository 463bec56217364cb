"""One training run: photos in, a folder that explains itself out.

`train` is the whole story, and `Colorization` the step it repeats: picking a batch, augmenting
it, Lab, the network and the loss are compiled into one. What a run is asked to do is told in
`recipes`, how photos get there in `batches`, what a run leaves behind in `runs`.

Chapter: 05_training. Source: paper, sections 3.1 and 4.
"""

import contextlib
import gc
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

import keras
import numpy as np
from keras import ops
from tqdm.auto import tqdm

from colorlib import augment, devices, lab, losses, machine, network, weights
from colorlib.batches import Data, PhotosOnDevice
from colorlib.files import UserError, only_user
from colorlib.recipes import PRESETS, TIERS, TrainingConfig, config_from
from colorlib.runs import Run

# The recipes belong to training, too, for whoever looks for them here.
__all__ = [
    "PRESETS",
    "TIERS",
    "Colorization",
    "TrainingConfig",
    "config_from",
    "first_step",
    "forecast",
    "train",
]


def train(config, run_folder):
    """Train the network, or go on where an interrupted run stopped.

    Parameters
    ----------
    config : TrainingConfig
    run_folder : path-like
        Where the run lives. If it holds an unfinished run with the same configuration, that
        run goes on from its last checkpoint and ends with the same losses as if it had
        never stopped (on a CPU, bit for bit).

    Returns
    -------
    pathlib.Path
        The run folder; `weights.load_network(run_folder / "model")` reads the network.

    Raises
    ------
    UserError
        If the folder holds another run or is in use, the photos changed since the run
        began, the loss stops being a number, not even half a batch fits into the device, or
        the devices cannot share a batch.
    """
    shared = devices.spread(config.devices, config.batch_size)
    with _own_folder(run_folder) as folder, only_user(folder):
        data = Data(config)  # the class scores it may have to compute are not made to be shared
        with shared:
            run = Run(folder, config, data)
            if not _learn(run):
                run.halve_batch()
                _learn(run)
    return Path(run_folder)


@contextlib.contextmanager
def _own_folder(run_folder):
    """Where to write: with several processes, all but the first throw away what they write."""
    number, _ = devices.process()
    if number == 0:
        yield Path(run_folder)
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in ("config.json", "data.json", "halved.json", "checkpoint.npz"):
            path = Path(run_folder) / name
            if path.exists():
                shutil.copy(path, folder)
        yield Path(folder)


def _learn(run):
    """Train until the run's end; False if the device's memory was too small for its batches."""
    config, data = run.data.config, run.data
    # Not before: whether an extractor had to be built must not change the network's start.
    keras.utils.set_random_seed(config.seed)
    task = None
    try:
        task = Colorization(config, data)
        epoch = run.resume(task)
        if not run.over(epoch):
            tqdm.write(forecast(task, data, config.epochs - epoch), file=sys.stderr)
        steps = data.steps_per_epoch
        with tqdm(total=config.epochs * steps, initial=epoch * steps, desc="training") as bar:
            while not run.over(epoch):
                started = time.perf_counter()
                row = task.learn(data.training(epoch), bar)
                seconds = time.perf_counter() - started
                validation = task.measure(data.validation())
                row |= {f"val_{name}": value for name, value in validation.items()}
                epoch += 1
                run.record(epoch, row, seconds, task)
                bar.set_postfix(epoch=epoch, loss=row["loss"], val_loss=row["val_loss"])
        run.finish(task)
    except KeyboardInterrupt:
        if task is not None:
            print(f"{run.folder}: stopped; the same command goes on from epoch {run.keep(task)}")
        raise
    except Exception as error:
        if not _out_of_memory(error):
            raise
        half = config.batch_size // 2
        if run.halved or not half or half % devices.count():
            raise UserError(
                f"{run.folder}: batches of {config.batch_size} photos do not fit into the memory "
                "of the device; choose a smaller batch_size or size, or on_device=False, in "
                "another run folder"
            ) from error
        return False
    finally:
        # What is left of a failed attempt would still fill the device's memory.
        task = None
        gc.collect()
    return True


def _out_of_memory(error):
    """Whether this is a device whose memory is full; every backend has a type of its own."""
    said = f"{type(error).__name__}: {error}"
    return re.search("resource_?exhausted|out ?of ?memory|allocate memory", said, re.IGNORECASE)


def forecast(task, data, epochs):
    """Measure a few steps and say how long `epochs` will take. The task is left as it was.

    Parameters
    ----------
    task : Colorization
    data : batches.Data
    epochs : int
        How many are still to come.

    Returns
    -------
    str
        Where it computes, photos a second, and the time. Chapter: 05_training.
    """
    before = [ops.convert_to_numpy(variable) for variable in task.state]
    some = max(2, task.group)
    training, validation = data.training(0).first(some), data.validation().first(1)
    task.learn(training), task.measure(validation)  # the first ones compile
    started = time.perf_counter()
    task.learn(training)
    step = (time.perf_counter() - started) / len(training)
    started = time.perf_counter()
    task.measure(validation)
    look = time.perf_counter() - started
    for variable, value in zip(task.state, before, strict=True):
        variable.assign(value)
    seconds = epochs * (data.steps_per_epoch * step + len(data.validation()) * look)
    names = machine.gpu_names()
    where = f"{len(names)} x {names[0]}" if names else machine.device()
    if machine.on_cpu():
        where = "no GPU (on Colab: Runtime > Change runtime type > T4 GPU)"
    return (
        f"{where}: {data.config.batch_size / step:.0f} photos a second; {epochs} x "
        f"{len(data.train_rows)} photos take about {_spoken(seconds)}"
    )


def _spoken(seconds):
    """A time as one says it: "40 seconds", "7 minutes", "2.5 hours"."""
    if seconds < 100:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 6000 else f"{seconds / 3600:.1f} hours"


class AveragingAdam(keras.optimizers.Adam):
    """Adam that keeps a running average of the weights, and leaves the weights alone.

    Keras' own would put the average in the weights' place whenever `fit` ends, that is, after
    each of our epochs.
    """

    def __init__(self, *arguments, average, **options):
        super().__init__(*arguments, use_ema=True, ema_momentum=average, **options)

    def finalize_variable_values(self, variables):
        """Do not do what Keras would do now."""

    def put_average(self, variables):
        """Overwrite `variables` with their running averages."""
        super().finalize_variable_values(variables)


class Colorization(keras.Model):
    """The compiled step: row numbers (or streamed photos) in, true and predicted ab out."""

    def __init__(self, config, data):
        # Without autocast the photos stay as they are; the network's layers cast for themselves.
        super().__init__(dtype=config.precision, autocast=False)
        self.config = config
        self.network = network.colorizer(config.network, config.precision)
        if config.start_from:
            start, start_config, _ = weights.load_network(config.start_from)
            if start_config != config.network:
                raise UserError(
                    f"{config.start_from}: is a network of another configuration; "
                    "start from one like yours, or from none"
                )
            self.network.set_weights(start.get_weights())
        self.bank = PhotosOnDevice(data) if data.on_device else None
        self.seed = devices.Seed(config.seed)
        self.chroma = keras.metrics.Mean("chroma")
        backend, on_cpu = keras.backend.backend(), machine.on_cpu()
        jit = config.jit_compile
        if jit is None:  # XLA is JAX's only way, TensorFlow's fastest on a GPU and slowest on a CPU
            jit = backend == "jax" or (backend == "tensorflow" and not on_cpu)
        # Keras' PyTorch trainer cannot group steps.
        self.group = config.steps_per_execution or (1 if on_cpu or backend == "torch" else 32)
        self.compile(
            optimizer=_optimizer(config, config.epochs * data.steps_per_epoch),
            jit_compile=jit,
            steps_per_execution=self.group,
        )
        self.optimizer.build(self.network.trainable_variables)
        # All variables exist. Keras would look for them with a batch averaged over the devices.
        self.built = True

    def learn(self, batches, bar=None):
        """Go once through the training photos; loss and chroma, averaged over them."""
        # Only `fit` groups steps, and shares batches among copies of the network.
        if self.group > 1 or devices.copies() > 1:
            history = self.fit(batches, shuffle=False, verbose=0).history
            if bar is not None:
                bar.update(len(batches))
            return {name: values[0] for name, values in history.items()}
        # Step by step, `fit` would lose up to half its time when TensorFlow takes down an
        # epoch's input pipeline, whose tuning thread sleeps ever longer and is waited for.
        return _mean_over(batches, self.train_on_batch, bar)

    def measure(self, batches):
        """Loss and chroma on photos that are not learned from."""
        with self.averaged(), devices.whole():
            return _mean_over(batches, self.test_on_batch)

    @contextlib.contextmanager
    def averaged(self):
        """Give the network the weights that the run will keep, for as long as the block lasts."""
        if not self.config.average:
            yield
            return
        learned = self.network.trainable_variables
        values = [ops.convert_to_numpy(variable) for variable in learned]
        getattr(self.optimizer, "inner_optimizer", self.optimizer).put_average(learned)
        try:
            yield
        finally:
            for variable, value in zip(learned, values, strict=True):
                variable.assign(value)

    # Keras 3.13, which Colab has, would report the mean of all batches since the last reset.
    def train_on_batch(self, *batch, **options):
        """Learn from one batch; its loss and chroma."""
        self.reset_metrics()
        return super().train_on_batch(*batch, **options)

    def test_on_batch(self, *batch, **options):
        """Loss and chroma of one batch that is not learned from."""
        self.reset_metrics()
        return super().test_on_batch(*batch, **options)

    def call(self, batch, training=False):
        if self.bank:
            batch = self.bank(batch["row"])
        photos, scores = batch["photos"], batch["scores"]  # (B, S, S, 3), (B, T, 1000)
        if training:
            rgb, scores = self.vary(photos, scores)
        else:
            rgb, scores = ops.cast(photos, "float32") / 255.0, scores[:, 0]
        colors = lab.rgb_to_lab(rgb)  # (B, S, S, 3)
        inputs = network.scale_inputs(colors[..., :1], scores, self.config.network)
        return {
            "true_ab": lab.scale_ab(colors[..., 1:], self.config.network.ab_divisor),
            "predicted_ab": self.network(inputs, training=training),
        }

    def vary(self, photos, scores):
        """Augment a batch: each photo in one of its transforms, with that transform's scores."""
        count, kinds, classes = ops.shape(photos)[0], *scores.shape[1:]
        k = keras.random.randint((count,), 0, kinds, dtype="int32", seed=self.seed)
        rgb = augment.augment(photos, k, self.seed, self.config.shift, self.config.brightness)
        place = ops.arange(count, dtype="int32") * kinds + k
        scores = ops.take(ops.reshape(scores, (-1, classes)), place, axis=0)  # (B, 1000)
        if self.config.score_dropout:
            scores = ops.cast(scores, "float32")
            scores = keras.random.dropout(scores, self.config.score_dropout, seed=self.seed)
        return rgb, scores

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        # TensorFlow adds up the losses and gradients of copies that share a batch.
        return losses.paper_loss(**y_pred) / devices.copies()

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        chroma = ops.sqrt(ops.sum(ops.square(ops.cast(y_pred["predicted_ab"], "float32")), axis=-1))
        self.chroma.update_state(ops.mean(chroma, axis=(1, 2)) * self.config.network.ab_divisor)
        return self.get_metrics_result()

    @property
    def state(self):
        """Every variable that training changes, in a fixed order."""
        return [*self.network.variables, *self.optimizer.variables, self.seed.state]


def first_step(task, batch):
    """Let a new network learn one batch, and see how large the gradient and the step were.

    Parameters
    ----------
    task : Colorization
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
    Adam keeps a running mean m of the gradient g. It starts at 0, and after one step it is
    (1 - beta_1) g; so g need not be computed again. Chapter: 05_training.
    """
    weights, optimizer = task.network.trainable_variables, task.optimizer
    before = [np.array(weight) for weight in weights]
    task.train_on_batch(batch)
    means = [memory for memory in optimizer.variables if memory.name.endswith("_momentum")]
    sizes = {}
    for weight, old, mean in zip(weights, before, means, strict=True):
        layer, name = weight.path.split("/")[-2:]
        if name == "kernel":
            gradient, step = np.array(mean) / (1 - optimizer.beta_1), np.array(weight) - old
            sizes[layer] = tuple(float(np.sqrt(np.mean(x**2))) for x in (gradient, step))
    return sizes


def _optimizer(config, steps):
    """Adam as the configuration wants it, for a run of so many steps."""
    rate = config.learning_rate
    if config.schedule == "cosine":
        rising = round(config.warmup * steps)
        rate = keras.optimizers.schedules.CosineDecay(
            0.0 if rising else rate,
            steps - rising,
            warmup_target=rate if rising else None,
            warmup_steps=rising,
        )
    options = {"weight_decay": config.weight_decay or None}
    if config.average:
        return AveragingAdam(rate, average=config.average, **options)
    return keras.optimizers.Adam(rate, **options)


def _mean_over(batches, step, bar=None):
    """Do a step with every batch; the mean of what it reports, by photos."""
    rows, sizes = [], []
    for number in range(len(batches)):
        (batch,) = batches[number]
        rows.append(step(batch, return_dict=True))
        sizes.append(len(next(iter(batch.values()))))
        if bar is not None:
            bar.update()
    return {name: float(np.average([row[name] for row in rows], weights=sizes)) for name in rows[0]}
