"""The exercises of chapter 03_features."""

import functools

import numpy as np

from colorlib.checks.judging import (
    NotAttempted,
    NotYet,
    call,
    compare,
    describe,
    expect,
    expect_figure,
    expect_text,
    naming,
)
from colorlib.lab import to_lab


def features_preprocess(student, draw):
    """Black-and-white photos as VGG16 wants them."""
    from colorlib import extractors

    grey = draw.uniform(0, 1, (2, 4, 5))
    three = np.repeat(grey[..., None], 3, axis=-1)  # (2, 4, 5, 3)
    right = np.asarray(extractors.caffe((255 * three).astype("float32")))
    means = 255 * three - right
    expect(
        student,
        grey,
        right=right,
        mistakes={
            "You left the photos in 0..1: without the means all are nearly black.": (three - means),
            "You took the means in the order red, green, blue: VGG16 wants blue first, and though "
            "the channels are equal, their means are not.": 255 * three - means[..., ::-1],
            "You divided by 255: these photos are in 0..1 already, they have to become larger.": (
                three / 255 - means
            ),
            "You scaled to -1..1: that is what Xception wants.": 2 * three - 1,
            "You did not subtract the means: VGG16 was trained on numbers around 0.": 255 * three,
            "You added the means: they have to be subtracted.": 255 * three + means,
            "You put the channels before rows and columns: Keras wants them last.": (
                np.moveaxis(right, -1, 1)
            ),
        },
        tolerance=1e-3,
    )


def features_top5(student, draw):
    """The share of photos whose class is among the k highest scores."""
    k = int(draw.choice([3, 7]))  # and not the five of most papers
    # The true class's places, counted so that no two of the answers below are the same number.
    places, photos = (0, 1, 2, 3, 4, 5, 6, 7, 12, 29), (60, 25, 20, 15, 10, 5, 8, 4, 15, 38)
    rank = draw.permutation(np.repeat(places, photos))  # (200,)
    order = draw.permuted(np.tile(np.arange(30), (200, 1)), axis=1)  # classes, the likeliest first
    truth, scores = order[np.arange(200), rank], np.empty((200, 30), "float32")
    falling = -np.sort(-draw.normal(size=(200, 30)), axis=1)
    np.put_along_axis(scores, order, falling, axis=1)
    expect(
        student,
        scores,
        truth,
        k,
        right=np.mean(rank < k),
        mistakes={
            "You took the k lowest scores: `np.argsort` begins with the lowest.": np.mean(
                rank >= 30 - k
            ),
            "You compared class numbers with scores: `np.sort` gives scores, `np.argsort` the "
            "numbers of their classes.": 0.0,
            "You looked at the highest score only: the true class may be in any of the first k "
            "places.": np.mean(rank == 0),
            "You looked at place k only: the true class may be in any of the first k places.": (
                np.mean(rank == k - 1)
            ),
            "You took the mean over all k comparisons: of these at most one can be true, so a "
            "perfect classifier would get 1/k.": np.mean(rank < k) / k,
            "You asked whether the class is among the first of *any* photo: compare each row with "
            "its own truth.": np.isin(truth, order[:, :k]).mean(),
            "You counted the hits: a share is divided by the number of photos.": np.sum(rank < k),
            "You counted the misses: the share of the others was asked for.": np.mean(rank >= k),
            "You looked at five places: `k` says at how many.": np.mean(rank < 5),
            "You looked at one place too many: `[:, :k]` are k.": np.mean(rank < k + 1),
            "You looked at one place too few: `[:, :k]` are k.": np.mean(rank < k - 1),
            "You left out the highest score: `[-k:-1]` ends before it, `[-k:]` behind it.": np.mean(
                (rank > 0) & (rank < k)
            ),
            "You gave per cent: a share lies in 0..1.": 100 * np.mean(rank < k),
        },
    )


