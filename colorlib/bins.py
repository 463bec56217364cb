"""Colours as a list to choose from: ab in steps of 10, and how likely each of them is.

A network that answers with one colour must answer the mean of all that are possible. One that says
how likely each colour of a list is may say "red or blue".

Chapters: 07_borrowed_eyes, 08_many_answers, 10_a_hint. Source: R. Zhang, P. Isola, A. A. Efros,
"Colorful Image Colorization" (2016), sections 2.1 to 2.3.
"""

import functools

import keras
import numpy as np
from keras import ops
from scipy.spatial import Delaunay

from colorlib.lab import in_gamut, rgb_to_lab, to_lab

STEP = 10  # Lab units between two bins
REACH = 11  # steps from grey to the edge of the square in which all bins lie
SPREAD = 5.0  # Lab units: standard deviation of the bell by which a colour is shared among bins


@functools.cache
def centres():
    """The colours to choose from: those of sRGB at any lightness, in steps of 10.

    Returns
    -------
    ndarray of float32, (313, 2)
        a and b in Lab units, sorted by a, then b.

    Notes
    -----
    They are the 313 of Zhang, Isola and Efros, made anew: the multiples of 10 in the convex hull
    of what sRGB can show, widened by 10 in a and in b.

    Examples
    --------
    >>> len(centres()), centres()[0].tolist()
    (313, [-90.0, 50.0])
    """
    levels = np.arange(0, 256, 51)
    cube = np.stack(np.meshgrid(levels, levels, levels), axis=-1).astype("uint8")
    seen = to_lab(cube).reshape(-1, 3)[:, 1:]  # (216, 2)
    wide = [seen + np.array([a, b]) for a in (-STEP, STEP) for b in (-STEP, STEP)]
    grid = STEP * np.mgrid[-REACH : REACH + 1, -REACH : REACH + 1].reshape(2, -1).T  # (529, 2)
    return grid[Delaunay(np.concatenate(wide)).find_simplex(grid) >= 0].astype("float32")


@functools.cache
def _numbers():
    """The bin of each place of the square (23, 23); of places without one, the nearest bin's."""
    steps = np.arange(-REACH, REACH + 1) * STEP
    square = np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1)  # (23, 23, 2)
    apart = np.square(square[:, :, None] - centres()).sum(axis=-1)  # (23, 23, 313)
    return apart.argmin(axis=-1).astype("int32")


def nearest(ab):
    """The bin that is nearest to each colour.

    Parameters
    ----------
    ab : array or tensor, (..., 2)
        Lab units.

    Returns
    -------
    integer tensor, (...)
        Numbers of bins, rows of `centres()`.
    """
    place = ops.clip(ops.cast(ops.round(ab / STEP), "int32") + REACH, 0, 2 * REACH)
    return ops.take(_numbers().reshape(-1), place[..., 0] * (2 * REACH + 1) + place[..., 1])


def soft(ab, near: int = 5):
    """The bins nearest to each colour, and how much of it each of them takes.

    A colour between bins belongs to all around it: each takes exp(-d**2 / (2 * 5**2)) of it, d
    being how far it is in Lab units, and these are divided by their sum. The mean of so few bins
    is nearly the colour itself.

    Parameters
    ----------
    ab : array or tensor, (..., 2)
        Lab units.
    near : int
        How many bins share a colour: 5 in the paper, 10 in its authors' program.

    Returns
    -------
    numbers : integer tensor, (..., near)
        Rows of `centres()`, the nearest first.
    shares : float32 tensor, (..., near)
        Their sum is 1.

    Examples
    --------
    >>> numbers, shares = soft(np.array([0.0, 0.0]))
    >>> centres()[int(numbers[0])].tolist(), round(float(shares[0]), 3)
    ([0.0, 0.0], 0.649)
    """
    a, b = map(ops.convert_to_tensor, centres().T)
    ab = ops.cast(ab, "float32")
    # Not as a product of matrices: a GPU might round its factors to eleven bits.
    apart = (ab[..., :1] - a) ** 2 + (ab[..., 1:] - b) ** 2  # (..., 313)
    nearness, numbers = ops.top_k(-apart, near)
    return numbers, ops.softmax(nearness / (2 * SPREAD**2))


