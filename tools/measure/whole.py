"""What knowledge of the whole photo is worth: `make whole`, or `make whole SET=folder`.

    python -m tools.measure.whole [SET] [-o colorlib/data/results/whole.json]

Measures `unet_whole` on validation photos: told its places and the whole, its places alone, the
whole alone. Then 100 pairs of photos: whether the mean colour of one moves toward that of the other
when it is told the other's whole. Then, without any network that paints, how well a photo's mean
colour is guessed, by ridge regression, from what a classifier says of the whole photo, by number
of photos to learn from.
"""

import argparse
from pathlib import Path

import keras
import numpy as np
from keras import ops, tree
from tqdm.auto import tqdm

from colorlib import embeddings, evaluation, extractors, metrics, photoset
from colorlib.colorizer import Colorizer
from colorlib.lab import to_lab
from colorlib.published import FOLDER as PUBLISHED
from tools.measure.hints import apart, batches, interval, record, toward

NETWORK = "unet_whole"
PAIRS = 100
STRENGTHS = 0.5, 1.0, 1.5, 2.0  # how far from the photo's own whole to the other's, and beyond
COUNTS = 30, 100, 300, 1000, 3000, None  # photos to learn from; None is all there are
SEEDS = 3
PENALTIES = np.logspace(-3, 7, 21)
SIDE = 192  # pixels at which the classifier looks


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", nargs="?", help="a prepared photo set; default: the bundled photos")
    parser.add_argument("-o", "--out", type=Path, default=PUBLISHED / "whole.json")
    chosen = parser.parse_args()
    photo_set = photoset.load(chosen.set) if chosen.set else photoset.commons()
    colorizer = Colorizer.load(NETWORK)
    photos = np.array(photo_set.photos[photo_set.validation])
    about = evaluation.origin({NETWORK: colorizer}, photo_set, len(photos))
    record(chosen, about | measure(photos, colorizer) | {"guesses": guesses(photo_set)})


def measure(photos, colorizer):
    """What places and whole are worth, and what another photo's whole does."""
    seen = Seen(photos, colorizer)
    loss = {way: seen.loss(told) for way, told in seen.ways().items()}
    dice = np.random.default_rng(0)
    one, other = np.transpose([dice.choice(len(photos), 2, replace=False) for _ in range(PAIRS)])
    own = seen.means(np.arange(len(photos)), seen.whole)
    true = np.stack([to_lab(photo)[..., 1:].mean(axis=(0, 1)) for photo in photos])
    moves = {}
    for strength in STRENGTHS:
        told = seen.whole[one] + strength * (seen.whole[other] - seen.whole[one])
        after = seen.means(one, told)
        moves[str(strength)] = {
            "moved by": interval(apart(after, own[one])),
            "toward its painting": toward(own[one], after, own[other]),
            "toward its true colours": toward(own[one], after, true[other]),
        }
    swapped = seen.loss({"whole": np.roll(seen.whole, 1, axis=0)})
    return {
        "loss": {way: interval(values) for way, values in loss.items()},
        "more loss": {
            **{way: interval(loss[way] - loss["both"]) for way in loss},
            "another's whole": interval(swapped - loss["both"]),
        },
        "pairs": PAIRS,
        "moods": moves,
    }


class Seen:
    """Photos of which the extractor's maps are kept."""

    def __init__(self, photos, colorizer):
        self.photos, self.colorizer = photos, colorizer
        parts = [colorizer.inputs(photos[rows]) for rows in tqdm(batches(photos), "looking")]
        arrays = tree.map_structure(lambda *same: np.concatenate(same), *parts)
        self.lightness, (*self.places, last) = arrays["lightness"], arrays["features"]
        self.whole = last.mean(axis=(1, 2), keepdims=True)  # (N, 1, 1, 1280)

    def ways(self):
        """What is told in each of three ways."""
        return {"both": {}, "places alone": {"whole": 0 * self.whole}, "whole alone": {"places": 0}}

    def small(self, rows, whole, places=1):
        """Network-sized ab and lightness of some photos, told these wholes, (n, 1, 1, 1280)."""
        found = []
        for some in batches(rows):
            maps = [places * each[rows[some]] for each in self.places]
            told = {"lightness": self.lightness[rows[some]], "features": [*maps, whole[some]]}
            told = tree.map_structure(ops.convert_to_tensor, told)
            answer = self.colorizer.network(told, training=False)
            found.append(self.colorizer.decoded(told, answer))
        return [np.concatenate(same) for same in zip(*found, strict=True)]

    def loss(self, told):
        """Equation (1) of each photo."""
        whole, found = told.get("whole", self.whole), []
        for rows in batches(self.photos):
            small = self.small(rows, whole[rows], told.get("places", 1))
            large = self.colorizer.large(self.photos[rows], *small)
            found += map(metrics.squared_error, to_lab(self.photos[rows])[..., 1:], large)
        return np.array(found)

    def means(self, rows, whole):
        """Mean ab of some photos, told these wholes, (n, 2)."""
        return self.small(rows, whole)[0].mean(axis=(1, 2))


