"""Real-time user-guided colourization: a person's hints go in beside the lightness.

The network of Zhang, Isola and Efros (2016) is told two things more for each pixel: the colour that
somebody chose there, and whether somebody did. What it saw at full, half and quarter size is
added again on the way back, so that a hint may colour a thing and stop at its edge. In training
nobody sits beside it: `inputs.drawn_hints` shows patches of the true colours at random places.

    told       lightness (B, H, W, 1), hints (B, H, W, 3): a, b and 1 where they are known
    conv1      64, 64                       H        then every second pixel
    conv2      128, 128                     H/2      then every second pixel
    conv3      256, 256, 256                H/4      then every second pixel
    conv4      512, 512, 512                H/8
    conv5, 6   512, 512, 512 each           H/8      dilation 2
    conv7      512, 512, 512                H/8
    conv8      up 256 + conv3, 256, 256     H/4
    conv9      up 128 + conv2, 128          H/2
    conv10     up 128 + conv1, 128          H        leaky ReLU, no BatchNorm
    colours    2, tanh, times 110           H
    likely     313, reads conv8 only        H/4
    palette    512 four times, 1x1          1        added to conv4, in the variant that is told one

Convolutions are 3x3 with ReLU, "up" is a transposed one of 4x4 and stride 2, "+" adds a 3x3
convolution of the finer maps before the ReLU; each block ends with BatchNorm.

Left open by the paper and taken from the released programs: scales (L less 50 by 100, ab by 110)
and the head `likely`, one 1x1 convolution; the paper has a hypercolumn there. It says how likely
each of 313 colours is, for suggestions, and changes none but its own weights.

What differs here: it starts from random weights, theirs from those of 2016; the authors train first
without hints, then with them. The released training minimises cross-entropy and an absolute error;
this is the paper's Huber loss.

Source: R. Zhang, J.-Y. Zhu, P. Isola, X. Geng, A. S. Lin, T. Yu, A. A. Efros, "Real-Time
User-Guided Image Colorization with Learned Deep Priors" (2017), and the authors' programs.
"""

import dataclasses

import keras
from keras import layers, ops

from colorlib import bins
from colorlib.augment import MIRRORED

AB_DIVISOR = 110.0
# The head learns by itself and Adam does not mind scales: a hundredth, so that the loss is mostly
# that of the colours.
HEAD = 0.01

RECIPES = {
    # In minutes on two CPU cores.
    "smoke": {"options": {"width": 0.125}},
    "lab": {"options": {"width": 0.25}},
    # Their program's.
    "full": MIRRORED | {"batch_size": 25, "learning_rate": 1e-4},
}


@dataclasses.dataclass(frozen=True)
class Options:
    """How large it is.

    Attributes
    ----------
    width : float
        Share of the authors' filters that each layer has.
    """

    width: float = 1.0


