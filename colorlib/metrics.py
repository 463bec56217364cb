"""How good is a colourization? Eight numbers, and none sees what a person sees.

Each can be cheated: a grey picture has a fine SSIM. That is why `evaluation` prints them beside
the trivial `baselines`. Here a and b are in Lab units, photos are uint8 RGB, and a function takes
one photo (H, W, C) or a batch (N, H, W, C), for which it gives the mean.

Chapter: 06_evaluation.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from skimage import color, metrics

from colorlib.lab import to_lab, to_rgb

# ------------------------------------------------------------------ errors of a and b


def squared_error(true_ab, predicted_ab, divisor: float = 128.0) -> float:
    """Equation (1) of the paper, in NumPy: the mean squared error of a and b.

    Parameters
    ----------
    true_ab, predicted_ab : ndarray, shape (..., 2)
        a and b in Lab units.
    divisor : float
        What the network divides a and b by; tables keep to 128, so that they compare.

    Returns
    -------
    float
        0 is perfect. `colorlib.losses.equation_1` is the same inside a training step.
        Chapter: 06_evaluation.

    Examples
    --------
    >>> squared_error([[64.0, 0.0]], [[0.0, 0.0]])  # half of 128 in one of two channels
    0.125
    """
    return float(np.mean((np.subtract(true_ab, predicted_ab) / divisor) ** 2))


def auc(true_ab, predicted_ab, weights=None) -> float:
    """Area under the curve "share of pixels whose error is at most t", for t = 0..150.

    Parameters
    ----------
    true_ab, predicted_ab : ndarray, shape (..., 2)
        a and b in Lab units.
    weights : ndarray, shape (...), optional
        What each pixel counts: see `rebalanced_weights`. All the same, if not given.

    Returns
    -------
    float
        1 is perfect; grey reaches about 0.89, since most of the world is nearly grey.

    Notes
    -----
    Zhang, Isola and Efros, "Colorful Image Colorization" (2016), section 3.1. The error is
    the distance in the (a, b) plane, the area is found by the trapezoid rule and divided
    by 150. Chapter: 06_evaluation.

    Examples
    --------
    >>> auc([[30.0, 40.0]], [[30.0, 40.0]]), auc([[30.0, 40.0]], [[0.0, 0.0]])  # 50 units off
    (1.0, 0.67)
    """
    error = np.linalg.norm(np.subtract(true_ab, predicted_ab), axis=-1).ravel()
    needed = np.minimum(np.ceil(error), 151).astype(int)  # the first whole t that covers it
    weights = None if weights is None else np.ravel(weights)
    covered = np.cumsum(np.bincount(needed, weights, minlength=152))  # by t = 0, 1, ..., 151
    return float(np.trapezoid(covered[:151] / covered[-1]) / 150)


def count_bins(ab):
    """Count the pixels in each bin of the (a, b) plane, 10 x 10 Lab units large.

    Parameters
    ----------
    ab : ndarray, shape (..., 2)
        a and b in Lab units, at most 135 from 0 (sRGB stays below 108).

    Returns
    -------
    ndarray of int, shape (729,)
        Bins lie around multiples of 10, as in Zhang 2016. Counts of several photos add up.
        Chapter: 06_evaluation.
    """
    return np.bincount(_bins(ab).ravel(), minlength=27 * 27)


def rebalanced_weights(true_ab, counts):
    """Weights that make every colour of the set count the same, for the rebalanced AuC.

    A pixel weighs 1 / p(bin of its true colour): so the few red pixels count as much as
    the many grey ones, and grey no longer wins.

    Parameters
    ----------
    true_ab : ndarray, shape (..., 2)
        True a and b in Lab units.
    counts : ndarray, shape (729,)
        `count_bins` of the whole set, from which p is estimated; it contains `true_ab`.

    Returns
    -------
    ndarray, shape (...)
        The weight of each pixel.

    Notes
    -----
    Zhang, Isola and Efros (2016), section 3.1; they take p from ImageNet. Chapter: 06_evaluation.
    """
    return counts.sum() / counts[_bins(true_ab)]


def _bins(ab):
    a_bin, b_bin = np.moveaxis(np.rint(np.asarray(ab) / 10).astype(int) + 13, -1, 0)
    return 27 * a_bin + b_bin


# ------------------------------------------------------------------ the finished photo


def psnr(true_rgb, predicted_rgb) -> float:
    """Peak signal-to-noise ratio in dB, averaged in dB over photos.

    Parameters
    ----------
    true_rgb, predicted_rgb : ndarray of uint8, shape (H, W, 3) or (N, H, W, 3)

    Returns
    -------
    float
        Higher is better, but it ranks little: grey scores about 20 dB, and as L is given,
        only colour can err. It ends at 100 dB, what identical photos get in place of
        infinity. Chapter: 06_evaluation.

    Examples
    --------
    >>> white, black = np.full((8, 8, 3), 255, "uint8"), np.zeros((8, 8, 3), "uint8")
    >>> psnr(white, white), psnr(white, black)
    (100.0, 0.0)
    """
    difference = np.subtract(true_rgb, predicted_rgb, dtype="float32")
    error = np.mean(difference**2, axis=(-3, -2, -1), dtype="float64")  # () or (N,)
    return float(np.mean(10 * np.log10(255**2 / np.maximum(error, 255**2 / 1e10))))


def ssim(true_rgb, predicted_rgb) -> float:
    """Structural similarity: do small windows of two photos have the same structure?

    Parameters
    ----------
    true_rgb, predicted_rgb : ndarray of uint8, shape (H, W, 3) or (N, H, W, 3)

    Returns
    -------
    float
        1 is perfect. Grey scores about 0.9: most structure is in L, which is given.

    Notes
    -----
    Wang, Bovik, Sheikh and Simoncelli (2004), with their Gaussian window of 11 x 11 pixels,
    sigma 1.5; the mean of R, G and B. Chapter: 06_evaluation.
    """
    similarity = functools.partial(
        metrics.structural_similarity,
        data_range=255,
        channel_axis=-1,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    pairs = zip(_batch(true_rgb), _batch(predicted_rgb), strict=True)
    return float(np.mean([similarity(np.float32(a), np.float32(b)) for a, b in pairs]))


def ciede2000(true_lab, predicted_lab) -> float:
    """CIEDE2000: the colour difference a person sees, averaged over pixels.

    Parameters
    ----------
    true_lab, predicted_lab : ndarray, shape (..., 3)

    Returns
    -------
    float
        0 is perfect, 1 just visible side by side, 10 plain at a glance.

    Notes
    -----
    Sharma, Wu and Dalal, "The CIEDE2000 color-difference formula" (2005), whose 34 test
    pairs we test against. Chapter: 06_evaluation.
    """
    return float(np.mean(color.deltaE_ciede2000(true_lab, predicted_lab)))


# ------------------------------------------------------------------ how much colour


def colorfulness(rgb) -> float:
    """How colourful a photo looks, whether or not the colours are right.

    Parameters
    ----------
    rgb : ndarray of uint8, shape (H, W, 3) or (N, H, W, 3)

    Returns
    -------
    float
        0 is grey, 15 slightly, 33 moderately, 59 quite, 82 highly, 109 extremely colourful.

    Notes
    -----
    Hasler and Suesstrunk, "Measuring colourfulness in natural images" (2003), on the opponent
    colours R - G and (R + G) / 2 - B. Chapter: 06_evaluation.
    """
    red, green, blue = np.moveaxis(np.asarray(rgb, "float32"), -1, 0)
    opponent = np.stack([red - green, (red + green) / 2 - blue])  # (2, ..., H, W)
    spread = np.hypot(*opponent.std(axis=(-2, -1), dtype="float64"))
    distance = np.hypot(*opponent.mean(axis=(-2, -1), dtype="float64"))
    return float(np.mean(spread + 0.3 * distance))


def mean_chroma(ab) -> float:
    """Mean distance of a photo's colours from grey, in Lab units.

    Parameters
    ----------
    ab : ndarray, shape (..., 2)
        a and b in Lab units.

    Returns
    -------
    float
        A network that hedges stays far below its photos. Chapter: 06_evaluation.
    """
    return float(np.mean(np.linalg.norm(ab, axis=-1)))


# ------------------------------------------------------------------ what is looked at


def as_seen(lab, ab) -> "Photo":
    """The `Photo` one sees when a photo's colours are replaced by `ab`.

    Colours outside sRGB are clipped, and values are rounded to 8 bits, as in a file.
    """
    rgb = to_rgb(lab, ab)
    return Photo(rgb, to_lab(rgb), np.asarray(ab, "float32"))


def _batch(photos):
    return photos if np.ndim(photos) == 4 else [photos]


# ------------------------------------------------------------------ the table of metrics


class Photo(NamedTuple):
    """What the metrics look at: `ab` as predicted, `rgb` as shown, `lab` of what is shown."""

    rgb: np.ndarray  # (H, W, 3) uint8
    lab: np.ndarray  # (H, W, 3)
    ab: np.ndarray  # (H, W, 2)
    weights: np.ndarray | None = None  # (H, W), for the rebalanced AuC


class Metric(NamedTuple):
    """One column of the table: `function(true, predicted)`, each a `Photo`, gives a number."""

    function: Callable
    better: str  # "↑" higher, "↓" lower, "" near the true photo's
    unit: str
    digits: int
    weight: Callable = lambda true: 1.0  # what a photo counts in the mean over photos


METRICS = {
    "loss": Metric(lambda true, guess: squared_error(true.ab, guess.ab), "↓", "", 4),
    "AuC": Metric(lambda true, guess: auc(true.ab, guess.ab), "↑", "", 3),
    "AuC rebalanced": Metric(
        lambda true, guess: auc(true.ab, guess.ab, true.weights),
        better="↑",
        unit="",
        digits=3,
        weight=lambda true: true.weights.sum(),  # so that the mean is that of all pixels
    ),
    "PSNR": Metric(lambda true, guess: psnr(true.rgb, guess.rgb), "↑", "dB", 2),
    "SSIM": Metric(lambda true, guess: ssim(true.rgb, guess.rgb), "↑", "", 3),
    "CIEDE2000": Metric(lambda true, guess: ciede2000(true.lab, guess.lab), "↓", "", 2),
    "colourfulness": Metric(lambda true, guess: colorfulness(guess.rgb), "", "", 1),
    "chroma": Metric(lambda true, guess: mean_chroma(guess.ab), "", "", 1),
}
