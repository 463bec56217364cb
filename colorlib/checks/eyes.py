"""The exercises of chapter 07_borrowed_eyes. Without Keras, so that grading starts quickly."""

import numpy as np

from colorlib.checks.judging import (
    NotYet,
    attempted,
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
