"""The exercises of chapter 10_a_hint. Without Keras, so that grading starts quickly."""

import numbers
import re

import numpy as np

from colorlib.checks.judging import (
    NotYet,
    attempted,
    describe,
    expect,
    expect_figure,
    expect_text,
    naming,
    without,
)

MOST = 10  # hints for a plate


def _differ(right, mistakes):
    """Whether no mistake gives by chance what is right, or what another mistake gives."""
    found = [np.round(each, 3).tolist() for each in (right, *mistakes.values())]
    return all(one not in found[:number] for number, one in enumerate(found))


def hints_gained(student, draw):
    """How much PSNR rises when the mean squared error falls."""
    count = int(draw.integers(3, 8))
    before = draw.uniform(300, 900, count)
    after = before / draw.uniform(1.5, 6, count)
    gain = 10 * np.log10(before / after)
    expect(student, before, after, right=gain, mistakes={
        "You turned the fraction: where the error falls, PSNR rises.": -gain,
        "You took the natural logarithm: decibels have that to the base 10.": (
            10 * np.log(before / after)
        ),
        "You took 20 times the logarithm: that is for errors that were not squared.": 2 * gain,
        "You forgot the 10: these are bels.": gain / 10,
        "You subtracted the errors: decibels are of their ratio.": before - after,
        "You gave the new PSNR: how much higher is it than before?": (
            10 * np.log10(255**2 / after)
        ),
        "You took the mean: each photo has a gain of its own.": gain.mean(),
        "You gave the ratio without its logarithm.": before / after,
    })  # fmt: skip


