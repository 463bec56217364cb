"""The exercises of chapter 06_evaluation. Without Keras, so that grading a class starts quickly."""

import numpy as np

from colorlib import metrics
from colorlib.checks.judging import (
    NotYet,
    attempted,
    describe,
    expect,
    expect_figure,
    expect_text,
    naming,
)
from colorlib.lab import to_lab


def evaluation_decibels(student, draw):
    """PSNR of a set of photos, averaged in two orders."""
    true = draw.integers(0, 200, (4, 6, 5, 3), "uint8")  # the peak of the scale does not occur
    size = np.array([3, 10, 30, 90]).reshape(-1, 1, 1, 1)  # one photo is nearly right, one is not
    predicted = np.clip(true + draw.normal(0, size, true.shape), 0, 255).astype("uint8")
    error = np.mean((true.astype(float) - predicted) ** 2, axis=(1, 2, 3))  # (4,)
    wrapped = np.mean((true - predicted).astype(float) ** 2, axis=(1, 2, 3))
    squared = np.mean((true - predicted) ** 2, axis=(1, 2, 3))  # the squares wrap round, too
    cast = np.mean((true.astype(float) - predicted).astype("uint8") ** 2, axis=(1, 2, 3))

    def both(error, peak=255**2, logarithm=np.log10):
        return [np.mean(10 * logarithm(peak / error)), 10 * logarithm(peak / error.mean())]

    right = [metrics.psnr(true, predicted), both(error)[1]]
    wraps = "You subtracted 8-bit numbers{}: 3 - 5 is 254 there; make them floats first."
    expect(
        student,
        true,
        predicted,
        right=right,
        mistakes={
            wraps.format(""): both(wrapped),
            wraps.format(" and squared them"): both(squared),
            wraps.format(" in the end"): both(cast),
            "You swapped the two: the mean of the decibels comes first.": right[::-1],
            "You averaged the errors in both: for the first number, each photo has its own "
            "decibels.": [right[1]] * 2,
            "You averaged the decibels in both: for the second number, the errors are averaged "
            "before the logarithm.": [right[0]] * 2,
            "You forgot to square the peak: the error is squared, so its rival is 255 squared.": (
                both(error, 255)
            ),
            "You took the brightest number of the photos for the peak: it is 255, whatever they "
            "show.": both(error, float(true.max()) ** 2),
            "You took the peak 1: 8-bit photos reach 255.": both(error, 1),
            "You took the natural logarithm: decibels are made with the one to base 10.": (
                both(error, logarithm=np.log)
            ),
            "You took the absolute error: PSNR compares squares.": (
                both(np.mean(np.abs(true.astype(float) - predicted), axis=(1, 2, 3)))
            ),
            "You added the squares up: their mean is asked for.": both(error * true[0].size),
            "You turned the fraction upside down: the peak is above, the error below.": (
                -np.array(right)
            ),
            "You took 20 for squares: 10 is for squares, 20 for their roots.": 2 * np.array(right),
            "You gave each channel its own decibels: a photo has one error.": both(
                np.mean((true.astype(float) - predicted) ** 2, axis=(1, 2))
            ),
            "You took the square root of the error: PSNR compares squares, or use 20 in place of "
            "10 and 255 in place of its square.": both(np.sqrt(error)),
        },
    )
    return "the first number is never the smaller one. Which photos does it let off lightly?"


def evaluation_rows(student, draw):
    """The mean a and b of each row of many photos."""
    photos = draw.integers(0, 256, (3, 6, 5, 3), "uint8")  # as many rows as nothing else
    ab = to_lab(photos)[..., 1:]
    mean_photo = to_lab(np.rint(photos.mean(axis=(0, 2))).astype("uint8"))
    unrounded = metrics.color.rgb2lab(photos.mean(axis=(0, 2)) / 255)
    codes = "You averaged the RGB codes{}: Lab is no straight line, so convert first."
    expect(
        student,
        photos,
        right=ab.mean(axis=(0, 2)),
        mistakes={
            "You averaged down the columns: then left and right get a colour, not above and "
            "below.": ab.mean(axis=(0, 1)),
            "You kept a table for each photo: the rival has to know its colours before it sees a "
            "new photo.": ab.mean(axis=2),
            "You kept the columns apart: a row has one colour.": ab.mean(axis=0),
            "You averaged everything: that is the rival with one colour for all.": (
                ab.mean(axis=(0, 1, 2))
            ),
            codes.format(" and rounded them"): mean_photo[..., 1:],
            codes.format(""): unrounded[..., 1:],
            "You forgot `to_lab`: G and B are no a and b.": photos[..., 1:].mean(axis=(0, 2)),
            "You turned the rows upside down: the first row is the top one.": (
                ab.mean(axis=(0, 2))[::-1]
            ),
            "You divided by 128: this table is in Lab units.": ab.mean(axis=(0, 2)) / 128,
            "You took the median: asked for is the mean, which the squared error likes best.": (
                np.median(ab, axis=(0, 2))
            ),
            "You kept L: the photo's own L is given, the rival paints only a and b.": (
                to_lab(photos).mean(axis=(0, 2))
            ),
            "You took L and a: a and b are the last two of the three channels.": (
                to_lab(photos)[..., :2].mean(axis=(0, 2))
            ),
        },
    )
    return "now let it paint. Does it beat the table by L?"


