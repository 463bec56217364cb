"""The paper's network: encoder, fusion, decoder.

A photo's lightness shrinks to a small grid of features (encoder); the 1000 class scores of the
whole photo are joined to every place of the grid (fusion); the grid grows back to the photo's
size as the two colour channels (decoder). `DECODER` below is the paper's Table 3.

Chapter: 04_network. Source: paper, section 3.3.
"""

import dataclasses
from typing import Literal

import keras
import numpy as np
from keras import layers, ops

from colorlib.efficientnet_lite import CLASSES

# Table 3: filters, kernel size, stride of each transposed convolution.
DECODER = (
    (512, 3, 1),  # 4x4 => 4x4
    (256, 3, 2),  # 4x4 => 8x8
    (256, 3, 2),  # 8x8 => 16x16
    (128, 3, 2),  # 16x16 => 32x32, then BatchNorm
    (128, 3, 2),  # 32x32 => 64x64
    (64, 3, 2),  # 64x64 => 128x128
    (32, 3, 2),  # 128x128 => 256x256
    (2, 1, 1),  # 256x256 => 256x256
)
FUSION_FILTERS = 512

# Transposed convolutions of stride 2 leave a faint checkerboard in ab (04_network). A blur of
# this share of the photo's side takes it away, and nothing else: ab holds no finer detail.
BLUR = 1 / 80


@dataclasses.dataclass(frozen=True)
class Options:
    """What the paper leaves open, one value for each thing. All defaults are inferred.

    Attributes
    ----------
    encoder_filters : tuple of int
        Widths of the six encoder convolutions (the paper's Table 1 is lost). Inferred:
        they mirror the decoder at every resolution, and both BatchNorms then
        see 128 channels at an eighth of the photo's size.
    l_range : {"-1..1", "0..100"}
        Scale in which the first convolution sees the lightness.
    ab_divisor : float
        What ab is divided by, so that it fits tanh's [-1, 1].
    class_scores : {"logits", "softmax"}
        The paper says both "just before the softmax" and "probabilistic measure".
    norm_after_relu : bool
        Whether BatchNorm comes after the ReLU of its layer, as the paper's tables
        suggest by giving it a row of its own, or before.
    norm_momentum : float
        How slowly BatchNorm's running averages follow. Keras' 0.99 needs several
        hundred steps to forget its start, more than a short run has.
    """

    encoder_filters: tuple = (64, 128, 128, 256, 256, 512)
    l_range: Literal["-1..1", "0..100"] = "-1..1"
    ab_divisor: float = 128.0
    class_scores: Literal["logits", "softmax"] = "logits"
    norm_after_relu: bool = True
    norm_momentum: float = 0.9


def build(options: Options = Options(), alone: bool = False) -> keras.Model:
    """The whole network.

    Parameters
    ----------
    options : Options
    alone : bool
        Without class scores, to find out what they are worth (06_evaluation).

    Returns
    -------
    keras.Model
        From `{"lightness": (B, H, W, 1) in 0..100, "class_scores": (B, 1000) logits}` to ab
        (B, H, W, 2) in Lab units, for any H and W that are multiples of 64. It has
        7,727,906 parameters with the default options.
    """
    lightness = keras.Input((None, None, 1), name="lightness")
    class_scores = None if alone else keras.Input((CLASSES,), name="class_scores")
    features = encoder(lightness, options)  # (B, H/64, W/64, 512)
    fused = fusion(features, class_scores, options.class_scores)  # (B, H/64, W/64, 512)
    ab = decoder(fused, options)  # (B, H, W, 2)
    inputs = {"lightness": lightness} | ({} if alone else {"class_scores": class_scores})
    return keras.Model(inputs, ab, name="paper")


def encoder(lightness, options: Options = Options()):
    """Six 3x3 convolutions of stride 2, BatchNorm after the third.

    Parameters
    ----------
    lightness : Keras tensor, (B, H, W, 1)
        L in 0..100; H and W are multiples of 64.
    options : Options

    Returns
    -------
    Keras tensor, (B, H/64, W/64, 512)
    """
    x = lightness
    if options.l_range == "-1..1":  # in float32: half precision would round L to steps of .06
        x = layers.Rescaling(1 / 50, offset=-1.0, dtype="float32", name="scaled_l")(x)
    for number, filters in enumerate(options.encoder_filters, start=1):
        name = f"encoder_{number}"
        x = layers.Conv2D(filters, 3, strides=2, padding="same", name=name)(x)
        x = _activate(x, name, options, normalize=number == 3)
    return x


