"""How photos reach the network: on the device at once, or streamed from disk.

A photo set that fits into the device's memory is put there once, as uint8, and the host
then sends row numbers. A larger one stays on disk, and the host sends batches of photos. Either
way a batch is uint8 photos with what the network is told of each of their orientations.

Chapter: 05_training.
"""

import math

import keras
import numpy as np
from keras import ops, tree

from colorlib import designs, devices, extractors, images, photoset, recipes
from colorlib.files import UserError, hash_of
from colorlib.inputs import INPUTS

ON_DEVICE = 4e9  # bytes of photos that are kept on the device unless the hardware says else


class TrainingSet:
    """The photos of a run at its size, what it is told of them, and the order of every epoch.

    Attributes
    ----------
    recipe : recipes.Recipe
    photo_set : photoset.PhotoSet
    train_rows, validation_rows : ndarray of int
        Of the photo set, as many as the recipe wants.
    stored : dict of str to list
        For each stored input of the design, and each orientation, a value on disk: an array
        (N, ...) or a list of arrays.
    on_device : bool
    steps_per_epoch : int
    """

    def __init__(self, recipe: recipes.Recipe, hardware: recipes.Hardware):
        self.recipe, design = recipe, designs.design_named(recipe.design)
        self.photo_set = photoset.load(hardware.photo_set)
        self.train_rows, self.validation_rows = self.photo_set.train, self.photo_set.validation
        if recipe.limit:
            self.train_rows = self.train_rows[: recipe.limit]
            self.validation_rows = self.validation_rows[: max(8, recipe.limit // 4)]
        if len(self.train_rows) < recipe.batch_size:
            raise UserError(
                f"{self.photo_set.path}: {len(self.train_rows)} training photos are fewer than "
                f"one batch of {recipe.batch_size}; add photos or lower batch_size"
            )
        if not len(self.validation_rows):
            raise UserError(
                f"{self.photo_set.path}: none of its {len(self.photo_set)} photos fell into the "
                "validation split; prepare again with a larger --validation or further photos"
            )
        told = {name: INPUTS[name] for name in (*design.needs, *design.targets)}
        self.stored = {
            name: values
            for name, row in told.items()
            if row.stored and (values := row.stored(self.photo_set, recipe)) is not None
        }
        stored = sum(array.nbytes for array in tree.flatten(self.stored))
        fits = len(self.photo_set) * recipe.size**2 * 3 + stored < ON_DEVICE
        self.on_device = fits if hardware.on_device is None else hardware.on_device
        self.steps_per_epoch = len(self.train_rows) // recipe.batch_size

    @property
    def identity(self) -> dict:
        """What makes these photos these photos, wherever they lie. Ready for JSON."""
        found = {
            "manifest_sha256": hash_of(self.photo_set.path / "manifest.csv"),
            "photos": len(self.photo_set),
            "training": len(self.train_rows),
            "validation": len(self.validation_rows),
        }
        return found | self.eyes

    @property
    def eyes(self) -> dict:
        """Which extractor looked at the photos, and how large; empty if the design needs none."""
        design = designs.design_named(self.recipe.design)
        looks = [INPUTS[name].looked_at for name in (*design.needs, *design.targets)]
        sizes = [look(self.photo_set, self.recipe) for look in looks if look]
        if not sizes:
            return {}
        return {
            "extractor": self.recipe.extractor,
            "extractor_weights": extractors.weights_hash(self.recipe.extractor),
            "extractor_size": sizes[0],
        }

    def photos(self, rows):
        """Photos at the run's size, uint8 (len(rows), size, size, 3)."""
        size = self.recipe.size
        return images.resized(_afresh(self.photo_set.photos)[rows], (size, size))

    def told(self, rows) -> dict:
        """What is stored of these rows: for each input (len(rows), orientations, ...)."""

        def read(*arrays):
            return np.stack([_afresh(array)[rows] for array in arrays], axis=1)

        return {name: tree.map_structure(read, *ways) for name, ways in self.stored.items()}

    def training(self, epoch: int) -> "Batches":
        """Batches of one epoch; their order follows from seed and epoch number alone."""
        order = np.random.default_rng([self.recipe.seed, epoch]).permutation(self.train_rows)
        size = self.recipe.batch_size
        return Batches(self, order[: self.steps_per_epoch * size], size)

    def validation(self) -> "Batches":
        """Batches of all validation photos, as large as each device gets them in training."""
        return Batches(self, self.validation_rows, self.recipe.batch_size // devices.count())


class Batches(keras.utils.PyDataset):
    """Rows of a set in batches: their numbers, or the photos where they are not on the device."""

    def __init__(self, data: TrainingSet, rows, size: int):
        super().__init__()
        self.data, self.rows, self.size = data, rows, size

    def __len__(self):
        return math.ceil(len(self.rows) / self.size)

    def first(self, count: int) -> "Batches":
        """The first `count` batches alone."""
        return Batches(self.data, self.rows[: count * self.size], self.size)

    def __getitem__(self, index):
        rows = devices.share(self.rows[index * self.size : (index + 1) * self.size])
        if self.data.on_device:
            return ({"row": rows.astype("int32")},)
        return ({"photos": self.data.photos(rows), **self.data.told(rows)},)


class PhotosOnDevice(keras.layers.Layer):
    """All photos and what is stored of them, as untrained variables in the device's memory."""

    def __init__(self, data: TrainingSet):
        super().__init__(dtype="float32", autocast=False)
        rows, size = np.arange(len(data.photo_set)), data.recipe.size
        photos = np.empty((len(rows), size, size, 3), "uint8")
        for some in np.array_split(rows, len(rows) // 256 + 1):  # never all of them twice
            photos[some] = data.photos(some)
        self.arrays = {"photos": self._keep(photos)}  # (N, S, S, 3)
        for name, values in data.told(rows).items():  # (N, orientations, ...)
            self.arrays[name] = tree.map_structure(self._keep, values)
        self.built = True

    def _keep(self, array):
        return self.add_weight(
            shape=array.shape, dtype=array.dtype.name, trainable=False, autocast=False,
            initializer=lambda shape, dtype: ops.convert_to_tensor(array, dtype),
        )  # fmt: skip

    def call(self, row) -> dict:
        return tree.map_structure(lambda array: ops.take(array, row, axis=0), self.arrays)


def _afresh(array):
    """Open a memory map anew. Pages that were read count as this process's until it is closed."""
    if not isinstance(array, np.memmap):
        return array
    return np.memmap(array.filename, array.dtype, "r", array.offset, array.shape)
