"""The exercises of chapter 06_evaluation. Without Keras, so that grading a class starts quickly."""

import numpy as np
from skimage.color import deltaE_ciede2000

from colorlib import metrics
from colorlib.checks.judging import (
    NotYet,
    attempted,
    call,
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


def evaluation_worst(student, draw):
    """The share of the squared error in the tenth of the pixels that are furthest off."""
    distance = draw.gamma(1.5, 10, (int(draw.integers(2, 5)), *draw.permutation([3, 5, 10])))
    squares, count = np.sort(distance.ravel() ** 2), distance.size // 10
    worst, plain = squares[-count:], np.sort(distance.ravel())
    right = worst.sum() / squares.sum()
    expect(student, distance, right=right, mistakes={
        "You took the best tenth: `np.sort` puts the largest last.": (
            squares[:count].sum() / squares.sum()
        ),
        "You took all but the worst tenth.": 1 - right,
        "You did not square: a share of the distances is smaller.": (
            plain[-count:].sum() / plain.sum()
        ),
        "You divided means: a share divides sums.": worst.mean() / squares.mean(),
        "You divided by the number of pixels: by the sum of all squares.": (
            worst.sum() / squares.size
        ),
        "You added up the worst squares: divide by the sum of all.": worst.sum(),
        "You gave per cent: a share lies between 0 and 1.": 100 * right,
        "You took what is more than a tenth of the largest: take a tenth of the pixels.": (
            squares[plain > plain[-1] / 10].sum() / squares.sum()
        ),
        "You took ten pixels: a tenth of them is more.": squares[-10:].sum() / squares.sum(),
        "You did not sort: the last tenth is not the worst.": (
            (distance.ravel()[-count:] ** 2).sum() / squares.sum()
        ),
    })  # fmt: skip
    with naming("a list of distances"):
        one = distance[0].ravel()[:30] ** 2
        expect(student, np.sqrt(one), right=np.sort(one)[-3:].sum() / one.sum(), mistakes={})


def evaluation_forgiven(student, draw):
    """CIEDE2000 of a step of 10 along b."""
    b = round(float(draw.uniform(15, 60)), 1)

    def step(one, other):
        return float(deltaE_ciede2000(one, other))

    expect(student, b, right=step([50, 0, b], [50, 0, b + 10]), mistakes={
        "You took the plain distance, which is 10 everywhere.": 10.0,
        "You changed a: b is the last of the three.": step([50, b, 0], [50, b + 10, 0]),
        "You changed L: it is 50 in both.": step([b, 0, 0], [b + 10, 0, 0]),
        "You left L out, as 0: it is 50 in both.": step([b, 0, 50], [b + 10, 0, 50]),
        "Your second colour has b = 10: it has 10 more than b.": step([50, 0, b], [50, 0, 10]),
        "Your first colour is grey: it has this b.": step([50, 0, 0], [50, 0, b + 10]),
        "You compared with grey: the other colour has 10 more.": step([50, 0, b], [50, 0, 0]),
        "Your second colour has 10 less: it should have more.": step([50, 0, b], [50, 0, b - 10]),
        "You changed a, too: it is 0 in both.": step([50, 0, b], [50, 10, b + 10]),
    })  # fmt: skip
    with naming("b = 0"):
        expect(student, 0, right=step([50, 0, 0], [50, 0, 10]), mistakes={})
    return "near grey the eye is strict, among vivid colours it forgives."


def evaluation_hardest(student, draw):
    """The place of the best value, whichever way is better."""
    values = draw.permutation(np.linspace(0.2, 0.9, int(draw.integers(5, 9))))
    values[[0, -1]], low, high = values[[0, -1]].clip(0.3, 0.8), 0.1, 0.95
    lowest, highest = map(int, draw.permutation([1, len(values) - 2]))
    values[lowest], values[highest] = low, high
    for better, place, wrong in (("↓", lowest, highest), ("↑", highest, lowest)):
        with naming(f"`{better}`"):
            expect(student, values, better, right=place, mistakes={
                "That is the worst of them; mind which way is better.": wrong,
                "You gave the value: its place was asked for.": values[place],
                "You gave the worst value: asked for is the place of the best.": values[wrong],
                "You counted from 1.": place + 1,
                "You sorted up: give the place of the best alone.": np.argsort(values),
                "You sorted down: give the place of the best alone.": np.argsort(-values),
            })  # fmt: skip


def evaluation_turned(student, draw):
    """The colour circle turned by an angle."""
    ab = draw.normal(5, 30, (3, *draw.permutation([4, 5, 6])[:2], 2))
    degrees = int(draw.choice([-1, 1]) * draw.integers(25, 65))

    def turn(angle, sign=1.0):
        a, b, cos, sin = *np.moveaxis(ab, -1, 0), np.cos(angle), np.sin(angle)
        return np.stack([a * cos - b * sin, sign * a * sin + b * cos], axis=-1)

    angle = np.radians(degrees)
    right = turn(angle)
    first, (a, b) = right[..., 0], np.moveaxis(ab, -1, 0)
    expect(student, ab, degrees, right=right, mistakes={
        "`np.cos` and `np.sin` count in radians: `np.radians`.": turn(degrees),
        "`np.radians` makes radians of degrees, not `np.degrees`.": turn(np.degrees(degrees)),
        "You turned the other way round.": turn(-angle),
        "One of the signs is wrong: chroma should stay.": turn(angle, -1.0),
        "The minus of the new a is missing: chroma should stay.": (
            np.stack([a * np.cos(angle) + b * np.sin(angle), right[..., 1]], axis=-1)
        ),
        "The new b comes from the old a: keep that until b is done.": (
            np.stack([first, first * np.sin(angle) + b * np.cos(angle)], axis=-1)
        ),
        "You exchanged the new a and b.": right[..., ::-1],
        "a and b come last: `np.stack(..., axis=-1)`.": np.moveaxis(right, -1, 0),
        "You multiplied, which changes how strong colours are: turn them.": ab * np.cos(angle),
        "You gave the new a alone.": first,
    })  # fmt: skip
    with naming("one colour"):
        expect(student, ab[0, 0, 0], degrees, right=right[0, 0, 0], mistakes={})


def evaluation_ends(student, draw):
    """The places of the lowest and the highest values."""
    count, n = int(draw.integers(14, 20)), int(draw.integers(2, 4))
    order = draw.permutation(count)
    while (order[:n] < n).any() or (np.argsort(order)[:n] < n).any():
        order = draw.permutation(count)
    values = np.empty(count)
    values[order] = np.sort(draw.uniform(-1, 1, count))
    ends = [*range(n), *range(count - n, count)]
    expect(student, values, n, right=order[ends], mistakes={
        "You gave the values: their places were asked for.": values[order[ends]],
        "You gave ranks: `np.argsort` once gives places.": np.argsort(order)[ends],
        "You did not sort: those are the first and the last of the list.": np.array(ends),
        "The highest come last: the lowest are first.": order[::-1][ends],
        "You put the highest before the lowest.": np.roll(order[ends], n),
        "The highest should come in the order of their values, too: the largest last.": (
            np.append(order[:n], order[::-1][:n])
        ),
        "You gave the lowest alone.": order[:n],
        "You gave the highest alone.": order[-n:],
        "You lost one at the upper end: a slice `[-n:]` reaches the last.": (
            np.append(order[:n], order[-n:-1])
        ),
        "You are one off at the upper end: a slice `[-n:]` reaches the last.": (
            np.append(order[:n], order[-n - 1 : -1])
        ),
        "You kept two rows: one list was asked for.": order[ends].reshape(2, n),
        "You gave all places: only both ends.": order,
    })  # fmt: skip


def evaluation_chance(student, draw):
    """Whether an interval has zero in it."""
    near, far = np.sort(draw.uniform([0.0002, 0.002], [0.001, 0.009]))
    for low, high, right, words in (
        (-near, far, True, "zero is in it, so chance may explain the difference"),
        (-far, near, True, "zero is in it, so chance may explain the difference"),
        (near, far, False, "both ends are above zero, so chance hardly explains it"),
        (-far, -near, False, "both ends are below zero, so chance hardly explains it"),
    ):
        with naming(f"from {low:+.4f} to {high:+.4f}"):
            answer = call(student, float(low), float(high))
            if np.asarray(answer).dtype != bool or np.ndim(answer):
                raise NotYet(f"True or False was asked for, not {describe(answer)}.")
            if bool(answer) != right:
                raise NotYet(f"{words}.")


def evaluation_stronger(student, draw):
    """The ratio of mean chromas."""
    true_ab = draw.normal([6, -9], 25, (3, *draw.integers(4, 8, 2), 2))
    ab = 0.4 * true_ab + draw.normal([3, 5], 6, true_ab.shape)
    true, guess = (np.linalg.norm(each, axis=-1) for each in (true_ab, ab))
    right = true.mean() / guess.mean()
    expect(student, true_ab, ab, right=right, mistakes={
        "You turned the fraction: the guess is multiplied.": 1 / right,
        "You took the difference: a factor is a ratio.": true.mean() - guess.mean(),
        "You averaged the pixels' ratios: take the ratio of the means.": (true / guess).mean(),
        "You divided pixel by pixel: one factor was asked for.": true / guess,
        "You divided the means of a and b: opposite colours cancel.": true_ab.mean() / ab.mean(),
        "You divided mean squares: chroma is no square.": (true**2).mean() / (guess**2).mean(),
        "You divided the roots of mean squares: chroma is a mean of distances.": (
            np.sqrt((true**2).mean() / (guess**2).mean())
        ),
        "You divided the sizes of a and b: of each pixel they make one distance.": (
            np.abs(true_ab).mean() / np.abs(ab).mean()
        ),
        "That factor has the smallest squared error, and is still too pale.": (
            np.sum(true_ab * ab) / np.sum(ab * ab)
        ),
        "That is a factor for each photo: one for all was asked for.": (
            true.mean(axis=(1, 2)) / guess.mean(axis=(1, 2))
        ),
    })  # fmt: skip


def evaluation_percent(student, draw):
    """A difference in per cent of the rival."""
    rival = round(float(draw.uniform(0.015, 0.03)), 4)
    for case, factor in (("a lower loss", 0.7), ("a higher loss", 1.3)):
        ours = rival * float(factor + draw.uniform(-0.1, 0.1))
        right = 100 * (ours - rival) / rival
        with naming(case):
            expect(student, ours, rival, right=right, mistakes={
                "You divided by ours: per cent of the rival were asked for.": (
                    100 * (ours - rival) / ours
                ),
                "Plus means a higher loss than the rival's.": -right,
                "Plus means a higher loss, and per cent are of the rival.": (
                    100 * (rival - ours) / ours
                ),
                "You gave ours in per cent of the rival: subtract the rival's 100.": (
                    100 * ours / rival
                ),
                "That is a share: per cent are a hundred times as much.": right / 100,
                "You did not divide: per cent of what?": 100 * (ours - rival),
                "You took the mean of both as 100 %: it is the rival.": (
                    200 * (ours - rival) / (ours + rival)
                ),
            })  # fmt: skip
