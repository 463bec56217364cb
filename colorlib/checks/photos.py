"""The exercises of chapter 02_photos."""

import numpy as np

from colorlib import metrics, photoset
from colorlib.checks.judging import (
    NotAttempted,
    NotYet,
    call,
    describe,
    expect,
    expect_figure,
    expect_text,
    is_untouched,
    naming,
)


def photos_bins(student, draw):
    """Counts in bins of 10 x 10 around multiples of 10."""
    ab = draw.normal((8, -3), (25, 15), (30, 40, 2)).clip(-120, 120)
    right = metrics.count_bins(ab).reshape(27, 27)

    def count(places):
        numbers = 27 * places[..., 0] + places[..., 1]
        return np.bincount(numbers.ravel(), minlength=729).reshape(27, 27)

    def histogram(bins):
        return np.histogram2d(*ab.reshape(-1, 2).T, bins, ((-130, 130), (-130, 130)))[0]

    expect(
        student,
        ab,
        right=right,
        mistakes={
            "You cut off decimals: then the bins around 0 are twice as wide as the others.": (
                count((ab / 10).astype(int) + 13)
            ),
            "You rounded down: then a bin begins at a multiple of 10, and grey lies in a corner.": (
                count(np.floor(ab / 10).astype(int) + 13)
            ),
            "You end at ±130: these are the middles of the last bins, which reach to ±135.": (
                histogram(27)
            ),
            "You took multiples of 10 for the edges of bins: they are the middles.": histogram(26),
            "You swapped the axes: a counts the rows, b the columns.": right.T,
            "You counted each bin once: `+=` does not add up places that occur again.": right > 0,
            "You give shares: the table should hold counts.": right / right.sum(),
            "You forgot the 13: negative places then wrap round to the end.": (
                np.roll(right, (-13, -13), axis=(0, 1))
            ),
        },
    )


def photos_copies(student, draw):
    """How many bits of a difference hash differ, for each two pictures."""
    levels = 5 + 20 * np.arange(9, dtype="uint8")  # all different, so no neighbours are equal
    cells = draw.permuted(np.broadcast_to(levels, (4, 8, 9)), axis=-1)
    cells[1, 0, 4] = cells[1, 0, 3]  # but for these two
    cells[3] = cells[0] + 40  # a brighter copy
    cells[3, 2, [4, 5]] = cells[3, 2, [5, 4]]  # of which a little is changed

    def differing(bits):
        return (bits[:, None] != bits[None]).sum(axis=(2, 3))

    right = differing(cells[:, :, 1:] > cells[:, :, :-1])
    expect(
        student,
        cells,
        right=right,
        mistakes={
            "You subtracted numbers of the type `uint8`: what should be below 0 wraps round.": (
                differing(np.diff(cells, axis=2) > 0)
            ),
            "You took equal cells for brighter ones, or compared with the right neighbour.": (
                differing(cells[:, :, 1:] >= cells[:, :, :-1])
            ),
            "You compared with the cell above: the left neighbour is one column before.": (
                differing(cells[:, 1:] > cells[:, :-1])
            ),
            "You compared the grey values themselves: a brighter copy has none in common.": (
                differing(cells)
            ),
            "You compared with the mean of the picture: each cell has a left neighbour.": (
                differing(cells > cells.mean(axis=(1, 2), keepdims=True))
            ),
            "You counted the bits that agree: of copies few should differ.": 64 - right,
            "You give a share: the table should hold numbers of bits.": right / 64,
            "You only say whether they differ: count how many bits do.": right > 0,
        },
    )


def photos_leaks(student, draw):
    """Photos held back whose author has a photo in training."""
    rows = np.array([
        ("Ann Lee", 1), ("ann lee", 0), ("Bo", 1), (" Bo ", 0), ("Cy", 1), ("Cy", 1), ("Dee", 0),
        ("Eve", 0), ("Eve", 1), ("", 1), ("", 0), (" ", 1), ("Fay", 0), ("Fay", 0),
        ("Jo Ann", 1), ("Joann", 0), ("Jo Bell", 0),
    ])[draw.permutation(17)]  # fmt: skip
    authors, held_back = rows[:, 0], rows[:, 1] == "1"
    exact = _leaks(authors, held_back)
    blanks_only = _leaks(np.char.strip(authors), held_back)
    case_only = _leaks(np.char.lower(authors), held_back)
    known = np.char.strip(authors) != ""
    comparable = np.char.lower(np.char.strip(authors))
    right = _leaks(comparable, held_back) & known
    several = (comparable[:, None] == comparable).sum(axis=1) > 1
    expect(
        student,
        authors,
        held_back,
        right=right,
        mistakes={
            "You took unknown authors for one person: photos without a name are no leaks.": (
                _leaks(comparable, held_back)
            ),
            "You took the unknown authors for a person, and names as they are typed.": exact,
            "You compared names as they are typed: the same person may write them otherwise.": (
                exact & known
            ),
            "You overlooked capital letters: `Ann Lee` and `ann lee` are one person.": (
                blanks_only & known
            ),
            "You overlooked blanks at the ends of names: they do not make another person.": (
                case_only & known
            ),
            "You removed blanks within names, too: `Jo Ann` and `Joann` are two people.": (
                _leaks(np.char.replace(comparable, " ", ""), held_back) & known
            ),
            "You took a blank name for a person: it stands for an unknown author.": (
                right | _leaks(comparable, held_back) & (authors != "")
            ),
            "You flagged photos in training, too: a leak is a photo that is held back.": (
                right | _leaks(comparable, ~held_back) & known
            ),
            "You flagged all photos in training: a leak is a photo that is held back.": (
                np.isin(comparable, comparable[~held_back]) & known
            ),
            "You flagged authors whose photos are all held back: they do no harm.": (
                several & held_back & known
            ),
            "You flagged the photos that do not leak: turn the answer round.": ~right,
            "You flagged every photo that is held back: most are honest.": held_back,
            "You flagged the other half of each pair: a leak is a photo that is held back.": (
                _leaks(comparable, ~held_back) & known
            ),
        },
    )


