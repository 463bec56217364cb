"""The exercises of chapter 07_borrowed_eyes. Without Keras, so that grading starts quickly."""

import numpy as np

from colorlib.checks.judging import (
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


def eyes_between(student, draw):
    """Maps read bilinearly at one pixel."""
    maps, stride = draw.normal(0, 3, (6, 7, 4)), int(draw.choice([4, 16]))

    def at(y, x, shift=0.5, beyond=0, exchanged=0):
        read = maps
        for pixel in (y, x):
            last = len(read) - 1
            place = np.clip((pixel + shift) / stride - shift, -beyond, last + beyond)
            before = int(np.clip(place, 0, last - 1))
            share = abs(exchanged - (place - before))
            read = read[before] + share * (read[before + 1] - read[before])
        return read

    # Not where a place begins: there, two of the mistakes are the same.
    y, x = (stride * place + int(draw.integers(1, stride // 2)) for place in (2, 4))
    expect(
        student,
        maps,
        y,
        x,
        stride,
        right=at(y, x),
        mistakes={
            "You divided by the stride alone: a place stands for the middle of its pixels, so you "
            "are off by half a place.": at(y, x, shift=0),
            "You took the nearest place: read between the places.": maps[y // stride, x // stride],
            "You exchanged row and column: the first axis of the maps is the row.": at(x, y),
            "You exchanged the two shares: the nearer place counts more.": at(y, x, exchanged=1),
        },
    )
    stride = 8
    for y, x in ((0, 55), (47, 0)):
        with naming(f"the corner of the photo in row {y}, column {x}, at stride 8"):
            expect(
                student,
                maps,
                y,
                x,
                stride,
                right=at(y, x),
                mistakes={
                    "You read on beyond the outermost middle: there the last place counts alone.": (
                        at(y, x, beyond=1)
                    ),
                },
            )


def eyes_join(student, draw):
    """Coarse maps enlarged twofold, with a skip laid beside them."""
    coarse, skip = draw.normal(size=(2, 3, 4, 5)), draw.normal(size=(2, 6, 8, 3))
    large = coarse.repeat(2, axis=1).repeat(2, axis=2)
    tiled = np.tile(coarse, (1, 2, 2, 1))
    expect(
        student,
        coarse,
        skip,
        right=np.concatenate([large, skip], axis=-1),
        mistakes={
            "You laid the whole picture down four times (np.tile): each place should be repeated "
            "where it is.": np.concatenate([tiled, skip], axis=-1),
            "You put the skip first: the coarse maps come first.": (
                np.concatenate([skip, large], axis=-1)
            ),
            "You left out the skip: it is laid beside the enlarged maps.": large,
        },
    )


def eyes_hues(student, draw):
    """Hue and faded chroma of likelihoods on a ring."""
    bins = int(draw.choice([8, 12, 16]))
    likely = draw.dirichlet(np.full(bins, 0.5), 9)  # (9, K)
    likely[0] = 1 / bins  # nearly even: even their sum, without the division, is short
    likely[0, :2] += 0.01, -0.01
    likely[1] = np.eye(bins)[3]  # certain: nothing to fade
    chroma = draw.uniform(0.2, 1, 9)

    def decode(likely, half=0.5, fade=np.minimum, share=1 / bins):
        turns = np.exp(2j * np.pi * (np.arange(bins) + half) / bins)
        z = share * likely @ turns
        return np.stack([np.angle(z) / (2 * np.pi) % 1, chroma * fade(np.abs(z) / 0.03, 1)])

    right = decode(likely)
    middles = (np.arange(bins) + 0.5) / bins
    line = np.stack([likely @ middles, right[1]])
    signed = np.stack([(right[0] + 0.5) % 1 - 0.5, right[1]])
    expect(
        student,
        likely,
        chroma,
        right=right,
        mistakes={
            "You took the mean of the bins' middles as if hues lay on a line: red, on both sides "
            "of the seam, becomes cyan.": line,
            "You forgot the half: bin k has its middle at k + 1/2.": decode(likely, half=0),
            "You faded by max, as the paper prints: then short z make colours stronger.": (
                decode(likely, fade=np.maximum)
            ),
            "You did not divide by K: then hardly anything fades.": decode(likely, share=1),
            "You left negative angles as they are: a share of a turn is from 0 to below 1.": signed,
            "You gave angles in radians: a share of a turn was asked for.": (
                np.stack([2 * np.pi * right[0], right[1]])
            ),
            "You gave angles in degrees: a share of a turn was asked for.": (
                np.stack([360 * right[0], right[1]])
            ),
            "You did not fade the chroma.": np.stack([right[0], chroma]),
            "You gave the length of z in place of the chroma: it is what the chroma fades by.": (
                np.stack([right[0], right[1] / chroma])
            ),
            "You gave the chromas first: the hues come first.": right[::-1],
        },
    )


def eyes_size(student, draw):
    """What the size at which the U-Net looks is worth."""
    results, figure, text = student
    attempted(student)
    if not isinstance(results, dict) or len(results) < 4 or 192 not in results:
        raise NotYet(
            "`results` should be a dictionary with four sizes or more, 192 among them, but it is "
            f"{describe(results)}."
        )
    for size, row in results.items():
        if not isinstance(size, (int, np.integer)) or size % 64 or size < 64:
            raise NotYet(f"a size is an int, a multiple of 64, and the key {size!r} is none.")
        if np.shape(row) != (2,) or not np.isfinite(np.asarray(row, float)).all():
            raise NotYet(f"the row of {size} should be two numbers, but it is {describe(row)}.")
    losses = [float(row[0]) for row in results.values()]
    if not 0.001 < min(losses) <= max(losses) < 0.1:
        raise NotYet(
            "You have losses that no network reaches here: `metrics.squared_error` takes a and b "
            "in Lab units, and guessing grey costs about 0.02."
        )
    if len(set(losses)) == 1:
        raise NotYet("You measured one size again and again: all losses are the same.")
    expect_figure(figure, plots=1)
    return expect_text(text, words=60)


def eyes_alike(student, draw):
    """The cosine of the angle between each place's column and one more."""
    shape = (int(draw.integers(2, 5)), int(draw.integers(5, 8)), int(draw.integers(8, 12)))
    columns, one = draw.normal(0.5, 2, shape), 3 * draw.normal(0.5, 2, shape[-1])
    columns[0, 0] = draw.normal(0, 1, shape[-1]) - one  # a cosine below 0, whatever is drawn
    product, length = columns @ one, np.linalg.norm(columns, axis=-1)
    right = product / length / np.linalg.norm(one)
    mistakes = {
        "You took the product alone: divide by the lengths of both.": product,
        "You divided by the length of `one` alone: the other columns have lengths, too.": (
            product / np.linalg.norm(one)
        ),
        "You divided by the columns' lengths alone: `one` has a length, too.": product / length,
        "You divided by one length for all columns: each has its own (`axis=-1`).": (
            product / np.linalg.norm(columns) / np.linalg.norm(one)
        ),
        "You divided by the lengths squared: the length is the root of the sum of squares.": (
            product / length**2 / (one @ one)
        ),
        "You gave the angle: asked for is its cosine.": np.arccos(right),
        "You gave the distance: asked for is the cosine of the angle.": (
            np.linalg.norm(columns - one, axis=-1)
        ),
        "You cut off what is below 0: a cosine goes down to -1.": np.maximum(right, 0),
        "You took away the sign: a cosine goes down to -1.": abs(right),
    }
    expect(student, columns, one, right=right, mistakes=mistakes)


def eyes_blind(student, draw):
    """Maps in which those of one stride are zero."""
    strides = (2, 4, 8, 16, 32)[: int(draw.integers(3, 6))]
    maps = [draw.normal(0, 1, (1, 6 - i, 6 - i, 2 + i)) for i in range(len(strides))]
    blind = int(draw.integers(1, len(strides) - 1))  # others are finer, others coarser
    hidden = [one if i != blind else np.zeros(one.shape) for i, one in enumerate(maps)]
    for case, stride, right in (
        ("one stride", strides[blind], hidden),
        ("the stride `None`", None, maps),
    ):
        with naming(case):
            answer = call(student, maps, strides, stride)
            if not isinstance(answer, (list, tuple)):
                raise NotYet(f"a list of maps was asked for, but it is {describe(answer)}.")
            if len(answer) < len(maps):
                raise NotYet("Maps are missing: those of the stride stay there, full of zeros.")
            if len(answer) > len(maps):
                raise NotYet(f"There are {len(maps)} maps, and you return {len(answer)}.")
            for at, one, own in zip(strides, answer, right, strict=True):
                seen = maps[strides.index(at)]
                with naming(f"the maps of stride {at}"):
                    compare(one, own, {
                        "They should be zero, and you left them.": seen,
                        "They should stay, and you made them zero.": 0 * seen,
                    })  # fmt: skip


def eyes_both(student, draw):
    """The middle between one head's colours and the mean of another's bins."""
    count = int(draw.integers(5, 9))
    ab, centres = draw.normal(0, 20, (2, 3, 2)), draw.normal((25, -15), 20, (count, 2))
    likely = draw.dirichlet(np.full(count, 0.8), (2, 3))
    second = likely @ centres
    mode = centres[likely.argmax(axis=-1)]
    right = (ab + second) / 2
    mistakes = {
        "You added them: the middle is half of that.": ab + second,
        "You gave the second head's mean alone.": second,
        "You gave the first head's colours alone.": ab,
        "You took the likeliest bin: the mean of all bins, weighed, was asked for.": (
            (ab + mode) / 2
        ),
        "You took the mean of the bins, all alike: weigh them by the likelihoods.": (
            (ab + centres.mean(axis=0)) / 2
        ),
        "You divided the second head's mean by the number of bins: likelihoods have the sum 1.": (
            (ab + second / count) / 2
        ),
        "You halved only the second: brackets?": ab + second / 2,
        "You halved only the first: brackets?": ab / 2 + second,
    }
    expect(student, ab, likely, centres, right=right, mistakes=mistakes)


def eyes_below(student, draw):
    """By which share a squared error is below that of grey."""
    shape = (int(draw.integers(3, 6)), 4, 5, 2)
    strong = np.geomspace(0.5, 2, shape[0])[:, None, None, None]  # photos differ in how colourful
    true = strong * draw.normal((9, 13), 8, shape)
    painted = 0.6 * true + draw.normal(0, 3, shape)
    error, grey = np.square(true - painted), np.square(true)
    right = 1 - error.sum() / grey.sum()
    each = 1 - error.mean(axis=(1, 2, 3)) / grey.mean(axis=(1, 2, 3))
    saved = grey.mean() - error.mean()
    mistakes = {
        "You gave what is left of grey's error: how far below it is was asked for.": 1 - right,
        "You subtracted the errors: a share is a part of grey's.": saved,
        "You subtracted the losses: a share is a part of grey's.": saved / 128**2,
        "You divided by the error of what was painted: grey's is the whole.": (
            grey.sum() / error.sum() - 1
        ),
        "You took the size of the errors: square them.": (
            1 - abs(true - painted).sum() / abs(true).sum()
        ),
        "You took roots: the squared error was asked for.": (1 - np.sqrt(error.sum() / grey.sum())),
        "You took the mean of the photos' shares: first add up the errors of all photos.": (
            each.mean()
        ),
        "You gave each photo a share: one number for all was asked for.": each,
        "You compared with the mean colour: grey has a and b 0.": (
            1 - error.mean() / np.square(true - true.mean(axis=(0, 1, 2))).mean()
        ),
        "You compared with the mean of all numbers: grey has a and b 0.": (
            1 - error.mean() / true.var()
        ),
        "You turned the sign: below grey is more than 0.": -right,
        "You gave percent: a share is at most 1.": 100 * right,
    }
    expect(student, true, painted, right=right, mistakes=mistakes)


def eyes_luck(student, draw):
    """Whether every run of one variant is below every run of another."""
    low, step = draw.uniform(0.01, 0.02), draw.uniform(0.001, 0.002)
    cases = (
        ("all runs of the first are lower", (0, 1, 2), (3, 4), True, "So they are below."),
        (
            "all runs of the first are higher",
            (3, 4),
            (0, 1, 2),
            False,
            "None of the first is below.",
        ),
        (
            "the best run is lower, and the others are not",
            *((0, 8, 9), (5, 4, 4), False, "The best runs alone are not enough."),
        ),
        (
            "the mean is lower, and one run is not",
            *((5, 0, 1), (4, 4, 4.5), False, "The means alone are not enough: look at every run."),
        ),
        (
            "run by run the first is lower, and they overlap",
            *((0, 2, 4), (1, 3, 5), False, "In pairs is not enough: compare each with all others."),
        ),
        ("two runs are the same", (0, 2), (2, 3), False, "As low as is not below."),
    )
    for case, one, other, right, words in cases:
        one, other = ([round(low + step * at, 4) for at in places] for places in (one, other))
        with naming(case):
            expect(student, one, other, right=right, mistakes={words: not right})
