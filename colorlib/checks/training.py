"""The exercises of chapter 05_training."""

import numpy as np
from keras import ops
from scipy.signal import lfilter

from colorlib.checks.judging import (
    NotAttempted,
    NotYet,
    attempted,
    call,
    compare,
    describe,
    expect,
    expect_figure,
    expect_text,
    naming,
)
from colorlib.lab import rgb_to_lab
from colorlib.losses import equation_1


def training_forward(student, draw):
    """What the network sees of a batch, and what its answer is compared with."""
    photos = draw.random((2, 6, 5, 3), dtype="float32")
    scores = draw.normal(size=(2, 1000)).astype("float32")
    guess = draw.normal(0, 20, (2, 6, 5, 2)).astype("float32")
    colors, seen = ops.convert_to_numpy(rgb_to_lab(photos)), []

    def network(inputs, training):
        if inputs["lightness"] is ...:
            raise NotAttempted
        seen.append((ops.convert_to_numpy(inputs["lightness"]), training))
        return guess

    try:
        loss = call(student, network, photos, scores, True)
    except NotYet as reason:
        if seen and "it raised" in str(reason):
            raise NotYet(f"the loss: is `true_ab` a and b, (B, H, W, 2)? {reason}") from None
        raise
    if not seen:
        raise NotYet("your function does not ask the network.")
    (lightness, training), right = seen[0], colors[..., :1]
    with naming("what the network sees"):
        compare(lightness, right, {
            "You gave it all of Lab: then the answer stands in the question.": colors,
            "You gave it a and b: they are the answer.": colors[..., 1:],
            "The last axis is gone: `[..., 0]` takes a number out, `[..., :1]` keeps a list.": (
                colors[..., 0]
            ),
            "You scaled L: the network's first layer does that.": right / 50 - 1,
            "You divided L by 100: the network's first layer scales it.": right / 100,
        })  # fmt: skip
    if training is not True:
        raise NotYet("hand `training` on to the network: BatchNorm needs to know.")

    def against(ab):
        return ops.convert_to_numpy(equation_1({"ab": ab}, guess))

    with naming("the loss"):
        compare(ops.convert_to_numpy(loss), against(colors[..., 1:]), {
            "You compared with L and a: a and b are the last two of the three.": (
                against(colors[..., :2])
            ),
            "You compared with a alone: b counts as much.": against(colors[..., 1:2]),
            "You divided a and b by 128: the equation does that, and the answer is in Lab units.": (
                against(colors[..., 1:] / 128)
            ),
        })  # fmt: skip


def training_mean(student, draw):
    """The mean over photos, from the means over batches of unequal size."""
    sizes = np.append(np.full(int(draw.integers(1, 4)), 32), draw.integers(2, 15))
    losses = draw.uniform(0.01, 0.03, len(sizes))
    expect(
        student,
        losses,
        sizes,
        right=np.average(losses, weights=sizes),
        mistakes={
            "You took the mean of the batches: then a photo of a small batch counts more.": (
                losses.mean()
            ),
            "You forgot to divide by the number of photos.": losses @ sizes,
            "You divided by the number of batches: how many photos are there?": (
                losses @ sizes / len(sizes)
            ),
            "You divided each loss by its size: it is a mean already.": np.sum(losses / sizes),
            "You divided the sum of the means by all photos: first weigh each mean by its size.": (
                losses.sum() / sizes.sum()
            ),
        },
    )


def training_cost(student, draw):
    """Equation (1) of one photo."""
    height, width = map(int, draw.permutation([3, 4, 5, 6])[:2])
    true = draw.normal(0, 0.3, (height, width, 2))
    guess = true + draw.normal(0.2, 0.2, true.shape)
    squares = (true - guess) ** 2
    expect(student, true, guess, right=squares.mean(), mistakes={
        "You divided by 128 again: that is done already.": squares.mean() / 128**2,
        "You divided by HW alone: there are 2HW squares.": squares.sum() / (height * width),
        "You added up and did not divide.": squares.sum(),
        "You did not square.": (true - guess).mean(),
        "You took the size of each difference, not its square.": np.sqrt(squares).mean(),
        "You took the root: the cost is the mean square itself.": np.sqrt(squares.mean()),
        "You gave a number for each channel: the sum goes over both.": squares.mean(axis=(0, 1)),
        "You gave a number for each pixel: the sum goes over all of them.": squares.mean(axis=-1),
    })  # fmt: skip


