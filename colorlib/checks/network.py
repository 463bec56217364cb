"""The exercises of chapter 04_network."""

import tracemalloc

import numpy as np

from colorlib.checks.judging import (
    NotAttempted,
    NotYet,
    call,
    compare,
    expect,
    expect_figure,
    expect_text,
    guarded,
    naming,
)
from colorlib.lab import to_lab


def _anatomy(side, channels, stack):
    """The library's rows for convolutions (filters, kernel, stride) on a square picture."""
    import keras

    from colorlib import anatomy

    with keras.StatelessScope(initialize_variables=False):
        x = picture = keras.Input((side, side, channels))
        for filters, kernel, stride in stack:
            x = keras.layers.Conv2D(filters, kernel, stride, "same")(x)
        return anatomy.layer_table(keras.Model(picture, x))


def network_halved(student, draw):
    """A layer of the encoder, of any width."""
    import keras
    from keras import ops

    side, filters = 2 * int(draw.integers(3, 8)), int(draw.integers(20, 60))
    given = draw.normal(0, 1, (2, side, side, 5)).astype("float32")
    answer = call(student, given, filters)
    if not hasattr(answer, "shape") or isinstance(answer, keras.layers.Layer):
        raise NotYet("call the layer with `x` and return what it puts out.")
    if (found := tuple(answer.shape)) != (right := (2, side // 2, side // 2, filters)):
        why = {
            (2, side, side, filters): "the stride of 2 is missing",
            (2, side // 2 - 1, side // 2 - 1, filters): '`padding="same"` is missing',
            (2, side // 2, side // 2, 64): "it has 64 filters whatever is asked for",
        }.get(found, "see the layer above")
        raise NotYet(f"`x` of {tuple(given.shape)} should become {right}, not {found}: {why}.")
    numbers = ops.convert_to_numpy(answer)
    if numbers.min() < 0:
        raise NotYet("some numbers are negative: the ReLU is missing.")
    if not (numbers > 0).any():
        raise NotYet("nothing of `x` comes through.")
    again = ops.convert_to_numpy(call(student, 0 * given, filters))
    if np.abs(again).max() > 1e-5:
        raise NotYet("a black `x` should put out zeros before anything is learned.")
    picture = keras.Input((side, side, 5))
    model = keras.Model(picture, guarded(student, picture, filters))
    shapes, right = [tuple(w.shape) for w in model.weights], [(3, 3, 5, filters), (filters,)]
    if shapes != right:
        raise NotYet(f"its weights should have the shapes {right}, as above, not {shapes}.")
    kernel, bias = (draw.normal(0, 1, shape).astype("float32") for shape in shapes)
    model.set_weights([kernel, bias])
    right = ops.relu(ops.conv(given, kernel, 2, "same") + bias)
    compare(ops.convert_to_numpy(model(given)), ops.convert_to_numpy(right), {}, 1e-3)


def network_rows(student, draw):
    """Features of each place, and the same scores behind them."""
    height, width, channels, classes = draw.permutation([2, 3, 4, 5])
    features = draw.normal(0, 1, (1, height, width, channels))
    scores = draw.normal(0, 1, (1, classes))
    places, copied = features.reshape(-1, channels), np.repeat(scores, height * width, axis=0)
    turned = features.transpose(0, 2, 1, 3).reshape(-1, channels)
    expect(student, features, scores, right=np.hstack([places, copied]), mistakes={
        "You put the scores first: a place's own numbers come before them.": (
            np.hstack([copied, places])
        ),
        "You left out the scores.": places,
        "You gave the scores alone.": copied,
        "You went down the columns: places come row by row.": np.hstack([turned, copied]),
        "Your rows are not places: keep the last axis of the features together.": np.hstack([
            features[0].transpose(2, 0, 1).reshape(-1, channels), copied
        ]),
    })  # fmt: skip


def network_wider(student, draw):
    """One step of the rule for receptive fields."""
    seen, apart = map(int, draw.permutation([7, 15, 31, 63])[:2])
    kernel, stride = map(int, draw.permutation([3, 5, 4, 6])[:2])
    if (kernel - 1) * (apart - 1) in (seen * (stride - 1), seen * stride):
        apart += 4  # else counting backwards may come to the same
    wider, further = seen + (kernel - 1) * apart, stride * apart
    expect(student, seen, apart, kernel, stride, right=[wider, further], mistakes={
        "You multiplied by the kernel: its first place is seen already, so by one less.": (
            [seen + kernel * apart, further]
        ),
        "You used the new distance: the layer below is `apart` apart.": (
            [seen + (kernel - 1) * further, further]
        ),
        "You left out the distance: neighbours lie `apart` pixels apart.": (
            [seen + kernel - 1, further]
        ),
        "You multiplied what is seen by the stride: so one counts backwards, from the last.": (
            [stride * seen + kernel - 1, further]
        ),
        "The distance grows by a factor, the stride.": [wider, apart + stride],
        "The distance stayed as it was: it grows with the stride.": [wider, apart],
        "You forgot what is seen already: add to it.": [(kernel - 1) * apart, further],
        "You exchanged the two: first what is seen, then the distance.": [further, wider],
    })  # fmt: skip


def network_squares(student, draw):
    """The means of squares of a photo's ab."""
    n, side = map(int, draw.permutation([2, 3, 4, 5])[:2])
    size = n * side
    ab = draw.normal(0, 30, (2, size, size, 2))
    squares = ab.reshape(2, n, side, n, side, 2)
    expect(student, ab, n, right=squares.mean(axis=(2, 4)), mistakes={
        "You added up: take the mean.": squares.sum(axis=(2, 4)),
        "You took single pixels: the mean of the whole square was asked for.": (
            ab[:, ::side, ::side]
        ),
        "Your squares are n pixels wide: there should be n of them in a row.": (
            ab.reshape(2, side, n, side, n, 2).mean(axis=(2, 4))
        ),
        "You averaged over the squares: average within each.": squares.mean(axis=(1, 3)),
        "You took the mean of a and b together: keep the last axis.": (
            squares.mean(axis=(2, 4, 5))
        ),
        "You averaged all photos into one: keep the first axis.": squares.mean(axis=(0, 2, 4)),
    })  # fmt: skip


def network_laid(student, draw):
    """A transposed convolution with stride 2 by hand."""
    height, width = map(int, draw.permutation([2, 3, 4])[:2])
    picture = draw.integers(1, 18, (height, width)) / 2
    stencil = draw.permutation(9).reshape(3, 3)

    def laid(stencil, step=2, add=np.add):
        length = [step * (count - 1) + 3 for count in (height, width)]
        out = np.zeros(length)
        for i, j in np.ndindex(height, width):
            part = out[step * i : step * i + 3, step * j : step * j + 3]
            part[:] = add(part, picture[i, j] * stencil)
        return out

    expect(student, picture, stencil, right=laid(stencil), mistakes={
        "You wrote over what lay there: add to it.": laid(stencil, add=lambda old, new: new),
        "You forgot the value: the stencil lies there times its number.": (
            laid(stencil, add=lambda old, new: old + new / new.max() * stencil.max())
        ),
        "Your stencils lie one step apart: the stride is 2.": laid(stencil, step=1),
        "Your stencils lie three steps apart: the stride is 2.": laid(stencil, step=3),
        "You turned the stencil: it lies as it is.": laid(stencil[::-1, ::-1]),
        "You exchanged the stencil's rows and columns.": laid(stencil.T),
        "You cut off the last row and column: they belong to it here.": laid(stencil)[:-1, :-1],
    })  # fmt: skip


def network_window(student, draw):
    """A picture that is black outside of a rectangle."""
    height, width = map(int, draw.permutation([9, 11, 13])[:2])
    picture = draw.uniform(0, 1, (1, height, width, 1)).astype("float32")
    first, last = draw.permutation([1, 2, 3])[:2], draw.permutation([5, 6, 7])[:2]
    first, last = tuple(map(int, first)), tuple(map(int, last))

    def window(first, last, end=1, outside=-1.0, turned=False):
        seen = np.full_like(picture, outside)
        rows, columns = (slice(one, other + end) for one, other in zip(first, last, strict=True))
        rows, columns = (columns, rows) if turned else (rows, columns)
        seen[:, rows, columns] = picture[:, rows, columns]
        return seen

    right = window(first, last)
    expect(student, picture, first, last, right=right, mistakes={
        "You lost the last row and column: a slice ends before its end.": window(first, last, 0),
        "You exchanged rows and columns.": window(first, last, turned=True),
        "Outside all is 0, a middle grey: black is -1 here.": window(first, last, outside=0),
        "You blackened the window: keep what is in it.": np.where(right == -1, picture, -1),
        "You cut the window out: the picture keeps its shape.": (
            picture[:, first[0] : last[0] + 1, first[1] : last[1] + 1]
        ),
    })  # fmt: skip


def network_damping(student, draw):
    """What a Gaussian blur leaves of a frequency."""
    frequency, sigma = draw.uniform(0.05, 0.12, 4), float(draw.uniform(1.5, 2.5))
    square = (np.pi * sigma * frequency) ** 2
    expect(student, frequency, sigma, right=np.exp(-2 * square), mistakes={
        "You forgot the 2 in the exponent.": np.exp(-square),
        "You forgot the minus: a blur makes nothing larger.": np.exp(2 * square),
        "You did not square pi.": np.exp(-2 * square / np.pi),
        "You did not square sigma.": np.exp(-2 * square / sigma),
        "You did not square the frequency.": np.exp(-2 * square / frequency),
        "You squared nothing.": np.exp(-2 * np.pi * sigma * frequency),
        "You squared the 2, too.": np.exp(-4 * square),
    })  # fmt: skip
    with naming("one frequency"):
        expect(student, float(frequency[0]), sigma, right=np.exp(-2 * square[0]), mistakes={})


def network_enlarged(student, draw):
    """Twice the side without a grid: repeat every number, then convolve."""
    from keras import ops

    height, width = draw.integers(3, 7, 2)
    x = draw.integers(1, 9, (height, width)).astype("float32")

    def ones(picture):
        """Sums of windows of 3 x 3, zeros around."""
        (h, w), around = picture.shape, np.pad(picture, 1)
        return sum(around[i : h + i, j : w + j] for i in range(3) for j in range(3))

    twice = np.repeat(np.repeat(x, 2, axis=0), 2, axis=1)
    handed_out = np.zeros((2 * height + 1, 2 * width + 1))
    for i, j in np.ndindex(3, 3):
        handed_out[i : i + 2 * height : 2, j : j + 2 * width : 2] += x
    answer = call(student, x[None, ..., None])
    if not hasattr(answer, "shape") or len(answer.shape) != 4:
        raise NotYet("your function should return a picture (1, 2H, 2W, 1).")
    compare(ops.convert_to_numpy(answer)[0, ..., 0], ones(twice), {
        "You only enlarged: the convolution is missing.": twice,
        "You convolved first and enlarged then: then every number stands there four times.": (
            np.repeat(np.repeat(ones(x), 2, axis=0), 2, axis=1)
        ),
        "You did not enlarge: the side stayed as it was.": ones(x),
        "That is the transposed convolution: enlarge with `layers.UpSampling2D`.": (
            handed_out[:-1, :-1]
        ),
        'The stencil stays within the picture: `padding="same"` lets it look beyond the edge.': (
            ones(twice)[1:-1, 1:-1]
        ),
        "You took the mean under the stencil: a stencil of ones adds up.": ones(twice) / 9,
    })  # fmt: skip


def network_grown(student, draw):
    """The sides of the decoder's grids."""
    start, last = int(draw.integers(3, 7)), int(draw.integers(3, 6))
    strides = [2, *map(int, draw.permutation([1, 2, 3, 5])), last]
    right = start * np.cumprod(strides)
    expect(student, start, strides, right=right, mistakes={
        "Each layer enlarges the one before: multiply on.": start * np.array(strides),
        "You forgot the side that the first layer gets.": right // start,
        "You doubled each time: a layer's own stride says how often.": (
            start * 2 ** np.arange(1, len(strides) + 1)
        ),
        "You added strides: a layer multiplies.": start + np.cumsum(strides),
        "You added strides up: a layer multiplies.": start * np.cumsum(strides),
        "You give the side that a layer gets: what does it put out?": (
            np.append(start, right[:-1])
        ),
        "Leave out the side that the first layer gets: one number for each layer.": (
            np.append(start, right)
        ),
        "You gave the last side alone: one for each layer was asked for.": right[-1],
        "You divided: a transposed convolution enlarges.": start / np.cumprod(strides),
        "You began with the last layer.": start * np.cumprod(strides[::-1]),
    })  # fmt: skip
    with naming("a single layer"):
        expect(student, start, [3], right=[3 * start], mistakes={})


def network_collected(student, draw):
    """A convolution with stride 2 by hand."""
    height, width = map(int, draw.permutation([2, 3, 4])[:2])
    picture = draw.integers(1, 30, (2 * height + 1, 2 * width + 1))
    stencil = draw.permutation(np.arange(1, 10)).reshape(3, 3)

    def windows(picture=picture, step=2):
        found = np.lib.stride_tricks.sliding_window_view(picture, (3, 3))
        return found[::step, ::step]

    def collected(stencil, *given, **named):
        return np.sum(windows(*given, **named) * stencil, axis=(2, 3))

    right = collected(stencil)
    expect(student, picture, stencil, right=right, mistakes={
        "You forgot the stencil: each number counts as it says.": collected(1),
        "You went one step at a time: the windows lie two apart.": collected(stencil, step=1),
        "You went three steps at a time: the windows lie two apart.": collected(stencil, step=3),
        "Your windows are too near each other: they lie two apart.": (
            collected(stencil, step=1)[:height, :width]
        ),
        "You turned the stencil: it lies as it is.": collected(stencil[::-1, ::-1]),
        "You exchanged the stencil's rows and columns.": collected(stencil.T),
        "You took the mean of the products: add them up.": right / 9,
        "You did not add up: nine products make one number.": windows() * stencil,
        "You added up rows alone: nine products make one number.": (
            np.sum(windows() * stencil, axis=3)
        ),
        "You gave the largest product: add all nine.": (windows() * stencil).max(axis=(2, 3)),
        "You made a product of matrices: multiply number by number.": (
            (windows() @ stencil).sum(axis=(2, 3))
        ),
        "You added zeros around the picture: the first window begins at its corner.": (
            collected(stencil, np.pad(picture, 1))
        ),
        "You lost the last row and column of windows: they still fit.": right[:-1, :-1],
    })  # fmt: skip


def network_layer(student, draw):
    """What a convolution puts out, holds and costs."""
    kernels, strides = (3, 5, 2, 4), (2, 2, 3, 1)  # an even stencil has no middle
    # All but one are neither even nor a multiple of 3.
    sides = 6 * draw.integers(3, 12, 4) + np.array([1, 2, 1, 1])
    # Never as many channels as a stencil has rows: two mistakes would be one.
    channels, filters = draw.integers(6, 10, 4), draw.integers(10, 30, 4)
    cases = np.stack([sides, channels, filters, kernels, strides], axis=1)  # (4, 5)
    rows = [_anatomy(s, c, [(f, k, step)])[0] for s, c, f, k, step in cases.tolist()]
    answers = [call(student, *case) for case in cases.tolist()]
    if any(np.shape(answer) != (3,) for answer in answers):
        raise NotYet("your function should return three numbers: side, parameters, FLOP.")

    side, channels, filters, kernel, stride = cases.T
    out = np.array([row.output[0] for row in rows])
    weights = kernel**2 * channels * filters
    numbers = {
        "side": (
            out,
            {
                "You rounded the side down: stencils lie on the first pixel, the third and so on, "
                "so with an odd side there is one more.": side // stride,
                'You let stencils lie within the picture only: that is `padding="valid"`.': (
                    (side - kernel) // stride + 1
                ),
                "You added 1 in any case: an even side needs none for stride 2.": (
                    side // stride + 1
                ),
                "You added k // 2 zeros on each side: for an even k that is one too many.": (
                    (side + 2 * (kernel // 2) - kernel) // stride + 1
                ),
                "You forgot the stride: it makes the side smaller.": side,
            },
        ),
        "parameters": (
            np.array([row.parameters for row in rows]),
            {
                "You forgot the biases: each filter has one.": weights,
                "You gave each input channel a bias: each *filter* has one.": weights + channels,
                "You added one bias for the whole layer: each filter has one.": weights + 1,
                "You forgot that a stencil is square: it has k times k places.": (
                    kernel * channels * filters + filters
                ),
                "You forgot the input channels: a filter has a stencil for each of them.": (
                    kernel**2 * filters + filters
                ),
                "You counted the weights once for each place: the same ones are used everywhere.": (
                    weights * out**2 + filters
                ),
            },
        ),
        "FLOP": (
            np.array([row.flop for row in rows]),
            {
                "You counted the places of the input: a stencil is used once for each place of the "
                "output.": 2 * weights * side**2,
                "You counted multiplications only: each is followed by an addition.": (
                    weights * out**2
                ),
                "You counted the places along one side: the output has side times side.": (
                    2 * weights * out
                ),
                "You counted the biases, too: here they are left out.": (
                    2 * (weights + filters) * out**2
                ),
                "You forgot the filters: each of them is laid on each place.": (
                    2 * kernel**2 * channels * out**2
                ),
            },
        ),
    }
    for column, (name, (right, mistakes)) in enumerate(numbers.items()):
        with naming(name):
            compare([answer[column] for answer in answers], right, mistakes, 0, (cases,))


def network_overlaps(student, draw):
    """How many stencils of a transposed convolution cover each place."""
    from keras import ops

    for kernel, stride in ((3, 2), *draw.permutation([(5, 2), (4, 3), (5, 3), (4, 2)]).tolist()):
        places = int(draw.integers(5, 9))
        ones = ops.ones((1, places, 1)), ops.ones((kernel, 1, 1))
        right = np.asarray(ops.conv_transpose(*ones, stride, "valid"))[0, :, 0]
        expect(
            student,
            places,
            kernel,
            stride,
            right=right,
            mistakes={
                "You set the count to 1: a second stencil on the same place has to be added.": (
                    np.ones_like(right)
                ),
                "You cut off what hangs over the end: here nothing is cut.": (
                    right[: places * stride]
                ),
                "You laid the stencils side by side: they begin `stride` steps apart.": (
                    np.convolve(np.ones(places), np.ones(kernel))
                ),
                "You exchanged kernel and stride: the kernel is how long a stencil is.": (
                    _covered(places, stride, kernel)
                ),
                "You made the stencils as long as the steps: then nothing overlaps.": (
                    np.ones(places * stride)
                ),
                "You forgot a stencil: there is one for each place.": (
                    _covered(places - 1, kernel, stride)
                ),
            },
        )


def _covered(places, kernel, stride):
    starts = np.zeros((places - 1) * stride + 1)
    starts[::stride] = 1
    return np.convolve(starts, np.ones(kernel))


def network_field(student, draw):
    """The receptive field after each layer of a stack."""
    kernels = draw.permutation([2, 3, 3, 5, 7])
    strides = draw.permutation([1, 1, 2, 2, 2])
    stack = [(1, kernel, stride) for kernel, stride in zip(kernels, strides, strict=True)]
    stack = [tuple(map(int, layer)) for layer in stack]
    right = np.array([row.receptive_field for row in _anatomy(256, 1, stack)])
    apart = np.cumprod(strides)  # of neighbours behind each layer
    previous = np.concatenate([[1], strides[:-1]])
    reach = kernels - 1
    expect(
        student,
        kernels.tolist(),
        strides.tolist(),
        right=right,
        mistakes={
            "You forgot the strides: behind a stride of 2 neighbours lie 2 pixels apart.": (
                1 + np.cumsum(reach)
            ),
            "You let a layer's own stride widen its view: only the strides *before* it do.": (
                1 + np.cumsum(reach * apart)
            ),
            "You took a layer's own stride: what counts is the product of all strides before it.": 1
            + np.cumsum(reach * strides),
            "You added up the kernels: the pixel in the middle is seen already, and strides spread "
            "the rest.": np.cumsum(kernels),
            "You took the stride of the layer before only: all strides so far multiply.": (
                1 + np.cumsum(reach * previous)
            ),
            "You added k in place of k - 1: the pixel in the middle is seen already.": (
                1 + np.cumsum(kernels * apart // strides)
            ),
            "You began with 0: without any layer a place is one pixel and sees itself.": right - 1,
            "You multiplied the kernels: each layer adds to the view of the one before.": (
                np.cumprod(kernels)
            ),
            "You give the distance of neighbours: the view was asked for.": apart,
            "You give the last layer only: the view after *each* layer was asked for.": right[-1],
        },
        tolerance=0,
    )


def network_fusion(student, draw):
    """The fusion as a sum, without copies of the scores."""
    batch, height, width = 3, 2, 3  # as wide as the batch, so that wrong shapes fit, too
    features, scores = draw.normal(size=(batch, height, width, 5)), draw.normal(size=(batch, 7))
    kernel, bias = draw.normal(size=(1, 1, 12, 4)), draw.normal(size=4)
    copied = np.tile(scores[:, None, None], (1, height, width, 1))

    def by_paper(first, second):
        return np.concatenate([first, second], axis=-1) @ kernel[0, 0]

    both, local = by_paper(features, copied), by_paper(features, 0 * copied)
    across = np.tile(scores, (batch, height, 1, 1))  # a photo's scores in each column
    expect(
        student,
        features,
        scores,
        kernel,
        bias,
        right=np.maximum(both + bias, 0),
        mistakes={
            "You took the first rows of the matrix for the scores: the features come first.": (
                np.maximum(by_paper(copied, features) + bias, 0)
            ),
            "You gave each column of the grid the scores of another photo: NumPy aligned the batch "
            "with the width. Put axes of length 1 between.": (
                np.maximum(by_paper(features, across) + bias, 0)
            ),
            "You left out the ReLU: nothing negative leaves the fusion.": both + bias,
            "You forgot the bias: it is added before the ReLU.": np.maximum(both, 0),
            "You added the bias to both terms: it counts once.": np.maximum(both + 2 * bias, 0),
            "You added the bias after the ReLU: a bias shifts where the ReLU bends.": (
                np.maximum(both, 0) + bias
            ),
            "You applied a ReLU to each term: only the sum is bent, or the scores could never "
            "silence a feature.": np.maximum(local, 0) + np.maximum(both - local + bias, 0),
            "You forgot the scores: the photo's class changes nothing.": (
                np.maximum(local + bias, 0)
            ),
        },
    )
    features, scores = np.ones((1, 64, 64, 8)), np.ones((1, 1000))
    kernel, bias = np.ones((1, 1, 1008, 8)), np.ones(8)
    box = 64 * 64 * 1000 * 4  # bytes, if the copies are float32
    peak = _peak_memory(student, features, scores, kernel, bias)
    if peak > box / 2:
        raise NotYet(
            "You copied the scores to every place: the numbers are right, but for a grid of 64×64 "
            f"you needed {peak / 1e6:.0f} MB. The scores need to be multiplied only once."
        )


def _peak_memory(student, *inputs):
    """The most bytes that a call holds at a time."""
    tracemalloc.start()
    try:
        call(student, *inputs)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def network_ceilings(student, draw):
    """For which photos 4x4 colours are enough, and why."""
    from colorlib import baselines, photoset

    errors, figure, text = student
    if errors is ...:
        raise NotAttempted
    photos, ceiling = photoset.commons(), baselines.BASELINES["true ab at 4x4"].function
    true = [to_lab(photo) for photo in photos.photos[photos.validation[::3]]]
    away = np.array([ceiling(lab, None) - lab[..., 1:] for lab in true])  # (14, 256, 256, 2)
    distance = np.linalg.norm(away, axis=-1)
    right, squared = distance.mean(axis=(1, 2)), (distance**2).mean(axis=(1, 2))
    compare(
        errors,
        right,
        {
            "You measured grey: compare the true colours with those at 4×4.": (
                np.linalg.norm(np.array(true)[..., 1:], axis=-1).mean(axis=(1, 2))
            ),
            "You squared the distances: then a few bad pixels count most.": squared,
            "You took the root of the mean square: then a few bad pixels count most.": (
                np.sqrt(squared)
            ),
            "You took a and b apart: the distance is that in the plane of both.": (
                np.abs(away).mean(axis=(1, 2, 3))
            ),
            "You left a and b divided by 128: errors should be in Lab units.": right / 128,
            "You added the distances in a and in b: the distance is that in the plane of both.": (
                np.abs(away).sum(axis=-1).mean(axis=(1, 2))
            ),
            "You took the mean over all photos: one number for each was asked for.": right.mean(),
            "You sorted the errors: leave them in the order of the photos.": np.sort(right),
        },
        tolerance=1e-3,
    )
    expect_figure(figure, photos=8)
    return expect_text(text, words=60)
