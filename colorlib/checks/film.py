"""The exercises of chapter 11_film. Without Keras, so that grading starts quickly."""

import numpy as np

from colorlib.checks.judging import (
    NotYet,
    attempted,
    call,
    describe,
    expect,
    expect_figure,
    expect_text,
    guarded,
    naming,
    numbers_of,
    without,
)

SECONDS = 0, 0.05, 0.1, 0.2, 0.4


def film_cuts(student, draw):
    """Where scenes begin: L changes, and so does its distribution."""
    from colorlib import film

    # A hundred pixels, half dark and half light; what happens from one frame to the next.
    dark, number = np.repeat([True, False], 50), np.arange(100)
    first = np.where(dark, 21.5, 78.0)
    swept = first[::-1]  # a sweep of the camera: other pixels, the same greys
    brighter = swept + 7 + 53 * (number > 96)  # a flash: other bins, few large changes
    few = np.where((swept < 50) & (number < 70), swept + 64, swept + 7)  # a fifth
    traded = np.where(dark, 93.0, 3.0)  # as much up as down
    traded[::5] = 50.0
    last = np.where(number < 60, 60.0, 40.0)
    # After `first` and after `middle`, cuts that other bins do not see
    wide, middle = np.where(dark, 71.5, 28.5), np.where(dark, 42.25, 57.75)
    near = np.where(dark, 54.75, 45.25)
    parts = np.where(number % 5 < 2, 5.0, near)  # two fifths
    even = 3.0 + 12.5 * (number % 8)  # many levels, a few pixels each
    odd = even[::-1] + 6.25
    scenes = [first, swept, brighter, few, traded, first, wide, middle, near, parts, last, even]
    scenes = np.stack([*scenes, odd, first])
    # Each stands for a while, so that every time the cuts are elsewhere.
    frames = np.repeat(scenes, draw.integers(1, 4, len(scenes)), axis=0)[:, draw.permutation(100)]
    lightness = (frames + draw.uniform(-1, 1, frames.shape)).reshape(-1, 10, 10)

    def steps(bins=16, ends=(0, 100)):
        shares = [np.histogram(f, bins, ends)[0] / f.size for f in lightness]
        return np.abs(np.diff(shares, axis=0))

    change = np.diff(lightness, axis=0)
    up_down = np.abs(change).mean(axis=(1, 2)) > 10
    only_up = change.mean(axis=(1, 2))

    def begun(found, first=True):
        return np.concatenate([[first], found])

    def moved(*options):
        return steps(*options).sum(axis=1) / 2 > 0.25

    with without(film.find_cuts):
        expect(
            student,
            lightness,
            right=begun(up_down & moved()),
            mistakes={
                "The first frame begins a scene, too.": begun(up_down & moved(), False),
                "You gave one value too few: there is one for each frame, the first one's too.": (
                    up_down & moved()
                ),
                "You looked at L alone: a sweep of the camera is no cut, its distribution stays.": (
                    begun(up_down)
                ),
                "You looked at the distribution alone, or at the largest changes of L: its mean "
                "change has to be more than 10, too.": begun(moved()),
                "One of both conditions is enough for you: both have to hold.": (
                    begun(up_down | moved())
                ),
                "You took the mean before the absolute value: what gets lighter must not make up "
                "for what gets darker.": begun((np.abs(only_up) > 10) & moved()),
                "You forgot that L may fall, too: take absolute values.": (
                    begun((only_up > 10) & moved())
                ),
                "You forgot the half, or counted pixels in place of shares: a fifth of the pixels "
                "that change their bin is no cut.": begun(up_down & (steps().sum(axis=1) > 0.25)),
                "You took the largest difference of the shares: half of their sum is asked for.": (
                    begun(up_down & (steps().max(axis=1) > 0.25))
                ),
                "You have other bins: there are 16, from 0 to 100.": begun(up_down & moved(10)),
                "You have other bins: their ends are 0 and 100 for each frame.": (
                    begun(up_down & moved(16, None))
                ),
                "You marked the last frame of each scene: mark the first.": (
                    np.concatenate([up_down & moved(), [True]])
                ),
            },
        )
        # Exact as floats. The last three change places, and are in other bins, then in the same.
        pixel = np.arange(64)
        small = [
            *(np.where(pixel < count, 100.0, 55.0) for count in (0, 16, 33)),
            *(np.where(pixel < 32, *pair) for pair in ((18.5, 56.0), (56.5, 19.0), (24.0, 61.0))),
        ]
        small = np.reshape([np.full(64, 45.0), *small], (-1, 8, 8))
        begins = [True, False, False, True, True, True, False]
        with naming("10 exactly, a quarter exactly (*more* is asked for); L = 100; other bins"):
            expect(student, small, right=begins, mistakes={})


