"""EfficientNet-Lite, the classifier that is small enough to be shipped.

Chapter: 03_features.
"""

import math

import keras
from keras import layers

CLASSES = 1000

# Repeats, kernel size, stride of the first repeat, expansion, filters.
LITE_STAGES = (
    (1, 3, 1, 1, 16),  # 112x112
    (2, 3, 2, 6, 24),  # 112x112 => 56x56
    (2, 5, 2, 6, 40),  # 56x56 => 28x28
    (3, 3, 2, 6, 80),  # 28x28 => 14x14
    (3, 5, 1, 6, 112),  # 14x14
    (4, 5, 2, 6, 192),  # 14x14 => 7x7
    (1, 3, 1, 6, 320),  # 7x7
)


def efficientnet_lite(size: int, width: float = 1.0, depth: float = 1.0) -> keras.Model:
    """EfficientNet-Lite without weights.

    EfficientNet (Tan and Le, 2019, https://arxiv.org/abs/1905.11946) made simpler for
    phones: ReLU6 for swish, no squeeze-and-excitation, stem and head of fixed width.

    Parameters
    ----------
    size : int
        Side of the square input.
    width, depth : float
        Factors for the filters and the repeats of each stage; 1 and 1 is Lite0.

    Returns
    -------
    keras.Model
        From (B, size, size, 3) to logits (B, 1000).
    """
    photos = keras.Input((size, size, 3))
    x = layers.GlobalAveragePooling2D()(lite_maps(photos, width, depth)[-1])  # (B, 1280)
    return keras.Model(photos, layers.Dense(CLASSES)(x))


def lite_maps(photos, width: float = 1.0, depth: float = 1.0) -> list:
    """The classifier without its last layer: what it sees, coarser and coarser.

    Parameters
    ----------
    photos : Keras tensor, (B, H, W, 3)
    width, depth : float
        See `efficientnet_lite`.

    Returns
    -------
    list of Keras tensors
        What each stage ends with, at strides 2, 4, 8, 16, 16, 32 and 32, and last the 1280 maps
        (B, H/32, W/32, 1280) from whose averages it chooses a class.
    """
    x, maps = _normalized(layers.Conv2D(32, 3, 2, "same", use_bias=False)(photos)), []
    for stage, (repeats, kernel, stride, expansion, filters) in enumerate(LITE_STAGES):
        if 0 < stage < len(LITE_STAGES) - 1:
            repeats = math.ceil(depth * repeats)
        for repeat in range(repeats):
            first = repeat == 0
            x = _inverted_residual(
                x, kernel, stride if first else 1, expansion, _multiple_of_8(width * filters)
            )
        maps.append(x)
    return [*maps, _normalized(layers.Conv2D(1280, 1, use_bias=False)(x))]


def _inverted_residual(x, kernel, stride, expansion, filters):
    """Widen, look around within each channel, narrow; add the input if it still fits."""
    narrow = x
    if expansion > 1:
        x = _normalized(layers.Conv2D(expansion * x.shape[-1], 1, use_bias=False)(x))
    x = _normalized(layers.DepthwiseConv2D(kernel, stride, "same", use_bias=False)(x))
    x = layers.Conv2D(filters, 1, use_bias=False)(x)
    x = layers.BatchNormalization(epsilon=1e-3)(x)  # no ReLU: it would lose what is negative
    return layers.Add()([x, narrow]) if x.shape == narrow.shape else x


def _normalized(x):
    return layers.ReLU(6.0)(layers.BatchNormalization(epsilon=1e-3)(x))


def _multiple_of_8(filters):
    rounded = max(8, int(filters + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * filters else rounded + 8
