"""What are the class scores worth? The same network, told something else about each photo.

An ablation takes one part of a system away and measures what gets worse. Here the lightness
stays and the class scores change: they become another photo's, shuffled, random or zero. A network
that has learned to use them then colours worse. That is still no fair trial of a network
*without* class scores, for this one was trained with them; for that one has to train again
(the design `paper_alone`).

Chapter: 06_evaluation.
"""

import numpy as np

from colorlib import embeddings, evaluation, photoset, tables
from colorlib.colorizer import Colorizer
from colorlib.images import montage
from colorlib.lab import to_lab, to_rgb


def _another_photos(scores, generator):
    order = generator.permutation(len(scores))
    others = np.empty_like(scores)
    others[order] = scores[np.roll(order, 1)]  # one round through all photos: nobody keeps its own
    return others


# What the network is told about N photos: `function(scores, generator)` gives scores (N, 1000).
SCORES = {
    "its own": lambda scores, _: scores,
    "another photo's": _another_photos,
    "shuffled": lambda scores, generator: generator.permuted(scores, axis=1),
    "random": lambda scores, generator: generator.normal(
        scores.mean(), scores.std(), scores.shape
    ).astype("float32"),
    "zeros": lambda scores, _: np.zeros_like(scores),
}
WITHOUT = "none, trained without"


def tell(colorizer: Colorizer, photo_set: photoset.PhotoSet, limit: int | None = None, seed=0):
    """What the network is told about a set's validation photos under each of `SCORES`.

    Parameters
    ----------
    colorizer : Colorizer
        Its extractor provides the true scores.
    photo_set : photoset.PhotoSet
    limit : int, optional
        Use only the first so many validation photos.
    seed : int
        Of what is shuffled and random.

    Returns
    -------
    dict of str to float32 array, (N, 1000)

    Raises
    ------
    UserError
        If the set has no validation photos. Chapter: 06_evaluation.
    """
    rows = evaluation.validation_rows(photo_set, limit)
    known = embeddings.embed(photo_set, colorizer.card["extractor"], ("identity",))
    scores = known[rows, 0].astype("float32")
    return {name: change(scores, np.random.default_rng(seed)) for name, change in SCORES.items()}


def ablate(colorizer: Colorizer, photo_set: photoset.PhotoSet, without=None, limit=None) -> dict:
    """Measure a colourizer on a set's validation photos under each of `SCORES`.

    Parameters
    ----------
    colorizer : Colorizer
    photo_set : photoset.PhotoSet
    without : Colorizer, optional
        A network trained without class scores, otherwise alike: one more row.
    limit : int, optional
        Use only the first so many validation photos.

    Returns
    -------
    dict
        `summary` (see `evaluation.summarize`); `differences`: for each row the paired
        difference to "its own", in loss and AuC, with its 95 % interval; and what it was
        measured with. Ready for JSON.

    Raises
    ------
    UserError
        If the set has no validation photos. Chapter: 06_evaluation.
    """
    told, networks = tell(colorizer, photo_set, limit), {"network": colorizer}
    photos = np.array(photo_set.photos[photo_set.validation[:limit]])
    predictions = {
        name: evaluation.predict(colorizer, photos, class_scores=scores)
        for name, scores in told.items()
    }
    if without is not None:
        predictions[WITHOUT] = evaluation.predict(without, photos)
        networks[WITHOUT] = without
    results = evaluation.evaluate(photos, predictions)
    return {
        **evaluation.origin(networks, photo_set, len(photos)),
        "summary": evaluation.summarize(results),
        "differences": {
            name: {
                metric: evaluation.paired_difference(results, name, "its own", metric)
                for metric in ("loss", "AuC")
            }
            for name in list(predictions)[1:]
        },
    }


def sheet(colorizer: Colorizer, photo_set: photoset.PhotoSet, rows):
    """Draw validation photos: true, and colourized under each of `SCORES`.

    Parameters
    ----------
    colorizer : Colorizer
    photo_set : photoset.PhotoSet
    rows : sequence of int
        Which validation photos.

    Returns
    -------
    uint8 array, ((1 + len(SCORES)) * H, len(rows) * W, 3)
        The true photos on top. Chapter: 06_evaluation.
    """
    true = np.array(photo_set.photos[rows])
    places = np.searchsorted(photo_set.validation, rows)
    lab = to_lab(true)  # (rows, H, W, 3)
    bands = [true]
    for scores in tell(colorizer, photo_set).values():
        bands.append(to_rgb(lab, colorizer.ab(true, class_scores=scores[places])))
    return montage(bands)


def format_table(report: dict) -> str:
    """A report of `ablate` as a Markdown table. Chapter: 06_evaluation."""
    more = {name: tables.difference(row["loss"]) for name, row in report["differences"].items()}
    rows = []
    for name, found in report["summary"].items():
        loss, auc, chroma = (found[metric]["mean"] for metric in ("loss", "AuC", "chroma"))
        rows.append([name, f"{loss:.4f}", more.get(name, ""), f"{auc:.3f}", f"{chroma:.1f}"])
    head = "class scores", "loss ↓", "more than with its own", "AuC ↑", "chroma"
    return tables.markdown_table(head, rows)
