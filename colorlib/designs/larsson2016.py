"""Learning Representations for Automatic Colorization: hypercolumns, hues and chromas.

All that a classifier sees at one pixel of a photo, read off its maps of every scale, is the pixel's
hypercolumn. Two dense layers make of it how likely each of 32 hues is, and each of 32 chromas.
Neighbours have nearly the same columns and colours, so training reads 128 random pixels of each
photo and no others; a photo that is colourized, or measured, is read evenly at a quarter of its
side. The layer that reads knows which of both is asked for, and says which pixels it read, so that
the loss looks at the same ones. Only to blame some pixels, after the dense layers did all, would
give the same gradients for 6 times the work at 128 pixels a side and 15 times at 192.

    columns   L and the maps at strides 4, 8, 16, 32, read bilinearly    1457 numbers
    mixed     dense, 1024, ReLU, then dropout of half                    1024
    hue       dense, softmax                                             32
    chroma    dense, softmax                                             32

Their colour space: grey is the mean of R, G and B, chroma the largest of them less the smallest,
and hue goes once around from red over green and blue. The truth about a pixel are the hues and
chromas of the 7x7 pixels around it, each in one of 32 equal bins. An error in hue counts in
proportion to the chroma: the hue of a grey thing does not matter.

The paper and its authors' program differ: the paper takes the one pixel instead of 7x7; its text
has max for the min that fades colours, see `median`; and only the program lets chromas count less
near black and white. We follow the program.

What is theirs and not here: their column holds all sixteen layers of VGG16, 12,417 numbers, which
training changes, too; our eyes are frozen, by default EfficientNet-Lite0, and the column has what
`extractors.load_features` gives. Grey is what a screen shows for L, since L is what is known. Their
loss is the divergence of two histograms; ours, the cross-entropy, is larger by what no network can
change, and has the same gradients. Ours is also the scaling: each number of the columns is brought
to one scale by BatchNorm, where their program has one after each of VGG16's layers.

Chapter: 07_borrowed_eyes. Source: G. Larsson, M. Maire, G. Shakhnarovich, "Learning
Representations for Automatic Colorization" (2016), and their program "autocolorize".
"""

import dataclasses

import keras
import numpy as np
from keras import layers, ops

from colorlib import extractors
from colorlib.designs import unet
from colorlib.lab import lab_to_rgb, rgb_to_lab

BINS = 32  # of hue, and of chroma
MIDDLES = (np.arange(BINS, dtype="float32") + 0.5) / BINS
REGION = 7  # pixels: side of the square around a pixel whose colours are the truth about it
HUE_WEIGHT = 5.0  # times the chroma; about one over its mean
FADE = 0.03  # below so long a mean of 32 directions, colours fade

# As the other network with borrowed eyes learns, at a lower rate.
_LEARNING = unet.RECIPES["smoke"] | {"learning_rate": 0.001}
RECIPES = {
    "smoke": _LEARNING | {"options": {"width": 128}},
    "lab": _LEARNING | {"size": 128, "epochs": 10, "options": {"width": 256}},
    "full": _LEARNING | {"epochs": 10},  # as many as theirs
}


@dataclasses.dataclass(frozen=True)
class Options:
    """How large it is.

    Attributes
    ----------
    maps : tuple of int
        How many feature maps the extractor has at the strides 4, 8, 16 and 32. The default is
        EfficientNet-Lite0; VGG16 has 256, 512, 512 and 512.
    width : int
        Units of the dense layer.
    pixels : int
        How many pixels of each photo a training step reads.
    """

    maps: tuple = (24, 40, 112, 1280)
    width: int = 1024
    pixels: int = 128


