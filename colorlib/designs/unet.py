"""Borrowed eyes: a small decoder reads what a frozen classifier sees, at every scale.

The paper tells its network 1000 numbers of what the classifier knows. Here the decoder reads the
classifier's own feature maps: things at a thirty-second of the photo's side, parts at a sixteenth
and an eighth, edges and textures at a quarter. From coarse to fine, each step doubles the side,
joins the finer maps (the "skips" of a U-Net) and mixes both; colours come at a quarter of the side.
Nothing has to learn to see, so a few thousand photos teach it colours.

It answers twice. One head gives the mean colour; another, which reads the same maps but does not
change them, says how likely each of 313 colours is.

Chapter: 07_borrowed_eyes. The idea is that of G. Larsson, M. Maire, G. Shakhnarovich, "Learning
Representations for Automatic Colorization" (2016), in the form of O. Ronneberger, P. Fischer,
T. Brox, "U-Net" (2015); the sizes are ours, see the results page.
"""

import dataclasses

import keras
import numpy as np
from keras import layers, ops

from colorlib import bins, losses, photoset
from colorlib.augment import MIRRORED
from colorlib.extractors import STRIDES
from colorlib.files import UserError

TEMPERATURE = 0.38  # of the annealed mean, as in Zhang, Isola and Efros
# How far from rebalanced, see `bins.Rebalance`. Theirs is 0.5; with ours, training photos get as
# much colour as they have.
MIX = 0.75
SEEN_FOR_PRIOR = 2000  # photos that tell how common each colour is

# What is learned in few epochs wants a rate that falls. Feature maps are stored only for photos
# that are not varied but mirrored; dropout does what varying would.
_LEARNING = MIRRORED | {
    "extractor": "efficientnet_lite0",
    "learning_rate": 0.0015,
    "schedule": "cosine",
    "warmup": 0.05,
    "weight_decay": 0.1,
}
RECIPES = {
    "smoke": _LEARNING,
    # A few hundred photos: a smaller decoder, more dropout, no second head, and photos mixed, else
    # it learns them by heart.
    "lab": _LEARNING
    | {
        "size": 192,
        "epochs": 20,
        "mix": 0.1,
        "options": {
            "widths": (64, 64, 48, 32, 32),
            "dropout": (0.6, 0.7, 0.4, 0.4, 0.3),
            "vivid": False,
        },
    },
    "full": _LEARNING | {"size": 192, "epochs": 8},
}


@dataclasses.dataclass(frozen=True)
class Options:
    """What we chose.

    Attributes
    ----------
    maps : tuple of int
        How many feature maps the extractor has at the strides 4, 8, 16 and 32. The default is
        EfficientNet-Lite0; VGG16 has 256, 512, 512 and 512.
    widths : tuple of int
        Filters of the decoder at the strides 32, 16, 8, 4 and once more 4.
    dropout : tuple of float
        Share of the maps hidden while learning: those at 32, the average of all of them, the
        decoder's first ones, the skips at 16 and at 8. Whole maps are hidden: beside a hidden
        pixel the next one would tell the same.
    vivid : bool
        Whether there is a second head, for `vivid` colours.
    """

    maps: tuple = (24, 40, 112, 1280)
    widths: tuple = (128, 128, 64, 48, 48)
    dropout: tuple = (0.4, 0.7, 0.4, 0.2, 0.1)
    vivid: bool = True


