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


def photos_people(student, draw):
    """How many authors a manifest names."""
    names = [f"author {letter}" for letter in draw.permutation(list("ABCDEFGHIJKL"))]
    counts = draw.integers(1, 4, int(draw.choice([7, 9])))
    counts[:5] = 1, 1, 3, 4, 13  # no two mistakes count as many
    known = [{"author": names[i]} for i, count in enumerate(counts) for _ in range(count)]
    unknown = [{"author": ""}] * 12
    manifest = [{**row, "licence": "CC0"} for row in draw.permutation(known + unknown)]
    expect(
        student,
        manifest,
        right=len(counts),
        mistakes={
            "You counted the empty name: nobody is behind it.": len(counts) + 1,
            "You counted photos: count each author once.": len(manifest),
            "You counted photos with a known author: count each author once.": len(known),
            "You counted those with a single photo: the others took some, too.": sum(counts == 1),
            "You counted those with several photos: one is enough.": sum(counts > 1),
            "You give the number of photos of one author.": max(counts),
            "You counted photos without an author.": len(unknown),
        },
    )
    with naming("all authors known"):
        expect(student, known, right=len(counts), mistakes={})


def photos_grey(student, draw):
    """The share of pixels with little chroma."""
    limit = round(float(draw.uniform(16, 18)), 1)  # keeps the mistakes' shares apart
    ab = draw.normal((-8, -10), (18, 23), (*draw.integers(45, 60, 2), 2))
    a, b = np.abs(ab[..., 0]), np.abs(ab[..., 1])
    near = np.hypot(a, b) < limit
    expect(
        student,
        ab,
        limit,
        right=near.mean(),
        mistakes={
            "You counted: divide by the number of pixels.": near.sum(),
            "You divided by the number of numbers: each pixel has two.": near.sum() / ab.size,
            "You give per cent: it should be a share from 0 to 1.": 100 * near.mean(),
            "You give the share of those beyond the limit.": 1 - near.mean(),
            "You counted a and b for themselves: the chroma is a length made of both.": (
                np.mean(np.abs(ab) < limit)
            ),
            "You asked a and b one by one: that is a square around grey, not a circle.": (
                np.mean((a < limit) & (b < limit))
            ),
            "You added their sizes: that is the way round a corner.": np.mean(a + b < limit),
            "You added a and b: so red and green cancel each other.": (
                np.mean(ab.sum(axis=-1) < limit)
            ),
            "You forgot the root: the chroma is `np.hypot(a, b)`.": np.mean(a**2 + b**2 < limit),
            "You always compare with 10: take `limit`.": np.mean(np.hypot(a, b) < 10),
            "You say it of each pixel: give one number, the share of all.": near,
            "You give a share for each row: take all pixels together.": near.mean(axis=-1),
        },
    )


def photos_lookup(student, draw):
    """The row of a table for each lightness."""
    table = draw.normal((3, 8), (5, 9), (101, 2))
    lightness = draw.uniform(1, 99, draw.integers((2, 5), (5, 9)))
    lightness[0, 0] = np.floor(lightness[0, 0]) + 0.3  # to be rounded down
    lightness[0, 1] = np.floor(lightness[0, 1]) + 0.7  # and up
    lightness[1, :2] = 0, 100
    below = np.floor(lightness).astype(int)
    right, part = table[np.rint(lightness).astype(int)], (lightness - below)[..., None]
    after = table[np.minimum(below + 1, 100)]
    expect(
        student,
        lightness,
        table,
        right=right,
        mistakes={
            "You cut the decimals off: round first, 41.7 is nearer to 42.": table[below],
            "You rounded up: 41.3 is nearer to 41.": table[np.ceil(lightness).astype(int)],
            "You mixed two rows: take the row of the rounded lightness.": (
                (1 - part) * table[below] + part * after
            ),
            "You give one answer for all: each lightness has its own row.": (
                np.broadcast_to(table.mean(axis=0), right.shape)
            ),
            "You took one column of the table: a pixel needs a and b.": right[..., 0],
            "You swapped a and b.": right[..., ::-1],
            "You lost the picture's shape: index the table with all of it at once.": (
                right.reshape(-1, 2)
            ),
            "You looked from the other end of the table: its first row is L = 0.": (
                table[::-1][np.rint(lightness).astype(int)]
            ),
        },
    )