def build(options: Options = Options()) -> keras.Model:
    """The head; the extractor is an input's business.

    Parameters
    ----------
    options : Options

    Returns
    -------
    keras.Model
        From `{"lightness": (B, H, W, 1) in 0..100, "features": maps at strides 4, 8, 16, 32}` to
        `{"hue": (B, H/4, W/4, 32) logits, "chroma": the same, "lightness": (B, H/4, W/4, 1),
        "places": (B, H/4, W/4, 2)}`, the last being rows and columns of the photo's pixels, for
        any H and W that are multiples of 32. In training, (B, 128, 1, ...) instead.
    """
    lightness, features = unet.seen(options.maps)
    columns = Hypercolumns(options.pixels, name="columns")([lightness, *features])
    x = layers.BatchNormalization(
        momentum=0.9, center=False, scale=False, dtype="float32", name="scaled_columns"
    )(columns[..., 2:])
    x = layers.Dense(options.width, activation="relu", name="mixed")(x)
    x = unet.Hide(0.5, whole=False, name="hide_mixed")(x)
    answer = {name: layers.Dense(BINS, dtype="float32", name=name)(x) for name in ("hue", "chroma")}
    answer |= {"lightness": columns[..., 2:3], "places": columns[..., :2]}
    return keras.Model({"lightness": lightness, "features": features}, answer, name="larsson2016")