def training_hedge(student, draw):
    """The answer that costs least when several are possible."""
    count = int(draw.integers(3, 6))
    colors = draw.normal(0, 30, (count, 3, 4, 2))
    likely = draw.dirichlet(np.full(count, 2.0))
    mean = np.tensordot(likely, colors, axes=1)
    mistakes = {
        "You gave each case the same weight: the likely ones count more.": colors.mean(axis=0),
        "You took the likeliest colour: the squared error is cheapest at the mean.": (
            colors[likely.argmax()]
        ),
        "You divided by the number of cases, too: the probabilities add up to 1.": mean / count,
        "You squared the probabilities.": np.tensordot(likely**2, colors, axes=1),
        "You added the colours up: weigh each with its probability.": colors.sum(axis=0),
        "You took the median: it is cheapest for the size of errors, not for their squares.": (
            np.median(colors, axis=0)
        ),
    }
    expect(student, colors, likely, right=mean, mistakes=mistakes)
    with naming("two single colours"):
        expect(student, colors[:2, 0, 0], np.array([0.3, 0.7]), mistakes={},
               right=0.3 * colors[0, 0, 0] + 0.7 * colors[1, 0, 0])  # fmt: skip


def training_distance(student, draw):
    """The mean distance of pixels from a colour."""
    ab = draw.normal(5, 20, (2, 3, 4, 2)).astype("float32")  # as in the chapter
    color = draw.uniform(8, 30, 2)
    away = ab - color
    far = np.hypot(*np.moveaxis(away, -1, 0))
    expect(student, ab, color, right=far.mean(), mistakes={
        "You averaged first: the distance of the mean colour is another number.": (
            np.hypot(*away.mean(axis=(0, 1, 2)))
        ),
        "You took the mean square: the root is missing.": (far**2).mean(),
        "You took the root of the mean square: first the distances, then their mean.": (
            np.sqrt((far**2).mean())
        ),
        "You added the sizes of both differences: the way is straight, not around a corner.": (
            np.abs(away).sum(axis=-1).mean()
        ),
        "You took the mean of the sizes of both differences: a distance has a square root.": (
            np.abs(away).mean()
        ),
        "You forgot the colour: that is the distance from grey.": (
            np.hypot(ab[..., 0], ab[..., 1]).mean()
        ),
        "You added the distances up: take their mean.": far.sum(),
        "You gave a distance for each pixel: take their mean.": far,
        "You gave a distance for each photo: one mean over all was asked for.": (
            far.mean(axis=(1, 2))
        ),
    })  # fmt: skip


def training_roof(student, draw):
    """How long a photo takes at least: the slower of two roofs."""
    flop, moved = draw.uniform(2e9, 9e9), draw.uniform(1e8, 5e8)
    rate, bandwidth = draw.uniform(1e12, 5e12), draw.uniform(1e11, 4e11)
    slow = 20 * max(moved / bandwidth * rate / flop, flop / rate * bandwidth / moved, 1)
    for case, (of_rate, of_bandwidth) in {
        "slow arithmetic": (rate / slow, bandwidth),
        "slow memory": (rate, bandwidth / slow),
    }.items():
        each = flop / of_rate, moved / of_bandwidth
        with naming(case):
            expect(student, flop, moved, of_rate, of_bandwidth, right=max(each), mistakes={
                "You took the quicker one: the slower decides.": min(each),
                "You added both: a GPU does them at the same time.": sum(each),
                "You took the arithmetic alone.": each[0],
                "You took the memory alone.": each[1],
                "You turned the fraction: work divided by rate is time.": (
                    max(1 / each[0], 1 / each[1])
                ),
            }, tolerance=1e-3)  # fmt: skip


