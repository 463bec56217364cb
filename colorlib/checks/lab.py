"""The exercises of chapter 01_lab."""

import numpy as np
from skimage import color

from colorlib import photoset
from colorlib.checks.judging import (
    NotYet,
    attempted,
    expect,
    expect_figure,
    expect_text,
    naming,
    without,
)
from colorlib.lab import to_lab


def lab_without(student, draw):
    """One channel of a photo replaced by its average."""
    height, width = draw.integers(4, 8, 2)
    low = draw.permuted([20, 50, 160])  # so that no mean is like that of all three
    pixels = draw.integers(low, low + 30, (height, width, 3), dtype="uint8")
    channel, of = int(draw.integers(3)), height * width
    short = (of // 2 - pixels.sum(axis=(0, 1), dtype=int)) % of
    pixels[0, 0] += short.astype("uint8")  # now no mean is whole

    def put(value):
        replaced = pixels.astype(float)
        replaced[..., channel] = value
        return replaced

    own, one_row = pixels[..., channel].astype(float), pixels.astype(float)
    one_row[channel] = one_row[channel].mean()
    with naming(f"channel {channel}"):
        expect(
            student,
            pixels,
            channel,
            right=put(own.mean()),
            mistakes={
                "You took the average of all three channels: only this one's is asked for.": (
                    put(pixels.mean())
                ),
                "You averaged the three channels at each pixel: take this one, over the photo.": (
                    put(pixels.mean(axis=-1))
                ),
                "The average lost its decimals: calculate in floating-point numbers.": (
                    put(np.floor(own.mean()))
                ),
                "You put 0 there: in RGB that is no light at all, and not the average.": put(0),
                "You averaged each column for itself: take the whole photo.": (
                    put(own.mean(axis=0))
                ),
                "You averaged each row for itself: take the whole photo.": (
                    put(own.mean(axis=1, keepdims=True))
                ),
                "You replaced all three: the other two channels stay as they are.": (
                    np.broadcast_to(pixels.mean(axis=(0, 1)), pixels.shape)
                ),
                "You replaced a row of the photo: channels are the last axis, `[..., channel]`.": (
                    one_row
                ),
                "You give the channel alone: the other two belong to the photo, too.": (
                    np.full((height, width), own.mean())
                ),
            },
        )
    colors = draw.uniform((0, -60, -60), (100, 40, 40), (height, width, 3))
    right = colors.copy()
    right[..., 2] = colors[..., 2].mean()
    with naming("b of a photo in Lab"):
        expect(student, colors, 2, right=right, mistakes={})


def lab_observed(student, draw):
    """What an observer gets from three lights, relative to white."""
    from colorlib.lab import RGB_FROM_XYZ, WHITE, XYZ_FROM_RGB

    light = draw.permuted([0.1, 0.4, 0.9]) + draw.uniform(-0.05, 0.05, 3)
    responses = XYZ_FROM_RGB @ light
    right = responses / WHITE
    expect(
        student,
        light,
        right=right,
        mistakes={
            "You left out white: divide each response by white's.": responses,
            "You multiplied by white's responses: divide by them.": responses * WHITE,
            "You divided the lights: white's three numbers are responses, too.": (
                XYZ_FROM_RGB @ (light / WHITE)
            ),
            "You went down the columns: a response is the sum along a row of the matrix.": (
                XYZ_FROM_RGB.T @ light / WHITE
            ),
            "You went down the columns, and left out white.": XYZ_FROM_RGB.T @ light,
            "`*` only multiplies: `@` also sums up each row.": XYZ_FROM_RGB * light / WHITE,
            "You give Y alone: all three responses were asked for.": right[1],
            "You divided by their sum: divide each by white's.": responses / responses.sum(),
            "You took the largest response for white: white's are `lab.WHITE`.": (
                responses / responses.max()
            ),
            "You took the matrix of the way back.": RGB_FROM_XYZ @ light / WHITE,
            "You took cube roots: they come in step 3.": np.cbrt(right),
        },
    )
    with naming("a grey"):
        expect(student, np.full(3, light[0]), right=np.full(3, light[0]), mistakes={})


def lab_root(student, draw):
    """The cube root of the third step, straight near black."""
    levels = int(draw.integers(3, 7))
    low, high = (0.0005, 0.002, 0.012, 0.1), (0.002, 0.008, 0.035, 1)
    t = draw.uniform(low, high, (levels, 4))
    root, straight = np.cbrt(t), 7.787 * t + 16 / 116
    mistakes = {
        "The straight piece near black is missing.": root,
        "You took the straight piece everywhere: it is for the dark alone.": straight,
        "You swapped the two pieces: the cube root is for what is lighter than the knee.": (
            np.where(t > 0.008856, straight, root)
        ),
        "Is that the knee of step 1? Here it is 0.008856.": np.where(t > 0.04045, root, straight),
        "You took a square root: the exponent is 1/3.": np.where(t > 0.008856, t**0.5, straight),
        "`t ** 1 / 3` divides by 3: the exponent needs brackets.": (
            np.where(t > 0.008856, t / 3, straight)
        ),
        "You cubed: a cube root has the exponent 1/3.": np.where(t > 0.008856, t**3, straight),
        "The straight piece lacks its 16/116: then there is a step at the knee.": (
            np.where(t > 0.008856, root, 7.787 * t)
        ),
        "The straight piece adds 16: it should be 16/116.": (
            np.where(t > 0.008856, root, 7.787 * t + 16)
        ),
        "You give L, not f: the factor and the shift come in the next cell.": (
            116 * np.where(t > 0.008856, root, straight) - 16
        ),
    }
    right = np.where(t > 0.008856, root, straight)
    expect(student, t, right=right, mistakes=mistakes)
    with naming("one colour alone"):
        expect(student, t[0, 1:], right=right[0, 1:], mistakes={})


def lab_luminance(student, draw):
    """The light that makes a lightness."""
    lightness = draw.uniform(15, 95, int(draw.integers(4, 8)))
    root = (lightness + 16) / 116
    expect(
        student,
        lightness,
        right=root**3,
        mistakes={
            "You stopped at $f$: its cube is Y.": root,
            "You took a cube root: to undo one, cube.": np.cbrt(root),
            "You squared: a cube root is undone by a cube.": root**2,
            "You forgot the 16: first add it to L.": (lightness / 116) ** 3,
            "You subtracted 16: it was subtracted from L, so add it.": (
                ((lightness - 16) / 116) ** 3
            ),
            "You added 16 after the division: add it to L first.": (lightness / 116 + 16) ** 3,
            "You cubed before you divided by 116: it belongs under the cube.": (
                (lightness + 16) ** 3 / 116
            ),
            "You took Y for a hundredth of L: the eye's root is between them.": lightness / 100,
            "You cubed a hundredth of L: 16 and 116 belong to the formula.": (
                (lightness / 100) ** 3
            ),
            "You give per cent: white's light is 1.": 100 * root**3,
            "You went from Y to L: here it is the other way.": 116 * np.cbrt(lightness) - 16,
            "You took the straight piece: above L = 8 $f$ is the root.": (
                (root - 16 / 116) / 7.787
            ),
        },
    )
    with naming("one number"):
        expect(student, float(lightness[0]), right=root[0] ** 3, mistakes={})


def lab_shares(student, draw):
    """The share of True on each plane of a table."""
    levels, rows, columns = (int(size) for size in draw.integers((3, 6, 11), (6, 11, 16)))
    chances = draw.permuted(np.linspace(0.2, 0.8, levels))
    shown = draw.random((levels, rows, columns)) < chances[:, None, None]
    shown[:, 0, 0], shown[:, 0, 1] = True, False
    right = shown.mean(axis=(1, 2))
    expect(
        student,
        shown,
        right=right,
        mistakes={
            "You counted: divide by how many there are.": shown.sum(axis=(1, 2)),
            "You divided by 256²: take the size of the square from the table.": (
                shown.sum(axis=(1, 2)) / 256**2
            ),
            "You give the share of the whole box: each lightness has its own.": shown.mean(),
            "You averaged over the lightnesses: they are the axis that stays, 0.": (
                shown.mean(axis=0)
            ),
            "You averaged over b alone: a is an axis, too.": shown.mean(axis=1),
            "You averaged over a alone: b is an axis, too.": shown.mean(axis=2),
            "You give per cent: it should be a share from 0 to 1.": 100 * right,
            "You divided by the number of colours in the whole box.": (
                shown.sum(axis=(1, 2)) / shown.size
            ),
            "You give the share that can *not* be shown.": 1 - right,
            "You only say whether any colour can be shown: count them.": shown.any(axis=(1, 2)),
        },
    )


def lab_guess(student, draw):
    """The mean a and b of the colours of one lightness."""
    level = int(draw.choice([*range(20, 41), *range(60, 81)]))
    colors = draw.uniform((5, -60, -40), (95, 30, 70), (int(draw.integers(1800, 2600)), 3))
    colors[:, 1] += 0.3 * colors[:, 0]

    def mean(near):
        return colors[near, 1:].mean(axis=0)

    off = colors[:, 0] - level
    near = np.abs(off) < 1
    right = mean(near)
    expect(
        student,
        colors,
        level,
        right=right,
        mistakes={
            "You took the mean of all colours: choose those with this L first.": (
                colors[:, 1:].mean(axis=0)
            ),
            "You averaged L as well: give a and b alone.": colors[near].mean(axis=0),
            "You took L and a: a and b are the last two of the three.": (
                colors[near, :2].mean(axis=0)
            ),
            "You put a and b into one mean: each has its own, `axis=0`.": colors[near, 1:].mean(),
            "You took the mean of each colour's a and b: average over the colours, `axis=0`.": (
                colors[near, 1:].mean(axis=1)
            ),
            "You took the median: for the squared error the mean is best.": (
                np.median(colors[near, 1:], axis=0)
            ),
            "You forgot the size of the difference: all that is darker came along.": mean(off < 1),
            "You always look at L = 50: take `level`.": mean(np.abs(colors[:, 0] - 50) < 1),
            "You went half a unit: less than 1 away is near enough.": mean(np.abs(off) < 0.5),
            "You took the lighter side alone: less than 1 away, to both sides.": (
                mean((off >= 0) & (off < 1))
            ),
            "You took the others: those whose L is near belong in the mean.": mean(~near),
            "You forgot to divide by how many there are.": colors[near, 1:].sum(axis=0),
        },
    )


def lab_units(student, draw):
    """The distance that a loss stands for."""
    for loss in map(float, draw.uniform(0.004, 0.06, 2)):
        square = 2 * 128**2 * loss
        expect(
            student,
            loss,
            right=np.sqrt(square),
            mistakes={
                "You forgot the root: that is the mean of the squares.": square,
                "You forgot the 2: the equation halves, so twice $C$ is under the root.": (
                    np.sqrt(square / 2)
                ),
                "You halved once more: the equation halves, so the way back doubles.": (
                    np.sqrt(square / 4)
                ),
                "You forgot the 128: the equation works with scaled numbers.": np.sqrt(2 * loss),
                "The 2 belongs under the root.": 2 * np.sqrt(square / 2),
                "You took 128² out of the root as it is: its root is 128.": 128 * np.sqrt(square),
                "You divided by 128: that is the way to the loss.": np.sqrt(2 * loss) / 128,
                "You took the root of 128, too: the squares are divided by 128².": (
                    np.sqrt(256 * loss)
                ),
                "You took 256 for 2 · 128²: the square belongs to the 128.": 256 * loss,
            },
        )


def lab_bound(student, draw):
    """How far out a share of all values lies."""
    values = draw.normal((12, -30), (14, 25), (int(draw.integers(8000, 12000)), 2))
    share = round(float(draw.uniform(0.7, 0.93)), 2)
    sizes = np.abs(values)
    ends = np.quantile(values, ((1 - share) / 2, (1 + share) / 2))
    right = np.quantile(sizes, share)
    expect(
        student,
        values,
        share,
        right=right,
        mistakes={
            "You took the values with their signs: -30 lies as far out as 30.": (
                np.quantile(values, share)
            ),
            "You give what the rest lies within: t grows with the share.": (
                np.quantile(sizes, 1 - share)
            ),
            "`np.percentile` takes per cent, and `np.quantile` shares.": (
                np.percentile(sizes, share)
            ),
            "You measured from the mean: ±t lies around 0.": (
                np.quantile(np.abs(values - values.mean()), share)
            ),
            "You took the share for t: for which t is it the share?": np.mean(sizes < share),
            "You took both sides for alike: look at the size of each value.": ends[1],
            "You give two ends: the same t serves both sides.": ends,
            "You give the width from -t to t.": 2 * right,
            "You took a share of the largest: a share of the values is meant.": (
                share * sizes.max()
            ),
            "You took the largest: it has all values within.": sizes.max(),
            "You give each column its own: take all values together.": (
                np.quantile(sizes, share, axis=0)
            ),
            "You made a chroma of each pair: take a and b as single values.": (
                np.quantile(np.hypot(*values.T), share)
            ),
            "You always take 99 %: take `share`.": np.quantile(sizes, 0.99),
            "You always take half: take `share`.": np.median(sizes),
        },
        tolerance=1e-3,
    )


def lab_chroma(student, draw):
    """The distance from grey in the a-b plane."""
    colors = draw.uniform((0, -80, -80), (100, 80, 80), (4, 5, 3))
    lightness, a, b = np.moveaxis(colors, -1, 0)
    expect(
        student,
        colors,
        right=np.hypot(a, b),
        mistakes={
            "You included L: then white would be colourful.": np.linalg.norm(colors, axis=-1),
            "You took L and a instead of a and b.": np.hypot(lightness, a),
            "You added a and b: so red and green cancel each other.": a + b,
            "You added their sizes: that is the way round a corner.": np.abs(a) + np.abs(b),
            "You forgot the square root.": a**2 + b**2,
        },
    )
    with naming("one colour alone"):
        expect(student, colors[0, 0], right=np.hypot(a, b)[0, 0], mistakes={})


def lab_unscaled(student, draw):
    """From the network's -1..1 to Lab."""
    from colorlib import lab

    scaled_l, scaled_ab = draw.uniform(-0.9, 0.9, (3, 4)), draw.uniform(-0.8, 0.8, (3, 4, 2))
    lightness, ab = lab.unscale_l(scaled_l), lab.unscale_ab(scaled_ab)

    def joined(lightness=lightness, ab=ab):
        return np.concatenate([lightness[..., None], ab], axis=-1)

    with without(lab.unscale_l, lab.unscale_ab):
        expect(
            student,
            scaled_l,
            scaled_ab,
            right=joined(),
            mistakes={
                "You multiplied L without a shift: 0 stands for L = 50.": joined(50 * scaled_l),
                "You added 1 to L after the factor: it belongs inside, before it.": joined(
                    50 * scaled_l + 1
                ),
                "You multiplied L by 100: it was scaled to -1..1, not to 0..1.": joined(
                    100 * scaled_l
                ),
                "You treated L like a and b: its scale is another one.": joined(128 * scaled_l),
                "You shifted L, but the factor is too large: L = 100 is the end.": (
                    joined(100 * (scaled_l + 1))
                ),
                "You multiplied a and b by 100: that is the range of L.": joined(
                    ab=100 * scaled_ab
                ),
                "You multiplied a and b by 127: the divisor was 128.": joined(ab=127 * scaled_ab),
                "You multiplied a and b by 110: others do, but here the divisor was 128.": (
                    joined(ab=110 * scaled_ab)
                ),
                "You took a and b for 0..1: here they go from -1 to 1, and 0 is grey.": (
                    joined(ab=255 * scaled_ab - 128)
                ),
                "You shifted a and b, too: their 0 is grey and stays 0.": joined(
                    ab=64 * scaled_ab + 64
                ),
                "You left a and b as they were: the network's numbers are no Lab units.": (
                    joined(ab=scaled_ab)
                ),
                "You swapped a and b: red would turn yellow.": joined(ab=ab[..., ::-1]),
                "You put L last: the order is L, a, b.": np.roll(joined(), -1, axis=-1),
            },
        )


def lab_lightness(student, draw):
    """L of 8-bit RGB, by the three steps."""
    from colorlib import lab

    rgb = draw.integers(0, 256, (4, 5, 3), dtype="uint8")
    rgb[0] = draw.integers(1, 9, (5, 3))  # so dark that the straight pieces matter
    rgb[1:3] = draw.integers(40, 220, (2, 5, 3))
    codes, light, weights = rgb / 255, color.rgb2xyz(rgb)[..., 1], lab.XYZ_FROM_RGB[1]
    right = np.array(lab.rgb_to_lab(rgb))[..., 0]
    mistakes = {
        "You took the codes of the file for amounts of light: undo the screen's code first.": (
            _lightness_of(codes @ weights)
        ),
        "You put the screen's code on once more: the file has it already, undo it.": (
            _lightness_of(_coded(codes) @ weights)
        ),
        "You stopped after the first step, at amounts of red, green and blue light.": (
            _light(codes)
        ),
        "You give the luminance, not L: the eye's cube root is missing.": 100 * light,
        "You give the luminance in 0..1: the cube root and the scale are missing.": light,
        "You forgot the 16: black should have L = 0.": right + 16,
        "You forgot the 16 and the straight piece: black should have L = 0.": 116 * np.cbrt(light),
        "You stopped after the cube root: L still needs a factor and a shift.": (right + 16) / 116,
        "You give the cube root alone: L needs a factor, a shift and a straight piece.": (
            np.cbrt(light)
        ),
        "You took 2.2 for the screen's code: that is a rough substitute for the formula.": (
            _lightness_of(codes**2.2 @ weights)
        ),
        "You took 2.2 for the screen's code, and there is no straight piece near black.": (
            116 * np.cbrt(codes**2.2 @ weights) - 16
        ),
        "You took the middle of the largest and the smallest: that is the lightness of HSL.": (
            50 * (codes.max(axis=-1) + codes.min(axis=-1))
        ),
        "You averaged R, G and B: the eye gets far more from green than from blue.": (
            100 * codes.mean(axis=-1)
        ),
        "You added up light with equal weights: the eye gets far more from green than from blue.": (
            _lightness_of(_light(codes).mean(axis=-1))
        ),
        "You took the weights of television, for codes: that is a grey, but not L.": (
            100 * codes @ (0.299, 0.587, 0.114)
        ),
        "You took the first row of the matrix: that is X, and L is made of Y.": (
            _lightness_of(_light(codes) @ lab.XYZ_FROM_RGB[0] / lab.WHITE[0])
        ),
        "You took a column of the matrix: Y is a weighted sum with the numbers of its row.": (
            _lightness_of(_light(codes) @ lab.XYZ_FROM_RGB[:, 1])
        ),
        "You took the cube root of each light: add up the three lights first.": (
            np.stack([_lightness_of(each) for each in np.moveaxis(_light(codes), -1, 0)], -1)
            @ weights
        ),
        "You give L in 0..1: white should have L = 100.": right / 100,
        "You read the channels backwards: R comes first in a file, then G, then B.": (
            np.array(lab.rgb_to_lab(rgb[..., ::-1]))[..., 0]
        ),
        "You put 0..255 into a formula for 0..1: divide by 255 first.": (
            116 * np.cbrt(((rgb + 0.055) / 1.055) ** 2.4 @ weights) - 16
        ),
        "You left out the straight piece of the cube root: near black L would be below 0.": (
            116 * np.cbrt(light) - 16
        ),
        "You left out the straight piece of the screen's code: look at dark colours.": (
            _lightness_of(((codes + 0.055) / 1.055) ** 2.4 @ weights)
        ),
        "You left out both straight pieces: look at dark colours.": (
            116 * np.cbrt(((codes + 0.055) / 1.055) ** 2.4 @ weights) - 16
        ),
    }
    near = 0.01 / right.max()
    darkest = np.array([1, 0, 1], "uint8")  # no violet in 0..1
    dark = float(lab.rgb_to_lab(darkest)[0])
    with without(color.rgb2lab, color.rgb2xyz, color.xyz2lab, lab.rgb_to_lab):
        expect(student, rgb, right=right, mistakes=mistakes, tolerance=near)
        for case, place in (("one colour alone", (1, 0)), ("a batch of photos", np.s_[None, 1:])):
            with naming(case):
                expect(student, rgb[place], right=right[place], mistakes={}, tolerance=near)
        with naming("the darkest violet"):
            expect(student, darkest, right=dark, mistakes={}, tolerance=0.01 / dark)


def _light(codes):
    """Amounts of red, green and blue light, by way of XYZ."""
    from colorlib import lab

    return color.rgb2xyz(codes) @ lab.RGB_FROM_XYZ.T


def _coded(light):
    """The screen's code of amounts of light."""
    return np.where(light > 0.0031308, 1.055 * light ** (1 / 2.4) - 0.055, 12.92 * light)


def _lightness_of(luminance):
    return color.xyz2lab(np.stack([luminance] * 3, axis=-1))[..., 0]


def lab_reach(student, draw):
    """The largest chroma that a screen can show at one L, for several hues."""
    from colorlib import lab

    def chroma_of(direction, lightness):
        far = np.linspace(134, 140, 64)[:, None, None] * direction  # (64, 4, 2)
        fitted = lab.fit_gamut(np.insert(far, 0, lightness, axis=-1))
        return np.hypot(fitted[..., 1], fitted[..., 2]).max(axis=0)  # each stops a little below

    while True:  # until whole steps of the chroma are too coarse
        lightness = round(draw.uniform(55, 70), 1)
        hues = (np.array([20.0, 110, 200, 290]) + draw.uniform(-15, 15, 4)).round(1)
        direction = _direction(hues)
        right = chroma_of(direction, lightness)
        part = right % 1
        if part.min() < 0.3 and ((part > 0.7) & (part < 0.95)).any():
            break
    clipped = lab.lab_to_rgb(np.insert(140 * direction, 0, lightness, axis=-1))
    clipped = np.array(lab.rgb_to_lab(np.array(clipped)))
    mistakes = {
        "You took degrees for radians: convert the hues first, with `np.radians`.": (
            chroma_of(_direction(np.degrees(hues)), lightness)
        ),
        "You swapped a and b: 0° is towards +a, so a is the chroma times the cosine.": (
            chroma_of(direction[:, ::-1], lightness)
        ),
        "You turn the wrong way round: 90° is yellow, towards +b.": (
            chroma_of(direction * [1, -1], lightness)
        ),
        "You always look at L = 50: the gamut has another shape at each lightness.": (
            chroma_of(direction, lightness=50)
        ),
        "You measure what is left after clipping: it has another L and another hue.": (
            np.hypot(*clipped[:, 1:].T)
        ),
        "You stopped at the smallest of the answers: each hue has its own.": (
            np.full(4, right.min())
        ),
        "You give a factor, not a chroma: multiply it by the chroma you started from.": right / 140,
        "You count steps of a tenth: multiply their number by 0.1.": 10 * right,
    }
    blue, near_blue = round(draw.uniform(32.1, 32.5), 1), np.array([306.3, 126.3])
    far = chroma_of(_direction(near_blue), lightness=blue)
    with without(lab.fit_gamut):
        expect(
            student, lightness, hues, right=right, mistakes=mistakes, tolerance=0.55 / right.max()
        )
        with naming("dark colours, blue among them"):
            expect(student, blue, near_blue, right=far, mistakes={}, tolerance=0.55 / far.max())


def _direction(hues):
    return np.stack([np.cos(np.radians(hues)), np.sin(np.radians(hues))], axis=-1)


def lab_twins(student, draw):
    """Two pixels of equal L and far apart in colour, and what a network would make of them."""
    twins, figure, text = student
    attempted(student)
    photos = photoset.commons().photos
    try:
        places = np.asarray(twins)
    except ValueError:  # rows of unequal length
        places = np.empty(0)
    if places.shape != (2, 3) or places.dtype.kind not in "iu":
        raise NotYet(
            "`twins` should be two places, each of them `(photo, row, column)` in whole numbers."
        )
    if (places < 0).any() or (places >= photos.shape[:3]).any():
        raise NotYet("There is no such pixel: photos go from 0 to 749, rows and columns to 255.")
    if places[0, 0] == places[1, 0]:
        raise NotYet("Both pixels are in one photo: take two different ones.")
    one, other = to_lab(photos[tuple(places.T)])
    if abs(one[0] - other[0]) > 0.5:
        raise NotYet(
            f"A black-and-white photo tells these two apart: their L are {one[0]:.1f} and "
            f"{other[0]:.1f}."
        )
    apart = np.hypot(*(one - other)[1:])
    if apart < 60:
        raise NotYet(f"The two colours are only {apart:.0f} units apart in the a-b plane.")
    expect_figure(figure, photos=4)
    return expect_text(text, words=60)
