"""Augmentation: flips, turns, shifts, zoom and brightness on batches of RGB photos.

Everything happens to the RGB photo, before it is split into L and ab. So the
network's input and its target can never disagree: there is no way to mirror
one and forget the other. (`mixed` comes later, to input and target alike.)

All geometry is one idea: *a table that says from which pixel of the photo each
pixel of the result comes*. Flips, turns and shifts only change the table; then
a single gather reads the photo.

Chapter: 02_photos. Source: paper, section 3.2, "Image Augmentation".
"""

import keras
from keras import ops, tree

# The eight ways to lay a square photo on a table. A name's place in this list
# is its number k: bit 0 mirrors left and right, bits 1 and 2 count the quarter turns.
TRANSFORMS = (
    "identity", "mirror",
    "turn 90", "turn 90, mirror",
    "turn 180", "turn 180, mirror",
    "turn 270", "turn 270, mirror",
)  # fmt: skip
MIRRORED = {"transforms": 2, "shift": 0.0, "brightness": 0.0}  # a recipe for that and no more


def transform(photos, k):
    """Lay each square photo down in one of the eight ways.

    Parameters
    ----------
    photos : array or tensor, (B, S, S, C)
        Square photos, or any other square maps.
    k : int or integer tensor, () or (B,)
        Number of the transform in `TRANSFORMS`, one for all or one for each photo.
        The photo is turned counter-clockwise first and then mirrored.

    Returns
    -------
    tensor, (B, S, S, C)
        Same type as `photos`; no pixel changes its value.
    """
    photos = ops.convert_to_tensor(photos)
    batch, size = ops.shape(photos)[0], photos.shape[1]
    k = ops.broadcast_to(ops.cast(k, "int32"), (batch,))
    return _gather(photos, _sources(k, size))


def augment(photos, k, seed: keras.random.SeedGenerator, shift=0.1, brightness=0.2, zoom=0.0):
    """Vary a batch of photos at random.

    Parameters
    ----------
    photos : uint8 tensor, (B, S, S, 3)
        RGB photos, 0..255.
    k : integer tensor, (B,)
        Which of `TRANSFORMS` each photo gets. The caller draws it, because it
        must pick the class scores of the same transform.
    seed : keras.random.SeedGenerator
        Source of the random shifts and brightness.
    shift : float
        Largest shift, as a share of the photo's side. What is shifted in is the
        photo's own mirror image, so no black bars appear.
    brightness : float
        RGB is multiplied by a factor from 1 - brightness to 1 + brightness.
    zoom : float
        Largest share of the side that is cut away; the rest is enlarged to the photo's size.

    Returns
    -------
    float32 tensor, (B, S, S, 3)
        RGB photos, 0..1.
    """
    batch, size = ops.shape(photos)[0], photos.shape[1]
    reach = int(shift * size)
    offsets = keras.random.randint((2, batch, 1), -reach, reach + 1, dtype="int32", seed=seed)
    photos = _gather(photos, _sources(ops.cast(k, "int32"), size, offsets))
    photos = ops.cast(photos, "float32") / 255.0
    if zoom:  # not always: what is not asked for shall draw nothing
        photos = _zoomed(photos, seed, zoom)
    factor = keras.random.uniform(
        (batch, 1, 1, 1), 1.0 - brightness, 1.0 + brightness, dtype="float32", seed=seed
    )
    return ops.clip(photos * factor, 0.0, 1.0)  # (B, S, S, 3)


def mixed(values, most: float, seed: keras.random.SeedGenerator):
    """Mix what is known of each photo of a batch with what is known of the next one.

    A network that shall answer in between, for what lies in between, cannot learn photos by heart:
    "mixup" of Zhang et al. (2018), for feature maps "manifold mixup" of Verma et al. (2019), with
    shares that are easier to draw.

    Parameters
    ----------
    values : nested arrays or tensors, (B, ...)
        What the network is told and what it shall answer.
    most : float
        Largest share of the next photo, below 1.
    seed : keras.random.SeedGenerator

    Returns
    -------
    nested tensors, (B, ...)
    """
    count = ops.shape(tree.flatten(values)[0])[0]
    share = keras.random.uniform((count,), 0.0, most, dtype="float32", seed=seed)

    def mix(own):
        other = ops.cast(ops.reshape(share, (-1, *[1] * (len(own.shape) - 1))), own.dtype)
        return own + other * (ops.roll(own, 1, axis=0) - own)

    return tree.map_structure(mix, tree.map_structure(ops.convert_to_tensor, values))


def _zoomed(photos, seed, zoom):
    """A square somewhere in each photo, enlarged to the whole, (B, S, S, 3)."""
    batch, size = ops.shape(photos)[0], photos.shape[1]
    share = keras.random.uniform((batch, 1), 1.0 - zoom, 1.0, dtype="float32", seed=seed)
    start = keras.random.uniform((2, batch, 1), dtype="float32", seed=seed) * (1 - share)
    left, top = start[0] * (size - 1), start[1] * (size - 1)
    none = ops.zeros_like(share)
    # Where each pixel comes from: x * share + left, y * share + top.
    places = ops.concatenate([share, none, left, none, share, top, none, none], axis=1)  # (B, 8)
    return ops.image.affine_transform(
        photos, places, "bilinear", "nearest", data_format="channels_last"
    )


def _sources(k, size, offsets=(0, 0)):
    """For each pixel of the result the number of its source pixel, counted row by row.

    Rows and columns of the result contribute separately: after a quarter turn a step down in
    the result is a step aside in the photo. So two short tables suffice, and one addition.
    """
    last, k = size - 1, ops.reshape(k, (-1, 1))  # (B, 1)
    y = _reflect(ops.arange(size, dtype="int32") + offsets[0], last)  # (B, S) or (S,)
    x = _reflect(ops.arange(size, dtype="int32") + offsets[1], last)
    x = ops.where(k % 2 == 1, last - x, x)
    turns, quarter = k // 2, k // 2 % 2 == 1
    y = ops.where((turns == 1) | (turns == 2), last - y, y)
    x = ops.where(turns >= 2, last - x, x)
    y, x = ops.where(quarter, y, y * size), ops.where(quarter, x * size, x)  # (B, S)
    return y[:, :, None] + x[:, None, :]  # (B, S, S)


def _reflect(index, last):
    """Fold indices just outside 0..last back inside, as in a mirror."""
    return last - ops.abs(last - ops.abs(index))


def _gather(photos, sources):
    batch, size, channels = ops.shape(photos)[0], photos.shape[1], photos.shape[-1]
    first = ops.arange(batch, dtype="int32")[:, None, None] * size * size
    return ops.take(ops.reshape(photos, (-1, channels)), first + sources, axis=0)  # (B, S, S, C)