def hints_told(student, draw):
    """Squares of a photo that tell their mean colours."""
    ab = draw.normal(0, 30, (14, 18, 2))
    row, column = draw.integers(3, 5, 2)
    far = int(draw.integers(10, 12))
    # The second overlaps the first, the third is a pixel alone, at another distance from both edges
    squares = [
        (int(row), int(column) + 3, 5),
        (int(row) + 2, int(column) + 5, 4),
        (far, int(draw.integers(2, 6)), 1),
    ]

    def told(squares, color=lambda part: part.mean(axis=(0, 1)), mask=1.0, shift=lambda side: 0):
        found = np.zeros((*ab.shape[:2], 3))
        for row, column, side in squares:
            row, column = max(0, row - shift(side)), max(0, column - shift(side))
            place = slice(row, row + side), slice(column, column + side)
            found[place] = np.concatenate(
                [color(ab[place]) + 0 * ab[place], np.full((*ab[place].shape[:2], 1), mask)], axis=2
            )
        return found

    right = told(squares)
    everywhere = right.copy()
    everywhere[..., 2] = 1
    expect(
        student,
        ab,
        squares,
        right=right,
        mistakes={
            "You told each pixel's own colour: a square tells the mean of what it covers.": (
                told(squares, lambda part: part)
            ),
            "Your third channel is 0 in the squares: it is 1 where a colour is told.": (
                told(squares, mask=0.0)
            ),
            "Your third channel is 1 everywhere: it is 1 where a colour is told.": everywhere,
            "You put the corner into the middle of the square: it is the upper left one.": (
                told(squares, shift=lambda side: side // 2)
            ),
            "Where squares overlap the earlier one stayed: the later one counts.": (
                told(squares[::-1])
            ),
            "You told the mean colour of the whole photo: a square tells its own.": (
                told(squares, lambda part: ab.mean(axis=(0, 1)))
            ),
            "You mixed up rows and columns.": told([(c, r, side) for r, c, side in squares]),
            "Your squares are a pixel too large: their side is `side` pixels.": (
                told([(r, c, side + 1) for r, c, side in squares])
            ),
        },
    )
    with naming("no hint at all"):
        expect(student, ab, [], right=np.zeros((*ab.shape[:2], 3)), mistakes={})


def hints_reach(student, draw):
    """How far from a place one has to go for half of all change."""
    shape = 24, 30
    rows, columns = np.indices(shape)

    def half(distance, change):
        order = np.argsort(distance, axis=None)
        so_far = np.cumsum(change.ravel()[order])
        return distance.ravel()[order][np.searchsorted(so_far, so_far[-1] / 2)]

    while True:
        row, column = int(draw.integers(3, 9)), int(draw.integers(18, 26))
        down, across = abs(rows - row), abs(columns - column)
        apart = np.hypot(down, across)
        change = np.exp(-apart / draw.uniform(4, 7)) * draw.uniform(0.5, 1.5, shape)
        change[:, :8] = 0  # beyond an edge
        mistakes = {
            "You took the mean distance: asked for is the one within which half of the change "
            "lies.": np.sum(apart * change) / change.sum(),
            "You counted pixels, not their change.": half(apart, np.ones(shape)),
            "You added rows and columns: the distance is that of a ruler.": (
                half(down + across, change)
            ),
            "You took the larger of rows and columns: the distance is that of a ruler.": (
                half(np.maximum(down, across), change)
            ),
            "You squared the distance and did not take the root.": half(apart, change) ** 2,
            "You measured from another place: did you mix up row and column?": (
                half(np.hypot(rows - column, columns - row), change)
            ),
            "You went to the end of the change: half of it is enough.": apart[change > 0].max(),
        }
        right = half(apart, change)
        if right % 1 and _differ(right, mistakes):
            break
    expect(student, change, row, column, right=right, mistakes=mistakes)
    # In a row no two distances are equal: there one pixel too few or too many shows
    for case, more in (("a row of pixels", 8), ("a row of pixels, half up to one of them", 0)):
        side, far = draw.permutation([1.0, 3, 5, 7]), int(draw.integers(4))
        change = np.concatenate([np.zeros(far), side, side])[None]
        change[0, far + 3] += more
        mistakes = {
            "You stopped a pixel too early: that is less than half.": far + 2,
            "You went a pixel too far: half is enough.": far + 4,
        }
        with naming(case):
            expect(student, change, 0, 0, right=far + 3, mistakes=mistakes)


def hints_palette(student, draw):
    """A few colours that stand for a distribution: weighted k-means."""
    for count in (3, 5):
        with naming(f"{count} colours"):
            _hints_palette(student, draw, count)


def _hints_palette(student, draw, count):
    while True:
        middles = draw.uniform(-60, 60, (count, 2))
        centres = np.concatenate([middle + draw.normal(0, 14, (60, 2)) for middle in middles])
        p = draw.dirichlet(np.full(len(centres), 0.5))
        start = centres[draw.choice(len(centres), count, replace=False)]
        found, rounds = _palette(p, centres, start)
        once, _ = _palette(p, centres, start, most=1)
        early, _ = _palette(p, centres, start, still=1)
        even, _ = _palette(p, centres, start, count=np.ones_like)
        corner, _ = _palette(p, centres, start, apart=np.abs)
        likely, _ = _palette(p, centres, centres[np.argsort(-p)[:count]])
        nearest = np.square(centres[:, None] - found[:, :2]).sum(axis=-1).argmin(axis=1)
        of_bins = np.bincount(nearest, minlength=count) / len(p)
        mistakes = {
            "You did one round: go on until nothing moves any more.": once,
            "You stopped while something still moved: go on until nothing does.": early,
            "You took the plain mean of the bins: weigh each by how likely it is.": even,
            "You added the distances along a and b: the nearest is meant in a straight line.": (
                corner
            ),
            "Begin with the colours that are given: another start may end elsewhere.": likely,
            "The colours are right, but the likeliest comes first.": found[::-1],
            "A share is the sum of the likelihoods, not of the bins.": (
                np.c_[found[:, :2], of_bins][np.argsort(-of_bins, kind="stable")]
            ),
            "The shares are missing: return a, b and share.": found[:, :2],
        }
        clear = all(np.ptp(each, axis=0)[2] for each in (found, once, even))
        if rounds > 11 and clear and len({*of_bins}) == count and _differ(found, mistakes):
            break
    with without(_palette):
        expect(student, p, centres, start, right=found, mistakes=mistakes)


def _palette(p, centres, start, most=100, count=np.asarray, apart=np.square, still=1e-8):
    """a, b and share of each colour, the likeliest first, and how many rounds that took."""
    colors, rounds = start, 0
    while rounds < most:
        nearest = apart(centres[:, None] - colors).sum(axis=-1).argmin(axis=1)
        belongs = np.eye(len(start))[nearest]
        if not belongs.any(axis=0).all():
            return np.zeros((len(start), 3)), 0  # a colour that stands for nothing: draw again
        weights = count(p)[:, None] * belongs
        before, colors = colors, weights.T @ centres / weights.sum(axis=0)[:, None]
        rounds += 1
        if np.allclose(before, colors, atol=still):
            break
    found = np.c_[colors, p @ belongs]
    return found[np.argsort(-found[:, 2])], rounds


def hints_next(student, draw):
    """Where a hint would settle most: the most doubtful place that is not near another hint."""
    shape = (12, 15)
    rows, columns = np.indices(shape)

    def entropy(logits):
        p = np.exp(logits - logits.max(axis=-1, keepdims=True))
        p /= p.sum(axis=-1, keepdims=True)
        return -np.sum(p * np.log(p + 1e-300), axis=-1), p

    def largest(values):
        return np.array(np.unravel_index(values.argmax(), shape))

    def peaked(favourite, others=8):
        p = [favourite, *[(1 - favourite) / others] * others, *[1e-12] * (8 - others)]
        return np.log(draw.permutation(p))

    while True:
        first, left = draw.integers(0, 2, 2)  # a hint near a corner; the other is far from it
        second, far = first + 7, left + draw.integers(11, 14)
        hints = [(first, left), (second, far)]
        logits = draw.normal(0, 4, (*shape, 9))
        told = np.zeros(shape, bool)
        told[first, left] = told[second, far] = True
        # From the most doubtful: both hints; places one and two away from one, and the corner of
        # its square; then, three away, the one that is asked for, though it has a favourite, and
        # would be near the first hint around the edges; one three away from that; one in the same
        # rows as a hint, and one in other rows and columns than both. In another six bins are
        # likely, and none is likelier; in one more logits hardly differ.
        logits[second, far], logits[first, left] = 0, draw.normal(0, 0.1, 9)
        logits[second + 1, far], logits[second + 2, far] = peaked(0.2), peaked(0.26)
        logits[second - 2, far - 2] = peaked(0.3)
        logits[second + 3, left + 13] = 8 + peaked(0.35, 7)
        logits[first + 3, left] = 8 + peaked(0.38, 7)
        logits[6, 6], logits[4, 7] = 8 + peaked(0.4, 7), 8 + peaked(0.45, 7)
        logits[0, 7] = 8 + np.log(draw.permutation([*[1 / 6] * 6, *[1e-12] * 3]))
        logits[10, 6] = 8 + peaked(0.5)
        logits[11, 0, 0] -= 900  # so unlikely that a computer holds 0
        (bits, p), raw = entropy(logits), -np.sum(np.exp(logits) * logits, axis=-1)
        off = np.abs([[rows - row, columns - column] for row, column in hints])  # (2, 2, h, w)
        apart, ruler = off.max(axis=1).min(axis=0), np.linalg.norm(off, axis=1).min(axis=0)
        around = np.minimum(off, np.reshape(shape, (2, 1, 1)) - off).max(axis=1).min(axis=0)
        sliced = bits.copy()
        for row, column in hints:
            sliced[row - 2 : row + 3, column - 2 : column + 3] = -1

        right = largest(np.where(apart > 2, bits, -1))
        mistakes = {
            "You did not look at `told`: there is a hint already, or one next to it.": (
                largest(bits)
            ),
            "You left out the told places alone: keep two rows and columns away from them.": (
                largest(np.where(apart > 0, bits, -1))
            ),
            "You kept one row and column away from the hints: make it two.": (
                largest(np.where(apart > 1, bits, -1))
            ),
            "You kept three rows and columns away from the hints: make it two.": (
                largest(np.where(apart > 3, bits, -1))
            ),
            "A hint forbids a square of 5 × 5 places: from two rows above it to two below, corners "
            "too.": largest(np.where(ruler > 2, bits, -1)),
            "Two rows *or* two columns away: one of them is enough.": (
                largest(np.where(off.min(axis=(0, 1)) > 2, bits, -1))
            ),
            "The hint near the edge forbids nothing: does a slice begin below 0? It is empty.": (
                largest(sliced)
            ),
            "You went around the edge: what lies at the other end is not near.": (
                largest(np.where(around > 2, bits, -1))
            ),
            "Where a likelihood is 0, `p * log(p)` is NaN: it counts as 0.": np.array([11, 0]),
            "You took the place whose logits differ least: look at the likelihoods.": (
                largest(np.where(apart > 2, -logits.var(axis=-1), -np.inf))
            ),
            "You took the *surest* place: the entropy should be largest.": (
                largest(np.where(apart > 2, -bits, -99))
            ),
            "You took the place whose likeliest bins are least likely. That is doubt, too, but "
            "entropy was asked for.": largest(np.where(apart > 2, -p.max(axis=-1), -9)),
            "You did not divide by the sum: the likelihoods of a place have the sum 1.": (
                largest(np.where(apart > 2, raw, -np.inf))
            ),
            "You returned column and row: the row comes first.": right[::-1],
        }
        if _differ(right, mistakes):
            break
    expect(student, logits, told, right=right, mistakes=mistakes)
    with naming("loud logits, louder at some places than at others"):
        loud = logits + draw.uniform(500, 3000, (*shape, 1))
        expect(student, loud, told, right=right, mistakes={})
    with naming("no hint yet"):
        none = np.zeros(shape, bool)
        expect(student, logits, none, right=largest(bits), mistakes={})


def hints_plate(student, draw):
    """An old plate with at most ten hints, and why."""
    plate, hints, figure, text = student
    attempted((hints, figure, text))
    height, width = np.shape(plate)[:2]
    if not isinstance(hints, (list, tuple)):
        raise NotYet(
            f"`hints_given` should be a list of (x, y, colour), but it is {describe(hints)}."
        )
    if not 1 <= len(hints) <= MOST:
        raise NotYet(f"You give {len(hints)} hints: one to {MOST} are asked for.")
    for number, hint in enumerate(hints, start=1):
        said = f"Hint {number} is {describe(hint)}"
        if not (isinstance(hint, (list, tuple)) and len(hint) == 3):
            raise NotYet(f"{said}: a hint is (x, y, colour).")
        x, y, color = hint
        if not all(isinstance(at, numbers.Real) for at in (x, y)):
            raise NotYet(f"{said}: x and y are numbers.")
        if not (0 <= x < width and 0 <= y < height):
            raise NotYet(f"{said}: the plate has {width} x {height} pixels, counted from 0.")
        pair = isinstance(color, (list, tuple, np.ndarray)) and len(color) == 2
        if not pair and not (isinstance(color, str) and re.fullmatch("#[0-9a-fA-F]{6}", color)):
            raise NotYet(f"{said}: a colour is '#rrggbb' or (a, b).")
    expect_figure(figure, photos=3)
    return f"{len(hints)} hints, and {expect_text(text, words=80)}"


def hints_die(student, draw):
    """The share of photos that get n points, if a die decides when to stop."""
    n = np.append(0, np.sort(draw.choice(np.arange(1, 12), int(draw.integers(3, 6)), False)))
    sides = int(draw.choice([4, 5, 6, 10]))
    on = 1 - 1 / sides
    mistakes = {
        "You forgot the last throw, at which it stops.": on**n,
        "You stop after n points or earlier: exactly n were asked for.": 1 - on ** (n + 1),
        "It goes on n times: the die is thrown before the first point, too.": on ** (n - 1) / sides,
        "It goes on n times and then stops: one factor too many.": on ** (n + 1) / sides,
        "You exchanged them: it stops once and goes on n times.": (1 / sides) ** n * on,
        "You let it stop each time: it goes on n times, with the rest of the sides.": (
            (1 / sides) ** n
        ),
        "You always took eight sides.": (7 / 8) ** n / 8,
        "You gave all n the same share: to get far one must go on many times.": 0 * n + 1 / sides,
        "You multiplied by n: what happens n times in a row is a power.": n * on / sides,
    }
    expect(student, n, sides, right=on**n / sides, mistakes=mistakes)


def hints_change(student, draw):
    """How far the colours of two pictures are apart, place by place."""
    for case, shape in (("one picture", (3, 5)), ("many pictures", (2, 4, 3))):
        before, after = draw.normal(0, 20, (2, *shape, 2))
        way = after - before
        chroma = np.linalg.norm(after, axis=-1) - np.linalg.norm(before, axis=-1)
        mistakes = {
            "You added the changes of a and b: the distance is the root of a sum of squares.": (
                np.abs(way).sum(axis=-1)
            ),
            "You took the mean of both changes: the distance is the root of a sum of squares.": (
                np.abs(way).mean(axis=-1)
            ),
            "You added the changes with their signs: one may hide the other.": way.sum(axis=-1),
            "You forgot the root.": np.square(way).sum(axis=-1),
            "You took the root of the mean: a and b are added up.": (
                np.sqrt(np.square(way).mean(axis=-1))
            ),
            "You compared how strong the colours are: blue and red may be as strong.": chroma,
            "You compared how strong the colours are: blue and red may be so.": abs(chroma),
            "You gave the change of a and of b: their distance is one number.": way,
            "You gave the sizes of both changes: their distance is one number.": np.abs(way),
            "You gave one number for all: each pixel has its own.": np.linalg.norm(way),
            "You gave the mean: each pixel has its own.": np.linalg.norm(way, axis=-1).mean(),
        }
        with naming(case):
            expect(student, before, after, right=np.linalg.norm(way, axis=-1), mistakes=mistakes)


def hints_heard(student, draw):
    """How much of what is missed at a dot is heard elsewhere."""
    scales = np.array([0.3, 15, 6, 6])
    for case, shape in (("many places", (3, int(draw.integers(4, 8)))), ("one place", ())):
        apart = scales * draw.uniform(0.3, 1.2, (*shape, 4))
        apart[..., 1:] *= draw.choice([-1, 1], (*shape, 3))
        parts = apart / scales
        d = np.linalg.norm(parts, axis=-1)
        mistakes = {
            "You forgot the root: $d$ is in the exponent, and not its square.": np.exp(-(d**2)),
            "You took a bell, with half of $d^2$: $k = e^{-d}$.": np.exp(-(d**2) / 2),
            "You forgot the minus: far places would hear more.": np.exp(d),
            "You returned $d$: $k = e^{-d}$.": d,
            "You forgot the squares.": np.exp(-abs(parts).sum(axis=-1)),
            "You forgot the squares: differences below 0 take the others away.": (
                np.exp(-parts.sum(axis=-1))
            ),
            "You forgot the squares, and differences below 0 take the others away.": (
                np.exp(-np.sqrt(np.maximum(parts.sum(axis=-1), 0)))
            ),
            "You forgot the root and the squares of 0.3, 15, 6 and 6.": (
                np.exp(-np.sum(apart**2 / scales, axis=-1))
            ),
            "You forgot the squares of 0.3, 15, 6 and 6.": (
                np.exp(-np.sqrt(np.sum(apart**2 / scales, axis=-1)))
            ),
            "You did not divide by 0.3, 15, 6 and 6.": np.exp(-np.linalg.norm(apart, axis=-1)),
            "You multiplied by 0.3, 15, 6 and 6: divide.": (
                np.exp(-np.linalg.norm(apart * scales, axis=-1))
            ),
            "You took the mean of the four squares: add them up.": np.exp(-d / 2),
            "You gave one number for all: each place has its own.": np.exp(-np.linalg.norm(parts)),
            "You have not put the four together: each place gets one number.": (
                np.exp(-abs(parts))
            ),
        }
        with naming(case):
            expect(student, apart, right=np.exp(-d), mistakes=mistakes)


def hints_worth(student, draw):
    """What each further hint gains between two numbers of hints."""
    steps = draw.permutation(
        np.r_[1, draw.choice(np.arange(2, 30), int(draw.integers(3, 6)), False)]
    )
    numbers = np.cumsum(np.r_[draw.integers(1, 6), steps])
    gains = np.cumsum(np.r_[0.5, draw.uniform(0.2, 0.9, len(steps))])
    more = np.diff(gains)
    right = more / steps
    mistakes = {
        "You gave what all hints of a step gain: divide by how many they are.": more,
        "You divided by all hints: only those of the step are further ones.": more / numbers[1:],
        "You divided by all hints before the step.": more / numbers[:-1],
        "You gave what each hint gains from the beginning on: begin at the number before.": (
            gains[1:] / numbers[1:]
        ),
        "You gave what each hint gains from the beginning on, for each number.": gains / numbers,
        "You compared each number with the first: with the one before was asked for.": (
            (gains[1:] - gains[0]) / (numbers[1:] - numbers[0])
        ),
        "You turned the fraction: so many hints gain one decibel.": steps / more,
        "You subtracted the wrong way round.": -right,
        "You took the slope around each number: from one to the next was asked for.": (
            np.gradient(gains, numbers)
        ),
        "You took the mean: each step has its own.": right.mean(),
    }
    expect(student, numbers, gains, right=right, mistakes=mistakes)


def hints_shares(student, draw):
    """How common each bin is in a photo, of the bin of each pixel."""
    bins = int(draw.integers(10, 14))
    some = draw.choice(np.arange(1, bins - 1), 5, False)  # not the first and the last
    height, width = draw.choice(np.arange(6, 10), 2, False)
    nearest = draw.choice(some, (height, width), p=(0.6, 0.1, 0.1, 0.1, 0.1))
    counts = np.bincount(nearest.ravel(), minlength=bins)
    right = counts / nearest.size
    mistakes = {
        "You counted: divide by how many pixels there are.": counts,
        "You divided by the largest: then the sum is not 1.": counts / counts.max(),
        "You divided by the rows: all pixels count.": counts / height,
        "You divided by the columns: all pixels count.": counts / width,
        "You divided by the bins: pixels were counted.": counts / bins,
        "You divided by the bins that occur: pixels were counted.": counts / (counts > 0).sum(),
        "You said which bins occur, not how common they are.": counts > 0,
        "You left out bins that no pixel has: they have a share, too, 0.": right[counts > 0],
        "You stopped at the last bin that occurs: those behind it have a share, too, 0.": (
            right[: nearest.max() + 1]
        ),
        "You sorted them: the place says which bin it is.": np.sort(right)[::-1],
        "You gave each pixel the share of its bin: each *bin* has one.": right[nearest],
    }
    expect(student, nearest, bins, right=right, mistakes=mistakes)