def build(options: Options = Options(), hinted: bool = False, palette: bool = False) -> keras.Model:
    """The decoder; the extractor is an input's business.

    Parameters
    ----------
    options : Options
    hinted : bool
        Whether it is told colours that a person points out, as in Zhang et al. (2017): at each
        scale, and their mean for the whole photo. Without any it paints as before.
    palette : bool
        Whether it is told what colours the whole photo has, see `inputs.palette`: at each scale the
        same for every place. Without one it paints as before.

    Returns
    -------
    keras.Model
        From `{"lightness": (B, H, W, 1) in 0..100, "features": maps at strides 4, 8, 16, 32}`, and
        "hints" (B, H, W, 3) if hinted, see `inputs.drawn_hints`, and "palette" (B, 1, 1, 316) if
        it is told one, to `{"ab": (B, H/4, W/4, 2) in Lab units, "logits": (B, H/4, W/4, 313)}`,
        the latter if vivid, for any H and W that are multiples of 32.
    """
    lightness, features = seen(options.maps)
    told = {"hints": keras.Input((None, None, 3), name="hints")} if hinted else {}
    tone = {}
    if palette:
        told["palette"] = keras.Input((1, 1, len(bins.centres()) + 3), name="palette")
        roots = ops.sqrt(ops.relu(told["palette"]))  # so rare colours count
        mixed = layers.Conv2D(options.widths[0], 1, use_bias=False, name="mixed")(roots)
        tone["palette"] = _activated(mixed, "mixed")  # (B, 1, 1, 128)
    quarter, eighth, sixteenth, last = features
    grey = small_l(lightness)  # (B, H/4, W/4, 1)
    hide_last, hide_whole, hide_first, hide_16, hide_8 = options.dropout
    wide, *widths = options.widths

    whole = layers.GlobalAveragePooling2D(keepdims=True, name="whole")(last)  # (B, 1, 1, 1280)
    whole = Hide(hide_whole, name="hide_whole")(whole)
    whole = layers.Conv2D(wide, 1, use_bias=False, name="whole_photo")(whole)
    x = Hide(hide_last, name="hide_32")(last)
    x = layers.Conv2D(wide, 1, use_bias=False, name="decoder_32")(x)  # (B, H/32, W/32, 128)
    parts = [x, whole]
    if hinted:
        near = Pointed(32, name="hints_32")(told["hints"])  # (B, H/32, W/32, 3)
        near = layers.Conv2D(wide, 3, padding="same", activation="relu", name="hints_near")(near)
        every = layers.GlobalAveragePooling2D(keepdims=True, name="every_hint")(told["hints"])
        parts += [_from_nothing(near, wide, 3, "hints_far")]
        parts += [_from_nothing(Pointed(1, name="hints_whole")(every), wide, 1, "hints_tone")]
    parts += [_from_nothing(maps, wide, 1, f"{name}_32") for name, maps in tone.items()]
    x = _activated(layers.Add(name="with_whole")(parts), "decoder_32")
    x = Hide(hide_first, name="hide_decoder_32")(x)
    sixteenth = Hide(hide_16, name="hide_16")(sixteenth)
    eighth = Hide(hide_8, name="hide_8")(eighth)
    skips = {"16": [sixteenth], "8": [eighth], "4": [quarter, grey]}
    for (stride, skip), filters in zip(skips.items(), widths, strict=False):
        x = layers.UpSampling2D(interpolation="bilinear", name=f"to_{stride}")(x)
        x = layers.Concatenate(name=f"join_{stride}")([x, *skip])
        if hinted:
            tone["hints"] = Pointed(int(stride), name=f"hints_{stride}")(told["hints"])
        x = convolved(x, filters, f"decoder_{stride}", **tone)
    before = x  # (B, H/4, W/4, 48)
    x = convolved(x, widths[-1], "decoder_last", **tone)
    answer = {"ab": colors(x)}
    if options.vivid:
        both = layers.Concatenate(name="all_4")([before, x])
        both = convolved(layers.Lambda(ops.stop_gradient, name="only_read")(both), 64, "vivid")
        likely = layers.Conv2D(len(bins.centres()), 1, dtype="float32", name="likely")
        answer["logits"] = likely(both)
        answer["rebalanced"] = bins.Rebalance(MIX, name="rebalanced")(answer["logits"])
    told |= {"lightness": lightness, "features": features}
    return keras.Model(told, answer, name="unet")


def seen(maps: tuple):
    """The inputs of a network with borrowed eyes: lightness, and maps at strides 4, 8, 16, 32."""
    features = [
        keras.Input((None, None, number), name=f"stride_{stride}")
        for number, stride in zip(maps, STRIDES, strict=True)
    ]
    return keras.Input((None, None, 1), name="lightness"), features


class Pointed(layers.Layer):
    """Hints at another scale: the mean of what is told of a place, and whether anything is."""

    def __init__(self, stride: int, name: str):
        super().__init__(name=name, dtype="float32")
        self.stride = stride

    def call(self, hints):
        pooled = ops.average_pool(hints, self.stride, self.stride, data_format="channels_last")
        ab, known = pooled[..., :2], pooled[..., 2:]
        told = ops.cast(known > 0, "float32")
        return ops.concatenate([ab / ops.where(known > 0, known, 1.0) / 50, told], axis=-1)