def film_bilateral(student, draw):
    """The colours of one pixel, averaged over time where its lightness stays."""
    count, seconds = int(draw.integers(16, 21)), float(draw.choice([0.3, 0.4]))
    times = np.cumsum(draw.uniform(0.05, 0.2, count))  # of variable rate; some are far away
    alike = float(draw.choice([3.0, 5.0]))
    lightness = 50 + draw.normal(0, alike, count)
    ab = draw.normal(0, 15, (count, 2))

    far, unlike = times[:, None] - times, lightness[:, None] - lightness

    def mean(weights, total=None):
        return weights @ ab / (weights.sum(axis=1, keepdims=True) if total is None else total)

    def bell(distance, spread, power=2):
        return np.exp(-(np.abs(distance / spread) ** power) / 2)

    time, light = bell(far, seconds), bell(unlike, alike)
    steps = np.arange(count)
    frames = bell(steps[:, None] - steps, seconds)
    rate = bell((steps[:, None] - steps) * np.diff(times).mean(), seconds)
    both = time * light
    expect(
        student,
        lightness,
        ab,
        times,
        seconds,
        alike,
        right=mean(both),
        mistakes={
            "You did not divide by the sum of the weights.": mean(both, 1.0),
            "You divided by the sum of all weights: each frame has a sum of its own.": (
                mean(both, both.sum())
            ),
            "You divided by the number of frames: divide by the sum of the weights.": (
                mean(both, count)
            ),
            "You looked at time alone: a frame with another L counts less.": mean(time),
            "You looked at L alone: a frame far away in time counts less.": mean(light),
            "You added both bells: their product is the weight.": mean(time + light),
            "You took the numbers of the frames for times.": mean(frames * light),
            "You took the frames to come at equal distances: `times` says when they are shown.": (
                mean(rate * light)
            ),
            "You looked back only: frames that come after count as well.": mean(np.tril(both)),
            "You left out the frame itself: it counts, too.": mean(both * (1 - np.eye(count))),
            "You forgot the 2 below the fractions.": mean(both**2),
            "You forgot to square the distances.": (
                mean(bell(far, seconds, 1) * bell(unlike, alike, 1))
            ),
            "You forgot to square the spreads.": (
                mean(bell(far, np.sqrt(seconds)) * bell(unlike, np.sqrt(alike)))
            ),
            "You exchanged the two spreads: seconds belong to times, the other one to L.": (
                mean(bell(far, alike) * bell(unlike, seconds))
            ),
            "You took a spread of 4: that of L is given.": mean(time * bell(unlike, 4.0)),
        },
    )


def film_warp(student, draw):
    """How much ab changes along a known flow."""
    height, width = 7, 9
    before, after = draw.normal(0, 12, (2, height, width, 2))
    flow = draw.integers(-3, 4, (2, height, width))
    flow[:, 0, 0], flow[:, 3, 4], flow[:, 6, 8] = -2, 1, 3  # some leave, some stay within

    def error(flow, clip=False, measure=lambda change: np.sqrt(np.square(change).mean())):
        y, x = np.indices((height, width)) + flow
        inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
        if clip:
            inside, y, x = np.ones_like(inside), y.clip(0, height - 1), x.clip(0, width - 1)
        return measure(after[y[inside], x[inside]] - before[inside])

    y, x = np.indices((height, width)) + flow
    inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
    below = (y < height) & (x < width)  # negative indices count from the other end
    change = after[y[inside], x[inside]] - before[inside]
    places = height * width
    expect(
        student,
        before,
        after,
        flow,
        right=error(flow),
        tolerance=1e-6,  # one number may agree by chance
        mistakes={
            "You did not follow the flow.": error(0 * flow),
            "You followed the flow backwards: add it to where one stands in `before`.": (
                error(-flow)
            ),
            "You exchanged rows and columns: `flow[0]` goes down.": error(flow[::-1]),
            "You took goals beyond the border to lie on it: such places do not count.": (
                error(flow, clip=True)
            ),
            "You counted places whose goal lies above or left of the picture: a negative index "
            "counts from the other end.": np.sqrt(
                np.square(after[y[below], x[below]] - before[below]).mean()
            ),
            "You wrapped goals around the border: such places do not count.": np.sqrt(
                np.square(after[y % height, x % width] - before).mean()
            ),
            "You forgot the root.": error(flow, measure=lambda change: np.square(change).mean()),
            "You took the mean of absolute differences: square them, and take the root of the "
            "mean.": error(flow, measure=lambda change: np.abs(change).mean()),
            "You summed over the channels: the mean is over both channels, too.": (
                error(flow) * np.sqrt(2)
            ),
            "You divided by all places: those that do not count are not among them.": np.sqrt(
                np.square(change).sum() / (2 * places)
            ),
            "You took the mean of the distances: square, mean, then root.": (
                np.linalg.norm(change, axis=-1).mean()
            ),
        },
    )