def evaluation_factor(student, draw):
    """The factor with which a guess has the smallest squared error."""
    # The best factor is a little nearer to 0, as the guess is noisy.
    for factor, shape in ((0.6, (4, 5, 2)), (-2, (20, 2)), (6, (2, 3, 4, 2))):
        true_ab, all_but_last = draw.normal(0, 30, shape), tuple(range(len(shape) - 1))
        ab = (true_ab + draw.normal(0, 20, true_ab.shape)) / factor
        at_0, at_1, at_2 = (metrics.squared_error(true_ab, factor * ab) for factor in (0, 1, 2))
        right = 0.5 * (3 * at_0 - 4 * at_1 + at_2) / (at_0 - 2 * at_1 + at_2)  # a parabola's vertex
        of_pixels = np.sum(true_ab * ab, axis=-1) / np.sum(ab * ab, axis=-1)  # (4, 5)
        expect(
            student,
            true_ab,
            ab,
            right=right,
            mistakes={
                "You matched the amount of colour: that looks as vivid as the truth, but where the "
                "guess points elsewhere, vivid is expensive.": (
                    metrics.mean_chroma(true_ab) / metrics.mean_chroma(ab)
                ),
                "You matched the sizes, root mean square by root mean square: it matters, too, "
                "whether truth and guess point the same way.": (
                    np.linalg.norm(true_ab) / np.linalg.norm(ab)
                ),
                "You divided by the sum of the truth's squares: that is the best factor for the "
                "truth, to reach the guess.": np.vdot(true_ab, ab) / np.vdot(true_ab, true_ab),
                "You turned the fraction upside down: the guess's squares belong below.": (
                    np.vdot(ab, ab) / np.vdot(true_ab, ab)
                ),
                "You used a alone: one number has to serve b, too.": (
                    np.vdot(true_ab[..., 0], ab[..., 0]) / np.vdot(ab[..., 0], ab[..., 0])
                ),
                "You divided sums of colours: there opposite colours cancel.": (
                    true_ab.sum() / ab.sum()
                ),
                "You averaged the quotients of the numbers: where the guess is nearly zero they "
                "explode; the sums are divided, once.": np.mean(true_ab / ab),
                "You took the mean of the pixels' own best factors: one factor has to serve them "
                "all.": np.mean(of_pixels),
                "You gave each pixel a factor of its own: one number has to serve them all.": (
                    of_pixels
                ),
                "You gave a and b a factor each: one number has to serve both.": (
                    np.sum(true_ab * ab, axis=all_but_last) / np.sum(ab * ab, axis=all_but_last)
                ),
                "You computed a correlation: it says whether both point the same way, but nothing "
                "of how long they are.": (
                    np.vdot(true_ab, ab) / np.linalg.norm(true_ab) / np.linalg.norm(ab)
                ),
                "You forgot the sign: a guess that points the wrong way has a negative factor.": (
                    abs(right)
                ),
                "You allowed no more than 2: the statement sets no limit.": min(right, 2),
                "You allowed no more than 1: the statement sets no limit.": min(right, 1),
                "You allowed nothing below 0: the statement sets no limit.": max(right, 0),
                "You tried factors on a grid, a hundred to one: the exact one lies between.": (
                    np.round(right, 2)
                ),
                "You tried factors on a grid, ten steps to one: the exact one lies between.": (
                    np.round(right, 1)
                ),
            },
        )
    with naming("a guess of grey alone"):
        expect(
            student,
            true_ab,
            0 * ab,
            right=1,
            mistakes={"You return 0: all factors do the same, so 1 is agreed on.": 0},
        )


