"""Colourizers measured on real photos, beside the trivial baselines.

    results = evaluate(photos, {"my network": predicted_ab}, statistics)
    print(format_table(summarize(results)))

`compare` does all this for trained networks and a photo set; its report remembers which
photos, which weights and which machine made it.

Chapter: 06_evaluation.
"""

import contextlib
import itertools
import numbers
import os
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import stats
from tqdm.auto import tqdm

from colorlib import machine, photoset
from colorlib.baselines import BASELINES, Statistics, fit_statistics
from colorlib.files import UserError, atomic_write, write_json
from colorlib.lab import to_lab
from colorlib.metrics import METRICS, Photo, as_seen, count_bins, rebalanced_weights
from colorlib.tables import markdown_table

BATCH = 16
RIVALS = [name for name, baseline in BASELINES.items() if not baseline.peeks]


class Results(NamedTuple):
    """What `evaluate` found, photo by photo, so that rows can be compared in pairs."""

    values: dict  # values[row][metric] is an array (N,)
    weights: dict  # weights[metric] is an array (N,): what each photo counts in the mean


def evaluate(true_rgb, predictions: dict, statistics: Statistics | None = None) -> Results:
    """Measure colourizations, and the trivial baselines beside them, photo by photo.

    Parameters
    ----------
    true_rgb : ndarray of uint8, shape (N, H, W, 3)
        The photos as they were.
    predictions : dict of str to ndarray, shape (N, H, W, 2)
        For each row of the table, a and b in Lab units.
    statistics : Statistics, optional
        From `fit_statistics`. Without it the baselines are left out.

    Returns
    -------
    Results
        For each prediction and baseline, the metrics of `METRICS`. The rebalanced AuC takes
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
    baselines = {} if statistics is None else BASELINES
    counts = sum(count_bins(to_lab(photo)[..., 1:]) for photo in true_rgb)

    rows = [*predictions, *baselines]
    values = {row: {metric: np.empty(len(true_rgb)) for metric in METRICS} for row in rows}
    weights = {metric: np.empty(len(true_rgb)) for metric in METRICS}
    for i, photo in enumerate(tqdm(true_rgb, desc="evaluation", unit="photo", leave=False)):
        lab = to_lab(photo)
        true = Photo(photo, lab, lab[..., 1:], rebalanced_weights(lab[..., 1:], counts))
        guesses = {name: ab[i] for name, ab in predictions.items()}
        guesses |= {name: rival.function(lab, statistics) for name, rival in baselines.items()}
        guesses = {name: as_seen(lab, ab) for name, ab in guesses.items()}
        for name, metric in METRICS.items():
            weights[name][i] = metric.weight(true)
            for row, guess in guesses.items():
                values[row][name][i] = metric.function(true, guess)
    return Results(values, weights)


def bootstrap_interval(values, weights=None, seed: int = 0) -> tuple[float, float]:
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
    values = np.asarray(values, "float64")
    weights = np.ones(len(values)) if weights is None else np.asarray(weights, "float64")
    if len(values) < 2:
        return float(values[0]), float(values[0])

    def mean(values, weights, axis):
        return (values * weights).sum(axis=axis) / weights.sum(axis=axis)

    drawn = stats.bootstrap(
        (values, weights), mean, n_resamples=2000, paired=True, method="percentile",
        rng=np.random.default_rng(seed),
    )  # fmt: skip
    return tuple(map(float, drawn.confidence_interval))


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """95 % confidence interval of a share, such as how often people were fooled.

    Parameters
    ----------
    successes, trials : int
        `trials` is at least 1.

    Returns
    -------
    low, high : float
        Within 0..1, and never of width zero, even after 0 successes of 10.

    Notes
    -----
    Wilson, "Probable inference, the law of succession, and statistical inference" (1927).
    Chapter: 06_evaluation.
    """
    found = stats.binomtest(int(successes), int(trials)).proportion_ci(method="wilson")
    return float(found.low), float(found.high)


def summarize(results: Results) -> dict:
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


def format_table(summary: dict, metrics=tuple(METRICS)) -> str:
    """A summary as a Markdown table: the mean ± half of the 95 % interval.

    Parameters
    ----------
    summary : dict
        From `summarize`.
    metrics : sequence of str
        The columns; a page of the book has room for five.

    Returns
    -------
    str
        Arrows point to the better side; * marks baselines that peek at the true colours.
        Chapter: 06_evaluation.
    """
    chosen = {name: METRICS[name] for name in metrics}
    titles = [" ".join(filter(None, [name, m.unit, m.better])) for name, m in chosen.items()]
    rows = []
    for row, columns in summary.items():
        cells = []
        for name, metric in chosen.items():
            half = (columns[name]["high"] - columns[name]["low"]) / 2
            cells.append(f"{columns[name]['mean']:.{metric.digits}f} ± {half:.{metric.digits}f}")
        peeks = row in BASELINES and BASELINES[row].peeks
        rows.append([f"{row} *" if peeks else row, *cells])
    return markdown_table(["", *titles], rows)


def _check_prediction(name, ab, true_rgb):
    expected = (*np.shape(true_rgb)[:3], 2)
    if np.shape(ab) != expected:
        raise ValueError(f"{name!r}: ab must have shape {expected}, not {np.shape(ab)}")
    if not np.isfinite(ab).all():
        raise ValueError(f"{name!r}: ab holds values that are not finite (NaN or infinity)")


def predict(colorizer, photos, decode: str | None = None, **given):
    """Predict ab for many photos, with a progress bar.

    Parameters
    ----------
    colorizer : Colorizer
    photos : uint8 array, (N, H, W, 3)
    decode : str, optional
        See `Colorizer.ab`.
    **given
        Values of what the network is told, one for each photo: see `Colorizer.inputs`.

    Returns
    -------
    float32 array, (N, H, W, 2)
        a and b in Lab units.
    """
    parts = []
    for start in tqdm(range(0, len(photos), BATCH), desc="colourizing", leave=False):
        batch = slice(start, start + BATCH)
        told = {name: values[batch] for name, values in given.items()}
        parts.append(colorizer.ab(photos[batch], decode, **told))
    return np.concatenate(parts)


def compare(colorizers: dict, photo_set: photoset.PhotoSet, limit: int | None = None) -> dict:
    """Measure colourizers and the trivial baselines on a set's validation photos.

    Parameters
    ----------
    colorizers : dict of str to Colorizer
        One that can be decoded in several ways gets a row for each: "name" for the first, then
        "name, vivid" and the like.
    photo_set : photoset.PhotoSet
        The baselines learn from its training photos.
    limit : int, optional
        Use only the first so many validation photos.

    Returns
    -------
    dict
        `summary` (see `summarize`); `beaten`: for each colourizer the paired
        difference to the best baseline that does not peek, in loss and AuC, with its
        95 % interval; `between`: the same for each two colourizers, named "one - other"; and
        what it was measured with. Ready for JSON.

    Raises
    ------
    UserError
        If the set has no validation photos. Chapter: 06_evaluation.
    """
    rows = validation_rows(photo_set, limit)
    if not len(photo_set.train):
        raise UserError(f"{photo_set.path}: has no training photos; prepare with fewer held back")
    photos = np.array(photo_set.photos[rows])
    predictions = {}
    for name, colorizer in colorizers.items():
        predictions[name] = predict(colorizer, photos)
        for decode in list(colorizer.design.decodings)[1:]:
            with contextlib.suppress(UserError):  # trained without what this decoding needs
                predictions[f"{name}, {decode}"] = predict(colorizer, photos, decode)
    results = evaluate(photos, predictions, fit_statistics(photo_set.photos, photo_set.train))
    summary = summarize(results)
    return {
        **origin(colorizers, photo_set, len(rows)),
        "summary": summary,
        "beaten": {name: _beaten(name, results, summary) for name in predictions},
        "between": {
            f"{one} - {other}": {
                metric: paired_difference(results, one, other, metric) for metric in ("loss", "AuC")
            }
            for one, other in itertools.combinations(predictions, 2)
        },
    }


def validation_rows(photo_set: photoset.PhotoSet, limit: int | None = None):
    """Rows of the first `limit` validation photos, or of all.

    Raises
    ------
    UserError
        If the set has no validation photos, or the limit leaves none.
    """
    whole = isinstance(limit, numbers.Integral) and not isinstance(limit, bool)
    if limit is not None and not (whole and limit >= 1):
        raise UserError(f"limit is {limit!r:.80}; it must be a whole number from 1 on, or left out")
    rows = photo_set.validation[:limit]
    if not len(rows):
        raise UserError(f"{photo_set.path}: has no validation photos; prepare a larger folder")
    return rows


def origin(colorizers: dict, photo_set: photoset.PhotoSet, count: int) -> dict:
    """What a report was measured with: photos, weights, date, machine. Ready for JSON."""
    return {
        "photo_set": photo_set.path.name,
        "photos": count,
        "weights": {name: colorizer.card["sha256"] for name, colorizer in colorizers.items()},
        "date": time.strftime("%Y-%m-%d"),
        "machine": machine.describe(),
    }


def _beaten(name, results, summary):
    """How far a colourizer is from the best baseline that does not peek."""
    found = {}
    for metric, best in (("loss", min), ("AuC", max)):
        rival = best(RIVALS, key=lambda row: summary[row][metric]["mean"])
        found[metric] = {
            "rival": rival,
            "rival_mean": summary[rival][metric]["mean"],
            **paired_difference(results, name, rival, metric),
        }
    return found


def paired_difference(results: Results, row: str, rival: str, metric: str) -> dict:
    """How much `row` differs from `rival` in a metric, photo by photo.

    Some photos are hard for everybody; in the difference, that drops out. So its interval is
    narrower than those of the two rows would suggest.

    Parameters
    ----------
    results : Results
    row, rival : str
        Rows of `results.values`.
    metric : str

    Returns
    -------
    dict
        The mean `difference` over photos, and `low` and `high`, its 95 % interval.
        Chapter: 06_evaluation.
    """
    difference = results.values[row][metric] - results.values[rival][metric]
    low, high = bootstrap_interval(difference)
    return {"difference": float(difference.mean()), "low": low, "high": high}


def verdict(report: dict) -> str:
    """Say in sentences whether each colourizer beats the baselines that do not peek.

    Parameters
    ----------
    report : dict
        From `compare`.

    Returns
    -------
    str
        One line for each colourizer and metric. Chapter: 06_evaluation.
    """
    lines = []
    for name, found in report["beaten"].items():
        for metric, row in found.items():
            better = row["difference"] < 0 if metric == "loss" else row["difference"] > 0
            certain = row["low"] * row["high"] > 0
            lines.append(
                f"- {name} {'beats' if better else 'misses'} the best baseline in {metric} "
                f"({row['rival']}, {row['rival_mean']:.4f}) by {abs(row['difference']):.4f} "
                f"({100 * abs(row['difference']) / row['rival_mean']:.1f} %); 95 % interval of the "
                f"difference {row['low']:+.4f} to {row['high']:+.4f}"
                + ("." if certain else ", so chance may explain it.")
            )
    return "\n".join(lines)


def write_report(folder: str | os.PathLike, report: dict):
    """Keep a report as `evaluation.json` and, for reading, `evaluation.md`.

    Parameters
    ----------
    folder : path-like
    report : dict
        From `compare`. Chapter: 06_evaluation.
    """
    write_json(Path(folder) / "evaluation.json", report)
    with atomic_write(Path(folder) / "evaluation.md") as temporary:
        title = f"# {report['photos']} validation photos of {report['photo_set']}, {report['date']}"
        table, sentences = format_table(report["summary"]), verdict(report)
        temporary.write_text(f"{title}\n\n{table}\n\n{sentences}\n", encoding="utf-8")
