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


def features_weights(student, draw):
    """The weights of a convolution."""
    side = int(draw.choice([5, 7, 9]))
    first, second = map(int, draw.integers([10, 28], [20, 35]))
    right = side**2 * first * second
    expect(
        student,
        side,
        first,
        second,
        right=right,
        mistakes={
            "You took the side once: the window has `side` times `side` places.": (
                side * first * second
            ),
            "You took the side twice: multiply it by itself.": 2 * side * first * second,
            "You left out the channels that come in: each has weights of its own.": (
                side**2 * second
            ),
            "You left out the outgoing channels: each has weights of its own.": side**2 * first,
            "You left out the channels.": side**2,
            "You added the channels: each that goes out has weights for each that comes in.": (
                side**2 * (first + second)
            ),
            "You left out the window.": first * second,
            "You took one bias for each channel, too: these were not asked for.": right + second,
            "You took three layers: one was asked for.": 3 * right,
            "You counted the window's neighbours only: its middle has a weight, too.": (
                (side**2 - 1) * first * second
            ),
        },
        tolerance=1e-7,
    )
    with naming("a window of 1x1"):
        expect(student, 1, first, second, right=first * second, mistakes={})


def features_beaten(student, draw):
    """Networks that another one beats in size and accuracy."""
    found = []
    while not found or any(one in found[:place] for place, one in enumerate(found)):
        size = draw.permutation(np.arange(3, 90))[: int(draw.integers(8, 12))] * 1e6
        rate = 0.6 + 0.002 * size / 1e6 + draw.normal(0, 0.04, len(size))
        smaller, better = size[None] < size[:, None], rate[None] > rate[:, None]
        both = smaller & better
        right = both.any(axis=1)
        next_one = (np.roll(size, -1) < size) & (np.roll(rate, -1) > rate)
        wrong = {
            "You turned the question round: these beat another one.": both.any(axis=0),
            "You took *or* for *and*: the other one is smaller and more often right.": (
                (smaller | better).any(axis=1)
            ),
            "The smaller one need not be the better one: one network has to be both.": (
                smaller.any(axis=1) & better.any(axis=1)
            ),
            "You only asked for a smaller one: it must be more often right, too.": (
                smaller.any(axis=1)
            ),
            "You only asked for a better one: it must be smaller, too.": better.any(axis=1),
            "You asked for a larger one: fewer parameters win.": (~smaller & better).any(axis=1),
            "These are *not* beaten.": ~right,
            "You compared with the next in the table: compare with all.": next_one,
            "You compared with those above in the table: compare with all.": (
                np.tril(both).any(axis=1)
            ),
            "You compared with those below in the table: compare with all.": (
                np.triu(both).any(axis=1)
            ),
            "You asked whether all are better: one is enough.": (
                (both | np.eye(len(size), dtype=bool)).all(axis=1)
            ),
            "You compared with the best one alone: another may beat it, too.": (
                both[:, rate.argmax()]
            ),
            "You compared with the smallest one alone: another may beat it, too.": (
                both[:, size.argmin()]
            ),
            "You counted by how many: say whether there is any.": both.sum(axis=1),
        }
        found = [each.tolist() for each in (right, *wrong.values())]
    wrong["You give places: say of each network whether it is beaten."] = np.flatnonzero(right)
    wrong["You counted them: say it of each network."] = right.sum()
    wrong["You give the table of all pairs: is there any in a row?"] = both
    expect(student, size, rate, right=right, mistakes=wrong)
    with naming("two alike"):
        expect(student, size[[0, 0]], rate[[0, 0]], right=[False, False], mistakes={})