def evaluation_authors(student, draw):
    """The interval of a mean gain, authors drawn in place of photos."""
    names = np.array(["Adams", "Beato", "Cunningham", "Doisneau", "Evans", "Fenton", "Goldin"])
    sizes = draw.permutation([1, 1, 2, 3, 5, 8, 13])
    owner = draw.permutation(np.repeat(np.arange(7), sizes))  # (33,)
    gain = np.round(draw.normal(0, 0.01, 7)[owner] + draw.normal(0, 0.005, 33), 4)
    drawn = draw.integers(7, size=(400, 7))
    counts, sums = np.bincount(owner), np.bincount(owner, gain)
    order = list(dict.fromkeys(owner))  # of appearance
    met = np.array([np.isin(np.arange(7), row) for row in drawn])  # (400, 7): drawn at all

    def middle(means, share=0.95):
        return np.quantile(means, [0.5 - share / 2, 0.5 + share / 2])

    def interval(drawn, share=0.95):
        return middle(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), share)

    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)  # (400,)
    right = interval(drawn)
    expect(
        student,
        gain,
        names[owner],
        drawn,
        right=right,
        mistakes={
            "You took the mean of the authors' means: then one photo of somebody who has no other "
            "counts as much as twenty of somebody else; the mean is over photos.": (
                middle((sums / counts)[drawn].mean(axis=1))
            ),
            "You used the numbers in `drawn` as rows of photos: they say which authors came.": (
                middle(gain[drawn].mean(axis=1))
            ),
            "You counted an author who is drawn twice only once: with replacement, all their "
            "photos come twice.": middle(met @ sums / (met @ counts)),
            "You divided by the number of all photos: a repetition may bring along more or fewer "
            "of them.": middle(sums[drawn].sum(axis=1) / len(gain)),
            "You divided by the number of authors drawn: the mean is over photos.": (
                middle(sums[drawn].mean(axis=1))
            ),
            "You numbered the authors as they appear: `drawn` goes by the alphabetical list.": (
                interval(np.array(order)[drawn])
            ),
            "You cut 5 % off at each end: the middle 95 % leave 2.5 % on each side.": (
                interval(drawn, 0.9)
            ),
            "You took shares for percent: `np.percentile` wants 2.5 and 97.5.": (
                np.percentile(means, [0.025, 0.975])
            ),
            "You pooled all repetitions: each has a mean, and the interval is of the means.": (
                middle(np.concatenate([gain[owner == each] for row in drawn for each in row]))
            ),
            "You took 1.96 standard deviations on each side: the middle 95 % need no bell curve, "
            "quantiles ask the means themselves.": means.mean()
            + 1.96 * means.std() * np.array([-1, 1]),
            "You took the middle of the photos' gains: that is where photos lie, not where their "
            "mean might.": middle(gain),
            "You gave the high end first: the low one comes first.": right[::-1],
        },
    )


def evaluation_trick(student, draw):
    """Two colourizations of which a metric prefers the worse."""
    photo, metric, better_ab, worse_ab, figure, text = student
    attempted(student)
    column = metrics.METRICS.get(metric) if isinstance(metric, str) else None
    if not (column and column.better):
        known = ", ".join(name for name, each in metrics.METRICS.items() if each.better)
        raise NotYet(f"`metric` should be one of {known}, but it is {describe(metric)}.")
    photo = np.asarray(photo)
    if photo.dtype != np.uint8 or photo.ndim != 3 or photo.shape[-1] != 3:
        raise NotYet(f"`photo` should be 8-bit RGB of one photo, but it is {describe(photo)}.")
    for name, ab in (("better_ab", better_ab), ("worse_ab", worse_ab)):
        if np.shape(ab) != (*photo.shape[:2], 2):
            raise NotYet(f"`{name}` should hold a and b of each pixel, but it is {describe(ab)}.")
        if not np.isfinite(ab).all():
            raise NotYet(f"there is a NaN or an infinity in `{name}`.")
    lab = to_lab(photo)
    weights = metrics.rebalanced_weights(lab[..., 1:], metrics.count_bins(lab[..., 1:]))
    true = metrics.Photo(photo, lab, lab[..., 1:], weights)
    better, worse = (
        column.function(true, metrics.as_seen(lab, ab)) for ab in (better_ab, worse_ab)
    )
    if not (worse < better if column.better == "↓" else worse > better):
        raise NotYet(
            f"{metric} ({column.better}) is {better:.4g} for your better one and {worse:.4g} for "
            "your worse one: it does not prefer the worse one. Look for a pair on which it does."
        )
    expect_figure(figure, photos=3)
    if not any(character.isdigit() for axes in figure.axes for character in axes.get_title()):
        raise NotYet("the titles in `figure` do not say the numbers of the metric.")
    return expect_text(text, words=80)


