"""A run's folder: what was asked, where it ran, what happened, and where to go on.

    recipe.json      what was asked for          data.json      which photos, which split
    machine.json     where it ran, versions      metrics.jsonl  one line per epoch
    samples/         the same photos as the network saw them, epoch by epoch
    checkpoint.npz   all that is needed to go on after an interruption
    model.*          the network, ready for `Colorizer.load(run)`

Chapter: 05_training.
"""

import dataclasses
import json
import math
import os
import tempfile
import time
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from keras import ops

from colorlib import files, machine, weights
from colorlib.files import UserError, atomic_write, check_packing, read_json, said, write_json
from colorlib.recipes import Hardware, Recipe

WRITTEN = "recipe.json data.json machine.json metrics.jsonl checkpoint.npz model.json".split()
WRITTEN += ["model.weights.h5", "evaluation.json", "evaluation.md"]  # into a run's folder
TIGHTEST = 20  # times a packed run may grow; colorlib packs loosely, other programs less so


class Best(NamedTuple):
    """The epoch with the lowest validation loss so far."""

    epoch: int
    loss: float
    weights: dict  # path -> array


class Run:
    """A run's folder, open for writing.

    Attributes
    ----------
    folder : pathlib.Path
    recipe : recipes.Recipe
    hardware : recipes.Hardware
    best : Best or None
        Kept if the recipe has patience.
    """

    def __init__(self, folder: str | os.PathLike, recipe: Recipe, photos: dict, hardware: Hardware):
        self.folder, self.recipe, self.best = Path(folder), recipe, None
        self.saved, self.hardware = time.monotonic(), hardware
        asked = dataclasses.asdict(recipe)
        if recipe.start_from:  # by hash: where it lies is another matter
            asked["start_from"] = weights.read_card(recipe.start_from)["sha256"]
        if (self.folder / "config.json").exists():
            raise UserError(
                f"{self.folder}: holds a run of an earlier colorlib, which cannot go on here; "
                f"choose another run folder, with start_from='{self.folder}' to begin from its "
                "network"
            )
        found = (self.folder.glob(name) for name in (*WRITTEN, "samples/epoch-*.png"))
        if not (self.folder / "recipe.json").exists() and any(map(any, found)):
            raise UserError(f"{self.folder}: holds something else; choose another run folder")
        # A run that was begun before a parameter existed has been made with its default.
        self._check_same_run("recipe.json", asked, dataclasses.asdict(type(recipe)()))
        self._check_same_run("data.json", photos)
        files.clear_leftovers(self.folder, *WRITTEN)
        files.clear_leftovers(self.folder / "samples", "epoch-*.png")

    def _check_same_run(self, name, value, defaults=None):
        path = self.folder / name
        if not path.exists():
            return write_json(path, value)
        before, now = read_json(path), json.loads(json.dumps(value))
        if not isinstance(before, dict):
            raise UserError(f"{path}: belongs to something else; choose another run folder")
        before = (defaults or {}) | before
        for key in now:
            if before.get(key) != now[key]:
                raise UserError(
                    f"{path}: the run here has {key} {before.get(key)!r:.80}, not "
                    f"{now[key]!r:.80}; choose another run folder"
                )

    def restore(self, state: dict) -> int:
        """Put the last checkpoint into the variables of `state`; the number of epochs done."""
        path, epoch = self.folder / "checkpoint.npz", 0
        if path.exists():
            try:
                with np.load(path, allow_pickle=False) as arrays:
                    _check_size(arrays.zip, path.stat().st_size)
                    epoch = int(arrays["epoch"])
                    for name, variable in state.items():
                        # Precision is no part of a run: a loss scale may be new.
                        if name in arrays or not name.startswith("loss_scale/"):
                            variable.assign(arrays[name])
                    if "best_epoch" in arrays:
                        own = {n[5:]: arrays[n] for n in arrays if n.startswith("best/")}
                        self.best = Best(int(arrays["best_epoch"]), float(arrays["best_loss"]), own)
            except Exception as error:  # damaged bytes can raise anything
                raise UserError(
                    f"{path}: is damaged or of another network ({said(error)}); delete it to "
                    "start the run anew"
                ) from error
        self._cut_metrics(epoch)
        if not self.is_over(epoch):
            here = dataclasses.asdict(self.hardware)
            here["photo_set"] = Path(self.hardware.photo_set).name  # where it lies is not asked
            write_json(self.folder / "machine.json", machine.describe() | {"hardware": here})
        return epoch

    def is_over(self, epoch: int) -> bool:
        """Whether `epoch` epochs are all that this run needs."""
        out_of_patience = self.best and epoch - self.best.epoch >= self.recipe.patience
        return epoch >= self.recipe.epochs or bool(out_of_patience)

    def _cut_metrics(self, epoch):
        """Forget the epochs after the checkpoint: they will be run again."""
        path = self.folder / "metrics.jsonl"
        if path.exists():
            with atomic_write(path) as temporary:
                temporary.write_text("".join(path.read_text().splitlines(keepends=True)[:epoch]))
        for sheet in self.folder.glob("samples/epoch-[0-9]*.png"):
            if int(sheet.stem[6:]) > epoch:
                sheet.unlink()

    def record(self, epoch: int, row: dict, kept):
        """Write down one epoch.

        Parameters
        ----------
        epoch : int
            How many are done with this one.
        row : dict
            What was found, with "loss" and "val_loss".
        kept : callable
            () -> the weights that the run would keep now, as arrays by their paths.
        """
        for name in ("loss", "val_loss"):
            if not math.isfinite(row[name]):
                raise UserError(
                    f"{self.folder}: {name} became {row[name]} in epoch {epoch}; a checkpoint "
                    "from before is kept. Try a lower learning_rate or precision='float32', in "
                    "another run folder"
                )
        if self.recipe.patience and (self.best is None or row["val_loss"] < self.best.loss):
            self.best = Best(epoch, row["val_loss"], kept())
        path = self.folder / "metrics.jsonl"
        then = "free some space, then the same command goes on from the last checkpoint"
        with files.in_words(path, "cannot be written", then), open(path, "a") as file:
            file.write(json.dumps({"epoch": epoch, **row}) + "\n")

    def checkpoint(self, epoch: int, state: dict):
        """Keep all that is needed to go on, if the last time is long enough ago or all is done.

        Parameters
        ----------
        epoch : int
        state : dict of str to variable
        """
        wait = self.hardware.checkpoint_seconds
        if not self.is_over(epoch) and time.monotonic() - self.saved < wait:
            return
        arrays = {name: ops.convert_to_numpy(variable) for name, variable in state.items()}
        if self.best:
            arrays |= {"best_epoch": self.best.epoch, "best_loss": self.best.loss}
            arrays |= {f"best/{path}": array for path, array in self.best.weights.items()}
        with atomic_write(self.folder / "checkpoint.npz") as temporary:
            np.savez(temporary, epoch=epoch, **arrays)
        self.saved = time.monotonic()