def guesses(photo_set):
    """Error of a photo's mean colour, in Lab units, by what is told and by number of photos."""
    told, mean_ab = whole_photos(photo_set)
    train, rest = photo_set.train, photo_set.validation
    found = {name: {} for name in told}
    for count in tqdm(COUNTS, "guessing"):
        if count is not None and count >= len(train):
            continue
        for name, numbers in told.items():
            errors = []
            for seed in range(SEEDS if count else 1):
                some = np.random.default_rng(seed).permutation(train)[:count]
                guess = ridge(numbers[some], mean_ab[some])(numbers[rest])
                errors.append(apart(guess, mean_ab[rest]))
            found[name][str(count or len(train))] = interval(np.mean(errors, axis=0))
    nothing = interval(apart(mean_ab[train].mean(axis=0), mean_ab[rest]))
    return {"error": found, "told nothing": nothing, "seeds": SEEDS}


def whole_photos(photo_set):
    """For each photo what may be told of the whole of it, (N, D) each, and its mean ab (N, 2)."""
    name = "efficientnet_lite0"
    maps = embeddings.features_in_files(photo_set, name, SIDE, ("identity",))[0][-1]
    last = np.stack([one.mean(axis=(0, 1), dtype="float32") for one in maps])  # (N, 1280)
    classifier = extractors.load_extractor(name)
    choose = next(layer for layer in classifier.layers if isinstance(layer, keras.Model)).layers[-1]
    logits = ops.convert_to_numpy(choose(last))
    small = [to_lab(np.ascontiguousarray(photo[::4, ::4])) for photo in photo_set.photos]
    thumbnail = np.stack([lab[..., 0].reshape(8, 8, 8, 8).mean(axis=(1, 3)) for lab in small])
    told = {
        "8 x 8 pixels of L": thumbnail.reshape(-1, 64),
        "softmax": ops.convert_to_numpy(ops.softmax(logits)),
        "logits": logits,
        "last features": last,
    }
    return told, np.stack([lab[..., 1:].mean(axis=(0, 1)) for lab in small])


def ridge(x, y):
    """Least squares with a penalty, chosen by leaving out one photo at a time: a function of x."""
    middle, mean = x.mean(axis=0, dtype="float64"), y.mean(axis=0, dtype="float64")
    x, y = (x - middle).astype("float32"), y - mean
    # The singular value decomposition of x, by the smaller of its two squares.
    wide = x.shape[1] > len(x)
    squares, sides = np.linalg.eigh(x @ x.T if wide else x.T @ x)
    kept = squares > 1e-6 * squares[-1]
    s, sides = np.sqrt(squares[kept]), sides[:, kept]
    u, v = (sides, x.T @ sides / s) if wide else (x @ sides / s, sides)
    on = u.T @ y
    scale, share, best = np.mean(s**2), u**2, (np.inf, None)
    for penalty in PENALTIES * scale:
        shrunk = s**2 / (s**2 + penalty)
        left = y - u @ (shrunk[:, None] * on)
        own = 1 / len(x) + share @ shrunk  # how much of its guess a photo makes itself
        error = np.mean((left / (1 - np.minimum(own, 0.999))[:, None]) ** 2)
        if error < best[0]:
            best = error, v @ ((shrunk / s)[:, None] * on)
    return lambda rows: (rows - middle) @ best[1] + mean


if __name__ == "__main__":
    main()
