"""Colourizers without any intelligence: what a network has to beat.

Some only know the average colours of the training photos. Others peek at the true colours: no
rivals, they show what a metric says of an almost perfect answer.

Chapter: 06_evaluation.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from skimage import transform
from tqdm.auto import tqdm

from colorlib.lab import to_lab


class Statistics(NamedTuple):
    """What the trivial baselines learn from the training photos."""

    mean_ab: np.ndarray  # (2,)
    ab_of_l: np.ndarray  # (101, 2): the mean ab for L = 0, 1, ..., 100
    photos: np.ndarray  # (N, H, W, 3) uint8
    rows: np.ndarray  # the training photos' row numbers


class Baseline(NamedTuple):
    """A colourizer without intelligence: `function(lab, statistics)` gives ab (H, W, 2)."""

    function: Callable
    peeks: bool  # does it look at the true colours? Then it is a bound, not a rival.


def _another_photo(lab, statistics):
    seed = int(lab[..., 0].sum())  # from the photo itself: every table draws the same
    row = np.random.default_rng(seed).choice(statistics.rows)
    return to_lab(statistics.photos[row])[..., 1:]


def _coarse(lab, size):
    """The true ab seen through a size x size bottleneck: the best its decoder could do."""
    small = transform.resize_local_mean(lab[..., 1:], (size, size), channel_axis=-1)
    return transform.resize(small, lab.shape[:2], order=1, mode="edge")  # bilinear


BASELINES = {
    "grey": Baseline(lambda lab, _: np.zeros_like(lab[..., 1:]), peeks=False),
    "mean ab": Baseline(
        lambda lab, known: np.broadcast_to(known.mean_ab, lab[..., 1:].shape), peeks=False
    ),
    "mean ab for each L": Baseline(
        lambda lab, known: known.ab_of_l[np.rint(lab[..., 0]).astype(int)], peeks=False
    ),
    "another photo's ab": Baseline(_another_photo, peeks=False),
    "true ab x 1.2": Baseline(lambda lab, _: 1.2 * lab[..., 1:], peeks=True),
    "true ab at 4x4": Baseline(lambda lab, _: _coarse(lab, 4), peeks=True),
    "true ab at 64x64": Baseline(lambda lab, _: _coarse(lab, 64), peeks=True),
    "the photo itself": Baseline(lambda lab, _: lab[..., 1:], peeks=True),
}


def fit_statistics(photos, rows) -> Statistics:
    """Learn from training photos what the trivial baselines need.

    Parameters
    ----------
    photos : ndarray or memmap of uint8, shape (N, H, W, 3)
    rows : sequence of int
        The training photos. At most 2000 are read, and of each every 16th pixel.

    Returns
    -------
    Statistics
        Chapter: 06_evaluation.
    """
    sums = np.zeros((101, 3))  # for each L: how many pixels, sum of a, sum of b
    for row in tqdm(rows[:: len(rows) // 2000 + 1], desc="statistics", unit="photo", leave=False):
        lightness, a, b = np.moveaxis(to_lab(photos[row, ::4, ::4]), -1, 0)
        level = np.rint(lightness).astype(int).ravel()
        for column, weights in enumerate([None, a.ravel(), b.ravel()]):
            sums[:, column] += np.bincount(level, weights, minlength=101)

    pixels, sum_ab = sums[:, 0], sums[:, 1:]
    seen = np.flatnonzero(pixels)
    means = sum_ab[seen] / pixels[seen, None]
    ab_of_l = np.stack([np.interp(np.arange(101), seen, mean) for mean in means.T], axis=-1)
    return Statistics(sum_ab.sum(axis=0) / pixels.sum(), ab_of_l, photos, np.asarray(rows))