def training_cosine(student, draw):
    """Half a cosine wave, from a rate to nothing."""
    share, start = draw.uniform(0.1, 0.9, 5), round(float(draw.uniform(0.001, 0.009)), 5)

    def rate(angle, around=1.0):
        return start * (around + np.cos(angle)) / 2

    expect(student, share, start, right=rate(np.pi * share), mistakes={
        "You forgot to halve: 1 + cos is 2 at its top.": 2 * rate(np.pi * share),
        "You forgot the 1: a cosine alone becomes negative halfway.": rate(np.pi * share, 0.0),
        "You forgot pi: half a wave ends at pi.": rate(share),
        "You took a whole wave: then the rate rises again.": rate(2 * np.pi * share),
        "You forgot the rate that it begins with.": rate(np.pi * share) / start,
        "You took a sine: it begins in the middle.": start * (1 + np.sin(np.pi * share)) / 2,
    })  # fmt: skip
    with naming("one share, a number"):
        expect(student, 0.25, start, right=rate(np.pi / 4), mistakes={})


def training_descent(student, draw):
    """One step of plain gradient descent."""
    weights, gradient = draw.normal([[[1]], [[0]]], 1, (2, 3, 4))
    gradient[0, :2] = -0.7, 0.6  # up and down
    rate = round(float(draw.uniform(0.02, 0.3)), 3)
    expect(student, weights, gradient, rate, right=weights - rate * gradient, mistakes={
        "You went uphill: against the gradient is minus.": weights + rate * gradient,
        "You forgot the rate: a step is a part of the gradient.": weights - gradient,
        "You forgot where the weights are: the step leads away from there.": -rate * gradient,
        "That is the step: take it from the weights.": rate * gradient,
        "You subtracted the rate alone: a steep slope makes a large step.": weights - rate,
        "You took the gradient's size: its sign says which way is down.": (
            weights - rate * np.abs(gradient)
        ),
        "You took the sign of the gradient alone: a steep slope makes a large step.": (
            weights - rate * np.sign(gradient)
        ),
        "You divided by the rate: it multiplies.": weights - gradient / rate,
        "You made all weights smaller: each moves by its own slope.": weights * (1 - rate),
        "You multiplied by the weights, too.": weights - rate * gradient * weights,
        "The rate belongs to the gradient alone.": rate * (weights - gradient),
    })  # fmt: skip
    with naming("a single weight"):
        one, slope = float(weights[0, 0]), float(gradient[0, 0])
        expect(student, one, slope, rate, right=one - rate * slope, mistakes={})


