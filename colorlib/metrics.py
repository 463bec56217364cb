"""How good is a colourization? Eight numbers, and eight opponents without any intelligence.

No number sees what a person sees, and each can be cheated: a grey picture has a fine SSIM.
So every table prints the same metrics for trivial opponents, which a network has to beat.

    statistics = fit_statistics(photo_set.photos, photo_set.train)
    results = evaluate(photos, {"my network": predicted_ab}, statistics)
    print(format_table(summarize(results)))

Here a and b are in Lab units, photos are uint8 RGB, and a function takes one photo
(H, W, C) or a batch (N, H, W, C), for which it gives the mean. Chapter: 06_evaluation.
"""

import functools
import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from skimage import color, metrics, transform, util
from tqdm.auto import tqdm

# ------------------------------------------------------------------ errors of a and b


def squared_error(true_ab, predicted_ab, divisor=128.0):
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
        0 is perfect. `colorlib.losses.paper_loss` is the same on the network's scale.
        Chapter: 06_evaluation.
    """
    return float(np.mean((np.subtract(true_ab, predicted_ab) / divisor) ** 2))


def auc(true_ab, predicted_ab, weights=None):
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


def psnr(true_rgb, predicted_rgb):
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
    """
    difference = np.subtract(true_rgb, predicted_rgb, dtype="float32")
    error = np.mean(difference**2, axis=(-3, -2, -1), dtype="float64")  # () or (N,)
    return float(np.mean(10 * np.log10(255**2 / np.maximum(error, 255**2 / 1e10))))


def ssim(true_rgb, predicted_rgb):
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


def ciede2000(true_lab, predicted_lab):
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


def colorfulness(rgb):
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
    Hasler and Suesstrunk, "Measuring colourfulness in natural images" (2003), on the signed
    opponents R - G and (R + G) / 2 - B. Chapter: 06_evaluation.
    """
    red, green, blue = np.moveaxis(np.asarray(rgb, "float32"), -1, 0)
    opponents = np.stack([red - green, (red + green) / 2 - blue])  # (2, ..., H, W)
    spread = np.hypot(*opponents.std(axis=(-2, -1), dtype="float64"))
    distance = np.hypot(*opponents.mean(axis=(-2, -1), dtype="float64"))
    return float(np.mean(spread + 0.3 * distance))


def mean_chroma(ab):
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


# ------------------------------------------------------------------ the table of metrics


class Photo(NamedTuple):
    """What the metrics look at: `ab` as predicted, `rgb` as shown, `lab` of what is shown."""

    rgb: np.ndarray  # (H, W, 3) uint8
    lab: np.ndarray  # (H, W, 3)
    ab: np.ndarray  # (H, W, 2)
    weights: np.ndarray | None = None  # (H, W), for the rebalanced AuC


class Metric(NamedTuple):
    """One column of the table: `function(true, predicted)` of two `Photo`s gives a number."""

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

# ------------------------------------------------------------------ the trivial opponents


class Statistics(NamedTuple):
    """What the trivial opponents learn from the training photos."""

    mean_ab: np.ndarray  # (2,)
    ab_of_l: np.ndarray  # (101, 2): the mean ab for L = 0, 1, ..., 100
    photos: np.ndarray  # (N, H, W, 3) uint8
    rows: np.ndarray  # the training photos' row numbers


class Opponent(NamedTuple):
    """A colourizer without intelligence: `function(lab, statistics)` gives ab (H, W, 2)."""

    function: Callable
    peeks: bool  # does it look at the true colours? Then it is a bound, not a rival.


def _another_photo(lab, statistics):
    seed = int(lab[..., 0].sum())  # from the photo itself: every table draws the same
    row = np.random.default_rng(seed).choice(statistics.rows)
    return photo_to_lab(statistics.photos[row])[..., 1:]


def _coarse(lab, size):
    """The true ab seen through a size x size bottleneck: the best its decoder could do."""
    small = transform.resize_local_mean(lab[..., 1:], (size, size), channel_axis=-1)
    return transform.resize(small, lab.shape[:2], order=1, mode="edge")  # bilinear


OPPONENTS = {
    "grey": Opponent(lambda lab, _: np.zeros_like(lab[..., 1:]), peeks=False),
    "mean ab": Opponent(
        lambda lab, known: np.broadcast_to(known.mean_ab, lab[..., 1:].shape), peeks=False
    ),
    "mean ab for each L": Opponent(
        lambda lab, known: known.ab_of_l[np.rint(lab[..., 0]).astype(int)], peeks=False
    ),
    "another photo's ab": Opponent(_another_photo, peeks=False),
    "true ab x 1.2": Opponent(lambda lab, _: 1.2 * lab[..., 1:], peeks=True),
    "true ab at 4x4": Opponent(lambda lab, _: _coarse(lab, 4), peeks=True),
    "true ab at 64x64": Opponent(lambda lab, _: _coarse(lab, 64), peeks=True),
    "the photo itself": Opponent(lambda lab, _: lab[..., 1:], peeks=True),
}


def fit_statistics(photos, rows):
    """Learn from training photos what the trivial opponents need.

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
        lightness, a, b = np.moveaxis(photo_to_lab(photos[row, ::4, ::4]), -1, 0)
        level = np.rint(lightness).astype(int).ravel()
        for column, weights in enumerate([None, a.ravel(), b.ravel()]):
            sums[:, column] += np.bincount(level, weights, minlength=101)

    pixels, sum_ab = sums[:, 0], sums[:, 1:]
    seen = np.flatnonzero(pixels)
    means = sum_ab[seen] / pixels[seen, None]
    ab_of_l = np.stack([np.interp(np.arange(101), seen, mean) for mean in means.T], axis=-1)
    return Statistics(sum_ab.sum(axis=0) / pixels.sum(), ab_of_l, photos, np.asarray(rows))