def evaluation_loss(student, draw):
    """Equation (1) of the paper: the mean squared error of a and b, divided by 128."""
    true_ab = draw.normal(0, 40, (3, *draw.integers(4, 8, 2), 2))
    ab = 0.5 * true_ab + draw.normal(5, 15, true_ab.shape)
    error = (true_ab - ab) / 128
    right = np.mean(error**2)
    expect(
        student,
        true_ab,
        ab,
        right=right,
        mistakes={
            "You left 128 out.": 128**2 * right,
            "You divided the square by 128: a and b are divided first.": 128 * right,
            "You divided only one of the two.": np.mean((true_ab / 128 - ab) ** 2),
            "You divided only one of the two, the guess.": np.mean((true_ab - ab / 128) ** 2),
            "You squared the mean error: square each error, then take the mean.": error.mean() ** 2,
            "You took the error's size: it is squared.": np.abs(error).mean(),
            "You did not square: errors up and down cancel.": error.mean(),
            "You took the root at the end: the loss has none.": np.sqrt(right),
            "You added the squares up: take their mean.": np.sum(error**2),
            "You added the squares of a and b: they are averaged, too.": 2 * right,
            "You kept the pixels apart: one number was asked for.": np.mean(error**2, axis=-1),
            "You kept the numbers apart: one was asked for.": error**2,
        },
    )
    with naming("a single photo"):
        expect(student, true_ab[0], ab[0], right=np.mean(error[0] ** 2), mistakes={})


def evaluation_within(student, draw):
    """The share of distances that are at most t."""
    distance = draw.uniform(0, 60, (3, *draw.choice([5, 7, 9], 2)))  # an odd number of them
    t = int(draw.integers(15, 25))
    distance[0, 0, :4] = t
    right = np.mean(distance <= t)
    near = np.where(distance <= t, distance, 0)
    expect(
        student,
        distance,
        t,
        right=right,
        mistakes={
            "You left out the distances that are exactly t: *at most* includes them.": (
                np.mean(distance < t)
            ),
            "You took those further away than t.": np.mean(distance > t),
            "You counted: a share was asked for.": np.sum(distance <= t),
            "You gave per cent: a share lies between 0 and 1.": 100 * right,
            "You averaged the distances themselves: asked for is how many are small.": near.mean(),
            "You took the mean of the near distances: asked for is how many they are.": (
                distance[distance <= t].mean()
            ),
            "You said of each distance whether it is near: now take the share.": distance <= t,
            "You kept the rows apart: one number was asked for.": np.mean(distance <= t, axis=-1),
        },
    )
    with naming("a list of distances"):
        one = draw.uniform(0, 60, 11)
        expect(student, one, t, right=np.mean(one <= t), mistakes={})


def evaluation_peak(student, draw):
    """Decibels of mean squared errors."""
    error = draw.uniform(30, 3000, int(draw.integers(4, 9)))
    right = 10 * np.log10(255**2 / error)
    mistakes = {
        "You did not square the peak, 255.": 10 * np.log10(255 / error),
        "You took the peak 1: 8-bit photos reach 255.": 10 * np.log10(1 / error),
        "You took the natural logarithm: its base is 10.": 10 * np.log(255**2 / error),
        "You took the logarithm to the base 2: its base is 10.": 10 * np.log2(255**2 / error),
        "You turned the fraction upside down.": -right,
        "You forgot the factor 10.": right / 10,
        "You took 20 for squares: that is for roots.": 2 * right,
        "You squared the error: it is a mean of squares already.": (
            10 * np.log10(255**2 / error**2)
        ),
        "You averaged: each error has decibels of its own.": right.mean(),
        "You averaged the errors: each has decibels of its own.": (
            10 * np.log10(255**2 / error.mean())
        ),
    }
    expect(student, error, right=right, mistakes=mistakes)
    with naming("one number"):
        expect(student, float(error[0]), right=right[0], mistakes={})