def build(options: Options = Options(), palette: bool = False) -> keras.Model:
    """The whole network.

    Parameters
    ----------
    options : Options
    palette : bool
        Whether it is told what colours the whole photo has, see `inputs.palette`.

    Returns
    -------
    keras.Model
        From `{"lightness": (B, H, W, 1) in 0..100, "hints": (B, H, W, 3)}`, see
        `inputs.drawn_hints`, and "palette" (B, 1, 1, 316) if it is told one, to
        `{"ab": (B, H, W, 2) in Lab units, "logits": (B, H/4, W/4, 313)}`, for any H and W that are
        multiples of 8. Kernels and biases are 34,125,755 parameters, those of BatchNorm 11,520; a
        palette takes 950,272 and 2,048 more.
    """

    def wide(filters):
        return max(1, round(filters * options.width))

    lightness = keras.Input((None, None, 1), name="lightness")
    hints = keras.Input((None, None, 3), name="hints")
    grey = layers.Rescaling(1 / 100, offset=-0.5, dtype="float32", name="scaled_l")(lightness)
    scales = [1 / AB_DIVISOR, 1 / AB_DIVISOR, 1.0]
    hinted = layers.Rescaling(scales, dtype="float32", name="scaled_hints")(hints)
    x = layers.Concatenate(dtype="float32", name="told")([grey, hinted])  # (B, H, W, 4)

    finer = []
    for number, (filters, count) in enumerate(((64, 2), (128, 2), (256, 3)), start=1):
        x = _block(x, number, wide(filters), count)
        finer.append(x)
        # The mean of one pixel, at every second place: that pixel.
        x = layers.AveragePooling2D(1, strides=2, name=f"every_second_{number}")(x)
    x = _block(x, 4, wide(512), 3)  # (B, H/8, W/8, 512)
    told = {"lightness": lightness, "hints": hints}
    if palette:
        # One kernel first, for the two that they have, for colours and for saturation, and sum.
        y = told["palette"] = keras.Input((1, 1, len(bins.centres()) + 3), name="palette")
        for place in (1, 2, 3, 4):
            y = layers.Conv2D(wide(512), 1, activation="relu", name=f"palette_{place}")(y)
        y = layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name="palette_norm")(y)
        x = layers.Add(name="with_palette")([x, y])
    for number, dilation in ((5, 2), (6, 2), (7, 1)):
        x = _block(x, number, wide(512), 3, dilation)  # (B, H/8, W/8, 512)
    x = read = _block(_risen(x, finer[2], 8, wide(256)), 8, wide(256), 2)  # (B, H/4, W/4, 256)
    x = _block(_risen(x, finer[1], 9, wide(128)), 9, wide(128), 1)  # (B, H/2, W/2, 128)
    x = _risen(x, finer[0], 10, wide(128))
    x = layers.Conv2D(wide(128), 3, padding="same", name="conv10_1")(x)  # (B, H, W, 128)
    x = layers.LeakyReLU(0.2, name="leaky")(x)
    x = layers.Conv2D(2, 1, name="colors")(x)
    x = layers.Activation("tanh", dtype="float32", name="squashed_ab")(x)
    read = layers.Lambda(ops.stop_gradient, name="only_read")(read)
    logits = layers.Conv2D(len(bins.centres()), 1, dtype="float32", name="likely")(read)
    return keras.Model(
        told,
        {"ab": layers.Rescaling(AB_DIVISOR, dtype="float32", name="ab")(x), "logits": logits},
        name="zhang2017",
    )


def loss(truth: dict, answer: dict):
    """The Huber loss of the colours, and how unlikely the head thought the true ones.

    An error of less than one Lab unit counts by its square, a larger one by its size; in units of
    110, summed over a and b, averaged over pixels. With hints no more is needed: they say which of
    several colours is meant.
    """
    true = ops.cast(truth["ab"], "float32")
    found = keras.losses.huber(true, answer["ab"], delta=1.0)  # (B, H, W), the mean of a and b
    bin = bins.nearest(true[:, ::4, ::4])  # every fourth pixel, as in the authors' program
    unlikely = ops.sparse_categorical_crossentropy(bin, answer["logits"], from_logits=True)
    return 2 * ops.mean(found) / AB_DIVISOR + HEAD * ops.mean(unlikely)


def _block(x, number, filters, count, dilation=1):
    for place in range(1, count + 1):
        x = layers.Conv2D(
            filters, 3, padding="same", dilation_rate=dilation, activation="relu",
            name=f"conv{number}_{place}",
        )(x)  # fmt: skip
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"conv{number}_norm")(x)


def _risen(x, finer, number, filters):
    """Twice the side, with what was seen at that size added."""
    x = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", name=f"conv{number}_up")(x)
    short = layers.Conv2D(filters, 3, padding="same", name=f"conv{number}_short")(finer)
    return layers.ReLU(name=f"conv{number}_relu")(layers.Add(name=f"conv{number}_sum")([x, short]))