class Hypercolumns(layers.Layer):
    """All maps of a photo, read at some of its pixels: random ones, or the whole photo evenly.

    The numbers of a column: row and column of the pixel, then what each map has there.
    """

    def __init__(self, pixels: int, name: str):
        super().__init__(dtype="float32", name=name)
        self.pixels, self.dice = pixels, keras.random.SeedGenerator(name=f"{name}_dice")

    def compute_output_spec(self, maps, training: bool = False):
        count, height, width, _ = maps[0].shape
        quarter = [side and side // 4 for side in (height, width)]
        return keras.KerasTensor((count, *quarter, 2 + sum(one.shape[-1] for one in maps)))

    def call(self, maps, training: bool = False):
        count, height, width, _ = ops.shape(maps[0])  # of the photo: lightness comes first
        if training:
            pixel = keras.random.randint(
                (count, self.pixels, 1), 0, height * width, "int32", seed=self.dice
            )
            places = ops.cast(ops.stack([pixel // width, pixel % width], axis=-1), "float32")
            columns = [read(one, places, height // one.shape[1]) for one in maps]
        else:
            # The middles of 4x4 pixels each, all at once: bilinear enlarging is reading there.
            rows, across = (ops.arange(1.5, side, 4, dtype="float32") for side in (height, width))
            places = ops.stack(ops.meshgrid(rows, across, indexing="ij"), axis=-1)
            places = ops.broadcast_to(places[None], (count, height // 4, width // 4, 2))
            size = (height // 4, width // 4)
            columns = [ops.image.resize(one, size, "bilinear") for one in maps]
        return ops.concatenate([places, *columns], axis=-1)


def read(maps, places, stride: int):
    """Read feature maps at pixels of the photo, bilinearly between the middles of their places.

    Parameters
    ----------
    maps : tensor, (B, h, w, C)
    places : tensor of float, (B, n, m, 2)
        Rows and columns of pixels.
    stride : int
        Pixels of the photo for one of the map.

    Returns
    -------
    tensor, (B, n, m, C)
    """
    last = np.array(maps.shape[1:3], "float32") - 1
    at = ops.clip((places + 0.5) / stride - 0.5, 0, last)
    before = ops.floor(at)
    share = at - before
    result = 0
    for down in (0, 1):
        for right in (0, 1):
            corner = ops.minimum(ops.add(before, np.array([down, right], "float32")), last)
            weight = (share[..., 0] if down else 1 - share[..., 0]) * (
                share[..., 1] if right else 1 - share[..., 1]
            )
            result += weight[..., None] * take(maps, ops.cast(corner, "int32"))
    return result


def take(maps, places):
    """What stands at whole places: (B, h, w, C), (B, ..., 2) -> (B, ..., C)."""
    count, height, width, _ = ops.shape(maps)
    photo = ops.reshape(ops.arange(count, dtype="int32"), (-1, *[1] * (len(places.shape) - 2)))
    number = (photo * height + places[..., 0]) * width + places[..., 1]
    return ops.take(ops.reshape(maps, (-1, maps.shape[-1])), number, axis=0)


# --- their colour space ---


def to_hue_chroma(rgb):
    """Hue, chroma and grey of RGB colours.

    Parameters
    ----------
    rgb : array or tensor, (..., 3)
        sRGB in 0..1.

    Returns
    -------
    three tensors of float32, (...)
        Hue in 0..1, once around from red; chroma and grey in 0..1.
    """
    rgb = ops.cast(rgb, "float32")
    red, green, blue = (rgb[..., i] for i in range(3))
    largest = ops.max(rgb, axis=-1)
    chroma = largest - ops.min(rgb, axis=-1)
    safe = ops.maximum(chroma, 1e-6)
    sixth = ops.where(
        largest == red,
        (green - blue) / safe,
        ops.where(largest == green, (blue - red) / safe + 2, (red - green) / safe + 4),
    )
    return (sixth / 6) % 1, chroma, ops.mean(rgb, axis=-1)


def from_hue_chroma(hue, chroma, grey):
    """The way back: RGB of that hue and chroma whose mean is that grey.

    As in their program by way of HSV, whose bounds take chroma from where black or white are near;
    then all three are shifted until their mean is the grey.

    Parameters
    ----------
    hue, chroma, grey : arrays or tensors, (...)
        See `to_hue_chroma`.

    Returns
    -------
    tensor of float32, (..., 3)
        sRGB in 0..1.
    """
    value = grey + chroma / 2
    saturation = ops.minimum(chroma / ops.maximum(value, 1e-6), 1)
    chroma = saturation * ops.minimum(value, 1)
    sixth = 6 * hue
    ramps = (abs(sixth - 3) - 1, 2 - abs(sixth - 2), 2 - abs(sixth - 4))
    rgb = ops.stack([ops.clip(ramp, 0, 1) * chroma for ramp in ramps], axis=-1)
    return ops.clip(rgb + (grey - ops.mean(rgb, axis=-1))[..., None], 0, 1)


def bin_of(values):
    """The bin of a hue or chroma: 0 to 31."""
    return ops.clip(ops.cast(BINS * values, "int32"), 0, BINS - 1)


# --- what it is blamed for, and what it paints ---


def loss(truth: dict, answer: dict):
    """How unlikely it thought the true hues and chromas around each pixel that it was read at."""
    colors = ops.concatenate([truth["lightness"], truth["ab"]], axis=-1)  # (B, H, W, 3)
    places = ops.cast(answer["places"], "int32")  # (B, n, m, 2)
    around = np.arange(REGION, dtype="int32") - REGION // 2
    around = np.stack(np.meshgrid(around, around, indexing="ij"), axis=-1).reshape(-1, 2)
    last = np.array(colors.shape[1:3], "int32") - 1
    region = ops.clip(ops.add(places[..., None, :], around), 0, last)  # (B, n, m, 49, 2)
    hue, chroma, _ = to_hue_chroma(lab_to_rgb(take(colors, region)))
    _, own_chroma, grey = to_hue_chroma(lab_to_rgb(take(colors, places)))  # (B, n, m)

    def unlikely(logits, true):
        likely = ops.take_along_axis(ops.log_softmax(logits), bin_of(true), axis=-1)
        return -ops.mean(likely, axis=-1)  # (B, n, m)

    matters = 3 * ops.minimum(ops.minimum(grey, 1 - grey), 1 / 3)
    return ops.mean(
        matters * unlikely(answer["chroma"], chroma)
        + HUE_WEIGHT * own_chroma * unlikely(answer["hue"], hue)
    )


def median(answer: dict):
    """Their colour: the median chroma and the mean direction of the hues, faded.

    Where the hues point everywhere their mean z is short, and the chroma is multiplied by
    `min(abs(z) / 0.03, 1)`, z being their sum divided by 32.
    """
    reached = ops.cumsum(ops.softmax(answer["chroma"]), axis=-1)
    below = ops.sum(ops.cast(reached < 0.5, "float32"), axis=-1)
    return _painted(answer, (below + 0.5) / BINS)


def mean(answer: dict):
    """The same with the mean chroma."""
    return _painted(answer, ops.matmul(ops.softmax(answer["chroma"]), MIDDLES))


def _painted(answer, chroma):
    likely, turn = ops.softmax(answer["hue"]), 2 * np.pi * MIDDLES
    x, y = (ops.matmul(likely, way(turn)) for way in (np.cos, np.sin))
    faded = chroma * ops.minimum(ops.sqrt(x**2 + y**2) / BINS / FADE, 1)
    grey = ops.mean(extractors.shown(answer["lightness"]), axis=-1)
    rgb = from_hue_chroma(ops.arctan2(y, x) / (2 * np.pi) % 1, faded, grey)
    return rgb_to_lab(rgb)[..., 1:]