def evaluation_chroma(student, draw):
    """The mean distance from grey."""
    ab = draw.normal([6, -9], 25, (3, *draw.integers(4, 8, 2), 2))
    size = np.linalg.norm(ab, axis=-1)
    expect(
        student,
        ab,
        right=size.mean(),
        mistakes={
            "You took the distance of the mean colour: opposite colours cancel there.": (
                np.linalg.norm(ab.mean(axis=(0, 1, 2)))
            ),
            "You averaged a and b as they are: opposite colours cancel.": ab.mean(),
            "You took the mean size of the numbers: a and b of a pixel make one distance.": (
                np.abs(ab).mean()
            ),
            "You added a and b up, without squares and root.": np.abs(ab).sum(axis=-1).mean(),
            "You used a alone.": np.abs(ab[..., 0]).mean(),
            "You used b alone.": np.abs(ab[..., 1]).mean(),
            "You forgot the root.": np.mean(size**2),
            "You averaged squares and took the root then: each pixel has its root.": (
                np.sqrt(np.mean(size**2))
            ),
            "You took one length of all numbers: each pixel has its distance.": np.linalg.norm(ab),
            "You added the distances up: take their mean.": size.sum(),
            "You kept the pixels apart: take the mean of their distances.": size,
            "You kept the photos apart: one number was asked for.": size.mean(axis=(1, 2)),
        },
    )
    with naming("a single photo"):
        expect(student, ab[0], right=size[0].mean(), mistakes={})


def evaluation_lookup(student, draw):
    """The colours of a table by lightness."""
    table = draw.normal(0, 20, (101, 2))
    lightness = draw.integers(1, 99, draw.integers(3, 8, 2)) + draw.choice([-0.3, 0.3, 0.4])
    lightness[0, :2] = 20.8, 41.3  # to the next row, and to the one before
    level = np.rint(lightness).astype(int)
    lower = np.floor(lightness).astype(int)
    share = (lightness - lower)[..., None]
    expect(
        student,
        lightness,
        table,
        right=table[level],
        mistakes={
            "You cut the decimals off: 20.8 belongs to row 21.": table[lower],
            "You rounded up: 41.3 belongs to row 41.": table[lower + 1],
            "You went from row to row along a line: round.": (
                (1 - share) * table[lower] + share * table[lower + 1]
            ),
            "Your rows begin at 1: that of L = 0 is the first.": table[level - 1],
            "You turned the table round: its first row is for L = 0.": table[100 - level],
            "You returned the numbers of the rows: look the colours up.": level,
            "You returned a alone.": table[level, 0],
            "You gave one colour to all.": np.broadcast_to(table.mean(axis=0), (*level.shape, 2)),
            "You looked the mean lightness up: each pixel has its row.": (
                table[int(np.rint(lightness.mean()))]
            ),
        },
    )
    with naming("black and white"):
        expect(student, np.array([0.2, 99.8]), table, right=table[[0, 100]], mistakes={})


def evaluation_ranks(student, draw):
    """Spearman's rank correlation of two lists."""

    def correlation(change, other=None):
        return np.corrcoef(change(one), (other or change)(two))[0, 1]

    def ranks(values):
        return np.argsort(np.argsort(values))

    mistakes, right = {}, 0
    while right < 0.1 or min(abs(wrong - right) for wrong in mistakes.values()) < 0.03:
        one = np.exp(draw.normal(0, 2, int(draw.integers(20, 30))))
        two = np.exp(draw.normal(0, 2, len(one))) * one ** float(draw.uniform(0.3, 1))
        right = correlation(ranks)
        mistakes = {
            "You correlated the values: replace them by their ranks.": correlation(np.asarray),
            "You took `argsort` once: that gives places; of these, `argsort` gives ranks.": (
                correlation(np.argsort)
            ),
            "You sorted the values: then their order is the same, always.": correlation(np.sort),
            "You ranked only the first list.": correlation(ranks, np.asarray),
            "You ranked only the second list.": correlation(np.asarray, ranks),
            "You took a number of the diagonal: there a list meets itself.": 1.0,
            "You turned the order of one round.": -right,
            "You took the covariance: the correlation is at most 1.": (
                np.cov(ranks(one), ranks(two))[0, 1]
            ),
        }
    mistakes["That is the whole table of `np.corrcoef`: take one number of it."] = np.corrcoef(
        ranks(one), ranks(two)
    )
    expect(student, one, two, right=right, mistakes=mistakes)
    with naming("the same order, upside down"):
        expect(student, one, 1 / one, right=-1.0, mistakes={})