def film_choice(student, draw):
    """Which steadiness, and why."""
    results, figure, text = student
    attempted(student)
    flicker, errors = numbers_of(results, (5, 2)).T
    if (errors < 5).all() and (flicker > 5).all():
        raise NotYet("You exchanged the columns: the warp error comes first.")
    if np.ptp(flicker) < 0.1:
        raise NotYet(
            "Your warp errors hardly differ: steady the colours by each of the five first."
        )
    if not (np.diff(flicker) < 0).all():
        raise NotYet(
            "The warp error should fall from row to row, with more and more seconds: "
            f"{', '.join(map(str, SECONDS))}."
        )
    if not 0.8 < flicker[0] < 1.1 or flicker[-1] > 0.3 * flicker[0]:
        raise NotYet(
            f"Without steadying you have a warp error of {flicker[0]:.3g}, and with most of it one "
            f"of {flicker[-1]:.3g}: they should be about 1 and 0.1. Did you give `film.warp_error` "
            "both a and b first, and then L?"
        )
    if not ((errors > 7) & (errors < 10)).all():
        raise NotYet(
            f"Your errors have the mean {errors.mean():.3g}: the root mean square of the distance "
            "to `true_ab` is between 7 and 10 Lab units here (not squared, and a distance of both "
            "channels together)."
        )
    expect_figure(figure, photos=2, plots=1)
    return expect_text(text, words=60)


def film_steps(student, draw):
    """How far colours move from frame to frame, on average over the picture."""
    shape = (int(draw.integers(5, 9)), int(draw.integers(3, 5)), int(draw.integers(6, 9)), 2)
    ab = draw.normal(0, 5, shape) + np.cumsum(draw.normal(1, 6, (shape[0], 1, 1, 2)), axis=0)
    change = np.diff(ab, axis=0)
    far = np.linalg.norm(change, axis=-1)  # (T - 1, h, w)
    mistakes = {
        "You took the mean of the changes of a and b: the distance is the root of a sum of "
        "squares.": np.abs(change).mean(axis=(1, 2, 3)),
        "You added the changes of a and b: the distance is the root of a sum of squares.": (
            np.abs(change).sum(axis=-1).mean(axis=(1, 2))
        ),
        "You moved the mean colour: what goes there and what goes back cancel. First the distance "
        "of each pixel, then the mean.": np.linalg.norm(change.mean(axis=(1, 2)), axis=-1),
        "You forgot the root.": np.square(far).mean(axis=(1, 2)),
        "You took the root of the mean square: the mean of the distances was asked for.": (
            np.sqrt(np.square(far).mean(axis=(1, 2)))
        ),
        "You added the pixels up: take their mean.": far.sum(axis=(1, 2)),
        "You took one distance of the whole frames: each pixel has its own.": (
            np.sqrt(np.square(far).sum(axis=(1, 2)))
        ),
        "You took the mean over time, too: each pair of frames has its own.": far.mean(),
        "You took the mean over time, for each pixel.": far.mean(axis=0),
        "You have not taken the mean over the picture.": far,
        "You compared each frame with the first: with the one before was asked for.": (
            np.linalg.norm(ab[1:] - ab[0], axis=-1).mean(axis=(1, 2))
        ),
    }
    expect(student, ab, right=far.mean(axis=(1, 2)), mistakes=mistakes)


