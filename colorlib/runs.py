"""A run's folder: what was asked, where it ran, what happened, and where to go on.

    config.json      what was asked for          data.json      which photos, which split
    machine.json     where it ran, versions      metrics.jsonl  one line per epoch
    samples/         the same photos as the network saw them, epoch by epoch
    checkpoint.npz   all that is needed to go on after an interruption
    model.*          the network, ready for `Colorizer.load(run)`

Chapter: 05_training.
"""

import dataclasses
import importlib.metadata
import json
import math
import os
import platform
import time
import zipfile
from pathlib import Path

import keras
import numpy as np
from keras import ops
from PIL import Image

from colorlib import extractors, lab, weights
from colorlib.batches import Batches
from colorlib.files import UserError, read_json, sha256_of, whole_file, write_json


class Run:
    """A run's folder: what it was asked, what happened, and where to go on."""

    def __init__(self, folder, config, data):
        self.folder, self.config, self.data = Path(folder), config, data
        self.saved, self.sheets = time.monotonic(), sheet_epochs(config.epochs)
        self._agree("config.json", dataclasses.asdict(config))
        self._agree("data.json", {
            "photo_set": data.photo_set.path.name,
            "manifest_sha256": sha256_of(data.photo_set.path / "manifest.csv"),
            "photos": len(data.photo_set),
            "training": len(data.train_rows),
            "validation": len(data.validation_rows),
        })  # fmt: skip

    def _agree(self, name, value):
        path = self.folder / name
        if not path.exists():
            return write_json(path, value)
        before, now = read_json(path), json.loads(json.dumps(value))
        if not isinstance(before, dict):
            raise UserError(f"{path}: belongs to something else; choose another run folder")
        for key in now:
            if before.get(key) != now[key]:
                raise UserError(
                    f"{path}: the run here has {key} {before.get(key)!r}, not {now[key]!r}; "
                    "choose another run folder"
                )

    def resume(self, task):
        """Put the last checkpoint into `task`; the number of epochs done."""
        path, epoch = self.folder / "checkpoint.npz", 0
        if path.exists():
            try:
                with np.load(path, allow_pickle=False) as arrays:
                    for number, variable in enumerate(task.state):
                        variable.assign(arrays[f"{number}"])
                    epoch = int(arrays["epoch"])
            except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
                raise UserError(
                    f"{path}: is damaged ({error}); delete it to start the run anew"
                ) from error
        self._cut_metrics(epoch)
        if epoch < self.config.epochs:
            write_json(self.folder / "machine.json", machine())
        return epoch

    def _cut_metrics(self, epoch):
        """Forget the epochs after the checkpoint: they will be run again."""
        path = self.folder / "metrics.jsonl"
        if path.exists():
            with whole_file(path) as temporary:
                temporary.write_text("".join(path.read_text().splitlines(keepends=True)[:epoch]))

    def record(self, epoch, row, seconds, task):
        """Write down one epoch."""
        if not math.isfinite(row["loss"]):
            raise UserError(
                f"{self.folder}: the loss became {row['loss']} in epoch {epoch}; the checkpoint "
                "before it is kept. Try a lower learning_rate or precision='float32', in another "
                "run folder"
            )
        rate = self.data.steps_per_epoch * self.config.batch_size / seconds
        row = {
            "epoch": epoch,
            **row,
            "seconds": round(seconds, 3),
            "photos_per_second": round(rate, 1),
        }
        with open(self.folder / "metrics.jsonl", "a") as file:
            file.write(json.dumps(row) + "\n")
        if epoch in self.sheets:
            self._sample(epoch, task)
        last = epoch == self.config.epochs
        if last or time.monotonic() - self.saved >= self.config.checkpoint_seconds:
            self._checkpoint(epoch, task)

    def _checkpoint(self, epoch, task):
        with whole_file(self.folder / "checkpoint.npz") as temporary:
            arrays = {f"{i}": ops.convert_to_numpy(v.value) for i, v in enumerate(task.state)}
            np.savez(temporary, epoch=epoch, **arrays)
        self.saved = time.monotonic()

    def _sample(self, epoch, task):
        """Draw the first eight validation photos: grey, colourized, true."""
        rows = self.data.validation_rows[:8]
        shown = task.predict_on_batch(*Batches(self.data, rows)[0])
        predicted = lab.unscale_ab(shown["predicted_ab"], self.config.network.ab_divisor)
        photos = self.data.photos(rows)[: len(predicted)]
        lightness = ops.convert_to_numpy(lab.rgb_to_lab(photos))[..., :1]

        def join(ab):
            rgb = lab.lab_to_rgb(np.concatenate([lightness, ab], axis=-1))
            return np.round(255 * ops.convert_to_numpy(rgb)).astype("uint8")

        bands = (join(0 * predicted), join(predicted), photos)
        sheet = np.concatenate([np.concatenate(list(band), axis=1) for band in bands])
        with whole_file(self.folder / "samples" / f"epoch-{epoch:04d}.png") as temporary:
            Image.fromarray(sheet).save(temporary)

    def keep(self, task):
        """Make the last checkpoint usable as a network; its epoch number."""
        epoch = self.resume(task)
        self.finish(task)
        return epoch

    def finish(self, task):
        """Write the network in the form that `Colorizer.load` reads."""
        config = self.config
        card = {
            "extractor": config.extractor,
            "extractor_weights": extractors.weights_hash(config.extractor),
            "size": config.size,
        }
        weights.save_network(task.network, self.folder / "model", config.network, **card)


def sheet_epochs(epochs, sheets=30):
    """The epochs after which a run draws its sample photos.

    Parameters
    ----------
    epochs : int
        How many the run has.
    sheets : int
        How many it draws at most.

    Returns
    -------
    list of int
        All epochs of a short run. Of a longer one the first ones, then steps that grow by the
        same ratio each time, since most happens early; always the last. Chapter: 05_training.
    """
    chosen = [1]
    while chosen[-1] < epochs:
        ratio = (epochs / chosen[-1]) ** (1 / max(1, sheets - len(chosen)))
        chosen.append(max(chosen[-1] + 1, round(chosen[-1] * ratio)))
    return chosen


def machine():
    """Where this runs: processor, memory, accelerators, versions."""
    packages = (
        "colorlib",
        "keras",
        "tensorflow",
        "jax",
        "torch",
        "numpy",
        "pillow",
        "scikit-image",
    )
    versions = {}
    for name in packages:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = None
    return {
        "date": time.strftime("%Y-%m-%d"),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": processor_name(),
        "cores": os.cpu_count(),
        "device": device(),
        "backend": keras.backend.backend(),
        "python": platform.python_version(),
        "versions": versions,
    }


def device():
    """Where Keras computes, in its backend's words, such as "cuda:0"."""
    return str(ops.convert_to_tensor(0.0).device)


def processor_name():
    """The processor's name, which Linux keeps in a file of its own."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
