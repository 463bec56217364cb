"""Colourizers measured on a photo set, beside the trivial opponents.

`metrics` knows what to measure; here trained networks meet real photos, and the result
remembers which photos, which weights and which machine made it.

Chapter: 06_evaluation.
"""

import time
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from colorlib import metrics, runs
from colorlib.files import UserError, whole_file, write_json

BATCH = 16
RIVALS = [name for name, opponent in metrics.OPPONENTS.items() if not opponent.peeks]


def predict(colorizer, photos):
    """Predict ab for many photos, with a progress bar.

    Parameters
    ----------
    colorizer : Colorizer
    photos : uint8 array, (N, H, W, 3)

    Returns
    -------
    float32 array, (N, H, W, 2)
        a and b in Lab units.
    """
    starts = tqdm(range(0, len(photos), BATCH), desc="colourizing", leave=False)
    return np.concatenate([colorizer.ab(photos[i : i + BATCH]) for i in starts])


def compare(colorizers, photo_set, limit=None):
    """Measure colourizers and the trivial opponents on a set's validation photos.

    Parameters
    ----------
    colorizers : dict of str to Colorizer
    photo_set : photoset.PhotoSet
        The opponents learn from its training photos.
    limit : int, optional
        Use only the first so many validation photos.

    Returns
    -------
    dict
        `summary` (see `metrics.summarize`); `beaten`: for each colourizer the paired
        difference to the best opponent that does not peek, in loss and AuC, with its
        95 % interval; and what it was measured with. Ready for JSON.

    Raises
    ------
    UserError
        If the set has no validation photos. Chapter: 06_evaluation.
    """
    rows = photo_set.validation[:limit]
    if not len(rows):
        raise UserError(f"{photo_set.path}: has no validation photos; prepare a larger folder")
    photos = np.array(photo_set.photos[rows])
    predictions = {name: predict(colorizer, photos) for name, colorizer in colorizers.items()}
    statistics = metrics.fit_statistics(photo_set.photos, photo_set.train)
    results = metrics.evaluate(photos, predictions, statistics)
    summary = metrics.summarize(results)
    return {
        "photo_set": photo_set.path.name,
        "photos": len(rows),
        "weights": {name: colorizer.card["sha256"] for name, colorizer in colorizers.items()},
        "date": time.strftime("%Y-%m-%d"),
        "machine": runs.machine(),
        "summary": summary,
        "beaten": {name: _beaten(name, results, summary) for name in colorizers},
    }


def _beaten(name, results, summary):
    """How far a colourizer is from the best opponent that does not peek."""
    found = {}
    for metric, best in (("loss", min), ("AuC", max)):
        rival = best(RIVALS, key=lambda row: summary[row][metric]["mean"])
        difference = results.values[name][metric] - results.values[rival][metric]
        low, high = metrics.bootstrap_interval(difference)
        found[metric] = {
            "rival": rival,
            "rival_mean": summary[rival][metric]["mean"],
            "difference": float(difference.mean()),
            "low": low,
            "high": high,
        }
    return found


def verdict(report):
    """Say in sentences whether each colourizer beats the opponents that do not peek.

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
                f"- {name} {'beats' if better else 'misses'} the best opponent in {metric} "
                f"({row['rival']}, {row['rival_mean']:.4f}) by {abs(row['difference']):.4f} "
                f"({100 * abs(row['difference']) / row['rival_mean']:.1f} %); 95 % interval of the "
                f"difference {row['low']:+.4f} to {row['high']:+.4f}"
                + ("." if certain else ", so chance may explain it.")
            )
    return "\n".join(lines)


def write_report(folder, report):
    """Keep a report as `evaluation.json` and, for reading, `evaluation.md`.

    Parameters
    ----------
    folder : path-like
    report : dict
        From `compare`. Chapter: 06_evaluation.
    """
    write_json(Path(folder) / "evaluation.json", report)
    with whole_file(Path(folder) / "evaluation.md") as temporary:
        heading = (
            f"# {report['photos']} validation photos of {report['photo_set']}, {report['date']}"
        )
        table, sentences = metrics.format_table(report["summary"]), verdict(report)
        temporary.write_text(f"{heading}\n\n{table}\n\n{sentences}\n", encoding="utf-8")