def fusion(
    features,
    class_scores=None,
    scale: Literal["logits", "softmax"] = "logits",
    filters: int = FUSION_FILTERS,
    start=keras.initializers.GlorotUniform,
):
    """Tell every place of the feature grid what the whole photo shows.

    The paper copies the 1000 scores to every place, concatenates them to the 512
    features and applies a 1x1 convolution. A 1x1 convolution is a matrix product at
    each place, and a matrix times a concatenation is the sum of two products; so the
    scores need to be multiplied only once per photo. `fusion_by_concatenation` is
    the same function, word for word as in the paper.

    Parameters
    ----------
    features : Keras tensor, (B, h, w, 512)
    class_scores : Keras tensor, (B, 1000), optional
        Logits. Without them only the features are mixed.
    scale : {"logits", "softmax"}
    filters : int
    start : callable
        () -> the initializer that draws a layer's first weights, a new one for each layer: one
        that is used twice draws the same numbers twice.

    Returns
    -------
    Keras tensor, (B, h, w, 512)
    """
    alone = class_scores is None
    mixed = layers.Conv2D(
        filters, 1, use_bias=alone, kernel_initializer=start(), name="fusion_features"
    )(features)  # fmt: skip
    if not alone:
        if scale == "softmax":
            class_scores = layers.Softmax(dtype="float32", name="probabilities")(class_scores)
        whole = layers.Dense(filters, kernel_initializer=start(), name="fusion_scores")
        whole = whole(class_scores)
        whole = layers.Reshape((1, 1, filters), name="everywhere")(whole)  # (B, 1, 1, 512)
        mixed = layers.Add(name="fusion_sum")([mixed, whole])
    return layers.ReLU(name="fusion")(mixed)  # (B, h, w, 512)


def fusion_by_concatenation(features, class_scores):
    """The fusion as the paper writes it; needs a fixed photo size.

    Parameters and result are those of `fusion`.
    """
    height, width = features.shape[1:3]
    tiled = layers.RepeatVector(height * width)(class_scores)
    tiled = layers.Reshape((height, width, CLASSES))(tiled)  # (B, h, w, 1000)
    joined = layers.Concatenate()([features, tiled])  # (B, h, w, 1512)
    return layers.Conv2D(FUSION_FILTERS, 1, activation="relu", name="fusion")(joined)


def decoder(features, options: Options = Options()):
    """Eight transposed convolutions back to the photo's size, BatchNorm after the fourth.

    Parameters
    ----------
    features : Keras tensor, (B, h, w, 512)
    options : Options

    Returns
    -------
    Keras tensor, (B, 64 h, 64 w, 2)
        a and b in Lab units, within ± `options.ab_divisor`.
    """
    x = features
    for number, (filters, kernel, stride) in enumerate(DECODER, start=1):
        name = f"decoder_{number}"
        x = layers.Conv2DTranspose(
            filters, kernel, strides=stride, padding="same", name=name
        )(x)  # fmt: skip
        if number < len(DECODER):
            x = _activate(x, name, options, normalize=number == 4)
    # tanh in float32: half precision would quantize the colours.
    x = layers.Activation("tanh", dtype="float32", name="squashed_ab")(x)
    return layers.Rescaling(options.ab_divisor, dtype="float32", name="ab")(x)


def smooth(ab):
    """The network's answer without its checkerboards: a Gaussian blur of `BLUR` of the side.

    Parameters
    ----------
    ab : tensor, (B, H, W, 2)

    Returns
    -------
    tensor of float32, (B, H, W, 2)
    """
    sigma = BLUR * min(ab.shape[1:3])
    reach = int(4 * sigma + 0.5)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel = np.tile(bell / bell.sum(), (2, 1)).T.astype("float32")  # (2 reach + 1, 2): a and b
    x = ops.cast(ab, "float32")
    for axis, shape in ((1, (-1, 1, 2, 1)), (2, (1, -1, 2, 1))):
        # Beyond the edge the photo's last colour goes on.
        places = np.clip(np.arange(-reach, x.shape[axis] + reach), 0, x.shape[axis] - 1)
        x = ops.depthwise_conv(
            ops.take(x, places, axis=axis), kernel.reshape(shape), data_format="channels_last"
        )
    return x


def _activate(x, name, options, normalize):
    relu = layers.ReLU(name=f"{name}_relu")
    if not normalize:
        return relu(x)
    norm = layers.BatchNormalization(momentum=options.norm_momentum, name=f"{name}_norm")
    return norm(relu(x)) if options.norm_after_relu else relu(norm(x))