def _leaks(names, held_back):
    return held_back & np.isin(names, names[~held_back])


def photos_sources(student, draw):
    """The table of source pixels of a shift, mirrored at the edges."""
    size = int(draw.integers(7, 10))
    near, far = draw.permutation([2, 3]).tolist()
    for down, right in ((-near, far), (far, -near), (size - 1, 0)):  # every edge is crossed
        with naming(f"down = {down}, right = {right}"):
            _source_table(student, size, down, right)


def _source_table(student, size, down, right):
    """One shift."""
    numbers = np.arange(size * size).reshape(size, size)

    def window(mode="reflect", down=down, right=right, numbers=numbers):
        far = size - 1
        return np.pad(numbers, far, mode)[far + down :, far + right :][:size, :size]

    expect(
        student,
        size,
        down,
        right,
        right=window(),
        mistakes={
            "You shift the other way: the table says where pixels come from, not where they go.": (
                window(down=-down, right=-right)
            ),
            "You doubled the edge: next to row 0 comes row 1 again, not row 0.": window(
                "symmetric"
            ),
            "You repeat the edge: beyond it the photo goes on as its mirror image.": window("edge"),
            "You go round: beyond one edge comes what is at the other.": window("wrap"),
            "You go round, and the other way: the photo should go on as its mirror image.": (
                window("wrap", down=-down, right=-right)
            ),
            "You folded at the top and the left only (`abs`): beyond the last row and column the "
            "photo goes on as its mirror image, too.": (
                np.abs(np.arange(size) + down)[:, None] * size + np.abs(np.arange(size) + right)
            ),
            "You did not fold back: some of your numbers are beyond the edge.": (
                numbers + down * size + right
            ),
            "You swapped down and right: rows come first.": window(down=right, right=down),
            "You numbered column by column: (y, x) has the number y · size + x.": (
                window(numbers=numbers.T)
            ),
            "You left out the shift: each pixel would come from its own place.": numbers,
        },
    )


def photos_variation(student, draw):
    """A variation of one's own, on real photos, with a figure and a judgement."""
    variation, figure, text = student
    if is_untouched(variation) or figure is ... or text is ...:
        raise NotAttempted
    photos = photoset.commons()
    changed = False
    for photo in photos.photos[draw.choice(photos.train, 3, replace=False), :, :200]:
        varied = call(variation, photo)
        if not isinstance(varied, np.ndarray) or varied.dtype != np.uint8:
            raise NotYet(f"a photo should come back as `uint8`, but it is {describe(varied)}.")
        if varied.shape != (256, 200, 3):
            raise NotYet(
                "a photo of the shape `(256, 200, 3)` should keep it, but it becomes "
                f"`{varied.shape}`."
            )
        if (np.ptp(varied, axis=-1) == 0).all() and np.ptp(photo, axis=-1).any():
            raise NotYet("Your variation makes photos grey: then there is no answer to learn.")
        if _is_laid_down(photo, varied):
            raise NotYet("A flip or a half turn is in `augment` already; invent something else.")
        if _is_brighter(photo, varied):
            raise NotYet("Another brightness alone is not new; invent something else.")
        changed |= (varied != photo).any(axis=-1).mean() > 0.001
    if not changed:
        raise NotYet("Your variation left three photos as they were, or all but a few pixels.")
    expect_figure(figure, photos=8)
    return expect_text(text, words=80)


def _is_laid_down(photo, varied):
    flips = (photo[:, ::-1], photo[::-1], photo[::-1, ::-1])
    return any(np.array_equal(varied, flip) for flip in flips)


def _is_brighter(photo, varied):
    """Whether one factor makes the one of the other, to a rounding."""
    inside = varied < 255
    factor = np.sum(photo * inside * 1.0 * varied) / max(1.0, np.sum((photo * inside) ** 2.0))
    return bool(
        (np.abs(np.clip(factor * photo, 0, 255) - varied) < 2).all() and abs(factor - 1) > 0.02
    )