# ------------------------------------------------------------------ evaluation


def photo_to_lab(rgb):
    """uint8 RGB -> float32 Lab, by scikit-image. Chapter: 06_evaluation."""
    return color.rgb2lab(util.img_as_float32(rgb))


def show(lab, ab):
    """The `Photo` one sees when a photo's colours are replaced by `ab`.

    Colours outside sRGB are clipped, and values are rounded to 8 bits, as in a file.
    Chapter: 06_evaluation.
    """
    ab = np.asarray(ab, "float32")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Conversion from CIE-LAB")  # it clips, too
        rgb = color.lab2rgb(np.concatenate([lab[..., :1], ab], axis=-1))
    rgb = np.rint(255 * rgb).astype("uint8")
    return Photo(rgb, photo_to_lab(rgb), ab)


class Results(NamedTuple):
    """What `evaluate` found, photo by photo, so that rows can be compared in pairs."""

    values: dict  # values[row][metric] is an array (N,)
    weights: dict  # weights[metric] is an array (N,): what each photo counts in the mean


def evaluate(true_rgb, predictions, statistics=None):
    """Measure colourizations, and the trivial opponents beside them, photo by photo.

    Parameters
    ----------
    true_rgb : ndarray of uint8, shape (N, H, W, 3)
        The photos as they were.
    predictions : dict of str to ndarray, shape (N, H, W, 2)
        For each row of the table, a and b in Lab units.
    statistics : Statistics, optional
        From `fit_statistics`. Without it the opponents are left out.

    Returns
    -------
    Results
        For each prediction and opponent, the metrics of `METRICS`. The rebalanced AuC takes
        the share of each colour from `true_rgb`.

    Raises
    ------
    ValueError
        If shapes do not fit each other, or a prediction is not finite.

    Notes
    -----
    Chapter: 06_evaluation.
    """
    for name, ab in predictions.items():
        _check_prediction(name, ab, true_rgb)
    opponents = {} if statistics is None else OPPONENTS
    counts = sum(count_bins(photo_to_lab(photo)[..., 1:]) for photo in true_rgb)

    rows = [*predictions, *opponents]
    values = {row: {metric: np.empty(len(true_rgb)) for metric in METRICS} for row in rows}
    weights = {metric: np.empty(len(true_rgb)) for metric in METRICS}
    for i, photo in enumerate(tqdm(true_rgb, desc="evaluation", unit="photo", leave=False)):
        lab = photo_to_lab(photo)
        true = Photo(photo, lab, lab[..., 1:], rebalanced_weights(lab[..., 1:], counts))
        guesses = {name: ab[i] for name, ab in predictions.items()}
        guesses |= {name: rival.function(lab, statistics) for name, rival in opponents.items()}
        guesses = {name: show(lab, ab) for name, ab in guesses.items()}
        for name, metric in METRICS.items():
            weights[name][i] = metric.weight(true)
            for row, guess in guesses.items():
                values[row][name][i] = metric.function(true, guess)
    return Results(values, weights)