def photos_votes(student, draw):
    """Hues counted by chroma."""
    edges = np.linspace(0, 360, int(draw.integers(5, 10)) + 1)
    hue, chroma = draw.uniform(0, 360, 400), draw.uniform(1, 30, 400)
    chroma += 60 * (hue < 90)
    once, _ = np.histogram(hue, edges)
    counted, _ = np.histogram(hue, edges, weights=chroma)
    strong, _ = np.histogram(hue, edges, weights=chroma**2)
    right = 100 * counted / counted.sum()
    expect(
        student,
        hue,
        chroma,
        edges,
        right=right,
        mistakes={
            "Each pixel has one vote: weigh it by its chroma.": 100 * once / once.sum(),
            "You counted pixels: weigh each by its chroma, and give per cent.": once,
            "You give shares: per cent were asked for.": right / 100,
            "You give sums of chroma: divide by the sum of all.": counted,
            "You give mean chromas: divide by the sum of all chroma.": (
                counted / np.maximum(once, 1)
            ),
            "You divided by the number of pixels: divide by the sum of all chroma.": (
                100 * counted / len(hue)
            ),
            "You divided by the largest bin: divide by the sum of all.": (
                100 * counted / counted.max()
            ),
            "`density=True` divides by the widths of the bins, too.": (
                np.histogram(hue, edges, weights=chroma, density=True)[0]
            ),
            "`density=True` divides by the widths of the bins, too: no per cent.": (
                100 * np.histogram(hue, edges, weights=chroma, density=True)[0]
            ),
            "You squared the chroma.": 100 * strong / strong.sum(),
            "You added up from bin to bin: each has its own share.": right.cumsum(),
            "You binned the chroma: the bins are of hue.": (
                100 * np.histogram(chroma, edges, weights=hue)[0] / hue.sum()
            ),
        },
    )


def photos_nearest(student, draw):
    """The most similar other photo."""
    size = int(draw.integers(6, 12))
    likeness = draw.uniform(-0.9, 0.9, (size, size))
    likeness = (likeness + likeness.T) / 2
    alone = int(draw.integers(2, size))
    likeness[alone] = likeness[:, alone] = -draw.uniform(0.2, 0.9, size)  # nobody is like it
    np.fill_diagonal(likeness, 1)
    others = np.where(np.eye(size) == 1, -2, likeness)
    right = others.argmax(axis=1)
    shifted = [np.delete(row, place).argmax() for place, row in enumerate(likeness)]
    expect(
        student,
        likeness,
        right=right,
        mistakes={
            "Each photo is most like itself: leave the diagonal out.": np.arange(size),
            "You put 0 on the diagonal: the likeness of others can be lower.": (
                np.where(np.eye(size) == 1, 0, likeness).argmax(axis=1)
            ),
            "You took the least similar: a likeness of 1 means equal.": likeness.argmin(axis=1),
            "You give how alike they are: which row is it? `argmax` tells.": others.max(axis=1),
            "You took the diagonal out, so that the rows behind it moved up by one.": shifted,
            "You looked in the whole table: each row has its own largest number, `axis=1`.": (
                others.argmax()
            ),
            "You give the order of all: one neighbour for each photo is enough.": (
                np.argsort(-others, axis=1)
            ),
        },
    )


def photos_shared(student, draw):
    """The share of rows held back whose author has a photo in the rest."""
    few, many = int(draw.choice([7, 9, 11])), int(draw.choice([29, 31, 37]))
    author = np.arange(few + many)  # each has one photo, but for some
    author[few : few + 2] = 0  # a photo held back, two in the rest
    author[few + 2 : few + 6] = 1
    author[3] = 2  # two photos on one side
    more = int(draw.integers(1, 3))
    author[few + 8 : few + 8 + more] = 4 + np.arange(more)
    order = draw.permutation(few + many)
    where = np.argsort(order)
    author = author[order]
    held_back, rest = where[:few], where[few:]
    same_author = (author[:, None] == author) & ~np.eye(len(author), dtype=bool)
    between = same_author[held_back][:, rest]
    right = between.any(axis=1).mean()
    expect(
        student,
        same_author,
        held_back,
        rest,
        right=right,
        mistakes={
            "You counted: divide by the number of photos held back.": between.any(axis=1).sum(),
            "You counted pairs: a photo counts once, however many its author has in the rest.": (
                between.sum() / few
            ),
            "You took the share of all pairs: ask of each photo held back, is there any?": (
                between.mean()
            ),
            "You asked it of the rest: the rows held back are the first axis.": (
                between.any(axis=0).mean()
            ),
            "You divided by all photos: take the share of those held back.": (
                between.any(axis=1).sum() / len(author)
            ),
            "You looked at all photos: two of an author that are both held back are no leak.": (
                same_author[held_back].any(axis=1).mean()
            ),
            "You looked among those held back: the rest is the other side.": (
                same_author[held_back][:, held_back].any(axis=1).mean()
            ),
            "You give the share of those whose author is *not* in the rest.": 1 - right,
            "You give per cent: it should be a share from 0 to 1.": 100 * right,
            "You asked whether *all* of the rest are by that author: one is enough.": (
                between.all(axis=1).mean()
            ),
            "You say it of each photo: give the share of them.": between.any(axis=1),
        },
    )