def training_apart(student, draw):
    """The largest relative difference of two curves."""
    count = int(draw.integers(7, 12))
    theirs = np.geomspace(0.2, 0.02, count) * draw.uniform(0.9, 1.1, count)
    theirs[0] = 0.22
    ours = theirs * (1 + draw.uniform(-0.1, 0.1, count))
    below, above = draw.permutation(np.arange(count // 2, count - 1))[:2]
    ours[below], ours[above] = 0.6 * theirs[below], 1.25 * theirs[above]
    ours[:2] = 0.95 * theirs[0], 1.15 * theirs[1]
    off = (ours - theirs) / theirs
    size = np.abs(off)
    expect(student, ours, theirs, right=size.max(), mistakes={
        "You took no size: ours may lie below theirs, too.": off.max(),
        "You took no size, and the lowest of the differences.": off.min(),
        "You divided by ours: a share of theirs was asked for.": (
            np.abs((ours - theirs) / ours).max()
        ),
        "You did not divide: take each difference as a share.": np.abs(ours - theirs).max(),
        "You divided the largest difference by the largest loss: divide at each step.": (
            np.abs(ours - theirs).max() / theirs.max()
        ),
        "You gave the largest ratio: how far is it from 1, and is another further below?": (
            (ours / theirs).max()
        ),
        "You averaged: the largest was asked for.": size.mean(),
        "You averaged without sizes: differences up and down cancel.": off.mean(),
        "You gave per cent: a share was asked for.": 100 * size.max(),
        "You gave the step: asked for is how far they are apart there.": size.argmax(),
        "You gave the differences of all steps: return the largest.": size,
        "You gave the differences of all steps: return the largest size.": off,
        "You compared the largest losses: take the difference at each step.": (
            abs(ours.max() - theirs.max()) / theirs.max()
        ),
        "You gave the last step's: the largest was asked for.": size[-1],
    })  # fmt: skip
    with naming("a curve and itself"):
        expect(student, theirs, theirs, right=0.0, mistakes={})


def training_patience(student, draw):
    """How many epochs ago the lowest loss was."""
    since = int(draw.integers(4, 7))
    count = 3 * since + int(draw.integers(1, 4))
    losses = draw.uniform(0.35, 0.6, count)
    losses[-1 - since] = 0.2
    losses[-3], losses[-2], losses[-1] = 0.31, 0.45, 0.5  # in between it sank, too
    losses[0] = 0.7
    expect(student, losses, right=since, mistakes={
        "You gave the place of the smallest: how many epochs have passed since?": (
            count - 1 - since
        ),
        "You counted one too many: the last epoch is 0 epochs ago.": since + 1,
        "You counted one too few.": since - 1,
        "You counted how often it rose in a row: one better epoch does not make it the best.": 2,
        "You counted rises: it is the time since the smallest that counts.": (
            int(np.sum(np.diff(losses) > 0))
        ),
        "You looked for the largest loss.": count - 1 - int(losses.argmax()),
        "You gave the smallest loss: how long ago was it?": losses.min(),
    })  # fmt: skip
    with naming("the last epoch is the best"):
        expect(student, np.array([0.4, 0.5, 0.3]), right=0, mistakes={})
    with naming("one epoch"):
        expect(student, losses[:1], right=0, mistakes={})


def training_average(student, draw):
    """One step of the running average of weights."""
    kept, new = draw.normal(2, 1, (3, 4)), draw.normal(-2, 1, (3, 4))
    expect(student, kept, new, right=0.99 * kept + 0.01 * new, mistakes={
        "You exchanged the two: 99 % are of what was kept.": 0.01 * kept + 0.99 * new,
        "You took the plain mean of the two.": (kept + new) / 2,
        "You forgot the new weights.": 0.99 * kept,
        "You kept all of the old one: 99 % of it.": kept + 0.01 * new,
        "You took the new weights alone.": new,
        "You changed nothing: 1 % is new.": kept,
        "You went away from the new weights: plus.": 0.99 * kept - 0.01 * new,
        "Both shares make a whole: 0.99 and 0.01, not per cent.": 99 * kept + new,
        "You kept 90 %: it is 99 %.": 0.9 * kept + 0.1 * new,
        "You kept 99.9 %: it is 99 %.": 0.999 * kept + 0.001 * new,
        "You added 10 % of the new: both shares make a whole.": 0.99 * kept + 0.1 * new,
    })  # fmt: skip


def training_order(student, draw):
    """A mixed order that follows from seed and epoch alone."""
    seed, epoch, count = int(draw.integers(30, 90)), int(draw.integers(2, 20)), 40

    def order(*given):
        found = np.asarray(call(student, *given, count))
        if found.shape != (count,):
            raise NotYet(f"the shape should be `({count},)`, but it is {describe(found)}.")
        if sorted(found) != list(range(count)):
            raise NotYet(
                f"each number from 0 to {count - 1} should come once (`count` is {count}): a photo "
                "would be missed, or learned twice."
            )
        return list(found)

    first = order(seed, epoch)
    if np.isin(np.diff(first), (-1, 1)).sum() > count / 2:
        raise NotYet("that is no mix: most photos come as they lie, one after the other.")
    np.random.random(int(draw.integers(1, 9)))  # noqa: NPY002 (as a run would that draws in between)
    again = order(seed, epoch)
    if again != first:
        raise NotYet(
            "asked twice for the same epoch, it gives two orders: an interrupted run could not "
            "find its own again."
        )
    for other, words in (
        ((seed, epoch + 1), "each epoch has the same order: mix the epoch's number in."),
        ((0, epoch), "each seed has the same order: mix the seed in."),
        ((seed + 1, epoch - 1), "seed and epoch are added: then the next seed's run has the same "
         "orders, an epoch later. `default_rng` takes a list of numbers, too."),
        ((epoch, seed), "seed and epoch do the same: exchanged, they give the same order. "
         "`default_rng` takes a list of numbers, too."),
    ):  # fmt: skip
        if order(*other) == first:
            raise NotYet(words)
    if order(0, epoch) == order(0, epoch + 1):
        raise NotYet("with the seed 0 each epoch has the same order.")
    if order(seed, 0) == order(seed + 1, 0):
        raise NotYet("at epoch 0 each seed has the same order.")
    # 2000 epochs, as in the paper, beside those of a few other seeds
    runs = [(0, epoch) for epoch in range(2000)]
    runs += [(other, epoch) for other in range(1, 9) for epoch in (0, 1)]
    found = {}
    for run in runs:
        twin = found.setdefault(tuple(order(*run)), run)
        if twin != run:
            raise NotYet(
                f"seed {run[0]}, epoch {run[1]} has the order of seed {twin[0]}, epoch {twin[1]}: "
                "the numbers are made into one. `default_rng` takes a list of numbers, too."
            )


def training_rate(student, draw):
    """A warm-up and half a cosine wave."""
    total, warm = int(draw.integers(200, 900)), int(draw.integers(20, 90))
    peak = round(float(draw.uniform(0.0005, 0.003)), 5)
    steps = np.append(np.arange(0, total, 7), [warm, total])
    climb = peak * steps / warm

    def rate(share, wave=lambda share: (1 + np.cos(np.pi * share)) / 2):
        return np.where(steps < warm, climb, peak * wave(share))

    share = (steps - warm) / (total - warm)
    expect(
        student,
        steps,
        total,
        warm,
        peak,
        right=rate(share),
        mistakes={
            "You let the wave run from step 0: then it has fallen already when the warm-up ends, "
            "and the rate jumps.": rate(steps / total),
            "You let the wave take all of `total` after the warm-up: it must reach 0 at the step "
            "`total`.": rate((steps - warm) / total),
            "You forgot the warm-up: the rate climbs first.": (
                peak * (1 + np.cos(np.pi * steps / total)) / 2
            ),
            "You let the wave begin before step `warm`, and take whichever rate is smaller: the "
            "peak is reached at the step `warm` exactly.": (
                np.minimum(climb, peak * (1 + np.cos(np.pi * steps / total)) / 2)
            ),
            "You multiplied both: the wave waits at its top until the warm-up is over.": (
                np.minimum(climb, peak) * (1 + np.cos(np.pi * steps / total)) / 2
            ),
            "You forgot to halve: 1 + cos is 2 at its top.": (
                rate(share, lambda share: 1 + np.cos(np.pi * share))
            ),
            "You forgot the 1: a cosine alone becomes negative halfway.": (
                rate(share, lambda share: np.cos(np.pi * share))
            ),
            "You forgot pi: half a wave of the cosine ends at pi.": (
                rate(share, lambda share: (1 + np.cos(share)) / 2)
            ),
            "You gave the cosine degrees: NumPy wants radians, half a circle is pi.": (
                rate(share, lambda share: (1 + np.cos(180 * share)) / 2)
            ),
            "You took a quarter of a wave: half of one starts flat and ends flat.": (
                rate(share, lambda share: np.cos(np.pi * share / 2))
            ),
            "You took a whole wave: half of one ends at the bottom.": (
                rate(share, lambda share: (1 + np.cos(2 * np.pi * share)) / 2)
            ),
            "You forgot the peak: the wave and the climb are shares of it.": rate(share) / peak,
            "Your array holds whole numbers, so the rates became 0: make it of floats.": 0 * steps,
            "You let the rate fall in a straight line: it should follow the wave.": (
                rate(share, lambda share: 1 - share)
            ),
        },
    )
    with naming("one step, a number"):
        for step, value in zip(steps[[1, -3, -2]].tolist(), rate(share)[[1, -3, -2]], strict=True):
            expect(student, step, total, warm, peak, right=value, mistakes={}, tolerance=1e-3)


def training_push(student, draw):
    """The gradient of the loss by what goes into tanh."""
    shape = (int(draw.integers(3, 6)), int(draw.integers(6, 9)), 2)
    true, z = draw.uniform(-0.8, 0.8, shape), draw.normal(0, 0.8, shape)
    pixels = shape[0] * shape[1]
    predicted = np.tanh(z)
    flat, difference = 1 - predicted**2, predicted - true
    right = flat * difference / pixels
    expect(
        student,
        true,
        z,
        right=right,
        mistakes={
            "You have the sign of the step: training goes against the derivative, but asked for "
            "is the derivative itself.": -right,
            "You forgot the 2 of the square: it cancels the 2 in 2HW.": right / 2,
            "You divided by HW and kept the 2: equation (1) divides by 2HW.": 2 * right,
            "You have the sign of the step, and forgot the 2 of the square.": -right / 2,
            "You divided by the rows alone: the mean is over columns, too.": shape[1] * right,
            "You forgot the mean: the loss is divided by 2HW, and so is its derivative.": (
                2 * flat * difference
            ),
            "You forgot the mean, and the 2 of the square: the loss is divided by 2HW.": (
                flat * difference
            ),
            "You forgot tanh on the way back: its derivative is a factor, too.": (
                difference / pixels
            ),
            "You compared z with the truth: the prediction is the tanh of z.": (
                (z - true) / pixels
            ),
            "You took the tanh of the prediction again: its derivative is 1 - predicted**2.": (
                (1 - np.tanh(predicted) ** 2) * difference / pixels
            ),
            "You took 1 - z**2: the derivative of tanh is made of tanh z, not of z.": (
                (1 - z**2) * difference / pixels
            ),
            "You added up the push of all pixels: every z has its own.": right.sum(),
        },
    )
    return "now try z = 10. A tanh that has become flat hardly feels any push."


def training_floor(student, draw):
    """What the best answer to each lightness costs."""
    neighbours = draw.integers(60, 75) + np.arange(3)  # whoever widens the steps mixes them
    levels = np.append(draw.choice(np.arange(20, 58, 3), 3, replace=False), neighbours)
    levels = np.append(levels, [0, 100])
    level = draw.permutation(np.repeat(levels, [1, 9, 24, 60, 150, 270, 40, 40]))  # (594,)
    beside = draw.uniform(-0.45, 0.45, len(level))  # what rounding takes away
    centers = draw.normal((-30, 30), 12, (101, 2))  # a and b have different means
    spread = np.zeros(101)
    spread[levels] = [4, 8, 12, 16, 20, 24, 9, 9]  # where there are many pixels, they differ most
    ab = centers[level] + draw.gamma(1, spread[level, None], (len(level), 2))
    ab += 5 * np.sign(beside)[:, None]
    lightness = 100 - np.abs(100 - np.abs(level + beside))  # in 0..100
    groups = [ab[level == each] for each in levels]
    variances = [group.var(axis=0).mean() / 128**2 for group in groups]
    sizes = [len(group) for group in groups]
    right = np.average(variances, weights=sizes)

    def cost(answer, keys=level):
        parts = [ab[keys == key] - answer(ab[keys == key]) for key in np.unique(keys)]
        return np.mean(np.concatenate(parts) ** 2) / 128**2

    expect(
        student,
        np.column_stack([lightness, ab]),
        right=right,
        mistakes={
            "You gave all lightnesses one answer: each L may have its own.": (
                ab.var(axis=0).mean() / 128**2
            ),
            "You averaged the lightnesses: a lightness of many pixels has to count more than one "
            "of few.": np.mean(variances),
            "You pooled a and b: each has a mean of its own.": (
                np.average([group.var() / 128**2 for group in groups], weights=sizes)
            ),
            "You pooled a and b, and averaged the lightnesses: each has a mean of its own, and "
            "pixels count.": np.mean([group.var() / 128**2 for group in groups]),
            "You added up the lightnesses: the loss is a mean over pixels.": np.sum(variances),
            "You added a and b: equation (1) takes the mean of both.": 2 * right,
            "You forgot to divide by 128: then the loss is in squared Lab units.": right * 128**2,
            "You divided the squares by 128: it is a and b that are divided, so the squares by "
            "128 twice.": right * 128,
            "You took a root: the loss is the mean of squares.": np.sqrt(right),
            "You divided by one less than the number of pixels: the loss is a plain mean.": (
                np.average(
                    [g.var(axis=0, ddof=len(g) > 1).mean() / 128**2 for g in groups], weights=sizes
                )
            ),
            "You answered with the median: it is cheapest for absolute errors, not for squares.": (
                cost(lambda group: np.median(group, axis=0))
            ),
            "You cut L off: 49.7 rounds to 50.": (
                cost(lambda group: group.mean(axis=0), np.floor(lightness))
            ),
            **{
                f"You took steps of {width}: each whole L has an answer of its own.": (
                    cost(lambda group: group.mean(axis=0), np.rint(lightness / width))
                )
                for width in (2, 5, 10)
            },
            "You forgot to divide by the number of pixels: the loss is a mean.": (
                2 * len(level) * right
            ),
            "You did not round L: then each pixel is alone with its lightness, and its answer "
            "costs nothing.": 0.0,
            "You answered with grey: the loss of painting nothing is no floor.": (
                np.mean(ab**2) / 128**2
            ),
        },
        tolerance=1e-5,
    )
    whole = np.array([[50, 64, 0], [50, -64, 0]])
    with naming("whole numbers"):
        expect(student, whole, right=0.125, mistakes={})


def training_adam(student, draw):
    """Some steps of Adam, as Keras does them."""
    shape = (int(draw.integers(5, 8)), 3)
    signs = draw.choice([-1, 1, 1], shape)
    gradients = signs * draw.uniform(0.3, 2, shape) * [1, -30, 900]  # all far above epsilon
    rate = round(float(draw.uniform(0.001, 0.01)), 4)
    t = np.arange(1, len(gradients) + 1)[:, None]

    def mean_of(gradients):
        return lfilter([0.1], [1, -0.9], gradients, axis=0)

    def square_of(gradients):
        return lfilter([0.001], [1, -0.999], gradients**2, axis=0)

    mean, square = mean_of(gradients), square_of(gradients)
    one, two = 1 - 0.9**t, 1 - 0.999**t

    def along(steps):
        return -rate * np.cumsum(steps, axis=0)

    right = _by_keras(gradients, rate)
    expect(
        student,
        gradients,
        rate,
        right=right,
        mistakes={
            "You forgot both hats: without them the first steps are too large.": (
                along(mean / np.sqrt(square))
            ),
            "You forgot the hat of v: the first steps become far too large.": (
                along(mean / one / np.sqrt(square))
            ),
            "You forgot the hat of m: the first steps become far too small.": (
                along(mean / np.sqrt(square / two))
            ),
            "You feed the corrected means back: the hats are for the step, the means go on "
            "without them.": _fed_back(gradients, rate),
            "You forgot the root: the gradient's size cancels only against the root of v.": (
                along(mean / one / (square / two))
            ),
            "You forgot the factors 0.1 and 0.001: m and v are means.": (
                along(10 * mean / one / np.sqrt(1000 * square / two))
            ),
            "You go uphill: the step is subtracted.": -right,
            "You took the gradient in place of its mean m.": (
                along(gradients / np.sqrt(square / two))
            ),
            "You do plain gradient descent: Adam divides by the root of v.": along(gradients),
            "You swapped 0.9 and 0.999: m forgets quickly, v slowly.": (
                _by_keras(gradients, rate, beta_1=0.999, beta_2=0.9)
            ),
            "You return the steps: asked for are the weights, which add them up.": (
                np.diff(right, axis=0, prepend=0)
            ),
            "You return only the last weights: asked for are those after every step.": right[-1],
            "You return the start, too: the first row is what the first step made.": (
                np.concatenate([np.zeros_like(right[:1]), right])
            ),
            "You stored one array again and again: all rows are the last one now; store copies, "
            "or make a new array in each step.": np.broadcast_to(right[-1], right.shape),
        },
        tolerance=1e-3,  # Keras computes in float32 and adds its epsilon at another place
    )
    for case, place in (("one weight", np.s_[:, 0]), ("weights in two axes", np.s_[:, :, None])):
        with naming(case):
            expect(student, gradients[place], rate, right=right[place], mistakes={}, tolerance=1e-3)
    tiny = draw.uniform(0.5, 2, shape) * [0, 1e-7, -1e-7]
    mean, square = mean_of(tiny), square_of(tiny)
    with naming("gradients of 0 or as small as epsilon"):
        expect(
            student,
            tiny,
            rate,
            right=along(mean / one / (np.sqrt(square / two) + 1e-7)),
            mistakes={
                "You left epsilon out: it keeps the step small where the gradient is.": (
                    along(mean / one / (np.sqrt(square / two) + 1e-30))
                ),
                "You took another epsilon, 1e-8: here it is 1e-7.": (
                    along(mean / one / (np.sqrt(square / two) + 1e-8))
                ),
                "You put epsilon under the root: it is added to the root.": (
                    along(mean / one / np.sqrt(square / two + 1e-7))
                ),
                "You added epsilon to the root of v: it belongs to that of the corrected v.": (
                    along(mean / one * np.sqrt(two) / (np.sqrt(square) + 1e-7))
                ),
            },
            tolerance=1e-3,
        )


def _by_keras(gradients, rate, **options):
    """The weights after each step of Keras' optimizer."""
    import keras  # here, for the other exercises do without it

    weights = keras.Variable(np.zeros(gradients.shape[1:]), dtype="float32")
    optimizer = keras.optimizers.Adam(rate, **options)
    optimizer.build([weights])
    path = []
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient, "float32")], [weights])
        path.append(np.array(weights.value))
    return np.stack(path)