def pack(folder: str | os.PathLike) -> Path:
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
    folder = Path(folder if Path(folder).name else Path.cwd())  # "." has no name
    if not (folder / "recipe.json").exists():
        raise UserError(f"{folder}: there is no run here; name the folder that holds recipe.json")
    target = folder.with_name(f"{folder.name}.zip")
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name[0] != "."]
    with atomic_write(target) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for path in paths:
            archive.write(path, path.relative_to(folder.parent))
    return target


def unpack(file: str | os.PathLike, parent: str | os.PathLike = "runs") -> Path:
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
    with files.in_words(parent, "cannot be made", "choose another"):
        parent.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(file) as archive, tempfile.TemporaryDirectory(dir=parent) as workshop:
            names = archive.namelist()
            name = names[0].split("/")[0] if names else ""
            inside = all(other.startswith(f"{name}/") for other in names)
            if name in ("", ".", "..") or not inside or f"{name}/recipe.json" not in names:
                raise UserError(f"{file}: is not a packed run; take a file that colorlib packed")
            if (parent / name).exists():
                raise UserError(f"{parent / name}: is there already; choose another parent folder")
            _check_size(archive, TIGHTEST * Path(file).stat().st_size)
            archive.extractall(workshop)
            return (Path(workshop) / name).rename(parent / name)
    except UserError:
        raise
    except Exception as error:  # damaged bytes can raise anything
        raise UserError(f"{file}: cannot be unpacked ({said(error)}); download it again") from error


def _check_size(archive, most):
    """Raise if a zip would become larger than `most` bytes: then it is a trap."""
    check_packing(archive)
    size = sum(member.file_size for member in archive.infolist())
    if size > most:
        raise ValueError(f"it would take {size / 1e6:.0f} MB")


def sheet_epochs(epochs: int, sheets: int = 30) -> list[int]:
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


def read_metrics(folder: str | os.PathLike) -> dict:
    """The lines of a run's metrics.jsonl as a dict of arrays, one value an epoch.

    NaN stands where an epoch did not note a value, such as the watts of a card that the run has
    left for a machine without one. Chapter: 05_training.
    """
    path = Path(folder) / "metrics.jsonl"
    try:
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        if not rows:
            raise UserError(f"{path}: no epoch is done yet; let the run go on")
        names = dict.fromkeys(name for row in rows for name in row)
        found = {name: np.array([row.get(name, np.nan) for row in rows]) for name in names}
        if odd := [name for name, values in found.items() if values.dtype.kind not in "fiub"]:
            raise ValueError(f"{odd[0]:.80} is no number")
        return found
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(f"{path}: is damaged ({said(error)}); restore it or run anew") from error


def cost(folder: str | os.PathLike) -> dict:
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