def film_light(student, draw):
    """The light of photos, mixed as a camera catches it."""
    mix = np.array([draw.uniform(0.1, 0.3), draw.uniform(1.2, 1.6), draw.uniform(-0.8, -0.5)])
    for case, shape in (("one photo", (4, 6, 3)), ("many photos", (2, 3, 5, 3))):
        photos = draw.integers(30, 250, shape).astype("uint8")
        photos[..., 0, :] = 250, 250, 10  # more than 1
        photos[..., 1, :] = 10, 10, 250  # less than 0
        values = photos / 255
        light = values**2.2
        mixed = light @ mix
        mistakes = {
            "You mixed values: make light of them first.": np.clip(values @ mix, 0, 1),
            "You mixed values, and made light of the mixture: the power comes first.": (
                np.clip(values @ mix, 0, 1) ** 2.2
            ),
            "You went from light to values: the power is 2.2.": (
                np.clip(values ** (1 / 2.2) @ mix, 0, 1)
            ),
            "You forgot to cut off below 0 and above 1.": mixed,
            "You cut off below 0 only.": np.maximum(mixed, 0),
            "You cut off above 1 only.": np.minimum(mixed, 1),
            "You forgot to divide by 255.": np.clip(photos**2.2 @ mix, 0, 1),
            "You cut off each channel: first add them up.": (
                np.clip(light * mix, 0, 1).sum(axis=-1)
            ),
            "You took the mean of R, G and B: weigh them by `mix`.": light.mean(axis=-1),
            "You took the mean of what R, G and B add: add them up.": np.clip(mixed / 3, 0, 1),
            "You have not added up R, G and B.": np.clip(light * mix, 0, 1),
        }
        with naming(case):
            expect(student, photos, mix, right=np.clip(mixed, 0, 1), mistakes=mistakes)


def film_cheat(student, draw):
    """Colours of a film that cannot flicker, and are no grey."""
    for case, shape in (
        ("a film", (int(draw.integers(3, 6)), int(draw.integers(4, 7)), int(draw.integers(7, 10)))),
        ("a longer film", (7, 3, 5)),
    ):
        light = draw.choice([5.0, 30.0, 60.0, 95.0], shape)  # so that each comes again and again
        with naming(case):
            answer = call(student, light)
            ab = guarded(np.asarray, answer)
            if ab.dtype.kind not in "iuf":
                raise NotYet(f"an array of numbers was asked for, but it is {describe(answer)}.")
            if ab.shape != (*shape, 2):
                raise NotYet(f"the shape should be `{(*shape, 2)}`, but it is `{ab.shape}`.")
            chroma = np.hypot(ab[..., 0], ab[..., 1])
            if not 10 <= chroma.min() <= chroma.max() <= 130:  # a NaN is neither
                raise NotYet(
                    f"The chromas go from {chroma.min():.3g} to {chroma.max():.3g}: between 10 and "
                    "130 is no grey, and not beyond all colours."
                )
            if np.ptp(ab, axis=(0, 1, 2)).max() < 1e-3:
                continue
            if max(np.ptp(ab[light == one], axis=0).max() for one in np.unique(light)) < 1e-3:
                raise NotYet(
                    "Your colours follow L, and the light flickers: the same thing would get "
                    "another colour."
                )
            if np.ptp(ab, axis=0).max() < 1e-3:
                raise NotYet(
                    "Each place keeps its colour, but what moves comes to another place, and gets "
                    "another colour there."
                )
            if np.ptp(ab, axis=(1, 2)).max() < 1e-3:
                raise NotYet("Within a frame all is well, but your frames differ.")
            raise NotYet("Your colours change from place to place and from frame to frame.")


def film_left(student, draw):
    """What a weighed mean leaves of independent errors."""
    weights = draw.permutation(np.r_[draw.uniform(1.5, 2.5, 2), draw.uniform(0.2, 1, 5)])
    weights = weights[: int(draw.integers(5, 8))]
    count, total, squares = len(weights), weights.sum(), np.square(weights).sum()
    right = np.sqrt(squares) / total
    mistakes = {
        "You forgot the root: squares add up, and the error is the root of their sum.": right**2,
        "You did not divide by the sum of the weights.": np.sqrt(squares),
        "That holds for weights that are all alike.": 1 / np.sqrt(count),
        "You divided by how many there are: weights count differently.": 1 / count,
        "You added the weights up without their squares.": 1 / np.sqrt(total),
        "You added the errors themselves: some are above and some below, squares add up.": 1.0,
        "You gave what is gone: asked for is what is left.": 1 - right,
        "You took the mean of the squares: they add up.": right / np.sqrt(count),
        "You took the mean of the weights: divide by their sum.": right * count,
        "You divided the squares by the sum of the weights once.": squares / total,
        "You turned the fraction.": 1 / right,
        "You squared the weights twice.": np.sqrt(np.sum(weights**4)) / total,
        "You took the largest weight alone: all of them count.": weights.max() / total,
        "You have not added up: one number was asked for.": weights / total,
        "You divided by the sum of the squares: by that of the weights was asked for.": (
            np.sqrt(squares) / squares
        ),
    }
    expect(student, weights, right=right, mistakes=mistakes)
    with naming("one frame alone"):
        expect(student, np.array([0.7]), right=1.0, mistakes={})
