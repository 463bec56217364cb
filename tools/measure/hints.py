"""How much a hint is worth: `make hints`, or `make hints SET=folder` for photos of another set.

    python -m tools.measure.hints [SET] [--photos 200] [-o colorlib/data/results/hints.json]

Tells the shipped network true colours of validation photos, as a person might who knows them, and
measures PSNR against the number of hints: at random places; one after the other where the network
doubts most (entropy); one after the other where it is most wrong, which only the truth knows. At
the random places also with one half of what hints do: told to the network but not spread, spread
but not told. Then 200 single hints: how near the painted colour comes to the hint, and to its
opposite. And another network, told a palette in place of hints: the photo's own, or another's.
"""

import argparse
from pathlib import Path

import numpy as np
from keras import ops
from tqdm.auto import tqdm

from colorlib import evaluation, metrics, photoset
from colorlib.colorizer import Colorizer
from colorlib.files import read_json, write_json
from colorlib.lab import to_lab, to_rgb
from colorlib.published import FOLDER as PUBLISHED

NETWORK, PAINTER = "unet_hints", "unet_palette"
COUNTS = 0, 1, 2, 5, 10, 20, 50, 100
CHOSEN = 10  # hints at most that are chosen one after the other
AROUND = 3  # pixels of a photo to each side of a place: they give the hint its colour
APART = 2  # cells of the answer between places that are chosen
SINGLE = 200
HALVES = {"random": {}, "told only": {"spread": False}, "spread only": {"tell": False}}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", nargs="?", help="a prepared photo set; default: the bundled photos")
    parser.add_argument("--photos", type=int, default=200, help="how many validation photos")
    parser.add_argument("-o", "--out", type=Path, default=PUBLISHED / "hints.json")
    chosen = parser.parse_args()
    photo_set = photoset.load(chosen.set) if chosen.set else photoset.commons()
    colorizer, painter = map(Colorizer.load, (NETWORK, PAINTER))
    photos = np.array(photo_set.photos[evaluation.validation_rows(photo_set, chosen.photos)])
    about = evaluation.origin({NETWORK: colorizer, PAINTER: painter}, photo_set, len(photos))
    record(chosen, about | measure(photos, colorizer) | {"palettes": palettes(photos, painter)})


def record(chosen, found):
    """Write what was found beside what the same weights did on the other photos."""
    there = read_json(chosen.out) if chosen.out.exists() else {}
    if any(each["weights"] != found["weights"] for each in there.values()):
        there = {}  # of other weights
    there["another set" if chosen.set else "bundled"] = found
    write_json(chosen.out, there)
    print(*there.items(), sep="\n")


