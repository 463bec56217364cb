"""One training run: photos in, a folder that explains itself out.

`train` is the loop, and `Trainer` the step it repeats: picking a batch, augmenting it, Lab, the
network and the loss are compiled into one. What a run is asked to do is told in `recipes`, how
photos get there in `batches`, what a run leaves behind in `runs`, what one looks at while it goes
on in `monitor`.

Chapter: 05_training. Source: paper, sections 3.1 and 4.
"""

import contextlib
import os
import re
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
from keras import ops, tree
from tqdm.auto import tqdm

from colorlib import augment, designs, devices, lab, machine, monitor, weights
from colorlib.batches import Batches, PhotosOnDevice, TrainingSet
from colorlib.files import UserError, locked
from colorlib.inputs import INPUTS
from colorlib.optimizers import averaged, inner, optimizer_for
from colorlib.recipes import Hardware, Recipe
from colorlib.runs import Run, sheet_epochs


def train(recipe: Recipe, run_folder: str | os.PathLike, hardware: Hardware = Hardware()) -> Path:
    """Train a network, or go on where an interrupted run stopped.

    Parameters
    ----------
    recipe : recipes.Recipe
    run_folder : path-like
        Where the run lives. If it holds an unfinished run of the same recipe and the same
        photos, that run goes on from its last checkpoint and ends with the same losses as if it
        had never stopped (on a CPU, bit for bit).
    hardware : recipes.Hardware

    Returns
    -------
    pathlib.Path
        The run folder; `Colorizer.load(run_folder)` reads the network.

    Raises
    ------
    UserError
        If the folder holds another run or is in use, the loss stops being a number, a batch does
        not fit into the device's memory, or the devices cannot share it.
    """
    shared = devices.spread(hardware.devices, recipe.batch_size)
    with _own_folder(run_folder) as folder, locked(folder):
        data = TrainingSet(recipe, hardware)
        run = Run(folder, recipe, data.identity, hardware)
        # Not before: whether an extractor had to be built must not change the network's start.
        keras.utils.set_random_seed(recipe.seed)
        with shared, _memory_explained(folder, recipe):
            trainer = Trainer(recipe, data, hardware)
            try:
                _learn(trainer, run, data)
            except KeyboardInterrupt:
                epoch = run.restore(trainer.state)  # if there is no checkpoint yet, all stays
                finish(trainer, run, data)
                print(f"{folder}: stopped; the same command goes on from epoch {epoch}")
                raise
            finish(trainer, run, data)
    return Path(run_folder)


def _learn(trainer, run, data):
    epochs, steps = run.recipe.epochs, data.steps_per_epoch
    sheets, meter = sheet_epochs(epochs), monitor.Meter()
    epoch = run.restore(trainer.state)
    if not run.is_over(epoch):
        tqdm.write(monitor.forecast(trainer, data, epochs - epoch), file=sys.stderr)
    with tqdm(total=epochs * steps, initial=epoch * steps, desc="training") as bar:
        while not run.is_over(epoch):
            meter.start()
            row = trainer.learn(data.training(epoch), bar)
            cost = meter.read(photos=steps * run.recipe.batch_size)
            found = trainer.measure(data.validation())
            row |= {f"val_{name}": value for name, value in found.items()}
            epoch += 1
            run.record(epoch, row | cost, trainer.kept)
            if epoch in sheets:
                monitor.draw_samples(trainer, data, run.folder / "samples", epoch)
            run.checkpoint(epoch, trainer.state)
            bar.set_postfix(epoch=epoch, loss=row["loss"], val_loss=row["val_loss"])


def finish(trainer: "Trainer", run: Run, data: TrainingSet):
    """Write the network in the form that `Colorizer.load` reads."""
    recipe = run.recipe
    with trainer.averaged():
        if run.best:
            for variable in trainer.network.variables:
                variable.assign(run.best.weights[variable.path])
        card = {"size": recipe.size, **data.eyes} | ({"epoch": run.best.epoch} if run.best else {})
        weights.save_network(
            trainer.network, run.folder / "model", recipe.design, recipe.options, **card
        )