def _fed_back(gradients, rate):
    """What comes of overwriting both means by their corrected values."""
    mean = square = weights = 0
    path = []
    for t, gradient in enumerate(gradients, 1):
        mean = (0.9 * mean + 0.1 * gradient) / (1 - 0.9**t)
        square = (0.999 * square + 0.001 * gradient**2) / (1 - 0.999**t)
        weights = weights - rate * mean / np.sqrt(square)
        path.append(weights)
    return np.stack(path)


def training_answers(student, draw):
    """Three losses' answers to one question, in a figure and in words."""
    attempted(student)
    plausible, chances, answers, figure, text = student
    plausible, chances, answers = (np.asarray(each) for each in (plausible, chances, answers))
    if plausible.ndim != 2 or plausible.shape[1] != 2 or len(plausible) < 3:
        raise NotYet(f"`plausible` should be three colours (a, b) or more: {describe(plausible)}.")
    if chances.shape != plausible.shape[:1] or not np.isclose(chances.sum(), 1) or min(chances) < 0:
        raise NotYet(
            f"`chances` should hold {len(plausible)} numbers, none negative, that add up to 1."
        )
    apart = np.linalg.norm(plausible[:, None] - plausible, axis=-1) + 1e9 * np.eye(len(plausible))
    if apart.min() < 10:
        raise NotYet("two of your colours are less than 10 Lab units apart; take different ones.")
    if answers.shape != (3, 2):
        raise NotYet(f"`answers` should have the shape `(3, 2)`, but it is {describe(answers)}.")
    # Both expected costs are convex: an answer is the best one if no neighbour is better.
    around = np.array([(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1)])
    for name, answer, power in (("squared distance", answers[0], 2), ("distance", answers[1], 1)):
        distances = np.linalg.norm(answer + around[:, None] - plausible, axis=-1)  # (9, n)
        costs = distances**power @ chances
        if costs.min() < costs[4] - 1e-6:
            a, b = answer + around[costs.argmin()]
            raise NotYet(
                f"your answer for the {name} costs {costs[4]:.5g}, but a = {a:.4g}, b = {b:.4g} "
                f"costs only {costs.min():.5g}."
            )
    best = plausible[chances == chances.max()]  # one or more
    if not np.isclose(answers[2], best).all(axis=1).any():
        raise NotYet("your third answer is not the most probable of your colours.")
    expect_figure(figure, photos=4)
    if sum(any(map(str.isdigit, axes.get_title())) for axes in figure.axes) < 3:
        raise NotYet("the titles in `figure` do not say the costs of the three answers.")
    return expect_text(text, words=80)
