"""What a classifier says of a whole photo set: computed once, and kept beside the photos.

An extractor costs several times as much as the colourizer itself, yet gives the same answer in
each of the paper's 2000 epochs.

Chapter: 03_features. Source: paper, section 3.3.
"""

import functools
import time
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from colorlib import extractors
from colorlib.augment import TRANSFORMS, transform
from colorlib.efficientnet_lite import CLASSES
from colorlib.files import UserError, atomic_write

BATCH = 32
SAVE_EVERY = 30.0  # seconds of work that a killed `embed` may lose


def embed(photo_set, name, transforms=("identity", "mirror"), weights=None):
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


def embed_in_files(photo_set, name, transforms=("identity", "mirror"), weights=None):
    """The same as `embed`, but left on disk, for sets that are larger than the memory.

    Parameters and errors are those of `embed`.

    Returns
    -------
    list of numpy.memmap
        For each transform the class scores, (N, 1000) float16, read as they are used.
        Chapter: 03_features.
    """
    if unknown := set(transforms) - set(TRANSFORMS):
        raise UserError(f"{unknown}: no such transforms; choose from {TRANSFORMS}")
    which = f"{name}-{extractors.weights_hash(name, weights)}"
    folder = Path(photo_set.path) / "embeddings" / which
    _claim(folder, [row["sha256"] for row in photo_set.manifest])
    # Built when it is first needed: if all rows are there, it never is.
    extractor = functools.cache(functools.partial(extractors.load_extractor, name, weights))
    columns = []
    for way in transforms:
        path = folder / f"{way.replace(',', '').replace(' ', '-')}.npy"  # turn-90-mirror.npy
        _embed_transform(path, photo_set.photos, way, extractor)
        columns.append(_read(path, most=len(photo_set.photos)))
    return columns


def _claim(folder, photos):
    """Note whose embeddings the folder holds, before any are in it."""
    path = folder / "photos.txt"
    known = path.read_text().split() if path.exists() else []
    if known != photos[: len(known)]:
        raise UserError(f"{folder}: belongs to other photos than the set's; delete this folder")
    if known != photos:
        with atomic_write(path) as temporary:
            temporary.write_text("\n".join(photos) + "\n")


def _embed_transform(path, photos, way, extractor):
    """Bring the file of one transform up to date with the set."""
    parts, saved = [], time.monotonic()
    if path.exists():
        parts = [_read(path, most=len(photos))]
    done = sum(map(len, parts))
    label, finished = f"Embedding ({way})", done == len(photos)
    with tqdm(total=len(photos), initial=done, desc=label, disable=finished) as bar:
        for start in range(done, len(photos), BATCH):
            batch = transform(photos[start : start + BATCH], TRANSFORMS.index(way))
            scores = extractor().predict_on_batch(batch).astype("float16")  # (B, 1000)
            if not np.isfinite(scores).all():
                raise UserError(f"{path}: class scores overflow float16; check the weights")
            parts.append(scores)
            bar.update(len(scores))
            if start + BATCH >= len(photos) or time.monotonic() - saved >= SAVE_EVERY:
                # All rows so far, whole: a file that exists is right, only maybe too short.
                parts, saved = [np.concatenate(parts)], time.monotonic()
                with atomic_write(path) as temporary:
                    np.save(temporary, parts[0])


def _read(path, most):
    try:
        scores = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise UserError(f"{path}: is damaged ({error}); delete it") from error
    if scores.dtype != "float16" or scores.shape[1:] != (CLASSES,) or len(scores) > most:
        raise UserError(f"{path}: does not hold the class scores of {most} photos; delete it")
    return scores