class Hide(layers.Layer):
    """Dropout of whole maps, or of single numbers, with dice that checkpoints know by their name.

    Keras' own layer counts its dice in a process, whatever the layer is called.
    """

    def __init__(self, rate: float, name: str, whole: bool = True):
        super().__init__(name=name)
        self.rate, self.whole = rate, whole
        self.dice = keras.random.SeedGenerator(name=f"{name}_dice")

    def call(self, maps, training: bool = False):
        if not training:
            return maps
        shape = ops.shape(maps)
        # Without any shape, PyTorch would throw dice of its own.
        noise = (shape[0], 1, 1, shape[3]) if self.whole else tuple(shape)
        return keras.random.dropout(maps, self.rate, noise_shape=noise, seed=self.dice)


def loss(truth: dict, answer: dict):
    """Equation (1) of the mean, and how unlikely the other head thought the true colours.

    The second head changes none but its own weights, so neither takes anything from the other.
    """
    found = losses.equation_1(truth, answer["ab"])
    if "logits" in answer:
        true = bins.nearest(small_ab(truth))  # (B, H/4, W/4)
        unlikely = ops.sparse_categorical_crossentropy(true, answer["logits"], from_logits=True)
        found += 0.001 * ops.mean(unlikely)
    return found


def small_ab(truth: dict):
    """The true colours at a quarter of the side, (B, H/4, W/4, 2)."""
    return ops.average_pool(truth["ab"], 4, 4, data_format="channels_last")


def mean(answer: dict):
    """The colour with the least squared error; muted where several are possible.

    Both heads know it, the second one as the mean of its likelihoods. They err differently, so
    half of each errs less.
    """
    if "logits" not in answer:
        return answer["ab"]
    return (answer["ab"] + bins.annealed_mean(answer["logits"], 1.0)) / 2


def vivid(answer: dict):
    """One of the likely colours, rare ones preferred: the annealed mean of Zhang et al."""
    if "rebalanced" not in answer:
        raise UserError("this network was trained without its vivid head; decode it by mean")
    return bins.annealed_mean(answer["rebalanced"], TEMPERATURE)


def learn_prior(network: keras.Model, photo_set: photoset.PhotoSet):
    """Count how common each colour is, for the second head."""
    if "rebalanced" not in (layer.name for layer in network.layers):
        return
    few = -(-len(photo_set.train) // SEEN_FOR_PRIOR)
    common = bins.prior(photo_set.photos[row] for row in photo_set.train[::few])
    network.get_layer("rebalanced").prior.assign(common)
    network.get_layer("likely").bias.assign(np.log(common + 1e-6))  # so it begins by guessing this


def small_l(lightness):
    """Lightness of about -1 to 1, at a quarter of the side."""
    grey = layers.Rescaling(1 / 50, offset=-1.0, dtype="float32", name="scaled_l")(lightness)
    return layers.AveragePooling2D(4, name="small_l")(grey)


def colors(x):
    """ab in Lab units of the last maps; it begins by guessing grey, and soon knows better."""
    near_grey = keras.initializers.RandomNormal(stddev=1e-3, seed=0)
    ab = layers.Conv2D(2, 1, kernel_initializer=near_grey, dtype="float32", name="colors")(x)
    return layers.Rescaling(100.0, dtype="float32", name="ab")(ab)


def convolved(x, filters: int, name: str, **told):
    """A convolution with BatchNorm and ReLU, told more of each place or of the whole photo."""
    parts = [layers.Conv2D(filters, 3, padding="same", use_bias=False, name=name)(x)]
    for what, maps in told.items():
        side = 1 if maps.shape[1] == 1 else 3
        parts.append(_from_nothing(maps, filters, side, f"{name}_{what}"))
    x = layers.Add(name=f"{name}_told")(parts) if told else parts[0]
    return _activated(x, name)


def _from_nothing(x, filters, side, name):
    """A convolution that begins with zeros, so that it changes nothing until it has learned."""
    zeros = {"use_bias": False, "kernel_initializer": "zeros"}
    return layers.Conv2D(filters, side, padding="same", **zeros, name=name)(x)


def _activated(x, name):
    x = layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
    return layers.ReLU(name=f"{name}_relu")(x)
