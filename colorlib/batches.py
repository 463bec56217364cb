"""How photos reach the network: on the device at once, or streamed from disk.

A photo set that fits into the device's memory is put there once, as uint8, and the host
then sends row numbers. A larger one stays on disk, and the host sends batches of photos. Either
way a batch is uint8 photos with the class scores of each of their transforms.

Chapter: 05_training.
"""

import math

import keras
import numpy as np
from keras import ops
from PIL import Image

from colorlib import augment, devices, extractors, photoset
from colorlib.files import UserError

ON_DEVICE = 4e9  # bytes of photos that are kept on the device unless the configuration says else


class Data:
    """The photos of a run at its size, their class scores, and the order of every epoch."""

    def __init__(self, config):
        self.config = config
        self.photo_set = photoset.load(config.photo_set)
        self.train_rows, self.validation_rows = self.photo_set.train, self.photo_set.validation
        if config.limit:
            self.train_rows = self.train_rows[: config.limit]
            self.validation_rows = self.validation_rows[: max(8, config.limit // 4)]
        if len(self.train_rows) < config.batch_size:
            raise UserError(
                f"{self.photo_set.path}: {len(self.train_rows)} training photos are fewer than "
                f"one batch of {config.batch_size}; add photos or lower batch_size"
            )
        if not len(self.validation_rows):
            raise UserError(
                f"{self.photo_set.path}: none of its {len(self.photo_set)} photos fell into the "
                "validation split; add photos by other authors"
            )
        names = augment.TRANSFORMS[: config.transforms]
        # For each transform an array on disk, (N, 1000).
        self.columns = extractors.embed_in_files(self.photo_set, config.extractor, names)
        fits = len(self.photo_set) * config.size**2 * 3 < ON_DEVICE
        self.on_device = fits if config.on_device is None else config.on_device
        self.steps_per_epoch = len(self.train_rows) // config.batch_size

    def photos(self, rows):
        """Photos at the run's size, uint8 (len(rows), size, size, 3)."""
        photos = _afresh(self.photo_set.photos)[rows]
        size = self.config.size
        if photos.shape[1] == size:
            return photos
        return np.stack(
            [Image.fromarray(photo).resize((size, size), Image.LANCZOS) for photo in photos]
        )

    def scores(self, rows):
        """Class scores of each transform, float16 (len(rows), T, 1000)."""
        return np.stack([_afresh(column)[rows] for column in self.columns], axis=1)

    def training(self, epoch):
        """Batches of one epoch; their order follows from seed and epoch number alone."""
        order = np.random.default_rng([self.config.seed, epoch]).permutation(self.train_rows)
        size = self.config.batch_size
        return Batches(self, order[: self.steps_per_epoch * size], size)

    def validation(self):
        """Batches of all validation photos, as large as each device gets them in training."""
        return Batches(self, self.validation_rows, self.config.batch_size // devices.count())


class Batches(keras.utils.PyDataset):
    """Rows of a set in batches: their numbers, or the photos where they are not on the device."""

    def __init__(self, data, rows, size):
        super().__init__()
        self.data, self.rows, self.size = data, rows, size

    def __len__(self):
        return math.ceil(len(self.rows) / self.size)

    def first(self, count):
        """The first `count` batches alone."""
        return Batches(self.data, self.rows[: count * self.size], self.size)

    def __getitem__(self, index):
        rows = devices.share(self.rows[index * self.size : (index + 1) * self.size])
        if self.data.on_device:
            return ({"row": rows.astype("int32")},)
        return ({"photos": self.data.photos(rows), "scores": self.data.scores(rows)},)


class PhotosOnDevice(keras.layers.Layer):
    """All photos and class scores, as untrained variables in the device's memory."""

    def __init__(self, data):
        super().__init__(dtype="float32", autocast=False)
        rows, size = np.arange(len(data.photo_set)), data.config.size
        photos = np.empty((len(rows), size, size, 3), "uint8")
        for some in np.array_split(rows, len(rows) // 256 + 1):  # never all of them twice
            photos[some] = data.photos(some)
        self.photos = self._keep(photos)  # (N, S, S, 3)
        self.scores = self._keep(data.scores(rows))  # (N, T, 1000)
        self.built = True

    def _keep(self, array):
        return self.add_weight(
            shape=array.shape, dtype=array.dtype.name, trainable=False, autocast=False,
            initializer=lambda shape, dtype: ops.convert_to_tensor(array, dtype),
        )  # fmt: skip

    def call(self, row):
        return {
            "photos": ops.take(self.photos, row, axis=0),
            "scores": ops.take(self.scores, row, axis=0),
        }


def _afresh(array):
    """Open a memory map anew. Pages that were read count as this process's until it is closed."""
    return np.memmap(array.filename, array.dtype, "r", array.offset, array.shape)
