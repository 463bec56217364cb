"""What a classifier says of a whole photo set: computed once, and kept beside the photos.

An extractor costs several times as much as the colourizer itself, yet gives the same answer in
each of the paper's 2000 epochs.

Chapter: 03_features. Source: paper, section 3.3.
"""

import functools
import time
from pathlib import Path

import numpy as np
from keras import ops
from tqdm.auto import tqdm

from colorlib import extractors, images, photoset
from colorlib.augment import TRANSFORMS, transform
from colorlib.efficientnet_lite import CLASSES
from colorlib.files import UserError, append_rows, atomic_write, locked, said
from colorlib.lab import rgb_to_lab

BATCH = 32
SAVE_EVERY = 30.0  # seconds of work that a killed `embed` may lose


def embed(photo_set: photoset.PhotoSet, name: str, transforms=("identity", "mirror"), weights=None):
    """Class scores of all photos of a set, computed once and kept beside it.

    The answers go to

        SET/embeddings/NAME-HASH/mirror.npy     one file for each transform, (N, 1000) float16
        SET/embeddings/NAME-HASH/photos.txt     SHA-256 of the photo of each row

    A run that was killed goes on where it was, and a set that has grown gets new rows only.

    Parameters
    ----------
    photo_set : photoset.PhotoSet
    name : str
        A row of `extractors.EXTRACTORS`.
    transforms : sequence of str
        Which of `augment.TRANSFORMS` to lay the photos down in first.
    weights : path-like, optional
        See `extractors.load_extractor`.

    Returns
    -------
    ndarray of float16, (N, T, 1000)
        Logits; [i, t] belongs to photo i laid down in the way `transforms[t]`.

    Raises
    ------
    UserError
        As `extractors.load_extractor`; or if the stored embeddings are damaged or belong to other
        photos. Chapter: 03_features.
    """
    return np.stack(embed_in_files(photo_set, name, transforms, weights), axis=1)


def embed_in_files(photo_set, name: str, transforms=("identity", "mirror"), weights=None) -> list:
    """The same as `embed`, but left on disk, for sets that are larger than the memory.

    Parameters and errors are those of `embed`.

    Returns
    -------
    list of numpy.memmap
        For each transform the class scores, (N, 1000) float16, read as they are used.
        Chapter: 03_features.
    """
    # Built when it is first needed: if all rows are there, it never is.
    extractor = functools.cache(functools.partial(extractors.load_extractor, name, weights))

    def scores(photos):
        return [extractor().predict_on_batch(photos)]  # (B, 1000)

    found = _in_files(photo_set, name, weights, transforms, [""], [(CLASSES,)], scores)
    return [maps[0] for maps in found]


def features_in_files(photo_set, name, size: int, transforms=("identity", "mirror"), weights=None):
    """What an extractor sees in the photos of a set, computed once and kept beside it.

    Files and errors are those of `embed`; 10,000 photos of 192 pixels take 2.8 GB a transform.

    Parameters
    ----------
    photo_set, name, transforms, weights
        See `embed`.
    size : int
        Side of the photos in pixels, as the extractor shall see them; a multiple of 32.

    Returns
    -------
    list of list of numpy.memmap
        For each transform the extractor's feature maps at the strides `extractors.STRIDES`,
        (N, size / stride, size / stride, C) float16.
    """
    network = functools.cache(functools.partial(extractors.load_features, name, weights))

    def features(photos):
        photos = images.resized(ops.convert_to_numpy(photos), (size, size))
        return network().predict_on_batch(rgb_to_lab(photos)[..., :1])

    kinds = [f"-{size}-stride-{stride}" for stride in extractors.STRIDES]
    shapes = extractors.feature_shapes(name, size)
    return _in_files(photo_set, name, weights, transforms, kinds, shapes, features)


def _in_files(photo_set, name, weights, transforms, kinds, shapes, compute):
    """For each transform the files of each kind, brought up to date with the set."""
    if unknown := set(transforms) - set(TRANSFORMS):
        raise UserError(f"{unknown}: no such transforms; choose from {TRANSFORMS}")
    which = f"{name}-{extractors.weights_hash(name, weights)}"
    folder = Path(photo_set.path) / "embeddings" / which
    _claim(folder, [row["sha256"] for row in photo_set.manifest])
    found = []
    for way in transforms:
        stem = way.replace(",", "").replace(" ", "-")  # turn-90-mirror
        paths = [folder / f"{stem}{kind}.npy" for kind in kinds]
        _bring_up_to_date(paths, shapes, photo_set.photos, way, compute)
        files = zip(paths, shapes, strict=True)
        found.append([_read(path, shape, len(photo_set.photos)) for path, shape in files])
    return found


def _claim(folder, photos):
    """Note whose embeddings the folder holds, before any are in it."""
    path = folder / "photos.txt"
    known = path.read_text().split() if path.exists() else []
    if known != photos[: len(known)]:
        raise UserError(f"{folder}: belongs to other photos than the set's; delete this folder")
    if known != photos:
        with atomic_write(path) as temporary:
            temporary.write_text("\n".join(photos) + "\n")


def _bring_up_to_date(paths, shapes, photos, way, compute):
    """Append to the files of one transform what they lack of the set."""

    def rows_done():
        return min(
            len(_read(path, shape, len(photos))) if path.exists() else 0
            for path, shape in zip(paths, shapes, strict=True)
        )

    if rows_done() == len(photos):
        return
    with (
        locked(paths[0].parent, wait=-1),  # until another process has done it
        tqdm(total=len(photos), initial=rows_done(), desc=f"Embedding ({way})") as bar,
    ):
        done, parts, saved = bar.n, [], time.monotonic()
        for start in range(done, len(photos), BATCH):
            batch = transform(photos[start : start + BATCH], TRANSFORMS.index(way))
            parts.append([np.asarray(values, "float16") for values in compute(batch)])
            if not all(np.isfinite(values).all() for values in parts[-1]):
                raise UserError(f"{paths[0]}: overflows float16; check the extractor's weights")
            bar.update(len(batch))
            if start + BATCH >= len(photos) or time.monotonic() - saved >= SAVE_EVERY:
                for path, rows in zip(paths, zip(*parts, strict=True), strict=True):
                    append_rows(path, np.concatenate(rows), at=done)
                done += sum(len(part[0]) for part in parts)
                parts, saved = [], time.monotonic()


def _read(path, shape, most):
    try:
        values = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise UserError(f"{path}: is damaged ({said(error)}); delete it") from error
    if values.dtype != "float16" or values.shape[1:] != shape or len(values) > most:
        raise UserError(f"{path}: does not hold what {most} photos would give; delete it")
    return values