def batches(photos):
    """Row numbers, a few at a time."""
    return np.array_split(np.arange(len(photos)), -(-len(photos) // evaluation.BATCH))


def measure(photos, colorizer):
    """PSNR by number of hints, for each way to choose places, and what 200 single hints do."""
    dice, size = np.random.default_rng(0), photos.shape[1]
    spots = dice.integers(0, size, (len(photos), max(COUNTS), 2))  # rows and columns
    parts = batches(photos)
    seen = [Seen(photos[part], colorizer) for part in tqdm(parts, desc="looking")]
    psnr = {
        **{
            way: joined(
                one.at(spots[part], **halves)
                for one, part in zip(tqdm(seen, desc=way), parts, strict=True)
            )
            for way, halves in HALVES.items()
        },
        "doubt": joined(one.chosen(doubt) for one in tqdm(seen, desc="doubt")),
        "error": joined(one.chosen(error) for one in tqdm(seen, desc="error")),
    }
    distance = {}
    for way, halves in HALVES.items():
        single = [
            one.single(spots[part, turn, None], **halves)
            for turn in range(-(-SINGLE // len(photos)))
            for one, part in zip(seen, parts, strict=True)
        ]
        medians = np.median(np.concatenate(single)[:SINGLE], axis=0).tolist()
        distance[way] = dict(zip(("untold", "told", "turned"), medians, strict=True))
    return {
        "psnr": {way: {n: interval(values) for n, values in psnr[way].items()} for way in psnr},
        "gain": {way: {n: interval(values - psnr[way][0]) for n, values in psnr[way].items()}
                 for way in psnr},
        "distance": distance,
        "single hints": SINGLE,
    }  # fmt: skip


def palettes(photos, painter):
    """Loss without a palette, with a photo's own and with another's; where mean colours then go."""
    true = [to_lab(photo)[..., 1:] for photo in photos]
    told = {"none": None, "its own": photos, "another's": np.roll(photos, 1, axis=0)}
    loss, means = {}, {}
    for way, given in told.items():
        painted = np.concatenate([
            painter.ab(photos[rows], palette=None if given is None else given[rows])
            for rows in tqdm(batches(photos), desc=f"palette: {way}")
        ])  # fmt: skip
        loss[way] = np.array(list(map(metrics.squared_error, true, painted)))
        means[way] = painted.mean(axis=(1, 2))
    target = np.roll([ab.mean(axis=(0, 1)) for ab in true], 1, axis=0)
    return {
        "loss": {way: interval(values) for way, values in loss.items()},
        "less loss": {way: interval(loss["none"] - values) for way, values in loss.items()},
        "toward another's": toward(means["none"], means["another's"], target),
    }


def apart(one, other):
    return np.linalg.norm(one - other, axis=-1)


def toward(before, after, target):
    """In which share of the pairs the mean colour comes nearer to the other's, and by how much."""
    nearer = apart(after, target) < apart(before, target)
    low, high = evaluation.wilson_interval(int(nearer.sum()), len(nearer))
    gone = 1 - apart(after, target).mean() / apart(before, target).mean()
    return {"share": float(nearer.mean()), "low": low, "high": high, "of the way": float(gone)}


def true_hint(lab, row, column):
    """The colour of a few pixels of a photo in Lab, as somebody might tell it."""
    near = [slice(max(0, at - AROUND), at + AROUND + 1) for at in (row, column)]
    a, b = lab[(*near, slice(1, 3))].mean(axis=(0, 1)).tolist()
    return int(column), int(row), (a, b)


class Seen:
    """A batch of photos of which the extractor's maps are kept, with their true colours."""

    def __init__(self, photos, colorizer):
        self.photos, self.colorizer, self.lab = photos, colorizer, to_lab(photos)
        self.told = colorizer.inputs(photos)

    def hint(self, photo, row, column):
        return true_hint(self.lab[photo], row, column)

    def answer(self, hints, tell=True, spread=True):
        """The network's answer, and ab and L of its size."""
        told = self.colorizer.inputs(self.photos, self.told, hints=hints)
        answer = self.colorizer.network(told if tell else self.told, training=False)
        return answer, *self.colorizer.decoded(told if spread else self.told, answer)

    def large(self, hints, **halves):
        """ab as large as the photos."""
        return self.colorizer.large(self.photos, *self.answer(hints, **halves)[1:])

    def psnr(self, hints, **halves):
        """Of each photo, (B,)."""
        large = self.large(hints, **halves)
        shown = [to_rgb(*pair) for pair in zip(self.lab, large, strict=True)]
        return np.array(list(map(metrics.psnr, self.photos, shown)))

    def hints(self, spots):
        """Hints at places (B, n, 2)."""
        return [[self.hint(i, *at) for at in row] for i, row in enumerate(spots)]

    def at(self, spots, **halves):
        """PSNR of each photo with the first so many places, {n: (B,)}."""
        return {n: self.psnr(self.hints(spots[:, :n]), **halves) for n in COUNTS}

    def chosen(self, worth):
        """The same, where each next place is that of the largest `worth`, (B, h, w)."""
        hints, found = [[] for _ in self.photos], {}
        for n in range(CHOSEN + 1):
            if n in COUNTS:
                found[n] = self.psnr(hints)
            answer, small, _ = self.answer(hints)
            value = worth(answer, ops.convert_to_numpy(small), self.lab[..., 1:])
            step = self.photos.shape[1] / value.shape[1]
            for i, (own, its) in enumerate(zip(value, hints, strict=True)):
                for x, y, _ in its:
                    row, column = int(y / step), int(x / step)
                    low, left = max(0, row - APART), max(0, column - APART)
                    own[low : row + APART + 1, left : column + APART + 1] = -1
                best = np.add(np.unravel_index(own.argmax(), own.shape), 0.5) * step
                its.append(self.hint(i, *best.astype(int)))
        return found

    def single(self, spots, **halves):
        """Mean distance of a hint's own pixels from it: without it, with it, with its opposite."""
        hints = self.hints(spots)
        turned = [[(x, y, (-a, -b)) for x, y, (a, b) in its] for its in hints]
        found = []
        for told, wanted in (([[]] * len(hints), hints), (hints, hints), (turned, turned)):
            own = [
                one[max(0, y - 2) : y + 3, max(0, x - 2) : x + 3] - color
                for one, ((x, y, color),) in zip(self.large(told, **halves), wanted, strict=True)
            ]
            found.append([np.linalg.norm(each, axis=-1).mean() for each in own])
        return np.transpose(found)  # (B, 3)


def doubt(answer, small, true):
    """Entropy of what the network finds likely."""
    likely = ops.convert_to_numpy(ops.softmax(answer["logits"]))
    return -np.sum(likely * np.log(likely + 1e-12), axis=-1)


def error(answer, small, true):
    """How far its colours are from the true ones."""
    at_its_size = ops.image.resize(true, small.shape[1:3], "bilinear", antialias=True)
    return np.linalg.norm(small - ops.convert_to_numpy(at_its_size), axis=-1)


def joined(parts):
    """Batches' {n: (B,)} as one."""
    parts = list(parts)
    return {n: np.concatenate([part[n] for part in parts]) for n in parts[0]}


def interval(values):
    low, high = evaluation.bootstrap_interval(values)
    return {"mean": float(np.mean(values)), "low": low, "high": high}


if __name__ == "__main__":
    main()
