"""A run's folder: what was asked, where it ran, what happened, and where to go on.

    config.json      what was asked for          data.json      which photos, which split
    machine.json     where it ran, versions      metrics.jsonl  one line per epoch
    samples/         the same photos as the network saw them, epoch by epoch
    checkpoint.npz   all that is needed to go on after an interruption
    halved.json      only if the device's memory was too small for the batch
    model.*          the network, ready for `Colorizer.load(run)`

Chapter: 05_training.
"""

import dataclasses
import json
import math
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
from keras import ops
from PIL import Image

from colorlib import devices, extractors, lab, machine, weights
from colorlib.batches import Batches, Data
from colorlib.files import UserError, read_json, sha256_of, whole_file, write_json


class Run:
    """A run's folder: what it was asked, what happened, and where to go on."""

    def __init__(self, folder, config, data):
        self.folder, self.config, self.data = Path(folder), config, data
        self.saved, self.sheets = time.monotonic(), sheet_epochs(config.epochs)
        self.best = None  # epoch, validation loss and weights, if `patience` needs them
        self.clock = time.process_time()
        self.asked_watts, self.watts = -math.inf, None
        # A run that was begun before a parameter existed has been made with its default.
        self._agree("config.json", dataclasses.asdict(config), dataclasses.asdict(type(config)()))
        self._agree("data.json", {
            "photo_set": data.photo_set.path.name,
            "manifest_sha256": sha256_of(data.photo_set.path / "manifest.csv"),
            "photos": len(data.photo_set),
            "training": len(data.train_rows),
            "validation": len(data.validation_rows),
        })  # fmt: skip
        for leftover in self.folder.rglob(".????????-*"):
            leftover.unlink()  # a file that a killed process was writing
        self.halved = (self.folder / "halved.json").exists()
        if self.halved:
            self._halve()

    def _agree(self, name, value, defaults=None):
        path = self.folder / name
        if not path.exists():
            return write_json(path, value)
        before, now = read_json(path), json.loads(json.dumps(value))
        if not isinstance(before, dict):
            raise UserError(f"{path}: belongs to something else; choose another run folder")
        before = json.loads(json.dumps(defaults or {})) | before
        for key in now:
            if before.get(key) != now[key]:
                raise UserError(
                    f"{path}: the run here has {key} {before.get(key)!r}, not {now[key]!r}; "
                    "choose another run folder"
                )

    def halve_batch(self):
        """From now on learn from half as many photos at a time, and remember that."""
        whole, half = self.config.batch_size, self.config.batch_size // 2
        print(f"the device's memory is too small for batches of {whole}; going on with {half}")
        write_json(self.folder / "halved.json", {
            "batch_size": half,
            "why": f"batches of {whole} did not fit into the memory of the device",
            **machine.describe(),
        })  # fmt: skip
        self.halved = True
        self._halve()

    def _halve(self):
        self.data = Data(dataclasses.replace(self.config, batch_size=self.config.batch_size // 2))

    def resume(self, task):
        """Put the last checkpoint into `task`; the number of epochs done."""
        path, epoch = self.folder / "checkpoint.npz", 0
        if path.exists():
            try:
                with np.load(path, allow_pickle=False) as arrays:
                    for number, variable in enumerate(task.state):
                        variable.assign(arrays[f"{number}"])
                    epoch = int(arrays["epoch"])
                    if "best_epoch" in arrays:
                        best = [arrays[f"best_{i}"] for i in range(len(task.network.weights))]
                        self.best = int(arrays["best_epoch"]), float(arrays["best_loss"]), best
            except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
                raise UserError(
                    f"{path}: is damaged ({error}); delete it to start the run anew"
                ) from error
        if self.halved:  # the learning rate follows the count of steps, and an epoch has more now
            task.optimizer.iterations.assign(epoch * self.data.steps_per_epoch)
        self._cut_metrics(epoch)
        if not self.over(epoch):
            write_json(self.folder / "machine.json", machine.describe())
        return epoch

    def over(self, epoch):
        """Whether `epoch` epochs are all that this run needs."""
        tired = self.best and epoch - self.best[0] >= self.config.patience
        return epoch >= self.config.epochs or bool(tired)

    def _cut_metrics(self, epoch):
        """Forget the epochs after the checkpoint: they will be run again."""
        path = self.folder / "metrics.jsonl"
        if path.exists():
            with whole_file(path) as temporary:
                temporary.write_text("".join(path.read_text().splitlines(keepends=True)[:epoch]))

    def record(self, epoch, row, seconds, task):
        """Write down one epoch."""
        for name in ("loss", "val_loss"):
            if not math.isfinite(row[name]):
                raise UserError(
                    f"{self.folder}: {name} became {row[name]} in epoch {epoch}; the checkpoint "
                    "before it is kept. Try a lower learning_rate or precision='float32', in "
                    "another run folder"
                )
        if self.config.patience and (self.best is None or row["val_loss"] < self.best[1]):
            with task.averaged():
                self.best = epoch, row["val_loss"], task.network.get_weights()
        self._note(epoch, row, seconds)
        if epoch in self.sheets:
            self._sample(epoch, task)
        waited = time.monotonic() - self.saved
        if self.over(epoch) or waited >= self.config.checkpoint_seconds:
            self._checkpoint(epoch, task)

    def _note(self, epoch, row, seconds):
        """Add a line to metrics.jsonl: what was found, and what it cost."""
        before, self.clock = self.clock, time.process_time()
        rate = self.data.steps_per_epoch * self.data.config.batch_size / seconds
        if time.monotonic() - self.asked_watts > 10:  # asking takes longer than a short epoch
            self.asked_watts, self.watts = time.monotonic(), machine.gpu_watts()
        line = {
            "epoch": epoch,
            **row,
            "seconds": round(seconds, 3),
            "cpu_seconds": round(self.clock - before, 3),
            "photos_per_second": round(rate, 1),
        }
        if self.watts:
            line["watts"] = self.watts
        path = self.folder / "metrics.jsonl"
        try:
            with open(path, "a") as file:
                file.write(json.dumps(line) + "\n")
        except OSError as error:
            raise UserError(
                f"{path}: cannot be written ({error.strerror}); free some space, then the same "
                "command goes on from the last checkpoint"
            ) from error

    def _checkpoint(self, epoch, task):
        arrays = {f"{i}": ops.convert_to_numpy(v) for i, v in enumerate(task.state)}
        if self.best:
            arrays |= {"best_epoch": self.best[0], "best_loss": self.best[1]}
            arrays |= {f"best_{i}": array for i, array in enumerate(self.best[2])}
        with whole_file(self.folder / "checkpoint.npz") as temporary:
            np.savez(temporary, epoch=epoch, **arrays)
        self.saved = time.monotonic()

    def _sample(self, epoch, task):
        """Draw the first eight validation photos: grey, colourized, true."""
        rows = self.data.validation_rows[:8]
        with task.averaged(), devices.whole():
            shown = task.predict_on_batch(*Batches(self.data, rows, len(rows))[0])
        predicted = lab.unscale_ab(shown["predicted_ab"], self.config.network.ab_divisor)
        predicted = predicted[: len(rows)]  # TensorFlow appends what the other devices predict
        photos = self.data.photos(rows)
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
        with task.averaged():
            if self.best:
                task.network.set_weights(self.best[2])
                card["epoch"] = self.best[0]
            weights.save_network(task.network, self.folder / "model", config.network, **card)


def pack(folder):
    """Put a run's folder into one file, to take it along when the machine goes away.

    Parameters
    ----------
    folder : path-like

    Returns
    -------
    pathlib.Path
        A zip beside the folder, of the same name. Not compressed: weights hardly shrink.

    Raises
    ------
    UserError
        If there is no run in the folder, or the zip cannot be written. Chapter: 05_training.
    """
    folder = Path(folder)
    if not (folder / "config.json").exists():
        raise UserError(f"{folder}: there is no run here; name the folder that holds config.json")
    target = folder.with_name(f"{folder.name}.zip")
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name[0] != "."]
    with whole_file(target) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for path in files:
            archive.write(path, path.relative_to(folder.parent))
    return target


def unpack(file, parent="runs"):
    """Take a run out of the file that `pack` made, to go on with it.

    Parameters
    ----------
    file, parent : path-like

    Returns
    -------
    pathlib.Path
        The run's folder, in `parent`.

    Raises
    ------
    UserError
        If the file is no packed run or is damaged, or such a folder is there already: it is
        never overwritten. Chapter: 05_training.
    """
    parent = Path(parent)
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{parent}: cannot be made ({error.strerror}); choose another") from error
    try:
        with zipfile.ZipFile(file) as archive, tempfile.TemporaryDirectory(dir=parent) as workshop:
            names = archive.namelist()
            name = names[0].split("/")[0] if names else ""
            inside = all(other.startswith(f"{name}/") for other in names)
            if name in ("", ".", "..") or not inside or f"{name}/config.json" not in names:
                raise UserError(f"{file}: is not a packed run; take a file that colorlib packed")
            if (parent / name).exists():
                raise UserError(f"{parent / name}: is there already; choose another parent folder")
            archive.extractall(workshop)
            return (Path(workshop) / name).rename(parent / name)
    except (OSError, zipfile.BadZipFile) as error:
        raise UserError(f"{file}: cannot be unpacked ({error}); download it again") from error


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


def read_metrics(folder):
    """The lines of a run's metrics.jsonl as a dict of arrays, one value an epoch.

    NaN stands where an epoch did not note a value, such as the watts of a card that the run has
    left for a machine without one. Chapter: 05_training.
    """
    lines = (Path(folder) / "metrics.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: np.array([row.get(name, np.nan) for row in rows]) for name in names}


def cost(folder):
    """What a run took, from its metrics.jsonl.

    Parameters
    ----------
    folder : path-like

    Returns
    -------
    dict
        `hours` and `cpu_hours` (of all cores together, training and validation),
        `photos_per_second` (the median epoch's), and `watt_hours` where a card told what it draws.
        Chapter: 05_training.
    """
    curves = read_metrics(folder)
    found = {
        "epochs": len(curves["epoch"]),
        "hours": round(float(curves["seconds"].sum()) / 3600, 3),
        "cpu_hours": round(float(curves["cpu_seconds"].sum()) / 3600, 3),
        "photos_per_second": float(np.median(curves["photos_per_second"])),
    }
    if "watts" in curves:
        found["watt_hours"] = round(float(np.nansum(curves["watts"] * curves["seconds"])) / 3600, 1)
    return found