def prior(photos, near: int = 1):
    """How often each bin occurs in photos.

    Parameters
    ----------
    photos : iterable of uint8 arrays, (H, W, 3)
        Of many large ones a generator keeps one at a time in memory.
    near : int
        How many bins share each pixel, see `soft`. With more than one, every eighth pixel of every
        eighth row is counted, to half a Lab unit: enough, and much quicker.

    Returns
    -------
    ndarray of float32, (313,)
        Shares of all pixels; the sum is 1.
    """
    if near > 1:
        ab = [ops.convert_to_numpy(rgb_to_lab(photo[4::8, 4::8]))[..., 1:] for photo in photos]
        cells = np.floor(np.concatenate([one.reshape(-1, 2) for one in ab])) + 0.5
        colors, pixels = np.unique(cells, axis=0, return_counts=True)
        numbers, shares = (ops.convert_to_numpy(one) for one in soft(colors, near))
        counts = np.bincount(numbers.ravel(), (shares * pixels[:, None]).ravel(), len(centres()))
        return (counts / counts.sum()).astype("float32")
    counts = np.zeros(len(centres()))
    for photo in photos:
        ab = rgb_to_lab(photo)[..., 1:]
        counts += np.bincount(ops.convert_to_numpy(nearest(ab)).ravel(), minlength=len(counts))
    return (counts / counts.sum()).astype("float32")


class Rebalance(keras.layers.Layer):
    """Make rare colours more likely: what a network would say if all bins were as common.

    Zhang, Isola and Efros weigh each pixel's loss by w = 1 / ((1 - mix) p + mix / 313), p being
    how common its colour is. The likelihoods that such a loss is after are those of the plain one
    times w, so here the logits of a network that was trained plainly are raised by log w: the
    same in the end, and `mix` may still be changed then (Menon et al., "Long-tail learning via
    logit adjustment", 2021).
    """

    def __init__(self, mix: float = 0.5, **options):
        super().__init__(dtype="float32", **options)
        self.mix, count = mix, len(centres())
        self.prior = self.add_weight(
            shape=(count,), initializer=keras.initializers.Constant(1 / count),
            trainable=False, name="prior",
        )  # fmt: skip

    def mixed(self):
        """How common each bin counts as, (313,): between the prior and all the same."""
        return (1 - self.mix) * self.prior + self.mix / len(centres())

    def call(self, logits):
        return logits - ops.log(self.mixed())


class Rarity(Rebalance):
    """What each bin weighs in a rebalanced loss, w above, by which their own network learns.

    The weights are scaled so that the sum of p w is 1. They come as (B, 1, 1, 313) beside logits
    (B, h, w, 313), so that a loss can read them in the network's answer.
    """

    def call(self, logits):
        weights = 1 / self.mixed()
        weights /= ops.sum(self.prior * weights)
        return ops.zeros_like(logits[:, :1, :1]) + weights


def annealed_mean(logits, temperature: float):
    """The mean of the bins, after likely ones were made likelier still.

    Parameters
    ----------
    logits : tensor, (..., 313)
    temperature : float
        1 is the mean; towards 0 the likeliest bin counts more and more.

    Returns
    -------
    float32 tensor, (..., 2)
        ab in Lab units.
    """
    return ops.matmul(ops.softmax(ops.cast(logits, "float32") / temperature), centres())


def suggested(logits, lightness: float, most: int = 6):
    """A few colours that stand for all that are likely at a place.

    Weighted k-means: each bin belongs to the nearest colour of the palette, and each colour of the
    palette is the mean of its bins by how likely these are, until nothing moves any more.

    Parameters
    ----------
    logits : array, (313,)
        Of one place.
    lightness : float
        The place's L: bins that no screen can show at it are left out.
    most : int
        How many colours; fewer if fewer are possible.

    Returns
    -------
    colors : float32 array, (K, 2)
        ab in Lab units, the likeliest first.
    shares : float32 array, (K,)
        How much of the likelihood each stands for; the sum is 1.

    Notes
    -----
    Zhang et al., "Real-Time User-Guided Image Colorization with Learned Deep Priors" (2017), draw
    colours from the distribution and run k-means on these. The weighted bins give the same without
    dice. It begins with the likeliest bin, then the one for which the palette is worst.
    """
    everywhere = np.full((len(centres()), 1), lightness)
    shown = in_gamut(np.concatenate([everywhere, centres()], axis=1))
    logits = np.where(shown, logits, -np.inf)
    likely = np.exp(logits - logits.max())
    likely /= likely.sum()
    palette = centres()[[likely.argmax()]]
    while len(palette) < most:
        missed = likely * _apart(palette).min(axis=1)
        if not missed.any():
            break
        palette = np.concatenate([palette, centres()[[missed.argmax()]]])
    for _ in range(100):  # far more than it takes
        # (313, K): each bin's likelihood, in the column of its colour
        parts = likely[:, None] * np.eye(len(palette))[_apart(palette).argmin(axis=1)]
        parts = parts[:, parts.any(axis=0)]
        before, palette = palette, parts.T @ centres() / parts.sum(axis=0)[:, None]
        if np.array_equal(before, palette):
            break
    order = np.argsort(-parts.sum(axis=0))
    return palette[order].astype("float32"), parts.sum(axis=0)[order].astype("float32")


def _apart(palette):
    """Squared distances of all bins from a few colours, (313, K)."""
    return np.square(centres()[:, None] - palette).sum(axis=-1)