def photos_brighter(student, draw):
    """8-bit photos times a factor, rounded and cut off."""
    for factor in map(float, draw.uniform((1.3, 0.4), (1.8, 0.8))):
        photos = draw.integers(20, 250, (*draw.integers(2, 6, 2), 3), dtype="uint8")
        photos[0, 0] = 253, 240, 130  # an odd largest: 255 / 253 leaves no halves
        exact = factor * photos
        right = np.rint(exact).clip(0, 255)
        with naming(f"factor {factor:.2f}"):
            expect(
                student,
                photos,
                factor,
                right=right,
                mistakes={
                    "Above 255 8 bits go round to 0: cut off first.": np.rint(exact) % 256,
                    "You cut the decimals off, and above 255 8 bits go round to 0.": (
                        np.floor(exact) % 256
                    ),
                    "You did not cut off: 8 bits end at 255.": np.rint(exact),
                    "You neither rounded nor cut off: 8 bits hold 0, 1, ..., 255.": exact,
                    "You cut the decimals off: round.": np.floor(exact).clip(0, 255),
                    "You rounded up: round to the nearest.": np.ceil(exact).clip(0, 255),
                    "You did not round: 8 bits hold whole numbers.": exact.clip(0, 255),
                    "You cut off at 1: these photos go to 255.": right.clip(0, 1),
                    "You give numbers in 0..1: photos in 8 bits go to 255.": right / 255,
                    "You give numbers in 0..1, not rounded: photos in 8 bits go to 255.": (
                        (exact / 255).clip(0, 1)
                    ),
                    "You added: multiply.": np.rint(photos + 255.0 * (factor - 1)).clip(0, 255),
                    "You divided: multiply.": np.rint(photos / factor).clip(0, 255),
                    "You rounded the factor or left it out: multiply by what it is.": (
                        (photos.astype(float) * round(factor)).clip(0, 255)
                    ),
                    "You let the largest number be 255: cut off what is above.": (
                        np.rint(255 * exact / exact.max())
                    ),
                    "You multiplied one channel: R, G and B have the same factor.": np.dstack(
                        [right[..., 0], photos[..., 1:]]
                    ),
                },
            )


def photos_mirror(student, draw):
    """Left and right change places."""
    count, height, width = (int(size) for size in draw.integers((2, 4, 7), (4, 7, 10)))
    for channels in (3, 2):
        pictures = draw.normal(0, 40, (count, height, width, channels))
        expect(
            student,
            pictures,
            right=pictures[:, :, ::-1],
            mistakes={
                "It stands on its head: axis 1 counts rows, axis 2 columns.": pictures[:, ::-1],
                "You turned the last axis round: there are the numbers of one pixel.": (
                    pictures[..., ::-1]
                ),
                "You turned the order of the pictures round: axis 2 counts columns.": (
                    pictures[::-1]
                ),
                "You turned it by half: only left and right change places.": (
                    pictures[:, ::-1, ::-1]
                ),
                "You turned all axes round: only axis 2 counts columns.": np.flip(pictures),
                "Nothing has changed places.": pictures,
                "You swapped rows and columns: that mirrors at a diagonal.": (
                    pictures.swapaxes(1, 2)
                ),
                "You lost all but the first picture.": pictures[0, :, ::-1],
            },
        )


def photos_bins(student, draw):
    """Counts in bins of 10 x 10 around multiples of 10."""
    ab = draw.normal((8, -3), (25, 15), (2, 15, 40, 2)).clip(-120, 120)
    ab[1, 0, :2] = (-128, 127), (127, -128)  # the outermost bins count, too
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
    with naming("one photo alone"):
        expect(student, ab[0], right=metrics.count_bins(ab[0]).reshape(27, 27), mistakes={})


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
        ("Ann Lee", 1), ("ann lee", 0), ("Bo", 1), ("\tBo ", 0), ("Cy", 1), ("Cy", 1), ("Dee", 0),
        ("Eve", 0), ("Eve", 1), ("", 1), ("", 0), (" ", 1), ("  ", 0), ("Fay", 0),
        ("Fay", 0), ("Jo Ann", 1), ("Joann", 0), ("Jo Bell", 0),
    ])[draw.permutation(18)]  # fmt: skip
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
            "You overlooked blanks at the ends of names, tabs among them: they do not make another "
            "person.": (case_only & known),
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
    if np.asarray(call(student, size, 0, 0)).dtype.kind not in "iu":
        raise NotYet("numbers of pixels are whole numbers: a photo cannot be read at floats.")


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