def bootstrap_interval(values, weights=None, seed=0):
    """95 % confidence interval of a mean over photos.

    The photos are drawn again, with replacement, 2000 times; the middle 95 % of the means
    is the interval. To compare two colourizers, give the differences of their values photo
    by photo: if 0 is outside the interval, chance alone hardly explains the difference.

    Parameters
    ----------
    values : array-like, shape (N,)
        One number a photo, or one difference a photo.
    weights : array-like, shape (N,), optional
        What each photo counts in the mean.
    seed : int
        The same seed draws the same photos.

    Returns
    -------
    low, high : float

    Notes
    -----
    Efron's percentile bootstrap. Chapter: 06_evaluation.
    """
    values = np.asarray(values)
    weights = np.ones(len(values)) if weights is None else np.asarray(weights)
    # How often each photo is drawn in each of the 2000 samples.
    drawn = np.random.default_rng(seed).multinomial(
        len(values), np.full(len(values), 1 / len(values)), size=2000
    )
    means = (drawn @ (weights * values)) / (drawn @ weights)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def summarize(results):
    """Mean over photos and its 95 % interval, for every row and metric of `evaluate`.

    Returns
    -------
    dict of str to dict of str to dict
        ``summary[row][metric]`` is ``{"mean": ..., "low": ..., "high": ...}``, ready for
        JSON. Chapter: 06_evaluation.
    """
    summary = {}
    for row, columns in results.values.items():
        summary[row] = {}
        for metric, values in columns.items():
            weights = results.weights[metric]
            low, high = bootstrap_interval(values, weights)
            mean = float(np.average(values, weights=weights))
            summary[row][metric] = {"mean": mean, "low": low, "high": high}
    return summary


def format_table(summary):
    """A summary as a Markdown table: the mean ± half of the 95 % interval.

    Arrows point to the better side; * marks opponents that peek at the true colours.
    Chapter: 06_evaluation.
    """
    titles = [" ".join(filter(None, [name, m.unit, m.better])) for name, m in METRICS.items()]
    lines = [["", *titles], ["---", *["---:"] * len(titles)]]
    for row, columns in summary.items():
        cells = []
        for name, metric in METRICS.items():
            half = (columns[name]["high"] - columns[name]["low"]) / 2
            cells.append(f"{columns[name]['mean']:.{metric.digits}f} ± {half:.{metric.digits}f}")
        peeks = row in OPPONENTS and OPPONENTS[row].peeks
        lines.append([f"{row} *" if peeks else row, *cells])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _batch(photos):
    return photos if np.ndim(photos) == 4 else [photos]


def _check_prediction(name, ab, true_rgb):
    expected = (*np.shape(true_rgb)[:3], 2)
    if np.shape(ab) != expected:
        raise ValueError(f"{name!r}: ab must have shape {expected}, not {np.shape(ab)}")
    if not np.isfinite(ab).all():
        raise ValueError(f"{name!r}: ab holds values that are not finite (NaN or infinity)")