def features_softmax(student, draw):
    """A softmax with a temperature, over the last axis."""
    from keras import ops

    logits, temperature = draw.normal(0, 2, (3, 4, 6)), draw.uniform(2, 4)
    hot = np.exp(logits / temperature)

    def probabilities(z):
        return np.asarray(ops.softmax(z.astype("float32")))

    expect(
        student,
        logits,
        temperature,
        right=probabilities(logits / temperature),
        mistakes={
            "You multiplied by the temperature: then a high one leaves only the winner.": (
                probabilities(logits * temperature)
            ),
            "You forgot the temperature: the answer is that for 1.": probabilities(logits),
            "You divided the probabilities by the temperature: their sum is no longer 1.": (
                probabilities(logits) / temperature
            ),
            "You divided by the sum over all photos: each photo has its own sum, over its "
            "classes.": hot / hot.sum(),
            "You took the sum over the first axis: the classes are in the last.": (
                hot / hot.sum(axis=0)
            ),
            "You took the sum over the second axis: the classes are in the last, and there may be "
            "any number of axes before it.": hot / hot.sum(axis=1, keepdims=True),
            "You left out the division: the numbers of a photo must have the sum 1.": hot,
            "You left out the exponential: a logit may be negative, a probability may not.": (
                logits / logits.sum(axis=-1, keepdims=True)
            ),
        },
    )
    for fewer in (logits[0], logits[0, 0]):  # (4, 6) and (6,)
        with naming(f"for logits of the shape `{fewer.shape}`, without a temperature"):
            expect(student, fewer, right=probabilities(fewer), mistakes={})
    loud, cold = np.rint(500 * (logits + np.sign(logits))), 0.25
    answer = call(student, loud, cold)
    if not np.isfinite(answer).all():
        raise NotYet(
            "You let the exponential overflow, or all those of a photo become 0: moderate logits "
            f"work, but for logits up to {loud.max():.0f} and temperature {cold} there are NaNs."
        )
    clipped = np.exp(np.clip(loud / cold, -700, 700))
    compare(
        answer,
        probabilities(loud / cold),
        {
            "You clipped the logits: those that end at the same limit become equally likely, "
            "though one of them was the winner.": clipped / clipped.sum(axis=-1, keepdims=True)
        },
    )


def features_neighbours(student, draw):
    """The colour that all other photos vote for, by their similarity."""
    from keras import ops

    scores = draw.normal(0.5, 1, (9, 12)) * draw.uniform(0.5, 2, (9, 1))
    colors, temperature = draw.normal(0, 20, (9, 2)), draw.uniform(0.2, 0.4)
    inner = scores @ scores.T
    length = np.sqrt(np.diag(inner))
    likeness, own = inner / np.outer(length, length), np.eye(9, dtype=bool)
    apart = np.linalg.norm(scores[:, None] - scores, axis=-1)

    def weights(loudness, axis=-1):
        return np.asarray(ops.softmax(loudness, axis=axis))

    silent = np.where(own, -np.inf, likeness)
    expect(
        student,
        scores,
        colors,
        temperature,
        right=weights(silent / temperature) @ colors,
        mistakes={
            "You let each photo vote for itself: such a guess knows the answer.": (
                weights(likeness / temperature) @ colors
            ),
            "You gave each photo the similarity 0 with itself: e to the power of 0 is 1, so it "
            "still votes.": weights(np.where(own, 0, likeness) / temperature) @ colors,
            "You took a photo's own weight away after the division: the other weights no longer "
            "have the sum 1, and the guess shrinks towards grey.": (
                np.where(own, 0, weights(likeness / temperature)) @ colors
            ),
            "You did not divide by the lengths: long vectors are not more alike.": (
                weights(np.where(own, -np.inf, inner) / temperature) @ colors
            ),
            "You multiplied by the temperature: a low one should leave the nearest only.": (
                weights(silent * temperature) @ colors
            ),
            "You divided by the sum over the guessing photos: the weights of all voters for one "
            "photo must have the sum 1.": weights(silent / temperature, axis=0) @ colors,
            "You forgot the temperature: the answer is that for 1.": weights(silent) @ colors,
            "You turned the sign: now the least alike vote loudest.": (
                weights(np.where(own, -np.inf, -likeness) / temperature) @ colors
            ),
            "You used the distance between the vectors: alike photos may differ in loudness.": (
                weights(np.where(own, -np.inf, -apart) / temperature) @ colors
            ),
            "You used the similarities themselves as weights, without the exponential: negative "
            "ones would vote for the opposite colour.": (
                np.where(own, 0, likeness)
                / np.where(own, 0, likeness).sum(axis=1, keepdims=True)
                @ colors
            ),
        },
    )
    twice, both = np.concatenate([scores, 2 * scores[:1]]), np.concatenate([colors, -colors[:1]])
    inner = twice @ twice.T
    likeness = inner / np.sqrt(np.outer(np.diag(inner), np.diag(inner)))

    def without(left_out):
        return weights(np.where(left_out, -np.inf, likeness) / temperature) @ both

    with naming("where one photo's scores are twice another's"):
        compare(call(student, twice, both, temperature), without(np.eye(10, dtype=bool)), {
            "You left out all that are wholly alike: only the photo itself must not vote.": (
                without(likeness > 1 - 1e-6)
            ),
        })  # fmt: skip
    cold = 1e-4
    nearest = call(student, scores, colors, cold)
    if not np.isfinite(nearest).all():
        raise NotYet(
            "You let the exponential overflow, or all those of a photo become 0: at a temperature "
            "near 0 there are NaNs, and the guess should be the nearest neighbour's colour."
        )
    compare(nearest, weights(silent / cold) @ colors, {})