class Trainer(keras.Model):
    """The compiled step: row numbers (or streamed photos) in, truth and answer out.

    Attributes
    ----------
    network : keras.Model
        What is trained, see `designs.Design`.
    decode : callable
        The design's default decoding: answer -> ab in Lab units.
    group : int
        Steps that run before Python looks again.
    """

    def __init__(self, recipe: Recipe, data: TrainingSet, hardware: Hardware = Hardware()):
        # Without autocast the photos stay as they are; the network's layers cast for themselves.
        super().__init__(dtype=hardware.precision, autocast=False, name="trainer")
        design = designs.design_named(recipe.design)
        self.recipe, self.told = recipe, (*design.needs, *design.targets)
        self.blame, self.decode = design.loss, next(iter(design.decodings.values()))
        self.network = designs.build_network(recipe.design, recipe.options, hardware.precision)
        if recipe.start_from:
            start, _ = weights.load_network(recipe.start_from)
            own = {variable.path: variable for variable in self.network.weights}
            # What ours has beyond it, such as a further input's layers, stays as it began.
            for variable in start.weights:
                if getattr(own.get(variable.path), "shape", None) != variable.shape:
                    raise UserError(
                        f"{recipe.start_from}: is a network of another design or size; "
                        "start from one like yours, or from none"
                    )
                own[variable.path].assign(variable)
        elif design.adapt:
            design.adapt(self.network, replace(data.photo_set, train=data.train_rows))
        self.bank = PhotosOnDevice(data) if data.on_device else None
        self.seed = keras.random.SeedGenerator(recipe.seed, name="dice")
        self.chroma = keras.metrics.Mean("chroma")
        backend, on_cpu = keras.backend.backend(), machine.on_cpu()
        jit = hardware.jit_compile
        if jit is None:  # XLA is JAX's only way, TensorFlow's fastest on a GPU and slowest on a CPU
            jit = backend == "jax" or (backend == "tensorflow" and not on_cpu)
        # Keras' PyTorch trainer cannot group steps.
        self.group = hardware.steps_per_execution or (1 if on_cpu or backend == "torch" else 32)
        self.compile(
            optimizer=optimizer_for(recipe, recipe.epochs * data.steps_per_epoch),
            jit_compile=jit,
            steps_per_execution=self.group,
        )
        self.optimizer.build(self.network.trainable_variables)
        self.built = True  # all variables exist

    # --- the step ---

    def call(self, batch: dict, training: bool = False) -> dict:
        if "row" in batch:
            batch = self.bank(batch["row"])
        rgb, truth = self.vary(batch) if training else self.plain(batch)
        colors = lab.rgb_to_lab(rgb)  # (B, S, S, 3)
        truth |= {"lightness": colors[..., :1], "ab": colors[..., 1:]}
        # Every epoch is measured with the same dice, else it could not be compared with another.
        dice = self.seed if training else self.recipe.seed
        if training and self.recipe.mix:  # before a colour of the mixed photo is told
            truth = augment.mixed(truth, self.recipe.mix, dice)
            colors = ops.concatenate([truth["lightness"], truth["ab"]], axis=-1)
        for name in self.told:
            if name not in truth:
                truth[name] = INPUTS[name].drawn(colors, self.recipe, dice)
        asked = {name: truth[name] for name in self.network.input}
        return {"truth": truth, "answer": self.network(asked, training=training)}

    def plain(self, batch: dict) -> tuple:
        """Photos as they lie in the set, float (B, S, S, 3) in 0..1, and what is stored of them."""
        told = {name: batch[name] for name in batch if name != "photos"}
        told = tree.map_structure(lambda values: values[:, 0], told)
        return ops.cast(batch["photos"], "float32") / 255.0, told

    def vary(self, batch: dict) -> tuple:
        """Augmented photos: each in one of its orientations, with what is stored of that one."""
        photos, recipe, dice = batch["photos"], self.recipe, self.seed
        count, kinds = ops.shape(photos)[0], recipe.transforms
        k = keras.random.randint((count,), 0, kinds, dtype="int32", seed=dice)
        rgb = augment.augment(photos, k, dice, recipe.shift, recipe.brightness, recipe.zoom)
        place, told = ops.arange(count, dtype="int32") * kinds + k, {}
        for name in batch:
            if name != "photos":
                values = tree.map_structure(lambda way: _taken(way, place), batch[name])
                change = INPUTS[name].varied
                told[name] = change(values, recipe, dice) if change else values
        return rgb, told

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training: bool = True):
        return self.blame(y_pred["truth"], y_pred["answer"])

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        ab = ops.cast(self.decode(y_pred["answer"]), "float32")  # (B, h, w, 2)
        self.chroma.update_state(ops.mean(ops.sqrt(ops.sum(ab**2, axis=-1)), axis=(1, 2)))
        return self.get_metrics_result()

    # --- an epoch ---

    def learn(self, batches: Batches, bar: tqdm | None = None) -> dict:
        """Go once through the training photos; loss and chroma, averaged over them."""
        if self.group > 1:  # only `fit` groups steps
            history = self.fit(batches, shuffle=False, verbose=0).history
            if bar is not None:
                bar.update(len(batches))
            return {name: values[0] for name, values in history.items()}
        # Step by step, `fit` would lose up to half its time when TensorFlow takes down an
        # epoch's input pipeline, whose tuning thread sleeps ever longer and is waited for.
        return _mean_over(batches, self.train_on_batch, bar)

    def measure(self, batches: Batches) -> dict:
        """Loss and chroma on photos that are not learned from."""
        with self.averaged(), devices.whole():
            return _mean_over(batches, self.test_on_batch)

    # Keras 3.13, which Colab has, would report the mean of all batches since the last reset.
    def train_on_batch(self, batch: dict, **options):
        """Learn from one batch; its loss and chroma."""
        self.reset_metrics()
        return super().train_on_batch(self.fetched(batch), **options)

    def test_on_batch(self, batch: dict, **options):
        """Loss and chroma of one batch that is not learned from."""
        self.reset_metrics()
        return super().test_on_batch(self.fetched(batch), **options)

    def fetched(self, batch: dict) -> dict:
        """A batch with its photos, if they are on the device and TensorFlow takes the step.

        It never forgets a compiled step with an optimizer, nor what that reads from: were all
        photos among it, each run would leave them in memory.
        """
        here = "row" in batch and keras.backend.backend() == "tensorflow"
        return self.bank(batch["row"]) if here else batch

    # --- what a run keeps of it ---

    def averaged(self):
        """Give the network the weights that the run will keep, for as long as the block lasts."""
        return averaged(self.network, self.optimizer)

    @property
    def state(self) -> dict:
        """Every variable that training changes, by its path."""
        adam = self.optimizer
        variables = [*self.network.variables, *inner(adam).variables, self.seed.state]
        named = {variable.path: variable for variable in variables}
        if inner(adam) is not adam:  # half precision
            own = [v for v in adam.variables if all(v is not other for other in variables)]
            named |= {f"loss_scale/{number}": variable for number, variable in enumerate(own)}
        return named

    def kept(self) -> dict:
        """The weights that the run would keep now, as arrays by their paths."""
        with self.averaged():
            return {v.path: ops.convert_to_numpy(v) for v in self.network.variables}


def _taken(values, place):
    """Of each photo's orientations, (B, orientations, ...), the one at `place`: (B, ...)."""
    return ops.take(ops.reshape(values, (-1, *values.shape[2:])), place, axis=0)


@contextlib.contextmanager
def _own_folder(run_folder):
    """Where to write: with several processes, all but the first throw away what they write."""
    number, _ = devices.process()
    if number == 0:
        yield Path(run_folder)
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in ("recipe.json", "data.json", "checkpoint.npz"):
            path = Path(run_folder) / name
            if path.exists():
                shutil.copy(path, folder)
        yield Path(folder)


@contextlib.contextmanager
def _memory_explained(folder, recipe):
    """Say what to do when the device's memory is full; every backend has an error of its own."""
    try:
        yield
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        full = "resource_?exhausted|out ?of ?memory|allocate memory"
        if isinstance(error, UserError) or not re.search(full, said, re.IGNORECASE):
            raise
        raise UserError(
            f"{folder}: batches of {recipe.batch_size} photos of {recipe.size} pixels do not fit "
            "into the memory of the device; choose a smaller batch_size or size in another run "
            "folder, or on_device=False in this one"
        ) from error


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