def evaluation_redrawn(student, draw):
    """The means of the bootstrap's repetitions."""
    count = int(draw.integers(7, 12))
    values = draw.uniform(1, 9, count)
    drawn = draw.integers(0, count, (count + int(draw.integers(2, 6)), count))
    drawn[:, 1] = drawn[:, 0]  # in each repetition somebody comes twice
    taken = values[drawn]
    expect(
        student,
        values,
        drawn,
        right=taken.mean(axis=1),
        mistakes={
            "You averaged over the repetitions: each has its own mean.": taken.mean(axis=0),
            "You took one mean of everything: each repetition has its own.": taken.mean(),
            "You took what was drawn: now the mean of each row.": taken,
            "You added up: take the mean.": taken.sum(axis=1),
            "You took the median: the mean was asked for.": np.median(taken, axis=1),
            "You averaged the places, not the values at them.": drawn.mean(axis=1),
            "Who was drawn twice counts twice.": [values[np.unique(row)].mean() for row in drawn],
            "You took the mean of all values each time: `drawn` says which count.": (
                np.full(len(drawn), values.mean())
            ),
        },
    )
    return "how far do these means lie apart?"


def evaluation_wilson(student, draw):
    """The score interval of a share."""
    n = int(draw.integers(12, 40))
    fooled = int(draw.integers(3, n // 3 + 1))
    p, z = fooled / n, 1.959964

    def ends(p=p, two=2, four=4 * n**2, below=1 + z**2 / n, inner=p * (1 - p) / n, z=z):
        middle, spread = p + z**2 / (two * n), z * np.sqrt(inner + z**2 / four)
        return np.array([middle - spread, middle + spread]) / below

    expect(
        student,
        fooled,
        n,
        right=ends(),
        mistakes={
            "You left the denominator out.": ends(below=1),
            "You divided only the part before the root: the root's part is divided, too.": (
                (p + z**2 / (2 * n)) / (1 + z**2 / n) + (ends(below=1) - ends(below=1).mean())
            ),
            "You left out $z^2 / 2n$: the middle moves toward a half.": ends(two=np.inf),
            "The last term has $n$ squared below.": ends(four=4 * n),
            "The last term has 4 below, not 2.": ends(four=2 * n**2),
            "You left out the last term under the root.": ends(four=np.inf),
            "You left out $1/n$ under the root.": ends(inner=p * (1 - p)),
            "You left out $1 - p$.": ends(inner=p / n),
            "This is the plain interval, $p ± z \\sqrt{p(1 - p)/n}$.": (
                ends(two=np.inf, four=np.inf, below=1)
            ),
            "You exchanged the two: the lower comes first.": ends()[::-1],
            "You gave the middle and the spread: asked for are the ends.": (
                [ends().mean(), np.ptp(ends()) / 2]
            ),
            "You gave one end: there are two.": ends()[0],
            "You gave one end, the upper: there are two.": ends()[1],
        },
    )
    with naming("nobody was fooled"):
        expect(student, 0, n, right=ends(p=0, inner=0), mistakes={})


def evaluation_plate(student, draw):
    """The mean squared error of a and b between two photos."""
    plate = draw.integers(0, 256, (*draw.integers(4, 9, 2), 3), "uint8")
    photo = draw.integers(0, 256, plate.shape, "uint8")
    error = to_lab(photo) - to_lab(plate)
    right = np.mean(error[..., 1:] ** 2)
    codes = photo.astype(float) - plate
    expect(
        student,
        photo,
        plate,
        right=right,
        mistakes={
            "You compared L, too.": np.mean(error**2),
            "You compared L and a: these are the first two of three.": np.mean(error[..., :2] ** 2),
            "You compared a alone.": np.mean(error[..., 1] ** 2),
            "You compared b alone.": np.mean(error[..., 2] ** 2),
            "You compared the RGB codes: `to_lab` first.": np.mean(codes**2),
            "You compared 8-bit RGB codes, which wrap round: `to_lab` first.": (
                np.mean((photo - plate) ** 2)
            ),
            "You took G and B for a and b: `to_lab` first.": np.mean(codes[..., 1:] ** 2),
            "You took the root: that comes after the plates' mean.": np.sqrt(right),
            "You added the squares of a and b: the mean is over both.": 2 * right,
            "You added the squares up: take their mean.": np.sum(error[..., 1:] ** 2),
            "You took the error's size: it is squared.": np.abs(error[..., 1:]).mean(),
            "You did not square: errors up and down cancel.": np.mean(error[..., 1:]),
            "You divided by 128: Lab units were asked for.": right / 128**2,
        },
    )