def features_turned(student, draw):
    """How far scores of turned photos move the colours, and whether it does harm."""
    results, figure, text = student
    if results is ...:
        raise NotAttempted
    if not isinstance(results, dict) or "own scores" not in results or len(results) < 5:
        raise NotYet(
            'this should be a dictionary with five rows or more, one of them `"own scores"`, but '
            f"it is {describe(results)}."
        )
    for name, row in results.items():
        if np.shape(row) != (2,) or not np.isfinite(np.asarray(row, float)).all():
            raise NotYet(f"the row {name!r} should be two numbers, but it is {describe(row)}.")
    moved = {name: float(row[0]) for name, row in results.items()}
    if moved.pop("own scores") > 0.1:
        raise NotYet(
            "You measure *moved* from something else: the own scores move the colours by 0, since "
            "they are what all others are compared with."
        )
    if min(moved.values()) < 0.1:
        same = min(moved, key=moved.get)
        raise NotYet(f"You gave the colourizer the own scores again: {same!r} moves nothing.")
    if max(error for _, error in results.values()) < 1:
        raise NotYet("You left a and b divided by 128: errors should be in Lab units.")
    if min(error for _, error in results.values()) < 5:
        raise NotYet(
            "You compare with something other than the true colours: no colourizer comes so near "
            "to them. The error is the distance from the photos' own a and b."
        )
    distance, squared, apart = _own_errors()
    with naming("the error with the own scores"):
        compare(results["own scores"][1], distance, {
            "You took a and b apart: the distance is that in the plane of both.": apart,
            "You squared the distances: the mean of the distances was asked for.": squared,
            "You took the root of the mean square: then a few bad pixels count most.": (
                np.sqrt(squared)
            ),
        }, tolerance=0.01)  # fmt: skip
    expect_figure(figure, plots=1)
    return expect_text(text, words=60)


@functools.cache  # it takes seconds
def _own_errors():
    """Of the paper's network with the own scores: mean distance, its square, a and b apart."""
    from colorlib import photoset
    from colorlib.colorizer import Colorizer

    photos = photoset.commons()
    some = np.array(photos.photos[photos.validation[::3]])  # (14, 256, 256, 3)
    away = Colorizer.load("paper").ab(some) - to_lab(some)[..., 1:]
    distance = np.linalg.norm(away, axis=-1)  # (14, 256, 256)
    return distance.mean(), (distance**2).mean(), np.abs(away).mean()