def features_similarity(student, draw):
    """The cosine of the angle between scores, of each photo with each."""
    these = draw.normal(0.5, 2, (int(draw.integers(3, 6)), 9)) * draw.uniform(0.5, 3)
    those = draw.normal(0.5, 2, (int(draw.integers(6, 9)), 9))
    those[:, 0] += 5  # no row has the length of another
    products = these @ those.T
    one, other = np.linalg.norm(these, axis=1)[:, None], np.linalg.norm(those, axis=1)
    sizes = np.linalg.norm(these[:, None] - those, axis=-1)
    right = products / one / other
    expect(
        student,
        these,
        those,
        right=right,
        mistakes={
            "You left out the lengths: divide by both.": products,
            "You divided by the length of these only.": products / one,
            "You divided by the length of those only.": products / other,
            "You divided by the length of the whole tables: each photo has its own.": (
                products / np.linalg.norm(these) / np.linalg.norm(those)
            ),
            "You divided by the squares of the lengths.": products / one**2 / other**2,
            "You divided by the sum of the lengths: their product is below.": (
                products / (one + other)
            ),
            "You measured distances: the angle was asked for.": sizes,
            "You gave the angle: its cosine was asked for.": np.arccos(right),
            "You subtracted the means first: that is a correlation.": (
                np.corrcoef(these, those)[: len(these), len(these) :]
            ),
            "Rows and columns are exchanged: a row for each of these.": right.T,
            "You took one mean of all: each pair has its own.": right.mean(),
        },
    )
    with naming("each with itself"):
        one = these / np.linalg.norm(these, axis=1, keepdims=True)
        expect(student, these, these, right=one @ one.T, mistakes={})


def features_right(student, draw):
    """The share of photos whose highest score is that of the true class."""
    count, classes = 61 + 2 * int(draw.integers(9)), 12  # an odd number of photos
    scores = draw.normal(-3, 2, (count, classes))
    best = scores.argmax(axis=1)
    hits = 36 + int(draw.integers(1, 12))  # no multiple of 12
    missed = np.arange(count) >= hits
    truth = np.where(missed, (best + draw.integers(1, 12, count)) % classes, best)
    order = np.argsort(-scores, axis=1)
    expect(
        student,
        scores,
        truth,
        right=hits / count,
        mistakes={
            "You counted: a share was asked for.": hits,
            "You gave per cent: a share lies between 0 and 1.": 100 * hits / count,
            "That is the share of wrong names.": 1 - hits / count,
            "You said of each photo whether it is right: now take the share.": best == truth,
            "You took the lowest score.": np.mean(scores.argmin(axis=1) == truth),
            "You took the largest size of a score: negative ones can be large in size.": (
                np.mean(np.abs(scores).argmax(axis=1) == truth)
            ),
            "You divided by the number of classes: divide by that of photos.": hits / classes,
            "You compared the scores themselves with the class numbers.": (
                np.mean(scores.max(axis=1) == truth)
            ),
            "You divided by all scores: divide by the number of photos.": hits / scores.size,
            "You took the first five: here the highest score alone counts.": (
                np.mean((order[:, :5] == truth[:, None]).any(axis=1))
            ),
            "You asked whether the class is the best of any photo: each photo has its own.": (
                np.mean(np.isin(truth, best))
            ),
        },
    )
    with naming("all are right"):
        expect(student, scores, best, right=1.0, mistakes={})


def features_restored(student, draw):
    """Logits from probabilities, with the mean 0."""
    logits = draw.normal(1, 2, draw.integers((3, 7), (6, 11)))
    power = np.exp(logits)
    likely = power / power.sum(axis=1, keepdims=True)
    found = np.log(likely)
    odds = found - np.log1p(-likely)
    right = found - found.mean(axis=1, keepdims=True)
    expect(
        student,
        likely,
        right=right,
        mistakes={
            "The mean is not 0: subtract each row's.": found,
            "You left out the logarithm: it undoes the exponential.": (
                likely - likely.mean(axis=1, keepdims=True)
            ),
            "You took the exponential: the logarithm undoes it.": (
                np.exp(likely) - np.exp(likely).mean(axis=1, keepdims=True)
            ),
            "You subtracted one mean of all: each row has its own.": found - found.mean(),
            "You took the mean over the photos: take it over each photo's classes.": (
                found - found.mean(axis=0)
            ),
            "You took the logarithm of the mean: take the mean of the logarithms.": (
                found - np.log(likely.mean(axis=1, keepdims=True))
            ),
            "You made the largest 0: the mean should be.": found - found.max(axis=1, keepdims=True),
            "You divided by the mean: subtract it.": found / found.mean(axis=1, keepdims=True),
            "You divided by the standard deviation, too: only the mean changes.": (
                right / right.std(axis=1, keepdims=True)
            ),
            "You took the logarithm to the base 10: the softmax has $e$.": right / np.log(10),
            "You took the logarithm to the base 2: the softmax has $e$.": right / np.log(2),
            "You added 1 inside the logarithm.": (
                np.log1p(likely) - np.log1p(likely).mean(axis=1, keepdims=True)
            ),
            "You took $p / (1 - p)$: the logarithm of $p$ alone is enough.": odds,
            "You took $p / (1 - p)$, and then subtracted the mean: take $p$ alone.": (
                odds - odds.mean(axis=1, keepdims=True)
            ),
            "The sign is wrong.": -right,
        },
    )
    with naming("one photo alone"):
        expect(student, likely[0], right=right[0], mistakes={})


def features_guess(student, draw):
    """Each photo's mean colour from its nearest neighbours'."""
    count, k = int(draw.integers(9, 14)), int(draw.integers(3, 6))
    colors = draw.normal([4, 9], 15, (count, 2))
    order = np.stack([draw.permutation(count)[:-1] for _ in range(count - 2)])
    taken = colors[order]  # (n, m, 2)
    right = taken[:, :k].mean(axis=1)
    expect(
        student,
        order,
        colors,
        k,
        right=right,
        mistakes={
            "You asked all neighbours: only the first `k` are asked.": taken.mean(axis=1),
            "You asked the last `k`: the nearest come first.": taken[:, -k:].mean(axis=1),
            "You asked one neighbour, the `k`-th: asked are all up to it.": taken[:, k - 1],
            "You asked one neighbour, the nearest.": taken[:, 0],
            "You left the nearest one out.": taken[:, 1 : k + 1].mean(axis=1),
            "You asked one more than `k`.": taken[:, : k + 1].mean(axis=1),
            "You asked one less than `k`.": taken[:, : k - 1].mean(axis=1),
            "You asked the second to the `k`-th: the first counts, too.": (
                taken[:, 1:k].mean(axis=1)
            ),
            "You took the sum of their colours: the mean was asked for.": (
                taken[:, :k].sum(axis=1)
            ),
            "You took the median of their colours: the mean was asked for.": (
                np.median(taken[:, :k], axis=1)
            ),
            "You took a and b together: the mean has both.": taken[:, :k].mean(axis=(1, 2)),
            "You took one guess for all: each photo has its own.": taken[:, :k].mean(axis=(0, 1)),
            "You averaged the places: look up the colours there.": order[:, :k].mean(axis=1),
            "You took the first colours of the table: `order` says whose to take.": (
                np.broadcast_to(colors[:k].mean(axis=0), right.shape)
            ),
            "You asked the first `k` photos who their neighbours are: ask each photo for the "
            "first `k` neighbours.": taken[:k].mean(axis=1),
        },
    )
    with naming("k = 1"):
        expect(student, order, colors, 1, right=taken[:, 0], mistakes={})


def features_share(student, draw):
    """The extractor's share of the arithmetic of a training step."""
    extractor, colorizer = map(float, draw.uniform([20e9, 2e9], [40e9, 4.8e9]))
    expect(
        student,
        extractor,
        colorizer,
        right=extractor / (extractor + 3 * colorizer),
        mistakes={
            "You forgot the way backward: the colourizer's step costs three forward passes.": (
                extractor / (extractor + colorizer)
            ),
            "You let the extractor learn, too: it only goes forward.": (
                3 * extractor / (3 * extractor + colorizer)
            ),
            "You divided by the colourizer's part: a share is of the whole.": (
                extractor / (3 * colorizer)
            ),
            "That is the colourizer's share.": 3 * colorizer / (extractor + 3 * colorizer),
            "You tripled the whole: the extractor goes forward once.": (
                extractor / (3 * (extractor + colorizer))
            ),
            "You took twice for three times.": extractor / (extractor + 2 * colorizer),
            "You took three passes and one more: three are all of a step.": (
                extractor / (extractor + 4 * colorizer)
            ),
            "You gave per cent: a share lies between 0 and 1.": (
                100 * extractor / (extractor + 3 * colorizer)
            ),
        },
    )
    with naming("an extractor for nothing"):
        expect(student, 0.0, colorizer, right=0.0, mistakes={})
